//! The Users list: its first page, the page nine tenths down, and what OFFSET would cost there.

use std::time::Duration;

use hopsdesk::domain::browse::{Cursor, CursorKey, UsersFilter, UsersPage, UsersQuery, UsersSort};
use hopsdesk::domain::period::Month;
use hopsdesk::store::door::Statement;
use hopsdesk::usecases::browse_users::browse_users;
use rust_decimal::Decimal;
use time::OffsetDateTime;

use crate::Measured;
use crate::store::service::{NOW, Service, answered};
use crate::store::table::{Bar, Table};
use crate::store::timing::{Timing, stopwatch, timed};

/// Rows the window asks for at a time.
pub(crate) const PAGE: u16 = 50;

/// A column's list in the product's order from an offset on, as one statement without the keyset.
/// `$1` offset, `$2` rows; `$3` and `$4` are the month for the one column that is summed up.
macro_rules! list {
    ($key:literal, $direction:literal, $from:literal) => {
        concat!(
            "select u.id, u.email, ",
            $key,
            " as key from console.users u ",
            $from,
            " where ($3::date is null or $4::date is null or true) order by ",
            $key,
            " ",
            $direction,
            " nulls last, case when ",
            $key,
            " is null then u.id end, u.id ",
            $direction,
            " offset $1 limit $2"
        )
    };
}

macro_rules! both {
    ($key:literal, $from:literal) => {
        [list!($key, "asc", $from), list!($key, "desc", $from)]
    };
}

const CREATED: [&str; 2] = both!("u.created_at", "");
const LAST_LOGIN: [&str; 2] = both!("u.last_login_at", "");
const NAME: [&str; 2] = both!("u.name", "");
const EMAIL: [&str; 2] = both!("u.email", "");
const MONTH_COST: [&str; 2] = both!(
    "c.user_cost",
    "left join console.usage_by_user_month c on c.user_id = u.id and c.month = $3 and c.leads"
);

pub(crate) async fn measure(service: &Service, table: &mut Table) -> Measured<()> {
    let select_one = &service.select_one().await?;
    let depth = service.users / 10 * 9;
    for (sort, word, statements) in [
        (UsersSort::Created, "registered", CREATED),
        (UsersSort::LastLogin, "last login", LAST_LOGIN),
        (UsersSort::Name, "name", NAME),
        (UsersSort::Email, "e-mail", EMAIL),
        (UsersSort::MonthCost, "month's cost", MONTH_COST),
    ] {
        for descending in [true, false] {
            let list = List {
                service,
                sort,
                descending,
                sql: statements[usize::from(!descending)],
            };
            let arrow = if descending { "↓" } else { "↑" };
            let name = format!("users by {word} {arrow}");
            list.measure(&name, depth, select_one, table).await?;
        }
    }
    Ok(())
}

struct List<'a> {
    service: &'a Service,
    sort: UsersSort,
    descending: bool,
    sql: &'static str,
}

impl List<'_> {
    async fn measure(
        &self,
        name: &str,
        depth: u32,
        select_one: &Timing,
        table: &mut Table,
    ) -> Measured<()> {
        let first = timed(self.service.runs, 2, async |_| self.page(None).await).await?;
        let cursor = self.cursor(depth).await?;
        let deep = timed(self.service.runs, 2, async |_| {
            self.page(Some(cursor.clone())).await
        })
        .await?;
        let offset = timed(self.service.runs.of_reference(), 1, async |_| {
            self.offset(depth).await
        })
        .await?;
        let first_page = format!("{name}: first page");
        let deep_page = format!("{name}: page at depth {depth}");
        table.compared(
            &first_page,
            &first,
            ("select 1", select_one),
            Bar::AtMostTimes(20),
        );
        table.compared(
            &deep_page,
            &deep,
            ("first page", &first),
            Bar::AtMostTimes(2),
        );
        table.compared(&deep_page, &deep, ("bare OFFSET", &offset), Bar::Faster);
        Ok(())
    }

    async fn page(&self, after: Option<Cursor>) -> Measured<Duration> {
        let query = UsersQuery {
            filter: UsersFilter::default(),
            sort: self.sort,
            descending: self.descending,
            after,
            limit: PAGE,
        };
        let is_full = |page: &UsersPage| page.rows.len() == usize::from(PAGE);
        answered(browse_users(&self.service.desk, query), is_full).await
    }

    /// The row just before the depth, looked up once: what a person who scrolled there has on screen.
    async fn cursor(&self, depth: u32) -> Measured<Cursor> {
        let (id, key) = match self.sort {
            UsersSort::Created | UsersSort::LastLogin => {
                let (id, at) = self.row::<Option<OffsetDateTime>>(depth).await?;
                (id, at.map(|at| CursorKey::Time(at.into())))
            }
            UsersSort::Name | UsersSort::Email => {
                let (id, text) = self.row::<Option<String>>(depth).await?;
                (id, text.map(CursorKey::Text))
            }
            UsersSort::MonthCost => {
                let (id, cost) = self.row::<Option<Decimal>>(depth).await?;
                (id, cost.map(CursorKey::Number))
            }
        };
        Ok(Cursor {
            key: key.unwrap_or(CursorKey::Null),
            id,
        })
    }

    async fn row<K>(&self, depth: u32) -> Measured<(String, K)>
    where
        K: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + Send + Unpin,
    {
        let mut reading = self.service.read().await?;
        let query = self
            .statement()
            .rows::<(String, String, K)>()
            .bind(i64::from(depth) - 1)
            .bind(1_i64);
        let row = reading.one(query.bind(month()).bind(NOW.date())).await?;
        reading.end().await?;
        Ok((row.0, row.2))
    }

    /// The list's bare columns at the depth, by OFFSET: less than a page shows.
    async fn offset(&self, depth: u32) -> Measured<Duration> {
        let mut reading = self.service.read().await?;
        let query = self
            .statement()
            .rows::<Bare>()
            .bind(i64::from(depth))
            .bind(i64::from(PAGE));
        let begun = stopwatch();
        let rows = reading.all(query.bind(month()).bind(NOW.date())).await?;
        let taken = begun.elapsed();
        reading.end().await?;
        if rows.len() == usize::from(PAGE) && rows.iter().all(|row| !row.email.is_empty()) {
            Ok(taken)
        } else {
            Err("OFFSET gives no full page".into())
        }
    }

    fn statement(&self) -> Statement {
        Statement {
            name: "list by offset",
            sql: self.sql,
        }
    }
}

/// A row of the reference, whatever it is sorted by.
#[derive(sqlx::FromRow)]
struct Bare {
    email: String,
}

fn month() -> time::Date {
    Month::of(NOW).first_day()
}
