//! Help with operators while they are typed: what could come, and what is not understood; for each list its own.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::domain::finding::vocabulary::{List, Operator};
use crate::usecases::understand_query::Help;

/// A list with operators of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum QueryList {
    Users,
    Teams,
    /// The accounts of the Usage screen.
    Usage,
    Credits,
    Invoices,
    Clusters,
    Events,
}

/// Places are in UTF-16 units, as the window counts letters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct QueryHelp {
    /// Whose operators they are. A text of the search box may begin with the name of a list.
    pub list: QueryList,
    /// It began with it.
    pub addressed: bool,
    /// What filters that list: the text without that name.
    pub filter: String,
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

/// The operators of one list, for the help sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ListOperators {
    pub list: QueryList,
    pub operators: Vec<OperatorHelp>,
    /// Those that a minus turns round.
    pub negated: Vec<String>,
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

impl From<QueryList> for List {
    fn from(list: QueryList) -> Self {
        match list {
            QueryList::Users => Self::Users,
            QueryList::Teams => Self::Teams,
            QueryList::Usage => Self::Accounts,
            QueryList::Credits => Self::Credits,
            QueryList::Invoices => Self::Invoices,
            QueryList::Clusters => Self::Clusters,
            QueryList::Events => Self::Events,
        }
    }
}

impl From<List> for QueryList {
    fn from(list: List) -> Self {
        match list {
            List::Users => Self::Users,
            List::Teams => Self::Teams,
            List::Accounts => Self::Usage,
            List::Credits => Self::Credits,
            List::Invoices => Self::Invoices,
            List::Clusters => Self::Clusters,
            List::Events => Self::Events,
        }
    }
}

impl QueryHelp {
    /// Help with this text, of which what filters the list begins at `begins`, in bytes.
    #[must_use]
    pub fn new(text: &str, list: List, begins: usize, help: Help) -> Self {
        Self {
            list: list.into(),
            addressed: begins > 0,
            filter: text.get(begins..).unwrap_or_default().trim().to_owned(),
            has_operators: help.has_operators,
            problems: help
                .problems
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
            completions: help
                .completions
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

/// All operators, list by list.
#[must_use]
pub fn operators() -> Vec<ListOperators> {
    let names = |list: List| {
        let negated = list
            .operators()
            .iter()
            .filter(|each| each.takes.may_be_negated());
        negated.map(|each| each.name.to_owned()).collect()
    };
    List::ALL
        .into_iter()
        .map(|list| ListOperators {
            list: list.into(),
            operators: list.operators().iter().map(explained).collect(),
            negated: names(list),
        })
        .collect()
}

fn explained(operator: &Operator) -> OperatorHelp {
    OperatorHelp {
        name: operator.name.to_owned(),
        examples: match operator.values {
            [] => vec![format!("{}:…", operator.name)],
            values => values
                .iter()
                .map(|choice| format!("{}{}", operator.name, choice.written))
                .collect(),
        },
        about: operator.about.to_owned(),
    }
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
