//! Shows usage of the whole service over a period: sums, charts, clusters and accounts.

use crate::charts::layers::draw;
use crate::charts::usage::{ChartStyle, DrawnChart};
use crate::domain::account::UserStatus;
use crate::domain::directory::Person;
use crate::domain::fleet::{AccountsPage, AccountsQuery, FleetSums, MOST_SINGLE_DAYS, UsageQuery};
use crate::domain::ids::UserId;
use crate::domain::layers::Layers;
use crate::domain::usage::Metric;
use crate::store::{fleet, teams};
use crate::usecases::browse_teams::whole;
use crate::usecases::browse_users::{checked_limit, searchable};
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;
use crate::usecases::understand_query::understood;

/// The sums of a period and of the one before, of the whole and of each cluster.
///
/// # Errors
/// When the database fails.
pub async fn show_sums(desk: &Desk, query: &UsageQuery) -> Result<FleetSums, DeskError> {
    let mut reading = desk.store.read().await?;
    let sums = fleet::sums(&mut reading, query).await?;
    reading.end().await?;
    Ok(sums)
}

/// Who an account is: its owner, and the company where recorded. Usage outlives the record of its owner,
/// who then has an id and nothing else.
///
/// # Errors
/// When the database fails.
pub async fn name_account(desk: &Desk, id: &UserId) -> Result<(Person, Option<String>), DeskError> {
    let mut reading = desk.store.read().await?;
    let head = teams::head(&mut reading, id, desk.now()).await?;
    reading.end().await?;
    Ok(head.map_or_else(
        || {
            let nobody = Person {
                id: id.clone(),
                name: None,
                email: String::new(),
                status: UserStatus::Deleted,
                status_word: None,
            };
            (nobody, None)
        },
        |head| (head.owner, head.company),
    ))
}

/// A measure per day: the whole beside the period before, or in one layer a cluster.
///
/// # Errors
/// When the size leaves no room, or the database fails.
pub async fn chart_fleet(
    desk: &Desk,
    query: &UsageQuery,
    metric: Metric,
    by_cluster: bool,
    style: ChartStyle,
) -> Result<(Layers, DrawnChart), DeskError> {
    let mut reading = desk.store.read().await?;
    let days = query.period.days();
    let layers = fleet::days_by_cluster(&mut reading, query, days, metric).await?;
    let layers = if by_cluster {
        layers.gathered()
    } else {
        let previous = query.period.previous();
        let before = fleet::days_by_cluster(&mut reading, query, previous, metric).await?;
        let before = whole(before).layers.remove(0).values;
        Layers {
            before,
            ..whole(layers)
        }
    };
    reading.end().await?;
    let drawn = draw(&layers, style)?;
    Ok((layers, drawn))
}

/// One page of the accounts of a period.
///
/// # Errors
/// When the page is empty or too long, the period has too many days to be added up one by one, or the
/// database fails.
pub async fn browse_accounts(desk: &Desk, query: AccountsQuery) -> Result<AccountsPage, DeskError> {
    checked_limit(query.limit)?;
    let text = searchable(query.text.as_deref())?;
    let plan = query
        .usage
        .accounts_plan()
        .ok_or_else(|| DeskError::Invalid {
            field: "Period",
            problem: format!(
                "the accounts of one cluster are added up day by day; choose {MOST_SINGLE_DAYS} days \
                 or fewer, or all clusters"
            ),
        })?;
    let mut reading = desk.store.read().await?;
    let understood = understood(desk, &mut reading, text.as_deref(), query.filter).await?;
    let (text, filter) = understood;
    let query = AccountsQuery {
        text,
        filter,
        ..query
    };
    let page = fleet::accounts(&mut reading, &query, plan).await?;
    reading.end().await?;
    Ok(page)
}
