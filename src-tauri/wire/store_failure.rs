//! Failures of the database as sentences: what happened, where, and what to do about it.

use std::io::ErrorKind;

use crate::store::failure::StoreError;
use crate::store::readiness::Readiness;
use crate::wire::failure::{Failure, FailureCode};

/// What people read of a failure. `place` is the database as `host:port/database`; `reference` is the
/// id under which the caller logs the whole story, and is shown only where nothing better can be said.
#[must_use]
pub fn store_failure(error: &StoreError, place: &str, reference: &str) -> Failure {
    let (code, message) = match error {
        StoreError::Unreachable(source) if source.as_database_error().is_some() => (
            FailureCode::Unreachable,
            format!(
                "The database at {place} answers, but takes no work now: it is starting or stopping, \
                 has no connection left, or is read-only (a full disk makes it so). Try again; if it \
                 stays, look at the project's dashboard."
            ),
        ),
        StoreError::Unreachable(sqlx::Error::Io(io)) if io.kind() == ErrorKind::TimedOut => (
            FailureCode::Unreachable,
            format!(
                "The database at {place} has stopped answering. The connection was given up, and a new \
                 one is tried; check the network if it stays."
            ),
        ),
        StoreError::Unreachable(_) => (
            FailureCode::Unreachable,
            format!(
                "No database answers at {place}. Check host and port, and that the server runs and \
                 lets this machine in."
            ),
        ),
        // A pool keeps knocking until its time is up, so nobody at home looks like somebody slow.
        StoreError::Timeout(sqlx::Error::PoolTimedOut) => (
            FailureCode::Unreachable,
            format!(
                "The database at {place} gave no connection in time. Check host and port, that the \
                 server runs, and that it has connections left."
            ),
        ),
        StoreError::Refused(source) => (FailureCode::Credentials, refused(source, place)),
        StoreError::Insecure(_) => (
            FailureCode::Tls,
            format!(
                "The connection to {place} could not be made safe: the server speaks no TLS, or its \
                 certificate could not be verified. Give the CA file of the project (Supabase: \
                 Project Settings, Database, SSL; for the headless program DATABASE_CA_FILE), and use \
                 the host name that the certificate is made for."
            ),
        ),
        StoreError::CaFile { path, problem } => (
            FailureCode::Tls,
            format!(
                "The CA file {path} cannot be used: {problem}. Download the CA of the project \
                 (Supabase: Project Settings, Database, SSL)."
            ),
        ),
        StoreError::Timeout(source) if code_of(source).as_deref() == Some("55P03") => (
            FailureCode::Locked,
            format!(
                "Another program holds a lock on what this reads at {place}, for example a migration. It \
                 is read again by itself once the lock is gone."
            ),
        ),
        StoreError::Timeout(source) if was_cancelled(source) => (
            FailureCode::Timeout,
            format!(
                "Somebody at {place} cancelled what was being read. It is read again by itself."
            ),
        ),
        StoreError::Timeout(_) => (
            FailureCode::Timeout,
            format!(
                "The database at {place} took too long. Try again; if it stays, see what it is busy with."
            ),
        ),
        StoreError::Forbidden(_) => (
            FailureCode::Credentials,
            format!(
                "The login may not do this on {place}. Use the login that owns the service's tables \
                 (at Supabase postgres), or have it grant the right."
            ),
        ),
        StoreError::NotAttached(_) => (FailureCode::NotAttached, not_attached(place)),
        StoreError::Declined {
            code,
            message,
            argument,
            ..
        } => {
            return Failure {
                code: declined(code),
                message: message.clone(),
                reference: None,
                argument: argument.clone(),
            };
        }
        StoreError::Constraint { .. } | StoreError::Impossible(_) | StoreError::Unexpected(_) => {
            return unexpected(reference);
        }
    };
    Failure {
        code,
        message,
        reference: None,
        argument: None,
    }
}

/// The rules of the console's functions, as listed at the head of its migration 0010.
fn declined(code: &str) -> FailureCode {
    match code {
        "HD001" => FailureCode::NotStaff,
        "HD002" => FailureCode::NotElevated,
        "HD003" => FailureCode::NotAllowed,
        "HD004" => FailureCode::Stale,
        "HD005" | "HD009" => FailureCode::Invalid,
        "HD006" => FailureCode::NotFound,
        "HD008" | "HD010" | "HD011" => FailureCode::NotSupported,
        _ => FailureCode::Conflict,
    }
}

/// What people read of a database that is not ready; `None` when it is.
#[must_use]
pub fn not_ready(readiness: Readiness, place: &str) -> Option<Failure> {
    let (code, message) = match readiness {
        Readiness::Ready => return None,
        Readiness::NotMigrated => (
            FailureCode::OutOfDate,
            format!(
                "The schema console on {place} is missing or older than this program. Run \
                 `hopsdesk-webhook attach`."
            ),
        ),
        Readiness::NotAttached => (FailureCode::NotAttached, not_attached(place)),
        Readiness::OutOfDate => (
            FailureCode::OutOfDate,
            format!(
                "The tables on {place} have changed since Hopsdesk was attached. Run \
                 `hopsdesk-webhook attach`."
            ),
        ),
        Readiness::Unseen => (
            FailureCode::Locked,
            format!(
                "Whether the views on {place} are up to date could not be seen: another program holds a lock on \
                 them, or the database is slow. It is looked at again by itself."
            ),
        ),
        Readiness::Overtaken => (
            FailureCode::OutOfDate,
            format!(
                "A newer version of Hopsdesk was attached to {place} than this program is. Bring this program to \
                 that version."
            ),
        ),
        Readiness::CannotApply(why) => (
            FailureCode::CannotApply,
            format!(
                "Registrations cannot be applied on {place}, because {why}. They are stored, and \
                 become users once that has changed and `hopsdesk-webhook attach` has run."
            ),
        ),
        Readiness::ReadOnly => (
            FailureCode::Unreachable,
            format!(
                "The database at {place} takes no writes: it is a replica, or the project is in \
                 read-only mode. Use the address of the primary."
            ),
        ),
    };
    Some(Failure {
        code,
        message,
        reference: None,
        argument: None,
    })
}

/// The one sentence for what nobody foresaw.
#[must_use]
pub fn unexpected(reference: &str) -> Failure {
    Failure {
        code: FailureCode::Unexpected,
        message: format!(
            "Something went wrong that should not have. The log has the story under {reference}."
        ),
        reference: Some(reference.to_owned()),
        argument: None,
    }
}

fn not_attached(place: &str) -> String {
    format!(
        "The database at {place} has no up-to-date views of this product. Run `hopsdesk-webhook \
         attach`; it touches nothing but the schema console."
    )
}

fn code_of(source: &sqlx::Error) -> Option<String> {
    let reply = source.as_database_error()?;
    reply.code().map(std::borrow::Cow::into_owned)
}

/// `pg_cancel_backend` has the code of the statement timeout, and words of its own.
fn was_cancelled(source: &sqlx::Error) -> bool {
    code_of(source).as_deref() == Some("57014")
        && source
            .as_database_error()
            .is_some_and(|reply| reply.message().contains("user request"))
}

/// Postgres says which of the three it refused; poolers use codes of their own for the same.
fn refused(source: &sqlx::Error, place: &str) -> String {
    if code_of(source).as_deref() == Some("3D000") {
        return format!(
            "There is no such database: {place}. Check the name after the last slash; at Supabase \
             it is postgres."
        );
    }
    format!(
        "Login or password was refused by {place}. Check both; through Supabase's pooler the login \
         is role.project, as in postgres.abcdefgh."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unexpected_failure_says_nothing_but_its_reference() {
        let error = StoreError::Impossible("secret row (jane@example.com)".to_owned());
        let failure = store_failure(&error, "host:5432/db", "ref-1");
        assert_eq!(failure.code, FailureCode::Unexpected);
        assert_eq!(failure.reference.as_deref(), Some("ref-1"));
        assert!(!failure.message.contains("secret row"), "{failure:?}");
    }

    #[test]
    fn every_expected_failure_names_the_place_or_the_file() {
        let io = || sqlx::Error::Io(std::io::ErrorKind::ConnectionRefused.into());
        for error in [
            StoreError::Unreachable(io()),
            StoreError::Timeout(sqlx::Error::PoolTimedOut),
            StoreError::Timeout(io()),
            StoreError::Refused(io()),
            StoreError::Insecure(io()),
            StoreError::Forbidden(io()),
            StoreError::NotAttached(io()),
        ] {
            let failure = store_failure(&error, "db.example.com:5432/postgres", "ref-1");
            assert!(
                failure.message.contains("db.example.com:5432/postgres"),
                "{failure:?}"
            );
            assert_eq!(failure.reference, None, "{failure:?}");
        }
    }
}
