//! Invoices that the service and Stripe both have: known to each other by a number or a payment, what went back of them, and
//! what remains.

use std::sync::Arc;

use futures_util::{StreamExt as _, TryStreamExt as _};
use hopsdesk::domain::clock::FixedClock;
use hopsdesk::domain::finding::Finding;
use hopsdesk::domain::fiscal::FiscalZone;
use hopsdesk::domain::invoice_totals::InvoiceTotals;
use hopsdesk::domain::invoices::{
    InvoiceRow, InvoiceStanding, InvoiceState, InvoicesFilter, InvoicesSort, Origin,
};
use hopsdesk::store::door::Store;
use hopsdesk::store::invoices;
use hopsdesk::usecases::keep_rollups::refresh_rollups;
use hopsdesk::usecases::open_database::open_database;
use hopsdesk::usecases::search_everything::search_everything;
use rust_decimal::{Decimal, dec};
use time::OffsetDateTime;
use time::macros::datetime;

use super::mirrored::{any, place};
use super::{NOW, SORTS, all, ids, list, page_of, query, service, totals};
use crate::support::database::TestDatabase;

/// What the service's invoices of `BILLING` say of the one that the mirror is told of next.
pub(super) async fn told(mirror: &str) -> (TestDatabase, Store) {
    let (database, store) = service().await;
    database.psql(
        "alter table public.users drop constraint users_stripe_customer_id_key;
         delete from public.billing_history; delete from public.invoices; delete from public.subscriptions;
         update public.users set stripe_customer_id = 'cus_shared' where id in ('auth0|1', 'auth0|2');
         update public.users set stripe_customer_id = 'cus_' || substr(id, 7) where id in ('auth0|3', 'auth0|4');
         insert into public.invoices (user_id, invoice_number, status, amount, currency, created_at) values
           ('auth0|2', 'A-1', 'paid', 50, 'usd', '2026-11-01'), ('auth0|3', 'A-2', 'open', 100, 'usd', '2026-11-02'),
           ('auth0|4', 'A-3', 'paid', 9, 'usd', '2026-11-03');",
    );
    database.psql(mirror);
    place(&database);
    (database, store)
}

pub(super) const OF_NUMBERS: &str = "
insert into console.stripe_invoices (id, customer_id, number, status, currency, total, amount_due, amount_paid, amount_remaining,
  payment_intent_id, created_at, livemode, as_of, rank, event_id)
values
  -- A customer that two users share, and the service keeps the invoice in the name of the second.
  ('in_a1', 'cus_shared', 'A-1', 'paid', 'USD', 50, 50, 50, 0, 'pi_a1', '2026-11-01', true, '2026-11-01', 1, 'e1'),
  -- Sixty were paid.
  ('in_a2', 'cus_3', 'A-2', 'open', 'USD', 100, 100, 60, 40, 'pi_a2', '2026-11-02', true, '2026-11-02', 1, 'e2'),
  -- The number of somebody else's.
  ('in_a3', 'cus_3', 'A-3', 'paid', 'USD', 7, 7, 7, 0, 'pi_a3', '2026-11-03', true, '2026-11-03', 1, 'e3');
insert into console.stripe_payments (id, payment_intent_id, status, currency, amount, amount_refunded, livemode, as_of, rank, event_id)
values ('ch_a1', 'pi_a1', 'succeeded', 'USD', 50, 12.5, true, '2026-11-05', 1, 'e4'),
       ('ch_a3', 'pi_a3', 'succeeded', 'USD', 7, 3, true, '2026-11-05', 1, 'e5');
";

#[tokio::test]
async fn an_invoice_known_by_its_number_is_that_of_its_own_user_alone() {
    let (database, store) = told(OF_NUMBERS).await;
    let rows = list(&store, any()).await;
    let mut listed: Vec<_> = rows
        .iter()
        .map(|row| {
            let payer = row.payer.as_ref().map(|payer| payer.id.as_str());
            (row.number.as_deref(), payer, row.origin)
        })
        .collect();
    listed.sort();
    let of = |number, user, origin| (Some(number), Some(user), origin);
    assert_eq!(
        listed,
        [
            of("A-1", "auth0|2", Origin::Invoices),
            of("A-2", "auth0|3", Origin::Invoices),
            of("A-3", "auth0|3", Origin::StripeInvoices),
            of("A-3", "auth0|4", Origin::Invoices),
        ],
        "a number alone is nobody's: both are shown"
    );
    let mut reading = store.read().await.expect("a connection");
    for row in rows {
        let shared = row.number.as_deref() == Some("A-3");
        assert_eq!(row.number_shared, shared, "in the list: {row:?}");
        let detail = page_of(&mut reading, row.origin, &row.id)
            .await
            .expect("a page");
        assert_eq!(detail.row.number_shared, shared, "on its page: {row:?}");
    }
    reading.end().await.expect("an end");
    database.psql("update public.users set stripe_customer_id = null where id = 'auth0|2'");
    place(&database);
    assert_eq!(
        list(&store, any()).await.len(),
        5,
        "whoever is no longer that customer no longer has its invoices"
    );
}

#[tokio::test]
async fn refunds_reach_invoices_that_are_known_by_their_number_and_open_ones_say_what_remains() {
    let (database, store) = told(OF_NUMBERS).await;
    let sums = async || match totals(&store, &any(), None).await {
        InvoiceTotals::Whole(sums) => sums,
        InvoiceTotals::Over(_) => panic!("no limit was set"),
    };
    let all = sums().await;
    let of = |standing| {
        all.iter()
            .find(|sum| sum.standing == standing)
            .expect("a sum")
    };
    let paid = of(InvoiceStanding::Paid);
    assert_eq!(
        (paid.amount, paid.refunded.entries, paid.refunded.amount),
        (Some(dec!(66)), 2, dec!(15.5)),
        "12.5 of the one known by its number, 3 of the mirror's own"
    );
    let open = of(InvoiceStanding::Open);
    assert_eq!(
        (open.amount, open.remaining),
        (Some(dec!(100)), Some(dec!(40)))
    );
    assert_eq!(
        database.psql("select amount from console.open_invoices"),
        "40"
    );
    // A credit note that takes off ten: Stripe's invoice says so.
    database.psql(
        "update console.stripe_invoices set amount_due = 90, amount_remaining = 30 where id = 'in_a2'",
    );
    assert_eq!(
        database.psql("select amount from console.open_invoices"),
        "30"
    );
    database.psql("delete from public.invoices where invoice_number = 'A-2'");
    assert_eq!(
        database.psql("select id || ' ' || amount from console.open_invoices"),
        "in_a2 30",
        "of one that Stripe alone has as well"
    );
    let all = sums().await;
    let open = all.iter().find(|sum| sum.standing == InvoiceStanding::Open);
    assert_eq!(open.and_then(|sum| sum.remaining), Some(dec!(30)));
}

#[tokio::test]
async fn payments_of_the_newest_api_are_counted_whatever_comes_first() {
    let parts = [
        "insert into console.stripe_invoices (id, customer_id, number, status, currency, total, amount_paid, created_at, livemode, as_of, rank, event_id)
         values ('in_n', 'cus_4', 'N-1', 'paid', 'USD', 30, 30, '2026-11-03', true, '2026-11-03', 1, 'e')",
        "insert into console.stripe_invoice_payments (id, invoice_id, payment_intent_id, status, amount_paid, is_default, livemode, as_of, rank, event_id)
         values ('inpay_1', 'in_n', 'pi_n1', 'paid', 20, true, true, '2026-11-03', 1, 'e')",
        "insert into console.stripe_invoice_payments (id, invoice_id, charge_id, status, amount_paid, is_default, livemode, as_of, rank, event_id)
         values ('inpay_2', 'in_n', 'ch_n2', 'paid', 10, false, true, '2026-11-03', 1, 'e')",
        "insert into console.stripe_payments (id, payment_intent_id, status, currency, amount, amount_refunded, livemode, as_of, rank, event_id)
         values ('ch_n1', 'pi_n1', 'succeeded', 'USD', 20, 20, true, '2026-11-05', 1, 'e')",
        "insert into console.stripe_payments (id, status, currency, amount, amount_refunded, livemode, as_of, rank, event_id)
         values ('ch_n2', 'succeeded', 'USD', 10, 4, true, '2026-11-05', 1, 'e')",
        "insert into console.stripe_disputes (id, charge_id, status, currency, amount, livemode, as_of, rank, event_id)
         values ('dp_n', 'ch_n2', 'lost', 'USD', 6, true, '2026-11-05', 1, 'e')",
    ];
    let (database, store) = told("").await;
    for turn in 0..parts.len() {
        for place in 0..parts.len() {
            database.psql(parts[(place + turn) % parts.len()]);
        }
        place(&database);
        assert_eq!(
            database.psql(
                "select refunded || ' ' || went_back || ' ' || paid_by from console.stripe_invoices"
            ),
            "30 true pi_n1",
            "begun with part {turn}"
        );
        let rows = list(
            &store,
            InvoicesFilter {
                states: vec![InvoiceState::Refunded],
                ..any()
            },
        )
        .await;
        assert_eq!(ids(&rows), ["stripe_invoices/in_n"]);
        database.psql(
            "delete from console.stripe_invoices; delete from console.stripe_invoice_payments;
             delete from console.stripe_payments; delete from console.stripe_disputes",
        );
    }
}

#[tokio::test]
async fn a_service_without_a_column_for_the_currency_has_one_line_of_dollars() {
    let (database, store) = told(OF_NUMBERS).await;
    database.psql("alter table public.billing_history drop column currency cascade; alter table public.invoices drop column currency cascade");
    hopsdesk::store::attach::run::attach(&mut database.direct().await)
        .await
        .expect("attached anew");
    let InvoiceTotals::Whole(sums) = totals(&store, &any(), None).await else {
        panic!("no limit was set");
    };
    let mut currencies: Vec<_> = sums.iter().map(|sum| sum.currency.as_deref()).collect();
    currencies.dedup();
    assert_eq!(currencies, [Some("USD")]);
}

#[tokio::test]
async fn what_went_back_in_another_currency_is_a_sum_of_that_currency() {
    let (database, store) = told(OF_NUMBERS).await;
    database.psql(
        "insert into console.stripe_disputes (id, charge_id, status, currency, amount, livemode, as_of, rank, event_id)
         values ('dp_1', 'ch_a1', 'lost', 'EUR', 11, true, '2026-11-06', 1, 'e'), ('dp_2', 'ch_a3', 'lost', 'EUR', 2, true, '2026-11-06', 1, 'e')",
    );
    let sums = async || match totals(&store, &any(), None).await {
        InvoiceTotals::Whole(sums) => sums,
        InvoiceTotals::Over(_) => panic!("no limit was set"),
    };
    let back = |sums: &[hopsdesk::domain::invoice_totals::InvoiceSum]| {
        let given = hopsdesk::domain::invoice_totals::given_back(sums, true).expect("sums");
        given
            .into_iter()
            .map(|sum| (sum.currency, sum.entries, sum.amount))
            .collect::<Vec<_>>()
    };
    let (usd, eur) = (Some("USD".to_owned()), Some("EUR".to_owned()));
    let all = sums().await;
    assert_eq!(
        back(&all),
        [(usd.clone(), 2, dec!(15.5)), (eur, 2, dec!(13))],
        "euros are added to no dollars"
    );
    let euros = all
        .iter()
        .find(|sum| sum.currency.as_deref() == Some("EUR"))
        .expect("a sum");
    assert_eq!(
        (euros.entries, euros.amount),
        (0, None),
        "no invoice is in euros"
    );
    database.psql(
        "update console.stripe_disputes set withdrawn = amount + 1, withdrawn_currency = 'USD'",
    );
    assert_eq!(
        back(&sums().await),
        [(usd, 2, dec!(30.5))],
        "twelve and three dollars, as Stripe took them"
    );
}

/// When Stripe says that they were paid.
const PAID: OffsetDateTime = datetime!(2026-11-08 12:00 UTC);

const SETTLED: &str = "
insert into public.invoices (user_id, invoice_number, stripe_invoice_id, status, amount, currency, due_date, created_at) values
  ('auth0|3', 'B-1', 'in_b1', 'open', 1, 'usd', '2026-11-10', '2026-11-05'),
  ('auth0|4', 'B-2', null, 'open', 2, 'eur', '2026-11-10', '2026-11-05'),
  ('auth0|4', 'B-3', null, 'open', 3, 'usd', null, '2026-11-06'),
  -- Another currency, another mode, another of the same number: those say nothing of it.
  ('auth0|3', 'B-5', 'in_b5', 'open', 5, 'usd', '2026-11-10', '2026-11-06'),
  ('auth0|3', 'B-6', 'in_b6', 'open', 6, 'usd', '2026-11-10', '2026-11-06'),
  ('auth0|3', 'B-7', 'in_b7', 'open', 7, 'usd', '2026-11-10', '2026-11-06');
insert into public.billing_history (user_id, invoice_id, status, amount, currency, created_at) values
  ('auth0|4', 'in_b4', 'pending', 4, 'usd', '2026-11-07');
insert into console.stripe_invoices (id, customer_id, number, status, currency, total, amount_paid, amount_remaining, payment_intent_id,
  created_at, livemode, as_of, rank, event_id)
select v.id, v.customer, v.number, v.status, v.currency, v.total, v.paid, 0, 'pi_' || v.id, '2026-11-01', v.livemode, '2026-11-08', 1, 'e' || v.id
from (values
  ('in_b1', 'cus_3', 'B-1', 'void', 'USD', 1, 0, true), ('in_b2', 'cus_4', 'B-2', 'paid', 'EUR', 2, 2, true),
  ('in_b3', 'cus_4', 'B-3', 'paid', 'USD', 3, 3, true), ('in_b4', 'cus_4', 'B-4', 'uncollectible', 'USD', 4, 0, true),
  ('in_b5', 'cus_3', 'B-5', 'void', 'EUR', 5, 0, true), ('in_b6', 'cus_3', 'B-6', 'void', 'USD', 6, 0, false),
  ('in_b7', 'cus_3', 'B-70', 'open', 'USD', 7, 0, true), ('in_b8', 'cus_3', 'B-7', 'void', 'USD', 7, 0, true)
) as v (id, customer, number, status, currency, total, paid, livemode);
update console.stripe_invoices set amount_remaining = total where id = 'in_b7';
insert into console.stripe_payments (id, payment_intent_id, status, currency, amount, amount_refunded, livemode, as_of, rank, event_id)
values ('ch_b3', 'pi_in_b3', 'succeeded', 'USD', 3, 3, true, '2026-11-09', 1, 'e');
";

/// By every filter the pages of each order, the export and the totals have the same of these rows.
async fn each_filter_passes_the_same_everywhere(store: &Store, rows: &[InvoiceRow]) {
    for state in InvoiceState::ALL {
        let filter = InvoicesFilter {
            states: vec![state],
            ..any()
        };
        let mut passing: Vec<_> = rows
            .iter()
            .filter(|row| state.standings().contains(&row.standing))
            .map(|row| (row.origin, row.id.clone()))
            .collect();
        passing.sort();
        for sort in SORTS {
            let shown = all(
                store,
                query(filter.clone(), sort, true, 1),
                &FiscalZone::utc(),
            )
            .await;
            let mut shown: Vec<_> = shown.into_iter().map(|row| (row.origin, row.id)).collect();
            shown.sort();
            assert_eq!(shown, passing, "{state:?} by {sort:?}, a row a page");
        }
        let mut reading = store.read().await.expect("a connection");
        let exported = query(filter.clone(), InvoicesSort::Date, true, 1);
        let mut listed: Vec<_> = invoices::listed(&mut reading, &exported, &FiscalZone::utc(), NOW)
            .await
            .expect("a list")
            .map(|row| row.map(|row| (row.origin, row.id)))
            .try_collect()
            .await
            .expect("rows");
        listed.sort();
        assert_eq!(listed, passing, "{state:?} in an export");
        reading.end().await.expect("an end");
        let InvoiceTotals::Whole(sums) = totals(store, &filter, None).await else {
            panic!("no limit was set");
        };
        let entries: u64 = sums.iter().map(|sum| sum.entries).sum();
        assert_eq!(
            usize::try_from(entries),
            Ok(passing.len()),
            "{state:?} added up"
        );
        let remaining = sums.iter().filter_map(|sum| sum.remaining).sum::<Decimal>();
        if state == InvoiceState::Open {
            assert_eq!(remaining, dec!(18), "five, six and seven");
        } else if state != InvoiceState::Overdue {
            assert_eq!(remaining, dec!(0), "{state:?} waits for nothing");
        }
    }
}

#[tokio::test]
async fn what_stripe_has_as_settled_waits_for_no_money_here_whoever_asks() {
    use InvoiceStanding::{Overdue, Paid, Refunded, Uncollectible, Void};
    let (database, store) = told(SETTLED).await;
    database.psql(
        "delete from public.invoices where invoice_number like 'A-%';
         update console.stripe_invoices set paid_at = '2026-11-08 12:00 UTC' where id like 'in_b%';
         -- Without a day of its own it was paid when Stripe said so.
         update console.stripe_invoices set as_of = paid_at, paid_at = null where id = 'in_b3'",
    );
    assert_eq!(
        database.psql("select console.rollups_refresh_overruled()"),
        "4"
    );
    let clock = Arc::new(FixedClock(NOW));
    let (desk, _) = open_database(database.store(), clock)
        .await
        .expect("a desk");
    let expected = [
        ("in_b4", Uncollectible, Some(Uncollectible)),
        ("B-1", Void, Some(Void)),
        ("B-2", Paid, Some(Paid)),
        ("B-3", Refunded, Some(Refunded)),
        ("B-5", Overdue, None),
        ("B-6", Overdue, None),
        ("B-7", Overdue, None),
    ];
    let rows = list(&store, any()).await;
    for (number, standing, says) in expected {
        let row = rows
            .iter()
            .find(|row| {
                row.number.as_deref() == Some(number) && row.origin != Origin::StripeInvoices
            })
            .expect("listed");
        assert_eq!(
            (row.standing, row.stripe_says),
            (standing, says),
            "{number}"
        );
        let mut reading = store.read().await.expect("a connection");
        let page = page_of(&mut reading, row.origin, &row.id)
            .await
            .expect("a page");
        assert_eq!(
            (page.row.standing, page.row.stripe_says),
            (standing, says),
            "on its page"
        );
        reading.end().await.expect("an end");
        let answer = search_everything(&desk, &row.id).await.expect("an answer");
        let found = answer.found.iter().find_map(|found| match &found.finding {
            Finding::Invoice(invoice) if invoice.id == row.id => Some(invoice.standing),
            _ => None,
        });
        assert_eq!(found, Some(Some(standing)), "{number} in the search box");
        let paid = matches!(standing, Paid | Refunded).then_some(PAID);
        assert_eq!(
            (row.paid_at, page.row.paid_at),
            (paid, paid),
            "{number}: when it was paid"
        );
    }
    each_filter_passes_the_same_everywhere(&store, &rows).await;
    assert_eq!(
        database.psql("select string_agg(number || ' ' || amount || ' ' || currency, ', ' order by number) from console.open_invoices"),
        "B-5 5 usd, B-6 6 usd, B-7 7 usd",
        "what is owed, wherever it is counted"
    );
}

#[tokio::test]
async fn what_is_kept_of_stripe_s_word_shows_nothing_that_stripe_does_not_say_any_more() {
    let (database, store) = told(SETTLED).await;
    database.psql("delete from public.invoices where invoice_number like 'A-%'");
    let listed = async |states: &[InvoiceState]| {
        let filter = InvoicesFilter {
            states: states.to_vec(),
            origins: vec![Origin::Invoices, Origin::BillingHistory],
            ..any()
        };
        let rows = list(&store, filter).await;
        let mut numbers: Vec<_> = rows.into_iter().filter_map(|row| row.number).collect();
        numbers.sort();
        numbers.join(" ")
    };
    let refresh = "select console.rollups_refresh_overruled()";
    let settled = [
        InvoiceState::Paid,
        InvoiceState::Refunded,
        InvoiceState::Void,
        InvoiceState::Uncollectible,
    ];
    let every: Vec<_> = settled.into_iter().chain([InvoiceState::Open]).collect();
    assert_eq!(listed(&settled).await, "", "a round of the figures later");
    // What is asked for under its old word and its new one is there all the while.
    let all_of_them = "B-1 B-2 B-3 B-5 B-6 B-7 in_b4";
    assert_eq!(listed(&every).await, all_of_them);
    // So is one that was listed for what a charge says of it.
    database.psql(
        "insert into public.billing_history (user_id, invoice_id, status, amount, currency, created_at)
         values ('auth0|3', 'in_b1', 'failed', 1, 'usd', '2026-11-07')",
    );
    let failed_or_void = [InvoiceState::Failed, InvoiceState::Void];
    assert_eq!(listed(&failed_or_void).await, "B-1", "at once");
    refresh_rollups(&store, &FixedClock(NOW))
        .await
        .expect("a round");
    assert_eq!(listed(&failed_or_void).await, "B-1", "and once");
    database.psql("delete from public.billing_history where status = 'failed'");
    assert_eq!(database.psql(refresh), "1", "the charge is none any more");
    assert_eq!(listed(&settled).await, "B-1 B-2 B-3 in_b4");
    // Beside what waits, and each once.
    let mixed = [
        InvoiceState::Void,
        InvoiceState::Overdue,
        InvoiceState::Failed,
    ];
    assert_eq!(listed(&mixed).await, "B-1 B-5 B-6 B-7");
    assert_eq!(listed(&every).await, all_of_them);
    database.psql("update console.stripe_invoices set status = 'open' where id = 'in_b1'");
    assert_eq!(listed(&[InvoiceState::Void]).await, "", "it waits again");
    assert_eq!(listed(&mixed).await, "B-1 B-5 B-6 B-7", "as overdue");
    database.psql("update public.invoices set status = 'paid' where invoice_number = 'B-2'");
    assert_eq!(listed(&[InvoiceState::Paid]).await, "B-2", "once");
    assert_eq!(database.psql(refresh), "2");
    assert_eq!(
        database.psql("select count(*) from console.invoices_overruled"),
        "2",
        "of what is settled here as well nothing is kept"
    );
}
