//! Money that went back of invoices: apart from what was billed, on the page, in the totals and in a file.

use futures_util::TryStreamExt as _;
use hopsdesk::domain::fiscal::FiscalZone;
use hopsdesk::domain::invoice_totals::InvoiceTotals;
use hopsdesk::domain::invoices::{
    InvoiceStanding, InvoiceState, InvoicesFilter, InvoicesSort, Origin,
};
use hopsdesk::store::{invoice_page, invoices};
use rust_decimal::dec;

use super::mirrored::{any, mirrored};
use super::{NOW, query, totals};

/// Refunds and credit notes of every kind there is.
const GIVEN_BACK: &str = "
insert into console.stripe_refunds (id, payment_intent_id, status, currency, amount, livemode, as_of, rank, event_id)
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
  ('cn_6', 'in_MirrorTest1', 'issued', 'USD', 7777, null, null, false, '2026-11-05', 1, 'evt_6')";

#[tokio::test]
async fn refunds_and_credit_notes_stand_apart_from_what_was_billed_to_the_last_digit() {
    let (database, store) = mirrored().await;
    database.psql(GIVEN_BACK);
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
    let whole = query(any(), InvoicesSort::Date, true, 1);
    let utc = FiscalZone::utc();
    let exported: Vec<_> = invoices::listed(&mut reading, &whole, &utc, NOW)
        .await
        .expect("a list")
        .try_collect()
        .await
        .expect("rows");
    let mut since = Vec::new();
    for id in ["in_MirrorPaid1", "in_MirrorPart1", "in_MirrorOpen1"] {
        let page = invoice_page::detail(
            &mut reading,
            Origin::StripeInvoices,
            id,
            &FiscalZone::utc(),
            NOW,
        )
        .await;
        let page = page.expect("a page").expect("an invoice");
        let row = exported.iter().find(|listed| listed.row.id == id);
        assert_eq!(row.map(|listed| &listed.since), Some(&page.since), "{id}");
        let back: Vec<_> = page.since.refunded.iter().map(|one| one.amount).collect();
        let credited = page.since.credited.and_then(|one| one.amount);
        since.push((back, credited, page.since.remaining.is_some()));
    }
    let sums = invoices::listed_totals(&mut reading, &whole, &utc, NOW).await;
    let sums = sums.expect("what the database adds up");
    let dollars = sums
        .iter()
        .find(|sum| sum.currency.as_deref() == Some("USD"));
    let dollars = &dollars.expect("dollars").sums;
    assert_eq!(
        dollars[2..4],
        [Some(dec!(45)), Some(dec!(20.51))],
        "refunded and credited, as a file says them"
    );
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
