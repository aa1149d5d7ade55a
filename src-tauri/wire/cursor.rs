//! The opaque `after` of a list: where the next page begins.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::domain::browse::{Cursor, CursorKey};
use crate::domain::moment::Moment;

/// At most one of the keys is set; none means that the last row had no value.
#[derive(Serialize, Deserialize)]
struct Encoded {
    id: String,
    /// Microseconds since 1970, exact.
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<Decimal>,
}

/// The text to hand out.
#[must_use]
pub fn encode(cursor: &Cursor) -> String {
    let mut encoded = Encoded {
        id: cursor.id.clone(),
        time: None,
        text: None,
        number: None,
    };
    match &cursor.key {
        CursorKey::Null => {}
        CursorKey::Time(at) => encoded.time = Some(at.micros().to_string()),
        CursorKey::Text(text) => encoded.text = Some(text.clone()),
        CursorKey::Number(number) => encoded.number = Some(*number),
    }
    hex::encode(serde_json::to_vec(&encoded).unwrap_or_default())
}

/// The cursor behind a text; `None` when it is not one of ours.
#[must_use]
pub fn decode(text: &str) -> Option<Cursor> {
    let encoded: Encoded = serde_json::from_slice(&hex::decode(text).ok()?).ok()?;
    let key = match (encoded.time, encoded.text, encoded.number) {
        (None, None, None) => CursorKey::Null,
        (Some(micros), None, None) => CursorKey::Time(Moment::from_micros(micros.parse().ok()?)),
        (None, Some(text), None) => CursorKey::Text(text),
        (None, None, Some(number)) => CursorKey::Number(number),
        _ => return None,
    };
    Some(Cursor {
        key,
        id: encoded.id,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::dec;
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_went() {
        for key in [
            CursorKey::Null,
            CursorKey::Time(datetime!(2026-11-20 13:05:07.123456 UTC).into()),
            CursorKey::Time(Moment::from_micros(
                i128::from(i64::MAX) + 946_684_800_000_000,
            )),
            CursorKey::Text("O\u{2019}Connor".to_owned()),
            CursorKey::Number(dec!(0.0000000012)),
        ] {
            let cursor = Cursor {
                key,
                id: "auth0|1".to_owned(),
            };
            assert_eq!(decode(&encode(&cursor)), Some(cursor));
        }
    }

    proptest! {
        #[test]
        fn what_is_no_cursor_is_refused_without_a_crash(text in ".{0,80}") {
            prop_assert_eq!(decode(&text), None);
        }
    }
}
