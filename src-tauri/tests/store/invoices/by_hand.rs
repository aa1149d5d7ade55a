//! Months, entries that an invoice stands for, and tables that people made by hand.

use hopsdesk::domain::fiscal::FiscalZone;
use hopsdesk::domain::invoice_totals::InvoiceTotals;
use hopsdesk::domain::invoices::{
    FiscalMonth, InvoiceStanding, InvoiceState, InvoicesFilter, InvoicesQuery, InvoicesSort, Origin,
};
use hopsdesk::domain::period::Month;
use hopsdesk::store::{attach, fiscal};
use rust_decimal::dec;
use time::macros::datetime;

use super::{SORTS, all, ids, list, page_of, query, service, totals};
use crate::support::database::{Kind, TestDatabase};

#[tokio::test]
async fn a_fiscal_month_begins_at_midnight_of_its_zone() {
    let (database, store) = service().await;
    database.psql(
        "insert into public.billing_history (user_id, invoice_id, amount, status, created_at)
         values ('auth0|1', 'late-october', 7, 'pending', '2026-11-01 03:30:00+00')",
    );
    let october = InvoicesFilter {
        month: Some(FiscalMonth::Named(
            Month::parse("2026-10").expect("a month"),
        )),
        text: Some("late-october".to_owned()),
        ..InvoicesFilter::default()
    };
    for (zone, expected) in [("UTC", 0), ("America/New_York", 1), ("Asia/Tokyo", 0)] {
        let zone = FiscalZone::parse(zone).expect("a zone");
        let found = all(
            &store,
            query(october.clone(), InvoicesSort::Date, true, 100),
            &zone,
        )
        .await;
        assert_eq!(found.len(), expected, "{zone}");
    }
    let mut reading = store.read().await.expect("a connection");
    let new_york = FiscalZone::parse("America/New_York").expect("a zone");
    let month = fiscal::month_of(&mut reading, datetime!(2026-12-01 02:00 UTC), &new_york)
        .await
        .expect("a month");
    assert_eq!(month.to_string(), "2026-11");
    assert!(
        fiscal::is_known(&mut reading, &new_york)
            .await
            .expect("an answer")
    );
    let mars = FiscalZone::parse("Mars/Olympus").expect("well written");
    assert!(
        !fiscal::is_known(&mut reading, &mars)
            .await
            .expect("an answer")
    );
    let zones = fiscal::zones(&mut reading).await.expect("zones");
    assert!(zones.contains(&"UTC".to_owned()) && zones.contains(&"Europe/Stockholm".to_owned()));
    assert!(zones.iter().all(|name| FiscalZone::parse(name).is_ok()));
    reading.end().await.expect("an end");
}

#[tokio::test]
async fn an_entry_of_the_history_leads_to_the_invoice_that_stands_for_it() {
    let (database, store) = service().await;
    let entry = database.psql("select id from public.billing_history where invoice_id = 'in_9'");
    let alone = database.psql("select id from public.billing_history where invoice_id = 'pay_1'");
    let subscription =
        database.psql("select id from public.subscriptions where user_id = 'auth0|2'");
    let mut reading = store.read().await.expect("a connection");
    let detail = page_of(&mut reading, Origin::BillingHistory, &entry)
        .await
        .expect("an invoice");
    assert_eq!(detail.row.number.as_deref(), Some("HD-009"));
    assert_eq!(detail.asked_for.as_deref(), Some(entry.as_str()));
    assert_eq!(detail.twins.len(), 1);
    assert_eq!(detail.row.standing, InvoiceStanding::Failed);
    let detail = page_of(&mut reading, Origin::BillingHistory, &alone)
        .await
        .expect("a charge");
    assert_eq!((detail.asked_for, detail.twins.len()), (None, 0));
    let detail = page_of(&mut reading, Origin::Subscriptions, &subscription)
        .await
        .expect("a subscription");
    assert_eq!(detail.row.status.as_deref(), Some("past_due"));
    assert!(detail.subscription.is_some());
    let nothing = page_of(&mut reading, Origin::Invoices, "nonsense").await;
    assert!(nothing.is_none());
    reading.end().await.expect("an end");
}

/// The second generation, with tables somebody made by hand: whole numbers as ids, words in capitals, no
/// currency in one of them, and much that is missing.
const BY_HAND: &str = "
create type public.invoice_state as enum ('PAID', 'Open', 'escheated', 'credited');
create table public.invoices (
  id bigserial primary key, invoice_number varchar(40), user_id text, amount numeric(10, 2),
  status public.invoice_state, period_start date, period_end date, created_at timestamp
);
create table public.billing_history (
  id bigserial primary key, invoice_id text, user_id text, amount numeric(10, 4), currency varchar(8),
  status varchar(20), paid_at timestamptz, created_at timestamptz
);
insert into public.invoices (invoice_number, user_id, amount, status, created_at) values
  ('A-1', 'auth0|a', 10, 'PAID', '2026-11-01'), ('A-2', 'auth0|a', null, 'Open', '2026-11-02'),
  ('A-3', 'auth0|gone', 0, 'escheated', null), (null, null, -5, null, '2026-11-03'),
  ('A-5', 'auth0|a', 4, 'credited', '2026-11-03');
insert into public.billing_history (invoice_id, user_id, amount, currency, status, created_at) values
  ('A-1', 'auth0|a', 10, 'usd', 'paid', '2026-11-01'), ('B-1', 'auth0|a', 1000, 'JPY', 'paid', '2026-11-01'),
  ('B-2', 'auth0|a', 7.1234, null, 'PENDING', '2026-11-01'), ('B-3', 'auth0|a', 3, 'US$', 'odd', '2026-11-01'),
  ('A-1', 'auth0|other', 10, 'usd', 'paid', '2026-10-01');
";

#[tokio::test]
async fn tables_made_by_hand_are_listed_plainly() {
    let database = TestDatabase::new(Kind::G2).await;
    let mut owner = database.direct().await;
    owner.script(BY_HAND).await.expect("tables");
    attach::run::attach(&mut owner).await.expect("attached");
    let store = database.store();
    let rows = list(&store, InvoicesFilter::default()).await;
    assert_eq!(rows.len(), 9, "one charge is in both tables");
    let row = |number: &str| {
        rows.iter()
            .find(|row| row.number.as_deref() == Some(number))
            .unwrap_or_else(|| panic!("{number} is listed"))
    };
    let first = row("A-1");
    assert_eq!(
        (first.origin, first.standing),
        (Origin::Invoices, InvoiceStanding::Paid)
    );
    assert_eq!(
        first.amount.currency.as_deref(),
        Some("USD"),
        "what the invoice does not say its entry in the history does"
    );
    assert_eq!(row("A-2").amount.amount, None);
    assert_eq!(row("A-2").standing, InvoiceStanding::Open);
    let odd = row("A-3");
    assert_eq!(
        (odd.standing, odd.status.as_deref()),
        (InvoiceStanding::Unknown, Some("escheated"))
    );
    assert!(
        odd.payer
            .as_ref()
            .is_some_and(|payer| payer.person.is_none())
    );
    assert_eq!(row("A-5").standing, InvoiceStanding::Credited);
    assert_eq!(row("B-1").amount.currency.as_deref(), Some("JPY"));
    assert_eq!(row("B-2").amount.currency, None, "no currency is made up");
    assert_eq!(row("B-2").amount.amount, Some(dec!(7.1234)));
    assert_eq!(
        row("B-3").amount.money(),
        None,
        "a currency nobody knows is no money"
    );
    let nameless = rows
        .iter()
        .find(|row| row.number.is_none())
        .expect("listed");
    assert_eq!(
        (nameless.amount.amount, nameless.payer.is_none()),
        (Some(dec!(-5)), true)
    );
    for sort in SORTS {
        for descending in [true, false] {
            let whole = query(InvoicesFilter::default(), sort, descending, 500);
            let at_once = all(&store, whole.clone(), &FiscalZone::utc()).await;
            let in_pages = all(
                &store,
                InvoicesQuery { limit: 2, ..whole },
                &FiscalZone::utc(),
            )
            .await;
            assert_eq!(ids(&in_pages), ids(&at_once), "{sort:?}");
        }
    }
    let unknown = InvoicesFilter {
        states: vec![InvoiceState::Unknown],
        ..InvoicesFilter::default()
    };
    assert_eq!(list(&store, unknown).await.len(), 3);
}

#[tokio::test]
async fn a_service_without_these_tables_has_an_empty_list() {
    let database = TestDatabase::new(Kind::G2).await;
    let store = database.store();
    let rows = list(&store, InvoicesFilter::default()).await;
    assert!(rows.is_empty());
    assert_eq!(
        totals(&store, &InvoicesFilter::default(), Some(10)).await,
        InvoiceTotals::Whole(Vec::new())
    );
}
