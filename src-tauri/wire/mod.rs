//! What crosses to the window and over HTTP: data transfer objects and stable error codes.
//!
//! Every type here is generated into `ui/src/ipc/generated/` by `ts-rs` (`make types`); the committed
//! files are compared in `make check`. Money and quantities cross as decimal strings, times as RFC 3339
//! in UTC, ids as strings.

pub mod actions;
pub mod alerts;
pub mod amounts;
pub mod audit;
pub mod capacity;
pub mod changes;
pub mod chart;
pub mod cluster_found;
pub mod cluster_nodes;
pub mod cluster_page;
pub mod clusters;
pub mod credits;
pub mod cursor;
pub mod customer;
pub mod customer_view;
pub mod effects;
pub mod events;
pub mod export;
pub mod failure;
pub mod fiscal;
pub mod forecast;
pub mod holdings;
pub mod invoice;
pub mod invoice_totals;
pub mod invoice_words;
pub mod invoices;
pub mod json_words;
pub mod ledger;
pub mod locks;
pub mod money;
pub mod outside;
pub mod overview;
mod overview_words;
pub mod panel;
pub mod picture;
pub mod project_there;
pub mod query_help;
pub mod rows;
pub mod schema;
pub mod search;
pub mod seats;
pub mod secrets;
pub mod session;
pub mod sign_in;
pub mod sign_ins;
pub mod staff;
pub mod standing;
pub mod store_failure;
pub mod teams;
pub mod terms;
pub mod time;
pub mod told;
pub mod usage;
pub mod used;
pub mod user;
pub mod user_invoices;
pub mod user_seat;
pub mod users;
pub mod webhooks;
pub mod work;
pub mod workspaces;
