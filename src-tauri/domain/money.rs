//! Money and quantities: exact decimals that carry their currency, rounded in one place only.

use std::fmt;

use rust_decimal::{Decimal, RoundingStrategy};
use thiserror::Error;

/// ISO 4217 currency. The service bills in US dollars; the type is here so that an amount in another
/// currency can be read, shown and never added to dollars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The service's own currency.
    pub const USD: Self = Self(*b"USD");

    /// Takes a three-letter code in any case, as Stripe (`usd`) or the database (`USD`) write it.
    ///
    /// # Errors
    /// When the text is not three ASCII letters.
    pub fn parse(code: &str) -> Result<Self, MoneyError> {
        let bytes: [u8; 3] = code
            .trim()
            .as_bytes()
            .try_into()
            .map_err(|_| MoneyError::Currency(code.to_owned()))?;
        if bytes.iter().all(u8::is_ascii_alphabetic) {
            Ok(Self(bytes.map(|byte| byte.to_ascii_uppercase())))
        } else {
            Err(MoneyError::Currency(code.to_owned()))
        }
    }

    /// Upper-case code.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// Decimals of the minor unit: 2 for most, 0 or 3 for those ISO 4217 lists so.
    #[must_use]
    pub fn minor_digits(&self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG"
            | b"RWF" | b"UGX" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            _ => 2,
        }
    }
}

/// What can be wrong with money.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MoneyError {
    /// Not a three-letter code.
    #[error("`{0}` is not a currency code")]
    Currency(String),
    /// Adding or comparing two currencies.
    #[error("{0} and {1} cannot be added")]
    Mixed(String, String),
    /// More digits than a decimal holds (28).
    #[error("the amount has more digits than can be held exactly")]
    Overflow,
}

/// An exact amount in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money {
    /// The exact amount in major units (dollars, not cents).
    pub amount: Decimal,
    /// What it is an amount of.
    pub currency: Currency,
}

impl Money {
    /// An amount in US dollars.
    #[must_use]
    pub fn usd(amount: Decimal) -> Self {
        Self {
            amount,
            currency: Currency::USD,
        }
    }

    /// The exact sum.
    ///
    /// # Errors
    /// When the currencies differ or the sum has more digits than can be held.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::Mixed(
                self.currency.code().to_owned(),
                other.currency.code().to_owned(),
            ));
        }
        let amount = self
            .amount
            .checked_add(other.amount)
            .ok_or(MoneyError::Overflow)?;
        Ok(Self {
            amount,
            currency: self.currency,
        })
    }

    /// The amount at the currency's minor unit. The one place where money is rounded: half to even,
    /// for presentation and invoicing only.
    #[must_use]
    pub fn rounded(self) -> Decimal {
        let digits = self.currency.minor_digits();
        let mut rounded = self
            .amount
            .round_dp_with_strategy(digits, RoundingStrategy::MidpointNearestEven);
        rounded.rescale(digits);
        rounded
    }

    /// The rounded amount with thousands separated, without the currency: `1,840.22`.
    #[must_use]
    pub fn shown(self) -> String {
        grouped(self.rounded())
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.currency == Currency::USD {
            let shown = self.shown();
            match shown.strip_prefix('\u{2212}') {
                Some(positive) => write!(f, "\u{2212}${positive}"),
                None => write!(f, "${shown}"),
            }
        } else {
            write!(f, "{} {}", self.shown(), self.currency.code())
        }
    }
}

/// The exact sum of quantities; `None` when it has more digits than can be held.
pub fn exact_sum(values: impl IntoIterator<Item = Decimal>) -> Option<Decimal> {
    values
        .into_iter()
        .try_fold(Decimal::ZERO, Decimal::checked_add)
}

/// A quantity for the screen: two decimals, half to even, thousands separated.
#[must_use]
pub fn quantity_shown(value: Decimal) -> String {
    let mut rounded = value.round_dp_with_strategy(2, RoundingStrategy::MidpointNearestEven);
    rounded.rescale(2);
    grouped(rounded)
}

/// Every digit of an amount whose currency is not known, thousands separated: what cannot be rounded rightly
/// is not rounded.
#[must_use]
pub fn exact_shown(value: Decimal) -> String {
    grouped(value)
}

/// A whole number with thousands separated.
#[must_use]
pub fn count_shown(value: u64) -> String {
    grouped(Decimal::from(value))
}

/// Groups the integer digits by three with commas; a true minus sign stands for the hyphen.
fn grouped(value: Decimal) -> String {
    let text = value.abs().to_string();
    let (whole, fraction) = text
        .split_once('.')
        .map_or((text.as_str(), None), |(w, f)| (w, Some(f)));
    let mut shown = String::new();
    if value.is_sign_negative() && !value.is_zero() {
        shown.push('\u{2212}');
    }
    for (position, digit) in whole.chars().enumerate() {
        if position > 0 && (whole.len() - position) % 3 == 0 {
            shown.push(',');
        }
        shown.push(digit);
    }
    if let Some(fraction) = fraction {
        shown.push('.');
        shown.push_str(fraction);
    }
    shown
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::dec;

    use super::*;

    fn decimal() -> impl Strategy<Value = Decimal> {
        (-10_i64.pow(15)..10_i64.pow(15), 0_u32..12)
            .prop_map(|(digits, scale)| Decimal::new(digits, scale))
    }

    #[test]
    fn halves_round_to_the_even_cent() {
        assert_eq!(Money::usd(dec!(0.125)).shown(), "0.12");
        assert_eq!(Money::usd(dec!(0.135)).shown(), "0.14");
        assert_eq!(
            Money::usd(dec!(-1234567.005)).to_string(),
            "\u{2212}$1,234,567.00"
        );
    }

    #[test]
    fn yen_have_no_decimals_and_dinars_three() {
        let yen = Money {
            amount: dec!(1234.5),
            currency: Currency::parse("jpy").expect("a code"),
        };
        assert_eq!(yen.to_string(), "1,234 JPY");
        let dinar = Money {
            amount: dec!(1.0005),
            currency: Currency::parse("KWD").expect("a code"),
        };
        assert_eq!(dinar.shown(), "1.000");
    }

    #[test]
    fn two_currencies_do_not_add() {
        let euro = Money {
            amount: dec!(1),
            currency: Currency::parse("eur").expect("a code"),
        };
        assert!(Money::usd(dec!(1)).plus(euro).is_err());
    }

    #[test]
    fn what_is_no_currency_is_refused() {
        for code in ["", "us", "usdd", "u$d", "€"] {
            assert!(Currency::parse(code).is_err(), "{code} must be refused");
        }
    }

    proptest! {
        #[test]
        fn rounding_is_off_by_half_a_cent_at_most(amount in decimal()) {
            let error = (Money::usd(amount).rounded() - amount).abs();
            prop_assert!(error <= dec!(0.005), "{amount} was off by {error}");
        }

        #[test]
        fn a_sum_does_not_depend_on_the_order(mut amounts in prop::collection::vec(decimal(), 0..40)) {
            let forward = exact_sum(amounts.iter().copied());
            amounts.reverse();
            prop_assert_eq!(forward, exact_sum(amounts));
        }

        #[test]
        fn grouping_loses_no_digit(amount in decimal()) {
            let shown = Money::usd(amount).shown().replace(',', "").replace('\u{2212}', "-");
            let back: Decimal = shown.parse().expect("a decimal");
            prop_assert_eq!(back, Money::usd(amount).rounded());
        }
    }
}
