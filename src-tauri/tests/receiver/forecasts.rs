//! When clusters run out of what, by the snapshots on record.

use hopsdesk::domain::capacity::forecast::Forecast;
use hopsdesk::domain::capacity::outlook::Outlook;
use hopsdesk::domain::capacity::recorded::Limited;
use hopsdesk::domain::clusters::{ClustersFilter, ClustersQuery, ClustersSort};
use hopsdesk::store::{clusters, forecasts, overview};
use time::macros::date;

use super::snapshots::{Service, cluster, id, made};

#[tokio::test]
async fn what_runs_out_is_told_from_a_point_a_day() {
    let service = Service::new(vec![made(&[("a", 1_000)])]).await;
    // Forty days on each of which one more seat and a tenth of a core were taken; the hours between do not count.
    service.database.psql(&format!(
        "insert into console.cluster_snapshots
           (cluster_id, taken_at, grain, nodes, seats_taken, seats_limit, cpu_requested, cpu_allocatable, gpu_requested, gpu_allocatable)
         select '{id}', '2026-01-01 00:05Z'::timestamptz + make_interval(days => n), 'day', 1, 40 + n, 100, 1000 + 100 * n, 16000, 0, 0
         from generate_series(0, 39) as n
         union all
         select '{id}', '2026-01-01 12:00Z'::timestamptz + make_interval(days => n), 'hour', 1, 99, 100, 15999, 16000, 0, 0
         from generate_series(0, 39) as n",
        id = id(0)
    ));
    let store = service.database.store();
    let mut reading = store.read().await.expect("a reading");
    let today = Some(date!(2026 - 02 - 09));
    let told = forecasts::of(&mut reading, &cluster(0), today)
        .await
        .expect("forecasts");
    let later = forecasts::of(&mut reading, &cluster(0), Some(date!(2026 - 02 - 20)))
        .await
        .expect("forecasts");
    let earlier = forecasts::of(&mut reading, &cluster(0), Some(date!(2026 - 01 - 20)))
        .await
        .expect("forecasts");
    reading.end().await.expect("it ends");
    let day = |limited| match told.iter().find(|(of, _)| *of == limited) {
        Some((_, Forecast::RunsOut { day, basis, .. })) if basis.days == 40 => *day,
        other => panic!("{other:?}"),
    };
    // 79 of 100 seats on 9 February: 21 days more. 4.9 of 16 cores: 111 days more.
    assert_eq!(day(Limited::Seats), date!(2026 - 03 - 02));
    assert_eq!(day(Limited::Cpu), date!(2026 - 05 - 31));
    assert!(told.contains(&(Limited::Gpu, Forecast::None)));
    assert!(
        told.contains(&(Limited::Memory, Forecast::Unknown)),
        "nobody wrote it down: {told:?}"
    );
    let last = date!(2026 - 02 - 09);
    assert!(
        later.contains(&(Limited::Seats, Forecast::Stale { last })),
        "{later:?}"
    );
    assert!(
        matches!(earlier[0], (Limited::Seats, Forecast::RunsOut { basis, .. }) if basis.days == 20),
        "what comes after the day is not looked at: {earlier:?}"
    );
}

#[tokio::test]
async fn seats_run_out_where_nodes_are_never_seen() {
    let service = Service::new(vec![made(&[])]).await;
    service.database.psql(&format!(
        "insert into console.cluster_snapshots (cluster_id, taken_at, grain, capacity_code, seats_taken, seats_limit)
         select '{id}', '2026-01-01 00:05Z'::timestamptz + make_interval(days => n), 'day', 'no_kubeconfig', 40 + n, 100
         from generate_series(0, 39) as n",
        id = id(0)
    ));
    let store = service.database.store();
    let mut reading = store.read().await.expect("a reading");
    let told = forecasts::of(&mut reading, &cluster(0), Some(date!(2026 - 02 - 09)))
        .await
        .expect("forecasts");
    reading.end().await.expect("it ends");
    assert!(
        matches!(told[0], (Limited::Seats, Forecast::RunsOut { day, .. }) if day == date!(2026 - 03 - 02)),
        "{told:?}"
    );
    assert_eq!(told[1], (Limited::Cpu, Forecast::Unknown));

    service.database.psql(
        "update console.cluster_snapshots set seats_limit = null where taken_at >= '2026-02-09'",
    );
    let mut reading = store.read().await.expect("a reading");
    let unlimited = forecasts::of(&mut reading, &cluster(0), Some(date!(2026 - 02 - 09)))
        .await
        .expect("forecasts");
    reading.end().await.expect("it ends");
    assert_eq!(
        unlimited[0],
        (Limited::Seats, Forecast::Unknown),
        "a limit that was taken away is none"
    );
}

#[tokio::test]
async fn what_is_worked_out_is_kept_with_the_snapshot_and_read_without_its_history() {
    let service = Service::new(vec![made(&[("a", 1_000)])]).await;
    // A seat more each day for forty days; of what the cluster carries nothing is on record before today.
    service.database.psql(&format!(
        "insert into console.cluster_snapshots (cluster_id, taken_at, grain, capacity_code, seats_taken, seats_limit)
         select '{id}', now() - make_interval(days => 40 - n), 'day', 'no_kubeconfig', 60 + n, 100
         from generate_series(0, 39) as n;
         update public.hopsworks_clusters set max_users = 100;
         insert into public.users (id, email) select 'u' || n, 'u' || n || '@x.example' from generate_series(1, 95) as n;
         insert into public.user_hopsworks_assignments (user_id, hopsworks_cluster_id)
         select 'u' || n, '{id}' from generate_series(1, 95) as n",
        id = id(0)
    ));
    let kept = "select string_agg(concat_ws(' ', limited, outlook, day - (now() at time zone 'UTC')::date, days), ', ' order by limited)
        from console.cluster_forecasts";
    assert_eq!(service.database.psql(kept), "", "nothing is made up before");
    assert_eq!(service.look(0).await.known, 1);
    // 95 of 100 seats, and nearly one a day.
    let told = service.database.psql(kept);
    assert!(
        told.contains("cpu too_short 1") && told.contains("seats runs_out 5 41"),
        "{told}"
    );
    let worked_out = "select count(distinct made_at) || ' ' || (max(made_at) = (select max(taken_at) from console.cluster_snapshots))
        from console.cluster_forecasts";
    assert_eq!(service.database.psql(worked_out), "1 true");

    // Without a row of history the list says the same, and so does what needs attention.
    service
        .database
        .psql("delete from console.cluster_snapshots");
    let outlook = listed(&service).await;
    assert!(
        matches!(
            outlook,
            Some(Outlook::RunsOut {
                limited: Limited::Seats,
                ..
            })
        ),
        "{outlook:?}"
    );
    let store = service.database.store();
    let mut reading = store.read().await.expect("a reading");
    let (watched, _) = overview::watch(&mut reading).await.expect("an answer");
    reading.end().await.expect("it ends");
    let soon = watched[0].running_out(service.at(0));
    assert!(soon[0].is_of(Limited::Seats), "{soon:?}");

    // An older program that comes late does not put it back, and what nobody renewed is not shown as if it were of now.
    service.database.psql(&format!(
        "select console.record_forecasts('{}', now() - interval '1 day', '[{{\"limited\": \"seats\", \"outlook\": \"full\"}}]')",
        id(0)
    ));
    assert_eq!(service.database.psql(kept), told);
    service
        .database
        .psql("update console.cluster_forecasts set made_at = now() - interval '4 days'");
    let outlook = listed(&service).await;
    assert!(
        matches!(outlook, Some(Outlook::Stale { .. })),
        "{outlook:?}"
    );
}

/// What the list of clusters says of the first one, in the order of what runs out first.
async fn listed(service: &Service) -> Option<Outlook> {
    let store = service.database.store();
    let mut reading = store.read().await.expect("a reading");
    let query = ClustersQuery {
        filter: ClustersFilter::default(),
        sort: ClustersSort::RunsOut,
        descending: false,
        after: None,
        limit: 10,
    };
    let now = service.at(0);
    let (slice, _) = clusters::page(&mut reading, &query, now)
        .await
        .expect("a page");
    reading.end().await.expect("it ends");
    let kept = slice.rows[0].forecasts.as_ref()?;
    Some(kept.outlook(now))
}
