//! Effects in a cluster's Hopsworks: done once however often they are tried, in their order, and by
//! themselves once a cluster is back.

use std::time::Duration;

use hopsdesk::clusters::connections::{Connections, Patience};
use hopsdesk::domain::clock::{Clock as _, FixedClock};
use hopsdesk::domain::hopsworks::HopsworksStatus;
use hopsdesk::domain::random::FixedRandom;
use hopsdesk::sandbox::hopsworks::fault::Fault;
use hopsdesk::sandbox::hopsworks::people::SimulatedUser;
use hopsdesk::store::door::Store;
use hopsdesk::usecases::execute_outbox::{Executed, Executor, execute_outbox};

use super::running::{RealClock, Running, until};
use crate::support::database::{Kind, TestDatabase};
use crate::support::desk::{ANA, CLUSTER, Desk};
use crate::support::install_tls;

const STATES: &str = "select string_agg(state || ' ' || n, ', ' order by state) from (select state, count(*) as n \
     from console.outbox group by state) as s";

async fn desk(members: i64) -> Desk {
    install_tls();
    Desk::new(TestDatabase::new(Kind::Managed).await, members)
}

/// One round, at a moment so many seconds from now.
async fn round(store: &Store, seconds: i64) -> Executed {
    let connections = Connections::with(Patience {
        connect: Duration::from_secs(1),
        whole: Duration::from_secs(3),
    });
    let clock = FixedClock(RealClock.now() + time::Duration::seconds(seconds));
    execute_outbox(&Executor {
        store,
        connections: &connections,
        clock: &clock,
        random: &FixedRandom(0),
        client_id: Some("the-client"),
        management: None,
        own_only: false,
        systems: None,
    })
    .await
    .expect("the database is there")
}

#[tokio::test]
async fn a_suspended_team_cannot_work_and_can_again() {
    let desk = desk(3).await;
    let listener = desk.listener().await;
    let _serving = desk.cluster.serve(listener, None).expect("it is served");
    let receiver = Running::start(&desk.database).await;
    desk.act("suspend_account", ANA, "{}");
    until(&desk.database, STATES, "done 4").await;
    assert_eq!(desk.statuses(), [3, 3, 3, 3]);
    desk.act("reactivate_account", ANA, "{}");
    until(&desk.database, STATES, "done 8").await;
    assert_eq!(desk.statuses(), [2, 2, 2, 2]);
    assert_eq!(desk.changes(), 8);
    let outcome = desk
        .database
        .psql("select distinct outcome - 'hopsworks_user_id' from console.outbox where payload ->> 'status' = '3'");
    assert_eq!(outcome, r#"{"after": 3, "before": 2, "changed": true}"#);
    receiver.stop().await;
}

#[tokio::test]
async fn while_a_cluster_is_down_effects_wait_and_then_happen_by_themselves_in_their_order() {
    let desk = desk(2).await;
    let listener = desk.listener().await;
    let serving = desk.cluster.serve(listener, None).expect("it is served");
    let address = serving.address();
    serving.stop().await;
    let receiver = Running::start(&desk.database).await;
    for action in ["suspend_account", "reactivate_account", "suspend_account"] {
        desk.act(action, ANA, "{}");
    }
    let waiting = "select count(*) from console.outbox where last_error like '%cannot be reached%'";
    until(&desk.database, waiting, "3").await;
    assert_eq!(
        desk.database.psql(STATES),
        "pending 9",
        "the later ones were not tried before"
    );
    assert_eq!(desk.statuses(), [2, 2, 2]);
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .expect("the port again");
    let _serving = desk.cluster.serve(listener, None).expect("it is served");
    until(&desk.database, STATES, "done 9").await;
    assert_eq!(desk.statuses(), [3, 3, 3]);
    assert_eq!(desk.changes(), 9, "each took its turn");
    let unordered = desk.database.psql(
        "select count(*) from console.outbox as o join console.outbox as later \
         on later.subject = o.subject and later.id > o.id and later.done_at < o.done_at",
    );
    assert_eq!(unordered, "0");
    receiver.stop().await;
}

#[tokio::test]
async fn two_programs_at_once_ask_for_each_change_once() {
    let desk = desk(60).await;
    let listener = desk.listener().await;
    let _serving = desk.cluster.serve(listener, None).expect("it is served");
    let (one, other) = tokio::join!(
        Running::start(&desk.database),
        Running::start(&desk.database)
    );
    desk.act("suspend_account", ANA, "{}");
    until(&desk.database, STATES, "done 61").await;
    assert_eq!(desk.changes(), 61);
    assert!(desk.statuses().iter().all(|status| *status == 3));
    assert_eq!(
        desk.database
            .psql("select max(attempts) from console.outbox"),
        "1"
    );
    one.stop().await;
    other.stop().await;
}

#[tokio::test]
async fn a_program_that_dies_between_the_call_and_the_mark_is_made_good() {
    let desk = desk(0).await;
    let listener = desk.listener().await;
    let _serving = desk.cluster.serve(listener, None).expect("it is served");
    let store = desk.database.store();
    desk.act("suspend_account", ANA, "{}");
    // Time to die before the next answer; half of what `round` waits for one.
    desk.cluster.set_fault(Fault::Slow { millis: 1_500 });
    let dying = {
        let store = store.clone();
        tokio::spawn(async move { round(&store, 0).await })
    };
    while desk.changes() == 0 && !dying.is_finished() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    dying.abort();
    assert_eq!(desk.changes(), 1);
    assert_eq!(
        desk.database.psql(STATES),
        "pending 1",
        "nobody has written it down"
    );
    desk.cluster.set_fault(Fault::None);
    assert_eq!(round(&store, 60).await.effects(), 0, "it is still leased");
    assert_eq!(
        round(&store, 121).await.effects(),
        0,
        "by the clock of the database, not by that of whoever asks"
    );
    desk.database
        .psql("update console.outbox set leased_until = clock_timestamp() where lease is not null");
    let made_good = round(&store, 121).await;
    assert_eq!(made_good.done, 1, "{made_good:?}");
    assert_eq!(
        (desk.statuses(), desk.changes()),
        (vec![3], 1),
        "it was not asked for twice"
    );
    let outcome = desk
        .database
        .psql("select outcome ->> 'changed' from console.outbox");
    assert_eq!(outcome, "false");
}

#[tokio::test]
async fn an_answer_that_is_lost_is_asked_for_again() {
    let desk = desk(0).await;
    let listener = desk.listener().await;
    let _serving = desk.cluster.serve(listener, None).expect("it is served");
    let store = desk.database.store();
    desk.act("suspend_account", ANA, "{}");
    desk.cluster.set_fault(Fault::AnswerLost);
    assert_eq!(round(&store, 0).await.put_off, 1);
    desk.cluster.set_fault(Fault::None);
    assert_eq!(round(&store, 10).await.done, 1);
    assert_eq!(desk.statuses(), [3]);
}

#[tokio::test]
async fn in_shadow_it_is_compared_and_nothing_is_done() {
    let desk = desk(1).await;
    let listener = desk.listener().await;
    let _serving = desk.cluster.serve(listener, None).expect("it is served");
    let store = desk.database.store();
    desk.as_owner("select console.set_effect('hopsworks_status', null, 'shadow', 'at first')");
    desk.act("suspend_account", ANA, "{}");
    // The service's own program has already switched the member off.
    let mut member = desk.cluster.people().get(102).expect("the member");
    member.status = HopsworksStatus::Deactivated;
    desk.cluster.people().put(member);
    desk.cluster.set_fault(Fault::Closed);
    assert_eq!(round(&store, 0).await.put_off, 2);
    desk.cluster.set_fault(Fault::None);
    assert_eq!(round(&store, 10).await.compared, 2);
    assert_eq!(round(&store, 1000).await.effects(), 0, "once is enough");
    let found = desk.database.psql(
        "select state, outcome ->> 'before', outcome ->> 'after', outcome ->> 'differs', \
         outcome ->> 'changed' from console.outbox order by subject",
    );
    assert_eq!(found, "shadow|2|3|true|false\nshadow|3|3|false|false");
    assert_eq!((desk.statuses(), desk.changes()), (vec![2, 3], 0));
}

#[tokio::test]
async fn what_no_client_can_do_waits_and_says_so() {
    let desk = desk(0).await;
    let store = desk.database.store();
    desk.act(
        "add_note",
        ANA,
        r#"{"kind": "account", "note": "for the audit entry"}"#,
    );
    desk.database.psql(
        "insert into console.outbox (system, kind, effect, subject, payload, audit_id, idempotency_key, state)
         select system, kind, 'auth0', 'auth0|ana', '{}', (select max(id) from console.audit), system, 'pending'
         from (values ('auth0', 'set_blocked'), ('stripe', 'change_plan'), ('hopsworks', 'grow_wings')) as v (system, kind)",
    );
    assert_eq!(round(&store, 1).await.put_off, 3);
    assert_eq!(
        round(&store, 60).await.effects(),
        0,
        "it is not asked all the time"
    );
    let said = desk
        .database
        .psql("select state, last_error from console.outbox order by system");
    assert_eq!(
        said,
        "pending|AUTH0_MANAGEMENT_CLIENT_ID and AUTH0_MANAGEMENT_CLIENT_SECRET are not set for the program that does this. It waits for that.\n\
         pending|This version of the program does not know grow_wings. It waits for one that does.\n\
         pending|This program has no client for stripe yet. It waits; until then do it there by hand."
    );
}

#[tokio::test]
async fn what_only_a_person_can_mend_says_what_and_goes_on_when_it_is_mended() {
    let desk = desk(0).await;
    let listener = desk.listener().await;
    let _serving = desk.cluster.serve(listener, None).expect("it is served");
    let store = desk.database.store();
    desk.act("suspend_account", ANA, "{}");
    desk.database
        .psql("update public.hopsworks_clusters set api_key = 'Another.secret'");
    assert_eq!(round(&store, 1).await.put_off, 1);
    let said = desk.database.psql("select last_error from console.outbox");
    assert!(said.contains("refuses the API key (status 401)"), "{said}");
    assert!(!said.contains("secret"), "{said}");
    desk.database.psql(&format!(
        "update public.hopsworks_clusters set api_key = '{}'",
        crate::support::desk::KEY
    ));
    assert_eq!(round(&store, 20).await.done, 1);
    assert_eq!(desk.statuses(), [3]);
}

#[tokio::test]
async fn the_right_person_is_switched_off_whatever_number_is_on_record() {
    let desk = desk(1).await;
    let listener = desk.listener().await;
    let _serving = desk.cluster.serve(listener, None).expect("it is served");
    let store = desk.database.store();
    // As after a move: the number of another cluster, where here somebody else has it.
    desk.database.psql(
        "update public.user_hopsworks_assignments set hopsworks_user_id = 500, hopsworks_username = 'ana1'
         where user_id = 'auth0|ana'",
    );
    let stranger = SimulatedUser {
        id: 500,
        email: "stranger@other.example".to_owned(),
        username: "stranger500".to_owned(),
        subject: None,
        ..desk.cluster.people().get(101).expect("Ana")
    };
    desk.cluster.people().put(stranger);
    // And one whom the cluster's administrators have blocked stays blocked.
    let blocked = SimulatedUser {
        status: HopsworksStatus::Blocked,
        ..desk.cluster.people().get(102).expect("the member")
    };
    desk.cluster.people().put(blocked);
    desk.act("suspend_account", ANA, "{}");
    assert_eq!(round(&store, 1).await.done, 2);
    assert_eq!(
        desk.statuses(),
        [3, 4, 2],
        "Ana, the blocked member, the stranger"
    );
    desk.act("reactivate_account", ANA, "{}");
    let back = round(&store, 1).await;
    assert_eq!((back.done, back.dead), (1, 1));
    assert_eq!(desk.statuses(), [2, 4, 2]);
    let said = desk
        .database
        .psql("select last_error from console.outbox where state = 'dead'");
    assert!(
        said.contains("administrators have set this user to BLOCKED_ACCOUNT"),
        "{said}"
    );
}

#[tokio::test]
async fn a_seat_brings_a_user_and_a_plan_brings_projects() {
    let desk = desk(0).await;
    let listener = desk.listener().await;
    let _serving = desk.cluster.serve(listener, None).expect("it is served");
    let store = desk.database.store();
    desk.database.psql(
        "insert into public.users (id, email, name) values ('auth0|new', 'New.Body@firm.example', 'New Body')",
    );
    let seat = format!(r#"{{"cluster_id": "{CLUSTER}"}}"#);
    desk.act("assign_cluster", "auth0|new", &seat);
    assert_eq!(round(&store, 1).await.done, 1);
    let made = desk
        .cluster
        .people()
        .by_email("new.body@firm.example")
        .expect("made");
    assert_eq!(
        (made.status, made.project_limit),
        (HopsworksStatus::Active, 1)
    );
    assert_eq!(
        (made.given_name.as_str(), made.surname.as_str()),
        ("New", "Body")
    );
    assert_eq!(made.subject.as_deref(), Some("auth0|new"));
    let seat = desk.database.psql(
        "select hopsworks_user_id, hopsworks_username from public.user_hopsworks_assignments \
         where user_id = 'auth0|new'",
    );
    assert_eq!(seat, format!("{}|{}", made.id, made.username));
    desk.act("change_plan", "auth0|new", r#"{"plan": "prepaid"}"#);
    round(&store, 1).await;
    let limit = |id| desk.cluster.people().get(id).expect("there").project_limit;
    assert_eq!(limit(made.id), 5);
    desk.act("change_plan", "auth0|new", r#"{"plan": "free"}"#);
    round(&store, 1).await;
    assert_eq!(limit(made.id), 5, "a limit is never lowered");
    // Whoever left and comes back is let in again.
    desk.act("unassign_cluster", "auth0|new", "{}");
    round(&store, 1).await;
    let status = |id| desk.cluster.people().get(id).expect("there").status;
    assert_eq!(status(made.id), HopsworksStatus::Deactivated);
    desk.act(
        "assign_cluster",
        "auth0|new",
        &format!(r#"{{"cluster_id": "{CLUSTER}"}}"#),
    );
    round(&store, 1).await;
    assert_eq!(status(made.id), HopsworksStatus::Active);
    let people = desk.cluster.people().all().len();
    assert_eq!(people, 2, "nobody was made twice");
}

#[tokio::test]
async fn staff_cannot_reach_a_key() {
    let desk = desk(0).await;
    let login = format!("desk_{}", desk.database.name);
    let ask = |sql: &str| {
        let sql = format!("set session authorization {login}; {sql}");
        let run = desk
            .database
            .tool("psql")
            .args(["-X", "-q", "-A", "-t", "-c", &sql])
            .output()
            .expect("psql runs");
        String::from_utf8_lossy(&run.stderr).into_owned()
    };
    for sql in [
        format!("select * from console.cluster_access('{CLUSTER}')"),
        "select * from console.shadow_outbox(1, now())".to_owned(),
        "select console.compare_shadow(1, '{}')".to_owned(),
        "select * from console.cluster_authorities".to_owned(),
    ] {
        let said = ask(&sql);
        assert!(said.contains("permission denied"), "{sql}: {said}");
    }
}
