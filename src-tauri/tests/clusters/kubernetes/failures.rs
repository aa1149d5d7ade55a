//! Every way in which a cluster can fail has its sentence, which says what to do and gives nothing away.

use std::time::Duration;

use hopsdesk::clusters::connections::Patience;
use hopsdesk::clusters::kubernetes::failure::KubernetesError;
use hopsdesk::sandbox::kubernetes::fault::Fault;
use hopsdesk::sandbox::kubernetes::world::World;
use hopsdesk::sandbox::kubernetes::{Credentials, kubeconfig};
use hopsdesk::secrets::Secret;

use crate::PATIENCE;
use crate::clusters::kubernetes::{AUTHORITY, TOKEN, client, serve, token};

/// Everything somebody may get to see of an error.
fn everything(error: &KubernetesError) -> String {
    let sources = std::iter::successors(std::error::Error::source(error), |inner| inner.source());
    sources.fold(format!("{error} {error:?}"), |text, inner| {
        format!("{text} {inner} {inner:?}")
    })
}

#[tokio::test]
async fn every_fault_has_its_word_and_its_sentence() {
    let served = serve(World::default()).await;
    let place = format!("127.0.0.1:{}", served.serving.address().port());
    for (fault, code, said) in [
        (
            Fault::Answer { status: 500 },
            "refused",
            "has a problem of its own; it is tried again (status 500)",
        ),
        (
            Fault::Answer { status: 429 },
            "refused",
            "it is tried again (status 429)",
        ),
        (
            Fault::Answer { status: 418 },
            "refused",
            "does not accept what it was asked (status 418)",
        ),
        (
            Fault::Unauthorized,
            "not_recognised",
            "It may have run out: record a new one",
        ),
        (
            Fault::NodesForbidden,
            "not_allowed",
            "does not let this kubeconfig see nodes",
        ),
        (Fault::Closed, "unreachable", "cannot be reached"),
        (
            Fault::ExpiredCertificate,
            "certificate",
            "has expired. Nothing was sent",
        ),
        (
            Fault::UnknownCertificate,
            "certificate",
            "is signed by an authority that is not known for it",
        ),
    ] {
        let client = served.client().await;
        served.cluster.set_fault(fault);
        let before = served.cluster.calls().len();
        let error = match client.health().await {
            Ok(_) => client.capacity().await.expect_err("it fails"),
            Err(error) => error,
        };
        let sentence = error.to_string();
        assert_eq!(error.code(), code, "{fault:?}: {sentence}");
        assert!(
            sentence.contains(&place) && sentence.contains(said),
            "{fault:?}: {sentence}"
        );
        assert!(
            !everything(&error).contains(TOKEN),
            "{}",
            everything(&error)
        );
        if code == "certificate" {
            assert_eq!(served.cluster.calls().len(), before, "nothing was sent");
        }
    }
}

#[tokio::test]
async fn a_slow_cluster_is_given_up_in_time() {
    let served = serve(World::default()).await;
    let patience = Patience {
        connect: Duration::from_millis(500),
        whole: Duration::from_millis(200),
    };
    let client = client(served.kubeconfig(&token()), patience)
        .await
        .expect("a client");
    served.cluster.set_fault(Fault::Slow { millis: 60_000 });
    let error = client.health().await.expect_err("it is too slow");
    assert_eq!(error.code(), "timed_out", "{error:?}");
}

#[tokio::test]
async fn a_cluster_that_is_gone_cannot_be_reached() {
    let served = serve(World::default()).await;
    let client = served.client().await;
    client.health().await.expect("it is there");
    drop(served.serving);
    // The port is given back when the task has ended.
    tokio::time::sleep(Duration::from_millis(50)).await;
    let error = client.health().await.expect_err("it is gone");
    assert_eq!(error.code(), "unreachable", "{error:?}");
}

#[tokio::test]
async fn another_token_or_none_is_not_recognised() {
    let served = serve(World::default()).await;
    let wrong = Credentials::Token(Secret::new("canary-other".to_owned()));
    let client = client(served.kubeconfig(&wrong), PATIENCE)
        .await
        .expect("a client");
    let error = client.health().await.expect_err("it is not recognised");
    assert_eq!(error.code(), "not_recognised");
    assert!(!everything(&error).contains("canary"));
}

#[tokio::test]
async fn certificates_that_are_none_are_said_without_quoting_them() {
    let authority = AUTHORITY.certificate().expect("a certificate").pem();
    for (authority, credentials) in [
        (
            authority.as_str(),
            Credentials::Certificate("canary".into(), Secret::new("canary".into())),
        ),
        ("canary", token()),
    ] {
        let refused = client(kubeconfig(1, authority, &credentials), PATIENCE).await;
        let error = refused.expect_err("it is refused");
        assert_eq!(error.code(), "kubeconfig", "{error:?}");
        assert!(
            !everything(&error).contains("canary"),
            "{}",
            everything(&error)
        );
    }
}
