//! What came of the money of an invoice.

use rust_decimal::Decimal;
use sqlx::FromRow;

use crate::domain::invoice::Since;
use crate::domain::invoices::Recorded;

/// What came of an invoice's money, as statements that ask `console.given_back` answer it.
#[derive(Debug, FromRow)]
pub struct SinceRecord {
    remaining: Option<Decimal>,
    refunded: Option<Decimal>,
    credited: Option<Decimal>,
    apart_currencies: Vec<String>,
    apart_amounts: Vec<Decimal>,
}

impl SinceRecord {
    /// In the currency of the row, where nobody says another.
    #[must_use]
    pub fn into_since(self, currency: Option<&str>) -> Since {
        let of_row = |amount| Recorded {
            amount: Some(amount),
            currency: currency.map(str::to_owned),
        };
        let apart = self.apart_amounts.into_iter().zip(self.apart_currencies);
        let apart = apart.map(|(amount, currency)| Recorded {
            amount: Some(amount),
            currency: Some(currency),
        });
        Since {
            remaining: self.remaining.map(of_row),
            refunded: self.refunded.map(of_row).into_iter().chain(apart).collect(),
            credited: self.credited.map(of_row),
        }
    }
}
