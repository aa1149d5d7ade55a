//! What a column held, as people read it: from JSON as the database wrote it, digit by digit.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

/// The value in words; `None` for null. Text loses its quotes, numbers keep every digit, yes and no are
/// words, rows and lists name what is in them.
#[must_use]
pub fn in_words(json: &str) -> Option<String> {
    let json = json.trim();
    match json.as_bytes().first()? {
        b'n' => None,
        b't' => Some("yes".to_owned()),
        b'f' => Some("no".to_owned()),
        b'"' => Some(serde_json::from_str(json).unwrap_or_else(|_| json.to_owned())),
        b'{' => Some(row(json)),
        b'[' => Some(list(json)),
        _ => Some(json.to_owned()),
    }
}

fn row(json: &str) -> String {
    let Ok(fields) = serde_json::from_str::<BTreeMap<String, Box<RawValue>>>(json) else {
        return json.to_owned();
    };
    let fields: Vec<String> = fields
        .into_iter()
        .filter_map(|(name, value)| {
            in_words(value.get()).map(|value| format!("{}: {value}", name.replace('_', " ")))
        })
        .collect();
    if fields.is_empty() {
        "nothing".to_owned()
    } else {
        fields.join(", ")
    }
}

fn list(json: &str) -> String {
    let Ok(items) = serde_json::from_str::<Vec<Box<RawValue>>>(json) else {
        return json.to_owned();
    };
    let items: Vec<String> = items
        .iter()
        .filter_map(|item| in_words(item.get()))
        .collect();
    if items.is_empty() {
        "nothing".to_owned()
    } else {
        items.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_as_people_write_them() {
        let words = |json| in_words(json).unwrap_or_else(|| "(null)".to_owned());
        assert_eq!(words("null"), "(null)");
        assert_eq!(words("\"suspended\""), "suspended");
        assert_eq!(words("true"), "yes");
        assert_eq!(
            words("12.340000000000000000001"),
            "12.340000000000000000001"
        );
        assert_eq!(
            words(r#"{"gpu": true, "beta_ui": false, "x": null}"#),
            "beta ui: no, gpu: yes"
        );
        assert_eq!(words("{}"), "nothing");
        assert_eq!(words(r#"["a", "b"]"#), "a, b");
    }
}
