//! Users: find, create, status, limit.

use std::collections::HashSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::clusters::failure::ClusterError;
use crate::clusters::hopsworks::Hopsworks;
use crate::clusters::hopsworks::answers::{UserList, UserProfile};
use crate::domain::hopsworks::{HopsworksStatus, HopsworksUser, HopsworksUserId, is_same_address};

/// Users on a page.
const PAGE: u64 = 200;

/// More pages than this are no list that ends: two million users.
const MOST_PAGES: u64 = 10_000;

/// Hopsworks' code for a parameter that it does not know; the filter by address is younger than some
/// clusters.
const BAD_PARAMETER: i64 = 120_004;

/// Somebody to create.
#[derive(Debug, Clone)]
pub struct NewUser<'a> {
    /// The e-mail address.
    pub email: &'a str,
    /// The given name.
    pub given_name: &'a str,
    /// The family name.
    pub surname: &'a str,
    /// How many projects they may create.
    pub project_limit: u32,
    /// The `sub` of their Auth0 identity, by which they sign in.
    pub subject: &'a str,
    /// The OAuth client under which the cluster knows Auth0.
    pub client_id: &'a str,
}

/// Whether somebody had to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Made {
    /// They are there now.
    Created(HopsworksUser),
    /// They were there before.
    Existed(HopsworksUser),
}

impl Made {
    /// Whoever is there.
    #[must_use]
    pub fn user(&self) -> &HopsworksUser {
        match self {
            Self::Created(user) | Self::Existed(user) => user,
        }
    }
}

impl Hopsworks {
    /// The user of that number.
    ///
    /// # Errors
    /// [`ClusterError`]
    pub async fn user(&self, id: HopsworksUserId) -> Result<Option<HopsworksUser>, ClusterError> {
        let number = id.to_string();
        let request = self.http.request(Method::GET, &["admin", "users", &number]);
        match self.http.answer::<UserProfile>(request).await {
            Ok(profile) => self.read(profile).map(Some),
            Err(ClusterError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether the key opens the administrators' side: one user is asked for, whoever that is.
    ///
    /// # Errors
    /// [`ClusterError::KeyRefused`] when it does not, and whatever else goes wrong.
    pub async fn recognised(&self) -> Result<(), ClusterError> {
        let request = self
            .http
            .request(Method::GET, &["admin", "users"])
            .query(&[("offset", "0"), ("limit", "1")]);
        self.http.answer::<UserList>(request).await.map(drop)
    }

    /// The user with that e-mail address. Where the cluster cannot look for one, everybody is looked
    /// through.
    ///
    /// # Errors
    /// [`ClusterError`]
    pub async fn user_by_email(&self, email: &str) -> Result<Option<HopsworksUser>, ClusterError> {
        let filter = format!("user_email:{email}");
        match self.look_through(email, Some(&filter)).await {
            Err(ClusterError::Refused {
                code: Some(BAD_PARAMETER),
                ..
            }) => self.look_through(email, None).await,
            found => found,
        }
    }

    /// Creates a user who signs in through Auth0, or finds the one who is there already.
    ///
    /// # Errors
    /// [`ClusterError::Conflict`] when the cluster has somebody else with that login.
    pub async fn create_user(&self, new: &NewUser<'_>) -> Result<Made, ClusterError> {
        // Query parameters, not a body; no status, which Hopsworks sets itself.
        let limit = new.project_limit.to_string();
        let request = self
            .http
            .request(Method::POST, &["admin", "users"])
            .query(&[
                ("accountType", "REMOTE_ACCOUNT_TYPE"),
                ("type", "OAUTH2"),
                ("email", new.email),
                ("givenName", new.given_name),
                ("surname", new.surname),
                ("maxNumProjects", &limit),
                ("subject", new.subject),
                ("clientId", new.client_id),
            ]);
        // The answer has no number, so whoever was created is looked up as well.
        match self.http.done(request).await {
            Ok(()) => {
                let found = self.user_by_email(new.email).await?;
                found.map(Made::Created).ok_or_else(|| {
                    let problem = "it says that it made a user, and does not list it";
                    ClusterError::unexpected(self.http.address(), problem)
                })
            }
            Err(ClusterError::Conflict { place }) => {
                // Looked for everywhere: the address may be written otherwise there.
                let found = self.look_through(new.email, None).await?;
                found
                    .map(Made::Existed)
                    .ok_or(ClusterError::Conflict { place })
            }
            Err(error) => Err(error),
        }
    }

    /// Sets the status: active or deactivated.
    ///
    /// # Errors
    /// [`ClusterError`]
    pub async fn set_status(
        &self,
        id: HopsworksUserId,
        status: HopsworksStatus,
    ) -> Result<(), ClusterError> {
        self.change(id, json!({ "status": status.code() })).await
    }

    /// Raises the number of projects that somebody may create; whether that was needed. It is read first
    /// and never lowered.
    ///
    /// # Errors
    /// [`ClusterError`]
    pub async fn raise_project_limit(
        &self,
        user: &HopsworksUser,
        limit: u32,
    ) -> Result<bool, ClusterError> {
        let Some(there) = user.project_limit else {
            let problem = "it does not say how many projects a user may create";
            return Err(ClusterError::unexpected(self.http.address(), problem));
        };
        if there.allows(limit) {
            return Ok(false);
        }
        self.change(user.id, json!({ "maxNumProjects": limit }))
            .await
            .map(|()| true)
    }

    async fn change(&self, id: HopsworksUserId, change: Value) -> Result<(), ClusterError> {
        let number = id.to_string();
        let request = self.http.request(Method::PUT, &["admin", "users", &number]);
        self.http.done(request.json(&change)).await
    }

    /// Looks through the pages of a list. A cluster may ignore the filter, the offset or the size of a page
    /// that it is asked for: it is over when a page brings nobody new.
    async fn look_through(
        &self,
        email: &str,
        filter: Option<&str>,
    ) -> Result<Option<HopsworksUser>, ClusterError> {
        let mut seen: HashSet<i64> = HashSet::new();
        for _ in 0..MOST_PAGES {
            let (offset, size) = (seen.len().to_string(), PAGE.to_string());
            let mut request = self.http.request(Method::GET, &["admin", "users"]).query(&[
                ("sort_by", "email:asc"),
                ("offset", &offset),
                ("limit", &size),
            ]);
            if let Some(filter) = filter {
                request = request.query(&[("filter_by", filter)]);
            }
            let list: UserList = self.http.answer(request).await?;
            let mut news = false;
            for profile in list.items.unwrap_or_default() {
                let theirs = profile.email.as_deref();
                if theirs.is_some_and(|theirs| is_same_address(theirs, email)) {
                    return self.read(profile).map(Some);
                }
                news |= profile.id.is_some_and(|id| seen.insert(id));
            }
            let all = list.count.is_some_and(|count| seen.len() as u64 >= count);
            if !news || all {
                return Ok(None);
            }
        }
        let problem = "its list of users does not end";
        Err(ClusterError::unexpected(self.http.address(), problem))
    }

    fn read(&self, profile: UserProfile) -> Result<HopsworksUser, ClusterError> {
        profile
            .read()
            .map_err(|problem| ClusterError::unexpected(self.http.address(), problem))
    }
}
