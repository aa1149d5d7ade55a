//! The one line that says whether a person can work, and if not, why.

use serde::Serialize;
use time::Date;
use ts_rs::TS;

use crate::domain::money::Money;
use crate::domain::standing as domain;

/// Whether somebody can work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Standing {
    pub code: StandingCode,
    pub severity: Severity,
    /// Two or three words for a list cell, e.g. `"no seat"`, `"suspended"`, `"active"`.
    pub short: String,
    /// The line on the user's page; null when nothing is wrong. E.g. `"Cannot work:"`.
    pub headline: Option<String>,
    /// The reason, e.g. `"no seat on any cluster since 14 Mar 2026."`
    pub reason: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum StandingCode {
    Working,
    Deleted,
    Suspended,
    OtherStatus,
    OwnerSuspended,
    NoPlan,
    NoSeat,
    ClusterInactive,
    NoHopsworksUser,
    OutOfCredits,
    CreditsLow,
    PaymentFailed,
    InstanceDown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Severity {
    Ok,
    Warn,
    Bad,
    Muted,
}

impl Standing {
    /// Puts a standing into words.
    #[must_use]
    pub fn describe(standing: &domain::Standing, today: Date) -> Self {
        let (code, severity) = code(standing);
        let line = line(standing, today);
        Self {
            code,
            severity,
            short: standing.short().into_owned(),
            headline: line.as_ref().map(|(headline, _)| headline.clone()),
            reason: line.map(|(_, reason)| reason),
        }
    }
}

/// How grave it is.
fn code(standing: &domain::Standing) -> (StandingCode, Severity) {
    use domain::Standing as S;
    match standing {
        S::Working => (StandingCode::Working, Severity::Ok),
        S::Deleted => (StandingCode::Deleted, Severity::Muted),
        S::Suspended => (StandingCode::Suspended, Severity::Bad),
        S::OtherStatus { .. } => (StandingCode::OtherStatus, Severity::Warn),
        S::OwnerSuspended => (StandingCode::OwnerSuspended, Severity::Bad),
        S::OutOfCredits { .. } => (StandingCode::OutOfCredits, Severity::Bad),
        S::NoPlan => (StandingCode::NoPlan, Severity::Warn),
        S::NoSeat => (StandingCode::NoSeat, Severity::Warn),
        S::ClusterInactive { .. } => (StandingCode::ClusterInactive, Severity::Warn),
        S::NoHopsworksUser { .. } => (StandingCode::NoHopsworksUser, Severity::Bad),
        S::InstanceDown { .. } => (StandingCode::InstanceDown, Severity::Warn),
        S::CreditsLow { .. } => (StandingCode::CreditsLow, Severity::Warn),
        S::PaymentFailed { .. } => (StandingCode::PaymentFailed, Severity::Warn),
    }
}

/// The line on the user's page: headline and reason; none when nothing is wrong.
fn line(standing: &domain::Standing, today: Date) -> Option<(String, String)> {
    use domain::Standing as S;
    let (headline, reason) = match standing {
        S::Working => return None,
        S::Deleted => (
            "Deleted:",
            "the account is kept for the books only.".to_owned(),
        ),
        S::Suspended => ("Cannot work:", "the account is suspended.".to_owned()),
        S::OtherStatus { status } => (
            "May not be able to work:",
            format!("the service's own word for the account is \u{201C}{status}\u{201D}."),
        ),
        S::OwnerSuspended => (
            "Cannot work:",
            "the owner of the team is suspended, and the team with them.".to_owned(),
        ),
        S::OutOfCredits { balance } => (
            "Cannot work:",
            format!("the prepaid balance is {}.", Money::usd(*balance)),
        ),
        S::NoPlan => ("Cannot work yet:", "no plan has been chosen.".to_owned()),
        S::NoSeat => ("Cannot work:", "no seat on any cluster.".to_owned()),
        S::ClusterInactive { cluster, status } => (
            "Cannot work now:",
            format!("the cluster {cluster} is in status {status}."),
        ),
        S::NoHopsworksUser { cluster } => (
            "Cannot work:",
            format!("a seat on {cluster}, but no Hopsworks user there."),
        ),
        S::InstanceDown { status } => (
            "Cannot work now:",
            format!("the instance is in status {status}."),
        ),
        S::CreditsLow {
            balance,
            per_day,
            on,
        } => {
            let (balance, pace) = (Money::usd(*balance), Money::usd(*per_day));
            let headline = match (*on - today).whole_days() {
                ..=0 => "Will stop working today:".to_owned(),
                1 => "Will stop working in about a day:".to_owned(),
                days => format!("Will stop working in about {days} days:"),
            };
            return Some((
                headline,
                format!("{balance} of credits left at {pace} a day."),
            ));
        }
        S::PaymentFailed { invoices: 1 } => (
            "Still works, but:",
            "an invoice is overdue or its payment failed.".to_owned(),
        ),
        S::PaymentFailed { invoices } => (
            "Still works, but:",
            format!("{invoices} invoices are overdue or their payment failed."),
        ),
    };
    Some((headline.to_owned(), reason))
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;
    use time::macros::date;

    use super::*;

    #[test]
    fn a_standing_reads_as_one_line() {
        let standing = domain::Standing::CreditsLow {
            balance: dec!(18.4),
            per_day: dec!(9.1),
            on: date!(2026 - 11 - 22),
        };
        let line = Standing::describe(&standing, date!(2026 - 11 - 20));
        assert_eq!(
            line.headline.as_deref(),
            Some("Will stop working in about 2 days:")
        );
        assert_eq!(
            line.reason.as_deref(),
            Some("$18.40 of credits left at $9.10 a day.")
        );
    }
}
