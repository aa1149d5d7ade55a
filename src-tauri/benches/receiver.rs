//! Measures the receiver: how many events a second it stores, and how long one takes when it is half as busy,
//! against a Fastify and an Express receiver with `pg` and against pgbench, on the same Postgres in the same run.
//!
//! All of them do the same before they answer: verify Stripe's signature over the body, insert the event, commit.
//! They are loaded one after another, round after round: a machine may be twice as slow a minute later, and what is
//! compared should have had the same minute. `BENCH_SECONDS` sets how long each is loaded (5 unless said otherwise),
//! `BENCH_ROUNDS` how often (5). A missed bar is said in the table and is no failure.

mod receiver {
    pub(crate) mod load;
    pub(crate) mod peers;
    pub(crate) mod pgbench;
    pub(crate) mod table;
}

use std::error::Error;
use std::net::SocketAddr;
use std::process::Command;
use std::time::Duration;

use hopsdesk::domain::random::Random;
use hopsdesk::sandbox::{Sandbox, SandboxOptions};
use time::macros::datetime;

use crate::receiver::load::{Load, Target};
use crate::receiver::peers::Peer;
use crate::receiver::pgbench::pgbench;
use crate::receiver::table::{Figures, Line, NAMES, print};

/// What a measurement gives, or what kept it from being one.
pub(crate) type Measured<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Connections at once, to each of them.
pub(crate) const CONNECTIONS: u64 = 32;

/// A receiver that has nothing to do is looked at after this.
const REST: Duration = Duration::from_secs(5);

/// The thread's generator: passwords of a sandbox that lives as long as the bench.
struct Chance;

impl Random for Chance {
    fn bits(&self) -> u128 {
        rand::random()
    }
}

#[tokio::main]
async fn main() -> Measured<()> {
    let seconds = number("BENCH_SECONDS", 5)?;
    let rounds = number("BENCH_ROUNDS", 5)?;
    let folder = tempfile::tempdir()?;
    let options = SandboxOptions {
        folder: Some(folder.path().join("sandbox")),
        users: 100,
        days: 1,
        ..SandboxOptions::new(datetime!(2026-11-20 14:16 UTC))
    };
    let sandbox = Sandbox::open(options, &Chance, |_| {}).await?;
    let measured = measure(&sandbox, Duration::from_secs(seconds), rounds).await;
    sandbox.stop().await?;
    measured
}

fn number(name: &str, otherwise: u64) -> Measured<u64> {
    match std::env::var(name) {
        Err(_) => Ok(otherwise),
        Ok(text) => Ok(text.trim().parse()?),
    }
}

async fn measure(sandbox: &Sandbox, during: Duration, rounds: u64) -> Measured<()> {
    let database = Database::of(sandbox);
    database.psql(
        "create schema bench;
         create table bench.events (
           id bigint generated always as identity primary key, provider text not null, event_id text not null,
           body text not null, received_at timestamptz not null default now(), unique (provider, event_id))",
    )?;
    let secret = format!("whsec_{:032x}", Chance.bits());
    let ours = Peer::hopsdesk(&database, &secret)?;
    tokio::time::sleep(REST).await;
    let idle = ours.memory()?;
    drop(ours);

    let mut lines = NAMES.map(Line::new);
    for round in 1..=rounds.max(1) {
        eprintln!("round {round}");
        let [hopsdesk, fastify, express, postgres] = &mut lines;
        let ours = Peer::hopsdesk(&database, &secret)?;
        hopsdesk.add(loaded(&ours, &secret, during).await?);
        let taken = database.until_applied().await?;
        eprintln!(
            "  the last of it was applied {} ms later",
            taken.as_millis()
        );
        drop(ours);
        for (line, script) in [(fastify, "fastify.mjs"), (express, "express.mjs")] {
            let peer = Peer::node(script, &database, &secret)?;
            line.add(loaded(&peer, &secret, during).await?);
        }
        postgres.add(pgbench(&database, during)?);
    }
    print(&lines, idle);
    Ok(())
}

/// As busy as it can be, then half as busy.
async fn loaded(peer: &Peer, secret: &str, during: Duration) -> Measured<Figures> {
    let target = Target {
        address: peer.address,
        secret: secret.to_owned(),
    };
    // The first seconds fill pools and compile scripts; they are not counted.
    Load::unbounded(&target, during / 5).await?;
    let per_second = Load::unbounded(&target, during).await?.per_second;
    let half = Load::paced(&target, during, per_second / 2).await?;
    Ok(Figures {
        per_second,
        p99_at_half: half.p99,
    })
}

/// Where everybody stores.
pub(crate) struct Database {
    port: u16,
    login: String,
    name: String,
    password: String,
}

impl Database {
    fn of(sandbox: &Sandbox) -> Self {
        let address = sandbox.address();
        Self {
            port: address.port,
            login: address.login,
            name: address.database,
            password: sandbox.password().expose().clone(),
        }
    }

    pub(crate) fn url(&self) -> String {
        let Self {
            port,
            login,
            name,
            password,
        } = self;
        format!("postgresql://{login}:{password}@127.0.0.1:{port}/{name}")
    }

    /// One of Postgres' own programs on it.
    pub(crate) fn tool(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .args([
                "-h",
                "127.0.0.1",
                "-p",
                &self.port.to_string(),
                "-U",
                &self.login,
            ])
            .env("PGPASSWORD", &self.password)
            .env("PGDATABASE", &self.name);
        command
    }

    fn psql(&self, sql: &str) -> Measured<String> {
        let ran = self
            .tool("psql")
            .args(["-XqAt", "-v", "ON_ERROR_STOP=1", "-c", sql])
            .output()?;
        if ran.status.success() {
            Ok(String::from_utf8(ran.stdout)?.trim().to_owned())
        } else {
            Err(String::from_utf8_lossy(&ran.stderr).into_owned().into())
        }
    }

    /// How long it takes until nothing is left to apply.
    async fn until_applied(&self) -> Measured<Duration> {
        let begun = stopwatch();
        while self.psql("select exists (select from console.inbox where state = 'pending')")? != "f"
        {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(begun.elapsed())
    }
}

/// The address that a program says on a line of its own.
pub(crate) fn said_address(line: &str) -> Option<SocketAddr> {
    line.split(|letter: char| letter == '"' || letter.is_whitespace())
        .find_map(|word| word.parse().ok())
}

pub(crate) fn stopwatch() -> std::time::Instant {
    #[expect(clippy::disallowed_methods, reason = "a benchmark holds the stopwatch")]
    std::time::Instant::now()
}
