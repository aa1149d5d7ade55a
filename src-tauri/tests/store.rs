//! The database room on real parts: Postgres, `PgBouncer`, and databases of every generation.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on should panic"
)]

mod store {
    mod acting;
    mod attach;
    mod balances;
    mod blank;
    mod clusters;
    mod connections;
    mod ddl;
    mod enrolment;
    mod events;
    mod exported_capacity;
    mod exported_pages;
    mod exported_parts;
    mod exported_told;
    mod exports;
    mod finding;
    mod fleet;
    mod generations;
    mod indexes;
    mod indexes_used;
    mod invoices;
    mod ledger;
    mod listed;
    mod migrations;
    mod operators;
    mod pages;
    mod people;
    mod pooler;
    mod registrations;
    mod rolled_up;
    mod rollups;
    mod seats;
    mod silence;
    mod spelled;
    mod staff;
    mod statements;
    mod strange;
    mod strangers;
    mod switches;
    mod teams;
    mod trail;
    mod user_screens;
    mod user_work;
    mod watched;
}
mod support;
