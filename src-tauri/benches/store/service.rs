//! The service that is measured: a sandbox of the wanted size, and a desk on it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hopsdesk::config::database::DatabaseAddress;
use hopsdesk::domain::clock::FixedClock;
use hopsdesk::domain::random::Random;
use hopsdesk::sandbox::postgres::find::Search;
use hopsdesk::sandbox::{Sandbox, SandboxOptions, Step};
use hopsdesk::secrets::Secret;
use hopsdesk::store::connect;
use hopsdesk::store::door::{Reading, Statement, Store};
use hopsdesk::usecases::desk::Desk;
use hopsdesk::usecases::open_database::open_database;
use tempfile::TempDir;
use time::OffsetDateTime;
use time::macros::datetime;

use crate::Measured;
use crate::store::pooler::Pooler;
use crate::store::table::shown;
use crate::store::timing::{Runs, Timing, stopwatch, timed};

/// The present of every run, so that each sees the same customers.
pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-20 14:16 UTC);

/// Connections of the pool, as many as the console has.
pub(crate) const CONNECTIONS: u32 = 4;

const SELECT_ONE: Statement = Statement {
    name: "select 1",
    sql: "select 1",
};

const TOTALS: Statement = Statement {
    name: "totals",
    sql: "select (select count(*) from console.users), (select count(*) from console.usage_daily), \
          (select sum(c.reltuples)::bigint from pg_catalog.pg_class as c \
           where c.relnamespace = 'public'::pg_catalog.regnamespace and c.relkind = 'r'), \
          pg_catalog.pg_database_size(pg_catalog.current_database())",
};

/// How large a service.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) users: u32,
    pub(crate) days: u16,
}

impl Size {
    pub(crate) fn from_environment() -> Measured<Self> {
        Ok(Self {
            users: setting("BENCH_USERS", 1_000_000)?,
            days: setting("BENCH_DAYS", 10)?,
        })
    }
}

fn setting<T: std::str::FromStr>(name: &str, usual: T) -> Measured<T> {
    match std::env::var(name) {
        Err(_) => Ok(usual),
        Ok(text) => text
            .trim()
            .parse()
            .map_err(|_| format!("{name} is no number that can be: {text}").into()),
    }
}

/// The thread's generator: passwords of a sandbox that lives as long as the bench.
pub(crate) struct Chance;

impl Random for Chance {
    fn bits(&self) -> u128 {
        rand::random()
    }
}

/// An open sandbox with a desk on it.
pub(crate) struct Service {
    pub(crate) desk: Desk,
    pub(crate) users: u32,
    /// How often a figure is taken: a quick look at a small service is quick.
    pub(crate) runs: Runs,
    sandbox: Sandbox,
    pooler: Option<Pooler>,
    _folder: TempDir,
}

impl Service {
    /// Makes the service; the sentence tells how long that took.
    pub(crate) async fn open(size: Size) -> Measured<(Self, String)> {
        let folder = tempfile::tempdir()?;
        let kept = std::env::var_os("BENCH_FOLDER").map(PathBuf::from);
        let options = SandboxOptions {
            keep: kept.is_some(),
            folder: Some(kept.unwrap_or_else(|| folder.path().join("sandbox"))),
            users: size.users,
            days: size.days,
            search: Search::everywhere(),
            ..SandboxOptions::new(NOW)
        };
        eprintln!(
            "Making {} users with {} days of usage",
            size.users, size.days
        );
        let begun = stopwatch();
        let mut samples_begun = None;
        let sandbox = Sandbox::open(options, &Chance, |progress| {
            if progress.step == Step::Samples {
                samples_begun.get_or_insert_with(stopwatch);
            }
        })
        .await?;
        let all = begun.elapsed();
        let loading = samples_begun.map(|begun| begun.elapsed());
        let pooler = match std::env::var("BENCH_DOOR").as_deref() {
            Ok("direct") => None,
            _ => Some(Pooler::before(&sandbox.address(), sandbox.password()).await?),
        };
        let door = pooler.as_ref().map(|pooler| pooler.address.clone());
        let store = Store::new(connect::pool(
            &door.unwrap_or_else(|| sandbox.address()),
            Some(sandbox.password()),
            CONNECTIONS,
        )?);
        let (desk, opened) = open_database(store, Arc::new(FixedClock(NOW))).await?;
        let service = Self {
            desk,
            users: size.users,
            runs: Runs::within(if size.users < 100_000 {
                Duration::from_millis(300)
            } else {
                Duration::from_secs(2)
            }),
            sandbox,
            pooler,
            _folder: folder,
        };
        let mut reading = service.desk.store.read().await?;
        let (users, usage, rows, bytes): (i64, i64, i64, i64) = reading.one(TOTALS.rows()).await?;
        reading.end().await?;
        let made = match loading {
            None => "It was there from an earlier run.".to_owned(),
            Some(loading) => {
                let per_second = u128::try_from(rows)? * 1_000 / loading.as_millis().max(1);
                format!(
                    "Made in {}: the rows and their indexes in {}, {per_second} rows a second.",
                    shown(all),
                    shown(loading)
                )
            }
        };
        let sentence = format!(
            "{users} users and {usage} rows of usage ({rows} rows in all, {} MB with indexes) on \
             Postgres {}. {made}",
            bytes / 1_000_000,
            opened.server.version,
        );
        Ok((service, sentence))
    }

    /// The least anybody can ask through the door.
    pub(crate) async fn select_one(&self) -> Measured<Timing> {
        timed(self.runs, 50, async |_| {
            let begun = stopwatch();
            let mut reading = self.desk.store.read().await?;
            let _: (i32,) = reading.one(SELECT_ONE.rows()).await?;
            reading.end().await?;
            Ok(begun.elapsed())
        })
        .await
    }

    /// A reading transaction of its own, in which a reference may take as long as it takes.
    pub(crate) async fn read(&self) -> Measured<Reading> {
        Ok(self.desk.store.snapshot().await?)
    }

    /// Where it is looked at, and the password there.
    pub(crate) fn door(&self) -> (DatabaseAddress, &Secret<String>) {
        let address = self.pooler.as_ref().map(|pooler| pooler.address.clone());
        (
            address.unwrap_or_else(|| self.sandbox.address()),
            self.sandbox.password(),
        )
    }

    /// psql on the same database.
    pub(crate) fn psql(&self) -> std::process::Command {
        let address = self.sandbox.address();
        let mut psql = std::process::Command::new("psql");
        psql.args(["-h", &address.host, "-p", &address.port.to_string()])
            .args(["-U", &address.login, "-d", &address.database])
            .env("PGPASSWORD", self.sandbox.password().expose());
        psql
    }

    /// Leaves nothing behind.
    pub(crate) async fn close(self) -> Measured<()> {
        self.desk.store.close().await;
        self.sandbox.stop().await?;
        Ok(())
    }
}

/// The time an answer takes, and that it is one.
pub(crate) async fn answered<T, E>(
    question: impl Future<Output = Result<T, E>>,
    is_right: impl FnOnce(&T) -> bool,
) -> Measured<Duration>
where
    E: std::error::Error + Send + Sync + 'static,
{
    let begun = stopwatch();
    let answer = question.await?;
    let taken = begun.elapsed();
    if is_right(&answer) {
        Ok(taken)
    } else {
        Err("an answer is empty that must not be".into())
    }
}
