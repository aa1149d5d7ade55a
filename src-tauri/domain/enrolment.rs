//! One-time codes of new staff. A code says by itself until when it works and whether it was copied rightly,
//! because the database cannot: to somebody whose password is wrong, it does not say why.
//!
//! `xxxxxxxx-xxxxxxxx-xxxxxxxx-xxxxxxxx-tttttttt-cccccccc`: 122 random bits, the minute until which it works
//! (counted from 1970), and the beginning of a digest of all before. `console.add_staff` makes them.

use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use zeroize::Zeroize as _;

/// The longest thing that is looked at.
const LONGEST: usize = 200;
const GROUPS: usize = 6;

/// A code that was copied rightly.
#[derive(Clone)]
pub struct EnrolmentCode {
    text: String,
    /// Until when it works.
    pub expires_at: OffsetDateTime,
}

/// What is not a code, or not as it was handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a code as it was handed out: look again, and copy all six groups")]
pub struct Mistyped;

impl EnrolmentCode {
    /// Reads a code as pasted: white space, line breaks and the case of letters do not matter.
    ///
    /// # Errors
    /// When a character is wrong, missing or too many.
    pub fn parse(pasted: &str) -> Result<Self, Mistyped> {
        if pasted.len() > LONGEST {
            return Err(Mistyped);
        }
        let text: String = pasted
            .chars()
            .filter(|c| !c.is_whitespace())
            .map(|c| c.to_ascii_lowercase())
            .collect();
        let groups: Vec<&str> = text.split('-').collect();
        let plain = |group: &&str| {
            group.len() == 8
                && group
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        };
        if groups.len() != GROUPS || !groups.iter().all(plain) {
            return Err(Mistyped);
        }
        let (signed, check) = text.rsplit_once('-').ok_or(Mistyped)?;
        if hex::encode(&Sha256::digest(signed.as_bytes())[..4]) != check {
            return Err(Mistyped);
        }
        let minutes = i64::from_str_radix(groups[4], 16).map_err(|_| Mistyped)?;
        let expires_at = OffsetDateTime::from_unix_timestamp(minutes * 60).map_err(|_| Mistyped)?;
        Ok(Self { text, expires_at })
    }

    /// The code as the database knows it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }
}

impl Drop for EnrolmentCode {
    fn drop(&mut self) {
        self.text.zeroize();
    }
}

impl std::fmt::Debug for EnrolmentCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EnrolmentCode([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    /// As `console.add_staff` made it, on 2026-03-01.
    const CODE: &str = "0f8fad5b-d9cb469f-a1657086-7728950e-01c2c210-";

    fn code() -> String {
        let signed = CODE.trim_end_matches('-');
        format!(
            "{CODE}{}",
            hex::encode(&Sha256::digest(signed.as_bytes())[..4])
        )
    }

    #[test]
    fn a_code_says_until_when_it_works_however_it_was_pasted() {
        let code = code();
        for pasted in [
            code.clone(),
            format!("  {}\r\n", code.to_uppercase()),
            code.replacen("-7728", "-\n77 28", 1),
        ] {
            let read = EnrolmentCode::parse(&pasted).expect("a code");
            assert_eq!(read.expose(), code);
            assert_eq!(read.expires_at, datetime!(2026-03-02 12:00 UTC));
        }
    }

    #[test]
    fn one_wrong_character_is_noticed() {
        let code = code();
        for place in 0..code.len() {
            let mut wrong: Vec<u8> = code.bytes().collect();
            wrong[place] = if wrong[place] == b'7' { b'1' } else { b'7' };
            let wrong = String::from_utf8(wrong).expect("ASCII");
            assert!(EnrolmentCode::parse(&wrong).is_err(), "{wrong}");
            let mut missing = code.clone();
            missing.remove(place);
            assert!(EnrolmentCode::parse(&missing).is_err(), "{missing}");
        }
        for text in ["", "-----", "password", &code.repeat(4), &"é".repeat(90)] {
            assert!(EnrolmentCode::parse(text).is_err(), "{text}");
        }
    }
}
