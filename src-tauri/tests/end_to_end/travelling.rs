//! Back and forward by button, key and mouse, to the place and the filter that were left; and the last address
//! of each workspace at the next start.

use serde_json::json;

use super::driver::Window;
use super::service::{NOBODY, Service};
use super::world::Person;

const SCROLL: &str = "Math.round(document.querySelector('.scroller').scrollTop)";
const STEPS: &str =
    "[...document.querySelectorAll('header .steps button')].map((each) => each.ariaDisabled)";

impl Window {
    /// Waits until the window is at an address.
    async fn arrives(&self, address: &str) {
        let there = format!("location.hash === {}", json!(address));
        self.until(address, &there).await;
    }
}

#[tokio::test]
async fn every_way_back_leads_to_the_place_and_the_filter_that_were_left() {
    let person = Person::new("travelling").await;
    let window = person.at_work().await;
    assert_eq!(
        window.ask(STEPS).await,
        json!(["true", "true"]),
        "nowhere to go from the first screen"
    );
    window.visit_users("?status=active").await;
    window
        .run(
            "document.querySelector('.scroller').scrollTop = 900",
            Vec::new(),
        )
        .await;
    window
        .until("the place", &format!("{SCROLL} === 900"))
        .await;
    window.visit_users("?status=suspended").await;
    window
        .until(
            "another question begins at the top",
            &format!("{SCROLL} === 0"),
        )
        .await;
    let id = window.first_user("?status=suspended").await;
    window.visit_user(&id).await;
    window
        .run("document.querySelector('main').scrollTop = 260", Vec::new())
        .await;
    window.visit("#/teams").await;
    window.shows("Teams").await;
    assert_eq!(window.ask(STEPS).await, json!(["false", "true"]));

    // By button, to a page whose panels come one after another.
    window.click("header .steps [aria-label=Back]").await;
    window.user_is_filled().await;
    window
        .until(
            "the page where it was left",
            "Math.abs(document.querySelector('main').scrollTop - 260) < 2",
        )
        .await;
    assert_eq!(window.ask(STEPS).await, json!(["false", "false"]));
    // By the mouse's own button, and by keys.
    window.press_mouse(8);
    window.arrives("#/users?status=suspended").await;
    window.press(&["Alt+ArrowLeft"]).await;
    window.arrives("#/users?status=active").await;
    window
        .until("the list where it was left", &format!("{SCROLL} === 900"))
        .await;
    window.press_mouse(9);
    window.arrives("#/users?status=suspended").await;
    window.click("header .steps [aria-label=Back]").await;
    window.arrives("#/users?status=active").await;
    window.click("header .steps [aria-label=Back]").await;
    window.arrives("#/overview").await;
    // At the end nothing moves, and the way on is still there.
    window.press(&["Alt+ArrowLeft"]).await;
    window.press_mouse(8);
    window.overview_is_filled().await;
    assert_eq!(window.ask(STEPS).await, json!(["true", "false"]));

    // Under a dialog the page stays.
    window.press(&["?"]).await;
    window.find("dialog[open]").await;
    window.press(&["Alt+ArrowRight"]).await;
    window.press_mouse(9);
    window.press(&["Escape"]).await;
    window
        .until("no dialog", "!document.querySelector('dialog[open]')")
        .await;
    assert_eq!(window.ask("location.hash").await, "#/overview");
    window.close().await;
}

#[tokio::test]
async fn each_workspace_opens_where_it_was_left_and_a_place_that_is_gone_leads_to_its_list() {
    let service = Service::shared(NOBODY).await;
    let person = Person::new("returning").await;
    let window = person.at_work().await;
    window.visit("#/invoices").await;
    window.open_first_row().await;
    let invoice = window.ask("location.hash").await;
    let invoice = invoice.as_str().expect("an address").to_owned();
    assert!(invoice.starts_with("#/invoices/"), "{invoice}");
    window.close().await;

    let window = person.open().await;
    window.arrives(&invoice).await;
    window
        .until(
            "the invoice",
            "document.querySelector('main section.panel dl dd')",
        )
        .await;
    window.open_service("Elsewhere", &service.url()).await;
    window.arrives("#/overview").await;
    assert_eq!(
        window.ask(STEPS).await,
        json!(["true", "true"]),
        "no way back into another workspace"
    );
    window.visit("#/teams").await;
    window.shows("No teams yet").await;
    window.visit_settings().await;
    window.click("[aria-label='Open Acme ML']").await;
    window.arrives(&invoice).await;
    window.visit_settings().await;
    window.click("[aria-label='Open Elsewhere']").await;
    window.arrives("#/teams").await;
    window.visit("#/users/auth0%7Cnobody").await;
    window.shows("This database has no user").await;
    window.close().await;

    let window = person.open().await;
    window
        .shows("The user who was shown last is not in this database any more.")
        .await;
    window.arrives("#/users").await;
    window.close().await;
}
