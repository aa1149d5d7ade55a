//! Stand-ins for the Hopsworks of the sandbox's clusters: the protocol of the real one, on loopback, with
//! users in memory and faults to switch on.
//!
//! Besides the interface each answers `GET` and `PUT /sandbox/fault` (with the same key): what is wrong with
//! it at the moment. So a person, or a test in another program, can take a cluster down and bring it back.

pub mod fault;
mod fleet;
pub mod people;
pub mod projects;
mod routes;
mod serve;

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use zeroize::Zeroizing;

use crate::sandbox::hopsworks::fault::Fault;
use crate::sandbox::hopsworks::people::{People, SimulatedUser};
use crate::sandbox::hopsworks::projects::SimulatedProject;
use crate::sandbox::hopsworks::serve::serve;
use crate::secrets::Secret;

pub(in crate::sandbox) use crate::sandbox::hopsworks::fleet::Fleet;

/// How a version of Hopsworks differs from the newest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// Knows the filter `user_email`.
    pub filters_by_email: bool,
    /// Writes the status as a name, not as a number.
    pub names_status: bool,
    /// Heeds `offset` and `limit`.
    pub pages: bool,
}

impl Default for Dialect {
    fn default() -> Self {
        Self {
            filters_by_email: true,
            names_status: false,
            pages: true,
        }
    }
}

/// A cluster's Hopsworks: what it knows. It may be served, stopped and served again.
#[derive(Clone)]
pub struct Simulated(Arc<Inner>);

struct Inner {
    key: Secret<String>,
    dialect: Dialect,
    people: People,
    projects: std::sync::Mutex<Vec<SimulatedProject>>,
    fault: std::sync::Mutex<Fault>,
    calls: std::sync::Mutex<Vec<String>>,
}

/// Calls that are remembered.
const MOST_CALLS: usize = 10_000;

impl Simulated {
    /// A cluster with these users, for whoever has the key.
    #[must_use]
    pub fn new(
        key: Secret<String>,
        dialect: Dialect,
        users: impl IntoIterator<Item = SimulatedUser>,
    ) -> Self {
        Self(Arc::new(Inner {
            key,
            dialect,
            people: People::new(users),
            projects: std::sync::Mutex::default(),
            fault: std::sync::Mutex::default(),
            calls: std::sync::Mutex::default(),
        }))
    }

    /// Who is there.
    #[must_use]
    pub fn people(&self) -> &People {
        &self.0.people
    }

    /// Puts a project there.
    pub fn put_project(&self, project: SimulatedProject) {
        lock(&self.0.projects).push(project);
    }

    fn projects(&self) -> Vec<SimulatedProject> {
        lock(&self.0.projects).clone()
    }

    /// What is wrong with it.
    #[must_use]
    pub fn fault(&self) -> Fault {
        *lock(&self.0.fault)
    }

    /// Makes something go wrong, until it is told otherwise.
    pub fn set_fault(&self, fault: Fault) {
        *lock(&self.0.fault) = fault;
    }

    /// The calls that were let in and understood, in their order: method, a blank and the path, without
    /// what follows a `?`. The oldest are forgotten.
    #[must_use]
    pub fn calls(&self) -> Vec<String> {
        lock(&self.0.calls).clone()
    }

    /// Serves it, over TLS where a configuration is given.
    ///
    /// # Errors
    /// When the listener has no address.
    pub fn serve(
        &self,
        listener: TcpListener,
        tls: Option<Arc<rustls::ServerConfig>>,
    ) -> std::io::Result<Serving> {
        let address = listener.local_addr()?;
        let task = tokio::spawn(serve(self.clone(), listener, tls));
        Ok(Serving { address, task })
    }

    fn dialect(&self) -> Dialect {
        self.0.dialect
    }

    /// Whether an `Authorization` header opens it.
    fn opens(&self, header: Option<&[u8]>) -> bool {
        use subtle::ConstantTimeEq as _;
        let wanted = Zeroizing::new(format!("ApiKey {}", self.0.key.expose()));
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

/// A cluster that is being served, until this is dropped.
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

    /// Stops at once, as a machine that is switched off; returns when the port is free again.
    pub async fn stop(mut self) {
        self.task.abort();
        // Aborted is what it is to be.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
