//! What hangs: connections gone silent, locks forgotten, crowds that ask, and the end that must come.

use std::time::Duration;

use hopsdesk::clusters::connections::Connections;
use hopsdesk::config::database::DatabaseAddress;
use hopsdesk::domain::clock::FixedClock;
use hopsdesk::receiver::limits::Limits;
use hopsdesk::usecases::snapshot_clusters::snapshot_clusters;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::running::{Running, registration, until};
use super::snapshots::{Service, small};
use crate::support::database::{Kind, TestDatabase};

const PENDING: &str = "select count(*) from console.inbox where state = 'pending'";

/// Sessions that wait for a lock.
pub(crate) const WAITING: &str = "select count(*) from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'";

#[tokio::test]
async fn a_connection_that_vanishes_without_a_word_holds_up_nobody_for_long() {
    let database = TestDatabase::new(Kind::Managed).await;
    let proxy = Proxy::start(database.cluster.port).await;
    let address = DatabaseAddress {
        host: "127.0.0.1".to_owned(),
        port: proxy.port,
        ..database.direct_address()
    };
    // Longer than one event takes on any machine: what takes longer alone is counted as a failure of its own.
    let limits = Limits {
        round: Duration::from_secs(6),
        ..Limits::default()
    };
    let receiver = Running::with(TestDatabase::store_of(&address, 8), limits).await;
    // The worker has claimed the event and waits for this when its connection goes silent.
    let mut owner = database.direct().await;
    owner
        .script("begin; lock table public.users in exclusive mode")
        .await
        .expect("a lock");
    assert_eq!(receiver.register(&registration("held")).await.status, 200);
    until(&database, WAITING, "1").await;
    proxy.go_silent();
    owner.script("commit").await.expect("the lock is gone");
    // The server lets go of the event after five seconds.
    sleep(Duration::from_secs(4)).await;
    until(
        &database,
        "select string_agg(state || attempts, ' ') from console.inbox",
        "done0",
    )
    .await;
    assert_eq!(database.psql("select count(*) from public.users"), "1");
    receiver.stop().await;
}

#[tokio::test]
async fn a_lock_that_somebody_forgot_holds_up_its_own_row_alone_and_is_nobodys_fault() {
    let database = TestDatabase::new(Kind::Managed).await;
    database.psql("insert into public.users (id, email) values ('auth0|held', 'held@example.com')");
    let mut owner = database.direct().await;
    owner
        .script("begin; update public.users set name = 'Open' where id = 'auth0|held'")
        .await
        .expect("a lock");
    let receiver = Running::start(&database).await;
    receiver.register(&registration("held")).await;
    receiver.register(&registration("free")).await;
    // Three seconds for the batch, and three for the row alone.
    sleep(Duration::from_secs(6)).await;
    let free = "select count(*) from public.users where id = 'auth0|free'";
    until(&database, free, "1").await;
    until(
        &database,
        "select state || ' ' || attempts || ' ' || last_error from console.inbox where state <> 'done'",
        "pending 0 the database took too long (SQLSTATE 55P03)",
    )
    .await;
    owner.script("commit").await.expect("the lock is gone");
    sleep(Duration::from_secs(3)).await;
    until(&database, PENDING, "0").await;
    receiver.stop().await;
}

#[tokio::test]
async fn an_event_whose_row_somebody_holds_keeps_no_other_one_waiting() {
    let database = TestDatabase::new(Kind::Managed).await;
    let receiver = std::sync::Arc::new(Running::start(&database).await);
    assert_eq!(receiver.register(&registration("held")).await.status, 200);
    until(&database, PENDING, "0").await;
    let mut owner = database.direct().await;
    owner
        .script("begin; delete from console.inbox")
        .await
        .expect("a lock");
    let held = tokio::spawn({
        let receiver = receiver.clone();
        async move { receiver.register(&registration("held")).await }
    });
    until(&database, WAITING, "1").await;
    assert_eq!(receiver.register(&registration("free")).await.status, 200);
    assert!(!held.is_finished(), "the other one still waits");
    assert_eq!(held.await.expect("an answer").status, 503);
    owner.script("rollback").await.expect("the lock is gone");
    let again = receiver.register(&registration("held")).await;
    assert_eq!((again.status, again.code.as_str()), (200, "duplicate"));
    let receiver = std::sync::Arc::into_inner(receiver).expect("nobody else has it");
    receiver.stop().await;
}

#[tokio::test]
async fn a_database_that_takes_no_writes_is_an_outage_and_no_error_of_ours() {
    let database = TestDatabase::new(Kind::Managed).await;
    let owner = database.direct_address().login;
    database.psql(&format!(
        "alter role {owner} in database \"{}\" set default_transaction_read_only = on",
        database.name
    ));
    let store = TestDatabase::store_of(&database.direct_address(), 4);
    let receiver = Running::with(store, Limits::default()).await;
    let answer = receiver.register(&registration("later")).await;
    assert_eq!(
        (answer.status, answer.code.as_str()),
        (503, "database_unavailable")
    );
    assert_eq!(answer.retry_after.as_deref(), Some("5"));
    receiver.stop().await;
}

#[tokio::test]
async fn a_crowd_at_readyz_keeps_no_event_out() {
    let database = TestDatabase::new(Kind::Managed).await;
    let limits = Limits {
        fitness: Duration::from_secs(3600),
        ..Limits::default()
    };
    let receiver = Running::with(database.store(), limits).await;
    let receiver = std::sync::Arc::new(receiver);
    // The program looks by itself, too: once, when it starts.
    until(&database, "select count(*) from console.fitness", "1").await;
    let mut owner = database.direct().await;
    owner
        .script("begin; lock table console.attachment in access exclusive mode")
        .await
        .expect("a lock");
    let mut crowd = JoinSet::new();
    for _ in 0..40 {
        let receiver = receiver.clone();
        crowd.spawn(async move { receiver.get("/readyz").await });
    }
    until(&database, WAITING, "1").await;
    sleep(Duration::from_millis(300)).await;
    assert_eq!(database.psql(WAITING), "1", "one looks, the others wait");
    assert_eq!(receiver.register(&registration("in")).await.status, 200);
    owner.script("commit").await.expect("the lock is gone");
    for answer in crowd.join_all().await {
        assert_eq!(answer.status, 200, "{answer:?}");
    }
}

#[tokio::test]
async fn a_lock_on_what_is_kept_of_clusters_leaves_connections_to_the_screens() {
    let service = Service::new((0..6).map(|n| small(&n.to_string())).collect()).await;
    let mut owner = service.database.direct().await;
    owner
        .script("begin; lock table console.cluster_readings in access exclusive mode")
        .await
        .expect("a lock");
    // As many as a console has.
    let store = TestDatabase::store_of(&service.database.pooled_address(), 4);
    let (connections, clock) = (Connections::default(), FixedClock(service.at(0)));
    let screen = async {
        until(&service.database, WAITING, "2").await;
        let reading = store.read().await.expect("a connection is free");
        reading.end().await.expect("it ends");
        service.database.psql(WAITING)
    };
    let (looked, waiting) = tokio::join!(snapshot_clusters(&store, &connections, &clock), screen);
    assert_eq!(waiting, "2", "the screen had its answer meanwhile");
    // The lock is still there: what it keeps from being written is given up, the rest is kept.
    assert_eq!(looked.expect("the database is there").lost, 6);
    let kept = "select count(*) from console.cluster_snapshots where nodes is not null";
    assert_eq!(service.database.psql(kept), "6");
    owner.script("commit").await.expect("the lock is gone");
}

#[tokio::test]
async fn a_look_at_the_catalogue_that_takes_long_is_no_refusal() {
    let database = TestDatabase::new(Kind::Managed).await;
    let receiver = Running::start(&database).await;
    // The program's own look is over.
    until(&database, "select count(*) from console.fitness", "1").await;
    let mut owner = database.direct().await;
    owner
        .script("begin; lock table console.attachment in access exclusive mode")
        .await
        .expect("a lock");
    let answer = receiver.get("/readyz").await;
    // The lock alone would keep it for three seconds: what was cut off still waits for it at the server.
    let waiting = database.psql(WAITING);
    assert_eq!((answer.status, answer.code.as_str()), (200, "locked"));
    assert_eq!(waiting, "1", "answered before the lock was given up");
    assert_eq!(receiver.register(&registration("in")).await.status, 200);
    owner.script("commit").await.expect("the lock is gone");
    receiver.stop().await;
}

#[tokio::test]
async fn a_catalogue_that_is_slow_is_looked_at_now_and_then_however_often_somebody_probes() {
    let database = TestDatabase::new(Kind::Managed).await;
    let limits = Limits {
        ready: Duration::ZERO,
        unseen: Duration::from_secs(8),
        fitness: Duration::from_secs(3600),
        ..Limits::default()
    };
    let receiver = Running::with(database.store(), limits).await;
    until(&database, "select count(*) from console.fitness", "1").await;
    let mut owner = database.direct().await;
    owner
        .script("begin; lock table console.attachment in access exclusive mode")
        .await
        .expect("a lock");
    assert_eq!(receiver.get("/readyz").await.code, "locked");
    owner.script("commit").await.expect("the lock is gone");
    let freed = Instant::now();
    for _ in 0..3 {
        let code = receiver.get("/readyz").await.code;
        assert!(freed.elapsed() < limits.unseen / 2, "it is asked in time");
        assert_eq!(code, "locked", "nobody has looked since");
    }
    while receiver.get("/readyz").await.code != "ready" {
        assert!(freed.elapsed() < 4 * limits.unseen, "nobody looks again");
        sleep(Duration::from_millis(200)).await;
    }
    receiver.stop().await;
}

#[tokio::test]
async fn a_backlog_and_a_silent_database_do_not_outlive_the_drain() {
    let database = TestDatabase::new(Kind::Managed).await;
    let limits = Limits {
        drain: Duration::from_millis(500),
        ..Limits::default()
    };
    let receiver = Running::with(database.store(), limits).await;
    let mut owner = database.direct().await;
    owner
        .script("begin; lock table public.users in exclusive mode")
        .await
        .expect("a lock");
    assert_eq!(receiver.register(&registration("held")).await.status, 200);
    // Half a request, whose body never comes.
    let head = format!(
        "POST /api/webhooks/auth0 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
         X-Auth0-Secret: {}\r\nContent-Length: 9\r\n\r\n{{",
        super::running::SECRET
    );
    let mut half = TcpStream::connect(receiver.address)
        .await
        .expect("connects");
    half.write_all(head.as_bytes()).await.expect("sends");
    sleep(Duration::from_millis(200)).await;
    let begun = Instant::now();
    receiver.stop().await;
    let took = begun.elapsed();
    assert!(took < Duration::from_millis(2500), "{took:?}");
}

/// A way to a server that can go silent: what is connected stays so, and nothing comes through any more.
/// Who connects afterwards is served.
struct Proxy {
    port: u16,
    silent: watch::Sender<()>,
}

impl Proxy {
    async fn start(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let silent = watch::Sender::new(());
        let stop = silent.clone();
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let mut silent = stop.subscribe();
                tokio::spawn(async move {
                    let mut server = TcpStream::connect(("127.0.0.1", server))
                        .await
                        .expect("the server");
                    tokio::select! {
                        _ = tokio::io::copy_bidirectional(&mut client, &mut server) => {}
                        _ = silent.changed() => std::future::pending().await,
                    }
                });
            }
        });
        Self { port, silent }
    }

    fn go_silent(&self) {
        self.silent.send_replace(());
    }
}
