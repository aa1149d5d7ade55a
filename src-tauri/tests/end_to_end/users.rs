//! The list of users, by keyboard where a keyboard can do it.

use serde_json::{Value, json};

use super::driver::Window;
use super::world::Person;

/// One number of the page.
async fn number(window: &Window, expression: &str) -> i64 {
    let value = window.ask(expression).await;
    value
        .as_i64()
        .unwrap_or_else(|| panic!("{expression} is {value}"))
}

const ROWS: &str = "document.querySelectorAll('tbody tr[data-row]').length";
const COUNT: &str = "document.querySelector('h1 + [role=status]').innerText";
const SCROLL: &str = "Math.round(document.querySelector('.scroller').scrollTop)";
const CHOSEN: &str = "document.querySelector('tr.chosen a')?.innerText";

#[tokio::test]
async fn a_filter_set_by_keyboard_and_a_sorted_column_do_what_they_say() {
    let person = Person::new("filtering").await;
    let window = person.at_work().await;
    window.visit_users("").await;

    window.press(&["/"]).await;
    window
        .until(
            "the focus in the filter",
            "document.activeElement.ariaLabel?.startsWith('Filter by')",
        )
        .await;
    window.press(&["Tab", "Enter"]).await;
    window
        .until(
            "the statuses, the focus on the first",
            "document.activeElement.type === 'checkbox'
               && document.activeElement.labels[0].innerText.trim() === 'active'",
        )
        .await;
    window.press(&["Tab", "Space", "Escape"]).await;
    window
        .until(
            "the filter in the address",
            "location.hash === '#/users?status=suspended'",
        )
        .await;
    window
        .until(
            "the focus back on the chip",
            "document.activeElement.innerText.trim() === 'Status: suspended'",
        )
        .await;
    window
        .until(
            "nobody but suspended people",
            "[...document.querySelectorAll('tbody .status')]
               .every((each) => each.innerText.includes('suspended'))",
        )
        .await;
    let shown = number(&window, ROWS).await;
    assert_eq!(
        window.ask(COUNT).await,
        json!(shown.to_string()),
        "the count is of these rows"
    );
    assert!(shown > 2, "the samples have a suspended team");

    window.click_words("Clear filters").await;
    window
        .until(
            "everybody",
            "document.querySelectorAll('tbody .status').length > 15",
        )
        .await;
    window.click("th button.sort:has(.currency)").await;
    window
        .until(
            "the cost column says that it is sorted",
            "document.querySelector('th[aria-sort=descending]')?.innerText.trim().startsWith('Cost')",
        )
        .await;
    let sorted = "(() => {
        const costs = [...document.querySelectorAll('tbody tr[data-row] td.end:not(.muted)')]
          .map((each) => Number(each.innerText.replace(/[^0-9.]/g, '')))
        return costs.length > 15 && costs[0] > 0
          && costs.every((cost, at) => at === 0 || costs[at - 1] >= cost)
      })()";
    window.until("the dearest first", sorted).await;
    window.click("th button.sort:has(.currency)").await;
    window
        .until(
            "the other way round",
            "document.querySelector('th[aria-sort=ascending]')",
        )
        .await;
    window.close().await;
}

#[tokio::test]
async fn a_deep_place_in_the_list_is_found_again_after_a_look_at_somebody() {
    let person = Person::new("scrolling").await;
    let window = person.at_work().await;
    window.visit_users("?status=active").await;
    let most = number(&window, ROWS).await;
    let all = number(&window, &format!("Number({COUNT})")).await;
    assert!(all > 200, "more than two pages");

    // Into the rows, and to the last one that is loaded, until that is the last of all.
    window.press(&["/", "ArrowDown"]).await;
    window
        .until(
            "the first row",
            "document.activeElement.closest('tr')?.dataset.row === '0'",
        )
        .await;
    window
        .press_until(
            "End",
            "the last row of all",
            &format!(
                "document.activeElement.closest('tr')?.dataset.row === '{}'",
                all - 1
            ),
        )
        .await;
    let drawn = number(&window, ROWS).await;
    assert!(
        drawn <= most + 20 && drawn < all / 3,
        "of {all} rows only those in sight are drawn: {drawn}"
    );
    window.press(&["PageUp", "PageUp", "ArrowUp"]).await;
    let place = number(&window, SCROLL).await;
    assert!(place > 4000, "deep in the list: {place}");
    let chosen = window.ask(CHOSEN).await;
    assert_ne!(chosen, Value::Null);

    window.press(&["Enter"]).await;
    window.user_is_filled().await;
    assert_eq!(
        window.ask("document.querySelector('h1').innerText").await,
        chosen
    );
    window.press(&["Alt+ArrowLeft"]).await;
    window.users_are_filled().await;
    assert_eq!(window.ask("location.hash").await, "#/users?status=active");
    window
        .until(
            "the place where it was left",
            &format!("{SCROLL} === {place}"),
        )
        .await;
    assert_eq!(
        window.ask(CHOSEN).await,
        chosen,
        "the row is still the chosen one"
    );
    window.close().await;
}

#[tokio::test]
async fn a_line_that_needs_attention_leads_to_as_many_people_as_it_counts() {
    let person = Person::new("attentive").await;
    let window = person.at_work().await;
    for (words, concern) in [
        ("have no seat", "no_seat"),
        ("run out of credits", "credits_low"),
    ] {
        window.visit("#/overview").await;
        window.overview_is_filled().await;
        let line = format!(
            "[...document.querySelectorAll('main li a')]
               .find((each) => each.innerText.includes('{words}'))"
        );
        let sentence = window
            .ask(&format!("{line}.querySelector('.sentence').innerText"))
            .await;
        let counted: i64 = sentence
            .as_str()
            .and_then(|sentence| {
                sentence
                    .trim_start_matches("Warning:")
                    .split_whitespace()
                    .next()
            })
            .and_then(|count| count.parse().ok())
            .unwrap_or_else(|| panic!("no count in {sentence}"));
        window.run(&format!("{line}.click()"), Vec::new()).await;
        window.users_are_filled().await;
        assert_eq!(
            window.ask("location.hash").await,
            json!(format!("#/users?concern={concern}"))
        );
        window
            .until("the count", &format!("{COUNT} === '{counted}'"))
            .await;
        assert_eq!(number(&window, ROWS).await, counted, "{sentence}");
    }
    window.close().await;
}
