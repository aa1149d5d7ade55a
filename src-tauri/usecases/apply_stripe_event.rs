//! Apply one event of Stripe's, in the transaction that marks it.

use crate::payments::facts::{self, Event};
use crate::payments::mode::Mode;
use crate::store::door::Writing;
use crate::store::failure::StoreError;
use crate::store::stripe::{AppliedEvent, StripeEvent, apply};
use crate::usecases::apply_inbox::Outcome;
use crate::usecases::read_event::{UNMARKED, noted};

/// For whom events are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stripe {
    /// Nothing follows from events of the other mode.
    pub mode: Mode,
    /// There is a key to ask Stripe with for what events leave in doubt.
    pub asks: bool,
}

/// Has the database do what follows from the event.
pub(in crate::usecases) async fn apply_stripe_event(
    writing: &mut Writing,
    event: Event,
    to: Stripe,
) -> Result<Outcome, StoreError> {
    let Some(livemode) = event.envelope.livemode else {
        return Ok(Outcome::Done(noted(UNMARKED)));
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
    Ok(match applied {
        AppliedEvent::Done(outcome) => Outcome::Done(outcome),
        AppliedEvent::Conflict(outcome) => Outcome::Conflict(outcome),
        AppliedEvent::Held => Outcome::Held,
    })
}
