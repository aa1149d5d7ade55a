//! Events of Stripe's, applied by `console.apply_stripe` (`migrations/console/0052`).

use serde_json::{Value, json};
use sqlx::FromRow;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::statement;
use crate::store::door::Writing;
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
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedEvent {
    /// A person must decide.
    pub conflict: bool,
    /// What was done, or would be.
    pub outcome: Value,
}

#[derive(FromRow)]
struct AnswerRow {
    result: String,
    outcome: Value,
}

/// Applies an event. `live`: the mode that this receiver works for; of events of the other one nothing follows.
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
        "id": event.id, "kind": event.kind, "created": created, "livemode": event.livemode,
    });
    let apply = statement!("stripe_apply.sql").rows::<AnswerRow>();
    let apply = apply.bind(about).bind(Value::Array(event.facts)).bind(live);
    let answer = writing.one(apply).await?;
    Ok(AppliedEvent {
        conflict: answer.result == "conflict",
        outcome: answer.outcome,
    })
}
