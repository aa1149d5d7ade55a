//! Failures as the window sees them: a code and a sentence; the log has the rest.

use std::error::Error;

use crate::config::ConfigError;
use crate::config::workspaces::SettingsError;
use crate::desktop::console::Console;
use crate::sandbox::failure::SandboxError;
use crate::secrets::keychain::KeychainError;
use crate::usecases::enrol::EnrolError;
use crate::usecases::failure::DeskError;
use crate::usecases::open_database::OpenError;
use crate::wire::failure::{Failure, FailureCode};
use crate::wire::store_failure::store_failure;

/// What a command answers.
pub(in crate::desktop) type Answer<T> = Result<T, Failure>;

impl Console {
    /// A failure of a use case.
    pub(in crate::desktop) fn desk_failure(&self, error: &DeskError) -> Failure {
        match error {
            DeskError::Store(error) => self.store_failure(error, &self.session().workspace.address),
            DeskError::NotFound { what, id } => Failure {
                code: FailureCode::NotFound,
                message: format!("There is no {what} {id} in this database."),
                reference: None,
                argument: None,
            },
            DeskError::Invalid { field, problem } => invalid(field, problem),
            DeskError::Refused(sentence) => Failure {
                code: FailureCode::Invalid,
                message: sentence.clone(),
                reference: None,
                argument: None,
            },
            DeskError::Attach(error) => Failure {
                code: FailureCode::UnrelatedDatabase,
                message: format!("{error}."),
                reference: None,
                argument: None,
            },
            DeskError::Chart(error) => self.unexpected(error),
        }
    }

    /// A failure to open the database at `place`.
    pub(in crate::desktop) fn open_failure(&self, error: &OpenError, place: &str) -> Failure {
        let (code, message) = match error {
            OpenError::Store(error) => return self.store_failure(error, place),
            OpenError::Empty => (
                FailureCode::EmptyDatabase,
                format!(
                    "The database at {place} is empty. Check that it is the right one; for a new \
                     service run `hopsdesk-webhook migrate --set managed,console` first."
                ),
            ),
            OpenError::Unrelated => (
                FailureCode::UnrelatedDatabase,
                format!(
                    "The database at {place} holds no managed Hopsworks service: there is no table \
                     users with usage, credits or clusters beside it. Check host and database name."
                ),
            ),
            OpenError::NotAttached => (
                FailureCode::NotAttached,
                format!(
                    "The service at {place} is there, but not attached yet, or not by this version. \
                     Run `hopsdesk-webhook attach` on it: it touches nothing but the schema console."
                ),
            ),
        };
        Failure {
            code,
            message,
            reference: None,
            argument: None,
        }
    }

    /// A code that gave no password at `place`. Nothing of the code is told or logged.
    pub(in crate::desktop) fn enrol_failure(&self, error: &EnrolError, place: &str) -> Failure {
        let code = match error {
            EnrolError::Store(error) => return self.store_failure(error, place),
            EnrolError::NotACode(_) | EnrolError::Mistyped => FailureCode::Invalid,
            EnrolError::Used | EnrolError::Expired | EnrolError::TooMany => {
                FailureCode::Credentials
            }
        };
        Failure {
            code,
            message: error.to_string(),
            reference: None,
            argument: None,
        }
    }

    /// A failure of the sandbox. Its own sentence is fit to be shown.
    pub(in crate::desktop) fn sandbox_failure(&self, error: &SandboxError) -> Failure {
        tracing::error!(error = %chain(error), "the sandbox could not be opened");
        let code = match error {
            SandboxError::NoPostgres | SandboxError::NotPostgres(_) => FailureCode::NoPostgres,
            SandboxError::Store(error) => return self.store_failure(error, "the sandbox"),
            // These pass by themselves, or after a while.
            SandboxError::Busy(_) | SandboxError::Program { .. } => FailureCode::Unreachable,
            _ => FailureCode::NotSupported,
        };
        Failure {
            code,
            message: error.to_string(),
            reference: None,
            argument: None,
        }
    }

    /// A failure of the database at `place`.
    pub(in crate::desktop) fn store_failure(
        &self,
        error: &crate::store::failure::StoreError,
        place: &str,
    ) -> Failure {
        let reference = self.reference();
        let failure = store_failure(error, place, &reference);
        tracing::warn!(%reference, code = ?failure.code, error = %error.without_data(), "the database failed");
        failure
    }

    /// What nobody foresaw.
    pub(in crate::desktop) fn unexpected(&self, error: &dyn Error) -> Failure {
        let reference = self.reference();
        tracing::error!(%reference, error = %chain(error), "something unexpected failed");
        crate::wire::store_failure::unexpected(&reference)
    }

    fn reference(&self) -> String {
        hex::encode(&self.random.bits().to_be_bytes()[..6])
    }
}

/// A request that makes no sense.
pub(in crate::desktop) fn invalid(field: &str, problem: &str) -> Failure {
    Failure {
        code: FailureCode::Invalid,
        message: format!("{field}: {problem}."),
        reference: None,
        argument: None,
    }
}

impl From<KeychainError> for Failure {
    fn from(error: KeychainError) -> Self {
        tracing::warn!(error = %chain(&error), "the keychain failed");
        Self {
            code: FailureCode::Keychain,
            message: error.to_string(),
            reference: None,
            argument: None,
        }
    }
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        let message = match &error {
            SettingsError::Broken { .. } => {
                format!("The settings are broken: {error}. Mend the line, or remove the file.")
            }
            SettingsError::File { .. } => format!("The settings cannot be used: {error}."),
        };
        Self {
            code: FailureCode::Invalid,
            message,
            reference: None,
            argument: None,
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        invalid(&error.name, &error.problem)
    }
}

/// The whole story of an error, for the log.
pub(in crate::desktop) fn chain(error: &dyn Error) -> String {
    let mut story = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        story.push_str(": ");
        story.push_str(&cause.to_string());
        source = cause.source();
    }
    story
}
