//! The window stays a window whatever happens to its database: what was read stays and says how old it is,
//! one can go anywhere, and everything is current again by itself.

use std::time::Duration;

use super::driver::Window;
use super::service::{FORTY, Service};
use super::world::Person;

const AGE: &str = "document.querySelector('[data-testid=data-age]').innerText";
const LINE: &str = "document.querySelector('.stale[role=status]')?.innerText ?? ''";
const NAMES: &str = "[...document.querySelectorAll('tr[data-row]')]
    .map((each) => each.querySelector('a')?.innerText).join()";

/// Opens the service and its list of users; `sameWindow` marks this very page.
async fn at_work(person: &Person, service: &Service) -> Window {
    let window = person.at_work().await;
    window.open_service("Production", &service.url()).await;
    window.visit_users("").await;
    window.run("window.sameWindow = true", Vec::new()).await;
    window
}

/// The last data is there, marked; one can go elsewhere and come back to it.
async fn is_usable_and_marked(window: &Window) {
    window
        .until("data called stale", &format!("{AGE}.startsWith('stale')"))
        .await;
    window
        .until("the reason", &format!("{LINE}.includes('out of date')"))
        .await;
    let names = window.ask(NAMES).await;
    assert!(
        names
            .as_str()
            .is_some_and(|names| names.contains("Person 40")),
        "the last data stays: {names}"
    );
    window.visit_settings().await;
    window.visit("#/users").await;
    window
        .until("the same rows", &format!("{NAMES}.includes('Person 40')"))
        .await;
    window
        .until(
            "the age beside where they are from",
            "document.querySelector('.source')?.innerText.startsWith('not updating')
             || document.querySelector('.source')?.innerText.startsWith('waiting')",
        )
        .await;
}

/// Everything is current, in the same page.
async fn is_current_again(window: &Window, within: Duration) {
    let since = tokio::time::Instant::now();
    window
        .until("fresh data", &format!("{AGE}.startsWith('updated')"))
        .await;
    window.until("no line about it", &format!("!{LINE}")).await;
    window.users_are_filled().await;
    assert_eq!(
        window.ask("window.sameWindow").await,
        true,
        "without a reload"
    );
    println!("current again after {} ms", since.elapsed().as_millis());
    assert!(
        since.elapsed() < within,
        "nobody should wait {:?} for a database that is there",
        since.elapsed()
    );
}

#[tokio::test]
async fn the_pooler_and_the_database_may_go_and_come_back() {
    let service = Service::alone("survival", FORTY).await;
    let person = Person::new("surviving").await;
    let window = at_work(&person, &service).await;

    service.stop_pooler().await;
    is_usable_and_marked(&window).await;
    // A page that was never read says why there is nothing, and how to try again.
    window.visit("#/users/auth0%7C40").await;
    window
        .until(
            "a panel that says why it is empty",
            "document.querySelector('main section.panel [role=alert]')?.innerText.includes('Try again')",
        )
        .await;
    service.start_pooler();
    window
        .until(
            "the page by itself",
            "document.querySelector('h1').innerText === 'Person 40'
             && !document.querySelector('main [role=alert]')",
        )
        .await;
    window.visit("#/users").await;
    is_current_again(&window, Duration::from_secs(90)).await;

    // Behind a pooler that stays: it answers, and what it answers is no fault of the program.
    service.stop_postgres().await;
    is_usable_and_marked(&window).await;
    let line = window.ask(LINE).await;
    assert!(
        !line.as_str().unwrap().contains("should not have"),
        "a database that is away is nothing unforeseen: {line}"
    );
    service.start_postgres();
    is_current_again(&window, Duration::from_secs(90)).await;

    // A network that swallows everything: no answer, no end.
    service.silence_pooler(true);
    is_usable_and_marked(&window).await;
    service.silence_pooler(false);
    is_current_again(&window, Duration::from_secs(90)).await;
    window.close().await;
}

#[tokio::test]
async fn a_table_locked_for_half_a_minute_is_named_and_everything_else_goes_on() {
    let service = Service::shared(FORTY).await;
    let person = Person::new("waiting-for-a-lock").await;
    let window = at_work(&person, &service).await;

    // The first sums need that table: they are there before it is locked.
    window.visit("#/overview").await;
    window
        .until(
            "the first sums",
            "document.querySelector('#clusters tbody tr')?.innerText.includes('eu-west-1')",
        )
        .await;
    window.visit("#/users").await;
    is_current_again(&window, Duration::from_secs(90)).await;

    let holder = service.hold_users();
    let since = tokio::time::Instant::now();
    window
        .until(
            "who holds which table",
            &format!("{LINE}.includes('users is held by a migration')"),
        )
        .await;
    is_usable_and_marked(&window).await;
    let source = window
        .ask("document.querySelector('.source').innerText")
        .await;
    assert!(
        source.as_str().unwrap().contains("table locked"),
        "the list says what it waits for: {source}"
    );
    // What does not need that table is read as ever.
    window.visit("#/overview").await;
    window
        .until(
            "the clusters",
            "document.querySelector('#clusters tbody tr')?.innerText.includes('eu-west-1')",
        )
        .await;
    // What was never read and needs it says why there is nothing.
    window.visit("#/users/auth0%7C20").await;
    window
        .until(
            "a panel that says what it waits for",
            "[...document.querySelectorAll('main [role=alert]')]
               .some((each) => each.innerText.includes('holds a lock'))",
        )
        .await;
    tokio::time::sleep(Duration::from_secs(30).saturating_sub(since.elapsed())).await;
    drop(holder);
    window.visit("#/users").await;
    is_current_again(&window, Duration::from_secs(90)).await;
    window.close().await;
}

#[tokio::test]
async fn a_cancelled_statement_and_ended_sessions_are_read_again_by_themselves() {
    let service = Service::shared(FORTY).await;
    let person = Person::new("interrupted").await;
    let window = at_work(&person, &service).await;

    // Held up, so that there is a statement to cancel.
    let holder = service.hold_users();
    let mut cancelled = 0;
    let since = tokio::time::Instant::now();
    while cancelled == 0 && since.elapsed() < Duration::from_secs(20) {
        cancelled = service.cancel_statements();
    }
    assert!(cancelled > 0, "the window reads the list");
    is_usable_and_marked(&window).await;
    drop(holder);
    is_current_again(&window, Duration::from_secs(90)).await;

    for _ in 0..8 {
        service.terminate_sessions();
        tokio::time::sleep(Duration::from_millis(400)).await;
    }
    is_current_again(&window, Duration::from_secs(90)).await;
    window.close().await;
}
