//! Reads the values of operators: words, amounts, numbers, times and months.

use rust_decimal::Decimal;
use time::{Date, Duration, OffsetDateTime};

use crate::domain::edge::Edge;
use crate::domain::finding::vocabulary::{Choice, Operator, Sign, Takes};
use crate::domain::invoices::FiscalMonth;
use crate::domain::period::Month;

/// What stands after an operator's name, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// One of these words of the operator; where it was turned round, those that are left.
    Words(Vec<&'static str>),
    /// As it was typed: a text, or a name that the database knows.
    Text(String),
    /// From the first edge to the second.
    Amount {
        /// Over this.
        over: Option<Edge>,
        /// Under this.
        under: Option<Edge>,
    },
    /// A whole number from the first to the second.
    Count {
        /// This many or more.
        least: Option<u32>,
        /// This many or fewer.
        most: Option<u32>,
    },
    /// From the first moment to just before the second.
    Span(Span),
    /// It never was, or never will be.
    Never,
    /// A month.
    Month(FiscalMonth),
}

/// A stretch of time; open where there is no bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// At this moment or later.
    pub from: Option<OffsetDateTime>,
    /// Before this moment.
    pub before: Option<OffsetDateTime>,
}

/// Which sides of a subject a value limits: what is limited twice on one side is a mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// From below, or from its beginning.
    Low,
    /// From above, or to its end.
    High,
    /// All of it.
    Both,
}

impl Side {
    /// Whether two values limit the same side.
    #[must_use]
    pub fn meets(self, other: Self) -> bool {
        self == other || self == Self::Both || other == Self::Both
    }
}

/// Reads a value; `None` when the operator does not take it. Ages count back from `now`, and ahead from it.
#[must_use]
pub fn read(
    operator: &Operator,
    negated: bool,
    sign: Sign,
    typed: &str,
    now: OffsetDateTime,
) -> Option<(Value, Side)> {
    if typed.is_empty() || (sign != Sign::Is && !operator.takes.compares()) {
        return None;
    }
    let lower = typed.to_lowercase();
    let is_never = sign == Sign::Is && lower == "never";
    match operator.takes {
        Takes::Several => whole(words(&lower, negated, operator.values).map(Value::Words)),
        Takes::Either | Takes::OneOf => whole(
            words(&lower, negated, operator.values)
                .filter(|words| words.len() == 1)
                .map(Value::Words),
        ),
        Takes::Text | Takes::Cluster | Takes::Account => whole(Some(Value::Text(typed.to_owned()))),
        Takes::Amount => amount(sign, typed),
        Takes::Count => count(sign, typed),
        Takes::Ago { never: true } | Takes::Ahead { never: true, .. } if is_never => {
            whole(Some(Value::Never))
        }
        Takes::Ago { .. } => ago(sign, &lower, now)
            .or_else(|| dates(sign, &lower))
            .map(spanned),
        // What began less than so long ago began before now.
        Takes::Age => ago(sign, &lower, now).map(|(span, side)| {
            let before = span.before.or(Some(now));
            spanned((Span { before, ..span }, side))
        }),
        Takes::Ahead { from_now, .. } => ahead(sign, &lower, now, from_now)
            .or_else(|| dates(sign, &lower))
            .map(spanned),
        Takes::Month if lower == "this" => whole(Some(Value::Month(FiscalMonth::This))),
        Takes::Month => whole(
            Month::parse(&lower)
                .ok()
                .map(|month| Value::Month(FiscalMonth::Named(month))),
        ),
    }
}

fn whole(value: Option<Value>) -> Option<(Value, Side)> {
    value.map(|value| (value, Side::Both))
}

fn spanned((span, side): (Span, Side)) -> (Value, Side) {
    (Value::Span(span), side)
}

/// One or several words apart by commas, or all the others; `None` when one is unknown or none is left.
fn words(typed: &str, negated: bool, known: &[Choice]) -> Option<Vec<&'static str>> {
    let named: Vec<String> = typed
        .split(',')
        .map(|word| word.trim().replace(['-', ' '], "_"))
        .filter(|word| !word.is_empty())
        .collect();
    let is_named = |choice: &Choice, name: &str| {
        choice.word() == name || choice.written.strip_prefix(':') == Some(name)
    };
    let all_known = named
        .iter()
        .all(|name| known.iter().any(|choice| is_named(choice, name)));
    if named.is_empty() || !all_known {
        return None;
    }
    let chosen: Vec<&'static str> = known
        .iter()
        .filter(|choice| named.iter().any(|name| is_named(choice, name)) != negated)
        .map(Choice::word)
        .collect();
    (!chosen.is_empty()).then_some(chosen)
}

/// `>100`, `<=$1,250.50`, `<-5`, `:412.50`.
fn amount(sign: Sign, typed: &str) -> Option<(Value, Side)> {
    let (minus, digits) = match typed.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", typed),
    };
    let digits = digits.trim_start_matches('$').replace(',', "");
    let plain = digits
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    if !plain {
        return None;
    }
    let amount: Decimal = format!("{minus}{digits}").parse().ok()?;
    let (below, above) = (Some(Edge::below(amount)), Some(Edge::above(amount)));
    let (over, under, side) = match sign {
        Sign::Is => (below, above, Side::Both),
        Sign::More => (above, None, Side::Low),
        Sign::AtLeast => (below, None, Side::Low),
        Sign::Less => (None, below, Side::High),
        Sign::AtMost => (None, above, Side::High),
    };
    Some((Value::Amount { over, under }, side))
}

/// `>3`, `<=10`, `:0`. Nothing is less than none.
fn count(sign: Sign, typed: &str) -> Option<(Value, Side)> {
    let number: u32 = digits(typed, 9)?;
    let (least, most, side) = match sign {
        Sign::Is => (Some(number), Some(number), Side::Both),
        Sign::More => (Some(number + 1), None, Side::Low),
        Sign::AtLeast => (Some(number), None, Side::Low),
        Sign::Less => (None, Some(number.checked_sub(1)?), Side::High),
        Sign::AtMost => (None, Some(number), Side::High),
    };
    Some((Value::Count { least, most }, side))
}

const fn from(at: OffsetDateTime) -> (Span, Side) {
    let (from, before) = (Some(at), None);
    (Span { from, before }, Side::Low)
}

const fn before(at: OffsetDateTime) -> (Span, Side) {
    let (from, before) = (None, Some(at));
    (Span { from, before }, Side::High)
}

/// An age: `<30d` is less than 30 days ago.
fn ago(sign: Sign, typed: &str, now: OffsetDateTime) -> Option<(Span, Side)> {
    let then = now.checked_sub(age(typed)?)?;
    match sign {
        Sign::Less | Sign::AtMost => Some(from(then)),
        Sign::More | Sign::AtLeast => Some(before(then)),
        Sign::Is => None,
    }
}

/// How far off it is: `<30d` is within 30 days.
fn ahead(sign: Sign, typed: &str, now: OffsetDateTime, from_now: bool) -> Option<(Span, Side)> {
    let then = now.checked_add(age(typed)?)?;
    match sign {
        Sign::Less | Sign::AtMost => {
            let (span, side) = before(then);
            let from = from_now.then_some(now);
            Some((Span { from, ..span }, side))
        }
        Sign::More | Sign::AtLeast => Some(from(then)),
        Sign::Is => None,
    }
}

/// A day or a month, with its sign.
fn dates(sign: Sign, typed: &str) -> Option<(Span, Side)> {
    let (start, end) = stretch(typed)?;
    Some(match sign {
        Sign::Is => (
            Span {
                from: Some(start),
                before: Some(end),
            },
            Side::Both,
        ),
        Sign::Less => before(start),
        Sign::AtMost => before(end),
        Sign::More => from(end),
        Sign::AtLeast => from(start),
    })
}

/// `12h`, `30d`, `6w`, `3m` (of 30 days), `1y` (of 365); up to a hundred years.
fn age(typed: &str) -> Option<Duration> {
    let unit = typed.chars().last()?;
    let count: i64 = typed.strip_suffix(unit)?.parse().ok()?;
    let hours = match unit {
        'h' => 1,
        'd' => 24,
        'w' => 24 * 7,
        'm' => 24 * 30,
        'y' => 24 * 365,
        _ => return None,
    };
    let hours = count.checked_mul(hours)?;
    (0..=100 * 365 * 24)
        .contains(&hours)
        .then(|| Duration::hours(hours))
}

/// `2026-10-05` or `2026-10`: when it begins and when the next one does, in UTC.
fn stretch(typed: &str) -> Option<(OffsetDateTime, OffsetDateTime)> {
    let mut parts = typed.split('-');
    let year: i32 = digits(parts.next()?, 4)?;
    let month = time::Month::try_from(digits::<u8>(parts.next()?, 2)?).ok()?;
    let (start, end) = match (parts.next(), parts.next()) {
        (None, _) => {
            let start = Date::from_calendar_date(year, month, 1).ok()?;
            let next = month.next();
            let year = year + i32::from(next == time::Month::January);
            (start, Date::from_calendar_date(year, next, 1).ok()?)
        }
        (Some(day), None) => {
            let start = Date::from_calendar_date(year, month, digits(day, 2)?).ok()?;
            (start, start.next_day()?)
        }
        _ => return None,
    };
    // What a database can hold: no year before our era, and four digits.
    let fits = (1..9999).contains(&start.year());
    fits.then(|| (start.midnight().assume_utc(), end.midnight().assume_utc()))
}

fn digits<T: std::str::FromStr>(text: &str, most: usize) -> Option<T> {
    let plain = (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok())?
}
