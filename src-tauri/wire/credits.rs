//! The Credits list: accounts with credits, and what they have left together.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use ts_rs::TS;

use crate::domain::balances as domain;
use crate::domain::browse;
use crate::domain::credits::RunOut;
use crate::domain::money::count_shown;
use crate::wire::cursor;
use crate::wire::money::Money;
use crate::wire::standing::Severity;
use crate::wire::time::{day_shown, iso_date, rfc3339};
use crate::wire::users::{Plan, UserStatus};

/// One page of the list, please.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[ts(export)]
pub struct CreditsQuery {
    pub filter: CreditsFilter,
    pub sort: CreditsSort,
    pub descending: bool,
    /// Opaque: `next` of the page before. Null for the first page.
    pub after: Option<String>,
    /// 1 to 500.
    pub limit: u16,
}

/// False and null mean "any".
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export)]
pub struct CreditsFilter {
    /// A fragment of name, e-mail or company, or a whole id.
    pub text: Option<String>,
    /// Active prepaid accounts that run out within a week, or have.
    pub low: bool,
    /// With a balance below zero.
    pub negative: bool,
    /// Prepaid accounts only.
    pub prepaid: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum CreditsSort {
    RunsOut,
    Balance,
    Name,
    LastPurchase,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct CreditsPage {
    pub rows: Vec<CreditRow>,
    /// Hand back as `after`; null on the last page.
    pub next: Option<String>,
    /// `"1,284"` or `"over 10,000"`; null on later pages.
    pub count: Option<String>,
    /// Why this database can have no credits, as a sentence.
    pub absent: Option<String>,
    /// Columns this database has no data for.
    pub lacking: Vec<String>,
    pub source: String,
    pub read_at: String,
    /// When the balances were counted (RFC 3339); null when they never were.
    pub as_of: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct CreditRow {
    /// The account's.
    pub id: String,
    pub name: Option<String>,
    pub company: Option<String>,
    pub email: String,
    pub status: UserStatus,
    /// The service's own word for that, where it is none of ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub status_word: Option<String>,
    pub plan: Plan,
    /// The service's own word for that, where it is none of ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub plan_word: Option<String>,
    pub paid_left: Money,
    pub free_left: Money,
    pub balance: Money,
    /// Cost of the last 14 whole days.
    pub spent: Money,
    /// The same as a mean per day.
    pub per_day: Money,
    /// ISO date; null when it has run out, or does not.
    pub runs_out: Option<String>,
    /// `"22 Nov"`, `"already out"`, `"not within two years"`, `"no usage in 14 days"`.
    pub runs_out_shown: String,
    pub severity: Severity,
    pub last_purchase_at: Option<String>,
}

/// What the filtered accounts have left together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct CreditTotals {
    /// Set when more accounts than this match and nothing was added up, e.g. `"20,000"`.
    pub over: Option<String>,
    /// Null when nothing was added up.
    pub sums: Option<CreditSums>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct CreditSums {
    pub accounts: String,
    pub paid_left: Money,
    pub free_left: Money,
    /// Both together: what the service owes in usage.
    pub balance: Money,
    /// Accounts below zero.
    pub overdrawn: String,
    /// What those are below zero together.
    pub debt: Money,
}

impl CreditsQuery {
    /// What the core is asked for.
    ///
    /// # Errors
    /// When `after` was not handed out: the field's name.
    pub fn decode(self) -> Result<domain::CreditsQuery, &'static str> {
        let after = match self.after.as_deref() {
            None => None,
            Some(text) => Some(cursor::decode(text).ok_or("after")?),
        };
        Ok(domain::CreditsQuery {
            filter: self.filter.into(),
            sort: match self.sort {
                CreditsSort::RunsOut => domain::CreditsSort::RunsOut,
                CreditsSort::Balance => domain::CreditsSort::Balance,
                CreditsSort::Name => domain::CreditsSort::Name,
                CreditsSort::LastPurchase => domain::CreditsSort::LastPurchase,
            },
            descending: self.descending,
            after,
            limit: self.limit,
        })
    }
}

impl From<CreditsFilter> for domain::CreditsFilter {
    fn from(filter: CreditsFilter) -> Self {
        Self {
            text: filter.text,
            low: filter.low,
            negative: filter.negative,
            prepaid: filter.prepaid,
            ..Self::default()
        }
    }
}

impl CreditsPage {
    /// A page as read.
    #[must_use]
    pub fn new(
        page: domain::CreditsPage,
        absent: Option<String>,
        lacking: Vec<String>,
        now: OffsetDateTime,
    ) -> Self {
        Self {
            rows: page
                .rows
                .into_iter()
                .map(|row| CreditRow::new(row, now))
                .collect(),
            next: page.next.as_ref().map(cursor::encode),
            count: page.count.map(|count| match count {
                browse::Count::Exact(count) => count_shown(count),
                browse::Count::Over(count) => format!("over {}", count_shown(count)),
            }),
            absent,
            lacking,
            source: "user_credits, usage_daily".to_owned(),
            read_at: rfc3339(now),
            as_of: page.as_of.map(rfc3339),
        }
    }
}

impl CreditRow {
    /// A row as read.
    #[must_use]
    pub fn new(row: domain::AccountBalance, now: OffsetDateTime) -> Self {
        let today = now.date();
        let run_out = match row.runs_out {
            _ if row.balance <= rust_decimal::Decimal::ZERO => RunOut::Already,
            Some(day) => RunOut::About(day),
            None if row.per_day <= rust_decimal::Decimal::ZERO => RunOut::NoPace,
            None => RunOut::Far,
        };
        Self {
            id: row.person.id.to_string(),
            name: row.person.name,
            company: row.company,
            email: row.person.email,
            status: row.person.status.into(),
            status_word: row.person.status_word,
            plan: row.plan.into(),
            plan_word: row.plan_word,
            paid_left: Money::usd(row.paid_left),
            free_left: Money::usd(row.free_left),
            balance: Money::usd(row.balance),
            spent: Money::usd(row.spent),
            per_day: Money::usd(row.per_day),
            runs_out: row.runs_out.map(iso_date),
            runs_out_shown: match run_out {
                RunOut::Already => "already out".to_owned(),
                RunOut::About(day) => day_shown(day, today),
                RunOut::Far => "not within two years".to_owned(),
                RunOut::NoPace => "no usage in 14 days".to_owned(),
            },
            // Only who pays in advance and works is in trouble without credits.
            severity: match run_out {
                _ if row.low => Severity::Bad,
                RunOut::Already | RunOut::NoPace | RunOut::Far => Severity::Muted,
                RunOut::About(_) => Severity::Ok,
            },
            last_purchase_at: row.last_purchase_at.map(rfc3339),
        }
    }
}

impl From<domain::BalanceTotals> for CreditTotals {
    fn from(totals: domain::BalanceTotals) -> Self {
        match totals {
            domain::BalanceTotals::Over(limit) => Self {
                over: Some(count_shown(limit)),
                sums: None,
            },
            domain::BalanceTotals::Whole(sums) => Self {
                over: None,
                sums: Some(CreditSums {
                    accounts: count_shown(sums.accounts),
                    paid_left: Money::usd(sums.paid_left),
                    free_left: Money::usd(sums.free_left),
                    balance: Money::usd(sums.balance),
                    overdrawn: count_shown(sums.overdrawn),
                    debt: Money::usd(sums.debt),
                }),
            },
        }
    }
}
