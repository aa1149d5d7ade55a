//! The Credits list: accounts with credits, and what they have left together.

use futures_util::{Stream, StreamExt as _};
use rust_decimal::Decimal;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::QueryAs;
use sqlx::{FromRow, Postgres};
use time::macros::format_description;
use time::{Date, OffsetDateTime};

use crate::domain::account::{Plan, UserStatus, own_word};
use crate::domain::balances::{
    AccountBalance, BalanceSums, BalanceTotals, CreditsFilter, CreditsPage, CreditsQuery,
    CreditsSort,
};
use crate::domain::browse::{Cursor, CursorKey};
use crate::statement;
use crate::store::count::CountRecord;
use crate::store::door::{Reading, Statement};
use crate::store::edges;
use crate::store::failure::StoreError;
use crate::store::people;
use crate::store::rollups;
use crate::store::totals::{Bound, TotalsRecord};
use crate::totals;

const CREDITS_PAGE: Statement = statement!("credits_page.sql");
const CREDITS_SHOWN: Statement = statement!("credits_listed.sql");
const CREDITS_LISTED: Statement =
    totals!("credits_page.sql"; "paid_left", "free_left", "balance", "spent_14_days");
const CREDITS_TOTALS: Statement = statement!("credits_totals.sql");

/// More matching accounts than this are added up only when somebody asks for it.
pub const TOTALS_LIMIT: u32 = 20_000;

fn filtered<R>(
    rows: QueryAs<'static, Postgres, R, PgArguments>,
    filter: &CreditsFilter,
) -> QueryAs<'static, Postgres, R, PgArguments>
where
    R: for<'r> FromRow<'r, PgRow>,
{
    rows.bind(filter.text.as_deref().map(people::fragment_pattern))
        .bind(filter.text.clone())
        .bind(filter.low)
        .bind(filter.negative)
        .bind(filter.prepaid)
}

/// What operators add to the filter, in the order of the statements' last arguments.
fn narrowed<R>(
    rows: QueryAs<'static, Postgres, R, PgArguments>,
    filter: &CreditsFilter,
) -> QueryAs<'static, Postgres, R, PgArguments>
where
    R: for<'r> FromRow<'r, PgRow>,
{
    rows.bind(filter.out)
        .bind(people::any_of(&filter.statuses, UserStatus::word))
        .bind(people::any_of(&filter.plans, Plan::word))
        .bind(edges::over(filter.balance_over))
        .bind(edges::under(filter.balance_under))
        .bind(edges::over(filter.paid_over))
        .bind(edges::under(filter.paid_under))
        .bind(edges::over(filter.free_over))
        .bind(edges::under(filter.free_under))
        .bind(filter.runs_out_from)
        .bind(filter.runs_out_before)
        .bind(filter.never_runs_out)
        .bind(filter.bought_after)
        .bind(filter.bought_before)
        .bind(filter.never_bought)
}

/// The page statement with its arguments; without a limit it answers every row.
fn bound<R>(statement: Statement, query: &CreditsQuery, limit: Option<i64>) -> Bound<R>
where
    R: for<'r> FromRow<'r, PgRow>,
{
    let after = query.after.as_ref();
    let key = after.map(|cursor| &cursor.key);
    let text = match key {
        Some(CursorKey::Text(text)) => Some(text.clone()),
        _ => None,
    };
    let by_date = query.sort == CreditsSort::RunsOut;
    let day = format_description!("[year]-[month]-[day]");
    let rows = filtered(statement.rows(), &query.filter)
        .bind(match query.sort {
            CreditsSort::RunsOut => "runs_out",
            CreditsSort::Balance => "balance",
            CreditsSort::Name => "name",
            CreditsSort::LastPurchase => "last_purchase",
        })
        .bind(query.descending)
        .bind(key == Some(&CursorKey::Null))
        .bind(match key {
            Some(CursorKey::Number(number)) => Some(*number),
            _ => None,
        })
        .bind(
            text.as_deref()
                .filter(|_| by_date)
                .and_then(|text| Date::parse(text, day).ok()),
        )
        .bind(text.filter(|_| !by_date))
        .bind(match key {
            Some(CursorKey::Time(at)) => Some(*at),
            _ => None,
        })
        .bind(after.map(|cursor| cursor.id.clone()))
        .bind(limit);
    narrowed(rows, &query.filter)
}

/// Reads one page.
///
/// # Errors
/// Whatever the database says.
pub async fn page(reading: &mut Reading, query: &CreditsQuery) -> Result<CreditsPage, StoreError> {
    let records = reading
        .all(bound::<BalanceRecord>(
            CREDITS_SHOWN,
            query,
            Some(i64::from(query.limit) + 1),
        ))
        .await?;
    let as_of = rollups::as_of(reading).await?;
    let count = CountRecord::of_first(records.first().map(|record| &record.count));
    let more = records.len() > usize::from(query.limit);
    let next = records
        .get(usize::from(query.limit).saturating_sub(1))
        .filter(|_| more)
        .map(|record| record.cursor(query.sort));
    let rows = records
        .into_iter()
        .take(query.limit.into())
        .map(BalanceRecord::into_row)
        .collect();
    Ok(CreditsPage {
        rows,
        next,
        count: query.after.is_none().then_some(count),
        as_of,
    })
}

/// Every account on the list, in its order, one after another.
pub fn listed<'r>(
    reading: &'r mut Reading,
    query: &CreditsQuery,
) -> impl Stream<Item = Result<AccountBalance, StoreError>> + Send + 'r {
    reading
        .stream(bound::<BalanceRecord>(CREDITS_PAGE, query, None))
        .map(|record| Ok(record?.into_row()))
}

/// How many are on the list, and what they have left together.
///
/// # Errors
/// Whatever the database says.
pub async fn listed_totals(
    reading: &mut Reading,
    query: &CreditsQuery,
) -> Result<Vec<TotalsRecord>, StoreError> {
    reading.all(bound(CREDITS_LISTED, query, None)).await
}

/// Adds up what the filter lets through; `limit` accounts at most, or all of them.
///
/// # Errors
/// Whatever the database says.
pub async fn totals(
    reading: &mut Reading,
    filter: &CreditsFilter,
    limit: Option<u32>,
) -> Result<BalanceTotals, StoreError> {
    let rows = filtered(CREDITS_TOTALS.rows(), filter).bind(limit.map(i64::from));
    let record: SumRecord = reading.one(narrowed(rows, filter)).await?;
    let count = |value: i64| u64::try_from(value).unwrap_or(0);
    let accounts = count(record.accounts);
    Ok(match limit.map(u64::from) {
        Some(limit) if accounts > limit => BalanceTotals::Over(limit),
        _ => BalanceTotals::Whole(BalanceSums {
            accounts,
            paid_left: record.paid_left,
            free_left: record.free_left,
            balance: record.balance,
            overdrawn: count(record.overdrawn),
            debt: record.debt,
        }),
    })
}

/// A row of `credits_page.sql`.
#[derive(Debug, FromRow)]
pub struct BalanceRecord {
    id: String,
    name: Option<String>,
    email: Option<String>,
    company: Option<String>,
    status: Option<String>,
    billing_mode: Option<String>,
    paid_left: Decimal,
    free_left: Decimal,
    balance: Decimal,
    spent_14_days: Decimal,
    per_day: Decimal,
    runs_out_on: Option<Date>,
    low: bool,
    last_purchase_at: Option<OffsetDateTime>,
    #[sqlx(flatten)]
    count: CountRecord,
}

impl BalanceRecord {
    fn cursor(&self, sort: CreditsSort) -> Cursor {
        let key = match sort {
            CreditsSort::RunsOut if self.balance <= Decimal::ZERO => {
                Some(CursorKey::Number(self.balance))
            }
            CreditsSort::RunsOut => self.runs_out_on.map(|day| CursorKey::Text(day.to_string())),
            CreditsSort::Balance => Some(CursorKey::Number(self.balance)),
            CreditsSort::Name => self.name.clone().map(CursorKey::Text),
            CreditsSort::LastPurchase => self.last_purchase_at.map(|at| CursorKey::Time(at.into())),
        };
        Cursor {
            key: key.unwrap_or(CursorKey::Null),
            id: self.id.clone(),
        }
    }

    /// The row as the screen and an export have it.
    #[must_use]
    pub fn into_row(self) -> AccountBalance {
        let plan = Plan::read(self.billing_mode.as_deref());
        AccountBalance {
            person: people::person(&self.id, self.name, self.email, self.status.as_deref()),
            company: people::not_blank(self.company),
            plan,
            plan_word: own_word(plan == Plan::Other, self.billing_mode.as_deref()),
            paid_left: self.paid_left,
            free_left: self.free_left,
            balance: self.balance,
            spent: self.spent_14_days,
            per_day: self.per_day,
            runs_out: self.runs_out_on.filter(|_| self.balance > Decimal::ZERO),
            low: self.low,
            last_purchase_at: self.last_purchase_at,
        }
    }
}

#[derive(Debug, FromRow)]
struct SumRecord {
    accounts: i64,
    paid_left: Decimal,
    free_left: Decimal,
    balance: Decimal,
    overdrawn: i64,
    debt: Decimal,
}
