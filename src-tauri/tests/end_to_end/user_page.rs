//! One user's page.

use serde_json::{Value, json};

use super::driver::{Theme, Window};
use super::world::Person;

const PLOT: &str = "document.querySelector('.plot')";
const BACKGROUND: &str = "getComputedStyle(document.documentElement).backgroundColor
    + getComputedStyle(document.body).backgroundColor";
const DRAWING: &str = "document.querySelector('.stage svg').outerHTML";
const COLOURS: &str = "[...new Set(document.querySelector('.stage svg').outerHTML
    .match(/#[0-9A-F]{6}/gi))].sort().join(' ')";

async fn choose_period(window: &Window, days: u32) {
    window
        .click("button[aria-haspopup=menu][title^=Period]")
        .await;
    let item = format!(
        "[...document.querySelectorAll('[role=menuitemradio]')]
        .find((each) => each.innerText.trim() === '{days} days')"
    );
    window.until("the periods", &item).await;
    window.run(&format!("({item}).click()"), Vec::new()).await;
    window
        .until(
            "as many days",
            &format!(
                "{PLOT}?.ariaValueMax === '{}' && !document.querySelector('.changing')",
                days - 1
            ),
        )
        .await;
}

#[tokio::test]
async fn the_page_says_first_why_somebody_cannot_work() {
    let person = Person::new("helping").await;
    let window = person.at_work().await;
    let member = window.first_user("?status=suspended&role=member").await;
    window.visit_user(&member).await;
    let banner = window
        .find("[data-testid=standing]")
        .await
        .text()
        .await
        .unwrap();
    assert!(banner.starts_with("Cannot work:"), "{banner}");
    assert!(banner.contains("suspended"), "{banner}");

    // Panels below the fold are read when they come into sight.
    window.see_every_panel().await;
    let sources = window
        .ask("[...document.querySelectorAll('main .panel .aside')].map((each) => each.innerText.trim())")
        .await;
    let sources: Vec<String> = serde_json::from_value(sources).unwrap();
    assert_eq!(sources.len(), 16);
    for source in sources {
        let (table, age) = source.split_once(" · ").expect("a source and an age");
        assert!(!table.is_empty() && age.ends_with(" s"), "{source}");
    }

    let healthy = window.first_user("?role=owner&sort=month_cost").await;
    window.visit_user(&healthy).await;
    let banner = window
        .ask("document.querySelector('[data-testid=standing].bad')")
        .await;
    assert_eq!(banner, Value::Null, "who can work has no such line");

    window.visit("#/users/auth0%7Cnobody-at-all").await;
    window
        .shows("This database has no user with the id auth0|nobody-at-all.")
        .await;
    assert_eq!(
        window.ask("document.querySelector('h1').innerText").await,
        "No such user"
    );
    window.close().await;
}

#[tokio::test]
async fn the_chart_answers_to_keys_and_says_the_same_as_its_table() {
    let person = Person::new("charting").await;
    let window = person.at_work().await;
    let owner = window.first_user("?role=owner&sort=month_cost").await;
    window.visit_user(&owner).await;
    let caption = "document.querySelector('figcaption strong').innerText";
    window
        .until("the cost", &format!("{caption}.endsWith(' USD')"))
        .await;
    let cost = window.ask(DRAWING).await;

    window.click_words("CPU h").await;
    window
        .until("another measure", &format!("{caption}.endsWith(' CPU h')"))
        .await;
    assert_ne!(
        window.ask(DRAWING).await,
        cost,
        "another measure is another drawing"
    );
    choose_period(&window, 30).await;

    window.run(&format!("{PLOT}.focus()"), Vec::new()).await;
    window.press(&["Home"]).await;
    let mut spoken = Vec::new();
    for day in 0..30 {
        let text = window.ask(&format!("{PLOT}.ariaValueText")).await;
        let aloud = window
            .ask("document.querySelector('figure [aria-live]').innerText")
            .await;
        assert_eq!(aloud, text, "what is shown is announced");
        assert_eq!(
            window.ask(&format!("{PLOT}.ariaValueNow")).await,
            json!(day.to_string())
        );
        spoken.push(text.as_str().expect("a value").to_owned());
        window.press(&["ArrowRight"]).await;
    }
    window.press(&["Escape"]).await;

    window.click("[aria-label='Show as table']").await;
    let rows = window
        .until(
            "the table",
            "document.querySelector('.chart table') && [...document.querySelectorAll('.chart tbody tr')]
               .map((row) => [...row.cells].map((cell) => cell.innerText))",
        )
        .await;
    let rows: Vec<(String, String)> = serde_json::from_value(rows).unwrap();
    let mut listed: Vec<String> = rows
        .into_iter()
        .map(|(day, value)| {
            let unit = if value == "no data" { "" } else { " CPU h" };
            format!("{day}: {value}{unit}")
        })
        .collect();
    listed.reverse();
    assert_eq!(spoken, listed);
    window.close().await;
}

#[tokio::test]
async fn dark_is_dark_in_the_chart_too_and_stays_after_a_restart() {
    let person = Person::new("by-night").await;
    let window = person.at_work().await;
    window.choose_theme(Theme::Light).await;
    window.overview_is_filled().await;
    let (light, drawn) = (window.ask(BACKGROUND).await, window.ask(COLOURS).await);
    window.choose_theme(Theme::Dark).await;
    let redrawn = window
        .until(
            "a drawing for the dark",
            &format!("{COLOURS} !== {drawn} && {COLOURS}"),
        )
        .await;
    let dark = window.ask(BACKGROUND).await;
    assert_ne!(dark, light, "the background follows");
    window.close().await;

    let window = person.at_work().await;
    assert_eq!(window.ask(BACKGROUND).await, dark, "dark is remembered");
    assert_eq!(
        window.ask(COLOURS).await,
        redrawn,
        "the chart is drawn for it from the start"
    );
    window.close().await;
}

#[tokio::test]
async fn every_panel_comes_when_it_is_seen_and_says_the_truth_or_that_there_is_nothing() {
    let person = Person::new("reading-on").await;
    let window = person.at_work().await;
    window.resize(1280, 800).await;
    let owner = window.first_user("?role=owner&sort=month_cost").await;
    window.visit_user(&owner).await;
    let asked = window
        .ask("document.querySelector('#deployments .aside')?.innerText.trim()")
        .await;
    assert_eq!(asked, json!(""), "what is below the fold is not asked for");
    window.see_every_panel().await;
    let shown = |id: &str| format!("document.querySelector('#{id}').innerText");
    for (id, words) in [
        ("timeline", "Registered"),
        ("projects", "owner"),
        ("groups", "Version"),
        ("terms", "Feature flags"),
    ] {
        if id == "timeline" {
            window
                .press_until_shown(
                    "#timeline .foot button",
                    &format!("{}.includes('{words}')", shown(id)),
                )
                .await;
        }
        let text = window.ask(&shown(id)).await;
        assert!(text.as_str().unwrap().contains(words), "{id}: {text}");
    }
    // An invoice leads to its own page.
    let address = window
        .ask("document.querySelector('#invoices tbody a')?.getAttribute('href') ?? '#/invoices/none'")
        .await;
    assert!(
        address.as_str().unwrap().starts_with("#/invoices/"),
        "{address}"
    );
    assert_eq!(window.overflow().await, json!([]));

    // Somebody who has nothing is told so in words, panel by panel.
    let idle = window.first_user("?plan=none&role=owner").await;
    window.visit_user(&idle).await;
    window.see_every_panel().await;
    let text = window.ask("document.querySelector('main').innerText").await;
    assert!(text.as_str().unwrap().contains("No deployments"), "{text}");
    window.close().await;
}
