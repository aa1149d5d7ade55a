//! Browses the Teams list, and opens one team.

use crate::charts::layers::draw;
use crate::charts::usage::{ChartStyle, DrawnChart};
use crate::domain::comparison::Period;
use crate::domain::directory::Invite;
use crate::domain::fleet::UsageQuery;
use crate::domain::ids::UserId;
use crate::domain::layers::{Layer, LayerName, Layers};
use crate::domain::period::{Days, Month};
use crate::domain::teams::{TeamRow, TeamUsage, TeamsFilter, TeamsPage, TeamsQuery};
use crate::domain::usage::Metric;
use crate::store::{fleet, teams};
use crate::usecases::browse_users::{checked_limit, searchable};
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;
use crate::usecases::understand_query::understood;

/// Longest chart of a team in days, and in months.
const MOST_DAYS: u16 = 366;
const MOST_MONTHS: u16 = 36;

/// How far back a team's chart goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Day by day, this many up to today.
    Days(u16),
    /// Month by month, this many, the present one so far included.
    Months(u16),
}

/// Reads one page.
///
/// # Errors
/// When the page is empty or too long, or the database fails.
pub async fn browse_teams(desk: &Desk, query: TeamsQuery) -> Result<TeamsPage, DeskError> {
    checked_limit(query.limit)?;
    let text = searchable(query.filter.text.as_deref())?;
    let mut reading = desk.store.read().await?;
    let understood = understood(desk, &mut reading, text.as_deref(), query.filter).await?;
    let (text, filter) = understood;
    let filter = TeamsFilter { text, ..filter };
    let query = TeamsQuery { filter, ..query };
    let page = teams::page(&mut reading, &query, desk.now()).await?;
    reading.end().await?;
    Ok(page)
}

/// One team by its owner.
///
/// # Errors
/// When there is no such user, or the database fails.
pub async fn show_team_head(desk: &Desk, owner: &UserId) -> Result<TeamRow, DeskError> {
    let mut reading = desk.store.read().await?;
    let head = teams::head(&mut reading, owner, desk.now()).await?;
    reading.end().await?;
    head.ok_or_else(|| DeskError::NotFound {
        what: "user",
        id: owner.to_string(),
    })
}

/// Everybody whose usage the owner pays for.
///
/// # Errors
/// When the database fails.
pub async fn show_team_people(desk: &Desk, owner: &UserId) -> Result<TeamUsage, DeskError> {
    let mut reading = desk.store.read().await?;
    let people = teams::people(&mut reading, owner, desk.now()).await?;
    reading.end().await?;
    Ok(people)
}

/// Invites that nobody took up, and how many there are of them in all.
///
/// # Errors
/// When the database fails.
pub async fn show_open_invites(
    desk: &Desk,
    owner: &UserId,
) -> Result<(Vec<Invite>, u32), DeskError> {
    let mut reading = desk.store.read().await?;
    let invites = teams::open_invites(&mut reading, owner, desk.now()).await?;
    reading.end().await?;
    Ok(invites)
}

/// A measure of the whole team, per day or per month, and its drawing.
///
/// # Errors
/// When the chart goes too far back, the size leaves no room, or the database fails.
pub async fn chart_team(
    desk: &Desk,
    owner: &UserId,
    metric: Metric,
    reach: Reach,
    style: ChartStyle,
) -> Result<(Layers, DrawnChart), DeskError> {
    let today = desk.now().date();
    let mut reading = desk.store.read().await?;
    let layers = match reach {
        Reach::Days(count @ 1..=MOST_DAYS) => {
            let days = Days::ending(today, count);
            let query = UsageQuery {
                period: Period::between(days.first(), today, today)
                    .map_err(|error| invalid("days", &error.to_string()))?,
                cluster: None,
                account: Some(owner.clone()),
            };
            whole(fleet::days_by_cluster(&mut reading, &query, days, metric).await?)
        }
        Reach::Months(count @ 1..=MOST_MONTHS) => {
            let last = Month::of_date(today);
            let first = (1..count).fold(last, |month, _| month.before());
            teams::months(&mut reading, owner, metric, first, last).await?
        }
        Reach::Days(_) => return Err(invalid("days", "must be 1 to 366")),
        Reach::Months(_) => return Err(invalid("months", "must be 1 to 36")),
    };
    reading.end().await?;
    let drawn = draw(&layers, style)?;
    Ok((layers, drawn))
}

/// All layers as one.
pub(in crate::usecases) fn whole(layers: Layers) -> Layers {
    let values = (0..layers.dates.len())
        .map(|step| layers.whole(step))
        .collect();
    let name = LayerName::Whole;
    Layers {
        layers: vec![Layer { name, values }],
        ..layers
    }
}

fn invalid(field: &'static str, problem: &str) -> DeskError {
    DeskError::Invalid {
        field,
        problem: problem.to_owned(),
    }
}
