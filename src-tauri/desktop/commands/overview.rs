//! The Overview screen.

use std::sync::Arc;

use tauri::State;

use crate::desktop::answer::Answer;
use crate::desktop::console::Console;
use crate::usecases::chart_usage::{ChartSubject, chart_usage};
use crate::usecases::show_overview::{show_attention, show_clusters, show_figures};
use crate::wire::chart::{Chart, ChartRequest};
use crate::wire::overview::{Attention, ClusterFill, OverviewFigures};
use crate::wire::panel::Panel;

/// On a large service the first count takes minutes.
const NOT_COUNTED: &str = "The figures are being added up for the first time.";

/// The key figures.
#[tauri::command]
pub(in crate::desktop) async fn overview_figures(
    console: State<'_, Arc<Console>>,
) -> Answer<Panel<OverviewFigures>> {
    // Before anything that is kept is given: somebody may have to sign in.
    console.desk()?;
    match console.ahead.figures.take(console.clock.now()).await {
        Some(asked) => asked,
        None => figures(&console).await,
    }
}

pub(in crate::desktop) async fn figures(console: &Console) -> Answer<Panel<OverviewFigures>> {
    let desk = console.desk()?;
    // Where the zone in the settings is none the database knows, the Invoices screen says so.
    let zone = console.fiscal_zone(&desk).await.ok();
    let counted = show_figures(&desk, zone.as_ref())
        .await
        .map_err(|error| console.desk_failure(&error))?;
    let now = desk.now();
    let source = "users, usage_daily, user_credits, invoices";
    Ok(match counted.what {
        Some((figures, outstanding)) => Panel::of(
            source,
            now,
            OverviewFigures::new(&figures, &outstanding, now.date()),
        )
        .as_of(counted.as_of),
        None => Panel::lacking(source, now, NOT_COUNTED),
    })
}

/// Usage of the whole service per day.
#[tauri::command]
pub(in crate::desktop) async fn overview_usage(
    console: State<'_, Arc<Console>>,
    request: ChartRequest,
) -> Answer<Panel<Chart>> {
    console.chart(&ChartSubject::Service, &request).await
}

/// What wants attention.
#[tauri::command]
pub(in crate::desktop) async fn overview_attention(
    console: State<'_, Arc<Console>>,
) -> Answer<Panel<Vec<Attention>>> {
    // Before anything that is kept is given: somebody may have to sign in.
    console.desk()?;
    match console.ahead.attention.take(console.clock.now()).await {
        Some(asked) => asked,
        None => attention(&console).await,
    }
}

pub(in crate::desktop) async fn attention(console: &Console) -> Answer<Panel<Vec<Attention>>> {
    let desk = console.desk()?;
    let counted = show_attention(&desk)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    let now = desk.now();
    let lines = counted
        .what
        .iter()
        .map(|line| Attention::describe(line, now))
        .collect();
    Ok(Panel::of("all tables", now, lines).as_of(counted.as_of))
}

/// Clusters, the fullest first.
#[tauri::command]
pub(in crate::desktop) async fn overview_clusters(
    console: State<'_, Arc<Console>>,
) -> Answer<Panel<Vec<ClusterFill>>> {
    // Before anything that is kept is given: somebody may have to sign in.
    console.desk()?;
    match console.ahead.clusters.take(console.clock.now()).await {
        Some(asked) => asked,
        None => clusters(&console).await,
    }
}

pub(in crate::desktop) async fn clusters(console: &Console) -> Answer<Panel<Vec<ClusterFill>>> {
    let desk = console.desk()?;
    let source = "hopsworks_clusters · assignments counted";
    if let Some(sentence) = desk.lacks.view("clusters") {
        return Ok(Panel::lacking(source, desk.now(), sentence));
    }
    let counted = show_clusters(&desk)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    if counted.as_of.is_none() {
        return Ok(Panel::lacking(source, desk.now(), NOT_COUNTED));
    }
    let clusters = counted.what.into_iter().map(Into::into).collect();
    Ok(Panel::of(source, desk.now(), clusters).as_of(counted.as_of))
}

impl Console {
    /// Draws a chart, or says that the database has nothing to draw.
    pub(in crate::desktop) async fn chart(
        &self,
        subject: &ChartSubject,
        request: &ChartRequest,
    ) -> Answer<Panel<Chart>> {
        let desk = self.desk()?;
        let metric = request.metric.into();
        let lacking = desk
            .lacks
            .column("usage_daily", crate::domain::usage::Metric::column(metric));
        if let Some(sentence) = lacking {
            return Ok(Panel::lacking("usage_daily", desk.now(), sentence));
        }
        let counted = chart_usage(&desk, subject, metric, request.days, request.style())
            .await
            .map_err(|error| self.desk_failure(&error))?;
        let (series, drawn) = counted.what;
        let chart = Chart::new(&series, drawn, request);
        Ok(Panel::of("usage_daily", desk.now(), chart).as_of(counted.as_of))
    }
}
