//! What is found wrong on a cluster.

use super::*;

#[tokio::test]
async fn findings_are_counted_and_lead_to_the_people() {
    let (database, store) = service().await;
    // Some services let a person have several seats.
    database.psql(
        "alter table public.user_hopsworks_assignments
           drop constraint user_hopsworks_assignments_user_id_key;
         insert into public.user_hopsworks_assignments (user_id, hopsworks_cluster_id, assigned_by)
         values ('auth0|07', '00000000-0000-0000-0000-000000000002', 'system');
         select console.rollups_refresh_seat_findings('2026-11-20 12:00+00')",
    );
    let mut reading = store.read().await.expect("a connection");
    let id = ClusterId::parse(EU).expect("an id");
    let found: ClusterFindings = cluster_page::findings(&mut reading, &id)
        .await
        .expect("findings");
    reading.end().await.expect("an end");
    let expected = [
        (SeatFinding::TwoClusters, vec!["auth0|07"]),
        (SeatFinding::Nobody, vec!["auth0|03"]),
        (SeatFinding::NoHopsworksUser, vec!["auth0|05"]),
        (
            SeatFinding::Idle,
            vec![
                "auth0|03", "auth0|04", "auth0|05", "auth0|06", "auth0|07", "auth0|08", "auth0|09",
            ],
        ),
    ];
    for (finding, expected) in expected {
        let query = SeatedQuery {
            finding: Some(finding),
            ..seated(SeatedSort::Assigned, false, 50)
        };
        let rows = people(&store, query).await;
        let mut listed = who(&rows);
        listed.sort_unstable();
        assert_eq!(listed, expected, "{finding:?}");
        let counted = found.seats.iter().find(|(each, _)| *each == finding);
        let count = counted.expect("a count").1;
        assert_eq!(count as usize, expected.len(), "{finding:?}");
    }
    assert_eq!(found.without_seat, 1, "of the last day only");
    assert_eq!(found.day, Some(date!(2026 - 11 - 19)));
    assert_eq!(found.strangers[0].0.as_str(), "auth0|11");

    let both = SeatedQuery {
        text: Some("auth0|07".to_owned()),
        ..seated(SeatedSort::Name, false, 5)
    };
    let rows = people(&store, both).await;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].also_on.as_deref(), Some("us-east-1"));
}

/// What is wrong with the seats of the cluster where most people are, by kind.
async fn wrong(store: &Store) -> (bool, Vec<(SeatFinding, u32)>, u32) {
    let mut reading = store.read().await.expect("a connection");
    let id = ClusterId::parse(EU).expect("an id");
    let found = cluster_page::findings(&mut reading, &id).await;
    reading.end().await.expect("an end");
    let found = found.expect("findings");
    let any = found.seats.into_iter().filter(|(_, count)| *count > 0);
    (found.is_counted, any.collect(), found.without_seat)
}

#[tokio::test]
async fn what_is_wrong_with_seats_follows_seats_people_and_usage() {
    use SeatFinding::{Idle, NoHopsworksUser, Nobody};
    let (database, store) = service().await;
    database.psql("update console.rollup_state set refreshed_at = null where rollup = 'seats'");
    assert!(
        !wrong(&store).await.0,
        "before it is counted it is not known"
    );
    let counted = async |sql: &str| {
        database.psql(sql);
        let refreshed = rollups::refresh(&store, NOW, true).await.expect("a round");
        assert!(matches!(refreshed, Refreshed::Done { .. }), "{refreshed:?}");
        wrong(&store).await
    };
    // The tables of usage are the truth: rows of the rollups that were put there by hand are none.
    let usage = |day: &str, user: &str| {
        format!(
            "insert into public.usage_daily (user_id, account_owner_id, date, hopsworks_cluster_id, total_cost)
             values ('{user}', '{user}', '{day}', '{EU}', 1)"
        )
    };
    let none = counted(&usage("2026-11-19", "auth0|01")).await;
    assert_eq!(
        none,
        (true, vec![(Nobody, 1), (NoHopsworksUser, 1), (Idle, 7)], 0)
    );
    let two = counted(&usage("2026-11-19", "auth0|04")).await;
    assert_eq!(two.1[2], (Idle, 6), "who worked is idle no more");
    let guest = counted(&usage("2026-11-19", "auth0|11")).await;
    assert_eq!(guest.2, 1, "and who has no seat is told");
    let named = "update public.user_hopsworks_assignments set hopsworks_username = 'u05' where user_id = 'auth0|05'";
    let named = counted(named).await;
    assert_eq!(named.1, [(Nobody, 1), (Idle, 6)]);
    let gone = counted(
        "update public.users set status = 'deleted', deleted_at = now() where id = 'auth0|04'",
    )
    .await;
    assert_eq!(gone.1[0], (Nobody, 2));
    let empty = counted("delete from public.user_hopsworks_assignments").await;
    assert_eq!(
        (empty.0, empty.1),
        (true, vec![]),
        "nothing is wrong where nobody is"
    );
    assert_eq!(empty.2, 3, "whoever worked there had no seat");
}

#[tokio::test]
async fn of_many_findings_the_first_are_read_and_the_others_counted_as_far_as_it_is_worth() {
    let (database, store) = service().await;
    database.psql(&format!(
        "insert into console.cluster_readings (cluster_id, kind, tried_at, read_at, unread) values ('{EU}', 'users', now(), now(), 0);
         insert into console.cluster_findings (cluster_id, kind, subject, basis, severity, since, facts)
         select '{EU}', 'no_hopsworks_user', 'auth0|n' || n, 'users', 'bad', now() - n * interval '1 hour', '{{}}'::jsonb from generate_series(1, 1500) as n
         union all
         select '{EU}', 'ids_differ', 'auth0|0' || n, 'users', 'warn', now(), '{{}}' from generate_series(1, 3) as n
         union all
         select '{EU}', 'node_cordoned', 'n1', 'snapshot', 'warn', now(), '{{}}'"
    ));
    let mut reading = store.read().await.expect("a connection");
    let id = ClusterId::parse(EU).expect("an id");
    let on = cluster_findings::found(&mut reading, &id, 50)
        .await
        .expect("findings");
    reading.end().await.expect("an end");
    let told: Vec<(u32, usize)> = on
        .kinds
        .iter()
        .map(|kind| (kind.count, kind.first.len()))
        .collect();
    assert_eq!(
        told,
        [(1_001, 50), (3, 3)],
        "nobody has looked at its nodes: of these nothing is known"
    );
    assert_eq!(on.kinds[0].first[0].subject, "auth0|n1", "the latest first");
    let known = on.kinds[1].first[0].person.as_ref().expect("a person");
    assert_eq!(known.email, "p1@example.com");
}
