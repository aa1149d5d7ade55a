//! The whole Users list as a file: against what psql takes for the same statement, and in how much memory.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use hopsdesk::domain::browse::{UsersFilter, UsersQuery, UsersSort};
use hopsdesk::reports::Format;
use hopsdesk::usecases::export_list::{Origin, Progress, export_list};
use hopsdesk::usecases::exported::Listing;

use crate::Measured;
use crate::store::service::{NOW, Service};
use crate::store::table::{Bar, Table};
use crate::store::timing::{Runs, stopwatch, timed};

/// The list's own statement; see there for its arguments.
const PAGE: &str = include_str!("../../store/sql/users_page.sql");

/// How much more memory the last nine tenths of the rows may take than the first.
const FLAT: usize = 8 * 1024 * 1024;

/// All memory of the program while it writes a workbook.
const MOST: usize = 150_000_000;

pub(crate) async fn measure(service: &Service, table: &mut Table) -> Measured<()> {
    let folder = tempfile::tempdir()?;
    // Each is long enough to be measured once or twice.
    let runs = Runs {
        most: 3,
        ..service.runs
    };
    let runs = Runs {
        least: if service.users > 200_000 { 1 } else { 3 },
        ..runs
    };
    let target = folder.path().join("copy.csv");
    let copy = timed(runs, 0, async |_| copied(service, &target)).await?;
    for format in [Format::Csv, Format::Xlsx] {
        let name = format.extension().to_uppercase();
        let path = folder.path().join(format!("users.{}", format.extension()));
        let mut memory = Memory::default();
        let export = timed(runs, 0, async |_| {
            let (taken, used) = exported(service, format, &path).await?;
            memory = memory.most(used);
            Ok(taken)
        })
        .await?;
        let what = format!("export of {} users as {name}", service.users);
        let against = ("psql's \\copy", &copy);
        match format {
            // At least half as fast: at most twice the time.
            Format::Csv => table.compared(&what, &export, against, Bar::AtMostTimes(2)),
            Format::Xlsx => table.compared(&what, &export, against, Bar::Faster),
        }
        let bytes = usize::try_from(fs::metadata(&path)?.len())?;
        table.note(&format!(
            "{name} of {} users: {} MB.",
            service.users,
            bytes / 1_000_000
        ));
        table.size(
            &format!("{name}: memory of the program at its most"),
            memory.peak,
            MOST,
        );
        let grown = memory.peak.saturating_sub(memory.early);
        table.size(
            &format!("{name}: memory grown after the first tenth"),
            grown,
            FLAT,
        );
    }
    Ok(())
}

/// Memory of this process in bytes: its peak while the first tenth was written, and over all.
#[derive(Debug, Clone, Copy, Default)]
struct Memory {
    early: usize,
    peak: usize,
}

impl Memory {
    fn most(self, other: Self) -> Self {
        if other.peak > self.peak { other } else { self }
    }
}

async fn exported(service: &Service, format: Format, path: &Path) -> Measured<(Duration, Memory)> {
    let listing = Listing::Users(UsersQuery {
        filter: UsersFilter::default(),
        sort: UsersSort::Created,
        descending: true,
        after: None,
        limit: 0,
    });
    let sink = BufWriter::with_capacity(256 * 1024, File::create(path)?);
    let progress = Progress::default();
    let mut memory = Memory::default();
    let origin = Origin::default();
    let begun = stopwatch();
    let export = export_list(&service.desk, &listing, format, &origin, sink, &progress);
    let mut sink = {
        let mut export = std::pin::pin!(export);
        let mut look = tokio::time::interval(Duration::from_millis(20));
        loop {
            tokio::select! {
                sink = &mut export => break sink?,
                _ = look.tick() => {
                    let now = resident()?;
                    memory.peak = memory.peak.max(now);
                    let first_tenth = progress.expected().is_none_or(|all| progress.rows() < all / 10);
                    if first_tenth {
                        memory.early = memory.early.max(now);
                    }
                }
            }
        }
    };
    sink.flush()?;
    let taken = begun.elapsed();
    if progress.rows() != u64::from(service.users) && progress.expected() != Some(progress.rows()) {
        return Err("an export that is not complete must have failed".into());
    }
    Ok((taken, memory))
}

/// What the same statement takes psql: everything but the formatting of our own columns.
fn copied(service: &Service, target: &Path) -> Measured<Duration> {
    let begun = stopwatch();
    let done = service
        .psql()
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c"])
        .arg(format!(
            "copy ({}) to stdout with (format csv, header)",
            literally(PAGE)
        ))
        .stdout(File::create(target)?)
        .stdin(Stdio::null())
        .status()?;
    let taken = begun.elapsed();
    let empty = fs::metadata(target)?.len() < 1000;
    if !done.success() || empty {
        return Err("psql copied nothing".into());
    }
    Ok(taken)
}

/// The statement with the arguments of an unfiltered list, newest first, in the place of `$1`, `$2`, …
fn literally(sql: &str) -> String {
    let month = NOW.date().replace_day(1).unwrap_or(NOW.date());
    let known = [
        (8, "'created'".to_owned()),
        (9, "true".to_owned()),
        (10, "false".to_owned()),
        (11, "null::timestamptz".to_owned()),
        (13, "null::numeric".to_owned()),
        (15, "null::bigint".to_owned()),
        (16, format!("'{month}'::date")),
        (17, format!("'{NOW}'::timestamptz")),
        (18, "null::numrange".to_owned()),
        (19, "null::numrange".to_owned()),
        (22, "false".to_owned()),
    ];
    let mut sql = sql.trim_end().trim_end_matches(';').to_owned();
    // The longer numbers first: `$1` is the beginning of `$10`.
    for number in (1..=40).rev() {
        let value = known.iter().find(|(known, _)| *known == number);
        let value = value.map_or("null", |(_, value)| value.as_str());
        sql = sql.replace(&format!("${number}"), value);
    }
    sql
}

/// Memory of this process that is really there, in bytes.
fn resident() -> Measured<usize> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    Ok(kilobytes.ok_or("no VmRSS")?.trim().parse::<usize>()? * 1024)
}
