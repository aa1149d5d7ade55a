//! Apply one event of Stripe's, in the transaction that marks it.

use serde_json::json;

use crate::payments::facts;
use crate::payments::mode::Mode;
use crate::payments::outside::is_outside;
use crate::store::door::Writing;
use crate::store::failure::StoreError;
use crate::store::inbox::Claimed;
use crate::store::stripe::{StripeEvent, apply};
use crate::usecases::apply_inbox::Outcome;

/// For whom events are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stripe {
    /// Nothing follows from events of the other mode.
    pub mode: Mode,
    /// There is a key to ask Stripe with for what events leave in doubt.
    pub asks: bool,
}

/// Reads the event and has the database do the rest. Kinds that nobody here has heard of are done as they are:
/// they are in the inbox for everybody to see.
pub(in crate::usecases) async fn apply_stripe_event(
    writing: &mut Writing,
    claimed: &Claimed,
    to: Stripe,
) -> Result<Outcome, StoreError> {
    if is_outside(&claimed.body) {
        let why = "it is larger than the inbox takes, and only its outside was kept: look it up at Stripe";
        return Ok(Outcome::Dead(why));
    }
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
            asks: to.asks,
        },
        to.mode.is_live(),
    )
    .await?;
    Ok(if applied.conflict {
        Outcome::Conflict(applied.outcome)
    } else {
        Outcome::Done(applied.outcome)
    })
}
