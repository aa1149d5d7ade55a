//! Apply one event of Stripe's, in the transaction that marks it.

use serde_json::json;

use crate::payments::facts;
use crate::payments::mode::Mode;
use crate::store::door::Writing;
use crate::store::failure::StoreError;
use crate::store::inbox::Claimed;
use crate::store::stripe::{StripeEvent, apply};
use crate::usecases::apply_inbox::Outcome;

/// Reads the event and has the database do the rest. Kinds that nobody here has heard of are done as they are:
/// they are in the inbox for everybody to see.
pub(in crate::usecases) async fn apply_stripe_event(
    writing: &mut Writing,
    claimed: &Claimed,
    mode: Mode,
) -> Result<Outcome, StoreError> {
    let event = facts::event(&claimed.body);
    if event.facts.is_empty() {
        let note = "nothing follows from events of this kind";
        return Ok(Outcome::Done(json!({ "note": note })));
    }
    let Some(livemode) = event.envelope.livemode else {
        let note = "it does not say whether it is of the live mode";
        return Ok(Outcome::Done(json!({ "note": note })));
    };
    let applied = apply(
        writing,
        StripeEvent {
            id: &event.envelope.id,
            kind: event.envelope.kind.as_deref(),
            created: facts::moment(&event.envelope),
            livemode,
            facts: event.facts,
        },
        mode.is_live(),
    )
    .await?;
    Ok(if applied.conflict {
        Outcome::Conflict(applied.outcome)
    } else {
        Outcome::Done(applied.outcome)
    })
}
