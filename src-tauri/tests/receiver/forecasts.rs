//! When clusters run out of what, by the snapshots on record.

use hopsdesk::domain::capacity::forecast::Forecast;
use hopsdesk::domain::capacity::recorded::Limited;
use hopsdesk::store::capacity;
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
    let told = capacity::forecasts(&mut reading, &cluster(0), today)
        .await
        .expect("forecasts");
    let later = capacity::forecasts(&mut reading, &cluster(0), Some(date!(2026 - 02 - 20)))
        .await
        .expect("forecasts");
    let earlier = capacity::forecasts(&mut reading, &cluster(0), Some(date!(2026 - 01 - 20)))
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
    let told = capacity::forecasts(&mut reading, &cluster(0), Some(date!(2026 - 02 - 09)))
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
    let unlimited = capacity::forecasts(&mut reading, &cluster(0), Some(date!(2026 - 02 - 09)))
        .await
        .expect("forecasts");
    reading.end().await.expect("it ends");
    assert_eq!(
        unlimited[0],
        (Limited::Seats, Forecast::Unknown),
        "a limit that was taken away is none"
    );
}
