//! What can go wrong with a Kubernetes, told apart as far as somebody can act on it.

use std::error::Error as StdError;

use hyper::StatusCode;
use thiserror::Error;

use crate::clusters::failure::{is_passing, tls_failure};
use crate::secrets::sealing::SealError;

/// Why a kubeconfig cannot be used; the end of a sentence. Says nothing of what stands in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KubeconfigProblem {
    /// No YAML, or not of that form.
    #[error("cannot be read as one")]
    Malformed,
    /// No context to use.
    #[error("names no current context with a cluster and a user")]
    NoContext,
    /// No address, or none over TLS.
    #[error("has no https address of a server")]
    NoServer,
    /// It runs a program.
    #[error(
        "signs in by running a program (`exec`), which is not done here. Make a service account for this and record a kubeconfig with its token"
    )]
    Exec,
    /// It signs in through a plugin.
    #[error(
        "signs in through an `auth-provider`, which is not supported. Make a service account for this and record a kubeconfig with its token"
    )]
    AuthProvider,
    /// It asks not to verify.
    #[error(
        "switches the verification of certificates off (`insecure-skip-tls-verify`). Put the cluster's authority into `certificate-authority-data` instead"
    )]
    Unverified,
    /// It points to files.
    #[error(
        "points to files of the machine it was written on. Write it with `kubectl config view --flatten --minify`"
    )]
    Files,
    /// It signs in with a password.
    #[error("signs in with a user name and a password, which Kubernetes no longer takes")]
    Password,
    /// Nothing to sign in with.
    #[error("has neither a token nor a client certificate with its key")]
    NoCredentials,
    /// Certificate or key are none.
    #[error("has a certificate or a key that cannot be read")]
    Identity,
    /// It names a proxy that is none.
    #[error("names a proxy that is none that is supported (http, https, socks5)")]
    Proxy,
    /// It is not the kubeconfig's fault.
    #[error("cannot be used here: this machine's HTTPS_PROXY or NO_PROXY cannot be read")]
    Environment,
}

/// A failure of a cluster's Kubernetes. `Display` is a sentence that says what to do, and is safe to keep and
/// to show: it holds no secret and nothing that the cluster wrote.
#[derive(Debug, Error)]
pub enum KubernetesError {
    /// None is on record.
    #[error("No kubeconfig is on record for this cluster, so its nodes and pods are not seen.")]
    NoKubeconfig,
    /// It is sealed, and stays so here.
    #[error("The kubeconfig on record {0}.")]
    Sealed(#[from] SealError),
    /// It cannot be used.
    #[error("The kubeconfig on record {0}.")]
    Kubeconfig(#[from] KubeconfigProblem),
    /// Nobody answers, or the connection broke.
    #[error(
        "The Kubernetes at {place} cannot be reached. It is tried again; if this stays, check that it runs and lets this machine in."
    )]
    Unreachable {
        /// Host and port.
        place: String,
        /// What the network said.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// It took too long.
    #[error(
        "The Kubernetes at {place} did not answer in time. It is tried again; if this stays, check that it is not overloaded, and the way there."
    )]
    TimedOut {
        /// Host and port.
        place: String,
    },
    /// The certificate could not be verified.
    #[error(
        "The certificate of the Kubernetes at {place} {problem}. Nothing was sent. Record a kubeconfig with the authority that signed it, or have it renewed."
    )]
    Certificate {
        /// Host and port.
        place: String,
        /// What is wrong with it, as the end of a sentence.
        problem: &'static str,
        /// What the TLS library said.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// 401.
    #[error(
        "The Kubernetes at {place} does not accept the kubeconfig's token or certificate (status 401). It may have run out: record a new one."
    )]
    NotRecognised {
        /// Host and port.
        place: String,
    },
    /// 403.
    #[error(
        "The Kubernetes at {place} does not let this kubeconfig see {what} (status 403). Bind its user to the cluster role `view`, and let it list nodes."
    )]
    NotAllowed {
        /// Host and port.
        place: String,
        /// What was asked for.
        what: &'static str,
    },
    /// It said no.
    #[error("The Kubernetes at {place} {}.", meaning(*.status))]
    Refused {
        /// Host and port.
        place: String,
        /// The HTTP status.
        status: u16,
    },
    /// It forgets a list while that is being read.
    #[error(
        "The Kubernetes at {place} forgets its list of {what} faster than that can be read. It is tried again; if this stays, check that its API server is not overloaded."
    )]
    Forgetful {
        /// Host and port.
        place: String,
        /// What was asked for.
        what: &'static str,
    },
    /// An answer that is none of Kubernetes'.
    #[error(
        "What answers at {place} is no Kubernetes that we know: {problem}. It is tried again; if this stays, check the server that the kubeconfig names."
    )]
    Unexpected {
        /// Host and port.
        place: String,
        /// What is odd.
        problem: String,
    },
}

impl KubernetesError {
    /// A stable word for it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoKubeconfig => "no_kubeconfig",
            Self::Sealed(_) => "sealed",
            Self::Kubeconfig(_) => "kubeconfig",
            Self::Unreachable { .. } => "unreachable",
            Self::TimedOut { .. } => "timed_out",
            Self::Certificate { .. } => "certificate",
            Self::NotRecognised { .. } => "not_recognised",
            Self::NotAllowed { .. } => "not_allowed",
            Self::Refused { .. } => "refused",
            Self::Forgetful { .. } => "forgetful",
            Self::Unexpected { .. } => "unexpected_answer",
        }
    }

    /// A failure to send, or to read the answer.
    pub(super) fn transport(
        place: &str,
        error: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        let source = error.into();
        let place = place.to_owned();
        match tls_failure(source.as_ref()) {
            Some(problem) => Self::Certificate {
                place,
                problem,
                source,
            },
            None if is_timeout(source.as_ref()) => Self::TimedOut { place },
            None => Self::Unreachable { place, source },
        }
    }

    pub(super) fn refused(place: &str, what: &'static str, status: StatusCode) -> Self {
        let place = place.to_owned();
        match status.as_u16() {
            401 => Self::NotRecognised { place },
            403 => Self::NotAllowed { place, what },
            status => Self::Refused { place, status },
        }
    }

    pub(super) fn unexpected(place: &str, problem: impl Into<String>) -> Self {
        Self::Unexpected {
            place: place.to_owned(),
            problem: problem.into(),
        }
    }
}

/// The end of a sentence.
fn meaning(status: u16) -> String {
    match status {
        429 => "is asked too often; it is tried again (status 429)".to_owned(),
        status if is_passing(status) => format!(
            "has a problem of its own; it is tried again (status {status}). If this stays, look at its API server"
        ),
        status => format!(
            "does not accept what it was asked (status {status}). Check that the kubeconfig names its API server"
        ),
    }
}

fn is_timeout(error: &(dyn StdError + 'static)) -> bool {
    let timed_out = error
        .downcast_ref::<std::io::Error>()
        .is_some_and(|error| error.kind() == std::io::ErrorKind::TimedOut);
    timed_out || error.source().is_some_and(is_timeout)
}
