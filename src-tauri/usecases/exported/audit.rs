//! The audit trail as a file that an outsider can verify: `docs/AUDIT.md` says how.

use futures_util::StreamExt as _;
use time::OffsetDateTime;

use crate::domain::audit::{AuditFilter, ExportedEntry};
use crate::reports::column::{Cell, Column, Kind};
use crate::store::audit;
use crate::store::door::Reading;
use crate::store::failure::StoreError;
use crate::store::totals::TotalsRecord;
use crate::usecases::desk::Desk;
use crate::usecases::exported::words::text_words;
use crate::usecases::exported::{Exported, Origins, Rows};

impl Exported for AuditFilter {
    type Row = ExportedEntry;

    fn title(&self) -> String {
        "Audit".to_owned()
    }

    fn columns(&self, _: OffsetDateTime) -> Vec<Column> {
        vec![
            Column::new("Entry", Kind::Id),
            Column::new("Chain", Kind::Text),
            Column::new("Link", Kind::Whole),
            Column::new("At", Kind::Time),
            Column::new("By", Kind::Text),
            Column::new("Login", Kind::Id),
            Column::new("Action", Kind::Text),
            Column::new("Kind", Kind::Text),
            Column::new("Of", Kind::Text),
            Column::new("Id", Kind::Id),
            Column::new("Reason", Kind::Text),
            Column::new("Takes back", Kind::Id),
            Column::new("Taken back by", Kind::Id),
            Column::new("Bulk", Kind::Id),
            Column::new("Erased", Kind::Text),
            Column::new("Hash before", Kind::Id),
            Column::new("Hash", Kind::Id),
            Column::new("Digest", Kind::Id),
            Column::new("Digested", Kind::Id),
            Column::new("Data digest", Kind::Id),
            Column::new("Salt", Kind::Id),
            Column::new("Data", Kind::Id),
        ]
    }

    async fn filter(&self, _: &mut Reading, _: OffsetDateTime) -> Result<Vec<String>, StoreError> {
        let named = |what: &str, value: Option<&str>| value.map(|value| format!("{what}: {value}"));
        let day =
            |what: &str, day: Option<time::Date>| day.map(|day| format!("{what} {day} (UTC)"));
        let parts = [
            Some(format!("Chain: {}", self.chain.word())),
            text_words("Name, reason, id or login", self.text.as_deref()),
            named("Login", self.login.as_deref()),
            named("Action", self.action.as_deref()),
            named("Of", self.subject.as_deref()),
            named("Bulk", self.run.as_deref()),
            day("From", self.from),
            day("Up to", self.to),
        ];
        Ok(parts.into_iter().flatten().collect())
    }

    fn order(&self) -> String {
        "newest first".to_owned()
    }

    fn origins(&self) -> Origins {
        &[]
    }

    async fn rows<'r>(
        &self,
        reading: &'r mut Reading,
        _: OffsetDateTime,
    ) -> Result<Rows<'r, ExportedEntry>, StoreError> {
        Ok(audit::listed(reading, self).boxed())
    }

    async fn totals(
        &self,
        reading: &mut Reading,
        _: OffsetDateTime,
    ) -> Result<Vec<TotalsRecord>, StoreError> {
        audit::listed_totals(reading, self).await
    }

    fn cells(&self, _: &Desk, row: ExportedEntry, _: OffsetDateTime) -> Vec<Cell> {
        let entry = row.entry;
        let number = |id: Option<i64>| Cell::text(id.map(|id| id.to_string()));
        vec![
            Cell::Text(entry.id.to_string()),
            Cell::Text(self.chain.word().to_owned()),
            Cell::whole(entry.seq),
            Cell::Time(entry.at),
            Cell::Text(entry.staff),
            Cell::Text(entry.login),
            Cell::Text(entry.action),
            Cell::Text(entry.kind),
            Cell::text(entry.label),
            Cell::text(entry.subject),
            Cell::text(entry.reason),
            number(entry.undoes),
            number(entry.undone_by),
            Cell::text(entry.run),
            Cell::Text(if entry.erased { "erased" } else { "" }.to_owned()),
            Cell::text(row.hash_before),
            Cell::text(row.hash),
            Cell::text(row.digest),
            Cell::Text(row.digested),
            Cell::Text(row.data_digest),
            Cell::text(row.salt),
            Cell::text(row.data),
        ]
    }
}
