//! Help with operators while they are typed: what could come, and what is not understood.

use std::ops::Range;

use serde::Serialize;
use ts_rs::TS;

use crate::domain::finding::operators::Problem;
use crate::domain::finding::vocabulary::{Completion, OPERATORS};

/// Places are in UTF-16 units, as the window counts letters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct QueryHelp {
    /// There are operators in the text, or what looks like some.
    pub has_operators: bool,
    pub problems: Vec<QueryProblem>,
    pub completions: Vec<QueryCompletion>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct QueryProblem {
    pub start: u32,
    pub end: u32,
    /// What is wrong, and what would be right.
    pub sentence: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct QueryCompletion {
    /// What is replaced.
    pub start: u32,
    pub end: u32,
    /// By this.
    pub text: String,
    /// The whole text afterwards.
    pub whole: String,
    /// What it means.
    pub about: String,
    /// The sign is typed already: whoever is here wants a value.
    pub value: bool,
}

/// An operator, for the help sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct OperatorHelp {
    pub name: String,
    /// `"status:active"`, …
    pub examples: Vec<String>,
    pub about: String,
}

impl QueryHelp {
    /// Help with this text.
    #[must_use]
    pub fn new(
        text: &str,
        has_operators: bool,
        problems: Vec<Problem>,
        completions: Vec<Completion>,
    ) -> Self {
        Self {
            has_operators,
            problems: problems
                .into_iter()
                .map(|problem| {
                    let (start, end) = units(text, &problem.place);
                    QueryProblem {
                        start,
                        end,
                        sentence: problem.sentence,
                    }
                })
                .collect(),
            completions: completions
                .into_iter()
                .map(|completion| {
                    let (start, end) = units(text, &completion.replace);
                    let mut whole = text.to_owned();
                    whole.replace_range(completion.replace, &completion.text);
                    QueryCompletion {
                        start,
                        end,
                        text: completion.text,
                        whole,
                        about: completion.about,
                        value: completion.value,
                    }
                })
                .collect(),
        }
    }
}

/// All operators.
#[must_use]
pub fn operators() -> Vec<OperatorHelp> {
    OPERATORS
        .iter()
        .map(|operator| OperatorHelp {
            name: operator.name.to_owned(),
            examples: match operator.values {
                [] => vec![format!("{}:…", operator.name)],
                values => values
                    .iter()
                    .map(|(value, _)| format!("{}{value}", operator.name))
                    .collect(),
            },
            about: operator.about.to_owned(),
        })
        .collect()
}

/// The place in bytes that the window means; the end for one beyond it.
#[must_use]
pub fn bytes(text: &str, units: u32) -> usize {
    let mut passed = 0;
    for (at, letter) in text.char_indices() {
        if passed >= units {
            return at;
        }
        passed += u32::try_from(letter.len_utf16()).unwrap_or(1);
    }
    text.len()
}

fn units(text: &str, place: &Range<usize>) -> (u32, u32) {
    let count = |end: usize| {
        let units = text
            .get(..end)
            .map_or(0, |before| before.encode_utf16().count());
        u32::try_from(units).unwrap_or(u32::MAX)
    };
    (count(place.start), count(place.end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_as_the_window_does() {
        let text = "é𝄞 x";
        assert_eq!(bytes(text, 0), 0);
        assert_eq!(bytes(text, 1), 2);
        assert_eq!(bytes(text, 3), 6);
        assert_eq!(bytes(text, 99), text.len());
        assert_eq!(units(text, &(2..6)), (1, 3));
    }
}
