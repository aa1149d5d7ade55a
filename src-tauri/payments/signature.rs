//! `Stripe-Signature`: an HMAC-SHA256 over the time and the raw body
//! (<https://docs.stripe.com/webhooks#verify-manually>).

use ring::hmac;
use thiserror::Error;
use time::OffsetDateTime;

use crate::secrets::Secret;

/// How far the time in a signature may be from ours, either way, in seconds. Stripe's own libraries let times
/// far in the future pass; a signature that is good for years is no protection against being sent again.
const TOLERANCE: i64 = 300;

/// More signatures than this in one header are nobody's rotation.
const MOST_SIGNATURES: usize = 16;

/// Why a signature was refused. None of them says what would have been right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SignatureError {
    /// There is no header, or several.
    #[error("The header Stripe-Signature is missing or there more than once.")]
    Missing,
    /// Not `t=…,v1=…`.
    #[error("The header Stripe-Signature is not t=…,v1=….")]
    Malformed,
    /// None of the signatures is right for any of the secrets.
    #[error("The signature is not right for this body.")]
    Wrong,
    /// Signed too long ago, or in the future.
    #[error("The signature is older than five minutes, or from the future. Check the clocks.")]
    OutOfTime,
}

/// The secrets of the endpoints (`whsec_…`): one, or several while one is rotated out.
#[derive(Clone)]
pub struct SigningSecrets(Vec<hmac::Key>);

impl SigningSecrets {
    /// Keeps keys made of the secrets, whole as Stripe shows them.
    #[must_use]
    pub fn new(secrets: &[Secret<String>]) -> Self {
        let key =
            |secret: &Secret<String>| hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
        Self(secrets.iter().map(key).collect())
    }

    /// Whether there is none, so that nothing can be accepted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Checks the header against the raw body. The time is looked at last: whoever cannot sign learns nothing
    /// about our clock.
    ///
    /// # Errors
    /// When it is not a signature, not a right one, or not one of the last five minutes.
    pub fn verify(
        &self,
        header: &str,
        body: &[u8],
        now: OffsetDateTime,
    ) -> Result<(), SignatureError> {
        let signed = parse(header)?;
        let mut message = Vec::with_capacity(signed.time.len() + 1 + body.len());
        message.extend_from_slice(signed.time.as_bytes());
        message.push(b'.');
        message.extend_from_slice(body);
        // Every pair is tried, whether one was right before or not; ring compares in constant time.
        let right = self.0.iter().fold(false, |right, key| {
            signed.signatures.iter().fold(right, |right, signature| {
                hmac::verify(key, &message, signature).is_ok() | right
            })
        });
        if !right {
            return Err(SignatureError::Wrong);
        }
        let age = now.unix_timestamp().saturating_sub(signed.at);
        if (-TOLERANCE..=TOLERANCE).contains(&age) {
            Ok(())
        } else {
            Err(SignatureError::OutOfTime)
        }
    }
}

struct Signed<'h> {
    /// As it was written: that is what was signed.
    time: &'h str,
    at: i64,
    signatures: Vec<[u8; 32]>,
}

/// Reads `t=…,v1=…,v1=…`. Other schemes (`v0`, or one to come) are passed over.
fn parse(header: &str) -> Result<Signed<'_>, SignatureError> {
    let mut time = None;
    let mut signatures = Vec::new();
    for part in header.split(',') {
        let (scheme, value) = part
            .trim()
            .split_once('=')
            .ok_or(SignatureError::Malformed)?;
        match scheme {
            "t" if time.is_some() => return Err(SignatureError::Malformed),
            "t" => time = Some(value),
            "v1" => {
                let mut signature = [0; 32];
                // One that is no digest, in small letters as Stripe writes it, is wrong; another beside it may be right.
                let small = !value.bytes().any(|byte| byte.is_ascii_uppercase());
                if small && hex::decode_to_slice(value, &mut signature).is_ok() {
                    signatures.push(signature);
                }
                if signatures.len() > MOST_SIGNATURES {
                    return Err(SignatureError::Malformed);
                }
            }
            _ => {}
        }
    }
    let time = time.ok_or(SignatureError::Malformed)?;
    let digits = time.len() <= 12 && time.bytes().all(|byte| byte.is_ascii_digit());
    let at = time.parse().ok().filter(|_| digits);
    Ok(Signed {
        time,
        at: at.ok_or(SignatureError::Malformed)?,
        signatures,
    })
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{any, prop_assert_eq, proptest};
    use time::Duration;
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-26 12:00 UTC);
    const BODY: &[u8] = br#"{"id":"evt_1"}"#;

    fn secrets(list: &[&str]) -> SigningSecrets {
        let list: Vec<_> = list
            .iter()
            .map(|text| Secret::new((*text).to_owned()))
            .collect();
        SigningSecrets::new(&list)
    }

    fn sign(secret: &str, time: &str, body: &[u8]) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let message = [time.as_bytes(), b".", body].concat();
        hex::encode(hmac::sign(&key, &message))
    }

    fn time(from_now: i64) -> String {
        (NOW + Duration::seconds(from_now))
            .unix_timestamp()
            .to_string()
    }

    fn header(secret: &str, from_now: i64) -> String {
        let time = time(from_now);
        format!("t={time},v1={}", sign(secret, &time, BODY))
    }

    /// Headers that Stripe's own library for Node made (`stripe` 23, `webhooks.generateTestHeaderString`).
    #[test]
    fn what_stripes_own_library_signs_is_accepted() {
        let signed = include_str!("signed_by_stripe.json");
        let signed: Vec<serde_json::Value> = serde_json::from_str(signed).expect("JSON");
        assert!(signed.len() >= 6);
        for one in signed {
            let text = |field: &str| one[field].as_str().expect("text").to_owned();
            let at = one["timestamp"].as_i64().expect("a time");
            let now = OffsetDateTime::from_unix_timestamp(at + 7).expect("a time");
            let (header, payload) = (text("header"), text("payload"));
            let both = secrets(&["whsec_another", &text("secret")]);
            assert_eq!(both.verify(&header, payload.as_bytes(), now), Ok(()));
            let others = secrets(&["whsec_another"]);
            let refused = others.verify(&header, payload.as_bytes(), now);
            assert_eq!(refused, Err(SignatureError::Wrong));
        }
    }

    #[test]
    fn any_of_several_secrets_and_signatures_is_enough() {
        let both = secrets(&["whsec_old", "whsec_new"]);
        for secret in ["whsec_old", "whsec_new"] {
            assert_eq!(both.verify(&header(secret, 0), BODY, NOW), Ok(()));
        }
        let wrong = "0".repeat(64);
        let at = time(0);
        let right = sign("whsec_new", &at, BODY);
        for signatures in [
            format!("v1={wrong},v1={right}"),
            format!("v1={right},v1={wrong}"),
            format!("v0={wrong},v1=short,v1={right},v2={right}"),
        ] {
            let header = format!("t={at},{signatures}");
            assert_eq!(both.verify(&header, BODY, NOW), Ok(()), "{header}");
        }
        assert_eq!(
            both.verify(&header("whsec_other", 0), BODY, NOW),
            Err(SignatureError::Wrong)
        );
    }

    #[test]
    fn five_minutes_either_way_and_no_second_more() {
        let secrets = secrets(&["whsec"]);
        for fine in [-300, -1, 0, 1, 300] {
            assert_eq!(secrets.verify(&header("whsec", fine), BODY, NOW), Ok(()));
        }
        for late in [-301, 301, -86_400, 3_600_000] {
            assert_eq!(
                secrets.verify(&header("whsec", late), BODY, NOW),
                Err(SignatureError::OutOfTime),
                "{late}"
            );
        }
    }

    #[test]
    fn another_body_time_or_scheme_is_wrong() {
        let secrets = secrets(&["whsec"]);
        let fine = header("whsec", 0);
        let spaced = br#"{"id": "evt_1"}"#;
        assert_eq!(
            secrets.verify(&fine, spaced, NOW),
            Err(SignatureError::Wrong)
        );
        let later = fine.replacen(&time(0), &time(1), 1);
        assert_eq!(
            secrets.verify(&later, BODY, NOW),
            Err(SignatureError::Wrong)
        );
        let (at, signature) = fine.split_once(",v1=").expect("a signature");
        let loud = format!("{at},v1={}", signature.to_uppercase());
        assert_eq!(
            secrets.verify(&loud, BODY, NOW),
            Err(SignatureError::Wrong),
            "Stripe writes small letters"
        );
        let old_scheme = fine.replace("v1=", "v0=");
        assert_eq!(
            secrets.verify(&old_scheme, BODY, NOW),
            Err(SignatureError::Wrong)
        );
        assert_eq!(
            self::secrets(&[]).verify(&fine, BODY, NOW),
            Err(SignatureError::Wrong)
        );
    }

    #[test]
    fn what_is_no_header_is_malformed() {
        let secrets = secrets(&["whsec"]);
        let right = sign("whsec", "1", BODY);
        for header in [
            String::new(),
            "nonsense".to_owned(),
            format!("v1={right}"),
            format!("t=,v1={right}"),
            format!("t=-1,v1={right}"),
            format!("t=+1,v1={right}"),
            format!("t=1,t=2,v1={right}"),
            format!("t=9999999999999,v1={right}"),
            format!("t={},v1={right}", "1".repeat(400)),
            format!("t=1{}", format!(",v1={right}").repeat(17)),
        ] {
            assert_eq!(
                secrets.verify(&header, BODY, NOW),
                Err(SignatureError::Malformed),
                "{header}"
            );
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_again(at in 0..999_999_999_999_i64, signatures in vec(any::<[u8; 32]>(), 0..=16)) {
            let printed = signatures.iter().map(|one| format!("v1={}", hex::encode(one)));
            let parts: Vec<_> = std::iter::once(format!("t={at}")).chain(printed).collect();
            let header = parts.join(",");
            let read = parse(&header).expect("a header");
            prop_assert_eq!(read.time, at.to_string());
            prop_assert_eq!((read.at, read.signatures), (at, signatures));
        }

        #[test]
        fn no_header_is_accepted_by_chance_or_makes_it_panic(header in "\\PC{0,200}", body in any::<Vec<u8>>()) {
            assert!(secrets(&["whsec"]).verify(&header, &body, NOW).is_err());
        }

        #[test]
        fn a_flipped_bit_is_seen(place in 0..BODY.len(), bit in 0..8u8) {
            let mut body = BODY.to_vec();
            body[place] ^= 1 << bit;
            assert_eq!(
                secrets(&["whsec"]).verify(&header("whsec", 0), &body, NOW),
                Err(SignatureError::Wrong)
            );
        }
    }
}
