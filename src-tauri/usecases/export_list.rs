//! Exports a list: streams its own page statement without a limit into a report, and holds what was
//! written against what the database itself counts and adds up in the same snapshot.

use std::collections::BTreeMap;
use std::io::{Seek, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use thiserror::Error;
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::domain::money::Currency;
use crate::reports::about::About;
use crate::reports::column::{Cell, Column, Kind};
use crate::reports::tally::Total;
use crate::reports::{Format, Report, ReportError};
use crate::store::door::Reading;
use crate::store::failure::StoreError;
use crate::store::rollups;
use crate::store::totals::{self, TotalsRecord};
use crate::usecases::desk::Desk;
use crate::usecases::exported::{Exported, Listing};

/// Rows handed to the writing thread at a time.
const BATCH: usize = 256;

/// Batches that may wait for it: what reading is ahead of writing stays small.
const WAITING: usize = 4;

/// How long ending an abandoned statement may take.
const CANCEL_PATIENCE: Duration = Duration::from_secs(3);

/// Why there is no file.
#[derive(Debug, Error)]
pub enum ExportError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// What was written is not what the database says is there. Nothing of it must be used.
    #[error("{what}: {written} written, the database says {recorded}")]
    Differs {
        /// `Rows`, or the head of a column.
        what: String,
        /// As written.
        written: String,
        /// As the database counts it.
        recorded: String,
    },
    /// The person wants it no more.
    #[error("the export was cancelled")]
    Cancelled,
    /// The writing thread is gone.
    #[error("writing the file broke off")]
    BrokeOff(#[source] Option<tokio::task::JoinError>),
}

/// How far an export is, and the way to end it. Shared between who works and who watches.
#[derive(Debug)]
pub struct Progress {
    rows: AtomicU64,
    /// One more than the rows to come; 0 while that is not known.
    expected: AtomicU64,
    cancelled: watch::Sender<bool>,
}

impl Default for Progress {
    fn default() -> Self {
        Self {
            rows: AtomicU64::new(0),
            expected: AtomicU64::new(0),
            cancelled: watch::Sender::new(false),
        }
    }
}

impl Progress {
    /// Rows read so far.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows.load(Ordering::Relaxed)
    }

    /// Rows there will be, as soon as the database has counted them.
    #[must_use]
    pub fn expected(&self) -> Option<u64> {
        self.expected.load(Ordering::Relaxed).checked_sub(1)
    }

    /// Ends the export as soon as can be.
    pub fn cancel(&self) {
        self.cancelled.send_replace(true);
    }

    /// Returns when [`Self::cancel`] was called.
    async fn until_cancelled(&self) {
        let mut cancelled = self.cancelled.subscribe();
        // The sender is ours: it cannot be gone.
        let _ = cancelled.wait_for(|cancelled| *cancelled).await;
    }
}

/// Whose data it is, for the file to say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// Name and kind of the workspace.
    pub workspace: String,
    /// Its database, without a password.
    pub database: String,
    /// The login it was read with.
    pub login: String,
    /// The person's time zone: its name, and its distance to UTC now.
    pub zone: Option<(String, UtcOffset)>,
    /// The program and its version.
    pub program: String,
}

/// Writes the whole list into `sink`, and gives it back complete. Whoever called removes what is there
/// after an error.
///
/// # Errors
/// When the database or the sink fails, when what was written differs from what the database counts, or
/// when it was cancelled.
pub fn export_list<'a, W>(
    desk: &'a Desk,
    listing: &'a Listing,
    format: Format,
    origin: &'a Origin,
    sink: W,
    progress: &'a Progress,
) -> BoxFuture<'a, Result<W, ExportError>>
where
    W: Write + Seek + Send + 'static,
{
    match listing {
        Listing::Users(list) => export(desk, list, format, origin, sink, progress),
        Listing::Teams(list) => export(desk, list, format, origin, sink, progress),
        Listing::Accounts(list) => export(desk, list, format, origin, sink, progress),
        Listing::Credits(list) => export(desk, list, format, origin, sink, progress),
        Listing::Ledger(list) => export(desk, list, format, origin, sink, progress),
        Listing::Invoices(list) => export(desk, list, format, origin, sink, progress),
        Listing::Clusters(list) => export(desk, list, format, origin, sink, progress),
        Listing::Seated(list) => export(desk, list, format, origin, sink, progress),
        Listing::ClusterProjects(list) => export(desk, list, format, origin, sink, progress),
        Listing::ClusterCustomers(list) => export(desk, list, format, origin, sink, progress),
        Listing::ClusterNodes(list) => export(desk, list, format, origin, sink, progress),
        Listing::ClusterFindings(list) => export(desk, list, format, origin, sink, progress),
        Listing::UserFootprint(list) => export(desk, list, format, origin, sink, progress),
        Listing::UsageByDay(list) => export(desk, list, format, origin, sink, progress),
        Listing::UsageByDayAndCluster(list) => export(desk, list, format, origin, sink, progress),
        Listing::UsageByCluster(list) => export(desk, list, format, origin, sink, progress),
        Listing::OfUser(list) => export(desk, list, format, origin, sink, progress),
        Listing::Audit(list) => export(desk, list, format, origin, sink, progress),
        Listing::Events(list) => export(desk, list, format, origin, sink, progress),
        Listing::OverviewClusters(list) => export(desk, list, format, origin, sink, progress),
        Listing::InvoiceTwins(list) => export(desk, list, format, origin, sink, progress),
        Listing::Told(list) => export(desk, list, format, origin, sink, progress),
    }
}

/// [`export_list`] for one kind of list. Boxed, so that the compiler proves each kind fit to be sent to
/// another thread once, and not again for whoever awaits any of them.
///
/// # Errors
/// As there.
pub fn export<'a, L, W>(
    desk: &'a Desk,
    list: &'a L,
    format: Format,
    origin: &'a Origin,
    sink: W,
    progress: &'a Progress,
) -> BoxFuture<'a, Result<W, ExportError>>
where
    L: Exported,
    W: Write + Seek + Send + 'static,
{
    Box::pin(export_one(desk, list, format, origin, sink, progress))
}

async fn export_one<L, W>(
    desk: &Desk,
    list: &L,
    format: Format,
    origin: &Origin,
    sink: W,
    progress: &Progress,
) -> Result<W, ExportError>
where
    L: Exported,
    W: Write + Seek + Send + 'static,
{
    let now = desk.now();
    let mut reading = tokio::select! {
        reading = desk.store.snapshot() => reading?,
        () = progress.until_cancelled() => return Err(ExportError::Cancelled),
    };
    let session = totals::begin(&mut reading).await?;
    let outcome = {
        let work = write(
            desk,
            list,
            format,
            origin,
            sink,
            progress,
            &mut reading,
            now,
        );
        tokio::select! {
            outcome = work => outcome,
            () = progress.until_cancelled() => Err(ExportError::Cancelled),
        }
    };
    if outcome.is_ok() {
        reading.end().await?;
    } else {
        // Dropped as it is, the connection would first have to take all the rows that nobody wants.
        let cancel = totals::cancel(&desk.store, session);
        let _ = tokio::time::timeout(CANCEL_PATIENCE, cancel).await;
    }
    outcome
}

#[expect(
    clippy::too_many_arguments,
    reason = "what `export` was given, and what it opened"
)]
async fn write<L, W>(
    desk: &Desk,
    list: &L,
    format: Format,
    origin: &Origin,
    sink: W,
    progress: &Progress,
    reading: &mut Reading,
    now: OffsetDateTime,
) -> Result<W, ExportError>
where
    L: Exported,
    W: Write + Seek + Send + 'static,
{
    let columns = list.columns(now);
    let recorded = list.totals(reading, now).await?;
    let about = describe(desk, list, origin, reading, now).await?;
    let expected = rows_of(&recorded);
    progress.expected.store(expected + 1, Ordering::Relaxed);

    let report = Report::new(format, &list.title(), columns.clone(), sink)?;
    let (batches, thread) = writing_thread(report);
    let mut rows = list.rows(reading, now).await?;
    let mut batch = Vec::with_capacity(BATCH);
    while let Some(row) = rows.next().await {
        batch.push(list.cells(desk, row?, now));
        progress.rows.fetch_add(1, Ordering::Relaxed);
        if batch.len() == BATCH {
            let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH));
            if batches.send(full).await.is_err() {
                // It ended before its time: it knows why.
                break;
            }
        }
    }
    let _ = batches.send(batch).await;
    drop(batches);
    let report = joined(thread).await?;
    compare(&columns, &recorded, report.rows(), &report.totals())?;
    joined(tokio::task::spawn_blocking(move || report.finish(&about))).await
}

type Batch = Vec<Vec<Cell>>;

/// Rows are formatted, compressed and written beside the reading, and no disk holds up the others.
fn writing_thread<W>(
    mut report: Report<W>,
) -> (
    mpsc::Sender<Batch>,
    JoinHandle<Result<Report<W>, ReportError>>,
)
where
    W: Write + Seek + Send + 'static,
{
    let (sender, mut receiver) = mpsc::channel::<Batch>(WAITING);
    let thread = tokio::task::spawn_blocking(move || {
        while let Some(batch) = receiver.blocking_recv() {
            for row in batch {
                report.row(&row)?;
            }
        }
        Ok(report)
    });
    (sender, thread)
}

async fn joined<T>(thread: JoinHandle<Result<T, ReportError>>) -> Result<T, ExportError> {
    match thread.await {
        Ok(outcome) => Ok(outcome?),
        Err(error) => Err(ExportError::BrokeOff(Some(error))),
    }
}

/// What the file says of itself, but for what is counted.
async fn describe<L: Exported>(
    desk: &Desk,
    list: &L,
    origin: &Origin,
    reading: &mut Reading,
    now: OffsetDateTime,
) -> Result<About, StoreError> {
    let filter = list.filter(reading, now).await?;
    let filter = if filter.is_empty() {
        "none: every row".to_owned()
    } else {
        filter.join("; ")
    };
    let mut about = About::default()
        .say("List", list.title())
        .say("Workspace", &origin.workspace)
        .say("Database", &origin.database)
        .say("Read by login", &origin.login)
        .say("Filter", filter)
        .say("Order", list.order())
        .say("Read at (UTC)", moment(now, UtcOffset::UTC));
    if let Some((name, offset)) = &origin.zone {
        about = about.say(
            "Read at (local)",
            format!("{} {name}", moment(now, *offset)),
        );
    }
    if let Some(as_of) = rollups::as_of(reading).await? {
        // Costs and balances in a list are sums that are kept; the rows are as of now.
        about = about.say("Usage summed up at (UTC)", moment(as_of, UtcOffset::UTC));
    }
    let lacking: Vec<_> = list
        .origins()
        .iter()
        .filter(|(_, view, column)| desk.lacks.column(view, column).is_some())
        .map(|(title, _, _)| *title)
        .collect();
    if !lacking.is_empty() {
        about = about.say("Not recorded by this database", lacking.join(", "));
    }
    about.lines.extend(list.comes_to(reading, now).await?);
    about = about.say("Made by", &origin.program);
    Ok(about.say("Checked", list.checked()))
}

fn moment(at: OffsetDateTime, offset: UtcOffset) -> String {
    let at = at.replace_nanosecond(0).unwrap_or(at).to_offset(offset);
    at.format(&Rfc3339).unwrap_or_default()
}

fn rows_of(recorded: &[TotalsRecord]) -> u64 {
    let rows = recorded.iter().map(|record| record.listed).sum::<i64>();
    u64::try_from(rows).unwrap_or(0)
}

/// Holds what was written against what the database counts.
fn compare(
    columns: &[Column],
    recorded: &[TotalsRecord],
    rows: u64,
    written: &[Total],
) -> Result<(), ExportError> {
    let expected = rows_of(recorded);
    if rows != expected {
        return Err(ExportError::Differs {
            what: "Rows".to_owned(),
            written: rows.to_string(),
            recorded: expected.to_string(),
        });
    }
    let recorded = recorded_totals(columns, recorded)?;
    let written: BTreeMap<_, _> = written
        .iter()
        .map(|total| ((total.column, total.currency), total.sum))
        .collect();
    for key in recorded.keys().chain(written.keys()) {
        let (written, recorded) = (written.get(key), recorded.get(key));
        if written != recorded {
            let said = |sum: Option<_>| sum.map_or("nothing".to_owned(), ToString::to_string);
            let what = columns.get(key.0).map(Column::heading).unwrap_or_default();
            return Err(ExportError::Differs {
                what,
                written: said(written),
                recorded: said(recorded),
            });
        }
    }
    Ok(())
}

type Sums = BTreeMap<(usize, Option<Currency>), rust_decimal::Decimal>;

fn recorded_totals(columns: &[Column], recorded: &[TotalsRecord]) -> Result<Sums, ExportError> {
    let impossible = |problem: &str| StoreError::Impossible(format!("a control total: {problem}"));
    let mut sums = Sums::new();
    let summed: Vec<_> = columns
        .iter()
        .enumerate()
        .filter(|(_, column)| column.adds_up)
        .collect();
    for record in recorded {
        if record.sums.len() != summed.len() + 1 {
            return Err(impossible("not one sum for each column that adds up").into());
        }
        for ((index, column), sum) in summed.iter().zip(&record.sums) {
            let Some(sum) = sum else { continue };
            let currency = match column.kind {
                Kind::Money(Some(currency)) => Some(currency),
                // A word that is no currency is kept apart from all money, as none is.
                Kind::Money(None) => {
                    let code = record.currency.as_deref().unwrap_or_default();
                    Currency::parse(code).ok()
                }
                _ => None,
            };
            let total = sums.entry((*index, currency)).or_default();
            *total = total
                .checked_add(*sum)
                .ok_or_else(|| impossible("more digits than can be held"))?;
        }
    }
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    fn columns() -> Vec<Column> {
        vec![
            Column::new("Id", Kind::Id),
            Column::new("Amount", Kind::Money(None)),
            Column::new("CPU", Kind::Quantity("hours")),
        ]
    }

    fn record(currency: &str, amount: rust_decimal::Decimal) -> TotalsRecord {
        TotalsRecord {
            currency: Some(currency.to_owned()),
            listed: 2,
            sums: vec![Some(amount), Some(dec!(1.5)), None],
        }
    }

    fn total(column: usize, currency: Option<Currency>, sum: rust_decimal::Decimal) -> Total {
        Total {
            column,
            currency,
            sum,
        }
    }

    #[test]
    fn equal_totals_pass_whatever_their_scale_and_each_difference_is_named() {
        let euro = Currency::parse("eur").expect("a code");
        let recorded = [record("usd", dec!(10.00)), record("eur", dec!(7))];
        let right = [
            total(1, Some(euro), dec!(7.000)),
            total(1, Some(Currency::USD), dec!(10)),
            total(2, None, dec!(3)),
        ];
        compare(&columns(), &recorded, 4, &right).expect("the same");

        let fewer = compare(&columns(), &recorded, 3, &right);
        assert!(matches!(fewer, Err(ExportError::Differs { what, .. }) if what == "Rows"));
        let mut wrong = right.clone();
        wrong[1].sum = dec!(10.0001);
        let wrong = compare(&columns(), &recorded, 4, &wrong);
        assert!(matches!(wrong, Err(ExportError::Differs { what, .. }) if what == "Amount"));
        let missing = compare(&columns(), &recorded, 4, &right[..2]);
        assert!(matches!(missing, Err(ExportError::Differs { what, .. }) if what == "CPU (hours)"));
        let unknown = [record("US$", dec!(1)), record("usd", dec!(10))];
        let apart = [
            total(1, None, dec!(1)),
            total(1, Some(Currency::USD), dec!(10)),
            total(2, None, dec!(3)),
        ];
        compare(&columns(), &unknown, 4, &apart).expect("what has no currency is apart");
        let swapped = [record("usd", dec!(7)), record("eur", dec!(10))];
        assert!(
            compare(&columns(), &swapped, 4, &right).is_err(),
            "currencies are apart"
        );
    }
}
