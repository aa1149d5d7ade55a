//! The User page.

use serde::Serialize;
use time::{Date, OffsetDateTime};
use ts_rs::TS;

use crate::domain::credits::{AccountCredits, RunOut};
use crate::domain::finding::outside::openable;
use crate::domain::money::exact_sum;
use crate::domain::{account, directory};

use crate::wire::money::Money;
use crate::wire::panel::Panel;
use crate::wire::standing::{Severity, Standing};
use crate::wire::terms::Terms;
use crate::wire::time::{day_shown, iso_date, rfc3339};
use crate::wire::users::{Plan, TeamRole, UserStatus};

/// Head and profile of one user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct UserProfile {
    pub id: String,
    pub email: String,
    pub name: Option<String>,
    pub company: Option<String>,
    pub status: UserStatus,
    /// The service's own word for that, where it is none of ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub status_word: Option<String>,
    pub standing: Standing,
    pub plan: Plan,
    /// The service's own word for that, where it is none of ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub plan_word: Option<String>,
    pub role: TeamRole,
    /// Set for members.
    pub owner: Option<PersonRef>,
    /// What the team goes by; null for somebody without one.
    pub team_name: Option<String>,
    /// Members besides the owner; 0 for members themselves.
    pub members: u32,
    pub is_admin: bool,
    pub registered_at: Option<String>,
    pub registration_source: Option<String>,
    pub registration_ip: Option<String>,
    /// This login may not see that address, whether or not there is one.
    pub registration_ip_hidden: bool,
    pub last_login_at: Option<String>,
    pub login_count: Option<u32>,
    pub stripe_customer_id: Option<String>,
    /// Of Stripe's test mode.
    pub stripe_test_customer_id: Option<String>,
    /// The name in Hopsworks, with or without a seat.
    pub hopsworks_username: Option<String>,
    /// The number that goes with it, in digits.
    pub hopsworks_user_id: Option<String>,
    pub stripe_subscription_status: Option<String>,
    pub terms: Terms,
    /// Of the account that pays; a panel of its own.
    pub credits: Panel<Credits>,
    pub cluster: Option<Seat>,
    pub instance: Option<Instance>,
    /// Fields this database has no column for, by their name here, e.g. `"registration_ip"`.
    pub lacking: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct PersonRef {
    pub id: String,
    pub name: Option<String>,
    pub email: String,
    pub status: UserStatus,
    /// The service's own word for that, where it is none of ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub status_word: Option<String>,
}

/// A place on a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Seat {
    pub cluster_id: String,
    pub cluster_name: String,
    pub cluster_status: String,
    pub hopsworks_username: Option<String>,
    pub assigned_at: Option<String>,
    /// `"system"`, `"admin"`, `"team_member_auto"`.
    pub assigned_by: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Instance {
    pub name: Option<String>,
    /// https only; null when the recorded URL is not one that may be opened.
    pub url: Option<String>,
    pub status: Option<String>,
    pub activated_at: Option<String>,
}

/// The team of an owner, or the one a member belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Team {
    /// Null where whom the members name as their owner is not on record.
    pub owner: Option<TeamMember>,
    pub members: Vec<TeamMember>,
    /// The newest that nobody took up.
    pub invites: Vec<Invite>,
    /// How many more of those there are.
    pub invites_unlisted: u32,
    /// The whole team's cost this month.
    pub month_cost: Option<Money>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct TeamMember {
    pub person: PersonRef,
    pub joined_at: Option<String>,
    pub last_login_at: Option<String>,
    pub month_cost: Option<Money>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Invite {
    /// For actions; null where the service keeps no ids.
    pub id: Option<String>,
    pub email: String,
    pub role: Option<String>,
    pub state: InviteState,
    pub expires_at: Option<String>,
    pub created_at: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum InviteState {
    Pending,
    Expired,
    Accepted,
}

/// Credits of the account that pays for this user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Credits {
    /// Set when the account that pays is somebody else's (the team owner's).
    pub payer: Option<PersonRef>,
    pub balance: Money,
    pub paid_left: Money,
    pub paid_total: Money,
    pub free_left: Money,
    pub free_total: Money,
    /// Mean cost a day over the last 14 days; null without usage.
    pub pace: Option<Money>,
    /// ISO date; null when it does not run out at the present pace.
    pub runs_out: Option<String>,
    /// `"about 22 Nov"`, `"already out"`, `"not at the present pace"`, `"no usage in 14 days"`.
    pub runs_out_shown: String,
    pub severity: Severity,
    pub last_purchase_at: Option<String>,
}

impl UserProfile {
    /// A profile as read.
    #[must_use]
    pub fn new(
        detail: directory::UserDetail,
        credits: Panel<Credits>,
        lacking: Vec<String>,
        now: OffsetDateTime,
    ) -> Self {
        let directory::UserDetail {
            row,
            seat,
            instance,
            ..
        } = detail;
        let standing = row.facts.standing(now.date());
        let is_member = row.role == account::TeamRole::Member;
        let team = row.team.as_ref();
        Self {
            id: row.person.id.to_string(),
            email: row.person.email,
            name: row.person.name,
            company: detail.company,
            status: row.person.status.into(),
            status_word: row.person.status_word,
            standing: Standing::describe(&standing, now.date()),
            plan: row.plan.into(),
            plan_word: row.plan_word,
            role: row.role.into(),
            owner: team
                .filter(|_| is_member)
                .map(|team| team.owner.clone().into()),
            team_name: team.map(|team| team.title().to_owned()),
            members: team.filter(|_| !is_member).map_or(0, |team| team.members),
            is_admin: detail.is_admin,
            registered_at: row.created_at.map(rfc3339),
            registration_source: detail.registration_source,
            registration_ip: detail.registration_ip,
            registration_ip_hidden: detail.registration_ip_hidden,
            last_login_at: row.last_login_at.map(rfc3339),
            login_count: detail.login_count,
            stripe_customer_id: detail.stripe_customer_id,
            stripe_test_customer_id: detail.stripe_test_customer_id,
            hopsworks_username: detail.hopsworks_username,
            hopsworks_user_id: detail.hopsworks_user_id.map(|number| number.to_string()),
            stripe_subscription_status: detail.stripe_subscription_status,
            terms: detail.terms.into(),
            credits,
            cluster: seat.map(|seat| Seat {
                cluster_id: seat.cluster_id.to_string(),
                cluster_name: seat.cluster_name,
                cluster_status: seat.cluster_status.unwrap_or_else(|| "active".to_owned()),
                hopsworks_username: seat.hopsworks_username,
                assigned_at: seat.assigned_at.map(rfc3339),
                assigned_by: seat.assigned_by,
            }),
            instance: instance.map(|instance| Instance {
                name: instance.name,
                url: instance.url.and_then(|url| openable(&url)),
                status: instance.status,
                activated_at: instance.activated_at.map(rfc3339),
            }),
            lacking,
        }
    }
}

impl From<directory::Person> for PersonRef {
    fn from(person: directory::Person) -> Self {
        Self {
            id: person.id.to_string(),
            name: person.name,
            email: person.email,
            status: person.status.into(),
            status_word: person.status_word,
        }
    }
}

impl Team {
    /// A team as read.
    #[must_use]
    pub fn new(team: directory::Team, now: OffsetDateTime) -> Self {
        let costs = team.members.iter().filter_map(|member| member.month_cost);
        let of_owner = team.owner.as_ref().and_then(|owner| owner.month_cost);
        let recorded: Vec<_> = costs.chain(of_owner).collect();
        let listed = u32::try_from(team.invites.len()).unwrap_or(u32::MAX);
        let month_cost = exact_sum(recorded.iter().copied()).filter(|_| !recorded.is_empty());
        Self {
            owner: team.owner.map(Into::into),
            invites_unlisted: team.invites_open.saturating_sub(listed),
            members: team.members.into_iter().map(Into::into).collect(),
            invites: team
                .invites
                .into_iter()
                .map(|invite| Invite::new(invite, now))
                .collect(),
            month_cost: month_cost.map(Money::usd),
        }
    }
}

impl From<directory::Member> for TeamMember {
    fn from(member: directory::Member) -> Self {
        Self {
            person: member.person.into(),
            joined_at: member.joined_at.map(rfc3339),
            last_login_at: member.last_login_at.map(rfc3339),
            month_cost: member.month_cost.map(Money::usd),
        }
    }
}

impl Invite {
    pub(in crate::wire) fn new(invite: directory::Invite, now: OffsetDateTime) -> Self {
        Self {
            state: match invite.state(now) {
                directory::InviteState::Pending => InviteState::Pending,
                directory::InviteState::Expired => InviteState::Expired,
                directory::InviteState::Accepted => InviteState::Accepted,
            },
            id: invite.id,
            email: invite.email,
            role: invite.role,
            expires_at: invite.expires_at.map(rfc3339),
            created_at: invite.created_at.map(rfc3339),
        }
    }
}

impl Credits {
    /// Credits as read; an account without a record has none.
    #[must_use]
    pub fn new(account: AccountCredits, today: Date) -> Self {
        let credits = account.credits.unwrap_or_default();
        let run_out = RunOut::forecast(credits.balance(), account.per_day, today);
        let runs_out_shown = match run_out {
            RunOut::Already => "already out".to_owned(),
            RunOut::About(day) => format!("about {}", day_shown(day, today)),
            RunOut::Far => "not within two years".to_owned(),
            RunOut::NoPace => "no usage in 14 days".to_owned(),
        };
        Self {
            payer: account.paid_by_another.then(|| account.payer.into()),
            balance: Money::usd(credits.balance()),
            paid_left: Money::usd(credits.paid_left()),
            paid_total: Money::usd(credits.purchased),
            free_left: Money::usd(credits.free_left()),
            free_total: Money::usd(credits.granted),
            pace: (!account.per_day.is_zero()).then(|| Money::usd(account.per_day)),
            runs_out: if let RunOut::About(day) = run_out {
                Some(iso_date(day))
            } else {
                None
            },
            runs_out_shown,
            severity: match run_out {
                RunOut::Already => Severity::Bad,
                run_out if run_out.is_low(today) => Severity::Bad,
                _ => Severity::Ok,
            },
            last_purchase_at: account.last_purchase_at.map(rfc3339),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_https_addresses_may_be_opened() {
        let good = "https://finsight.hopsworks.example/hopsworks";
        assert_eq!(openable(good).as_deref(), Some(good));
        for bad in [
            "http://a.example",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "https://u:p@a.example",
            "x",
        ] {
            assert_eq!(openable(bad), None, "{bad} must not be opened");
        }
    }
}
