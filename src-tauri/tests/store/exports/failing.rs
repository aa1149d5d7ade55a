//! Exports that end otherwise than well.

use std::io::Cursor;

use hopsdesk::domain::browse::UsersQuery;
use hopsdesk::reports::{Format, ReportError};
use hopsdesk::store::totals::TotalsRecord;
use hopsdesk::usecases::desk::Desk;
use hopsdesk::usecases::export_list::{ExportError, Origin, Progress, export_list};
use hopsdesk::usecases::exported::Listing;

use super::{desk, everybody, exported, read_csv, suspended};

/// A list whose database counts something else than it gives.
struct Lying(UsersQuery);

impl hopsdesk::usecases::exported::Exported for Lying {
    type Row = hopsdesk::domain::directory::UserRow;

    fn title(&self) -> String {
        self.0.title()
    }
    fn columns(&self, now: time::OffsetDateTime) -> Vec<hopsdesk::reports::column::Column> {
        self.0.columns(now)
    }
    async fn filter(
        &self,
        reading: &mut hopsdesk::store::door::Reading,
        now: time::OffsetDateTime,
    ) -> Result<Vec<String>, hopsdesk::store::failure::StoreError> {
        self.0.filter(reading, now).await
    }
    fn order(&self) -> String {
        self.0.order()
    }
    fn origins(&self) -> &'static [(&'static str, &'static str, &'static str)] {
        self.0.origins()
    }
    async fn rows<'r>(
        &self,
        reading: &'r mut hopsdesk::store::door::Reading,
        now: time::OffsetDateTime,
    ) -> Result<
        hopsdesk::usecases::exported::Rows<'r, Self::Row>,
        hopsdesk::store::failure::StoreError,
    > {
        self.0.rows(reading, now).await
    }
    async fn totals(
        &self,
        reading: &mut hopsdesk::store::door::Reading,
        now: time::OffsetDateTime,
    ) -> Result<Vec<TotalsRecord>, hopsdesk::store::failure::StoreError> {
        let mut totals = self.0.totals(reading, now).await?;
        totals[0].listed += 1;
        Ok(totals)
    }
    fn cells(
        &self,
        desk: &Desk,
        row: Self::Row,
        now: time::OffsetDateTime,
    ) -> Vec<hopsdesk::reports::column::Cell> {
        self.0.cells(desk, row, now)
    }
}

#[tokio::test]
async fn a_row_that_is_missing_makes_the_export_fail() {
    use hopsdesk::usecases::export_list::export;

    let (_database, desk) = desk().await;
    let progress = Progress::default();
    let sink = Cursor::new(Vec::new());
    let origin = Origin::default();
    let outcome = export(
        &desk,
        &Lying(suspended()),
        Format::Csv,
        &origin,
        sink,
        &progress,
    )
    .await;
    let Err(ExportError::Differs {
        what,
        written,
        recorded,
    }) = outcome
    else {
        panic!("a difference must be an error: {outcome:?}");
    };
    assert_eq!(
        (what.as_str(), written.as_str(), recorded.as_str()),
        ("Rows", "300", "301")
    );
}

/// A disk that is full after so many bytes.
struct FullDisk(usize);

impl std::io::Write for FullDisk {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 = self
            .0
            .checked_sub(bytes.len())
            .ok_or_else(|| std::io::Error::from(std::io::ErrorKind::StorageFull))?;
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl std::io::Seek for FullDisk {
    fn seek(&mut self, _: std::io::SeekFrom) -> std::io::Result<u64> {
        Ok(0)
    }
}

#[tokio::test]
async fn a_full_disk_ends_the_export_with_the_reason() {
    let (_database, desk) = desk().await;
    for format in [Format::Csv, Format::Xlsx] {
        let listing = Listing::Users(everybody());
        let progress = Progress::default();
        let sink = FullDisk(9_000);
        let outcome =
            export_list(&desk, &listing, format, &Origin::default(), sink, &progress).await;
        let Err(ExportError::Report(ReportError::Write(error))) = outcome.map(drop) else {
            panic!("{format:?} must fail");
        };
        assert_eq!(error.kind(), std::io::ErrorKind::StorageFull, "{format:?}");
    }
}

#[tokio::test]
async fn a_cancelled_export_ends_at_once_and_its_connection_is_good_again() {
    let (database, desk) = desk().await;
    // A lock keeps the export waiting for as long as it is held.
    let mut holder = database.superuser().await;
    holder
        .script("begin; lock table public.users in access exclusive mode")
        .await
        .expect("a lock");
    let listing = Listing::Users(everybody());
    let progress = Progress::default();
    let origin = Origin::default();
    let sink = Cursor::new(Vec::new());
    let export = export_list(&desk, &listing, Format::Csv, &origin, sink, &progress);
    let cancel = async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        progress.cancel();
    };
    // Less than the ten seconds after which the database itself gives up waiting for a lock.
    let (outcome, ()) = tokio::time::timeout(std::time::Duration::from_secs(9), async {
        tokio::join!(export, cancel)
    })
    .await
    .expect("it does not wait for the lock");
    assert!(matches!(outcome, Err(ExportError::Cancelled)));
    let waiting = "select count(*) from pg_stat_activity
                   where datname = current_database() and wait_event_type = 'Lock'";
    assert_eq!(
        database.psql(waiting),
        "0",
        "nothing of it is left on the server"
    );
    holder.script("rollback").await.expect("released");
    let bytes = exported(&desk, suspended(), Format::Csv).await;
    assert_eq!(read_csv(&bytes).0.len(), 300);
}
