//! What came in and what goes out, as the window shows it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use ts_rs::TS;

use crate::domain::alerts::lasting;
use crate::domain::events;
use crate::usecases::browse_events::MOST_CHOSEN;
use crate::wire::clusters::same;
use crate::wire::time::rfc3339;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum EventWay {
    /// It came: the inbox.
    In,
    /// It goes out: the outbox.
    Out,
}

same! { EventWay = events::Way { In, Out } }

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum EventState {
    Pending,
    Done,
    /// A person must decide.
    Conflict,
    /// Given up after the last try.
    Dead,
    /// Computed and compared, not sent.
    Shadow,
    Cancelled,
}

same! { EventState = events::EventState { Pending, Done, Conflict, Dead, Shadow, Cancelled } }

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum EventSystem {
    Auth0,
    Stripe,
    Hopsworks,
    SupabaseAuth,
}

same! { EventSystem = events::System { Auth0, Stripe, Hopsworks, SupabaseAuth } }

/// Which of them; an empty list or null means "any".
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export)]
pub struct EventsQuery {
    /// A fragment of kind, subject or error, a whole reference, or operators.
    pub text: Option<String>,
    pub ways: Vec<EventWay>,
    pub states: Vec<EventState>,
    pub systems: Vec<EventSystem>,
}

impl From<EventsQuery> for events::EventsFilter {
    fn from(query: EventsQuery) -> Self {
        Self {
            text: query.text,
            ways: query.ways.into_iter().map(Into::into).collect(),
            states: query.states.into_iter().map(Into::into).collect(),
            systems: query.systems.into_iter().map(Into::into).collect(),
            ..Self::default()
        }
    }
}

/// An event or effect in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct EventRow {
    /// `"in-12"`, `"out-7"`.
    pub id: String,
    pub way: EventWay,
    pub at: String,
    pub system: EventSystem,
    /// `"customer.updated"`, `"set_status"`; null where its sender has no word for it.
    pub kind: Option<String>,
    /// Whom it is about, in the words of that system.
    pub subject: Option<String>,
    /// The user of that id, by name or e-mail.
    pub person: Option<String>,
    pub cluster_id: Option<String>,
    /// Its id at its sender, or the key under which it is sent.
    pub reference: String,
    /// False: of the sender's test mode.
    pub livemode: Option<bool>,
    /// It never arrived by itself, and was read back.
    pub read_back: bool,
    pub state: EventState,
    pub attempts: u32,
    /// While it waits.
    pub next_attempt_at: Option<String>,
    pub last_error: Option<String>,
    pub done_at: Option<String>,
    /// The entry of the trail that decided it.
    #[ts(type = "number | null")]
    pub audit_id: Option<i64>,
}

impl From<events::Event> for EventRow {
    fn from(event: events::Event) -> Self {
        let waits = event.state == events::EventState::Pending;
        Self {
            id: event.id.to_string(),
            way: event.id.way.into(),
            at: rfc3339(event.at),
            system: event.system.into(),
            kind: event.kind,
            subject: event.subject,
            person: event.person,
            cluster_id: event.cluster_id,
            reference: event.reference,
            livemode: event.livemode,
            read_back: event.read_back,
            state: event.state.into(),
            attempts: event.attempts,
            next_attempt_at: waits.then(|| rfc3339(event.next_attempt_at)),
            last_error: event.last_error,
            done_at: event.done_at.map(rfc3339),
            audit_id: event.audit_id,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Hearing {
    /// It never sent anything.
    Never,
    /// What is usual is not known yet.
    Learning,
    Usual,
    /// Nothing has come for longer than usual.
    Quiet,
}

/// Where events come from, and whether all of them do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct EventSource {
    pub system: EventSystem,
    pub hearing: Hearing,
    /// When something came last by itself.
    pub last_at: Option<String>,
    /// How long nothing may come at this hour: `"2 hours"`; null while that is not known.
    pub usual: Option<String>,
    /// Null: it is not read back.
    pub read_back: Option<ReadBackState>,
}

/// How far a provider is read back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ReadBackState {
    /// What was made there before is compared; null: nothing yet.
    pub covered_until: Option<String>,
    pub ran_at: Option<String>,
    /// How many had never arrived, ever.
    #[ts(type = "number")]
    pub filled_in: u64,
    /// Nothing is read until the first event has come by itself.
    pub waits: bool,
    /// Null: it went well last.
    pub failing_since: Option<String>,
    pub error: Option<String>,
}

impl From<events::EventSource> for EventSource {
    fn from(source: events::EventSource) -> Self {
        let usual = source
            .usual_seconds
            .and_then(|seconds| u64::try_from(seconds).ok())
            .map(|seconds| lasting(Duration::from_secs(seconds)));
        Self {
            system: source.system.into(),
            hearing: match source.hearing {
                events::Hearing::Never => Hearing::Never,
                events::Hearing::Learning => Hearing::Learning,
                events::Hearing::Usual => Hearing::Usual,
                events::Hearing::Quiet => Hearing::Quiet,
            },
            last_at: source.last_at.map(rfc3339),
            usual,
            read_back: source.read_back.map(Into::into),
        }
    }
}

impl From<events::ReadBackState> for ReadBackState {
    fn from(state: events::ReadBackState) -> Self {
        let (failing_since, error) = state.failing.unzip();
        Self {
            covered_until: state.covered_until.map(rfc3339),
            ran_at: state.ran_at.map(rfc3339),
            filled_in: state.filled_in,
            waits: state.waits,
            failing_since: failing_since.map(rfc3339),
            error,
        }
    }
}

/// An event with what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct EventDetail {
    pub event: EventRow,
    /// What became of it, as JSON with line breaks.
    pub outcome: Option<String>,
    /// This group does not read what people sent.
    pub withheld: bool,
    /// As JSON with line breaks, secrets masked.
    pub headers: Option<String>,
    /// The same of the body; null: it is no JSON.
    pub body: Option<String>,
    /// A registration whose e-mail another account holds.
    pub email_taken: Option<EmailTaken>,
    /// Of any other conflicts, gravest first: what each is, and what to do.
    pub conflicts: Vec<ConflictAdvice>,
}

/// What a conflict is, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ConflictAdvice {
    pub title: String,
    pub sentence: String,
}

impl ConflictAdvice {
    fn of(conflict: &str) -> Option<Self> {
        let (title, sentence) = match conflict {
            "unknown_customer" => (
                "Somebody paid whom nobody here is.",
                "No user has this Stripe customer. Set the customer on the user whose it is, then replay the event; the next event of that customer counts the payment, too.",
            ),
            "credits_in_other_currency" => (
                "Credits were paid in another currency.",
                "How many credits that is nobody has said, so none were given. The outcome says what was paid, what of it went back by now (back), and which disputes were lost in a third currency (lost). Give or take the credits with an adjustment on the account, then dismiss this; when more of the money goes back, or comes again, you are told again.",
            ),
            "other_currency" => (
                "A dispute was lost in another currency than what was paid.",
                "Credits were bought with this payment, and Stripe has not said what the dispute comes to in their currency, so none were taken back. As soon as Stripe says, they are, and this is over. To settle it by hand, dismiss this first: then nothing of this dispute is counted any more. Look up at Stripe what was lost, and take so many credits back with an adjustment.",
            ),
            "settled_by_hand" => (
                "There is news of a dispute that was settled by hand.",
                "Somebody dismissed this dispute, or took credits from the account while it waited, which may have been for it: so nothing follows from the news. The outcome says what became of it: that it was won (status), or what it came to in the payment's currency (counts); neither means that it is lost as before, or of another amount. Compare that with the account's ledger, adjust the credits by what is wrong, then dismiss this.",
            ),
            "not_all_known" => (
                "It is not known what else this customer has at Stripe.",
                "Their subscription ended, or the last payment method that is known here is gone (unknown); but they were at Stripe before its events came here, and may have others. So nothing has followed: neither for their plan, nor a deadline. Look them up at Stripe, do by hand what is right, then dismiss this; they are not asked about again. With STRIPE_API_KEY set, Stripe is asked by itself, and its answer ends this.",
            ),
            "plan_not_ended" => (
                "A plan could not be ended.",
                "The subscription of this customer ended, and the service's table of users takes neither the word free nor no plan for billing_mode: so they go on as if it ran. Choose another plan for them, or let the table take one of the two: the next event of theirs, or replaying this, ends this then. To leave the plan as it is, dismiss this.",
            ),
            "cannot_be_ordered" => (
                "It is not known which of two events holds.",
                "Two events of one second say different things of one object, and Stripe has not said which came last: nothing has followed from them. With STRIPE_API_KEY set, Stripe is asked again by itself, and its answer ends this; so does newer news of the object.",
            ),
            _ => return None,
        };
        Some(Self {
            title: title.to_owned(),
            sentence: sentence.to_owned(),
        })
    }
}

/// Two accounts that claim one e-mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct EmailTaken {
    /// Who registered.
    pub user_id: String,
    /// Who holds the address.
    pub holder_id: String,
}

impl From<events::EventDetail> for EventDetail {
    fn from(detail: events::EventDetail) -> Self {
        let email_taken = detail.email_taken().map(|(user, holder)| EmailTaken {
            user_id: user.to_owned(),
            holder_id: holder.to_owned(),
        });
        let words = detail.conflict().into_iter().chain(detail.also());
        let conflicts = words.filter_map(ConflictAdvice::of).collect();
        let shown = |json: Option<serde_json::Value>| json.map(|json| format!("{json:#}"));
        let (withheld, headers, body) = match detail.payload {
            events::Payload::Withheld => (true, None, None),
            events::Payload::Shown { headers, body } => (false, headers, body),
        };
        Self {
            event: detail.event.into(),
            outcome: shown(detail.outcome),
            withheld,
            headers: shown(headers),
            body: shown(body),
            email_taken,
            conflicts,
        }
    }
}

/// What is to be applied, or tried, again.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[ts(export)]
pub struct ReplayOrder {
    pub which: ReplayWhich,
    /// Null with a dry run.
    pub reason: Option<String>,
    pub dry_run: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "by")]
#[ts(export)]
pub enum ReplayWhich {
    Ids {
        ids: Vec<String>,
    },
    /// Of effects only those that were given up.
    Time {
        /// RFC 3339.
        from: String,
        /// Before then.
        until: String,
        /// Empty: whatever does not wait anyway.
        states: Vec<EventState>,
        system: Option<EventSystem>,
    },
}

impl ReplayWhich {
    /// What the core is asked for.
    ///
    /// # Errors
    /// The field's name and what is wrong with it.
    pub fn decode(self) -> Result<events::Which, (&'static str, String)> {
        match self {
            Self::Ids { ids } => {
                if ids.is_empty() || ids.len() > MOST_CHOSEN {
                    return Err(("ids", format!("must be 1 to {MOST_CHOSEN}")));
                }
                let ids = ids
                    .iter()
                    .map(|id| event_id(id))
                    .collect::<Result<_, _>>()?;
                Ok(events::Which::These(ids))
            }
            Self::Time {
                from,
                until,
                states,
                system,
            } => {
                let (from, until) = (moment("From", &from)?, moment("Until", &until)?);
                if from >= until {
                    return Err(("Until", "must be after the beginning".to_owned()));
                }
                Ok(events::Which::Time {
                    from,
                    until,
                    states: states.into_iter().map(Into::into).collect(),
                    system: system.map(Into::into),
                })
            }
        }
    }
}

/// An id as the list gives them out.
///
/// # Errors
/// The field's name and what is wrong with it.
pub fn event_id(text: &str) -> Result<events::EventId, (&'static str, String)> {
    text.parse()
        .map_err(|()| ("id", "is no event of this list".to_owned()))
}

fn moment(field: &'static str, text: &str) -> Result<OffsetDateTime, (&'static str, String)> {
    OffsetDateTime::parse(text, &Rfc3339)
        .map_err(|_| (field, "must be a time, as 2026-11-21T13:00:00Z".to_owned()))
}

/// What a replay did, or would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Replayed {
    #[ts(type = "number")]
    pub events: u64,
    #[ts(type = "number")]
    pub effects: u64,
    pub left_out: Vec<ReplayLeftOut>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ReplayLeftOut {
    pub id: String,
    /// A sentence.
    pub why: String,
}

impl From<events::Replayed> for Replayed {
    fn from(replayed: events::Replayed) -> Self {
        let left_out = replayed
            .left_out
            .into_iter()
            .map(|(id, why)| ReplayLeftOut {
                id: id.to_string(),
                why,
            });
        Self {
            events: replayed.events,
            effects: replayed.effects,
            left_out: left_out.collect(),
        }
    }
}
