//! Links into the console, `hopsdesk://users/…`: from mails, tickets and other programs, so untrusted.
//!
//! A link names a place and nothing else: it can show a screen of the console, and it can do no more.

use thiserror::Error;
use url::Url;

use crate::domain::finding::percent;

/// The scheme the console is registered for.
pub const SCHEME: &str = "hopsdesk";

/// Longer links are refused.
const LONGEST: usize = 2_048;
/// No id is longer.
const LONGEST_PART: usize = 255;
/// No filter is longer: that of a text, which may hold a whole e-mail address and operators.
const LONGEST_VALUE: usize = 400;
/// More filters than any list has.
const MOST_VALUES: usize = 16;

/// Screens that a link may show, with what may follow their name.
const SCREENS: &[(&str, After)] = &[
    ("overview", After::NOTHING),
    ("users", After::LIST_AND_PAGE),
    ("teams", After::LIST_AND_PAGE),
    ("usage", After::LIST),
    ("credits", After::LIST_AND_PAGE),
    (
        "invoices",
        After {
            parts: &[0, 2],
            filters: true,
        },
    ),
    ("clusters", After::LIST_AND_PAGE),
    ("events", After::LIST_AND_PAGE),
    ("audit", After::LIST_AND_PAGE),
    ("schema", After::NOTHING),
    ("settings", After::NOTHING),
];

struct After {
    /// How many parts may follow: the ids of a page.
    parts: &'static [usize],
    /// Whether filters may.
    filters: bool,
}

impl After {
    const NOTHING: Self = Self {
        parts: &[0],
        filters: false,
    };
    const LIST: Self = Self {
        parts: &[0],
        filters: true,
    };
    const LIST_AND_PAGE: Self = Self {
        parts: &[0, 1],
        filters: true,
    };
}

/// A place in the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeepLink {
    /// As the window writes it: `#/users/auth0%7C1`.
    pub address: String,
    /// The workspace it is meant for; `None`: the one that is open.
    pub workspace: Option<String>,
}

/// Why a link is not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum LinkError {
    /// Not `hopsdesk://…`.
    #[error("is no link of Hopsdesk")]
    Foreign,
    /// Over 2,048 characters, or a part of it over what any id has.
    #[error("is too long")]
    TooLong,
    /// A character that no id and no filter has.
    #[error("holds a character that no id has")]
    Character,
    /// No such screen, or not with what follows.
    #[error("leads to no screen of this version")]
    NoScreen,
}

impl DeepLink {
    /// Reads a link.
    ///
    /// # Errors
    /// For everything but a place that this version has.
    pub fn parse(text: &str) -> Result<Self, LinkError> {
        if text.len() > LONGEST {
            return Err(LinkError::TooLong);
        }
        let url = Url::parse(text.trim()).map_err(|_| LinkError::Foreign)?;
        let plain = url.scheme() == SCHEME
            && url.username().is_empty()
            && url.password().is_none()
            && url.port().is_none()
            && url.fragment().is_none();
        if !plain {
            return Err(LinkError::Foreign);
        }
        let name = url.host_str().unwrap_or_default();
        let (screen, after) = SCREENS
            .iter()
            .find(|(screen, _)| *screen == name)
            .ok_or(LinkError::NoScreen)?;
        let mut address = format!("#/{screen}");
        let mut parts = 0;
        // The slash at the end of `hopsdesk://users/`, which some programs add, means nothing.
        let path = url.path().trim_start_matches('/').trim_end_matches('/');
        for part in path.split('/').filter(|_| !path.is_empty()) {
            let part = percent::decoded(part);
            allowed(&part, LONGEST_PART)?;
            address.push('/');
            address.push_str(&percent::encoded(&part));
            parts += 1;
        }
        if !after.parts.contains(&parts) {
            return Err(LinkError::NoScreen);
        }
        let mut workspace = None;
        for (place, (name, value)) in url.query_pairs().enumerate() {
            if place == MOST_VALUES {
                return Err(LinkError::TooLong);
            }
            if name == "workspace" {
                workspace = Some(workspace_id(&value)?);
                continue;
            }
            let named = (1..=24).contains(&name.len())
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            if !named || !after.filters || parts > 0 {
                return Err(LinkError::NoScreen);
            }
            allowed(&value, LONGEST_VALUE)?;
            address.push(if address.contains('?') { '&' } else { '?' });
            address.push_str(name.as_ref());
            address.push('=');
            address.push_str(&percent::encoded(&value));
        }
        Ok(Self { address, workspace })
    }
}

/// Control characters hide what a text says, and so do those that turn the direction of writing.
fn allowed(text: &str, longest: usize) -> Result<(), LinkError> {
    let hidden = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    if text.is_empty() || matches!(text, "." | "..") || text.chars().any(hidden) {
        Err(LinkError::Character)
    } else if text.chars().count() > longest {
        Err(LinkError::TooLong)
    } else {
        Ok(())
    }
}

/// `sandbox` or a uuid.
fn workspace_id(text: &str) -> Result<String, LinkError> {
    let plain = (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    plain.then(|| text.to_owned()).ok_or(LinkError::Character)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn address(link: &str) -> Result<String, LinkError> {
        DeepLink::parse(link).map(|link| link.address)
    }

    #[test]
    fn a_link_names_a_screen_or_a_page() {
        for (link, expected) in [
            ("hopsdesk://overview", "#/overview"),
            ("hopsdesk://users/", "#/users"),
            ("hopsdesk://users/auth0%7C66f1", "#/users/auth0%7C66f1"),
            ("hopsdesk://users/auth0|66f1", "#/users/auth0%7C66f1"),
            (
                "hopsdesk://users?status=suspended&q=a%20b",
                "#/users?status=suspended&q=a%20b",
            ),
            (
                "hopsdesk://invoices/billing_history/7",
                "#/invoices/billing_history/7",
            ),
            ("hopsdesk://clusters/1?workspace=sandbox", "#/clusters/1"),
            (
                "hopsdesk://events?state=dead,conflict",
                "#/events?state=dead%2Cconflict",
            ),
            ("hopsdesk://audit/12", "#/audit/12"),
        ] {
            assert_eq!(address(link).as_deref(), Ok(expected), "{link}");
        }
        let link = DeepLink::parse("hopsdesk://users?workspace=0b1c-2").expect("a link");
        assert_eq!(
            (link.address.as_str(), link.workspace.as_deref()),
            ("#/users", Some("0b1c-2"))
        );
    }

    #[test]
    fn everything_else_is_refused() {
        use LinkError::{Character, Foreign, NoScreen, TooLong};
        for (link, why) in [
            ("https://users/1", Foreign),
            ("javascript:alert(1)", Foreign),
            ("hopsdesk:users", NoScreen),
            ("hopsdesk://me:secret@users/1", Foreign),
            ("hopsdesk://users:80/1", Foreign),
            ("hopsdesk://users/1#/settings", Foreign),
            ("not a link", Foreign),
            ("hopsdesk://", NoScreen),
            ("hopsdesk://admin", NoScreen),
            ("hopsdesk://users/1/delete", NoScreen),
            ("hopsdesk://settings?name=x", NoScreen),
            ("hopsdesk://users/1?status=x", NoScreen),
            ("hopsdesk://users?<script>=1", NoScreen),
            ("hopsdesk://users/..%2f..%2fsettings", NoScreen),
            ("hopsdesk://users/a%00b", Character),
            ("hopsdesk://users/%E2%80%AEgnp", Character),
            ("hopsdesk://users?workspace=../etc", Character),
        ] {
            let answer = address(link);
            // Url resolves dots itself: what is left is the id of nobody, or nothing.
            if link.contains("..%2f") {
                assert_eq!(
                    answer.as_deref(),
                    Ok("#/users/..%2F..%2Fsettings"),
                    "an id like any other"
                );
                continue;
            }
            assert_eq!(answer, Err(why), "{link}");
        }
        assert_eq!(
            address(&format!("hopsdesk://users/{}", "x".repeat(256))),
            Err(TooLong)
        );
        assert_eq!(
            address(&format!("hopsdesk://users?q={}", "x".repeat(3000))),
            Err(TooLong)
        );
    }

    proptest! {
        #[test]
        fn whatever_comes_the_address_is_one_of_ours(text in "\\PC{0,120}") {
            for link in [text.clone(), format!("hopsdesk://{text}"), format!("hopsdesk://users/{text}")] {
                if let Ok(address) = address(&link) {
                    let known = SCREENS.iter().any(|(screen, _)| address.starts_with(&format!("#/{screen}")));
                    prop_assert!(known && address.is_ascii());
                    prop_assert!(!address.contains(['<', '"', '\'', ' ', '\\']), "{}", address);
                }
            }
        }

        #[test]
        fn random_bytes_are_no_fault(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = DeepLink::parse(&format!("hopsdesk://{}", String::from_utf8_lossy(&bytes)));
        }

        #[test]
        fn an_id_arrives_as_it_was_sent(id in "[a-zA-Z0-9|_:@.éü-]{1,60}") {
            prop_assume!(id != "." && id != "..");
            let link = format!("hopsdesk://users/{}", percent::encoded(&id));
            prop_assert_eq!(address(&link), Ok(format!("#/users/{}", percent::encoded(&id))));
        }
    }
}
