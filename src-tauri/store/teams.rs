//! Teams: the list, and one team with its people and invites.

pub mod listed;

use futures_util::{Stream, StreamExt as _};
use rust_decimal::Decimal;
use sqlx::FromRow;
use sqlx::postgres::PgRow;
use time::{Date, OffsetDateTime};

use crate::domain::account::{Plan, UserStatus, own_word};
use crate::domain::browse::{Cursor, CursorKey};
use crate::domain::directory::Invite;
use crate::domain::ids::{ClusterId, UserId};
use crate::domain::layers::{Layer, LayerName, Layers, Step};
use crate::domain::measures::{Measures, gb_months};
use crate::domain::moment::{self, Moment};
use crate::domain::period::Month;
use crate::domain::teams::{
    TeamConcern, TeamPerson, TeamPlace, TeamRow, TeamStanding, TeamUsage, TeamsPage, TeamsQuery,
    TeamsSort,
};
use crate::domain::usage::Metric;
use crate::statement;
use crate::store::count::CountRecord;
use crate::store::door::{Reading, Statement};
use crate::store::edges;
use crate::store::failure::StoreError;
use crate::store::fleet::known_person;
use crate::store::measures_record::MeasuresRecord;
use crate::store::people::{any_of, fragment_pattern, not_blank, person};
use crate::store::rollups;
use crate::store::totals::{Bound, TotalsRecord};
use crate::totals;

const TEAMS_PAGE: Statement = statement!("teams_page.sql");
const TEAMS_LISTED: Statement = statement!("teams_listed.sql");
const TEAMS_TOTALS: Statement = totals!("teams_page.sql"; "total_cost", "cpu_hours", "gpu_hours", "storage_gb",
    "feature_store_api_calls", "model_inference_calls", "cost_before");
const TEAM_HEAD: Statement = statement!("team_head.sql");
const TEAM_PEOPLE: Statement = statement!("team_people.sql");
const TEAM_SUMS: Statement = statement!("team_sums.sql");
const TEAM_OPEN_INVITES: Statement = statement!("team_open_invites.sql");
const ACCOUNT_MONTHS: Statement = statement!("account_months.sql");

/// People of one team that are listed; what more there are is told in one line.
const MOST_PEOPLE: i64 = 1_000;

/// Invites of one team that are listed.
const MOST_INVITES: i64 = 200;

/// Reads one page of the Teams list.
///
/// # Errors
/// Whatever the database says.
pub async fn page(
    reading: &mut Reading,
    query: &TeamsQuery,
    now: OffsetDateTime,
) -> Result<TeamsPage, StoreError> {
    let limit = i64::from(query.limit) + 1;
    let records: Vec<TeamRecord> = reading
        .all(bound(TEAMS_LISTED, query, Some(limit), now))
        .await?;
    let count = CountRecord::of_first(records.first().map(|record| &record.count));
    let more = records.len() > usize::from(query.limit);
    let next = records
        .get(usize::from(query.limit).saturating_sub(1))
        .filter(|_| more)
        .map(|record| record.cursor(query.sort));
    let rows = records
        .into_iter()
        .take(query.limit.into())
        .map(TeamRecord::into_row)
        .collect();
    Ok(TeamsPage {
        rows,
        next,
        count: query.after.is_none().then_some(count),
        as_of: rollups::as_of(reading).await?,
    })
}

/// Every team on the list, in its order, one after another.
pub fn listed<'r>(
    reading: &'r mut Reading,
    query: &TeamsQuery,
    now: OffsetDateTime,
) -> impl Stream<Item = Result<TeamRow, StoreError>> + Send + 'r {
    reading
        .stream(bound::<TeamRecord>(TEAMS_PAGE, query, None, now))
        .map(|record| Ok(record?.into_row()))
}

/// How many are on the list, and what they used together.
///
/// # Errors
/// Whatever the database says.
pub async fn listed_totals(
    reading: &mut Reading,
    query: &TeamsQuery,
    now: OffsetDateTime,
) -> Result<Vec<TotalsRecord>, StoreError> {
    reading.all(bound(TEAMS_TOTALS, query, None, now)).await
}

/// The statement of a page with its arguments; without a limit, all of them.
fn bound<R>(
    statement: Statement,
    query: &TeamsQuery,
    limit: Option<i64>,
    now: OffsetDateTime,
) -> Bound<R>
where
    R: for<'r> FromRow<'r, PgRow>,
{
    let after = query.after.as_ref();
    let key = after.map(|cursor| &cursor.key);
    let (mut number, mut text, mut time) = (None, None, None);
    match key {
        Some(CursorKey::Number(value)) => number = Some(*value),
        Some(CursorKey::Text(value)) => text = Some(value.clone()),
        Some(CursorKey::Time(value)) => time = Some(*value),
        Some(CursorKey::Null) | None => {}
    }
    let month = Month::of(now);
    statement
        .rows()
        .bind(query.filter.text.as_deref().map(fragment_pattern))
        .bind(query.filter.text.clone())
        .bind(query.filter.concern.map(TeamConcern::word))
        .bind(sort_word(query.sort))
        .bind(query.descending)
        .bind(key == Some(&CursorKey::Null))
        .bind(number)
        .bind(text)
        .bind(time)
        .bind(after.map(|cursor| cursor.id.clone()))
        .bind(limit)
        .bind(month.first_day())
        .bind(month.before().first_day())
        .bind(any_of(&query.filter.statuses, UserStatus::word))
        .bind(any_of(&query.filter.plans, Plan::word))
        .bind(query.filter.members_least.map(i64::from))
        .bind(query.filter.members_most.map(i64::from))
        .bind(edges::over(query.filter.cost_over))
        .bind(edges::under(query.filter.cost_under))
        .bind(query.filter.registered_after)
        .bind(query.filter.registered_before)
}

/// One team as the list shows it, counted anew; `None` when there is no such user.
///
/// # Errors
/// Whatever the database says.
pub async fn head(
    reading: &mut Reading,
    owner: &UserId,
    now: OffsetDateTime,
) -> Result<Option<TeamRow>, StoreError> {
    let month = Month::of(now);
    let record: Option<TeamRecord> = reading
        .optional(
            TEAM_HEAD
                .rows()
                .bind(owner.as_str().to_owned())
                .bind(month.first_day())
                .bind(month.before().first_day())
                .bind(now),
        )
        .await?;
    Ok(record.map(TeamRecord::into_row))
}

/// Everybody whose usage the owner pays for, with the whole beside them.
///
/// # Errors
/// Whatever the database says.
pub async fn people(
    reading: &mut Reading,
    owner: &UserId,
    now: OffsetDateTime,
) -> Result<TeamUsage, StoreError> {
    let month = Month::of(now);
    let sums: SumsRecord = reading
        .one(
            TEAM_SUMS
                .rows()
                .bind(owner.as_str().to_owned())
                .bind(month.first_day())
                .bind(month.before().first_day()),
        )
        .await?;
    let records: Vec<PersonRecord> = reading
        .all(people_bound(TEAM_PEOPLE, owner, now, Some(MOST_PEOPLE)))
        .await?;
    let everybody = records
        .first()
        .map_or(0, |record| usize::try_from(record.everybody).unwrap_or(0));
    let unlisted = u32::try_from(everybody.saturating_sub(records.len())).unwrap_or(u32::MAX);
    Ok(TeamUsage {
        people: records.into_iter().map(PersonRecord::into_person).collect(),
        unlisted,
        month: sums.month.into(),
        cost_before: sums.cost_before,
        as_of: rollups::as_of(reading).await?,
    })
}

/// Invites that nobody took up, and how many there are of them in all.
///
/// # Errors
/// Whatever the database says.
pub async fn open_invites(
    reading: &mut Reading,
    owner: &UserId,
    now: OffsetDateTime,
) -> Result<(Vec<Invite>, u32), StoreError> {
    let records: Vec<InviteRecord> = reading
        .all(invites_bound(
            TEAM_OPEN_INVITES,
            owner,
            now,
            Some(MOST_INVITES),
        ))
        .await?;
    let all = records.first().map_or(0, |record| record.all_of_them);
    let invites = records.into_iter().map(InviteRecord::into_invite);
    Ok((invites.collect(), u32::try_from(all).unwrap_or(u32::MAX)))
}

fn people_bound<R>(
    statement: Statement,
    owner: &UserId,
    now: OffsetDateTime,
    limit: Option<i64>,
) -> Bound<R>
where
    R: for<'r> FromRow<'r, PgRow>,
{
    let month = Month::of(now);
    statement
        .rows()
        .bind(owner.as_str().to_owned())
        .bind(month.first_day())
        .bind(month.before().first_day())
        .bind(limit)
}

fn invites_bound<R>(
    statement: Statement,
    owner: &UserId,
    now: OffsetDateTime,
    limit: Option<i64>,
) -> Bound<R>
where
    R: for<'r> FromRow<'r, PgRow>,
{
    statement
        .rows()
        .bind(owner.as_str().to_owned())
        .bind(now)
        .bind(limit)
}

/// A measure of one account per month, from `first` to `last`.
///
/// # Errors
/// Whatever the database says.
pub async fn months(
    reading: &mut Reading,
    account: &UserId,
    metric: Metric,
    first: Month,
    last: Month,
) -> Result<Layers, StoreError> {
    let records: Vec<(Date, Option<Decimal>)> = reading
        .all(
            ACCOUNT_MONTHS
                .rows()
                .bind(account.as_str().to_owned())
                .bind(first.first_day())
                .bind(last.first_day())
                .bind(metric.column()),
        )
        .await?;
    let months: Vec<Month> = std::iter::successors(Some(first), |month| Some(month.after()))
        .take_while(|month| *month <= last)
        .collect();
    let value = |month: &Month| {
        let (_, value) = records
            .iter()
            .find(|(recorded, _)| *recorded == month.first_day())?;
        if metric == Metric::StorageGb {
            value.and_then(gb_months)
        } else {
            *value
        }
    };
    Ok(Layers {
        metric,
        step: Step::Month,
        dates: months.iter().map(|month| month.first_day()).collect(),
        layers: vec![Layer {
            name: LayerName::Whole,
            values: months.iter().map(value).collect(),
        }],
        before: Vec::new(),
    })
}

fn sort_word(sort: TeamsSort) -> &'static str {
    match sort {
        TeamsSort::Cost => "cost",
        TeamsSort::Members => "members",
        TeamsSort::Name => "name",
        TeamsSort::Created => "created",
    }
}

fn count(value: Option<i64>) -> u32 {
    u32::try_from(value.unwrap_or(0)).unwrap_or(0)
}

#[derive(Debug, FromRow)]
struct TeamRecord {
    id: String,
    name: Option<String>,
    email: Option<String>,
    status: Option<String>,
    company: Option<String>,
    plan: Option<String>,
    created_at: Option<Moment>,
    members: Option<i64>,
    members_active: Option<i64>,
    members_suspended: Option<i64>,
    invites_pending: Option<i64>,
    invites_expired: Option<i64>,
    #[sqlx(flatten)]
    month: MeasuresRecord,
    cost_before: Option<Decimal>,
    #[sqlx(flatten)]
    count: CountRecord,
}

impl TeamRecord {
    fn into_row(self) -> TeamRow {
        let plan = Plan::read(self.plan.as_deref());
        TeamRow {
            owner: person(&self.id, self.name, self.email, self.status.as_deref()),
            company: not_blank(self.company),
            plan,
            plan_word: own_word(plan == Plan::Other, self.plan.as_deref()),
            standing: TeamStanding {
                members: count(self.members),
                active: count(self.members_active),
                suspended: count(self.members_suspended),
                invites_pending: count(self.invites_pending),
                invites_expired: count(self.invites_expired),
            },
            created_at: moment::known(self.created_at),
            month: self.month.into(),
            cost_before: self.cost_before,
        }
    }

    /// From the row as the database has it: what the screen makes of a blank name is not what it sorts by.
    fn cursor(&self, sort: TeamsSort) -> Cursor {
        let key = match sort {
            TeamsSort::Cost => Measures::from(self.month).cost.map(CursorKey::Number),
            TeamsSort::Members => Some(CursorKey::Number(self.members.unwrap_or(0).into())),
            TeamsSort::Name => self.name.clone().map(CursorKey::Text),
            TeamsSort::Created => self.created_at.map(CursorKey::Time),
        };
        Cursor {
            key: key.unwrap_or(CursorKey::Null),
            id: self.id.clone(),
        }
    }
}

#[derive(Debug, FromRow)]
struct SumsRecord {
    #[sqlx(flatten)]
    month: MeasuresRecord,
    cost_before: Option<Decimal>,
}

#[derive(Debug, FromRow)]
struct PersonRecord {
    id: String,
    name: Option<String>,
    email: Option<String>,
    status: Option<String>,
    created_at: Option<Moment>,
    last_login_at: Option<Moment>,
    is_owner: bool,
    /// Null for somebody who is no longer on record.
    is_in_it: Option<bool>,
    cluster_id: Option<String>,
    cluster_name: Option<String>,
    #[sqlx(flatten)]
    month: MeasuresRecord,
    cost_before: Option<Decimal>,
    everybody: i64,
}

impl PersonRecord {
    fn into_person(self) -> TeamPerson {
        let is_known = self.is_in_it.is_some();
        TeamPerson {
            place: match (self.is_owner, self.is_in_it) {
                (true, _) => TeamPlace::Owner,
                (false, Some(true)) => TeamPlace::Member,
                (false, _) => TeamPlace::Former,
            },
            cluster: match self.cluster_id {
                None => None,
                Some(id) => {
                    let name = self.cluster_name.unwrap_or_else(|| id.clone());
                    Some((ClusterId::recorded(&id), name))
                }
            },
            person: known_person(
                &self.id,
                self.name,
                self.email,
                self.status.as_deref(),
                is_known,
            ),
            joined_at: moment::known(self.created_at),
            last_login_at: moment::known(self.last_login_at),
            month: self.month.into(),
            cost_before: self.cost_before,
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
    all_of_them: i64,
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
