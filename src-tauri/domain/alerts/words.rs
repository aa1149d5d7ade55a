//! Alerts in words: what is wrong, and where to look.

use std::time::Duration;

use crate::domain::alerts::{Channel, Condition, Schedule, SeatLack};
use crate::domain::money::count_shown;

impl Condition {
    /// What is wrong, in a sentence that holds for as long as it lasts.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::ProviderQuiet { provider, usual } => format!(
                "Nothing has come from {}, where {} without anything would be long at this hour",
                provider.name(),
                lasting(*usual)
            ),
            Self::NeverArrived { provider, count } => format!(
                "{} from {} never arrived and had to be fetched",
                counted(*count, "event", "events"),
                provider.name()
            ),
            Self::EventsDead { provider, count } => format!(
                "{} from {} given up: not applied, and not tried again",
                counted(*count, "event", "events"),
                were(provider.name(), *count)
            ),
            Self::EventsConflict { provider, count } => format!(
                "{} from {} for somebody to decide",
                counted(*count, "event", "events"),
                wait(provider.name(), *count)
            ),
            Self::EffectsDead { system, count } => format!(
                "{} at {} given up: not carried out, and not tried again",
                counted(*count, "change", "changes"),
                were(system.name(), *count)
            ),
            Self::InboxBacklog { provider, count } => format!(
                "{} from {} to be applied",
                counted(*count, "event", "events"),
                wait(provider.name(), *count)
            ),
            Self::OutboxBacklog { system, count } => format!(
                "{} at {} to be carried out",
                counted(*count, "change", "changes"),
                wait(system.name(), *count)
            ),
            Self::ReadBackFailing { provider, error } => {
                format!("{} cannot be read back{}", provider.name(), because(error))
            }
            Self::ReadBackBehind { provider } => format!(
                "Reading {} back does not keep up: what never arrived is not noticed",
                provider.name()
            ),
            Self::ScheduleStopped { schedule } => match schedule {
                Schedule::ReadBack(provider) => format!(
                    "{} is not read back any more: what never arrives is not noticed",
                    provider.name()
                ),
                Schedule::Figures => "The figures are not brought up to date any more".to_owned(),
                Schedule::FiguresCheck => {
                    "The figures are not compared with their rows any more".to_owned()
                }
                Schedule::Trail => "The audit trail is not verified any more".to_owned(),
            },
            Self::TrailBroken {
                chain,
                seq,
                problem,
            } => {
                let at = seq.map_or_else(String::new, |seq| format!(" at link {seq}"));
                format!(
                    "The audit trail ({chain}) is not whole{at}{}",
                    because(problem)
                )
            }
            Self::NoSeat { count, lack } => no_seat(*count, lack),
            Self::CannotApply { problem } => {
                format!(
                    "Events are stored and cannot all be applied{}",
                    because(problem)
                )
            }
            Self::DeliveryFailing { channel, error } => {
                let how = match channel {
                    Channel::Webhook => "to the webhook",
                    Channel::Email => "by e-mail",
                };
                format!("Alerts cannot be delivered {how}{}", because(error))
            }
        }
    }

    /// Where to look: the address of a screen as links from outside name it.
    #[must_use]
    pub fn place(&self) -> String {
        match self {
            Self::ProviderQuiet { provider, .. } => {
                format!("events?way=in&system={}", provider.word())
            }
            Self::NeverArrived { provider, .. } => {
                format!("events?q=came%3A%3C2d&way=in&system={}", provider.word())
            }
            Self::EventsDead { provider, .. } => {
                format!("events?way=in&state=dead&system={}", provider.word())
            }
            Self::EventsConflict { provider, .. } => {
                format!("events?way=in&state=conflict&system={}", provider.word())
            }
            Self::EffectsDead { system, .. } => {
                format!("events?way=out&state=dead&system={}", system.word())
            }
            Self::InboxBacklog { provider, .. } => {
                format!("events?way=in&state=pending&system={}", provider.word())
            }
            Self::OutboxBacklog { system, .. } => {
                format!("events?way=out&state=pending&system={}", system.word())
            }
            Self::ReadBackFailing { .. } | Self::ReadBackBehind { .. } => "events".to_owned(),
            Self::NoSeat { lack, .. } => match lack {
                SeatLack::Team(id, _) => format!("clusters/{id}"),
                SeatLack::Clusters
                | SeatLack::Owners
                | SeatLack::Refused
                | SeatLack::Unattended
                | SeatLack::Database => "clusters".to_owned(),
            },
            Self::CannotApply { .. } => "schema".to_owned(),
            Self::DeliveryFailing { .. } => "overview".to_owned(),
            Self::ScheduleStopped { schedule } => match schedule {
                Schedule::ReadBack(_) => "events",
                Schedule::Figures | Schedule::FiguresCheck => "schema",
                Schedule::Trail => "audit",
            }
            .to_owned(),
            Self::TrailBroken { .. } => "audit".to_owned(),
        }
    }
}

fn no_seat(count: u64, lack: &SeatLack) -> String {
    let person = ("person waits", "people wait");
    let member = ("member of a team waits", "members of teams wait");
    let ((one, many), why) = match lack {
        SeatLack::Clusters => (person, "no active cluster has one".to_owned()),
        SeatLack::Team(id, name) => {
            let cluster = name.as_ref().unwrap_or(id);
            (
                member,
                format!("{cluster}, where the owner is, takes nobody"),
            )
        }
        SeatLack::Owners => (member, "the owner has none".to_owned()),
        SeatLack::Refused => (
            person,
            "a rule of the service's own tables refuses it".to_owned(),
        ),
        SeatLack::Unattended => (
            person,
            "for minutes no program has looked where there is one".to_owned(),
        ),
        SeatLack::Database => (
            person,
            "the assignments of this database cannot be written".to_owned(),
        ),
    };
    format!("{} for a seat: {why}", counted(count, one, many))
}

fn were(name: &str, count: u64) -> String {
    format!("{name} {}", if count == 1 { "was" } else { "were" })
}

fn wait(name: &str, count: u64) -> String {
    format!("{name} {}", if count == 1 { "waits" } else { "wait" })
}

fn counted(count: u64, one: &str, many: &str) -> String {
    format!(
        "{} {}",
        count_shown(count),
        if count == 1 { one } else { many }
    )
}

/// A sentence of somebody else's as the end of ours; nothing when there is none.
fn because(sentence: &str) -> String {
    match sentence.trim().trim_end_matches('.') {
        "" => String::new(),
        clause => format!(": {clause}"),
    }
}

/// `2 hours`, `3 days`: rounded to what people say.
#[must_use]
pub fn lasting(span: Duration) -> String {
    let minutes = span.as_secs() / 60;
    let (count, one, many) = match minutes {
        0..120 => (minutes.max(1), "minute", "minutes"),
        120..2880 => (minutes / 60, "hour", "hours"),
        _ => (minutes / 1440, "day", "days"),
    };
    counted(count, one, many)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use time::OffsetDateTime;

    use super::*;
    use crate::domain::alerts::{Alert, Grade};
    use crate::domain::finding::link::{DeepLink, SCHEME};

    fn all() -> Vec<(&'static str, &'static str, Value)> {
        vec![
            ("provider_quiet", "stripe", json!({"usual_seconds": 7200})),
            ("never_arrived", "auth0", json!({"count": 3})),
            ("events_dead", "stripe", json!({"count": 1})),
            ("events_conflict", "auth0", json!({"count": 2})),
            ("effects_dead", "hopsworks", json!({"count": 2})),
            ("inbox_backlog", "stripe", json!({"count": 1200})),
            ("outbox_backlog", "supabase_auth", json!({"count": 1})),
            (
                "read_back_failing",
                "stripe_events",
                json!({"error": "Stripe does not answer. It is asked again."}),
            ),
            ("read_back_behind", "auth0_users", json!({})),
            ("schedule_stopped", "read_back:stripe_events", json!({})),
            ("schedule_stopped", "rollups", json!({})),
            ("schedule_stopped", "rollups_check", json!({})),
            ("schedule_stopped", "trail:staff", json!({})),
            (
                "trail_broken",
                "system",
                json!({"seq": 7, "problem": "Entry 12 was changed."}),
            ),
            (
                "delivery_failing",
                "email",
                json!({"error": "The mail server refused it."}),
            ),
            ("no_seat", "clusters", json!({"count": 12})),
            ("no_seat", "owners", json!({"count": 1})),
            ("no_seat", "refused", json!({"count": 2})),
            ("no_seat", "unattended", json!({"count": 3})),
            ("no_seat", "database", json!({"count": 1})),
            (
                "no_seat",
                "00000000-0000-4000-8000-0000000000c1",
                json!({"count": 1, "cluster": "north"}),
            ),
            (
                "cannot_apply",
                "service",
                json!({"problem": "The tables have changed since Hopsdesk was attached. Run `hopsdesk-webhook attach`."}),
            ),
            ("delivery_failing", "webhook", json!({"error": ""})),
            ("trail_broken", "staff", json!({"problem": null})),
        ]
    }

    #[test]
    fn every_condition_has_a_sentence_and_a_place_that_a_link_may_name() {
        let mut said = Vec::new();
        for (kind, subject, facts) in all() {
            let condition = Condition::read(kind, subject, &facts).expect(kind);
            let link = format!("{SCHEME}://{}", condition.place());
            let address = DeepLink::parse(&link).expect(&link).address;
            said.push(format!("{} → {address}", condition.sentence()));
        }
        insta::assert_snapshot!(said.join("\n"));
    }

    #[test]
    fn what_this_version_does_not_know_is_said_all_the_same() {
        assert_eq!(Condition::read("moon_fell", "tides", &json!({})), None);
        assert_eq!(
            Condition::read("events_dead", "paypal", &json!({"count": 1})),
            None
        );
        let alert = Alert {
            id: 1,
            kind: "moon_fell".to_owned(),
            subject: "tides".to_owned(),
            condition: None,
            grade: Grade::Bad,
            since: OffsetDateTime::UNIX_EPOCH,
            opened_at: OffsetDateTime::UNIX_EPOCH,
            resolved_at: None,
        };
        assert_eq!(alert.sentence(), "moon fell tides");
        assert_eq!(alert.link(), "hopsdesk://overview");
    }

    #[test]
    fn spans_are_said_as_people_do() {
        let said = |seconds| lasting(Duration::from_secs(seconds));
        assert_eq!(said(20), "1 minute");
        assert_eq!(said(5400), "90 minutes");
        assert_eq!(said(7200), "2 hours");
        assert_eq!(said(180_000), "2 days");
    }
}
