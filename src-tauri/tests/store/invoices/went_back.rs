//! What went back of invoices, where Stripe has them in another currency than the service, and in a file.

use std::sync::Arc;

use hopsdesk::domain::clock::FixedClock;
use hopsdesk::domain::fiscal::FiscalZone;
use hopsdesk::domain::invoice_totals::{InvoiceTotals, given_back};
use hopsdesk::domain::invoices::{InvoiceState, InvoicesFilter, InvoicesSort};
use hopsdesk::store::door::Store;
use hopsdesk::usecases::exported::Listing;
use hopsdesk::usecases::exported::invoices::FiscalInvoices;
use hopsdesk::usecases::open_database::open_database;
use rust_decimal::{Decimal, dec};

use super::in_both::{OF_NUMBERS, told};
use super::mirrored::{any, place};
use super::{NOW, list, page_of, query, totals};
use crate::store::exports::{csv_of, read_csv, said};

async fn refunded(store: &Store) -> Vec<(Option<String>, u64, Decimal)> {
    let InvoiceTotals::Whole(sums) = totals(store, &any(), None).await else {
        panic!("no limit was set");
    };
    let back = given_back(&sums, true).expect("sums");
    back.into_iter()
        .map(|back| (back.currency, back.entries, back.amount))
        .collect()
}

#[tokio::test]
async fn money_went_back_in_the_currency_that_stripe_has_the_invoice_in() {
    let (database, store) = told(OF_NUMBERS).await;
    let (usd, eur) = (Some("USD".to_owned()), Some("EUR".to_owned()));
    assert_eq!(refunded(&store).await, [(usd.clone(), 2, dec!(15.5))]);
    // The service has it as fifty dollars, of the same number.
    database.psql(
        "update console.stripe_invoices set currency = 'EUR' where id = 'in_a1';
         update console.stripe_payments set currency = 'EUR' where id = 'ch_a1'",
    );
    place(&database);
    assert_eq!(
        refunded(&store).await,
        [(usd, 1, dec!(3)), (eur.clone(), 1, dec!(12.5))]
    );
    let rows = list(&store, any()).await;
    let row = rows
        .iter()
        .find(|row| row.number.as_deref() == Some("A-1"))
        .expect("the service's own");
    assert_eq!(row.amount.currency.as_deref(), Some("USD"));
    let mut reading = store.read().await.expect("a reading");
    let page = page_of(&mut reading, row.origin, &row.id).await;
    reading.end().await.expect("an end");
    let back: Vec<_> = page
        .expect("a page")
        .since
        .refunded
        .into_iter()
        .map(|back| (back.currency, back.amount))
        .collect();
    assert_eq!(back, [(eur, Some(dec!(12.5)))]);
}

#[tokio::test]
async fn a_file_says_what_each_standing_comes_to_and_what_went_back() {
    let (database, store) = told(OF_NUMBERS).await;
    // Two rows of the service tell of one invoice of Stripe's, and a bank took back euros of it.
    database.psql(
        "insert into public.billing_history (user_id, invoice_id, status, amount, currency, paid_at, created_at)
         values ('auth0|2', 'in_a1', 'paid', 50, 'usd', '2026-11-02', '2026-11-02');
         insert into console.stripe_disputes (id, charge_id, status, currency, amount, livemode, as_of, rank, event_id)
         values ('dp_1', 'ch_a1', 'lost', 'EUR', 11, true, '2026-11-06', 1, 'e');
         insert into console.stripe_credit_notes (id, invoice_id, status, currency, total, refunded, livemode, as_of, rank, event_id)
         values ('cn_1', 'in_a3', 'issued', 'USD', 1.5, 0, true, '2026-11-05', 1, 'e')",
    );
    place(&database);
    let (desk, _) = open_database(store, Arc::new(FixedClock(NOW)))
        .await
        .expect("a desk");
    let file = async |filter: InvoicesFilter| {
        let query = query(filter, InvoicesSort::Date, true, 0);
        let listing = Listing::Invoices(FiscalInvoices::new(&desk, query, FiscalZone::utc()));
        read_csv(&csv_of(&desk, &listing).await)
    };
    let (rows, about) = file(any()).await;
    let names: Vec<_> = about
        .iter()
        .map(|(name, _)| name.as_str())
        .filter(|name| {
            ["Standing", "Refunded", "Credited"]
                .iter()
                .any(|word| name.starts_with(word))
        })
        .collect();
    assert_eq!(said(&about, "Rows"), rows.len().to_string());
    assert_eq!(
        names,
        [
            "Standing open, 1 row (USD)",
            "Standing open: still to be paid (USD)",
            "Standing paid, 4 rows (USD)",
            "Refunded, as Stripe has it, 2 rows (USD)",
            "Refunded, as Stripe has it, 1 row (EUR)",
            "Credited by notes, as Stripe has it, 1 row (USD)",
        ]
    );
    let values: Vec<_> = names.iter().map(|name| said(&about, name)).collect();
    assert_eq!(values, ["100", "40", "116", "15.5", "11", "1.5"]);
    assert_eq!(said(&about, "Total Amount (USD)"), "216", "what was billed");
    let (_, about) = file(InvoicesFilter {
        states: vec![InvoiceState::Open],
        ..any()
    })
    .await;
    assert!(
        !about.iter().any(|(name, _)| name.starts_with("Refunded")),
        "of the rows in the file alone"
    );
}
