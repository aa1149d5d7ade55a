//! The rollups against what they spare: the sums over the rows themselves. And what keeping them costs.

use hopsdesk::domain::clock::Clock;
use hopsdesk::domain::usage::Metric;
use hopsdesk::store::door::Statement;
use hopsdesk::store::rollups::{self, Refreshed};
use hopsdesk::usecases::chart_usage::{ChartSubject, chart_usage};
use hopsdesk::usecases::keep_rollups::check_rollups;
use time::{Date, OffsetDateTime};

use crate::Measured;
use crate::store::service::{Service, answered};
use crate::store::table::{Bar, Table};
use crate::store::timing::{Runs, stopwatch, timed};
use crate::store::userpage::STYLE;

const RAW_DAYS: Statement = Statement {
    name: "bench",
    sql: "select d.date, sum(d.total_cost)::text from console.usage_daily d
          where d.date > $1::date - 90 and d.date <= $1 group by d.date",
};

const RAW_ACCOUNTS: Statement = Statement {
    name: "bench",
    sql: "select coalesce(d.account_owner_id, d.user_id), sum(d.total_cost)::text
          from console.usage_daily d
          where d.date >= date_trunc('month', $1::date)::date and d.date <= $1
          group by 1 order by sum(d.total_cost) desc limit 20",
};

const ACCOUNTS: Statement = Statement {
    name: "bench",
    sql: "select m.account_id, m.total_cost::text from console.usage_by_account_month m
          where m.month = date_trunc('month', $1::date)::date
          order by m.total_cost desc nulls last, m.account_id limit 20",
};

struct At(OffsetDateTime);

impl Clock for At {
    fn now(&self) -> OffsetDateTime {
        self.0
    }
}

pub(crate) async fn measure(service: &Service, table: &mut Table) -> Measured<()> {
    let desk = &service.desk;
    let today = desk.now().date();
    let raw = timed(service.runs.of_reference(), 1, async |_| {
        asked::<(Date, Option<String>)>(service, RAW_DAYS, today).await
    });
    let raw = raw.await?;
    let chart = timed(service.runs, 1, async |_| {
        let chart = chart_usage(desk, &ChartSubject::Service, Metric::Cost, 90, STYLE);
        answered(chart, |counted| counted.what.0.total().is_some()).await
    });
    table.compared(
        "rollup: the service per day, 90 days, drawn",
        &chart.await?,
        ("raw aggregate", &raw),
        Bar::AtLeastTimes(100),
    );
    let raw = timed(service.runs.of_reference(), 1, async |_| {
        asked::<(String, Option<String>)>(service, RAW_ACCOUNTS, today).await
    });
    let raw = raw.await?;
    let accounts = timed(service.runs, 1, async |_| {
        asked::<(String, Option<String>)>(service, ACCOUNTS, today).await
    });
    table.compared(
        "rollup: the 20 dearest accounts of the month",
        &accounts.await?,
        ("raw aggregate", &raw),
        Bar::AtLeastTimes(100),
    );

    let few = Runs {
        least: 3,
        most: 5,
        ..service.runs
    };
    let refresh = timed(few, 0, async |_| {
        let refresh = rollups::refresh(&desk.store, desk.now(), true);
        answered(refresh, |done| matches!(done, Refreshed::Done { .. })).await
    });
    table.alone(
        "rollups: a refresh, nothing changed",
        &refresh.await?,
        Bar::None,
    );
    let once = Runs {
        least: 1,
        most: 1,
        ..service.runs
    };
    let clock = At(desk.now());
    let check = timed(once, 0, async |_| {
        let check = check_rollups(&desk.store, &clock, true);
        answered(check, |done| done.is_ok_and(|found| found.differences == 0)).await
    });
    table.alone("rollups: everything compared", &check.await?, Bar::None);
    Ok(())
}

/// The time a statement of one day takes through the door.
async fn asked<R>(
    service: &Service,
    statement: Statement,
    today: Date,
) -> Measured<std::time::Duration>
where
    R: for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow> + Send + Unpin,
{
    let begun = stopwatch();
    let mut reading = service.read().await?;
    let rows: Vec<R> = reading.all(statement.rows().bind(today)).await?;
    reading.end().await?;
    if rows.is_empty() {
        return Err("an answer is empty where there must be one".into());
    }
    Ok(begun.elapsed())
}
