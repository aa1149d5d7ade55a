//! What Stripe says: signed, stored, mirrored, and what follows from it, whatever the order.

use std::time::Duration;

use hopsdesk::domain::events::{System, Which};
use hopsdesk::usecases::browse_events::replay_events;
use ring::hmac;
use serde_json::{Value, json};

use super::running::{RealClock, Reply, Running, WHSEC, reply, until};
use super::stripe_story::{ending, event, hire, slow_payment, story};
use crate::support::database::{Kind, TestDatabase};
use hopsdesk::domain::clock::Clock as _;

/// Events that still wait.
const WAITING: &str = "select count(*) from console.inbox where state = 'pending'";

/// Signs as Stripe does, at a moment this many seconds from now.
fn signature(body: &str, secret: &str, from_now: i64) -> String {
    let time = RealClock.now().unix_timestamp() + from_now;
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, format!("{time}.{body}").as_bytes());
    format!("t={time},v1={}", hex::encode(tag))
}

async fn send(receiver: &Running, body: &str, signature: &str) -> Reply {
    let request = reqwest::Client::new()
        .post(receiver.url("/api/webhooks/stripe"))
        .header("Stripe-Signature", signature)
        .header("Content-Type", "application/json; charset=utf-8")
        .body(body.to_owned());
    reply(request).await
}

pub(crate) async fn deliver(receiver: &Running, event: &Value) -> Reply {
    let body = event.to_string();
    let signature = signature(&body, WHSEC, 0);
    send(receiver, &body, &signature).await
}

#[tokio::test]
async fn an_event_becomes_rows_and_money_and_a_copy_changes_nothing() {
    let database = TestDatabase::new(Kind::Managed).await;
    let receiver = Running::start(&database).await;
    hire(&database, "n0");
    for event in story("n0") {
        let answer = deliver(&receiver, &event).await;
        assert_eq!((answer.status, answer.code.as_str()), (200, "stored"));
        until(&database, WAITING, "0").await;
    }
    assert_eq!(
        database.psql("select distinct state from console.inbox"),
        "done",
        "{}",
        database.psql(
            "select kind, state, outcome, last_error from console.inbox where state <> 'done'"
        )
    );
    let end = ending(&database, "n0");
    assert_eq!(
        end["user"], "free|cus_N|sub_N|canceled|",
        "the plan ended with the subscription"
    );
    assert_eq!(
        end["charges"],
        "in_N|25.50|usd|refunded|Invoice A-N|pi_N_a|2026-05-28 20:27:40+00\n\
         in_N_new|45.00|usd|paid|Invoice B-N|pi_N_new|2026-05-28 20:28:22+00"
    );
    assert_eq!(
        end["went back"],
        "in_N|25.50|0|t|pi_N_a\nin_N_new|35.00|5.00|f|pi_N_new"
    );
    assert_eq!(
        end["credits"], "35.00|0",
        "of fifty, 25 were refunded, ten of which failed; the dispute was won"
    );
    assert_eq!(end["ledger"], "purchase|50.00\nrefund|-15.00");
    assert_eq!(end["lines"], "il_N_1|0|20.00|4|GPU\nil_N_2|1|5.50|55|CPU");
    for event in story("n0") {
        let answer = deliver(&receiver, &event).await;
        assert_eq!((answer.status, answer.code.as_str()), (200, "duplicate"));
    }
    assert_eq!(ending(&database, "n0"), end);
    let actions =
        "select string_agg(action, ' ' order by id) from console.audit where subject = 'auth0|n0'";
    assert_eq!(
        database.psql(actions),
        "link_customer subscription_changed subscription_changed set_deadline subscription_changed \
         subscription_changed change_plan lift_deadline purchase_credits refund_credits refund_credits \
         return_credits return_credits"
    );
    assert_eq!(
        database.psql("select console.verify_audit('system') ->> 'ok'"),
        "true"
    );
    receiver.stop().await;
}

#[tokio::test]
async fn each_event_three_times_in_any_order_over_several_replicas_ends_in_the_same() {
    let database = TestDatabase::new(Kind::Managed).await;
    let orders: u64 = std::env::var("HOPSDESK_ORDERS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(12);
    let replicas = [
        Running::start(&database).await,
        Running::start(&database).await,
        Running::start(&database).await,
    ];
    hire(&database, "n_in_order");
    for event in story("n_in_order") {
        deliver(&replicas[0], &event).await;
        until(&database, WAITING, "0").await;
    }
    let expected = ending(&database, "n_in_order");
    for order in 0..orders {
        hire(&database, &format!("n_{order}_"));
    }
    let mut sending = tokio::task::JoinSet::new();
    let client = reqwest::Client::new();
    // More at once are told to come back, as they should be.
    let room = std::sync::Arc::new(tokio::sync::Semaphore::new(100));
    for order in 0..orders {
        let room = std::sync::Arc::clone(&room);
        let addresses: Vec<String> = replicas
            .iter()
            .map(|one| one.url("/api/webhooks/stripe"))
            .collect();
        let client = client.clone();
        sending.spawn(async move {
            let _turn = room.acquire().await.expect("it stays open");
            let once = story(&format!("n_{order}_"));
            let mut events: Vec<Value> = [once.clone(), once.clone(), once].concat();
            shuffle(&mut events, order + 1);
            for (place, event) in events.iter().enumerate() {
                let to = &addresses[place % addresses.len()];
                let sent = insist(&client, to, &event.to_string()).await;
                assert_eq!(sent.status().as_u16(), 200);
            }
        });
    }
    sending.join_all().await;
    // Many are stored faster than they are applied: every thousand has a minute.
    let mut most: u64 = database.psql(WAITING).parse().expect("a number");
    while most > 0 {
        most = most.saturating_sub(1000);
        let fewer = format!("select greatest(({WAITING}) - {most}, 0)");
        until(&database, &fewer, "0").await;
    }
    assert_eq!(
        database.psql("select count(*) from console.inbox where state <> 'done'"),
        "0"
    );
    for order in 0..orders {
        assert_eq!(
            ending(&database, &format!("n_{order}_")),
            expected,
            "order {order}"
        );
    }
    for replica in replicas {
        replica.stop().await;
    }
    // Servers say so a second later.
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(
        database.psql("select deadlocks from pg_stat_database where datname = current_database()"),
        "0",
        "nobody waits in a circle"
    );
}

/// Sends as Stripe does: once more where the connection broke, as one that waited too long for its next request may
/// do in the moment of it.
async fn insist(client: &reqwest::Client, to: &str, body: &str) -> reqwest::Response {
    for _ in 0..5 {
        let sent = client
            .post(to)
            .header("Stripe-Signature", signature(body, WHSEC, 0))
            .header("Content-Type", "application/json")
            .body(body.to_owned())
            .send();
        match sent.await {
            Ok(answer) => return answer,
            Err(error) => eprintln!("sent once more: {error:?}"),
        }
    }
    panic!("no answer, five times");
}

#[tokio::test]
async fn the_week_to_mend_a_payment_begins_when_it_fails_in_whatever_order_that_is_told() {
    let database = TestDatabase::new(Kind::Managed).await;
    let receiver = Running::start(&database).await;
    for order in 0..8 {
        let n = format!("n_{order}_");
        hire(&database, &n);
        let (once, failed) = slow_payment(&n);
        let mut events = [once.clone(), once.clone(), once].concat();
        if order > 0 {
            shuffle(&mut events, order);
        }
        for event in &events {
            assert_eq!(deliver(&receiver, event).await.status, 200);
        }
        until(&database, WAITING, "0").await;
        let week = format!(
            "select billing_mode, stripe_subscription_status, extract(epoch from downgrade_deadline)::bigint - {failed}
             from public.users where id = 'auth0|{n}'"
        );
        assert_eq!(
            database.psql(&week),
            format!("postpaid|past_due|{}", 7 * 86_400),
            "order {order}"
        );
    }
    receiver.stop().await;
}

/// Fisher and Yates, with numbers that are the same every time (Marsaglia's xorshift).
fn shuffle<T>(list: &mut [T], seed: u64) {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    for last in (1..list.len()).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let bound = u64::try_from(last + 1).expect("it fits");
        list.swap(last, usize::try_from(state % bound).expect("it fits"));
    }
}

#[tokio::test]
async fn only_what_stripe_signed_just_now_is_let_in() {
    let database = TestDatabase::new(Kind::Managed).await;
    let receiver = Running::start(&database).await;
    let body = event("1", "invoice.paid", 0, &json!({})).to_string();
    let right = signature(&body, WHSEC, 0);
    for (wrong, why) in [
        (signature(&body, "whsec_other", 0), "another secret"),
        (signature(&body, WHSEC, -400), "too old"),
        (signature(&body, WHSEC, 400), "from the future"),
        (right.replace("v1=", "v0="), "an old scheme"),
        ("nonsense".to_owned(), "no signature"),
        (String::new(), "nothing"),
    ] {
        let answer = send(&receiver, &body, &wrong).await;
        assert_eq!(
            (answer.status, answer.code.as_str()),
            (401, "unauthorized"),
            "{why}"
        );
    }
    let other = body.replace("evt_1", "evt_2");
    assert_eq!(
        send(&receiver, &other, &right).await.status,
        401,
        "another body"
    );
    assert_eq!(database.psql("select count(*) from console.inbox"), "0");
    let several = format!("{right},v1={}", "0".repeat(64));
    assert_eq!(send(&receiver, &body, &several).await.status, 200);
    receiver.stop().await;
}

#[tokio::test]
async fn whoever_fails_too_often_is_told_so_and_a_signed_sender_never() {
    let database = TestDatabase::new(Kind::Managed).await;
    let receiver = Running::start(&database).await;
    let body = event("1", "invoice.paid", 0, &json!({})).to_string();
    let mut codes = Vec::new();
    for _ in 0..30 {
        codes.push(send(&receiver, &body, "t=1,v1=00").await.status);
    }
    assert!(codes[..20].iter().all(|code| *code == 401), "{codes:?}");
    assert_eq!(codes.last(), Some(&429), "{codes:?}");
    assert_eq!(
        send(&receiver, &body, &signature(&body, WHSEC, 0))
            .await
            .status,
        200
    );
    assert_eq!(
        receiver
            .register(&super::running::registration("jane"))
            .await
            .status,
        200
    );
    receiver.stop().await;
}

#[tokio::test]
async fn what_nobody_has_heard_of_is_stored_and_shown() {
    let database = TestDatabase::new(Kind::Managed).await;
    let receiver = Running::start(&database).await;
    for body in [
        event("1", "brand.new", 0, &json!({"object": "brand", "id": "b_1"})).to_string(),
        r#"{"id":"evt_2","object":"v2.core.event","type":"v1.billing.meter.error","created":"2026-01-01T00:00:00Z"}"#.to_owned(),
        r#"{"id":"evt_3","type":"customer.updated","livemode":true,"created":1,"data":{"object":{"object":"customer","id":"cus_1","name":"a\u0000\ud800"}}}"#.to_owned(),
        "[]".to_owned(),
        "not even JSON".to_owned(),
    ] {
        let signature = signature(&body, WHSEC, 0);
        assert_eq!(send(&receiver, &body, &signature).await.status, 200, "{body}");
    }
    until(&database, WAITING, "0").await;
    assert_eq!(
        database.psql("select count(*) from console.events where state = 'done'"),
        "5"
    );
    assert_eq!(
        database.psql("select kind from console.events where event_id = 'evt_1'"),
        "brand.new"
    );
    assert_eq!(
        database.psql("select name from console.stripe_customers"),
        "a\u{fffd}\u{fffd}"
    );
    receiver.stop().await;
}

#[tokio::test]
async fn the_test_mode_touches_nobody() {
    let database = TestDatabase::new(Kind::Managed).await;
    let receiver = Running::start(&database).await;
    hire(&database, "n0");
    for mut event in story("n0") {
        event["livemode"] = json!(false);
        deliver(&receiver, &event).await;
    }
    until(&database, WAITING, "0").await;
    let end = ending(&database, "n0");
    assert_eq!(end["user"], "postpaid||||");
    for empty in ["charges", "invoices", "credits", "ledger", "purchases"] {
        assert_eq!(end[empty], "", "{empty}");
    }
    assert_eq!(
        database.psql("select distinct livemode from console.stripe_invoices"),
        "f",
        "it is mirrored all the same, and says so"
    );
    receiver.stop().await;
}

#[tokio::test]
async fn in_shadow_it_is_worked_out_and_not_written() {
    let database = TestDatabase::new(Kind::G3).await;
    assert_eq!(
        database.psql("select mode from console.effects where effect = 'stripe_events'"),
        "shadow",
        "an attached database starts so"
    );
    let receiver = Running::start(&database).await;
    database.psql("insert into public.users (id, email, billing_mode, stripe_customer_id) values ('auth0|n0', 'n0@example.com', 'postpaid', 'cus_n0')");
    for event in story("n0") {
        deliver(&receiver, &event).await;
    }
    until(&database, WAITING, "0").await;
    assert_eq!(
        database.psql("select billing_mode, stripe_subscription_status from public.users where id = 'auth0|n0'"),
        "postpaid|"
    );
    assert_eq!(
        database.psql("select amount, mode from console.stripe_purchases"),
        "50.00|shadow"
    );
    assert_eq!(
        database.psql("select count(*) from console.ledger_entries"),
        "0"
    );
    assert_eq!(
        database.psql("select outcome #>> '{would,plan}' from console.inbox where kind = 'customer.subscription.deleted'"),
        "ended"
    );
    receiver.stop().await;
}

#[tokio::test]
async fn a_payment_of_nobody_waits_for_a_person_until_the_customer_is_known() {
    let database = TestDatabase::new(Kind::Managed).await;
    let receiver = Running::start(&database).await;
    let mut events = story("n0");
    for event in &mut events {
        event["data"]["object"]["metadata"] = json!({});
        event["data"]["object"]["client_reference_id"] = Value::Null;
    }
    let paid = events
        .iter()
        .find(|event| event["type"] == "checkout.session.completed")
        .expect("they buy credits");
    deliver(&receiver, paid).await;
    until(
        &database,
        "select state || ' ' || (outcome ->> 'conflict') from console.inbox",
        "conflict unknown_customer",
    )
    .await;
    hire(&database, "n0");
    database.psql("update public.users set stripe_customer_id = 'cus_n0'");
    deliver(&receiver, &events[0]).await;
    until(
        &database,
        "select count(*) from console.inbox where state = 'done'",
        "2",
    )
    .await;
    assert_eq!(
        database.psql("select total_purchased from public.user_credits"),
        "50.00"
    );
    receiver.stop().await;
}

#[tokio::test]
async fn what_came_between_two_programs_is_applied_again_and_found_as_the_runbook_says() {
    let database = TestDatabase::new(Kind::Managed).await;
    database.psql(
        "update console.effect_switches set mode = 'shadow' where effect = 'stripe_events';
         update console.effect_changes set at = '-infinity' where mode = 'shadow' and effect = 'stripe_events'",
    );
    let receiver = Running::start(&database).await;
    hire(&database, "n0");
    let is_payment = |event: &Value| event["type"] == "checkout.session.completed";
    let (late, told): (Vec<_>, Vec<_>) = story("n0").into_iter().partition(is_payment);
    for event in &told {
        deliver(&receiver, event).await;
    }
    until(&database, WAITING, "0").await;
    database
        .psql("update console.effect_switches set mode = 'live' where effect = 'stripe_events'");
    let now = RealClock.now();
    let since = Which::Time {
        from: now - Duration::from_secs(3600),
        until: now + Duration::from_secs(60),
        states: Vec::new(),
        system: Some(System::Stripe),
    };
    let again = replay_events(&database.store(), &since, Some("taking over"), false).await;
    assert_eq!(
        usize::try_from(again.expect("the owner may").events),
        Ok(told.len())
    );
    // One from before that is applied only now.
    for event in &late {
        deliver(&receiver, event).await;
    }
    until(&database, WAITING, "0").await;
    let end = ending(&database, "n0");
    assert_eq!(end["user"], "free|cus_N|sub_N|canceled|");
    assert_eq!(
        (end["credits"].as_str(), end["purchases"].as_str()),
        ("", "cs_N|50.00|15.00|shadow"),
        "these another program may have counted"
    );
    let runbook = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/RUNBOOK.md");
    let runbook = std::fs::read_to_string(runbook).expect("the runbook");
    let listed = runbook
        .split("```sql")
        .filter_map(|after| after.split("```").next())
        .find(|sql| sql.contains("stripe_purchases"))
        .expect("how to find them");
    let found = database.psql(&listed.replace("'T'", "'2026-05-01'"));
    assert!(
        found.ends_with("|cs_n0|auth0|n0|50.00|USD|15.00|pi_n0_b"),
        "{found}"
    );
    receiver.stop().await;
}
