//! Hopsdesk: the admin desk of a managed Hopsworks service.
//!
//! The rooms, ground floor first; an arrow may only point down (`docs/ARCHITECTURE.md`, and the test
//! `architecture` that holds the crate to it).

pub mod domain;

pub mod config;
pub mod secrets;

pub mod charts;
pub mod clusters;
pub mod identity;
pub mod messages;
pub mod payments;
pub mod reports;
pub mod store;

pub mod usecases;

pub mod sandbox;
pub mod wire;

pub mod cli;
#[cfg(feature = "desktop")]
pub mod desktop;
pub mod receiver;
