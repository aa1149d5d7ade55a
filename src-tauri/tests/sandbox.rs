//! The sandbox on real parts: its server through starts, crashes and company, and its samples.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on should panic"
)]

mod sandbox {
    mod hopsworks;
    mod samples;
    mod server;
    mod versions;
    mod wrong_on_purpose;
}

use hopsdesk::domain::random::Random;
use hopsdesk::sandbox::postgres::find::Search;
use hopsdesk::sandbox::{Sandbox, SandboxOptions};
use hopsdesk::store::direct::Direct;
use hopsdesk::store::door::Statement;
use sqlx::FromRow;
use sqlx::postgres::PgRow;
use tempfile::TempDir;
use time::OffsetDateTime;
use time::macros::datetime;

/// A Friday, so that weekends lie on both sides of month ends.
const NOW: OffsetDateTime = datetime!(2026-11-20 14:16 UTC);

struct Chance;

impl Random for Chance {
    fn bits(&self) -> u128 {
        rand::random()
    }
}

fn options(folder: &TempDir, users: u32, days: u16) -> SandboxOptions {
    SandboxOptions {
        folder: Some(folder.path().join("sandbox")),
        port: None,
        users,
        days,
        seed: 1,
        now: NOW,
        keep: false,
        search: Search::everywhere(),
    }
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

async fn open(options: SandboxOptions) -> Sandbox {
    Sandbox::open(options, &Chance, |_| {})
        .await
        .expect("an open sandbox")
}

async fn connect(sandbox: &Sandbox) -> Direct {
    Direct::open(&sandbox.address(), Some(sandbox.password()))
        .await
        .expect("a connection as the owner")
}

async fn all<R>(direct: &mut Direct, sql: &'static str) -> Vec<R>
where
    R: for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    let statement = Statement { name: "test", sql };
    direct
        .all(statement)
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error:?}"))
}

/// The number a query counts.
async fn count(direct: &mut Direct, sql: &'static str) -> i64 {
    let rows: Vec<(i64,)> = all(direct, sql).await;
    rows[0].0
}
