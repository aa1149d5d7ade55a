//! Read Stripe's events back: whatever it made and never arrived is stored as if it had, marked, and applied like
//! any other.
//!
//! Stripe lists the newest first, so a stretch of time is read from its end to its beginning, and the next one
//! begins where it ended. What was made before this receiver had heard of Stripe for the first time is not its
//! business: another program may have counted it, and a purchase must not be counted twice. So nothing at all is read before
//! the first event came; and nothing with a key that shows to be of another account, whose customers and purchases are
//! nobody's here.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::{Value, json};
use thiserror::Error;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use crate::domain::clock::Clock;
use crate::domain::registration::parse_time;
use crate::payments::envelope::{Envelope, envelope};
use crate::payments::events::{EventsPage, StripeReadError, StripeReader};
use crate::payments::mode::Mode;
use crate::payments::outside::outside;
use crate::store::door::Store;
use crate::store::failure::StoreError;
use crate::store::inbox::{NewEvent, Origin, Provider, Stored, store_events};
use crate::store::read_back::{Note, Source, Turn, begin, first_stripe_event};
use crate::usecases::prove_stripe_key::prove_stripe_key;
use crate::usecases::read_back_users::ReadBack;

/// Stripe keeps events for thirty days.
const KEPT: Duration = Duration::days(30);

/// Stripe tries to deliver at once, and again for three days; what has not come by now is fetched, and is a
/// duplicate when it comes after all.
const GRACE: Duration = Duration::minutes(10);

/// Between two times that everything is read.
const EVERY: Duration = Duration::minutes(10);

/// In the cursor: nothing is read until this has come.
const WAITS: &str = "waits_for";

/// In the cursor: whose mode it is of.
const LIVE: &str = "live";

/// After a failure.
const AFTER_FAILURE: Duration = Duration::minutes(2);

/// Why it did not go on. It is noted, and tried again.
#[derive(Debug, Error)]
pub enum ReadStripeError {
    /// Stripe.
    #[error(transparent)]
    Stripe(#[from] StripeReadError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ReadStripeError {
    /// What happened, as it may be kept and logged.
    #[must_use]
    pub fn without_data(&self) -> String {
        match self {
            Self::Stripe(error) => error.to_string(),
            Self::Store(error) => error.without_data(),
        }
    }
}

/// Reads back what is due; `None` while nothing is, Stripe has sent nothing yet in this mode, or another program is at it.
/// Broken off at any point, it goes on from the last page.
///
/// # Errors
/// [`ReadStripeError`]
pub async fn read_back_stripe(
    store: &Store,
    stripe: &StripeReader,
    clock: &dyn Clock,
    mode: Mode,
) -> Result<Option<ReadBack>, ReadStripeError> {
    let Some(turn) = begin(store, Source::StripeEvents, clock.now()).await? else {
        return Ok(None);
    };
    let read = take_turn(store, stripe, clock, mode, &turn).await;
    if let Err(error) = &read {
        let now = clock.now();
        // Where the database is away the turn ends by itself.
        let _ = turn
            .note(
                store,
                now,
                Note::failed(error.without_data(), now + AFTER_FAILURE),
            )
            .await;
    }
    read
}

async fn take_turn(
    store: &Store,
    stripe: &StripeReader,
    clock: &dyn Clock,
    mode: Mode,
    turn: &Turn,
) -> Result<Option<ReadBack>, ReadStripeError> {
    let Some(first) = first_stripe_event(store, mode.is_live()).await? else {
        wait_for_first(store, clock, turn).await?;
        return Ok(None);
    };
    prove_stripe_key(store, stripe, clock, mode).await??;
    let mut stretch = Stretch::of(&turn.cursor, mode, first, clock.now() - GRACE);
    read(store, stripe, clock, turn, &mut stretch)
        .await
        .map(Some)
}

/// Until Stripe has sent something, nothing is ours to read, nor does anything show whose account the key is of.
async fn wait_for_first(store: &Store, clock: &dyn Clock, turn: &Turn) -> Result<(), StoreError> {
    let now = clock.now();
    let waits = Note {
        cursor: Some(json!({ WAITS: "first_event" })),
        // Of what was made until then nothing is missing here.
        covered_until: Some(now - GRACE),
        filled_in: 0,
        error: None,
        next_at: Some(now + EVERY),
    };
    turn.note(store, now, waits).await?;
    tracing::info!("nothing of Stripe's is read back until the first event comes");
    Ok(())
}

/// A stretch of time, and how far into it one is.
struct Stretch {
    mode: Mode,
    from: OffsetDateTime,
    to: OffsetDateTime,
    after: Option<String>,
}

impl Stretch {
    /// Never from before the first event. Where the mode was another one meanwhile, its cursor says nothing of this one.
    fn of(cursor: &Value, mode: Mode, first: OffsetDateTime, end: OffsetDateTime) -> Self {
        let is_ours = cursor[LIVE]
            .as_bool()
            .is_none_or(|live| live == mode.is_live());
        let cursor = if is_ours { cursor } else { &Value::Null };
        let moment = |field: &str| cursor[field].as_str().and_then(parse_time);
        let from = moment("from").unwrap_or(end - KEPT).max(first);
        match (moment("to"), cursor["after"].as_str()) {
            (Some(to), Some(after)) if from < to => Self {
                mode,
                from,
                to,
                after: Some(after.to_owned()),
            },
            _ => Self {
                mode,
                from,
                to: end,
                after: None,
            },
        }
    }

    async fn page(&self, stripe: &StripeReader) -> Result<EventsPage, StripeReadError> {
        let after = self.after.as_deref();
        stripe.events(self.from, self.to, after).await
    }

    fn cursor(&self) -> Value {
        let (from, to) = (written(self.from), written(self.to));
        json!({ LIVE: self.mode.is_live(), "from": from, "to": to, "after": self.after })
    }
}

async fn read(
    store: &Store,
    stripe: &StripeReader,
    clock: &dyn Clock,
    turn: &Turn,
    stretch: &mut Stretch,
) -> Result<ReadBack, ReadStripeError> {
    let mut done = ReadBack::default();
    let end = clock.now() - GRACE;
    let mut again = false;
    while stretch.from < end {
        let page = match stretch.page(stripe).await {
            // Stripe has that event no more: thirty days have passed. What was read is read once more, and changes
            // nothing.
            Err(StripeReadError::Refused(_)) if stretch.after.is_some() && !again => {
                tracing::warn!(
                    "reading Stripe back begins its stretch again: the last event is not known there"
                );
                again = true;
                stretch.after = None;
                continue;
            }
            page => page?,
        };
        done.seen += page.events.len();
        let (filled_in, left_out) = fill_in(store, &page.events, clock.now()).await?;
        done.filled_in += filled_in;
        done.left_out += left_out;
        let last = page.events.last().and_then(|event| event["id"].as_str());
        let covered_until = match (page.more, last) {
            (true, Some(last)) => {
                stretch.after = Some(last.to_owned());
                None
            }
            (true, None) => return Err(StripeReadError::Unexpected("an event has no id").into()),
            (false, _) => {
                // The second that it ended in is read again: events of it may still have been on their way.
                let covered = stretch.to;
                *stretch = Stretch {
                    mode: stretch.mode,
                    from: covered,
                    to: end,
                    after: None,
                };
                Some(covered)
            }
        };
        let note = Note {
            cursor: Some(stretch.cursor()),
            covered_until,
            filled_in,
            error: None,
            next_at: None,
        };
        if !turn.note(store, clock.now(), note).await? {
            return Ok(done);
        }
    }
    let cursor = json!({ LIVE: stretch.mode.is_live(), "from": written(stretch.from) });
    let ended = Note {
        cursor: Some(cursor),
        covered_until: Some(stretch.from),
        filled_in: 0,
        error: None,
        next_at: Some(clock.now() + EVERY),
    };
    turn.note(store, clock.now(), ended).await?;
    Ok(done)
}

/// Stores what is not there yet: how many that were, and how many of them could not be kept whole.
async fn fill_in(
    store: &Store,
    events: &[Value],
    now: OffsetDateTime,
) -> Result<(usize, usize), StoreError> {
    let all: Vec<NewEvent> = events.iter().map(|event| new_event(event, now)).collect();
    if all.is_empty() {
        return Ok((0, 0));
    }
    match store_events(store, &all, Origin::ReadBack).await {
        Ok(stored) => {
            let new = stored.into_iter().filter(|one| *one == Stored::New);
            Ok((new.count(), 0))
        }
        Err(error) if error.is_outage() || error.is_contention() => Err(error),
        // One of them is not taken. The others are nobody's hostages.
        Err(_) => fill_in_singly(store, events, now).await,
    }
}

async fn fill_in_singly(
    store: &Store,
    events: &[Value],
    now: OffsetDateTime,
) -> Result<(usize, usize), StoreError> {
    let (mut filled_in, mut left_out) = (0, 0);
    for event in events {
        let alone = store_one(store, event, now).await;
        let (stored, whole) = match alone {
            Err(error) if !error.is_outage() && !error.is_contention() => {
                let reason = error.without_data();
                let id = event["id"].as_str().unwrap_or_default();
                tracing::error!(event = id, error = %reason, "an event of Stripe's cannot be kept whole");
                match store_one(store, &outside(event), now).await {
                    Err(error) if !error.is_outage() && !error.is_contention() => continue,
                    stored => (stored?, false),
                }
            }
            stored => (stored?, true),
        };
        if stored == Stored::New {
            filled_in += 1;
            left_out += usize::from(!whole);
        }
    }
    Ok((filled_in, left_out))
}

async fn store_one(
    store: &Store,
    event: &Value,
    now: OffsetDateTime,
) -> Result<Stored, StoreError> {
    let stored = store_events(store, &[new_event(event, now)], Origin::ReadBack).await?;
    Ok(stored.first().copied().unwrap_or(Stored::Duplicate))
}

fn new_event(event: &Value, now: OffsetDateTime) -> NewEvent {
    let body = event.to_string().into_bytes();
    let envelope = outside_of(envelope, event, &body);
    NewEvent {
        provider: Provider::Stripe,
        event_id: envelope.id,
        received_at: now,
        headers: Value::Object(serde_json::Map::new()),
        body,
        kind: envelope.kind,
        subject: envelope.subject,
        livemode: envelope.livemode,
    }
}

/// Its outside as `reading` has it. Where the program itself fails of that, the event is kept under its bare name for one that
/// does not: left out it would be missed, and it is no reason to come no further, round after round.
fn outside_of(reading: fn(&[u8]) -> Envelope, event: &Value, body: &[u8]) -> Envelope {
    catch_unwind(AssertUnwindSafe(|| reading(body))).unwrap_or_else(|_| {
        let text = |field: &str| event[field].as_str().map(str::to_owned);
        let id = text("id").unwrap_or_default();
        tracing::error!(
            event = id,
            "the program fails of reading an event of Stripe's that was fetched"
        );
        Envelope {
            id,
            kind: text("type"),
            subject: None,
            livemode: event["livemode"].as_bool(),
            created: None,
        }
    })
}

fn written(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn what_the_program_fails_of_is_kept_under_its_bare_name() {
        let event = json!({ "id": "evt_1", "type": "invoice.paid", "livemode": true, "data": {} });
        let fails: fn(&[u8]) -> Envelope = |body| panic!("of {} bytes", body.len());
        let kept = outside_of(fails, &event, b"{}");
        assert_eq!(
            (kept.id.as_str(), kept.kind.as_deref(), kept.livemode),
            ("evt_1", Some("invoice.paid"), Some(true))
        );
        let whole = event.to_string();
        let read = outside_of(envelope, &event, whole.as_bytes());
        assert_eq!(read, envelope(whole.as_bytes()));
    }

    #[test]
    fn a_cursor_of_the_other_mode_says_nothing_of_this_one() {
        let (first, end) = (
            datetime!(2026-11-01 00:00 UTC),
            datetime!(2026-11-20 12:00 UTC),
        );
        let cursor = json!({ LIVE: false, "from": "2026-11-19T00:00:00Z" });
        let from = |mode| Stretch::of(&cursor, mode, first, end).from;
        assert_eq!(from(Mode::Test), datetime!(2026-11-19 00:00 UTC));
        assert_eq!(from(Mode::Live), first);
        let unmarked = json!({ "from": "2026-11-19T00:00:00Z" });
        let stretch = Stretch::of(&unmarked, Mode::Live, first, end);
        assert_eq!(stretch.from, datetime!(2026-11-19 00:00 UTC));
        assert_eq!(stretch.cursor()[LIVE], true);
    }
}
