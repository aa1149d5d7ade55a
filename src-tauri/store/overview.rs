//! The service at a glance.

use futures_util::{Stream, StreamExt as _};
use rust_decimal::Decimal;
use sqlx::FromRow;
use sqlx::types::Json;
use time::{Date, OffsetDateTime, PrimitiveDateTime};

use crate::domain::cluster_findings::Ending;
use crate::domain::fiscal::FiscalZone;
use crate::domain::ids::{ClusterId, UserId};
use crate::domain::invoice_days::{Shown, days_since};
use crate::domain::overview::{
    ClusterFill, ClusterWatch, Compared, Figures, OpenInvoices, Outstanding,
};
use crate::domain::period::Days;
use crate::statement;
use crate::store::door::{Reading, Statement};
use crate::store::failure::StoreError;
use crate::store::forecasts::{KeptRecord, kept};
use crate::store::totals::TotalsRecord;
use crate::totals;

const FIGURES: Statement = statement!("overview_figures.sql");
const MONEY: Statement = statement!("overview_money.sql");
const CLUSTERS: Statement = statement!("overview_clusters.sql");
const CLUSTERS_TOTALS: Statement = totals!("overview_clusters.sql");
const WATCH: Statement = statement!("overview_watch.sql");
const CONCERNS: Statement = statement!("overview_concerns.sql");

/// Reads accounts, users and usage of the month so far; `None` while the rollups were never counted.
///
/// # Errors
/// Whatever the database says.
pub async fn figures(
    reading: &mut Reading,
    now: OffsetDateTime,
) -> Result<Option<Figures>, StoreError> {
    let days = Days::month_to(now.date());
    let before = days.a_month_before();
    let record: Option<FiguresRecord> = reading
        .optional(
            FIGURES
                .rows()
                .bind(days.first())
                .bind(days.last())
                .bind(before.first())
                .bind(before.last()),
        )
        .await?;
    Ok(record.map(FiguresRecord::into_figures))
}

/// Reads what customers have left and what they owe; `None` while the rollups were never counted. Without a fiscal
/// time zone nobody says how many days the oldest invoice is due.
///
/// # Errors
/// Whatever the database says.
pub async fn outstanding(
    reading: &mut Reading,
    now: OffsetDateTime,
    zone: Option<&FiscalZone>,
) -> Result<Option<Outstanding>, StoreError> {
    let zone = zone.map(|zone| zone.name().to_owned());
    let record: Option<MoneyRecord> = reading.optional(MONEY.rows().bind(now).bind(zone)).await?;
    Ok(record.map(|record| Outstanding {
        credits: Some((record.credits_balance, count(record.credits_running_out))),
        invoices: Some(OpenInvoices {
            amount: record.invoices_amount,
            overdue: count(record.invoices_overdue),
            overdue_amount: record.invoices_overdue_amount,
            oldest_days: record.days_due(),
        }),
    }))
}

/// Clusters, the fullest first.
///
/// # Errors
/// Whatever the database says.
pub async fn clusters(reading: &mut Reading) -> Result<Vec<ClusterFill>, StoreError> {
    let records: Vec<ClusterRecord> = reading.all(CLUSTERS.rows()).await?;
    Ok(records.into_iter().map(ClusterRecord::into_fill).collect())
}

/// [`clusters`], one after the other.
pub fn clusters_listed(
    reading: &mut Reading,
) -> impl Stream<Item = Result<ClusterFill, StoreError>> + Send + '_ {
    reading
        .stream(CLUSTERS.rows())
        .map(|record| record.map(ClusterRecord::into_fill))
}

/// How many [`clusters`] gives.
///
/// # Errors
/// Whatever the database says.
pub async fn clusters_totals(reading: &mut Reading) -> Result<Vec<TotalsRecord>, StoreError> {
    reading.all(CLUSTERS_TOTALS.rows()).await
}

/// How each cluster in use was seen last and what was found wrong there, and how many people wait for a seat.
///
/// # Errors
/// Whatever the database says.
pub async fn watch(reading: &mut Reading) -> Result<(Vec<ClusterWatch>, u32), StoreError> {
    let records: Vec<WatchRecord> = reading.all(WATCH.rows()).await?;
    let waiting = records.first().map_or(0, |record| count(record.waiting));
    Ok((
        records.into_iter().map(WatchRecord::into_watch).collect(),
        waiting,
    ))
}

/// Troubles counted over the whole service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concerns {
    /// Active users on no cluster.
    pub no_seat: u32,
    /// Invites that expired unanswered, however long ago.
    pub invites_expired: u32,
    /// Registrations whose e-mail belongs to another account.
    pub conflicts: u32,
    /// The account that holds the e-mail, of the oldest of these.
    pub existing_user: Option<UserId>,
    /// Events that were given up.
    pub dead_events: u32,
}

/// Counts troubles.
///
/// # Errors
/// Whatever the database says.
pub async fn concerns(reading: &mut Reading) -> Result<Concerns, StoreError> {
    let record: ConcernsRecord = reading.one(CONCERNS.rows()).await?;
    Ok(Concerns {
        no_seat: count(record.no_seat),
        invites_expired: count(record.invites_expired),
        conflicts: count(record.conflicts),
        existing_user: record.existing_user.as_deref().map(UserId::recorded),
        dead_events: count(record.dead),
    })
}

#[derive(Debug, FromRow)]
struct FiguresRecord {
    accounts: i64,
    accounts_new: i64,
    users: i64,
    active: i64,
    cost: Option<Decimal>,
    cost_before: Option<Decimal>,
    cpu: Option<Decimal>,
    cpu_before: Option<Decimal>,
    gpu: Option<Decimal>,
    gpu_before: Option<Decimal>,
}

impl FiguresRecord {
    fn into_figures(self) -> Figures {
        Figures {
            accounts: count(self.accounts),
            accounts_new: count(self.accounts_new),
            users: count(self.users),
            active: count(self.active),
            cost: Compared {
                now: self.cost,
                before: self.cost_before,
            },
            cpu_hours: Compared {
                now: self.cpu,
                before: self.cpu_before,
            },
            gpu_hours: Compared {
                now: self.gpu,
                before: self.gpu_before,
            },
        }
    }
}

#[derive(Debug, FromRow)]
struct MoneyRecord {
    credits_balance: Decimal,
    credits_running_out: i64,
    invoices_amount: Decimal,
    invoices_overdue: i64,
    invoices_overdue_amount: Decimal,
    due_at: Option<OffsetDateTime>,
    due_there: Option<PrimitiveDateTime>,
    today: Option<Date>,
}

impl MoneyRecord {
    fn days_due(&self) -> Option<i64> {
        let (at, there) = self.due_at.zip(self.due_there)?;
        Some(days_since(Shown { at, there }, self.today?))
    }
}

#[derive(Debug, FromRow)]
struct ClusterRecord {
    id: String,
    name: Option<String>,
    region: Option<String>,
    status: String,
    max_users: Option<i64>,
    current_users: Option<i64>,
    assigned: i64,
    lately: i64,
}

impl ClusterRecord {
    fn into_fill(self) -> ClusterFill {
        ClusterFill {
            name: self.name.unwrap_or_else(|| self.id.clone()),
            id: ClusterId::recorded(&self.id),
            region: self.region,
            status: self.status,
            seats_limit: self.max_users.map(count),
            seats_assigned: count(self.assigned),
            seats_recorded: self.current_users.map(count),
            assigned_lately: count(self.lately),
        }
    }
}

#[derive(Debug, FromRow)]
struct WatchRecord {
    id: String,
    name: String,
    looked_at: Option<OffsetDateTime>,
    capacity_code: Option<String>,
    hopsworks_code: Option<String>,
    seen_at: Option<OffsetDateTime>,
    grave: i64,
    others: i64,
    ending: Option<String>,
    ending_until: Option<OffsetDateTime>,
    waiting: i64,
    takes_people: bool,
    forecasts: Option<Json<Vec<KeptRecord>>>,
}

impl WatchRecord {
    fn into_watch(self) -> ClusterWatch {
        let ending = self.ending.as_deref().map(Ending::of_word);
        ClusterWatch {
            id: ClusterId::recorded(&self.id),
            name: self.name,
            looked_at: self.looked_at,
            capacity_code: self.capacity_code,
            hopsworks_code: self.hopsworks_code,
            seen_at: self.seen_at,
            grave: count(self.grave),
            others: count(self.others),
            ending: ending.zip(self.ending_until),
            takes_people: self.takes_people,
            forecasts: kept(self.forecasts),
        }
    }
}

#[derive(Debug, FromRow)]
struct ConcernsRecord {
    no_seat: i64,
    invites_expired: i64,
    conflicts: i64,
    dead: i64,
    existing_user: Option<String>,
}

/// Counts are never negative, and a count beyond four thousand million is as good as that.
fn count(value: i64) -> u32 {
    u32::try_from(value.max(0)).unwrap_or(u32::MAX)
}
