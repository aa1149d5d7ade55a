//! Keys by their names, and what counts as not there yet.

use fantoccini::key::Key;
use serde_json::Value;

/// Whether a page would call it false.
pub(super) fn is_false(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::String(value) => value.is_empty(),
        Value::Number(value) => value.as_i64() == Some(0),
        Value::Array(_) | Value::Object(_) => false,
    }
}

/// The character that stands for a key.
pub(super) fn key(name: &str) -> char {
    let special = match name {
        "ArrowDown" => Key::Down,
        "ArrowLeft" => Key::Left,
        "ArrowRight" => Key::Right,
        "ArrowUp" => Key::Up,
        "Alt" => Key::Alt,
        "Control" => Key::Control,
        "End" => Key::End,
        "Enter" => Key::Enter,
        "Escape" => Key::Escape,
        "Home" => Key::Home,
        "PageDown" => Key::PageDown,
        "PageUp" => Key::PageUp,
        "Shift" => Key::Shift,
        "Space" => return ' ',
        "Tab" => Key::Tab,
        _ => return name.chars().next().expect("a key"),
    };
    special.into()
}
