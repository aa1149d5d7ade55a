//! Charts usage per day, of one user, a team, or the whole service.

use crate::charts::usage::{ChartStyle, DrawnChart, draw};
use crate::domain::ids::{ClusterId, UserId};
use crate::domain::period::Days;
use crate::domain::usage::{Metric, UsageSeries};
use crate::store::{clusters, rollups, usage};
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;
use crate::usecases::show_overview::Counted;
use crate::usecases::show_user::missing;

/// Periods one can look at, in days.
const PERIODS: [u16; 3] = [30, 90, 365];

/// Whose usage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChartSubject {
    /// Everybody's.
    Service,
    /// One person's.
    Person(UserId),
    /// Everybody's in the team this person owns.
    Team(UserId),
    /// What a cluster carried.
    Cluster(ClusterId),
}

/// Reads the series up to today and draws it.
///
/// # Errors
/// When the period is not one of 30, 90 and 365 days, the size leaves no room, there is no such user, or
/// the database fails.
pub async fn chart_usage(
    desk: &Desk,
    subject: &ChartSubject,
    metric: Metric,
    days: u16,
    style: ChartStyle,
) -> Result<Counted<(UsageSeries, DrawnChart)>, DeskError> {
    if !PERIODS.contains(&days) {
        let problem = "must be 30, 90 or 365".to_owned();
        return Err(DeskError::Invalid {
            field: "days",
            problem,
        });
    }
    let days = Days::ending(desk.now().date(), days);
    let mut reading = desk.store.read().await?;
    // People and teams are read from the rows themselves.
    let as_of = match subject {
        ChartSubject::Service | ChartSubject::Cluster(_) => rollups::as_of(&mut reading).await?,
        ChartSubject::Person(_) | ChartSubject::Team(_) => None,
    };
    let series = match subject {
        ChartSubject::Service => usage::of_service(&mut reading, metric, days).await?,
        ChartSubject::Person(id) => usage::of_user(&mut reading, id, false, metric, days).await?,
        ChartSubject::Team(id) => usage::of_user(&mut reading, id, true, metric, days).await?,
        ChartSubject::Cluster(id) => clusters::usage(&mut reading, id, metric, days).await?,
    };
    if let (ChartSubject::Person(id) | ChartSubject::Team(id), None) = (subject, series.total())
        && !usage::user_exists(&mut reading, id).await?
    {
        return Err(missing(id));
    }
    reading.end().await?;
    let drawn = draw(&series, style)?;
    let what = (series, drawn);
    Ok(Counted { what, as_of })
}
