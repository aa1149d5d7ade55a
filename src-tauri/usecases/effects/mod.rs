//! What is done in other systems, one file a kind. Each reads how things are first, and changes only what is
//! not yet as it should be: done twice, it is done once.

mod auth0;
pub mod ensure_user;
mod hopsworks;
pub mod raise_projects;
pub mod send_verification;
pub mod set_blocked;
pub mod set_status;

use serde_json::{Value, json};

use crate::clusters::connections::Connections;
use crate::clusters::failure::ClusterError;
use crate::domain::retry::Setback;
use crate::identity::management::Management;
use crate::identity::management::failure::ManagementError;
use crate::store::door::Store;
use crate::store::failure::StoreError;
use crate::store::outbox::Effect;

/// What an effect is done with.
#[derive(Clone, Copy)]
pub struct Means<'a> {
    /// The database.
    pub store: &'a Store,
    /// Ways to the clusters.
    pub connections: &'a Connections,
    /// The OAuth client under which clusters know the identity provider; needed to create users.
    pub client_id: Option<&'a str>,
    /// The tenant at Auth0; needed for what happens there.
    pub management: Option<&'a Management>,
}

/// Whether something is changed, or only looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// What is not as it should be is changed.
    Live,
    /// It is only said.
    Shadow,
}

/// How it is there, and how it is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// How it was found.
    pub before: Value,
    /// How it is now, or would be.
    pub after: Value,
    /// What else belongs on record, as an object.
    pub more: Value,
}

impl Done {
    fn new(before: Value, after: Value) -> Self {
        Self {
            before,
            after,
            more: json!({}),
        }
    }

    /// As it is kept: no address, no name, no secret.
    #[must_use]
    pub fn outcome(&self, mode: Mode) -> Value {
        let mut outcome = self.more.clone();
        outcome["before"] = self.before.clone();
        outcome["after"] = self.after.clone();
        outcome["changed"] = Value::Bool(mode == Mode::Live && self.before != self.after);
        if mode == Mode::Shadow {
            outcome["differs"] = Value::Bool(self.before != self.after);
        }
        outcome
    }
}

/// Why an effect did not happen. The sentences are kept, and hold nothing personal.
#[derive(Debug)]
pub enum Undone {
    /// It may well happen later.
    Later(String),
    /// This program cannot do it, another version or another setting can.
    Unable(String),
    /// It never will: a person must look.
    Never(String),
    /// The database declined or is away.
    Store(StoreError),
}

impl Undone {
    /// What that means for another attempt, and the sentence.
    #[must_use]
    pub fn setback(self) -> (Setback, String) {
        match self {
            Self::Later(why) => (Setback::Away, why),
            Self::Unable(why) => (Setback::Unable, why),
            Self::Never(why) => (Setback::Never, why),
            Self::Store(error) if error.is_contention() => (Setback::Held, error.without_data()),
            Self::Store(error) => (Setback::Away, error.without_data()),
        }
    }
}

impl From<StoreError> for Undone {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<ClusterError> for Undone {
    fn from(error: ClusterError) -> Self {
        // What is wrong on record is mended by a person, and then it works.
        if error.is_transient() || error.is_setting() {
            Self::Later(error.to_string())
        } else {
            Self::Never(error.to_string())
        }
    }
}

impl From<ManagementError> for Undone {
    fn from(error: ManagementError) -> Self {
        if error.is_transient() || error.is_setting() {
            Self::Later(error.to_string())
        } else {
            Self::Never(error.to_string())
        }
    }
}

/// Does an effect, or looks what it would do.
///
/// # Errors
/// [`Undone`]
pub async fn perform(means: Means<'_>, effect: &Effect, mode: Mode) -> Result<Done, Undone> {
    match (effect.system.as_str(), effect.kind.as_str()) {
        ("hopsworks", "set_status") => set_status::perform(means, effect, mode).await,
        ("hopsworks", "ensure_user") => ensure_user::perform(means, effect, mode).await,
        ("hopsworks", "raise_projects") => raise_projects::perform(means, effect, mode).await,
        ("auth0", "set_blocked") => set_blocked::perform(means, effect, mode).await,
        ("auth0", "send_verification") => send_verification::perform(means, effect, mode).await,
        ("hopsworks" | "auth0", kind) => Err(Undone::Unable(format!(
            "This version of the program does not know {kind}. It waits for one that does."
        ))),
        (system, _) => Err(Undone::Unable(format!(
            "This program has no client for {system} yet. It waits; until then do it there by hand."
        ))),
    }
}
