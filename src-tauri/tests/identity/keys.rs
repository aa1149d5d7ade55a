//! The tenant's keys: kept, rotated, and served on while the tenant is away.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use serde_json::json;
use time::Duration as Span;

use crate::identity::tenant::{Key, Mood, NOW, Stand, why, with};

#[tokio::test]
async fn a_key_that_is_new_is_fetched_once_and_an_old_one_goes() {
    let stand = Stand::usual().await;
    let old = Stand::signed(&stand.access_claims());
    stand.access(&old).await.expect("the first key");
    let new = Key::second();
    let token = new.token(&new.header(), &stand.access_claims());
    // Rotated in the middle of a run: the new key is found on its first token.
    stand.has_keys(&[Key::second().jwk()]);
    let later = NOW + Span::minutes(1);
    stand.access_at(&token, later).await.expect("the new key");
    assert_eq!(stand.asked(), 2);
    assert_eq!(why(stand.access_at(&old, later).await), "unknown_key");
    assert_eq!(stand.asked(), 2, "it was looked for a moment ago");
}

#[tokio::test]
async fn invented_key_ids_make_one_request_in_half_a_minute() {
    let stand = Stand::usual().await;
    let invented = |number: usize| {
        let header = with(Key::first().header(), "kid", json!(format!("no-{number}")));
        Key::first().token(&header, &stand.access_claims())
    };
    for (seconds, asked) in [(0, 1), (29, 1), (30, 2), (59, 2)] {
        let then = NOW + Span::seconds(seconds);
        for number in 0..50 {
            let outcome = stand.access_at(&invented(number), then).await;
            assert_eq!(why(outcome), "unknown_key");
        }
        assert_eq!(stand.asked(), asked, "after {seconds} s");
    }
}

#[tokio::test]
async fn many_at_once_share_one_fetch() {
    let stand = Stand::usual().await;
    let token = Stand::signed(&stand.access_claims());
    let all = (0..32).map(|_| stand.access(&token));
    for outcome in futures_util::future::join_all(all).await {
        outcome.expect("accepted");
    }
    assert_eq!(stand.asked(), 1);
}

#[tokio::test]
async fn while_the_tenant_is_down_known_keys_serve_for_a_day_and_no_longer() {
    let stand = Stand::impatient().await;
    let claims = with(
        stand.access_claims(),
        "exp",
        json!((NOW + Span::days(9)).unix_timestamp()),
    );
    let token = Stand::signed(&claims);
    stand.access(&token).await.expect("the first key");
    for mood in [
        Mood::Says(StatusCode::SERVICE_UNAVAILABLE, String::new()),
        Mood::Says(StatusCode::OK, "<html>maintenance</html>".to_owned()),
        Mood::Says(StatusCode::OK, " ".repeat(300 << 10)),
        Mood::Sleeps,
    ] {
        stand.becomes(mood);
        for hours in [1, 12, 23] {
            let later = NOW + Span::hours(hours);
            stand.access_at(&token, later).await.expect("known");
        }
        let too_late = NOW + Span::hours(24);
        let outcome = stand.access_at(&token, too_late).await;
        assert!(outcome.expect_err("too old").is_unavailable());
    }
    stand.has_keys(&[Key::first().jwk()]);
    let again = NOW + Span::hours(24) + Span::seconds(6);
    stand.access_at(&token, again).await.expect("it is back");
}

#[tokio::test]
async fn a_slow_tenant_keeps_nobody_waiting_whose_key_is_known() {
    let stand = Stand::usual().await;
    let token = Stand::signed(&stand.access_claims());
    stand.access(&token).await.expect("the first key");
    stand.becomes(Mood::Sleeps);
    let began = started();
    let later = NOW + Span::minutes(20);
    for _ in 0..20 {
        stand.access_at(&token, later).await.expect("known");
    }
    assert!(began.elapsed() < Duration::from_secs(5), "nobody waits");
}

#[tokio::test]
async fn without_keys_a_tenant_that_is_down_or_slow_is_no_fault_of_the_token() {
    for mood in [
        Mood::Says(StatusCode::BAD_GATEWAY, String::new()),
        Mood::Says(StatusCode::FOUND, String::new()),
        Mood::Sleeps,
    ] {
        let stand = Stand::impatient().await;
        stand.becomes(mood);
        let token = Stand::signed(&stand.access_claims());
        let began = started();
        for _ in 0..20 {
            let outcome = stand.access(&token).await;
            assert!(outcome.expect_err("no keys").is_unavailable());
        }
        assert_eq!(stand.asked(), 1, "it is not asked again at once");
        assert!(began.elapsed() < Duration::from_secs(10), "there is an end");
    }
}

#[tokio::test]
async fn keys_of_other_kinds_are_passed_over() {
    let stand = Stand::with(&[
        json!({"kty": "EC", "crv": "P-256", "kid": "first", "x": "AA", "y": "AA"}),
        json!({"kty": "RSA", "kid": "first"}),
        json!({"kty": "made up", "kid": "first", "key_ops": ["dance"]}),
        json!("no key at all"),
        with(Key::second().jwk(), "use", json!("enc")),
        with(Key::second().jwk(), "alg", json!("RS512")),
        with(Key::second().jwk(), "n", json!("AQAB")),
        Key::first().jwk(),
    ])
    .await;
    let token = Stand::signed(&stand.access_claims());
    stand.access(&token).await.expect("the first key");
    let second = Key::second();
    let token = second.token(&second.header(), &stand.access_claims());
    assert_eq!(
        why(stand.access(&token).await),
        "signature",
        "too short a key"
    );
}

#[expect(clippy::disallowed_methods, reason = "the test measures real time")]
fn started() -> Instant {
    Instant::now()
}
