//! The operators one can type to filter users: their names, what they take, and what that means. The
//! parser, the completion, the messages and the help sheet all read this one table.

use std::ops::Range;

/// Signs between a name and a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// `:`; `=` is read as the same.
    Is,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

impl Sign {
    /// As one types it.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Is => ":",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
        }
    }
}

/// What an operator filters by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Active, suspended, deleted.
    Status,
    /// How the account pays.
    Plan,
    /// Owner or member.
    Role,
    /// Where somebody has a seat.
    Cluster,
    /// Whose team.
    Team,
    /// Something that wants attention.
    Trouble,
    /// Credits of the account.
    Credits,
    /// Cost of the month so far.
    Cost,
    /// Seen last.
    LastLogin,
    /// Registered.
    Registered,
}

/// One operator.
#[derive(Debug)]
pub struct Operator {
    /// Its name, as it is completed.
    pub name: &'static str,
    /// Names that mean the same.
    pub also: &'static [&'static str],
    /// What it filters by.
    pub subject: Subject,
    /// What it means, for the help sheet.
    pub about: &'static str,
    /// What may stand after the name, to choose from: sign and value, and what that means.
    pub values: &'static [(&'static str, &'static str)],
    /// What it takes, for a message: `status: takes active, suspended or deleted`.
    pub takes: &'static str,
}

/// All operators, in the order in which they are offered.
pub const OPERATORS: &[Operator] = &[
    Operator {
        name: "status",
        also: &[],
        subject: Subject::Status,
        about: "Whether the service lets somebody in. Several with commas; -status:deleted leaves out.",
        values: &[
            (":active", "may work"),
            (":suspended", "locked out"),
            (":deleted", "gone, kept for the books"),
        ],
        takes: "status: takes active, suspended or deleted",
    },
    Operator {
        name: "plan",
        also: &[],
        subject: Subject::Plan,
        about: "How the account that pays does so. Several with commas; -plan:free leaves out.",
        values: &[
            (":prepaid", "spends credits"),
            (":postpaid", "is invoiced"),
            (":free", "pays nothing"),
            (":none", "no plan chosen yet"),
        ],
        takes: "plan: takes prepaid, postpaid, free or none",
    },
    Operator {
        name: "role",
        also: &[],
        subject: Subject::Role,
        about: "The place in a team.",
        values: &[
            (":owner", "is billed, with or without members"),
            (":member", "is billed to an owner"),
        ],
        takes: "role: takes owner or member",
    },
    Operator {
        name: "cluster",
        also: &[],
        subject: Subject::Cluster,
        about: "A seat on this cluster: its name, the beginning of it, its region or its id.",
        values: &[],
        takes: "cluster: takes the name of a cluster",
    },
    Operator {
        name: "team",
        also: &[],
        subject: Subject::Team,
        about: "An owner and everybody in the team: the owner's e-mail or id, or the company in quotes.",
        values: &[],
        takes: "team: takes the owner's e-mail or id, or the company",
    },
    Operator {
        name: "trouble",
        also: &["concern"],
        subject: Subject::Trouble,
        about: "What the Overview's attention list counts.",
        values: &[
            (":no_seat", "active, but on no cluster"),
            (":credits_low", "out of credits within a week"),
            (":invoice_overdue", "an invoice past its due date"),
            (
                ":invite_expired",
                "an invite unanswered in the last 30 days",
            ),
        ],
        takes: "trouble: takes no_seat, credits_low, invoice_overdue or invite_expired",
    },
    Operator {
        name: "credits",
        also: &["credit"],
        subject: Subject::Credits,
        about: "The same as trouble:credits_low.",
        values: &[(":low", "out of credits within a week")],
        takes: "credits: takes low",
    },
    Operator {
        name: "cost",
        also: &[],
        subject: Subject::Cost,
        about: "The person's own cost of this month so far, in USD.",
        values: &[
            (">100", "over $100 this month"),
            ("<5", "under $5 this month"),
        ],
        takes: "cost takes an amount in USD, such as cost>100 or cost<5",
    },
    Operator {
        name: "last_login",
        also: &["seen", "lastlogin"],
        subject: Subject::LastLogin,
        about: "Seen last. <30d: less than 30 days ago. >30d: longer ago, without those never seen. \
                Also a day or a month, in UTC: >=2026-10-01, :2026-10.",
        values: &[
            ("<7d", "seen less than 7 days ago"),
            ("<30d", "seen less than 30 days ago"),
            (">90d", "seen, but more than 90 days ago"),
            (":never", "never seen"),
        ],
        takes: "last_login takes an age (<30d, >12w), a day (>2026-10-01), a month (:2026-10) or :never",
    },
    Operator {
        name: "registered",
        also: &["created"],
        subject: Subject::Registered,
        about: "Registered. <30d: less than 30 days ago. Also a day or a month, in UTC: >=2026-01-01, :2026-10.",
        values: &[
            ("<7d", "in the last 7 days"),
            ("<30d", "in the last 30 days"),
            (">1y", "more than a year ago"),
        ],
        takes: "registered takes an age (<30d), a day (>2026-01-01) or a month (:2026-10)",
    },
];

/// The operator of that name, in any case.
#[must_use]
pub fn operator(name: &str) -> Option<&'static Operator> {
    let name = name.to_ascii_lowercase();
    OPERATORS
        .iter()
        .find(|operator| operator.name == name || operator.also.contains(&name.as_str()))
}

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
/// names.
#[must_use]
pub fn complete(text: &str, caret: usize, clusters: &[String]) -> Vec<Completion> {
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
        return names(name, start..ends);
    }
    let Some(operator) = operator(name) else {
        return Vec::new();
    };
    values(operator, rest, start + name_ends..ends, clusters)
}

fn names(typed: &str, replace: Range<usize>) -> Vec<Completion> {
    let typed = typed.to_ascii_lowercase();
    if typed.is_empty() {
        return Vec::new();
    }
    let fits = |operator: &&Operator| {
        operator.name.starts_with(&typed)
            || operator.also.iter().any(|name| name.starts_with(&typed))
    };
    OPERATORS
        .iter()
        .filter(fits)
        .map(|operator| {
            // An operator that only compares is completed without a sign: there are two to choose from.
            let only_is = operator
                .values
                .iter()
                .all(|(value, _)| value.starts_with(':'));
            Completion {
                replace: replace.clone(),
                text: format!("{}{}", operator.name, if only_is { ":" } else { "" }),
                about: operator.takes.to_owned(),
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
) -> Vec<Completion> {
    let typed = typed
        .replacen('=', ":", usize::from(typed.starts_with('=')))
        .to_lowercase();
    // After a comma the next of several.
    let kept = typed.rfind(',').map_or(0, |at| at + 1);
    let (before, last) = typed.split_at(kept);
    let several = matches!(operator.subject, Subject::Status | Subject::Plan);
    if kept > 0 && !several {
        return Vec::new();
    }
    let completion = |text: String, about: &str| Completion {
        replace: replace.clone(),
        text: format!("{text} "),
        about: about.to_owned(),
        value: true,
    };
    if operator.subject == Subject::Cluster {
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
        .filter_map(|(value, about)| {
            let wanted = if before.is_empty() {
                *value
            } else {
                &value[1..]
            };
            wanted
                .starts_with(last)
                .then(|| completion(format!("{before}{wanted}"), about))
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

    fn texts(text: &str) -> Vec<String> {
        let clusters = [
            "eu-west-1".to_owned(),
            "us-east-1".to_owned(),
            "lab (old)".to_owned(),
        ];
        complete(text, text.len(), &clusters)
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
    fn nothing_is_offered_for_words_and_inside_quotes() {
        for text in ["", "jane ", "\"sta", "zzz", "zzz:a", "role:owner,m"] {
            assert_eq!(texts(text), Vec::<String>::new(), "{text:?}");
        }
    }

    #[test]
    fn the_word_the_caret_stands_in_is_replaced_whole() {
        let completions = complete("sta jane", 2, &[]);
        assert_eq!(completions.len(), 1);
        assert_eq!(completions[0].replace, 0..3);
    }

    proptest! {
        #[test]
        fn completions_fit_into_the_text(text in "\\PC{0,40}", caret in 0_usize..60) {
            for completion in complete(&text, caret, &["a b".to_owned()]) {
                prop_assert!(text.get(completion.replace.clone()).is_some());
                prop_assert!(completion.replace.start <= caret && caret <= completion.replace.end);
            }
        }
    }
}
