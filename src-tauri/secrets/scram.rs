//! A password that only the keychain will know: made here, and shown to the database only as what it needs
//! to recognise it (a SCRAM-SHA-256 verifier, RFC 5802 and RFC 5803).
//!
//! Whoever reads the verifier, on the wire, in a log or in the catalogue, cannot sign in with it.

use std::num::NonZeroU32;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::{digest, hmac, pbkdf2};
use zeroize::Zeroizing;

use crate::domain::random::Random;
use crate::secrets::Secret;

/// What Postgres itself takes. More would slow down every connection and add nothing: the password has 256
/// random bits, which nobody tries out.
const ROUNDS: NonZeroU32 = match NonZeroU32::new(4096) {
    Some(rounds) => rounds,
    None => NonZeroU32::MAX,
};

/// A fresh password: 256 random bits in 43 characters of base64url, which need no SASLprep.
#[must_use]
pub fn password(random: &dyn Random) -> Secret<String> {
    let mut bytes = Zeroizing::new([0; 32]);
    bytes[..16].copy_from_slice(&random.bits().to_be_bytes());
    bytes[16..].copy_from_slice(&random.bits().to_be_bytes());
    Secret::new(URL_SAFE_NO_PAD.encode(bytes.as_slice()))
}

/// What a database recognises that password by, with a fresh salt:
/// `SCRAM-SHA-256$<rounds>:<salt>$<StoredKey>:<ServerKey>`.
#[must_use]
pub fn verifier(password: &Secret<String>, random: &dyn Random) -> String {
    of(password.expose(), &random.bits().to_be_bytes(), ROUNDS)
}

fn of(password: &str, salt: &[u8], rounds: NonZeroU32) -> String {
    let mut salted = Zeroizing::new([0; digest::SHA256_OUTPUT_LEN]);
    pbkdf2::derive(
        pbkdf2::PBKDF2_HMAC_SHA256,
        rounds,
        salt,
        password.as_bytes(),
        salted.as_mut_slice(),
    );
    let key = hmac::Key::new(hmac::HMAC_SHA256, salted.as_slice());
    let client_key = hmac::sign(&key, b"Client Key");
    let stored_key = digest::digest(&digest::SHA256, client_key.as_ref());
    let server_key = hmac::sign(&key, b"Server Key");
    format!(
        "SCRAM-SHA-256${rounds}:{}${}:{}",
        STANDARD.encode(salt),
        STANDARD.encode(stored_key),
        STANDARD.encode(server_key)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::random::FixedRandom;

    /// The exchange of RFC 7677 §3, which ends with the server's proof that it knows `ServerKey`, and
    /// begins with the client's that it knows what `StoredKey` is the digest of.
    #[test]
    fn the_verifier_is_the_one_of_the_standard() {
        let salt = STANDARD.decode("W22ZaJ0SNY7soEsUEjb6gQ==").expect("base64");
        let verifier = of("pencil", &salt, ROUNDS);
        let (head, keys) = verifier.rsplit_once('$').expect("keys");
        assert_eq!(head, "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==");
        let keys: Vec<_> = keys
            .split(':')
            .map(|key| STANDARD.decode(key).expect("base64"))
            .collect();
        let message = "n=user,r=rOprNGfwEbeRWgbNEkqO,\
            r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,\
            c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        let server = hmac::sign(
            &hmac::Key::new(hmac::HMAC_SHA256, &keys[1]),
            message.as_bytes(),
        );
        assert_eq!(
            STANDARD.encode(server),
            "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="
        );
        let proof = STANDARD
            .decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
            .expect("base64");
        let signature = hmac::sign(
            &hmac::Key::new(hmac::HMAC_SHA256, &keys[0]),
            message.as_bytes(),
        );
        let client_key: Vec<u8> = proof
            .iter()
            .zip(signature.as_ref())
            .map(|(one, other)| one ^ other)
            .collect();
        let stored = digest::digest(&digest::SHA256, &client_key);
        assert_eq!(stored.as_ref(), keys[0]);
    }

    #[test]
    fn a_password_is_long_plain_and_never_printed() {
        let password = password(&FixedRandom(7));
        assert_eq!(password.expose().len(), 43);
        assert!(password.expose().is_ascii());
        assert_eq!(format!("{password:?}"), "[redacted]");
    }
}
