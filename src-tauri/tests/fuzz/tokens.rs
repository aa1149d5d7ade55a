//! Tokens, against a second reading of the rules: nothing passes but what the key in use signed, as it was written, for us,
//! by the tenant, now.

use std::cell::RefCell;

use proptest::collection::vec;
use proptest::prelude::{any, prop_assert, prop_assert_eq};
use proptest::sample::select;
use proptest::strategy::{Just, Strategy, Union};
use proptest::test_runner::TestCaseResult;
use serde_json::{Value, json};
use time::Duration;

use super::campaign::{most_held, run};
use super::corpus::{self, Change};
use crate::tenant::{API, CLIENT, Key, NOW, Stand, with};

/// Who signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Signer {
    InUse,
    Stranger,
    /// Signed what was written before the claims were changed.
    InUseEarlier,
    Nobody,
}

#[derive(Debug, Clone)]
struct Case {
    access: bool,
    signer: Signer,
    header: Vec<(&'static str, Value)>,
    claims: Vec<(&'static str, Value)>,
    changes: Vec<Change>,
    /// Seconds from now at which it is looked at.
    later: i64,
}

fn header() -> impl Strategy<Value = Vec<(&'static str, Value)>> {
    let field = select(vec![
        ("alg", json!("none")),
        ("alg", json!("HS256")),
        ("alg", json!("RS512")),
        ("alg", json!("PS256")),
        ("alg", Value::Null),
        ("kid", json!("second")),
        ("kid", json!("")),
        ("kid", json!("FIRST")),
        ("kid", Value::Null),
        ("typ", json!("at+jwt")),
        ("typ", json!("application/at+JWT")),
        ("typ", json!("jwt")),
        ("typ", json!("logout+jwt")),
        ("typ", Value::Null),
        ("jwk", Key::second().jwk()),
        ("jwk", Key::first().jwk()),
        ("jku", json!("https://x.example/jwks.json")),
        ("x5u", json!("https://x.example/x.pem")),
        ("x5c", json!(["MIIB"])),
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("enc", json!("A256GCM")),
        ("zip", json!("DEF")),
        ("cty", json!("JWT")),
        ("x", json!({"y": [1]})),
    ]);
    Union::new_weighted(vec![
        (3, Just(Vec::new()).boxed()),
        (2, vec(field, 1..3).boxed()),
    ])
}

fn claims() -> impl Strategy<Value = Vec<(&'static str, Value)>> {
    let now = NOW.unix_timestamp();
    let times = select(vec![
        json!(now),
        json!(now - 29),
        json!(now - 30),
        json!(now - 31),
        json!(now + 30),
        json!(now + 31),
        json!(0),
        json!(-1),
        json!(i64::MAX),
        json!(253_402_300_799_i64),
        json!("1"),
        json!(1.5),
        Value::Null,
    ]);
    let audience = select(vec![
        json!(CLIENT),
        json!(API),
        json!([CLIENT]),
        json!([API]),
        json!([API, CLIENT]),
        json!([CLIENT, CLIENT]),
        json!([]),
        json!(""),
        json!(API.trim_end_matches('/')),
        json!({"0": API}),
        json!([[API]]),
        Value::Null,
    ]);
    let text = select(vec![
        json!("some-app"),
        json!(CLIENT),
        json!("x"),
        json!(""),
        json!(7),
        Value::Null,
    ]);
    let subject = select(vec![
        json!("auth0|ada"),
        json!(" auth0|ada"),
        json!(""),
        json!("a\0b"),
        json!("x".repeat(256)),
        Value::Null,
    ]);
    let issuer = select(vec![
        json!("https://other.example/"),
        json!("BARE"),
        json!("LOUD"),
        json!(["ISSUER"]),
        Value::Null,
    ]);
    let claim = Union::new(vec![
        (select(vec!["exp", "nbf", "iat", "auth_time"]), times).boxed(),
        (Just("aud"), audience).boxed(),
        (
            select(vec!["azp", "nonce", "scope", "at_hash", "gty"]),
            text,
        )
            .boxed(),
        (Just("sub"), subject).boxed(),
        (Just("iss"), issuer).boxed(),
    ]);
    Union::new_weighted(vec![
        (2, Just(Vec::new()).boxed()),
        (5, vec(claim, 1..3).boxed()),
    ])
}

fn case() -> impl Strategy<Value = Case> {
    let signer = Union::new_weighted(vec![
        (6, Just(Signer::InUse)),
        (2, Just(Signer::Stranger)),
        (1, Just(Signer::InUseEarlier)),
        (1, Just(Signer::Nobody)),
    ]);
    let changes = Union::new_weighted(vec![
        (4, Just(Vec::new()).boxed()),
        (1, vec(corpus::change(), 1..3).boxed()),
        (1, letter().boxed()),
    ]);
    let later = Union::new(vec![
        Just(0).boxed(),
        select(vec![-41, -40, 3629, 3630, 86_400]).boxed(),
    ]);
    (any::<bool>(), signer, header(), claims(), changes, later).prop_map(
        |(access, signer, header, claims, changes, later)| Case {
            access,
            signer,
            header,
            claims,
            changes,
            later,
        },
    )
}

/// One letter of base64 in place of another: the last of a part may stand for the same bytes.
fn letter() -> impl Strategy<Value = Vec<Change>> {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/";
    (any::<proptest::sample::Index>(), select(letters.as_slice()))
        .prop_map(|(at, letter)| vec![Change::Replace(at, letter)])
}

impl Case {
    fn header(&self) -> Value {
        self.header
            .iter()
            .fold(Key::first().header(), |header, (name, value)| {
                with(header, name, value.clone())
            })
    }

    fn claims(&self, stand: &Stand) -> Value {
        let issuer = stand.tenant.issuer();
        let whole = if self.access {
            stand.access_claims()
        } else {
            stand.id_claims()
        };
        self.claims.iter().fold(whole, |claims, (name, value)| {
            let value = match value.as_str() {
                Some("BARE") => json!(issuer.trim_end_matches('/')),
                Some("LOUD") => json!(issuer.to_uppercase()),
                _ => value.clone(),
            };
            with(claims, name, value)
        })
    }

    /// The token as it was signed, and as it is shown.
    fn written(&self, stand: &Stand) -> (String, String) {
        let (header, claims) = (self.header(), self.claims(stand));
        let honest = match self.signer {
            Signer::Stranger => Key::second().token(&header, &claims),
            _ => Key::first().token(&header, &claims),
        };
        let (message, signature) = honest.rsplit_once('.').expect("a token");
        let signed = match self.signer {
            Signer::InUse | Signer::Stranger => honest.clone(),
            Signer::Nobody => format!("{message}."),
            Signer::InUseEarlier => {
                let earlier = Key::first().token(&header, &with(claims, "earlier", json!(true)));
                let (_, other) = earlier.rsplit_once('.').expect("a token");
                assert_ne!(other, signature);
                format!("{message}.{other}")
            }
        };
        let mut shown = signed.clone().into_bytes();
        for change in &self.changes {
            change.apply(&mut shown);
        }
        (signed, String::from_utf8_lossy(&shown).into_owned())
    }

    /// What the rules say: RFC 7515, RFC 7519 and RFC 9068, OpenID Connect Core, and what this product narrows.
    fn passes(&self, stand: &Stand) -> bool {
        let (header, claims) = (self.header(), self.claims(stand));
        let brings = ["jwk", "jku", "x5u", "x5c", "crit", "enc", "zip"];
        let kind = header["typ"].as_str().map(str::to_lowercase);
        let kind = kind
            .as_deref()
            .map(|kind| kind.strip_prefix("application/").unwrap_or(kind));
        let head = header["alg"] == "RS256"
            && header["kid"] == "first"
            && brings.iter().all(|name| header.get(name).is_none())
            && (matches!(kind, None | Some("jwt")) || (self.access && kind == Some("at+jwt")));
        let now = NOW.unix_timestamp() + self.later;
        // Nothing of another type than it should have, and no time that no calendar has.
        let texts = ["azp", "nonce", "scope"]
            .iter()
            .all(|name| claims.get(name).is_none_or(Value::is_string));
        let time = |name: &str| claims.get(name).map(Value::as_i64);
        let known = |at: i64| at < 253_402_300_799 - 29 && at > -377_705_116_800;
        let begun = |name: &str| {
            time(name).is_none_or(|at| at.is_some_and(|at| known(at) && at <= now + 30))
        };
        let times = time("exp")
            .flatten()
            .is_some_and(|at| known(at) && now < at + 30)
            && begun("nbf")
            && begun("iat")
            && time("auth_time").is_none_or(|at| at.is_some());
        let audience: Option<Vec<&str>> = match &claims["aud"] {
            Value::String(one) => Some(vec![one.as_str()]),
            Value::Array(list) => list.iter().map(Value::as_str).collect(),
            _ => None,
        };
        let audience = audience.unwrap_or_default();
        let somebody = claims["sub"] == "auth0|ada";
        let ours = claims["iss"] == stand.tenant.issuer() && times && somebody && texts;
        let of_kind = if self.access {
            audience.contains(&API)
                && claims.get("nonce").is_none()
                && claims.get("at_hash").is_none()
        } else {
            let party = claims.get("azp");
            !audience.is_empty()
                && audience.iter().all(|one| *one == CLIENT)
                && (audience.len() == 1 && party.is_none()
                    || party.is_some_and(|party| party == CLIENT))
                && ["scope", "gty", "nonce"]
                    .iter()
                    .all(|name| claims.get(name).is_none())
                && claims.get("iat").is_some()
                && time("auth_time").is_none_or(|at| at.is_some_and(known))
        };
        self.signer == Signer::InUse && head && ours && of_kind
    }
}

async fn shown(stand: &Stand, case: &Case, token: &str) -> Result<(), &'static str> {
    let now = NOW + Duration::seconds(case.later);
    if case.access {
        stand
            .access_at(token, now)
            .await
            .map(|_| ())
            .map_err(|error| error.code())
    } else {
        stand
            .id_at(token, now)
            .await
            .map(|_| ())
            .map_err(|error| error.code())
    }
}

#[test]
fn nothing_passes_but_what_the_key_in_use_signed_for_us() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let stand = runtime.block_on(async {
        let stand = Stand::usual().await;
        stand
            .access(&Stand::signed(&stand.access_claims()))
            .await
            .expect("the keys are there");
        stand
    });
    let counts = RefCell::new((0_u32, 0_u32));
    run("tokens", 600, &case(), |case| -> TestCaseResult {
        let (signed, written) = case.written(&stand);
        let mut outcome = Ok(());
        let held = most_held(|| outcome = runtime.block_on(shown(&stand, &case, &written)));
        let expected = signed == written && case.passes(&stand);
        prop_assert_eq!(
            outcome.is_ok(),
            expected,
            "{:?}: {:?}, {}",
            outcome,
            case,
            written
        );
        prop_assert!(held < 512 << 10, "{} bytes held", held);
        // What only the time or the claims speak against, the key in use has signed all the same.
        if signed != written {
            prop_assert!(
                matches!(
                    outcome,
                    Err("malformed"
                        | "header"
                        | "signature"
                        | "unknown_key"
                        | "own_key"
                        | "critical"
                        | "kind"
                        | "too_long")
                ),
                "{:?}",
                outcome
            );
        }
        let mut counts = counts.borrow_mut();
        if expected {
            counts.0 += 1;
        } else {
            counts.1 += 1;
        }
        Ok(())
    });
    let (passed, refused) = counts.into_inner();
    assert!(
        passed * 40 > refused,
        "{passed} passed, {refused} were refused: both have to be tried"
    );
}
