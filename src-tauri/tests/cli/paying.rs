//! Seats against a batch of payments: what Stripe says and what gives seats write the rows of the same people at once.

use hopsdesk::sandbox::hopsworks::{Dialect, Simulated};
use hopsdesk::secrets::Secret;
use ring::hmac;
use serde_json::json;
use tokio::net::TcpListener;

use super::assigning::{KEY, LINE, SEATS, clusters, until};
use super::program::{SECRET, Serving};
use crate::support::database::{Kind, TestDatabase};

pub(super) const WHSEC: &str = "whsec_of_the_race";

/// People who pay at once, in teams of an owner and a member, and the seats there are for them.
const PAYING: usize = 60;

pub(super) fn signature(body: &str) -> String {
    #[expect(clippy::disallowed_methods, reason = "signatures are for the present")]
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .expect("a time")
        .as_secs();
    let key = hmac::Key::new(hmac::HMAC_SHA256, WHSEC.as_bytes());
    let tag = hmac::sign(&key, format!("{now}.{body}").as_bytes());
    format!("t={now},v1={}", hex::encode(tag))
}

/// Somebody bought credits.
fn bought(n: usize) -> String {
    let object = json!({
        "object": "checkout.session", "id": format!("cs_{n}"), "customer": format!("cus_{n}"), "mode": "payment",
        "status": "complete", "payment_status": "paid", "currency": "usd", "amount_total": 5000,
        "payment_intent": format!("pi_{n}"), "client_reference_id": format!("payer{n}"), "created": 1_780_000_000,
    });
    json!({
        "id": format!("evt_{n}"), "object": "event", "type": "checkout.session.completed", "created": 1_780_000_000,
        "livemode": true, "api_version": "2024-06-20", "data": {"object": object},
    })
    .to_string()
}

#[tokio::test]
async fn a_batch_of_payments_and_the_line_for_seats_end_without_deadlock_or_drift() {
    let database = TestDatabase::new(Kind::Managed).await;
    let hopsworks = Simulated::new(Secret::new(KEY.to_owned()), Dialect::default(), []);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let _hopsworks = hopsworks.serve(listener, None).expect("it is served");
    clusters(&database, &address);
    database.psql(&format!(
        "update console.assignment_rules set due_on = 'payment';
         update public.hopsworks_clusters set max_users = 30 where name in ('north', 'south');
         insert into public.users (id, email, stripe_customer_id)
         select 'payer' || n, 'payer' || n || '@r.example', 'cus_' || n from generate_series(0, {PAYING} - 1) as n;
         select count(console.request_seat('payer' || n, 'registration')) from generate_series(0, {PAYING} - 1) as n"
    ));
    until(&database, LINE, &format!("waiting no_payment {PAYING}")).await;
    let before =
        database.psql("select deadlocks from pg_stat_database where datname = current_database()");
    let replicas: Vec<Serving> = (0..3)
        .map(|_| {
            Serving::with(
                &database,
                [
                    ("AUTH0_WEBHOOK_SECRET", SECRET.to_owned()),
                    ("AUTH0_CLIENT_ID", "the-client".to_owned()),
                    ("STRIPE_WEBHOOK_SECRET", WHSEC.to_owned()),
                ],
            )
        })
        .collect();
    let mut sending = tokio::task::JoinSet::new();
    let client = reqwest::Client::new();
    for n in 0..PAYING {
        let url = format!(
            "http://{}/api/webhooks/stripe",
            replicas[n % replicas.len()].address
        );
        let client = client.clone();
        sending.spawn(async move {
            let body = bought(n);
            let post = client
                .post(url)
                .header("Stripe-Signature", signature(&body))
                .header("Content-Type", "application/json")
                .body(body);
            post.send().await.expect("an answer").status().as_u16()
        });
    }
    let answers = sending.join_all().await;
    assert!(answers.iter().all(|status| *status == 200), "{answers:?}");
    until(&database, LINE, &format!("placed least_filled {PAYING}")).await;
    until(
        &database,
        "select count(*) from console.inbox where state <> 'done'",
        "0",
    )
    .await;
    assert_eq!(
        database.psql(SEATS),
        "north 30 30, south 30 30",
        "every seat once, and no counter has drifted"
    );
    let money = "select count(*) || ' ' || sum(total_purchased) from public.user_credits";
    assert_eq!(database.psql(money), format!("{PAYING} {}.00", PAYING * 50));
    let after =
        database.psql("select deadlocks from pg_stat_database where datname = current_database()");
    assert_eq!(after, before, "nobody met in the middle");
}
