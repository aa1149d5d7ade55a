//! The body that Auth0's post-registration action posts, read into a [`Registration`].

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;

use serde::de::{Deserializer, Visitor};
use serde::{Deserialize, de};
use serde_json::value::RawValue;
use thiserror::Error;

use crate::domain::ids::UserId;
use crate::domain::registration::{EmailAddress, Registration, parse_time};

/// The longest name that is kept, in characters; Auth0 allows 300.
const MAX_NAME: usize = 300;

/// Why a body is no registration, as one sentence for whoever sent it. It quotes no value.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PayloadError {
    /// Not JSON, or JSON but no object.
    #[error("The body is not a JSON object.")]
    NotAnObject,
    /// A field is wrong or missing.
    #[error("The field \"{field}\" {problem}.")]
    Field {
        /// Its name.
        field: &'static str,
        /// What is wrong with it.
        problem: String,
    },
}

/// Reads a body. Unknown fields are left alone: the inbox keeps the body as it came.
///
/// What identifies the user or the event is read strictly. The name and the IP address are not worth a
/// registration, which Auth0 does not send twice: a name is cleaned of what Postgres cannot store (NUL,
/// lone surrogates) and cut where it is too long; one that is no text, and an address that cannot be
/// read, are left out.
///
/// # Errors
/// When it is not an object, or a field is missing, of the wrong type or not valid; the first one found.
pub fn parse(body: &[u8]) -> Result<Registration, PayloadError> {
    let fields: Fields<'_> = serde_json::from_slice(body).map_err(|_| PayloadError::NotAnObject)?;
    let user_id = required("user_id", fields.user_id)?;
    let email = required("email", fields.email)?;
    Ok(Registration {
        user_id: UserId::parse(&user_id).map_err(|error| {
            let problem = error.to_string();
            wrong("user_id", problem.replacen("the id ", "", 1))
        })?,
        email: EmailAddress::parse(&email).map_err(|error| wrong("email", error.to_string()))?,
        name: fields.name.and_then(name),
        ip: fields.ip.and_then(ip),
        created_at: optional("created_at", fields.created_at)?
            .map(|text| {
                let problem = "is not a time such as 2026-01-31T12:00:00.000Z";
                parse_time(&text).ok_or_else(|| wrong("created_at", problem))
            })
            .transpose()?,
    })
}

/// The fields, each still as it was written, so that an error can name the one that is wrong.
#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Fields<'a> {
    #[serde(borrow)]
    user_id: Option<&'a RawValue>,
    #[serde(borrow)]
    email: Option<&'a RawValue>,
    #[serde(borrow)]
    name: Option<&'a RawValue>,
    #[serde(borrow)]
    ip: Option<&'a RawValue>,
    #[serde(borrow)]
    created_at: Option<&'a RawValue>,
}

fn wrong(field: &'static str, problem: impl Into<String>) -> PayloadError {
    let problem = problem.into();
    PayloadError::Field { field, problem }
}

/// A text that must be there.
fn required<'a>(
    field: &'static str,
    raw: Option<&'a RawValue>,
) -> Result<Cow<'a, str>, PayloadError> {
    let raw = raw.ok_or_else(|| wrong(field, "is missing"))?;
    let Characters(bytes) = characters(field, raw)?;
    into_text(bytes).ok_or_else(|| wrong(field, "is not valid Unicode"))
}

/// A text that may be missing, null or empty.
fn optional<'a>(
    field: &'static str,
    raw: Option<&'a RawValue>,
) -> Result<Option<Cow<'a, str>>, PayloadError> {
    let text = raw.map(|raw| required(field, Some(raw))).transpose()?;
    Ok(text.filter(|text| !text.trim().is_empty()))
}

fn name(raw: &RawValue) -> Option<String> {
    let Characters(bytes) = characters("name", raw).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let clean: String = text.chars().filter(|c| !c.is_control()).collect();
    let short: String = clean.trim().chars().take(MAX_NAME).collect();
    let short = short.trim_end();
    (!short.is_empty()).then(|| short.to_owned())
}

fn ip(raw: &RawValue) -> Option<IpAddr> {
    required("ip", Some(raw)).ok()?.trim().parse().ok()
}

fn characters<'a>(field: &'static str, raw: &'a RawValue) -> Result<Characters<'a>, PayloadError> {
    if !raw.get().starts_with('"') {
        return Err(wrong(field, "is not a text"));
    }
    serde_json::from_str(raw.get()).map_err(|_| wrong(field, "is not a valid JSON text"))
}

fn into_text(bytes: Cow<'_, [u8]>) -> Option<Cow<'_, str>> {
    match bytes {
        Cow::Borrowed(bytes) => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
        Cow::Owned(bytes) => String::from_utf8(bytes).ok().map(Cow::Owned),
    }
}

/// A JSON text as bytes: UTF-8, except that a lone surrogate (`\ud800`) stays what it is, where reading
/// into a `String` would refuse the whole text.
struct Characters<'a>(Cow<'a, [u8]>);

impl<'de: 'a, 'a> Deserialize<'de> for Characters<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;

        impl<'de> Visitor<'de> for Bytes {
            type Value = Characters<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_bytes<E: de::Error>(
                self,
                bytes: &'de [u8],
            ) -> Result<Self::Value, E> {
                Ok(Characters(Cow::Borrowed(bytes)))
            }

            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
                Ok(Characters(Cow::Owned(bytes.to_vec())))
            }
        }

        deserializer.deserialize_bytes(Bytes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};
    use serde_json::json;
    use time::macros::datetime;

    use super::*;

    fn sentence(body: &str) -> String {
        parse(body.as_bytes()).expect_err(body).to_string()
    }

    #[test]
    fn the_body_of_the_documented_action_is_read() {
        let body = json!({
            "user_id": "auth0|66f1", "email": "jane@example.com", "name": "Jane", "ip": "2001:db8::7",
            "created_at": "2026-11-20T14:16:42.123Z", "connection": {"any": ["thing", 1]},
        });
        let read = parse(body.to_string().as_bytes()).expect("a registration");
        assert_eq!(read.user_id.as_str(), "auth0|66f1");
        assert_eq!(read.email.as_str(), "jane@example.com");
        assert_eq!(read.name.as_deref(), Some("Jane"));
        assert_eq!(read.ip, Some("2001:db8::7".parse().expect("an address")));
        assert_eq!(
            read.created_at,
            Some(datetime!(2026-11-20 14:16:42.123 UTC))
        );
    }

    #[test]
    fn only_user_and_address_are_required() {
        let body =
            br#"{"user_id":"auth0|1","email":"a@b.c","name":null,"ip":"","created_at":null}"#;
        let read = parse(body).expect("a registration");
        assert_eq!((read.name, read.ip, read.created_at), (None, None, None));
    }

    #[test]
    fn the_sentence_names_the_field() {
        let missing = "The field \"user_id\" is missing.";
        assert_eq!(sentence("{}"), missing);
        assert_eq!(sentence(r#"{"user_id":null}"#), missing);
        for (fields, expected) in [
            (r#""user_id":5"#, r#"The field "user_id" is not a text."#),
            (r#""user_id":" ""#, r#"The field "user_id" is empty."#),
            (r#""email":["a@b"]"#, r#"The field "email" is not a text."#),
            (
                r#""email":"jane""#,
                r#"The field "email" is not an e-mail address."#,
            ),
            (
                r#""email":"\ud800@b""#,
                r#"The field "email" is not valid Unicode."#,
            ),
            (
                r#""email":"a\u0000@b""#,
                r#"The field "email" is not an e-mail address."#,
            ),
            (
                r#""created_at":"soon""#,
                r#"The field "created_at" is not a time such as 2026-01-31T12:00:00.000Z."#,
            ),
        ] {
            let mut whole = vec![];
            for (name, default) in [("user_id", "auth0|1"), ("email", "a@b.c")] {
                if !fields.starts_with(&format!("\"{name}\"")) {
                    whole.push(format!("\"{name}\":\"{default}\""));
                }
            }
            whole.push(fields.to_owned());
            assert_eq!(sentence(&format!("{{{}}}", whole.join(","))), expected);
        }
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for body in [
            "",
            "nonsense",
            "[]",
            "\"x\"",
            "null",
            "{",
            "{\"a\":1}x",
            "{'a':1}",
        ] {
            assert_eq!(sentence(body), "The body is not a JSON object.", "{body}");
        }
        assert!(parse(b"{\"user_id\":\"\xff\"}").is_err(), "not UTF-8");
        let deep = format!("{{\"x\":{}", "[".repeat(100_000));
        assert_eq!(sentence(&deep), "The body is not a JSON object.");
    }

    #[test]
    fn a_name_that_postgres_cannot_store_is_cleaned() {
        let body =
            br#"{"user_id":"auth0|1","email":"a@b.c","name":" Ja\u0000ne \ud800\n","x":"\udfff"}"#;
        let read = parse(body).expect("a registration");
        let name = read.name.expect("a name");
        assert!(name.starts_with("Jane \u{fffd}"), "{name:?}");
        assert!(!name.contains(char::is_control));
    }

    #[test]
    fn a_name_that_is_too_long_is_cut() {
        let name = format!("{} é", "x".repeat(MAX_NAME - 1));
        let body = json!({"user_id": "auth0|1", "email": "a@b.c", "name": name});
        let read = parse(body.to_string().as_bytes()).expect("a registration");
        assert_eq!(
            read.name,
            Some("x".repeat(MAX_NAME - 1)),
            "no space at the end"
        );
        let body = json!({"user_id": "auth0|1", "email": "a@b.c", "name": "é".repeat(5000)});
        let read = parse(body.to_string().as_bytes()).expect("a registration");
        assert_eq!(read.name, Some("é".repeat(MAX_NAME)));
    }

    #[test]
    fn a_name_or_address_that_cannot_be_read_costs_nobody_their_registration() {
        for (name, ip) in [
            (json!({}), json!("999.1.1.1")),
            (json!(7), json!(["203.0.113.7"])),
            (json!(true), json!("203.0.113.7:443")),
            (json!([]), json!("unknown")),
        ] {
            let body = json!({"user_id": "auth0|1", "email": "a@b.c", "name": name, "ip": ip});
            let read = parse(body.to_string().as_bytes()).expect("a registration");
            assert_eq!((read.name, read.ip), (None, None), "{body}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1024))]

        #[test]
        fn no_bytes_make_it_panic(bytes in vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes);
        }

        #[test]
        fn no_field_values_make_it_panic(
            user_id in any::<String>(), email in any::<String>(), name in any::<String>(), ip in any::<String>(),
        ) {
            let body = json!({"user_id": user_id, "email": email, "name": name, "ip": ip}).to_string();
            if let Err(error) = parse(body.as_bytes()) {
                let named = matches!(error, PayloadError::Field { .. });
                prop_assert!(named, "{}", error);
            }
        }

        #[test]
        fn what_is_valid_comes_out_as_it_went_in(
            user_id in "[a-z0-9]{1,20}\\|[a-zA-Z0-9]{1,40}", local in "[a-z0-9.+]{1,20}", name in "[a-zA-Zéß'-]{1,50}",
        ) {
            let email = format!("{local}@example.com");
            let body = json!({"user_id": user_id, "email": email, "name": name}).to_string();
            let read = parse(body.as_bytes()).expect("valid");
            prop_assert_eq!(read.user_id.as_str(), &user_id);
            prop_assert_eq!(read.email.as_str(), &email);
            prop_assert_eq!(read.name, Some(name));
        }
    }
}
