//! Sealing with age (<https://age-encryption.org/v1>): a secret is encrypted to the public keys of whoever may open
//! it, so that a copy of the database opens nothing. Opened for one use, and zeroed after it.
//!
//! What is sealed says for what it is: a sealed key of one cluster, put into the row of another, opens nothing.

use std::collections::HashSet;
use std::fmt;
use std::io::{Read as _, Write as _};
use std::str::FromStr;

use age::armor::ArmoredReader;
use age::secrecy::ExposeSecret as _;
use age::x25519;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::secrets::Secret;

/// The longest secret: a kubeconfig of ten clusters has a hundred thousand bytes.
const MOST: u64 = 1 << 20;

/// What stands before everything that is sealed.
const MARK: &str = "hopsdesk-secret-1";

/// Why something cannot be sealed or opened. `Display` is the end of a sentence, without a secret.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum SealError {
    /// There is nobody to seal to.
    #[error(
        "has no recipient to be sealed to: add one with `hopsdesk-webhook secrets recipients add`"
    )]
    NoRecipients,
    /// None of our identities is among the recipients.
    #[error(
        "is sealed, and no identity here opens it: set HOPSDESK_IDENTITY to that of one of its recipients"
    )]
    NoIdentity,
    /// It is not what it should be.
    #[error(
        "is sealed, and damaged or sealed for something else: seal the plain one again with `hopsdesk-webhook secrets import --anew`"
    )]
    Damaged,
    /// Whoever seals gives one that is too long.
    #[error("is longer than a megabyte")]
    TooLong,
}

/// Why a key is none.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum KeyError {
    /// A public key is none.
    #[error("is no public key of age: those begin with age1")]
    Recipient,
    /// An identity is none. What stands there is not quoted.
    #[error("holds no identity of age: a line that begins with AGE-SECRET-KEY-1")]
    Identity,
}

/// A public key that secrets are sealed to.
#[derive(Clone)]
pub struct Recipient(x25519::Recipient);

impl FromStr for Recipient {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        text.trim()
            .parse()
            .map(Self)
            .map_err(|_| KeyError::Recipient)
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recipient({})", self.0)
    }
}

/// Private keys, of which each opens what is sealed to it.
#[derive(Clone, Default)]
pub struct Identities(Vec<x25519::Identity>);

impl Identities {
    /// One that nobody has had before, with the randomness of the operating system: what is made with it has to
    /// stay secret, so none that a test could set.
    #[must_use]
    pub fn generate() -> Self {
        Self(vec![x25519::Identity::generate()])
    }

    /// Reads a file of them: one a line, beside empty lines and comments, as `age-keygen` writes it.
    ///
    /// # Errors
    /// When a line is none, or there is none at all.
    pub fn read(text: &Secret<String>) -> Result<Self, KeyError> {
        let lines = text.expose().lines().map(str::trim);
        let keys = lines
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(|line| line.parse().map_err(|_| KeyError::Identity))
            .collect::<Result<Vec<x25519::Identity>, _>>()?;
        if keys.is_empty() {
            return Err(KeyError::Identity);
        }
        Ok(Self(keys))
    }

    /// As [`Identities::read`] takes it: the public key as a comment, then the private one.
    #[must_use]
    pub fn written(&self) -> Secret<String> {
        // As long as it becomes: what grows leaves copies of itself behind.
        let mut text = String::with_capacity(self.0.len() * 256);
        for key in &self.0 {
            let private = key.to_string();
            text.push_str("# public key: ");
            text.push_str(&key.to_public().to_string());
            text.push('\n');
            text.push_str(private.expose_secret());
            text.push('\n');
        }
        Secret::new(text)
    }

    /// Their public keys.
    #[must_use]
    pub fn recipients(&self) -> Vec<Recipient> {
        self.0
            .iter()
            .map(|key| Recipient(key.to_public()))
            .collect()
    }

    /// Opens with those, too.
    pub fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Those, as they are on record.
    #[must_use]
    pub fn public_keys(&self) -> Vec<String> {
        self.recipients().iter().map(ToString::to_string).collect()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Identities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identities({})", self.0.len())
    }
}

/// What a secret is for: the table's row and column, as it were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Purpose<'a> {
    /// Which cluster's.
    pub cluster: &'a str,
    /// `api_key` or `kubeconfig`.
    pub kind: &'a str,
}

/// A secret as it is on record.
#[derive(Clone)]
pub enum Kept {
    /// Anybody who reads the database reads it.
    Plain(Secret<String>),
    /// Whoever has an identity of one of its recipients opens it.
    Sealed {
        /// What it is for.
        cluster: String,
        /// `api_key` or `kubeconfig`.
        kind: &'static str,
        /// What age made of it.
        bytes: Vec<u8>,
    },
}

impl Kept {
    /// The secret, to be dropped after its use.
    ///
    /// # Errors
    /// [`SealError`] when it is sealed and cannot be opened.
    pub fn open(&self, identities: &Identities) -> Result<Secret<String>, SealError> {
        match self {
            Self::Plain(secret) => Ok(secret.clone()),
            Self::Sealed {
                cluster,
                kind,
                bytes,
            } => open(bytes, identities, Purpose { cluster, kind }),
        }
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain(_) => "Plain([redacted])",
            Self::Sealed { .. } => "Sealed",
        })
    }
}

/// Seals a secret, so that each of the recipients opens it.
///
/// # Errors
/// When there is no recipient, or the secret is too long.
pub fn seal(
    secret: &Secret<String>,
    recipients: &[Recipient],
    purpose: Purpose<'_>,
) -> Result<Vec<u8>, SealError> {
    if secret.expose().len() as u64 > MOST {
        return Err(SealError::TooLong);
    }
    let mut seen = HashSet::new();
    let once = recipients
        .iter()
        .filter(|recipient| seen.insert(recipient.to_string()))
        .map(|recipient| &recipient.0 as &dyn age::Recipient);
    let encryptor = age::Encryptor::with_recipients(once).map_err(|_| SealError::NoRecipients)?;
    let mut sealed = Vec::new();
    let heading = heading(purpose);
    // Into memory: nothing can go wrong with that.
    let written = encryptor.wrap_output(&mut sealed).and_then(|mut into| {
        into.write_all(heading.as_bytes())?;
        into.write_all(secret.expose().as_bytes())?;
        into.finish().map(drop)
    });
    written.map_err(|_| SealError::Damaged)?;
    Ok(sealed)
}

/// Whether a text is what age made of a secret ("age armored", <https://age-encryption.org/v1>), and not one itself.
#[must_use]
pub fn is_armored(text: &str) -> bool {
    text.trim_start()
        .starts_with("-----BEGIN AGE ENCRYPTED FILE-----")
}

/// Opens what was sealed for that, as bytes or as text.
///
/// # Errors
/// When none of the identities opens it, it is damaged, or was sealed for something else.
pub fn open(
    sealed: &[u8],
    identities: &Identities,
    purpose: Purpose<'_>,
) -> Result<Secret<String>, SealError> {
    // Text or bytes.
    let decryptor =
        age::Decryptor::new(ArmoredReader::new(sealed)).map_err(|_| SealError::Damaged)?;
    let keys = identities.0.iter().map(|key| key as &dyn age::Identity);
    let reader = match decryptor.decrypt(keys) {
        Ok(reader) => reader,
        Err(age::DecryptError::NoMatchingKeys) => return Err(SealError::NoIdentity),
        Err(_) => return Err(SealError::Damaged),
    };
    // As large as it can become at once: what grows leaves copies of itself behind.
    let mut opened = Zeroizing::new(Vec::with_capacity(sealed.len()));
    reader
        .take(MOST + 4_096)
        .read_to_end(&mut opened)
        .map_err(|_| SealError::Damaged)?;
    let heading = heading(purpose);
    let secret = opened
        .strip_prefix(heading.as_bytes())
        .and_then(|secret| std::str::from_utf8(secret).ok())
        .ok_or(SealError::Damaged)?;
    Ok(Secret::new(secret.to_owned()))
}

fn heading(purpose: Purpose<'_>) -> String {
    format!("{MARK}\n{}\n{}\n", purpose.cluster, purpose.kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: Purpose<'_> = Purpose {
        cluster: "k1",
        kind: "api_key",
    };

    fn canary() -> Secret<String> {
        Secret::new("canary-key".to_owned())
    }

    #[test]
    fn each_recipient_opens_and_nobody_else() {
        let [one, two, other] = [(); 3].map(|()| Identities::generate());
        let to = [one.recipients(), two.recipients(), one.recipients()].concat();
        let sealed = seal(&canary(), &to, KEY).expect("it is sealed");
        for identity in [&one, &two] {
            let opened = open(&sealed, identity, KEY).expect("it opens");
            assert_eq!(opened.expose(), "canary-key");
        }
        let refused = |identities: &Identities| open(&sealed, identities, KEY).err();
        assert_eq!(refused(&other), Some(SealError::NoIdentity));
        assert_eq!(refused(&Identities::default()), Some(SealError::NoIdentity));
        assert!(!String::from_utf8_lossy(&sealed).contains("canary"));
    }

    #[test]
    fn what_was_sealed_for_one_thing_opens_for_no_other() {
        let identity = Identities::generate();
        let sealed = seal(&canary(), &identity.recipients(), KEY).expect("it is sealed");
        for purpose in [
            Purpose {
                cluster: "k2",
                ..KEY
            },
            Purpose {
                kind: "kubeconfig",
                ..KEY
            },
            Purpose {
                cluster: "k",
                kind: "1\napi_key",
            },
        ] {
            let opened = open(&sealed, &identity, purpose).err();
            assert_eq!(opened, Some(SealError::Damaged), "{purpose:?}");
        }
    }

    #[test]
    fn what_was_damaged_says_so() {
        let identity = Identities::generate();
        let mut sealed = seal(&canary(), &identity.recipients(), KEY).expect("it is sealed");
        assert_eq!(open(b"", &identity, KEY).err(), Some(SealError::Damaged));
        assert_eq!(
            open(b"canary", &identity, KEY).err(),
            Some(SealError::Damaged)
        );
        let last = sealed.len() - 1;
        sealed[last] ^= 1;
        assert_eq!(
            open(&sealed, &identity, KEY).err(),
            Some(SealError::Damaged)
        );
        sealed.truncate(last - 20);
        assert_eq!(
            open(&sealed, &identity, KEY).err(),
            Some(SealError::Damaged)
        );
        assert_eq!(
            seal(&canary(), &[], KEY).err(),
            Some(SealError::NoRecipients)
        );
    }

    #[test]
    fn identities_are_read_as_they_were_written_and_print_nothing() {
        let identity = Identities::generate();
        let written = identity.written();
        let read = Identities::read(&written).expect("they are read");
        assert_eq!(
            read.recipients()[0].to_string(),
            identity.recipients()[0].to_string()
        );
        let sealed = seal(&canary(), &read.recipients(), KEY).expect("it is sealed");
        assert!(open(&sealed, &identity, KEY).is_ok());
        assert_eq!(
            format!("{identity:?} {written:?}"),
            "Identities(1) [redacted]"
        );
        let kept = Kept::Plain(canary());
        assert_eq!(format!("{kept:?}"), "Plain([redacted])");
        for text in ["", "# nothing", "canary", "AGE-SECRET-KEY-1CANARY"] {
            let error = Identities::read(&Secret::new(text.to_owned())).err();
            assert_eq!(error, Some(KeyError::Identity));
            assert!(!format!("{error:?} {}", KeyError::Identity).contains("canary"));
        }
        assert_eq!(
            "canary".parse::<Recipient>().err(),
            Some(KeyError::Recipient)
        );
    }
}
