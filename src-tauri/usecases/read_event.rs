//! Read an event of the inbox: what it says, before anything is done.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::{Value, json};

use crate::domain::registration::Registration;
use crate::identity::registration;
use crate::payments::facts::{self, Event};
use crate::payments::outside::is_outside;
use crate::store::inbox::{Claimed, Provider};

/// What an event says.
#[derive(Debug)]
pub enum Said {
    /// Somebody registered.
    Registration(Registration),
    /// Something changed at Stripe.
    Stripe(Event),
    /// Nothing follows, for this reason.
    Nothing(&'static str),
    /// This version of the program can do nothing with it, for this reason.
    Unreadable(&'static str),
}

/// Why nothing follows from an event of which it is not known whether it is real.
pub(in crate::usecases) const UNMARKED: &str = "it does not say whether it is of the live mode";

/// How an event is read: [`read_event`], or a stand-in for it.
pub type Reading = fn(&Claimed) -> Said;

/// Reads an event. Kinds that nobody here has heard of are done as they are: they are in the inbox for everybody to see.
#[must_use]
pub fn read_event(event: &Claimed) -> Said {
    match event.provider {
        // It was valid when it was stored, so only another version of this program helps.
        Provider::Auth0 => registration::parse(&event.body).map_or(
            Said::Unreadable("the body is no registration to this version of the program"),
            Said::Registration,
        ),
        Provider::Stripe => read_stripe(&event.body),
    }
}

fn read_stripe(body: &[u8]) -> Said {
    if is_outside(body) {
        return Said::Unreadable(
            "it is larger than the inbox takes, and only its outside was kept: look it up at Stripe",
        );
    }
    let event = facts::event(body);
    if event.facts.is_empty() {
        return Said::Nothing("nothing follows from events of this kind");
    }
    Said::Stripe(event)
}

/// The same where the program itself fails of it: the fault is ours, and no reason to hold up all events behind it.
pub(in crate::usecases) fn read_safely(reading: Reading, event: &Claimed) -> Said {
    catch_unwind(AssertUnwindSafe(|| reading(event))).unwrap_or_else(|_| {
        tracing::error!(event = event.id, "the program fails of reading an event");
        Said::Unreadable(
            "this version of the program fails of reading it: report that, and apply it again with one that does not",
        )
    })
}

/// What is kept of an event that nothing follows from.
pub(in crate::usecases) fn noted(why: &str) -> Value {
    json!({ "note": why })
}
