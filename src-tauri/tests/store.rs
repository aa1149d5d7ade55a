//! The database room on real parts: Postgres, `PgBouncer`, and databases of every generation.

mod store {
    mod attach;
    mod migrations;
    mod people;
}
mod support;
