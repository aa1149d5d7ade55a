//! The Teams list, and the page of one team.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use ts_rs::TS;

use crate::charts::usage::ChartStyle;
use crate::domain::directory;
use crate::domain::period::Month;
use crate::domain::teams;
use crate::wire::chart::{Metric, Theme};
use crate::wire::cursor;
use crate::wire::money::Money;
use crate::wire::time::rfc3339;
use crate::wire::usage::count_words;
use crate::wire::used::{Used, share_shown};
use crate::wire::user::{Invite, PersonRef};
use crate::wire::users::{ClusterRef, Plan, UserStatus};

/// One page of the list, please.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[ts(export)]
pub struct TeamsQuery {
    pub filter: TeamsFilter,
    pub sort: TeamsSort,
    pub descending: bool,
    /// Opaque: `next` of the page before. Null for the first page.
    pub after: Option<String>,
    /// 1 to 500.
    pub limit: u16,
}

/// Null means "any".
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export)]
pub struct TeamsFilter {
    /// A fragment of the owner's name, e-mail or company, or a whole id.
    pub text: Option<String>,
    pub concern: Option<TeamConcern>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum TeamConcern {
    /// Some member is suspended.
    SuspendedMembers,
    /// An invite waits for its answer.
    PendingInvites,
    /// An invite was not answered in time.
    ExpiredInvites,
    /// The owner is suspended or deleted, and members are still active.
    OwnerOut,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum TeamsSort {
    Cost,
    Members,
    Name,
    Created,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct TeamsPage {
    pub rows: Vec<TeamRow>,
    /// Hand back as `after`; null on the last page.
    pub next: Option<String>,
    /// `"1,284"` or `"over 10,000"`; null on later pages.
    pub count: Option<String>,
    /// `"Nov"` and `"Oct"`: the month so far, and the whole one before.
    pub month: String,
    pub month_before: String,
    /// Columns this database has no data for.
    pub lacking: Vec<String>,
    pub source: String,
    pub read_at: String,
    /// When the sums were last brought up to date (RFC 3339); null where that is not known.
    pub as_of: Option<String>,
}

/// A team, which is its owner with the members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct TeamRow {
    /// The owner's.
    pub id: String,
    /// Null where the service knows none.
    pub name: Option<String>,
    pub email: String,
    pub company: Option<String>,
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
    /// Besides the owner; not the deleted ones.
    pub members: u32,
    pub members_active: u32,
    pub members_suspended: u32,
    pub invites_pending: u32,
    pub invites_expired: u32,
    /// The owner is suspended or deleted, and members are still active.
    pub owner_out: bool,
    pub created_at: Option<String>,
    /// The whole team's, in the month so far.
    pub used: Used,
    /// Of the whole month before.
    pub cost_before: Option<Money>,
}

/// Everybody whose usage an owner pays for, in the month so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct TeamPeople {
    /// The owner first, then the dearest.
    pub people: Vec<TeamPerson>,
    /// How many more there are than are listed, and what they cost.
    pub unlisted: u32,
    pub unlisted_cost: Option<Money>,
    /// The whole team's.
    pub used: Used,
    pub cost_before: Option<Money>,
    /// `"Nov"` and `"Oct"`.
    pub month: String,
    pub month_before: String,
    /// Columns this database has no data for.
    pub lacking: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct TeamPerson {
    pub person: PersonRef,
    pub place: TeamPlace,
    pub joined_at: Option<String>,
    pub last_login_at: Option<String>,
    pub cluster: Option<ClusterRef>,
    pub used: Used,
    /// Of the team's cost, `"12.4 %"`.
    pub share: Option<String>,
    pub cost_before: Option<Money>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum TeamPlace {
    Owner,
    Member,
    /// Is in the team no longer, or no longer on record, and used something while in it.
    Former,
}

/// Invites that nobody took up: those that still can be first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct OpenInvites {
    pub invites: Vec<Invite>,
    /// How many there are in all.
    pub count: u32,
}

/// How the window wants a team's chart drawn.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[ts(export)]
pub struct TeamChartRequest {
    pub metric: Metric,
    pub step: ChartStep,
    /// How many days (to 366) or months (to 36), up to now.
    pub count: u16,
    pub theme: Theme,
    /// CSS pixels.
    pub width: u16,
    pub height: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ChartStep {
    Day,
    Month,
}

impl TeamsQuery {
    /// What the core is asked for.
    ///
    /// # Errors
    /// When `after` is not one that was handed out: the field's name.
    pub fn decode(self) -> Result<teams::TeamsQuery, &'static str> {
        let after = match self.after.as_deref() {
            None => None,
            Some(text) => Some(cursor::decode(text).ok_or("after")?),
        };
        Ok(teams::TeamsQuery {
            filter: teams::TeamsFilter {
                text: self.filter.text,
                concern: self.filter.concern.map(Into::into),
                ..teams::TeamsFilter::default()
            },
            sort: self.sort.into(),
            descending: self.descending,
            after,
            limit: self.limit,
        })
    }
}

impl TeamsPage {
    /// A page as read.
    #[must_use]
    pub fn new(page: teams::TeamsPage, lacking: Vec<String>, now: OffsetDateTime) -> Self {
        let month = Month::of(now);
        Self {
            rows: page.rows.into_iter().map(Into::into).collect(),
            next: page.next.as_ref().map(cursor::encode),
            count: page.count.map(count_words),
            month: month.short_name(),
            month_before: month.before().short_name(),
            lacking,
            source: "users, team_invites, usage_daily".to_owned(),
            read_at: rfc3339(now),
            as_of: page.as_of.map(rfc3339),
        }
    }
}

impl From<teams::TeamRow> for TeamRow {
    fn from(row: teams::TeamRow) -> Self {
        Self {
            owner_out: row.owner_is_out(),
            id: row.owner.id.to_string(),
            name: row.owner.name,
            email: row.owner.email,
            company: row.company,
            status: row.owner.status.into(),
            status_word: row.owner.status_word,
            plan: row.plan.into(),
            plan_word: row.plan_word,
            members: row.standing.members,
            members_active: row.standing.active,
            members_suspended: row.standing.suspended,
            invites_pending: row.standing.invites_pending,
            invites_expired: row.standing.invites_expired,
            created_at: row.created_at.map(rfc3339),
            used: row.month.into(),
            cost_before: row.cost_before.map(Money::usd),
        }
    }
}

impl TeamPeople {
    /// A team as read.
    #[must_use]
    pub fn new(team: teams::TeamUsage, lacking: Vec<String>, now: OffsetDateTime) -> Self {
        let (month, whole) = (Month::of(now), team.month.cost);
        let unlisted_cost = (team.unlisted > 0).then(|| team.unlisted_cost()).flatten();
        Self {
            unlisted: team.unlisted,
            unlisted_cost: unlisted_cost.map(Money::usd),
            used: team.month.into(),
            cost_before: team.cost_before.map(Money::usd),
            people: team
                .people
                .into_iter()
                .map(|one| TeamPerson {
                    share: share_shown(one.month.cost, whole),
                    person: one.person.into(),
                    place: one.place.into(),
                    joined_at: one.joined_at.map(rfc3339),
                    last_login_at: one.last_login_at.map(rfc3339),
                    cluster: one.cluster.map(Into::into),
                    used: one.month.into(),
                    cost_before: one.cost_before.map(Money::usd),
                })
                .collect(),
            month: month.short_name(),
            month_before: month.before().short_name(),
            lacking,
        }
    }
}

impl OpenInvites {
    /// Invites as read.
    #[must_use]
    pub fn new((invites, count): (Vec<directory::Invite>, u32), now: OffsetDateTime) -> Self {
        Self {
            invites: invites
                .into_iter()
                .map(|invite| Invite::new(invite, now))
                .collect(),
            count,
        }
    }
}

impl TeamChartRequest {
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

impl From<teams::TeamPlace> for TeamPlace {
    fn from(place: teams::TeamPlace) -> Self {
        match place {
            teams::TeamPlace::Owner => Self::Owner,
            teams::TeamPlace::Member => Self::Member,
            teams::TeamPlace::Former => Self::Former,
        }
    }
}

impl From<TeamConcern> for teams::TeamConcern {
    fn from(concern: TeamConcern) -> Self {
        match concern {
            TeamConcern::SuspendedMembers => Self::SuspendedMembers,
            TeamConcern::PendingInvites => Self::PendingInvites,
            TeamConcern::ExpiredInvites => Self::ExpiredInvites,
            TeamConcern::OwnerOut => Self::OwnerOut,
        }
    }
}

impl From<TeamsSort> for teams::TeamsSort {
    fn from(sort: TeamsSort) -> Self {
        match sort {
            TeamsSort::Cost => Self::Cost,
            TeamsSort::Members => Self::Members,
            TeamsSort::Name => Self::Name,
            TeamsSort::Created => Self::Created,
        }
    }
}
