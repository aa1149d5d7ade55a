//! How the Users list is filtered, sorted and paged.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::domain::account::{Plan, TeamRole, UserStatus};
use crate::domain::directory::UserRow;
use crate::domain::edge::Edge;
use crate::domain::ids::{ClusterId, UserId};
use crate::domain::moment::Moment;

/// Which users; empty lists and `None` mean "any".
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UsersFilter {
    /// A fragment of name or e-mail, or a whole id.
    pub text: Option<String>,
    /// Any of these.
    pub statuses: Vec<UserStatus>,
    /// Any of these.
    pub plans: Vec<Plan>,
    /// Owners or members.
    pub role: Option<TeamRole>,
    /// With a seat on any of these.
    pub clusters: Vec<ClusterId>,
    /// With this trouble.
    pub concern: Option<Concern>,
    /// Whose cost of the month so far is more than this, USD. Nobody whose cost is not recorded.
    pub cost_over: Option<Edge>,
    /// Whose cost of the month so far is less than this, USD. Nobody whose cost is not recorded.
    pub cost_under: Option<Edge>,
    /// Seen last at this moment or later.
    pub seen_after: Option<OffsetDateTime>,
    /// Seen last before this moment; who was never seen was not seen before it.
    pub seen_before: Option<OffsetDateTime>,
    /// Without any login on record.
    pub never_seen: bool,
    /// Registered at this moment or later.
    pub registered_after: Option<OffsetDateTime>,
    /// Registered before this moment.
    pub registered_before: Option<OffsetDateTime>,
    /// This owner and everybody in the team.
    pub team: Option<UserId>,
}

impl UsersFilter {
    /// Whether every user passes.
    #[must_use]
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }
}

/// A trouble that several users share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concern {
    /// Active, but on no cluster.
    NoSeat,
    /// Prepaid, and out of credits within a week.
    CreditsLow,
    /// With an invoice past its due date.
    InvoiceOverdue,
    /// Owner of a team with an invite that expired unanswered, however long ago.
    InviteExpired,
}

impl Concern {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::NoSeat,
        Self::CreditsLow,
        Self::InvoiceOverdue,
        Self::InviteExpired,
    ];

    /// The word that statements and operators use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::NoSeat => "no_seat",
            Self::CreditsLow => "credits_low",
            Self::InvoiceOverdue => "invoice_overdue",
            Self::InviteExpired => "invite_expired",
        }
    }
}

/// The column the list is sorted by; the id breaks ties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UsersSort {
    /// Registered.
    Created,
    /// Name.
    Name,
    /// E-mail.
    Email,
    /// Cost of the month so far.
    MonthCost,
    /// Seen last.
    LastLogin,
}

/// Where the next page begins: after this row. Users without a value come last, by id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The value of the sort column in the last row shown.
    pub key: CursorKey,
    /// Its id.
    pub id: String,
}

/// The value of the sort column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CursorKey {
    /// The last row had none: only such rows are left.
    Null,
    /// Registered or seen last.
    Time(Moment),
    /// Name or e-mail.
    Text(String),
    /// Cost, exact.
    Number(Decimal),
}

/// One page, please.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsersQuery {
    /// Which users.
    pub filter: UsersFilter,
    /// By which column.
    pub sort: UsersSort,
    /// Largest first.
    pub descending: bool,
    /// After which row.
    pub after: Option<Cursor>,
    /// How many rows.
    pub limit: u16,
}

/// How many rows there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// Counted.
    Exact(u64),
    /// More than this: larger lists are not counted one by one.
    Over(u64),
}

/// A page of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsersPage {
    /// In the order asked for.
    pub rows: Vec<UserRow>,
    /// Where the next page begins; `None` after the last.
    pub next: Option<Cursor>,
    /// On the first page only.
    pub count: Option<Count>,
    /// Which clusters the filter means; none where it means any.
    pub clusters: Vec<ClusterId>,
}
