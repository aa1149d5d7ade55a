//! `serve` as a process: what staff decide happens in the cluster, however the program ends in between.

use std::time::Duration;

use hopsdesk::sandbox::hopsworks::fault::Fault;
use nix::sys::signal::Signal;
use tokio::time::sleep;

use super::program::Serving;
use crate::support::database::{Kind, TestDatabase};
use crate::support::desk::{ANA, Desk, KEY};

const WAITING: &str = "select count(*) from console.outbox where state = 'pending'";

async fn until(what: &str, mut there: impl FnMut() -> bool) {
    for _ in 0..400 {
        if there() {
            return;
        }
        sleep(Duration::from_millis(50)).await;
    }
    panic!("it never came to this: {what}");
}

#[tokio::test]
async fn suspending_a_team_suspends_it_on_the_cluster_and_reactivating_brings_it_back() {
    let desk = Desk::new(TestDatabase::new(Kind::Managed).await, 4);
    let listener = desk.listener().await;
    let _serving = desk.cluster.serve(listener, None).expect("it is served");
    let mut program = Serving::start(&desk.database);
    desk.act("suspend_account", ANA, "{}");
    until("all suspended", || desk.statuses() == [3; 5]).await;
    until("all written down", || desk.database.psql(WAITING) == "0").await;
    desk.act("reactivate_account", ANA, "{}");
    until("all back", || desk.statuses() == [2; 5]).await;
    until("all written down", || desk.database.psql(WAITING) == "0").await;
    let audit = desk.as_owner(
        "select console.verify_audit('staff') ->> 'ok', console.verify_audit('system') ->> 'ok'",
    );
    assert_eq!(audit, "true|true");
    program.signal(Signal::SIGTERM);
    assert_eq!(program.wait().code(), Some(0));
    let log = program.text();
    for leak in [KEY, "firm.example", "Ada"] {
        assert!(!log.contains(leak), "{leak} is in the log: {log}");
    }
}

#[tokio::test]
async fn killed_in_the_middle_of_a_call_it_is_made_good_by_the_next() {
    let desk = Desk::new(TestDatabase::new(Kind::Managed).await, 2);
    let listener = desk.listener().await;
    let _serving = desk.cluster.serve(listener, None).expect("it is served");
    desk.cluster.set_fault(Fault::Slow { millis: 700 });
    let mut program = Serving::start(&desk.database);
    desk.act("suspend_account", ANA, "{}");
    until("a change is asked for", || desk.changes() > 0).await;
    program.signal(Signal::SIGKILL);
    program.wait();
    desk.cluster.set_fault(Fault::None);
    assert_eq!(desk.database.psql(WAITING), "3", "nothing was written down");
    // What two minutes would do.
    desk.database
        .psql("update console.outbox set leased_until = now() where state = 'pending'");
    let program = Serving::start(&desk.database);
    until("all suspended", || desk.statuses() == [3; 3]).await;
    until("all written down", || desk.database.psql(WAITING) == "0").await;
    assert_eq!(desk.changes(), 3, "no change was asked for twice");
    drop(program);
}
