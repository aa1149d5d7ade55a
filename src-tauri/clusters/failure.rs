//! What can go wrong with a cluster, told apart as far as somebody can act on it.

use std::error::Error as StdError;
use std::io;

use rustls::CertificateError;
use thiserror::Error;

use crate::clusters::address::{AddressError, ClusterAddress};
use crate::secrets::sealing::SealError;

/// A failure of a cluster. `Display` is a sentence that says what to do, and is safe to keep and to show: it
/// holds no key, no address of a person and nothing that the cluster wrote. The cause is the source.
#[derive(Debug, Error)]
pub enum ClusterError {
    /// The recorded address cannot be used.
    #[error("The cluster's address cannot be used: {0}.")]
    Address(#[from] AddressError),
    /// No key is on record, or it can be none.
    #[error(
        "No API key that could be one is on record for this cluster. Record the key of an administrator there."
    )]
    NoKey,
    /// The key is sealed, and stays so here.
    #[error("The API key on record {0}.")]
    Sealed(#[from] SealError),
    /// The certificate authority on record cannot be read.
    #[error(
        "The certificate authority on record for this cluster is not PEM. Record the file the cluster's certificate was signed with."
    )]
    Authority(#[source] Option<reqwest::Error>),
    /// Nobody answers, or the connection broke.
    #[error(
        "The cluster at {place} cannot be reached. It is tried again; if this stays, check its address, and that it runs and lets this machine in."
    )]
    Unreachable {
        /// Host and port.
        place: String,
        /// What the network said.
        source: reqwest::Error,
    },
    /// It took too long.
    #[error(
        "The cluster at {place} did not answer in time. It is tried again; if this stays, check that it is not overloaded, and the way there."
    )]
    TimedOut {
        /// Host and port.
        place: String,
        /// Which time was up.
        source: reqwest::Error,
    },
    /// The certificate could not be verified.
    #[error(
        "The certificate of the cluster at {place} {problem}. Nothing was sent. Record the authority that signed it, or have it renewed."
    )]
    Certificate {
        /// Host and port.
        place: String,
        /// What is wrong with it, as the end of a sentence.
        problem: &'static str,
        /// What the TLS library said.
        source: reqwest::Error,
    },
    /// 401 or 403.
    #[error(
        "The cluster at {place} refuses the API key (status {status}). Record the key of an administrator there, with the scope to administer users."
    )]
    KeyRefused {
        /// Host and port.
        place: String,
        /// 401: unknown, 403: not allowed.
        status: u16,
    },
    /// There is no such user.
    #[error("The cluster at {place} knows no such user.")]
    NotFound {
        /// Host and port.
        place: String,
    },
    /// There is one already, and it is not the one we know.
    #[error(
        "The cluster at {place} has another user with the same login. An administrator has to look there."
    )]
    Conflict {
        /// Host and port.
        place: String,
    },
    /// It said no.
    #[error("The cluster at {place} refuses: {} (status {status}{}).", meaning(*.status, *.code), code_in_words(*.code))]
    Refused {
        /// Host and port.
        place: String,
        /// The HTTP status.
        status: u16,
        /// Hopsworks' own code.
        code: Option<i64>,
        /// What Hopsworks tells its user. It may quote names and addresses: never kept or logged.
        said: Option<String>,
    },
    /// An answer that is none of Hopsworks'.
    #[error(
        "What answers at {place} is no Hopsworks that we know: {problem}. Check the cluster's address, and whether it is being maintained."
    )]
    Unexpected {
        /// Host and port.
        place: String,
        /// What is odd.
        problem: String,
    },
}

impl ClusterError {
    /// Whether the same call may succeed by itself, a while later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            // A proxy's page during maintenance is no answer of Hopsworks' either.
            Self::Unreachable { .. } | Self::TimedOut { .. } | Self::Unexpected { .. } => true,
            Self::Refused { status, .. } => is_passing(*status),
            Self::Address(_)
            | Self::NoKey
            | Self::Sealed(_)
            | Self::Authority(_)
            | Self::Certificate { .. }
            | Self::KeyRefused { .. }
            | Self::NotFound { .. }
            | Self::Conflict { .. } => false,
        }
    }

    /// Whether it is about the cluster as it is on record, not about the call: once somebody has mended the
    /// address, the key or the certificate, the same call works.
    #[must_use]
    pub fn is_setting(&self) -> bool {
        matches!(
            self,
            Self::Address(_)
                | Self::NoKey
                | Self::Sealed(_)
                | Self::Authority(_)
                | Self::Certificate { .. }
                | Self::KeyRefused { .. }
        )
    }

    /// A stable word for it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Address(_) => "address",
            Self::NoKey => "no_key",
            Self::Sealed(_) => "sealed",
            Self::Authority(_) => "authority",
            Self::Unreachable { .. } => "unreachable",
            Self::TimedOut { .. } => "timed_out",
            Self::Certificate { .. } => "certificate",
            Self::KeyRefused { .. } => "key_refused",
            Self::NotFound { .. } => "not_found",
            Self::Conflict { .. } => "conflict",
            Self::Refused { .. } => "refused",
            Self::Unexpected { .. } => "unexpected_answer",
        }
    }

    /// A failure to send, or to read the answer.
    pub(in crate::clusters) fn transport(address: &ClusterAddress, error: reqwest::Error) -> Self {
        let place = address.to_string();
        // The URL may hold a person's address.
        let source = error.without_url();
        if source.is_timeout() {
            return Self::TimedOut { place, source };
        }
        match tls_failure(&source) {
            Some(problem) => Self::Certificate {
                place,
                problem,
                source,
            },
            None => Self::Unreachable { place, source },
        }
    }

    pub(in crate::clusters) fn unexpected(
        address: &ClusterAddress,
        problem: impl Into<String>,
    ) -> Self {
        Self::Unexpected {
            place: address.to_string(),
            problem: problem.into(),
        }
    }
}

/// Statuses of servers and proxies that are overloaded, restarting or being maintained.
pub(in crate::clusters) fn is_passing(status: u16) -> bool {
    matches!(status, 408 | 425 | 429) || status >= 500
}

/// Codes of Hopsworks that say more than the status (`RESTCodes`).
fn meaning(status: u16, code: Option<i64>) -> &'static str {
    match code {
        Some(150_002) => "the limit of projects is reached",
        Some(150_004) => "it has no such project",
        Some(160_000) => "the key's owner has no role there",
        _ if status == 429 => "it is asked too often; it is tried again",
        _ if is_passing(status) => "it has a problem of its own; it is tried again",
        _ => "it does not accept what it was sent; an administrator has to look there",
    }
}

fn code_in_words(code: Option<i64>) -> String {
    code.map(|code| format!(", code {code}"))
        .unwrap_or_default()
}

/// What the TLS library found wrong, somewhere behind what the HTTP client says. An I/O error hides what it
/// was made of from `source`, and they come wrapped into each other.
pub(in crate::clusters) fn tls_failure(error: &(dyn StdError + 'static)) -> Option<&'static str> {
    if let Some(tls) = error.downcast_ref::<rustls::Error>() {
        return Some(problem(tls));
    }
    if let Some(inner) = error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref)
        && let Some(problem) = tls_failure(inner)
    {
        return Some(problem);
    }
    error.source().and_then(tls_failure)
}

fn problem(error: &rustls::Error) -> &'static str {
    let rustls::Error::InvalidCertificate(error) = error else {
        return "cannot be asked for: it speaks no TLS that this program speaks";
    };
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "has expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "is not valid yet"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "is for another host name"
        }
        CertificateError::Revoked => "has been revoked",
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "is signed by an authority that is not known for it"
        }
        _ => "cannot be verified",
    }
}
