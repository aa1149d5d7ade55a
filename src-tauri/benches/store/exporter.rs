//! A program that exports the whole Users list and does nothing else: this one, started anew. What a sandbox
//! keeps in memory to stand in for clusters and for Auth0 is not in it, as in no console on a customer's
//! database.

use std::fs::{self, File};
use std::io::{BufWriter, Read as _, Write as _};
use std::path::Path;
use std::pin::pin;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use hopsdesk::config::database::DatabaseAddress;
use hopsdesk::domain::browse::{UsersFilter, UsersQuery, UsersSort};
use hopsdesk::domain::clock::FixedClock;
use hopsdesk::reports::Format;
use hopsdesk::secrets::Secret;
use hopsdesk::store::connect;
use hopsdesk::store::door::Store;
use hopsdesk::usecases::export_list::{Origin, Progress, export_list};
use hopsdesk::usecases::exported::Listing;
use hopsdesk::usecases::open_database::open_database;
use serde::{Deserialize, Serialize};

use crate::Measured;
use crate::store::service::{CONNECTIONS, NOW, Service};
use crate::store::timing::stopwatch;

/// Tells the program that it is the one that exports.
const ERRAND: &str = "BENCH_EXPORTS_ALONE";

/// What the program is told, by its standard input.
#[derive(Serialize, Deserialize)]
struct Errand {
    /// The database's URL, and the password that goes with it.
    door: (String, String),
    workbook: bool,
    path: String,
}

/// What it says by its standard output.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(super) struct Exported {
    pub(super) taken: Duration,
    pub(super) rows: u64,
    pub(super) memory: Memory,
}

/// Memory of the program in bytes: before the export, at its peak while the first tenth was written, at its
/// peak over all, and how much of that was not mapped from files.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(super) struct Memory {
    pub(super) before: usize,
    pub(super) early: usize,
    pub(super) peak: usize,
    pub(super) own: usize,
}

/// Has the list exported into that file by a program of its own.
pub(super) async fn export(service: &Service, format: Format, path: &Path) -> Measured<Exported> {
    let (door, password) = service.door();
    let errand = Errand {
        door: (
            format!(
                "postgresql://{}@{}:{}/{}",
                door.login, door.host, door.port, door.database
            ),
            password.expose().clone(),
        ),
        workbook: format == Format::Xlsx,
        path: path.to_str().ok_or("a path that is no text")?.to_owned(),
    };
    let mut program = Command::new(std::env::current_exe()?)
        .env(ERRAND, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut told = program.stdin.take().ok_or("no standard input")?;
    told.write_all(&serde_json::to_vec(&errand)?)?;
    drop(told);
    let output = tokio::task::spawn_blocking(move || program.wait_with_output()).await??;
    if !output.status.success() {
        return Err("the program that exports failed; what it said is above".into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Runs the errand where this is the program for it; otherwise there is none.
pub(crate) async fn run_errand() -> Measured<bool> {
    if std::env::var_os(ERRAND).is_none() {
        return Ok(false);
    }
    let mut told = Vec::new();
    std::io::stdin().read_to_end(&mut told)?;
    let exported = run(serde_json::from_slice(&told)?).await?;
    println!("{}", serde_json::to_string(&exported)?);
    Ok(true)
}

async fn run(errand: Errand) -> Measured<Exported> {
    let (url, password) = errand.door;
    let address = DatabaseAddress::parse(ERRAND, &url)?;
    let pool = connect::pool(&address, Some(&Secret::new(password)), CONNECTIONS)?;
    let (desk, _) = open_database(Store::new(pool), Arc::new(FixedClock(NOW))).await?;
    let listing = Listing::Users(UsersQuery {
        filter: UsersFilter::default(),
        sort: UsersSort::Created,
        descending: true,
        after: None,
        limit: 0,
    });
    let format = if errand.workbook {
        Format::Xlsx
    } else {
        Format::Csv
    };
    let sink = BufWriter::with_capacity(256 * 1024, File::create(errand.path)?);
    let progress = Progress::default();
    let origin = Origin::default();
    let mut memory = Memory {
        before: resident()?.0,
        ..Memory::default()
    };
    let begun = stopwatch();
    let mut export = pin!(export_list(
        &desk, &listing, format, &origin, sink, &progress
    ));
    let mut look = tokio::time::interval(Duration::from_millis(20));
    let mut sink = loop {
        tokio::select! {
            sink = &mut export => break sink?,
            _ = look.tick() => {
                let begins = progress.expected().is_none_or(|all| progress.rows() < all / 10);
                memory.note(begins)?;
            }
        }
    };
    sink.flush()?;
    let taken = begun.elapsed();
    desk.store.close().await;
    Ok(Exported {
        taken,
        rows: progress.rows(),
        memory,
    })
}

impl Memory {
    fn note(&mut self, begins: bool) -> Measured<()> {
        let (all, own) = resident()?;
        if all > self.peak {
            (self.peak, self.own) = (all, own);
        }
        if begins {
            self.early = self.early.max(all);
        }
        Ok(())
    }
}

/// Memory of this process that is really there, in bytes: all of it, and what is not mapped from files.
fn resident() -> Measured<(usize, usize)> {
    let status = fs::read_to_string("/proc/self/status")?;
    let bytes = |name: &str| -> Measured<usize> {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
        Ok(kilobytes.ok_or("no such line")?.trim().parse::<usize>()? * 1024)
    };
    Ok((bytes("VmRSS:")?, bytes("RssAnon:")?))
}
