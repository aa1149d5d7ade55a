//! Shows the service at a glance: figures, clusters, and what wants attention.

use rust_decimal::Decimal;
use time::OffsetDateTime;

use crate::domain::alerts::{Alert, Condition, Grade, Party};
use crate::domain::browse::Concern;
use crate::domain::capacity::outlook::Outlook;
use crate::domain::capacity::recorded::Limited;
use crate::domain::fiscal::FiscalZone;
use crate::domain::overview::{
    Attention, ClusterFill, ClusterWatch, Figures, Fill, Outstanding, unwatched_since,
};
use crate::store::alerts;
use crate::store::{overview, rollups};
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;

/// What the rollups say, and as of when they count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted<T> {
    /// What they say.
    pub what: T,
    /// `None` while they were never counted.
    pub as_of: Option<OffsetDateTime>,
}

/// The key figures of the month so far; `None` while they were never counted. A sum that is recorded, but
/// of nothing yet, is zero; one that is not recorded stays unknown. Without a fiscal time zone nobody says how many days
/// the oldest invoice is due.
///
/// # Errors
/// When the database fails.
pub async fn show_figures(
    desk: &Desk,
    zone: Option<&FiscalZone>,
) -> Result<Counted<Option<(Figures, Outstanding)>>, DeskError> {
    let mut reading = desk.store.read().await?;
    let figures = overview::figures(&mut reading, desk.now()).await?;
    let outstanding = overview::outstanding(&mut reading, desk.now(), zone).await?;
    let as_of = rollups::as_of(&mut reading).await?;
    reading.end().await?;
    let what = figures.zip(outstanding).map(|(mut figures, outstanding)| {
        for (sum, column) in [
            (&mut figures.cost, "total_cost"),
            (&mut figures.cpu_hours, "cpu_hours"),
            (&mut figures.gpu_hours, "gpu_hours"),
        ] {
            if desk.lacks.column("usage_daily", column).is_none() {
                sum.now.get_or_insert(Decimal::ZERO);
            }
        }
        (figures, recorded(desk, outstanding))
    });
    Ok(Counted { what, as_of })
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
pub async fn show_clusters(desk: &Desk) -> Result<Counted<Vec<ClusterFill>>, DeskError> {
    let mut reading = desk.store.read().await?;
    let what = overview::clusters(&mut reading).await?;
    let as_of = rollups::as_of(&mut reading).await?;
    reading.end().await?;
    Ok(Counted { what, as_of })
}

/// What somebody should look at, the gravest first.
///
/// # Errors
/// When the database fails.
pub async fn show_attention(desk: &Desk) -> Result<Counted<Vec<Attention>>, DeskError> {
    let mut reading = desk.store.read().await?;
    let concerns = overview::concerns(&mut reading).await?;
    let outstanding = overview::outstanding(&mut reading, desk.now(), None).await?;
    let mut clusters = overview::clusters(&mut reading).await?;
    let (watched, waiting) = overview::watch(&mut reading).await?;
    let alerts = alerts::open(&mut reading, Vec::new()).await?;
    let as_of = rollups::as_of(&mut reading).await?;
    reading.end().await?;
    if as_of.is_none() {
        // Seats that were never counted are not free.
        clusters.clear();
    }
    let outstanding = outstanding.map_or(
        Outstanding {
            credits: None,
            invoices: None,
        },
        |outstanding| recorded(desk, outstanding),
    );

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
    // Who waits is told by the alert, with the reason, where there is one.
    let waiting = if alerts.iter().any(is_about_seats) {
        0
    } else {
        waiting
    };
    let (serious, others): (Vec<_>, Vec<_>) = alerts
        .into_iter()
        .filter(|alert| !is_counted_above(alert))
        .partition(|alert| alert.grade == Grade::Bad);
    let alert = |alert| Attention::Alert(Box::new(alert));
    lines.extend(serious.into_iter().map(alert));
    let active = |cluster: &&ClusterFill| cluster.status == "active";
    let full: Vec<&ClusterFill> = clusters
        .iter()
        .filter(active)
        .filter(|one| one.fill() == Fill::NearlyFull)
        .collect();
    lines.extend(full.iter().copied().cloned().map(Attention::ClusterFull));
    let of_clusters = seen(&watched, &full, desk.now());
    lines.extend(of_clusters.grave);
    if let Some(invoices) = outstanding.invoices.filter(|invoices| invoices.overdue > 0) {
        let (count, amount) = (invoices.overdue, invoices.overdue_amount);
        lines.push(Attention::InvoicesOverdue { count, amount });
    }
    lines.extend(others.into_iter().map(alert));
    lines.extend(of_clusters.others);
    if waiting > 0 {
        lines.push(Attention::Waiting { count: waiting });
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
    Ok(Counted { what: lines, as_of })
}

/// Lines on how clusters are, what keeps people from working apart from the rest.
struct OfClusters {
    grave: Vec<Attention>,
    others: Vec<Attention>,
}

/// `full`: those whose seats are told of already.
fn seen(clusters: &[ClusterWatch], full: &[&ClusterFill], now: OffsetDateTime) -> OfClusters {
    let mut of = OfClusters {
        grave: Vec::new(),
        others: Vec::new(),
    };
    if let Some(since) = unwatched_since(clusters, now) {
        // Whatever was found is of then, and so is what was not.
        of.grave.push(Attention::ClustersUnwatched { since });
        return of;
    }
    for cluster in clusters {
        if cluster.is_unseen() {
            of.grave.push(Attention::ClusterUnseen(cluster.clone()));
        }
        if cluster.hopsworks_code.is_some() {
            of.grave.push(Attention::HopsworksAway(cluster.clone()));
        }
        if let Some((which, until)) = cluster.ending {
            let line = Attention::CertificateEnding(cluster.clone(), which, until);
            let soon = until - now < time::Duration::days(7);
            if soon { &mut of.grave } else { &mut of.others }.push(line);
        }
        let told = full.iter().any(|one| one.id == cluster.id);
        let not_told = |end: &Outlook| !told || !end.is_of(Limited::Seats);
        let ends = cluster.running_out(now).into_iter().filter(not_told);
        let (full, ending): (Vec<_>, Vec<_>) =
            ends.partition(|end| matches!(end, Outlook::Full(_)));
        // What is full, as a pool of GPUs may always be, does not hide what ends next.
        for end in full.into_iter().take(1).chain(ending.into_iter().take(1)) {
            let line = Attention::ClusterRunsOut(cluster.clone(), end);
            let grave = matches!(end, Outlook::Full(_));
            if grave { &mut of.grave } else { &mut of.others }.push(line);
        }
        if cluster.grave + cluster.others > 0 {
            let line = Attention::ClusterFindings(cluster.clone());
            let grave = cluster.grave > 0;
            if grave { &mut of.grave } else { &mut of.others }.push(line);
        }
    }
    of
}

fn is_about_seats(alert: &Alert) -> bool {
    matches!(&alert.condition, Some(Condition::NoSeat { .. }))
}

/// What waits for a person is counted as it is now, whoever looks for alerts.
fn is_counted_above(alert: &Alert) -> bool {
    match &alert.condition {
        Some(Condition::EventsDead { .. }) => true,
        Some(Condition::EventsConflict { provider, .. }) => *provider == Party::Auth0,
        _ => false,
    }
}
