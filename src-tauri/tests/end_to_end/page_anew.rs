//! The page's own process: it dies, or the page gives it up, and the window stands where it stood. `WebDriver` ends with
//! the page's process, so from then on the window is looked at as the display shows it.

use std::fs;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::driver::display::{Part, Picture};
use super::driver::{Window, patiently};
use super::world::Person;

/// Which screen it is.
const MENU: Part = Part {
    left: 0,
    top: 60,
    width: 200,
    height: 330,
};
/// The arrows back and forward: grey where one cannot go.
const STEPS: Part = Part {
    left: 216,
    top: 12,
    width: 52,
    height: 26,
};
/// What the screen lists.
const ROWS: Part = Part {
    left: 230,
    top: 260,
    width: 560,
    height: 420,
};
/// Where something is said that just happened.
const SAID: Part = Part {
    left: 860,
    top: 725,
    width: 340,
    height: 50,
};

/// The process that the engine runs the page in.
fn page_process(window: &Window) -> Option<u32> {
    let program = window.program();
    let tasks = fs::read_dir(format!("/proc/{program}/task")).ok()?;
    let children = tasks
        .filter_map(|task| fs::read_to_string(task.ok()?.path().join("children")).ok())
        .collect::<String>();
    let mut pids = children
        .split_whitespace()
        .filter_map(|pid| pid.parse().ok());
    pids.find(|pid| {
        fs::read_to_string(format!("/proc/{pid}/comm"))
            .is_ok_and(|name| name.starts_with("WebKitWebProces"))
    })
}

/// A list as it looks at rest.
async fn list(window: &Window) -> Picture {
    let rows = "document.querySelectorAll('tr[data-row]').length > 10";
    window.until("the list", rows).await;
    window.at_rest().await;
    // The pointer leaves the window.
    window.looks();
    tokio::time::sleep(Duration::from_millis(300)).await;
    window.looks()
}

/// The same screen with the same rows and ways on.
fn is_at(seen: &Picture, at: &Picture) -> bool {
    [MENU, STEPS, ROWS].iter().all(|part| seen.has(*part, at))
}

/// Waits until the window looks like that.
async fn comes(window: &Window, what: &str, fits: impl Fn(&Picture) -> bool) {
    patiently(what, async || {
        if fits(&window.looks()) {
            Ok(())
        } else {
            Err("the window looks different")
        }
    })
    .await;
}

/// The users and the teams, at the latter of which the person stands.
async fn on_the_way(window: &Window) -> (Picture, Picture) {
    // In the place of the first step, so that nobody goes further back than to it.
    window.run("location.replace('#/users')", Vec::new()).await;
    window.shows("newest first").await;
    let users = list(window).await;
    window.visit("#/teams").await;
    let teams = list(window).await;
    assert!(!users.has(MENU, &teams), "the menu says where one is");
    assert!(!users.has(ROWS, &teams), "the rows are others");
    (users, teams)
}

/// Goes on from there: a step back to the users, and forward again.
async fn has_its_steps(window: &Window, users: &Picture, teams: &Picture) {
    // What the page before left on the display stays until the next one paints; it hears nothing.
    let moved = async || {
        window.press_mouse(8);
        tokio::time::sleep(Duration::from_secs(3)).await;
        if window.looks().has(MENU, teams) {
            Err("it does not move")
        } else {
            Ok(())
        }
    };
    patiently("the new page hears", moved).await;
    let stands = |at: &Picture, seen: &Picture| is_at(seen, at) && seen.has(SAID, at);
    // There one may go forward now, too.
    let back =
        |seen: &Picture| seen.has(MENU, users) && seen.has(ROWS, users) && seen.has(SAID, users);
    comes(window, "a step back", back).await;
    window.press_mouse(9);
    comes(window, "a step forward", |seen| stands(teams, seen)).await;
}

#[tokio::test]
async fn a_page_that_dies_is_loaded_again_where_it_stood_and_says_so() {
    let person = Person::new("page-dies").await;
    let window = person.at_work().await;
    let (users, teams) = on_the_way(&window).await;
    let before = page_process(&window).expect("the page's process");
    let process = Pid::from_raw(i32::try_from(before).expect("a process"));
    kill(process, Signal::SIGKILL).expect("it ran until now");
    comes(&window, "the teams, and a word about it", |seen| {
        is_at(seen, &teams) && !seen.has(SAID, &teams)
    })
    .await;
    assert_ne!(page_process(&window), Some(before), "another process");
    has_its_steps(&window, &users, &teams).await;
    window.close().await;
}

#[tokio::test]
async fn a_page_that_is_given_up_for_a_new_process_stands_where_it_stood() {
    let person = Person::new("page-renewed").await;
    let window = person.at_work().await;
    let (users, teams) = on_the_way(&window).await;
    let before = page_process(&window).expect("the page's process");
    // As the page does it when nobody was there for five minutes.
    let renew = "sessionStorage.setItem('hopsdesk.open', 'no')
        setTimeout(() => window.__TAURI_INTERNALS__.invoke('renew_page'), 100)";
    window.run(renew, Vec::new()).await;
    patiently("another process", async || match page_process(&window) {
        Some(now) if now != before => Ok(()),
        _ => Err("it is the one before, or none"),
    })
    .await;
    // A word about it would wait for the pointer to move.
    tokio::time::sleep(Duration::from_secs(5)).await;
    comes(&window, "the teams, and nothing about it", |seen| {
        is_at(seen, &teams) && seen.has(SAID, &teams)
    })
    .await;
    has_its_steps(&window, &users, &teams).await;
    window.close().await;
}
