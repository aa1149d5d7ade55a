//! Look what is wrong, again and again: alerts open and resolve by themselves. One of any number of programs looks at a
//! time; the database sees to that.

use std::sync::Arc;
use std::time::Duration;

use crate::domain::alerts::{Alert, SeenAlert, Watched, Way};
use crate::domain::clock::Clock;
use crate::store::alerts::{self, Looked, LookedAt};
use crate::store::door::Store;
use crate::store::failure::StoreError;
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;

/// Between two looks of a console.
const EVERY: Duration = Duration::from_secs(10);

/// While the login may not, or the database says no.
const PATIENCE: Duration = Duration::from_secs(60);

/// Looks once; these ways are to be told, and this is missed when it stands still.
///
/// # Errors
/// Whatever the database says.
pub async fn watch_alerts(
    store: &Store,
    clock: &dyn Clock,
    ways: &[Way],
    watched: &[Watched],
) -> Result<Looked, StoreError> {
    let looked = alerts::evaluate(store, clock.now(), ways, watched).await?;
    if let Some(changed) = looked
        && changed.opened + changed.resolved > 0
    {
        tracing::warn!(
            opened = changed.opened,
            resolved = changed.resolved,
            "alerts"
        );
    }
    Ok(looked)
}

/// Looks from an open console for as long as it is polled, where its login may: in the sandbox nobody else does. A
/// member of staff's login may not, and leaves it to the headless program.
pub async fn keep_watching(store: Store, clock: Arc<dyn Clock>) {
    loop {
        let may = alerts::may_evaluate(&store).await.unwrap_or_default();
        let looked = may
            && watch_alerts(&store, clock.as_ref(), &[], &Watched::ALL)
                .await
                .is_ok();
        tokio::time::sleep(if looked { EVERY } else { PATIENCE }).await;
    }
}

/// What somebody who is told of alerts was told of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// The newest of all that were there.
    pub up_to: i64,
    /// Those of which they were told that they are there, and not that they are over.
    pub open: Vec<i64>,
}

/// What there is to tell, and what is known then.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct News {
    /// Alerts that are there.
    pub opened: Vec<Alert>,
    /// Alerts that are over.
    pub resolved: Vec<Alert>,
    /// What is known once these were told.
    pub known: Known,
}

/// What there is to tell somebody who knows that. Whoever knows nothing yet begins with what is there now, and is told
/// of what comes. `None`: nobody ever looked.
///
/// # Errors
/// When the database fails, or the login may not see alerts.
pub async fn news(desk: &Desk, known: Option<&Known>) -> Result<Option<News>, DeskError> {
    let mut reading = desk.store.read().await?;
    let looked = alerts::looked_at(&mut reading).await?;
    let ids = known.map(|known| known.open.clone()).unwrap_or_default();
    let open = alerts::open(&mut reading, ids).await?;
    reading.end().await?;
    Ok(looked.looked_at.map(|_| News::of(open, known)))
}

impl News {
    fn of(there: Vec<Alert>, known: Option<&Known>) -> Self {
        let newest = there.iter().map(|alert| alert.id).max().unwrap_or_default();
        let up_to = known.map_or(newest, |known| known.up_to.max(newest));
        let mut news = Self::default();
        for alert in there {
            let told = known.is_some_and(|known| known.open.contains(&alert.id));
            match (told, alert.resolved_at) {
                (true, Some(_)) => news.resolved.push(alert),
                (true, None) => news.known.open.push(alert.id),
                (false, None) if known.is_some_and(|known| alert.id > known.up_to) => {
                    news.known.open.push(alert.id);
                    news.opened.push(alert);
                }
                (false, _) => {}
            }
        }
        news.known.up_to = up_to;
        news
    }
}

/// Alerts as staff see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenAlerts {
    /// Those that are open, then those that were lately.
    pub alerts: Vec<SeenAlert>,
    /// When somebody last looked, and when this was read.
    pub looked: LookedAt,
}

/// Alerts that are open, and those that were lately.
///
/// # Errors
/// When the database fails.
pub async fn show_alerts(desk: &Desk) -> Result<SeenAlerts, DeskError> {
    let mut reading = desk.store.read().await?;
    let looked = alerts::looked_at(&mut reading).await?;
    let alerts = alerts::listed(&mut reading, desk.now()).await?;
    reading.end().await?;
    Ok(SeenAlerts { alerts, looked })
}

/// Says that the caller sees to it.
///
/// # Errors
/// When it is over, somebody else does, or the database fails.
pub async fn acknowledge_alert(desk: &Desk, id: i64, note: Option<&str>) -> Result<(), DeskError> {
    Ok(alerts::acknowledge(&desk.store, id, note).await?)
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::*;
    use crate::domain::alerts::Grade;

    fn alert(id: i64, over: bool) -> Alert {
        Alert {
            id,
            kind: "events_dead".to_owned(),
            subject: "stripe".to_owned(),
            condition: None,
            grade: Grade::Bad,
            since: OffsetDateTime::UNIX_EPOCH,
            opened_at: OffsetDateTime::UNIX_EPOCH,
            resolved_at: over.then_some(OffsetDateTime::UNIX_EPOCH),
        }
    }

    fn ids(alerts: &[Alert]) -> Vec<i64> {
        alerts.iter().map(|alert| alert.id).collect()
    }

    #[test]
    fn each_is_told_once_and_its_end_once() {
        let first = News::of(vec![alert(3, false), alert(5, false)], None);
        assert!(
            first.opened.is_empty(),
            "who begins is not told what was there before"
        );
        let second = News::of(vec![alert(5, false), alert(7, false)], Some(&first.known));
        assert_eq!(ids(&second.opened), [7]);
        let third = News::of(vec![alert(5, false), alert(7, false)], Some(&second.known));
        assert_eq!((third.opened.len(), third.resolved.len()), (0, 0));
        let fourth = News::of(vec![alert(7, true), alert(8, false)], Some(&third.known));
        assert_eq!(
            (ids(&fourth.opened), ids(&fourth.resolved)),
            (vec![8], vec![7])
        );
        let fifth = News::of(vec![alert(8, false)], Some(&fourth.known));
        assert_eq!((fifth.opened.len(), fifth.resolved.len()), (0, 0));
    }
}
