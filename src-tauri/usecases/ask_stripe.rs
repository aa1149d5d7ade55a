//! Ask Stripe for what its events left in doubt (`migrations/console/0062`): outside of any transaction, a few at a time,
//! and not at all for a while once it refuses the key or lets nobody ask more. That something is gone is believed of a key
//! that is proved.

use crate::domain::clock::Clock;
use crate::domain::random::Random;
use crate::domain::retry;
use crate::payments::events::{StripeReadError, StripeReader};
use crate::payments::mode::Mode;
use crate::store::door::Store;
use crate::store::failure::StoreError;
use crate::store::stripe::{self, Asked, Doubt};
use crate::usecases::prove_stripe_key::prove_stripe_key;

/// Objects to a round: far from what Stripe lets anybody ask in a second, and done within their lease.
const AT_ONCE: i32 = 10;

/// What a round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AskedRound {
    /// Objects that are in no doubt any more.
    pub settled: usize,
    /// Objects that are asked for again.
    pub again: usize,
}

async fn ask(stripe: &StripeReader, doubt: &Doubt) -> Result<Asked, StripeReadError> {
    if doubt.kind == "holdings" {
        let found = stripe.holdings(&doubt.object_id).await?;
        return Ok(found.map_or(Asked::Gone, |has| Asked::Has(has.facts, has.as_of)));
    }
    let found = stripe.current(&doubt.kind, &doubt.object_id).await?;
    Ok(found.map_or(Asked::Gone, |is| Asked::Is(is.fact, is.as_of)))
}

/// What Stripe says of it that may be believed; else why there is nothing, as it may be kept.
async fn answer(
    store: &Store,
    stripe: &StripeReader,
    clock: &dyn Clock,
    mode: Mode,
    doubt: &Doubt,
) -> Result<Result<Asked, String>, StoreError> {
    if let Some(why) = stripe.refusals().why(&doubt.kind, clock.now()) {
        return Ok(Err(why));
    }
    let mut answer = ask(stripe, doubt).await;
    if matches!(answer, Ok(Asked::Gone)) {
        // Gone it is for a key that would find it otherwise.
        let proof = prove_stripe_key(store, stripe, clock, mode).await?;
        answer = proof.map(|_| Asked::Gone);
    }
    let there = answer.as_ref().map(|asked| !matches!(asked, Asked::Gone));
    let mut refusals = stripe.refusals();
    refusals.note(&doubt.kind, clock.now(), there);
    Ok(match (answer, refusals.why(&doubt.kind, clock.now())) {
        (Ok(Asked::Gone), Some(why)) => Err(why),
        (answer, _) => answer.map_err(|error| error.to_string()),
    })
}

/// Asks for what is due. Call it until nothing is settled.
///
/// # Errors
/// When the database fails; what was asked by then is asked again once its lease is over.
pub async fn ask_stripe(
    store: &Store,
    stripe: &StripeReader,
    clock: &dyn Clock,
    random: &dyn Random,
    mode: Mode,
) -> Result<AskedRound, StoreError> {
    // Claiming counts: nobody should be told that Stripe did not answer what it was not asked.
    if stripe.refusals().are_whole(clock.now()) {
        return Ok(AskedRound::default());
    }
    let due = stripe::claim_doubts(store, AT_ONCE, clock.now(), mode.is_live()).await?;
    let mut round = AskedRound::default();
    for doubt in due {
        let answer = answer(store, stripe, clock, mode, &doubt).await?;
        let now = clock.now();
        let asked = match answer {
            Ok(asked) => asked,
            Err(why) => {
                let pause = retry::patient_pause(doubt.attempts, random.bits());
                Asked::Again(why, now + pause)
            }
        };
        let became = match doubt.end(store, now, asked).await {
            // What fails by itself keeps no other waiting. What may be ours, such as a right that is missing, is no news of
            // Stripe's to tell a person: the lease ends, and it is asked again.
            Err(error) if error.may_be_its_own() => {
                let why = error.without_data();
                tracing::warn!(kind = doubt.kind, error = %why, "what Stripe says of an object cannot be written down now");
                round.again += 1;
                continue;
            }
            Err(error) if !error.is_outage() => {
                let why = error.without_data();
                tracing::warn!(kind = doubt.kind, error = %why, "what Stripe says of an object cannot be written down");
                let pause = retry::patient_pause(doubt.attempts, random.bits());
                let again = Asked::Again(why, now + pause);
                doubt.end(store, now, again).await?
            }
            became => became?,
        };
        match became.as_str() {
            "kept" | "gone" => round.settled += 1,
            _ => round.again += 1,
        }
        tracing::info!(
            kind = doubt.kind,
            why = doubt.why,
            became,
            "asked Stripe for what was in doubt"
        );
    }
    Ok(round)
}
