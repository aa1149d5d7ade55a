//! What every event of Stripe's says about itself, before anybody asks what it is about.

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
    let value = json::read(body).unwrap_or(Value::Null);
    of(&value, body)
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
