//! One invoice, charge or subscription, with everything that belongs to it.

use rust_decimal::Decimal;
use time::OffsetDateTime;

use crate::domain::invoices::{InvoiceRow, Recorded};

/// An entry of the billing history that an invoice stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Twin {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: Option<String>,
    /// Its status, as recorded.
    pub status: Option<String>,
    /// Its amount.
    pub amount: Recorded,
    /// Made.
    pub created_at: Option<OffsetDateTime>,
    /// Paid.
    pub paid_at: Option<OffsetDateTime>,
    /// What for.
    pub description: Option<String>,
    /// Stripe's payment.
    pub payment_id: Option<String>,
}

/// What only a subscription has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionFacts {
    /// Stripe's price.
    pub price_id: Option<String>,
    /// That price, where the service keeps a price list, in USD.
    pub unit_price: Option<Decimal>,
    /// What it is the price of.
    pub unit: Option<String>,
    /// Ends by itself with its period.
    pub ends_with_period: Option<bool>,
    /// Cancelled.
    pub canceled_at: Option<OffsetDateTime>,
    /// Stripe's customer.
    pub customer_id: Option<String>,
}

/// What came of the money of an invoice; the amount stays what was billed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Since {
    /// Still to be paid, where it waits for money.
    pub remaining: Option<Recorded>,
    /// Money that went back, as Stripe has it; of each currency it went back in.
    pub refunded: Vec<Recorded>,
    /// What credit notes took off it without money going back, as Stripe has it.
    pub credited: Option<Recorded>,
}

/// One invoice, charge or subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceDetail {
    /// As in the list.
    pub row: InvoiceRow,
    /// Stripe's payment.
    pub payment_id: Option<String>,
    /// Stripe's customer.
    pub customer_id: Option<String>,
    /// What came of its money.
    pub since: Since,
    /// The entries of the billing history that it stands for, oldest first.
    pub twins: Vec<Twin>,
    /// Of a subscription.
    pub subscription: Option<SubscriptionFacts>,
    /// Set when an entry of the billing history was asked for that this invoice stands for.
    pub asked_for: Option<String>,
}
