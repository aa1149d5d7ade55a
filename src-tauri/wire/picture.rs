//! Charts as pictures: what the window orders.

use serde::Deserialize;
use time::Date;
use ts_rs::TS;

use crate::usecases::browse_teams::Reach;
use crate::usecases::picture_chart::PicturedChart;
use crate::wire::chart::Metric;
use crate::wire::export::{PictureSubject, Zone, user_id};
use crate::wire::teams::ChartStep;
use crate::wire::usage::UsageQuery;

/// A chart as a picture, please.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[ts(export)]
pub struct PictureOrder {
    pub chart: PictureChart,
    pub metric: Metric,
    pub zone: Option<Zone>,
}

/// Which chart a picture is of.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(tag = "chart", rename_all = "snake_case")]
#[ts(export)]
pub enum PictureChart {
    /// The days up to today.
    Days {
        subject: PictureSubject,
        /// 30, 90 or 365.
        days: u16,
    },
    /// The Usage screen's.
    Usage { query: UsageQuery, by_cluster: bool },
    /// A team's, by its owner.
    Team {
        owner: String,
        step: ChartStep,
        count: u16,
    },
}

impl PictureChart {
    /// What the core is asked for, on that day.
    ///
    /// # Errors
    /// The field's name and what is wrong with it.
    pub fn decode(self, today: Date) -> Result<PicturedChart, (&'static str, String)> {
        Ok(match self {
            Self::Days { subject, days } => PicturedChart::Days {
                subject: subject
                    .decode()
                    .map_err(|field| (field, "can be no id".to_owned()))?,
                days,
            },
            Self::Usage { query, by_cluster } => PicturedChart::Usage {
                query: query.decode(today)?,
                by_cluster,
            },
            Self::Team { owner, step, count } => PicturedChart::Team {
                owner: user_id(&owner)?,
                reach: match step {
                    ChartStep::Day => Reach::Days(count),
                    ChartStep::Month => Reach::Months(count),
                },
            },
        })
    }
}
