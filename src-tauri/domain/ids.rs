//! Ids, each its own type: an account id cannot be passed where a cluster id is wanted.
//!
//! Live databases disagree about the types behind ids (text, uuid, bigint), so an id here is the text
//! that Postgres shows for it. Parsing refuses what can be no id at all.

use std::fmt;

use serde::Serialize;
use thiserror::Error;

/// Longest id that any of the systems hands out, with room to spare.
const MAX_LENGTH: usize = 255;

/// A text that is no id.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum IdError {
    /// Nothing but white space.
    #[error("the id is empty")]
    Empty,
    /// Over 255 characters.
    #[error("the id is longer than {MAX_LENGTH} characters")]
    TooLong,
    /// A control character, which no system puts into an id and Postgres text may refuse.
    #[error("the id holds a control character")]
    ControlCharacter,
}

fn checked(text: &str) -> Result<String, IdError> {
    let text = text.trim();
    if text.is_empty() {
        Err(IdError::Empty)
    } else if text.chars().count() > MAX_LENGTH {
        Err(IdError::TooLong)
    } else if text.chars().any(char::is_control) {
        Err(IdError::ControlCharacter)
    } else {
        Ok(text.to_owned())
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub struct $name(String);

        impl $name {
            /// Takes an id as typed, pasted or read; surrounding white space is dropped.
            ///
            /// # Errors
            /// When the text is empty, over 255 characters, or holds control characters.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                checked(text).map(Self)
            }

            /// Takes an id as a database has it, whatever it is: one row with an id that no system would
            /// hand out must not take its whole page away.
            #[must_use]
            pub fn recorded(text: &str) -> Self {
                Self(text.to_owned())
            }

            /// The id as the database writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// A user: the Auth0 `sub`, e.g. `auth0|66f1c0a9e2`.
    UserId
}
id! {
    /// A Hopsworks cluster.
    ClusterId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_trimmed_and_kept_as_it_is() {
        let id = UserId::parse("  google-oauth2|1077 ").expect("a plain id");
        assert_eq!(id.as_str(), "google-oauth2|1077");
    }

    #[test]
    fn what_can_be_no_id_is_refused() {
        assert_eq!(UserId::parse("  "), Err(IdError::Empty));
        assert_eq!(UserId::parse("auth0|\0"), Err(IdError::ControlCharacter));
        assert_eq!(ClusterId::parse(&"x".repeat(256)), Err(IdError::TooLong));
    }
}
