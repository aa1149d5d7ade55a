//! Stripe's amounts: whole numbers of a currency's minor unit, as Stripe counts it
//! (<https://docs.stripe.com/currencies#zero-decimal>).

use rust_decimal::Decimal;

/// Decimals of Stripe's unit. Stripe keeps two for ISK and UGX, which have none.
fn decimals(currency: &str) -> u32 {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "JPY" | "KMF" | "KRW" | "MGA" | "PYG" | "RWF" | "VND"
        | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "JOD" | "KWD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// The amount in major units, exact. The currency is its code in upper case.
#[must_use]
pub fn major(minor: i64, currency: &str) -> Decimal {
    Decimal::new(minor, decimals(currency))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_is_the_one_stripe_counts_in() {
        for (minor, currency, expected) in [
            (1234, "USD", "12.34"),
            (-1, "EUR", "-0.01"),
            (1234, "JPY", "1234"),
            (1234, "KWD", "1.234"),
            (1234, "ISK", "12.34"),
            (1234, "UGX", "12.34"),
            (0, "USD", "0.00"),
            (i64::MAX, "USD", "92233720368547758.07"),
        ] {
            assert_eq!(major(minor, currency).to_string(), expected, "{currency}");
        }
    }
}
