//! People: the Users list and the search box.

use futures_util::{Stream, StreamExt as _};
use rust_decimal::Decimal;
use sqlx::FromRow;
use sqlx::postgres::PgRow;
use time::OffsetDateTime;

use crate::domain::account::{Plan, TeamRole, UserStatus, own_word};
use crate::domain::browse::{Concern, Cursor, CursorKey, UsersPage, UsersQuery, UsersSort};
use crate::domain::directory::{ClusterPlaced, Person, TeamRef, UserRow};
use crate::domain::ids::{ClusterId, UserId};
use crate::domain::moment::{self, Moment};
use crate::domain::period::Month;
use crate::statement;
use crate::store::count::CountRecord;
use crate::store::door::{Reading, Statement};
use crate::store::edges;
use crate::store::failure::StoreError;
use crate::store::standing_record::StandingRecord;
use crate::store::totals::{Bound, TotalsRecord};
use crate::totals;

const USERS_PAGE: Statement = statement!("users_page.sql");
const USERS_LISTED: Statement = statement!("users_listed.sql");
const USERS_TOTALS: Statement = totals!("users_page.sql"; "month_cost");
const CLUSTERS_NAMED: Statement = statement!("clusters_named.sql");
const TEAM_OWNERS: Statement = statement!("team_owners.sql");

/// Reads one page of the Users list.
///
/// # Errors
/// Whatever the database says.
pub async fn page(
    reading: &mut Reading,
    query: &UsersQuery,
    now: OffsetDateTime,
) -> Result<UsersPage, StoreError> {
    let limit = i64::from(query.limit) + 1;
    let after = query.after.as_ref();
    let records: Vec<UserRecord> = reading
        .all(bound(USERS_LISTED, query, Some(limit), now))
        .await?;
    let count = after
        .is_none()
        .then(|| CountRecord::of_first(records.first().map(|record| &record.count)));
    let more = records.len() > usize::from(query.limit);
    let last = records
        .get(usize::from(query.limit).saturating_sub(1))
        .filter(|_| more);
    let next = last.map(|record| cursor_after(record, query.sort));
    let rows = records
        .into_iter()
        .take(query.limit.into())
        .map(UserRecord::into_row)
        .collect();
    Ok(UsersPage {
        rows,
        next,
        count,
        clusters: query.filter.clusters.clone(),
    })
}

/// Everybody on the list, in its order, one after another.
pub fn listed<'r>(
    reading: &'r mut Reading,
    query: &UsersQuery,
    now: OffsetDateTime,
) -> impl Stream<Item = Result<UserRow, StoreError>> + Send + 'r {
    reading
        .stream(bound::<UserRecord>(USERS_PAGE, query, None, now))
        .map(|record| Ok(record?.into_row()))
}

/// How many are on the list, and what they cost this month.
///
/// # Errors
/// Whatever the database says.
pub async fn listed_totals(
    reading: &mut Reading,
    query: &UsersQuery,
    now: OffsetDateTime,
) -> Result<Vec<TotalsRecord>, StoreError> {
    reading.all(bound(USERS_TOTALS, query, None, now)).await
}

/// The statement with the query's filter, order and place; without a limit, all rows.
fn bound<R>(
    statement: Statement,
    query: &UsersQuery,
    limit: Option<i64>,
    now: OffsetDateTime,
) -> Bound<R>
where
    R: for<'r> FromRow<'r, PgRow>,
{
    let filter = &query.filter;
    let after = query.after.as_ref();
    statement
        .rows()
        .bind(filter.text.as_deref().map(fragment_pattern))
        .bind(filter.text.clone())
        .bind(any_of(&filter.statuses, UserStatus::word))
        .bind(any_of(&filter.plans, Plan::word))
        .bind(filter.role.map(role_word))
        .bind(any_cluster(&filter.clusters))
        .bind(filter.concern.map(Concern::word))
        .bind(sort_word(query.sort))
        .bind(query.descending)
        .bind(is_after_null(query))
        .bind(time_key(query))
        .bind(text_key(query))
        .bind(number_key(query))
        .bind(after.map(|cursor| cursor.id.clone()))
        .bind(limit)
        .bind(Month::of(now).first_day())
        .bind(now)
        .bind(edges::over(filter.cost_over))
        .bind(edges::under(filter.cost_under))
        .bind(filter.seen_after)
        .bind(filter.seen_before)
        .bind(filter.never_seen)
        .bind(filter.registered_after)
        .bind(filter.registered_before)
        .bind(filter.team.as_ref().map(|id| id.as_str().to_owned()))
}

fn is_after_null(query: &UsersQuery) -> bool {
    query
        .after
        .as_ref()
        .is_some_and(|cursor| cursor.key == CursorKey::Null)
}

fn time_key(query: &UsersQuery) -> Option<Moment> {
    match query.after.as_ref()?.key {
        CursorKey::Time(at) => Some(at),
        _ => None,
    }
}

fn text_key(query: &UsersQuery) -> Option<String> {
    match &query.after.as_ref()?.key {
        CursorKey::Text(text) => Some(text.clone()),
        _ => None,
    }
}

fn number_key(query: &UsersQuery) -> Option<Decimal> {
    match query.after.as_ref()?.key {
        CursorKey::Number(number) => Some(number),
        _ => None,
    }
}

/// Clusters by name, for the filter menu.
///
/// # Errors
/// Whatever the database says.
pub async fn clusters(reading: &mut Reading) -> Result<Vec<(ClusterId, String)>, StoreError> {
    let placed = clusters_placed(reading).await?;
    Ok(placed.into_iter().map(|one| (one.id, one.name)).collect())
}

/// Clusters by name, with the region of each.
///
/// # Errors
/// Whatever the database says.
pub async fn clusters_placed(reading: &mut Reading) -> Result<Vec<ClusterPlaced>, StoreError> {
    let records: Vec<(String, Option<String>, Option<String>)> =
        reading.all(CLUSTERS_NAMED.rows()).await?;
    let placed = records.into_iter().map(|(id, name, region)| ClusterPlaced {
        name: name.unwrap_or_else(|| id.clone()),
        id: ClusterId::recorded(&id),
        region,
    });
    Ok(placed.collect())
}

/// Owners of the account that somebody calls so: by id, e-mail or company; up to three.
///
/// # Errors
/// Whatever the database says.
pub async fn owners_called(reading: &mut Reading, text: &str) -> Result<Vec<Person>, StoreError> {
    let records: Vec<OwnerRecord> = reading
        .all(TEAM_OWNERS.rows().bind(text.to_owned()))
        .await?;
    Ok(records
        .into_iter()
        .map(|owner| person(&owner.id, owner.name, owner.email, owner.status.as_deref()))
        .collect())
}

#[derive(Debug, FromRow)]
struct OwnerRecord {
    id: String,
    name: Option<String>,
    email: Option<String>,
    status: Option<String>,
}

/// A user with the columns that the list and the page share.
#[derive(Debug, FromRow)]
pub(in crate::store) struct UserRecord {
    id: String,
    name: Option<String>,
    email: Option<String>,
    status: Option<String>,
    account_owner_id: Option<String>,
    created_at: Option<Moment>,
    last_login_at: Option<Moment>,
    owner_name: Option<String>,
    owner_email: Option<String>,
    pub(in crate::store) company: Option<String>,
    members: Option<i64>,
    cluster_id: Option<String>,
    month_cost: Option<Decimal>,
    #[sqlx(flatten)]
    count: CountRecord,
    #[sqlx(flatten)]
    pub(in crate::store) standing: StandingRecord,
}

impl UserRecord {
    pub(in crate::store) fn into_row(self) -> UserRow {
        let plan = Plan::read(self.standing.plan.as_deref());
        let plan_word = own_word(plan == Plan::Other, self.standing.plan.as_deref());
        let members = u32::try_from(self.members.unwrap_or(0)).unwrap_or(u32::MAX);
        let person = person(&self.id, self.name, self.email, self.status.as_deref());
        let owner = match &self.account_owner_id {
            None => person.clone(),
            Some(owner_id) => {
                let status = self.standing.owner_status.as_deref();
                self::person(owner_id, self.owner_name, self.owner_email, status)
            }
        };
        let is_member = self.account_owner_id.is_some();
        let cluster = match &self.cluster_id {
            None => None,
            Some(id) => {
                let name = self
                    .standing
                    .cluster_name
                    .clone()
                    .unwrap_or_else(|| id.clone());
                Some((ClusterId::recorded(id), name))
            }
        };
        UserRow {
            role: if is_member {
                TeamRole::Member
            } else {
                TeamRole::Owner
            },
            team: (is_member || members > 0).then_some(TeamRef {
                owner,
                company: not_blank(self.company),
                members,
            }),
            facts: self
                .standing
                .into_facts(&person, is_member, self.cluster_id.is_some()),
            person,
            plan,
            plan_word,
            cluster,
            month_cost: self.month_cost,
            created_at: moment::known(self.created_at),
            last_login_at: moment::known(self.last_login_at),
        }
    }
}

pub(in crate::store) fn person(
    id: &str,
    name: Option<String>,
    email: Option<String>,
    status: Option<&str>,
) -> Person {
    let read = UserStatus::read(status);
    Person {
        id: UserId::recorded(id),
        name: not_blank(name),
        email: email.unwrap_or_default(),
        status: read,
        status_word: own_word(read == UserStatus::Other, status),
    }
}

/// A text that says nothing is none.
pub(in crate::store) fn not_blank(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

/// From the row as the database has it: what the screen makes of a blank name is not what it sorts by.
fn cursor_after(record: &UserRecord, sort: UsersSort) -> Cursor {
    let key = match sort {
        UsersSort::Created => record.created_at.map(CursorKey::Time),
        UsersSort::LastLogin => record.last_login_at.map(CursorKey::Time),
        UsersSort::Name => record.name.clone().map(CursorKey::Text),
        UsersSort::Email => record.email.clone().map(CursorKey::Text),
        UsersSort::MonthCost => record.month_cost.map(CursorKey::Number),
    };
    Cursor {
        key: key.unwrap_or(CursorKey::Null),
        id: record.id.clone(),
    }
}

fn sort_word(sort: UsersSort) -> &'static str {
    match sort {
        UsersSort::Created => "created",
        UsersSort::Name => "name",
        UsersSort::Email => "email",
        UsersSort::MonthCost => "month_cost",
        UsersSort::LastLogin => "last_login",
    }
}

fn role_word(role: TeamRole) -> &'static str {
    match role {
        TeamRole::Owner => "owner",
        TeamRole::Member => "member",
    }
}

/// The words of what any of may be; `None` where anything may.
pub(in crate::store) fn any_of<T: Copy>(
    allowed: &[T],
    word: fn(T) -> &'static str,
) -> Option<Vec<String>> {
    (!allowed.is_empty()).then(|| allowed.iter().map(|each| word(*each).to_owned()).collect())
}

fn any_cluster(allowed: &[ClusterId]) -> Option<Vec<String>> {
    let ids = || allowed.iter().map(|id| id.as_str().to_owned()).collect();
    (!allowed.is_empty()).then(ids)
}

/// `like` reads `%`, `_` and `\` as its own; people type them as they are.
pub(in crate::store) fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
}

/// What begins with the text.
pub(in crate::store) fn beginning_pattern(text: &str) -> String {
    format!("{}%", escaped(text))
}

/// What holds the text.
pub(in crate::store) fn fragment_pattern(text: &str) -> String {
    format!("%{}%", escaped(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_people_type_are_meant_as_they_are() {
        assert_eq!(fragment_pattern(r"50%_\"), r"%50\%\_\\%");
    }
}
