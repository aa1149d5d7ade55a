//! Columns as data, and the typed cells below them.

use std::borrow::Cow;

use rust_decimal::Decimal;
use time::{Date, OffsetDateTime};

use crate::domain::money::{Currency, Money};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Words people wrote.
    Text,
    /// Names a record: never a number, however it looks.
    Id,
    /// Amounts in this currency; `None` where each row has its own, in a column beside.
    Money(Option<Currency>),
    /// Measured, in this unit: `hours`, `GB`.
    Quantity(&'static str),
    /// Counted.
    Whole,
    /// A day.
    Date,
    /// A moment, written in UTC.
    Time,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name without unit.
    pub title: Cow<'static, str>,
    /// What it holds.
    pub kind: Kind,
    /// Whether adding its cells up means something: then it has a control total.
    pub adds_up: bool,
}

impl Column {
    /// A column; money and quantities add up.
    #[must_use]
    pub fn new(title: impl Into<Cow<'static, str>>, kind: Kind) -> Self {
        Self {
            title: title.into(),
            kind,
            adds_up: matches!(kind, Kind::Money(_) | Kind::Quantity(_)),
        }
    }

    /// The column, but adding its cells up means nothing: a balance after each of many entries.
    #[must_use]
    pub fn without_total(self) -> Self {
        Self {
            adds_up: false,
            ..self
        }
    }

    /// What stands at its head: the name with currency, unit or zone.
    #[must_use]
    pub fn heading(&self) -> String {
        match self.kind {
            Kind::Money(Some(currency)) => format!("{} ({})", self.title, currency.code()),
            Kind::Quantity(unit) => format!("{} ({unit})", self.title),
            Kind::Time => format!("{} (UTC)", self.title),
            Kind::Text | Kind::Id | Kind::Money(None) | Kind::Whole | Kind::Date => {
                self.title.to_string()
            }
        }
    }
}

/// A cell. `Empty` is what a database does not record: never a zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Not recorded.
    Empty,
    /// Words or an id.
    Text(String),
    /// An exact amount.
    Money(Money),
    /// An exact quantity.
    Quantity(Decimal),
    /// A count.
    Whole(i64),
    /// A day.
    Date(Date),
    /// A moment.
    Time(OffsetDateTime),
}

impl Cell {
    /// Text, or nothing.
    #[must_use]
    pub fn text(text: Option<impl Into<String>>) -> Self {
        text.map_or(Self::Empty, |text| Self::Text(text.into()))
    }

    /// Dollars, or nothing.
    #[must_use]
    pub fn usd(amount: Option<Decimal>) -> Self {
        amount.map_or(Self::Empty, |amount| Self::Money(Money::usd(amount)))
    }

    /// A quantity, or nothing.
    #[must_use]
    pub fn quantity(value: Option<Decimal>) -> Self {
        value.map_or(Self::Empty, Self::Quantity)
    }

    /// A count, or nothing.
    #[must_use]
    pub fn whole(value: Option<impl Into<i64>>) -> Self {
        value.map_or(Self::Empty, |value| Self::Whole(value.into()))
    }

    /// A day, or nothing.
    #[must_use]
    pub fn date(date: Option<Date>) -> Self {
        date.map_or(Self::Empty, Self::Date)
    }

    /// A moment, or nothing.
    #[must_use]
    pub fn time(at: Option<OffsetDateTime>) -> Self {
        at.map_or(Self::Empty, Self::Time)
    }
}
