//! From a registration at Auth0 to a row in the window.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use super::driver::Window;
use super::world::{Person, webhook_program};

const SECRET: &str = "what-the-action-sends";

/// The headless program, serving the sandbox that the console has open.
pub(crate) struct Receiver {
    program: Child,
    address: String,
}

impl Receiver {
    pub(crate) fn start(person: &Person) -> Self {
        let mut program = Command::new(webhook_program())
            .args(["serve", "--sandbox"])
            .env("HOPSDESK_SANDBOX", &person.start.sandbox)
            .env("HOPSDESK_BIND", "127.0.0.1:0")
            .env("AUTH0_WEBHOOK_SECRET", SECRET)
            .env("AUTH0_CLIENT_ID", "the-application-of-customers")
            .env("RUST_LOG", "info")
            .stderr(Stdio::piped())
            .spawn()
            .expect("hopsdesk-webhook runs");
        let mut log = BufReader::new(program.stderr.take().expect("its log")).lines();
        let address = log
            .by_ref()
            .map_while(Result::ok)
            .filter_map(|line| serde_json::from_str::<Value>(&line).ok())
            .find(|line| line["message"] == "listening")
            .and_then(|line| line["address"].as_str().map(str::to_owned))
            .expect("it listens");
        // Somebody has to go on reading.
        std::thread::spawn(move || log.for_each(drop));
        Self { program, address }
    }

    pub(crate) async fn register(&self, name: &str) {
        crate::support::install_tls();
        let answer = reqwest::Client::new()
            .post(format!("http://{}/api/webhooks/auth0", self.address))
            .header("X-Auth0-Secret", SECRET)
            .header("Content-Type", "application/json")
            .body(
                json!({
                    "user_id": format!("auth0|{name}"),
                    "email": format!("{name}@example.com"),
                    "name": name,
                    "created_at": "2126-11-20T14:16:42.123Z",
                })
                .to_string(),
            )
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), 200);
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

async fn accounts(window: &Window) -> i64 {
    let shown = window
        .ask("document.querySelector('.figures .value').innerText")
        .await;
    let shown = shown.as_str().expect("a figure").replace(',', "");
    shown.parse().expect("a number")
}

#[tokio::test]
async fn a_registration_appears_in_the_window_without_a_reload() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let person = Person::new("watching").await;
    let window = person.at_work().await;
    let receiver = Receiver::start(&person);
    window.run("window.sameWindow = true", Vec::new()).await;

    let before = accounts(&window).await;
    receiver.register("nina-new").await;
    let since = tokio::time::Instant::now();
    let more = format!(
        "Number(document.querySelector('.figures .value').innerText.replace(',', '')) === {}",
        before + 1
    );
    window.until("one account more", &more).await;
    report("Accounts", since.elapsed());

    window.visit_users("").await;
    let first = "document.querySelector('tbody tr[data-row=\"0\"] a').innerText";
    window
        .until("who came first", &format!("{first} === 'nina-new'"))
        .await;
    receiver.register("otto-later").await;
    let since = tokio::time::Instant::now();
    window
        .until("the newest on top", &format!("{first} === 'otto-later'"))
        .await;
    report("the list of users", since.elapsed());
    let second = "document.querySelector('tbody tr[data-row=\"1\"] a').innerText";
    assert_eq!(window.ask(second).await, "nina-new", "nobody was lost");
    assert_eq!(
        window.ask("window.sameWindow").await,
        true,
        "the page was not reloaded"
    );
    window.close().await;
}

/// Said, not judged: a busy machine is no broken product. The window asks every four seconds.
fn report(what: &str, took: Duration) {
    println!(
        "from the receiver's answer to {what}: {} ms",
        took.as_millis()
    );
}
