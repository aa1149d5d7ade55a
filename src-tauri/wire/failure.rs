//! Failures as the window and HTTP clients see them: a stable code and a sentence that says what to do.

use serde::Serialize;
use ts_rs::TS;

/// Why something did not work. `message` is safe to show: it holds no secret and no internal detail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Failure {
    pub code: FailureCode,
    pub message: String,
    /// For unexpected failures: the id under which the log has the whole story.
    pub reference: Option<String>,
    /// The argument that the database refused, by its name, so that a form marks its field.
    pub argument: Option<String>,
}

/// Stable codes; one is added only when somebody acts on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum FailureCode {
    /// The workspace is still being opened; ask `session` for progress.
    Starting,
    /// The database did not answer.
    Unreachable,
    /// Somebody has to sign in first; ask `session` for how.
    SignIn,
    /// Who is in has to show once more that it is them; `reauthenticate` asks.
    Reauthenticate,
    /// Login or password was refused.
    Credentials,
    /// The server's certificate could not be verified.
    Tls,
    /// The database has no tables at all.
    EmptyDatabase,
    /// The database has tables, but none of this product's.
    UnrelatedDatabase,
    /// A service database without our views: `attach` has to run first.
    NotAttached,
    /// Our views are missing or older than the tables: `attach` has to run again.
    OutOfDate,
    /// Registrations are stored and cannot become users: the table of users does not allow it.
    CannotApply,
    NotFound,
    /// What was asked is not valid; the message names the field.
    Invalid,
    /// No OS keychain, or it is locked.
    Keychain,
    /// The sandbox needs a Postgres on this machine.
    NoPostgres,
    /// The database took too long.
    Timeout,
    /// Another program holds a lock on what was asked for; ask `table_locks` for who.
    Locked,
    /// The login is nobody of the staff.
    NotStaff,
    /// To do this, elevation is missing.
    NotElevated,
    /// The login's group may not do this.
    NotAllowed,
    /// It has changed since it was looked at; the message says what.
    Stale,
    /// Something stands against it; the message says what.
    Conflict,
    /// This database cannot take it.
    NotSupported,
    /// Another system (Auth0) is away, limits us or refuses; the message says which and what to do.
    Outside,
    /// Something we did not foresee; the message carries the reference.
    Unexpected,
}

impl FailureCode {
    /// The code as programs see it, over HTTP too.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Unreachable => "unreachable",
            Self::SignIn => "sign_in",
            Self::Reauthenticate => "reauthenticate",
            Self::Credentials => "credentials",
            Self::Tls => "tls",
            Self::EmptyDatabase => "empty_database",
            Self::UnrelatedDatabase => "unrelated_database",
            Self::NotAttached => "not_attached",
            Self::OutOfDate => "out_of_date",
            Self::CannotApply => "cannot_apply",
            Self::NotFound => "not_found",
            Self::Invalid => "invalid",
            Self::Keychain => "keychain",
            Self::NoPostgres => "no_postgres",
            Self::Timeout => "timeout",
            Self::Locked => "locked",
            Self::NotStaff => "not_staff",
            Self::NotElevated => "not_elevated",
            Self::NotAllowed => "not_allowed",
            Self::Stale => "stale",
            Self::Conflict => "conflict",
            Self::NotSupported => "not_supported",
            Self::Outside => "outside",
            Self::Unexpected => "unexpected",
        }
    }
}
