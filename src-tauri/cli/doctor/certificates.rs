//! Until when certificates are good. One is looked at in a handshake that is broken off: nothing is trusted, and nothing said.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration as StdDuration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, SignatureScheme};
use time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::Url;

use crate::cli::doctor::findings::Findings;
use crate::clusters::certificate::valid_until;
use crate::config::Variables;
use crate::config::alerts::{ALERT_WEBHOOK, SMTP_URL};
use crate::config::database::DatabaseAddress;
use crate::config::receiver::{
    AUTH0_DOMAIN, AUTH0_MANAGEMENT_DOMAIN, STRIPE_API_BASE, STRIPE_API_KEY,
};
use crate::domain::clock::Clock;
use crate::identity::tenant::Tenant;
use crate::payments::events::STRIPE;
use crate::secrets::environment;

/// Who renews by a robot does so a month before; who has forgotten has this long.
const SOON: Duration = Duration::days(14);

/// How long a server may take to show its certificate.
const PATIENCE: StdDuration = StdDuration::from_secs(5);

/// "Speak TLS": length, and the code of `SSLRequest` (<https://www.postgresql.org/docs/current/protocol-message-formats.html>).
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];

/// What a server shows to somebody who asks for TLS.
#[derive(Debug, PartialEq, Eq)]
enum Shown {
    Certificate(Vec<u8>),
    /// It says that it does not speak TLS.
    NoTls,
    /// It begins to, and shows nothing.
    Nothing,
}

/// Whether connections depend on a certificate.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verified {
    Yes,
    No,
}

/// That of the database, where one connects to it over a network.
pub(super) async fn of_database(
    check: &'static str,
    address: &DatabaseAddress,
    clock: &dyn Clock,
    findings: &mut Findings,
) {
    if address.host.starts_with('/') {
        findings.ok(check, "The database is reached over a socket, without TLS");
        return;
    }
    let place = format!("{}:{}", address.host, address.port);
    match timeout(PATIENCE, shown_by_postgres(&address.host, address.port)).await {
        Ok(Ok(Shown::Certificate(certificate))) => {
            let what = format!("The certificate of {place}");
            let verified = if address.is_verified() {
                Verified::Yes
            } else {
                Verified::No
            };
            judge(check, &what, verified, &certificate, clock, findings);
        }
        Ok(Ok(Shown::NoTls)) if address.is_verified() => findings.bad(
            check,
            format!("{place} speaks no TLS"),
            "Switch TLS on there: nothing connects without.",
        ),
        Ok(Ok(Shown::NoTls)) => findings.ok(
            check,
            "The database is reached on this machine, without TLS",
        ),
        Ok(Ok(Shown::Nothing)) => findings.unknown(
            check,
            format!("{place} speaks TLS and shows no certificate"),
            "Look at it with another program.",
        ),
        Ok(Err(_)) | Err(_) => unseen(check, &place, findings),
    }
}

/// Those of whatever is named in the settings.
pub(super) async fn of_endpoints(
    variables: Variables<'_>,
    clock: &dyn Clock,
    findings: &mut Findings,
) {
    for (host, port) in endpoints(variables) {
        const CHECK: &str = "certificates";
        let place = format!("{host}:{port}");
        match timeout(PATIENCE, shown_by(&host, port)).await {
            Ok(Ok(Some(certificate))) => {
                let what = format!("The certificate of {place}");
                judge(CHECK, &what, Verified::Yes, &certificate, clock, findings);
            }
            Ok(Ok(None) | Err(_)) | Err(_) => unseen(CHECK, &place, findings),
        }
    }
}

/// Where TLS begins with the first byte, each place once.
fn endpoints(variables: Variables<'_>) -> Vec<(String, u16)> {
    let secret = |name: &str| {
        let read = environment::read(variables, name).ok().flatten();
        read.and_then(|text| Url::parse(text.expose()).ok())
    };
    let tenant = |name: &str| {
        let tenant = Tenant::parse(&variables(name)?).ok()?;
        Url::parse(tenant.issuer()).ok()
    };
    let stripe = environment::read(variables, STRIPE_API_KEY).ok().flatten();
    let stripe = stripe.and_then(|_| {
        let base = variables(STRIPE_API_BASE).unwrap_or_else(|| STRIPE.to_owned());
        Url::parse(&base).ok()
    });
    let urls = [
        tenant(AUTH0_DOMAIN),
        tenant(AUTH0_MANAGEMENT_DOMAIN),
        stripe,
        secret(ALERT_WEBHOOK),
        secret(SMTP_URL),
    ];
    let mut places: Vec<(String, u16)> = Vec::new();
    for url in urls.into_iter().flatten() {
        let port = match url.scheme() {
            "https" => 443,
            "smtps" => 465,
            _ => continue,
        };
        let Some(host) = url.host_str() else { continue };
        let place = (
            host.trim_matches(['[', ']']).to_owned(),
            url.port().unwrap_or(port),
        );
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places
}

fn judge(
    check: &'static str,
    what: &str,
    verified: Verified,
    certificate: &[u8],
    clock: &dyn Clock,
    findings: &mut Findings,
) {
    let Some(until) = valid_until(certificate) else {
        let remedy = "Look at it with another program.";
        findings.unknown(check, format!("{what} cannot be read"), remedy);
        return;
    };
    let left = until - clock.now();
    let said = format!("{what} is good until {}", until.date());
    if left <= Duration::ZERO {
        let said = format!("{what} ended on {}", until.date());
        match verified {
            Verified::Yes => findings.bad(
                check,
                said,
                "Have it renewed: nothing connects there until it is.",
            ),
            Verified::No => findings.warn(
                check,
                said,
                "Nobody verifies it on this machine; with sslmode=verify-full nothing would connect.",
            ),
        }
    } else if left < SOON {
        findings.warn(check, said, "Have it renewed in time.");
    } else {
        findings.ok(check, said);
    }
}

fn unseen(check: &'static str, place: &str, findings: &mut Findings) {
    findings.unknown(
        check,
        format!("{place} shows no certificate"),
        "See whether it can be reached from here, and speaks TLS.",
    );
}

async fn shown_by_postgres(host: &str, port: u16) -> std::io::Result<Shown> {
    let mut stream = TcpStream::connect((host, port)).await?;
    stream.write_all(&SSL_REQUEST).await?;
    match stream.read_u8().await? {
        b'S' => Ok(match look(stream, host).await {
            Some(certificate) => Shown::Certificate(certificate),
            None => Shown::Nothing,
        }),
        b'N' => Ok(Shown::NoTls),
        // An error of the protocol, or something that is no Postgres.
        _ => Err(std::io::ErrorKind::InvalidData.into()),
    }
}

async fn shown_by(host: &str, port: u16) -> std::io::Result<Option<Vec<u8>>> {
    let stream = TcpStream::connect((host, port)).await?;
    Ok(look(stream, host).await)
}

/// The first certificate that is shown.
async fn look(stream: TcpStream, host: &str) -> Option<Vec<u8>> {
    let name = ServerName::try_from(host.to_owned()).ok()?;
    let looking = Arc::new(Looking::default());
    let config = ClientConfig::builder()
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(&looking) as Arc<dyn ServerCertVerifier>)
        .with_no_client_auth();
    // It never comes to a connection: whoever looks refuses.
    let _ = TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await;
    let mut seen = looking.0.lock().unwrap_or_else(PoisonError::into_inner);
    seen.take()
}

/// Keeps what is shown, and refuses it.
#[derive(Debug, Default)]
struct Looking(Mutex<Option<Vec<u8>>>);

impl ServerCertVerifier for Looking {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *seen = Some(certificate.to_vec());
        Err(refused())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(refused())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(refused())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let provider = rustls::crypto::ring::default_provider();
        provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

fn refused() -> rustls::Error {
    rustls::Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use time::macros::datetime;

    use super::*;
    use crate::domain::clock::FixedClock;

    #[test]
    fn every_place_that_speaks_tls_is_looked_at_once() {
        let settings: HashMap<&str, &str> = [
            ("AUTH0_DOMAIN", "acme.eu.auth0.com"),
            ("AUTH0_MANAGEMENT_DOMAIN", "acme.eu.auth0.com"),
            ("STRIPE_API_KEY", "rk_test_x"),
            ("HOPSDESK_ALERT_WEBHOOK", "https://chat.example:8443/hook"),
            ("HOPSDESK_SMTP_URL", "smtps://mail.example"),
        ]
        .into();
        let read = |name: &str| settings.get(name).map(|text| (*text).to_owned());
        let places = endpoints(&read);
        let wanted = [
            ("acme.eu.auth0.com", 443),
            ("api.stripe.com", 443),
            ("chat.example", 8443),
            ("mail.example", 465),
        ];
        assert_eq!(places, wanted.map(|(host, port)| (host.to_owned(), port)));
        assert!(
            endpoints(&|_| None).is_empty(),
            "nothing is asked for nothing"
        );
        let plain = |name: &str| (name == SMTP_URL).then(|| "smtp://mail.example:587".to_owned());
        assert!(endpoints(&plain).is_empty(), "STARTTLS begins in plain");
    }

    fn states(findings: &Findings) -> serde_json::Value {
        serde_json::to_value(findings).expect("findings")
    }

    #[test]
    fn a_certificate_that_nobody_verifies_breaks_nothing_by_ending() {
        let now = datetime!(2026-11-20 12:00 UTC);
        let certificate = |until| {
            let mut parameters =
                rcgen::CertificateParams::new(vec!["db".to_owned()]).expect("parameters");
            parameters.not_after = until;
            let key = rcgen::KeyPair::generate().expect("a key");
            let made = parameters.self_signed(&key).expect("a certificate");
            made.der().to_vec()
        };
        let ended = certificate(now - Duration::days(1));
        let ending = certificate(now + Duration::days(1));
        for (verified, shown, wanted) in [
            (Verified::Yes, &ended, "bad"),
            (Verified::No, &ended, "warn"),
            (Verified::Yes, &ending, "warn"),
            (Verified::No, &ending, "warn"),
        ] {
            let mut findings = Findings::default();
            judge("c", "It", verified, shown, &FixedClock(now), &mut findings);
            assert_eq!(states(&findings)[0]["state"], wanted);
        }
    }

    /// A server that answers whoever asks for TLS with these bytes, and then leaves.
    async fn answering(answer: &'static [u8]) -> u16 {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let port = listener.local_addr().expect("an address").port();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a client");
            let mut asked = [0; 8];
            stream.read_exact(&mut asked).await.expect("a question");
            stream.write_all(answer).await.expect("an answer");
        });
        port
    }

    #[tokio::test]
    async fn no_tls_is_not_a_certificate_that_was_not_shown() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        for (answer, verified, state, said) in [
            (b"N".as_slice(), false, "ok", "without TLS"),
            (b"N", true, "bad", "speaks no TLS"),
            (
                b"S",
                false,
                "unknown",
                "speaks TLS and shows no certificate",
            ),
            (b"E", false, "unknown", "shows no certificate"),
            (b"", false, "unknown", "shows no certificate"),
        ] {
            let port = answering(answer).await;
            let asked = if verified { "?sslmode=verify-full" } else { "" };
            let url = format!("postgresql://a@127.0.0.1:{port}/db{asked}");
            let address = DatabaseAddress::parse("DATABASE_URL", &url).expect("an address");
            let mut findings = Findings::default();
            let clock = FixedClock(datetime!(2026-11-20 12:00 UTC));
            of_database("c", &address, &clock, &mut findings).await;
            let found = states(&findings);
            assert_eq!(found[0]["state"], state, "{found}");
            let sentence = found[0]["sentence"].as_str().expect("a sentence");
            assert!(sentence.contains(said), "{found}");
        }
    }
}
