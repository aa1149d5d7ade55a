//! Rounds of what nobody is warned of, under load: the receiver killed, Postgres gone as in a power cut, connections cut.
//! Whatever was answered with 200 is stored, and its effect happens once, without anybody's hand: a user for each
//! registration, credits for each payment, to the cent.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use nix::sys::signal::Signal;
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::paying::{WHSEC, signature};
use super::program::{SECRET, Serving, registration};
use crate::support::cluster::TestCluster;
use crate::support::database::{Kind, TestDatabase};
use crate::support::template;

/// Senders at once; each sends one event after another, of Auth0's and of Stripe's in turn.
const SENDERS: usize = 8;

/// An event, by what tells it from all others.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Event {
    /// Somebody registers, by their name.
    Registration(String),
    /// A customer, by number, buys credits for so many cents.
    Purchase(String, usize, u64),
}

impl Event {
    /// The one that a sender sends as its `number`-th of a round.
    fn of(round: usize, sender: usize, number: usize) -> Self {
        let name = format!("r{round}_{sender}_{number}");
        if number.is_multiple_of(2) {
            return Self::Registration(name);
        }
        // No two sums of theirs are the same by chance.
        let cents = 1 + (round * 1_000_003 + sender * 10_007 + number * 101) % 99_999;
        Self::Purchase(name, sender, u64::try_from(cents).expect("small"))
    }

    /// Its id in the inbox; of a registration the user's, which its body has.
    fn id(&self) -> String {
        match self {
            Self::Registration(name) => format!("auth0|{name}"),
            Self::Purchase(name, ..) => format!("evt_{name}"),
        }
    }

    fn cents(&self) -> u64 {
        match self {
            Self::Registration(_) => 0,
            Self::Purchase(_, _, cents) => *cents,
        }
    }
}

/// A checkout that was paid, as Stripe says it.
fn bought(name: &str, customer: usize, cents: u64) -> String {
    let object = json!({
        "object": "checkout.session", "id": format!("cs_{name}"), "customer": format!("cus_{customer}"), "mode": "payment",
        "status": "complete", "payment_status": "paid", "currency": "usd", "amount_total": cents,
        "payment_intent": format!("pi_{name}"), "client_reference_id": format!("payer{customer}"), "created": 1_780_000_000,
    });
    json!({
        "id": format!("evt_{name}"), "object": "event", "type": "checkout.session.completed", "created": 1_780_000_000,
        "livemode": true, "api_version": "2024-06-20", "data": {"object": object},
    })
    .to_string()
}

/// A receiver: through the pooler as most are, or at Postgres itself, where storing takes another way.
fn serving(database: &TestDatabase, direct: bool) -> Serving {
    let mut settings = vec![
        ("AUTH0_WEBHOOK_SECRET", SECRET.to_owned()),
        ("STRIPE_WEBHOOK_SECRET", WHSEC.to_owned()),
    ];
    if direct {
        let environment = database.environment();
        let url = environment
            .into_iter()
            .find(|(name, _)| *name == "DATABASE_DIRECT_URL");
        settings.push(("DATABASE_URL", url.expect("a way to Postgres").1));
        settings.push(("DATABASE_POOL_MODE", "direct".to_owned()));
    }
    Serving::with(database, settings)
}

/// `HOPSDESK_ROUNDS` for more than the tests have time for.
fn rounds() -> usize {
    let set = std::env::var("HOPSDESK_ROUNDS").ok();
    set.and_then(|text| text.parse().ok()).unwrap_or(6)
}

/// What a sender did in a round.
#[derive(Default)]
struct Sent {
    /// What it was answered 200 for.
    stored: Vec<Event>,
    /// What it has no answer for, or was told to send again.
    open: Vec<Event>,
}

/// Sends until told to stop, as a provider does whose answers may not come.
async fn send(address: String, round: usize, sender: usize, stop: Arc<AtomicBool>) -> Sent {
    let client = reqwest::Client::builder()
        .timeout(Duration::from_secs(8))
        .build()
        .expect("a client");
    let mut sent = Sent::default();
    let mut number = 0;
    while !stop.load(Ordering::Relaxed) {
        let event = Event::of(round, sender, number);
        number += 1;
        match post(&client, &address, &event).await {
            Some(200) => sent.stored.push(event),
            None | Some(503) => {
                sent.open.push(event);
                // It comes back later, and does not hammer.
                sleep(Duration::from_millis(50)).await;
            }
            Some(other) => panic!("neither stored nor told to come back: {other}"),
        }
    }
    sent
}

async fn post(client: &reqwest::Client, address: &str, event: &Event) -> Option<u16> {
    let to = |provider: &str| client.post(format!("http://{address}/api/webhooks/{provider}"));
    let request = match event {
        Event::Registration(name) => to("auth0")
            .header("X-Auth0-Secret", SECRET)
            .body(registration(name)),
        Event::Purchase(name, customer, cents) => {
            let body = bought(name, *customer, *cents);
            to("stripe")
                .header("Stripe-Signature", signature(&body))
                .body(body)
        }
    };
    request
        .header("Content-Type", "application/json")
        .send()
        .await
        .ok()
        .map(|answer| answer.status().as_u16())
}

/// Everything that was sent and never answered, sent again until it is.
async fn send_again(address: &str, events: &[Event]) {
    let client = reqwest::Client::new();
    let end = Instant::now() + Duration::from_secs(60);
    for event in events {
        while post(&client, address, event).await != Some(200) {
            assert!(Instant::now() < end, "{event:?} is never answered");
            sleep(Duration::from_millis(50)).await;
        }
    }
}

#[expect(clippy::too_many_lines, reason = "one story, told in its order")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rounds_of_crashes_lose_nothing_that_was_answered_and_do_nothing_twice() {
    let cluster: &'static TestCluster = Box::leak(Box::new(TestCluster::plain("crashing")));
    let name = "crashing".to_owned();
    template::copy(cluster, Kind::Managed, &name).await;
    let database = TestDatabase { cluster, name };
    database.psql(&format!(
        "insert into public.users (id, email, stripe_customer_id)
         select 'payer' || n, 'payer' || n || '@example.com', 'cus_' || n from generate_series(0, {SENDERS} - 1) as n"
    ));
    let mut stored = Vec::new();
    let mut open = Vec::new();
    for round in 0..rounds() {
        // Each kind of crash meets both ways to the database.
        let mut serving = serving(&database, round / 3 % 2 == 1);
        let stop = Arc::new(AtomicBool::new(false));
        let mut senders = JoinSet::new();
        for sender in 0..SENDERS {
            let address = serving.address.clone();
            senders.spawn(send(address, round, sender, Arc::clone(&stop)));
        }
        // In the middle of it, at another moment each time.
        sleep(Duration::from_millis(150 + 90 * (round as u64 % 5))).await;
        match round % 3 {
            0 => serving.signal(Signal::SIGKILL),
            1 => cluster.crash(),
            _ => {
                database.psql(
                    "select count(pg_terminate_backend(pid)) from pg_stat_activity
                     where datname = current_database() and pid <> pg_backend_pid()",
                );
            }
        }
        sleep(Duration::from_millis(150)).await;
        stop.store(true, Ordering::Relaxed);
        for sent in senders.join_all().await {
            stored.extend(sent.stored);
            open.extend(sent.open);
        }
        // The next one begins with whatever this one leaves behind.
        serving.signal(Signal::SIGKILL);
        serving.wait();
    }
    assert!(
        stored.len() > rounds(),
        "they had something to lose: {}",
        stored.len()
    );

    // Before anybody sends again: what was answered is there.
    let there = database.psql(
        "select coalesce(convert_from(body, 'UTF8')::jsonb ->> 'user_id', event_id) from console.inbox",
    );
    let there: HashSet<&str> = there.lines().collect();
    for event in &stored {
        assert!(
            there.contains(event.id().as_str()),
            "{event:?} was answered with 200 and is lost"
        );
    }
    let last = serving(&database, false);
    send_again(&last.address, &open).await;
    let everything: Vec<&Event> = stored.iter().chain(&open).collect();
    let all = everything.len();
    let purchases = everything.iter().filter(|event| event.cents() > 0).count();
    let registrations = all - purchases;
    assert!(purchases > rounds() && registrations > rounds());
    let end = Instant::now() + Duration::from_secs(60);
    while database.psql("select count(*) from console.inbox where state <> 'done'") != "0" {
        assert!(
            Instant::now() < end,
            "{}",
            database.psql("select state, count(*), max(last_error) from console.inbox group by 1")
        );
        sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(
        database.psql("select count(*) from console.inbox"),
        all.to_string(),
        "each once"
    );
    assert_eq!(
        database.psql("select count(*) from public.users"),
        (registrations + SENDERS).to_string(),
        "each has its effect"
    );
    let cents: u64 = everything.iter().map(|event| event.cents()).sum();
    let money = format!("{purchases}|{}.{:02}", cents / 100, cents % 100);
    for (table, sums) in [
        (
            "the ledger",
            "select count(*), round(sum(amount), 2) from console.ledger_entries where kind = 'purchase'",
        ),
        (
            "the service's own transactions",
            "select count(*), round(sum(amount), 2) from public.credit_transactions",
        ),
    ] {
        assert_eq!(database.psql(sums), money, "{table}, to the cent");
    }
    assert_eq!(
        database.psql("select round(sum(total_purchased), 2) from public.user_credits"),
        money.split_once('|').expect("two").1
    );
    let applied_once = "select count(*) from console.inbox where outcome ->> 'user' = 'inserted'";
    assert_eq!(
        database.psql(applied_once),
        registrations.to_string(),
        "nobody found their own effect there already"
    );
    drop(last);
    cluster.stop();
}
