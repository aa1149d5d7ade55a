//! The Events list as a file.

use futures_util::StreamExt as _;
use time::OffsetDateTime;

use crate::domain::events::{Event, EventState, EventsFilter, System, Way};
use crate::reports::column::{Cell, Column, Kind};
use crate::store::door::Reading;
use crate::store::events;
use crate::store::failure::StoreError;
use crate::store::totals::TotalsRecord;
use crate::usecases::desk::Desk;
use crate::usecases::exported::words::{any_words, count_words, span_words, text_words};
use crate::usecases::exported::{Exported, Origins, Rows};

impl Exported for EventsFilter {
    type Row = Event;

    fn title(&self) -> String {
        "Events".to_owned()
    }

    fn columns(&self, _: OffsetDateTime) -> Vec<Column> {
        vec![
            Column::new("Event", Kind::Id),
            Column::new("Way", Kind::Text),
            Column::new("At", Kind::Time),
            Column::new("System", Kind::Text),
            Column::new("Kind", Kind::Text),
            Column::new("About", Kind::Id),
            Column::new("Name", Kind::Text),
            Column::new("Cluster", Kind::Id),
            Column::new("Reference", Kind::Id),
            Column::new("Mode", Kind::Text),
            Column::new("Arrived", Kind::Text),
            Column::new("State", Kind::Text),
            Column::new("Attempts", Kind::Whole),
            Column::new("Last error", Kind::Text),
            Column::new("Done at", Kind::Time),
            Column::new("Entry of the trail", Kind::Id),
        ]
    }

    async fn filter(&self, _: &mut Reading, _: OffsetDateTime) -> Result<Vec<String>, StoreError> {
        let mut words: Vec<String> = [
            text_words("Kind, subject, error or reference", self.text.as_deref()),
            any_words("Way", &self.ways, Way::word),
            any_words("State", &self.states, EventState::word),
            any_words("System", &self.systems, System::word),
            text_words("Kind", self.kind.as_deref()),
            text_words("About", self.subject.as_deref()),
            count_words("Attempts", self.attempts_least, self.attempts_most),
        ]
        .into_iter()
        .flatten()
        .collect();
        words.extend(span_words("Came", self.from, self.before));
        Ok(words)
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
    ) -> Result<Rows<'r, Event>, StoreError> {
        Ok(events::listed(reading, self).boxed())
    }

    async fn totals(
        &self,
        reading: &mut Reading,
        _: OffsetDateTime,
    ) -> Result<Vec<TotalsRecord>, StoreError> {
        events::listed_totals(reading, self).await
    }

    fn cells(&self, _: &Desk, row: Event, _: OffsetDateTime) -> Vec<Cell> {
        let mode = row.livemode.map(|live| if live { "live" } else { "test" });
        let arrived = match row.id.way {
            Way::In if row.read_back => "read back",
            Way::In => "by itself",
            Way::Out => "",
        };
        vec![
            Cell::Text(row.id.to_string()),
            Cell::Text(row.id.way.word().to_owned()),
            Cell::Time(row.at),
            Cell::Text(row.system.word().to_owned()),
            Cell::text(row.kind),
            Cell::text(row.subject),
            Cell::text(row.person),
            Cell::text(row.cluster_id),
            Cell::Text(row.reference),
            Cell::text(mode.map(str::to_owned)),
            Cell::Text(arrived.to_owned()),
            Cell::Text(row.state.word().to_owned()),
            Cell::whole(Some(i64::from(row.attempts))),
            Cell::text(row.last_error),
            Cell::time(row.done_at),
            Cell::text(row.audit_id.map(|id| id.to_string())),
        ]
    }
}
