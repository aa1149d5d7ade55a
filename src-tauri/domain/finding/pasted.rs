//! What a pasted text is: an id of Auth0, Stripe, Hopsworks or the database, alone or inside the address
//! of a page that shows it. Recognition only; whether it exists is the database's to say.

use crate::domain::finding::percent;
use crate::domain::ids::UserId;
use crate::domain::registration::EmailAddress;

/// Longer texts are no id and no address of a page.
pub const LONGEST: usize = 2_048;

/// An id, by its form.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Pasted {
    /// An Auth0 `sub`: `auth0|…`, `google-oauth2|…`.
    User(UserId),
    /// A whole e-mail address, in lower case.
    Email(String),
    /// `cus_…`, of Stripe's live or test mode.
    StripeCustomer(String),
    /// `sub_…`.
    StripeSubscription(String),
    /// `in_…`.
    StripeInvoice(String),
    /// `pi_…`.
    StripePayment(String),
    /// A uuid, in lower case with hyphens: of a cluster, an invite, an invoice, a project, …
    Uuid(String),
    /// A number, as Hopsworks gives its users.
    Number(i64),
}

/// What the text can be, the likeliest first; nothing for what is only words.
///
/// A text that is one id names it. An address (`https://…`) is taken apart, and every part of it that can
/// only be an id counts; numbers and words in an address mean too many things.
#[must_use]
pub fn recognise(text: &str) -> Vec<Pasted> {
    let text = bare(text);
    if text.is_empty() || text.len() > LONGEST || text.chars().any(char::is_control) {
        return Vec::new();
    }
    if text.contains("://") {
        return inside(text);
    }
    one(text)
        .or_else(|| {
            // Copied out of an address, `|` is often still written as `%7C`.
            text.contains('%')
                .then(|| percent::decoded(text))
                .and_then(|decoded| one(&decoded))
        })
        .or_else(|| number(text))
        .into_iter()
        .collect()
}

/// Without what surrounds an id where it is copied from: quotes, brackets, a scheme for mail, a full stop.
fn bare(text: &str) -> &str {
    let text = text.trim().trim_matches(|letter: char| {
        matches!(
            letter,
            '"' | '\'' | '`' | '<' | '>' | '(' | ')' | '[' | ']' | ',' | ';'
        ) || letter.is_whitespace()
    });
    text.strip_prefix("mailto:").unwrap_or(text)
}

/// One id and nothing else.
fn one(text: &str) -> Option<Pasted> {
    stripe(text)
        .or_else(|| uuid(text))
        .or_else(|| auth0(text))
        .or_else(|| email(text))
}

fn stripe(text: &str) -> Option<Pasted> {
    let (prefix, rest) = text.split_once('_')?;
    let plain = (3..=120).contains(&rest.len())
        && rest
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !plain {
        return None;
    }
    // Stripe's ids tell upper from lower case.
    let id = text.to_owned();
    match prefix {
        "cus" => Some(Pasted::StripeCustomer(id)),
        "sub" => Some(Pasted::StripeSubscription(id)),
        "in" => Some(Pasted::StripeInvoice(id)),
        "pi" => Some(Pasted::StripePayment(
            id.split("_secret_").next()?.to_owned(),
        )),
        _ => None,
    }
}

fn uuid(text: &str) -> Option<Pasted> {
    // Only as people see them: 32 digits without hyphens may be anything.
    let hyphens = text.len() == 36 && text.bytes().filter(|byte| *byte == b'-').count() == 4;
    let parsed = hyphens.then(|| uuid::Uuid::try_parse(text).ok())??;
    Some(Pasted::Uuid(parsed.hyphenated().to_string()))
}

fn auth0(text: &str) -> Option<Pasted> {
    let (provider, rest) = text.split_once('|')?;
    let names = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    // A connection of a company's own has a second bar: `samlp|acme|jane@acme.example`.
    let plain = names(provider)
        && !rest.is_empty()
        && !rest
            .chars()
            .any(|letter| letter.is_whitespace() || letter.is_control());
    if !plain {
        return None;
    }
    UserId::parse(text).ok().map(Pasted::User)
}

fn email(text: &str) -> Option<Pasted> {
    let (local, domain) = text.rsplit_once('@')?;
    // While somebody types `jane@acme`, it is a fragment still.
    let whole = !local.is_empty() && domain.contains('.') && !domain.ends_with('.');
    if !whole || text.contains([':', '/', ' ']) {
        return None;
    }
    let address = EmailAddress::parse(text).ok()?;
    Some(Pasted::Email(address.as_str().to_lowercase()))
}

fn number(text: &str) -> Option<Pasted> {
    let digits =
        !text.is_empty() && text.len() <= 18 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok().map(Pasted::Number))?
}

/// Ids inside the address of a page, each once.
fn inside(text: &str) -> Vec<Pasted> {
    let Ok(url) = url::Url::parse(text) else {
        return Vec::new();
    };
    let mut parts: Vec<String> = url.path().split('/').map(percent::decoded).collect();
    parts.extend(url.query_pairs().map(|(_, value)| value.into_owned()));
    if let Some(fragment) = url.fragment() {
        parts.extend(fragment.split(['/', '?', '&', '=']).map(percent::decoded));
    }
    let mut found: Vec<Pasted> = Vec::new();
    for part in &parts {
        let id = one(part).or_else(|| one(&dashboard_decoded(part)?));
        found.extend(id.filter(|id| !found.contains(id)));
    }
    found
}

/// Auth0's dashboard writes the user's id percent-encoded, and that in base64.
fn dashboard_decoded(part: &str) -> Option<String> {
    let bytes = base64_decoded(part)?;
    let decoded = percent::decoded(&String::from_utf8(bytes).ok()?);
    decoded.contains('|').then_some(decoded)
}

/// RFC 4648 §5 without padding, which is §4 for all that percent-encoding leaves.
pub(in crate::domain) fn base64_encoded(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let held = chunk
            .iter()
            .chain(std::iter::repeat(&0))
            .take(3)
            .fold(0_usize, |held, byte| held << 8 | usize::from(*byte));
        for place in 0..=chunk.len() {
            text.push(char::from(LETTERS[held >> (18 - 6 * place) & 63]));
        }
    }
    text
}

/// RFC 4648 §4 and §5, with or without padding; `None` for what is not base64.
fn base64_decoded(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=');
    if text.len() < 8 || text.len() % 4 == 1 {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len());
    let (mut held, mut bits) = (0_u32, 0_u32);
    for letter in text.bytes() {
        let six = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        held = held << 6 | u32::from(six);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xff).ok()?);
            held &= (1 << bits) - 1;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn user(id: &str) -> Vec<Pasted> {
        vec![Pasted::User(UserId::parse(id).expect("an id"))]
    }

    #[test]
    fn each_kind_of_id_is_told_by_its_form() {
        let uuid = "6F9619FF-8B86-D011-B42D-00CF4FC964FF";
        for (text, expected) in [
            (" auth0|66f1c0a9e2 ", user("auth0|66f1c0a9e2")),
            ("google-oauth2|107733", user("google-oauth2|107733")),
            ("auth0%7C66f1c0a9e2", user("auth0|66f1c0a9e2")),
            (
                "samlp|acme|jane@acme.example",
                user("samlp|acme|jane@acme.example"),
            ),
            (
                "<Jane@Acme.example>",
                vec![Pasted::Email("jane@acme.example".into())],
            ),
            (
                "mailto:jane@acme.example",
                vec![Pasted::Email("jane@acme.example".into())],
            ),
            (
                "cus_NffrFeUfNV2Hib",
                vec![Pasted::StripeCustomer("cus_NffrFeUfNV2Hib".into())],
            ),
            (
                "sub_1MowQVLkdIwHu7ix",
                vec![Pasted::StripeSubscription("sub_1MowQVLkdIwHu7ix".into())],
            ),
            (
                "in_1MtHbELkdIwHu7ix",
                vec![Pasted::StripeInvoice("in_1MtHbELkdIwHu7ix".into())],
            ),
            (
                "pi_3MtwBwLkdIwHu7ix_secret_YrKJUKribcBjcG8HVhfZluoGH",
                vec![Pasted::StripePayment("pi_3MtwBwLkdIwHu7ix".into())],
            ),
            (uuid, vec![Pasted::Uuid(uuid.to_lowercase())]),
            ("\"10042\"", vec![Pasted::Number(10042)]),
        ] {
            assert_eq!(recognise(text), expected, "{text}");
        }
    }

    #[test]
    fn words_and_fragments_are_no_ids() {
        for text in [
            "",
            "  ",
            "jane",
            "jane@",
            "jane@acme",
            "@acme.example",
            "cus_",
            "cus_a b",
            "cus_ab",
            "price_12345678",
            "|",
            "a|",
            "|b",
            "jane doe|x y",
            "6f9619ff8b86d011b42d00cf4fc964ff",
            "12-34",
            "my-project",
            "123456789012345678901234567890",
            "status:suspended",
        ] {
            assert_eq!(recognise(text), Vec::new(), "{text:?}");
        }
    }

    #[test]
    fn ids_are_found_inside_the_addresses_of_pages() {
        for (address, expected) in [
            (
                "https://dashboard.stripe.com/test/customers/cus_NffrFeUfNV2Hib?tab=x",
                vec![Pasted::StripeCustomer("cus_NffrFeUfNV2Hib".into())],
            ),
            (
                "https://dashboard.stripe.com/acct_1032D82eZvKYlo2C/invoices/in_1MtHbELkdIwHu7ix",
                vec![Pasted::StripeInvoice("in_1MtHbELkdIwHu7ix".into())],
            ),
            (
                "https://manage.auth0.com/dashboard/eu/acme/users/auth0%7C66f1c0a9e2",
                user("auth0|66f1c0a9e2"),
            ),
            (
                // auth0%7C66f1c0a9e2 in base64
                "https://manage.auth0.com/dashboard/eu/acme/users/YXV0aDAlN0M2NmYxYzBhOWUy",
                user("auth0|66f1c0a9e2"),
            ),
            (
                "https://app.example/#/account?customer=cus_NffrFeUfNV2Hib",
                vec![Pasted::StripeCustomer("cus_NffrFeUfNV2Hib".into())],
            ),
            ("https://eu.hopsworks.example/p/119/view", Vec::new()),
        ] {
            assert_eq!(recognise(address), expected, "{address}");
        }
    }

    #[test]
    fn base64_is_read_as_everybody_writes_it() {
        assert_eq!(
            base64_decoded("aGVsbG8gd29ybGQ="),
            Some(b"hello world".to_vec())
        );
        assert_eq!(
            base64_decoded("aGVsbG8gd29ybGQ"),
            Some(b"hello world".to_vec())
        );
        assert_eq!(base64_decoded("not base64!!"), None);
    }

    proptest! {
        #[test]
        fn any_text_at_all_is_read_without_a_fault(text in "\\PC{0,80}") {
            prop_assert!(recognise(&text).len() <= 1 || text.contains("://"));
        }

        #[test]
        fn random_bytes_are_read_without_a_fault(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let text = String::from_utf8_lossy(&bytes);
            let _ = recognise(&text);
            let _ = recognise(&format!("https://a.example/{text}"));
        }

        #[test]
        fn what_is_around_an_id_does_not_matter(
            id in "[a-zA-Z0-9]{14}", before in "[ \\t<\"'(]{0,3}", after in "[ \\t>\"'),;]{0,3}",
        ) {
            let text = format!("{before}cus_{id}{after}");
            prop_assert_eq!(recognise(&text), vec![Pasted::StripeCustomer(format!("cus_{id}"))]);
        }

        #[test]
        fn an_id_in_any_dashboard_path_is_found(
            path in "([a-z]{1,8}/){0,4}", id in "[a-zA-Z0-9]{14}", query in "[a-z]{0,5}",
        ) {
            let address = format!("https://dashboard.stripe.com/{path}cus_{id}?x={query}");
            prop_assert_eq!(recognise(&address), vec![Pasted::StripeCustomer(format!("cus_{id}"))]);
        }

        #[test]
        fn whatever_is_recognised_is_recognised_again(text in "\\PC{0,60}") {
            for id in recognise(&text) {
                let again = match &id {
                    Pasted::User(id) => id.to_string(),
                    Pasted::Email(text) | Pasted::StripeCustomer(text) | Pasted::StripeSubscription(text)
                    | Pasted::StripeInvoice(text) | Pasted::StripePayment(text) | Pasted::Uuid(text) => text.clone(),
                    Pasted::Number(number) => number.to_string(),
                };
                prop_assert_eq!(recognise(&again), vec![id]);
            }
        }
    }
}
