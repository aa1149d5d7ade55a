//! Takes the password out of a database URL, however it was pasted.

use crate::secrets::Secret;

/// Splits `scheme://login:password@host/…` into the URL without its password and the password. One given
/// as a parameter (`?password=…`) is taken out as well.
///
/// People paste passwords raw, so the password ends at the *last* `@` that still leaves a host, and may
/// hold `/`, `#`, `?` or `@`. It is percent-decoded only when every `%` in it begins a valid escape.
#[must_use]
pub fn take_password(url: &str) -> (String, Option<Secret<String>>) {
    let url = url.trim();
    let Some((scheme, rest)) = url.split_once("://") else {
        return (url.to_owned(), None);
    };
    let (userinfo, rest) = match rest.rfind('@') {
        Some(at) => (Some(&rest[..at]), &rest[at + 1..]),
        None => (None, rest),
    };
    let (host, in_parameter) = take_parameter(rest);
    let (login, in_userinfo) = match userinfo.map(|part| part.split_once(':').unwrap_or((part, "")))
    {
        Some((login, password)) => (format!("{login}@"), password),
        None => (String::new(), ""),
    };
    let password = if in_userinfo.is_empty() {
        in_parameter
    } else {
        Some(in_userinfo.to_owned())
    };
    let password = password.filter(|password| !password.is_empty());
    (
        format!("{scheme}://{login}{host}"),
        password.map(|password| Secret::new(percent_decoded(&password))),
    )
}

/// Takes `password=…` out of the parameters of a URL.
fn take_parameter(rest: &str) -> (String, Option<String>) {
    let Some((place, parameters)) = rest.split_once('?') else {
        return (rest.to_owned(), None);
    };
    let is_password = |part: &&str| {
        part.split('=')
            .next()
            .is_some_and(|name| name == "password")
    };
    let password = parameters.split('&').find(is_password);
    let others: Vec<&str> = parameters
        .split('&')
        .filter(|part| !is_password(part))
        .collect();
    let kept = if others.is_empty() {
        place.to_owned()
    } else {
        format!("{place}?{}", others.join("&"))
    };
    let password = password
        .and_then(|part| part.split_once('='))
        .map(|(_, value)| value.to_owned());
    (kept, password)
}

fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut position = 0;
    while position < bytes.len() {
        if bytes[position] == b'%' {
            let escape = text
                .get(position + 1..position + 3)
                .filter(|hex| hex.bytes().all(|digit| digit.is_ascii_hexdigit()));
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
            ("a%+1b", "a%+1b"),
        ] {
            let url =
                format!("postgresql://postgres.ref:{pasted}@pooler.example.com:6543/postgres");
            assert_eq!(split(&url), (clean.clone(), Some(meant.to_owned())));
        }
    }

    #[test]
    fn a_password_among_the_parameters_is_taken_out_too() {
        let (url, password) = split("postgres://me@h/db?sslmode=verify-full&password=p%40ss&x=1");
        assert_eq!(url, "postgres://me@h/db?sslmode=verify-full&x=1");
        assert_eq!(password.as_deref(), Some("p@ss"));
        assert_eq!(
            split("postgres://me@h/db?password=p").0,
            "postgres://me@h/db"
        );
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
