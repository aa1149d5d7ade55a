//! Events of the inbox and effects of the outbox: listed, read, applied again, put aside.

use futures_util::{Stream, StreamExt as _};
use serde::Deserialize;
use serde_json::Value;
use sqlx::FromRow;
use sqlx::postgres::PgRow;
use time::OffsetDateTime;

use crate::domain::browse::{Cursor, CursorKey};
use crate::domain::events::{
    Event, EventDetail, EventId, EventSource, EventState, EventsFilter, Hearing, Payload,
    ReadBackState, Replayed, System, Way, Which,
};
use crate::domain::slice::{Part, Slice};
use crate::statement;
use crate::store::door::{Reading, Statement, Store};
use crate::store::failure::StoreError;
use crate::store::people::{any_of, fragment_pattern};
use crate::store::totals::{Bound, TotalsRecord};
use crate::totals;

const PAGE: Statement = statement!("events_page.sql");
const TOTALS: Statement = totals!("events_page.sql");
const DETAIL: Statement = statement!("event_detail.sql");
const EVENT_PAYLOAD: Statement = statement!("event_payload.sql");
const EFFECT_PAYLOAD: Statement = statement!("effect_payload.sql");
const REPLAY: Statement = statement!("event_replay.sql");
const SOURCES: Statement = statement!("sources.sql");
const DISMISS: Statement = statement!("event_dismiss.sql");

/// Reads a part of the list, newest first.
///
/// # Errors
/// Whatever the database says.
pub async fn page(
    reading: &mut Reading,
    filter: &EventsFilter,
    part: &Part,
) -> Result<Slice<Event>, StoreError> {
    let limit = i64::from(part.limit) + 1;
    let records: Vec<Record> = reading
        .all(bound(PAGE, filter, part.after.as_ref(), Some(limit)))
        .await?;
    let cursor = |record: &Record| Cursor {
        key: CursorKey::Time(record.at.into()),
        id: format!("{}-{}", record.way, record.id),
    };
    Slice::cut(records, part.limit, None, cursor).try_map(Record::into_event)
}

/// Every one on the list, in its order.
pub fn listed<'r>(
    reading: &'r mut Reading,
    filter: &EventsFilter,
) -> impl Stream<Item = Result<Event, StoreError>> + Send + 'r {
    reading
        .stream(bound::<Record>(PAGE, filter, None, None))
        .map(|record| record?.into_event())
}

/// How many are on the list.
///
/// # Errors
/// Whatever the database says.
pub async fn listed_totals(
    reading: &mut Reading,
    filter: &EventsFilter,
) -> Result<Vec<TotalsRecord>, StoreError> {
    reading.all(bound(TOTALS, filter, None, None)).await
}

fn bound<R>(
    statement: Statement,
    filter: &EventsFilter,
    after: Option<&Cursor>,
    limit: Option<i64>,
) -> Bound<R>
where
    R: for<'r> FromRow<'r, PgRow>,
{
    let last: Option<EventId> = after.and_then(|cursor| cursor.id.parse().ok());
    let at = after.and_then(|cursor| match cursor.key {
        CursorKey::Time(at) => Some(at),
        _ => None,
    });
    statement
        .rows()
        .bind(filter.text.as_deref().map(fragment_pattern))
        .bind(filter.text.clone())
        .bind(any_of(&filter.ways, Way::word))
        .bind(any_of(&filter.states, EventState::word))
        .bind(any_of(&filter.systems, System::word))
        .bind(filter.kind.as_deref().map(fragment_pattern))
        .bind(filter.subject.as_deref().map(fragment_pattern))
        .bind(filter.from)
        .bind(filter.before)
        .bind(filter.attempts_least.map(i64::from))
        .bind(filter.attempts_most.map(i64::from))
        .bind(at.filter(|_| last.is_some()))
        .bind(last.map(|id| id.number))
        .bind(last.map(|id| id.way.word()))
        .bind(limit)
}

/// One of them with what it says; `None`: there is none.
///
/// # Errors
/// Whatever the database says.
pub async fn detail(reading: &mut Reading, id: EventId) -> Result<Option<EventDetail>, StoreError> {
    let query = DETAIL.rows::<DetailRecord>();
    let query = query.bind(id.way.word()).bind(id.number);
    let Some(record) = reading.optional(query).await? else {
        return Ok(None);
    };
    let payload = if record.may_read {
        let statement = match id.way {
            Way::In => EVENT_PAYLOAD,
            Way::Out => EFFECT_PAYLOAD,
        };
        let query = statement.rows::<(Option<Value>,)>().bind(id.number);
        let (said,) = reading.one(query).await?;
        let mut said = said.unwrap_or_default();
        let mut part = |name: &str| Some(said[name].take()).filter(|part| !part.is_null());
        Payload::Shown {
            headers: part("headers"),
            body: part("body"),
        }
    } else {
        Payload::Withheld
    };
    Ok(Some(EventDetail {
        event: record.event.into_event()?,
        outcome: record.outcome,
        payload,
    }))
}

/// Applies, or tries, again; dry: tells how many that would be.
///
/// # Errors
/// Whatever the database says; then nothing was changed.
pub async fn replay(
    store: &Store,
    which: &Which,
    reason: Option<&str>,
    dry_run: bool,
) -> Result<Replayed, StoreError> {
    let numbers = |way: Way| match which {
        Which::These(ids) => Some(
            ids.iter()
                .filter(|id| id.way == way)
                .map(|id| id.number)
                .collect::<Vec<i64>>(),
        ),
        Which::Time { .. } => None,
    };
    let (from, until, states, system) = match which {
        Which::These(_) => (None, None, None, None),
        Which::Time {
            from,
            until,
            states,
            system,
        } => (
            Some(*from),
            Some(*until),
            any_of(states, EventState::word),
            system.map(System::word),
        ),
    };
    let query = REPLAY
        .rows::<(Value,)>()
        .bind(numbers(Way::In))
        .bind(numbers(Way::Out))
        .bind(from)
        .bind(until)
        .bind(states)
        .bind(system)
        .bind(reason.map(str::to_owned))
        .bind(dry_run);
    let mut writing = store.write().await?;
    let (answer,) = writing.one(query).await?;
    writing.commit().await?;
    let answer: ReplayRecord = serde_json::from_value(answer)
        .map_err(|error| StoreError::Impossible(format!("the answer of a replay: {error}")))?;
    let left_out = answer
        .left_out
        .into_iter()
        .map(|left| Ok((id_of(&left.way, left.id)?, left.why)));
    Ok(Replayed {
        events: answer.events,
        effects: answer.effects,
        left_out: left_out.collect::<Result<_, StoreError>>()?,
    })
}

/// Puts one aside that waits for a person.
///
/// # Errors
/// Whatever the database says; then nothing was changed.
pub async fn dismiss(store: &Store, id: EventId, reason: &str) -> Result<(), StoreError> {
    let query = DISMISS
        .rows::<(bool,)>()
        .bind(id.way.word())
        .bind(id.number)
        .bind(reason.to_owned());
    let mut writing = store.write().await?;
    let (_done,) = writing.one(query).await?;
    writing.commit().await
}

/// Where events come from, and whether all of them do.
///
/// # Errors
/// Whatever the database says.
pub async fn sources(
    reading: &mut Reading,
    now: OffsetDateTime,
) -> Result<Vec<EventSource>, StoreError> {
    let records: Vec<SourceRecord> = reading.all(SOURCES.rows().bind(now)).await?;
    records.into_iter().map(SourceRecord::into_source).collect()
}

#[derive(FromRow)]
struct SourceRecord {
    provider: String,
    state: String,
    last_at: Option<OffsetDateTime>,
    usual_seconds: Option<i64>,
    is_read_back: bool,
    covered_until: Option<OffsetDateTime>,
    ran_at: Option<OffsetDateTime>,
    failing_since: Option<OffsetDateTime>,
    last_error: Option<String>,
    filled_in: i64,
    waits: bool,
}

impl SourceRecord {
    fn into_source(self) -> Result<EventSource, StoreError> {
        let failing = self
            .failing_since
            .map(|since| (since, self.last_error.unwrap_or_default()));
        Ok(EventSource {
            system: System::of(&self.provider).ok_or_else(|| odd("system", &self.provider))?,
            hearing: Hearing::of(&self.state).ok_or_else(|| odd("hearing", &self.state))?,
            last_at: self.last_at,
            usual_seconds: self.usual_seconds,
            read_back: self.is_read_back.then(|| ReadBackState {
                covered_until: self.covered_until,
                ran_at: self.ran_at,
                filled_in: u64::try_from(self.filled_in).unwrap_or_default(),
                waits: self.waits,
                failing,
            }),
        })
    }
}

#[derive(FromRow)]
struct Record {
    way: String,
    id: i64,
    at: OffsetDateTime,
    system: String,
    kind: Option<String>,
    subject: Option<String>,
    cluster_id: Option<String>,
    reference: String,
    livemode: Option<bool>,
    origin: Option<String>,
    state: String,
    attempts: i32,
    next_attempt_at: OffsetDateTime,
    last_error: Option<String>,
    done_at: Option<OffsetDateTime>,
    audit_id: Option<i64>,
    person: Option<String>,
}

#[derive(FromRow)]
struct DetailRecord {
    #[sqlx(flatten)]
    event: Record,
    outcome: Option<Value>,
    may_read: bool,
}

#[derive(Deserialize)]
struct ReplayRecord {
    events: u64,
    effects: u64,
    left_out: Vec<LeftOut>,
}

#[derive(Deserialize)]
struct LeftOut {
    way: String,
    id: i64,
    why: String,
}

fn id_of(way: &str, number: i64) -> Result<EventId, StoreError> {
    let way = Way::of(way).ok_or_else(|| odd("way", way))?;
    Ok(EventId { way, number })
}

fn odd(what: &str, word: &str) -> StoreError {
    StoreError::Impossible(format!("an event's {what} `{word}`"))
}

impl Record {
    fn into_event(self) -> Result<Event, StoreError> {
        Ok(Event {
            id: id_of(&self.way, self.id)?,
            at: self.at,
            system: System::of(&self.system).ok_or_else(|| odd("system", &self.system))?,
            kind: self.kind,
            subject: self.subject,
            person: self.person,
            cluster_id: self.cluster_id,
            reference: self.reference,
            livemode: self.livemode,
            read_back: self.origin.as_deref() == Some("read_back"),
            state: EventState::of(&self.state).ok_or_else(|| odd("state", &self.state))?,
            attempts: u32::try_from(self.attempts).unwrap_or_default(),
            next_attempt_at: self.next_attempt_at,
            last_error: self.last_error,
            done_at: self.done_at,
            audit_id: self.audit_id,
        })
    }
}
