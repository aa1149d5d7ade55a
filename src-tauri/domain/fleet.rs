//! Usage of the whole service over a period: what the Usage screen is made of.

use rust_decimal::Decimal;
use time::OffsetDateTime;

use crate::domain::account::{Plan, UserStatus};
use crate::domain::browse::{Count, Cursor};
use crate::domain::comparison::{Parts, Period};
use crate::domain::directory::Person;
use crate::domain::edge::Edge;
use crate::domain::ids::{ClusterId, UserId};
use crate::domain::measures::Measures;
use crate::domain::period::Days;
use crate::domain::usage::Metric;

/// Whose usage, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageQuery {
    /// When.
    pub period: Period,
    /// On this cluster only.
    pub cluster: Option<ClusterId>,
    /// Of this account only: its owner's id.
    pub account: Option<UserId>,
}

/// Sums over a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Recorded {
    /// The sums.
    pub measures: Measures,
    /// On how many of the days anything was recorded.
    pub days: u32,
}

/// A period's sums beside those of the period before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums {
    /// The period.
    pub now: Recorded,
    /// The one before.
    pub before: Recorded,
}

/// A cluster's sums.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterSums {
    /// Which cluster, and its name; `None` for usage without one.
    pub cluster: Option<(ClusterId, String)>,
    /// Its sums.
    pub sums: Sums,
}

/// The whole with its clusters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FleetSums {
    /// The whole.
    pub whole: Sums,
    /// What it is made of, the dearest first; usage without a cluster last.
    pub clusters: Vec<ClusterSums>,
    /// When the daily sums were brought up to date; `None`: not yet, or none were read.
    pub as_of: Option<OffsetDateTime>,
}

/// Which accounts; empty lists and `None` mean "any".
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccountsFilter {
    /// Any of these.
    pub statuses: Vec<UserStatus>,
    /// Any of these.
    pub plans: Vec<Plan>,
    /// Which cost more than this in the period, USD.
    pub cost_over: Option<Edge>,
    /// Which cost less than this in the period, USD.
    pub cost_under: Option<Edge>,
    /// With more CPU hours than this.
    pub cpu_over: Option<Edge>,
    /// With fewer CPU hours than this.
    pub cpu_under: Option<Edge>,
    /// With more GPU hours than this.
    pub gpu_over: Option<Edge>,
    /// With fewer GPU hours than this.
    pub gpu_under: Option<Edge>,
}

/// One page of the accounts, please.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountsQuery {
    /// Whose and when.
    pub usage: UsageQuery,
    /// A fragment of the owner's name or e-mail, or the whole id.
    pub text: Option<String>,
    /// Of these accounts.
    pub filter: AccountsFilter,
    /// By which measure; the id breaks ties.
    pub sort: Metric,
    /// Largest first.
    pub descending: bool,
    /// After which row. Accounts without a value come last, by id.
    pub after: Option<Cursor>,
    /// How many rows.
    pub limit: u16,
}

/// How a page of accounts is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountsPlan {
    /// The period out of whole months and single days.
    pub parts: Parts,
    /// What each row is compared with, out of the same.
    pub before: Parts,
    /// The days that is, for its name.
    pub before_days: Days,
    /// Whether `before` is as long as the period, so that a change in percent says something.
    pub comparable: bool,
}

/// An account with its sums.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// Who pays. Somebody who is no longer on record has an id and nothing else.
    pub owner: Person,
    /// The owner's company, where recorded.
    pub company: Option<String>,
    /// Its plan; `None` for an owner who is no longer on record.
    pub plan: Option<Plan>,
    /// The service's own word for it, where it is none of ours.
    pub plan_word: Option<String>,
    /// Members besides the owner.
    pub members: u32,
    /// What it used.
    pub measures: Measures,
    /// What it cost in the period before, USD.
    pub cost_before: Option<Decimal>,
}

/// A page of accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountsPage {
    /// In the order asked for.
    pub rows: Vec<AccountRow>,
    /// Where the next page begins; `None` after the last.
    pub next: Option<Cursor>,
    /// On the first page only.
    pub count: Option<Count>,
    /// Cost of everything there is in the period under the same filters but the text, for shares.
    pub whole_cost: Option<Decimal>,
    /// How it was read.
    pub plan: AccountsPlan,
    /// When the monthly sums were brought up to date; `None`: not yet.
    pub as_of: Option<OffsetDateTime>,
}

/// Days of one cluster that are added up one by one at most: a quarter.
pub const MOST_SINGLE_DAYS: u32 = 92;

impl UsageQuery {
    /// How the accounts of this period are read; `None` when that would be more than
    /// [`MOST_SINGLE_DAYS`] single days of the whole service.
    ///
    /// Monthly sums know no clusters: with one, everything is added up day by day. An account's own days
    /// are few, whatever the period.
    #[must_use]
    pub fn accounts_plan(&self) -> Option<AccountsPlan> {
        let days = self.period.days();
        let previous = self.period.previous();
        if self.cluster.is_some() {
            let few = self.account.is_some() || days.count() <= MOST_SINGLE_DAYS;
            return few.then(|| AccountsPlan {
                parts: Parts::by_day(days),
                before: Parts::by_day(previous),
                before_days: previous,
                comparable: true,
            });
        }
        let parts = self.period.parts();
        let single_month = self.period.month();
        // A month so far would be compared with three weeks of single days, account by account; the whole
        // month before is at hand.
        if let (Some(month), true) = (single_month, self.period.is_so_far()) {
            let before = month.before();
            return Some(AccountsPlan {
                parts,
                before: Parts {
                    months: Some((before, before)),
                    edges: Vec::new(),
                },
                before_days: Days::between(before.first_day(), before.last_day()),
                comparable: false,
            });
        }
        Some(AccountsPlan {
            parts,
            before: Parts::of(previous, days.last()),
            before_days: previous,
            comparable: true,
        })
    }
}

#[cfg(test)]
mod tests {
    use time::Date;
    use time::macros::date;

    use super::*;

    const TODAY: Date = date!(2026 - 11 - 20);

    fn query(first: Date, last: Date) -> UsageQuery {
        UsageQuery {
            period: Period::between(first, last, TODAY).expect("a period"),
            cluster: None,
            account: None,
        }
    }

    #[test]
    fn a_month_is_read_from_its_sums_alone() {
        for (first, last, comparable) in [
            (date!(2026 - 11 - 01), TODAY, false),
            (date!(2026 - 10 - 01), date!(2026 - 10 - 31), true),
        ] {
            let plan = query(first, last).accounts_plan().expect("a plan");
            assert_eq!((plan.parts.month_count(), plan.parts.day_count()), (1, 0));
            assert_eq!((plan.before.month_count(), plan.before.day_count()), (1, 0));
            assert_eq!(plan.comparable, comparable, "{first}");
        }
    }

    #[test]
    fn ninety_days_are_two_months_and_the_days_before_them() {
        let ninety = query(date!(2026 - 08 - 23), TODAY);
        let plan = ninety.accounts_plan().expect("a plan");
        assert_eq!((plan.parts.month_count(), plan.parts.day_count()), (3, 9));
        assert!(plan.comparable);
    }

    #[test]
    fn a_cluster_is_added_up_day_by_day_and_not_over_a_year() {
        let cluster = Some(ClusterId::parse("c1").expect("an id"));
        let since = |first| UsageQuery {
            cluster: cluster.clone(),
            ..query(first, TODAY)
        };
        let month = since(date!(2026 - 11 - 01));
        let plan = month.accounts_plan().expect("a plan");
        assert_eq!((plan.parts.month_count(), plan.parts.day_count()), (0, 20));
        let year = since(date!(2026 - 01 - 01));
        assert_eq!(year.accounts_plan(), None);
        let one = UsageQuery {
            account: Some(UserId::parse("auth0|1").expect("an id")),
            ..year
        };
        assert!(one.accounts_plan().is_some(), "one account has few days");
    }
}
