//! Makes a chart a picture: the same series, drawn in the light theme, with its title and its source.

use crate::charts::palette::Theme;
use crate::charts::picture::{Picture, can_write};
use crate::charts::usage::ChartStyle;
use crate::domain::ids::{ClusterId, UserId};
use crate::domain::money::quantity_shown;
use crate::domain::usage::{Metric, UsageSeries};
use crate::store::{clusters, user_page};
use crate::usecases::chart_usage::{ChartSubject, chart_usage};
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;
use crate::usecases::show_user::missing;

/// Size of the drawing in pixels, whatever the window's.
const STYLE: ChartStyle = ChartStyle {
    theme: Theme::Light,
    width: 960,
    height: 320,
};

/// Reads the series, draws it and puts words to it.
///
/// # Errors
/// As [`chart_usage`].
pub async fn picture_chart(
    desk: &Desk,
    subject: &ChartSubject,
    metric: Metric,
    days: u16,
    workspace: &str,
) -> Result<Picture, DeskError> {
    let counted = chart_usage(desk, subject, metric, days, STYLE).await?;
    let (series, drawn) = counted.what;
    let whose = match subject {
        ChartSubject::Service => "Whole service".to_owned(),
        ChartSubject::Person(id) => name(desk, id).await?,
        ChartSubject::Team(id) => format!("Team of {}", name(desk, id).await?),
        ChartSubject::Cluster(id) => format!("Cluster {}", cluster_name(desk, id).await?),
    };
    let now = desk.now();
    let (date, hour, minute) = (now.date(), now.hour(), now.minute());
    Ok(Picture {
        svg: drawn.svg,
        width: STYLE.width,
        height: STYLE.height,
        title: title(metric).to_owned(),
        subtitle: format!("{whose} · {}", sum(&series)),
        legend: Vec::new(),
        source: format!("usage_daily · {workspace} · read {date} {hour:02}:{minute:02} UTC"),
    })
}

/// What a chart of this measure is called.
#[must_use]
pub fn title(metric: Metric) -> &'static str {
    match metric {
        Metric::Cost => "Usage cost per day",
        Metric::CpuHours => "CPU hours per day",
        Metric::GpuHours => "GPU hours per day",
        Metric::StorageGb => "Storage per day",
        Metric::FeatureStoreCalls => "Feature store calls per day",
        Metric::InferenceCalls => "Model calls per day",
    }
}

/// `24 Aug – 21 Nov 2026 · 1,204.50 USD in total`.
fn sum(series: &UsageSeries) -> String {
    let (first, last) = (series.days.first(), series.days.last());
    let days = match (first, last) {
        (Some(first), Some(last)) => format!("{} to {}", first.date, last.date),
        _ => String::new(),
    };
    let Some(total) = series.total() else {
        return format!("{days} · nothing recorded");
    };
    let word = if series.metric.adds_up() {
        "in total"
    } else {
        "on average"
    };
    format!(
        "{days} · {} {} {word}",
        quantity_shown(total),
        series.metric.unit()
    )
}

/// The name, as far as the picture's font can write it.
async fn name(desk: &Desk, id: &UserId) -> Result<String, DeskError> {
    let mut reading = desk.store.read().await?;
    let detail = user_page::detail(&mut reading, id, desk.now()).await?;
    reading.end().await?;
    let person = detail.ok_or_else(|| missing(id))?.row.person;
    let names = [person.name, Some(person.email)];
    let written = names
        .into_iter()
        .flatten()
        .find(|name| !name.is_empty() && can_write(name));
    Ok(written.unwrap_or_else(|| id.to_string()))
}

/// The cluster's name; its id where it has none, or none that can be written.
async fn cluster_name(desk: &Desk, id: &ClusterId) -> Result<String, DeskError> {
    let mut reading = desk.store.read().await?;
    let detail = clusters::detail(&mut reading, id, desk.now()).await?;
    reading.end().await?;
    let name = detail.and_then(|detail| detail.row.name);
    Ok(name
        .filter(|name| can_write(name))
        .unwrap_or_else(|| id.to_string()))
}
