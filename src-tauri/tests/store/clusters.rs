//! Clusters: every one once, whoever names it; seats by all three counts; and what is wrong with them.

mod found;

use hopsdesk::domain::capacity::outlook::Outlook;
use hopsdesk::domain::capacity::recorded::Limited;
use hopsdesk::domain::clusters::{
    ClusterFindings, ClusterRow, ClusterStatus, ClustersFilter, ClustersQuery, ClustersSort,
    SeatFinding, Seated, SeatedQuery, SeatedSort,
};
use hopsdesk::domain::ids::ClusterId;
use hopsdesk::domain::overview::Fill;
use hopsdesk::domain::period::Days;
use hopsdesk::domain::slice::Part;
use hopsdesk::domain::usage::Metric;
use hopsdesk::store::door::Store;
use hopsdesk::store::rollups::{self, Refreshed};
use hopsdesk::store::{cluster_findings, cluster_page, clusters};
use rust_decimal::dec;
use time::OffsetDateTime;
use time::macros::{date, datetime};

use crate::support::database::{Kind, TestDatabase};

const NOW: OffsetDateTime = datetime!(2026-11-20 12:00 UTC);
const EU: &str = "00000000-0000-0000-0000-000000000001";
const US: &str = "00000000-0000-0000-0000-000000000002";
const EMPTY: &str = "00000000-0000-0000-0000-000000000003";
/// Named by usage and seats of the rollups alone.
const GONE: &str = "00000000-0000-0000-0000-00000000dead";

const SORTS: [ClustersSort; 10] = [
    ClustersSort::Name,
    ClustersSort::Region,
    ClustersSort::Fill,
    ClustersSort::Assigned,
    ClustersSort::Drift,
    ClustersSort::People,
    ClustersSort::RunsOut,
    ClustersSort::MonthCost,
    ClustersSort::MonthBeforeCost,
    ClustersSort::AssignedLately,
];

/// Three clusters, one nobody put on record, twelve people, and rollups filled by hand.
const SERVICE: &str = "
insert into public.hopsworks_clusters (id, name, api_url, api_key, region, max_users, current_users, status)
values
  ('00000000-0000-0000-0000-000000000001', 'eu-west-1', 'https://eu.example', 'secret', 'eu', 10, 11, 'active'),
  ('00000000-0000-0000-0000-000000000002', 'us-east-1', 'https://us.example', 'secret', null, 100, 1, 'maintenance'),
  ('00000000-0000-0000-0000-000000000003', 'ap-south-1', 'https://ap.example', 'secret', 'ap', 0, 0, 'active');
insert into public.users (id, email, name, status, created_at, deleted_at)
select 'auth0|' || lpad(n::text, 2, '0'), 'p' || n || '@example.com',
       case when n % 4 <> 0 then 'Name ' || n % 3 end,
       case when n = 3 then 'deleted' else 'active' end, '2026-01-01', case when n = 3 then now() end
from generate_series(1, 12) n;
update public.users set account_owner_id = 'auth0|01' where id in ('auth0|02', 'auth0|04');
insert into public.user_hopsworks_assignments
  (user_id, hopsworks_cluster_id, assigned_by, assigned_at, hopsworks_username)
select id, '00000000-0000-0000-0000-000000000001', 'admin',
       timestamptz '2026-11-01' + (right(id, 2)::int / 3) * interval '1 day',
       case when right(id, 2) <> '05' then 'u' || right(id, 2) end
from public.users where right(id, 2)::int <= 9;
insert into console.cluster_seats (cluster_id, assigned, assigned_lately, last_assigned_at) values
  ('00000000-0000-0000-0000-000000000001', 9, 9, '2026-11-04'),
  ('00000000-0000-0000-0000-00000000dead', 2, 0, '2025-01-01');
insert into console.usage_by_cluster_day (day, cluster_id, total_cost, cpu_hours, people) values
  ('2026-11-18', '00000000-0000-0000-0000-000000000001', 10.000000001, 5, 4),
  ('2026-11-19', '00000000-0000-0000-0000-000000000001', 2.5, null, 3),
  ('2026-10-31', '00000000-0000-0000-0000-000000000001', 7, 1, 2),
  ('2026-11-19', '', 99, 9, 9),
  ('2026-09-01', '00000000-0000-0000-0000-00000000dead', 1, 1, 1),
  ('2026-11-01', '00000000-0000-0000-0000-000000000002', 3, 1, 1);
insert into console.usage_recent (day, user_id, account_id, cluster_id) values
  ('2026-11-19', 'auth0|01', 'auth0|01', '00000000-0000-0000-0000-000000000001'),
  ('2026-11-19', 'auth0|11', 'auth0|11', '00000000-0000-0000-0000-000000000001'),
  ('2026-11-18', 'auth0|12', 'auth0|12', '00000000-0000-0000-0000-000000000001');
insert into console.usage_by_user_month
  (user_id, month, account_id, total_cost, days, days_seen, last_day, user_cost, leads)
values ('auth0|01', '2026-11-01', 'auth0|01', 12.25, 2, 3, '2026-11-19', 12.25, true),
       ('auth0|02', '2026-10-01', 'auth0|01', 1, 1, 1, '2026-10-01', 1, true);
insert into console.cluster_forecasts (cluster_id, limited, outlook, day, earliest, days, basis_from, basis_to, made_at) values
  ('00000000-0000-0000-0000-000000000001', 'cpu', 'runs_out', current_date + 40, current_date + 20, 30, current_date - 30, current_date, now()),
  ('00000000-0000-0000-0000-000000000001', 'memory', 'too_short', null, null, 3, null, null, now()),
  ('00000000-0000-0000-0000-000000000002', 'gpu', 'full', null, null, null, null, null, now()),
  ('00000000-0000-0000-0000-000000000003', 'seats', 'runs_out', current_date + 1, current_date, 30, current_date - 39, current_date - 9, now() - interval '9 days');
insert into console.rollup_state (rollup) values ('seats'), ('usage') on conflict do nothing;
update console.rollup_state set refreshed_at = '2026-11-20 11:58+00';
";

async fn service() -> (TestDatabase, Store) {
    let database = TestDatabase::new(Kind::Managed).await;
    database.psql(SERVICE);
    let store = database.store();
    (database, store)
}

fn query(sort: ClustersSort, descending: bool, limit: u16) -> ClustersQuery {
    ClustersQuery {
        filter: ClustersFilter::default(),
        sort,
        descending,
        after: None,
        limit,
    }
}

async fn all(store: &Store, mut query: ClustersQuery) -> Vec<ClusterRow> {
    let mut rows = Vec::new();
    loop {
        let mut reading = store.read().await.expect("a connection");
        let (slice, as_of) = clusters::page(&mut reading, &query, NOW)
            .await
            .expect("a page");
        reading.end().await.expect("an end");
        assert_eq!(as_of, Some(datetime!(2026-11-20 11:58 UTC)));
        assert!(slice.rows.len() <= query.limit.into());
        rows.extend(slice.rows);
        match slice.next {
            Some(next) => query.after = Some(next),
            None => return rows,
        }
        assert!(rows.len() < 100, "paging must come to an end");
    }
}

fn ids(rows: &[ClusterRow]) -> Vec<&str> {
    rows.iter().map(|row| row.id.as_str()).collect()
}

#[tokio::test]
async fn what_runs_out_first_comes_first_and_what_was_said_long_ago_does_not() {
    let (database, store) = service().await;
    let rows = all(&store, query(ClustersSort::RunsOut, false, 1)).await;
    assert_eq!(ids(&rows), [US, EU, EMPTY, GONE]);
    let now = database.psql("select extract(epoch from now())::bigint");
    let now = OffsetDateTime::from_unix_timestamp(now.parse().expect("a number")).expect("a time");
    let outlook = |row: &ClusterRow| row.forecasts.as_ref().map(|kept| kept.outlook(now));
    assert!(matches!(
        outlook(&rows[0]),
        Some(Outlook::Full(Limited::Gpu))
    ));
    assert!(matches!(
        outlook(&rows[1]),
        Some(Outlook::RunsOut {
            limited: Limited::Cpu,
            ..
        })
    ));
    assert!(matches!(outlook(&rows[2]), Some(Outlook::Stale { .. })));
    assert_eq!(outlook(&rows[3]), None);
}

#[tokio::test]
async fn paging_shows_every_cluster_once_in_the_order_of_one_long_page() {
    let (_database, store) = service().await;
    for sort in SORTS {
        for descending in [true, false] {
            let at_once = all(&store, query(sort, descending, 50)).await;
            let mut each = ids(&at_once);
            each.sort_unstable();
            assert_eq!(each, [EU, US, EMPTY, GONE], "{sort:?} shows each once");
            let in_pages = all(&store, query(sort, descending, 1)).await;
            assert_eq!(
                ids(&in_pages),
                ids(&at_once),
                "{sort:?}, descending {descending}"
            );
        }
    }
}

#[tokio::test]
async fn a_row_says_what_is_counted_and_what_is_not() {
    let (_database, store) = service().await;
    let rows = all(&store, query(ClustersSort::MonthCost, true, 50)).await;
    assert_eq!(
        ids(&rows),
        [EU, US, EMPTY, GONE],
        "without a cost last, by id"
    );
    let (eu, us, empty, gone) = (&rows[0], &rows[1], &rows[2], &rows[3]);

    assert_eq!(eu.month.cost, Some(dec!(12.500000001)), "every digit");
    assert_eq!(eu.month_before.cost, Some(dec!(7)));
    assert_eq!(eu.used, Some((3, date!(2026 - 11 - 19))), "the last day");
    assert_eq!(
        (eu.seats.drift(), eu.seats.fill()),
        (Some(2), Fill::NearlyFull)
    );

    assert_eq!(us.seats.assigned, Some(0), "counted, and nobody is there");
    assert_eq!(us.seats.drift(), Some(1));
    assert_eq!(us.status, ClusterStatus::Maintenance);

    assert_eq!(empty.month.cost, None, "no usage is no zero");
    assert_eq!(
        empty.seats.percent(),
        None,
        "a limit of none cannot be filled"
    );

    assert_eq!(
        (gone.status, gone.name.as_deref()),
        (ClusterStatus::Missing, None)
    );
    assert_eq!(gone.seats.assigned, Some(2));
    assert_eq!(gone.seats.drift(), None);
}

#[tokio::test]
async fn seats_that_nobody_counted_yet_are_not_zero() {
    let (database, store) = service().await;
    database.psql(
        "update console.rollup_state set refreshed_at = null; delete from console.cluster_seats",
    );
    let mut reading = store.read().await.expect("a connection");
    let (slice, as_of) = clusters::page(&mut reading, &query(ClustersSort::Name, false, 50), NOW)
        .await
        .expect("a page");
    assert_eq!(as_of, None);
    for row in slice.rows {
        assert_eq!(row.seats.assigned, None, "{:?}", row.name);
    }
}

#[tokio::test]
async fn filters_narrow_the_list_and_the_count() {
    let (_database, store) = service().await;
    for (text, statuses, expected) in [
        (Some("EU"), vec![], vec![EU]),
        (Some("%"), vec![], vec![]),
        (Some(GONE), vec![], vec![GONE]),
        (None, vec![ClusterStatus::Missing], vec![GONE]),
        (
            None,
            vec![ClusterStatus::Active, ClusterStatus::Maintenance],
            vec![EMPTY, EU, US],
        ),
    ] {
        let filter = ClustersFilter {
            text: text.map(str::to_owned),
            statuses,
            ..ClustersFilter::default()
        };
        let mut reading = store.read().await.expect("a connection");
        let query = ClustersQuery {
            filter: filter.clone(),
            ..query(ClustersSort::Name, false, 50)
        };
        let (slice, _) = clusters::page(&mut reading, &query, NOW)
            .await
            .expect("a page");
        assert_eq!(ids(&slice.rows), expected, "{filter:?}");
    }
}

#[tokio::test]
async fn a_cluster_that_only_usage_names_has_a_page_and_a_made_up_one_has_none() {
    let (_database, store) = service().await;
    let mut reading = store.read().await.expect("a connection");
    let id = |text| ClusterId::parse(text).expect("an id");
    let gone = clusters::detail(&mut reading, &id(GONE), NOW)
        .await
        .expect("an answer")
        .expect("a cluster");
    assert_eq!(
        (gone.row.status, gone.api_url),
        (ClusterStatus::Missing, None)
    );
    let nothing = clusters::detail(&mut reading, &id("nowhere"), NOW)
        .await
        .expect("an answer");
    assert_eq!(nothing, None);

    let days = Days::between(date!(2026 - 11 - 17), date!(2026 - 11 - 20));
    let series = clusters::usage(&mut reading, &id(EU), Metric::CpuHours, days)
        .await
        .expect("a series");
    let values: Vec<_> = series.days.iter().map(|day| day.value).collect();
    assert_eq!(
        values,
        [None, Some(dec!(5)), None, None],
        "a day without hours is a gap"
    );
}

fn seated(sort: SeatedSort, descending: bool, limit: u16) -> SeatedQuery {
    SeatedQuery {
        cluster: ClusterId::parse(EU).expect("an id"),
        text: None,
        finding: None,
        sort,
        descending,
        after: None,
        limit,
    }
}

async fn people(store: &Store, mut query: SeatedQuery) -> Vec<Seated> {
    let mut rows = Vec::new();
    loop {
        let mut reading = store.read().await.expect("a connection");
        let slice = cluster_page::people(&mut reading, &query, NOW)
            .await
            .expect("a page");
        rows.extend(slice.rows);
        match slice.next {
            Some(next) => query.after = Some(next),
            None => return rows,
        }
        assert!(rows.len() < 100, "paging must come to an end");
    }
}

fn who(rows: &[Seated]) -> Vec<&str> {
    rows.iter().map(|row| row.user_id.as_str()).collect()
}

#[tokio::test]
async fn everybody_on_a_cluster_is_listed_once_whatever_the_order() {
    let (_database, store) = service().await;
    for sort in [
        SeatedSort::Assigned,
        SeatedSort::Name,
        SeatedSort::MonthCost,
    ] {
        for descending in [true, false] {
            let at_once = people(&store, seated(sort, descending, 50)).await;
            assert_eq!(at_once.len(), 9, "{sort:?}");
            let in_pages = people(&store, seated(sort, descending, 2)).await;
            assert_eq!(who(&in_pages), who(&at_once), "{sort:?} {descending}");
        }
    }
    let dearest = people(&store, seated(SeatedSort::MonthCost, true, 50)).await;
    assert_eq!(dearest[0].month_cost, Some(dec!(12.25)));
    assert_eq!(dearest[1].month_cost, None, "no usage is no zero");
    assert_eq!(
        dearest[0].team.as_deref(),
        Some("Name 1"),
        "the owner's team"
    );
    assert_eq!(dearest[4].team, None, "somebody who works alone");
}

#[tokio::test]
async fn projects_say_whose_they_are() {
    let (database, store) = service().await;
    database.psql(
        "insert into public.user_projects
           (user_id, hopsworks_cluster_id, project_id, project_name, namespace, status, last_seen_at)
         select 'auth0|01', '00000000-0000-0000-0000-000000000001', n, 'p_' || n, 'p-' || n,
                case when n = 2 then 'inactive' else 'active' end,
                case when n <> 3 then timestamptz '2026-11-01' + n * interval '1 hour' end
         from generate_series(1, 4) n",
    );
    let id = ClusterId::parse(EU).expect("an id");
    let mut after = None;
    let mut names = Vec::new();
    for _ in 0..4 {
        let mut reading = store.read().await.expect("a connection");
        let slice = cluster_page::projects(&mut reading, &id, &Part { after, limit: 1 }, false)
            .await
            .expect("projects");
        assert_eq!(
            slice.rows[0].owner.as_ref().unwrap().email,
            "p1@example.com"
        );
        names.push(slice.rows[0].project.name.clone().unwrap());
        after = slice.next;
    }
    assert_eq!(
        names,
        ["p_4", "p_2", "p_1", "p_3"],
        "the one never seen last"
    );
    assert_eq!(after, None);
    let mut reading = store.read().await.expect("a connection");
    let by_seat = cluster_page::projects(
        &mut reading,
        &id,
        &Part {
            after: None,
            limit: 9,
        },
        true,
    )
    .await
    .expect("projects");
    assert_eq!(by_seat.rows.len(), 4, "found by the owner's seat");
}

#[tokio::test]
async fn a_service_of_the_second_generation_has_clusters_without_what_it_lacks() {
    let database = TestDatabase::new(Kind::G2).await;
    let store = database.store();
    let mut reading = store.read().await.expect("a connection");
    let (slice, _) = clusters::page(&mut reading, &query(ClustersSort::Fill, true, 50), NOW)
        .await
        .expect("a page");
    for row in &slice.rows {
        let found = cluster_page::findings(&mut reading, &row.id).await;
        found.expect("findings");
    }
    let nobody = ClusterId::parse("nowhere").expect("an id");
    let projects = cluster_page::projects(
        &mut reading,
        &nobody,
        &Part {
            after: None,
            limit: 5,
        },
        true,
    )
    .await
    .expect("no projects, and no failure");
    assert_eq!(projects.rows, []);
}
