//! Postgres: the one door to it, attach, migrations, and the statements, one `.sql` file each.
//!
//! No HTTP here, and no clock: the time comes in as an argument.

mod action_record;
pub mod actions;
pub mod attach;
pub mod audit;
pub mod balances;
mod borrowed;
pub mod changes;
pub mod cluster_page;
pub mod clusters;
pub mod connect;
mod count;
pub mod direct;
pub mod door;
pub mod failure;
pub mod finding;
pub mod fiscal;
pub mod fleet;
pub mod inbox;
pub mod invoice_page;
pub mod invoices;
pub mod ledger;
pub mod locks;
mod measures_record;
pub mod migrate;
mod moment;
pub mod outbox;
pub mod overview;
pub mod people;
pub mod readiness;
pub mod registrations;
pub mod rollups;
pub mod schema;
pub mod server;
pub mod staff;
pub mod staff_list;
mod standing_record;
pub mod teams;
pub mod totals;
pub mod usage;
pub mod usage_lists;
pub mod user_invoices;
pub mod user_page;
pub mod work;
