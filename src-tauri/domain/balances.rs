//! The Credits list: accounts with credits, by how long they last.

use rust_decimal::Decimal;
use time::{Date, OffsetDateTime};

use crate::domain::account::{Plan, UserStatus};
use crate::domain::browse::{Count, Cursor};
use crate::domain::directory::Person;
use crate::domain::edge::Edge;

/// Which accounts; `false` and `None` mean "any".
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a filter of its own, on or off"
)]
pub struct CreditsFilter {
    /// A fragment of name, e-mail or company, or a whole id.
    pub text: Option<String>,
    /// Running out within a week, or out.
    pub low: bool,
    /// With a balance below zero.
    pub negative: bool,
    /// Prepaid accounts only.
    pub prepaid: bool,
    /// With nothing left.
    pub out: bool,
    /// Any of these; none means "any".
    pub statuses: Vec<UserStatus>,
    /// Any of these; none means "any".
    pub plans: Vec<Plan>,
    /// With more left than this, paid and free together, USD.
    pub balance_over: Option<Edge>,
    /// With less left than this, USD.
    pub balance_under: Option<Edge>,
    /// With more paid credits left than this, USD.
    pub paid_over: Option<Edge>,
    /// With fewer paid credits left than this, USD.
    pub paid_under: Option<Edge>,
    /// With more free credits left than this, USD.
    pub free_over: Option<Edge>,
    /// With fewer free credits left than this, USD.
    pub free_under: Option<Edge>,
    /// With something left that runs out on this day or later.
    pub runs_out_from: Option<Date>,
    /// With something left that runs out before this day.
    pub runs_out_before: Option<Date>,
    /// With something left that does not run out.
    pub never_runs_out: bool,
    /// Bought last at this moment or later.
    pub bought_after: Option<OffsetDateTime>,
    /// Bought last before this moment; who never bought did not before it.
    pub bought_before: Option<OffsetDateTime>,
    /// Never bought any.
    pub never_bought: bool,
}

/// The column the list is sorted by; the id breaks ties.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreditsSort {
    /// Runs out soonest: nothing left first, the deepest in debt before the others; who does not run
    /// out comes last in both directions.
    RunsOut,
    /// Balance.
    Balance,
    /// Name of the account.
    Name,
    /// Bought last.
    LastPurchase,
}

/// One page, please.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditsQuery {
    /// Which accounts.
    pub filter: CreditsFilter,
    /// By which column.
    pub sort: CreditsSort,
    /// Largest first.
    pub descending: bool,
    /// After which row.
    pub after: Option<Cursor>,
    /// How many rows.
    pub limit: u16,
}

/// An account with credits. Amounts in USD.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountBalance {
    /// Whose.
    pub person: Person,
    /// The account's company.
    pub company: Option<String>,
    /// How it pays.
    pub plan: Plan,
    /// The service's own word for it, where it is none of ours.
    pub plan_word: Option<String>,
    /// Paid credits left; negative when overdrawn.
    pub paid_left: Decimal,
    /// Free credits left.
    pub free_left: Decimal,
    /// Both.
    pub balance: Decimal,
    /// Cost of the last fourteen whole days.
    pub spent: Decimal,
    /// The same as a mean per day.
    pub per_day: Decimal,
    /// `None` when it does not run out within two years at this pace, or has run out.
    pub runs_out: Option<Date>,
    /// Runs out within a week, or has.
    pub low: bool,
    /// Bought last.
    pub last_purchase_at: Option<OffsetDateTime>,
}

/// A page of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditsPage {
    /// In the order asked for.
    pub rows: Vec<AccountBalance>,
    /// Where the next page begins.
    pub next: Option<Cursor>,
    /// On the first page only.
    pub count: Option<Count>,
    /// When the balances were counted; `None` when they never were.
    pub as_of: Option<OffsetDateTime>,
}

/// What the filtered accounts have left together, USD.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BalanceSums {
    /// How many accounts.
    pub accounts: u64,
    /// Paid credits left; overdrawn accounts take away from it.
    pub paid_left: Decimal,
    /// Free credits left.
    pub free_left: Decimal,
    /// Both.
    pub balance: Decimal,
    /// Accounts below zero.
    pub overdrawn: u64,
    /// What those owe together; zero or negative.
    pub debt: Decimal,
}

/// What a filter comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BalanceTotals {
    /// Every account was added up.
    Whole(BalanceSums),
    /// There are more accounts than this, so nothing was added up.
    Over(u64),
}
