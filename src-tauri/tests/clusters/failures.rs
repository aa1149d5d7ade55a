//! What goes wrong: told apart, in time, and without a word that should not be seen.

use std::time::{Duration, Instant};

use hopsdesk::clusters::connections::{ClusterAccess, Connections};
use hopsdesk::clusters::failure::ClusterError;
use hopsdesk::sandbox::hopsworks::fault::Fault;
use hopsdesk::sandbox::hopsworks::{Dialect, Simulated};
use hopsdesk::secrets::Secret;
use hopsdesk::secrets::sealing::Kept;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::{KEY, PATIENCE, access, client, crowd, install_tls, serve, simulated};

const EMAIL: &str = "ada.example@firm.example";

async fn failure(cluster: &Simulated) -> ClusterError {
    let serving = serve(cluster).await;
    let failed = client(&serving).user_by_email(EMAIL).await;
    failed.expect_err("it cannot be")
}

/// Everything that could be logged or shown of an error, its causes included.
fn everything(error: &ClusterError) -> String {
    let mut text = format!("{error} {error:?}");
    let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(error);
    while let Some(error) = cause {
        text = format!("{text} {error} {error:?}");
        cause = error.source();
    }
    text
}

#[tokio::test]
async fn each_fault_has_its_own_error_and_none_tells_secrets() {
    for (fault, code, passing) in [
        (Fault::Closed, "unreachable", true),
        (Fault::AnswerLost, "unreachable", true),
        (Fault::Answer { status: 500 }, "refused", true),
        (Fault::Answer { status: 503 }, "refused", true),
        (Fault::Answer { status: 429 }, "refused", true),
        (Fault::Answer { status: 200 }, "unexpected_answer", true),
        (Fault::Answer { status: 302 }, "unexpected_answer", true),
        (Fault::Answer { status: 404 }, "unexpected_answer", true),
        (Fault::Answer { status: 418 }, "refused", false),
        (Fault::KeyRefused, "key_refused", false),
        (Fault::Answer { status: 403 }, "key_refused", false),
    ] {
        let cluster = simulated(Dialect::default(), crowd());
        cluster.set_fault(fault);
        let error = failure(&cluster).await;
        assert_eq!(
            (error.code(), error.is_transient()),
            (code, passing),
            "{fault:?}: {error:?}"
        );
        let text = everything(&error);
        assert!(!text.contains("secret"), "the key is in {text}");
        assert!(!text.contains("firm.example"), "an address is in {text}");
    }
}

#[tokio::test]
async fn a_slow_cluster_is_given_up_in_time() {
    let cluster = simulated(Dialect::default(), crowd());
    cluster.set_fault(Fault::Slow { millis: 60_000 });
    #[expect(clippy::disallowed_methods, reason = "a test measures real time")]
    let begun = Instant::now();
    let error = failure(&cluster).await;
    assert_eq!(error.code(), "timed_out", "{error:?}");
    assert!(error.is_transient());
    // Long before it would have answered.
    assert!(begun.elapsed() < Duration::from_secs(45));
}

#[tokio::test]
async fn nobody_at_home_is_unreachable() {
    let cluster = simulated(Dialect::default(), crowd());
    let serving = serve(&cluster).await;
    let client = client(&serving);
    serving.stop().await;
    let error = client.alive().await.expect_err("nobody");
    assert_eq!(error.code(), "unreachable", "{error:?}");
}

#[tokio::test]
async fn being_alive_wants_no_key_and_takes_none_along() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let heard = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("somebody");
        let mut heard = vec![0; 4096];
        let size = stream.read(&mut heard).await.expect("a request");
        let body = r#"[{"software":"hopsworks","version":"4.6.0"}]"#;
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(answer.as_bytes()).await.expect("sent");
        String::from_utf8_lossy(&heard[..size]).into_owned()
    });
    install_tls();
    let client = Connections::with(PATIENCE)
        .hopsworks(&access(&url))
        .expect("a client");
    let version = client.alive().await.expect("alive");
    assert_eq!(version.as_deref(), Some("4.6.0"));
    let heard = heard.await.expect("heard");
    assert!(
        heard.starts_with("GET /hopsworks-api/api/variables/versions "),
        "{heard}"
    );
    assert!(
        !heard.to_ascii_lowercase().contains("authorization"),
        "{heard}"
    );
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("somebody");
        stream.read_u8().await.expect("a request");
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n[";
        let _ = stream.write_all(head.as_bytes()).await;
        // Until the client has had enough.
        while stream.write_all(&[b' '; 8_192]).await.is_ok() {}
    });
    install_tls();
    let client = Connections::with(PATIENCE)
        .hopsworks(&access(&url))
        .expect("a client");
    let error = client.alive().await.expect_err("too much");
    assert_eq!(error.code(), "unexpected_answer", "{error:?}");
    assert!(error.to_string().contains("too large"), "{error}");
}

#[test]
fn what_is_on_record_is_checked_before_anything_is_sent() {
    install_tls();
    let refused = |access: &ClusterAccess| {
        let error = Connections::default().hopsworks(access);
        error.expect_err("unusable").code()
    };
    let good = access("https://c.example.com");
    let keys = [
        None,
        Some(""),
        Some("  "),
        Some("a\r\nX-Evil: 1"),
        Some("a\u{7f}"),
    ];
    for key in keys {
        let api_key = key.map(|key| Kept::Plain(Secret::new(key.to_owned())));
        let access = ClusterAccess {
            api_key,
            ..good.clone()
        };
        assert_eq!(refused(&access), "no_key", "{key:?}");
    }
    assert_eq!(refused(&access("http://c.example.com")), "address");
    for authority in [
        "",
        "not PEM",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
    ] {
        let access = ClusterAccess {
            authority: Some(authority.to_owned()),
            ..good.clone()
        };
        assert_eq!(refused(&access), "authority", "{authority}");
    }
    let client = Connections::default().hopsworks(&good).expect("a client");
    let shown = format!("{good:?} {client:?} {:?}", Connections::default());
    assert!(!shown.contains(KEY), "{shown}");
}
