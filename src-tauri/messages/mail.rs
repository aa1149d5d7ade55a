//! E-mail over SMTP: with TLS from the first byte (`smtps://`) or STARTTLS, which is insisted on (`smtp://`); plain
//! only to a relay on this machine, which needs none (and with `?tls=required` has to speak it all the same).

use std::fmt;
use std::time::{Duration, SystemTime};

use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use url::Url;

use crate::domain::registration::mask_addresses;
use crate::messages::{AddressError, MessageError, is_loopback, on_the_way};
use crate::secrets::Secret;

/// Sending a mail may take this long, from connecting on: four of them fit into a lease.
const PATIENCE: Duration = Duration::from_secs(20);

const NAME: &str = "The mail server";

/// Answers to a login that is not taken (RFC 4954, section 6): no such login, a mechanism that is too weak, and none where one is
/// wanted.
const LOGIN_REFUSED: [u16; 4] = [530, 534, 535, 538];

/// A mail in plain text.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Its id before the `@`: the same each time it is sent, so that mail systems drop the second one.
    pub id: String,
    /// The id of the mail that it answers.
    pub answers: Option<String>,
    /// What it is about, one line.
    pub subject: String,
    /// What it says.
    pub text: String,
}

/// Sends mails from one address to some, to each by itself. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    to: Vec<Mailbox>,
}

impl Mailer {
    /// Sends by way of `smtps://login:password@host` or `smtp://login:password@host`. Trusts the certificates that the
    /// system does, and these authorities (PEM) besides.
    ///
    /// # Errors
    /// When the address of the server is none.
    pub fn new(
        server: &Secret<String>,
        from: Mailbox,
        to: Vec<Mailbox>,
        authorities: Option<&[u8]>,
    ) -> Result<Self, AddressError> {
        let wrong = |problem: &str| AddressError(problem.to_owned());
        let no_address = || wrong("is no address, e.g. smtp://login:password@mail.example.com:587");
        let url = Url::parse(server.expose()).map_err(|_| no_address())?;
        // Of a scheme it does not know, `url` leaves numbers as they stand.
        let host = url
            .host_str()
            .filter(|host| !host.is_empty())
            .ok_or_else(no_address)?;
        let host = host.trim_matches(['[', ']']).to_owned();
        let tls = || {
            let mut parameters = TlsParameters::builder(host.clone());
            if let Some(pem) = authorities {
                let authority = Certificate::from_pem(pem)
                    .map_err(|_| wrong("its authorities are no PEM certificates"))?;
                parameters = parameters.add_root_certificate(authority);
            }
            parameters
                .build_rustls()
                .map_err(|_| wrong("the certificates that the system trusts cannot be read"))
        };
        let (tls, port) = match url.scheme() {
            "smtps" => (Tls::Wrapper(tls()?), 465),
            "smtp" if here(&url) && !wants_tls(&url) => (Tls::None, 25),
            "smtp" => (Tls::Required(tls()?), 587),
            _ => return Err(no_address()),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
            .port(url.port().unwrap_or(port))
            .tls(tls)
            .timeout(Some(PATIENCE))
            .hello_name(ClientId::Domain(from.email.domain().to_owned()));
        if let (login, Some(password)) = (url.username(), url.password())
            && !login.is_empty()
        {
            let credentials = Credentials::new(decoded(login), decoded(password));
            builder = builder.credentials(credentials);
        }
        Ok(Self {
            transport: builder.build(),
            from,
            to,
        })
    }

    /// Whom it mails to, each by a digest of the address.
    #[must_use]
    pub fn recipients(&self) -> Vec<String> {
        self.to.iter().map(digest).collect()
    }

    /// Sends a mail to one of the recipients; done when the server has taken it.
    ///
    /// # Errors
    /// [`MessageError`]
    pub async fn send(
        &self,
        mail: &Mail,
        recipient: &str,
        now: OffsetDateTime,
    ) -> Result<(), MessageError> {
        let to = self.to.iter().find(|to| digest(to) == recipient);
        let to = to.ok_or_else(|| MessageError::Unwritten("nobody has that digest".to_owned()))?;
        let domain = self.from.email.domain();
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(to.clone())
            .date(SystemTime::from(now))
            .subject(mail.subject.clone())
            .message_id(Some(format!("<{}@{domain}>", mail.id)));
        if let Some(before) = &mail.answers {
            let before = format!("<{before}@{domain}>");
            message = message.in_reply_to(before.clone()).references(before);
        }
        let message = message
            .header(ContentType::TEXT_PLAIN)
            .body(mail.text.clone())
            .map_err(|error| MessageError::Unwritten(error.to_string()))?;
        // The transport bounds connecting alone.
        let Ok(sent) = tokio::time::timeout(PATIENCE, self.transport.send(message)).await else {
            return Err(MessageError::Slow(NAME));
        };
        sent.map(|_| ()).map_err(|error| why(&error, to))
    }
}

/// What the library says, in our words.
fn why(error: &lettre::transport::smtp::Error, to: &Mailbox) -> MessageError {
    match error.status().map(u16::from) {
        Some(status) if LOGIN_REFUSED.contains(&status) => MessageError::Login(NAME),
        Some(status) => MessageError::RefusedFor(NAME, status, mask_addresses(to.email.as_ref())),
        // What the server does not offer is an error of the client to the library, told apart by its words alone.
        None if error.is_client() => {
            let words = error.to_string();
            if words.contains("STARTTLS") {
                MessageError::NoTls(NAME)
            } else if words.contains("authentication mechanism") {
                MessageError::Login(NAME)
            } else {
                MessageError::Unwritten("the mail server takes plain letters only".to_owned())
            }
        }
        None => on_the_way(NAME, error),
    }
}

/// By what a recipient is told apart from others, without the address.
fn digest(mailbox: &Mailbox) -> String {
    let address = mailbox.email.to_string().to_lowercase();
    let mut digest = hex::encode(Sha256::digest(address));
    digest.truncate(12);
    digest
}

/// Reads `alerts@example.com` or `Hopsdesk <alerts@example.com>`.
///
/// # Errors
/// When it is none.
pub fn mailbox(text: &str) -> Result<Mailbox, AddressError> {
    text.trim()
        .parse()
        .map_err(|_| AddressError("is no e-mail address, e.g. ops@example.com".to_owned()))
}

fn here(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    is_loopback(url)
        || host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

fn wants_tls(url: &Url) -> bool {
    url.query_pairs()
        .any(|(name, value)| name == "tls" && value == "required")
}

/// Undoes percent-encoding: passwords hold what an address may not.
fn decoded(text: &str) -> String {
    let query = format!("x={}", text.replace('+', "%2B"));
    url::form_urlencoded::parse(query.as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailer")
            .field("to", &self.to.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(server: &str) -> Result<Mailer, AddressError> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let to = vec![mailbox("ops@example.com").expect("an address")];
        let from = mailbox("Hopsdesk <alerts@example.com>").expect("an address");
        Mailer::new(&Secret::new(server.to_owned()), from, to, None)
    }

    #[test]
    fn a_server_is_smtp_or_smtps() {
        for server in [
            "smtps://ann:s3cret@mail.example.com",
            "smtp://ann:p%40ss%2Bw+rd@mail.example.com:2525",
            "smtp://127.0.0.1:25",
            "smtp://localhost",
        ] {
            let mailer = made(server).expect(server);
            let shown = format!("{mailer:?}");
            assert!(
                !shown.contains("s3cret") && !shown.contains("ops@"),
                "{shown}"
            );
        }
        for server in [
            "mail.example.com",
            "https://mail.example.com",
            "smtp://",
            "",
        ] {
            assert!(made(server).is_err(), "{server}");
        }
        assert_eq!(decoded("p%40ss%2Bw+rd"), "p@ss+w+rd");
        assert!(mailbox("nobody").is_err());
    }
}
