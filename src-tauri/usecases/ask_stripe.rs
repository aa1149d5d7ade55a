//! Ask Stripe for what its events left in doubt (`migrations/console/0062`): outside of any transaction, a few at a time,
//! and less often once it lets nobody ask more.

use std::collections::HashMap;

use crate::domain::clock::Clock;
use crate::domain::random::Random;
use crate::domain::retry;
use crate::payments::events::{StripeReadError, StripeReader};
use crate::payments::mode::Mode;
use crate::store::door::Store;
use crate::store::failure::StoreError;
use crate::store::stripe::{self, Asked, Doubt};

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

/// Who is not asked any more in this round, and why.
#[derive(Debug, Default)]
struct Refused {
    /// Nobody answers, lets us ask more, or knows the key.
    everything: Option<String>,
    /// What the key may not read.
    of_kind: HashMap<String, String>,
}

impl Refused {
    fn why(&self, kind: &str) -> Option<String> {
        let why = self.everything.as_ref();
        why.or_else(|| self.of_kind.get(kind)).cloned()
    }

    fn note(&mut self, kind: &str, error: &StripeReadError, why: &str) {
        match error {
            StripeReadError::Unexpected(_) | StripeReadError::Refused(_) => {}
            StripeReadError::Key(403) => {
                self.of_kind.insert(kind.to_owned(), why.to_owned());
            }
            StripeReadError::Key(_) | StripeReadError::Passing(_) | StripeReadError::Away(_) => {
                self.everything = Some(why.to_owned());
            }
        }
    }
}

async fn ask(stripe: &StripeReader, doubt: &Doubt) -> Result<Asked, StripeReadError> {
    if doubt.kind == "holdings" {
        let found = stripe.holdings(&doubt.object_id).await?;
        return Ok(found.map_or(Asked::Gone, |has| Asked::Has(has.facts, has.as_of)));
    }
    let found = stripe.current(&doubt.kind, &doubt.object_id).await?;
    Ok(found.map_or(Asked::Gone, |is| Asked::Is(is.fact, is.as_of)))
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
    let due = stripe::claim_doubts(store, AT_ONCE, clock.now(), mode.is_live()).await?;
    let mut round = AskedRound::default();
    let mut refused = Refused::default();
    for doubt in due {
        let answer = match refused.why(&doubt.kind) {
            Some(why) => Err(why),
            None => ask(stripe, &doubt).await.map_err(|error| {
                let why = error.to_string();
                refused.note(&doubt.kind, &error, &why);
                why
            }),
        };
        let now = clock.now();
        let asked = match answer {
            Ok(asked) => asked,
            Err(why) => {
                let pause = retry::patient_pause(doubt.attempts, random.bits());
                Asked::Again(why, now + pause)
            }
        };
        let became = doubt.end(store, now, asked).await?;
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

#[cfg(test)]
mod tests {
    use super::Refused;
    use crate::payments::events::StripeReadError;

    #[test]
    fn a_key_that_may_not_read_one_thing_reads_the_others() {
        let mut refused = Refused::default();
        refused.note("holdings", &StripeReadError::Key(403), "may not");
        assert_eq!(refused.why("holdings").as_deref(), Some("may not"));
        assert_eq!(refused.why("invoices"), None);
        refused.note("invoices", &StripeReadError::Unexpected("odd"), "odd");
        assert_eq!(refused.why("invoices"), None, "this one alone");
    }

    #[test]
    fn who_does_not_answer_is_not_asked_more() {
        for error in [StripeReadError::Key(401), StripeReadError::Passing(429)] {
            let mut refused = Refused::default();
            refused.note("invoices", &error, "away");
            assert_eq!(refused.why("holdings").as_deref(), Some("away"));
        }
    }
}
