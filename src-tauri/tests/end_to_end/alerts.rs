//! An alert in the real window, and on the desktop: it appears by itself, is acknowledged, leads to where to look, and
//! goes when what was wrong is mended.
#![expect(
    clippy::too_many_arguments,
    clippy::unused_self,
    clippy::used_underscore_binding,
    reason = "the desktop's interface for notifications, as it is published"
)]

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde_json::json;
use zbus::blocking::Connection;
use zbus::blocking::connection::Builder;
use zbus::zvariant::OwnedValue;

use super::accessibility::{axe_finds_nothing, axe_finds_nothing_now};
use super::driver::Window;
use super::driver::{Theme, patiently};
use super::exports::psql;
use super::world::Person;

/// Stripe could not be read back for two hours. In the sandbox nobody does, so nobody is at it meanwhile.
const FAILS: &str = "insert into console.read_backs (source, next_at, covered_until, ran_at, last_error, failing_since)
    values ('stripe_events', now() + interval '1 hour', now() - interval '2 hours', now(), 'Stripe does not answer.', now() - interval '2 hours')
    on conflict (source) do update set last_error = excluded.last_error, failing_since = excluded.failing_since, next_at = excluded.next_at";

const WORKS: &str = "delete from console.read_backs where source = 'stripe_events'";

const SENTENCE: &str = "Stripe cannot be read back: Stripe does not answer";

/// What the desktop was asked to show.
#[derive(Debug, Clone)]
struct Shown {
    number: u32,
    replaces: u32,
    summary: String,
    body: String,
    actions: Vec<String>,
}

/// The desktop's own program for notifications, as far as it is asked.
#[derive(Clone, Default)]
struct Notifications(Arc<Mutex<Vec<Shown>>>);

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Notifications {
    fn notify(
        &self,
        _app_name: String,
        replaces_id: u32,
        _app_icon: String,
        summary: String,
        body: String,
        actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _expire_timeout: i32,
    ) -> u32 {
        let mut shown = self.0.lock().expect("what was shown");
        let number = if replaces_id > 0 {
            replaces_id
        } else {
            u32::try_from(shown.len() + 1).expect("a number")
        };
        shown.push(Shown {
            number,
            replaces: replaces_id,
            summary,
            body,
            actions,
        });
        number
    }

    fn close_notification(&self, _id: u32) {}

    fn get_capabilities(&self) -> Vec<String> {
        vec!["actions".to_owned(), "body".to_owned()]
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        let said = ["a test", "us", "1", "1.2"].map(str::to_owned);
        let [name, vendor, version, spec] = said;
        (name, vendor, version, spec)
    }
}

impl Notifications {
    fn start(&self) -> Connection {
        Builder::session()
            .expect("a session bus")
            .name("org.freedesktop.Notifications")
            .expect("the name")
            .serve_at("/org/freedesktop/Notifications", self.clone())
            .expect("the place")
            .build()
            .expect("it is served")
    }

    fn about(&self, text: &str) -> Vec<Shown> {
        let shown = self.0.lock().expect("what was shown").clone();
        shown
            .into_iter()
            .filter(|one| one.summary.contains(text))
            .collect()
    }

    async fn until(&self, text: &str) -> Shown {
        patiently("a notification", async || {
            self.about(text)
                .into_iter()
                .next()
                .ok_or("it was not shown")
        })
        .await
    }
}

async fn bell(window: &Window, says: &str) {
    window
        .until(
            "what the bell says",
            &format!(
                "document.querySelector('[data-testid=alerts]')?.getAttribute('aria-label') === {}",
                json!(says)
            ),
        )
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_appears_is_acknowledged_and_goes_by_itself() {
    let person = Person::new("alerted").await;
    let notifications = Notifications::default();
    let desktop = tokio::task::block_in_place(|| notifications.start());
    let window = person.at_work().await;
    psql(&person, WORKS);
    psql(
        &person,
        "delete from console.alerts where kind = 'read_back_failing'",
    );
    // What was wrong before is known before anything is told.
    let told = person.settings_file().with_file_name("alerts-told.json");
    patiently("what is known of alerts", async || {
        std::fs::read_to_string(&told).map_err(|error| error.to_string())
    })
    .await;
    // The samples have their own: an event of Stripe's that was given up, an address that two accounts claim.
    let before = window
        .until(
            "the bell with the alerts of the samples",
            "/^Alerts: [1-9]/.test(document.querySelector('[data-testid=alerts]')?.getAttribute('aria-label')) && document.querySelector('[data-testid=alerts]').getAttribute('aria-label')",
        )
        .await;
    let before = before.as_str().unwrap_or_default().to_owned();

    psql(&person, FAILS);
    window.shows(SENTENCE).await;
    let line = "[...document.querySelectorAll('main a')].find((line) => line.innerText.includes('Stripe cannot be read back'))?.innerText";
    let line = window.until("a line on the Overview", line).await;
    assert!(
        line.as_str().is_some_and(|line| line.contains("Events")),
        "{line}"
    );
    axe_finds_nothing(&window, "the Overview with an alert").await;

    // On the desktop, once; a click on it leads there.
    let shown = notifications.until(SENTENCE).await;
    assert_eq!(
        (shown.summary.as_str(), shown.body.as_str(), shown.replaces),
        (SENTENCE, "Acme ML · sandbox", 0)
    );
    assert!(shown.actions.contains(&"default".to_owned()));
    let number = shown.number;
    tokio::task::block_in_place(|| {
        desktop.emit_signal(
            None::<&str>,
            "/org/freedesktop/Notifications",
            "org.freedesktop.Notifications",
            "ActionInvoked",
            &(number, "default"),
        )
    })
    .expect("a signal");
    window
        .until("the place where to look", "location.hash === '#/events'")
        .await;

    // Behind the bell; acknowledged with a note.
    window.click("[data-testid=alerts]").await;
    let sheet = "[...document.querySelectorAll('[data-alert]')].find((one) => one.innerText.includes('Stripe cannot be read back'))";
    window
        .until("the alert behind the bell", &format!("Boolean({sheet})"))
        .await;
    axe_finds_nothing_now(&window, Theme::Dark, "alerts behind the bell").await;
    window
        .run(
            &format!("{sheet}.querySelector('button').click()"),
            Vec::new(),
        )
        .await;
    window
        .fill("Note, if you like", "Stripe is asked, ticket 4730")
        .await;
    window.click_words("I see to it").await;
    window
        .shows("Sandbox admin sees to it: Stripe is asked, ticket 4730")
        .await;
    let recorded = "select e.reason from console.alerts as a join console.audit_entries as e on e.id = a.audit_id
        where a.kind = 'read_back_failing' and a.acknowledged_by = 'hopsdesk_owner' and e.action = 'acknowledge_alert'";
    assert_eq!(psql(&person, recorded), "Stripe is asked, ticket 4730");

    // Mended: it goes by itself, here and on the desktop.
    psql(&person, WORKS);
    window
        .until(
            "that it is over",
            &format!("!{sheet} && document.body.innerText.includes('Over within a week')"),
        )
        .await;
    let over = notifications.until(&format!("Resolved: {SENTENCE}")).await;
    assert_eq!(over.replaces, number, "it takes the place of the first");
    assert_eq!(
        notifications.about(SENTENCE).len(),
        2,
        "each once: {:?}",
        notifications.about(SENTENCE)
    );
    bell(&window, &before).await;

    window.trail_is_whole().await;
    window.close().await;

    // A second start tells nothing again.
    let window = person.open().await;
    bell(&window, &before).await;
    assert_eq!(notifications.about(SENTENCE).len(), 2);
    window.close().await;
}
