//! Secrets that are exchanged while `serve` runs: at SIGHUP and by themselves, without cutting anybody off; what cannot be
//! used leaves the old ones.

use nix::sys::signal::Signal;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use hopsdesk::secrets::sealing::Identities;

use super::program::{SECRET, Serving, registration};
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

fn url_of(database: &TestDatabase) -> String {
    let environment = database.environment();
    let url = environment
        .into_iter()
        .find(|(name, _)| *name == "DATABASE_URL");
    url.expect("an address").1
}

const READ: &str = "the secrets were read anew";

const REFUSED: &str = "the secrets could not be read anew; the old ones stay";

/// What it counts, as it stands.
async fn counted(serving: &Serving) -> String {
    let url = format!("http://{}/metrics", serving.address);
    let answer = reqwest::get(url).await.expect("an answer");
    answer.text().await.expect("text")
}

/// What went wrong with the so many-th reading that was refused.
fn refused(serving: &Serving, times: usize) -> String {
    let line = serving.wait_for_lines(REFUSED, times).remove(times - 1);
    line["error"].as_str().expect("a sentence").to_owned()
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
    serving.wait_for_lines(READ, 1);
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
    serving.wait_for_lines(READ, 2);
    assert_eq!(answer(&serving, "the-third-secret").await, 200);
    assert_eq!(answer(&serving, "the-second-secret").await, 401);

    // What cannot be used leaves what was there, and says which setting it is.
    std::fs::write(&file, "").expect("a file");
    serving.signal(Signal::SIGHUP);
    let error = refused(&serving, 1);
    assert!(error.contains("AUTH0_WEBHOOK_SECRET"), "{error}");
    assert_eq!(answer(&serving, "the-third-secret").await, 200);
    std::fs::remove_file(&file).expect("gone");
    serving.signal(Signal::SIGHUP);
    let error = refused(&serving, 2);
    assert!(error.contains("cannot read"), "{error}");
    assert_eq!(answer(&serving, "the-third-secret").await, 200);

    serving.signal(Signal::SIGTERM);
    assert_eq!(serving.wait().code(), Some(0), "it stops as ever");
    let text = serving.text();
    for secret in ["the-first-secret", "the-second-secret", "the-third-secret"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[tokio::test]
async fn a_database_elsewhere_is_not_taken_over_and_its_password_is() {
    let database = TestDatabase::new(Kind::Managed).await;
    let another = TestDatabase::new(Kind::Managed).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("url");
    let url = url_of(&database);
    std::fs::write(&file, &url).expect("a file");
    let settings = [
        ("DATABASE_URL_FILE", file.display().to_string()),
        ("AUTH0_WEBHOOK_SECRET", SECRET.to_owned()),
    ];
    let mut serving = Serving::with(&database, settings);

    std::fs::write(&file, url_of(&another)).expect("a file");
    serving.signal(Signal::SIGHUP);
    let error = refused(&serving, 1);
    assert!(
        error.starts_with("DATABASE_URL") && error.contains("until it is started anew"),
        "{error}"
    );
    let metrics = counted(&serving).await;
    assert!(metrics.contains("hopsdesk_reload_refused 1"), "{metrics}");
    assert_eq!(answer(&serving, SECRET).await, 200);
    assert_eq!(database.psql("select count(*) from console.inbox"), "1");
    assert_eq!(another.psql("select count(*) from console.inbox"), "0");

    // The same place with another password; it is a server on this machine, and asks for none.
    std::fs::write(&file, url.replacen('@', ":another-password@", 1)).expect("a file");
    serving.signal(Signal::SIGHUP);
    serving.wait_for_lines(READ, 1);
    let metrics = counted(&serving).await;
    for line in [
        "hopsdesk_reload_refused 0",
        r#"hopsdesk_reloads_total{outcome="done"} 1"#,
        r#"hopsdesk_reloads_total{outcome="refused"} 1"#,
    ] {
        assert!(metrics.contains(line), "{line} in {metrics}");
    }
    serving.signal(Signal::SIGTERM);
    assert_eq!(serving.wait().code(), Some(0), "it stops as ever");
    assert!(!serving.text().contains("another-password"));
}

#[tokio::test]
async fn a_key_of_stripe_s_other_mode_is_not_taken_while_it_serves() {
    let database = TestDatabase::new(Kind::Managed).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("key");
    std::fs::write(&file, "rk_live_canary1").expect("a file");
    let mut serving = Serving::with(
        &database,
        [
            ("AUTH0_WEBHOOK_SECRET", SECRET.to_owned()),
            ("STRIPE_API_KEY_FILE", file.display().to_string()),
            ("STRIPE_API_BASE", "http://127.0.0.1:9".to_owned()),
        ],
    );
    // Events that are real would be those of the other mode, on every replica that reads the file.
    std::fs::write(&file, "rk_test_canary2").expect("a file");
    serving.signal(Signal::SIGHUP);
    let error = refused(&serving, 1);
    assert!(
        error.starts_with("STRIPE_API_KEY") && error.contains("serves the live mode until"),
        "{error}"
    );
    let metrics = counted(&serving).await;
    assert!(metrics.contains("hopsdesk_reload_refused 1"), "{metrics}");

    std::fs::write(&file, "rk_live_canary3").expect("a file");
    serving.signal(Signal::SIGHUP);
    serving.wait_for_lines(READ, 1);
    assert!(
        counted(&serving)
            .await
            .contains("hopsdesk_reload_refused 0")
    );
    serving.signal(Signal::SIGTERM);
    assert_eq!(serving.wait().code(), Some(0), "it stops as ever");
    assert!(!serving.text().contains("canary"));
}

const NO_KEY: &str =
    "none of the keys that secrets of clusters are sealed to is here: set HOPSDESK_IDENTITY_FILE";

const OPENS: &str = "every sealed secret of the clusters opens";

#[tokio::test]
async fn a_private_key_is_exchanged_while_it_serves_and_that_there_is_none_is_told() {
    let database = TestDatabase::new(Kind::Managed).await;
    let (ours, others) = (Identities::generate(), Identities::generate());
    let key = ours.public_keys().remove(0);
    database.psql(&format!(
        "insert into console.recipients (public_key, name) values ('{key}', 'collector')"
    ));
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("identity");
    let write = |identities: &Identities| {
        std::fs::write(&file, identities.written().expose()).expect("a file");
    };
    write(&others);
    let mut serving = Serving::with(
        &database,
        [
            ("AUTH0_WEBHOOK_SECRET", SECRET.to_owned()),
            ("HOPSDESK_IDENTITY_FILE", file.display().to_string()),
        ],
    );
    serving.wait_for_line(NO_KEY);
    assert!(
        counted(&serving).await.contains("hopsdesk_sealed_no_key 1"),
        "the metrics say so, too"
    );
    let held = "select count(*) from console.keys_held";
    assert_eq!(database.psql(held), "0");

    write(&ours);
    serving.signal(Signal::SIGHUP);
    serving.wait_for_line(OPENS);
    assert!(counted(&serving).await.contains("hopsdesk_sealed_no_key 0"));
    assert_eq!(
        database.psql("select public_key from console.keys_held"),
        key,
        "and the window is told who has it"
    );

    // What is no key leaves the one there was.
    std::fs::write(&file, "AGE-SECRET-KEY-1NONSENSE").expect("a file");
    serving.signal(Signal::SIGHUP);
    let error = refused(&serving, 1);
    assert!(error.contains("HOPSDESK_IDENTITY"), "{error}");
    assert!(!error.contains("NONSENSE"), "{error}");

    serving.signal(Signal::SIGTERM);
    assert_eq!(serving.wait().code(), Some(0), "it stops as ever");
    let text = serving.text();
    for identities in [&ours, &others] {
        let written = identities.written();
        let mut lines = written.expose().lines();
        let private = lines.find(|line| line.starts_with("AGE-SECRET-KEY-1"));
        assert!(
            !text.contains(private.expect("a private key")),
            "no private key is logged"
        );
    }
}
