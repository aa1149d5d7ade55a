//! Bodies, over HTTP and with a database behind PgBouncer: what is answered with 200 is there byte for byte, what is not is
//! not there, nothing is a 5xx, and nothing that is there cannot be applied.

use std::collections::HashMap;
use std::time::Duration;

use hopsdesk::domain::clock::Clock as _;
use hopsdesk::identity::registration;
use hopsdesk::payments::envelope::envelope;
use proptest::collection::vec;
use proptest::prelude::{prop_assert, prop_assert_eq};
use proptest::test_runner::{TestCaseError, TestCaseResult};
use ring::hmac;

use super::campaign::run;
use super::corpus;
use crate::running::{RealClock, Running, SECRET, WHSEC, reply, until};
use crate::support::database::{Kind, TestDatabase};

/// Sends one; the status.
async fn send(client: &reqwest::Client, receiver: &Running, sender: &str, body: &[u8]) -> u16 {
    let request = client
        .post(receiver.url(&format!("/api/webhooks/{sender}")))
        .header("Content-Type", "application/json")
        .body(body.to_vec());
    let request = if sender == "stripe" {
        let time = RealClock.now().unix_timestamp().to_string();
        let key = hmac::Key::new(hmac::HMAC_SHA256, WHSEC.as_bytes());
        let signature = hmac::sign(&key, &[time.as_bytes(), b".", body].concat());
        request.header(
            "Stripe-Signature",
            format!("t={time},v1={}", hex::encode(signature)),
        )
    } else {
        request.header("X-Auth0-Secret", SECRET)
    };
    reply(request).await.status
}

async fn batch(
    client: &reqwest::Client,
    receiver: &Running,
    database: &TestDatabase,
    stripe: Vec<Vec<u8>>,
    auth0: Vec<Vec<u8>>,
) -> TestCaseResult {
    // The first body of an id is the one that stays.
    let mut kept: HashMap<String, Vec<u8>> = HashMap::new();
    database.psql("truncate console.inbox cascade");
    for body in stripe {
        let status = send(client, receiver, "stripe", &body).await;
        prop_assert_eq!(
            status,
            200,
            "signed, and refused: {}",
            String::from_utf8_lossy(&body)
        );
        kept.entry(format!("stripe {}", envelope(&body).id))
            .or_insert(body);
    }
    for body in auth0 {
        let status = send(client, receiver, "auth0", &body).await;
        match registration::parse(&body) {
            Ok(read) => {
                prop_assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
                kept.entry(format!("auth0 {}", read.event_id()))
                    .or_insert(body);
            }
            Err(error) => prop_assert_eq!(status, 400, "{}", error),
        }
    }
    let rows = database.psql(
        "select encode(convert_to(provider || ' ' || event_id, 'utf8'), 'hex') || ' ' || encode(body, 'hex') from console.inbox",
    );
    let stored: HashMap<String, Vec<u8>> = rows
        .lines()
        .map(|row| {
            let (id, body) = row.split_once(' ').expect("two fields");
            let id = String::from_utf8(hex::decode(id).expect("hex")).expect("text");
            (id, hex::decode(body).expect("hex"))
        })
        .collect();
    prop_assert_eq!(stored.len(), kept.len(), "answered and stored are the same");
    for (id, body) in &kept {
        prop_assert_eq!(stored.get(id), Some(body), "{}", id);
    }
    // Whatever it says, applying it is no technical fault: it is done, or a person decides.
    until(
        database,
        "select count(*) from console.inbox where state = 'pending' and attempts = 0",
        "0",
    )
    .await;
    let failed = database.psql("select coalesce(string_agg(event_id || ': ' || last_error, '; '), '') from console.inbox where attempts > 0");
    prop_assert!(failed.is_empty(), "{}", failed);
    Ok(())
}

#[test]
fn what_is_answered_is_stored_and_what_is_stored_can_be_applied() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let database = runtime.block_on(TestDatabase::new(Kind::Managed));
    let receiver = runtime.block_on(Running::start(&database));
    let client = reqwest::Client::builder()
        .timeout(Duration::from_secs(30))
        .build()
        .expect("a client");
    let first = batch(
        &client,
        &receiver,
        &database,
        corpus::bodies("stripe"),
        corpus::bodies("auth0"),
    );
    runtime.block_on(first).expect("the corpus itself");
    let strategy = (
        vec(corpus::body("stripe"), 8..24),
        vec(corpus::body("auth0"), 8..24),
    );
    run("bodies: served", 12, &strategy, |(stripe, auth0)| {
        let outcome: Result<(), TestCaseError> =
            runtime.block_on(batch(&client, &receiver, &database, stripe, auth0));
        outcome
    });
    runtime.block_on(receiver.stop());
}
