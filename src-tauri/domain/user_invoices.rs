//! Invoices as the page of one user shows them.

use rust_decimal::Decimal;
use time::OffsetDateTime;

use crate::domain::invoice_days::BilledPeriod;

/// An invoice or a charge of the account that pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserInvoice {
    /// Tells rows apart.
    pub key: String,
    /// The table it is from: `invoices`, `billing_history`, `stripe_invoices`.
    pub origin: String,
    /// Its id there.
    pub id: String,
    /// The number as the customer knows it; drafts have none.
    pub number: Option<String>,
    /// In major units.
    pub amount: Option<Decimal>,
    /// As recorded.
    pub currency: Option<String>,
    /// Where it stands (`console.billed`); a word nobody knows as it is recorded, in lower case.
    pub status: Option<String>,
    /// It waits for money past its due date.
    pub overdue: bool,
    /// Days since it was due, by the calendar of the fiscal time zone; `None` for one that is not overdue, was due today or
    /// says no date.
    pub days_overdue: Option<i64>,
    /// It waits for money and a charge of it failed.
    pub failed: bool,
    /// Start of the period that is billed.
    pub period_start: Option<OffsetDateTime>,
    /// First instant after it.
    pub period_end: Option<OffsetDateTime>,
    /// That period in days.
    pub period: Option<BilledPeriod>,
    /// Due.
    pub due_at: Option<OffsetDateTime>,
    /// Paid.
    pub paid_at: Option<OffsetDateTime>,
    /// Made.
    pub created_at: Option<OffsetDateTime>,
    /// What for.
    pub description: Option<String>,
}
