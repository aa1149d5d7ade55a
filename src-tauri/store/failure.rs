//! What can go wrong with the database, told apart as far as somebody can act on it.

use serde::Deserialize;
use sqlx::error::DatabaseError;
use sqlx::postgres::PgDatabaseError;
use thiserror::Error;

/// A failure of the store. `Display` is for logs; what people read is made in `wire`.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Nobody answered at that address, the connection broke, or whoever answers has nothing left to
    /// work with: no connection, no memory, no disk, no right to write.
    #[error("the database is unreachable")]
    Unreachable(#[source] sqlx::Error),
    /// Login, password or database were refused.
    #[error("the database refused the login")]
    Refused(#[source] sqlx::Error),
    /// The server's certificate could not be verified, or it speaks no TLS.
    #[error("the connection is not secure")]
    Insecure(#[source] sqlx::Error),
    /// The CA file cannot be read or holds no certificate.
    #[error("the CA file {path} cannot be used: {problem}")]
    CaFile {
        /// The file.
        path: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A statement took longer than allowed, was cancelled, was in the way of another transaction, or no
    /// connection came free in time.
    #[error("the database took too long")]
    Timeout(#[source] sqlx::Error),
    /// The login may not do this.
    #[error("the login may not do this")]
    Forbidden(#[source] sqlx::Error),
    /// A view, table, column or function is missing: not attached, or attached to older tables.
    #[error("the schema `console` is missing or out of date")]
    NotAttached(#[source] sqlx::Error),
    /// A constraint said no; its name tells which rule.
    #[error("the constraint {name} refused the row")]
    Constraint {
        /// Name of the constraint.
        name: String,
        /// What Postgres said.
        source: sqlx::Error,
    },
    /// A rule of ours in the database declined: who may do what, and what stands against it. The sentence
    /// says what to do, and holds no secret.
    #[error("the database declined ({code})")]
    Declined {
        /// Which rule: `HD001` and so on, as listed at the head of the console's migration 0010.
        code: String,
        /// For people.
        message: String,
        /// Which argument it is about, by its name.
        argument: Option<String>,
        /// What Postgres said.
        source: Box<sqlx::Error>,
    },
    /// A row count or a value that cannot be.
    #[error("the database answered something impossible: {0}")]
    Impossible(String),
    /// Anything else.
    #[error("the database failed")]
    Unexpected(#[source] sqlx::Error),
}

impl StoreError {
    /// Whether any other statement would have met the same failure: then it is nobody's fault but the
    /// database's, or its settings', and waiting or attaching helps.
    #[must_use]
    pub fn is_outage(&self) -> bool {
        match self {
            Self::Timeout(source) => matches!(source, sqlx::Error::PoolTimedOut),
            Self::Unreachable(_)
            | Self::Refused(_)
            | Self::Insecure(_)
            | Self::CaFile { .. }
            | Self::Forbidden(_)
            | Self::NotAttached(_) => true,
            Self::Constraint { .. }
            | Self::Declined { .. }
            | Self::Impossible(_)
            | Self::Unexpected(_) => false,
        }
    }

    /// Whether one statement may have met this all by itself, though an outage looks the same: a trigger of the
    /// service's that may not write its table or names a function that is gone, more work or more room than there is.
    /// It takes a look at how others fare to tell.
    #[must_use]
    pub fn may_be_its_own(&self) -> bool {
        match self {
            Self::Forbidden(_) | Self::NotAttached(_) => true,
            // insufficient_resources
            Self::Unreachable(sqlx::Error::Database(reply)) => {
                reply.code().is_some_and(|code| code.starts_with("53"))
            }
            Self::Timeout(_) => self.is_too_slow(),
            _ => false,
        }
    }

    /// Whether the statement itself took longer than it may: no lock, and nobody else, kept it.
    #[must_use]
    pub fn is_too_slow(&self) -> bool {
        match self {
            // query_canceled, transaction_timeout
            Self::Timeout(sqlx::Error::Database(reply)) => {
                matches!(reply.code().as_deref(), Some("57014" | "25P04"))
            }
            _ => false,
        }
    }

    /// Whether others were in the way: a lock they held, a deadlock with them, or all the work they gave
    /// the server. The same statement may well succeed a moment later.
    #[must_use]
    pub fn is_contention(&self) -> bool {
        matches!(self, Self::Timeout(_)) && !self.is_outage()
    }

    /// Whether somebody held a lock for longer than was waited, or waited for one of ours in turn.
    #[must_use]
    pub fn is_held(&self) -> bool {
        match self {
            Self::Timeout(sqlx::Error::Database(reply)) => {
                matches!(reply.code().as_deref(), Some("55P03" | "40P01"))
            }
            _ => false,
        }
    }

    /// The failure and what Postgres calls it, without a word that could quote a row: safe to keep and
    /// to log.
    #[must_use]
    pub fn without_data(&self) -> String {
        let source = match self {
            Self::Unreachable(source)
            | Self::Refused(source)
            | Self::Insecure(source)
            | Self::Timeout(source)
            | Self::Forbidden(source)
            | Self::NotAttached(source)
            | Self::Constraint { source, .. }
            | Self::Unexpected(source) => source,
            Self::Declined { source, .. } => source,
            Self::CaFile { .. } | Self::Impossible(_) => return self.to_string(),
        };
        let detail = match source {
            sqlx::Error::Database(reply) => {
                let code = reply.code().unwrap_or_default();
                let name = |what: &str, name: Option<&str>| {
                    name.map(|name| format!(", {what} {name}"))
                        .unwrap_or_default()
                };
                let table = name("table", reply.table());
                let constraint = name("constraint", reply.constraint());
                format!("SQLSTATE {code}{table}{constraint}")
            }
            // These speak of sockets, certificates and pools, not of rows.
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed => source.to_string(),
            _ => "not an answer of Postgres".to_owned(),
        };
        format!("{self} ({detail})")
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            // A handshake that fails comes as an I/O error around what the TLS library says.
            sqlx::Error::Io(io) if speaks_of_tls(io) => Self::Insecure(error),
            sqlx::Error::Tls(_) => Self::Insecure(error),
            sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed | sqlx::Error::PoolClosed => {
                Self::Unreachable(error)
            }
            sqlx::Error::PoolTimedOut => Self::Timeout(error),
            sqlx::Error::Database(reply) => {
                let constraint = reply.constraint().map(str::to_owned);
                match reply.code().as_deref().unwrap_or_default() {
                    // invalid_authorization_specification, invalid_password, invalid_catalog_name
                    "28000" | "28P01" | "3D000" => Self::Refused(error),
                    // Poolers report an unknown tenant or database with codes of their own class.
                    "XX000" | "08P01" if pooler_refusal(reply.message()) => Self::Refused(error),
                    "XX000" if pooler_full(reply.message()) => Self::Unreachable(error),
                    // admin_shutdown, crash_shutdown, cannot_connect_now, the two timeouts of idle
                    // sessions; and read_only_sql_transaction: a replica after a failover, or a disk so
                    // full that the project was made read-only
                    "57P01" | "57P02" | "57P03" | "57P05" | "25P03" | "25006" => {
                        Self::Unreachable(error)
                    }
                    // connection_exception; insufficient_resources: disk, memory, connections
                    code if code.starts_with("08") || code.starts_with("53") => {
                        Self::Unreachable(error)
                    }
                    // query_canceled, lock_not_available, transaction_timeout, serialization_failure,
                    // deadlock_detected
                    "57014" | "55P03" | "25P04" | "40001" | "40P01" => Self::Timeout(error),
                    "42501" => Self::Forbidden(error),
                    // undefined table, column, function, schema
                    "42P01" | "42703" | "42883" | "3F000" => Self::NotAttached(error),
                    code if code.starts_with("HD") => Self::Declined {
                        code: code.to_owned(),
                        message: reply.message().to_owned(),
                        argument: argument_of(reply.as_ref()),
                        source: Box::new(error),
                    },
                    code if code.starts_with("23") => Self::Constraint {
                        name: constraint.unwrap_or_default(),
                        source: error,
                    },
                    _ => Self::Unexpected(error),
                }
            }
            _ => Self::Unexpected(error),
        }
    }
}

/// The data of a refusal is JSON in its detail.
fn argument_of(reply: &dyn DatabaseError) -> Option<String> {
    #[derive(Deserialize)]
    struct Refusal {
        argument: Option<String>,
    }

    let detail = reply.try_downcast_ref::<PgDatabaseError>()?.detail()?;
    let refusal: Refusal = serde_json::from_str(detail).ok()?;
    refusal.argument
}

fn speaks_of_tls(error: &std::io::Error) -> bool {
    error
        .get_ref()
        .is_some_and(|inner| inner.downcast_ref::<rustls::Error>().is_some())
}

/// Supavisor's words for a pool without a free connection; it gives them no code of their own.
fn pooler_full(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    ["max client", "check out", "checkout"]
        .iter()
        .any(|part| message.contains(part))
}

fn pooler_refusal(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    [
        "tenant or user not found",
        "no such database",
        "no such user",
        "does not exist",
        "password authentication",
    ]
    .iter()
    .any(|part| message.contains(part))
}
