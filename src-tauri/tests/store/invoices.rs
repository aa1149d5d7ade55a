//! The Invoices list: each charge once, in order, and totals that are the sum of what is listed.

mod by_hand;
mod days;
mod in_both;
mod mirrored;
mod went_back;

use std::collections::BTreeMap;

use hopsdesk::domain::browse::Count;
use hopsdesk::domain::fiscal::FiscalZone;
use hopsdesk::domain::ids::UserId;
use hopsdesk::domain::invoice::InvoiceDetail;
use hopsdesk::domain::invoice_totals::InvoiceTotals;
use hopsdesk::domain::invoices::{
    FiscalMonth, InvoiceRow, InvoiceStanding, InvoiceState, InvoicesFilter, InvoicesPage,
    InvoicesQuery, InvoicesSort, Origin,
};
use hopsdesk::domain::period::Month;
use hopsdesk::store::door::{Reading, Store};
use hopsdesk::store::{invoice_page, invoices};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use rust_decimal::Decimal;
use time::OffsetDateTime;
use time::macros::datetime;

use crate::support::database::{Kind, TestDatabase};

const NOW: OffsetDateTime = datetime!(2026-11-20 12:00 UTC);
const SORTS: [InvoicesSort; 3] = [InvoicesSort::Date, InvoicesSort::Amount, InvoicesSort::Due];

/// Every status, charges in both tables, ties in every sort column, gaps where there is nothing.
const BILLING: &str = "
insert into public.users (id, email, name, metadata)
select 'auth0|' || n, 'payer' || n || '@example.com', 'Payer ' || n,
       case when n = 1 then '{\"company\": \"Acme\"}'::jsonb else '{}' end
from generate_series(1, 5) n;
insert into public.invoices (user_id, invoice_number, stripe_invoice_id, status, amount, currency,
  period_start, period_end, due_date, paid_at, created_at)
select 'auth0|' || 1 + n % 5,
       case when n % 8 <> 0 then 'HD-' || lpad(n::text, 3, '0') end,
       'in_' || n,
       case n % 8 when 0 then 'draft' when 1 then 'open' when 2 then 'open' when 3 then 'void'
                  when 4 then 'uncollectible' else 'paid' end,
       case when n % 11 = 0 then -12.5 when n % 7 = 0 then 0 else (n % 6) * 10.25 end,
       case n % 9 when 0 then 'jpy' when 5 then 'eur' else 'usd' end,
       timestamptz '2026-10-01', timestamptz '2026-11-01',
       case when n % 5 <> 0 then timestamptz '2026-11-15' + (n % 4) * interval '3 days' end,
       case when n % 8 > 4 then timestamptz '2026-11-05' end,
       timestamptz '2026-10-30' + (n / 3) * interval '1 day'
from generate_series(1, 40) n;
-- The same charges as the history has them: by Stripe's id, or by number.
insert into public.billing_history (user_id, invoice_id, amount, currency, status, paid_at, created_at)
select i.user_id, case when right(i.stripe_invoice_id, 1) = '1' then i.invoice_number else i.stripe_invoice_id end,
       i.amount, i.currency,
       case when i.stripe_invoice_id = 'in_9' then 'failed' when i.stripe_invoice_id = 'in_13' then 'refunded'
            when i.status = 'paid' then 'paid' else 'pending' end,
       i.paid_at, i.created_at
from public.invoices i
where i.status in ('paid', 'open') and i.amount >= 0 and i.invoice_number is not null;
-- Charges of their own.
insert into public.billing_history (user_id, invoice_id, amount, currency, status, description, paid_at, created_at)
select 'auth0|' || 1 + n % 5, 'pay_' || n, n * 3, 'usd',
       (array['paid', 'pending', 'failed', 'refunded'])[1 + n % 4], 'Prepaid credits',
       case when n % 4 = 0 then timestamptz '2026-11-02' end, timestamptz '2026-11-01' + (n / 2) * interval '1 day'
from generate_series(1, 12) n;
insert into public.subscriptions (user_id, stripe_subscription_id, status, current_period_start, current_period_end, created_at)
select 'auth0|' || n, 'sub_' || n, (array['active', 'past_due', 'canceled'])[n],
       timestamptz '2026-11-01', timestamptz '2026-12-01', timestamptz '2026-11-03'
from generate_series(1, 3) n;
";

pub(super) async fn service() -> (TestDatabase, Store) {
    let database = TestDatabase::new(Kind::Managed).await;
    database.psql(BILLING);
    let store = database.store();
    (database, store)
}

async fn page(store: &Store, query: &InvoicesQuery, zone: &FiscalZone) -> InvoicesPage {
    let mut reading = store.read().await.expect("a connection");
    let page = invoices::page(&mut reading, query, zone, NOW)
        .await
        .expect("a page");
    reading.end().await.expect("an end");
    page
}

fn query(
    filter: InvoicesFilter,
    sort: InvoicesSort,
    descending: bool,
    limit: u16,
) -> InvoicesQuery {
    InvoicesQuery {
        filter,
        sort,
        descending,
        after: None,
        limit,
    }
}

async fn all(store: &Store, mut query: InvoicesQuery, zone: &FiscalZone) -> Vec<InvoiceRow> {
    let mut rows = Vec::new();
    loop {
        let page = page(store, &query, zone).await;
        assert!(
            page.rows.len() <= query.limit.into(),
            "no page is longer than asked for"
        );
        rows.extend(page.rows);
        match page.next {
            Some(next) => query.after = Some(next),
            None => return rows,
        }
        assert!(rows.len() < 1000, "paging must come to an end");
    }
}

async fn list(store: &Store, filter: InvoicesFilter) -> Vec<InvoiceRow> {
    let query = query(filter, InvoicesSort::Date, true, 500);
    all(store, query, &FiscalZone::utc()).await
}

/// An invoice's page, with its days in UTC.
async fn page_of(reading: &mut Reading, origin: Origin, id: &str) -> Option<InvoiceDetail> {
    invoice_page::detail(reading, origin, id, &FiscalZone::utc(), NOW)
        .await
        .expect("an answer")
}

async fn totals(store: &Store, filter: &InvoicesFilter, limit: Option<u32>) -> InvoiceTotals {
    let mut reading = store.read().await.expect("a connection");
    let totals = invoices::totals(&mut reading, filter, &FiscalZone::utc(), NOW, limit)
        .await
        .expect("totals");
    reading.end().await.expect("an end");
    totals
}

fn ids(rows: &[InvoiceRow]) -> Vec<String> {
    rows.iter()
        .map(|row| format!("{}/{}", row.origin.word(), row.id))
        .collect()
}

#[tokio::test]
async fn paging_shows_every_charge_once_in_the_order_of_one_long_page() {
    let (_database, store) = service().await;
    let zone = FiscalZone::utc();
    for sort in SORTS {
        for descending in [true, false] {
            let whole = query(InvoicesFilter::default(), sort, descending, 500);
            let at_once = all(&store, whole.clone(), &zone).await;
            assert_eq!(at_once.len(), 40 + 12 + 3, "{sort:?}: twins are one");
            let in_pages = all(&store, InvoicesQuery { limit: 7, ..whole }, &zone).await;
            assert_eq!(
                ids(&in_pages),
                ids(&at_once),
                "{sort:?}, descending {descending}"
            );
            let mut unique = ids(&at_once);
            unique.sort();
            unique.dedup();
            assert_eq!(unique.len(), at_once.len(), "nothing is listed twice");
            let keys: Vec<_> = at_once
                .iter()
                .map(|row| match sort {
                    InvoicesSort::Date => {
                        row.created_at.map(|at| Decimal::from(at.unix_timestamp()))
                    }
                    InvoicesSort::Amount => row.amount.amount,
                    InvoicesSort::Due => row.due_at.map(|at| Decimal::from(at.unix_timestamp())),
                })
                .collect();
            let known: Vec<Decimal> = keys.iter().flatten().copied().collect();
            assert!(
                keys[known.len()..].iter().all(Option::is_none),
                "rows without a value come last: {sort:?}"
            );
            let mut sorted = known.clone();
            sorted.sort();
            if descending {
                sorted.reverse();
            }
            assert_eq!(known, sorted, "{sort:?}, descending {descending}");
        }
    }
}

#[tokio::test]
async fn a_charge_stands_under_one_word_and_the_history_marks_its_invoice() {
    let (_database, store) = service().await;
    let rows = list(&store, InvoicesFilter::default()).await;
    let standing = |number: &str| {
        rows.iter()
            .find(|row| row.number.as_deref() == Some(number))
            .unwrap_or_else(|| panic!("{number} is listed"))
            .standing
    };
    assert_eq!(standing("HD-009"), InvoiceStanding::Failed);
    assert_eq!(standing("HD-013"), InvoiceStanding::Refunded);
    assert_eq!(standing("HD-005"), InvoiceStanding::Paid);
    assert_eq!(standing("HD-003"), InvoiceStanding::Void);
    // Due on the 18th, 15th and not at all; today is the 20th.
    assert_eq!(standing("HD-001"), InvoiceStanding::Overdue);
    assert_eq!(standing("HD-010"), InvoiceStanding::Open);
    assert_eq!(standing("sub_1"), InvoiceStanding::Subscription);
    let subscription = rows
        .iter()
        .find(|row| row.number.as_deref() == Some("sub_2"));
    assert_eq!(
        subscription.expect("listed").amount.amount,
        None,
        "no amount is made up"
    );
    let twins = rows.iter().filter(|row| row.twin.is_some()).count();
    assert!(
        twins > 20,
        "{twins} invoices know their entry in the history"
    );
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "each filter, one after the other")]
async fn filters_narrow_list_count_and_totals_alike() {
    let (_database, store) = service().await;
    let open = InvoicesFilter::default();
    let whole = list(&store, open.clone()).await;
    let states = |states: &[InvoiceState]| InvoicesFilter {
        states: states.to_vec(),
        ..InvoicesFilter::default()
    };
    let of = |keep: &dyn Fn(&InvoiceRow) -> bool| whole.iter().filter(|row| keep(row)).count();
    let mut cases: Vec<(InvoicesFilter, usize)> = vec![(open.clone(), whole.len())];
    for state in [
        InvoiceState::Open,
        InvoiceState::Overdue,
        InvoiceState::Failed,
        InvoiceState::Paid,
        InvoiceState::Credited,
        InvoiceState::Refunded,
        InvoiceState::Draft,
        InvoiceState::Uncollectible,
        InvoiceState::Void,
        InvoiceState::Unknown,
    ] {
        let expected = of(&|row| state.standings().contains(&row.standing));
        cases.push((states(&[state]), expected));
    }
    cases.push((
        states(&[InvoiceState::Paid, InvoiceState::Failed]),
        of(&|row| {
            matches!(
                row.standing,
                InvoiceStanding::Paid | InvoiceStanding::Failed
            )
        }),
    ));
    for origin in Origin::ALL {
        cases.push((
            InvoicesFilter {
                origins: vec![origin],
                ..open.clone()
            },
            of(&|row| row.origin == origin),
        ));
    }
    let account = UserId::parse("auth0|2").expect("an id");
    cases.push((
        InvoicesFilter {
            account: Some(account),
            ..open.clone()
        },
        of(&|row| {
            row.payer
                .as_ref()
                .is_some_and(|payer| payer.id == "auth0|2")
        }),
    ));
    for (text, expected) in [
        ("HD-00", 8),
        ("hd-001", 1),
        ("in_9", 1),
        (
            "payer3@",
            of(&|row| {
                row.payer
                    .as_ref()
                    .is_some_and(|payer| payer.id == "auth0|3")
            }),
        ),
        (
            "acme",
            of(&|row| {
                row.payer
                    .as_ref()
                    .is_some_and(|payer| payer.id == "auth0|1")
            }),
        ),
        (
            "auth0|4",
            of(&|row| {
                row.payer
                    .as_ref()
                    .is_some_and(|payer| payer.id == "auth0|4")
            }),
        ),
        ("100%", 0),
    ] {
        cases.push((
            InvoicesFilter {
                text: Some(text.to_owned()),
                ..open.clone()
            },
            expected,
        ));
    }
    for (filter, expected) in cases {
        let listed = page(
            &store,
            &query(filter.clone(), InvoicesSort::Date, true, 500),
            &FiscalZone::utc(),
        )
        .await;
        assert_eq!(listed.rows.len(), expected, "{filter:?}");
        assert_eq!(
            listed.count,
            Some(Count::Exact(expected as u64)),
            "{filter:?}"
        );
        match totals(&store, &filter, None).await {
            InvoiceTotals::Whole(sums) => {
                let entries: u64 = sums.iter().map(|sum| sum.entries).sum();
                assert_eq!(entries, expected as u64, "{filter:?}");
            }
            InvoiceTotals::Over(_) => panic!("no limit was set"),
        }
    }
}

/// Totals by hand, from rows.
fn added_up(
    rows: &[InvoiceRow],
) -> BTreeMap<(InvoiceStanding, bool, Option<String>), (u64, Decimal)> {
    let mut sums = BTreeMap::new();
    for row in rows {
        let credit = row
            .amount
            .amount
            .is_some_and(|amount| amount < Decimal::ZERO);
        let sum = sums
            .entry((row.standing, credit, row.amount.currency.clone()))
            .or_insert((0, Decimal::ZERO));
        sum.0 += 1;
        sum.1 += row.amount.amount.unwrap_or_default();
    }
    sums
}

#[tokio::test]
async fn totals_are_the_sum_of_the_rows_whatever_the_filter_and_the_paging() {
    let (_database, store) = service().await;
    let states = [
        InvoiceState::Open,
        InvoiceState::Overdue,
        InvoiceState::Paid,
        InvoiceState::Refunded,
        InvoiceState::Draft,
    ];
    let strategy = (
        prop::sample::subsequence(states.to_vec(), 0..3),
        prop::sample::subsequence(Origin::ALL.to_vec(), 0..3),
        prop::option::of(0_usize..3),
        prop::option::of(1_u8..7),
        1_u16..20,
        0_usize..3,
        any::<bool>(),
    );
    let mut runner = TestRunner::deterministic();
    for _ in 0..24 {
        let (states, origins, month, account, limit, sort, descending) =
            strategy.new_tree(&mut runner).expect("a case").current();
        let filter = InvoicesFilter {
            states,
            origins,
            month: month.map(|month| {
                [
                    FiscalMonth::This,
                    FiscalMonth::Named(Month::parse("2026-10").expect("a month")),
                    FiscalMonth::Named(Month::parse("2026-12").expect("a month")),
                ][month]
            }),
            account: account.map(|n| UserId::parse(&format!("auth0|{n}")).expect("an id")),
            ..InvoicesFilter::default()
        };
        let query = query(filter.clone(), SORTS[sort], descending, limit);
        let rows = all(&store, query, &FiscalZone::utc()).await;
        let InvoiceTotals::Whole(sums) = totals(&store, &filter, None).await else {
            panic!("no limit was set");
        };
        let read: BTreeMap<_, _> = sums
            .into_iter()
            .map(|sum| {
                (
                    (sum.standing, sum.credit, sum.currency),
                    (sum.entries, sum.amount.unwrap_or_default()),
                )
            })
            .collect();
        assert_eq!(read, added_up(&rows), "{filter:?}");
    }
}

#[tokio::test]
async fn beyond_the_limit_nothing_is_added_up() {
    let (_database, store) = service().await;
    let open = InvoicesFilter::default();
    assert_eq!(
        totals(&store, &open, Some(54)).await,
        InvoiceTotals::Over(54)
    );
    assert!(matches!(
        totals(&store, &open, Some(55)).await,
        InvoiceTotals::Whole(_)
    ));
}

#[tokio::test]
async fn what_is_open_here_is_what_the_overview_counts_as_open() {
    let (database, store) = service().await;
    let filter = InvoicesFilter {
        states: vec![InvoiceState::Open],
        ..InvoicesFilter::default()
    };
    let mut rows: Vec<_> = list(&store, filter)
        .await
        .into_iter()
        .map(|row| row.id)
        .collect();
    rows.sort();
    let counted = database.psql("select id from console.open_invoices order by id");
    let mut counted: Vec<_> = counted.lines().map(str::to_owned).collect();
    counted.sort();
    assert_eq!(rows, counted);
    let late = InvoicesFilter {
        states: vec![InvoiceState::Overdue, InvoiceState::Failed],
        ..InvoicesFilter::default()
    };
    let late = list(&store, late).await.len();
    let counted = database.psql(
        "select count(*) from console.open_invoices where failed or due_at < timestamptz '2026-11-20 12:00+00'",
    );
    assert_eq!(late.to_string(), counted, "late is late in both");
}
