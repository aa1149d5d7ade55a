//! Switches of the service on one user: JSON that staff wrote, of any shape.

use serde_json::Value;

/// One switch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// Its name; empty where the flags are not an object and have none.
    pub name: String,
    /// What it is set to.
    pub setting: Setting,
}

/// What a switch is set to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setting {
    /// `true`.
    On,
    /// `false`.
    Off,
    /// `null`.
    Unset,
    /// A number or a text, as it is read.
    Plain(String),
    /// A list or an object, indented.
    Nested(String),
}

/// Reads the flags, by name. Nothing recorded, `null` and `{}` are no flags.
#[must_use]
pub fn read(flags: Option<&Value>) -> Vec<Flag> {
    match flags {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Object(fields)) => {
            let mut flags: Vec<Flag> = fields
                .iter()
                .map(|(name, value)| Flag {
                    name: name.clone(),
                    setting: setting(value),
                })
                .collect();
            flags.sort_by(|one, other| one.name.cmp(&other.name));
            flags
        }
        // A list of names is the other way people write switches: those that are on.
        Some(Value::Array(items)) if !items.is_empty() && items.iter().all(Value::is_string) => {
            let names = items.iter().filter_map(Value::as_str);
            names
                .map(|name| Flag {
                    name: name.to_owned(),
                    setting: Setting::On,
                })
                .collect()
        }
        Some(Value::Array(items)) if items.is_empty() => Vec::new(),
        Some(other) => vec![Flag {
            name: String::new(),
            setting: setting(other),
        }],
    }
}

fn setting(value: &Value) -> Setting {
    match value {
        Value::Null => Setting::Unset,
        Value::Bool(true) => Setting::On,
        Value::Bool(false) => Setting::Off,
        Value::Number(number) => Setting::Plain(number.to_string()),
        Value::String(text) => Setting::Plain(text.clone()),
        nested => Setting::Nested(
            serde_json::to_string_pretty(nested).unwrap_or_else(|_| nested.to_string()),
        ),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(flags: &Value) -> Vec<(String, Setting)> {
        read(Some(flags))
            .into_iter()
            .map(|flag| (flag.name, flag.setting))
            .collect()
    }

    #[test]
    fn switches_are_listed_by_name_whatever_they_hold() {
        let flags = json!({"beta": true, "a": null, "limits": {"jobs": 4}, "tier": "gold", "n": 2.5, "old": false});
        assert_eq!(
            shown(&flags),
            [
                ("a".to_owned(), Setting::Unset),
                ("beta".to_owned(), Setting::On),
                (
                    "limits".to_owned(),
                    Setting::Nested("{\n  \"jobs\": 4\n}".to_owned())
                ),
                ("n".to_owned(), Setting::Plain("2.5".to_owned())),
                ("old".to_owned(), Setting::Off),
                ("tier".to_owned(), Setting::Plain("gold".to_owned())),
            ]
        );
    }

    #[test]
    fn flags_of_another_shape_are_shown_and_not_dropped() {
        assert_eq!(
            shown(&json!(["gpu", "beta"])),
            [
                ("gpu".to_owned(), Setting::On),
                ("beta".to_owned(), Setting::On)
            ]
        );
        assert_eq!(
            shown(&json!([1, "x"])),
            [(
                String::new(),
                Setting::Nested("[\n  1,\n  \"x\"\n]".to_owned())
            )]
        );
        assert_eq!(
            shown(&json!("all")),
            [(String::new(), Setting::Plain("all".to_owned()))]
        );
    }

    #[test]
    fn nothing_is_no_flags() {
        for nothing in [json!(null), json!({}), json!([])] {
            assert_eq!(shown(&nothing), []);
        }
        assert_eq!(read(None), []);
    }
}
