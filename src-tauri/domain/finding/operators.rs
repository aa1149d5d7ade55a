//! Reads what is typed to filter users: `status:suspended plan:prepaid cost>100 "jane doe"`.
//!
//! A query is words and operators in any order, apart by blanks; all of them must fit. Quotes make one
//! word of several, and text of what would be an operator. What cannot be understood is said, with its
//! place; nothing that was typed is dropped in silence.

use std::ops::Range;

use rust_decimal::Decimal;
use time::{Date, Duration, Month, OffsetDateTime};

use crate::domain::account::{Plan, TeamRole, UserStatus};
use crate::domain::browse::Concern;
use crate::domain::finding::vocabulary::{OPERATORS, Operator, Sign, Subject, operator};

/// A query as understood.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// What is left to look for as text, words apart by one blank.
    pub text: Option<String>,
    /// The operators, in their order.
    pub terms: Vec<Term>,
    /// What could not be understood.
    pub problems: Vec<Problem>,
}

impl Query {
    /// Whether there is anything but plain text in it.
    #[must_use]
    pub fn has_operators(&self) -> bool {
        !self.terms.is_empty() || !self.problems.is_empty()
    }
}

/// An operator with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Where it stands, in bytes of the text.
    pub place: Range<usize>,
    /// What it asks for.
    pub condition: Condition,
}

/// Something that could not be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where, in bytes of the text.
    pub place: Range<usize>,
    /// What is wrong and what would be right: a sentence for the screen.
    pub sentence: String,
}

/// What an operator asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// One of these.
    Statuses(Vec<UserStatus>),
    /// One of these.
    Plans(Vec<Plan>),
    /// Owner or member.
    Role(TeamRole),
    /// A cluster as it was typed: the database knows which it is.
    Cluster(String),
    /// A team as it was typed.
    Team(String),
    /// This trouble.
    Concern(Concern),
    /// This month's cost, USD, without the bounds themselves.
    Cost {
        /// Over this.
        over: Option<Decimal>,
        /// Under this.
        under: Option<Decimal>,
    },
    /// Last login, from the first moment to just before the second.
    Seen(Span),
    /// Never logged in.
    NeverSeen,
    /// Registration, from the first moment to just before the second.
    Registered(Span),
}

/// A stretch of time; open where there is no bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// At this moment or later.
    pub from: Option<OffsetDateTime>,
    /// Before this moment.
    pub before: Option<OffsetDateTime>,
}

/// Reads a query. Ages (`30d`) count back from `now`.
#[must_use]
pub fn parse(text: &str, now: OffsetDateTime) -> Query {
    let mut query = Query::default();
    let mut words: Vec<String> = Vec::new();
    for token in tokens(text) {
        let written = &text[token.place.clone()];
        match split(written) {
            Some((negated, name, sign, value)) => {
                let value = unquoted(value);
                match term(negated, name, sign, &value, now) {
                    Ok(condition) => query.terms.push(Term {
                        place: token.place,
                        condition,
                    }),
                    Err(sentence) => query.problems.push(Problem {
                        place: token.place,
                        sentence,
                    }),
                }
            }
            None => words.push(unquoted(written)),
        }
    }
    contradictions(&mut query);
    let words: Vec<String> = words.into_iter().filter(|word| !word.is_empty()).collect();
    query.text = (!words.is_empty()).then(|| words.join(" "));
    query
}

struct Token {
    place: Range<usize>,
}

/// Words apart by blanks; quotes hold blanks together. A quote that is not closed reaches to the end.
fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let (mut start, mut quoted) = (None, false);
    for (at, letter) in text.char_indices() {
        if letter == '"' {
            quoted = !quoted;
        }
        if letter.is_whitespace() && !quoted {
            if let Some(start) = start.take() {
                tokens.push(Token { place: start..at });
            }
        } else {
            start.get_or_insert(at);
        }
    }
    if let Some(start) = start {
        tokens.push(Token {
            place: start..text.len(),
        });
    }
    tokens
}

/// An operator's parts; `None` for a word.
fn split(written: &str) -> Option<(bool, &str, Sign, &str)> {
    let negated = written.starts_with('-');
    let word = &written[usize::from(negated)..];
    let ends = word.find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'))?;
    let (name, rest) = word.split_at(ends);
    if !name.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
        return None;
    }
    let signs = [
        ("<=", Sign::AtMost),
        (">=", Sign::AtLeast),
        ("<", Sign::Less),
        (">", Sign::More),
        (":", Sign::Is),
        ("=", Sign::Is),
    ];
    signs.into_iter().find_map(|(text, sign)| {
        rest.strip_prefix(text)
            .map(|value| (negated, name, sign, value))
    })
}

fn unquoted(text: &str) -> String {
    text.replace('"', "").trim().to_owned()
}

fn term(
    negated: bool,
    name: &str,
    sign: Sign,
    value: &str,
    now: OffsetDateTime,
) -> Result<Condition, String> {
    let operator = operator(name).ok_or_else(|| unknown(name))?;
    let wrong = || wrong(operator, sign, value);
    let may_negate = matches!(
        operator.subject,
        Subject::Status | Subject::Plan | Subject::Role
    );
    if negated && !may_negate {
        return Err(format!(
            "{} cannot be turned round with a minus; status, plan and role can.",
            operator.name
        ));
    }
    let compares = matches!(
        operator.subject,
        Subject::Cost | Subject::LastLogin | Subject::Registered
    );
    if value.is_empty() || (sign != Sign::Is && !compares) {
        return Err(wrong());
    }
    let lower = value.to_lowercase();
    match operator.subject {
        Subject::Status => several(&lower, negated, STATUSES)
            .map(Condition::Statuses)
            .ok_or_else(wrong),
        Subject::Plan => several(&lower, negated, PLANS)
            .map(Condition::Plans)
            .ok_or_else(wrong),
        Subject::Role => match several(&lower, negated, ROLES).as_deref() {
            Some([role]) => Ok(Condition::Role(*role)),
            _ => Err(wrong()),
        },
        Subject::Cluster => Ok(Condition::Cluster(value.to_owned())),
        Subject::Team => Ok(Condition::Team(value.to_owned())),
        Subject::Trouble => concern(&lower).map(Condition::Concern).ok_or_else(wrong),
        Subject::Credits if lower == "low" => Ok(Condition::Concern(Concern::CreditsLow)),
        Subject::Credits => Err(wrong()),
        Subject::Cost => {
            let amount = amount(value).ok_or_else(wrong)?;
            match sign {
                Sign::More => Ok(Condition::Cost {
                    over: Some(amount),
                    under: None,
                }),
                Sign::Less => Ok(Condition::Cost {
                    over: None,
                    under: Some(amount),
                }),
                _ => Err(wrong()),
            }
        }
        Subject::LastLogin if sign == Sign::Is && lower == "never" => Ok(Condition::NeverSeen),
        Subject::LastLogin => span(sign, &lower, now)
            .map(Condition::Seen)
            .ok_or_else(wrong),
        Subject::Registered => span(sign, &lower, now)
            .map(Condition::Registered)
            .ok_or_else(wrong),
    }
}

const STATUSES: &[(&str, UserStatus)] = &[
    ("active", UserStatus::Active),
    ("suspended", UserStatus::Suspended),
    ("deleted", UserStatus::Deleted),
];
const PLANS: &[(&str, Plan)] = &[
    ("prepaid", Plan::Prepaid),
    ("postpaid", Plan::Postpaid),
    ("free", Plan::Free),
    ("none", Plan::Unset),
];
const ROLES: &[(&str, TeamRole)] = &[("owner", TeamRole::Owner), ("member", TeamRole::Member)];

/// One or several values apart by commas, or all the others; `None` when one is unknown or none is left.
fn several<T: Copy>(typed: &str, negated: bool, known: &[(&str, T)]) -> Option<Vec<T>> {
    let named: Vec<&str> = typed
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty())
        .collect();
    if named
        .iter()
        .any(|word| known.iter().all(|(name, _)| name != word))
    {
        return None;
    }
    let chosen: Vec<T> = known
        .iter()
        .filter(|(name, _)| named.contains(name) != negated)
        .map(|(_, value)| *value)
        .collect();
    (!chosen.is_empty() && !named.is_empty()).then_some(chosen)
}

fn concern(typed: &str) -> Option<Concern> {
    match typed.replace(['-', ' '], "_").as_str() {
        "no_seat" => Some(Concern::NoSeat),
        "credits_low" => Some(Concern::CreditsLow),
        "invoice_overdue" => Some(Concern::InvoiceOverdue),
        "invite_expired" => Some(Concern::InviteExpired),
        _ => None,
    }
}

/// `100`, `$1,250.50`.
fn amount(typed: &str) -> Option<Decimal> {
    let digits = typed.trim_start_matches('$').replace(',', "");
    let plain = digits
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    plain.then(|| digits.parse().ok())?
}

/// An age, a day or a month, with its sign. An age counts back: `<30d` is less than 30 days ago.
fn span(sign: Sign, typed: &str, now: OffsetDateTime) -> Option<Span> {
    if let Some(age) = age(typed) {
        let then = now.checked_sub(age)?;
        return match sign {
            Sign::Less | Sign::AtMost => Some(Span {
                from: Some(then),
                before: None,
            }),
            Sign::More | Sign::AtLeast => Some(Span {
                from: None,
                before: Some(then),
            }),
            Sign::Is => None,
        };
    }
    let (start, end) = stretch(typed)?;
    Some(match sign {
        Sign::Is => Span {
            from: Some(start),
            before: Some(end),
        },
        Sign::Less => Span {
            from: None,
            before: Some(start),
        },
        Sign::AtMost => Span {
            from: None,
            before: Some(end),
        },
        Sign::More => Span {
            from: Some(end),
            before: None,
        },
        Sign::AtLeast => Span {
            from: Some(start),
            before: None,
        },
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
    let month = Month::try_from(digits::<u8>(parts.next()?, 2)?).ok()?;
    let (start, end) = match (parts.next(), parts.next()) {
        (None, _) => {
            let start = Date::from_calendar_date(year, month, 1).ok()?;
            let next = month.next();
            let year = year + i32::from(next == Month::January);
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

/// What fits only once may be there once: the second would silently win, or nobody could fit.
fn contradictions(query: &mut Query) {
    let mut seen: Vec<&'static str> = Vec::new();
    let mut kept = Vec::new();
    for term in query.terms.drain(..) {
        let slots: &[&'static str] = match &term.condition {
            Condition::Statuses(_) => &["status"],
            Condition::Plans(_) => &["plan"],
            Condition::Role(_) => &["role"],
            Condition::Cluster(_) => &["cluster"],
            Condition::Team(_) => &["team"],
            Condition::Concern(_) => &["trouble"],
            Condition::Cost { over: Some(_), .. } => &["cost>"],
            Condition::Cost { .. } => &["cost<"],
            Condition::NeverSeen
            | Condition::Seen(Span {
                from: Some(_),
                before: Some(_),
            }) => &["last_login, from", "last_login, before"],
            Condition::Seen(Span { from: Some(_), .. }) => &["last_login, from"],
            Condition::Seen(_) => &["last_login, before"],
            Condition::Registered(Span {
                from: Some(_),
                before: Some(_),
            }) => &["registered, from", "registered, before"],
            Condition::Registered(Span { from: Some(_), .. }) => &["registered, from"],
            Condition::Registered(_) => &["registered, before"],
        };
        if slots.iter().any(|slot| seen.contains(slot)) {
            let name = slots[0].split([',', '<', '>']).next().unwrap_or_default();
            let sentence = match name {
                "status" | "plan" => format!("{name} is there twice; write {name}:one,other."),
                "trouble" => "Only one trouble can be looked for at a time.".to_owned(),
                _ => format!("{name} is limited twice on the same side; leave one out."),
            };
            query.problems.push(Problem {
                place: term.place,
                sentence,
            });
        } else {
            seen.extend(slots);
            kept.push(term);
        }
    }
    query.terms = kept;
    query.problems.sort_by_key(|problem| problem.place.start);
}

fn wrong(operator: &Operator, sign: Sign, value: &str) -> String {
    if value.is_empty() {
        return format!("{}.", operator.takes);
    }
    format!(
        "{}; {}{}{value} cannot be.",
        operator.takes,
        operator.name,
        sign.text()
    )
}

fn unknown(name: &str) -> String {
    let lower = name.to_lowercase();
    let near = OPERATORS
        .iter()
        .map(|operator| (distance(&lower, operator.name), operator.name))
        .min()
        .filter(|(distance, _)| *distance <= 2);
    let names: Vec<&str> = OPERATORS.iter().map(|operator| operator.name).collect();
    match near {
        Some((_, near)) => {
            format!("{name} is no filter; did you mean {near}? In quotes it is looked for as text.")
        }
        None => format!(
            "{name} is no filter; there are {}. In quotes it is looked for as text.",
            names.join(", ")
        ),
    }
}

/// Letters to change, add or leave out (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.chars().enumerate() {
        let mut corner = row[0];
        row[0] = at + 1;
        for (place, theirs) in other.iter().enumerate() {
            let changed = corner + usize::from(letter != *theirs);
            corner = row[place + 1];
            row[place + 1] = changed.min(row[place] + 1).min(corner + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests;
