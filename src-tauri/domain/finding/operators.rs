//! Reads what is typed to filter a list: `status:suspended plan:prepaid cost>100 "jane doe"`.
//!
//! One grammar for every list; what there is to say is in its vocabulary. A query is words and operators in
//! any order, apart by blanks; all of them must fit. Quotes make one word of several, and text of what would
//! be an operator. What cannot be understood is said, with its place; nothing that was typed is dropped in
//! silence.

use std::ops::Range;

use time::OffsetDateTime;

use crate::domain::finding::values::{Side, Value, read};
use crate::domain::finding::vocabulary::{List, Operator, Sign, Subject, Takes};

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
#[derive(Debug, Clone)]
pub struct Term {
    /// Where it stands, in bytes of the text.
    pub place: Range<usize>,
    /// Which it is.
    pub operator: &'static Operator,
    /// It was turned round with a minus.
    pub negated: bool,
    /// What it asks for.
    pub value: Value,
    side: Side,
}

impl PartialEq for Term {
    fn eq(&self, other: &Self) -> bool {
        (&self.place, self.operator.name, self.negated, &self.value)
            == (
                &other.place,
                other.operator.name,
                other.negated,
                &other.value,
            )
    }
}

impl Eq for Term {}

impl Term {
    /// What it filters by.
    #[must_use]
    pub fn subject(&self) -> Subject {
        self.operator.subject
    }

    fn clashes(&self, other: &Self) -> bool {
        self.subject() == other.subject() && self.side.meets(other.side)
    }
}

/// Something that could not be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where, in bytes of the text.
    pub place: Range<usize>,
    /// What is wrong and what would be right: a sentence for the screen.
    pub sentence: String,
}

/// Reads what filters that list. Ages (`30d`) count from `now`.
#[must_use]
pub fn parse(list: List, text: &str, now: OffsetDateTime) -> Query {
    let mut query = Query::default();
    let mut words: Vec<String> = Vec::new();
    for place in tokens(text) {
        let written = &text[place.clone()];
        let Some(parts) = split(written) else {
            words.push(unquoted(written));
            continue;
        };
        match term(list, place.clone(), &parts, now) {
            Ok(term) => query.terms.push(term),
            Err(sentence) => query.problems.push(Problem { place, sentence }),
        }
    }
    contradictions(list, &mut query);
    let words: Vec<String> = words.into_iter().filter(|word| !word.is_empty()).collect();
    query.text = (!words.is_empty()).then(|| words.join(" "));
    query
}

/// Words apart by blanks; quotes hold blanks together. A quote that is not closed reaches to the end.
fn tokens(text: &str) -> Vec<Range<usize>> {
    let mut tokens = Vec::new();
    let (mut start, mut quoted) = (None, false);
    for (at, letter) in text.char_indices() {
        if letter == '"' {
            quoted = !quoted;
        }
        if letter.is_whitespace() && !quoted {
            if let Some(start) = start.take() {
                tokens.push(start..at);
            }
        } else {
            start.get_or_insert(at);
        }
    }
    tokens.extend(start.map(|start| start..text.len()));
    tokens
}

struct Parts<'a> {
    negated: bool,
    name: &'a str,
    sign: Sign,
    value: &'a str,
}

/// An operator's parts; `None` for a word.
fn split(written: &str) -> Option<Parts<'_>> {
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
        rest.strip_prefix(text).map(|value| Parts {
            negated,
            name,
            sign,
            value,
        })
    })
}

fn unquoted(text: &str) -> String {
    text.replace('"', "").trim().to_owned()
}

fn term(
    list: List,
    place: Range<usize>,
    parts: &Parts<'_>,
    now: OffsetDateTime,
) -> Result<Term, String> {
    let operator = list
        .operator(parts.name)
        .ok_or_else(|| unknown(list, parts.name))?;
    if parts.negated && !operator.takes.may_be_negated() {
        return Err(not_negated(list, operator));
    }
    let typed = unquoted(parts.value);
    let (value, side) = read(operator, parts.negated, parts.sign, &typed, now)
        .ok_or_else(|| wrong(operator, parts.sign, &typed))?;
    Ok(Term {
        place,
        operator,
        negated: parts.negated,
        value,
        side,
    })
}

/// What fits only once may be there once: the second would silently win, or nothing could fit.
fn contradictions(list: List, query: &mut Query) {
    let mut kept: Vec<Term> = Vec::new();
    for term in query.terms.drain(..) {
        if kept.iter().any(|other| other.clashes(&term)) {
            query.problems.push(Problem {
                sentence: twice(list, term.operator),
                place: term.place,
            });
        } else {
            kept.push(term);
        }
    }
    query.terms = kept;
    query.problems.sort_by_key(|problem| problem.place.start);
}

fn twice(list: List, operator: &Operator) -> String {
    let name = operator.name;
    match operator.takes {
        Takes::Several => format!("{name} is there twice; write {name}:one,other."),
        Takes::OneOf => {
            // Several names may ask for the same: the one that offers most is what they are about.
            let widest = list
                .operators()
                .iter()
                .filter(|other| other.subject == operator.subject)
                .max_by_key(|other| other.values.len())
                .map_or(name, |other| other.name);
            format!("Only one {widest} can be looked for at a time.")
        }
        _ => format!("{name} is limited twice on the same side; leave one out."),
    }
}

fn wrong(operator: &Operator, sign: Sign, value: &str) -> String {
    if value.is_empty() {
        return format!("{}.", operator.expects);
    }
    format!(
        "{}; {}{}{value} cannot be.",
        operator.expects,
        operator.name,
        sign.text()
    )
}

fn not_negated(list: List, operator: &Operator) -> String {
    let can: Vec<&str> = list
        .operators()
        .iter()
        .filter(|other| other.takes.may_be_negated())
        .map(|other| other.name)
        .collect();
    let cannot = format!("{} cannot be turned round with a minus", operator.name);
    match can.split_last() {
        None => format!("{cannot}."),
        Some((only, [])) => format!("{cannot}; {only} can."),
        Some((end, others)) => format!("{cannot}; {} and {end} can.", others.join(", ")),
    }
}

fn unknown(list: List, name: &str) -> String {
    let lower = name.to_lowercase();
    let near = list
        .operators()
        .iter()
        .map(|operator| (distance(&lower, operator.name), operator.name))
        .min()
        .filter(|(distance, _)| *distance <= 2);
    let elsewhere = || {
        List::ALL
            .into_iter()
            .find(|other| *other != list && other.operator(name).is_some())
    };
    let is = format!("{name} is no filter");
    let quotes = "In quotes it is looked for as text.";
    if let Some(other) = elsewhere() {
        format!("{is} of {}, but of {}. {quotes}", list.name(), other.name())
    } else if let Some((_, near)) = near {
        format!("{is}; did you mean {near}? {quotes}")
    } else {
        let names: Vec<&str> = list.operators().iter().map(|each| each.name).collect();
        format!("{is}; there are {}. {quotes}", names.join(", "))
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
