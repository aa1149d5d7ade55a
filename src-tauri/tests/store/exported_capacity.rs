//! What clusters carry as files: to the last row, where the screen shows the first hundred, and exact.

use std::io::Cursor;
use std::sync::Arc;

use hopsdesk::domain::clock::FixedClock;
use hopsdesk::domain::ids::{ClusterId, UserId};
use hopsdesk::domain::lacks::Lacks;
use hopsdesk::reports::Format;
use hopsdesk::usecases::desk::Desk;
use hopsdesk::usecases::export_list::{Origin, Progress, export_list};
use hopsdesk::usecases::exported::Listing;
use hopsdesk::usecases::exported::capacity::{ClusterCustomers, ClusterNodes, UserFootprint};
use hopsdesk::usecases::show_capacity::MOST_SHOWN;
use rust_decimal::Decimal;
use time::macros::datetime;

use super::exports::{read_csv, said};
use crate::support::database::{Kind, TestDatabase};

const CLUSTER: &str = "00000000-0000-4000-8000-0000000000c1";

/// A cluster of more nodes and customers than a screen shows, one of whom has more projects than that; some of whom
/// nobody knows what they use or cost.
const CROWD: &str = "
insert into public.hopsworks_clusters (id, name, api_url, max_users, current_users, region) values
  ('00000000-0000-4000-8000-0000000000c1', 'eu-1', 'https://eu.example.com', 400, 0, 'eu-north-1');
insert into public.users (id, email, name)
select 'auth0|' || n, 'person' || n || '@example.com', 'Person ' || n from generate_series(1, 130) n;
insert into public.user_projects (user_id, hopsworks_cluster_id, project_id, project_name, namespace)
select 'auth0|' || greatest(1, n - 119), '00000000-0000-4000-8000-0000000000c1', n, 'project' || n, 'project-' || n
from generate_series(1, 249) n;
insert into console.cluster_namespaces
select '00000000-0000-4000-8000-0000000000c1', 'project-' || n, timestamptz '2026-11-20 11:58Z', 2, n % 3, n * 7 + 1, 0,
       case when n % 4 > 0 then n * 5 + 3 end, n * 1000003, 0, case when n % 4 > 0 then n * 700001 end, n % 2, 0, 1, n * 500009, 0
from generate_series(1, 260) n;
insert into console.namespace_costs (cluster_id, namespace, cost)
select '00000000-0000-4000-8000-0000000000c1', 'project-' || n, case when n % 5 > 0 then n * 0.0123 end from generate_series(1, 260) n;
insert into console.cluster_nodes
select '00000000-0000-4000-8000-0000000000c1', 'node-' || n, timestamptz '2026-11-20 11:58Z', case when n % 9 > 0 then n % 7 > 0 end,
       case when n % 7 = 0 then 'KubeletNotReady' end, null, n % 11 = 0, null, '{}', case when n % 13 = 0 then '{MemoryPressure}'::text[] else '{}' end,
       'm5.large', 'v1.30', n % 20, 110, 8000, 7910, n * 31, n * 40, case when n % 6 > 0 then n * 11 end,
       34359738368, 33000000000 + n, n * 1000007, n * 1000009, case when n % 6 > 0 then n * 900007 end, 1, 1, n % 2, null, 0
from generate_series(1, 115) n;
";

#[tokio::test]
async fn what_a_cluster_carries_is_saved_to_the_last_row() {
    let database = TestDatabase::new(Kind::Managed).await;
    database.psql(CROWD);
    let now = datetime!(2026-11-20 12:00 UTC);
    let clock = Arc::new(FixedClock(now));
    let desk = Desk::new(database.store(), Lacks::default(), clock);
    let cluster = ClusterId::parse(CLUSTER).expect("an id");
    let user = UserId::parse("auth0|1").expect("an id");
    let mine = "(select * from console.cluster_namespaces h left join console.namespace_costs c using (cluster_id, namespace)
                 where substr(namespace, 9)::int <= 120) h";
    let all = "(select * from console.cluster_namespaces h left join console.namespace_costs c using (cluster_id, namespace)) h";
    let cases = [
        (
            Listing::ClusterCustomers(ClusterCustomers::new(&desk, cluster.clone())),
            // Those with a project, and each of the eleven namespaces that no project accounts for.
            "select 130 + 11".to_owned(),
            vec![
                (
                    "Total CPU requested (cores)",
                    format!("select sum(cpu_requested) * 0.001 from {all}"),
                ),
                (
                    "Total Volumes claimed (bytes)",
                    format!("select sum(disk_requested) from {all}"),
                ),
                (
                    "Total GPU requested (devices)",
                    format!("select sum(gpu_requested) from {all}"),
                ),
                // Of an account of which something is not known, nothing is said; the first has 120 namespaces.
                (
                    "Total Cost (USD)",
                    format!("select sum(cost) from {all} where substr(namespace, 9)::int > 120"),
                ),
            ],
        ),
        (
            Listing::ClusterNodes(ClusterNodes(cluster)),
            "select count(*) from console.cluster_nodes".to_owned(),
            vec![
                (
                    "Total CPU used (cores)",
                    "select sum(cpu_used) * 0.001 from console.cluster_nodes".to_owned(),
                ),
                (
                    "Total Memory allocatable (bytes)",
                    "select sum(memory_allocatable) from console.cluster_nodes".to_owned(),
                ),
            ],
        ),
        (
            Listing::UserFootprint(UserFootprint::new(&desk, user)),
            format!("select count(*) from {mine}"),
            vec![
                (
                    "Total Memory used (bytes)",
                    format!("select sum(memory_used) from {mine}"),
                ),
                ("Total Cost (USD)", format!("select sum(cost) from {mine}")),
            ],
        ),
    ];
    for (listing, rows_sql, totals) in cases {
        let sink = Cursor::new(Vec::new());
        let (progress, origin) = (Progress::default(), Origin::default());
        let bytes = export_list(&desk, &listing, Format::Csv, &origin, sink, &progress)
            .await
            .unwrap_or_else(|error| panic!("{listing:?}: {error:?}"))
            .into_inner();
        let (rows, about) = read_csv(&bytes);
        assert!(rows.len() > usize::from(MOST_SHOWN), "{listing:?}");
        assert_eq!(
            rows.len().to_string(),
            database.psql(&rows_sql),
            "{listing:?}"
        );
        for (name, sql) in totals {
            let number = |text: &str| text.parse::<Decimal>().expect("a number");
            assert_eq!(
                number(said(&about, name)),
                number(&database.psql(&sql)),
                "{listing:?}: {name}"
            );
        }
    }
}
