//! Whether a key is of the account that sends events here. By a key of another account Stripe has nothing that they name,
//! which looks as if all of it were gone; but it has none of the events either, and those it keeps for thirty days.

use time::{Duration, OffsetDateTime};

use crate::payments::events::{StripeReadError, StripeReader};
use crate::payments::json;

/// Events that were made within it are there still, whatever Stripe's clock and ours say of the thirtieth day.
pub const SURELY_KEPT: Duration = Duration::days(29);

/// The id of an event that is there for every key of the account that sent it, by its body: it was made since then, and
/// is not one of a connected account, which another account's keys see.
#[must_use]
pub fn shows_account(body: &[u8], since: OffsetDateTime) -> Option<String> {
    let event = json::read(body)?;
    let made = event["created"].as_i64()?;
    let usual = event["object"] == "event" && event["account"].is_null();
    let id = event["id"].as_str().filter(|id| !id.is_empty())?;
    (usual && made >= since.unix_timestamp()).then(|| id.to_owned())
}

impl StripeReader {
    /// Whether Stripe has an event by this key.
    ///
    /// # Errors
    /// [`StripeReadError`]
    pub async fn has_event(&self, id: &str) -> Result<bool, StripeReadError> {
        match self.get(&["v1/events", id], &[]).await? {
            None => Ok(false),
            Some(answer) if answer.said["id"] == id => Ok(true),
            Some(_) => Err(StripeReadError::Unexpected("it gives another event")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_shows_an_account_while_stripe_keeps_it_and_of_nobody_connected() {
        let since = OffsetDateTime::UNIX_EPOCH + Duration::seconds(100);
        let shows = |body: &str| shows_account(body.as_bytes(), since);
        let known = r#"{"id": "evt_1", "object": "event", "created": 100}"#;
        assert_eq!(shows(known), Some("evt_1".to_owned()));
        for body in [
            r#"{"id": "evt_1", "object": "event", "created": 99}"#,
            r#"{"id": "evt_1", "object": "event", "created": 100, "account": "acct_1"}"#,
            r#"{"id": "evt_1", "object": "v2.core.event", "created": "2026-11-27T03:00:00Z"}"#,
            r#"{"id": "evt_1", "object": "list", "created": 100}"#,
            r#"{"id": "", "object": "event", "created": 100}"#,
            r#"{"object": "event", "created": 100}"#,
            "{}",
            "",
        ] {
            assert_eq!(shows(body), None, "{body}");
        }
    }
}
