//! The audit trail, watched by a program that remembers where it ended.

use hopsdesk::domain::audit::{Chain, Head};
use hopsdesk::usecases::audit::watch_audit;

use super::acting::service;
use super::trail::some_history;

#[tokio::test]
async fn whoever_watches_the_trail_notices_that_its_end_was_cut_off() {
    let database = service().await;
    let store = some_history(&database).await;
    let mut remembered = Vec::new();
    let verdicts = watch_audit(&store, &mut remembered)
        .await
        .expect("looked at");
    assert!(
        verdicts.iter().all(|each| each.flaw.is_none()),
        "{verdicts:?}"
    );
    assert_eq!(remembered.len(), Chain::ALL.len());
    let seen = remembered.clone();
    // Cut so well that the chain by itself is whole again.
    database.psql(
        "alter table console.audit disable trigger user; alter table console.audit_data disable trigger user;
         alter table console.audit_links disable trigger user;
         create temporary table last as select audit_id from console.audit_links where chain = 'staff' order by seq desc limit 1;
         delete from console.audit_links where audit_id in (table last);
         delete from console.holds where lifted_by in (table last);
         delete from console.audit_data where audit_id in (table last);
         delete from console.outbox where audit_id in (table last);
         delete from console.audit where id in (table last);
         update console.audit_heads as h set (seq, hash) =
           (select l.seq, l.hash from console.audit_links as l where l.chain = h.chain order by l.seq desc limit 1)
         where h.chain = 'staff'",
    );
    let alone = watch_audit(&store, &mut Vec::new())
        .await
        .expect("looked at");
    assert!(alone.iter().all(|each| each.flaw.is_none()), "{alone:?}");
    let verdicts = watch_audit(&store, &mut remembered)
        .await
        .expect("looked at");
    let flaw = verdicts[0].flaw.as_ref().expect("it is noticed");
    assert_eq!(
        flaw.message,
        "The chain ends before the last entry that was seen."
    );
    let staff = |heads: &[Head]| {
        heads
            .iter()
            .find(|head| head.chain == Chain::Staff)
            .cloned()
    };
    assert_eq!(
        staff(&remembered),
        staff(&seen),
        "what was seen is still known"
    );
}
