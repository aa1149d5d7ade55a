//! The operators one can type to filter a list: their names, what they take, and what that means. One table a
//! list, as data; the parser, the completion, the messages and the help sheet all read them.

mod accounts;
mod clusters;
mod credits;
mod events;
mod invoices;
mod teams;
mod users;

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

/// A list with operators of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// The Users list.
    Users,
    /// The Teams list.
    Teams,
    /// The Credits list.
    Credits,
    /// The Invoices list.
    Invoices,
    /// The Clusters list.
    Clusters,
    /// The accounts of the Usage screen.
    Accounts,
    /// What came in and goes out.
    Events,
}

impl List {
    /// All of them, in the order of the window.
    pub const ALL: [Self; 7] = [
        Self::Users,
        Self::Teams,
        Self::Accounts,
        Self::Credits,
        Self::Invoices,
        Self::Clusters,
        Self::Events,
    ];

    /// The screen it is on, as one types it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Teams => "teams",
            Self::Credits => "credits",
            Self::Invoices => "invoices",
            Self::Clusters => "clusters",
            Self::Accounts => "usage",
            Self::Events => "events",
        }
    }

    /// The list that a text of the search box is for, and where what filters it begins, in bytes: for
    /// `invoices status:open` the Invoices; for a text that begins with no list, the Users.
    #[must_use]
    pub fn addressed(text: &str) -> (Self, usize) {
        let begins = text.len() - text.trim_start().len();
        let named = text[begins..]
            .find(char::is_whitespace)
            .map(|length| begins + length);
        let list = named.and_then(|ends| {
            let name = &text[begins..ends];
            Self::ALL
                .into_iter()
                .find(|list| list.name().eq_ignore_ascii_case(name))
        });
        match (list, named) {
            (Some(list), Some(ends)) => (list, ends),
            _ => (Self::Users, 0),
        }
    }

    /// Its operators, in the order in which they are offered.
    #[must_use]
    pub fn operators(self) -> &'static [Operator] {
        match self {
            Self::Users => users::OPERATORS,
            Self::Teams => teams::OPERATORS,
            Self::Credits => credits::OPERATORS,
            Self::Invoices => invoices::OPERATORS,
            Self::Clusters => clusters::OPERATORS,
            Self::Accounts => accounts::OPERATORS,
            Self::Events => events::OPERATORS,
        }
    }

    /// The operator of that name, in any case.
    #[must_use]
    pub fn operator(self, name: &str) -> Option<&'static Operator> {
        let name = name.to_ascii_lowercase();
        self.operators()
            .iter()
            .find(|operator| operator.name == name || operator.also.contains(&name.as_str()))
    }
}

/// What an operator filters by. What is limited twice is told by it, so names that mean the same share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Of a person or account: active, suspended, deleted. Of an invoice: open, paid, … Of a cluster: its state.
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
    /// Cost of the month so far; of the period, in Usage.
    Cost,
    /// Seen last.
    LastLogin,
    /// Registered.
    Registered,
    /// Members besides the owner.
    Members,
    /// Credits that run low, are gone, or are owed.
    Credits,
    /// Credits left.
    Balance,
    /// Paid credits left.
    Paid,
    /// Free credits left.
    Free,
    /// The day credits run out.
    RunsOut,
    /// Credits bought last.
    Bought,
    /// The fiscal month.
    Month,
    /// Amount of an invoice.
    Amount,
    /// When an invoice is due.
    Due,
    /// For how long an invoice is past its due date.
    Overdue,
    /// When an invoice was made.
    Made,
    /// Who pays.
    Account,
    /// Number of an invoice.
    Number,
    /// Invoice, charge or subscription. Of an event: what happened.
    Kind,
    /// Where a cluster stands.
    Region,
    /// Whether a cluster has seats left.
    Seats,
    /// Whether the counter of a cluster is wrong.
    Drift,
    /// Seats given on a cluster.
    Assigned,
    /// Percent of a cluster's seats that are given.
    Fill,
    /// CPU hours.
    Cpu,
    /// GPU hours.
    Gpu,
    /// Whether an event came in or goes out.
    Way,
    /// The system that sent an event, or is told.
    System,
    /// Whom an event is about.
    About,
    /// When an event came.
    Came,
    /// How often an event was tried.
    Attempts,
}

/// How what follows an operator's name is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// Any of its words, apart by commas; with a minus all the others.
    Several,
    /// One of two words; with a minus the other.
    Either,
    /// One of its words.
    OneOf,
    /// A text of one's own.
    Text,
    /// A cluster as it is called: the database knows which it is.
    Cluster,
    /// An account as it is called: by its owner's e-mail or id, or by the company.
    Account,
    /// An amount or a quantity, compared in any way.
    Amount,
    /// A whole number, compared in any way.
    Count,
    /// A time in the past, by age, day or month; `never` where it may have been never.
    Ago {
        /// Whether `:never` is a value.
        never: bool,
    },
    /// A time to come, by how far it is, day or month.
    Ahead {
        /// `<7d` leaves out what is past by now.
        from_now: bool,
        /// Whether `:never` is a value.
        never: bool,
    },
    /// An age of what is past by now, and no day.
    Age,
    /// A month, or the present one.
    Month,
}

impl Takes {
    /// Whether a minus before the operator has a meaning.
    #[must_use]
    pub fn may_be_negated(self) -> bool {
        matches!(self, Self::Several | Self::Either)
    }

    /// Whether `<` and `>` have one.
    #[must_use]
    pub fn compares(self) -> bool {
        matches!(
            self,
            Self::Amount | Self::Count | Self::Ago { .. } | Self::Ahead { .. } | Self::Age
        )
    }
}

/// What must be on record: canonical view and column.
pub type Needs = &'static [(&'static str, &'static str)];

/// One operator.
#[derive(Debug)]
pub struct Operator {
    /// Its name, as it is completed.
    pub name: &'static str,
    /// Names that mean the same.
    pub also: &'static [&'static str],
    /// What it filters by.
    pub subject: Subject,
    /// How its value is read.
    pub takes: Takes,
    /// What it means, for the help sheet.
    pub about: &'static str,
    /// What may stand after the name, to choose from; all there is where it takes words.
    pub values: &'static [Choice],
    /// What it takes, for a message: `status: takes active, suspended or deleted`.
    pub expects: &'static str,
    /// Without this on record the operator can tell nothing.
    pub needs: Needs,
}

/// A value to choose.
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    /// As it is typed, with its sign.
    pub written: &'static str,
    /// What it means.
    pub about: &'static str,
    /// Without this on record the value can tell nothing.
    pub needs: Needs,
    word: Option<&'static str>,
}

impl Choice {
    /// The word filters know it by.
    #[must_use]
    pub fn word(&self) -> &'static str {
        self.word
            .unwrap_or_else(|| self.written.trim_start_matches(':'))
    }

    const fn meaning(self, word: &'static str) -> Self {
        Self {
            word: Some(word),
            ..self
        }
    }

    const fn needing(self, needs: Needs) -> Self {
        Self { needs, ..self }
    }
}

const fn choice(written: &'static str, about: &'static str) -> Choice {
    Choice {
        written,
        about,
        needs: &[],
        word: None,
    }
}

const STATUSES: &[Choice] = &[
    choice(":active", "may work"),
    choice(":suspended", "locked out"),
    choice(":deleted", "gone, kept for the books"),
    choice(":other", "a word of the service's own"),
];

/// The status of the account or person, on every list that shows it.
const fn account_status(about: &'static str) -> Operator {
    Operator {
        name: "status",
        also: &[],
        subject: Subject::Status,
        takes: Takes::Several,
        about,
        values: STATUSES,
        expects: "status: takes active, suspended, deleted or other",
        needs: &[("users", "status")],
    }
}

/// The plan of the account that pays, on every list that shows it.
const PLAN: Operator = Operator {
    name: "plan",
    also: &[],
    subject: Subject::Plan,
    takes: Takes::Several,
    about: "How the account that pays does so. Several with commas; -plan:free leaves out.",
    values: &[
        choice(":prepaid", "spends credits"),
        choice(":postpaid", "is invoiced"),
        choice(":free", "pays nothing"),
        choice(":none", "no plan chosen yet"),
        choice(":other", "a word of the service's own"),
    ],
    expects: "plan: takes prepaid, postpaid, free, none or other",
    needs: &[("users", "billing_mode")],
};

const COSTS: &[Choice] = &[choice(">100", "over $100"), choice("<5", "under $5")];

/// What something cost, with `about` saying in which time.
const fn cost(about: &'static str) -> Operator {
    Operator {
        name: "cost",
        also: &[],
        subject: Subject::Cost,
        takes: Takes::Amount,
        about,
        values: COSTS,
        expects: "cost takes an amount in USD, such as cost>100, cost<=5 or cost:20",
        needs: &[("usage_daily", "total_cost")],
    }
}

const REGISTERED: &[Choice] = &[
    choice("<7d", "in the last 7 days"),
    choice("<30d", "in the last 30 days"),
    choice(">1y", "more than a year ago"),
];

/// When the account or person registered.
const fn registered(about: &'static str) -> Operator {
    Operator {
        name: "registered",
        also: &["created"],
        subject: Subject::Registered,
        takes: Takes::Ago { never: false },
        about,
        values: REGISTERED,
        expects: "registered takes an age (<30d), a day (>2026-01-01) or a month (:2026-10)",
        needs: &[("users", "created_at")],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_a_list_means_one_thing() {
        for list in List::ALL {
            let mut names: Vec<&str> = Vec::new();
            for operator in list.operators() {
                names.push(operator.name);
                names.extend(operator.also);
            }
            let all = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), all, "{list:?}");
        }
    }

    #[test]
    fn a_text_is_for_the_list_it_begins_with() {
        for (text, list, begins) in [
            ("invoices status:open", List::Invoices, 8),
            (" Teams  members>3", List::Teams, 6),
            ("usage gpu>0", List::Accounts, 5),
            ("invoices", List::Users, 0),
            ("invoice status:open", List::Users, 0),
            ("status:active invoices", List::Users, 0),
            ("", List::Users, 0),
        ] {
            assert_eq!(List::addressed(text), (list, begins), "{text}");
        }
    }

    #[test]
    fn what_an_operator_takes_begins_with_its_name() {
        for operator in List::ALL.into_iter().flat_map(List::operators) {
            assert!(operator.expects.starts_with(operator.name), "{operator:?}");
            assert!(operator.about.ends_with('.'), "{operator:?}");
        }
    }
}
