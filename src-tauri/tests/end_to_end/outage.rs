//! The database goes away while somebody looks, and comes back.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::driver::patiently;
use super::world::{Person, webhook_program};

const FIGURES: &str = "[...document.querySelectorAll('.figures .value')]
    .map((each) => each.innerText).join(' ')";
const AGE: &str = "document.querySelector('[data-testid=data-age]').innerText";

fn server(person: &Person) -> Result<Pid, String> {
    let file = std::fs::read_to_string(person.server_file()).map_err(|error| error.to_string())?;
    let pid = file.lines().next().and_then(|line| line.parse().ok());
    pid.map(Pid::from_raw).ok_or_else(|| "no pid".to_owned())
}

#[tokio::test]
async fn the_last_data_stays_while_the_database_is_away_and_the_window_recovers_by_itself() {
    let person = Person::new("waiting").await;
    let window = person.at_work().await;
    let figures = window.ask(FIGURES).await;

    // As `pg_ctl stop -m fast` does.
    kill(server(&person).unwrap(), Signal::SIGINT).unwrap();
    patiently("the server stops", async || match server(&person) {
        Ok(pid) => Err(format!("{pid} still runs")),
        Err(_) => Ok(()),
    })
    .await;
    window
        .until(
            "data that is called stale",
            &format!("{AGE}.startsWith('stale')"),
        )
        .await;
    window.shows("What you see may be out of date.").await;
    let line = window
        .ask("document.querySelector('.stale[role=status]').innerText")
        .await;
    let line = line.as_str().unwrap();
    assert!(
        line.contains("127.0.0.1:"),
        "the reason names the database: {line}"
    );
    assert!(line.contains("Try now"), "{line}");
    assert_eq!(window.ask(FIGURES).await, figures, "the last data stays");
    window
        .until(
            "a panel that says so too",
            "[...document.querySelectorAll('.panel .aside')]
               .some((each) => each.innerText.startsWith('not updating'))",
        )
        .await;

    // Starts it again, and leaves it to the others when it ends.
    let mut starter = Command::new(webhook_program())
        .args(["sandbox", "--keep"])
        .arg(&person.start.sandbox)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut url = String::new();
    BufReader::new(starter.stdout.take().unwrap())
        .read_line(&mut url)
        .unwrap();
    window
        .until("fresh data", &format!("{AGE}.startsWith('updated')"))
        .await;
    window
        .until(
            "no line about it any more",
            "!document.querySelector('.stale[role=status]')",
        )
        .await;
    window.overview_is_filled().await;
    assert_eq!(window.ask(FIGURES).await, figures);
    kill(
        Pid::from_raw(starter.id().try_into().unwrap()),
        Signal::SIGTERM,
    )
    .unwrap();
    starter.wait().unwrap();
    window.visit_users("").await;
    window.close().await;
}
