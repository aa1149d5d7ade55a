//! Hopsdesk: the admin desk of a managed Hopsworks service.

pub mod wire;
