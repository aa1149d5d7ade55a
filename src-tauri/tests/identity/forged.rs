//! Forged tokens: each way in is refused, for its own reason, with its own test.

use hopsdesk::identity::tokens::{IdTokenFor, Nonce};
use ring::hmac;
use serde_json::{Value, json};

use crate::identity::tenant::{API, CLIENT, Key, NOW, Stand, encoded, why, with};

#[tokio::test]
async fn tokens_that_are_right_are_accepted() {
    let stand = Stand::usual().await;
    let id = stand
        .id(&Stand::signed(&stand.id_claims()))
        .await
        .expect("an ID token");
    assert_eq!(id.subject.as_str(), "auth0|ada");
    assert_eq!(id.verified_email.as_deref(), Some("ada@firm.example"));
    let access = stand
        .access(&Stand::signed(&stand.access_claims()))
        .await
        .expect("an access token");
    assert!(access.allows("read:usage") && !access.allows("write:usage"));
    let claims: Value = serde_json::from_str(&access.claims).expect("JSON");
    assert_eq!(claims, stand.access_claims(), "all claims are handed on");
    assert_eq!(stand.asked(), 1, "keys are fetched once");
}

#[tokio::test]
async fn alg_none_is_refused_in_all_spellings() {
    let stand = Stand::usual().await;
    for spelling in ["none", "None", "NONE", "nOnE", "none ", "", "null"] {
        let header = json!({"alg": spelling, "typ": "JWT", "kid": "first"}).to_string();
        let message = format!(
            "{}.{}",
            encoded(header.as_bytes()),
            encoded(stand.id_claims().to_string().as_bytes())
        );
        let signature = encoded(&Key::first().sign(message.as_bytes()));
        for token in [
            format!("{message}."),
            format!("{message}.{signature}"),
            format!("{message}.AA"),
        ] {
            assert_eq!(why(stand.id(&token).await), "header", "{spelling}: {token}");
        }
    }
    let header = with(Key::first().header(), "alg", Value::Null);
    let token = Key::first().token(&header, &stand.id_claims());
    assert_eq!(why(stand.id(&token).await), "header", "no alg at all");
}

#[tokio::test]
async fn hs256_with_the_public_key_is_refused() {
    let stand = Stand::usual().await;
    let key = Key::first();
    let header = json!({"alg": "HS256", "typ": "JWT", "kid": key.id}).to_string();
    let message = format!(
        "{}.{}",
        encoded(header.as_bytes()),
        encoded(stand.access_claims().to_string().as_bytes())
    );
    let shared = hmac::Key::new(hmac::HMAC_SHA256, key.public());
    let tag = hmac::sign(&shared, message.as_bytes());
    let token = format!("{message}.{}", encoded(tag.as_ref()));
    assert_eq!(why(stand.access(&token).await), "header");
    // The same tag under an honest-looking header is no signature.
    let honest = key.token(&key.header(), &stand.access_claims());
    let (message, _) = honest.rsplit_once('.').expect("a token");
    let tag = hmac::sign(&shared, message.as_bytes());
    let token = format!("{message}.{}", encoded(tag.as_ref()));
    assert_eq!(why(stand.access(&token).await), "signature");
}

#[tokio::test]
async fn other_algorithms_of_rsa_are_refused() {
    let stand = Stand::usual().await;
    for algorithm in ["RS384", "RS512", "PS256", "ES256", "EdDSA", "rs256"] {
        let header = with(Key::first().header(), "alg", json!(algorithm));
        let token = Key::first().token(&header, &stand.id_claims());
        assert_eq!(why(stand.id(&token).await), "header", "{algorithm}");
    }
}

#[tokio::test]
async fn an_unknown_key_is_refused() {
    let stand = Stand::usual().await;
    let stranger = Key::second();
    let token = stranger.token(&stranger.header(), &stand.id_claims());
    assert_eq!(why(stand.id(&token).await), "unknown_key");
    // Neither does a stranger sign in the name of a known key, nor one without a name in any.
    let token = stranger.token(&Key::first().header(), &stand.id_claims());
    assert_eq!(why(stand.id(&token).await), "signature");
    let nameless = with(Key::first().header(), "kid", Value::Null);
    let token = Key::first().token(&nameless, &stand.id_claims());
    assert_eq!(why(stand.id(&token).await), "unknown_key");
}

#[tokio::test]
async fn a_key_id_that_two_keys_have_is_refused() {
    let twin = with(Key::second().jwk(), "kid", json!("first"));
    let stand = Stand::with(&[Key::first().jwk(), twin]).await;
    let token = Stand::signed(&stand.id_claims());
    assert_eq!(why(stand.id(&token).await), "ambiguous_key");
    let stand = Stand::with(&[Key::first().jwk(), Key::first().jwk()]).await;
    let token = Stand::signed(&stand.id_claims());
    stand.id(&token).await.expect("one key, listed twice");
}

#[tokio::test]
async fn a_header_with_a_field_twice_is_refused() {
    let stand = Stand::usual().await;
    let claims = stand.id_claims().to_string();
    for header in [
        r#"{"alg":"RS256","typ":"JWT","kid":"second","kid":"first"}"#,
        r#"{"alg":"none","alg":"RS256","typ":"JWT","kid":"first"}"#,
    ] {
        let token = Key::first().token_of(header, &claims);
        assert_eq!(why(stand.id(&token).await), "header", "{header}");
    }
}

#[tokio::test]
async fn a_claim_that_stands_there_twice_is_refused() {
    let stand = Stand::usual().await;
    let claims = stand.id_claims().to_string();
    let twice = claims.replacen('{', r#"{"sub":"auth0|root","#, 1);
    let key = Key::first();
    let token = key.token_of(&key.header().to_string(), &twice);
    assert_eq!(why(stand.id(&token).await), "malformed");
}

#[tokio::test]
async fn a_key_in_the_header_is_refused() {
    let stand = Stand::usual().await;
    let stranger = Key::second();
    let header = with(Key::first().header(), "jwk", stranger.jwk());
    let token = stranger.token(&header, &stand.id_claims());
    assert_eq!(why(stand.id(&token).await), "own_key");
    // Not even when it is the tenant's own key.
    let header = with(Key::first().header(), "jwk", Key::first().jwk());
    let token = Key::first().token(&header, &stand.id_claims());
    assert_eq!(why(stand.id(&token).await), "own_key");
}

#[tokio::test]
async fn an_address_of_keys_in_the_header_is_refused_and_not_visited() {
    let stand = Stand::usual().await;
    let elsewhere = Stand::with(&[Key::second().jwk()]).await;
    let address = elsewhere.tenant.at("/.well-known/jwks.json").to_string();
    for field in ["jku", "x5u"] {
        let header = with(Key::second().header(), field, json!(address));
        let token = Key::second().token(&header, &stand.id_claims());
        assert_eq!(why(stand.id(&token).await), "own_key", "{field}");
    }
    assert_eq!(elsewhere.asked(), 0, "nobody went there");
}

#[tokio::test]
async fn a_certificate_in_the_header_is_refused() {
    let stand = Stand::usual().await;
    let header = with(Key::first().header(), "x5c", json!(["MIIB"]));
    let token = Key::first().token(&header, &stand.id_claims());
    assert_eq!(why(stand.id(&token).await), "own_key");
}

#[tokio::test]
async fn a_wrong_audience_is_refused() {
    let stand = Stand::usual().await;
    for audience in [
        json!("another-client"),
        json!(""),
        json!(format!("{CLIENT} ")),
        json!(CLIENT.to_uppercase()),
        Value::Null,
    ] {
        let token = Stand::signed(&with(stand.id_claims(), "aud", audience.clone()));
        assert_eq!(why(stand.id(&token).await), "audience", "{audience}");
    }
    for audience in [
        json!("https://api.example"),
        json!("https://other.example/"),
    ] {
        let token = Stand::signed(&with(stand.access_claims(), "aud", audience.clone()));
        assert_eq!(why(stand.access(&token).await), "audience", "{audience}");
    }
}

#[tokio::test]
async fn an_array_of_audiences_is_refused_where_it_names_others() {
    let stand = Stand::usual().await;
    for audience in [json!([]), json!(["other"]), json!([CLIENT, "other"])] {
        let token = Stand::signed(&with(stand.id_claims(), "aud", audience.clone()));
        assert_eq!(why(stand.id(&token).await), "audience", "{audience}");
    }
    let token = Stand::signed(&with(stand.id_claims(), "aud", json!([CLIENT])));
    stand.id(&token).await.expect("an array of us alone is us");
    for audience in [
        json!([]),
        json!(["other"]),
        json!([[API]]),
        json!({"0": API}),
    ] {
        let token = Stand::signed(&with(stand.access_claims(), "aud", audience.clone()));
        let why = why(stand.access(&token).await);
        assert!(matches!(why, "audience" | "malformed"), "{audience}: {why}");
    }
}

#[tokio::test]
async fn a_token_given_to_another_application_is_refused() {
    let stand = Stand::usual().await;
    let token = Stand::signed(&with(stand.id_claims(), "azp", json!("another-client")));
    assert_eq!(why(stand.id(&token).await), "client");
    let token = Stand::signed(&with(stand.id_claims(), "aud", json!([CLIENT, CLIENT])));
    assert_eq!(why(stand.id(&token).await), "client", "several, and no azp");
    let allowed = ["our-app".to_owned()];
    let wanted = hopsdesk::identity::tokens::AccessTokenFor {
        audience: API,
        clients: &allowed,
    };
    for party in [json!("some-app"), Value::Null] {
        let token = Stand::signed(&with(stand.access_claims(), "azp", party));
        let outcome = stand.verifier.access_token(&token, wanted, NOW).await;
        assert_eq!(why(outcome), "client");
    }
}

#[tokio::test]
async fn an_issuer_without_its_slash_is_refused() {
    let stand = Stand::usual().await;
    let bare = stand.tenant.issuer().trim_end_matches('/').to_owned();
    for issuer in [
        json!(bare),
        json!(format!("{bare}//")),
        json!(bare.to_uppercase() + "/"),
        Value::Null,
    ] {
        let token = Stand::signed(&with(stand.id_claims(), "iss", issuer.clone()));
        assert_eq!(why(stand.id(&token).await), "issuer", "{issuer}");
    }
}

#[tokio::test]
async fn a_token_of_another_tenant_is_refused() {
    let stand = Stand::usual().await;
    // Another tenant of the same provider, whose key even has the same id.
    let other = Stand::with(&[with(Key::second().jwk(), "kid", json!("first"))]).await;
    let token = Key::second().token(&Key::first().header(), &other.id_claims());
    assert_eq!(why(stand.id(&token).await), "signature");
    // One that shares its keys is told by the issuer.
    let token = Stand::signed(&other.id_claims());
    assert_eq!(why(stand.id(&token).await), "issuer");
}

#[tokio::test]
async fn an_access_token_is_no_id_token() {
    let stand = Stand::usual().await;
    let token = Stand::signed(&stand.access_claims());
    assert_eq!(why(stand.id(&token).await), "audience");
    // Not even where an API has the client's id for its name.
    let claims = with(stand.access_claims(), "aud", json!(CLIENT));
    assert_eq!(why(stand.id(&Stand::signed(&claims)).await), "kind");
    let header = with(Key::first().header(), "typ", json!("at+jwt"));
    let token = Key::first().token(&header, &stand.id_claims());
    assert_eq!(why(stand.id(&token).await), "kind");
    let header = with(Key::first().header(), "typ", json!("application/AT+JWT"));
    let token = Key::first().token(&header, &stand.access_claims());
    stand.access(&token).await.expect("RFC 9068");
}

#[tokio::test]
async fn an_id_token_is_no_access_token() {
    let stand = Stand::usual().await;
    let token = Stand::signed(&stand.id_claims());
    assert_eq!(why(stand.access(&token).await), "audience");
    for mark in ["nonce", "at_hash", "c_hash", "s_hash"] {
        let claims = with(stand.id_claims(), "aud", json!(API));
        let claims = with(claims, mark, json!("x"));
        let outcome = stand.access(&Stand::signed(&claims)).await;
        assert_eq!(why(outcome), "kind", "{mark}");
    }
}

#[tokio::test]
async fn something_else_that_the_tenant_signed_is_refused() {
    let stand = Stand::usual().await;
    for kind in ["logout+jwt", "dpop+jwt", "secevent+jwt", "JOSE"] {
        let header = with(Key::first().header(), "typ", json!(kind));
        let token = Key::first().token(&header, &stand.id_claims());
        assert_eq!(why(stand.id(&token).await), "kind", "{kind}");
        let token = Key::first().token(&header, &stand.access_claims());
        assert_eq!(why(stand.access(&token).await), "kind", "{kind}");
    }
}

#[tokio::test]
async fn an_empty_signature_is_refused() {
    let stand = Stand::usual().await;
    let token = Stand::signed(&stand.id_claims());
    let (message, signature) = token.rsplit_once('.').expect("a token");
    assert_eq!(why(stand.id(&format!("{message}.")).await), "signature");
    assert_eq!(why(stand.id(message).await), "malformed", "two parts");
    assert_eq!(
        why(stand.id(&format!("{message}.{signature}.")).await),
        "header",
        "four parts"
    );
}

#[tokio::test]
async fn a_changed_token_is_refused() {
    let stand = Stand::usual().await;
    let token = Stand::signed(&stand.id_claims());
    let (message, signature) = token.rsplit_once('.').expect("a token");
    let (header, _) = message.split_once('.').expect("a token");
    let claims = with(stand.id_claims(), "sub", json!("auth0|root"));
    let changed = encoded(claims.to_string().as_bytes());
    let outcome = stand.id(&format!("{header}.{changed}.{signature}")).await;
    assert_eq!(why(outcome), "signature");
    // The same signature in another spelling of base64 is another token.
    for spelled in [
        format!("{token}="),
        format!("{token}\n"),
        format!(" {token}"),
    ] {
        let why = why(stand.id(&spelled).await);
        assert!(matches!(why, "malformed" | "header"), "{spelled:?}: {why}");
    }
}

#[tokio::test]
async fn critical_extensions_are_refused() {
    let stand = Stand::usual().await;
    for wanted in [json!(["exp"]), json!(["b64"]), json!([])] {
        let header = with(Key::first().header(), "crit", wanted.clone());
        let token = Key::first().token(&header, &stand.id_claims());
        assert_eq!(why(stand.id(&token).await), "critical", "{wanted}");
    }
}

#[tokio::test]
async fn an_oversized_token_is_refused_unread() {
    let stand = Stand::usual().await;
    let claims = with(stand.id_claims(), "name", json!("x".repeat(16 << 10)));
    assert_eq!(why(stand.id(&Stand::signed(&claims)).await), "too_long");
    assert_eq!(stand.asked(), 0, "its key was not looked for");
}

#[tokio::test]
async fn what_is_no_token_is_refused() {
    let stand = Stand::usual().await;
    for text in [
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        "Bearer x",
        "\u{1f511}.\u{1f511}.\u{1f511}",
    ] {
        let why = why(stand.access(text).await);
        assert!(matches!(why, "malformed" | "header"), "{text:?}: {why}");
    }
    assert_eq!(stand.asked(), 0, "nobody's keys were looked for");
}

#[tokio::test]
async fn a_token_of_nobody_is_refused() {
    let stand = Stand::usual().await;
    for subject in [
        Value::Null,
        json!(""),
        json!("  "),
        json!(" auth0|ada"),
        json!("a\0b"),
    ] {
        let token = Stand::signed(&with(stand.access_claims(), "sub", subject.clone()));
        assert_eq!(why(stand.access(&token).await), "subject", "{subject}");
    }
}

#[tokio::test]
async fn an_id_token_of_another_sign_in_is_refused() {
    let stand = Stand::usual().await;
    let ours = IdTokenFor {
        client_id: CLIENT,
        nonce: Nonce::Is("ours"),
    };
    for nonce in [json!("theirs"), Value::Null, json!("")] {
        let token = Stand::signed(&with(stand.id_claims(), "nonce", nonce));
        let outcome = stand.verifier.id_token(&token, ours, NOW).await;
        assert_eq!(why(outcome), "nonce");
    }
    let token = Stand::signed(&with(stand.id_claims(), "nonce", json!("ours")));
    let outcome = stand.verifier.id_token(&token, ours, NOW).await;
    outcome.expect("ours");
    assert_eq!(why(stand.id(&token).await), "nonce", "none was sent");
}
