//! The private Postgres: found on this machine, set up in a folder of ours, started and stopped.

pub mod find;
mod folder;
mod logins;
mod run;
mod server;

pub(in crate::sandbox) use folder::Place;
pub(in crate::sandbox) use logins::{ADMIN, OWNER, address, private_file};
pub(in crate::sandbox) use server::Server;
