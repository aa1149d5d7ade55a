//! The Usage screen.

use serde::{Deserialize, Serialize};
use time::format_description::well_known::Iso8601;
use time::{Date, OffsetDateTime};
use ts_rs::TS;

use crate::charts::usage::ChartStyle;
use crate::domain::comparison::{Parts, Period};
use crate::domain::fleet;
use crate::domain::ids::{ClusterId, UserId};
use crate::domain::money::count_shown;
use crate::domain::overview::Compared;
use crate::domain::{browse, directory};
use crate::wire::chart::{Metric, Theme};
use crate::wire::cursor;
use crate::wire::money::{Change, Money};
use crate::wire::time::{days_shown, iso_date, rfc3339};
use crate::wire::used::{Used, UsedChange, UsedShare, share_shown};
use crate::wire::users::{ClusterRef, Plan, UserStatus};

/// Whose usage, and when.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[ts(export)]
pub struct UsageQuery {
    /// First and last day, ISO dates, both included.
    pub from: String,
    pub to: String,
    /// A cluster id; null for all.
    pub cluster: Option<String>,
    /// The id of an account's owner; null for all.
    pub account: Option<String>,
}

/// How the window wants a usage chart drawn.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[ts(export)]
pub struct UsageChartRequest {
    pub metric: Metric,
    /// One layer a cluster, instead of the whole beside the period before.
    pub by_cluster: bool,
    pub theme: Theme,
    /// CSS pixels.
    pub width: u16,
    pub height: u16,
}

/// Days as the core understood them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct DaysShown {
    /// ISO dates, both included.
    pub from: String,
    pub to: String,
    /// `"1–20 Nov 2026"`, `"October 2026"`.
    pub shown: String,
    pub days: u32,
    /// Days with at least one row.
    pub recorded: u32,
}

/// Sums of a period beside those of the period before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct UsageSums {
    pub period: DaysShown,
    pub before: DaysShown,
    pub used: Used,
    pub used_before: Used,
    pub change: UsedChange,
    /// The dearest first; usage without a cluster last.
    pub clusters: Vec<ClusterUsage>,
    /// Who the account is, when one was asked for.
    pub account: Option<AccountRef>,
    /// Measures this database has no column for, by their names in `used`; `"clusters"` when it records
    /// none with usage.
    pub lacking: Vec<String>,
}

/// What a cluster carried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ClusterUsage {
    /// Null for usage without a cluster.
    pub cluster: Option<ClusterRef>,
    pub used: Used,
    /// Of the whole.
    pub share: UsedShare,
    /// Beside the period before.
    pub change: UsedChange,
    pub recorded: u32,
}

/// An account, as referred to from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct AccountRef {
    pub id: String,
    /// The company, else the owner's name, else the e-mail; the id for somebody who is not on record.
    pub title: String,
}

/// One page of the accounts, please.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[ts(export)]
pub struct UsageAccountsQuery {
    pub usage: UsageQuery,
    /// A fragment of name, e-mail or company, or a whole id.
    pub text: Option<String>,
    pub sort: Metric,
    pub descending: bool,
    /// Opaque: `next` of the page before. Null for the first page.
    pub after: Option<String>,
    /// 1 to 500.
    pub limit: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct UsageAccountsPage {
    pub rows: Vec<AccountUsage>,
    /// Hand back as `after`; null on the last page.
    pub next: Option<String>,
    /// `"1,284"` or `"over 10,000"`; null on later pages.
    pub count: Option<String>,
    /// Columns this database has no data for.
    pub lacking: Vec<String>,
    /// What the page was added up from: `"November 2026"`, `"2 months and 9 single days"`.
    pub computed_from: String,
    /// The days that `cost_before` is of.
    pub before: String,
    /// Whether these are as many days, so that a change says something.
    pub comparable: bool,
    pub source: String,
    pub read_at: String,
    /// When the sums were last brought up to date (RFC 3339); null where that is not known.
    pub as_of: Option<String>,
}

/// An account with what it used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct AccountUsage {
    /// The owner's.
    pub id: String,
    /// Null where the service knows none.
    pub name: Option<String>,
    /// Empty for an owner who is no longer on record.
    pub email: String,
    pub company: Option<String>,
    pub status: UserStatus,
    /// The service's own word for that, where it is none of ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub status_word: Option<String>,
    /// Null for an owner who is no longer on record.
    pub plan: Option<Plan>,
    /// The service's own word for that, where it is none of ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub plan_word: Option<String>,
    /// Besides the owner.
    pub members: u32,
    pub used: Used,
    /// Of the whole cost, `"12.4 %"`.
    pub share: Option<String>,
    pub cost_before: Option<Money>,
    pub change: Change,
}

impl UsageQuery {
    /// What the core is asked for, on that day.
    ///
    /// # Errors
    /// The field's name and what is wrong with it.
    pub fn decode(self, today: Date) -> Result<fleet::UsageQuery, (&'static str, String)> {
        let day = |text: &str, field| {
            Date::parse(text, &Iso8601::DATE)
                .map_err(|_| (field, format!("`{text}` is no day; write it as 2026-11-20")))
        };
        let (first, last) = (day(&self.from, "from")?, day(&self.to, "to")?);
        let id = |field, error: &dyn std::fmt::Display| (field, error.to_string());
        Ok(fleet::UsageQuery {
            period: Period::between(first, last, today)
                .map_err(|error| id("The period", &error))?,
            cluster: self
                .cluster
                .map(|text| ClusterId::parse(&text).map_err(|error| id("cluster", &error)))
                .transpose()?,
            account: self
                .account
                .map(|text| UserId::parse(&text).map_err(|error| id("account", &error)))
                .transpose()?,
        })
    }
}

impl UsageChartRequest {
    /// How the core should draw it.
    #[must_use]
    pub fn style(&self) -> ChartStyle {
        ChartStyle {
            theme: self.theme.drawn(),
            width: self.width,
            height: self.height,
        }
    }
}

impl UsageSums {
    /// Sums as read.
    #[must_use]
    pub fn new(
        query: &fleet::UsageQuery,
        fleet: fleet::FleetSums,
        account: Option<AccountRef>,
        lacking: Vec<String>,
    ) -> Self {
        let fleet::Sums { now, before } = fleet.whole;
        let days = |days: crate::domain::period::Days, recorded| DaysShown {
            from: iso_date(days.first()),
            to: iso_date(days.last()),
            shown: days_shown(days),
            days: days.count(),
            recorded,
        };
        Self {
            period: days(query.period.days(), now.days),
            before: days(query.period.previous(), before.days),
            used: now.measures.into(),
            used_before: before.measures.into(),
            change: fleet.whole.into(),
            clusters: fleet
                .clusters
                .into_iter()
                // Only what the period before had: nothing to show for this one.
                .filter(|cluster| cluster.sums.now.days > 0)
                .map(|cluster| ClusterUsage {
                    cluster: cluster.cluster.map(Into::into),
                    share: UsedShare::of(&cluster.sums.now.measures, &now.measures),
                    change: cluster.sums.into(),
                    recorded: cluster.sums.now.days,
                    used: cluster.sums.now.measures.into(),
                })
                .collect(),
            account,
            lacking,
        }
    }
}

impl AccountRef {
    /// An account by its owner and company.
    #[must_use]
    pub fn new(owner: &directory::Person, company: Option<&str>) -> Self {
        let known = company.or(owner.name.as_deref());
        let email = Some(owner.email.as_str()).filter(|email| !email.is_empty());
        Self {
            id: owner.id.to_string(),
            title: known.or(email).unwrap_or(owner.id.as_str()).to_owned(),
        }
    }
}

impl UsageAccountsQuery {
    /// What the core is asked for, on that day.
    ///
    /// # Errors
    /// The field's name and what is wrong with it.
    pub fn decode(self, today: Date) -> Result<fleet::AccountsQuery, (&'static str, String)> {
        let after = match self.after.as_deref() {
            None => None,
            Some(text) => Some(cursor::decode(text).ok_or_else(|| {
                let problem = "is not a value this list gave out".to_owned();
                ("after", problem)
            })?),
        };
        Ok(fleet::AccountsQuery {
            usage: self.usage.decode(today)?,
            text: self.text,
            filter: fleet::AccountsFilter::default(),
            sort: self.sort.into(),
            descending: self.descending,
            after,
            limit: self.limit,
        })
    }
}

impl UsageAccountsPage {
    /// A page as read.
    #[must_use]
    pub fn new(page: fleet::AccountsPage, lacking: Vec<String>, now: OffsetDateTime) -> Self {
        let (whole, comparable) = (page.whole_cost, page.plan.comparable);
        Self {
            rows: page
                .rows
                .into_iter()
                .map(|row| AccountUsage {
                    id: row.owner.id.to_string(),
                    share: share_shown(row.measures.cost, whole),
                    change: if comparable {
                        Compared {
                            now: row.measures.cost,
                            before: row.cost_before,
                        }
                        .into()
                    } else {
                        Compared::default().into()
                    },
                    name: row.owner.name,
                    email: row.owner.email,
                    company: row.company,
                    status: row.owner.status.into(),
                    status_word: row.owner.status_word,
                    plan: row.plan.map(Into::into),
                    plan_word: row.plan_word,
                    members: row.members,
                    used: row.measures.into(),
                    cost_before: row.cost_before.map(Money::usd),
                })
                .collect(),
            next: page.next.as_ref().map(cursor::encode),
            count: page.count.map(count_words),
            lacking,
            computed_from: computed_from(&page.plan.parts),
            before: days_shown(page.plan.before_days),
            comparable,
            source: "usage per account and month".to_owned(),
            read_at: rfc3339(now),
            as_of: page.as_of.map(rfc3339),
        }
    }
}

/// How many rows there are, in words.
pub(in crate::wire) fn count_words(count: browse::Count) -> String {
    match count {
        browse::Count::Exact(count) => count_shown(count),
        browse::Count::Over(count) => format!("over {}", count_shown(count)),
    }
}

/// What sums were added up from: `"November 2026"`, `"3 months"`, `"2 months and 9 single days"`.
fn computed_from(parts: &Parts) -> String {
    let counted = |count: u32, one: &str| {
        let plural = if count == 1 { "" } else { "s" };
        format!("{count} {one}{plural}")
    };
    match (parts.months, parts.day_count()) {
        (Some((month, last)), 0) if month == last => month.title(),
        (Some(_), 0) => counted(parts.month_count(), "month"),
        (None, days) => counted(days, "single day"),
        (Some(_), days) => format!(
            "{} and {}",
            counted(parts.month_count(), "month"),
            counted(days, "single day")
        ),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    fn query(from: &str, to: &str) -> UsageQuery {
        UsageQuery {
            from: from.to_owned(),
            to: to.to_owned(),
            cluster: None,
            account: None,
        }
    }

    #[test]
    fn days_that_make_no_sense_are_refused_by_name() {
        let today = date!(2026 - 11 - 20);
        for (from, to, field) in [
            ("x", "2026-11-20", "from"),
            ("2026-11-01", "2026-02-30", "to"),
            ("2026-11-20", "2026-11-01", "The period"),
            ("2027-01-01", "2027-01-02", "The period"),
        ] {
            let refused = query(from, to).decode(today).expect_err("a refusal");
            assert_eq!(refused.0, field, "{from} – {to}");
        }
        let decoded = query("2026-11-01", "2026-11-30").decode(today);
        assert_eq!(decoded.expect("a query").period.days().last(), today);
    }

    #[test]
    fn what_sums_come_from_is_said_in_words() {
        let today = date!(2026 - 11 - 20);
        for (from, to, words) in [
            ("2026-11-01", "2026-11-20", "November 2026"),
            ("2026-09-01", "2026-10-31", "2 months"),
            ("2026-08-23", "2026-11-20", "3 months and 9 single days"),
            ("2026-11-20", "2026-11-20", "1 single day"),
        ] {
            let period = query(from, to).decode(today).expect("a query").period;
            assert_eq!(computed_from(&period.parts()), words, "{from} – {to}");
        }
    }
}
