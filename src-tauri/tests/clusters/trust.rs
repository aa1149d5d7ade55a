//! TLS: an authority of the cluster's own is believed, and nothing else is.

use std::sync::Arc;

use hopsdesk::clusters::connections::{ClusterAccess, Connections};
use hopsdesk::clusters::failure::ClusterError;
use hopsdesk::sandbox::hopsworks::Dialect;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::net::TcpListener;

use crate::{PATIENCE, access, crowd, install_tls, simulated};

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::new()).expect("parameters");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority")
}

/// What a server shows that this authority has signed for that name.
fn server(authority: &Authority, name: &str, year: i32) -> Arc<ServerConfig> {
    install_tls();
    let mut params = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
    params.not_after = date_time_ymd(year, 1, 1);
    let key = KeyPair::generate().expect("a key");
    let leaf = params.signed_by(&key, authority).expect("a certificate");
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], key)
        .expect("a configuration");
    Arc::new(config)
}

/// Asks a server for a user; the authority on record may be another than the one that signed.
async fn ask(
    shown: Arc<ServerConfig>,
    on_record: Option<String>,
) -> (Result<bool, ClusterError>, Vec<String>) {
    let cluster = simulated(Dialect::default(), crowd());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let serving = cluster.serve(listener, Some(shown)).expect("it is served");
    let url = format!("https://localhost:{}", serving.address().port());
    let client = Connections::with(PATIENCE)
        .hopsworks(&ClusterAccess {
            authority: on_record,
            kubeconfig: None,
            ..access(&url)
        })
        .expect("a client");
    let found = client.user_by_email("user10001@firm.example").await;
    (found.map(|user| user.is_some()), cluster.calls())
}

#[tokio::test]
async fn the_authority_on_record_is_believed() {
    let ours = authority();
    let (found, calls) = ask(server(&ours, "localhost", 2999), Some(ours.pem())).await;
    assert!(matches!(found, Ok(true)), "{found:?}");
    assert_eq!(calls.len(), 1);
}

#[tokio::test]
async fn no_other_certificate_is_and_nothing_is_sent() {
    let (ours, other) = (authority(), authority());
    let unknown = "is signed by an authority that is not known for it";
    for (shown, on_record, problem) in [
        (server(&other, "localhost", 2999), Some(&ours), unknown),
        (server(&ours, "localhost", 2999), None, unknown),
        (server(&ours, "localhost", 2001), Some(&ours), "has expired"),
        (
            server(&ours, "c.example.com", 2999),
            Some(&ours),
            "is for another host name",
        ),
    ] {
        let (found, calls) = ask(shown, on_record.map(CertifiedIssuer::pem)).await;
        let error = found.expect_err("not to be trusted");
        assert_eq!(error.code(), "certificate", "{error:?}");
        assert!(error.to_string().contains(problem), "{error}");
        assert!(error.is_setting() && !error.is_transient());
        assert!(calls.is_empty(), "nothing was sent: {calls:?}");
    }
}

#[tokio::test]
async fn an_authority_is_no_server() {
    let ours = authority();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(ours.key().serialize_der()));
    install_tls();
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![ours.der().clone()], key)
        .expect("a configuration");
    let (found, _) = ask(Arc::new(config), Some(ours.pem())).await;
    assert_eq!(found.expect_err("refused").code(), "certificate");
}

#[tokio::test]
async fn a_server_without_tls_is_no_server_of_theirs() {
    install_tls();
    let cluster = simulated(Dialect::default(), crowd());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let serving = cluster.serve(listener, None).expect("it is served");
    let url = format!("https://localhost:{}", serving.address().port());
    let client = Connections::with(PATIENCE)
        .hopsworks(&access(&url))
        .expect("a client");
    let error = client.alive().await.expect_err("no TLS");
    assert_eq!(error.code(), "certificate", "{error:?}");
    assert!(cluster.calls().is_empty());
}
