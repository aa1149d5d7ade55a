//! Read models of the people of a service: what a list row and a user's page are made of.

use rust_decimal::Decimal;
use serde_json::Value;
use time::OffsetDateTime;

use crate::domain::account::{Plan, TeamRole, UserStatus};
use crate::domain::credits::AccountCredits;
use crate::domain::ids::{ClusterId, UserId};
use crate::domain::standing::StandingFacts;

/// Somebody, as referred to from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Auth0 `sub`.
    pub id: UserId,
    /// Full name, where known.
    pub name: Option<String>,
    /// E-mail address as the service writes it.
    pub email: String,
    /// Whether they are let in.
    pub status: UserStatus,
    /// The service's own word for that, where it is none of ours.
    pub status_word: Option<String>,
}

/// A cluster, as people name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterPlaced {
    /// Which.
    pub id: ClusterId,
    /// Its name; its id where it has none.
    pub name: String,
    /// Where it is, in the service's words.
    pub region: Option<String>,
}

/// The team somebody is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamRef {
    /// Its owner.
    pub owner: Person,
    /// The owner's company, where recorded.
    pub company: Option<String>,
    /// Members besides the owner, without deleted ones.
    pub members: u32,
}

impl TeamRef {
    /// A team has no name of its own: it goes by the company, else by the owner.
    #[must_use]
    pub fn title(&self) -> &str {
        self.company
            .as_deref()
            .or(self.owner.name.as_deref())
            .unwrap_or(&self.owner.email)
    }
}

/// One row of the Users list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserRow {
    /// Who.
    pub person: Person,
    /// Owner or member.
    pub role: TeamRole,
    /// The plan of the account that pays.
    pub plan: Plan,
    /// The service's own word for it, where it is none of ours.
    pub plan_word: Option<String>,
    /// `None` for an owner without members.
    pub team: Option<TeamRef>,
    /// Where they have a seat.
    pub cluster: Option<(ClusterId, String)>,
    /// Cost of the month so far in USD; `None` where the database records none.
    pub month_cost: Option<Decimal>,
    /// Registered.
    pub created_at: Option<OffsetDateTime>,
    /// Seen last.
    pub last_login_at: Option<OffsetDateTime>,
    /// Why they cannot work, if so.
    pub facts: StandingFacts,
}

/// A user's page: head, profile, seat and instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserDetail {
    /// What the list shows too.
    pub row: UserRow,
    /// Recorded company.
    pub company: Option<String>,
    /// The service's own flag for staff.
    pub is_admin: bool,
    /// `website`, `invite`, …
    pub registration_source: Option<String>,
    /// Address they registered from.
    pub registration_ip: Option<String>,
    /// This login may not see that address, whether or not there is one.
    pub registration_ip_hidden: bool,
    /// Logins so far.
    pub login_count: Option<u32>,
    /// `cus_…`.
    pub stripe_customer_id: Option<String>,
    /// `cus_…`, of Stripe's test mode.
    pub stripe_test_customer_id: Option<String>,
    /// The name in Hopsworks: where the seat is, else as the service last knew it.
    pub hopsworks_username: Option<String>,
    /// The number that goes with it.
    pub hopsworks_user_id: Option<i64>,
    /// `active`, `past_due`, …
    pub stripe_subscription_status: Option<String>,
    /// What they agreed to and may spend.
    pub terms: Terms,
    /// Of the account that pays.
    pub credits: AccountCredits,
    /// Details of the seat.
    pub seat: Option<Seat>,
    /// The Hopsworks instance, where recorded.
    pub instance: Option<Instance>,
}

/// The small print of one user.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Terms {
    /// In USD a month.
    pub spending_cap: Option<Decimal>,
    /// `None` where it was never set up.
    pub auto_refill: Option<AutoRefill>,
    /// Until then the account keeps what the plan it left allowed.
    pub downgrade_deadline: Option<OffsetDateTime>,
    /// `sub_…`.
    pub stripe_subscription_id: Option<String>,
    /// When the terms were accepted.
    pub terms_accepted_at: Option<OffsetDateTime>,
    /// Whether they may be written to about other things.
    pub marketing_consent: Option<bool>,
    /// The code they registered with.
    pub promo_code: Option<String>,
    /// When the account was deleted.
    pub deleted_at: Option<OffsetDateTime>,
    /// Why.
    pub deletion_reason: Option<String>,
    /// Switches of the service, as they are.
    pub feature_flags: Option<Value>,
}

/// Credits that are bought by themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AutoRefill {
    /// Whether it is on.
    pub enabled: bool,
    /// USD added at a time.
    pub amount: Option<Decimal>,
    /// Refilled when the balance, in USD, falls below.
    pub threshold: Option<Decimal>,
}

/// A place on a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// Which cluster.
    pub cluster_id: ClusterId,
    /// Its name.
    pub cluster_name: String,
    /// Its status.
    pub cluster_status: Option<String>,
    /// The user's name there.
    pub hopsworks_username: Option<String>,
    /// When it was given.
    pub assigned_at: Option<OffsetDateTime>,
    /// `system`, `admin`, `team_member_auto`.
    pub assigned_by: Option<String>,
}

/// A Hopsworks instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// Its name.
    pub name: Option<String>,
    /// Where it answers; as recorded, not yet judged fit to open.
    pub url: Option<String>,
    /// `provisioning`, `active`, `stopped`, `deleted`.
    pub status: Option<String>,
    /// Since when.
    pub activated_at: Option<OffsetDateTime>,
}

/// A team with everybody in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// Who pays; `None` where whom the members name is not on record.
    pub owner: Option<Member>,
    /// Members, by name.
    pub members: Vec<Member>,
    /// The newest invites that nobody took up.
    pub invites: Vec<Invite>,
    /// How many of those there are in all.
    pub invites_open: u32,
}

/// Somebody in a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub person: Person,
    /// Since when.
    pub joined_at: Option<OffsetDateTime>,
    /// Seen last.
    pub last_login_at: Option<OffsetDateTime>,
    /// Cost of the month so far in USD.
    pub month_cost: Option<Decimal>,
}

/// An invitation to a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    /// What it is called by in an action; none where the service keeps no ids.
    pub id: Option<String>,
    /// Whom it is for.
    pub email: String,
    /// `Data owner`, `Data scientist`.
    pub role: Option<String>,
    /// When it was sent.
    pub created_at: Option<OffsetDateTime>,
    /// Seven days later, usually.
    pub expires_at: Option<OffsetDateTime>,
    /// When it was taken up.
    pub accepted_at: Option<OffsetDateTime>,
}

/// What became of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InviteState {
    /// Not answered, and still good.
    Pending,
    /// Not answered in time.
    Expired,
    /// Taken up.
    Accepted,
}

impl Invite {
    /// The state at that moment.
    #[must_use]
    pub fn state(&self, now: OffsetDateTime) -> InviteState {
        if self.accepted_at.is_some() {
            InviteState::Accepted
        } else if self.expires_at.is_some_and(|end| end <= now) {
            InviteState::Expired
        } else {
            InviteState::Pending
        }
    }
}
