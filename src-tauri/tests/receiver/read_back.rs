//! Absence: who registered at Auth0 and never arrived is registered by reading back, once, whatever else happens;
//! the tenant's limits are heeded, and what was broken off goes on where it was.

use std::sync::Arc;

use hopsdesk::domain::clock::{Clock, FixedClock};
use hopsdesk::domain::random::FixedRandom;
use hopsdesk::identity::http::Patience;
use hopsdesk::identity::management::{Credentials, Management};
use hopsdesk::identity::tenant::Tenant;
use hopsdesk::sandbox::auth0::customers::Customer;
use hopsdesk::sandbox::auth0::management::{Faults, MANAGEMENT_CLIENT_ID};
use hopsdesk::sandbox::auth0::{Serving, SimulatedAuth0};
use hopsdesk::secrets::Secret;
use hopsdesk::store::door::Store;
use hopsdesk::usecases::apply_inbox::apply_inbox;
use hopsdesk::usecases::read_back_users::{ReadBack, read_back_users};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::running::{RealClock, Running};
use crate::support::database::{Kind, TestDatabase};
use crate::support::install_tls;

const SECRET: &str = "the-management-secret";

struct World {
    database: TestDatabase,
    store: Store,
    tenant: SimulatedAuth0,
    _serving: Serving,
    management: Management,
    now: OffsetDateTime,
}

fn customer(number: i64, created_at: OffsetDateTime) -> Customer {
    Customer {
        subject: format!("auth0|c{number:04}"),
        email: format!("c{number}@firm.example"),
        verified: true,
        name: format!("Customer {number}"),
        created_at,
        updated_at: created_at,
        last_login: None,
        logins: 0,
        ip: "203.0.113.7".to_owned(),
        blocked: false,
        verifications: 0,
    }
}

impl World {
    /// A tenant with customers who registered so many minutes ago.
    async fn new(minutes: impl IntoIterator<Item = i64>) -> Self {
        install_tls();
        let database = TestDatabase::new(Kind::Managed).await;
        let clock = Arc::new(RealClock);
        let now = clock.now();
        let tenant = SimulatedAuth0::new(Vec::new(), clock.clone(), Arc::new(FixedRandom(7)));
        let tenant = tenant.expect("keys");
        let customers = (0..)
            .zip(minutes)
            .map(|(number, minutes)| customer(number, now - Duration::minutes(minutes)));
        tenant.manage(Secret::new(SECRET.to_owned()), customers);
        tenant.behave(|manners| manners.per_second = 1000);
        let serving = tenant.serve(0).await.expect("a port");
        let credentials = Credentials {
            tenant: Tenant::parse(&serving.domain()).expect("a tenant"),
            client_id: MANAGEMENT_CLIENT_ID.to_owned(),
            client_secret: Secret::new(SECRET.to_owned()),
        };
        let management =
            Management::new(credentials, clock, Patience::default()).expect("a client");
        Self {
            store: database.store(),
            database,
            tenant,
            _serving: serving,
            management,
            now,
        }
    }

    /// Reads back, so many minutes from now; `None` while it is not due.
    async fn read(&self, minutes: i64) -> Option<ReadBack> {
        let clock = FixedClock(self.now + Duration::minutes(minutes));
        read_back_users(&self.store, &self.management, &clock)
            .await
            .expect("read")
    }

    /// Reads back what fails, and the sentence it leaves.
    async fn fails(&self, minutes: i64) -> String {
        let clock = FixedClock(self.now + Duration::minutes(minutes));
        let failed = read_back_users(&self.store, &self.management, &clock).await;
        failed.expect_err("a failure").without_data()
    }

    async fn apply(&self) {
        let now = RealClock.now() + Duration::minutes(60);
        while apply_inbox(
            &self.store,
            now,
            &FixedRandom(0),
            super::running::LIVE,
            super::running::PATIENCE,
        )
        .await
        .expect("applied")
        .events()
            > 0
        {}
    }

    fn psql(&self, sql: &str) -> String {
        self.database.psql(sql)
    }

    fn asked(&self) -> usize {
        let calls = self.tenant.management_calls();
        calls
            .iter()
            .filter(|call| call.as_str() == "GET /api/v2/users")
            .count()
    }
}

#[tokio::test]
async fn who_never_arrived_is_registered_as_the_webhook_would_have_done_it_and_flagged() {
    // The first is older than anybody asks for; the last two registered a moment ago.
    let world = World::new([60 * 24 * 40, 60 * 24 * 3, 500, 60, 8, 1]).await;
    world.psql("insert into public.users (id, email, name) values ('auth0|c0002', 'c2@firm.example', 'By login')");
    let done = world.read(0).await.expect("due");
    assert_eq!(
        done,
        ReadBack {
            seen: 3,
            filled_in: 2,
            ..ReadBack::default()
        }
    );
    world.apply().await;
    assert_eq!(
        world.psql("select id, email, name, registration_source, created_at < now() - interval '30 minutes' from public.users order by id"),
        "auth0|c0001|c1@firm.example|Customer 1|auth0|t\n\
         auth0|c0002|c2@firm.example|By login||f\n\
         auth0|c0003|c3@firm.example|Customer 3|auth0|t",
        "with the time they registered at, and nobody is changed who was there"
    );
    assert_eq!(
        world.psql("select subject, origin, kind, state, outcome ->> 'user' from console.inbox order by subject"),
        "auth0|c0001|read_back|user.registered|done|inserted\nauth0|c0003|read_back|user.registered|done|inserted"
    );
    assert_eq!(world.read(5).await, None, "not due yet");
    // Whose turn at the webhook is over by now.
    assert_eq!(world.read(11).await.expect("due").filled_in, 2);
    world.apply().await;
    assert_eq!(
        world.psql("select count(*), sum(login_count) from public.users"),
        "5|0"
    );
    assert_eq!(
        world.psql("select filled_in, last_error is null from console.read_backs"),
        "4|t"
    );
}

#[tokio::test]
async fn the_webhook_that_comes_late_after_all_is_a_duplicate() {
    let world = World::new([60]).await;
    assert_eq!(world.read(0).await.expect("due").filled_in, 1);
    let receiver = Running::start(&world.database).await;
    let created_at = world
        .tenant
        .customer("auth0|c0000")
        .expect("a customer")
        .created_at;
    let body = serde_json::json!({
        "user_id": "auth0|c0000", "email": "c0@firm.example", "name": "Customer 0", "ip": "203.0.113.9",
        "created_at": created_at.replace_millisecond(created_at.millisecond()).expect("a time")
            .format(&Rfc3339).expect("written"),
    });
    assert_eq!(receiver.register(&body).await.status, 200);
    receiver.stop().await;
    world.apply().await;
    assert_eq!(
        world.psql("select count(*), min(origin) from console.inbox"),
        "1|read_back"
    );
    assert_eq!(world.psql("select count(*) from public.users"), "1");
}

#[tokio::test]
async fn hundreds_are_read_page_by_page_and_what_was_broken_off_goes_on_where_it_was() {
    // 350 a minute apart, and 120 who registered in the same moment: more than a page of them.
    let apart = (0..350).map(|n| 1000 + n);
    let world = World::new(apart.chain(std::iter::repeat_n(900, 120))).await;
    let every = world.tenant.clone();
    // After two pages the tenant wants a pause.
    every.behave(|manners| manners.faults.limited_after = Some(2));
    // For a second, which it tells in whole ones.
    let earlier = RealClock.now().format(&Rfc3339).expect("written");
    let said = world.fails(0).await;
    assert!(said.contains("lets nobody ask more"), "{said}");
    assert_eq!(
        world
            .psql("select filled_in, last_error like 'Auth0 lets nobody%' from console.read_backs"),
        "199|t"
    );
    let before = world.asked();
    every.behave(|manners| manners.faults = Faults::default());
    assert_eq!(
        world.psql(&format!(
            "select next_at >= date_trunc('second', timestamptz '{earlier}' + interval '1 second') from console.read_backs"
        )),
        "t"
    );
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    let done = world.read(1).await.expect("due when the tenant said so");
    assert_eq!(done.filled_in, 470 - 199);
    let pages = world.asked() - before;
    assert!(pages <= 6, "it went on from the third page: {pages}");
    world.apply().await;
    assert_eq!(world.psql("select count(*) from public.users"), "470");
    assert_eq!(
        world.psql("select count(distinct event_id) = count(*) from console.inbox"),
        "t"
    );
}

#[tokio::test]
async fn an_address_that_belongs_to_somebody_else_waits_for_a_person_and_is_not_read_back_again() {
    let world = World::new([60]).await;
    world.psql("insert into public.users (id, email, name) values ('google-oauth2|1', 'C0@firm.example', 'The other')");
    assert_eq!(world.read(0).await.expect("due").filled_in, 1);
    world.apply().await;
    assert_eq!(
        world.psql("select state, origin from console.inbox"),
        "conflict|read_back"
    );
    world.psql("update console.read_backs set cursor = '{}', next_at = now()");
    assert_eq!(
        world.read(1).await.expect("due").filled_in,
        0,
        "it is known by its event"
    );
}

#[tokio::test]
async fn two_programs_do_not_read_back_at_once_and_a_dead_one_gives_its_turn_back() {
    let world = World::new([60]).await;
    let lease = world.psql("select lease from console.begin_read_back('auth0_users', now())");
    assert_eq!(world.read(0).await, None, "somebody is at it");
    assert_eq!(world.read(3).await, None, "by the clock of the database");
    world.psql("update console.read_backs set leased_until = clock_timestamp()");
    assert_eq!(world.read(3).await.expect("given back").filled_in, 1);
    let late = format!(
        "select console.note_read_back('auth0_users', '{lease}', now(), '{{\"from\": \"2000-01-01T00:00:00Z\"}}', null, 5, null, null)"
    );
    assert_eq!(world.psql(&late), "f", "who comes too late changes nothing");
    assert_eq!(world.psql("select filled_in from console.read_backs"), "1");
}

#[tokio::test]
async fn how_far_behind_it_is_is_among_the_metrics() {
    let world = World::new([60]).await;
    world.read(0).await.expect("due");
    let receiver = Running::start(&world.database).await;
    let asked = reqwest::get(receiver.url("/metrics"))
        .await
        .expect("an answer");
    let text = asked.text().await.expect("text");
    let line = text.lines().find(|line| {
        line.starts_with(r#"hopsdesk_queue_oldest_seconds{queue="read_back",system="auth0_users",state="filled_in"}"#)
    });
    let behind: i64 = line
        .expect("a line")
        .rsplit(' ')
        .next()
        .expect("a number")
        .parse()
        .expect("seconds");
    assert!(
        (600..700).contains(&behind),
        "the minutes that are left to the webhook: {behind}"
    );
    assert!(text.contains(
        r#"hopsdesk_queue_rows{queue="read_back",system="auth0_users",state="filled_in"} 1"#
    ));
    receiver.stop().await;
}
