//! The days of an invoice, as every statement that reads invoices answers them.

use sqlx::FromRow;
use time::{Date, OffsetDateTime, PrimitiveDateTime};

use crate::domain::invoice_days::{BilledPeriod, Shown, days_since};

/// When an invoice is due and what it bills: as recorded, on the clocks of the fiscal time zone, and which day it is there.
#[derive(Debug, FromRow)]
pub struct DaysRecord {
    /// Start of the period that is billed.
    pub period_start: Option<OffsetDateTime>,
    /// First instant after it.
    pub period_end: Option<OffsetDateTime>,
    /// Due.
    pub due_at: Option<OffsetDateTime>,
    period_begins: Option<PrimitiveDateTime>,
    period_ends: Option<PrimitiveDateTime>,
    due_there: Option<PrimitiveDateTime>,
    today: Option<Date>,
}

impl DaysRecord {
    /// The period in days.
    #[must_use]
    pub fn period(&self) -> Option<BilledPeriod> {
        BilledPeriod::of(
            shown(self.period_start, self.period_begins),
            shown(self.period_end, self.period_ends),
        )
    }

    /// Calendar days since it was due.
    #[must_use]
    pub fn since_due(&self) -> Option<i64> {
        Some(days_since(shown(self.due_at, self.due_there)?, self.today?))
    }
}

fn shown(at: Option<OffsetDateTime>, there: Option<PrimitiveDateTime>) -> Option<Shown> {
    let (at, there) = at.zip(there)?;
    Some(Shown { at, there })
}
