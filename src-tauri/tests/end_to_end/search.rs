//! The search box, by keyboard alone.

use serde_json::json;

use super::driver::Window;
use super::world::Person;

const FOCUSED: &str = "document.activeElement.getAttribute('role') === 'combobox'";
const CHOICES: &str = "[...document.querySelectorAll('[role=option] .title')]
    .map((each) => each.innerText)";

async fn names(window: &Window, expression: &str) -> Vec<String> {
    let names = window.ask(expression).await;
    serde_json::from_value(names).expect("names")
}

#[tokio::test]
async fn a_fragment_of_a_name_and_arrow_keys_lead_to_somebody() {
    let person = Person::new("searching").await;
    let window = person.at_work().await;

    window.press(&["Control+k"]).await;
    window.until("the focus in the search box", FOCUSED).await;
    window.write("son").await;
    window
        .until(
            "several choices",
            "document.querySelectorAll('[role=option]').length > 2",
        )
        .await;
    window.press(&["ArrowDown", "ArrowDown", "ArrowUp"]).await;
    let choices = names(&window, CHOICES).await;
    let active = window
        .ask(
            "document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))
               .querySelector('.title').innerText",
        )
        .await;
    assert_eq!(active, json!(choices[1]), "down, down, up is the second");
    window.press(&["Enter"]).await;
    window.user_is_filled().await;
    let title = window.ask("document.querySelector('h1').innerText").await;
    assert_eq!(title, json!(choices[1]), "Enter opens the chosen one");

    window.press(&["Control+k"]).await;
    window.write("ov").await;
    window
        .until(
            "the screen by name",
            &format!("{CHOICES}.includes('Overview')"),
        )
        .await;
    window.press(&["Escape"]).await;
    window
        .until(
            "no choices",
            "!document.querySelector('[role=option]')?.checkVisibility()",
        )
        .await;
    let text = window.ask("document.activeElement.value").await;
    assert_eq!(
        text, "ov",
        "the first Escape closes the list and keeps the text"
    );
    window.press(&["Escape"]).await;
    window
        .until("an empty box", "document.activeElement.value === ''")
        .await;
    window.press(&["Escape"]).await;
    window
        .until("the focus elsewhere", &format!("!({FOCUSED})"))
        .await;
    window.close().await;
}

#[tokio::test]
async fn a_pasted_id_and_enter_lead_to_the_one_it_names() {
    let person = Person::new("pasting").await;
    let window = person.at_work().await;
    let id = window.first_user("?role=owner&sort=name").await;
    let name = window
        .ask("document.querySelector('tr[data-row=\"0\"] a').title")
        .await;
    window.visit("#/overview").await;
    window.overview_is_filled().await;

    window.press(&["Control+k"]).await;
    window.until("the focus in the search box", FOCUSED).await;
    // Nothing of the list is waited for: Enter comes with the paste.
    let paste = "document.execCommand('insertText', false, arguments[0])";
    window.run(paste, vec![json!(id)]).await;
    window.press(&["Enter"]).await;
    window.user_is_filled().await;
    assert_eq!(
        window.ask("document.querySelector('h1').innerText").await,
        name
    );
    let hash = window.ask("decodeURIComponent(location.hash)").await;
    assert_eq!(hash, json!(format!("#/users/{id}")));
    window.close().await;
}
