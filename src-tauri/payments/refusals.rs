//! What Stripe refused a key, remembered for a while: a flood of events must not become a flood of questions that are
//! refused one by one.

use std::collections::HashMap;

use time::{Duration, OffsetDateTime};

use crate::payments::events::StripeReadError;

/// How long a refusal counts. What a key may read is changed at Stripe, without a word to us.
const REFUSED: Duration = Duration::minutes(5);

/// How long nobody is asked who did not answer, or lets nobody ask more.
const AWAY: Duration = Duration::seconds(10);

/// When none of so many objects was there that Stripe's events named, the key is another account's, where no event shows it.
const NOTHING_THERE: u32 = 5;

/// What is said of a key that finds nothing.
const ANOTHER_ACCOUNT: &str = "Stripe has nothing of what its events name: STRIPE_API_KEY may be of another account than \
     the endpoint's. It is asked again.";

/// Who is not asked for now, and why. One for each key.
#[derive(Debug, Default)]
pub struct Refusals {
    /// Nobody answers, lets us ask more, or knows the key.
    everything: Option<Refusal>,
    /// What the key may not read.
    of_kind: HashMap<String, Refusal>,
    /// Objects that were not there, as long as none was.
    nothing_there: u32,
    /// Something that Stripe's events name was there.
    found: bool,
    /// An event that Stripe sent was there: the key is of that account, for as long as it is this key.
    proved: bool,
    /// It was said that the key is of another account.
    found_out: bool,
}

#[derive(Debug)]
struct Refusal {
    why: String,
    until: OffsetDateTime,
}

impl Refusals {
    /// Whether there is nothing that may be asked for now.
    #[must_use]
    pub fn are_whole(&self, now: OffsetDateTime) -> bool {
        self.everything
            .as_ref()
            .is_some_and(|refusal| now < refusal.until)
    }

    /// Why objects of that kind (a part of the mirror, or `holdings`) are not asked for now.
    #[must_use]
    pub fn why(&self, kind: &str, now: OffsetDateTime) -> Option<String> {
        [self.everything.as_ref(), self.of_kind.get(kind)]
            .into_iter()
            .flatten()
            .find(|refusal| now < refusal.until)
            .map(|refusal| refusal.why.clone())
    }

    /// Whether the key is of the account that sends events here.
    #[must_use]
    pub fn is_proved(&self) -> bool {
        self.proved
    }

    /// Whether the key was refused objects of that kind lately.
    #[must_use]
    pub fn may_not_read(&self, kind: &str, now: OffsetDateTime) -> bool {
        self.of_kind
            .get(kind)
            .is_some_and(|refusal| now < refusal.until)
    }

    /// Remembers that the key is of the account that sends events here: what it does not find is gone.
    pub fn prove(&mut self) {
        self.proved = true;
        self.everything = None;
    }

    /// Remembers that the key is of another account; whether that is news.
    pub fn finds_out(&mut self) -> bool {
        !std::mem::replace(&mut self.found_out, true)
    }

    /// Remembers what asking for an object of that kind came to: whether it is there.
    pub fn note(
        &mut self,
        kind: &str,
        now: OffsetDateTime,
        answer: Result<bool, &StripeReadError>,
    ) {
        let refused = |why: String, pause: Duration| Refusal {
            why,
            until: now.saturating_add(pause),
        };
        match answer {
            Ok(true) => {
                self.everything = None;
                self.of_kind.remove(kind);
                self.found = true;
            }
            Ok(false) if self.found || self.proved => {}
            Ok(false) => {
                self.nothing_there = self.nothing_there.saturating_add(1);
                if self.nothing_there >= NOTHING_THERE {
                    self.everything = Some(refused(ANOTHER_ACCOUNT.to_owned(), REFUSED));
                }
            }
            Err(error) => match error {
                StripeReadError::Unexpected(_) | StripeReadError::Refused(_) => {}
                StripeReadError::Key(403) => {
                    let refusal = refused(error.to_string(), REFUSED);
                    self.of_kind.insert(kind.to_owned(), refusal);
                }
                StripeReadError::Key(_) | StripeReadError::AnotherAccount => {
                    self.everything = Some(refused(error.to_string(), REFUSED));
                }
                StripeReadError::Passing(_) | StripeReadError::Away(_) => {
                    self.everything = Some(refused(error.to_string(), AWAY));
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THEN: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    fn later(seconds: i64) -> OffsetDateTime {
        THEN + Duration::seconds(seconds)
    }

    #[test]
    fn a_key_that_may_not_read_one_thing_reads_the_others() {
        let mut refusals = Refusals::default();
        refusals.note("holdings", THEN, Err(&StripeReadError::Key(403)));
        assert!(refusals.why("holdings", later(299)).is_some());
        assert_eq!(refusals.why("holdings", later(300)), None, "for a while");
        assert_eq!(refusals.why("invoices", THEN), None);
        refusals.note("invoices", THEN, Err(&StripeReadError::Unexpected("odd")));
        assert_eq!(refusals.why("invoices", THEN), None, "this one alone");
    }

    #[test]
    fn who_does_not_answer_is_not_asked_more() {
        for (error, seconds) in [
            (StripeReadError::Key(401), 300),
            (StripeReadError::Passing(429), 10),
        ] {
            let mut refusals = Refusals::default();
            refusals.note("invoices", THEN, Err(&error));
            let why = refusals.why("holdings", later(seconds - 1));
            assert_eq!(why, Some(error.to_string()));
            assert_eq!(refusals.why("holdings", later(seconds)), None);
        }
    }

    #[test]
    fn a_key_that_is_proved_may_find_nothing_and_is_asked_at_once() {
        let mut refusals = Refusals::default();
        refusals.note("invoices", THEN, Err(&StripeReadError::AnotherAccount));
        assert!(refusals.are_whole(later(299)) && !refusals.are_whole(later(300)));
        assert!(refusals.finds_out() && !refusals.finds_out(), "said once");
        refusals.prove();
        assert!(refusals.is_proved());
        for _ in 0..=NOTHING_THERE {
            refusals.note("customers", THEN, Ok(false));
        }
        assert!(!refusals.are_whole(THEN));
    }

    #[test]
    fn a_key_that_finds_nothing_is_another_account_s_until_it_finds_something() {
        let mut refusals = Refusals::default();
        for _ in 1..NOTHING_THERE {
            refusals.note("customers", THEN, Ok(false));
        }
        assert_eq!(refusals.why("customers", THEN), None, "some are gone");
        refusals.note("customers", THEN, Ok(false));
        let why = refusals.why("invoices", THEN).expect("a reason");
        assert!(why.contains("another account"), "{why}");
        assert!(refusals.are_whole(later(299)) && !refusals.are_whole(later(300)));
        // One question shows whether that is so still.
        refusals.note("customers", later(300), Ok(false));
        assert!(refusals.why("invoices", later(301)).is_some());
        refusals.note("customers", later(600), Ok(true));
        assert_eq!(refusals.why("invoices", later(600)), None);
        for _ in 0..=NOTHING_THERE {
            refusals.note("customers", later(601), Ok(false));
        }
        assert_eq!(refusals.why("customers", later(601)), None, "it is theirs");
    }
}
