//! What every event of Stripe's says about itself, before anybody asks what it is about.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;

use crate::payments::json;

/// The longest id, kind or subject that is kept.
const LONGEST: usize = 255;

/// The outside of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Its id. A body without one is known by its digest, so that its copies are still found.
    pub id: String,
    /// What happened: `invoice.paid`.
    pub kind: Option<String>,
    /// The customer it is about, else the object: events of one of them are applied one after the other.
    pub subject: Option<String>,
    /// Whether it is real money.
    pub livemode: Option<bool>,
    /// When Stripe made it.
    pub created: Option<OffsetDateTime>,
}

/// Reads the outside of a body, as far as there is one.
#[must_use]
pub fn envelope(body: &[u8]) -> Envelope {
    usual(body).unwrap_or_else(|| of(&json::read(body).unwrap_or(Value::Null), body))
}

/// An event as all but a few are. What it is about is passed over, which is most of the work.
#[derive(Deserialize)]
struct Usual<'b> {
    #[serde(borrow)]
    id: Cow<'b, str>,
    #[serde(borrow, rename = "type")]
    kind: Cow<'b, str>,
    livemode: bool,
    created: i64,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: Object,
    previous_attributes: Option<Previous>,
}

#[derive(Deserialize)]
struct Object {
    #[serde(rename = "object")]
    kind: String,
    id: Option<String>,
    customer: Option<String>,
}

#[derive(Deserialize)]
struct Previous {
    customer: Option<String>,
}

/// The same as [`of`], of a usual event; none for anything that is not plainly one. Only what is passed over may be what
/// [`json::read`] does not take: nested too deeply, or a number that is too large; and a list is taken for an object with
/// these values.
fn usual(body: &[u8]) -> Option<Envelope> {
    let Usual {
        id,
        kind,
        livemode,
        created,
        data: Data {
            object,
            previous_attributes,
        },
    } = serde_json::from_str(str::from_utf8(body).ok()?).ok()?;
    let before = previous_attributes.and_then(|before| before.customer);
    let subject = if object.kind == "customer" {
        object.id
    } else {
        object.customer.or(before).or(object.id)
    };
    let subject = subject?;
    let plain = |text: &str| !text.is_empty() && text.len() <= LONGEST && !text.contains('\0');
    let all_plain = plain(&id) && plain(&kind) && plain(&subject);
    all_plain.then(|| Envelope {
        id: id.into_owned(),
        kind: Some(kind.into_owned()),
        subject: Some(subject),
        livemode: Some(livemode),
        created: OffsetDateTime::from_unix_timestamp(created).ok(),
    })
}

/// The same, of a body that was read.
pub(in crate::payments) fn of(value: &Value, body: &[u8]) -> Envelope {
    let object = &value["data"]["object"];
    let id = short(&value["id"]).unwrap_or_else(|| {
        let digest: [u8; 32] = Sha256::digest(body).into();
        format!("sha256:{}", hex::encode(digest))
    });
    Envelope {
        id,
        kind: short(&value["type"]),
        subject: customer(value).or_else(|| short(&object["id"])),
        livemode: value["livemode"].as_bool(),
        created: time(&value["created"]),
    }
}

/// The customer an event is about; a payment method that was taken away names it only as what it was.
pub(in crate::payments) fn customer(event: &Value) -> Option<String> {
    let object = &event["data"]["object"];
    if object["object"] == "customer" {
        return short(&object["id"]);
    }
    id_of(&object["customer"]).or_else(|| id_of(&event["data"]["previous_attributes"]["customer"]))
}

/// An id, or that of the object that stands in its place where it was expanded.
pub(in crate::payments) fn id_of(value: &Value) -> Option<String> {
    short(value).or_else(|| short(&value["id"]))
}

/// A time in Unix seconds.
pub(in crate::payments) fn time(value: &Value) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp(value.as_i64()?).ok()
}

fn short(value: &Value) -> Option<String> {
    let text = value.as_str()?;
    (!text.is_empty() && text.chars().count() <= LONGEST).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{prop_assert_eq, proptest};
    use proptest::sample::select;
    use time::macros::datetime;

    use super::*;

    #[test]
    fn an_event_tells_what_it_is() {
        let body = br#"{"id":"evt_1","object":"event","type":"invoice.paid","created":1764158400,
            "livemode":true,"data":{"object":{"object":"invoice","id":"in_1","customer":{"id":"cus_1"}}}}"#;
        assert_eq!(
            envelope(body),
            Envelope {
                id: "evt_1".to_owned(),
                kind: Some("invoice.paid".to_owned()),
                subject: Some("cus_1".to_owned()),
                livemode: Some(true),
                created: Some(datetime!(2025-11-26 12:00 UTC)),
            }
        );
    }

    #[test]
    fn what_is_read_quickly_says_the_same_as_what_is_read_whole() {
        let object =
            r#"{"object":"invoice","id":"in_1","customer":"cus_1","lines":[{"customer":"cus_2"}]}"#;
        let event = |data: &str| {
            format!(
                r#"{{"id":"evt_1","object":"event","type":"invoice.paid","created":1764158400,"livemode":true,"data":{data}}}"#
            )
        };
        let usual_ones = [
            event(&format!(r#"{{"object":{object}}}"#)),
            event(r#"{"object":{"object":"customer","id":"cus_1","customer":"cus_2"}}"#),
            event(
                r#"{"object":{"object":"product","id":"prod_1"},"previous_attributes":{"name":"a \ud83d\ude00"}}"#,
            ),
            event(
                r#"{"object":{"object":"x","id":"pm_1","customer":null},"previous_attributes":{"customer":"cus_9"}}"#,
            ),
        ];
        for body in usual_ones {
            let quickly = usual(body.as_bytes());
            assert_eq!(quickly, Some(whole(body.as_bytes())), "{body}");
        }
        let others = [
            event(r#"{"object":{"object":"x","id":"in_1","customer":{"id":"cus_1"}}}"#),
            event(r#"{"object":{"object":"x","id":"in_1","customer":""}}"#),
            event(r#"{"object":{"object":"x","id":"a\u0000b"}}"#),
            event(r#"{"object":{"object":"x","id":"a\ud800b"}}"#),
            event(r#"{"object":{"object":"x","id":"in_1","id":"in_2"}}"#),
            event(r#"{"object":{"object":"x","id":7}}"#),
            event(r#"{"object":[]}"#),
            event("null"),
            event(&format!(r#"{{"object":{object}}}"#)).replace("evt_1", &"e".repeat(256)),
            event(&format!(r#"{{"object":{object}}}"#)).replace("true", "null"),
            event(&format!(r#"{{"object":{object}}}"#)) + "x",
        ];
        for body in others {
            assert_eq!(usual(body.as_bytes()), None, "{body}");
            assert_eq!(envelope(body.as_bytes()), whole(body.as_bytes()), "{body}");
        }
    }

    proptest! {
        #[test]
        fn however_an_event_is_made_up_both_readings_agree(
            fields in vec((select(NAMES), select(VALUES)), 0..12),
            inner in vec((select(NAMES), select(VALUES)), 0..6),
        ) {
            let written = |fields: &[(&str, &str)]| {
                let fields: Vec<_> = fields.iter().map(|(name, value)| format!("{name:?}:{value}")).collect();
                fields.join(",")
            };
            let body = format!(r#"{{{},"data":{{"object":{{{}}}}}}}"#, written(&fields), written(&inner));
            let body = body.replace("{,", "{");
            prop_assert_eq!(envelope(body.as_bytes()), whole(body.as_bytes()));
        }
    }

    const NAMES: &[&str] = &[
        "id", "type", "livemode", "created", "object", "customer", "other",
    ];

    const VALUES: &[&str] = &[
        "\"evt_1\"",
        "\"customer\"",
        "\"\"",
        "\"\\u0000\"",
        "\"\\udc00\"",
        "true",
        "null",
        "7",
        "-1.5",
        "99999999999999999999",
        "{\"id\":\"cus_1\"}",
        "[[]]",
    ];

    /// As it is read where it is not a usual one.
    fn whole(body: &[u8]) -> Envelope {
        of(&json::read(body).unwrap_or(Value::Null), body)
    }

    #[test]
    fn what_has_no_id_is_known_by_its_digest() {
        for body in [&b"[]"[..], b"nonsense", b"{\"id\":7}", b"", b"\xff"] {
            let first = envelope(body);
            assert!(first.id.starts_with("sha256:"), "{}", first.id);
            assert_eq!(first, envelope(body), "copies are found");
            assert_eq!((first.kind, first.subject), (None, None));
        }
        assert_ne!(envelope(b"[]").id, envelope(b"[ ]").id);
    }

    #[test]
    fn a_payment_method_that_is_gone_still_names_its_customer() {
        let body = br#"{"id":"evt_1","type":"payment_method.detached","data":{"object":{"object":"payment_method",
            "id":"pm_1","customer":null},"previous_attributes":{"customer":"cus_9"}}}"#;
        assert_eq!(envelope(body).subject.as_deref(), Some("cus_9"));
    }
}
