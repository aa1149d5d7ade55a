//! A chart drawn by the core, with what the window needs for hover, keyboard and the table.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::charts::palette;
use crate::charts::usage::{ChartStyle, DrawnChart};
use crate::domain::money::quantity_shown;
use crate::domain::usage::{self, DayValue, UsageSeries};
use crate::wire::time::{iso_date, weekday_shown};

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
        }
    }
}

impl ChartRequest {
    /// How the core should draw it.
    #[must_use]
    pub fn style(&self) -> ChartStyle {
        ChartStyle {
            theme: match self.theme {
                Theme::Light => palette::Theme::Light,
                Theme::Dark => palette::Theme::Dark,
            },
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
        }
    }
}
