//! Makes a chart a picture: the same series, drawn in the light theme, with its title and its source.

use rust_decimal::Decimal;
use time::Date;

use crate::charts::layers::{before_colour, layer_colour};
use crate::charts::palette::Theme;
use crate::charts::picture::{Picture, can_write};
use crate::charts::usage::ChartStyle;
use crate::domain::fleet::UsageQuery;
use crate::domain::ids::{ClusterId, UserId};
use crate::domain::layers::{LayerName, Layers, Step};
use crate::domain::money::quantity_shown;
use crate::domain::period::Days;
use crate::domain::usage::{Metric, UsageSeries};
use crate::store::{clusters, user_page};
use crate::usecases::browse_teams::{Reach, chart_team};
use crate::usecases::chart_usage::{ChartSubject, chart_usage};
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;
use crate::usecases::show_usage::chart_fleet;
use crate::usecases::show_user::missing;

/// Size of the drawing in pixels, whatever the window's.
const STYLE: ChartStyle = ChartStyle {
    theme: Theme::Light,
    width: 960,
    height: 320,
};

/// A chart of the window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PicturedChart {
    /// One line, of the days up to today.
    Days {
        /// Whose.
        subject: ChartSubject,
        /// 30, 90 or 365.
        days: u16,
    },
    /// The service over a period.
    Usage {
        /// Whose, and when.
        query: UsageQuery,
        /// One layer a cluster, instead of the whole beside the period before.
        by_cluster: bool,
    },
    /// A team, per day or per month.
    Team {
        /// Whose team.
        owner: UserId,
        /// How far back.
        reach: Reach,
    },
}

/// What a picture says besides the drawing.
struct Words {
    whose: String,
    what: String,
    step: Step,
    legend: Vec<(String, String)>,
}

/// Reads the series, draws it and puts words to it.
///
/// # Errors
/// As [`chart_usage`], [`chart_fleet`] and [`chart_team`].
pub async fn picture_chart(
    desk: &Desk,
    chart: &PicturedChart,
    metric: Metric,
    workspace: &str,
) -> Result<Picture, DeskError> {
    let (svg, words) = match chart {
        PicturedChart::Days { subject, days } => {
            let counted = chart_usage(desk, subject, metric, *days, STYLE).await?;
            let (series, drawn) = counted.what;
            let words = Words {
                whose: whose(desk, subject).await?,
                what: sum(&series),
                step: Step::Day,
                legend: Vec::new(),
            };
            (drawn.svg, words)
        }
        PicturedChart::Usage { query, by_cluster } => {
            let (layers, drawn) = chart_fleet(desk, query, metric, *by_cluster, STYLE).await?;
            let mut whose = vec![match &query.account {
                Some(id) => format!("Account of {}", name(desk, id).await?),
                None => "Whole service".to_owned(),
            }];
            if let Some(id) = &query.cluster {
                whose.push(format!("Cluster {}", cluster_name(desk, id).await?));
            }
            let before = (!by_cluster).then(|| query.period.previous());
            (drawn.svg, layered(whose.join(" · "), &layers, before))
        }
        PicturedChart::Team { owner, reach } => {
            let (layers, drawn) = chart_team(desk, owner, metric, *reach, STYLE).await?;
            let whose = format!("Team of {}", name(desk, owner).await?);
            (drawn.svg, layered(whose, &layers, None))
        }
    };
    let now = desk.now();
    let (date, hour, minute) = (now.date(), now.hour(), now.minute());
    Ok(Picture {
        svg,
        width: STYLE.width,
        height: STYLE.height,
        title: title(metric, words.step),
        subtitle: format!("{} · {}", words.whose, words.what),
        legend: words.legend,
        source: format!("usage_daily · {workspace} · read {date} {hour:02}:{minute:02} UTC"),
    })
}

async fn whose(desk: &Desk, subject: &ChartSubject) -> Result<String, DeskError> {
    Ok(match subject {
        ChartSubject::Service => "Whole service".to_owned(),
        ChartSubject::Person(id) => name(desk, id).await?,
        ChartSubject::Team(id) => format!("Team of {}", name(desk, id).await?),
        ChartSubject::Cluster(id) => format!("Cluster {}", cluster_name(desk, id).await?),
    })
}

/// Words for a chart in layers; `before` is the period its thin line is of.
fn layered(whose: String, layers: &Layers, before: Option<Days>) -> Words {
    let count = layers.layers.len();
    let several = count > 1 || before.is_some();
    let mut legend = Vec::new();
    for (number, layer) in layers.layers.iter().enumerate().filter(|_| several) {
        let name = match &layer.name {
            LayerName::Whole => "this period".to_owned(),
            LayerName::Named(name) if can_write(name) => name.clone(),
            LayerName::Named(_) => format!("cluster {}", number + 1),
            LayerName::Unrecorded => "no cluster recorded".to_owned(),
            LayerName::Others(count) => format!("{count} others"),
        };
        legend.push((layer_colour(STYLE.theme, count, number), name));
    }
    if let Some(days) = before {
        let words = format!("{} to {}", days.first(), days.last());
        legend.push((before_colour(STYLE.theme), words));
    }
    Words {
        whose,
        what: total_words(
            layers.dates.first().copied(),
            layers.dates.last().copied(),
            layers.total(),
            layers.unit(),
            layers.adds_up(),
        ),
        step: layers.step,
        legend,
    }
}

/// What a chart of this measure is called.
#[must_use]
pub fn title(metric: Metric, step: Step) -> String {
    let what = match metric {
        Metric::Cost => "Usage cost",
        Metric::CpuHours => "CPU hours",
        Metric::GpuHours => "GPU hours",
        Metric::StorageGb => "Storage",
        Metric::FeatureStoreCalls => "Feature store calls",
        Metric::InferenceCalls => "Model calls",
    };
    let step = match step {
        Step::Day => "day",
        Step::Month => "month",
    };
    format!("{what} per {step}")
}

/// `24 Aug – 21 Nov 2026 · 1,204.50 USD in total`.
fn sum(series: &UsageSeries) -> String {
    total_words(
        series.days.first().map(|day| day.date),
        series.days.last().map(|day| day.date),
        series.total(),
        series.metric.unit(),
        series.metric.adds_up(),
    )
}

fn total_words(
    first: Option<Date>,
    last: Option<Date>,
    total: Option<Decimal>,
    unit: &str,
    adds_up: bool,
) -> String {
    let days = match (first, last) {
        (Some(first), Some(last)) => format!("{first} to {last}"),
        _ => String::new(),
    };
    let Some(total) = total else {
        return format!("{days} · nothing recorded");
    };
    let word = if adds_up { "in total" } else { "on average" };
    format!("{days} · {} {unit} {word}", quantity_shown(total))
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
