//! Attach: canonical views over whatever tables a service has.
//!
//! [`catalogue`] reads what is there, [`mapping`] says as data what each view may be made from, [`ddl`]
//! turns the one and the other into SQL and touches no database, [`run`] carries it out. Nothing outside
//! the schema `console` is changed.

mod access;
pub mod canonical;
pub mod catalogue;
pub mod ddl;
mod derived;
pub mod detach;
pub mod failure;
pub mod indexes;
mod kept;
pub mod known;
pub mod mapping;
mod own;
pub mod product;
pub mod registration;
pub mod report;
pub mod run;
mod sources;
mod writing;
