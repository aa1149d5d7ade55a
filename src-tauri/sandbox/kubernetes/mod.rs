//! Stand-ins for the API servers of the sandbox's clusters: lists in pages, metrics, tokens and client
//! certificates over TLS on loopback, and faults to switch on.
//!
//! Each answers `GET` and `PUT /sandbox/fault`, for whoever it recognises: what is wrong with it. While it
//! shows a certificate that is no good, that takes a client that does not mind (`curl -k`).

pub mod authority;
pub mod fault;
mod fleet;
mod kubeconfig;
mod opencost;
mod routes;
pub mod sample;
mod serve;
pub mod world;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustls::sign::CertifiedKey;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::sandbox::kubernetes::fault::Fault;
use crate::sandbox::kubernetes::serve::serve;
use crate::sandbox::kubernetes::world::World;
use crate::secrets::Secret;

pub(in crate::sandbox) use crate::sandbox::kubernetes::fleet::Fleet as ApiServers;
pub use crate::sandbox::kubernetes::kubeconfig::{Credentials, kubeconfig};

/// An API server: what it knows. It may be served, stopped and served again.
#[derive(Clone)]
pub struct Simulated(Arc<Inner>);

struct Inner {
    world: World,
    version: &'static str,
    token: Secret<String>,
    fault: Mutex<Fault>,
    calls: Mutex<Vec<String>>,
}

/// What it shows, and whom it believes.
#[derive(Debug, Clone)]
pub struct Identity {
    /// Its certificate.
    pub shown: Arc<CertifiedKey>,
    /// One that ran out, for when that is what is wrong.
    pub expired: Arc<CertifiedKey>,
    /// One of another authority.
    pub foreign: Arc<CertifiedKey>,
    /// The authority of its users' certificates.
    pub clients: rustls::pki_types::CertificateDer<'static>,
}

/// Calls that are remembered.
const MOST_CALLS: usize = 10_000;

impl Simulated {
    /// A cluster with that in it, for whoever has the token or a certificate.
    #[must_use]
    pub fn new(world: World, version: &'static str, token: Secret<String>) -> Self {
        Self(Arc::new(Inner {
            world,
            version,
            token,
            fault: Mutex::default(),
            calls: Mutex::default(),
        }))
    }

    /// Makes something go wrong, until it is told otherwise.
    pub fn set_fault(&self, fault: Fault) {
        *lock(&self.0.fault) = fault;
    }

    /// What is wrong with it.
    #[must_use]
    pub fn fault(&self) -> Fault {
        *lock(&self.0.fault)
    }

    /// The paths that were asked for and answered, in their order, with what follows a `?`. The oldest
    /// are forgotten.
    #[must_use]
    pub fn calls(&self) -> Vec<String> {
        lock(&self.0.calls).clone()
    }

    /// Serves it.
    ///
    /// # Errors
    /// When the listener has no address, or the identity is none.
    pub fn serve(&self, listener: TcpListener, identity: Identity) -> std::io::Result<Serving> {
        let address = listener.local_addr()?;
        let tls = serve::tls(self.clone(), identity).map_err(std::io::Error::other)?;
        let task = tokio::spawn(serve(self.clone(), listener, tls));
        Ok(Serving { address, task })
    }

    fn world(&self) -> &World {
        &self.0.world
    }

    fn version(&self) -> &'static str {
        self.0.version
    }

    /// Whether an `Authorization` header opens it.
    fn opens(&self, header: Option<&[u8]>) -> bool {
        use subtle::ConstantTimeEq as _;
        let wanted = zeroize::Zeroizing::new(format!("Bearer {}", self.0.token.expose()));
        header.is_some_and(|header| header.ct_eq(wanted.as_bytes()).into())
    }

    fn note(&self, call: String) {
        let mut calls = lock(&self.0.calls);
        if calls.len() == MOST_CALLS {
            calls.remove(0);
        }
        calls.push(call);
    }
}

/// An API server that is being served, until this is dropped.
#[derive(Debug)]
pub struct Serving {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Serving {
    /// Where, on loopback.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
