//! One cluster's page: who is on it, what is wrong there, and its projects.

use futures_util::{Stream, StreamExt as _};
use rust_decimal::Decimal;
use sqlx::FromRow;
use sqlx::postgres::PgRow;
use time::{Date, OffsetDateTime};

use crate::domain::browse::{Cursor, CursorKey};
use crate::domain::clusters::{
    ClusterFindings, ClusterProject, SeatFinding, Seated, SeatedQuery, SeatedSort,
};
use crate::domain::ids::{ClusterId, UserId};
use crate::domain::period::Month;
use crate::domain::slice::{Part, Slice};
use crate::domain::work::Project;
use crate::statement;
use crate::store::door::{Reading, Statement};
use crate::store::failure::StoreError;
use crate::store::people::{fragment_pattern, person};
use crate::store::project_there::ThereRecord;
use crate::store::totals::{Bound, TotalsRecord};
use crate::store::work::{after, counted};
use crate::totals;

const PEOPLE: Statement = statement!("cluster_people.sql");
const PEOPLE_TOTALS: Statement = totals!("cluster_people.sql"; "month_cost");
const FINDINGS: Statement = statement!("cluster_findings.sql");
const PROJECTS: Statement = statement!("cluster_projects.sql");
const PROJECTS_TOTALS: Statement = totals!("cluster_projects.sql");

/// Reads one page of the people with a seat on a cluster.
///
/// # Errors
/// Whatever the database says.
pub async fn people(
    reading: &mut Reading,
    query: &SeatedQuery,
    now: OffsetDateTime,
) -> Result<Slice<Seated>, StoreError> {
    let limit = i64::from(query.limit) + 1;
    let records: Vec<SeatRecord> = reading
        .all(people_bound(PEOPLE, query, Some(limit), now))
        .await?;
    let count = counted(records.first().and_then(|record| record.matching_rows));
    let slice = Slice::cut(records, query.limit, count, SeatRecord::cursor);
    Ok(slice.map(SeatRecord::into_seated))
}

/// Everybody with a seat there, in the order of the list.
pub fn listed_people<'r>(
    reading: &'r mut Reading,
    query: &SeatedQuery,
    now: OffsetDateTime,
) -> impl Stream<Item = Result<Seated, StoreError>> + Send + 'r {
    reading
        .stream(people_bound::<SeatRecord>(PEOPLE, query, None, now))
        .map(|record| Ok(record?.into_seated()))
}

/// How many they are, and what they cost together.
///
/// # Errors
/// Whatever the database says.
pub async fn listed_people_totals(
    reading: &mut Reading,
    query: &SeatedQuery,
    now: OffsetDateTime,
) -> Result<Vec<TotalsRecord>, StoreError> {
    reading
        .all(people_bound(PEOPLE_TOTALS, query, None, now))
        .await
}

/// The statement of a page with its arguments; without a limit, all of them.
fn people_bound<R>(
    statement: Statement,
    query: &SeatedQuery,
    limit: Option<i64>,
    now: OffsetDateTime,
) -> Bound<R>
where
    R: for<'r> FromRow<'r, PgRow>,
{
    let key = query.after.as_ref().map(|cursor| &cursor.key);
    let month = Month::of(now);
    statement
        .rows()
        .bind(query.cluster.as_str().to_owned())
        .bind(query.text.as_deref().map(fragment_pattern))
        .bind(query.text.clone())
        .bind(query.finding.map(SeatFinding::word))
        .bind(match query.sort {
            SeatedSort::Assigned => "assigned",
            SeatedSort::Name => "name",
            SeatedSort::MonthCost => "month_cost",
        })
        .bind(query.descending)
        .bind(key == Some(&CursorKey::Null))
        .bind(key.and_then(|key| match key {
            CursorKey::Time(at) => Some(*at),
            _ => None,
        }))
        .bind(key.and_then(|key| match key {
            CursorKey::Text(text) => Some(text.clone()),
            _ => None,
        }))
        .bind(key.and_then(|key| match key {
            CursorKey::Number(number) => Some(*number),
            _ => None,
        }))
        .bind(query.after.as_ref().map(|cursor| cursor.id.clone()))
        .bind(limit)
        .bind(month.first_day())
        .bind(month.before().first_day())
}

/// What is wrong on a cluster, as it was counted with the rollups.
///
/// # Errors
/// Whatever the database says.
pub async fn findings(
    reading: &mut Reading,
    id: &ClusterId,
) -> Result<ClusterFindings, StoreError> {
    let query = FINDINGS.rows().bind(id.as_str().to_owned());
    let record: FindingsRecord = reading.one(query).await?;
    let count = |count: i64| u32::try_from(count.max(0)).unwrap_or(u32::MAX);
    let seats = SeatFinding::ALL.map(|finding| {
        let number = match finding {
            SeatFinding::TwoClusters => record.two_clusters,
            SeatFinding::Nobody => record.nobody,
            SeatFinding::NoHopsworksUser => record.no_hopsworks_user,
            SeatFinding::Idle => record.idle,
        };
        (finding, count(number))
    });
    let names = record.stranger_names.unwrap_or_default();
    let strangers = record.stranger_ids.unwrap_or_default().into_iter();
    Ok(ClusterFindings {
        is_counted: record.counted,
        seats: seats.to_vec(),
        without_seat: count(record.without_seat),
        day: record.day,
        strangers: strangers
            .zip(names.into_iter().chain(std::iter::repeat(None)))
            .map(|(id, name)| (UserId::recorded(&id), name))
            .collect(),
    })
}

/// Projects on a cluster, the one seen last first. Where projects do not say where they are
/// (`by_seat`), those of the people with a seat there.
///
/// # Errors
/// Whatever the database says.
pub async fn projects(
    reading: &mut Reading,
    id: &ClusterId,
    part: &Part,
    by_seat: bool,
) -> Result<Slice<ClusterProject>, StoreError> {
    let records: Vec<ProjectRecord> = reading
        .all(projects_bound(PROJECTS, id, Some(part), by_seat))
        .await?;
    let count = counted(records.first().and_then(|record| record.matching_rows));
    let slice = Slice::cut(records, part.limit, count, |record| {
        after(record.last_seen_at, &record.key)
    });
    Ok(slice.map(ProjectRecord::into_project))
}

/// All of these projects, in the same order.
pub fn listed_projects<'r>(
    reading: &'r mut Reading,
    id: &ClusterId,
    by_seat: bool,
) -> impl Stream<Item = Result<ClusterProject, StoreError>> + Send + 'r {
    reading
        .stream(projects_bound::<ProjectRecord>(PROJECTS, id, None, by_seat))
        .map(|record| Ok(record?.into_project()))
}

/// How many they are.
///
/// # Errors
/// Whatever the database says.
pub async fn listed_projects_totals(
    reading: &mut Reading,
    id: &ClusterId,
    by_seat: bool,
) -> Result<Vec<TotalsRecord>, StoreError> {
    reading
        .all(projects_bound(PROJECTS_TOTALS, id, None, by_seat))
        .await
}

/// The statement of projects with its arguments; without a part, all of them.
fn projects_bound<R>(
    statement: Statement,
    id: &ClusterId,
    part: Option<&Part>,
    by_seat: bool,
) -> Bound<R>
where
    R: for<'r> FromRow<'r, PgRow>,
{
    let after = part.and_then(|part| part.after.as_ref());
    let at = after.and_then(|cursor| match cursor.key {
        CursorKey::Time(at) => Some(at),
        _ => None,
    });
    statement
        .rows()
        .bind(id.as_str().to_owned())
        .bind(at)
        .bind(after.map(|cursor| cursor.id.clone()))
        .bind(part.map(|part| i64::from(part.limit) + 1))
        .bind(by_seat)
}

#[derive(Debug, FromRow)]
struct SeatRecord {
    user_id: String,
    assigned_at: Option<OffsetDateTime>,
    assigned_by: Option<String>,
    hopsworks_username: Option<String>,
    time_key: Option<OffsetDateTime>,
    text_key: Option<String>,
    number_key: Option<Decimal>,
    found: bool,
    name: Option<String>,
    email: Option<String>,
    status: Option<String>,
    team: Option<String>,
    month_cost: Option<Decimal>,
    also_on: Option<String>,
    matching_rows: Option<i64>,
}

impl SeatRecord {
    fn cursor(&self) -> Cursor {
        let time = self.time_key.map(|at| CursorKey::Time(at.into()));
        let text = self.text_key.clone().map(CursorKey::Text);
        let number = self.number_key.map(CursorKey::Number);
        Cursor {
            key: time.or(text).or(number).unwrap_or(CursorKey::Null),
            id: self.user_id.clone(),
        }
    }

    fn into_seated(self) -> Seated {
        let user_id = UserId::recorded(&self.user_id);
        let somebody = if self.found {
            Some(person(
                &self.user_id,
                self.name,
                self.email,
                self.status.as_deref(),
            ))
        } else {
            None
        };
        Seated {
            user_id,
            person: somebody,
            team: self.team,
            assigned_at: self.assigned_at,
            assigned_by: self.assigned_by,
            hopsworks_username: self.hopsworks_username,
            month_cost: self.month_cost,
            also_on: self.also_on,
        }
    }
}

#[derive(Debug, FromRow)]
struct FindingsRecord {
    counted: bool,
    two_clusters: i64,
    nobody: i64,
    no_hopsworks_user: i64,
    idle: i64,
    without_seat: i64,
    day: Option<Date>,
    stranger_ids: Option<Vec<String>>,
    stranger_names: Option<Vec<Option<String>>>,
}

#[derive(Debug, FromRow)]
struct ProjectRecord {
    key: String,
    project_id: Option<i64>,
    project_name: Option<String>,
    namespace: Option<String>,
    status: Option<String>,
    user_id: Option<String>,
    created_at: Option<OffsetDateTime>,
    last_seen_at: Option<OffsetDateTime>,
    found: bool,
    owner_name: Option<String>,
    owner_email: Option<String>,
    owner_status: Option<String>,
    #[sqlx(flatten)]
    there: ThereRecord,
    matching_rows: Option<i64>,
}

impl ProjectRecord {
    fn into_project(self) -> ClusterProject {
        let found = self.user_id.as_deref().filter(|_| self.found);
        let owner = found.map(|id| {
            person(
                id,
                self.owner_name,
                self.owner_email,
                self.owner_status.as_deref(),
            )
        });
        ClusterProject {
            project: Project {
                key: self.key,
                number: self.project_id,
                name: self.project_name,
                namespace: self.namespace,
                status: self.status,
                cluster: None,
                created_at: self.created_at,
                last_seen_at: self.last_seen_at,
                there: self.there.into_there(),
            },
            owner_id: self.user_id,
            owner,
        }
    }
}
