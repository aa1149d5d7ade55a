//! Attach: canonical views over whatever tables a service has.

pub mod run;
