//! Takes the password out of a database URL, however it was pasted.

use crate::secrets::Secret;

/// Splits `scheme://login:password@host/…` into the URL without its password and the password.
///
/// People paste passwords raw, so the password ends at the *last* `@` that still leaves a host, and may
/// hold `/`, `#`, `?` or `@`. It is percent-decoded only when every `%` in it begins a valid escape.
#[must_use]
pub fn take_password(url: &str) -> (String, Option<Secret<String>>) {
    let url = url.trim();
    let Some((scheme, rest)) = url.split_once("://") else {
        return (url.to_owned(), None);
    };
    let Some(at) = rest.rfind('@') else {
        return (url.to_owned(), None);
    };
    let (userinfo, host) = (&rest[..at], &rest[at + 1..]);
    match userinfo.split_once(':') {
        Some((login, password)) if !password.is_empty() => (
            format!("{scheme}://{login}@{host}"),
            Some(Secret::new(percent_decoded(password))),
        ),
        Some((login, _)) => (format!("{scheme}://{login}@{host}"), None),
        None => (url.to_owned(), None),
    }
}

fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut position = 0;
    while position < bytes.len() {
        if bytes[position] == b'%' {
            let escape = text.get(position + 1..position + 3);
            match escape.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
                Some(byte) => decoded.push(byte),
                None => return text.to_owned(),
            }
            position += 3;
        } else {
            decoded.push(bytes[position]);
            position += 1;
        }
    }
    String::from_utf8(decoded).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(url: &str) -> (String, Option<String>) {
        let (url, password) = take_password(url);
        (url, password.map(|secret| secret.expose().clone()))
    }

    #[test]
    fn a_password_is_taken_out_raw_or_encoded() {
        let clean = "postgresql://postgres.ref@pooler.example.com:6543/postgres".to_owned();
        for (pasted, meant) in [
            ("p%40ss", "p@ss"),
            ("p@ss/w#rd?", "p@ss/w#rd?"),
            ("100%", "100%"),
        ] {
            let url =
                format!("postgresql://postgres.ref:{pasted}@pooler.example.com:6543/postgres");
            assert_eq!(split(&url), (clean.clone(), Some(meant.to_owned())));
        }
    }

    #[test]
    fn a_url_without_a_password_stays_as_it_is() {
        for url in [
            "postgres://me@localhost/db",
            "postgres://localhost/db",
            "not a url",
        ] {
            assert_eq!(split(url), (url.to_owned(), None));
        }
    }
}
