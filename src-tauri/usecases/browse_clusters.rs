//! Browses the Clusters list: one page, and how old the sums in it are.

use time::OffsetDateTime;

use crate::domain::clusters::{ClusterRow, ClustersFilter, ClustersQuery};
use crate::domain::slice::Slice;
use crate::store::clusters;
use crate::usecases::browse_users::{LONGEST_PAGE, searchable};
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;
use crate::usecases::understand_query::understood;

/// Reads one page; with it, as of when seats and usage were counted.
///
/// # Errors
/// When the page is empty or too long, or the database fails.
pub async fn browse_clusters(
    desk: &Desk,
    query: ClustersQuery,
) -> Result<(Slice<ClusterRow>, Option<OffsetDateTime>), DeskError> {
    if query.limit == 0 || query.limit > LONGEST_PAGE {
        let problem = format!("must be 1 to {LONGEST_PAGE}");
        return Err(DeskError::Invalid {
            field: "limit",
            problem,
        });
    }
    let text = searchable(query.filter.text.as_deref())?;
    let mut reading = desk.store.read().await?;
    let understood = understood(desk, &mut reading, text.as_deref(), query.filter).await?;
    let (text, filter) = understood;
    let filter = ClustersFilter { text, ..filter };
    let query = ClustersQuery { filter, ..query };
    let (mut slice, as_of) = clusters::page(&mut reading, &query, desk.now()).await?;
    reading.end().await?;
    for row in &mut slice.rows {
        desk.forget_seats(&mut row.seats);
    }
    Ok((slice, as_of))
}
