//! What is told outside: signed posts to a webhook, and e-mail. Neither says more than it must.

pub mod mail;
pub mod webhook;

use std::error::Error;
use std::io;

use url::{Host, Url};

/// Why a message was not taken. `Display` is a sentence that may be kept and shown: no whole address, no secret, and
/// nothing that the other side wrote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// The connection broke.
    #[error("{0} does not answer.")]
    Away(&'static str),
    /// It took too long.
    #[error("{0} does not answer in time.")]
    Slow(&'static str),
    /// Nobody listens there.
    #[error("{0} refuses connections.")]
    Closed(&'static str),
    /// Its name leads nowhere.
    #[error("{0} is not found: its name has no address.")]
    NotFound(&'static str),
    /// Its certificate is not one that is trusted.
    #[error("{0} shows a certificate that is not trusted.")]
    Untrusted(&'static str),
    /// TLS could not be agreed on.
    #[error("{0} agrees on no TLS.")]
    Tls(&'static str),
    /// It offers no TLS.
    #[error("{0} offers no TLS, and is told nothing without.")]
    NoTls(&'static str),
    /// It does not take the login and the password, or no login at all.
    #[error("{0} does not accept the login.")]
    Login(&'static str),
    /// It answered, and did not take the message.
    #[error("{0} answers with status {1}.")]
    Refused(&'static str, u16),
    /// It answered, and did not take the message for this recipient, whose address is shortened.
    #[error("{0} answers with status {1} for {2}.")]
    RefusedFor(&'static str, u16, String),
    /// The message could not be written down.
    #[error("The message could not be written: {0}.")]
    Unwritten(String),
}

/// An address that messages cannot go to: what is wrong, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AddressError(pub String);

/// Whether an address is on this machine, where nobody listens in.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// What went wrong on the way to somebody, wherever in the chain of causes that is said.
fn on_the_way(name: &'static str, error: &(dyn Error + 'static)) -> MessageError {
    let mut cause = Some(error);
    while let Some(at) = cause {
        if let Some(tls) = at.downcast_ref::<rustls::Error>() {
            return match tls {
                rustls::Error::InvalidCertificate(_) => MessageError::Untrusted(name),
                _ => MessageError::Tls(name),
            };
        }
        let io = at.downcast_ref::<io::Error>();
        // What an I/O error wraps is no cause of it to the library, only what is behind that.
        let wrapped = io.and_then(io::Error::get_ref);
        match io {
            Some(io) if io.kind() == io::ErrorKind::ConnectionRefused => {
                return MessageError::Closed(name);
            }
            Some(io) if io.kind() == io::ErrorKind::TimedOut => return MessageError::Slow(name),
            // The library has no kind for it; these are its own words, not the name server's.
            Some(io)
                if io
                    .to_string()
                    .starts_with("failed to lookup address information") =>
            {
                return MessageError::NotFound(name);
            }
            _ => {}
        }
        cause = match wrapped {
            Some(wrapped) => Some(wrapped),
            None => at.source(),
        };
    }
    MessageError::Away(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_went_wrong_on_the_way_is_told_apart() {
        let wrapped = |error: rustls::Error| io::Error::other(error);
        let strange = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        let told = [
            io::Error::from(io::ErrorKind::ConnectionRefused),
            io::Error::from(io::ErrorKind::TimedOut),
            io::Error::from(io::ErrorKind::ConnectionReset),
            io::Error::other("failed to lookup address information: Name or service not known"),
            wrapped(strange),
            wrapped(rustls::Error::HandshakeNotComplete),
        ]
        .map(|error| on_the_way("The webhook", &error));
        let name = "The webhook";
        assert_eq!(
            told,
            [
                MessageError::Closed(name),
                MessageError::Slow(name),
                MessageError::Away(name),
                MessageError::NotFound(name),
                MessageError::Untrusted(name),
                MessageError::Tls(name),
            ]
        );
    }
}
