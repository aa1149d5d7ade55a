//! What a cluster can carry, carries, and for whom: the arithmetic, without any network.

pub mod amounts;
pub mod forecast;
pub mod namespaces;
pub mod nodes;
pub mod outlook;
pub mod pods;
pub mod quantity;
pub mod readings;
pub mod recorded;
pub mod snapshot;
pub mod tally;
