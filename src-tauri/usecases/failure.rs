//! Why a use case of the console did not work.

use thiserror::Error;

use crate::charts::ChartError;
use crate::store::attach::failure::AttachError;
use crate::store::failure::StoreError;

/// A failure of a use case.
#[derive(Debug, Error)]
pub enum DeskError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No such record.
    #[error("there is no {what} {id}")]
    NotFound {
        /// `user`.
        what: &'static str,
        /// As asked for.
        id: String,
    },
    /// What was asked for makes no sense.
    #[error("{field}: {problem}")]
    Invalid {
        /// Which part of the request.
        field: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// Another system says no, in a sentence that says what to do.
    #[error("{0}")]
    Refused(String),
    /// The tables are not those of a service any more.
    #[error(transparent)]
    Attach(AttachError),
    /// A chart.
    #[error(transparent)]
    Chart(#[from] ChartError),
}

impl From<AttachError> for DeskError {
    fn from(error: AttachError) -> Self {
        match error {
            AttachError::Store(error) => Self::Store(error),
            other => Self::Attach(other),
        }
    }
}
