//! A stand-in for Auth0 on loopback: the protocol of the real one (device code, authorization code with PKCE,
//! refresh tokens that rotate, revocation, JWKS that rotate), with invented people and pages that ask who
//! one wants to be; and the Management API of its customers. So all of it can be tried with nothing configured.
//!
//! Its signing keys are part of the source and guard nothing: they sign for people who do not exist, for a
//! console that is told to believe them by the sandbox alone.

pub mod customers;
mod grants;
pub mod management;
mod pages;
mod routes;
mod signing;
pub mod tenancy;

use std::collections::{HashMap, HashSet};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use time::{Duration, OffsetDateTime};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::domain::clock::Clock;
use crate::domain::random::Random;
use crate::sandbox::auth0::management::{Faults, Managed};
use crate::sandbox::auth0::signing::SigningKey;

/// The one application that it knows.
pub const CLIENT_ID: &str = "hopsdesk-sandbox";

/// Somebody who can sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// `sub`.
    pub subject: String,
    /// As the page and the ID token have it.
    pub name: String,
    /// Verified.
    pub email: String,
}

/// How it behaves.
#[derive(Debug, Clone)]
pub struct Manners {
    /// How long a device code can be confirmed.
    pub code_lasts: Duration,
    /// Seconds between two questions; Auth0 says 5.
    pub interval: u32,
    /// How often a question is answered with `slow_down` first.
    pub slow_downs: u32,
    /// How long an ID token is valid.
    pub token_lasts: Duration,
    /// How long it takes from deciding on tokens to handing them out.
    pub pause: std::time::Duration,
    /// How long ago whoever confirms typed their password; asked anew or not.
    pub typed_ago: Duration,
    /// Answers nothing but 503.
    pub down: bool,
    /// Questions to the Management API in a second, before it refuses more.
    pub per_second: u32,
    /// What is wrong with the Management API.
    pub faults: Faults,
}

impl Default for Manners {
    fn default() -> Self {
        Self {
            code_lasts: Duration::minutes(15),
            interval: 5,
            slow_downs: 0,
            token_lasts: Duration::hours(10),
            pause: std::time::Duration::ZERO,
            typed_ago: Duration::ZERO,
            down: false,
            per_second: 50,
            faults: Faults::default(),
        }
    }
}

/// A tenant: what it knows. It may be served, stopped and served again.
#[derive(Clone)]
pub struct SimulatedAuth0(Arc<Inner>);

struct Inner {
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    people: Vec<Person>,
    keys: [SigningKey; 2],
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    manners: Manners,
    issuer: String,
    /// Which key signs; after a rotation the other one is not told any more.
    key: usize,
    devices: HashMap<String, Device>,
    codes: HashMap<String, Code>,
    refresh: HashMap<String, Refresh>,
    ended: HashSet<String>,
    managed: Managed,
    /// Every token and code that was handed out.
    issued: Vec<String>,
}

/// A device code that was given out.
struct Device {
    user_code: String,
    until: OffsetDateTime,
    decision: Decision,
}

/// What became of a device code.
#[derive(Clone, Copy)]
enum Decision {
    Waiting,
    Declined,
    Confirmed(usize),
}

/// An authorization code that was given out.
struct Code {
    person: usize,
    redirect: String,
    challenge: String,
    nonce: Option<String>,
    /// Whether it is to be said when the password was typed.
    says_when: bool,
    until: OffsetDateTime,
}

/// A refresh token; all that came of one sign-in are a family.
struct Refresh {
    family: String,
    person: usize,
    used: bool,
}

/// A tenant that is being served, until it is dropped.
#[derive(Debug)]
pub struct Serving {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Serving {
    /// Where: `http://127.0.0.1:<port>`.
    #[must_use]
    pub fn domain(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl SimulatedAuth0 {
    /// With these people.
    ///
    /// # Errors
    /// When the keys that are part of the source cannot be read.
    pub fn new(
        people: Vec<Person>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> io::Result<Self> {
        let keys = [
            SigningKey::read("sandbox-1", include_bytes!("first.pk8"))?,
            SigningKey::read("sandbox-2", include_bytes!("second.pk8"))?,
        ];
        Ok(Self(Arc::new(Inner {
            clock,
            random,
            people,
            keys,
            state: Mutex::default(),
        })))
    }

    /// Serves it on a port of loopback, or on that one.
    ///
    /// # Errors
    /// When the port cannot be had.
    pub async fn serve(&self, port: u16) -> io::Result<Serving> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        self.serve_on(listener)
    }

    /// Serves it on that listener.
    ///
    /// # Errors
    /// When the listener has no address.
    pub fn serve_on(&self, listener: TcpListener) -> io::Result<Serving> {
        let address = listener.local_addr()?;
        self.state().issuer = format!("http://{address}/");
        let router = routes::router(self.clone());
        let task = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::warn!(%error, "the simulated Auth0 ended");
            }
        });
        Ok(Serving { address, task })
    }

    /// Changes how it behaves.
    pub fn behave(&self, change: impl FnOnce(&mut Manners)) {
        change(&mut self.state().manners);
    }

    /// Signs with another key from now on, and forgets the one before.
    pub fn rotate_keys(&self) {
        let mut state = self.state();
        state.key = 1 - state.key;
    }

    /// Ends every sign-in, as an administrator of the tenant can.
    pub fn end_all(&self) {
        let mut state = self.state();
        let families: Vec<_> = state
            .refresh
            .values()
            .map(|token| token.family.clone())
            .collect();
        state.ended.extend(families);
    }

    /// How many refresh tokens would still be accepted.
    #[must_use]
    pub fn live_refresh_tokens(&self) -> usize {
        let state = self.state();
        let live = |token: &&Refresh| !token.used && !state.ended.contains(&token.family);
        state.refresh.values().filter(live).count()
    }

    /// Whether a refresh token would still be accepted.
    #[must_use]
    pub fn accepts(&self, token: &str) -> bool {
        let state = self.state();
        let known = state.refresh.get(token);
        known.is_some_and(|token| !token.used && !state.ended.contains(&token.family))
    }

    /// Every token and code that was handed out, ever: what must be found nowhere.
    #[must_use]
    pub fn issued(&self) -> Vec<String> {
        self.state().issued.clone()
    }

    /// How many refresh tokens were exchanged for a new one.
    #[must_use]
    pub fn refreshed(&self) -> usize {
        let state = self.state();
        state.refresh.values().filter(|token| token.used).count()
    }

    /// Confirms a device code as that person, as the page does; `None` declines. Whether there was one.
    #[must_use]
    pub fn decide(&self, user_code: &str, subject: Option<&str>) -> bool {
        let decision = match subject.map(|subject| self.person(subject)) {
            None => Decision::Declined,
            Some(Some(person)) => Decision::Confirmed(person),
            Some(None) => return false,
        };
        let now = self.0.clock.now();
        let mut state = self.state();
        let device = state
            .devices
            .values_mut()
            .find(|device| device.user_code == user_code && now < device.until);
        device.map(|device| device.decision = decision).is_some()
    }

    fn person(&self, subject: &str) -> Option<usize> {
        self.0
            .people
            .iter()
            .position(|person| person.subject == subject)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn unguessable(&self) -> String {
        let random = &self.0.random;
        format!("{:032x}{:032x}", random.bits(), random.bits())
    }
}
