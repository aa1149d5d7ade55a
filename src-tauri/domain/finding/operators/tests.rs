//! What people type, and what it comes to.

use proptest::prelude::*;
use rust_decimal::dec;
use time::macros::datetime;

use super::*;

const NOW: OffsetDateTime = datetime!(2026-11-20 12:00 UTC);

fn conditions(text: &str) -> Vec<Condition> {
    let query = parse(text, NOW);
    assert_eq!(query.problems, Vec::new(), "{text}");
    query.terms.into_iter().map(|term| term.condition).collect()
}

fn problem(text: &str) -> String {
    let query = parse(text, NOW);
    assert_eq!(query.problems.len(), 1, "{text}: {query:?}");
    query.problems[0].sentence.clone()
}

#[test]
fn the_example_of_the_design_is_understood() {
    let query = parse(
        "status:suspended plan:prepaid cluster:eu cost>100 last_login<30d",
        NOW,
    );
    let conditions: Vec<Condition> = query.terms.into_iter().map(|term| term.condition).collect();
    assert_eq!(
        conditions,
        [
            Condition::Statuses(vec![UserStatus::Suspended]),
            Condition::Plans(vec![Plan::Prepaid]),
            Condition::Cluster("eu".into()),
            Condition::Cost {
                over: Some(dec!(100)),
                under: None
            },
            Condition::Seen(Span {
                from: Some(datetime!(2026-10-21 12:00 UTC)),
                before: None
            }),
        ]
    );
    assert_eq!((query.text, query.problems), (None, vec![]));
}

#[test]
fn words_stay_text_wherever_they_stand() {
    let query = parse(" jane  Role:OWNER \"van der\" doe ", NOW);
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
        assert!(
            !parse(text, NOW).has_operators(),
            "{text} holds no operator"
        );
    }
}

#[test]
fn several_values_and_a_minus() {
    assert_eq!(
        conditions("status:Active,suspended -plan:free,none -role:member"),
        [
            Condition::Statuses(vec![UserStatus::Active, UserStatus::Suspended]),
            Condition::Plans(vec![Plan::Prepaid, Plan::Postpaid]),
            Condition::Role(TeamRole::Owner),
        ]
    );
}

#[test]
fn quotes_hold_a_value_together() {
    assert_eq!(
        conditions("team:\"Acme Corp\""),
        [Condition::Team("Acme Corp".into())]
    );
    assert_eq!(
        conditions("team:\"Acme Co"),
        [Condition::Team("Acme Co".into())],
        "while one types"
    );
}

#[test]
fn ages_count_back_and_dates_are_what_they_are() {
    let seen = |text: &str| match conditions(text).remove(0) {
        Condition::Seen(span) | Condition::Registered(span) => (span.from, span.before),
        other => panic!("{other:?}"),
    };
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
    assert_eq!(conditions("last_login:never"), [Condition::NeverSeen]);
    assert_eq!(
        conditions("last_login>1y last_login<2y").len(),
        2,
        "two sides are two bounds"
    );
}

#[test]
fn amounts_are_exact() {
    assert_eq!(
        conditions("cost>$1,250.50 cost<2000"),
        [
            Condition::Cost {
                over: Some(dec!(1250.50)),
                under: None
            },
            Condition::Cost {
                over: None,
                under: Some(dec!(2000))
            },
        ]
    );
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
        problem("status:gone"),
        "status: takes active, suspended or deleted; status:gone cannot be."
    );
    assert_eq!(
        problem("status:"),
        "status: takes active, suspended or deleted."
    );
    assert_eq!(
        problem("status>active"),
        "status: takes active, suspended or deleted; status>active cannot be."
    );
    assert!(problem("cost:100").starts_with("cost takes an amount in USD, such as cost>100"));
    assert!(problem("cost>lots").contains("cost>lots cannot be"));
    assert!(problem("last_login<soon").contains("an age (<30d, >12w)"));
    assert!(problem("last_login:30d").contains("last_login:30d cannot be"));
    assert!(problem("registered>2026-02-30").contains("cannot be"));
    assert!(problem("-cost>5").contains("cannot be turned round"));
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
        problem("-status:active,suspended,deleted")
            .split(';')
            .count(),
        2,
        "nobody is left"
    );
    let query = parse("jane stauts:active", NOW);
    assert_eq!(query.problems[0].place, 5..18);
    assert_eq!(query.text.as_deref(), Some("jane"));
}

proptest! {
    #[test]
    fn every_byte_of_what_was_typed_is_accounted_for(text in "\\PC{0,80}") {
        let query = parse(&text, NOW);
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
    fn random_bytes_are_no_fault(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let text = String::from_utf8_lossy(&bytes);
        let _ = parse(&text, NOW);
        for name in ["status:", "cost>", "last_login<", "registered:", "-plan:"] {
            let _ = parse(&format!("{name}{text}"), NOW);
        }
    }

    #[test]
    fn order_and_blanks_do_not_matter(
        shuffled in Just(vec!["status:active", "plan:free", "jane", "cost>5"]).prop_shuffle(),
        blanks in "[ \\t]{1,4}",
    ) {
        let query = parse(&shuffled.join(&blanks), NOW);
        prop_assert_eq!(query.terms.len(), 3);
        prop_assert_eq!(query.text.as_deref(), Some("jane"));
    }

    #[test]
    fn every_age_that_is_written_is_that_long(count in 0_i64..3000, unit in "[hdw]") {
        let Some(Span { from: Some(from), .. }) = span(Sign::Less, &format!("{count}{unit}"), NOW) else {
            panic!("{count}{unit}");
        };
        let hours = match unit.as_str() { "h" => 1, "d" => 24, _ => 168 };
        prop_assert_eq!((NOW - from).whole_hours(), count * hours);
    }

    #[test]
    fn every_value_that_is_offered_is_one_that_is_taken(operator in 0..OPERATORS.len(), value in 0_usize..8) {
        let operator = &OPERATORS[operator];
        if let Some((value, _)) = operator.values.get(value) {
            let query = parse(&format!("{}{value}", operator.name), NOW);
            prop_assert_eq!(query.problems, Vec::new());
            prop_assert_eq!(query.terms.len(), 1);
        }
    }
}
