//! What people type, and what it comes to.

use proptest::prelude::*;
use rust_decimal::{Decimal, dec};
use time::macros::datetime;

use super::*;
use crate::domain::edge::Edge;
use crate::domain::finding::values::Span;
use crate::domain::invoices::FiscalMonth;
use crate::domain::period::Month;

const NOW: OffsetDateTime = datetime!(2026-11-20 12:00 UTC);

fn understood(list: List, text: &str) -> Vec<(Subject, Value)> {
    let query = parse(list, text, NOW);
    assert_eq!(query.problems, Vec::new(), "{text}");
    let terms = query.terms.into_iter();
    terms.map(|term| (term.subject(), term.value)).collect()
}

fn value(list: List, text: &str) -> Value {
    let mut values = understood(list, text);
    assert_eq!(values.len(), 1, "{text}");
    values.remove(0).1
}

fn problem_of(list: List, text: &str) -> String {
    let query = parse(list, text, NOW);
    assert_eq!(query.problems.len(), 1, "{text}: {query:?}");
    query.problems[0].sentence.clone()
}

fn problem(text: &str) -> String {
    problem_of(List::Users, text)
}

fn over(amount: Decimal) -> Value {
    Value::Amount {
        over: Some(Edge::above(amount)),
        under: None,
    }
}

#[test]
fn the_example_of_the_design_is_understood() {
    let text = "status:suspended plan:prepaid cluster:eu cost>100 last_login<30d";
    assert_eq!(
        understood(List::Users, text),
        [
            (Subject::Status, Value::Words(vec!["suspended"])),
            (Subject::Plan, Value::Words(vec!["prepaid"])),
            (Subject::Cluster, Value::Text("eu".into())),
            (Subject::Cost, over(dec!(100))),
            (
                Subject::LastLogin,
                Value::Span(Span {
                    from: Some(datetime!(2026-10-21 12:00 UTC)),
                    before: None
                })
            ),
        ]
    );
    assert_eq!(parse(List::Users, text, NOW).text, None);
}

#[test]
fn each_list_has_words_of_its_own() {
    let some = |least, most| Value::Count { least, most };
    let words = |words: &[&'static str]| Value::Words(words.to_vec());
    for (list, text, expected) in [
        (List::Teams, "members>3", some(Some(4), None)),
        (List::Teams, "members<=10", some(None, Some(10))),
        (List::Teams, "members:0", some(Some(0), Some(0))),
        (List::Teams, "invite:pending", words(&["pending_invites"])),
        (List::Teams, "with:owner-out", words(&["owner_out"])),
        (List::Credits, "credits:out", words(&["out"])),
        (List::Credits, "balance>-50", over(dec!(-50))),
        (List::Credits, "runs_out:never", Value::Never),
        (
            List::Invoices,
            "-type:subscription",
            words(&["invoices", "billing_history", "stripe_invoices"]),
        ),
        (
            List::Invoices,
            "kind:billing_history",
            words(&["billing_history"]),
        ),
        (
            List::Invoices,
            "month:2026-10",
            Value::Month(FiscalMonth::Named(
                Month::parse("2026-10").expect("a month"),
            )),
        ),
        (
            List::Invoices,
            "month:this",
            Value::Month(FiscalMonth::This),
        ),
        (
            List::Invoices,
            "number:INV-2026",
            Value::Text("INV-2026".into()),
        ),
        (List::Clusters, "-drift:yes", words(&["no"])),
        (List::Clusters, "fill>=90", some(Some(90), None)),
        (List::Accounts, "gpu>0.5", over(dec!(0.5))),
    ] {
        assert_eq!(value(list, text), expected, "{text}");
    }
}

#[test]
fn words_stay_text_wherever_they_stand() {
    let query = parse(List::Users, " jane  Role:OWNER \"van der\" doe ", NOW);
    assert_eq!(query.text.as_deref(), Some("jane van der doe"));
    assert_eq!(query.terms.len(), 1);
    assert_eq!(query.terms[0].place, 7..17);
    for text in [
        "jane@acme.example",
        "auth0|66f1",
        "\"status:x\"",
        "10:30",
        "a-b",
        "-x",
        "",
        "  ",
    ] {
        for list in List::ALL {
            assert!(
                !parse(list, text, NOW).has_operators(),
                "{text} holds no operator"
            );
        }
    }
}

#[test]
fn several_values_and_a_minus() {
    let text = "status:Active,suspended -plan:free,none -role:member";
    assert_eq!(
        understood(List::Users, text),
        [
            (Subject::Status, Value::Words(vec!["active", "suspended"])),
            (
                Subject::Plan,
                Value::Words(vec!["prepaid", "postpaid", "other"])
            ),
            (Subject::Role, Value::Words(vec!["owner"])),
        ]
    );
}

#[test]
fn quotes_hold_a_value_together() {
    for text in ["team:\"Acme Corp\"", "team:\"Acme Corp"] {
        assert_eq!(
            value(List::Users, text),
            Value::Text("Acme Corp".into()),
            "closed, or while one types"
        );
    }
}

#[test]
fn ages_count_back_and_dates_are_what_they_are() {
    let span = |list, text: &str| match value(list, text) {
        Value::Span(span) => (span.from, span.before),
        other => panic!("{text}: {other:?}"),
    };
    let seen = |text| span(List::Users, text);
    assert_eq!(
        seen("last_login>2w"),
        (None, Some(datetime!(2026-11-06 12:00 UTC)))
    );
    assert_eq!(
        seen("seen<=12h"),
        (Some(datetime!(2026-11-20 00:00 UTC)), None)
    );
    assert_eq!(
        seen("registered>2026-01-31"),
        (Some(datetime!(2026-02-01 00:00 UTC)), None)
    );
    assert_eq!(
        seen("registered>=2026-01-31"),
        (Some(datetime!(2026-01-31 00:00 UTC)), None)
    );
    assert_eq!(
        seen("created<2026-01-31"),
        (None, Some(datetime!(2026-01-31 00:00 UTC)))
    );
    assert_eq!(
        seen("created<=2026-01-31"),
        (None, Some(datetime!(2026-02-01 00:00 UTC)))
    );
    assert_eq!(
        seen("registered:2026-12"),
        (
            Some(datetime!(2026-12-01 00:00 UTC)),
            Some(datetime!(2027-01-01 00:00 UTC))
        )
    );
    assert_eq!(
        seen("registered:2024-02-29"),
        (
            Some(datetime!(2024-02-29 00:00 UTC)),
            Some(datetime!(2024-03-01 00:00 UTC))
        )
    );
    assert_eq!(value(List::Users, "last_login:never"), Value::Never);
    assert_eq!(
        understood(List::Users, "last_login>1y last_login<2y").len(),
        2,
        "two sides are two bounds"
    );
}

#[test]
fn what_is_to_come_counts_ahead() {
    let span = |list, text: &str| match value(list, text) {
        Value::Span(span) => (span.from, span.before),
        other => panic!("{text}: {other:?}"),
    };
    let week = Some(datetime!(2026-11-27 12:00 UTC));
    assert_eq!(
        span(List::Invoices, "due<7d"),
        (Some(NOW), week),
        "what is late is no longer to come"
    );
    assert_eq!(span(List::Invoices, "due>7d"), (week, None));
    assert_eq!(
        span(List::Invoices, "due<2026-10-01"),
        (None, Some(datetime!(2026-10-01 00:00 UTC)))
    );
    assert_eq!(span(List::Credits, "runs_out<7d"), (None, week));
    assert_eq!(
        span(List::Invoices, "overdue>2w"),
        (None, Some(datetime!(2026-11-06 12:00 UTC)))
    );
    assert_eq!(
        span(List::Invoices, "overdue<2w"),
        (Some(datetime!(2026-11-06 12:00 UTC)), Some(NOW)),
        "what is not due yet is not late"
    );
    assert!(
        problem_of(List::Invoices, "overdue>2026-10-01").contains("cannot be"),
        "for how long, not since when"
    );
}

#[test]
fn amounts_are_exact() {
    assert_eq!(
        understood(List::Users, "cost>$1,250.50 cost<2000"),
        [
            (Subject::Cost, over(dec!(1250.50))),
            (
                Subject::Cost,
                Value::Amount {
                    over: None,
                    under: Some(Edge::below(dec!(2000)))
                }
            ),
        ]
    );
}

#[test]
fn amounts_may_be_among_what_they_bound() {
    for (list, text, over, under) in [
        (List::Users, "cost>=100", Some(Edge::below(dec!(100))), None),
        (
            List::Credits,
            "balance<=0",
            None,
            Some(Edge::above(dec!(0))),
        ),
        (
            List::Credits,
            "balance=-5",
            Some(Edge::below(dec!(-5))),
            Some(Edge::above(dec!(-5))),
        ),
        (
            List::Invoices,
            "amount:$412.50",
            Some(Edge::below(dec!(412.50))),
            Some(Edge::above(dec!(412.50))),
        ),
    ] {
        assert_eq!(value(list, text), Value::Amount { over, under }, "{text}");
    }
    assert!(problem("cost:5 cost>1").starts_with("cost is limited twice"));
    assert!(problem("cost:lots").contains("cost:lots cannot be"));
}

#[test]
fn what_cannot_be_is_said_with_what_would_be_right() {
    assert_eq!(
        problem("stauts:active"),
        "stauts is no filter; did you mean status? In quotes it is looked for as text."
    );
    assert!(
        problem("colour:red").starts_with("colour is no filter; there are status, plan, role,")
    );
    assert_eq!(
        problem("due<7d"),
        "due is no filter of users, but of invoices. In quotes it is looked for as text."
    );
    assert_eq!(
        problem("status:gone"),
        "status: takes active, suspended, deleted or other; status:gone cannot be."
    );
    assert_eq!(
        problem("status:"),
        "status: takes active, suspended, deleted or other."
    );
    assert_eq!(
        problem("status>active"),
        "status: takes active, suspended, deleted or other; status>active cannot be."
    );
    assert!(
        problem("cost:all").starts_with("cost takes an amount in USD, such as cost>100, cost<=5")
    );
    assert!(problem("cost>lots").contains("cost>lots cannot be"));
    assert!(problem("last_login<soon").contains("an age (<30d, >12w)"));
    assert!(problem("last_login:30d").contains("last_login:30d cannot be"));
    assert!(problem("registered>2026-02-30").contains("cannot be"));
    assert!(
        problem("registered:never").contains("cannot be"),
        "who is on record registered"
    );
    assert_eq!(
        problem("-cost>5"),
        "cost cannot be turned round with a minus; status, plan and role can."
    );
    assert_eq!(
        problem("status:active status:deleted"),
        "status is there twice; write status:one,other."
    );
    assert_eq!(
        problem("credits:low trouble:no-seat"),
        "Only one trouble can be looked for at a time."
    );
    assert!(problem("cost>1 cost>2").starts_with("cost is limited twice"));
    assert!(problem("last_login:never last_login<3d").starts_with("last_login is limited twice"));
    assert_eq!(
        problem("-status:active,suspended,deleted,other")
            .split(';')
            .count(),
        2,
        "nobody is left"
    );
    let query = parse(List::Users, "jane stauts:active", NOW);
    assert_eq!(query.problems[0].place, 5..18);
    assert_eq!(query.text.as_deref(), Some("jane"));
}

#[test]
fn what_cannot_be_is_said_on_every_list() {
    for (list, text, said) in [
        (List::Teams, "members<0", "members<0 cannot be"),
        (List::Teams, "members>many", "members takes a number"),
        (
            List::Teams,
            "invite:pending trouble:owner_out",
            "Only one trouble",
        ),
        (
            List::Credits,
            "credits:low,out",
            "credits: takes low, out or negative",
        ),
        (List::Credits, "paid:some", "paid takes an amount in USD"),
        (List::Invoices, "month:2026-13", "month: takes a month"),
        (List::Invoices, "month>2026-10", "month: takes a month"),
        (
            List::Invoices,
            "number:a number:b",
            "number is limited twice",
        ),
        (List::Invoices, "-amount>1", "status and type can."),
        (List::Clusters, "seats:none", "seats: takes full or free"),
        (List::Clusters, "drift:yes,no", "drift: takes yes or no"),
        (
            List::Accounts,
            "members>3",
            "members is no filter of usage, but of teams",
        ),
    ] {
        assert!(
            problem_of(list, text).contains(said),
            "{text}: {}",
            problem_of(list, text)
        );
    }
}

fn lists() -> impl Strategy<Value = List> {
    prop::sample::select(List::ALL.to_vec())
}

proptest! {
    #[test]
    fn every_byte_of_what_was_typed_is_accounted_for(list in lists(), text in "\\PC{0,80}") {
        let query = parse(list, &text, NOW);
        let mut left = text.clone();
        let mut places: Vec<_> = query.terms.iter().map(|term| term.place.clone())
            .chain(query.problems.iter().map(|problem| problem.place.clone())).collect();
        places.sort_by_key(|place| place.start);
        for pair in places.windows(2) {
            prop_assert!(pair[0].end <= pair[1].start, "no two claim the same letters");
        }
        for place in places.iter().rev() {
            prop_assert!(left.get(place.clone()).is_some(), "places are between characters");
            left.replace_range(place.clone(), "");
        }
        let letters = |text: &str| -> String {
            text.chars().filter(|letter| !letter.is_whitespace() && *letter != '"').collect()
        };
        prop_assert_eq!(letters(&left), letters(query.text.as_deref().unwrap_or_default()));
    }

    #[test]
    fn random_bytes_are_no_fault(list in lists(), bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let text = String::from_utf8_lossy(&bytes);
        let _ = parse(list, &text, NOW);
        for operator in list.operators() {
            for sign in [":", "<", ">", "<=", ">="] {
                let _ = parse(list, &format!("{}{sign}{text}", operator.name), NOW);
                let _ = parse(list, &format!("-{}{sign}{text}", operator.name), NOW);
            }
        }
    }

    #[test]
    fn every_operator_that_was_typed_is_a_term_or_a_problem(
        list in lists(), typed in prop::collection::vec((any::<prop::sample::Index>(), "[a-z0-9]{1,6}"), 1..6),
    ) {
        let all = list.operators();
        let words: Vec<String> = typed.iter()
            .map(|(which, value)| format!("{}:{value}", all[which.index(all.len())].name)).collect();
        let query = parse(list, &words.join(" "), NOW);
        prop_assert_eq!(query.terms.len() + query.problems.len(), words.len());
        prop_assert_eq!(query.text, None);
    }

    #[test]
    fn order_and_blanks_do_not_matter(
        shuffled in Just(vec!["status:active", "plan:free", "jane", "cost>5"]).prop_shuffle(),
        blanks in "[ \\t]{1,4}",
    ) {
        let query = parse(List::Users, &shuffled.join(&blanks), NOW);
        prop_assert_eq!(query.terms.len(), 3);
        prop_assert_eq!(query.text.as_deref(), Some("jane"));
    }

    #[test]
    fn every_age_that_is_written_is_that_long(count in 0_i64..3000, unit in "[hdw]") {
        let Value::Span(Span { from: Some(from), .. }) = value(List::Users, &format!("registered<{count}{unit}"))
        else {
            panic!("{count}{unit}");
        };
        let hours = match unit.as_str() { "h" => 1, "d" => 24, _ => 168 };
        prop_assert_eq!((NOW - from).whole_hours(), count * hours);
    }
}

#[test]
fn every_value_that_is_offered_is_one_that_is_taken() {
    for list in List::ALL {
        for operator in list.operators() {
            for choice in operator.values {
                let text = format!("{}{}", operator.name, choice.written);
                let query = parse(list, &text, NOW);
                assert_eq!(query.problems, Vec::new(), "{list:?} {text}");
                assert_eq!(query.terms.len(), 1, "{list:?} {text}");
            }
        }
    }
}
