//! Days of invoices: every screen names and counts the same ones, and a day alone is due until its end.

use std::collections::BTreeMap;

use hopsdesk::domain::fiscal::FiscalZone;
use hopsdesk::domain::ids::UserId;
use hopsdesk::domain::invoice_days::BilledPeriod;
use hopsdesk::domain::invoices::{InvoiceRow, InvoiceStanding, InvoicesFilter, InvoicesSort};
use hopsdesk::domain::period::Month;
use hopsdesk::domain::slice::Part;
use hopsdesk::store::door::Store;
use hopsdesk::store::{invoice_page, invoices, user_invoices};
use hopsdesk::wire;
use time::OffsetDateTime;
use time::macros::{date, datetime};

use super::{query, service};
use crate::support::database::{Kind, TestDatabase};

/// Half an hour before midnight in UTC: elsewhere it is another day.
const LATE: OffsetDateTime = datetime!(2026-11-20 23:30 UTC);

async fn listed(store: &Store, zone: &FiscalZone, now: OffsetDateTime) -> Vec<InvoiceRow> {
    let query = query(InvoicesFilter::default(), InvoicesSort::Date, true, 500);
    let mut reading = store.read().await.expect("a connection");
    let page = invoices::page(&mut reading, &query, zone, now)
        .await
        .expect("a page");
    reading.end().await.expect("an end");
    page.rows
}

#[tokio::test]
async fn the_list_its_pages_and_the_users_page_count_the_same_days() {
    let (database, store) = service().await;
    database.psql(
        "update public.invoices
         set due_date = timestamptz '2026-11-01 03:30+00' + (right(id::text, 1) < '8')::int * interval '12 hours',
             period_start = '2026-10-01', period_end = '2026-11-01'",
    );
    let mut counted = BTreeMap::<&str, Vec<i64>>::new();
    for name in ["UTC", "Asia/Tokyo", "America/Los_Angeles"] {
        let zone = FiscalZone::parse(name).expect("a zone");
        let rows = listed(&store, &zone, LATE).await;
        assert!(rows.len() > 40, "{name}");
        let mut reading = store.read().await.expect("a connection");
        let mut late = 0;
        for row in rows {
            let page = invoice_page::detail(&mut reading, row.origin, &row.id, &zone, LATE)
                .await
                .expect("an answer")
                .expect("its page");
            assert_eq!(page.row.days_since_due, row.days_since_due, "{name}");
            assert_eq!(page.row.period, row.period, "{name}");
            if row.due_at.is_none() {
                continue;
            }
            let october = BilledPeriod::Month(Month::of_date(date!(2026 - 10 - 01)));
            assert_eq!(row.period, Some(october), "{name}");
            let days = row.days_since_due.expect("days of what is due");
            counted.entry(name).or_default().push(days);
            let payer = row.payer.expect("a payer").id;
            let (who, part) = (
                UserId::parse(&payer).expect("an id"),
                Part {
                    after: None,
                    limit: 500,
                },
            );
            let shown = user_invoices::of_user(&mut reading, &who, &part, &zone, LATE)
                .await
                .expect("an answer");
            let shown = shown
                .rows
                .iter()
                .find(|shown| shown.id == row.id)
                .expect("the same on the user's page");
            assert_eq!(shown.period, row.period, "{name}");
            if shown.overdue {
                late += 1;
                assert_eq!(shown.days_overdue, Some(days), "{name}");
            }
        }
        assert!(late > 0, "{name}: something is late");
        reading.end().await.expect("an end");
    }
    for (name, days) in [
        ("UTC", vec![19]),
        ("Asia/Tokyo", vec![19, 20]),
        ("America/Los_Angeles", vec![19, 20]),
    ] {
        let mut seen = counted.remove(name).unwrap_or_default();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen, days, "{name}");
    }
}

#[tokio::test]
async fn what_is_due_on_a_day_is_so_to_its_end_in_utc_and_named_by_it() {
    // Its only invoice is due on 2025-03-01, a date.
    let database = TestDatabase::new(Kind::MixedTypes).await;
    let store = database.store();
    let row = async |zone: &str, now| {
        let zone = FiscalZone::parse(zone).expect("a zone");
        let rows = listed(&store, &zone, now).await;
        let row = rows
            .into_iter()
            .find(|row| row.number.as_deref() == Some("HW-1"));
        let row = row.expect("the invoice");
        let standing = row.standing;
        let crossed = wire::invoices::InvoiceRow::new(row, now);
        assert_eq!(crossed.due_at.as_deref(), Some("2025-03-01"));
        (standing, crossed.past_due)
    };
    let on_the_day = datetime!(2025-03-01 20:00 UTC);
    let the_day_after = datetime!(2025-03-02 9:00 UTC);
    for zone in ["UTC", "Europe/Stockholm", "America/Los_Angeles"] {
        assert_eq!(
            row(zone, on_the_day).await,
            (InvoiceStanding::Open, None),
            "{zone}"
        );
        let (just_after, _) = row(zone, datetime!(2025-03-02 0:00:01 UTC)).await;
        assert_eq!(just_after, InvoiceStanding::Overdue, "{zone}");
        assert_eq!(
            row(zone, the_day_after).await,
            (InvoiceStanding::Overdue, Some("1 day past due".to_owned())),
            "{zone}"
        );
    }
}
