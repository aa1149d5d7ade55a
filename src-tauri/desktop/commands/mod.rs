//! The commands the window may call; `permissions/console.toml` lists them too.

pub(in crate::desktop) mod actions;
pub(in crate::desktop) mod audit;
pub(in crate::desktop) mod auth0;
pub(in crate::desktop) mod bulks;
pub(in crate::desktop) mod clusters;
pub(in crate::desktop) mod credits;
pub(in crate::desktop) mod effects;
pub(in crate::desktop) mod events;
pub(in crate::desktop) mod exports;
pub(in crate::desktop) mod finding;
pub(in crate::desktop) mod fiscal;
pub(in crate::desktop) mod invoices;
pub(in crate::desktop) mod keychain;
pub(in crate::desktop) mod link;
pub(in crate::desktop) mod locks;
pub(in crate::desktop) mod overview;
pub(in crate::desktop) mod schema;
pub(in crate::desktop) mod session;
pub(in crate::desktop) mod sign_in;
pub(in crate::desktop) mod staff;
pub(in crate::desktop) mod teams;
pub(in crate::desktop) mod usage;
pub(in crate::desktop) mod user;
pub(in crate::desktop) mod user_work;
pub(in crate::desktop) mod users;
pub(in crate::desktop) mod workspaces;
