//! Shows one cluster: facts and seats, who is on it, what is wrong there, and its projects.

use crate::domain::cluster_findings::OnCluster;
use crate::domain::clusters::{
    ClusterDetail, ClusterFindings, ClusterProject, Seated, SeatedQuery,
};
use crate::domain::ids::ClusterId;
use crate::domain::sealed::SecretOnRecord;
use crate::domain::slice::{Part, Slice};
use crate::store::{cluster_findings, cluster_page, clusters, sealing};
use crate::usecases::browse_users::{LONGEST_PAGE, searchable};
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;
use crate::usecases::show_user_work::within_reason;

/// Facts and seats.
///
/// # Errors
/// When nothing names such a cluster, or the database fails.
pub async fn show_cluster(desk: &Desk, id: &ClusterId) -> Result<ClusterDetail, DeskError> {
    let mut reading = desk.store.read().await?;
    let detail = clusters::detail(&mut reading, id, desk.now()).await?;
    reading.end().await?;
    let mut detail = detail.ok_or_else(|| DeskError::NotFound {
        what: "cluster",
        id: id.to_string(),
    })?;
    desk.forget_seats(&mut detail.row.seats);
    Ok(detail)
}

/// One page of the people with a seat there.
///
/// # Errors
/// When the page is empty or too long, or the database fails.
pub async fn show_seated(desk: &Desk, query: SeatedQuery) -> Result<Slice<Seated>, DeskError> {
    if query.limit == 0 || query.limit > LONGEST_PAGE {
        let problem = format!("must be 1 to {LONGEST_PAGE}");
        return Err(DeskError::Invalid {
            field: "limit",
            problem,
        });
    }
    let query = SeatedQuery {
        text: searchable(query.text.as_deref())?,
        ..query
    };
    let mut reading = desk.store.read().await?;
    let slice = cluster_page::people(&mut reading, &query, desk.now()).await?;
    reading.end().await?;
    Ok(slice)
}

/// Findings of a kind that are shown one by one.
const MOST_FOUND: u16 = 50;

/// What is wrong there: with seats by what is on record, and by comparing that with what the cluster says. A finding
/// that this database cannot tell is left out.
///
/// # Errors
/// When the database fails.
pub async fn show_findings(
    desk: &Desk,
    id: &ClusterId,
) -> Result<(ClusterFindings, OnCluster), DeskError> {
    let mut reading = desk.store.read().await?;
    let mut findings = cluster_page::findings(&mut reading, id).await?;
    let mut on = cluster_findings::found(&mut reading, id, MOST_FOUND).await?;
    reading.end().await?;
    desk.forget_seats(&mut on.seats);
    findings
        .seats
        .retain(|(finding, _)| desk.can_tell(*finding));
    if desk
        .lacks
        .column("usage_daily", "hopsworks_cluster_id")
        .is_some()
    {
        findings.day = None;
    }
    Ok((findings, on))
}

/// How its secrets are kept, and never what they are.
///
/// # Errors
/// When the database fails.
pub async fn show_secrets(desk: &Desk, id: &ClusterId) -> Result<Vec<SecretOnRecord>, DeskError> {
    let mut reading = desk.store.read().await?;
    let secrets = sealing::of(&mut reading, Some(id.as_str())).await?;
    reading.end().await?;
    Ok(secrets)
}

/// Projects there, the one seen last first.
///
/// # Errors
/// When the part is empty or too long, or the database fails.
pub async fn show_cluster_projects(
    desk: &Desk,
    id: &ClusterId,
    part: &Part,
) -> Result<Slice<ClusterProject>, DeskError> {
    within_reason(part)?;
    let by_seat = desk.lacks.column("user_projects", "cluster_id").is_some();
    let mut reading = desk.store.read().await?;
    let slice = cluster_page::projects(&mut reading, id, part, by_seat).await?;
    reading.end().await?;
    Ok(slice)
}
