//! Why a use case of the console did not work.

use thiserror::Error;

use crate::charts::ChartError;
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
    /// A chart.
    #[error(transparent)]
    Chart(#[from] ChartError),
}
