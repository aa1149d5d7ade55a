//! The Users list: every row once, in order, whatever the sort, the direction and the filter.

mod details;

use hopsdesk::domain::account::{Plan, TeamRole, UserStatus};
use hopsdesk::domain::browse::{Concern, Count, UsersFilter, UsersPage, UsersQuery, UsersSort};
use hopsdesk::domain::edge::Edge;
use hopsdesk::domain::fiscal::FiscalZone;
use hopsdesk::domain::ids::{ClusterId, UserId};
use hopsdesk::store::door::Store;
use hopsdesk::store::{overview, people, user_page};
use hopsdesk::usecases::keep_rollups::{check_rollups, refresh_rollups};
use rust_decimal::dec;
use time::OffsetDateTime;
use time::macros::datetime;

use super::rollups::At;
use crate::support::database::{Kind, TestDatabase};

const NOW: OffsetDateTime = datetime!(2026-11-20 12:00 UTC);
const SORTS: [UsersSort; 5] = [
    UsersSort::Created,
    UsersSort::Name,
    UsersSort::Email,
    UsersSort::MonthCost,
    UsersSort::LastLogin,
];

/// Forty people: ties in every sort column, and gaps where the service has none.
const PEOPLE: &str = "
insert into public.hopsworks_clusters (id, name, api_url, api_key, max_users, current_users, status)
values ('00000000-0000-0000-0000-000000000001', 'eu-west-1', 'https://eu.example', 'k', 100, 5, 'active');
insert into public.users (id, email, name, status, billing_mode, created_at, last_login_at)
select 'auth0|' || lpad(n::text, 2, '0'), 'person' || n || '@example.com',
       case when n % 7 <> 0 then 'Name ' || n % 5 when n % 2 = 0 then '  ' end,
       case when n % 10 = 0 then 'suspended' else 'active' end,
       (array['prepaid', 'postpaid', null])[1 + n % 3],
       timestamptz '2026-01-01' + (n / 4) * interval '1 day',
       case when n % 3 <> 0 then timestamptz '2026-11-01' + (n / 5) * interval '1 hour' end
from generate_series(1, 40) n;
update public.users set account_owner_id = 'auth0|01' where id in ('auth0|02', 'auth0|03', 'auth0|04');
insert into public.usage_daily (user_id, date, total_cost, cpu_hours)
select id, date '2026-11-18', (right(id, 2)::int % 4) * 1.25, 3 from public.users
where right(id, 2)::int % 2 = 0;
insert into public.user_hopsworks_assignments (user_id, hopsworks_cluster_id, assigned_by)
select id, '00000000-0000-0000-0000-000000000001', 'system' from public.users where right(id, 2) < '06';
insert into public.user_credits (user_id, total_purchased, total_used)
select id, 10, 8 from public.users where id in ('auth0|06', 'auth0|12');
";

pub(super) async fn service() -> (TestDatabase, Store) {
    let database = TestDatabase::new(Kind::Managed).await;
    database.psql(PEOPLE);
    let store = database.store();
    count(&store).await;
    (database, store)
}

/// Brings the rollups up to date with everything, however long ago it is.
pub(super) async fn count(store: &Store) {
    check_rollups(store, &At(NOW), true)
        .await
        .expect("a check")
        .expect("done");
    refresh_rollups(store, &At(NOW)).await.expect("a refresh");
}

async fn page(store: &Store, query: &UsersQuery) -> UsersPage {
    let mut reading = store.read().await.expect("a connection");
    let page = people::page(&mut reading, query, NOW)
        .await
        .expect("a page");
    reading.end().await.expect("an end");
    page
}

fn query(filter: UsersFilter, sort: UsersSort, descending: bool, limit: u16) -> UsersQuery {
    UsersQuery {
        filter,
        sort,
        descending,
        after: None,
        limit,
    }
}

async fn all(store: &Store, mut query: UsersQuery) -> Vec<String> {
    let mut ids = Vec::new();
    loop {
        let page = page(store, &query).await;
        assert!(
            page.rows.len() <= query.limit.into(),
            "no page is longer than asked for"
        );
        ids.extend(page.rows.iter().map(|row| row.person.id.to_string()));
        match page.next {
            Some(next) => query.after = Some(next),
            None => return ids,
        }
        assert!(ids.len() < 1000, "paging must come to an end");
    }
}

#[tokio::test]
async fn paging_shows_every_row_once_in_the_order_of_one_long_page() {
    let (_database, store) = service().await;
    for sort in SORTS {
        for descending in [true, false] {
            let whole = query(UsersFilter::default(), sort, descending, 500);
            let at_once = all(&store, whole.clone()).await;
            assert_eq!(at_once.len(), 40, "{sort:?} shows everybody");
            let in_pages = all(&store, UsersQuery { limit: 7, ..whole }).await;
            assert_eq!(in_pages, at_once, "{sort:?}, descending {descending}");
        }
    }
}

#[tokio::test]
async fn everybody_is_the_same_with_a_filter_that_everybody_passes() {
    let (_database, store) = service().await;
    let any_status = UsersFilter {
        statuses: vec![
            UserStatus::Active,
            UserStatus::Suspended,
            UserStatus::Deleted,
        ],
        ..UsersFilter::default()
    };
    for sort in SORTS {
        for descending in [true, false] {
            // Without a filter each order has a statement of its own.
            let mut open = query(UsersFilter::default(), sort, descending, 7);
            loop {
                let filtered = UsersQuery {
                    filter: any_status.clone(),
                    ..open.clone()
                };
                let shown = page(&store, &open).await;
                assert_eq!(shown, page(&store, &filtered).await, "{open:?}");
                let Some(next) = shown.next else { break };
                open.after = Some(next);
            }
        }
    }
}

#[tokio::test]
async fn rows_without_a_value_come_last_in_both_directions() {
    let (_database, store) = service().await;
    for descending in [true, false] {
        let by_name = query(UsersFilter::default(), UsersSort::Name, descending, 500);
        let rows = page(&store, &by_name).await.rows;
        let nameless = ["auth0|07", "auth0|21", "auth0|35"];
        let last: Vec<_> = rows[37..]
            .iter()
            .map(|row| row.person.id.as_str())
            .collect();
        assert_eq!(last, nameless, "descending {descending}");
        let costs = query(
            UsersFilter::default(),
            UsersSort::MonthCost,
            descending,
            500,
        );
        let costs: Vec<_> = page(&store, &costs)
            .await
            .rows
            .iter()
            .map(|row| row.month_cost)
            .collect();
        assert!(
            costs[..20].iter().all(Option::is_some),
            "who has a cost comes first"
        );
        assert_eq!(
            costs[20..],
            [None; 20],
            "the others last, in both directions"
        );
        let costs = costs[..20].to_vec();
        let mut sorted = costs.clone();
        sorted.sort();
        if descending {
            sorted.reverse();
        }
        assert_eq!(costs, sorted);
    }
}

#[tokio::test]
async fn filters_narrow_the_list_and_the_count() {
    let (_database, store) = service().await;
    let open = UsersFilter::default();
    let cluster = ClusterId::parse("00000000-0000-0000-0000-000000000001").expect("an id");
    for (filter, expected) in [
        (open.clone(), 40),
        (
            UsersFilter {
                statuses: vec![UserStatus::Suspended],
                ..open.clone()
            },
            4,
        ),
        (
            UsersFilter {
                role: Some(TeamRole::Member),
                ..open.clone()
            },
            3,
        ),
        (
            UsersFilter {
                clusters: vec![cluster],
                ..open.clone()
            },
            5,
        ),
        (
            UsersFilter {
                text: Some("PERSON1".into()),
                ..open.clone()
            },
            11,
        ),
        (
            UsersFilter {
                text: Some("auth0|17".into()),
                ..open.clone()
            },
            1,
        ),
        (
            UsersFilter {
                text: Some("100%".into()),
                ..open.clone()
            },
            0,
        ),
        (
            UsersFilter {
                concern: Some(Concern::NoSeat),
                ..open.clone()
            },
            31,
        ),
        // Everyone pays nothing without a plan; members count under their owner's (postpaid).
        (
            UsersFilter {
                plans: vec![Plan::Unset],
                ..open.clone()
            },
            12,
        ),
    ] {
        let found = page(
            &store,
            &query(filter.clone(), UsersSort::Created, true, 500),
        )
        .await;
        assert_eq!(found.rows.len(), expected, "{filter:?}");
        assert_eq!(
            found.count,
            Some(Count::Exact(expected as u64)),
            "{filter:?}"
        );
    }
}

#[tokio::test]
async fn bounds_keep_who_is_within_them_and_nobody_of_whom_nothing_is_known() {
    let (_database, store) = service().await;
    // Costs of 0 and 2.5 for the even ones; the others have none on record.
    let open = UsersFilter::default;
    for (filter, expected) in [
        (
            UsersFilter {
                cost_over: Some(Edge::above(dec!(0))),
                ..open()
            },
            10,
        ),
        (
            UsersFilter {
                cost_under: Some(Edge::below(dec!(2.5))),
                ..open()
            },
            10,
        ),
        (
            UsersFilter {
                cost_over: Some(Edge::above(dec!(2.4999))),
                cost_under: Some(Edge::below(dec!(2.5001))),
                ..open()
            },
            10,
        ),
        (
            UsersFilter {
                never_seen: true,
                ..open()
            },
            13,
        ),
        (
            UsersFilter {
                seen_before: Some(datetime!(2026-11-01 01:00 UTC)),
                ..open()
            },
            3,
        ),
        (
            UsersFilter {
                seen_after: Some(datetime!(2026-11-01 08:00 UTC)),
                ..open()
            },
            1,
        ),
        (
            UsersFilter {
                registered_after: Some(datetime!(2026-01-02 00:00 UTC)),
                registered_before: Some(datetime!(2026-01-04 00:00 UTC)),
                ..open()
            },
            8,
        ),
    ] {
        let found = page(
            &store,
            &query(filter.clone(), UsersSort::Created, true, 500),
        )
        .await;
        assert_eq!(found.rows.len(), expected, "{filter:?}");
    }
}

#[tokio::test]
async fn low_credits_are_found_by_the_rule_that_the_page_shows() {
    let (database, store) = service().await;
    // Six of ten users spend a cent a day; one spends its balance within the week.
    database.psql(
        "insert into public.usage_daily (user_id, date, total_cost) values
           ('auth0|06', '2026-11-10', 14), ('auth0|12', '2026-11-10', 0.14)
         on conflict (user_id, date) do update set total_cost = excluded.total_cost;
         delete from public.usage_daily where date = '2026-11-18'",
    );
    count(&store).await;
    let filter = UsersFilter {
        concern: Some(Concern::CreditsLow),
        ..UsersFilter::default()
    };
    let rows = page(&store, &query(filter, UsersSort::Created, true, 10))
        .await
        .rows;
    let ids: Vec<_> = rows.iter().map(|row| row.person.id.as_str()).collect();
    assert_eq!(
        ids,
        ["auth0|06"],
        "two dollars last two days at a dollar a day, 200 at a cent"
    );
    let mut reading = store.read().await.expect("a connection");
    let figures = overview::outstanding(&mut reading, NOW, None)
        .await
        .expect("figures")
        .expect("counted");
    assert_eq!(
        figures.credits,
        Some((dec!(4), 1)),
        "the overview counts by the same rule"
    );
}

#[tokio::test]
async fn an_invoice_and_its_charge_are_one_invoice() {
    let (database, store) = service().await;
    database.psql(
        "insert into public.invoices
           (user_id, invoice_number, stripe_invoice_id, amount, status, due_date, currency)
         values
           ('auth0|05', 'HD-1', 'in_1', 100, 'open', '2026-12-01', 'usd'),
           ('auth0|05', 'HD-2', 'in_2', 30, 'open', '2026-11-01', 'usd'),
           ('auth0|05', 'HD-3', 'in_3', 7, 'paid', '2026-11-01', 'usd'),
           ('auth0|07', 'HD-4', 'in_4', 900, 'open', '2026-12-01', 'eur');
         insert into public.billing_history (user_id, invoice_id, amount, status, currency)
         values
           ('auth0|05', 'in_1', 100, 'failed', 'usd'),
           ('auth0|05', 'in_2', 30, 'pending', 'usd'),
           ('auth0|05', 'in_3', 7, 'pending', 'usd'),
           ('auth0|08', 'in_9', 5, 'failed', 'usd');",
    );
    count(&store).await;
    let mut reading = store.read().await.expect("a connection");
    let outstanding = overview::outstanding(&mut reading, NOW, None)
        .await
        .expect("figures")
        .expect("counted");
    let invoices = outstanding.invoices.expect("invoices are recorded");
    assert_eq!(
        invoices.amount,
        dec!(135),
        "1 and 2 once each, 9 has no invoice, euros do not add"
    );
    assert_eq!((invoices.overdue, invoices.overdue_amount), (3, dec!(135)));
    // The second was due at midnight of UTC: the evening before, in Los Angeles.
    for (zone, days) in [("UTC", 19), ("Asia/Tokyo", 19), ("America/Los_Angeles", 20)] {
        let zone = FiscalZone::parse(zone).expect("a zone");
        let outstanding = overview::outstanding(&mut reading, NOW, Some(&zone))
            .await
            .expect("figures")
            .expect("counted");
        let oldest = outstanding.invoices.expect("invoices").oldest_days;
        assert_eq!(oldest, Some(days), "{zone}");
    }
    let payer = UserId::parse("auth0|05").expect("an id");
    let page = user_page::detail(&mut reading, &payer, NOW)
        .await
        .expect("a page");
    assert_eq!(
        page.expect("somebody").row.facts.invoices_overdue,
        2,
        "one failed, one late"
    );
}
