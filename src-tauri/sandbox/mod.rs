//! The sandbox: a private Postgres with the sample data of a believable service.
