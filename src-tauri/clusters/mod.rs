//! Clients of the clusters customers work on: Hopsworks' REST interface, and Kubernetes below it.
//!
//! Nothing here knows the database or another client. Whoever calls brings the address, the key and, where
//! the cluster's certificate is not signed by an authority the system knows, that authority.

pub mod address;
pub mod certificate;
pub mod connections;
pub mod failure;
mod figure;
pub mod hopsworks;
mod http;
pub mod kubernetes;
pub mod opencost;
