//! The pages of the stand-in: who do you want to be?

use std::fmt::Write as _;

use crate::sandbox::auth0::Person;

/// Asks who signs in; `fields` are sent along as they came.
pub(super) fn ask(title: &str, words: &str, people: &[Person], fields: &[(&str, &str)]) -> String {
    let mut form = String::new();
    for (name, value) in fields {
        let value = escaped(value);
        let _ = write!(
            form,
            "<input type=\"hidden\" name=\"{name}\" value=\"{value}\">"
        );
    }
    for person in people {
        let (subject, name) = (escaped(&person.subject), escaped(&person.name));
        let _ = write!(
            form,
            "<button name=\"subject\" value=\"{subject}\">{name}<small>{subject}</small></button>"
        );
    }
    page(
        title,
        &format!(
            "<p>{words}</p><form method=\"post\">{form}\
             <button name=\"subject\" value=\"\" class=\"no\">Decline</button></form>"
        ),
    )
}

/// Says something.
pub(super) fn say(title: &str, words: &str) -> String {
    page(title, &format!("<p>{}</p>", escaped(words)))
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title} – sandbox</title>\
         <style>:root{{color-scheme:light dark;font:14px/20px system-ui,sans-serif}}\
         body{{display:grid;place-content:center;min-height:90vh;max-width:420px;margin:auto}}\
         h1{{font-size:18px}}form{{display:grid;gap:8px}}\
         button{{display:grid;gap:2px;padding:10px;font:inherit;text-align:start}}\
         small{{opacity:.7}}code{{font-size:18px}}</style>\
         <h1>{title}</h1>{body}<p><small>This is the sandbox's stand-in for Auth0. Nobody here \
         exists.</small></p></html>"
    )
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
