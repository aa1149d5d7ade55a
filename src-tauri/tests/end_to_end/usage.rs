//! Teams and Usage: what the screens say is what the database adds up to, and they say it once.

use serde_json::{Value, json};

use super::driver::Window;
use super::service::Service;
use super::world::Person;

/// The rows of the accounts or of the people: text of each cell.
const ROWS: &str = "[...document.querySelectorAll('main tbody tr[data-row]')]
    .map((row) => [...row.cells].map((cell) => cell.innerText.trim()))";
const SETTLED: &str =
    "!document.querySelector('main .coming, main .changing, .skeleton, table[aria-busy=true]')";

/// An amount as the screen shows it, in cents.
fn cents(text: &str) -> i64 {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits
        .parse()
        .unwrap_or_else(|_| panic!("{text} is no amount"))
}

async fn texts(window: &Window, expression: &str) -> Vec<String> {
    let found = window.ask(expression).await;
    serde_json::from_value(found).unwrap_or_else(|_| panic!("{expression} is no list of texts"))
}

/// The figure of this name.
async fn figure(window: &Window, name: &str) -> String {
    let text = window
        .until(
            name,
            &format!(
                "[...document.querySelectorAll('.figures dl')]
                   .find((each) => each.querySelector('dt').innerText === '{name}')
                   ?.querySelector('.value')?.innerText"
            ),
        )
        .await;
    text.as_str().expect("a figure").to_owned()
}

async fn visit_usage(window: &Window, query: &str) {
    window.visit(&format!("#/usage{query}")).await;
    window
        .until(
            "the usage of the service",
            &format!(
                "document.querySelector('h1')?.innerText === 'Usage'
                 && document.querySelector('.stage svg') && document.querySelector('.figures .value') && {SETTLED}"
            ),
        )
        .await;
}

#[tokio::test]
async fn clusters_days_and_accounts_add_up_to_the_figure_above_them() {
    let person = Person::new("adding-up").await;
    let window = person.at_work().await;
    for query in ["", "?period=last_month", "?period=90d"] {
        visit_usage(&window, query).await;
        let cost = cents(&figure(&window, "Usage cost").await);
        // The month that runs may have begun today, on a day on which few are at work.
        let least = if query.is_empty() { 0 } else { 10_000 };
        assert!(cost > least, "{query}: the sandbox is used: {cost}");

        let of_clusters = texts(
            &window,
            "[...document.querySelectorAll('main .columns table tbody tr')].map((row) => row.cells[1].innerText)",
        )
        .await;
        assert!(of_clusters.len() > 2, "the sandbox has clusters");
        let sum: i64 = of_clusters.iter().map(|text| cents(text)).sum();
        assert!(
            (sum - cost).abs() <= i64::try_from(of_clusters.len()).expect("few"),
            "{query}: clusters make {sum}, the whole is {cost}"
        );

        // Each day in the chart's table; each is rounded by itself.
        window.click("[aria-label='Show as table']").await;
        let days = window
            .until(
                "the days as a table",
                "document.querySelector('.chart table') && [...document.querySelectorAll('.chart tbody tr')]
                   .map((row) => row.cells[1].innerText)",
            )
            .await;
        let days: Vec<String> = serde_json::from_value(days).expect("days");
        let recorded: Vec<_> = days.iter().filter(|text| *text != "no data").collect();
        let sum: i64 = recorded.iter().map(|text| cents(text)).sum();
        assert!(
            (sum - cost).abs() <= i64::try_from(recorded.len()).expect("few"),
            "{query}: days make {sum}, the whole is {cost}"
        );

        window.click("[aria-label='Show as chart']").await;
        let first: Vec<Vec<String>> = serde_json::from_value(
            window
                .until("accounts", &format!("{ROWS}.length && {ROWS}"))
                .await,
        )
        .expect("accounts");
        let costs: Vec<i64> = first.iter().map(|row| cents(&row[2])).collect();
        assert!(
            costs.windows(2).all(|pair| pair[0] >= pair[1]),
            "the dearest first: {costs:?}"
        );
        assert!(costs.iter().sum::<i64>() <= cost);
    }
    window.close().await;
}

#[tokio::test]
async fn what_is_chosen_is_in_the_address_and_changes_all_of_the_screen() {
    let person = Person::new("choosing").await;
    let window = person.at_work().await;
    visit_usage(&window, "").await;
    let all = cents(&figure(&window, "Usage cost").await);

    // One cluster, by its row.
    window
        .click("main .columns table tbody tr:first-child a")
        .await;
    window
        .until(
            "one cluster in the address",
            "location.hash.startsWith('#/usage?cluster=')",
        )
        .await;
    let one = window
        .until(
            "less than everything",
            &format!(
                "(() => {{ const shown = document.querySelector('.figures .value')?.innerText.replace(/[^0-9]/g, '')
                   return {SETTLED} && Number(shown) < {all} && shown }})()"
            ),
        )
        .await;
    assert!(cents(one.as_str().expect("an amount")) > 0);
    window.press(&["Alt+ArrowLeft"]).await;
    window
        .until("the address before", "location.hash === '#/usage'")
        .await;

    // By cluster: the chart says which, by keyboard too.
    window.click_words("By cluster").await;
    window
        .until(
            "a legend",
            "document.querySelectorAll('.legend li').length > 2",
        )
        .await;
    let plot = "document.querySelector('.plot')";
    window
        .until("the layers", &format!("{plot} && {SETTLED}"))
        .await;
    window.run(&format!("{plot}.focus()"), Vec::new()).await;
    window.press(&["Home"]).await;
    let spoken = window.ask(&format!("{plot}.ariaValueText")).await;
    let spoken = spoken.as_str().expect("a value");
    assert!(
        spoken.contains(" USD; hops-"),
        "a day is told by cluster: {spoken}"
    );

    // The dearest account, from its row to its usage and on to its team.
    let name = window
        .ask("document.querySelector('main tbody tr[data-row=\"0\"] a').innerText")
        .await;
    window.click("main tbody tr[data-row=\"0\"] a").await;
    window
        .until(
            "the account's name",
            &format!("[...document.querySelectorAll('main button')].some((each) => each.innerText.trim() === 'Account: ' + {name})"),
        )
        .await;
    let of_account = cents(&figure(&window, "Usage cost").await);
    assert!(of_account > 0 && of_account < all);
    window.click_words("Open its team").await;
    window
        .until(
            "the team's page",
            &format!("document.querySelector('h1')?.innerText === {name}"),
        )
        .await;
    window.close().await;
}

#[tokio::test]
async fn the_people_of_a_team_add_up_to_it_and_a_mismatch_is_told() {
    let person = Person::new("teaming").await;
    let window = person.at_work().await;
    window.visit("#/teams?concern=owner_out").await;
    window
        .until(
            "teams without their owner",
            &format!("document.querySelector('main tbody tr[data-row] .out') && {SETTLED}"),
        )
        .await;
    let rows: Vec<Vec<String>> = serde_json::from_value(window.ask(ROWS).await).expect("teams");
    assert_eq!(rows.len(), 1, "the sandbox has one such team");
    assert!(
        rows[0][2]
            .replace('\n', " ")
            .starts_with("suspended · 3 active"),
        "{rows:?}"
    );

    window.click("main tbody tr[data-row=\"0\"] a").await;
    window
        .shows("The owner is suspended, but 3 members are still active.")
        .await;
    for (address, listed) in [("", 4), ("#/teams", 25)] {
        if !address.is_empty() {
            window.visit(address).await;
            window
                .until(
                    "the largest team",
                    &format!("document.querySelector('h1')?.innerText === 'Teams' && document.querySelector('main tbody tr[data-row=\"0\"] a') && {SETTLED}"),
                )
                .await;
            window.click("main tbody tr[data-row=\"0\"] a").await;
            window
                .until(
                    "the team's page",
                    "document.querySelector('h1').innerText !== 'Teams'",
                )
                .await;
        }
        let people = "[...document.querySelectorAll('table')].find((each) => each.caption?.innerText.startsWith('People'))";
        window
            .until(
                "people",
                &format!("{people}?.tFoot && document.querySelector('.stage svg') && {SETTLED}"),
            )
            .await;
        let cells = |part: &str| {
            format!(
                "[...{people}.querySelectorAll('{part} tr')].map((row) => [...row.cells].slice(-3)[0].innerText)"
            )
        };
        let each = texts(&window, &cells("tbody")).await;
        assert_eq!(each.len(), listed, "owner and members");
        let whole = cents(&texts(&window, &cells("tfoot")).await[0]);
        let sum: i64 = each
            .iter()
            .filter(|text| *text != "—")
            .map(|text| cents(text))
            .sum();
        assert!(
            (sum - whole).abs() <= i64::try_from(each.len()).expect("few") && whole > 0,
            "people make {sum}, the team is {whole}"
        );
    }
    window.visit("#/teams/auth0%7Cnobody-at-all").await;
    window
        .shows("This database has no user with the id auth0|nobody-at-all")
        .await;
    window.close().await;
}

#[tokio::test]
async fn a_service_without_usage_says_so_instead_of_showing_zeros() {
    let person = Person::new("first-day").await;
    let service = Service::shared(super::service::NOBODY).await;
    let window = person.at_work().await;
    window.open_service("First day", &service.url()).await;
    visit_usage(&window, "").await;
    assert_eq!(figure(&window, "Usage cost").await, "—");
    window.shows("No usage in this period.").await;
    window
        .shows("No account recorded anything on these days.")
        .await;
    window.visit("#/teams").await;
    window.shows("No teams yet").await;
    assert_ne!(
        window
            .ask("document.querySelector('main').innerText.includes('$0')")
            .await,
        Value::from(true),
        "nothing is no zero"
    );
    assert_eq!(window.ask("location.hash").await, json!("#/teams"));
    window.close().await;
}
