//! Starting with nothing configured.

use std::time::Duration;

use super::driver::Window;
use super::world::Person;

const FIGURES: &str = "[...document.querySelectorAll('.figures dt, .figures .value')]
    .map((each) => each.innerText)";

/// Longest wait for a first start: a server is made, and filled, before anything is shown.
const FIRST_START: Duration = Duration::from_secs(300);

/// Waits for the overview; all that the start-up screen said until then.
async fn steps_until_filled(window: &Window) -> String {
    let steps = window
        .until_within(
            FIRST_START,
            "the overview, from the start-up screen on",
            "(() => {
               const said = document.querySelector('main.startup')?.innerText
               const all = (window.saidAtStart ??= ['start'])
               if (said && all.at(-1) !== said) all.push(said)
               return document.querySelectorAll('.figures .value').length === 5 && all.join('\\n')
             })()",
        )
        .await;
    window.overview_is_filled().await;
    steps.as_str().expect("steps").to_owned()
}

#[tokio::test]
async fn a_first_start_shows_its_steps_and_opens_on_customers_that_stay() {
    let person = Person::newcomer("newcomer").await;

    let window = person.open().await;
    window
        .until(
            "a progress bar",
            "document.querySelector('main.startup progress')",
        )
        .await;
    let steps = steps_until_filled(&window).await;
    assert!(steps.contains("Loading sample customers"), "{steps}");
    let first = window.ask(FIGURES).await;
    let workspace = window
        .ask("document.querySelector('[data-testid=workspace-name]').innerText.trim()")
        .await;
    assert_eq!(workspace, "Acme ML\nsandbox");
    window.close().await;
    assert!(
        !person.server_file().exists(),
        "the last window stops the private Postgres"
    );

    let window = person.open().await;
    let steps = steps_until_filled(&window).await;
    assert!(
        !steps.contains("Setting up") && !steps.contains("Loading"),
        "what is there is not made again: {steps}"
    );
    assert_eq!(
        window.ask(FIGURES).await,
        first,
        "the customers are the same"
    );
    window.close().await;
}
