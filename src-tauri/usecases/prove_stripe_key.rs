//! Prove that the key is of the account that sends Stripe's events here, before it is believed that something is not there,
//! and before anything is read back: Stripe is asked, once for each key, for an event that it sent.

use crate::domain::clock::Clock;
use crate::payments::events::{StripeReadError, StripeReader};
use crate::payments::mode::Mode;
use crate::payments::proof::{SURELY_KEPT, shows_account};
use crate::store::door::Store;
use crate::store::failure::StoreError;
use crate::store::stripe;

/// The kind under which it is remembered that a key may not read events.
const EVENTS: &str = "events";

/// What is known of a key that nothing speaks against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// It is of the account that sends events here.
    Given,
    /// Nothing can be shown: no event came within a month, or the key may not read events.
    Nothing,
}

/// Asks Stripe for the newest event that it sent, unless the key is proved.
///
/// # Errors
/// When the database fails. Within: [`StripeReadError::AnotherAccount`], or why Stripe could not be asked.
pub async fn prove_stripe_key(
    store: &Store,
    stripe: &StripeReader,
    clock: &dyn Clock,
    mode: Mode,
) -> Result<Result<Proof, StripeReadError>, StoreError> {
    let now = clock.now();
    {
        let refusals = stripe.refusals();
        if refusals.is_proved() {
            return Ok(Ok(Proof::Given));
        }
        if refusals.may_not_read(EVENTS, now) {
            return Ok(Ok(Proof::Nothing));
        }
    }
    let since = now - SURELY_KEPT;
    let sent = stripe::sent(store, mode.is_live(), since).await?;
    let event = sent.iter().find_map(|body| shows_account(body, since));
    let Some(event) = event else {
        return Ok(Ok(Proof::Nothing));
    };
    let there = stripe.has_event(&event).await;
    let mut refusals = stripe.refusals();
    Ok(match there {
        Ok(true) => {
            refusals.prove();
            Ok(Proof::Given)
        }
        Ok(false) => {
            if refusals.finds_out() {
                tracing::error!(event, "{}", StripeReadError::AnotherAccount);
            }
            Err(StripeReadError::AnotherAccount)
        }
        Err(error @ StripeReadError::Key(403)) => {
            refusals.note(EVENTS, now, Err(&error));
            Ok(Proof::Nothing)
        }
        Err(error) => Err(error),
    })
}
