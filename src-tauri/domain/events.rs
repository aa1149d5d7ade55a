//! What came in from other systems and what goes out to them: the events of the inbox and the effects of the outbox.

use std::fmt::{self, Display};
use std::str::FromStr;

use serde_json::Value;
use time::OffsetDateTime;

/// Makes an enum of words that the database knows.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$said:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$said])* $variant,)+ }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The database's word for it.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// What a word means; `None` for one this program does not know.
            #[must_use]
            pub fn of(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|each| each.word() == word)
            }
        }
    };
}

words! {
    /// Which queue.
    Way {
        /// It came: the inbox.
        In = "in",
        /// It goes out: the outbox.
        Out = "out",
    }
}

words! {
    /// How far it is.
    EventState {
        /// To be done at its time.
        Pending = "pending",
        /// Applied, or carried out.
        Done = "done",
        /// A person must decide.
        Conflict = "conflict",
        /// Given up after the last try.
        Dead = "dead",
        /// Computed and compared, not sent.
        Shadow = "shadow",
        /// Not to be sent any more.
        Cancelled = "cancelled",
    }
}

words! {
    /// Who sent it, or is told.
    System {
        /// Registrations and logins.
        Auth0 = "auth0",
        /// Everything about money.
        Stripe = "stripe",
        /// The clusters.
        Hopsworks = "hopsworks",
        /// Sign-in of the service itself.
        SupabaseAuth = "supabase_auth",
    }
}

/// Which one: ids are counted apart in each queue. Written `in-12`, `out-7`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventId {
    /// Of which queue.
    pub way: Way,
    /// Its number there.
    pub number: i64,
}

impl Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.way.word(), self.number)
    }
}

impl FromStr for EventId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (way, number) = text.split_once('-').ok_or(())?;
        let number: i64 = number.parse().map_err(|_| ())?;
        let way = Way::of(way).ok_or(())?;
        (number > 0).then_some(Self { way, number }).ok_or(())
    }
}

/// Which of them; empty lists and `None` mean "any".
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventsFilter {
    /// A fragment of kind, subject or error, or a whole reference.
    pub text: Option<String>,
    /// Any of these.
    pub ways: Vec<Way>,
    /// Any of these.
    pub states: Vec<EventState>,
    /// Any of these.
    pub systems: Vec<System>,
    /// A fragment of its kind.
    pub kind: Option<String>,
    /// A fragment of whom it is about.
    pub subject: Option<String>,
    /// At this moment or later.
    pub from: Option<OffsetDateTime>,
    /// Before this moment.
    pub before: Option<OffsetDateTime>,
    /// Tried this often or more.
    pub attempts_least: Option<u32>,
    /// Tried this often or less.
    pub attempts_most: Option<u32>,
}

/// An event or effect, as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Which.
    pub id: EventId,
    /// When it came, or was decided.
    pub at: OffsetDateTime,
    /// Who sent it, or is told.
    pub system: System,
    /// What happened, or is to be done: `customer.updated`, `set_status`.
    pub kind: Option<String>,
    /// Whom it is about, in the words of that system.
    pub subject: Option<String>,
    /// The user of that id.
    pub person: Option<String>,
    /// On which cluster.
    pub cluster_id: Option<String>,
    /// Its id at its sender, or the key under which it is sent.
    pub reference: String,
    /// Whether it is real, where the sender has a test mode.
    pub livemode: Option<bool>,
    /// It never arrived by itself, and was read back.
    pub read_back: bool,
    /// How far it is.
    pub state: EventState,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next, while it waits.
    pub next_attempt_at: OffsetDateTime,
    /// Why it failed last, without personal data.
    pub last_error: Option<String>,
    /// When it was done.
    pub done_at: Option<OffsetDateTime>,
    /// The entry of the trail that decided it.
    pub audit_id: Option<i64>,
}

/// What it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload {
    /// Secrets are masked. A body that is no JSON is not shown.
    Shown {
        /// Headers that were kept, of what came in.
        headers: Option<Value>,
        /// The body.
        body: Option<Value>,
    },
    /// The caller's group does not read what people sent.
    Withheld,
}

/// An event with what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventDetail {
    /// What a list shows of it.
    pub event: Event,
    /// What became of it.
    pub outcome: Option<Value>,
    /// What it says.
    pub payload: Payload,
}

impl EventDetail {
    /// Why a person must decide, as the database names it.
    #[must_use]
    pub fn conflict(&self) -> Option<&str> {
        let outcome = self.outcome.as_ref()?;
        let is_open = self.event.state == EventState::Conflict;
        outcome["conflict"].as_str().filter(|_| is_open)
    }

    /// What else a person must decide of it, as the database names it.
    pub fn also(&self) -> impl Iterator<Item = &str> {
        let is_open = self.event.state == EventState::Conflict;
        let outcome = self.outcome.as_ref().filter(|_| is_open);
        let also = outcome.and_then(|outcome| outcome["also"].as_array());
        also.into_iter().flatten().filter_map(Value::as_str)
    }

    /// A registration whose e-mail another account holds: who registered, and who holds it.
    #[must_use]
    pub fn email_taken(&self) -> Option<(&str, &str)> {
        let outcome = self.outcome.as_ref()?;
        if self.conflict() != Some("email_taken") {
            return None;
        }
        Some((outcome["user_id"].as_str()?, outcome["holder_id"].as_str()?))
    }
}

/// What is to be applied, or tried, again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// These.
    These(Vec<EventId>),
    /// All of a time. Of effects those that were given up.
    Time {
        /// From then.
        from: OffsetDateTime,
        /// Until before then.
        until: OffsetDateTime,
        /// Only in these states; empty: whatever does not wait anyway.
        states: Vec<EventState>,
        /// Only of this system.
        system: Option<System>,
    },
}

/// What a replay did, or would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    /// Events that are applied again.
    pub events: u64,
    /// Effects that are tried again.
    pub effects: u64,
    /// Which are left out, and why.
    pub left_out: Vec<(EventId, String)>,
}

words! {
    /// Whether a provider sends as it usually does.
    Hearing {
        /// It never sent anything.
        Never = "never",
        /// What is usual is not known yet.
        Learning = "learning",
        /// As usual.
        Usual = "usual",
        /// Nothing has come for longer than usual.
        Quiet = "quiet",
    }
}

/// Where events come from, and whether all of them do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventSource {
    /// Whose.
    pub system: System,
    /// Whether it sends as usual.
    pub hearing: Hearing,
    /// When something came last by itself.
    pub last_at: Option<OffsetDateTime>,
    /// How long nothing may come at this hour, in seconds; `None` while that is not known.
    pub usual_seconds: Option<i64>,
    /// How far it is read back; `None`: it is not.
    pub read_back: Option<ReadBackState>,
}

/// How far a provider is read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadBackState {
    /// What was made there before is compared.
    pub covered_until: Option<OffsetDateTime>,
    /// When it was read last.
    pub ran_at: Option<OffsetDateTime>,
    /// How many had never arrived, ever.
    pub filled_in: u64,
    /// Nothing is read until the first event has come by itself.
    pub waits: bool,
    /// Since when it fails, and why; `None`: it went well last.
    pub failing: Option<(OffsetDateTime, String)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_is_written_and_nothing_else_is() {
        for text in ["in-1", "out-9223372036854775807"] {
            assert_eq!(
                text.parse::<EventId>().map(|id| id.to_string()),
                Ok(text.to_owned())
            );
        }
        for text in [
            "",
            "in",
            "in-",
            "in-0",
            "in--1",
            "in-1a",
            "IN-1",
            "up-1",
            "in-9223372036854775808",
        ] {
            assert_eq!(text.parse::<EventId>(), Err(()), "{text}");
        }
    }
}
