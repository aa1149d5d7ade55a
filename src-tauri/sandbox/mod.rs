//! The sandbox: a private Postgres with the sample data of a believable service, simulated clusters, and a
//! stand-in for Auth0.
//!
//! With nothing configured the console opens on it; tests, benchmarks and screenshots use it at other
//! sizes. Several programs may use one sandbox at once: the first starts the server, the last one out
//! stops it.

pub mod auth0;
pub mod failure;
pub mod hopsworks;
mod identity;
pub mod kubernetes;
pub mod postgres;
mod prepare;
pub mod sample;

use std::fs::File;
use std::path::{Path, PathBuf};

use time::OffsetDateTime;

use crate::config::database::DatabaseAddress;
use crate::domain::random::Random;
use crate::sandbox::auth0::tenancy::{Access, Tenancy};
use crate::sandbox::failure::SandboxError;
use crate::sandbox::hopsworks::Fleet;
use crate::sandbox::kubernetes::ApiServers;
use crate::sandbox::postgres::find::Search;
use crate::sandbox::postgres::{Place, Server, address};
use crate::sandbox::sample::Sample;
use crate::secrets::Secret;
use crate::secrets::sealing::Identities;

/// What sandbox to open.
#[derive(Debug, Clone)]
pub struct SandboxOptions {
    /// Where it lives; none for the app's data folder. As root a folder that ordinary users cannot
    /// reach is moved below `/var/tmp` ([`Sandbox::folder`] tells).
    pub folder: Option<PathBuf>,
    /// Port on 127.0.0.1; none for a free one. A sandbox that runs already keeps its port.
    pub port: Option<u16>,
    /// How many users.
    pub users: u32,
    /// How many days of usage, up to and with today; none is allowed.
    pub days: u16,
    /// Other seeds make other customers of the same kind.
    pub seed: u64,
    /// The present, from the program's clock; the samples run up to its day (UTC).
    pub now: OffsetDateTime,
    /// Whether the data stays when the last program leaves.
    pub keep: bool,
    /// Where to look for Postgres.
    pub search: Search,
}

impl SandboxOptions {
    /// The sandbox that opens when nothing is configured.
    #[must_use]
    pub fn new(now: OffsetDateTime) -> Self {
        Self {
            folder: None,
            port: None,
            users: 300,
            days: 400,
            seed: 1,
            now,
            keep: true,
            search: Search::everywhere(),
        }
    }
}

/// How far the opening is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub step: Step,
    /// Of the whole, 0 to 100; never goes back.
    pub percent: u8,
}

/// A step of opening the sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Waiting for other programs, looking for Postgres, starting it.
    Starting,
    /// Making the data folder.
    SettingUp,
    /// Making or updating the schemas.
    Schema,
    /// Loading sample data.
    Samples,
    /// Adding up usage for the screens.
    Counting,
    /// Everything is there.
    Ready,
}

impl Step {
    /// What a person reads while waiting.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Starting => "Starting the sandbox",
            Self::SettingUp => "Setting up a private Postgres",
            Self::Schema => "Preparing the schema",
            Self::Samples => "Loading sample customers",
            Self::Counting => "Adding up their usage",
            Self::Ready => "The sandbox is ready",
        }
    }
}

/// A sandbox in use. [`Sandbox::stop`] it when done; dropped, it is told to stop without waiting.
#[derive(Debug)]
pub struct Sandbox {
    place: Place,
    server: Server,
    keep: bool,
    lease: Option<File>,
    /// The clusters' Hopsworks, as far as this program serves them.
    fleet: Option<Fleet>,
    /// The clusters' Kubernetes, likewise.
    api_servers: Option<ApiServers>,
    /// The tenant, as far as this program serves it.
    tenancy: Option<Tenancy>,
    /// Open what is sealed of its clusters.
    identities: Identities,
}

impl Sandbox {
    /// Opens the sandbox: starts its server unless it runs, makes or updates the schemas, and loads the
    /// samples unless they are there and of today.
    ///
    /// Samples of another day, size or seed are made anew. Whoever came from outside (a registration
    /// through the webhook) stays, with everything that belongs to them; a sample user is put back
    /// as the sample has it. `random` makes the passwords of a new sandbox; `progress` hears how far it is.
    ///
    /// # Errors
    /// [`SandboxError`], each with a sentence that says what to do.
    pub async fn open(
        options: SandboxOptions,
        random: &dyn Random,
        mut progress: impl FnMut(Progress) + Send,
    ) -> Result<Self, SandboxError> {
        let mut report = |step, percent| progress(Progress { step, percent });
        let sample = Sample::new(options.users, options.days, options.seed, options.now)?;
        report(Step::Starting, 0);
        let place = Place::of(&folder_or_default(options.folder.as_deref())?)?;
        let made_now = !place.folder.exists();
        place.make()?;
        let starting = place.starting().await?;
        let alone = place.is_unused();
        let lease = place.lease()?;
        let opened = Server::open(
            &place,
            &options.search,
            options.port,
            options.users,
            random,
            || {
                report(Step::SettingUp, 5);
            },
        )
        .await;
        if opened.is_err() && made_now && !options.keep {
            // What went wrong first is the news.
            let _ = tokio::fs::remove_dir_all(&place.folder).await;
        }
        let server = opened?;
        // From here on a failure stops the server again, by dropping this if by nothing else.
        let mut sandbox = Self {
            place,
            server,
            keep: options.keep,
            lease: Some(lease),
            fleet: None,
            api_servers: None,
            tenancy: None,
            identities: Identities::default(),
        };
        let prepared = async {
            let identities = identity::open(&sandbox.place)?;
            let keys = identities.recipients();
            prepare::prepare(&sandbox.server, &sample, &keys, options.now, &mut report).await?;
            let fleet = Fleet::open(&sandbox.place, &sandbox.server, alone, random).await?;
            let api_servers =
                ApiServers::open(&sandbox.place, &sandbox.server, alone, random, options.now)
                    .await?;
            let tenancy = Tenancy::open(&sandbox.place, &sandbox.server, alone, random).await?;
            Ok((identities, fleet, api_servers, tenancy))
        };
        match prepared.await {
            Ok((identities, fleet, api_servers, tenancy)) => {
                sandbox.identities = identities;
                sandbox.fleet = Some(fleet);
                sandbox.api_servers = Some(api_servers);
                sandbox.tenancy = Some(tenancy);
            }
            Err(error) => {
                if made_now {
                    let _ = sandbox.leave().await;
                }
                return Err(error);
            }
        }
        drop(starting);
        report(Step::Ready, 100);
        Ok(sandbox)
    }

    /// Joins a sandbox that another program has open; none when it does not run.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub async fn join(
        folder: Option<&Path>,
        search: &Search,
    ) -> Result<Option<Self>, SandboxError> {
        let place = Place::of(&folder_or_default(folder)?)?;
        if !place.folder.exists() {
            return Ok(None);
        }
        place.make()?;
        let _starting = place.starting().await?;
        let lease = place.lease()?;
        let server = Server::join(&place, search).await?;
        Ok(server.map(|server| Self {
            fleet: Some(Fleet::join(&place, &server)),
            api_servers: Some(ApiServers::join(&place, &server)),
            tenancy: Tenancy::join(&place, &server),
            identities: identity::read(&place).unwrap_or_default(),
            place,
            server,
            keep: true,
            lease: Some(lease),
        }))
    }

    /// Where the database is, for the owner's login.
    #[must_use]
    pub fn address(&self) -> DatabaseAddress {
        address(postgres::OWNER, self.server.port)
    }

    /// The password that goes with [`Self::address`].
    #[must_use]
    pub fn password(&self) -> &Secret<String> {
        &self.server.logins.owner
    }

    /// What opens the Management API of its tenant at the stand-in for Auth0.
    #[must_use]
    pub fn auth0(&self) -> Option<&Access> {
        self.tenancy.as_ref().map(Tenancy::access)
    }

    /// What opens the sealed secrets of its clusters.
    #[must_use]
    pub fn identities(&self) -> &Identities {
        &self.identities
    }

    /// Where it lives.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.place.folder
    }

    /// Leaves the sandbox. The last program to leave stops the server, and removes the data unless it
    /// is to be kept.
    ///
    /// # Errors
    /// When the server does not stop, or the data cannot be removed.
    pub async fn stop(mut self) -> Result<(), SandboxError> {
        let _starting = self.place.starting().await?;
        self.leave().await
    }

    /// As [`Self::stop`], under the start lock.
    async fn leave(&mut self) -> Result<(), SandboxError> {
        drop(self.fleet.take());
        drop(self.api_servers.take());
        drop(self.tenancy.take());
        drop(self.lease.take());
        if !self.place.is_unused() {
            return Ok(());
        }
        self.server.stop().await?;
        if !self.keep {
            let folder = &self.place.folder;
            tokio::fs::remove_dir_all(folder)
                .await
                .map_err(SandboxError::folder(folder))?;
        }
        Ok(())
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if self.lease.take().is_some() && self.place.is_unused() {
            self.server.signal_stop();
        }
    }
}

fn folder_or_default(folder: Option<&Path>) -> Result<PathBuf, SandboxError> {
    if let Some(folder) = folder {
        return Ok(folder.to_owned());
    }
    directories::ProjectDirs::from("ai", "hopsdesk", "hopsdesk")
        .map(|folders| folders.data_local_dir().join("sandbox"))
        .ok_or(SandboxError::Options(
            "this user has no home folder; name a folder with --keep",
        ))
}
