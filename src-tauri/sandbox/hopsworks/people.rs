//! The users of a simulated cluster.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::domain::hopsworks::{HopsworksStatus, is_same_address};

/// Projects that somebody may create where nobody said how many.
const DEFAULT_LIMIT: i64 = 10;

/// Where numbers of new users begin.
const FIRST_NUMBER: i64 = 10_000;

/// Somebody there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimulatedUser {
    /// The number.
    pub id: i64,
    /// The e-mail address.
    pub email: String,
    /// The given name.
    pub given_name: String,
    /// The family name.
    pub surname: String,
    /// The login name.
    pub username: String,
    /// Whether they may work.
    pub status: HopsworksStatus,
    /// How many projects they may create.
    pub project_limit: i64,
    /// Their identity at the provider they sign in with.
    pub subject: Option<String>,
}

/// What `POST /admin/users` asks for.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) email: String,
    pub(super) given_name: String,
    pub(super) surname: String,
    pub(super) subject: String,
    pub(super) project_limit: Option<i64>,
}

/// The users, by number.
#[derive(Debug)]
pub struct People(Mutex<BTreeMap<i64, SimulatedUser>>);

impl People {
    pub(super) fn new(users: impl IntoIterator<Item = SimulatedUser>) -> Self {
        Self(Mutex::new(
            users.into_iter().map(|user| (user.id, user)).collect(),
        ))
    }

    /// The one of that number.
    #[must_use]
    pub fn get(&self, id: i64) -> Option<SimulatedUser> {
        self.lock().get(&id).cloned()
    }

    /// The one with that address.
    #[must_use]
    pub fn by_email(&self, email: &str) -> Option<SimulatedUser> {
        self.all()
            .into_iter()
            .find(|user| is_same_address(&user.email, email))
    }

    /// Everybody, by address.
    #[must_use]
    pub fn all(&self) -> Vec<SimulatedUser> {
        let mut all: Vec<_> = self.lock().values().cloned().collect();
        all.sort_by(|one, other| one.email.cmp(&other.email));
        all
    }

    /// Puts somebody there, or in the place of the one with that number: an administrator's work.
    pub fn put(&self, user: SimulatedUser) {
        self.lock().insert(user.id, user);
    }

    pub(super) fn change(
        &self,
        id: i64,
        status: Option<HopsworksStatus>,
        project_limit: Option<i64>,
    ) -> Option<SimulatedUser> {
        let mut people = self.lock();
        let user = people.get_mut(&id)?;
        user.status = status.unwrap_or(user.status);
        user.project_limit = project_limit.unwrap_or(user.project_limit);
        Some(user.clone())
    }

    /// Creates somebody, unless address or identity are taken.
    pub(super) fn create(&self, wanted: Wanted) -> Option<SimulatedUser> {
        let mut people = self.lock();
        let taken = people.values().any(|user| {
            is_same_address(&user.email, &wanted.email)
                || user.subject.as_deref() == Some(wanted.subject.as_str())
        });
        if taken {
            return None;
        }
        let id = people
            .last_key_value()
            .map_or(FIRST_NUMBER, |(last, _)| last + 1);
        let letters: String = format!("{}{}", wanted.given_name, wanted.surname)
            .to_lowercase()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(4)
            .collect();
        let user = SimulatedUser {
            id,
            email: wanted.email,
            given_name: wanted.given_name,
            surname: wanted.surname,
            username: format!("{letters}{id}"),
            status: HopsworksStatus::Active,
            project_limit: wanted
                .project_limit
                .filter(|limit| *limit >= 0)
                .unwrap_or(DEFAULT_LIMIT),
            subject: Some(wanted.subject),
        };
        people.insert(id, user.clone());
        Some(user)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<i64, SimulatedUser>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
