//! Events of Stripe's, applied by `console.apply_stripe` (`migrations/console/0088`), and what they leave in doubt
//! (`0062`).

use serde_json::{Value, json};
use sqlx::FromRow;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::statement;
use crate::store::door::{Store, Writing};
use crate::store::failure::StoreError;

/// An event to apply.
#[derive(Debug)]
pub struct StripeEvent<'e> {
    /// Its id.
    pub id: &'e str,
    /// What happened.
    pub kind: Option<&'e str>,
    /// When Stripe made it: newer news replaces older.
    pub created: OffsetDateTime,
    /// Whether it is real money.
    pub livemode: bool,
    /// Rows of the mirror.
    pub facts: Vec<Value>,
    /// Somebody asks Stripe for what is left in doubt.
    pub asks: bool,
}

/// What became of it, with what was done, or would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppliedEvent {
    /// It is applied.
    Done(Value),
    /// A person must decide.
    Conflict(Value),
    /// Somebody else is at its payment or its customer: nothing was done.
    Held,
}

#[derive(FromRow)]
struct AnswerRow {
    result: String,
    outcome: Value,
}

/// Applies an event, and waits for nobody who is at the same payment or customer: what the transaction holds already, they may
/// be waiting for. `live`: the mode that this receiver works for; of events of the other one nothing follows.
///
/// # Errors
/// Whatever the database says; the transaction is then of no further use.
pub async fn apply(
    writing: &mut Writing,
    event: StripeEvent<'_>,
    live: bool,
) -> Result<AppliedEvent, StoreError> {
    let created = event.created.format(&Rfc3339).map_err(|_| {
        StoreError::Impossible("an event was made at a time that is none".to_owned())
    })?;
    let about = json!({
        "id": event.id, "kind": event.kind, "created": created, "livemode": event.livemode, "asks": event.asks,
        "yields": true,
    });
    let apply = statement!("stripe_apply.sql").rows::<AnswerRow>();
    let apply = apply.bind(about).bind(Value::Array(event.facts)).bind(live);
    let answer = writing.one(apply).await?;
    match answer.result.as_str() {
        "done" => Ok(AppliedEvent::Done(answer.outcome)),
        "conflict" => Ok(AppliedEvent::Conflict(answer.outcome)),
        "held" => Ok(AppliedEvent::Held),
        other => Err(StoreError::Impossible(format!(
            "an event that ended as {other}"
        ))),
    }
}

/// An object that is in doubt, leased to this program for two minutes.
#[derive(Debug, Clone, FromRow)]
pub struct Doubt {
    /// Its id at Stripe.
    pub object_id: String,
    /// The part of the mirror it belongs to: `invoices`; or `holdings`, of a customer.
    pub kind: String,
    /// `one_second`, `lines`, `never_seen` or `not_all_known`.
    pub why: String,
    /// How often Stripe was asked, this time included.
    pub attempts: i32,
    lease: String,
}

/// What asking came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    /// The object as it was then.
    Is(Value, OffsetDateTime),
    /// What a customer had then: the customer, subscriptions and payment methods.
    Has(Vec<Value>, OffsetDateTime),
    /// There is none.
    Gone,
    /// It is asked for again then.
    Again(String, OffsetDateTime),
}

/// Leases objects of that mode to be asked for.
///
/// # Errors
/// Whatever the database says.
pub async fn claim_doubts(
    store: &Store,
    limit: i32,
    now: OffsetDateTime,
    live: bool,
) -> Result<Vec<Doubt>, StoreError> {
    let claim = statement!("stripe_doubts_claim.sql").rows::<Doubt>();
    let mut writing = store.write_in_background().await?;
    let doubts = writing.all(claim.bind(limit).bind(now).bind(live)).await?;
    writing.commit().await?;
    Ok(doubts)
}

/// Bodies of the ten newest events of that mode that Stripe sent since then, newest first. What was read back is not among
/// them.
///
/// # Errors
/// Whatever the database says.
pub async fn sent(
    store: &Store,
    live: bool,
    since: OffsetDateTime,
) -> Result<Vec<Vec<u8>>, StoreError> {
    let sent = statement!("stripe_sent.sql").rows::<(Vec<u8>,)>();
    let mut reading = store.read().await?;
    let sent = reading.all(sent.bind(live).bind(since)).await?;
    reading.end().await?;
    Ok(sent.into_iter().map(|(body,)| body).collect())
}

impl Doubt {
    /// Writes down what asking came to, with whatever follows; the database's word for what became of it.
    ///
    /// # Errors
    /// Whatever the database says; then nothing was changed.
    pub async fn end(
        &self,
        store: &Store,
        now: OffsetDateTime,
        asked: Asked,
    ) -> Result<String, StoreError> {
        let (fact, as_of, error, again_at) = match asked {
            Asked::Has(facts, as_of) => return self.end_listing(store, now, facts, as_of).await,
            Asked::Is(fact, as_of) => (Some(fact), Some(as_of), None, None),
            Asked::Gone => (None, None, None, None),
            Asked::Again(why, at) => (None, None, Some(why), Some(at)),
        };
        let end = statement!("stripe_doubt_end.sql")
            .rows::<(String,)>()
            .bind(self.object_id.clone())
            .bind(self.lease.clone())
            .bind(now)
            .bind(fact)
            .bind(as_of)
            .bind(error)
            .bind(again_at);
        let mut writing = store.write_in_background().await?;
        let (became,) = writing.one(end).await?;
        writing.commit().await?;
        Ok(became)
    }

    async fn end_listing(
        &self,
        store: &Store,
        now: OffsetDateTime,
        facts: Vec<Value>,
        as_of: OffsetDateTime,
    ) -> Result<String, StoreError> {
        let end = statement!("stripe_listing_end.sql")
            .rows::<(String,)>()
            .bind(self.object_id.clone())
            .bind(self.lease.clone())
            .bind(now)
            .bind(Value::Array(facts))
            .bind(as_of);
        let mut writing = store.write_in_background().await?;
        let (became,) = writing.one(end).await?;
        writing.commit().await?;
        Ok(became)
    }
}
