//! Teams: owners with their members, side by side.

use rust_decimal::Decimal;
use time::OffsetDateTime;

use crate::domain::account::{Plan, UserStatus};
use crate::domain::browse::{Count, Cursor};
use crate::domain::directory::Person;
use crate::domain::edge::Edge;
use crate::domain::ids::ClusterId;
use crate::domain::measures::Measures;
use crate::domain::money::exact_sum;

/// Which teams; `None` means "any".
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TeamsFilter {
    /// A fragment of the owner's name, e-mail or company, or the whole id.
    pub text: Option<String>,
    /// With this peculiarity.
    pub concern: Option<TeamConcern>,
    /// Whose owner has any of these; none means "any".
    pub statuses: Vec<UserStatus>,
    /// Whose owner has any of these; none means "any".
    pub plans: Vec<Plan>,
    /// With so many members or more, the owner not counted.
    pub members_least: Option<u32>,
    /// With so many members or fewer.
    pub members_most: Option<u32>,
    /// Which cost more than this in the month so far, USD. None whose cost is not recorded.
    pub cost_over: Option<Edge>,
    /// Which cost less than this in the month so far, USD. None whose cost is not recorded.
    pub cost_under: Option<Edge>,
    /// Whose owner registered at this moment or later.
    pub registered_after: Option<OffsetDateTime>,
    /// Whose owner registered before this moment.
    pub registered_before: Option<OffsetDateTime>,
}

/// What a team may be looked for by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TeamConcern {
    /// Some member is suspended.
    SuspendedMembers,
    /// An invite waits for its answer.
    PendingInvites,
    /// An invite was not answered in time.
    ExpiredInvites,
    /// The owner is suspended or deleted, and members still work: suspending an owner suspends the team.
    OwnerOut,
}

impl TeamConcern {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::SuspendedMembers,
        Self::PendingInvites,
        Self::ExpiredInvites,
        Self::OwnerOut,
    ];

    /// The word that statements and operators use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::SuspendedMembers => "suspended_members",
            Self::PendingInvites => "pending_invites",
            Self::ExpiredInvites => "expired_invites",
            Self::OwnerOut => "owner_out",
        }
    }
}

/// The column the list is sorted by; the id breaks ties.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TeamsSort {
    /// Cost of the month so far.
    Cost,
    /// Number of members.
    Members,
    /// The owner's name.
    Name,
    /// When the owner registered.
    Created,
}

/// One page, please.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamsQuery {
    /// Which teams.
    pub filter: TeamsFilter,
    /// By which column.
    pub sort: TeamsSort,
    /// Largest first.
    pub descending: bool,
    /// After which row. Teams without a value come last, by id.
    pub after: Option<Cursor>,
    /// How many rows.
    pub limit: u16,
}

/// Members by their status, and who was invited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TeamStanding {
    /// Not deleted; the owner is not counted.
    pub members: u32,
    /// Of these, who may work.
    pub active: u32,
    /// Of these, who are locked out.
    pub suspended: u32,
    /// Invites that wait for their answer.
    pub invites_pending: u32,
    /// Invites that were not answered in time.
    pub invites_expired: u32,
}

/// A row of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamRow {
    /// Who pays.
    pub owner: Person,
    /// The owner's company, where recorded.
    pub company: Option<String>,
    /// How the owner pays.
    pub plan: Plan,
    /// The service's own word for it, where it is none of ours.
    pub plan_word: Option<String>,
    /// Its people.
    pub standing: TeamStanding,
    /// When the owner registered.
    pub created_at: Option<OffsetDateTime>,
    /// What the whole team used in the month so far.
    pub month: Measures,
    /// What it cost in the whole month before, USD.
    pub cost_before: Option<Decimal>,
}

impl TeamRow {
    /// Whether members go on working although the owner may not.
    #[must_use]
    pub fn owner_is_out(&self) -> bool {
        matches!(
            self.owner.status,
            UserStatus::Suspended | UserStatus::Deleted
        ) && self.standing.active > 0
    }
}

/// A page of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamsPage {
    /// In the order asked for.
    pub rows: Vec<TeamRow>,
    /// Where the next page begins; `None` after the last.
    pub next: Option<Cursor>,
    /// On the first page only.
    pub count: Option<Count>,
    /// When members, invites and sums were counted; `None`: not yet.
    pub as_of: Option<OffsetDateTime>,
}

/// Somebody whose usage the team's owner pays for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamPerson {
    /// Who. Somebody who is no longer on record has an id and nothing else.
    pub person: Person,
    /// The owner, a member, or somebody who was one when the usage arose.
    pub place: TeamPlace,
    /// Since when they are with the service.
    pub joined_at: Option<OffsetDateTime>,
    /// Seen last.
    pub last_login_at: Option<OffsetDateTime>,
    /// Where they have a seat.
    pub cluster: Option<(ClusterId, String)>,
    /// What they used in the month so far, billed to this owner.
    pub month: Measures,
    /// What they cost in the whole month before, USD.
    pub cost_before: Option<Decimal>,
}

/// How somebody belongs to a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TeamPlace {
    /// Pays.
    Owner,
    /// Is in it.
    Member,
    /// Is in it no longer, or no longer on record; used something while in it.
    Former,
}

/// Everybody in a team, with the whole beside its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamUsage {
    /// The owner first, then the dearest.
    pub people: Vec<TeamPerson>,
    /// How many more there are than are listed.
    pub unlisted: u32,
    /// What the whole team used in the month so far.
    pub month: Measures,
    /// What it cost in the whole month before, USD.
    pub cost_before: Option<Decimal>,
    /// When the sums were brought up to date; `None`: not yet.
    pub as_of: Option<OffsetDateTime>,
}

impl TeamUsage {
    /// The sum of the people listed. Equal to [`Self::month`] unless some are not listed.
    #[must_use]
    pub fn listed(&self) -> Measures {
        self.people
            .iter()
            .fold(Measures::default(), |sum, one| sum.plus(&one.month))
    }

    /// What those that are not listed cost in the month so far, USD.
    #[must_use]
    pub fn unlisted_cost(&self) -> Option<Decimal> {
        self.month
            .cost?
            .checked_sub(self.listed().cost.unwrap_or_default())
    }
}

/// The part of a whole in percent; `None` when there is nothing to be a part of.
#[must_use]
pub fn share(part: Option<Decimal>, whole: Option<Decimal>) -> Option<Decimal> {
    let whole = whole.filter(|whole| *whole > Decimal::ZERO)?;
    part?.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(whole)
}

/// The exact sum of what is recorded; `None` when nothing is.
#[must_use]
pub fn recorded_sum(values: impl IntoIterator<Item = Option<Decimal>>) -> Option<Decimal> {
    let mut recorded = values.into_iter().flatten().peekable();
    recorded.peek()?;
    exact_sum(recorded)
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;
    use crate::domain::ids::UserId;

    fn person(id: &str, status: UserStatus) -> Person {
        Person {
            id: UserId::parse(id).expect("an id"),
            name: None,
            email: format!("{id}@example.com"),
            status,
            status_word: None,
        }
    }

    #[test]
    fn an_owner_who_is_out_while_members_work_is_noticed() {
        let team = |status, active| TeamRow {
            owner: person("owner", status),
            company: None,
            plan_word: None,
            plan: Plan::Postpaid,
            standing: TeamStanding {
                members: 3,
                active,
                suspended: 3 - active,
                ..TeamStanding::default()
            },
            created_at: None,
            month: Measures::default(),
            cost_before: None,
        };
        assert!(team(UserStatus::Suspended, 1).owner_is_out());
        assert!(team(UserStatus::Deleted, 3).owner_is_out());
        assert!(!team(UserStatus::Suspended, 0).owner_is_out());
        assert!(!team(UserStatus::Active, 2).owner_is_out());
    }

    #[test]
    fn what_is_not_listed_costs_the_rest() {
        let one = |cost| TeamPerson {
            person: person("somebody", UserStatus::Active),
            place: TeamPlace::Member,
            joined_at: None,
            last_login_at: None,
            cluster: None,
            month: Measures {
                cost,
                ..Measures::default()
            },
            cost_before: None,
        };
        let team = TeamUsage {
            people: vec![one(Some(dec!(2.5))), one(None)],
            unlisted: 3,
            month: Measures {
                cost: Some(dec!(4)),
                ..Measures::default()
            },
            cost_before: None,
            as_of: None,
        };
        assert_eq!(team.listed().cost, Some(dec!(2.5)));
        assert_eq!(team.unlisted_cost(), Some(dec!(1.5)));
    }

    #[test]
    fn a_share_needs_a_whole() {
        assert_eq!(share(Some(dec!(1)), Some(dec!(4))), Some(dec!(25)));
        assert_eq!(share(Some(dec!(0)), Some(dec!(0))), None);
        assert_eq!(share(None, Some(dec!(4))), None);
        assert_eq!(recorded_sum([None, None]), None);
        assert_eq!(
            recorded_sum([Some(dec!(1)), None, Some(dec!(2))]),
            Some(dec!(3))
        );
    }
}
