//! Alerts as the window shows them.

use serde::Serialize;
use ts_rs::TS;

use crate::domain::alerts::{self, Alert, Grade};
use crate::domain::finding::link::DeepLink;
use crate::usecases::watch_alerts::SeenAlerts;
use crate::wire::standing::Severity;
use crate::wire::time::rfc3339;

/// What is wrong, and what was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Alerts {
    /// When it was read (RFC 3339, UTC), by the clock of the database.
    pub read_at: String,
    /// When some program last looked what is wrong, by the same clock; null: none ever did.
    pub looked_at: Option<String>,
    /// Those that last, the gravest and newest first.
    pub open: Vec<AlertRow>,
    /// Those that were over within a week, newest first.
    pub resolved: Vec<AlertRow>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct AlertRow {
    #[ts(type = "number")]
    pub id: i64,
    pub severity: Severity,
    /// Without a full stop.
    pub sentence: String,
    pub place: AlertPlace,
    /// Since when it has been so, as far as that is known.
    pub since: String,
    pub opened_at: String,
    pub resolved_at: Option<String>,
    pub acknowledged: Option<AlertAcknowledged>,
    pub told: Vec<AlertTold>,
}

/// Where to look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct AlertPlace {
    /// As the window writes it: `#/events?state=dead`.
    pub address: String,
    /// The screen's name.
    pub word: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct AlertAcknowledged {
    pub by: String,
    pub at: String,
    pub note: Option<String>,
}

/// How telling it outside went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct AlertTold {
    /// `"e-mail"` or `"webhook"`.
    pub channel: String,
    /// That it is over; else that it is there.
    pub resolved: bool,
    /// Null: not yet, or not to all.
    pub at: Option<String>,
    /// Some of its recipients were told, and some not.
    pub partly: bool,
    pub given_up: bool,
    /// Why it did not work last.
    pub error: Option<String>,
}

impl Alerts {
    /// Alerts as they were read.
    #[must_use]
    pub fn of(seen: SeenAlerts) -> Self {
        let (open, resolved) = seen
            .alerts
            .into_iter()
            .partition(|one| one.alert.resolved_at.is_none());
        let rows = |alerts: Vec<alerts::SeenAlert>| alerts.into_iter().map(Into::into).collect();
        Self {
            read_at: rfc3339(seen.looked.read_at),
            looked_at: seen.looked.looked_at.map(rfc3339),
            open: rows(open),
            resolved: rows(resolved),
        }
    }
}

impl From<alerts::SeenAlert> for AlertRow {
    fn from(seen: alerts::SeenAlert) -> Self {
        let alert = seen.alert;
        Self {
            id: alert.id,
            severity: severity_of(alert.grade),
            sentence: alert.sentence(),
            place: AlertPlace::of(&alert),
            since: rfc3339(alert.since),
            opened_at: rfc3339(alert.opened_at),
            resolved_at: alert.resolved_at.map(rfc3339),
            acknowledged: seen.acknowledged.map(|seen| AlertAcknowledged {
                by: seen.by,
                at: rfc3339(seen.at),
                note: seen.note,
            }),
            told: seen.told.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<alerts::Told> for AlertTold {
    fn from(told: alerts::Told) -> Self {
        let channel = match told.channel {
            alerts::Channel::Webhook => "webhook",
            alerts::Channel::Email => "e-mail",
        };
        Self {
            channel: channel.to_owned(),
            resolved: told.resolved,
            at: told.at.map(rfc3339),
            partly: told.partly,
            given_up: told.given_up,
            error: told.error,
        }
    }
}

impl AlertPlace {
    /// Where an alert leads; it is read as any link is.
    #[must_use]
    pub fn of(alert: &Alert) -> Self {
        let address = DeepLink::parse(&alert.link())
            .map_or_else(|_| "#/overview".to_owned(), |link| link.address);
        let word = match address.trim_start_matches("#/").split(['?', '/']).next() {
            Some("events") => "Events",
            Some("schema") => "Schema",
            Some("audit") => "Audit",
            _ => "Overview",
        };
        Self {
            address,
            word: word.to_owned(),
        }
    }
}

/// How bad it is.
#[must_use]
pub fn severity_of(grade: Grade) -> Severity {
    match grade {
        Grade::Bad => Severity::Bad,
        Grade::Warn => Severity::Warn,
    }
}
