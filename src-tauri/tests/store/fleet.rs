//! Usage of the whole service: sums, days, clusters and accounts are what the rows of usage add up to.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use hopsdesk::domain::browse::Count;
use hopsdesk::domain::comparison::Period;
use hopsdesk::domain::fleet::{
    AccountRow, AccountsFilter, AccountsPage, AccountsQuery, UsageQuery,
};
use hopsdesk::domain::ids::{ClusterId, UserId};
use hopsdesk::domain::layers::LayerName;
use hopsdesk::domain::measures::Measures;
use hopsdesk::domain::usage::Metric;
use hopsdesk::store::door::Store;
use hopsdesk::store::fleet;
use rust_decimal::{Decimal, dec};
use time::Date;
use time::macros::date;

use super::rolled_up::roll_up;
use crate::support::database::{Kind, TestDatabase};

const TODAY: Date = date!(2026 - 11 - 20);
const EU: &str = "00000000-0000-0000-0000-0000000000c1";

/// Twelve accounts, six of them teams, over three months: equal sums in every measure, a day that nobody
/// recorded, and usage with and without a cluster.
const SERVICE: &str = "
insert into public.hopsworks_clusters (id, name, api_url, api_key, max_users, current_users, status)
values ('00000000-0000-0000-0000-0000000000c1', 'eu-west-1', 'https://eu.example', 'k', 100, 5, 'active'),
       ('00000000-0000-0000-0000-0000000000c2', 'us-east-1', 'https://us.example', 'k', 100, 5, 'active');
insert into public.users (id, email, name, status, created_at)
select 'auth0|' || lpad(n::text, 2, '0'), 'person' || n || '@example.com', 'Name ' || n, 'active',
       timestamptz '2026-01-01' + n * interval '1 day'
from generate_series(1, 30) n;
update public.users set account_owner_id = 'auth0|0' || (right(id, 2)::int % 6 + 1)
where right(id, 2)::int > 12;
insert into public.usage_daily
  (user_id, date, hopsworks_cluster_id, total_cost, cpu_hours, storage_gb, feature_store_api_calls)
select u.id, d::date,
       (array['00000000-0000-0000-0000-0000000000c1', '00000000-0000-0000-0000-0000000000c2', null])[1 + n % 3]::uuid,
       (n % 4) * 1.2500001, (n % 2) * 3.5, (n % 3) * 7, n % 5
from (select id, right(id, 2)::int as n from public.users) u
cross join generate_series(date '2026-08-20', date '2026-11-20', interval '1 day') d
where d <> date '2026-10-10' and (n + extract(day from d)::int) % 3 <> 0;
";

pub(super) async fn service() -> (TestDatabase, Store) {
    let database = TestDatabase::new(Kind::Managed).await;
    database.psql(SERVICE);
    roll_up(&database);
    let store = database.store();
    (database, store)
}

fn over(first: Date, last: Date) -> UsageQuery {
    UsageQuery {
        period: Period::between(first, last, TODAY).expect("a period"),
        cluster: None,
        account: None,
    }
}

/// Periods of every kind: the month so far, a whole one, several, and days that are no months.
fn periods() -> Vec<UsageQuery> {
    let any = [
        (date!(2026 - 11 - 01), TODAY),
        (date!(2026 - 10 - 01), date!(2026 - 10 - 31)),
        (date!(2026 - 09 - 01), date!(2026 - 10 - 31)),
        (date!(2026 - 08 - 25), date!(2026 - 11 - 11)),
        (date!(2026 - 10 - 05), date!(2026 - 10 - 17)),
    ];
    any.into_iter()
        .map(|(first, last)| over(first, last))
        .collect()
}

fn accounts(usage: UsageQuery) -> AccountsQuery {
    AccountsQuery {
        usage,
        text: None,
        filter: AccountsFilter::default(),
        sort: Metric::Cost,
        descending: true,
        after: None,
        limit: 500,
    }
}

async fn page(store: &Store, query: &AccountsQuery) -> AccountsPage {
    let plan = query.usage.accounts_plan().expect("few enough days");
    let mut reading = store.read().await.expect("a connection");
    let page = fleet::accounts(&mut reading, query, plan).await;
    reading.end().await.expect("an end");
    page.expect("a page")
}

async fn all(store: &Store, mut query: AccountsQuery) -> Vec<AccountRow> {
    let mut rows = Vec::new();
    loop {
        let page = page(store, &query).await;
        assert!(page.rows.len() <= query.limit.into(), "no page is too long");
        rows.extend(page.rows);
        match page.next {
            Some(next) => query.after = Some(next),
            None => return rows,
        }
        assert!(rows.len() < 1000, "paging must come to an end");
    }
}

/// What the rows of usage themselves add up to, per account: cost, CPU, storage, calls.
fn raw(
    database: &TestDatabase,
    usage: &UsageQuery,
    days: (Date, Date),
) -> BTreeMap<String, String> {
    let mut only = String::new();
    if let Some(cluster) = &usage.cluster {
        write!(only, " and hopsworks_cluster_id::text = '{cluster}'").expect("a String");
    }
    if let Some(account) = &usage.account {
        write!(only, " and account_owner_id = '{account}'").expect("a String");
    }
    let said = database.psql(&format!(
        "select account_owner_id || '=' || trim_scale(sum(total_cost)) || ' '
             || trim_scale(sum(cpu_hours)) || ' ' || trim_scale(sum(storage_gb)) || ' '
             || sum(feature_store_api_calls)
         from public.usage_daily where date between '{}' and '{}' {only}
         group by account_owner_id",
        days.0, days.1
    ));
    said.lines()
        .map(|line| {
            let (account, sums) = line.split_once('=').expect("an account");
            (account.to_owned(), sums.to_owned())
        })
        .collect()
}

fn sums(measures: &Measures) -> String {
    let shown =
        |value: Option<Decimal>| value.map_or("none".to_owned(), |v| v.normalize().to_string());
    [
        measures.cost,
        measures.cpu_hours,
        measures.storage_gb_days,
        measures.feature_store_calls,
    ]
    .map(shown)
    .join(" ")
}

#[tokio::test]
async fn accounts_clusters_and_days_are_what_the_rows_add_up_to() {
    let (database, store) = service().await;
    let cluster = ClusterId::parse(EU).ok();
    let account = UserId::parse("auth0|02").ok();
    let mut queries = periods();
    for (cluster, account) in [
        (cluster.clone(), None),
        (None, account.clone()),
        (cluster, account),
    ] {
        queries.extend(periods().into_iter().map(|query| UsageQuery {
            cluster: cluster.clone(),
            account: account.clone(),
            ..query
        }));
    }
    for usage in queries {
        let days = usage.period.days();
        let expected = raw(&database, &usage, (days.first(), days.last()));
        let rows = all(&store, accounts(usage.clone())).await;
        let found: BTreeMap<_, _> = rows
            .iter()
            .map(|row| (row.owner.id.to_string(), sums(&row.measures)))
            .collect();
        assert_eq!(found, expected, "{usage:?}");

        let mut reading = store.read().await.expect("a connection");
        let whole = fleet::sums(&mut reading, &usage).await.expect("sums");
        let of_accounts = rows
            .iter()
            .fold(Measures::default(), |sum, row| sum.plus(&row.measures));
        assert_eq!(whole.whole.now.measures, of_accounts, "{usage:?}");
        let of_clusters = whole.clusters.iter().fold(Measures::default(), |sum, one| {
            sum.plus(&one.sums.now.measures)
        });
        assert_eq!(whole.whole.now.measures, of_clusters, "{usage:?}");

        let previous = usage.period.previous();
        let before = raw(&database, &usage, (previous.first(), previous.last()));
        let before_cost: Decimal = before
            .values()
            .map(|sums| {
                let cost = sums.split(' ').next().expect("a cost");
                cost.parse::<Decimal>().expect("a number")
            })
            .sum();
        let read = whole.whole.before.measures.cost.unwrap_or_default();
        assert_eq!(read, before_cost, "the period before {usage:?}");

        for metric in [Metric::Cost, Metric::CpuHours, Metric::FeatureStoreCalls] {
            let layers = fleet::days_by_cluster(&mut reading, &usage, days, metric).await;
            let layers = layers.expect("days");
            assert_eq!(layers.dates.len(), days.count() as usize);
            assert_eq!(layers.total(), of_accounts.of(metric), "{usage:?}");
        }
        reading.end().await.expect("an end");
    }
}

#[tokio::test]
async fn an_account_is_compared_with_whole_months_or_as_many_days() {
    let (database, store) = service().await;
    for usage in periods() {
        let plan = usage.accounts_plan().expect("a plan");
        let days = (plan.before_days.first(), plan.before_days.last());
        let expected = raw(&database, &usage, days);
        for row in all(&store, accounts(usage.clone())).await {
            let expected = expected
                .get(row.owner.id.as_str())
                .and_then(|sums| sums.split(' ').next()?.parse::<Decimal>().ok());
            assert_eq!(
                row.cost_before, expected,
                "{} before {usage:?}",
                row.owner.id
            );
        }
    }
}

#[tokio::test]
async fn paging_shows_every_account_once_also_where_sums_are_equal_or_missing() {
    let (database, store) = service().await;
    // Equal sums abound; two accounts recorded nothing of two measures.
    database.psql(
        "update console.usage_by_account_month set cpu_hours = null, total_cost = null
         where account_id in ('auth0|07', 'auth0|11')",
    );
    for usage in periods() {
        for sort in Metric::ALL {
            for descending in [true, false] {
                let whole = AccountsQuery {
                    sort,
                    descending,
                    ..accounts(usage.clone())
                };
                let at_once = all(&store, whole.clone()).await;
                assert_eq!(at_once.len(), 12, "everybody used something");
                let in_pages = all(&store, AccountsQuery { limit: 5, ..whole }).await;
                assert_eq!(in_pages, at_once, "{sort:?}, descending {descending}");
                let values: Vec<_> = at_once.iter().map(|row| row.measures.of(sort)).collect();
                let recorded: Vec<_> = values.iter().flatten().collect();
                assert!(
                    values[..recorded.len()].iter().all(Option::is_some),
                    "who recorded nothing comes last"
                );
                let ordered = recorded.windows(2).all(|pair| {
                    if descending {
                        pair[0] >= pair[1]
                    } else {
                        pair[0] <= pair[1]
                    }
                });
                assert!(ordered, "{sort:?}, descending {descending}: {recorded:?}");
            }
        }
    }
}

#[tokio::test]
async fn accounts_are_found_by_name_and_counted() {
    let (database, store) = service().await;
    database.psql("update public.users set name = 'Ada 100%' where id = 'auth0|09'");
    for usage in periods() {
        for (text, expected) in [("Name 1", 4), ("auth0|03", 1), ("100%", 1), ("nobody", 0)] {
            let query = AccountsQuery {
                text: Some(text.to_owned()),
                limit: 2,
                ..accounts(usage.clone())
            };
            let first = page(&store, &query).await;
            assert_eq!(first.rows.len(), expected.min(2), "{text}");
            assert_eq!(first.count, Some(Count::Exact(expected as u64)), "{text}");
            assert!(
                first.whole_cost > first.rows.first().and_then(|row| row.measures.cost)
                    || expected == 0,
                "shares are of the whole, not of what was looked for"
            );
        }
    }
}

#[tokio::test]
async fn a_day_without_a_row_is_a_gap_and_usage_without_a_cluster_has_its_own_layer() {
    let (_database, store) = service().await;
    let usage = over(date!(2026 - 10 - 09), date!(2026 - 10 - 11));
    let days = usage.period.days();
    let mut reading = store.read().await.expect("a connection");
    let layers = fleet::days_by_cluster(&mut reading, &usage, days, Metric::Cost)
        .await
        .expect("days");
    assert_eq!(layers.whole(1), None, "nobody recorded 10 October");
    assert!(layers.whole(0).is_some() && layers.whole(2).is_some());
    let names: Vec<_> = layers.layers.iter().map(|layer| &layer.name).collect();
    assert!(names.contains(&&LayerName::Unrecorded), "{names:?}");
    assert!(
        names.contains(&&LayerName::Named("eu-west-1".to_owned())),
        "{names:?}"
    );
    let sums = fleet::sums(&mut reading, &usage).await.expect("sums");
    assert_eq!(sums.whole.now.days, 2, "two of three days have rows");
    assert!(sums.clusters.last().expect("clusters").cluster.is_none());
}

#[tokio::test]
async fn usage_whose_owner_is_no_longer_on_record_keeps_its_id() {
    let (database, store) = service().await;
    database.psql(
        "insert into console.usage_by_account_month (account_id, month, total_cost, days, people, last_day)
         values ('auth0|gone', '2026-11-01', 99999, 1, 1, '2026-11-02')",
    );
    let rows = all(&store, accounts(over(date!(2026 - 11 - 01), TODAY))).await;
    assert_eq!(rows[0].owner.id.as_str(), "auth0|gone");
    assert_eq!((rows[0].plan, rows[0].owner.email.as_str()), (None, ""));
    assert_eq!(rows[0].measures.cost, Some(dec!(99999)));
}

#[tokio::test]
async fn a_second_generation_database_has_no_calls_and_says_so() {
    let database = TestDatabase::new(Kind::G2).await;
    database.psql(
        "insert into public.users (id, email) values ('auth0|a', 'a@example.com'), ('auth0|b', 'b@example.com');
         insert into public.usage_daily (user_id, date, total_cost, gpu_hours)
         values ('auth0|a', '2026-11-02', 2.5, null), ('auth0|b', '2026-11-03', 1, 4);",
    );
    roll_up(&database);
    let store = database.store();
    let usage = over(date!(2026 - 11 - 01), TODAY);
    let mut reading = store.read().await.expect("a connection");
    let sums = fleet::sums(&mut reading, &usage).await.expect("sums");
    let lacks = hopsdesk::store::server::lacks(&mut reading).await;
    let lacks = lacks.expect("what it lacks");
    assert!(
        lacks
            .column("usage_daily", "feature_store_api_calls")
            .is_some()
    );
    assert_eq!(
        sums.whole.now.measures.feature_store_calls, None,
        "not zero"
    );
    for sort in [Metric::FeatureStoreCalls, Metric::GpuHours] {
        for descending in [true, false] {
            let query = AccountsQuery {
                sort,
                descending,
                limit: 1,
                ..accounts(over(date!(2026 - 11 - 02), date!(2026 - 11 - 19)))
            };
            let rows = all(&store, query).await;
            let ids: Vec<_> = rows.iter().map(|row| row.owner.id.as_str()).collect();
            assert!(
                ids.contains(&"auth0|a") && ids.contains(&"auth0|b"),
                "{ids:?}"
            );
            if sort == Metric::GpuHours {
                let last = rows.last().expect("rows");
                assert_eq!(
                    last.measures.gpu_hours, None,
                    "who recorded none comes last"
                );
            }
        }
    }
}
