//! Clients that are slow, many, or gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hopsdesk::receiver::limits::Limits;
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::running::{Running, SECRET, read_all, registration};
use super::stripe::deliver;
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
    for byte in head(10).bytes() {
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
    let stream = TcpStream::connect(receiver.address).await;
    let (mut answers, mut stream) = stream.expect("connects").into_split();
    stream
        .write_all(head(body.len()).as_bytes())
        .await
        .expect("the head");
    let begun = Instant::now();
    // Nor here: all of it would take a quarter of a minute.
    let dawdling = tokio::spawn(async move {
        for byte in body.bytes() {
            if stream.write_all(&[byte]).await.is_err() {
                break;
            }
            sleep(Duration::from_millis(100)).await;
        }
    });
    let answer = read_all(&mut answers, Duration::from_secs(5)).await;
    dawdling.abort();
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
    let receiver = Arc::new(Running::with(database.store(), limits).await);
    let mut owner = database.direct().await;
    owner
        .script("begin; lock table console.inbox in share mode")
        .await
        .expect("a lock");
    let mut waiting = JoinSet::new();
    for name in ["a", "b", "c"] {
        let receiver = receiver.clone();
        waiting.spawn(async move { receiver.register(&registration(name)).await });
    }
    // Two wait for the lock, whichever they are; the third is answered while they do.
    let refused = waiting.join_next().await.expect("three");
    let refused = refused.expect("no panic");
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

#[tokio::test]
async fn who_asks_and_never_reads_keeps_no_place() {
    let database = TestDatabase::new(Kind::Managed).await;
    let limits = Limits {
        connections: 1,
        taken: Duration::from_millis(500),
        ..Limits::default()
    };
    let receiver = Running::with(database.store(), limits).await;
    let mut greedy = TcpStream::connect(receiver.address)
        .await
        .expect("connects");
    let questions = "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(4000);
    // It asks until nobody listens, and takes nothing of what it is told.
    let asking = tokio::spawn(async move {
        let _ = greedy.write_all(questions.as_bytes()).await;
        greedy
    });
    sleep(Duration::from_millis(300)).await;
    let body = registration("honest");
    let honest = receiver.register(&body);
    let answer = tokio::time::timeout(Duration::from_secs(20), honest).await;
    assert_eq!(answer.expect("it gets its turn").status, 200);
    drop(asking.await);
}

#[tokio::test]
async fn large_bodies_of_strangers_are_few_and_small_ones_pass() {
    let database = TestDatabase::new(Kind::Managed).await;
    let limits = Limits {
        large: 1,
        body: Duration::from_secs(4),
        ..Limits::default()
    };
    let receiver = Running::with(database.store(), limits).await;
    let event = |id: &str, size: usize| json!({"id": id, "type": "plan.created", "livemode": true, "padding": "x".repeat(size)});
    let mut stranger = TcpStream::connect(receiver.address)
        .await
        .expect("connects");
    let head = "POST /api/webhooks/stripe HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
                Stripe-Signature: t=1,v1=00\r\nContent-Length: 200000\r\n\r\n";
    stranger.write_all(head.as_bytes()).await.expect("the head");
    let part = "x".repeat(20_000);
    stranger.write_all(part.as_bytes()).await.expect("a part");
    sleep(Duration::from_millis(300)).await;
    let begun = Instant::now();
    let mut large = deliver(&receiver, &event("evt_large", 30_000)).await;
    // What the stranger sent may not have been read yet: until then the place is free.
    while large.status == 200 && begun.elapsed() < limits.body / 2 {
        sleep(Duration::from_millis(100)).await;
        large = deliver(&receiver, &event("evt_large", 30_000)).await;
    }
    assert_eq!((large.status, large.code.as_str()), (503, "busy"));
    assert_eq!(large.retry_after.as_deref(), Some("5"));
    let small = deliver(&receiver, &event("evt_small", 10_000)).await;
    assert_eq!((small.status, small.code.as_str()), (200, "stored"));
    // Whoever has shown who they are needs none.
    let mut body = registration("large");
    body["padding"] = json!("x".repeat(30_000));
    assert_eq!(receiver.register(&body).await.status, 200);
    let answer = read_all(&mut stranger, Duration::from_secs(8)).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    for _ in 0..2 {
        let large = deliver(&receiver, &event("evt_large", 250_000)).await;
        assert_eq!(large.status, 200, "its place is free again: {large:?}");
    }
}

/// Sends one letter of a request after the other, for as long as somebody listens.
async fn dribble(address: std::net::SocketAddr, request: String) {
    let Ok(mut stream) = TcpStream::connect(address).await else {
        return;
    };
    for letter in request.bytes() {
        if stream.write_all(&[letter]).await.is_err() {
            return;
        }
        sleep(Duration::from_millis(300)).await;
    }
}

/// Posts again and again, as fast as it is answered; what it was answered.
async fn flood(url: String, secret: &'static str, body: String, stop: Arc<AtomicBool>) -> Vec<u16> {
    let client = reqwest::Client::new();
    let mut answers = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let request = client
            .post(&url)
            .header("Content-Type", "application/json")
            .header("X-Auth0-Secret", secret)
            .body(body.clone());
        // A connection that is cut is an answer, too.
        if let Ok(answer) = request.send().await {
            answers.push(answer.status().as_u16());
        }
    }
    answers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_slow_ones_and_a_flood_stop_no_honest_client() {
    let database = TestDatabase::new(Kind::Managed).await;
    let receiver = Running::start(&database).await;
    let mut slow = JoinSet::new();
    for n in 0..200 {
        // Half of them never end their head, the others never their body.
        let whole = head(100) + &"x".repeat(100);
        let request = if n % 2 == 0 {
            whole
        } else {
            let mut stream = TcpStream::connect(receiver.address)
                .await
                .expect("connects");
            stream
                .write_all(head(100).as_bytes())
                .await
                .expect("the head");
            slow.spawn(async move {
                for _ in 0..100 {
                    if stream.write_all(b"x").await.is_err() {
                        return;
                    }
                    sleep(Duration::from_millis(300)).await;
                }
            });
            continue;
        };
        slow.spawn(dribble(receiver.address, request));
    }
    let stop = Arc::new(AtomicBool::new(false));
    let mut floods = JoinSet::new();
    let url = receiver.url("/api/webhooks/auth0");
    for n in 0..24 {
        let (secret, body) = match n % 3 {
            0 => ("a guess", registration("guessed").to_string()),
            1 => (SECRET, "x".repeat(300 * 1024)),
            _ => (SECRET, registration("again").to_string()),
        };
        floods.spawn(flood(url.clone(), secret, body, stop.clone()));
    }
    sleep(Duration::from_millis(500)).await;
    let mut longest = Duration::ZERO;
    for n in 0..30 {
        let begun = Instant::now();
        let name = format!("honest-{n}");
        let answer = receiver.register(&registration(&name)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        longest = longest.max(begun.elapsed());
        assert_eq!(receiver.get("/healthz").await.status, 200);
    }
    stop.store(true, Ordering::Relaxed);
    let answers = floods.join_all().await.concat();
    let told = |status: u16| answers.iter().filter(|one| **one == status).count();
    assert!(
        longest < Duration::from_secs(6),
        "one waited for {longest:?}"
    );
    assert!(
        told(429) > 0 && told(401) > 0,
        "whoever guesses is told so, and then to wait"
    );
    assert!(told(413) > 0 && told(200) > 0, "it was a flood");
    assert_eq!(
        answers.len(),
        [200, 401, 413, 429, 503]
            .into_iter()
            .map(told)
            .sum::<usize>(),
        "nothing else was said"
    );
    let honest = "select count(*) from console.inbox
        where convert_from(body, 'UTF8')::jsonb ->> 'user_id' like 'auth0|honest-%'";
    assert_eq!(database.psql(honest), "30");
    slow.abort_all();
    receiver.stop().await;
}
