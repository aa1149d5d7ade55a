//! Migrations: which sets there are, and how they are applied.
