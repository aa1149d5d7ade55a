//! What is kept of an event that is larger than the inbox takes: that there was one, and nothing of what it says.

use serde_json::{Value, json};

/// The field that says so; no field of Stripe's.
const MARK: &str = "hopsdesk_left_out";

/// What stands for the event.
#[must_use]
pub fn outside(event: &Value) -> Value {
    let object = &event["data"]["object"];
    json!({
        "id": event["id"], "object": "event", "type": event["type"], "created": event["created"],
        "livemode": event["livemode"], "data": { "object": { "id": object["id"], "object": object["object"] } },
        MARK: true,
    })
}

/// Whether a body stands for an event that is not here.
#[must_use]
pub fn is_outside(body: &[u8]) -> bool {
    // Nearly none is: the others are not read for this.
    std::str::from_utf8(body).is_ok_and(|text| text.contains(MARK))
        && serde_json::from_slice::<Value>(body).is_ok_and(|event| event[MARK] == true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_an_event_is_told_from_events() {
        let event = json!({
            "id": "evt_1", "type": "invoice.paid", "created": 1, "livemode": true,
            "data": {"object": {"id": "in_1", "object": "invoice", "description": "x".repeat(300_000)}},
        });
        let kept = outside(&event).to_string();
        assert!(kept.len() < 300, "{kept}");
        assert!(is_outside(kept.as_bytes()));
        assert!(!is_outside(event.to_string().as_bytes()));
        let named = json!({"id": "evt_1", "data": {"object": {"metadata": {MARK: "true"}}}});
        assert!(
            !is_outside(named.to_string().as_bytes()),
            "who only names it"
        );
    }
}
