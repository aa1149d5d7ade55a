//! The page of a large cluster, panel by panel, against `select 1` through the same door: a pooler in transaction mode.

use std::sync::Arc;
use std::time::Duration;

use hopsdesk::domain::clock::FixedClock;
use hopsdesk::domain::clusters::{SeatedQuery, SeatedSort};
use hopsdesk::domain::ids::ClusterId;
use hopsdesk::store::connect;
use hopsdesk::store::door::{Statement, Store};
use hopsdesk::usecases::desk::Desk;
use hopsdesk::usecases::open_database::open_database;
use hopsdesk::usecases::show_capacity::{show_forecasts, show_holdings, show_nodes, show_state};
use hopsdesk::usecases::show_cluster::{show_cluster, show_findings, show_seated};
use time::OffsetDateTime;

use crate::Measured;
use crate::clusters::service::Service;
use crate::store::pooler::Pooler;
use crate::store::table::{Bar, Table};
use crate::store::timing::{Runs, Timing, stopwatch, timed};

const SELECT_ONE: Statement = Statement {
    name: "select 1",
    sql: "select 1",
};

/// The cluster that was looked at last, and the one where most people are.
const CLUSTERS: Statement = Statement {
    name: "clusters",
    sql: "(select k.id, 'a large cluster' from console.clusters as k
           join console.cluster_snapshots as s on s.cluster_id = k.id order by s.taken_at desc limit 1)
          union all
          (select a.cluster_id, 'a cluster with people' from console.cluster_assignments as a
           group by a.cluster_id order by count(*) desc, a.cluster_id limit 1)",
};

pub(crate) async fn measure(service: &Service, table: &mut Table) -> Measured<()> {
    let pooler = Pooler::before(service.address(), service.secret()).await?;
    let store = Store::new(connect::pool(&pooler.address, Some(service.secret()), 4)?);
    #[expect(
        clippy::disallowed_methods,
        reason = "what was recorded a moment ago is of the present"
    )]
    let clock = FixedClock(OffsetDateTime::now_utc());
    let (desk, _) = open_database(store, Arc::new(clock)).await?;
    let measured = panels(&desk, table).await;
    desk.store.close().await;
    measured
}

async fn panels(desk: &Desk, table: &mut Table) -> Measured<()> {
    let mut reading = desk.store.read().await?;
    let clusters: Vec<(String, String)> = reading.all(CLUSTERS.rows()).await?;
    reading.end().await?;
    for (id, name) in clusters {
        let id = ClusterId::parse(&id)?;
        let of = |panel: &str| format!("page of {name}: {panel}");
        let facts = async || took(show_cluster(desk, &id)).await;
        panel(desk, table, &of("facts and seats"), facts).await?;
        let state = async || took(show_state(desk, &id)).await;
        panel(desk, table, &of("health and capacity"), state).await?;
        let nodes = async || took(show_nodes(desk, &id)).await;
        panel(desk, table, &of("nodes"), nodes).await?;
        let holdings = async || took(show_holdings(desk, &id)).await;
        panel(desk, table, &of("who holds what"), holdings).await?;
        let forecasts = async || took(show_forecasts(desk, &id)).await;
        panel(desk, table, &of("forecasts"), forecasts).await?;
        let findings = async || took(show_findings(desk, &id)).await;
        panel(desk, table, &of("findings"), findings).await?;
        let people = async || {
            let query = SeatedQuery {
                cluster: id.clone(),
                text: None,
                finding: None,
                sort: SeatedSort::Assigned,
                descending: true,
                after: None,
                limit: 50,
            };
            took(show_seated(desk, query)).await
        };
        panel(desk, table, &of("people"), people).await?;
    }
    Ok(())
}

/// A panel, and `select 1` in turns with it: what else the machine does meanwhile, both have to bear.
async fn panel(
    desk: &Desk,
    table: &mut Table,
    name: &str,
    panel: impl AsyncFn() -> Measured<Duration>,
) -> Measured<()> {
    let mut references = Vec::new();
    let timing = timed(Runs::within(Duration::from_secs(2)), 5, async |_| {
        let begun = stopwatch();
        let mut reading = desk.store.read().await?;
        let _: (i32,) = reading.one(SELECT_ONE.rows()).await?;
        reading.end().await?;
        references.push(begun.elapsed());
        panel().await
    })
    .await?;
    let select_one = Timing::of(references)?;
    let reference = ("select 1", &select_one);
    table.compared(name, &timing, reference, Bar::AtMostTimes(20));
    Ok(())
}

async fn took<T, E>(question: impl Future<Output = Result<T, E>>) -> Measured<Duration>
where
    E: std::error::Error + Send + Sync + 'static,
{
    let begun = stopwatch();
    question.await?;
    Ok(begun.elapsed())
}
