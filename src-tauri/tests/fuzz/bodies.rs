//! Bodies, without a database: what is read of them can be stored, twice the same, and takes no more memory than it may.

use hopsdesk::identity::registration;
use hopsdesk::payments::envelope::envelope;
use hopsdesk::payments::{facts, json};
use proptest::prelude::{any, prop_assert, prop_assert_eq};
use proptest::strategy::Strategy;
use proptest::test_runner::TestCaseResult;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::campaign::{most_held, run};
use super::corpus;

/// Bytes of memory for each byte of a body: `{"":0},` takes a node of a tree.
const EACH: u64 = 128;

/// Whether Postgres could hold every text of it, in `text` and in `jsonb`.
fn storable(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.contains('\0'),
        Value::Array(list) => list.iter().all(storable),
        Value::Object(map) => map
            .iter()
            .all(|(key, value)| !key.contains('\0') && storable(value)),
        _ => true,
    }
}

/// Whether it is JSON, by a reader that builds nothing and looks at no escape.
fn is_json(body: &[u8]) -> bool {
    std::str::from_utf8(body).is_ok_and(|text| serde_json::from_str::<IgnoredAny>(text).is_ok())
}

/// The same without numbers that have a fraction or an exponent: their last digit may change, and no money is read from them.
fn without_fractions(value: Value) -> Value {
    match value {
        Value::Number(number) if number.as_i64().is_none() && number.as_u64().is_none() => {
            Value::Null
        }
        Value::Array(list) => list.into_iter().map(without_fractions).collect(),
        Value::Object(map) => map
            .into_iter()
            .map(|(key, value)| (key, without_fractions(value)))
            .collect(),
        other => other,
    }
}

/// The same with what stands in quotes left out: an id is no number, whatever its letters.
fn outside_of_strings(body: &[u8]) -> Vec<u8> {
    let (mut inside, mut escaped) = (false, false);
    body.iter()
        .copied()
        .filter(|byte| {
            let quote = *byte == b'"' && !escaped;
            escaped = inside && *byte == b'\\' && !escaped;
            inside ^= quote;
            !inside || quote
        })
        .collect()
}

/// Whether a reader may refuse it though it is JSON: a number that no machine has, or very deep.
fn beyond(body: &[u8]) -> bool {
    let body = &outside_of_strings(body);
    let mut depth = 0_usize;
    let deepest = body.iter().fold(0, |deepest, byte| {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest.max(depth)
    });
    deepest > 100
        || body
            .windows(2)
            .any(|two| matches!(two, [b'e' | b'E', b'0'..=b'9' | b'+']))
        || body
            .split(|byte| !byte.is_ascii_digit())
            .any(|digits| digits.len() > 300)
}

#[test]
fn what_stands_in_quotes_excuses_nobody() {
    for body in [
        r#"{"id":"evt_1e5","at":1}"#.to_owned(),
        format!("{{\"text\":\"{}\"}}", "[".repeat(200)),
        format!("{{\"text\":\"\\\"{}\"}}", "7".repeat(400)),
    ] {
        assert!(is_json(body.as_bytes()), "{body}");
        assert!(!beyond(body.as_bytes()), "{body}");
    }
    for body in [
        r#"{"at":"\\","much":1e5}"#.to_owned(),
        "[".repeat(200),
        "7".repeat(400),
    ] {
        assert!(beyond(body.as_bytes()), "{body}");
    }
    let excused = corpus::bodies("stripe");
    let excused = excused.iter().filter(|body| beyond(body)).count();
    assert!(excused < 5, "{excused} of the corpus are excused");
}

fn of_stripe(body: &[u8]) -> TestCaseResult {
    let mut read = None;
    let held = most_held(|| read = json::read(body));
    prop_assert!(
        held <= EACH * body.len() as u64 + 4096,
        "{} bytes held for {}",
        held,
        body.len()
    );
    if let Some(value) = &read {
        prop_assert!(is_json(body), "what is no JSON was read");
        prop_assert!(storable(value), "Postgres could not hold it: {}", value);
        let printed = value.to_string();
        let again = json::read(printed.as_bytes()).map(without_fractions);
        let value = without_fractions(value.clone());
        prop_assert_eq!(again, Some(value), "printed and read again");
    } else {
        prop_assert!(!is_json(body) || beyond(body), "JSON was not read");
    }
    let (outside, event) = (envelope(body), facts::event(body));
    prop_assert_eq!(&outside, &envelope(body), "copies are found");
    prop_assert_eq!(&outside, &event.envelope, "stored and applied under one id");
    let texts = [
        Some(&outside.id),
        outside.kind.as_ref(),
        outside.subject.as_ref(),
    ];
    for text in texts.into_iter().flatten() {
        let length = text.chars().count();
        prop_assert!(
            (1..=255).contains(&length) && !text.contains('\0'),
            "{:?} has no column",
            text
        );
    }
    for fact in &event.facts {
        prop_assert!(storable(fact), "{}", fact);
        let id = fact["row"]["id"].as_str().unwrap_or_default();
        prop_assert!(!id.is_empty(), "a row of nothing: {}", fact);
    }
    Ok(())
}

#[test]
fn any_body_in_stripe_s_name_can_be_kept_and_read() {
    for body in corpus::bodies("stripe") {
        of_stripe(&body).expect("the corpus itself");
    }
    run("bodies: Stripe", 1500, &corpus::body("stripe"), |body| {
        of_stripe(&body)
    });
}

#[test]
fn any_body_in_auth0_s_name_is_refused_or_can_be_kept() {
    run("bodies: Auth0", 1500, &corpus::body("auth0"), |body| {
        let mut parsed = None;
        let held = most_held(|| parsed = Some(registration::parse(&body)));
        prop_assert!(
            held <= 8 * body.len() as u64 + 4096,
            "{} bytes held for {}",
            held,
            body.len()
        );
        let Some(Ok(read)) = parsed else {
            return Ok(());
        };
        // A registration is sent once: bytes that are no text, in fields that nobody reads, do not cost it.
        let as_text = String::from_utf8_lossy(&body);
        prop_assert!(is_json(as_text.as_bytes()), "{}", as_text);
        let texts = [
            Some(read.user_id.as_str()),
            Some(read.email.as_str()),
            read.name.as_deref(),
        ];
        for text in texts.into_iter().flatten() {
            prop_assert!(
                !text.is_empty() && text.chars().count() <= 300 && !text.contains(char::is_control),
                "{:?}",
                text
            );
        }
        // Of what was understood the same is understood again.
        let printed = serde_json::json!({
            "user_id": read.user_id.as_str(), "email": read.email.as_str(), "name": read.name, "ip": read.ip,
            "created_at": read.created_at.map(|at| at.format(&time::format_description::well_known::Rfc3339).expect("a time")),
        });
        let again = registration::parse(printed.to_string().as_bytes());
        prop_assert_eq!(again.as_ref(), Ok(&read), "{}", printed);
        prop_assert_eq!(again.map(|again| again.event_id()), Ok(read.event_id()));
        Ok(())
    });
}

#[test]
fn what_is_printed_is_read_again() {
    let leaf = proptest::prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<String>().prop_map(|text| Value::from(text.replace('\0', "0"))),
        proptest::strategy::Just(Value::Null),
    ];
    let value = leaf.prop_recursive(6, 60, 8, |inner| {
        proptest::prop_oneof![
            proptest::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            proptest::collection::vec(("[^\0]{0,8}", inner), 0..8)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    });
    run("bodies: printed", 400, &value, |value| {
        prop_assert_eq!(json::read(value.to_string().as_bytes()), Some(value));
        Ok(())
    });
}
