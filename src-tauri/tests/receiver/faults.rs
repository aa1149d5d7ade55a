//! What breaks: Postgres away, the receiver gone half-way, the pooler restarted under it.

use std::time::Duration;

use hopsdesk::receiver::limits::Limits;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::patience::WAITING;
use super::running::{Running, registration, until};
use crate::support::cluster::TestCluster;
use crate::support::database::{Kind, TestDatabase};
use crate::support::template;

const PENDING: &str = "select count(*) from console.inbox where state = 'pending'";

#[tokio::test]
async fn with_postgres_crashed_it_answers_503_and_nothing_answered_200_is_lost() {
    let cluster: &'static TestCluster = Box::leak(Box::new(TestCluster::plain("receiver")));
    let name = "stopped".to_owned();
    template::copy(cluster, Kind::Managed, &name).await;
    let database = TestDatabase { cluster, name };
    let store = TestDatabase::store_of(&database.direct_address(), 8);
    let limits = Limits {
        store: Duration::from_secs(2),
        ..Limits::default()
    };
    let receiver = Running::with(store, limits).await;
    assert_eq!(receiver.register(&registration("first")).await.status, 200);
    let setting = database.psql("show synchronous_commit");
    assert_eq!(
        setting, "off",
        "the crash comes before the server would have written by itself"
    );
    cluster.pg_ctl(&["-m", "immediate", "stop"]);
    let away = receiver.register(&registration("second")).await;
    assert_eq!(
        (away.status, away.code.as_str()),
        (503, "database_unavailable")
    );
    assert_eq!(away.retry_after.as_deref(), Some("5"));
    let unready = receiver.get("/readyz").await;
    assert_eq!(
        (unready.status, unready.code.as_str()),
        (503, "unreachable"),
        "{unready:?}"
    );
    assert_eq!(
        receiver.get("/healthz").await.status,
        200,
        "a restart would not help"
    );

    cluster.pg_ctl(&["-o", &format!("-p {}", cluster.port), "start"]);
    let mut again = receiver.register(&registration("second")).await;
    for _ in 0..20 {
        if again.status == 200 {
            break;
        }
        // A connection from before the crash may still have to be found out.
        assert_eq!(again.status, 503, "{again:?}");
        sleep(Duration::from_millis(100)).await;
        again = receiver.register(&registration("second")).await;
    }
    assert_eq!(again.status, 200, "{again:?}");
    until(
        &database,
        "select string_agg(id, ' ' order by id) from public.users",
        "auth0|first auth0|second",
    )
    .await;
    receiver.stop().await;
    cluster.stop();
}

#[tokio::test]
async fn what_others_stored_is_taken_within_seconds() {
    let database = TestDatabase::new(Kind::Managed).await;
    let receiver = Running::start(&database).await;
    sleep(Duration::from_millis(200)).await;
    let body = registration("elsewhere").to_string();
    database.psql(&format!(
        "insert into console.inbox (provider, event_id, received_at, body, next_attempt_at)
         values ('auth0', 'e', now(), convert_to('{body}', 'UTF8'), now())"
    ));
    until(&database, "select count(*) from public.users", "1").await;
    receiver.stop().await;
}

#[tokio::test]
async fn connections_cut_under_it_cost_nothing_that_was_answered_with_200() {
    let database = TestDatabase::new(Kind::Managed).await;
    let receiver = Running::start(&database).await;
    let mut answered = Vec::new();
    for number in 0..60 {
        if number % 10 == 5 {
            database.psql(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity
                 where datname = current_database() and pid <> pg_backend_pid()",
            );
        }
        let name = format!("cut{number}");
        let answer = receiver.register(&registration(&name)).await;
        match answer.status {
            200 => answered.push(name),
            503 => {}
            _ => panic!("neither stored nor told to come back: {answer:?}"),
        }
    }
    assert!(answered.len() >= 40, "most get through: {}", answered.len());
    until(&database, PENDING, "0").await;
    for name in answered {
        let users = database.psql(&format!(
            "select count(*) from public.users where id = 'auth0|{name}'"
        ));
        assert_eq!(users, "1", "{name} was answered with 200");
    }
}

#[tokio::test]
async fn a_request_under_way_ends_before_the_receiver_does() {
    let database = TestDatabase::new(Kind::Managed).await;
    let mut receiver = Running::start(&database).await;
    let mut owner = database.direct().await;
    owner
        .script("begin; lock table console.inbox in share mode")
        .await
        .expect("a lock");
    let url = receiver.url("/api/webhooks/auth0");
    let post = tokio::spawn(async move {
        reqwest::Client::new()
            .post(url)
            .header("X-Auth0-Secret", super::running::SECRET)
            .json(&registration("last"))
            .send()
            .await
            .expect("an answer")
            .status()
    });
    until(&database, WAITING, "1").await;
    receiver.ask_to_stop();
    let refused = async {
        while TcpStream::connect(receiver.address).await.is_ok() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    let refused = timeout(Duration::from_secs(10), refused).await;
    refused.expect("nobody new is let in");
    owner.script("commit").await.expect("the lock is gone");
    assert_eq!(post.await.expect("no panic"), 200);
    receiver.stop().await;
    assert_eq!(
        database.psql("select state from console.inbox"),
        "done",
        "the worker ends last"
    );
}
