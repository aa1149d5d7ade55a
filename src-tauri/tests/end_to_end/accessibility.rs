//! Every screen, menu, list and dialog under axe, in light and dark; nothing wider than the window; and no id
//! without a button that copies it.

use std::path::Path;

use serde_json::{Value, json};

use super::driver::{Theme, Window};
use super::screens::SCREENS;
use super::service::{NOBODY, Service, TEN_THOUSAND};
use super::world::Person;

/// Rules are as axe has them, WCAG 2.2 AA and its best practices.
const RUN: &str = "const done = arguments[arguments.length - 1]
    axe.run(document, { resultTypes: ['violations'] }).then(
      ({ violations, passes }) => done({
        checked: passes.length,
        found: violations.flatMap(({ id, nodes }) =>
          nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`)),
      }),
      (error) => done({ checked: 0, found: [String(error)] }))";

struct Inspector<'a> {
    window: &'a Window,
    theme: Theme,
    found: Vec<String>,
}

impl Inspector<'_> {
    async fn look(&mut self, what: &str) {
        // Colours in the middle of a transition are nobody's colours.
        self.window.at_rest().await;
        let answer = self.window.run_later(RUN, Vec::new()).await;
        assert!(
            answer["checked"].as_u64() > Some(10),
            "axe looked at {what}: {answer}"
        );
        for violation in answer["found"].as_array().expect("a list") {
            self.found
                .push(format!("{what}, {}: {violation}", self.theme.word()));
        }
        let overflow = self.window.overflow().await;
        if overflow != json!([]) {
            self.found
                .push(format!("{what} is wider than the window: {overflow}"));
        }
        let cut = self.window.cut_to_nothing().await;
        if cut != json!([]) {
            self.found
                .push(format!("{what} cuts words to nothing: {cut}"));
        }
        let bare = self.window.ids_without_copy().await;
        if bare != json!([]) {
            self.found
                .push(format!("{what} shows ids that cannot be copied: {bare}"));
        }
    }
}

/// Whatever is in the window now, in both themes.
pub(super) async fn axe_finds_nothing(window: &Window, what: &str) {
    bring_axe(window).await;
    for theme in [Theme::Light, Theme::Dark] {
        window.choose_theme(theme).await;
        let mut inspector = Inspector {
            window,
            theme,
            found: Vec::new(),
        };
        inspector.look(what).await;
        assert!(inspector.found.is_empty(), "{}", inspector.found.join("\n"));
    }
}

/// Puts axe into the page.
pub(super) async fn bring_axe(window: &Window) {
    window.run(&axe(), Vec::new()).await;
}

/// The same in the theme that is chosen, over which a dialog may lie.
pub(super) async fn axe_finds_nothing_now(window: &Window, theme: Theme, what: &str) {
    let mut inspector = Inspector {
        window,
        theme,
        found: Vec::new(),
    };
    inspector.look(what).await;
    assert!(inspector.found.is_empty(), "{}", inspector.found.join("\n"));
}

fn axe() -> String {
    let axe = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/node_modules/axe-core/axe.min.js");
    std::fs::read_to_string(axe).expect("axe-core (npm ci in ui)")
}

#[tokio::test]
async fn axe_finds_nothing_on_any_screen_and_nothing_is_wider_than_the_window() {
    let person = Person::new("inspecting").await;
    let window = person.at_work().await;
    window.resize(1280, 800).await;
    window.run(&axe(), Vec::new()).await;
    let suspended = window.first_user("?status=suspended&role=member").await;
    let owner = window.first_user("?role=owner&sort=month_cost").await;

    let mut found = Vec::new();
    for theme in [Theme::Light, Theme::Dark] {
        window.choose_theme(theme).await;
        let mut inspector = Inspector {
            window: &window,
            theme,
            found: Vec::new(),
        };
        inspect(&mut inspector, &owner, &suspended).await;
        found.extend(inspector.found);
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    window.close().await;
}

/// Every screen of the sidebar, and the page behind the first row of each list.
async fn inspect_screens(inspector: &mut Inspector<'_>) {
    let window = inspector.window;
    for screen in SCREENS {
        window.visit_screen(screen).await;
        inspector.look(screen.name).await;
        if screen.opens && window.ask("!!document.querySelector('tr[data-row]')").await == true {
            window.open_first_row().await;
            inspector.look(&format!("a page of {}", screen.name)).await;
        }
    }
}

async fn inspect(inspector: &mut Inspector<'_>, owner: &str, suspended: &str) {
    let window = inspector.window;
    inspect_screens(inspector).await;
    window.visit("#/overview").await;
    window.overview_is_filled().await;
    inspector.look("the overview").await;
    window.click("[data-testid=theme]").await;
    window.find("[role=menuitemradio]").await;
    inspector.look("the theme menu").await;
    window.press(&["Escape", "Control+k"]).await;
    window.write("son").await;
    window
        .until(
            "choices",
            "document.querySelectorAll('[role=option]').length > 2",
        )
        .await;
    inspector.look("the search list").await;
    window.press(&["Escape", "Escape", "Escape"]).await;

    window.visit_users("").await;
    inspector.look("the list of users").await;
    window.click(".chip button").await;
    window.find("[popover] input[type=checkbox]").await;
    inspector.look("a filter's choices").await;
    window.press(&["Escape"]).await;
    window.visit("#/users?q=nobody-is-called-that").await;
    window.shows("Nobody matches").await;
    inspector.look("a list of nobody").await;

    window.visit_user(owner).await;
    inspector.look("an owner's page").await;
    window
        .run("document.querySelector('.plot').focus()", Vec::new())
        .await;
    window.press(&["ArrowLeft"]).await;
    inspector.look("a chart with a day chosen").await;
    window.click("[aria-label='Show as table']").await;
    inspector.look("a chart as a table").await;
    window
        .click("button[aria-haspopup=menu][title^=Period]")
        .await;
    window.find("[role=menuitemradio]").await;
    inspector.look("the menu of periods").await;
    window.press(&["Escape"]).await;
    window.visit_user(suspended).await;
    inspector.look("a suspended member's page").await;
    window.visit("#/users/nobody").await;
    window.shows("This database has no user").await;
    inspector.look("the page of nobody").await;

    inspect_acting(inspector, owner).await;

    window.visit("#/schema").await;
    window.schema_is_filled().await;
    window.click("tr[data-table=users] button").await;
    inspector.look("the schema with a table opened").await;

    window.visit_settings().await;
    inspector.look("the settings").await;
    window.fill("Connection string", "nonsense").await;
    window.click_words("Test connection").await;
    window
        .shows("A connection string starts with postgresql://")
        .await;
    inspector.look("a form with a mistake in it").await;
}

/// Whatever one meets when one changes something: menu, dialogs, badge, notes, and what is on record of it.
async fn inspect_acting(inspector: &mut Inspector<'_>, owner: &str) {
    let window = inspector.window;
    window.visit_user(owner).await;
    window.click("[data-testid=staff]").await;
    window.find("[popover]:popover-open .sheet").await;
    inspector.look("the badge with the way to elevate").await;
    window.press(&["Escape"]).await;
    window.click("[data-testid=actions]").await;
    window
        .until(
            "actions",
            "document.querySelectorAll('[role=menuitem]').length > 3",
        )
        .await;
    inspector.look("the menu of actions").await;
    window.press(&["Escape"]).await;
    for action in ["Suspend", "Change plan", "Grant credits"] {
        window.begin_action(action).await;
        inspector.look(&format!("the dialog of {action}")).await;
        window.click("dialog[open] button[type=submit]").await;
        inspector
            .look(&format!("the dialog of {action}, sent without a reason"))
            .await;
        window.press(&["Escape"]).await;
        window
            .until("no dialog", "!document.querySelector('dialog[open]')")
            .await;
    }
    window.begin_note().await;
    inspector.look("the dialog of a note").await;
    window
        .fill("Note", "Prefers to be called.\nNot before ten.")
        .await;
    window.fill("Reason", "what an inspection leaves").await;
    window.send_dialog().await;
    window.shows("Not before ten.").await;
    inspector.look("a page with a note").await;

    window.click_words("As the customer sees it").await;
    window.find("[data-testid=as-customer]").await;
    inspector
        .look("the question why one looks as a customer")
        .await;
    window.see_as_customer("what an inspection sees").await;
    inspector.look("what a customer sees").await;

    window.visit_settings().await;
    window.click_words("Switch …").await;
    window.find("dialog[open] form").await;
    inspector.look("the dialog of an effect's switch").await;
    window.press(&["Escape"]).await;
    window
        .until("no dialog", "!document.querySelector('dialog[open]')")
        .await;

    window.visit_users("?status=active").await;
    window
        .click("tr[data-row=\"0\"] input[type=checkbox]")
        .await;
    window
        .click("tr[data-row=\"1\"] input[type=checkbox]")
        .await;
    window.find("[data-testid=bulk]").await;
    inspector.look("a list with ticks").await;
    window.click("[data-testid=bulk]").await;
    window.find("[role=menuitem]").await;
    inspector.look("the menu for many").await;
    window.press(&["Enter"]).await;
    window.shows("ready").await;
    inspector.look("the dialog for many").await;
    window.press(&["Escape"]).await;

    window.visit("#/audit").await;
    window.shows("what an inspection leaves").await;
    inspector.look("the trail with entries").await;
    window.open_first_row().await;
    inspector.look("an entry of the trail").await;
    window.visit("#/audit?q=nothing-of-the-kind").await;
    window
        .until("an empty trail", "document.querySelector('main .empty')")
        .await;
    inspector.look("a trail of nothing").await;
}

/// Pages of the service of ten thousand whose names are as long and as foreign as names are.
const LONG_AND_FOREIGN: [(&str, &str); 8] = [
    ("#/users/auth0%7C00002", "a member with an Arabic name"),
    ("#/users/auth0%7C00003", "a member with a Hebrew name"),
    ("#/users/auth0%7C00004", "a member without a name"),
    (
        "#/users/auth0%7C00005",
        "a member with pictures in the name",
    ),
    ("#/teams/auth0%7C00001", "a team with a long name"),
    ("#/credits/auth0%7C00001", "the ledger of a long name"),
    (
        "#/clusters/00000000-0000-0000-0000-000000000001",
        "a cluster with a long name",
    ),
    (
        "#/clusters/00000000-0000-0000-0000-000000000002",
        "a cluster with an Arabic name",
    ),
];

/// Nobody, and ten thousand with names as long and as foreign as names are.
#[tokio::test]
async fn every_screen_stands_with_no_rows_and_with_ten_thousand() {
    for (name, rows, many) in [("Nobody", NOBODY, false), ("Everybody", TEN_THOUSAND, true)] {
        let service = Service::shared(rows).await;
        let person = Person::new(name).await;
        let window = person.at_work().await;
        window.resize(1280, 800).await;
        window.open_service(name, &service.url()).await;
        let axe = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/node_modules/axe-core/axe.min.js");
        let axe = std::fs::read_to_string(axe).expect("axe-core (npm ci in ui)");
        window.run(&axe, Vec::new()).await;
        let mut inspector = Inspector {
            window: &window,
            theme: Theme::Light,
            found: Vec::new(),
        };
        inspect_screens(&mut inspector).await;
        assert!(
            inspector.found.is_empty(),
            "{name}: {}",
            inspector.found.join("\n")
        );
        window.visit("#/users").await;
        if many {
            window.visit_users("?sort=name&dir=asc").await;
            let drawn = window
                .ask("document.querySelectorAll('tr[data-row]').length")
                .await;
            assert!(
                drawn.as_u64() < Some(80),
                "only rows in sight are drawn: {drawn}"
            );
            // In the row, not on its link; WebKit refuses to click the row element itself.
            window.click("tr[data-row=\"0\"] td:nth-child(3)").await;
            window.user_is_filled().await;
            inspector
                .look("the page of somebody with a long name")
                .await;
            for (address, what) in LONG_AND_FOREIGN {
                window.visit(address).await;
                window.page_stands(address).await;
                inspector.look(what).await;
            }
            assert!(inspector.found.is_empty(), "{}", inspector.found.join("\n"));
        } else {
            window.shows("No users yet").await;
        }
        window.close().await;
    }
}

#[tokio::test]
async fn axe_finds_what_is_wrong_on_purpose() {
    let person = Person::new("inspecting-again").await;
    let window = person.at_work().await;
    let axe = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/node_modules/axe-core/axe.min.js");
    let axe = std::fs::read_to_string(axe).expect("axe-core (npm ci in ui)");
    window.run(&axe, Vec::new()).await;
    let id = window.first_user("?role=owner").await;
    window.visit_user(&id).await;
    assert_eq!(window.ids_without_copy().await, json!([]));
    window
        .run(
            "document.querySelector('[aria-label=\"Copy Auth0 id\"]').remove()",
            Vec::new(),
        )
        .await;
    let bare = window.ids_without_copy().await.to_string();
    assert!(bare.contains(&id), "{id} has no button any more: {bare}");
    let spoil = "document.querySelector('h1').style.color = 'rgb(220 220 220)'
        document.querySelector('[data-testid=theme]').removeAttribute('aria-label')
        document.querySelector('[data-testid=theme]').removeAttribute('title')";
    window.run(spoil, Vec::new()).await;
    let answer: Value = window.run_later(RUN, Vec::new()).await;
    let found = answer["found"].to_string();
    assert!(
        found.contains("color-contrast") && found.contains("button-name"),
        "{found}"
    );
    window.close().await;
}
