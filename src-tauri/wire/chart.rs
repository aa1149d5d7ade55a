//! A chart drawn by the core, with what the window needs for hover, keyboard and the table.

use serde::{Deserialize, Serialize};
use time::Date;
use ts_rs::TS;

use crate::charts::palette;
use crate::charts::usage::{ChartStyle, DrawnChart};
use crate::domain::layers::{Layer, LayerName, Layers, Step};
use crate::domain::money::quantity_shown;
use crate::domain::period::Month;
use crate::domain::usage::{self, DayValue, UsageSeries};
use crate::wire::time::{iso_date, weekday_shown};
use crate::wire::used::metric_shown;

/// How the window wants a chart drawn.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[ts(export)]
pub struct ChartRequest {
    /// 30, 90 or 365.
    pub days: u16,
    pub metric: Metric,
    pub theme: Theme,
    /// CSS pixels.
    pub width: u16,
    pub height: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Metric {
    Cost,
    CpuHours,
    GpuHours,
    StorageGb,
    FeatureStoreCalls,
    InferenceCalls,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Theme {
    Light,
    Dark,
}

/// Whose usage a chart on the user page sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum UsageScope {
    /// The person alone.
    Person,
    /// The owner and all members.
    Team,
}

/// A drawn chart. `svg` is made by the core alone and holds no text from outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Chart {
    pub svg: String,
    pub width: u16,
    pub height: u16,
    /// Top and bottom of the plotting area, in pixels of the SVG.
    pub top: u16,
    pub bottom: u16,
    pub unit: String,
    /// Sum (or, for storage, the mean) over the period, e.g. `"1,204.50"`.
    pub total: String,
    /// What `total` is: `"total"` or `"mean"`.
    pub total_kind: String,
    /// First and last day, ISO dates.
    pub from: String,
    pub to: String,
    /// One point a day, oldest first; days without a row are not invented: their `shown` is null.
    pub points: Vec<ChartPoint>,
    /// What a point stands for: `"day"` unless it says `"month"`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub step: Option<String>,
    /// Only in a chart of several layers: they lie one on the other, the first at the bottom.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub layers: Option<Vec<ChartLayer>>,
    /// Only in a chart that is compared: the earlier days, e.g. `"1–20 Oct 2026"`, drawn as a thin line.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub before: Option<String>,
}

/// A layer of a chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ChartLayer {
    pub name: String,
    /// Sum (or mean of the recorded days) over the period; null when nothing was recorded.
    pub total: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ChartPoint {
    /// ISO date.
    pub date: String,
    /// `"Tue 20 Oct 2026"`.
    pub label: String,
    /// Pixels in the SVG.
    pub x: u16,
    /// Null on a day without a row.
    pub y: Option<u16>,
    pub shown: Option<String>,
    /// Only in a chart of several layers: the value of each; null where it recorded nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub parts: Option<Vec<Option<String>>>,
    /// Only in a chart that is compared: the value of the same day of the period before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub before: Option<String>,
}

impl Chart {
    /// A series and its drawing.
    #[must_use]
    pub fn new(series: &UsageSeries, drawn: DrawnChart, request: &ChartRequest) -> Self {
        let date = |day: Option<&DayValue>| day.map(|day| iso_date(day.date)).unwrap_or_default();
        let points = series
            .days
            .iter()
            .zip(drawn.points)
            .map(|(day, (x, y))| ChartPoint {
                date: iso_date(day.date),
                label: weekday_shown(day.date),
                x,
                y,
                shown: day.value.map(quantity_shown),
                parts: None,
                before: None,
            });
        Self {
            points: points.collect(),
            svg: drawn.svg,
            width: request.width,
            height: request.height,
            top: drawn.top,
            bottom: drawn.bottom,
            unit: series.metric.unit().to_owned(),
            total: series.total().map(quantity_shown).unwrap_or_default(),
            total_kind: if series.metric.adds_up() {
                "total"
            } else {
                "mean"
            }
            .to_owned(),
            from: date(series.days.first()),
            to: date(series.days.last()),
            step: None,
            layers: None,
            before: None,
        }
    }

    /// Layers and their drawing; `before` names the days they are compared with.
    #[must_use]
    pub fn layered(
        chart: &Layers,
        drawn: DrawnChart,
        (width, height): (u16, u16),
        before: Option<String>,
    ) -> Self {
        let value = |value| metric_shown(chart.metric, value);
        let several = chart.layers.len() > 1;
        let points = drawn.points.into_iter().enumerate().map(|(step, (x, y))| {
            let date = chart.dates.get(step).copied().unwrap_or(Date::MIN);
            let compared = || chart.before.get(step).copied().flatten().map(value);
            ChartPoint {
                date: iso_date(date),
                label: match chart.step {
                    Step::Day => weekday_shown(date),
                    Step::Month => Month::of_date(date).title(),
                },
                x,
                y,
                shown: chart.whole(step).map(value),
                parts: several.then(|| {
                    let layers = chart.layers.iter();
                    layers
                        .map(|layer| layer.values.get(step).copied().flatten().map(value))
                        .collect()
                }),
                before: before.as_ref().and_then(|_| compared()),
            }
        });
        Self {
            points: points.collect(),
            svg: drawn.svg,
            width,
            height,
            top: drawn.top,
            bottom: drawn.bottom,
            unit: chart.unit().to_owned(),
            total: chart.total().map(value).unwrap_or_default(),
            total_kind: if chart.adds_up() { "total" } else { "mean" }.to_owned(),
            from: chart
                .dates
                .first()
                .copied()
                .map(iso_date)
                .unwrap_or_default(),
            to: chart
                .dates
                .last()
                .copied()
                .map(iso_date)
                .unwrap_or_default(),
            step: (chart.step == Step::Month).then(|| "month".to_owned()),
            layers: several.then(|| {
                let layers = chart.layers.iter();
                layers.map(|layer| ChartLayer::new(layer, chart)).collect()
            }),
            before,
        }
    }
}

impl ChartLayer {
    fn new(layer: &Layer, chart: &Layers) -> Self {
        let alone = Layers {
            layers: vec![layer.clone()],
            ..chart.clone()
        };
        Self {
            name: match &layer.name {
                LayerName::Whole => "all".to_owned(),
                LayerName::Named(name) => name.clone(),
                LayerName::Unrecorded => "no cluster recorded".to_owned(),
                LayerName::Others(count) => format!("{count} others"),
            },
            total: alone.total().map(|total| metric_shown(chart.metric, total)),
        }
    }
}

impl ChartRequest {
    /// How the core should draw it.
    #[must_use]
    pub fn style(&self) -> ChartStyle {
        ChartStyle {
            theme: self.theme.drawn(),
            width: self.width,
            height: self.height,
        }
    }
}

impl From<Metric> for usage::Metric {
    fn from(metric: Metric) -> Self {
        match metric {
            Metric::Cost => Self::Cost,
            Metric::CpuHours => Self::CpuHours,
            Metric::GpuHours => Self::GpuHours,
            Metric::StorageGb => Self::StorageGb,
            Metric::FeatureStoreCalls => Self::FeatureStoreCalls,
            Metric::InferenceCalls => Self::InferenceCalls,
        }
    }
}

impl Theme {
    /// As the core calls it.
    #[must_use]
    pub fn drawn(self) -> palette::Theme {
        match self {
            Self::Light => palette::Theme::Light,
            Self::Dark => palette::Theme::Dark,
        }
    }
}
