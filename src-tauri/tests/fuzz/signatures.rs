//! `Stripe-Signature`, against a second reading of <https://docs.stripe.com/webhooks#verify-manually>.

use hopsdesk::payments::signature::{SignatureError, SigningSecrets};
use hopsdesk::secrets::Secret;
use proptest::collection::vec;
use proptest::prelude::{Just, any, prop_assert, prop_assert_eq};
use proptest::sample::{Index, select};
use proptest::strategy::{Strategy, Union};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use time::macros::datetime;

use super::campaign::{most_held, run};
use super::corpus;

const NOW: OffsetDateTime = datetime!(2026-11-26 12:00 UTC);

/// HMAC (RFC 2104), by hand: the product's is `ring`'s.
fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0_u8; 64];
    if key.len() > 64 {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let padded = |with: u8| block.map(|byte| byte ^ with);
    let inner = Sha256::new()
        .chain_update(padded(0x36))
        .chain_update(message)
        .finalize();
    Sha256::new()
        .chain_update(padded(0x5c))
        .chain_update(inner)
        .finalize()
        .into()
}

fn sign(secret: &str, time: &str, body: &[u8]) -> String {
    hex::encode(hmac(
        secret.as_bytes(),
        &[time.as_bytes(), b".", body].concat(),
    ))
}

fn signing(secrets: &[String]) -> SigningSecrets {
    let secrets: Vec<_> = secrets.iter().cloned().map(Secret::new).collect();
    SigningSecrets::new(&secrets)
}

/// What the rules say, read once more: pairs between commas; one time, of digits; a `v1` that is the digest of the time as
/// written, a dot and the body; and five minutes.
fn ruled(secrets: &[String], header: &str, body: &[u8]) -> Result<(), SignatureError> {
    let mut pairs = Vec::new();
    for part in header.split(',').map(str::trim) {
        pairs.push(part.split_once('=').ok_or(SignatureError::Malformed)?);
    }
    let of = |scheme: &str| -> Vec<&str> {
        let of = pairs.iter().filter(|(name, _)| *name == scheme);
        of.map(|(_, value)| *value).collect()
    };
    let is_digest =
        |text: &&&str| text.len() == 64 && text.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
    let (times, signatures) = (of("t"), of("v1"));
    let [time] = times[..] else {
        return Err(SignatureError::Malformed);
    };
    let digits = !time.is_empty() && time.len() <= 12 && time.chars().all(|c| c.is_ascii_digit());
    if !digits || signatures.iter().filter(is_digest).count() > 16 {
        return Err(SignatureError::Malformed);
    }
    if !secrets
        .iter()
        .any(|secret| signatures.contains(&sign(secret, time, body).as_str()))
    {
        return Err(SignatureError::Wrong);
    }
    let apart = time.parse::<i64>().expect("digits") - NOW.unix_timestamp();
    if apart.abs() > 300 {
        Err(SignatureError::OutOfTime)
    } else {
        Ok(())
    }
}

fn secrets() -> impl Strategy<Value = Vec<String>> {
    vec("whsec_[A-Za-z0-9+/]{1,90}", 1..4)
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    Union::new(vec![
        corpus::body("stripe"),
        vec(any::<u8>(), 0..64).boxed(),
    ])
}

/// A header as Stripe writes it: the time, signatures of the secrets in use, and others.
fn header_of(time: &str, secret: &str, body: &[u8]) -> String {
    format!("t={time},v1={}", sign(secret, time, body))
}

#[test]
fn what_stripe_s_scheme_makes_is_accepted() {
    let others = vec(
        Union::new(
            vec![
                "v1=[0-9a-f]{64}",
                "v0=[0-9a-f]{0,64}",
                "v2=[ -+.-~]{0,20}",
                "v1=[g-z]{0,64}",
            ]
            .into_iter()
            .map(Strategy::boxed),
        ),
        0..15,
    );
    let strategy = (
        secrets(),
        any::<Index>(),
        body(),
        -300..=300_i64,
        others,
        any::<Index>(),
        any::<Index>(),
    );
    run(
        "signature: accepted",
        400,
        &strategy,
        |(secrets, which, body, apart, mut parts, at, at_time)| {
            let time = (NOW.unix_timestamp() + apart).to_string();
            let right = format!(
                "v1={}",
                sign(&secrets[which.index(secrets.len())], &time, &body)
            );
            parts.insert(at.index(parts.len() + 1), right);
            parts.insert(at_time.index(parts.len() + 1), format!("t={time}"));
            let header = parts.join(",");
            prop_assert_eq!(
                signing(&secrets).verify(&header, &body, NOW),
                Ok(()),
                "{}",
                header
            );
            let strangers = signing(&["whsec-another".to_owned()]);
            prop_assert_eq!(
                strangers.verify(&header, &body, NOW),
                Err(SignatureError::Wrong)
            );
            Ok(())
        },
    );
}

#[test]
fn any_byte_that_is_changed_refuses() {
    let strategy = (
        secrets(),
        body(),
        -300..=300_i64,
        any::<Index>(),
        1..=255_u8,
    );
    run(
        "signature: one byte",
        400,
        &strategy,
        |(secrets, body, apart, at, with)| {
            let time = (NOW.unix_timestamp() + apart).to_string();
            let header = header_of(&time, &secrets[0], &body);
            let keys = signing(&secrets);
            prop_assert!(keys.verify(&header, &body, NOW).is_ok());
            let at = at.index(header.len() + body.len());
            let (mut head, mut body) = (header.clone().into_bytes(), body);
            if at < header.len() {
                head[at] ^= with;
            } else {
                body[at - header.len()] ^= with;
            }
            // What is no text never gets that far.
            if let Ok(changed) = String::from_utf8(head) {
                prop_assert!(
                    keys.verify(&changed, &body, NOW).is_err(),
                    "{} became {}",
                    header,
                    changed
                );
            }
            Ok(())
        },
    );
}

#[test]
fn any_header_is_judged_as_the_rules_say() {
    let time = Union::new(vec![
        (NOW.unix_timestamp() - 400..NOW.unix_timestamp() + 400)
            .prop_map(|at| at.to_string())
            .boxed(),
        "[0-9+-]{0,14}".boxed(),
    ]);
    let part = Union::new_weighted(vec![
        (3, Just("T".to_owned()).boxed()),
        (4, Just("RIGHT".to_owned()).boxed()),
        (1, Just("LOUD".to_owned()).boxed()),
        (2, "v1=[0-9a-f]{62,66}".boxed()),
        (
            1,
            select(vec![
                "", "t", "=", "t=", "v1", "v1=", "v0=x", "t==1", " ", "T=1", "V1=0",
            ])
            .prop_map(str::to_owned)
            .boxed(),
        ),
        (1, "[ -~]{0,12}".boxed()),
    ]);
    let strategy = (
        secrets(),
        body(),
        time,
        vec((part, "[ \t]{0,2}"), 0..20),
        vec(corpus::change(), 0..2),
    );
    run(
        "signature: judged",
        600,
        &strategy,
        |(secrets, body, time, parts, changes)| {
            let right = sign(&secrets[secrets.len() - 1], &time, &body);
            let parts: Vec<_> = parts
                .into_iter()
                .map(|(part, space)| {
                    let part = match part.as_str() {
                        "T" => format!("t={time}"),
                        "RIGHT" => format!("v1={right}"),
                        "LOUD" => format!("v1={}", right.to_uppercase()),
                        _ => part,
                    };
                    format!("{space}{part}{space}")
                })
                .collect();
            let mut header = parts.join(",").into_bytes();
            for change in &changes {
                change.apply(&mut header);
            }
            let header = String::from_utf8_lossy(&header).into_owned();
            let keys = signing(&secrets);
            let mut judged = Ok(());
            let held = most_held(|| judged = keys.verify(&header, &body, NOW));
            prop_assert_eq!(judged, ruled(&secrets, &header, &body), "{}", header);
            // The message that is signed, and seventeen digests.
            let bound = body.len() + header.len() + 2048;
            prop_assert!(
                held <= bound as u64,
                "{} bytes held, {} are enough",
                held,
                bound
            );
            Ok(())
        },
    );
}
