//! A registration: somebody made an account at the identity provider.

use std::fmt;
use std::net::IpAddr;

use sha2::{Digest as _, Sha256};
use thiserror::Error;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::domain::ids::UserId;

/// What the identity provider told of a new user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// The provider's `sub`, under which the user signs in.
    pub user_id: UserId,
    /// The address they registered with.
    pub email: EmailAddress,
    /// The name they gave, if any.
    pub name: Option<String>,
    /// Where the registration came from.
    pub ip: Option<IpAddr>,
    /// When the account was made, by the provider's clock.
    pub created_at: Option<OffsetDateTime>,
}

impl Registration {
    /// The id of the event "this user registered": the hex SHA-256 digest of user id and `created_at`,
    /// each preceded by its length so that no two pairs run together.
    ///
    /// The time is digested as an instant in milliseconds, not as it was written: the provider's API
    /// lists the same registration in another notation. Without a time the user id alone identifies the
    /// event, since a user registers once; a copy with a made-up time would be counted as a second one.
    #[must_use]
    pub fn event_id(&self) -> String {
        let mut digest = Sha256::new();
        let mut part = |text: &str| {
            digest.update((text.len() as u64).to_be_bytes());
            digest.update(text.as_bytes());
        };
        part(self.user_id.as_str());
        if let Some(created_at) = self.created_at {
            part(&(created_at.unix_timestamp_nanos() / 1_000_000).to_string());
        }
        hex::encode(digest.finalize())
    }
}

/// An e-mail address that has the shape of one. Prints masked: logs must not hold the whole of it.
#[derive(Clone, PartialEq, Eq)]
pub struct EmailAddress(String);

/// A text that is no e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EmailError {
    /// Over 254 characters, the most that SMTP carries (RFC 5321, 4.5.3.1.3 less the angle brackets).
    #[error("is longer than 254 characters")]
    TooLong,
    /// Not `somebody@somewhere`.
    #[error("is not an e-mail address")]
    Shape,
}

impl EmailAddress {
    /// Takes an address as it was given, but for white space around it. The provider has verified, or
    /// will, that mail arrives there; this only refuses what can be no address.
    ///
    /// # Errors
    /// When it is too long, or has not exactly one `@` with something on both sides.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let text = text.trim();
        if text.chars().count() > 254 {
            return Err(EmailError::TooLong);
        }
        let odd = |c: char| c.is_control() || c.is_whitespace();
        match text.rsplit_once('@') {
            Some((local, domain))
                if !local.is_empty()
                    && !domain.is_empty()
                    && !domain.starts_with('.')
                    && !domain.ends_with('.')
                    && (!local.contains('@') || local.starts_with('"'))
                    && !text.contains(odd) =>
            {
                Ok(Self(text.to_owned()))
            }
            _ => Err(EmailError::Shape),
        }
    }

    /// The whole address, for the database.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&mask_addresses(&self.0))
    }
}

/// A text in which every e-mail address is cut to `j…@example.com`: for logs, where an error of the
/// database may quote a row.
#[must_use]
pub fn mask_addresses(text: &str) -> String {
    let part = |c: char| c.is_alphanumeric() || "!#$%&*+-/=?^_`{|}~.".contains(c);
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        let (before, after) = rest.split_at(at);
        let begin = before
            .char_indices()
            .rev()
            .take_while(|(_, c)| part(*c))
            .last()
            .map_or(at, |(index, _)| index);
        masked.push_str(&before[..begin]);
        if let Some(first) = before[begin..].chars().next() {
            masked.push(first);
            masked.push('…');
        }
        masked.push('@');
        rest = &after[1..];
    }
    masked.push_str(rest);
    masked
}

/// Reads the time of a registration: RFC 3339, which Auth0's actions send, or the date string that
/// JavaScript makes of it when an action formats it itself
/// (`Fri Nov 20 2026 14:16:42 GMT+0100 (Central European Standard Time)`, ECMA-262 21.4.4.41).
///
/// `None` for anything else, and for years before 2000: those are mistakes, not registrations.
#[must_use]
pub fn parse_time(text: &str) -> Option<OffsetDateTime> {
    let script = time::macros::format_description!(
        "[weekday repr:short] [month repr:short] [day] [year] [hour]:[minute]:[second] \
         GMT[offset_hour sign:mandatory][offset_minute]"
    );
    let text = text.trim();
    let bare = text.split_once(" (").map_or(text, |(bare, _)| bare);
    OffsetDateTime::parse(text, &Rfc3339)
        .or_else(|_| OffsetDateTime::parse(bare, script))
        .ok()
        .filter(|time| time.year() >= 2000)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, any, prop_assert, proptest};
    use time::macros::datetime;

    use super::*;

    fn registration(user_id: &str, created_at: Option<OffsetDateTime>) -> Registration {
        Registration {
            user_id: UserId::parse(user_id).expect("an id"),
            email: EmailAddress::parse("jane@example.com").expect("an address"),
            name: None,
            ip: None,
            created_at,
        }
    }

    #[test]
    fn the_event_id_is_the_digest_of_user_and_moment() {
        let moment = datetime!(2026-11-20 14:16:42.123 UTC);
        let elsewhere = moment.to_offset(time::macros::offset!(+5:30));
        let id = registration("auth0|1", Some(moment)).event_id();
        // Computed with another program: hashlib.sha256 of 8-byte lengths and the two texts.
        assert_eq!(
            id,
            "f12179b4153270b4033f00b18cb94ef15097c2ca4968687bc56c6d59554f4153"
        );
        assert_eq!(id, registration("auth0|1", Some(elsewhere)).event_id());
        assert_ne!(id, registration("auth0|1", None).event_id());
        assert_ne!(id, registration("auth0|2", Some(moment)).event_id());
    }

    #[test]
    fn both_notations_of_a_time_are_read() {
        let moment = datetime!(2026-11-20 14:16:42 UTC);
        for text in [
            "2026-11-20T14:16:42.000Z",
            "2026-11-20T15:16:42+01:00",
            "Fri Nov 20 2026 15:16:42 GMT+0100 (Central European Standard Time)",
            " Fri Nov 20 2026 14:16:42 GMT+0000 ",
        ] {
            assert_eq!(parse_time(text), Some(moment), "{text}");
        }
        for text in [
            "",
            "yesterday",
            "2026-11-20",
            "1969-12-31T23:59:59Z",
            "1763648202",
        ] {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }

    #[test]
    fn addresses_have_a_shape() {
        for good in [
            "a@b",
            "jane.doe+x@example.co.uk",
            "\"a@b\"@example.com",
            "ü@exämple.de",
        ] {
            assert!(EmailAddress::parse(good).is_ok(), "{good}");
        }
        let long = format!("{}@example.com", "x".repeat(250));
        for bad in [
            "",
            "jane",
            "@example.com",
            "jane@",
            "a@b@c",
            "a b@c",
            "a@b\0c",
            "a@.b",
            &long,
        ] {
            assert!(EmailAddress::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_address_prints_masked() {
        let address = EmailAddress::parse("jane@example.com").expect("an address");
        assert_eq!(format!("{address:?}"), "j…@example.com");
        assert_eq!(
            mask_addresses("Key (email)=(jane.doe@example.com) or <ü@b> exists"),
            "Key (email)=(j…@example.com) or <ü…@b> exists"
        );
        assert_eq!(mask_addresses("@ and a@@b"), "@ and a…@@b");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn no_text_makes_these_panic(text in any::<String>()) {
            let _ = (parse_time(&text), EmailAddress::parse(&text));
            prop_assert!(mask_addresses(&text).len() <= text.len() + 3 * text.matches('@').count());
        }

        #[test]
        fn a_masked_text_shows_no_local_part(local in "[a-z]{2,9}", around in "[ (<]{0,2}") {
            let masked = mask_addresses(&format!("{around}{local}@example.com"));
            prop_assert!(!masked.contains(&format!("{local}@")), "{masked}");
        }
    }
}
