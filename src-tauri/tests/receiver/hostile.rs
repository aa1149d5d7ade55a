//! Clients that are slow, many, or gone.

use std::time::Duration;

use hopsdesk::receiver::limits::Limits;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

use super::running::{Running, SECRET, read_all, registration};
use crate::support::database::{Kind, TestDatabase};

fn impatient() -> Limits {
    Limits {
        head: Duration::from_millis(500),
        body: Duration::from_millis(500),
        ..Limits::default()
    }
}

fn head(length: usize) -> String {
    format!(
        "POST /api/webhooks/auth0 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
         X-Auth0-Secret: {SECRET}\r\nContent-Length: {length}\r\n\r\n"
    )
}

#[tokio::test]
async fn a_client_that_dawdles_over_the_head_is_cut_off() {
    let database = TestDatabase::new(Kind::Managed).await;
    let receiver = Running::with(database.store(), impatient()).await;
    let begun = Instant::now();
    let mut stream = TcpStream::connect(receiver.address)
        .await
        .expect("connects");
    // A byte now and then must not renew the deadline.
    for byte in head(10).bytes().take(12) {
        if stream.write_all(&[byte]).await.is_err() {
            break;
        }
        sleep(Duration::from_millis(100)).await;
    }
    let answer = read_all(&mut stream, Duration::from_secs(5)).await;
    assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(begun.elapsed() < Duration::from_secs(3), "cut off in time");
}

#[tokio::test]
async fn a_client_that_dawdles_over_the_body_is_cut_off_and_nothing_is_stored() {
    let database = TestDatabase::new(Kind::Managed).await;
    let receiver = Running::with(database.store(), impatient()).await;
    let body = registration("slow").to_string();
    let mut stream = TcpStream::connect(receiver.address)
        .await
        .expect("connects");
    stream
        .write_all(head(body.len()).as_bytes())
        .await
        .expect("the head");
    stream
        .write_all(&body.as_bytes()[..10])
        .await
        .expect("a part");
    let begun = Instant::now();
    let answer = read_all(&mut stream, Duration::from_secs(5)).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(begun.elapsed() < Duration::from_secs(3), "cut off in time");
    assert_eq!(database.psql("select count(*) from console.inbox"), "0");
}

#[tokio::test]
async fn slow_clients_keep_nobody_else_out() {
    let database = TestDatabase::new(Kind::Managed).await;
    let limits = Limits {
        at_once: 1,
        ..Limits::default()
    };
    let receiver = Running::with(database.store(), limits).await;
    let mut slow = Vec::new();
    for _ in 0..200 {
        let mut stream = TcpStream::connect(receiver.address)
            .await
            .expect("connects");
        stream
            .write_all(head(100).as_bytes())
            .await
            .expect("the head");
        slow.push(stream);
    }
    assert_eq!(receiver.register(&registration("quick")).await.status, 200);
}

#[tokio::test]
async fn more_than_it_can_bear_is_told_to_come_back() {
    let database = TestDatabase::new(Kind::Managed).await;
    let limits = Limits {
        at_once: 2,
        ..Limits::default()
    };
    let receiver = std::sync::Arc::new(Running::with(database.store(), limits).await);
    let mut owner = database.direct().await;
    owner
        .script("begin; lock table console.inbox in share mode")
        .await
        .expect("a lock");
    let mut waiting = tokio::task::JoinSet::new();
    for name in ["a", "b"] {
        let receiver = receiver.clone();
        waiting.spawn(async move { receiver.register(&registration(name)).await });
    }
    sleep(Duration::from_millis(500)).await;
    let refused = receiver.register(&registration("c")).await;
    assert_eq!((refused.status, refused.code.as_str()), (503, "busy"));
    assert_eq!(refused.retry_after.as_deref(), Some("5"));
    assert_eq!(receiver.get("/healthz").await.status, 200, "still alive");
    owner.script("commit").await.expect("the lock is gone");
    let answers = waiting.join_all().await;
    assert!(
        answers.iter().all(|answer| answer.status == 200),
        "{answers:?}"
    );
}

#[tokio::test]
async fn a_body_that_breaks_off_is_not_stored() {
    let database = TestDatabase::new(Kind::Managed).await;
    let receiver = Running::start(&database).await;
    let body = registration("cut").to_string();
    let mut stream = TcpStream::connect(receiver.address)
        .await
        .expect("connects");
    stream
        .write_all(head(body.len() + 1).as_bytes())
        .await
        .expect("the head");
    // All of a valid registration, but not all of what was announced.
    stream.write_all(body.as_bytes()).await.expect("the body");
    drop(stream);
    sleep(Duration::from_millis(300)).await;
    assert_eq!(database.psql("select count(*) from console.inbox"), "0");
    assert_eq!(receiver.register(&registration("whole")).await.status, 200);
}
