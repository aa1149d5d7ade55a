//! What is told outside: signed posts to a webhook, and e-mail. Neither says more than it must.

pub mod mail;
pub mod webhook;

use std::error::Error;

use url::{Host, Url};

/// Why a message was not taken. `Display` is a sentence that may be kept and shown: no address, no secret, and
/// nothing that the other side wrote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// Nobody answers, the connection broke, or it took too long.
    #[error("{0} does not answer.")]
    Away(&'static str),
    /// TLS could not be agreed on, or the certificate is not one that is trusted.
    #[error("{0} cannot be reached over TLS: its certificate is not trusted, or it offers none.")]
    Tls(&'static str),
    /// It answered, and did not take the message.
    #[error("{0} answers with status {1}.")]
    Refused(&'static str, u16),
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

/// Whether it was TLS that could not be agreed on, wherever in the chain of causes that is said.
fn is_about_tls(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(at) = cause {
        // What an I/O error wraps is no cause of it to the library, only what is behind that.
        if at.is::<rustls::Error>() {
            return true;
        }
        let wrapped = at
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        cause = match wrapped {
            Some(wrapped) => Some(wrapped),
            None => at.source(),
        };
    }
    false
}
