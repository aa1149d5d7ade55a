//! The shared secret that Auth0's action sends in `X-Auth0-Secret`.

use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConstantTimeEq as _};

use crate::secrets::Secret;

/// The secrets that are accepted: one, or several while one is rotated out.
///
/// Only digests are kept. Comparing digests, all of them every time, takes the same time whatever was
/// presented, so that neither the secret nor its length can be measured.
#[derive(Clone)]
pub struct WebhookSecrets(Vec<[u8; 32]>);

impl WebhookSecrets {
    /// Keeps the digests of the secrets.
    #[must_use]
    pub fn new(secrets: &[Secret<String>]) -> Self {
        let digest = |secret: &Secret<String>| Sha256::digest(secret.expose().as_bytes()).into();
        Self(secrets.iter().map(digest).collect())
    }

    /// Whether what was presented is one of the secrets.
    #[must_use]
    pub fn accept(&self, presented: &[u8]) -> bool {
        let presented: [u8; 32] = Sha256::digest(presented).into();
        let found = self.0.iter().fold(Choice::from(0), |found, secret| {
            found | secret.ct_eq(&presented)
        });
        found.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_of_several_secrets_is_accepted_and_nothing_else() {
        let secrets = WebhookSecrets::new(&["old", "new"].map(|text| Secret::new(text.to_owned())));
        assert!(secrets.accept(b"old") && secrets.accept(b"new"));
        for wrong in ["", "ol", "oldnew", "old,new", "OLD", "old "] {
            assert!(!secrets.accept(wrong.as_bytes()), "{wrong}");
        }
    }

    #[test]
    fn without_secrets_nobody_is_accepted() {
        assert!(!WebhookSecrets::new(&[]).accept(b""));
    }
}
