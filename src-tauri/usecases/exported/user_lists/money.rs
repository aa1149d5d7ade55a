//! Columns and cells of a user's invoices, changes and promised prices.

use time::OffsetDateTime;

use crate::domain::changes::Change;
use crate::domain::invoices::Recorded;
use crate::domain::user_invoices::UserInvoice;
use crate::domain::work::{PriceOverride, Validity};
use crate::reports::column::{Cell, Column, Kind};
use crate::usecases::exported::Origins;

pub(super) const INVOICE_ORIGINS: Origins = &[
    ("Invoices", "invoices", "id"),
    ("Charges", "billing_history", "id"),
];

pub(super) fn invoice_columns() -> Vec<Column> {
    vec![
        Column::new("Id", Kind::Id),
        Column::new("Table", Kind::Text),
        Column::new("Number", Kind::Id),
        Column::new("Amount", Kind::Money(None)),
        Column::new("Currency", Kind::Text),
        Column::new("Status", Kind::Text),
        Column::new("Overdue", Kind::Text),
        Column::new("Period start", Kind::Time),
        Column::new("Period end", Kind::Time),
        Column::new("Made", Kind::Time),
        Column::new("Due", Kind::Time),
        Column::new("Paid", Kind::Time),
        Column::new("Description", Kind::Text),
    ]
}

pub(super) fn invoice_cells(row: UserInvoice, assumed: Option<&'static str>) -> Vec<Cell> {
    let currency = row.currency.or_else(|| {
        let assumed = assumed.filter(|_| row.amount.is_some());
        assumed.map(str::to_owned)
    });
    vec![
        Cell::Text(row.id),
        Cell::Text(row.origin),
        Cell::text(row.number),
        amount(&Recorded {
            amount: row.amount,
            currency: currency.clone(),
        }),
        Cell::text(currency),
        Cell::text(row.status),
        Cell::text(row.overdue.then_some("yes")),
        Cell::time(row.period_start),
        Cell::time(row.period_end),
        Cell::time(row.created_at),
        Cell::time(row.due_at),
        Cell::time(row.paid_at),
        Cell::text(row.description),
    ]
}

pub(super) fn change_columns() -> Vec<Column> {
    vec![
        Column::new("Change", Kind::Id),
        Column::new("At", Kind::Time),
        Column::new("What", Kind::Text),
        Column::new("About", Kind::Text),
        Column::new("About id", Kind::Id),
        Column::new("Detail", Kind::Text),
        // Invoices, payments of them, credits and prices by the unit: no sum of these means anything.
        Column::new("Amount", Kind::Money(None)).without_total(),
        Column::new("Currency", Kind::Text),
        Column::new("By", Kind::Text),
    ]
}

pub(super) fn change_cells(row: Change) -> Vec<Cell> {
    vec![
        Cell::Text(row.key),
        Cell::Time(row.at),
        Cell::Text(row.kind.word().replace('_', " ")),
        Cell::text(row.subject),
        Cell::text(row.subject_id),
        Cell::text(row.detail),
        amount(&Recorded {
            amount: row.amount,
            currency: row.currency.clone(),
        }),
        Cell::text(row.currency),
        Cell::text(row.by),
    ]
}

pub(super) fn price_columns() -> Vec<Column> {
    vec![
        Column::new("Resource", Kind::Id),
        Column::new("Price", Kind::Quantity("USD a unit")).without_total(),
        Column::new("Instead of", Kind::Quantity("USD a unit")).without_total(),
        Column::new("Discount", Kind::Quantity("%")).without_total(),
        Column::new("State", Kind::Text),
        Column::new("From", Kind::Time),
        Column::new("Until", Kind::Time),
        Column::new("Promised by", Kind::Text),
        Column::new("Reason", Kind::Text),
    ]
}

pub(super) fn price_cells(row: PriceOverride, now: OffsetDateTime) -> Vec<Cell> {
    let state = match row.validity(now) {
        Validity::Ahead => "ahead",
        Validity::InForce => "in force",
        Validity::Ended => "ended",
    };
    vec![
        Cell::Text(row.resource),
        Cell::quantity(row.price),
        Cell::quantity(row.original),
        Cell::quantity(row.discount),
        Cell::Text(state.to_owned()),
        Cell::time(row.valid_from),
        Cell::time(row.valid_until),
        Cell::text(row.created_by),
        Cell::text(row.reason),
    ]
}

/// An amount whose currency is not on record, or is none, is a number apart from all money.
fn amount(recorded: &Recorded) -> Cell {
    match recorded.money() {
        Some(money) => Cell::Money(money),
        None => Cell::quantity(recorded.amount),
    }
}
