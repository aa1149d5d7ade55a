//! The audit trail: a million entries verified, and a thousand accounts suspended in one bulk.

use std::time::Duration;

use hopsdesk::domain::action::ActionName;
use hopsdesk::domain::audit::Chain;
use hopsdesk::store::door::Statement;
use hopsdesk::usecases::act::{OrderForMany, act_on_many};
use hopsdesk::usecases::audit::{audit_heads, verify_audit};
use hopsdesk::usecases::bulk::undo_many;
use hopsdesk::usecases::elevate::elevate;
use serde_json::Map;

use crate::Measured;
use crate::store::service::Service;
use crate::store::table::{Bar, Table};
use crate::store::timing::{Runs, Timing, stopwatch, timed};

/// As many entries as the bar is for.
const ENTRIES: i64 = 1_000_000;

/// Both bars: half a minute.
const HALF_A_MINUTE: Duration = Duration::from_secs(30);

const A_THOUSAND: Statement = Statement {
    name: "bench",
    sql: include_str!("trail.sql"),
};

const ACTIVE: Statement = Statement {
    name: "bench",
    sql: "select u.id from console.users u
          where u.status = 'active' and u.account_owner_id is null
            and not exists (select from console.users m where m.account_owner_id = u.id)
          order by u.id limit 1000",
};

pub(crate) async fn measure(service: &Service, table: &mut Table) -> Measured<()> {
    let desk = &service.desk;
    bulk(service, table).await?;
    let begun = stopwatch();
    let before = length(service).await?;
    for _ in 0..(ENTRIES - before).max(0).unsigned_abs().div_ceil(1000) {
        let mut writing = desk.store.write().await?;
        writing.run(A_THOUSAND.command()).await?;
        writing.commit().await?;
    }
    table.note(&format!(
        "audit: {} entries, of which {} were made in {} s",
        length(service).await?,
        length(service).await? - before,
        begun.elapsed().as_secs()
    ));
    let once = Runs {
        least: 3,
        most: 3,
        budget: Duration::ZERO,
    };
    let verified = timed(once, 0, async |_| {
        let begun = stopwatch();
        let verdicts = verify_audit(desk, &[]).await?;
        let whole = verdicts.iter().all(|verdict| verdict.flaw.is_none());
        let entries = verdicts.iter().map(|verdict| verdict.entries).max();
        if !whole || entries < Some(ENTRIES) {
            return Err(format!("the trail is not whole: {verdicts:?}").into());
        }
        Ok(begun.elapsed())
    });
    table.alone(
        "audit: both chains of a million entries verified",
        &verified.await?,
        Bar::P95(HALF_A_MINUTE),
    );
    Ok(())
}

/// Suspends a thousand, a hundred a call as the window does, and takes all of it back.
async fn bulk(service: &Service, table: &mut Table) -> Measured<()> {
    let desk = &service.desk;
    let mut reading = service.read().await?;
    let people: Vec<(String,)> = reading.all(ACTIVE.rows()).await?;
    reading.end().await?;
    let people: Vec<String> = people.into_iter().map(|(id,)| id).collect();
    elevate(desk, "measuring", 15).await?;
    let run = format!("measured-{}", length(service).await?);
    let (begun, mut entries) = (stopwatch(), Vec::new());
    for subjects in people.chunks(100) {
        let order = OrderForMany {
            action: ActionName::parse("suspend_account")?,
            subjects: subjects.to_vec(),
            arguments: Map::new(),
            reason: Some("measuring".to_owned()),
            run: Some(run.clone()),
        };
        let done = act_on_many(desk, &order).await?;
        let done = done.results.into_iter();
        entries.extend(done.filter_map(|one| one.result.ok().flatten()?.audit_id));
    }
    let suspended = Timing::of(vec![begun.elapsed()])?;
    if people.is_empty() || entries.len() < people.len() * 9 / 10 {
        return Err(format!("{} of {} were suspended", entries.len(), people.len()).into());
    }
    let begun = stopwatch();
    for some in entries.chunks(100) {
        undo_many(desk, some, Some("measuring"), Some(&format!("{run}-back"))).await?;
    }
    let back = Timing::of(vec![begun.elapsed()])?;
    let bar = Bar::P95(HALF_A_MINUTE);
    let what = format!("bulk: {} accounts suspended", entries.len());
    table.alone(&what, &suspended, bar);
    table.alone(&format!("{what}, and all of it taken back"), &back, bar);
    Ok(())
}

/// How many entries the chain of staff has.
async fn length(service: &Service) -> Measured<i64> {
    let heads = audit_heads(&service.desk).await?;
    let staff = heads.iter().find(|head| head.chain == Chain::Staff);
    Ok(staff.map_or(0, |head| head.seq))
}
