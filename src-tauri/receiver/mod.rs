//! The headless program: routes that verify and store, workers that apply.

pub mod alerts;
pub mod answer;
pub mod body;
pub mod callers;
pub mod context;
pub mod inbox;
pub mod keys;
pub mod limits;
pub mod metrics;
pub mod outbox;
pub mod read_back;
pub mod routes;
pub mod seats;
pub mod serve;
pub mod snapshots;
mod taking;
pub mod trail;
pub mod watch;
mod worker;
