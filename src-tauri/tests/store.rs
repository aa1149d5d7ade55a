//! The database room on real parts: Postgres, `PgBouncer`, and databases of every generation.

mod store {
    mod attach;
    mod connections;
    mod ddl;
    mod migrations;
    mod people;
    mod pooler;
    mod registrations;
    mod statements;
}
mod support;
