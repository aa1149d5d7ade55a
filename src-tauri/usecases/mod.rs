//! One verb a file: what the programs do, free of windows, routes and SQL.

pub mod accept_registration;
pub mod apply_inbox;
pub mod browse_credits;
pub mod browse_invoices;
pub mod browse_teams;
pub mod browse_users;
pub mod chart_usage;
pub mod desk;
pub mod export_list;
pub mod exported;
pub mod failure;
pub mod fiscal_zone;
pub mod keep_rollups;
pub mod open_database;
pub mod picture_chart;
pub mod propose_indexes;
pub mod search_everything;
pub mod show_invoice;
pub mod show_ledger;
pub mod show_locks;
pub mod show_overview;
pub mod show_schema;
pub mod show_usage;
pub mod show_user;
pub mod understand_query;
