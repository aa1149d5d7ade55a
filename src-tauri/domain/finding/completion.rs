//! Completes the operator that is being typed: its name, then its values.

use std::ops::Range;

use crate::domain::finding::vocabulary::{List, Operator, Takes};
use crate::domain::lacks::Lacks;

/// Something to put in place of what is being typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// What it replaces, in bytes of the text.
    pub replace: Range<usize>,
    /// What comes there; a value is followed by a space.
    pub text: String,
    /// What it means.
    pub about: String,
    /// The sign is typed already: whoever is here wants a value.
    pub value: bool,
}

/// What could come where the caret is (a place in bytes between two characters). `clusters` are their
/// names; what the database lacks is not offered.
#[must_use]
pub fn complete(
    list: List,
    text: &str,
    caret: usize,
    clusters: &[String],
    lacks: &Lacks,
) -> Vec<Completion> {
    let Some(before) = text.get(..caret) else {
        return Vec::new();
    };
    let begins = before.rfind(char::is_whitespace).map_or(0, |at| {
        at + before[at..].chars().next().map_or(1, char::len_utf8)
    });
    // Inside quotes everything is text.
    if before.matches('"').count() % 2 == 1 {
        return Vec::new();
    }
    // What is already written behind the caret belongs to the same word.
    let ends = text[caret..]
        .find(char::is_whitespace)
        .map_or(text.len(), |at| caret + at);
    let token = &before[begins..];
    let minus = usize::from(token.starts_with('-'));
    let word = &token[minus..];
    let name_ends = word
        .find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'))
        .unwrap_or(word.len());
    let (name, rest) = word.split_at(name_ends);
    let start = begins + minus;
    if rest.is_empty() {
        return names(list, name, start..ends, lacks);
    }
    let Some(operator) = list.operator(name) else {
        return Vec::new();
    };
    if lacks.any(operator.needs).is_some() {
        return Vec::new();
    }
    values(operator, rest, start + name_ends..ends, clusters, lacks)
}

fn names(list: List, typed: &str, replace: Range<usize>, lacks: &Lacks) -> Vec<Completion> {
    let typed = typed.to_ascii_lowercase();
    if typed.is_empty() {
        return Vec::new();
    }
    let fits = |operator: &&Operator| {
        operator.name.starts_with(&typed)
            || operator.also.iter().any(|name| name.starts_with(&typed))
    };
    list.operators()
        .iter()
        .filter(fits)
        .filter(|operator| lacks.any(operator.needs).is_none())
        .map(|operator| {
            // An operator that compares is completed without a sign: there are two to choose from.
            let sign = if operator.takes.compares() { "" } else { ":" };
            Completion {
                replace: replace.clone(),
                text: format!("{}{sign}", operator.name),
                about: operator.expects.to_owned(),
                value: false,
            }
        })
        .collect()
}

fn values(
    operator: &Operator,
    typed: &str,
    replace: Range<usize>,
    clusters: &[String],
    lacks: &Lacks,
) -> Vec<Completion> {
    let typed = typed
        .replacen('=', ":", usize::from(typed.starts_with('=')))
        .to_lowercase();
    // After a comma the next of several.
    let kept = typed.rfind(',').map_or(0, |at| at + 1);
    let (before, last) = typed.split_at(kept);
    if kept > 0 && operator.takes != Takes::Several {
        return Vec::new();
    }
    let completion = |text: String, about: &str| Completion {
        replace: replace.clone(),
        text: format!("{text} "),
        about: about.to_owned(),
        value: true,
    };
    if operator.takes == Takes::Cluster {
        let Some(typed) = typed.strip_prefix(':') else {
            return Vec::new();
        };
        let typed = typed.trim_start_matches('"');
        return clusters
            .iter()
            .filter(|name| name.to_lowercase().contains(typed))
            .map(|name| completion(format!(":{}", quoted(name)), "a seat there"))
            .collect();
    }
    operator
        .values
        .iter()
        .filter(|choice| lacks.any(choice.needs).is_none())
        .filter_map(|choice| {
            let wanted = if before.is_empty() {
                choice.written
            } else {
                choice.written.trim_start_matches(':')
            };
            wanted
                .starts_with(last)
                .then(|| completion(format!("{before}{wanted}"), choice.about))
        })
        .collect()
}

/// In quotes where it needs them.
#[must_use]
pub fn quoted(value: &str) -> String {
    if value.contains(|letter: char| letter.is_whitespace() || letter == ',') {
        format!("\"{}\"", value.replace('"', ""))
    } else {
        value.replace('"', "")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(list: List, text: &str) -> Vec<String> {
        texts_without(list, text, &Lacks::default())
    }

    fn texts_without(list: List, text: &str, lacks: &Lacks) -> Vec<String> {
        let clusters = [
            "eu-west-1".to_owned(),
            "us-east-1".to_owned(),
            "lab (old)".to_owned(),
        ];
        complete(list, text, text.len(), &clusters, lacks)
            .into_iter()
            .map(|completion| {
                let mut whole = text.to_owned();
                whole.replace_range(completion.replace, &completion.text);
                whole
            })
            .collect()
    }

    #[test]
    fn names_and_then_values_are_completed() {
        let texts = |text| texts(List::Users, text);
        assert_eq!(texts("sta"), ["status:"]);
        assert_eq!(texts("jane st"), ["jane status:"]);
        assert_eq!(texts("status:s"), ["status:suspended "]);
        assert_eq!(texts("STATUS:S"), ["STATUS:suspended "]);
        assert_eq!(texts("-plan:p"), ["-plan:prepaid ", "-plan:postpaid "]);
        assert_eq!(
            texts("plan:free,p"),
            ["plan:free,prepaid ", "plan:free,postpaid "]
        );
        assert_eq!(texts("last_login<"), ["last_login<7d ", "last_login<30d "]);
        assert_eq!(
            texts("cluster:E"),
            ["cluster:eu-west-1 ", "cluster:us-east-1 "]
        );
        assert_eq!(texts("cluster:old"), ["cluster:\"lab (old)\" "]);
        assert_eq!(texts("cos"), ["cost"]);
        assert_eq!(texts("cost"), ["cost"]);
        assert_eq!(texts("cost>"), ["cost>100 "]);
    }

    #[test]
    fn each_list_offers_its_own() {
        for (list, typed, expected) in [
            (List::Teams, "mem", "members"),
            (List::Teams, "invite:p", "invite:pending "),
            (List::Credits, "credits:o", "credits:out "),
            (List::Credits, "runs_out:", "runs_out:never "),
            (List::Invoices, "status:open,ov", "status:open,overdue "),
            (List::Invoices, "type:ch", "type:charge "),
            (List::Clusters, "seats:f", "seats:full "),
            (List::Accounts, "gp", "gpu"),
        ] {
            assert_eq!(
                texts(list, typed).first().map(String::as_str),
                Some(expected),
                "{list:?}"
            );
        }
        assert_eq!(
            texts(List::Clusters, "pla"),
            Vec::<String>::new(),
            "clusters have no plan"
        );
    }

    #[test]
    fn what_a_database_lacks_is_not_offered() {
        let column = |view: &str, column: &str| (view.to_owned(), column.to_owned(), None);
        let lacks = Lacks::collect(
            [
                column("clusters", "region"),
                column("clusters", "max_users"),
            ],
            &["clusters".to_owned()],
        );
        let texts = |text| texts_without(List::Clusters, text, &lacks);
        for text in ["reg", "region:", "seats:f", "fill"] {
            assert_eq!(texts(text), Vec::<String>::new(), "{text:?}");
        }
        assert_eq!(texts("status:f"), ["status:full "]);
        assert_eq!(texts("assi"), ["assigned"]);
    }

    #[test]
    fn nothing_is_offered_for_words_and_inside_quotes() {
        for text in ["", "jane ", "\"sta", "zzz", "zzz:a", "role:owner,m"] {
            assert_eq!(texts(List::Users, text), Vec::<String>::new(), "{text:?}");
        }
    }

    #[test]
    fn the_word_the_caret_stands_in_is_replaced_whole() {
        let completions = complete(List::Users, "sta jane", 2, &[], &Lacks::default());
        assert_eq!(completions.len(), 1);
        assert_eq!(completions[0].replace, 0..3);
    }

    proptest! {
        #[test]
        fn completions_fit_into_the_text(
            list in prop::sample::select(List::ALL.to_vec()), text in "\\PC{0,40}", caret in 0_usize..60,
        ) {
            for completion in complete(list, &text, caret, &["a b".to_owned()], &Lacks::default()) {
                prop_assert!(text.get(completion.replace.clone()).is_some());
                prop_assert!(completion.replace.start <= caret && caret <= completion.replace.end);
            }
        }
    }
}
