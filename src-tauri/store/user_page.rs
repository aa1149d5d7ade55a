//! One user's page: the profile, and the team with its invites.

use futures_util::{Stream, StreamExt as _};
use rust_decimal::Decimal;
use serde_json::Value;
use serde_json::value::RawValue;
use sqlx::FromRow;
use sqlx::postgres::PgRow;
use sqlx::types::Json;
use time::OffsetDateTime;

use crate::domain::account::TeamRole;
use crate::domain::credits::AccountCredits;
use crate::domain::directory::{
    AutoRefill, Instance, Invite, Member, Seat, Team, Terms, UserDetail,
};
use crate::domain::ids::UserId;
use crate::domain::moment::{self, Moment};
use crate::domain::period::Month;
use crate::statement;
use crate::store::door::{Reading, Statement};
use crate::store::failure::StoreError;
use crate::store::people::{UserRecord, not_blank, person};
use crate::store::totals::{Bound, TotalsRecord};
use crate::totals;

const USER_DETAIL: Statement = statement!("user_detail.sql");
const TEAM_MEMBERS: Statement = statement!("user_team_members.sql");
const TEAM_MEMBERS_TOTALS: Statement = totals!("user_team_members.sql"; "month_cost");
const TEAM_INVITES: Statement = statement!("user_team_invites.sql");
const TEAM_INVITES_TOTALS: Statement = totals!("user_team_invites.sql");

/// Invites of one team that its people's pages list.
const MOST_INVITES: i64 = 200;

/// Reads one user's page; `None` when there is no such user.
///
/// # Errors
/// Whatever the database says.
pub async fn detail(
    reading: &mut Reading,
    id: &UserId,
    now: OffsetDateTime,
) -> Result<Option<UserDetail>, StoreError> {
    let record: Option<DetailRecord> = reading
        .optional(
            USER_DETAIL
                .rows()
                .bind(id.as_str().to_owned())
                .bind(Month::of(now).first_day())
                .bind(now.date())
                .bind(now),
        )
        .await?;
    Ok(record.map(DetailRecord::into_detail))
}

/// Reads the team a user owns or belongs to; `None` when there is no such user.
///
/// # Errors
/// Whatever the database says.
pub async fn team(
    reading: &mut Reading,
    id: &UserId,
    now: OffsetDateTime,
) -> Result<Option<Team>, StoreError> {
    let people: Vec<MemberRecord> = reading.all(members_bound(TEAM_MEMBERS, id, now)).await?;
    let mut people = people.into_iter().peekable();
    if people.peek().is_none() {
        return Ok(None);
    }
    let invites: Vec<InviteRecord> = reading
        .all(invites_bound(TEAM_INVITES, id, Some(MOST_INVITES), true))
        .await?;
    let invites_open = invites.first().and_then(|first| first.all_of_them);
    Ok(Some(Team {
        owner: people
            .next_if(|first| first.is_owner)
            .map(MemberRecord::into_member),
        members: people.map(MemberRecord::into_member).collect(),
        invites_open: u32::try_from(invites_open.unwrap_or(0)).unwrap_or(u32::MAX),
        invites: invites.into_iter().map(InviteRecord::into_invite).collect(),
    }))
}

/// Everybody in that team: the owner first, then members by name.
pub fn listed_members<'r>(
    reading: &'r mut Reading,
    id: &UserId,
    now: OffsetDateTime,
) -> impl Stream<Item = Result<(Member, TeamRole), StoreError>> + Send + 'r {
    reading
        .stream(members_bound::<MemberRecord>(TEAM_MEMBERS, id, now))
        .map(|record| {
            let record = record?;
            let role = if record.is_owner {
                TeamRole::Owner
            } else {
                TeamRole::Member
            };
            Ok((record.into_member(), role))
        })
}

/// How many [`listed_members`] gives, and what they cost together.
///
/// # Errors
/// Whatever the database says.
pub async fn listed_members_totals(
    reading: &mut Reading,
    id: &UserId,
    now: OffsetDateTime,
) -> Result<Vec<TotalsRecord>, StoreError> {
    reading
        .all(members_bound(TEAM_MEMBERS_TOTALS, id, now))
        .await
}

/// Every invite of that team, newest first.
pub fn listed_invites<'r>(
    reading: &'r mut Reading,
    id: &UserId,
) -> impl Stream<Item = Result<Invite, StoreError>> + Send + 'r {
    reading
        .stream(invites_bound::<InviteRecord>(TEAM_INVITES, id, None, false))
        .map(|record| Ok(record?.into_invite()))
}

/// How many [`listed_invites`] gives.
///
/// # Errors
/// Whatever the database says.
pub async fn listed_invites_totals(
    reading: &mut Reading,
    id: &UserId,
) -> Result<Vec<TotalsRecord>, StoreError> {
    reading
        .all(invites_bound(TEAM_INVITES_TOTALS, id, None, false))
        .await
}

fn members_bound<R>(statement: Statement, id: &UserId, now: OffsetDateTime) -> Bound<R>
where
    R: for<'r> FromRow<'r, PgRow>,
{
    statement
        .rows()
        .bind(id.as_str().to_owned())
        .bind(Month::of(now).first_day())
        .bind(now.date())
}

fn invites_bound<R>(
    statement: Statement,
    id: &UserId,
    limit: Option<i64>,
    only_open: bool,
) -> Bound<R>
where
    R: for<'r> FromRow<'r, PgRow>,
{
    statement
        .rows()
        .bind(id.as_str().to_owned())
        .bind(limit)
        .bind(only_open)
}

#[derive(Debug, FromRow)]
struct DetailRecord {
    #[sqlx(flatten)]
    user: UserRecord,
    is_admin: bool,
    registration_source: Option<String>,
    registration_ip: Option<String>,
    registration_ip_hidden: bool,
    login_count: Option<i64>,
    stripe_customer_id: Option<String>,
    stripe_test_customer_id: Option<String>,
    stripe_subscription_status: Option<String>,
    last_purchase_at: Option<OffsetDateTime>,
    #[sqlx(flatten)]
    terms: TermsRecord,
    hopsworks_username: Option<String>,
    hopsworks_user_id: Option<i64>,
    assigned_at: Option<OffsetDateTime>,
    assigned_by: Option<String>,
    instance_name: Option<String>,
    instance_url: Option<String>,
    instance_activated_at: Option<OffsetDateTime>,
    has_instance: Option<bool>,
}

impl DetailRecord {
    fn into_detail(self) -> UserDetail {
        let company = not_blank(self.user.company.clone());
        let cluster_status = self.user.standing.cluster_status.clone();
        let instance_status = self.user.standing.instance_status.clone();
        let row = self.user.into_row();
        UserDetail {
            company,
            is_admin: self.is_admin,
            registration_source: self.registration_source,
            registration_ip: self.registration_ip,
            registration_ip_hidden: self.registration_ip_hidden,
            login_count: self.login_count.and_then(|count| u32::try_from(count).ok()),
            stripe_customer_id: self.stripe_customer_id,
            stripe_test_customer_id: self.stripe_test_customer_id,
            hopsworks_username: self.hopsworks_username.clone(),
            hopsworks_user_id: self.hopsworks_user_id,
            stripe_subscription_status: self.stripe_subscription_status,
            terms: self.terms.into_terms(),
            credits: AccountCredits {
                payer: row
                    .team
                    .as_ref()
                    .filter(|_| row.role == TeamRole::Member)
                    .map_or_else(|| row.person.clone(), |team| team.owner.clone()),
                paid_by_another: row.role == TeamRole::Member,
                credits: row.facts.credits,
                per_day: row.facts.per_day,
                last_purchase_at: self.last_purchase_at,
            },
            seat: row.cluster.clone().map(|(cluster_id, cluster_name)| Seat {
                cluster_id,
                cluster_name,
                cluster_status,
                hopsworks_username: self.hopsworks_username,
                assigned_at: self.assigned_at,
                assigned_by: self.assigned_by,
            }),
            instance: self.has_instance.unwrap_or(false).then_some(Instance {
                name: self.instance_name,
                url: self.instance_url,
                status: instance_status,
                activated_at: self.instance_activated_at,
            }),
            row,
        }
    }
}

#[derive(Debug, FromRow)]
struct TermsRecord {
    spending_cap: Option<Decimal>,
    feature_flags: Option<Json<Box<RawValue>>>,
    auto_refill_enabled: Option<bool>,
    auto_refill_amount: Option<Decimal>,
    auto_refill_threshold: Option<Decimal>,
    downgrade_deadline: Option<OffsetDateTime>,
    stripe_subscription_id: Option<String>,
    terms_accepted_at: Option<OffsetDateTime>,
    marketing_consent: Option<bool>,
    promo_code: Option<String>,
    deleted_at: Option<OffsetDateTime>,
    deletion_reason: Option<String>,
}

impl TermsRecord {
    fn into_terms(self) -> Terms {
        let said = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        Terms {
            spending_cap: self.spending_cap,
            auto_refill: self.auto_refill_enabled.map(|enabled| AutoRefill {
                enabled,
                amount: self.auto_refill_amount,
                threshold: self.auto_refill_threshold,
            }),
            downgrade_deadline: self.downgrade_deadline,
            stripe_subscription_id: said(self.stripe_subscription_id),
            terms_accepted_at: self.terms_accepted_at,
            marketing_consent: self.marketing_consent,
            promo_code: said(self.promo_code),
            deleted_at: self.deleted_at,
            deletion_reason: said(self.deletion_reason),
            feature_flags: self.feature_flags.map(|Json(flags)| read_flags(&flags)),
        }
    }
}

/// Postgres keeps what we cannot hold: numbers without end, and what is nested without end. Said, instead of no page.
fn read_flags(flags: &RawValue) -> Value {
    serde_json::from_str(flags.get()).unwrap_or_else(|_| {
        Value::from("recorded, and not shown: a number is too large in it, or too much is nested")
    })
}

#[derive(Debug, FromRow)]
struct MemberRecord {
    id: String,
    name: Option<String>,
    email: Option<String>,
    status: Option<String>,
    joined_at: Option<Moment>,
    last_login_at: Option<Moment>,
    is_owner: bool,
    month_cost: Option<Decimal>,
}

impl MemberRecord {
    fn into_member(self) -> Member {
        Member {
            person: person(&self.id, self.name, self.email, self.status.as_deref()),
            joined_at: moment::known(self.joined_at),
            last_login_at: moment::known(self.last_login_at),
            month_cost: self.month_cost,
        }
    }
}

#[derive(Debug, FromRow)]
struct InviteRecord {
    id: Option<String>,
    email: Option<String>,
    project_role: Option<String>,
    created_at: Option<Moment>,
    expires_at: Option<OffsetDateTime>,
    accepted_at: Option<OffsetDateTime>,
    all_of_them: Option<i64>,
}

impl InviteRecord {
    fn into_invite(self) -> Invite {
        Invite {
            id: self.id,
            email: self.email.unwrap_or_default(),
            role: self.project_role,
            expires_at: self.expires_at,
            created_at: moment::known(self.created_at),
            accepted_at: self.accepted_at,
        }
    }
}
