//! The Credits list: who runs out soonest first, every account once, totals that are the sum of the rows.

use hopsdesk::domain::balances::{
    AccountBalance, BalanceTotals, CreditsFilter, CreditsPage, CreditsQuery, CreditsSort,
};
use hopsdesk::domain::browse::Count;
use hopsdesk::store::balances;
use hopsdesk::store::door::Store;
use rust_decimal::Decimal;
use time::Date;

use crate::support::database::{Kind, TestDatabase};

const SORTS: [CreditsSort; 4] = [
    CreditsSort::RunsOut,
    CreditsSort::Balance,
    CreditsSort::Name,
    CreditsSort::LastPurchase,
];

/// Thirty accounts with ties in every column; one of them belongs to nobody any more.
const STANDING: &str = "
insert into public.users (id, email, name, billing_mode, metadata)
select 'auth0|' || lpad(n::text, 2, '0'), 'payer' || n || '@example.com',
       case when n % 6 <> 0 then 'Payer ' || n % 4 end, (array['prepaid', 'postpaid'])[1 + n % 2],
       case when n % 7 = 0 then '{\"company\": \"Acme\"}'::jsonb else '{}' end
from generate_series(1, 29) n;
delete from console.credit_standing;
insert into console.credit_standing (account_id, status, billing_mode, purchased, used, granted, granted_used,
  paid_left, free_left, balance, spent_14_days, per_day, pace_day, runs_out_on, low, last_purchase_at)
select 'auth0|' || lpad(n::text, 2, '0'), 'active', (array['prepaid', 'postpaid'])[1 + n % 2],
       50, 50 - p.left_over, 5, 5, p.left_over, 0, p.left_over, 14, 1, date '2026-11-20',
       case when p.left_over <= 0 then date '2026-11-20' when n % 5 <> 0 then date '2026-11-20' + n % 7 end,
       p.left_over <= 0 and n % 2 = 0,
       case when n % 3 <> 0 then timestamptz '2026-10-01' + (n % 4) * interval '1 day' end
from generate_series(1, 30) n
cross join lateral (select (n % 8 - 2) * 1.25 as left_over) p;
";

pub(super) async fn service() -> (TestDatabase, Store) {
    let database = TestDatabase::new(Kind::Managed).await;
    database.psql(STANDING);
    let store = database.store();
    (database, store)
}

async fn page(store: &Store, query: &CreditsQuery) -> CreditsPage {
    let mut reading = store.read().await.expect("a connection");
    let page = balances::page(&mut reading, query).await.expect("a page");
    reading.end().await.expect("an end");
    page
}

fn query(filter: CreditsFilter, sort: CreditsSort, descending: bool, limit: u16) -> CreditsQuery {
    CreditsQuery {
        filter,
        sort,
        descending,
        after: None,
        limit,
    }
}

async fn all(store: &Store, mut query: CreditsQuery) -> Vec<AccountBalance> {
    let mut rows = Vec::new();
    loop {
        let page = page(store, &query).await;
        rows.extend(page.rows);
        match page.next {
            Some(next) => query.after = Some(next),
            None => return rows,
        }
        assert!(rows.len() < 1000, "paging must come to an end");
    }
}

fn ids(rows: &[AccountBalance]) -> Vec<&str> {
    rows.iter().map(|row| row.person.id.as_str()).collect()
}

#[tokio::test]
async fn paging_shows_every_account_once_in_the_order_of_one_long_page() {
    let (_database, store) = service().await;
    for sort in SORTS {
        for descending in [true, false] {
            let whole = query(CreditsFilter::default(), sort, descending, 500);
            let at_once = all(&store, whole.clone()).await;
            assert_eq!(at_once.len(), 30, "{sort:?} shows every account");
            for limit in [1, 4, 7] {
                let in_pages = all(
                    &store,
                    CreditsQuery {
                        limit,
                        ..whole.clone()
                    },
                )
                .await;
                assert_eq!(
                    ids(&in_pages),
                    ids(&at_once),
                    "{sort:?}, descending {descending}"
                );
            }
        }
    }
}

#[tokio::test]
async fn who_has_nothing_left_comes_first_and_who_does_not_run_out_last() {
    let (_database, store) = service().await;
    let rows = all(
        &store,
        query(CreditsFilter::default(), CreditsSort::RunsOut, false, 500),
    )
    .await;
    let stage = |row: &AccountBalance| match row.runs_out {
        _ if row.balance <= Decimal::ZERO => (0, row.balance, Date::MIN),
        Some(day) => (1, Decimal::ZERO, day),
        None => (2, Decimal::ZERO, Date::MIN),
    };
    let stages: Vec<_> = rows.iter().map(stage).collect();
    let mut sorted = stages.clone();
    sorted.sort();
    assert_eq!(stages, sorted);
    assert_eq!(stages.first().map(|(stage, ..)| *stage), Some(0));
    assert_eq!(stages.last().map(|(stage, ..)| *stage), Some(2));
    assert!(
        rows[0].balance < Decimal::ZERO,
        "the deepest in debt is first"
    );
}

#[tokio::test]
async fn totals_are_the_sum_of_the_rows_and_paid_and_free_stay_apart() {
    let (_database, store) = service().await;
    let open = CreditsFilter::default();
    let text = |text: &str| CreditsFilter {
        text: Some(text.to_owned()),
        ..CreditsFilter::default()
    };
    for filter in [
        open.clone(),
        CreditsFilter {
            low: true,
            ..open.clone()
        },
        CreditsFilter {
            negative: true,
            ..open.clone()
        },
        CreditsFilter {
            prepaid: true,
            negative: true,
            ..open.clone()
        },
        text("payer1"),
        text("auth0|30"),
        text("acme"),
        text("nobody"),
    ] {
        let listed = page(
            &store,
            &query(filter.clone(), CreditsSort::Balance, true, 500),
        )
        .await;
        let count = listed.rows.len() as u64;
        assert_eq!(listed.count, Some(Count::Exact(count)), "{filter:?}");
        let mut reading = store.read().await.expect("a connection");
        let totals = balances::totals(&mut reading, &filter, Some(30))
            .await
            .expect("totals");
        reading.end().await.expect("an end");
        let BalanceTotals::Whole(sums) = totals else {
            panic!("thirty accounts are within the limit");
        };
        let sum =
            |part: fn(&AccountBalance) -> Decimal| listed.rows.iter().map(part).sum::<Decimal>();
        assert_eq!(sums.accounts, count, "{filter:?}");
        assert_eq!(sums.paid_left, sum(|row| row.paid_left), "{filter:?}");
        assert_eq!(sums.free_left, sum(|row| row.free_left), "{filter:?}");
        assert_eq!(sums.balance, sum(|row| row.balance), "{filter:?}");
        assert_eq!(
            sums.debt,
            sum(|row| row.balance.min(Decimal::ZERO)),
            "{filter:?}"
        );
    }
    let mut reading = store.read().await.expect("a connection");
    let over = balances::totals(&mut reading, &open, Some(29))
        .await
        .expect("totals");
    assert_eq!(
        over,
        BalanceTotals::Over(29),
        "beyond the limit nothing is added up"
    );
    reading.end().await.expect("an end");
}

#[tokio::test]
async fn an_account_whose_user_is_gone_is_listed_all_the_same() {
    let (_database, store) = service().await;
    let filter = CreditsFilter {
        text: Some("auth0|30".to_owned()),
        ..CreditsFilter::default()
    };
    let rows = page(&store, &query(filter, CreditsSort::Name, false, 10))
        .await
        .rows;
    assert_eq!(rows.len(), 1);
    assert_eq!(
        (
            rows[0].person.name.as_deref(),
            rows[0].person.email.as_str()
        ),
        (None, "")
    );
}

#[tokio::test]
async fn an_account_is_found_by_the_company_that_it_is_shown_as() {
    let (database, store) = service().await;
    database.psql(r#"update public.users set metadata = '{"company": " "}' where id = 'auth0|08'"#);
    let filter = CreditsFilter {
        text: Some("acm".to_owned()),
        ..CreditsFilter::default()
    };
    let rows = page(&store, &query(filter, CreditsSort::Balance, true, 10))
        .await
        .rows;
    let mut found = ids(&rows);
    found.sort_unstable();
    assert_eq!(found, ["auth0|07", "auth0|14", "auth0|21", "auth0|28"]);
    let all = query(CreditsFilter::default(), CreditsSort::Balance, true, 500);
    let rows = page(&store, &all).await.rows;
    let of = |id: &str| {
        let row = rows.iter().find(|row| row.person.id.as_str() == id);
        row.expect("its row").company.as_deref()
    };
    assert_eq!(
        (of("auth0|07"), of("auth0|08")),
        (Some("Acme"), None),
        "a blank one is no name to show an account by"
    );
}
