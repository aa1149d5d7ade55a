//! Absence at Stripe: what it made and never delivered is fetched, once, and nothing from before our time.

use std::sync::{Arc, Mutex};

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use hopsdesk::domain::clock::{Clock as _, FixedClock};
use hopsdesk::domain::random::FixedRandom;
use hopsdesk::payments::events::StripeReader;
use hopsdesk::payments::mode::Mode;
use hopsdesk::secrets::Secret;
use hopsdesk::store::door::Store;
use hopsdesk::usecases::apply_inbox::apply_inbox;
use hopsdesk::usecases::read_back_stripe::read_back_stripe;
use hopsdesk::usecases::read_back_users::ReadBack;
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};
use tokio::task::JoinHandle;
use url::form_urlencoded;

use super::running::{LIVE, PATIENCE, RealClock};
use crate::support::database::{Kind, TestDatabase};
use crate::support::install_tls;

const KEY: &str = "rk_test_canary_key";

/// Stripe's list of events, newest first, as its documentation has it.
#[derive(Default)]
struct Listed {
    events: Vec<Value>,
    /// What is answered instead, once so many pages were given.
    fault: Option<(usize, u16)>,
    pages: usize,
}

type Shared = Arc<Mutex<Listed>>;

async fn events(State(listed): State<Shared>, headers: HeaderMap, uri: Uri) -> Response {
    let mut listed = listed.lock().expect("a list");
    if headers
        .get("authorization")
        .is_none_or(|key| key != format!("Bearer {KEY}").as_str())
    {
        return (
            StatusCode::UNAUTHORIZED,
            Json(json!({"error": {"message": KEY}})),
        )
            .into_response();
    }
    if let Some((after, status)) = listed.fault
        && listed.pages >= after
    {
        return (StatusCode::from_u16(status).expect("a status"), KEY).into_response();
    }
    listed.pages += 1;
    let query: Vec<(String, String)> =
        form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
            .into_owned()
            .collect();
    let of = |name: &str| {
        query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.clone())
    };
    let number = |name: &str| of(name).expect(name).parse::<i64>().expect("a number");
    let (from, to) = (number("created[gte]"), number("created[lte]"));
    let limit = usize::try_from(number("limit")).expect("a limit");
    let within = |event: &&Value| (from..=to).contains(&event["created"].as_i64().expect("a time"));
    let mut found: Vec<&Value> = listed.events.iter().filter(within).collect();
    found.sort_by_key(|event| std::cmp::Reverse(event["created"].as_i64()));
    let begin = match of("starting_after") {
        None => 0,
        Some(after) => {
            let named = found.iter().position(|event| event["id"] == after.as_str());
            let Some(at) = named else {
                let error = json!({"error": {"code": "resource_missing", "param": "starting_after", "message": KEY}});
                return (StatusCode::BAD_REQUEST, Json(error)).into_response();
            };
            at + 1
        }
    };
    let page: Vec<Value> = found
        .iter()
        .skip(begin)
        .take(limit)
        .map(|&event| event.clone())
        .collect();
    let more = found.len() > begin + page.len();
    let list = json!({"object": "list", "url": "/v1/events", "data": page, "has_more": more});
    // What no JSON library would write, and some do.
    let list = list.to_string().replace("LONE", "\\ud800");
    ([("content-type", "application/json")], list).into_response()
}

/// One event, as its documentation has it.
async fn event(State(listed): State<Shared>, Path(id): Path<String>) -> Response {
    let listed = listed.lock().expect("a list");
    match listed.events.iter().find(|event| event["id"] == *id) {
        Some(event) => Json(event.clone()).into_response(),
        None => (StatusCode::NOT_FOUND, Json(json!({"error": {}}))).into_response(),
    }
}

struct World {
    database: TestDatabase,
    store: Store,
    listed: Shared,
    stripe: StripeReader,
    now: OffsetDateTime,
    _serving: JoinHandle<()>,
}

impl World {
    /// A Stripe with events made so many minutes ago; and a receiver that knows Stripe since then.
    async fn new(minutes: impl IntoIterator<Item = i64>, since: Option<i64>) -> Self {
        install_tls();
        let database = TestDatabase::new(Kind::Managed).await;
        let now = RealClock.now();
        let listed = Shared::default();
        listed.lock().expect("a list").events = (0..)
            .zip(minutes)
            .map(|(number, minutes): (i64, i64)| {
                json!({
                    "id": format!("evt_{number:04}"), "object": "event", "type": "product.updated", "livemode": true,
                    "created": (now - Duration::minutes(minutes)).unix_timestamp(),
                    "data": {"object": {"id": format!("prod_{number}"), "object": "product"}},
                })
            })
            .collect();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let router = Router::new()
            .route("/v1/events", get(events))
            .route("/v1/events/{id}", get(event))
            .with_state(listed.clone());
        let serving =
            tokio::spawn(async move { axum::serve(listener, router).await.expect("served") });
        if let Some(minutes) = since {
            database.psql(&format!(
                "insert into console.inbox (provider, event_id, received_at, headers, body, next_attempt_at, livemode)
                 values ('stripe', 'evt_first', now() - interval '{minutes} minutes', '{{}}', '{{}}', now(), true)"
            ));
        }
        Self {
            store: database.store(),
            database,
            stripe: StripeReader::new(&base, Secret::new(KEY.to_owned())).expect("an address"),
            listed,
            now,
            _serving: serving,
        }
    }

    async fn read(&self, minutes: i64) -> Option<ReadBack> {
        let clock = FixedClock(self.now + Duration::minutes(minutes));
        read_back_stripe(&self.store, &self.stripe, &clock, Mode::Live)
            .await
            .expect("read")
    }

    async fn fails(&self, minutes: i64) -> String {
        let clock = FixedClock(self.now + Duration::minutes(minutes));
        let failed = read_back_stripe(&self.store, &self.stripe, &clock, Mode::Live).await;
        failed.expect_err("a failure").without_data()
    }

    fn fault(&self, fault: Option<(usize, u16)>) {
        self.listed.lock().expect("a list").fault = fault;
    }

    fn psql(&self, sql: &str) -> String {
        self.database.psql(sql)
    }
}

#[tokio::test]
async fn what_stripe_never_delivered_is_fetched_and_nothing_from_before_our_time() {
    // The first two were made before this receiver knew Stripe, the last is on its way.
    let world = World::new([60 * 24 * 20, 500, 300, 200, 2], Some(400)).await;
    world.psql(
        "insert into console.inbox (provider, event_id, received_at, headers, body, next_attempt_at)
         values ('stripe', 'evt_0002', now(), '{}', '{}', now())",
    );
    let done = world.read(0).await.expect("due");
    assert_eq!(
        done,
        ReadBack {
            seen: 2,
            filled_in: 1,
            ..ReadBack::default()
        }
    );
    assert_eq!(
        world.psql("select event_id, origin, kind, subject, livemode from console.inbox where event_id like 'evt_0%' order by 1"),
        "evt_0002|sent|||\nevt_0003|read_back|product.updated|prod_3|t"
    );
    assert_eq!(world.read(5).await, None, "not due yet");
    assert_eq!(
        world.read(15).await.expect("due").filled_in,
        1,
        "its time to come is over"
    );
    assert_eq!(
        world.psql("select filled_in, last_error is null from console.read_backs"),
        "2|t"
    );
}

/// Whose account the key is of is not shown by anything then.
#[tokio::test]
async fn a_receiver_that_never_heard_of_stripe_reads_nothing_until_it_does() {
    let world = World::new([500, 300, 2], None).await;
    // One of the test mode says nothing of what is real.
    world.psql(
        "insert into console.inbox (provider, event_id, received_at, headers, body, next_attempt_at, livemode)
         values ('stripe', 'evt_test', now() - interval '600 minutes', '{}', '{}', now(), false)",
    );
    for minutes in [0, 15, 30] {
        assert_eq!(world.read(minutes).await, None);
        assert_eq!(world.psql("select event_id from console.inbox"), "evt_test");
        let noted = "select last_error is null, failing_since is null, behind_since is null, cursor ? 'waits_for',
                       extract(minutes from next_at - ran_at)
                     from console.read_backs";
        assert_eq!(world.psql(noted), "t|t|t|t|10", "it is said, and no alert");
    }
    assert_eq!(world.listed.lock().expect("a list").pages, 0);
    // What an earlier version had noted of the time before.
    let from = (world.now - Duration::minutes(400)).format(&Rfc3339);
    world.psql(&format!(
        "update console.read_backs set cursor = '{{\"from\": \"{}\"}}'",
        from.expect("a time")
    ));
    world.psql(
        "insert into console.inbox (provider, event_id, received_at, headers, body, next_attempt_at, livemode)
         values ('stripe', 'evt_first', now() - interval '100 minutes', '{}', '{}', now(), true)",
    );
    let done = world.read(45).await.expect("due");
    assert_eq!((done.seen, done.filled_in), (1, 1), "what came since");
    assert_eq!(
        world.psql("select event_id from console.inbox where origin = 'read_back'"),
        "evt_0002"
    );
}

#[tokio::test]
async fn a_long_stretch_is_read_page_by_page_and_goes_on_where_it_was_broken_off() {
    let world = World::new((0..350).map(|n| 1000 + n), Some(5000)).await;
    world.fault(Some((2, 429)));
    let said = world.fails(0).await;
    assert_eq!(said, "Stripe answers with status 429. It is asked again.");
    assert_eq!(
        world.psql("select filled_in from console.read_backs"),
        "200"
    );
    world.fault(None);
    assert_eq!(world.read(3).await.expect("due").filled_in, 150);
    assert_eq!(
        world.psql("select count(*) from console.inbox where origin = 'read_back'"),
        "350"
    );
    let pages = world.listed.lock().expect("a list").pages;
    assert_eq!(pages, 5, "two, then two, then the minutes since");
}

#[tokio::test]
async fn where_the_last_event_is_gone_its_stretch_is_read_again() {
    let world = World::new((0..250).map(|n| 1000 + n), Some(5000)).await;
    world.fault(Some((1, 500)));
    world.fails(0).await;
    assert_eq!(
        world.psql("select cursor ->> 'after' from console.read_backs"),
        "evt_0099"
    );
    // Thirty days have passed.
    world.listed.lock().expect("a list").events.drain(..100);
    world.fault(None);
    let done = world.read(3).await.expect("due");
    assert_eq!(done.filled_in, 150);
    assert_eq!(
        world.psql("select last_error is null, failing_since is null from console.read_backs"),
        "t|t"
    );
    // Whoever refuses all of it is not asked for ever.
    world.psql("update console.read_backs set next_at = now() - interval '1 minute'");
    world.fault(Some((0, 400)));
    assert_eq!(
        world.fails(15).await,
        "Stripe refuses what it is asked (status 400)."
    );
}

#[tokio::test]
async fn an_event_that_cannot_be_kept_keeps_no_other_out_and_waits_for_a_person() {
    let world = World::new([300, 200, 100], Some(400)).await;
    {
        let mut listed = world.listed.lock().expect("a list");
        listed.events[1]["data"]["object"]["description"] = json!("x".repeat(300_000));
        listed.events[2]["data"]["object"]["description"] = json!("a LONE half of a letter");
    }
    let done = world.read(0).await.expect("due");
    assert_eq!((done.filled_in, done.left_out), (3, 1));
    assert_eq!(
        world.psql("select last_error is null, cursor ? 'after' from console.read_backs"),
        "t|f",
        "it goes on"
    );
    let clock = world.now + Duration::hours(1);
    let round = apply_inbox(&world.store, clock, &FixedRandom(0), LIVE, PATIENCE).await;
    round.expect("a round");
    assert_eq!(
        world.psql(
            "select event_id, state, length(body) < 1000, kind, subject, last_error like '%look it up at Stripe'
             from console.inbox where event_id like 'evt_0%' order by 1"
        ),
        "evt_0000|done|t|product.updated|prod_0|\n\
         evt_0001|dead|t|product.updated|prod_1|t\n\
         evt_0002|done|t|product.updated|prod_2|"
    );
    assert_eq!(world.read(15).await.expect("due").filled_in, 0);
}

#[tokio::test]
async fn a_key_that_is_refused_is_said_and_told_to_nobody() {
    let world = World::new([300], Some(400)).await;
    for (status, words) in [
        (403, "refuses STRIPE_API_KEY"),
        (500, "status 500"),
        (302, "no Stripe that we know"),
    ] {
        world.fault(Some((0, status)));
        world.psql("update console.read_backs set next_at = now() - interval '1 minute'");
        let said = world.fails(0).await;
        assert!(said.contains(words) && !said.contains("canary"), "{said}");
        assert!(
            !world
                .psql("select last_error from console.read_backs")
                .contains("canary")
        );
    }
}

/// Its customers and purchases are nobody's here, and what it has by then would prove it later.
#[tokio::test]
async fn nothing_is_read_back_with_a_key_of_another_account() {
    let world = World::new([300, 200], Some(400)).await;
    let created = (world.now - Duration::minutes(350)).unix_timestamp();
    let ours = json!({
        "id": "evt_ours", "object": "event", "type": "product.updated", "livemode": true, "created": created,
        "data": {"object": {"id": "prod_ours", "object": "product"}},
    });
    world.psql(&format!(
        "insert into console.inbox (provider, event_id, received_at, headers, body, next_attempt_at, livemode)
         values ('stripe', 'evt_ours', now() - interval '350 minutes', '{{}}', convert_to('{ours}', 'UTF8'), now(), true)"
    ));
    for minutes in [0, 3] {
        let said = world.fails(minutes).await;
        assert!(said.contains("is of another account"), "{said}");
        assert_eq!(world.psql("select count(*) from console.inbox"), "2");
    }
    assert_eq!(world.listed.lock().expect("a list").pages, 0);
    assert_eq!(
        world.psql("select last_error like '%Set a key of that account%', filled_in from console.read_backs"),
        "t|0"
    );
    // The account's own key finds it, and what it missed.
    world.listed.lock().expect("a list").events.push(ours);
    assert_eq!(world.read(6).await.expect("due").filled_in, 2);
}
