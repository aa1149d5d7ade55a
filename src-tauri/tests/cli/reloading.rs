//! Secrets that are exchanged while `serve` runs: at SIGHUP and by themselves, without cutting anybody off; what cannot be
//! used leaves the old ones.

use std::time::Duration;

use nix::sys::signal::Signal;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::program::{Serving, registration};
use crate::support::database::{Kind, TestDatabase};

async fn answer(serving: &Serving, secret: &str) -> u16 {
    let url = format!("http://{}/api/webhooks/auth0", serving.address);
    let post = reqwest::Client::new()
        .post(url)
        .header("X-Auth0-Secret", secret)
        .header("Content-Type", "application/json")
        .body(registration("janedoe"));
    post.send().await.expect("an answer").status().as_u16()
}

/// Waits until the secrets were read anew so often.
async fn read_anew(serving: &Serving, times: usize) {
    for _ in 0..400 {
        let lines = serving.log();
        let said = lines
            .iter()
            .filter(|line| line["message"] == "the secrets were read anew");
        if said.count() >= times {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("they were not read anew\n{}", serving.text());
}

#[tokio::test]
async fn secrets_are_exchanged_while_it_serves_and_broken_ones_leave_the_old() {
    let database = TestDatabase::new(Kind::Managed).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("secret");
    std::fs::write(&file, "the-first-secret\n").expect("a file");
    let setting = ("AUTH0_WEBHOOK_SECRET_FILE", file.display().to_string());
    let mut serving = Serving::with(&database, [setting]);
    assert_eq!(answer(&serving, "the-first-secret").await, 200);

    // Somebody is in the middle of a request that began before.
    let body = registration("slowjane");
    let mut slow = TcpStream::connect(&serving.address)
        .await
        .expect("a connection");
    let head = format!(
        "POST /api/webhooks/auth0 HTTP/1.1\r\nHost: x\r\nX-Auth0-Secret: the-first-secret\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\
         Connection: close\r\n\r\n",
        body.len()
    );
    slow.write_all(head.as_bytes()).await.expect("sent");
    // Its body is asked for once its secret was found right.
    let mut go_on = [0; b"HTTP/1.1 100 Continue\r\n\r\n".len()];
    slow.read_exact(&mut go_on).await.expect("an answer");
    assert!(go_on.starts_with(b"HTTP/1.1 100 "), "{go_on:?}");

    std::fs::write(&file, "the-second-secret").expect("a file");
    serving.signal(Signal::SIGHUP);
    read_anew(&serving, 1).await;
    assert_eq!(answer(&serving, "the-second-secret").await, 200);
    assert_eq!(answer(&serving, "the-first-secret").await, 401);
    slow.write_all(body.as_bytes()).await.expect("sent");
    let mut said = String::new();
    slow.read_to_string(&mut said).await.expect("an answer");
    assert!(
        said.starts_with("HTTP/1.1 200"),
        "nobody is cut off: {said}"
    );

    // Without being asked: the file is another one.
    let another = folder.path().join("another");
    std::fs::write(&another, "the-third-secret").expect("a file");
    std::fs::rename(&another, &file).expect("moved");
    read_anew(&serving, 2).await;
    assert_eq!(answer(&serving, "the-third-secret").await, 200);
    assert_eq!(answer(&serving, "the-second-secret").await, 401);

    // What cannot be used leaves what was there, and says which setting it is.
    std::fs::write(&file, "").expect("a file");
    serving.signal(Signal::SIGHUP);
    let line = serving.wait_for_line("the secrets could not be read anew; the old ones stay");
    assert!(
        line["error"]
            .as_str()
            .is_some_and(|error| error.contains("AUTH0_WEBHOOK_SECRET")),
        "{line}"
    );
    assert_eq!(answer(&serving, "the-third-secret").await, 200);
    std::fs::remove_file(&file).expect("gone");
    serving.signal(Signal::SIGHUP);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(answer(&serving, "the-third-secret").await, 200);

    serving.signal(Signal::SIGTERM);
    assert_eq!(serving.wait().code(), Some(0), "it stops as ever");
    let text = serving.text();
    for secret in ["the-first-secret", "the-second-secret", "the-third-secret"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}
