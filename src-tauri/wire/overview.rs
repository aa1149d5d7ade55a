//! The Overview screen.

use serde::Serialize;
use time::{Date, Duration, OffsetDateTime};
use ts_rs::TS;

use crate::domain::browse::Concern;
use crate::domain::ids::ClusterId;
use crate::domain::money::{self, count_shown};
use crate::domain::overview::{self, Fill};
use crate::domain::period::{Days, Month};

use crate::wire::alerts::{AlertPlace, severity_of};
use crate::wire::cluster_found::ending;
use crate::wire::events::EventState;
use crate::wire::invoices::{InvoiceState, InvoicesFilter};
use crate::wire::money::{Change, Money, Quantity};
use crate::wire::overview_words::{found, lasting, runs_out};
use crate::wire::standing::Severity;
use crate::wire::teams::{TeamConcern, TeamsFilter};
use crate::wire::time::day_shown;
use crate::wire::users::UsersFilter;

/// The row of key figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct OverviewFigures {
    /// The current month in UTC, e.g. `"November 2026"`.
    pub month: String,
    /// `"Nov 1–20"` and `"Oct 1–20"`: the days compared.
    pub days: String,
    pub days_before: String,
    pub accounts: u32,
    pub accounts_new: u32,
    pub active: u32,
    /// `"71 % of 1,900 users"`.
    pub active_share: Option<String>,
    /// Null when the database records no cost.
    pub cost: Option<Money>,
    pub cost_change: Change,
    pub cpu: Option<Quantity>,
    pub cpu_change: Change,
    pub gpu: Option<Quantity>,
    pub gpu_change: Change,
    pub credits: Option<CreditsOutstanding>,
    pub invoices: Option<OpenInvoices>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct CreditsOutstanding {
    pub balance: Money,
    /// Prepaid accounts that run out within 7 days at their present pace.
    pub running_out: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct OpenInvoices {
    pub amount: Money,
    pub overdue: u32,
    /// Days since the oldest overdue invoice was due, by the calendar of the fiscal time zone.
    pub oldest_days: Option<u32>,
}

/// A cluster by how full it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ClusterFill {
    pub id: String,
    pub name: String,
    pub region: Option<String>,
    pub status: String,
    /// Seats: the limit, counted from assignments, and what the cluster's own counter says.
    pub seats_limit: Option<u32>,
    pub seats_assigned: u32,
    pub seats_recorded: Option<u32>,
    /// Whole percent of the limit, counted from assignments.
    pub filled_percent: Option<u32>,
    pub severity: Severity,
}

/// Something somebody should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Attention {
    pub severity: Severity,
    pub sentence: String,
    pub leads_to: AttentionLink,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "screen", rename_all = "snake_case")]
#[ts(export)]
pub enum AttentionLink {
    /// The Users list with this filter.
    Users {
        filter: Box<UsersFilter>,
    },
    User {
        id: String,
    },
    /// The Invoices list with this filter.
    Invoices {
        filter: InvoicesFilter,
    },
    /// The Teams list with this filter.
    Teams {
        filter: TeamsFilter,
    },
    /// A cluster's page.
    Cluster {
        id: String,
    },
    /// The Clusters list.
    Clusters,
    /// The Events list, of this state.
    Events {
        state: EventState,
    },
    /// Wherever an alert leads.
    Place(AlertPlace),
}

impl OverviewFigures {
    /// The figures as read.
    #[must_use]
    pub fn new(
        figures: &overview::Figures,
        outstanding: &overview::Outstanding,
        today: Date,
    ) -> Self {
        let days = Days::month_to(today);
        let share = u64::from(figures.active) * 100 / u64::from(figures.users.max(1));
        Self {
            month: Month::of_date(today).title(),
            days: days.shown(),
            days_before: days.a_month_before().shown(),
            accounts: figures.accounts,
            accounts_new: figures.accounts_new,
            active: figures.active,
            active_share: (figures.users > 0)
                .then(|| format!("{share} % of {} users", count_shown(figures.users.into()))),
            cost: figures.cost.now.map(Money::usd),
            cost_change: figures.cost.into(),
            cpu: figures
                .cpu_hours
                .now
                .map(|hours| Quantity::new(hours, "CPU h")),
            cpu_change: figures.cpu_hours.into(),
            gpu: figures
                .gpu_hours
                .now
                .map(|hours| Quantity::new(hours, "GPU h")),
            gpu_change: figures.gpu_hours.into(),
            credits: outstanding
                .credits
                .map(|(balance, running_out)| CreditsOutstanding {
                    balance: Money::usd(balance),
                    running_out,
                }),
            invoices: outstanding.invoices.map(|invoices| OpenInvoices {
                amount: Money::usd(invoices.amount),
                overdue: invoices.overdue,
                oldest_days: invoices
                    .oldest_days
                    .and_then(|days| u32::try_from(days).ok()),
            }),
        }
    }
}

impl From<overview::ClusterFill> for ClusterFill {
    fn from(cluster: overview::ClusterFill) -> Self {
        let severity = match (cluster.status.as_str(), cluster.fill()) {
            ("active" | "full", Fill::NearlyFull) => Severity::Bad,
            ("active" | "full", Fill::Filling) => Severity::Warn,
            ("active" | "full", Fill::Room) => Severity::Ok,
            _ => Severity::Muted,
        };
        Self {
            filled_percent: cluster.percent(),
            severity,
            id: cluster.id.to_string(),
            name: cluster.name,
            region: cluster.region,
            status: cluster.status,
            seats_limit: cluster.seats_limit,
            seats_assigned: cluster.seats_assigned,
            seats_recorded: cluster.seats_recorded,
        }
    }
}

impl Attention {
    /// A line in words.
    #[must_use]
    #[expect(
        clippy::too_many_lines,
        reason = "a sentence for each kind of line, one after the other"
    )]
    pub fn describe(line: &overview::Attention, now: OffsetDateTime) -> Self {
        use overview::Attention as A;
        let today = now.date();
        let users = |filter| AttentionLink::Users {
            filter: Box::new(filter),
        };
        let events = |state| AttentionLink::Events { state };
        let (severity, sentence, leads_to) = match line {
            A::RegistrationConflict { count, existing } => (
                Severity::Bad,
                format!(
                    "{} not applied: the e-mail belongs to another account",
                    counted(*count, "registration was", "registrations were")
                ),
                existing
                    .as_ref()
                    .map_or(events(EventState::Conflict), |id| AttentionLink::User {
                        id: id.to_string(),
                    }),
            ),
            A::DeadEvents { count } => (
                Severity::Bad,
                format!(
                    "{} given up: not applied, and not tried again",
                    counted(*count, "event was", "events were")
                ),
                events(EventState::Dead),
            ),
            A::Alert(alert) => (
                severity_of(alert.grade),
                alert.sentence(),
                AttentionLink::Place(AlertPlace::of(alert)),
            ),
            A::ClusterFull(cluster) => {
                let left = match cluster.left().unwrap_or(0) {
                    0 => format!("{} is full", cluster.name),
                    left => format!(
                        "{} has {} left",
                        cluster.name,
                        counted(left, "seat", "seats")
                    ),
                };
                let when = cluster.full_on(today).map_or_else(String::new, |day| {
                    format!("; at this pace full on {}", day_shown(day, today))
                });
                (Severity::Bad, left + &when, page_of(cluster))
            }
            A::ClustersUnwatched { since } => (
                Severity::Bad,
                format!(
                    "Nobody has looked at the clusters for {}: is `hopsdesk-webhook serve` running?",
                    lasting(now - *since)
                ),
                AttentionLink::Clusters,
            ),
            A::ClusterUnseen(cluster) => (
                Severity::Bad,
                match cluster.seen_at {
                    Some(seen_at) => format!(
                        "{} does not tell how it is; it was seen last {} ago",
                        cluster.name,
                        lasting(now - seen_at)
                    ),
                    None => format!(
                        "{} was never seen: it does not tell how it is",
                        cluster.name
                    ),
                },
                at(&cluster.id),
            ),
            A::HopsworksAway(cluster) => (
                Severity::Bad,
                match cluster.hopsworks_code.as_deref() {
                    Some("key_refused") => {
                        format!("The Hopsworks of {} refuses our API key", cluster.name)
                    }
                    Some("no_key") => format!("{} has no API key on record", cluster.name),
                    _ => format!("The Hopsworks of {} does not answer", cluster.name),
                },
                at(&cluster.id),
            ),
            A::CertificateEnding(cluster, which, until) => (
                if *until - now < Duration::days(7) {
                    Severity::Bad
                } else {
                    Severity::Warn
                },
                format!(
                    "{}: {}",
                    cluster.name,
                    ending(*which, *until, now).replacen('T', "t", 1)
                ),
                at(&cluster.id),
            ),
            A::ClusterFindings(cluster) => (
                if cluster.grave > 0 {
                    Severity::Bad
                } else {
                    Severity::Warn
                },
                found(cluster),
                at(&cluster.id),
            ),
            A::ClusterRunsOut(cluster, end) => {
                let (severity, sentence) = runs_out(&cluster.name, *end, today);
                (severity, sentence, at(&cluster.id))
            }
            A::Waiting { count } => (
                Severity::Warn,
                format!(
                    "{} for a seat",
                    counted(*count, "person waits", "people wait")
                ),
                AttentionLink::Clusters,
            ),
            A::ClusterDrift(cluster) => (
                Severity::Warn,
                format!(
                    "{} records {}, {} assigned",
                    cluster.name,
                    counted(cluster.seats_recorded.unwrap_or(0), "user", "users"),
                    match cluster.seats_assigned {
                        1 => "1 is".to_owned(),
                        count => format!("{} are", count_shown(count.into())),
                    }
                ),
                page_of(cluster),
            ),
            A::InvoicesOverdue { count, amount } => (
                Severity::Bad,
                format!(
                    "{} overdue or failed, {} in all",
                    counted(*count, "invoice", "invoices"),
                    money::Money::usd(*amount)
                ),
                AttentionLink::Invoices {
                    filter: InvoicesFilter {
                        states: vec![InvoiceState::Overdue, InvoiceState::Failed],
                        ..InvoicesFilter::default()
                    },
                },
            ),
            A::People { concern, count } => {
                let (severity, sentence) = match concern {
                    Concern::CreditsLow => (
                        Severity::Warn,
                        format!(
                            "{} out of credits within 7 days",
                            counted(*count, "prepaid account runs", "prepaid accounts run")
                        ),
                    ),
                    Concern::NoSeat => (
                        Severity::Warn,
                        format!(
                            "{} no seat",
                            counted(*count, "active user has", "active users have")
                        ),
                    ),
                    Concern::InvoiceOverdue => (
                        Severity::Bad,
                        format!(
                            "{} an overdue invoice",
                            counted(*count, "account has", "accounts have")
                        ),
                    ),
                    Concern::InviteExpired => (
                        Severity::Warn,
                        format!(
                            "{} expired without an answer",
                            counted(*count, "invite", "invites")
                        ),
                    ),
                };
                let leads_to = match concern {
                    Concern::InviteExpired => AttentionLink::Teams {
                        filter: TeamsFilter {
                            concern: Some(TeamConcern::ExpiredInvites),
                            ..TeamsFilter::default()
                        },
                    },
                    _ => users(UsersFilter::concerning(*concern)),
                };
                (severity, sentence, leads_to)
            }
        };
        Self {
            severity,
            sentence,
            leads_to,
        }
    }
}

fn at(id: &ClusterId) -> AttentionLink {
    AttentionLink::Cluster { id: id.to_string() }
}

fn page_of(cluster: &overview::ClusterFill) -> AttentionLink {
    AttentionLink::Cluster {
        id: cluster.id.to_string(),
    }
}

pub(in crate::wire) fn counted(count: u32, one: &str, many: &str) -> String {
    format!(
        "{} {}",
        count_shown(count.into()),
        if count == 1 { one } else { many }
    )
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-20 12:00 UTC);

    #[test]
    fn attention_lines_read_well_for_one_and_for_many() {
        let line = |line| Attention::describe(&line, NOW).sentence;
        let overdue = |count, amount| overview::Attention::InvoicesOverdue { count, amount };
        assert_eq!(
            line(overdue(1, dec!(12))),
            "1 invoice overdue or failed, $12.00 in all"
        );
        assert_eq!(
            line(overdue(4, dec!(2310))),
            "4 invoices overdue or failed, $2,310.00 in all"
        );
        let leads = |line| Attention::describe(&line, NOW).leads_to;
        assert!(
            matches!(leads(overdue(1, dec!(12))), AttentionLink::Invoices { filter }
                if filter.states == [InvoiceState::Overdue, InvoiceState::Failed]),
            "an invoice leads to invoices"
        );
        let people = |concern, count| overview::Attention::People { concern, count };
        assert!(
            matches!(
                leads(people(Concern::InviteExpired, 1)),
                AttentionLink::Teams { .. }
            ),
            "an invite leads to its team"
        );
        assert_eq!(
            line(people(Concern::NoSeat, 1)),
            "1 active user has no seat"
        );
    }
}
