//! Invoices that Stripe alone has: listed, found, summed and shown like any other, and none of them twice.

use std::collections::BTreeMap;
use std::sync::Arc;

use hopsdesk::domain::clock::FixedClock;
use hopsdesk::domain::finding::Finding;
use hopsdesk::domain::fiscal::FiscalZone;
use hopsdesk::domain::ids::UserId;
use hopsdesk::domain::invoice_totals::InvoiceTotals;
use hopsdesk::domain::invoices::{
    InvoiceStanding, InvoiceState, InvoicesFilter, InvoicesQuery, InvoicesSort, Origin,
};
use hopsdesk::domain::slice::Part;
use hopsdesk::store::{invoices, user_invoices};
use hopsdesk::usecases::open_database::{notice_lacks, open_database};
use hopsdesk::usecases::search_everything::search_everything;
use rust_decimal::{Decimal, dec};

use super::{NOW, SORTS, all, ids, list, page_of, query, service, totals};
use crate::support::database::{Kind, TestDatabase};

/// Of each standing one, a draft without a number, ties in every column, a customer whom nobody here is, and money
/// that is none: of the other mode.
const MIRROR: &str = "
insert into console.stripe_invoices (id, customer_id, number, status, currency, total, amount_paid, attempt_count, payment_intent_id,
  due_at, created_at, payment_failed, paid_at, hosted_url, livemode, as_of, rank, event_id)
select v.id, v.customer, v.number, v.status, v.currency, v.total, v.paid, v.attempts, v.intent, v.due, v.created, v.attempts > 1,
       case when v.status = 'paid' then v.created end, 'https://invoice.stripe.com/i/' || v.id, v.livemode, v.created, 1, 'evt_' || v.id
from (values
  ('in_MirrorPaid1', 'cus_olga', 'SI-0001', 'paid', 'USD', 120.10, 120.10, 1, 'pi_MirrorPaid1', null, timestamptz '2026-11-02', true),
  ('in_MirrorBack1', 'cus_olga', 'SI-0002', 'paid', 'USD', 30, 30, 1, 'pi_MirrorBack1', null, timestamptz '2026-11-02', true),
  ('in_MirrorPart1', 'cus_olga', 'SI-0003', 'paid', 'USD', 30, 30, 1, 'pi_MirrorPart1', null, timestamptz '2026-11-03', true),
  ('in_MirrorFail1', 'cus_paul', 'SI-0004', 'open', 'USD', 8.25, 0, 2, null, timestamptz '2026-11-30', timestamptz '2026-11-04', true),
  ('in_MirrorLate1', 'cus_paul', 'SI-0005', 'open', 'EUR', 9, 0, 0, null, timestamptz '2026-11-10', timestamptz '2026-11-04', true),
  ('in_MirrorOpen1', 'cus_nobody', 'SI-0006', 'open', 'JPY', 1000, 0, 0, null, timestamptz '2026-11-30', timestamptz '2026-11-05', true),
  ('in_MirrorDraft', 'cus_paul', null, 'draft', 'USD', 5, 0, 0, null, null, timestamptz '2026-11-06', true),
  ('in_MirrorVoid1', 'cus_paul', 'SI-0008', 'void', 'USD', 5, 0, 0, null, null, timestamptz '2026-11-06', true),
  ('in_MirrorGone1', 'cus_paul', 'SI-0009', 'uncollectible', 'USD', 5, 0, 3, null, null, timestamptz '2026-11-06', true),
  ('in_MirrorOddly', 'cus_paul', 'SI-0010', 'escheated', 'USD', 5, 0, 0, null, null, timestamptz '2026-11-06', true),
  ('in_MirrorTest1', 'cus_olga', 'SI-0011', 'paid', 'USD', 7777, 7777, 1, null, null, timestamptz '2026-11-07', false)
) as v (id, customer, number, status, currency, total, paid, attempts, intent, due, created, livemode);
insert into console.stripe_payments (id, payment_intent_id, invoice_id, status, currency, amount, amount_refunded, livemode, as_of, rank, event_id)
values
  -- One payment, as intended and as charged: what went back of it counts once.
  ('pi_MirrorBack1', 'pi_MirrorBack1', 'in_MirrorBack1', 'succeeded', 'USD', 30, null, true, '2026-11-02', 1, 'evt_1'),
  ('ch_MirrorBack1', 'pi_MirrorBack1', null, 'succeeded', 'USD', 30, 30, true, '2026-11-03', 1, 'evt_2'),
  ('pi_MirrorPart1', 'pi_MirrorPart1', 'in_MirrorPart1', 'succeeded', 'USD', 30, 15, true, '2026-11-02', 1, 'evt_3'),
  ('ch_MirrorPart1', 'pi_MirrorPart1', 'in_MirrorPart1', 'succeeded', 'USD', 30, 15, true, '2026-11-03', 1, 'evt_4');
";

/// A service of the second generation, which has no table of invoices, and Stripe's mirror.
async fn mirrored() -> (TestDatabase, hopsdesk::store::door::Store) {
    let database = TestDatabase::new(Kind::G2).await;
    database.psql(MIRROR);
    place(&database);
    let store = database.store();
    (database, store)
}

/// Looks up whose each invoice is, as every round of the sums does when users changed.
pub(super) fn place(database: &TestDatabase) {
    database.psql("select console.stripe_place_invoices()");
}

pub(super) fn any() -> InvoicesFilter {
    InvoicesFilter::default()
}

#[tokio::test]
async fn a_service_without_tables_of_invoices_lists_those_of_stripe() {
    let (_database, store) = mirrored().await;
    let rows = list(&store, any()).await;
    let standings: BTreeMap<&str, InvoiceStanding> = rows
        .iter()
        .map(|row| (row.id.as_str(), row.standing))
        .collect();
    assert_eq!(
        standings,
        BTreeMap::from([
            ("in_MirrorPaid1", InvoiceStanding::Paid),
            ("in_MirrorBack1", InvoiceStanding::Refunded),
            ("in_MirrorPart1", InvoiceStanding::Paid),
            ("in_MirrorFail1", InvoiceStanding::Failed),
            ("in_MirrorLate1", InvoiceStanding::Overdue),
            ("in_MirrorOpen1", InvoiceStanding::Open),
            ("in_MirrorDraft", InvoiceStanding::Draft),
            ("in_MirrorVoid1", InvoiceStanding::Void),
            ("in_MirrorGone1", InvoiceStanding::Uncollectible),
            ("in_MirrorOddly", InvoiceStanding::Unknown),
        ]),
        "each once, under its word, and none of the test mode"
    );
    assert!(rows.iter().all(|row| row.origin == Origin::StripeInvoices));
    let row = |id: &str| rows.iter().find(|row| row.id == id).expect("listed");
    let paid = row("in_MirrorPaid1");
    assert_eq!(paid.amount.amount, Some(dec!(120.10)));
    assert_eq!(paid.number.as_deref(), Some("SI-0001"));
    assert_eq!(
        paid.payer.as_ref().map(|payer| payer.id.as_str()),
        Some("auth0|g2-olga")
    );
    assert_eq!(
        paid.hosted_url.as_deref(),
        Some("https://invoice.stripe.com/i/in_MirrorPaid1")
    );
    assert!(
        row("in_MirrorOpen1").payer.is_none(),
        "nobody is made up for a customer whom nobody here is"
    );
}

#[tokio::test]
async fn they_are_paged_filtered_and_added_up_as_they_are_listed() {
    let (_database, store) = mirrored().await;
    for sort in SORTS {
        for descending in [true, false] {
            let whole = query(any(), sort, descending, 500);
            let at_once = all(&store, whole.clone(), &FiscalZone::utc()).await;
            let in_pages = all(
                &store,
                InvoicesQuery { limit: 2, ..whole },
                &FiscalZone::utc(),
            )
            .await;
            assert_eq!(at_once.len(), 10);
            assert_eq!(ids(&in_pages), ids(&at_once), "{sort:?} {descending}");
        }
    }
    let rows = list(&store, any()).await;
    let mut cases: Vec<(InvoicesFilter, usize)> = InvoiceState::ALL
        .into_iter()
        .map(|state| {
            let filter = InvoicesFilter {
                states: vec![state],
                ..any()
            };
            let passes = |standing| state.standings().contains(&standing);
            let expected = rows.iter().filter(|row| passes(row.standing)).count();
            (filter, expected)
        })
        .collect();
    for (text, expected) in [
        ("si-000", 8),
        ("SI-0004", 1),
        ("in_MirrorDraft", 1),
        ("olga@", 3),
        ("cus_nobody", 1),
        ("auth0|g2-paul", 6),
        ("in_MirrorTest1", 0),
    ] {
        let text = Some(text.to_owned());
        cases.push((InvoicesFilter { text, ..any() }, expected));
    }
    cases.push((
        InvoicesFilter {
            account: Some(UserId::parse("auth0|g2-olga").expect("an id")),
            ..any()
        },
        3,
    ));
    for (origin, expected) in [(Origin::StripeInvoices, 10), (Origin::Invoices, 0)] {
        let origins = vec![origin];
        cases.push((InvoicesFilter { origins, ..any() }, expected));
    }
    for (filter, expected) in cases {
        let listed = list(&store, filter.clone()).await;
        assert_eq!(listed.len(), expected, "{filter:?}");
        let whole = query(filter.clone(), InvoicesSort::Date, true, 500);
        let mut reading = store.read().await.expect("a connection");
        let exported = invoices::listed_totals(&mut reading, &whole, &FiscalZone::utc(), NOW)
            .await
            .expect("totals");
        reading.end().await.expect("an end");
        let exported: i64 = exported.iter().map(|record| record.listed).sum();
        assert_eq!(
            usize::try_from(exported),
            Ok(expected),
            "as exported: {filter:?}"
        );
        let InvoiceTotals::Whole(sums) = totals(&store, &filter, None).await else {
            panic!("no limit was set");
        };
        let mut by_hand: BTreeMap<(InvoiceStanding, Option<String>), Decimal> = BTreeMap::new();
        for row in &listed {
            let key = (row.standing, row.amount.currency.clone());
            *by_hand.entry(key).or_default() += row.amount.amount.expect("an amount");
        }
        let summed: BTreeMap<_, _> = sums
            .into_iter()
            .map(|sum| ((sum.standing, sum.currency), sum.amount.expect("a sum")))
            .collect();
        assert_eq!(summed, by_hand, "{filter:?}");
    }
}

#[tokio::test]
async fn they_are_found_and_have_a_page_and_stand_on_their_users() {
    let (database, store) = mirrored().await;
    let (desk, _) = open_database(database.store(), Arc::new(FixedClock(NOW)))
        .await
        .expect("a desk");
    assert_eq!(
        desk.lacks.view("invoices"),
        None,
        "no screen says that there are none"
    );
    for text in [
        "in_MirrorPaid1",
        "pi_MirrorPaid1",
        "SI-0001",
        "si-0001",
        "I-0001",
    ] {
        let answer = search_everything(&desk, text).await.expect("an answer");
        let found: Vec<_> = answer
            .found
            .iter()
            .filter_map(|found| match &found.finding {
                Finding::Invoice(invoice) => Some((invoice.origin.as_str(), invoice.id.as_str())),
                _ => None,
            })
            .collect();
        assert_eq!(found, [("stripe_invoices", "in_MirrorPaid1")], "{text}");
    }
    let mut reading = store.read().await.expect("a connection");
    let detail = page_of(&mut reading, Origin::StripeInvoices, "in_MirrorOpen1")
        .await
        .expect("a page");
    assert_eq!(detail.customer_id.as_deref(), Some("cus_nobody"));
    assert!(detail.twins.is_empty());
    let other_mode = page_of(&mut reading, Origin::StripeInvoices, "in_MirrorTest1").await;
    assert_eq!(other_mode, None);
    let part = Part {
        after: None,
        limit: 50,
    };
    // A member's page shows what the owner is billed.
    for who in ["auth0|g2-olga", "auth0|g2-max"] {
        let who = UserId::parse(who).expect("an id");
        let slice = user_invoices::of_user(&mut reading, &who, &part, &FiscalZone::utc(), NOW)
            .await
            .expect("a slice");
        let shown: Vec<_> = slice.rows.iter().map(|row| row.id.as_str()).collect();
        assert_eq!(
            shown,
            ["in_MirrorPart1", "in_MirrorPaid1", "in_MirrorBack1"]
        );
    }
    reading.end().await.expect("an end");
    let filter = InvoicesFilter {
        states: vec![InvoiceState::Open],
        ..any()
    };
    let mut open: Vec<_> = list(&store, filter).await;
    open.sort_by(|one, other| one.id.cmp(&other.id));
    let open: Vec<_> = open.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(
        database.psql("select string_agg(id, ' ' order by id) from console.open_invoices"),
        open.join(" "),
        "what is open here is what the overview counts as open"
    );
}

#[tokio::test]
async fn the_mode_that_the_receiver_works_in_is_the_one_that_is_listed() {
    let (database, store) = mirrored().await;
    database.psql("update console.stripe_mode set livemode = false");
    let rows = list(&store, any()).await;
    assert_eq!(ids(&rows), ["stripe_invoices/in_MirrorTest1"]);
}

#[tokio::test]
async fn of_an_invoice_in_two_or_three_places_one_is_listed_and_counted() {
    let (database, store) = service().await;
    let alone = list(&store, any()).await;
    // All the service has is in the mirror too: by Stripe's id in either table, or by its number alone.
    database.psql(
        "update public.users set stripe_customer_id = 'cus_' || substr(id, 7);
         update public.invoices set stripe_invoice_id = null where invoice_number = 'HD-021';
         insert into console.stripe_invoices (id, customer_id, number, status, currency, total, created_at, livemode, as_of, rank, event_id)
         select coalesce(i.stripe_invoice_id, 'in_21'), 'cus_' || substr(i.user_id, 7), i.invoice_number, i.status, upper(i.currency),
                i.amount, i.created_at, true, i.created_at, 1, 'evt_' || i.id
         from public.invoices i;
         insert into console.stripe_invoices (id, customer_id, status, currency, total, created_at, livemode, as_of, rank, event_id)
         select h.invoice_id, 'cus_' || substr(h.user_id, 7), 'paid', 'USD', h.amount, h.created_at, true, h.created_at, 1, 'evt_' || h.id
         from public.billing_history h where h.invoice_id like 'pay_%';
         -- Of these the service knows the payment alone, or the number.
         update public.billing_history set stripe_payment_intent_id = 'pi_of_' || id where invoice_id like 'pay_%';
         update console.stripe_invoices as t set payment_intent_id = 'pi_of_' || h.id, id = 'in_of_' || h.id
         from public.billing_history h where t.id = h.invoice_id;",
    );
    place(&database);
    assert_eq!(
        database.psql("select count(*) from console.stripe_invoices"),
        "52"
    );
    let both = list(&store, any()).await;
    assert_eq!(ids(&both), ids(&alone), "the mirror adds nothing to them");
    database.psql(
        "insert into console.stripe_invoices (id, customer_id, number, status, currency, total, created_at, livemode, as_of, rank, event_id)
         select 'in_more' || n, 'cus_1', 'MORE-' || n, 'paid', 'USD', n, timestamptz '2026-10-30' + n * interval '13 hours', true,
                '2026-11-01', 1, 'evt_more' || n
         from generate_series(1, 30) n;
         -- The same number, of somebody else: another invoice.
         insert into console.stripe_invoices (id, customer_id, number, status, currency, total, created_at, livemode, as_of, rank, event_id)
         values ('in_other', 'cus_1', 'HD-021', 'paid', 'USD', 1, '2026-11-01', true, '2026-11-01', 1, 'evt_other');",
    );
    place(&database);
    assert_eq!(
        database.psql("select user_id from public.invoices where invoice_number = 'HD-021'"),
        "auth0|2"
    );
    for sort in SORTS {
        for descending in [true, false] {
            let whole = query(any(), sort, descending, 500);
            let at_once = all(&store, whole.clone(), &FiscalZone::utc()).await;
            assert_eq!(at_once.len(), alone.len() + 31);
            let in_pages = all(
                &store,
                InvoicesQuery { limit: 7, ..whole },
                &FiscalZone::utc(),
            )
            .await;
            assert_eq!(ids(&in_pages), ids(&at_once), "{sort:?} {descending}");
        }
    }
}

#[tokio::test]
async fn two_users_with_one_customer_do_not_double_its_invoices() {
    let (database, store) = mirrored().await;
    database
        .psql("update public.users set stripe_customer_id = 'cus_olga' where id = 'auth0|g2-ada'");
    place(&database);
    let rows = list(&store, any()).await;
    assert_eq!(rows.len(), 10);
    let of_both: Vec<_> = rows
        .iter()
        .filter(|row| row.id == "in_MirrorPaid1")
        .filter_map(|row| row.payer.as_ref().map(|payer| payer.id.as_str()))
        .collect();
    assert_eq!(of_both, ["auth0|g2-ada"], "the first of them, and once");
}

#[tokio::test]
async fn refunds_and_credit_notes_stand_apart_from_what_was_billed_to_the_last_digit() {
    let (database, store) = mirrored().await;
    database.psql(
        "insert into console.stripe_refunds (id, payment_intent_id, status, currency, amount, livemode, as_of, rank, event_id)
         values ('re_Part', 'pi_MirrorPart1', 'succeeded', 'USD', 15, true, '2026-11-05', 1, 'evt_re'),
                ('re_Failed', 'pi_MirrorPart1', 'failed', 'USD', 0.4, true, '2026-11-05', 1, 'evt_fail');
         insert into console.stripe_credit_notes (id, invoice_id, status, currency, total, refunded, refund_id, livemode, as_of, rank, event_id)
         values
           -- Given as credit; of this one a part as money, which is counted there; all of it by a refund; and one that was taken back.
           ('cn_1', 'in_MirrorPaid1', 'issued', 'USD', 20.105, 0, null, true, '2026-11-05', 1, 'evt_1'),
           ('cn_2', 'in_MirrorPaid1', 'issued', 'USD', 0.02, 0.015, null, true, '2026-11-05', 1, 'evt_2'),
           ('cn_3', 'in_MirrorPart1', 'issued', 'USD', 15, null, 're_Part', true, '2026-11-05', 1, 'evt_3'),
           ('cn_4', 'in_MirrorPaid1', 'void', 'USD', 100, null, null, true, '2026-11-05', 1, 'evt_4'),
           ('cn_5', 'in_MirrorOpen1', 'issued', 'JPY', 250, null, null, true, '2026-11-05', 1, 'evt_5'),
           ('cn_7', 'in_MirrorPaid1', 'issued', 'USD', 0.4, null, 're_Failed', true, '2026-11-05', 1, 'evt_7'),
           ('cn_8', 'in_MirrorPaid1', 'issued', 'USD', 70, null, 're_Unseen', true, '2026-11-05', 1, 'evt_8'),
           ('cn_6', 'in_MirrorTest1', 'issued', 'USD', 7777, null, null, false, '2026-11-05', 1, 'evt_6')",
    );
    let InvoiceTotals::Whole(sums) = totals(&store, &any(), None).await else {
        panic!("no limit was set");
    };
    let of = |standing, currency: &str| {
        sums.iter()
            .find(|sum| sum.standing == standing && sum.currency.as_deref() == Some(currency))
            .expect("a sum")
    };
    let paid = of(InvoiceStanding::Paid, "USD");
    assert_eq!(paid.amount, Some(dec!(150.10)), "what was billed");
    assert_eq!((paid.refunded.entries, paid.refunded.amount), (1, dec!(15)));
    assert_eq!(
        (paid.credited.entries, paid.credited.amount),
        (1, dec!(20.51)),
        "20.105, what of 0.02 did not go back as money, and what failed to; of an unseen refund the payment tells"
    );
    let refunded = of(InvoiceStanding::Refunded, "USD");
    assert_eq!(
        (refunded.amount, refunded.refunded.amount),
        (Some(dec!(30)), dec!(30)),
        "what went back of one payment counts once, as intended and as charged"
    );
    let open = of(InvoiceStanding::Open, "JPY");
    assert_eq!(
        (open.refunded.entries, open.credited.amount),
        (0, dec!(250))
    );
    // A filter asks for what it lets through alone.
    let filter = InvoicesFilter {
        states: vec![InvoiceState::Refunded],
        ..any()
    };
    let InvoiceTotals::Whole(sums) = totals(&store, &filter, None).await else {
        panic!("no limit was set");
    };
    let back: Vec<_> = sums
        .iter()
        .map(|sum| (sum.refunded.amount, sum.credited.entries))
        .collect();
    assert_eq!(back, [(dec!(30), 0)]);
    // The page of each says what is its own.
    let mut reading = store.read().await.expect("a reading");
    let mut since = Vec::new();
    for id in ["in_MirrorPaid1", "in_MirrorPart1", "in_MirrorOpen1"] {
        let page = page_of(&mut reading, Origin::StripeInvoices, id).await;
        let page = page.expect("an invoice");
        let back: Vec<_> = page.since.refunded.iter().map(|one| one.amount).collect();
        let credited = page.since.credited.and_then(|one| one.amount);
        since.push((back, credited, page.since.remaining.is_some()));
    }
    reading.end().await.expect("its end");
    assert_eq!(
        since,
        [
            (vec![], Some(dec!(20.51)), false),
            (vec![Some(dec!(15))], None, false),
            (vec![], Some(dec!(250)), true),
        ]
    );
}

#[tokio::test]
async fn subscriptions_that_stripe_alone_has_are_listed_and_have_a_page() {
    let (database, store) = mirrored().await;
    database.psql(
        "insert into console.stripe_subscriptions (id, customer_id, status, price_id, current_period_end, created_at, livemode, as_of, rank, event_id)
         values ('sub_Mirror01', 'cus_olga', 'active', 'price_1', '2026-12-01', '2026-11-01', true, '2026-11-01', 1, 'e'),
                ('sub_MirrorTest', 'cus_olga', 'active', null, null, '2026-11-01', false, '2026-11-01', 1, 'e')",
    );
    place(&database);
    let filter = InvoicesFilter {
        origins: vec![Origin::Subscriptions],
        ..any()
    };
    let rows = list(&store, filter).await;
    assert_eq!(ids(&rows), ["subscriptions/sub_Mirror01"]);
    assert_eq!(
        rows[0].payer.as_ref().map(|payer| payer.id.as_str()),
        Some("auth0|g2-olga")
    );
    let (desk, _) = open_database(database.store(), Arc::new(FixedClock(NOW)))
        .await
        .expect("a desk");
    assert_eq!(desk.lacks.view("subscriptions"), None);
    let answer = search_everything(&desk, "sub_Mirror01")
        .await
        .expect("an answer");
    assert!(
        answer.found.iter().any(|found| matches!(&found.finding,
            Finding::Invoice(invoice) if invoice.id == "sub_Mirror01")),
        "and is found by its id"
    );
    let mut reading = store.read().await.expect("a connection");
    let detail = page_of(&mut reading, Origin::Subscriptions, "sub_Mirror01")
        .await
        .expect("a page");
    reading.end().await.expect("an end");
    let facts = detail.subscription.expect("facts");
    assert_eq!(facts.price_id.as_deref(), Some("price_1"));
}

#[tokio::test]
async fn what_a_database_lacks_is_noticed_when_it_changes() {
    let database = TestDatabase::new(Kind::G2).await;
    let (mut desk, _) = open_database(database.store(), Arc::new(FixedClock(NOW)))
        .await
        .expect("a desk");
    assert!(desk.lacks.view("invoices").is_some());
    assert_eq!(notice_lacks(&desk).await.expect("an answer"), None);
    database.psql(MIRROR);
    let lacks = notice_lacks(&desk).await.expect("an answer").expect("news");
    assert_eq!(lacks.view("invoices"), None, "Stripe told of the first");
    assert!(lacks.view("subscriptions").is_some());
    desk.lacks = Arc::new(lacks);
    assert_eq!(notice_lacks(&desk).await.expect("an answer"), None, "once");
}
