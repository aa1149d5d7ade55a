//! The Users list.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use ts_rs::TS;

use crate::domain::edge::Edge;
use crate::domain::ids::ClusterId;
use crate::domain::money::count_shown;
use crate::domain::period::Month;
use crate::domain::{account, browse, directory};
use crate::wire::cursor;

use crate::wire::money::Money;
use crate::wire::standing::Standing;
use crate::wire::time::rfc3339;

/// One page of the list, please.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[ts(export)]
pub struct UsersQuery {
    pub filter: UsersFilter,
    pub sort: UsersSort,
    pub descending: bool,
    /// Opaque: `next` of the page before. Null for the first page.
    pub after: Option<String>,
    /// 1 to 500.
    pub limit: u16,
}

/// An empty list or null means "any".
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export)]
pub struct UsersFilter {
    /// A fragment of name or e-mail, or a whole id.
    pub text: Option<String>,
    pub statuses: Vec<UserStatus>,
    pub plans: Vec<Plan>,
    pub role: Option<TeamRole>,
    /// A cluster id.
    pub cluster: Option<String>,
    pub concern: Option<Concern>,
    /// Cost of the month so far above this: USD as a decimal, e.g. `"100"`.
    pub cost_over: Option<String>,
    /// Cost of the month so far below this.
    pub cost_under: Option<String>,
    /// Last login at this time (RFC 3339) or later.
    pub seen_after: Option<String>,
    /// Last login before this time.
    pub seen_before: Option<String>,
    /// Without any login on record.
    pub never_seen: bool,
    /// Registered at this time (RFC 3339) or later.
    pub registered_after: Option<String>,
    /// Registered before this time.
    pub registered_before: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum UsersSort {
    Created,
    Name,
    Email,
    MonthCost,
    LastLogin,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum UserStatus {
    Active,
    Suspended,
    Deleted,
    /// A word of the service's own, which says nothing to us.
    Other,
}

/// `None` is a user whose plan is not chosen yet (null in the database).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Plan {
    Prepaid,
    Postpaid,
    Free,
    None,
    /// A word of the service's own, which says nothing to us.
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum TeamRole {
    /// An account owner, with or without members.
    Owner,
    /// A member of somebody's team; billed to the owner.
    Member,
}

/// Filters that the Overview's attention lines lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Concern {
    /// Active, but on no cluster.
    NoSeat,
    /// Prepaid and out of credits within 7 days at the present pace, or already out.
    CreditsLow,
    /// With an invoice past its due date.
    InvoiceOverdue,
    /// Owner of a team with an invite that expired unanswered, however long ago.
    InviteExpired,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct UsersPage {
    pub rows: Vec<UserRow>,
    /// Hand back as `after`; null on the last page.
    pub next: Option<String>,
    /// `"1,284"` or `"over 10,000"`; null on later pages.
    pub count: Option<String>,
    /// Ids of the clusters that the filter means, also by `cluster:` in its text; empty for any.
    pub clusters: Vec<String>,
    /// Title of the cost column, e.g. `"Cost, Nov"`.
    pub cost_title: String,
    /// Columns this database has no data for: `"month_cost"`, `"cluster"`, `"plan"`, …
    pub lacking: Vec<String>,
    pub source: String,
    pub read_at: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct UserRow {
    pub id: String,
    /// Null where the service knows none.
    pub name: Option<String>,
    pub email: String,
    pub status: UserStatus,
    pub standing: Standing,
    pub plan: Plan,
    /// The service's own word for that, where it is none of ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub plan_word: Option<String>,
    pub team: Option<TeamRef>,
    pub cluster: Option<ClusterRef>,
    pub month_cost: Option<Money>,
    pub created_at: Option<String>,
    pub last_login_at: Option<String>,
}

/// The team somebody belongs to, named after its owner (or the owner's company).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct TeamRef {
    pub owner_id: String,
    pub name: String,
    pub is_owner: bool,
    /// Members besides the owner.
    pub members: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ClusterRef {
    pub id: String,
    pub name: String,
}

/// Choices for the filter menus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct UsersFacets {
    pub clusters: Vec<ClusterRef>,
}

impl UsersQuery {
    /// What the core is asked for.
    ///
    /// # Errors
    /// When `after` is not one that was handed out, or the cluster can be no id: the field's name.
    pub fn decode(self) -> Result<browse::UsersQuery, &'static str> {
        let after = match self.after.as_deref() {
            None => None,
            Some(text) => Some(cursor::decode(text).ok_or("after")?),
        };
        Ok(browse::UsersQuery {
            filter: self.filter.decode()?,
            sort: self.sort.into(),
            descending: self.descending,
            after,
            limit: self.limit,
        })
    }
}

impl UsersFilter {
    fn decode(self) -> Result<browse::UsersFilter, &'static str> {
        let cluster = match self.cluster.as_deref() {
            None => None,
            Some(id) => Some(ClusterId::parse(id).map_err(|_| "cluster")?),
        };
        Ok(browse::UsersFilter {
            text: self.text,
            statuses: self.statuses.into_iter().map(Into::into).collect(),
            plans: self.plans.into_iter().map(Into::into).collect(),
            role: self.role.map(Into::into),
            clusters: cluster.into_iter().collect(),
            concern: self.concern.map(Into::into),
            cost_over: amount(self.cost_over.as_deref(), "cost_over")?.map(Edge::above),
            cost_under: amount(self.cost_under.as_deref(), "cost_under")?.map(Edge::below),
            seen_after: moment(self.seen_after.as_deref(), "seen_after")?,
            seen_before: moment(self.seen_before.as_deref(), "seen_before")?,
            never_seen: self.never_seen,
            registered_after: moment(self.registered_after.as_deref(), "registered_after")?,
            registered_before: moment(self.registered_before.as_deref(), "registered_before")?,
            // Typed as an operator in the text: `team:`.
            team: None,
        })
    }

    /// The filter that shows the people of one concern.
    #[must_use]
    pub fn concerning(concern: browse::Concern) -> Self {
        Self {
            concern: Some(concern.into()),
            ..Self::default()
        }
    }
}

/// A decimal, exact; the field's name when it is none.
fn amount(text: Option<&str>, field: &'static str) -> Result<Option<Decimal>, &'static str> {
    text.map(|text| Decimal::from_str_exact(text.trim()).map_err(|_| field))
        .transpose()
}

/// A time; the field's name when it is none.
fn moment(text: Option<&str>, field: &'static str) -> Result<Option<OffsetDateTime>, &'static str> {
    text.map(|text| OffsetDateTime::parse(text.trim(), &Rfc3339).map_err(|_| field))
        .transpose()
}

impl UsersPage {
    /// A page as read.
    #[must_use]
    pub fn new(page: browse::UsersPage, lacking: Vec<String>, now: OffsetDateTime) -> Self {
        Self {
            rows: page
                .rows
                .into_iter()
                .map(|row| UserRow::new(row, now))
                .collect(),
            next: page.next.as_ref().map(cursor::encode),
            count: page.count.map(|count| match count {
                browse::Count::Exact(count) => count_shown(count),
                browse::Count::Over(count) => format!("over {}", count_shown(count)),
            }),
            clusters: page.clusters.iter().map(ToString::to_string).collect(),
            cost_title: format!("Cost, {}", Month::of(now).short_name()),
            lacking,
            source: "users".to_owned(),
            read_at: rfc3339(now),
        }
    }
}

impl UserRow {
    /// A row as read.
    #[must_use]
    pub fn new(row: directory::UserRow, now: OffsetDateTime) -> Self {
        let standing = row.facts.standing(now.date());
        Self {
            id: row.person.id.to_string(),
            name: row.person.name,
            email: row.person.email,
            status: row.person.status.into(),
            standing: Standing::describe(&standing, now.date()),
            plan: row.plan.into(),
            plan_word: row.plan_word,
            team: row.team.map(|team| TeamRef {
                owner_id: team.owner.id.to_string(),
                name: team.title().to_owned(),
                is_owner: row.role == account::TeamRole::Owner,
                members: team.members,
            }),
            cluster: row.cluster.map(Into::into),
            month_cost: row.month_cost.map(Money::usd),
            created_at: row.created_at.map(rfc3339),
            last_login_at: row.last_login_at.map(rfc3339),
        }
    }
}

impl From<(ClusterId, String)> for ClusterRef {
    fn from((id, name): (ClusterId, String)) -> Self {
        Self {
            id: id.to_string(),
            name,
        }
    }
}

/// Maps two enums that say the same onto each other.
macro_rules! same {
    ($wire:ident = $domain:path { $($variant:ident = $other:ident),+ }) => {
        impl From<$domain> for $wire {
            fn from(value: $domain) -> Self {
                match value { $(<$domain>::$other => Self::$variant),+ }
            }
        }
        impl From<$wire> for $domain {
            fn from(value: $wire) -> Self {
                match value { $($wire::$variant => Self::$other),+ }
            }
        }
    };
}

same!(UserStatus = account::UserStatus { Active = Active, Suspended = Suspended, Deleted = Deleted, Other = Other });
same!(Plan = account::Plan { Prepaid = Prepaid, Postpaid = Postpaid, Free = Free, None = Unset, Other = Other });
same!(TeamRole = account::TeamRole { Owner = Owner, Member = Member });
same!(Concern = browse::Concern {
    NoSeat = NoSeat,
    CreditsLow = CreditsLow,
    InvoiceOverdue = InvoiceOverdue,
    InviteExpired = InviteExpired
});
same!(UsersSort = browse::UsersSort {
    Created = Created,
    Name = Name,
    Email = Email,
    MonthCost = MonthCost,
    LastLogin = LastLogin
});

#[cfg(test)]
mod tests {
    use rust_decimal::dec;
    use time::macros::datetime;

    use super::*;

    #[test]
    fn amounts_and_times_cross_exactly_or_are_refused_by_name() {
        let filter = UsersFilter {
            cost_over: Some("0.0000000001".to_owned()),
            seen_before: Some("2026-11-20T15:00:00+02:00".to_owned()),
            ..UsersFilter::default()
        };
        let decoded = filter.clone().decode().expect("a filter");
        assert_eq!(decoded.cost_over, Some(Edge::above(dec!(0.0000000001))));
        assert_eq!(decoded.seen_before, Some(datetime!(2026-11-20 13:00 UTC)));
        let wrong = UsersFilter {
            cost_under: Some("a lot".to_owned()),
            ..UsersFilter::default()
        };
        assert_eq!(wrong.decode(), Err("cost_under"));
        let wrong = UsersFilter {
            registered_after: Some("yesterday".to_owned()),
            ..filter
        };
        assert_eq!(wrong.decode(), Err("registered_after"));
    }
}
