//! One verb a file: what the programs do, free of windows, routes and SQL.

pub mod accept_registration;
pub mod apply_inbox;
