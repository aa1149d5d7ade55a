//! JSON from outside, read so that Postgres can hold every text of it.

use serde_json::{Map, Value};

/// Reads a body. Lone surrogates, which no text here can hold, become U+FFFD, and so does NUL, which no text
/// of Postgres can; the inbox keeps the bytes as they came.
#[must_use]
pub fn read(body: &[u8]) -> Option<Value> {
    let mut value = match serde_json::from_slice(body) {
        Ok(value) => value,
        Err(_) => {
            serde_json::from_str(&without_lone_surrogates(std::str::from_utf8(body).ok()?)).ok()?
        }
    };
    clean(&mut value);
    Some(value)
}

/// Replaces each `\ud800`…`\udfff` that is no half of a pair.
fn without_lone_surrogates(text: &str) -> String {
    let bytes = text.as_bytes();
    let unit = |at: usize| {
        let digits = text.get(at + 2..at + 6)?;
        let escaped = bytes.get(at) == Some(&b'\\') && bytes.get(at + 1) == Some(&b'u');
        u16::from_str_radix(digits, 16).ok().filter(|_| escaped)
    };
    let mut mended = String::with_capacity(text.len());
    let mut at = 0;
    let mut copied = 0;
    while at < bytes.len() {
        if bytes[at] != b'\\' {
            at += 1;
            continue;
        }
        let length = match (unit(at), unit(at + 6)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => 12,
            (Some(0xD800..=0xDFFF), _) => {
                mended.push_str(&text[copied..at]);
                mended.push_str("\\ufffd");
                copied = at + 6;
                6
            }
            // `\\` is two characters, and what follows it is no escape.
            _ => 2,
        };
        at += length;
    }
    mended.push_str(text.get(copied..).unwrap_or_default());
    mended
}

fn clean(value: &mut Value) {
    match value {
        Value::String(text) if text.contains('\0') => *text = text.replace('\0', "\u{fffd}"),
        Value::Array(list) => list.iter_mut().for_each(clean),
        Value::Object(map) => {
            if map.keys().any(|key| key.contains('\0')) {
                *map = std::mem::take(map)
                    .into_iter()
                    .map(|(key, value)| (key.replace('\0', "\u{fffd}"), value))
                    .collect::<Map<_, _>>();
            }
            map.values_mut().for_each(clean);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};
    use serde_json::json;

    use super::*;

    #[test]
    fn what_no_text_can_hold_is_replaced() {
        for (body, expected) in [
            (r#"{"a":"x\u0000y"}"#, json!({"a": "x\u{fffd}y"})),
            (
                r#"{"a\u0000":["\ud800"]}"#,
                json!({"a\u{fffd}": ["\u{fffd}"]}),
            ),
            (
                r#"["\ud83d\ude00","\ude00\ud83d","\\ud800"]"#,
                json!(["😀", "\u{fffd}\u{fffd}", "\\ud800"]),
            ),
            (
                r#"["\ud800\ud83d\ude00é\udfff"]"#,
                json!(["\u{fffd}😀é\u{fffd}"]),
            ),
        ] {
            assert_eq!(read(body.as_bytes()), Some(expected), "{body}");
        }
    }

    #[test]
    fn what_is_no_json_is_nothing() {
        for body in ["", "{", "\u{feff}{}", "{'a':1}", r#"["\ud80"]"#, "[1]x"] {
            assert_eq!(read(body.as_bytes()), None, "{body}");
        }
        assert_eq!(read(b"[\"\xff\"]"), None, "not UTF-8");
        assert_eq!(read("[".repeat(100_000).as_bytes()), None, "too deep");
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(body in any::<Vec<u8>>()) {
            let _ = read(&body);
        }

        #[test]
        fn no_escapes_make_it_panic(body in "\"(\\\\u[dD89aAfF0]{0,5}|\\\\\\\\|é|x){0,12}\"") {
            let _ = read(body.as_bytes());
        }
    }
}
