//! Alerts: what is wrong with the service's own machinery, in a sentence, since when, and where to look.

mod words;

use std::time::Duration;

use serde_json::Value;
use time::OffsetDateTime;

use crate::domain::finding::link::SCHEME;

pub use self::words::lasting;

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// A provider has sent nothing for longer than usual.
    ProviderQuiet {
        /// Which one.
        provider: Party,
        /// How long would be usual at this hour.
        usual: Duration,
    },
    /// Reading back found events that never arrived by themselves.
    NeverArrived {
        /// Whose.
        provider: Party,
        /// How many within a day.
        count: u64,
    },
    /// Events were given up.
    EventsDead {
        /// Whose.
        provider: Party,
        /// How many.
        count: u64,
    },
    /// Events wait for somebody to decide.
    EventsConflict {
        /// Whose.
        provider: Party,
        /// How many.
        count: u64,
    },
    /// Effects in another system were given up.
    EffectsDead {
        /// Where.
        system: Party,
        /// How many.
        count: u64,
    },
    /// Events are stored and not applied.
    InboxBacklog {
        /// Whose.
        provider: Party,
        /// How many wait.
        count: u64,
    },
    /// Effects are decided and not carried out.
    OutboxBacklog {
        /// Where.
        system: Party,
        /// How many wait.
        count: u64,
    },
    /// A provider cannot be read back.
    ReadBackFailing {
        /// Which one.
        provider: Party,
        /// Why, in the words of whoever tried.
        error: String,
    },
    /// Reading a provider back does not keep up.
    ReadBackBehind {
        /// Which one.
        provider: Party,
    },
    /// Something that is done again and again is not.
    ScheduleStopped {
        /// What.
        schedule: Schedule,
    },
    /// The audit trail is not whole.
    TrailBroken {
        /// Which chain.
        chain: String,
        /// The first link that is wrong.
        seq: Option<i64>,
        /// What is wrong with it.
        problem: String,
    },
    /// People wait for a seat on a cluster that is not there.
    NoSeat {
        /// How many.
        count: u64,
        /// What is in their way.
        lack: SeatLack,
    },
    /// Events are stored and something keeps them from being applied.
    CannotApply {
        /// What, as a sentence.
        problem: String,
    },
    /// Alerts cannot be told on a channel.
    DeliveryFailing {
        /// Which one.
        channel: Channel,
        /// Why.
        error: String,
    },
}

/// A system that events come from or effects go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party {
    /// Auth0.
    Auth0,
    /// Stripe.
    Stripe,
    /// The clusters.
    Hopsworks,
    /// Sign-in of the service itself.
    SupabaseAuth,
}

impl Party {
    fn of(word: &str) -> Option<Self> {
        match word {
            "auth0" | "auth0_users" => Some(Self::Auth0),
            "stripe" | "stripe_events" => Some(Self::Stripe),
            "hopsworks" => Some(Self::Hopsworks),
            "supabase_auth" => Some(Self::SupabaseAuth),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Auth0 => "Auth0",
            Self::Stripe => "Stripe",
            Self::Hopsworks => "Hopsworks",
            Self::SupabaseAuth => "Supabase Auth",
        }
    }

    /// As lists and links call it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Auth0 => "auth0",
            Self::Stripe => "stripe",
            Self::Hopsworks => "hopsworks",
            Self::SupabaseAuth => "supabase_auth",
        }
    }
}

/// Why there is no seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeatLack {
    /// No active cluster has room.
    Clusters,
    /// Members wait, and the cluster that their owner is on takes nobody; its id, and its name.
    Team(String, Option<String>),
    /// Members wait, and their owner has no seat.
    Owners,
    /// A rule of the service's own tables forbids it.
    Refused,
    /// No program looks, or its look fails.
    Unattended,
    /// The tables cannot take an assignment.
    Database,
}

/// What runs again and again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Schedule {
    /// Reading a provider back.
    ReadBack(Party),
    /// Bringing the figures up to date.
    Figures,
    /// Comparing them with their rows, at night.
    FiguresCheck,
    /// Verifying the audit trail.
    Trail,
}

/// Where alerts are told, besides in the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// An address that is posted to.
    Webhook,
    /// E-mail.
    Email,
}

impl Channel {
    /// The database's word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Email => "email",
        }
    }

    /// What a word means.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        [Self::Webhook, Self::Email]
            .into_iter()
            .find(|channel| channel.word() == word)
    }
}

/// A channel to one recipient: each is told by itself, so that one that refuses silences no other.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Way {
    /// The one address that is posted to.
    Webhook,
    /// A mailbox, by a digest of its address: the database does not learn who is told.
    Email(String),
}

impl Way {
    /// What kind of channel it is.
    #[must_use]
    pub fn channel(&self) -> Channel {
        match self {
            Self::Webhook => Channel::Webhook,
            Self::Email(_) => Channel::Email,
        }
    }

    /// The database's word for it.
    #[must_use]
    pub fn word(&self) -> String {
        match self {
            Self::Webhook => Channel::Webhook.word().to_owned(),
            Self::Email(digest) => format!("{}:{digest}", Channel::Email.word()),
        }
    }

    /// What a word means.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        match word.split_once(':') {
            Some((channel, digest)) if channel == Channel::Email.word() => {
                Some(Self::Email(digest.to_owned()))
            }
            None if word == Channel::Webhook.word() => Some(Self::Webhook),
            _ => None,
        }
    }
}

/// Something that is missed when it stands still: a provider that sends, or a reader that reads one back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watched {
    /// Auth0's webhooks.
    Auth0,
    /// Stripe's webhooks.
    Stripe,
    /// Reading Auth0's users back.
    Auth0Users,
    /// Reading Stripe's events back.
    StripeEvents,
}

impl Watched {
    /// All there are.
    pub const ALL: [Self; 4] = [
        Self::Auth0,
        Self::Stripe,
        Self::Auth0Users,
        Self::StripeEvents,
    ];

    /// The database's word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Auth0 => "auth0",
            Self::Stripe => "stripe",
            Self::Auth0Users => "read_back:auth0_users",
            Self::StripeEvents => "read_back:stripe_events",
        }
    }
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grade {
    /// Somebody should look now.
    Bad,
    /// Somebody should look.
    Warn,
}

impl Grade {
    /// The database's word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Bad => "bad",
            Self::Warn => "warn",
        }
    }

    /// What a word means; one that this program does not know is taken seriously.
    #[must_use]
    pub fn of(word: &str) -> Self {
        if word == "warn" {
            Self::Warn
        } else {
            Self::Bad
        }
    }
}

/// One thing that is wrong, or was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Its number.
    pub id: i64,
    /// The database's word for the condition, e.g. `provider_quiet`.
    pub kind: String,
    /// What it is about, e.g. `stripe`.
    pub subject: String,
    /// What is wrong; `None` for a kind that this version does not know.
    pub condition: Option<Condition>,
    /// How bad it is.
    pub grade: Grade,
    /// Since when it has been so, as far as that is known.
    pub since: OffsetDateTime,
    /// When it was noticed.
    pub opened_at: OffsetDateTime,
    /// When it was over.
    pub resolved_at: Option<OffsetDateTime>,
}

/// Somebody who sees to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledged {
    /// Who.
    pub by: String,
    /// When.
    pub at: OffsetDateTime,
    /// What they said.
    pub note: Option<String>,
}

/// How telling an alert outside went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Where.
    pub channel: Channel,
    /// That it is over; else that it is there.
    pub resolved: bool,
    /// When it was told to the last of its recipients.
    pub at: Option<OffsetDateTime>,
    /// Some of its recipients were told, and some not.
    pub partly: bool,
    /// It was given up.
    pub given_up: bool,
    /// Why it did not work last.
    pub error: Option<String>,
}

/// An alert as staff see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenAlert {
    /// What is wrong.
    pub alert: Alert,
    /// Whoever sees to it.
    pub acknowledged: Option<Acknowledged>,
    /// Where it was told.
    pub told: Vec<Told>,
}

impl Condition {
    /// Reads a condition as the database keeps it; `None` for one that this version does not know.
    #[must_use]
    pub fn read(kind: &str, subject: &str, facts: &Value) -> Option<Self> {
        let count = || facts["count"].as_u64();
        let said = |name: &str| facts[name].as_str().unwrap_or_default().to_owned();
        let party = || Party::of(subject);
        Some(match kind {
            "provider_quiet" => Self::ProviderQuiet {
                provider: party()?,
                usual: Duration::from_secs(facts["usual_seconds"].as_u64().unwrap_or_default()),
            },
            "never_arrived" => Self::NeverArrived {
                provider: party()?,
                count: count()?,
            },
            "events_dead" => Self::EventsDead {
                provider: party()?,
                count: count()?,
            },
            "events_conflict" => Self::EventsConflict {
                provider: party()?,
                count: count()?,
            },
            "effects_dead" => Self::EffectsDead {
                system: party()?,
                count: count()?,
            },
            "inbox_backlog" => Self::InboxBacklog {
                provider: party()?,
                count: count()?,
            },
            "outbox_backlog" => Self::OutboxBacklog {
                system: party()?,
                count: count()?,
            },
            "read_back_failing" => Self::ReadBackFailing {
                provider: party()?,
                error: said("error"),
            },
            "read_back_behind" => Self::ReadBackBehind { provider: party()? },
            "schedule_stopped" => Self::ScheduleStopped {
                schedule: match subject.split_once(':') {
                    Some(("read_back", source)) => Schedule::ReadBack(Party::of(source)?),
                    Some(("trail", _)) => Schedule::Trail,
                    _ if subject == "rollups" => Schedule::Figures,
                    _ if subject == "rollups_check" => Schedule::FiguresCheck,
                    _ => return None,
                },
            },
            "trail_broken" => Self::TrailBroken {
                chain: subject.to_owned(),
                seq: facts["seq"].as_i64(),
                problem: said("problem"),
            },
            "no_seat" => Self::NoSeat {
                count: count()?,
                lack: match subject {
                    "clusters" => SeatLack::Clusters,
                    "owners" => SeatLack::Owners,
                    "refused" => SeatLack::Refused,
                    "unattended" => SeatLack::Unattended,
                    "database" => SeatLack::Database,
                    id => {
                        SeatLack::Team(id.to_owned(), facts["cluster"].as_str().map(str::to_owned))
                    }
                },
            },
            "cannot_apply" => Self::CannotApply {
                problem: said("problem"),
            },
            "delivery_failing" => Self::DeliveryFailing {
                channel: Channel::of(subject)?,
                error: said("error"),
            },
            _ => return None,
        })
    }
}

impl Alert {
    /// What is wrong, or was, in a sentence without the time.
    #[must_use]
    pub fn sentence(&self) -> String {
        self.condition.as_ref().map_or_else(
            || format!("{} {}", self.kind.replace('_', " "), self.subject),
            Condition::sentence,
        )
    }

    /// Where to look: `events?state=dead`.
    #[must_use]
    pub fn place(&self) -> String {
        self.condition
            .as_ref()
            .map_or_else(|| "overview".to_owned(), Condition::place)
    }

    /// The same as a link into the console.
    #[must_use]
    pub fn link(&self) -> String {
        format!("{SCHEME}://{}", self.place())
    }
}
