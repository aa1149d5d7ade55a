//! Amounts and quantities as they cross to the window.

use rust_decimal::{Decimal, RoundingStrategy};
use serde::Serialize;
use ts_rs::TS;

use crate::domain::money as domain;
use crate::domain::overview::Compared;

/// An amount of money: exact, and as it should be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Money {
    /// The exact amount as a decimal string, e.g. `"1840.2215003"`.
    pub amount: String,
    /// ISO 4217, e.g. `"USD"`.
    pub currency: String,
    /// Rounded half-even to the currency's minor unit and grouped, without the currency, e.g. `"1,840.22"`.
    pub shown: String,
}

/// A quantity with its unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Quantity {
    /// The exact value as a decimal string.
    pub value: String,
    /// Rounded to two decimals and grouped, e.g. `"12,403.50"`.
    pub shown: String,
    /// `"CPU h"`, `"GPU h"`, `"GB"`, …
    pub unit: String,
}

/// A figure beside the same figure of an earlier period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Change {
    /// `"+12.4 %"`, `"−3.0 %"`; null when there is nothing to compare with.
    pub shown: Option<String>,
    pub direction: Direction,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Direction {
    Up,
    Down,
    Flat,
    Unknown,
}

impl From<domain::Money> for Money {
    fn from(money: domain::Money) -> Self {
        Self {
            amount: money.amount.to_string(),
            currency: money.currency.code().to_owned(),
            shown: money.shown(),
        }
    }
}

impl Money {
    /// An amount in the service's own currency.
    #[must_use]
    pub fn usd(amount: Decimal) -> Self {
        domain::Money::usd(amount).into()
    }
}

impl Quantity {
    /// A quantity in `unit`.
    #[must_use]
    pub fn new(value: Decimal, unit: &str) -> Self {
        Self {
            value: value.to_string(),
            shown: domain::quantity_shown(value),
            unit: unit.to_owned(),
        }
    }
}

impl From<Compared> for Change {
    fn from(compared: Compared) -> Self {
        let Some(percent) = compared.percent() else {
            return Self {
                shown: None,
                direction: Direction::Unknown,
            };
        };
        let mut rounded = percent.round_dp_with_strategy(1, RoundingStrategy::MidpointNearestEven);
        rounded.rescale(1);
        let (sign, direction) = if rounded.is_zero() {
            ("", Direction::Flat)
        } else if rounded.is_sign_negative() {
            ("\u{2212}", Direction::Down)
        } else {
            ("+", Direction::Up)
        };
        Self {
            shown: Some(format!("{sign}{} %", rounded.abs())),
            direction,
        }
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn a_change_says_its_sign_and_direction() {
        let change = |now, before| {
            Change::from(Compared {
                now: Some(now),
                before: Some(before),
            })
        };
        assert_eq!(
            change(dec!(112.44), dec!(100)).shown.as_deref(),
            Some("+12.4 %")
        );
        assert_eq!(change(dec!(97), dec!(100)).direction, Direction::Down);
        assert_eq!(change(dec!(100.01), dec!(100)).direction, Direction::Flat);
        assert_eq!(Change::from(Compared::default()).shown, None);
    }
}
