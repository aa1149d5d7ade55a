//! The whole Users list as a file: against what psql takes for the same statement, and in how much memory.

use std::fs::{self, File};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use hopsdesk::reports::Format;

use crate::Measured;
use crate::store::exporter::{self, Exported};
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
        let mut most = Exported::default();
        let export = timed(runs, 0, async |_| {
            let exported = exporter::export(service, format, &path).await?;
            if exported.rows < u64::from(service.users) {
                return Err(format!("{} rows were exported", exported.rows).into());
            }
            if exported.memory.peak > most.memory.peak {
                most = exported;
            }
            Ok(exported.taken)
        })
        .await?;
        let memory = most.memory;
        let what = format!("export of {} users as {name}", service.users);
        let against = ("psql's \\copy", &copy);
        match format {
            // At least half as fast: at most twice the time.
            Format::Csv => table.compared(&what, &export, against, Bar::AtMostTimes(2)),
            Format::Xlsx => table.compared(&what, &export, against, Bar::Faster),
        }
        let bytes = usize::try_from(fs::metadata(&path)?.len())?;
        table.note(&format!(
            "{name} of {} users: {} MB. The program held {} MB before, and at its most {} MB that were not \
             mapped from files.",
            service.users,
            bytes / 1_000_000,
            memory.before / 1_000_000,
            memory.own / 1_000_000
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
