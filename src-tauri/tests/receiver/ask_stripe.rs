//! What Stripe's events leave in doubt is asked for, outside of any transaction, and not guessed.

use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::{Json, Router};
use hopsdesk::domain::clock::{Clock as _, FixedClock};
use hopsdesk::domain::random::FixedRandom;
use hopsdesk::payments::events::StripeReader;
use hopsdesk::payments::mode::Mode;
use hopsdesk::secrets::Secret;
use hopsdesk::usecases::apply_inbox::apply_inbox;
use hopsdesk::usecases::apply_stripe_event::Stripe;
use hopsdesk::usecases::ask_stripe::{AskedRound, ask_stripe};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};
use tokio::task::JoinHandle;

use super::running::RealClock;
use crate::support::database::{Kind, TestDatabase};
use crate::support::install_tls;

const KEY: &str = "rk_live_canary_key";

/// Objects of Stripe's, by their paths; and what was asked for.
#[derive(Default)]
pub(super) struct Has {
    objects: Vec<(String, Value)>,
    pub(super) fault: Option<u16>,
    /// What it answers instead of an event.
    no_event: Option<u16>,
    asked: Vec<String>,
}

pub(super) type Shared = Arc<Mutex<Has>>;

async fn give(State(has): State<Shared>, headers: HeaderMap, uri: Uri) -> Response {
    let mut has = has.lock().expect("objects");
    let asked = uri.to_string();
    has.asked.push(asked.clone());
    if let Some(status) = has.fault {
        return (StatusCode::from_u16(status).expect("a status"), KEY).into_response();
    }
    let key = headers.get("authorization");
    assert!(key.is_some_and(|key| key == format!("Bearer {KEY}").as_str()));
    if let Some(id) = asked.strip_prefix("/v1/events/") {
        let event = json!({"object": "event", "id": id});
        let status = StatusCode::from_u16(has.no_event.unwrap_or(200)).expect("a status");
        return (status, Json(event)).into_response();
    }
    let object = has.objects.iter().find(|(path, _)| *path == asked);
    match object {
        Some((_, object)) => Json(object.clone()).into_response(),
        None => (StatusCode::NOT_FOUND, Json(json!({"error": {}}))).into_response(),
    }
}

pub(super) struct World {
    pub(super) database: TestDatabase,
    pub(super) has: Shared,
    pub(super) reader: StripeReader,
    base: String,
    pub(super) now: OffsetDateTime,
    _serving: JoinHandle<()>,
}

impl World {
    pub(super) async fn new() -> Self {
        install_tls();
        let database = TestDatabase::new(Kind::Managed).await;
        let has = Shared::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let router = Router::new().fallback(give).with_state(has.clone());
        let serving = async move { axum::serve(listener, router).await.expect("served") };
        Self {
            database,
            has,
            reader: StripeReader::new(&base, Secret::new(KEY.to_owned())).expect("an address"),
            base,
            now: RealClock.now(),
            _serving: tokio::spawn(serving),
        }
    }

    pub(super) fn has(&self, path: &str, object: Value) {
        let mut has = self.has.lock().expect("objects");
        has.objects.retain(|(known, _)| known != path);
        has.objects.push((path.to_owned(), object));
    }

    /// Events so many seconds ago arrive and are applied.
    async fn come(&self, events: &[(&str, i64, Value)], asks: bool) {
        for event in events {
            self.come_together(std::slice::from_ref(event), asks).await;
        }
    }

    /// The same, all of them in one transaction.
    async fn come_together(&self, events: &[(&str, i64, Value)], asks: bool) {
        for (id, ago, object) in events {
            let body = json!({
                "id": id, "object": "event", "type": "customer.subscription.updated", "livemode": true,
                "created": (self.now - Duration::seconds(*ago)).unix_timestamp(), "data": {"object": object},
            });
            self.database.psql(&format!(
                "insert into console.inbox (provider, event_id, received_at, headers, body, next_attempt_at, livemode)
                 values ('stripe', '{id}', now(), '{{}}', convert_to('{body}', 'UTF8'), now(), true)"
            ));
        }
        let stripe = Stripe {
            mode: Mode::Live,
            asks,
        };
        let later = self.now + Duration::seconds(60);
        let round = apply_inbox(
            &self.database.store(),
            later,
            &FixedRandom(0),
            stripe,
            super::running::PATIENCE,
        )
        .await;
        assert_eq!(round.expect("a round").events(), events.len());
    }

    /// Asks for what is due so many seconds from now.
    pub(super) async fn ask(&self, seconds: i64) -> AskedRound {
        let clock = FixedClock(self.now + Duration::seconds(seconds));
        let store = self.database.store();
        let round = ask_stripe(&store, &self.reader, &clock, &FixedRandom(0), Mode::Live);
        round.await.expect("a round")
    }

    /// Refunds of charges that nobody has seen: each leaves one object in doubt.
    pub(super) async fn refunded(&self, numbers: std::ops::Range<i64>) {
        for n in numbers {
            let refund = json!({"object": "refund", "id": format!("re_{n}"), "charge": format!("ch_{n}"), "amount": 5, "currency": "usd"});
            self.come(&[(&format!("evt_{n}"), 30, refund)], true).await;
        }
    }

    /// How often was asked since this was asked last.
    pub(super) fn questions(&self) -> usize {
        self.asked().len()
    }

    /// What was asked for since this was asked last.
    pub(super) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.has.lock().expect("objects").asked)
    }

    /// It is the Stripe of a key that does not find an event that was sent: `None` finds it.
    pub(super) fn answers_for_events(&self, status: Option<u16>) {
        self.has.lock().expect("objects").no_event = status;
    }

    /// Another key, of which nothing is known.
    pub(super) fn another_key(&mut self) {
        let key = Secret::new(KEY.to_owned());
        self.reader = StripeReader::new(&self.base, key).expect("an address");
    }

    pub(super) fn says(&self, sql: &str, what: &str) {
        assert_eq!(self.database.psql(sql), what, "{sql}");
    }
}

fn subscription(status: &str) -> Value {
    json!({"object": "subscription", "id": "sub_1", "customer": "cus_1", "status": status, "cancel_at_period_end": status == "b"})
}

const STATES: &str = "select string_agg(state || coalesce(' ' || (outcome ->> 'conflict'), ''), ', ' order by event_id)
     from console.inbox";

pub(super) const DOUBTS: &str = "select string_agg(object_id || ' ' || why, ', ' order by object_id) from console.stripe_doubts";

#[tokio::test]
async fn two_events_of_one_second_are_settled_by_what_stripe_says_now() {
    let world = World::new().await;
    let customer = json!({"object": "customer", "id": "cus_1", "name": "Ann", "metadata": {}});
    world.has("/v1/customers/cus_1", customer);
    let (one, other) = (subscription("a"), subscription("b"));
    // The later of the two has the smaller id: ids tell nothing of time.
    world
        .come(&[("evt_9", 30, one), ("evt_1", 30, other.clone())], true)
        .await;
    world.says(STATES, "done, done");
    world.says(DOUBTS, "cus_1 never_seen, sub_1 one_second");
    world.says("select status from console.stripe_subscriptions", "a");

    world.has("/v1/subscriptions/sub_1", other);
    let settled = AskedRound {
        settled: 2,
        again: 0,
    };
    assert_eq!(world.ask(70).await, settled);
    world.says("select status from console.stripe_subscriptions", "b");
    world.says("select name from console.stripe_customers", "Ann");
    world.says(DOUBTS, "");
    assert_eq!(world.ask(80).await, AskedRound::default());
}

#[tokio::test]
async fn what_cannot_be_written_down_of_one_object_keeps_no_other_in_doubt() {
    let world = World::new().await;
    for n in 1..4 {
        let customer = format!("cus_{n}");
        world.has(
            &format!("/v1/customers/{customer}"),
            json!({"object": "customer", "id": customer, "name": "Ann", "metadata": {}}),
        );
        let of = json!({"object": "subscription", "id": format!("sub_{n}"), "customer": customer, "status": "active"});
        world.come(&[(&format!("evt_{n}"), 30, of)], true).await;
    }
    world.says(
        DOUBTS,
        "cus_1 never_seen, cus_2 never_seen, cus_3 never_seen",
    );
    // A fault is told of the object. A right that is missing is ours to mend: it is asked again when the lease is over.
    for (seconds, code, told) in [(70, "23514", "t|t"), (400, "42501", "f|f")] {
        world.database.psql(&format!(
            "create or replace function public.not_two() returns trigger language plpgsql as $$
             begin
               if new.id = 'cus_2' then raise exception 'not this one' using errcode = '{code}'; end if;
               return new;
             end $$;
             create or replace trigger not_two before insert on console.stripe_customers
               for each row execute function public.not_two()"
        ));
        let round = world.ask(seconds).await;
        assert_eq!(round.again, 1, "{code}");
        world.says(DOUBTS, "cus_2 never_seen");
        world.says(
            &format!("select lease is null, last_error like '%{code}%' from console.stripe_doubts"),
            told,
        );
    }
    world.database.psql("drop function public.not_two cascade");
    world
        .database
        .psql("update console.stripe_doubts set leased_until = null");
    assert_eq!(world.ask(900).await.settled, 1);
    world.says(DOUBTS, "");
}

#[tokio::test]
async fn without_a_key_what_cannot_be_ordered_waits_until_there_is_one() {
    let world = World::new().await;
    let (one, other) = (subscription("a"), subscription("b"));
    world
        .come(&[("evt_1", 30, one), ("evt_2", 30, other)], false)
        .await;
    world.says(STATES, "done, conflict cannot_be_ordered");
    let waits = "select string_agg(concat_ws(' ', system, state, rows), ',') from console.queue_figures(now()) where queue = 'doubts' and state = 'one_second'";
    world.says(waits, "stripe one_second 1");
    world.has("/v1/subscriptions/sub_1", subscription("a"));
    assert_eq!(world.ask(30).await.settled, 1);
    world.says(STATES, "done, done cannot_be_ordered");
    world.says(waits, "");
    world.says("select status from console.stripe_subscriptions", "a");
}

#[tokio::test]
async fn a_long_invoice_is_read_to_its_last_line() {
    let world = World::new().await;
    world.database.psql("insert into console.stripe_customers (id, livemode, as_of, rank, event_id) values ('cus_1', true, now(), 0, 'c')");
    let line = |n: usize| json!({"id": format!("il_{n}"), "amount": n, "currency": "usd"});
    let page = |lines: std::ops::Range<usize>, more: bool| json!({"object": "list", "data": lines.map(line).collect::<Vec<_>>(), "has_more": more});
    let invoice = json!({
        "object": "invoice", "id": "in_1", "customer": "cus_1", "status": "open", "currency": "usd", "total": 31125,
        "lines": page(0..10, true),
    });
    world.come(&[("evt_1", 30, invoice.clone())], true).await;
    world.says("select lines_complete from console.stripe_invoices", "f");
    world.has("/v1/invoices/in_1", invoice);
    world.has("/v1/invoices/in_1/lines?limit=100", page(0..100, true));
    world.has(
        "/v1/invoices/in_1/lines?limit=100&starting_after=il_99",
        page(100..200, true),
    );
    world.has(
        "/v1/invoices/in_1/lines?limit=100&starting_after=il_199",
        page(200..250, false),
    );
    assert_eq!(world.ask(10).await.settled, 1);
    world.says(
        "select count(*), sum(amount), max(position), (select lines_complete from console.stripe_invoices) from console.stripe_invoice_lines",
        "250|311.25|249|t",
    );
    // The same event once more, by a replay: the first lines take nothing away.
    world
        .database
        .psql("update console.inbox set state = 'pending', done_at = null");
    let stripe = Stripe {
        mode: Mode::Live,
        asks: true,
    };
    let later = world.now + Duration::seconds(90);
    let round = apply_inbox(
        &world.database.store(),
        later,
        &FixedRandom(0),
        stripe,
        super::running::PATIENCE,
    )
    .await;
    assert_eq!(round.expect("a round").done, 1);
    world.says("select count(*) from console.stripe_invoice_lines", "250");
}

/// What one subscription, or one card, of somebody who was there before comes to is known once all of theirs are.
#[tokio::test]
async fn of_a_customer_who_was_there_before_it_is_asked_what_they_have() {
    let world = World::new().await;
    world.database.psql(
        "insert into public.users (id, email, billing_mode, stripe_customer_id) values
         ('auth0|ann', 'ann@example.com', 'postpaid', 'cus_1'), ('auth0|bob', 'bob@example.com', 'postpaid', 'cus_2')",
    );
    let subscription = |customer: &str, id: &str, status: &str| json!({"object": "subscription", "id": id, "customer": customer, "status": status, "created": 1_760_000_000});
    let card = |n: usize| json!({"object": "payment_method", "id": format!("pm_{n}"), "customer": "cus_1", "type": "card"});
    let page =
        |data: Vec<Value>, more: bool| json!({"object": "list", "data": data, "has_more": more});
    world.has(
        "/v1/customers/cus_1",
        json!({"object": "customer", "id": "cus_1"}),
    );
    let runs = subscription("cus_1", "sub_runs", "active");
    let trial = subscription("cus_1", "sub_trial", "canceled");
    world.has(
        "/v1/subscriptions?customer=cus_1&status=all&limit=100",
        page(vec![trial.clone()], true),
    );
    world.has(
        "/v1/subscriptions?customer=cus_1&status=all&limit=100&starting_after=sub_trial",
        page(vec![runs], false),
    );
    world.has(
        "/v1/customers/cus_1/payment_methods?limit=100",
        page(vec![card(1), card(2)], false),
    );
    // Stripe says of a customer that is deleted only that.
    world.has(
        "/v1/customers/cus_2",
        json!({"object": "customer", "id": "cus_2", "deleted": true}),
    );
    let gone = subscription("cus_2", "sub_gone", "canceled");
    world
        .come(&[("evt_1", 30, trial), ("evt_2", 30, gone)], true)
        .await;
    let plans = "select string_agg(concat_ws(' ', billing_mode, stripe_subscription_id), ', ' order by id) from public.users where id like 'auth0|___'";
    world.says(plans, "postpaid, postpaid");
    world.says(STATES, "done, done");
    assert_eq!(world.ask(70).await.settled, 4);
    world.says(plans, "postpaid sub_runs, free sub_gone");
    world.says(
        "select string_agg(concat_ws(' ', id, attached), ', ' order by id) from console.stripe_payment_methods",
        "pm_1 t, pm_2 t",
    );
    world.says(DOUBTS, "");
    // Without a key, and with one that nobody answers.
    world
        .database
        .psql("insert into public.users (id, email, billing_mode, stripe_customer_id) values ('auth0|cid', 'cid@example.com', 'postpaid', 'cus_3')");
    let other = subscription("cus_3", "sub_3", "canceled");
    world.come(&[("evt_3", 20, other)], false).await;
    world.says(STATES, "done, done, conflict not_all_known");
    world.has(
        "/v1/customers/cus_3",
        json!({"object": "customer", "id": "cus_3", "deleted": true}),
    );
    assert_eq!(world.ask(140).await.settled, 2);
    world.says(STATES, "done, done, done not_all_known");
    world.says(
        "select billing_mode from public.users where id = 'auth0|cid'",
        "free",
    );
}

#[tokio::test]
async fn what_one_event_leaves_to_a_person_the_next_of_its_batch_may_settle() {
    let world = World::new().await;
    world
        .database
        .psql("insert into public.users (id, email) values ('auth0|ann', 'ann@example.com')");
    let paid = json!({"object": "checkout.session", "id": "cs_1", "customer": "cus_1", "mode": "payment", "status": "complete",
        "payment_status": "paid", "currency": "usd", "amount_total": 5000, "payment_intent": "pi_1"});
    let customer =
        json!({"object": "customer", "id": "cus_1", "metadata": {"user_id": "auth0|ann"}});
    let dispute = |status: &str| json!({"object": "dispute", "id": "dp_1", "payment_intent": "pi_1", "charge": "ch_1", "currency": "eur", "amount": 900, "status": status});
    world
        .come_together(&[("evt_1", 50, paid), ("evt_2", 40, customer)], true)
        .await;
    world.says(STATES, "done unknown_customer, done");
    world.says("select total_purchased from public.user_credits", "50.00");
    let lost = ("evt_3", 30, dispute("lost"));
    let won = ("evt_4", 20, dispute("won"));
    world.come_together(&[lost, won], true).await;
    world.says(
        STATES,
        "done unknown_customer, done, done other_currency, done",
    );
}
