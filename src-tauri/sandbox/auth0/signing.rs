//! Tokens that the stand-in signs.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};

/// A key that signs.
pub(super) struct SigningKey {
    id: &'static str,
    pair: RsaKeyPair,
}

impl SigningKey {
    pub(super) fn read(id: &'static str, der: &[u8]) -> io::Result<Self> {
        let pair = RsaKeyPair::from_pkcs8(der)
            .map_err(|rejected| io::Error::other(rejected.to_string()))?;
        Ok(Self { id, pair })
    }

    /// The public half, as a member of a JWKS.
    pub(super) fn jwk(&self) -> Value {
        let public: PublicKeyComponents<Vec<u8>> = self.pair.public().into();
        json!({
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.id,
            "n": URL_SAFE_NO_PAD.encode(public.n), "e": URL_SAFE_NO_PAD.encode(public.e),
        })
    }

    /// A JWT of these claims.
    pub(super) fn token(&self, claims: &Value) -> io::Result<String> {
        let header = json!({"alg": "RS256", "typ": "JWT", "kid": self.id});
        let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", encoded(&header), encoded(claims));
        let mut signature = vec![0; self.pair.public().modulus_len()];
        // This scheme has no randomness in its result; the generator only blinds the arithmetic.
        self.pair
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                message.as_bytes(),
                &mut signature,
            )
            .map_err(|_| io::Error::other("the token could not be signed"))?;
        Ok(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}
