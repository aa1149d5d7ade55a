//! Stripe: whether it was Stripe that signed, what its events say, and reading back what it has.
//!
//! The two are kept apart: an event that is rightly signed and says something nobody here has heard of is kept
//! all the same.

pub mod amount;
pub mod envelope;
pub mod events;
pub mod facts;
pub mod json;
pub mod mode;
pub mod objects;
pub mod outside;
pub mod proof;
pub mod refusals;
pub mod signature;
