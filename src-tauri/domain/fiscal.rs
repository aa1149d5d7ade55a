//! The time zone in which a service's finance people draw the line between two months.

use std::fmt;

use thiserror::Error;

/// An IANA time zone by name, e.g. `Europe/Stockholm`. That it exists is for a database to say.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FiscalZone(String);

/// A text that is no name of a time zone.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is no time zone; choose a name such as Europe/Stockholm, or UTC")]
pub struct ZoneError(pub String);

impl FiscalZone {
    /// The zone of whoever chose none.
    #[must_use]
    pub fn utc() -> Self {
        Self("UTC".to_owned())
    }

    /// Takes a name as IANA writes them: `UTC`, or area and place.
    ///
    /// # Errors
    /// When the text is not written like one; an offset such as `CET-1` is none.
    pub fn parse(text: &str) -> Result<Self, ZoneError> {
        let name = text.trim();
        let written = name.len() <= 64
            && name
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || "/_+-".contains(letter));
        let placed = name
            .split_once('/')
            .is_some_and(|(area, place)| !area.is_empty() && !place.is_empty());
        if written && (name == "UTC" || placed) {
            Ok(Self(name.to_owned()))
        } else {
            Err(ZoneError(text.to_owned()))
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0
    }

    /// Whether it is UTC, which every database knows.
    #[must_use]
    pub fn is_utc(&self) -> bool {
        self.0 == "UTC"
    }
}

impl fmt::Display for FiscalZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_and_offsets_are_not() {
        for name in [
            "UTC",
            "Europe/Stockholm",
            "America/Argentina/Ushuaia",
            "Etc/GMT+5",
        ] {
            assert_eq!(FiscalZone::parse(name).expect("a name").name(), name);
        }
        for text in [
            "", "CET-1", "utc", "+02:00", "Mars", "a'b/c", "/x", "Europe/",
        ] {
            assert!(FiscalZone::parse(text).is_err(), "{text} must be refused");
        }
    }
}
