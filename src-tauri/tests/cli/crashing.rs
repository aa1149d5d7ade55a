//! Rounds of what nobody is warned of, under load: the receiver killed, Postgres gone as in a power cut, connections cut.
//! Whatever was answered with 200 is stored, and its effect happens once, without anybody's hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use nix::sys::signal::Signal;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::program::{SECRET, Serving, registration};
use crate::support::cluster::TestCluster;
use crate::support::database::{Kind, TestDatabase};
use crate::support::template;

/// Senders at once; each sends one registration after another.
const SENDERS: usize = 8;

/// `HOPSDESK_ROUNDS` for more than the tests have time for.
fn rounds() -> usize {
    let set = std::env::var("HOPSDESK_ROUNDS").ok();
    set.and_then(|text| text.parse().ok()).unwrap_or(6)
}

/// What a sender did in a round.
#[derive(Default)]
struct Sent {
    /// Names it was answered 200 for.
    stored: Vec<String>,
    /// Names it has no answer for, or was told to send again.
    open: Vec<String>,
}

/// Sends until told to stop, as a provider does whose answers may not come.
async fn send(address: String, prefix: String, stop: Arc<AtomicBool>) -> Sent {
    let client = reqwest::Client::builder()
        .timeout(Duration::from_secs(8))
        .build()
        .expect("a client");
    let mut sent = Sent::default();
    let mut number = 0;
    while !stop.load(Ordering::Relaxed) {
        let name = format!("{prefix}_{number}");
        number += 1;
        match post(&client, &address, &name).await {
            Some(200) => sent.stored.push(name),
            None | Some(503) => {
                sent.open.push(name);
                // It comes back later, and does not hammer.
                sleep(Duration::from_millis(50)).await;
            }
            Some(other) => panic!("neither stored nor told to come back: {other}"),
        }
    }
    sent
}

async fn post(client: &reqwest::Client, address: &str, name: &str) -> Option<u16> {
    let request = client
        .post(format!("http://{address}/api/webhooks/auth0"))
        .header("X-Auth0-Secret", SECRET)
        .header("Content-Type", "application/json")
        .body(registration(name));
    request
        .send()
        .await
        .ok()
        .map(|answer| answer.status().as_u16())
}

/// Everything that was sent and never answered, sent again until it is.
async fn send_again(address: &str, names: &[String]) {
    let client = reqwest::Client::new();
    let end = Instant::now() + Duration::from_secs(60);
    for name in names {
        while post(&client, address, name).await != Some(200) {
            assert!(Instant::now() < end, "{name} is never answered");
            sleep(Duration::from_millis(50)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rounds_of_crashes_lose_nothing_that_was_answered_and_do_nothing_twice() {
    let cluster: &'static TestCluster = Box::leak(Box::new(TestCluster::plain("crashing")));
    let name = "crashing".to_owned();
    template::copy(cluster, Kind::Managed, &name).await;
    let database = TestDatabase { cluster, name };
    let mut stored = Vec::new();
    let mut open = Vec::new();
    for round in 0..rounds() {
        let mut serving = Serving::start(&database);
        let stop = Arc::new(AtomicBool::new(false));
        let mut senders = JoinSet::new();
        for sender in 0..SENDERS {
            let prefix = format!("r{round}_{sender}");
            senders.spawn(send(serving.address.clone(), prefix, Arc::clone(&stop)));
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
    let there =
        database.psql("select convert_from(body, 'UTF8')::jsonb ->> 'user_id' from console.inbox");
    let there: std::collections::HashSet<&str> = there.lines().collect();
    for name in &stored {
        assert!(
            there.contains(format!("auth0|{name}").as_str()),
            "{name} was answered with 200 and is lost"
        );
    }
    let last = Serving::start(&database);
    send_again(&last.address, &open).await;
    let all = stored.len() + open.len();
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
        all.to_string(),
        "each has its effect"
    );
    let applied_once = "select count(*) from console.inbox where outcome ->> 'user' = 'inserted'";
    assert_eq!(
        database.psql(applied_once),
        all.to_string(),
        "nobody found their own effect there already"
    );
    drop(last);
    cluster.stop();
}
