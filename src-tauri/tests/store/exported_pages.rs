//! Lists on pages and charts as files: rows and totals of each against plain SQL over the service's own
//! tables, on a fresh service and on two older generations.

use std::io::Cursor;
use std::sync::Arc;

use hopsdesk::domain::clock::FixedClock;
use hopsdesk::domain::clusters::{
    ClustersFilter, ClustersQuery, ClustersSort, SeatedQuery, SeatedSort,
};
use hopsdesk::domain::comparison::Period;
use hopsdesk::domain::fleet::UsageQuery;
use hopsdesk::domain::ids::{ClusterId, UserId};
use hopsdesk::domain::lacks::Lacks;
use hopsdesk::domain::period::Days;
use hopsdesk::reports::Format;
use hopsdesk::usecases::chart_usage::ChartSubject;
use hopsdesk::usecases::desk::Desk;
use hopsdesk::usecases::export_list::{Origin, Progress, export_list};
use hopsdesk::usecases::exported::Listing;
use hopsdesk::usecases::exported::clusters::ClusterProjects;
use hopsdesk::usecases::exported::usage::{UsageByCluster, UsageByDay, UsageByDayAndCluster};
use hopsdesk::usecases::exported::user_lists::{UserList, UserListQuery};
use rust_decimal::Decimal;
use time::OffsetDateTime;
use time::macros::datetime;

use super::exports::{count_at, read_csv, said};
use crate::support::database::{Kind, TestDatabase};

/// An owner with a team of 320, two clusters, and more of everything than any page shows at once.
const TEAM: &str = "
insert into public.hopsworks_clusters (id, name, api_url, max_users, current_users, region) values
  ('00000000-0000-4000-8000-0000000000c1', 'eu-1', 'https://eu.example.com', 400, 311, 'eu-north-1'),
  ('00000000-0000-4000-8000-0000000000c2', 'us-1', 'https://us.example.com', 400, 3, 'us-east-1');
insert into public.users (id, email, name, account_owner_id, created_at)
select 'auth0|' || n, 'person' || n || '@example.com', 'Person ' || n,
       case when n > 1 then 'auth0|1' end, timestamptz '2026-01-01' + n * interval '1 hour'
from generate_series(1, 321) n;
insert into public.user_hopsworks_assignments (user_id, hopsworks_cluster_id)
select id, ('00000000-0000-4000-8000-0000000000c' || (1 + right(id, 1)::int % 2))::uuid from public.users;
insert into public.usage_daily (user_id, account_owner_id, date, hopsworks_cluster_id, cpu_hours, storage_gb, total_cost)
select u.id, 'auth0|1', date '2026-11-20' - d, case when d % 5 > 0 then a.hopsworks_cluster_id end,
       d * 0.37, 2, 0.0123 * d + right(u.id, 1)::int * 0.001
from public.users u join public.user_hopsworks_assignments a on a.user_id = u.id
cross join generate_series(0, 40) d;
insert into public.team_invites (account_owner_id, email, token, created_at, expires_at, accepted_at)
select 'auth0|1', 'invited' || n || '@example.com', md5(n::text) || md5('t' || n), timestamptz '2026-11-10' + n * interval '1 hour',
       timestamptz '2026-11-17' + n * interval '1 hour',
       case when n % 3 = 0 then timestamptz '2026-11-12' + n * interval '1 hour' end
from generate_series(1, 260) n;
insert into public.invoices (user_id, invoice_number, amount, status, currency, created_at)
select 'auth0|1', 'HD-' || n, n * 1.01, (array['open', 'paid'])[1 + n % 2], (array['usd', 'eur'])[1 + n % 2],
       timestamptz '2026-01-01' + n * interval '1 hour'
from generate_series(1, 250) n;
insert into public.user_projects (user_id, hopsworks_cluster_id, project_id, project_name, namespace)
select 'auth0|1', '00000000-0000-4000-8000-0000000000c1', n, 'project' || n, 'project-' || n
from generate_series(1, 230) n;
insert into public.feature_groups (user_id, name) select 'auth0|1', '=group' || n from generate_series(1, 240) n;
insert into public.model_deployments (user_id, name) select 'auth0|1', 'model' || n from generate_series(1, 235) n;
insert into public.health_check_failures (user_id, check_type, error_message, resolved_at)
select 'auth0|1', 'missing_hopsworks_user', 'not found ' || n, case when n % 2 = 0 then now() end
from generate_series(1, 245) n;
insert into public.user_pricing_overrides (user_id, resource_type, override_price)
values ('auth0|1', 'cpu_hours', 0.08), ('auth0|1', 'gpu_hours', 1.5);
";

/// A database to export from, and the ids to export.
struct Service {
    kind: Kind,
    now: OffsetDateTime,
    owner: &'static str,
    member: &'static str,
    cluster: &'static str,
    fill: &'static str,
}

const SERVICES: [Service; 3] = [
    Service {
        kind: Kind::Managed,
        now: datetime!(2026-11-20 12:00 UTC),
        owner: "auth0|1",
        member: "auth0|9",
        cluster: "00000000-0000-4000-8000-0000000000c1",
        fill: TEAM,
    },
    Service {
        kind: Kind::G2,
        now: datetime!(2025-02-03 12:00 UTC),
        owner: "auth0|g2-olga",
        member: "auth0|g2-max",
        cluster: "00000000-0000-4000-8000-0000000000c1",
        fill: "",
    },
    Service {
        kind: Kind::G3,
        now: datetime!(2025-06-20 12:00 UTC),
        owner: "auth0|g3-eve",
        member: "auth0|g3-gus",
        cluster: "00000000-0000-4000-8000-0000000000e1",
        fill: "",
    },
];

#[tokio::test]
async fn every_list_of_a_page_holds_what_the_tables_hold() {
    for service in SERVICES {
        let database = TestDatabase::new(service.kind).await;
        if !service.fill.is_empty() {
            database.psql(service.fill);
        }
        let clock = Arc::new(FixedClock(service.now));
        let desk = Desk::new(database.store(), Lacks::default(), clock);
        count_at(&desk, service.now).await;
        for (listing, rows_sql, total) in expectations(&desk, &service) {
            let sink = Cursor::new(Vec::new());
            let progress = Progress::default();
            let origin = Origin::default();
            let case = format!("{:?}: {listing:?}", service.kind);
            let bytes = export_list(&desk, &listing, Format::Csv, &origin, sink, &progress)
                .await
                .unwrap_or_else(|error| panic!("{case}: {error:?}"))
                .into_inner();
            let (rows, about) = read_csv(&bytes);
            let recorded = database.psql(&rows_sql);
            assert_eq!(rows.len().to_string(), recorded, "{case}");
            assert_eq!(said(&about, "Rows"), recorded, "{case}");
            for (name, sql) in total {
                let sql = match service.kind {
                    // Where both are there, the service's own figure is the one that was billed.
                    Kind::G3 => sql
                        .replace(
                            "sum(d.total_cost",
                            "sum(coalesce(d.total_cost, d.opencost_total_cost)",
                        )
                        .replace(
                            "sum(total_cost",
                            "sum(coalesce(total_cost, opencost_total_cost)",
                        ),
                    _ => sql,
                };
                let recorded = database.psql(&sql);
                let number = |text: &str| text.parse::<Decimal>().expect("a number");
                if recorded.is_empty() {
                    assert!(about.iter().all(|(each, _)| *each != name), "{case}");
                } else {
                    assert_eq!(
                        number(said(&about, &name)),
                        number(&recorded),
                        "{case}: {name}"
                    );
                }
            }
        }
    }
}

/// A list, a statement that counts its rows, and statements for its control totals by name.
type Expected = (Listing, String, Vec<(String, String)>);

/// What each list is held against.
#[expect(
    clippy::too_many_lines,
    reason = "an expectation for each list, one after the other"
)]
fn expectations(desk: &Desk, service: &Service) -> Vec<Expected> {
    let Service {
        now,
        owner,
        member,
        cluster,
        ..
    } = *service;
    let owner_id = UserId::parse(owner).expect("an id");
    let member_id = UserId::parse(member).expect("an id");
    let cluster_id = ClusterId::parse(cluster).expect("an id");
    let month = format!("{}-{:02}", now.year(), u8::from(now.month()));
    let costs = |name: &str, sql: String| vec![(format!("Total {name} (USD)"), sql)];
    let this_month = format!(
        "date >= date '{month}-01' and date <= date '{}'",
        now.date()
    );
    let count = |table: &str, user: &str| {
        format!("select count(*) from public.{table} where user_id = '{user}'")
    };
    let of = |list: UserList| Listing::OfUser(UserListQuery::new(desk, owner_id.clone(), list));
    let days = Days::ending(now.date(), 30);
    let within = format!(
        "date between date '{}' and date '{}'",
        days.first(),
        days.last()
    );
    let usage = UsageQuery {
        period: Period::between(days.first(), days.last(), now.date()).expect("a period"),
        cluster: None,
        account: None,
    };
    let of_account = UsageQuery {
        account: Some(owner_id.clone()),
        ..usage.clone()
    };
    let by_day = |subject| Listing::UsageByDay(UsageByDay { subject, days });
    let people = format!(
        "select count(*) from public.users where '{owner}' in (id, account_owner_id) and status is distinct from 'gone'"
    );
    let owned = format!("coalesce(account_owner_id, user_id) = '{owner}'");
    let mut all = vec![
        (
            Listing::Clusters(ClustersQuery {
                filter: ClustersFilter::default(),
                sort: ClustersSort::MonthCost,
                descending: true,
                after: None,
                limit: 1,
            }),
            "select count(*) from public.hopsworks_clusters".to_owned(),
            costs(
                &format!("Cost {month}"),
                format!("select sum(total_cost) from public.usage_daily where {this_month} and hopsworks_cluster_id is not null"),
            ),
        ),
        (
            Listing::Seated(SeatedQuery {
                cluster: cluster_id.clone(),
                text: None,
                finding: None,
                sort: SeatedSort::MonthCost,
                descending: true,
                after: None,
                limit: 1,
            }),
            format!("select count(*) from public.user_hopsworks_assignments where hopsworks_cluster_id = '{cluster}'"),
            costs(
                &format!("Cost {month}"),
                format!("select sum(d.total_cost) from public.usage_daily d join public.user_hopsworks_assignments a
                         on a.user_id = d.user_id and a.hopsworks_cluster_id = '{cluster}' where {this_month}"),
            ),
        ),
        (
            by_day(ChartSubject::Service),
            format!("select count(distinct date) from public.usage_daily where {within}"),
            costs("Cost", format!("select sum(total_cost) from public.usage_daily where {within}")),
        ),
        (
            by_day(ChartSubject::Person(member_id)),
            format!("select count(distinct date) from public.usage_daily where {within} and user_id = '{member}'"),
            costs("Cost", format!("select sum(total_cost) from public.usage_daily where {within} and user_id = '{member}'")),
        ),
        (
            by_day(ChartSubject::Team(owner_id.clone())),
            format!("select count(distinct date) from public.usage_daily where {within} and {owned}"),
            costs("Cost", format!("select sum(total_cost) from public.usage_daily where {within} and {owned}")),
        ),
        (
            by_day(ChartSubject::Cluster(cluster_id.clone())),
            format!("select count(distinct date) from public.usage_daily where {within} and hopsworks_cluster_id = '{cluster}'"),
            costs("Cost", format!("select sum(total_cost) from public.usage_daily where {within} and hopsworks_cluster_id = '{cluster}'")),
        ),
        (
            Listing::UsageByDayAndCluster(UsageByDayAndCluster(usage.clone())),
            format!("select count(*) from (select distinct date, hopsworks_cluster_id from public.usage_daily where {within}) d"),
            costs("Cost", format!("select sum(total_cost) from public.usage_daily where {within}")),
        ),
        (
            Listing::UsageByDayAndCluster(UsageByDayAndCluster(of_account)),
            format!("select count(*) from (select distinct date, hopsworks_cluster_id from public.usage_daily where {within} and {owned}) d"),
            costs("Cost", format!("select sum(total_cost) from public.usage_daily where {within} and {owned}")),
        ),
        (
            Listing::UsageByCluster(UsageByCluster(usage.clone())),
            format!("select count(*) from (select distinct hopsworks_cluster_id from public.usage_daily
                     where date between date '{}' and date '{}') d", usage.period.previous().first(), days.last()),
            costs("Cost", format!("select sum(total_cost) from public.usage_daily where {within}")),
        ),
        (
            of(UserList::Members),
            people.clone(),
            costs(
                &format!("Cost {month}"),
                format!("select sum(d.total_cost) from public.usage_daily d join public.users u on u.id = d.user_id
                         where '{owner}' in (u.id, u.account_owner_id) and {this_month}"),
            ),
        ),
        (
            of(UserList::TeamPeople),
            people,
            costs(
                &format!("Cost {month}"),
                format!("select sum(total_cost) from public.usage_daily where {owned} and {this_month}"),
            ),
        ),
        (
            of(UserList::Invites),
            format!("select count(*) from public.team_invites where account_owner_id = '{owner}'"),
            Vec::new(),
        ),
        (
            of(UserList::OpenInvites),
            format!("select count(*) from public.team_invites where account_owner_id = '{owner}' and accepted_at is null"),
            Vec::new(),
        ),
    ];
    if service.kind == Kind::Managed {
        let dollars = format!(
            "select sum(amount) from public.invoices where user_id = '{owner}' and currency = 'usd'"
        );
        let euros = format!(
            "select sum(amount) from public.invoices where user_id = '{owner}' and currency = 'eur'"
        );
        all.push((
            of(UserList::Invoices),
            count("invoices", owner),
            vec![
                ("Total Amount (USD)".to_owned(), dollars),
                ("Total Amount (EUR)".to_owned(), euros),
            ],
        ));
        for (list, table) in [
            (UserList::FeatureGroups, "feature_groups"),
            (UserList::Deployments, "model_deployments"),
            (UserList::Prices, "user_pricing_overrides"),
        ] {
            all.push((of(list), count(table, owner), Vec::new()));
        }
    }
    if service.kind != Kind::G2 {
        all.push((
            of(UserList::Projects),
            count("user_projects", owner),
            Vec::new(),
        ));
        all.push((
            of(UserList::HealthChecks),
            count("health_check_failures", owner),
            Vec::new(),
        ));
        all.push((
            // In the third generation projects do not say where they are.
            Listing::ClusterProjects(ClusterProjects {
                cluster: cluster_id,
                by_seat: service.kind == Kind::G3,
            }),
            "select count(*) from public.user_projects".to_owned(),
            Vec::new(),
        ));
    }
    all
}

#[tokio::test]
async fn every_list_of_a_page_can_be_exported_on_every_generation() {
    for kind in Kind::ATTACHED {
        let database = TestDatabase::new(*kind).await;
        let now = datetime!(2026-11-20 12:00 UTC);
        let desk = Desk::new(
            database.store(),
            Lacks::default(),
            Arc::new(FixedClock(now)),
        );
        count_at(&desk, now).await;
        let user = database.psql("select id from console.users order by id limit 1");
        let Ok(user) = UserId::parse(&user) else {
            continue;
        };
        for list in UserList::ALL {
            let listing = Listing::OfUser(UserListQuery::new(&desk, user.clone(), list));
            let sink = Cursor::new(Vec::new());
            let progress = Progress::default();
            let origin = Origin::default();
            let bytes = export_list(&desk, &listing, Format::Csv, &origin, sink, &progress)
                .await
                .unwrap_or_else(|error| panic!("{list:?} on {kind:?}: {error:?}"))
                .into_inner();
            let (rows, about) = read_csv(&bytes);
            assert_eq!(
                rows.len().to_string(),
                said(&about, "Rows"),
                "{list:?} on {kind:?}"
            );
        }
    }
}
