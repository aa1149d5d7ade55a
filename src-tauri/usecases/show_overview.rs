//! Shows the service at a glance: figures, clusters, and what wants attention.

use rust_decimal::Decimal;

use crate::domain::browse::Concern;
use crate::domain::overview::{Attention, ClusterFill, Figures, Fill, Outstanding};
use crate::store::overview;
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;

/// The key figures of the month so far. A sum that is recorded, but of nothing yet, is zero; one that is
/// not recorded stays unknown.
///
/// # Errors
/// When the database fails.
pub async fn show_figures(desk: &Desk) -> Result<(Figures, Outstanding), DeskError> {
    let mut reading = desk.store.read().await?;
    let mut figures = overview::figures(&mut reading, desk.now()).await?;
    let outstanding = overview::outstanding(&mut reading, desk.now()).await?;
    reading.end().await?;
    for (sum, column) in [
        (&mut figures.cost, "total_cost"),
        (&mut figures.cpu_hours, "cpu_hours"),
        (&mut figures.gpu_hours, "gpu_hours"),
    ] {
        if desk.lacks.column("usage_daily", column).is_none() {
            sum.now.get_or_insert(Decimal::ZERO);
        }
    }
    Ok((figures, recorded(desk, outstanding)))
}

/// Drops what this database does not record.
fn recorded(desk: &Desk, outstanding: Outstanding) -> Outstanding {
    Outstanding {
        credits: outstanding
            .credits
            .filter(|_| desk.lacks.view("user_credits").is_none()),
        invoices: outstanding
            .invoices
            .filter(|_| desk.lacks.view("invoices").is_none()),
    }
}

/// Clusters, the fullest first.
///
/// # Errors
/// When the database fails.
pub async fn show_clusters(desk: &Desk) -> Result<Vec<ClusterFill>, DeskError> {
    let mut reading = desk.store.read().await?;
    let clusters = overview::clusters(&mut reading, desk.now()).await?;
    reading.end().await?;
    Ok(clusters)
}

/// What somebody should look at, the gravest first.
///
/// # Errors
/// When the database fails.
pub async fn show_attention(desk: &Desk) -> Result<Vec<Attention>, DeskError> {
    let now = desk.now();
    let mut reading = desk.store.read().await?;
    let concerns = overview::concerns(&mut reading, now).await?;
    let outstanding = recorded(desk, overview::outstanding(&mut reading, now).await?);
    let clusters = overview::clusters(&mut reading, now).await?;
    reading.end().await?;

    let mut lines = Vec::new();
    if concerns.conflicts > 0 {
        lines.push(Attention::RegistrationConflict {
            count: concerns.conflicts,
            existing: concerns.existing_user,
        });
    }
    if concerns.dead_events > 0 {
        lines.push(Attention::DeadEvents {
            count: concerns.dead_events,
        });
    }
    let active = |cluster: &&ClusterFill| cluster.status == "active";
    for cluster in clusters
        .iter()
        .filter(active)
        .filter(|one| one.fill() == Fill::NearlyFull)
    {
        lines.push(Attention::ClusterFull(cluster.clone()));
    }
    if let Some(invoices) = outstanding.invoices.filter(|invoices| invoices.overdue > 0) {
        let (count, amount) = (invoices.overdue, invoices.overdue_amount);
        lines.push(Attention::InvoicesOverdue { count, amount });
    }
    let running_out = outstanding
        .credits
        .map_or(0, |(_, running_out)| running_out);
    let seats_recorded = desk
        .lacks
        .column("cluster_assignments", "cluster_id")
        .is_none();
    for (concern, count) in [
        (Concern::CreditsLow, running_out),
        (
            Concern::NoSeat,
            if seats_recorded { concerns.no_seat } else { 0 },
        ),
    ] {
        if count > 0 {
            lines.push(Attention::People { concern, count });
        }
    }
    for cluster in clusters
        .iter()
        .filter(|cluster| seats_recorded && cluster.has_drifted())
    {
        lines.push(Attention::ClusterDrift(cluster.clone()));
    }
    if concerns.invites_expired > 0 {
        let count = concerns.invites_expired;
        lines.push(Attention::People {
            concern: Concern::InviteExpired,
            count,
        });
    }
    Ok(lines)
}
