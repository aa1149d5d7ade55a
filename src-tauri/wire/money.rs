//! Amounts and quantities as they cross to the window.

use serde::Serialize;
use ts_rs::TS;

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
