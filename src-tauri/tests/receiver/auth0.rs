//! Effects at Auth0: done once however often they are tried, in their order, and by themselves once the tenant
//! is back; by the headless program, and by the console of whoever decided them.

use std::sync::Arc;
use std::time::Duration;

use hopsdesk::clusters::connections::Connections;
use hopsdesk::domain::clock::{Clock as _, FixedClock};
use hopsdesk::domain::ids::UserId;
use hopsdesk::domain::random::FixedRandom;
use hopsdesk::identity::http::Patience;
use hopsdesk::identity::management::{Credentials, LOG_ENTRIES, Management};
use hopsdesk::identity::tenant::Tenant;
use hopsdesk::reports::column::Cell;
use hopsdesk::sandbox::auth0::customers::Customer;
use hopsdesk::sandbox::auth0::management::{Faults, MANAGEMENT_CLIENT_ID};
use hopsdesk::sandbox::auth0::{Serving, SimulatedAuth0};
use hopsdesk::secrets::Secret;
use hopsdesk::store::door::Store;
use hopsdesk::store::outbox::{MayExecute, may_execute};
use hopsdesk::usecases::execute_outbox::{Executed, Executor, execute_outbox};
use hopsdesk::usecases::open_database::open_database;
use hopsdesk::usecases::show_sign_ins::{SignIns, TRIES, show_sign_ins};
use hopsdesk::wire::told;

use super::running::RealClock;
use crate::support::database::{Kind, TestDatabase};
use crate::support::desk::{ANA, Desk};
use crate::support::install_tls;

const SECRET: &str = "the-management-secret";

struct World {
    desk: Desk,
    tenant: SimulatedAuth0,
    _serving: Serving,
    management: Management,
}

async fn world() -> World {
    install_tls();
    let desk = Desk::new(TestDatabase::new(Kind::Managed).await, 1);
    let clock = Arc::new(RealClock);
    let tenant = SimulatedAuth0::new(Vec::new(), clock.clone(), Arc::new(FixedRandom(7)));
    let tenant = tenant.expect("keys");
    let now = clock.now();
    let customer = |subject: &str, verified: bool| Customer {
        subject: subject.to_owned(),
        email: format!("{}@firm.example", &subject[6..]),
        verified,
        name: "Ada Example".to_owned(),
        created_at: now,
        updated_at: now,
        last_login: None,
        logins: 0,
        ip: "203.0.113.7".to_owned(),
        blocked: false,
        verifications: 0,
    };
    // The member is not known there.
    tenant.manage(Secret::new(SECRET.to_owned()), [customer(ANA, false)]);
    let serving = tenant.serve(0).await.expect("a port");
    let credentials = Credentials {
        tenant: Tenant::parse(&serving.domain()).expect("a tenant"),
        client_id: MANAGEMENT_CLIENT_ID.to_owned(),
        client_secret: Secret::new(SECRET.to_owned()),
    };
    let management = Management::new(credentials, clock, Patience::default()).expect("a client");
    World {
        desk,
        tenant,
        _serving: serving,
        management,
    }
}

impl World {
    async fn round(&self, store: &Store, seconds: i64, staff: bool) -> Executed {
        let connections = Connections::default();
        let clock = FixedClock(RealClock.now() + time::Duration::seconds(seconds));
        execute_outbox(&Executor {
            store,
            connections: &connections,
            clock: &clock,
            random: &FixedRandom(0),
            client_id: None,
            management: Some(&self.management),
            own_only: staff,
            systems: staff.then_some(&["auth0"]),
        })
        .await
        .expect("the database is there")
    }

    fn faults(&self, faults: Faults) {
        self.tenant.behave(|manners| manners.faults = faults);
    }

    fn ana(&self) -> Customer {
        self.tenant.customer(ANA).expect("Ana")
    }

    fn changes(&self) -> usize {
        let calls = self.tenant.management_calls();
        calls
            .iter()
            .filter(|call| call.starts_with("PATCH "))
            .count()
    }

    /// State, outcome and error of everything that was sent to Auth0.
    fn outbox(&self) -> String {
        self.desk.database.psql(
            "select concat_ws(' ', state, outcome::text, last_error) from console.outbox where system = 'auth0' order by id",
        )
    }
}

#[tokio::test]
async fn somebody_is_blocked_once_and_unblocked_and_what_was_found_is_on_record() {
    let world = world().await;
    let store = world.desk.database.store();
    world.desk.act("block_user", ANA, "{}");
    assert_eq!(world.round(&store, 1, false).await.done, 1);
    assert!(world.ana().blocked);
    // Blocked already, as by the dashboard: looked at, and left as it is.
    world.desk.act("block_user", ANA, "{}");
    assert_eq!(world.round(&store, 2, false).await.done, 1);
    assert_eq!(world.changes(), 1);
    world.desk.act("unblock_user", ANA, "{}");
    assert_eq!(world.round(&store, 3, false).await.done, 1);
    assert!(!world.ana().blocked);
    assert_eq!(
        world.outbox(),
        "done {\"after\": true, \"before\": false, \"changed\": true}\n\
         done {\"after\": true, \"before\": true, \"changed\": false}\n\
         done {\"after\": false, \"before\": true, \"changed\": true}"
    );
}

#[tokio::test]
async fn while_the_tenant_is_down_or_limits_us_a_block_waits_and_then_happens_by_itself() {
    let world = world().await;
    let store = world.desk.database.store();
    world.faults(Faults {
        down: true,
        ..Faults::default()
    });
    world.desk.act("block_user", ANA, "{}");
    world.desk.act("unblock_user", ANA, "{}");
    assert_eq!(
        world.round(&store, 1, false).await.put_off,
        1,
        "the second waits for the first"
    );
    assert!(
        world.outbox().contains("Auth0 does not answer."),
        "{}",
        world.outbox()
    );
    world.faults(Faults {
        limited_for: Some(1),
        ..Faults::default()
    });
    assert_eq!(world.round(&store, 60, false).await.put_off, 1);
    assert!(
        world.outbox().contains("lets nobody ask more until"),
        "{}",
        world.outbox()
    );
    world.faults(Faults::default());
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert_eq!(world.round(&store, 600, false).await.done, 1);
    assert!(world.ana().blocked);
    assert_eq!(world.round(&store, 601, false).await.done, 1);
    assert!(!world.ana().blocked, "in their order");
}

#[tokio::test]
async fn whom_auth0_does_not_know_is_as_good_as_blocked_and_never_let_in() {
    let world = world().await;
    let store = world.desk.database.store();
    world.desk.act("block_user", "auth0|m1", "{}");
    assert_eq!(world.round(&store, 1, false).await.done, 1);
    world.desk.act("unblock_user", "auth0|m1", "{}");
    world.desk.act("resend_verification", "auth0|m1", "{}");
    assert_eq!(world.round(&store, 2, false).await.dead, 1);
    assert_eq!(world.round(&store, 3, false).await.dead, 1);
    assert_eq!(
        world.outbox(),
        "done {\"after\": null, \"before\": null, \"changed\": false}\n\
         dead Auth0 knows nobody with this id.\ndead Auth0 knows nobody with this id."
    );
}

#[tokio::test]
async fn a_verification_is_sent_to_who_has_not_proved_their_address() {
    let world = world().await;
    let store = world.desk.database.store();
    world.desk.act("resend_verification", ANA, "{}");
    assert_eq!(world.round(&store, 1, false).await.done, 1);
    assert_eq!(world.ana().verifications, 1);
    let proven = Customer {
        verified: true,
        ..world.ana()
    };
    world
        .tenant
        .manage(Secret::new(SECRET.to_owned()), [proven]);
    world.desk.act("resend_verification", ANA, "{}");
    assert_eq!(world.round(&store, 2, false).await.done, 1);
    assert_eq!(world.ana().verifications, 1, "no second one");
    assert!(
        world.outbox().ends_with("\"changed\": false}"),
        "{}",
        world.outbox()
    );
}

#[tokio::test]
async fn in_shadow_auth0_is_looked_at_and_left_alone() {
    let world = world().await;
    let store = world.desk.database.store();
    world
        .desk
        .database
        .psql("update console.effect_switches set mode = 'shadow' where effect = 'auth0'");
    world.desk.act("block_user", ANA, "{}");
    world.desk.act("resend_verification", ANA, "{}");
    assert_eq!(world.round(&store, 1, false).await.compared, 2);
    assert!(!world.ana().blocked && world.ana().verifications == 0 && world.changes() == 0);
    assert_eq!(
        world.outbox(),
        "shadow {\"after\": true, \"before\": false, \"changed\": false, \"differs\": true}\n\
         shadow {\"after\": \"asked\", \"before\": \"unverified\", \"changed\": false, \"differs\": true}"
    );
}

#[tokio::test]
async fn a_member_of_staff_does_at_auth0_what_they_decided_and_leaves_the_clusters_to_others() {
    let world = world().await;
    let database = &world.desk.database;
    let address = database.cluster.direct(&database.name, world.desk.login());
    let store = TestDatabase::store_of(&address, 2);
    let may = may_execute(&store, Vec::new()).await.expect("an answer");
    assert_eq!(
        may,
        MayExecute {
            claims: true,
            reaches_clusters: false
        }
    );
    world.desk.act("suspend_account", ANA, "{}");
    world.desk.act("block_user", ANA, "{}");
    let done = world.round(&store, 1, true).await;
    assert_eq!(
        done,
        Executed {
            done: 1,
            ..Executed::default()
        }
    );
    assert!(world.ana().blocked);
    let left = database.psql(
        "select distinct system || ' ' || state || ' ' || attempts from console.outbox order by 1",
    );
    assert_eq!(
        left, "auth0 done 1\nhopsworks pending 0",
        "nobody touched what is not theirs to do"
    );
    store.close().await;
}

/// What somebody of that group is shown of Ana.
async fn shown_to(world: &World, group: &str) -> SignIns {
    let database = &world.desk.database;
    let login = format!("{group}_{}", database.name);
    database.psql(&format!("create role {login} login"));
    world.desk.as_owner(&format!(
        "select console.adopt_staff('{login}', 'auth0|{login}', 'Some One', '{group}')"
    ));
    let store = TestDatabase::store_of(&database.cluster.direct(&database.name, &login), 2);
    let (desk, _) = open_database(store, Arc::new(RealClock))
        .await
        .expect("it opens");
    let id = UserId::parse(ANA).expect("an id");
    let shown = show_sign_ins(&desk, &world.management, &id, TRIES).await;
    desk.store.close().await;
    database.psql(&format!(
        "revoke console_{group} from {login}; drop role {login}"
    ));
    shown.expect("told").expect("Ana")
}

#[tokio::test]
async fn finance_is_told_when_and_where_somebody_came_and_no_address() {
    let world = world().await;
    let came = Customer {
        last_login: Some(RealClock.now()),
        logins: 9,
        ..world.ana()
    };
    world.tenant.manage(Secret::new(SECRET.to_owned()), [came]);
    let support = shown_to(&world, "support").await;
    let tries = support.tries.expect("tries");
    assert_eq!(support.user.last_ip.as_deref(), Some("203.0.113.7"));
    assert!(!support.addresses_hidden && tries.iter().all(|each| each.ip.is_some()));

    let finance = shown_to(&world, "finance").await;
    let same = finance.tries.expect("tries");
    assert!(finance.addresses_hidden && finance.user.last_ip.is_none());
    assert!(
        !same.is_empty() && same.iter().all(|each| each.ip.is_none()),
        "{same:?}"
    );
    assert_eq!(same[0].city, tries[0].city, "the rest is told");

    // In a file, too.
    let file = |shown: SignIns| {
        let tries = shown.tries.expect("tries");
        told::sign_ins(
            &shown.user.id,
            tries,
            shown.addresses_hidden,
            "acme.eu.auth0.com",
            LOG_ENTRIES,
        )
    };
    let support = file(shown_to(&world, "support").await);
    let file = file(shown_to(&world, "finance").await);
    assert_eq!(file.rows.len(), same.len());
    assert!(file.rows.iter().all(|row| row[6] == Cell::Empty));
    assert_eq!(file.rows[0][0], Cell::Time(same[0].at));
    let filter = file.filter.join("; ");
    assert!(filter.contains("newest 150 entries"), "{filter}");
    assert!(filter.contains("Addresses left out"), "{filter}");
    assert_eq!(support.rows[0][6], Cell::text(tries[0].ip.clone()));
}
