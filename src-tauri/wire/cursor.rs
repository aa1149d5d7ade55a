//! The opaque `after` of a list: where the next page begins.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::domain::browse::{Cursor, CursorKey};

#[derive(Serialize, Deserialize)]
struct Encoded {
    id: String,
    #[serde(flatten)]
    key: Option<Key>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Key {
    /// Nanoseconds since 1970, exact.
    Time(String),
    Text(String),
    Number(Decimal),
}

/// The text to hand out.
#[must_use]
pub fn encode(cursor: &Cursor) -> String {
    let key = match &cursor.key {
        CursorKey::Null => None,
        CursorKey::Time(at) => Some(Key::Time(at.unix_timestamp_nanos().to_string())),
        CursorKey::Text(text) => Some(Key::Text(text.clone())),
        CursorKey::Number(number) => Some(Key::Number(*number)),
    };
    let encoded = Encoded {
        id: cursor.id.clone(),
        key,
    };
    hex::encode(serde_json::to_vec(&encoded).unwrap_or_default())
}

/// The cursor behind a text; `None` when it is not one of ours.
#[must_use]
pub fn decode(text: &str) -> Option<Cursor> {
    let encoded: Encoded = serde_json::from_slice(&hex::decode(text).ok()?).ok()?;
    let key = match encoded.key {
        None => CursorKey::Null,
        Some(Key::Time(nanos)) => {
            CursorKey::Time(OffsetDateTime::from_unix_timestamp_nanos(nanos.parse().ok()?).ok()?)
        }
        Some(Key::Text(text)) => CursorKey::Text(text),
        Some(Key::Number(number)) => CursorKey::Number(number),
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
            CursorKey::Time(datetime!(2026-11-20 13:05:07.123456 UTC)),
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
