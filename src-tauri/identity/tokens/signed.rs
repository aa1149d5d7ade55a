//! A token taken apart (JWS compact serialisation, RFC 7515 §7.1), with a header that is acceptable.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, Header, decode_header};

use crate::identity::jwks::PublicKey;
use crate::identity::tokens::failure::TokenError;

/// The longest token. Auth0's have one to two thousand characters; a header of HTTP has room for eight.
const LONGEST: usize = 16 << 10;

/// Three parts, of which the header is that of a token signed with RS256 by a key that is named. Nothing of
/// it is to be believed before [`Signed::verify`].
pub(in crate::identity::tokens) struct Signed<'a> {
    /// Header and payload as they were signed.
    message: &'a str,
    payload: Vec<u8>,
    signature: Vec<u8>,
    kind: Option<String>,
    key_id: String,
}

impl<'a> Signed<'a> {
    pub(in crate::identity::tokens) fn parse(token: &'a str) -> Result<Self, TokenError> {
        if token.len() > LONGEST {
            return Err(TokenError::TooLong);
        }
        let (message, signature) = token.rsplit_once('.').ok_or(TokenError::Malformed)?;
        let (_, payload) = message.split_once('.').ok_or(TokenError::Malformed)?;
        // Unpadded and canonical, or refused: one token has one spelling.
        let decoded = |part: &str| {
            URL_SAFE_NO_PAD
                .decode(part)
                .map_err(|_| TokenError::Malformed)
        };
        // An algorithm that is not known, "none" among them, is no header; so is a field that stands there
        // twice.
        let header = decode_header(token).map_err(|_| TokenError::Header)?;
        Ok(Self {
            message,
            payload: decoded(payload)?,
            signature: decoded(signature)?,
            kind: header.typ.clone(),
            key_id: acceptable(header)?,
        })
    }

    /// Checks what kind of token it says it is (RFC 8725 §3.11). One that says nothing is told by its
    /// claims.
    pub(in crate::identity::tokens) fn of_type(&self, kinds: &[&str]) -> Result<(), TokenError> {
        let Some(kind) = &self.kind else {
            return Ok(());
        };
        let kind = kind.to_ascii_lowercase();
        let kind = kind.strip_prefix("application/").unwrap_or(&kind);
        if kinds.contains(&kind) {
            Ok(())
        } else {
            Err(TokenError::Kind)
        }
    }

    /// Which of the tenant's keys it says it is signed with.
    pub(in crate::identity::tokens) fn key_id(&self) -> &str {
        &self.key_id
    }

    pub(in crate::identity::tokens) fn verify(&self, key: &PublicKey) -> Result<(), TokenError> {
        if key.signed(self.message.as_bytes(), &self.signature) {
            Ok(())
        } else {
            Err(TokenError::Signature)
        }
    }

    /// The claims, in JSON.
    pub(in crate::identity::tokens) fn payload(&self) -> &[u8] {
        &self.payload
    }
}

/// The id of the key that a header names, if the header is one to go on with.
fn acceptable(header: Header) -> Result<String, TokenError> {
    if header.alg != Algorithm::RS256 || header.enc.is_some() || header.zip.is_some() {
        return Err(TokenError::Header);
    }
    if header.crit.is_some() {
        return Err(TokenError::Critical);
    }
    let brings_a_key = header.jwk.is_some()
        || header.jku.is_some()
        || header.x5u.is_some()
        || header.x5c.is_some();
    if brings_a_key {
        return Err(TokenError::OwnKey);
    }
    header.kid.ok_or(TokenError::UnknownKey)
}
