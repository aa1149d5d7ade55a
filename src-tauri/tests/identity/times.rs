//! When a token is valid, to the second.

use serde_json::{Value, json};
use time::Duration;

use crate::identity::tenant::{NOW, Stand, why, with};

#[tokio::test]
async fn an_expired_token_is_refused_after_the_leeway() {
    let stand = Stand::usual().await;
    let at = |seconds: i64| json!((NOW + Duration::seconds(seconds)).unix_timestamp());
    let token = Stand::signed(&with(stand.id_claims(), "exp", at(-29)));
    stand.id(&token).await.expect("clocks differ a little");
    for seconds in [-30, -31, -86_400] {
        let token = Stand::signed(&with(stand.id_claims(), "exp", at(seconds)));
        assert_eq!(why(stand.id(&token).await), "expired", "{seconds} s");
        let token = Stand::signed(&with(stand.access_claims(), "exp", at(seconds)));
        assert_eq!(why(stand.access(&token).await), "expired", "{seconds} s");
    }
}

#[tokio::test]
async fn a_token_that_is_not_valid_yet_is_refused() {
    let stand = Stand::usual().await;
    for claim in ["nbf", "iat"] {
        let at = |seconds: i64| json!((NOW + Duration::seconds(seconds)).unix_timestamp());
        let token = Stand::signed(&with(stand.id_claims(), claim, at(30)));
        stand.id(&token).await.expect("clocks differ a little");
        let token = Stand::signed(&with(stand.id_claims(), claim, at(31)));
        assert_eq!(why(stand.id(&token).await), "not_yet", "{claim}");
    }
}

#[tokio::test]
async fn a_token_without_its_times_is_refused() {
    let stand = Stand::usual().await;
    for (claim, odd) in [
        ("exp", Value::Null),
        ("iat", Value::Null),
        ("exp", json!("tomorrow")),
        ("exp", json!(i64::MAX)),
        ("exp", json!(1.5e300)),
        ("nbf", json!(i64::MIN)),
    ] {
        let token = Stand::signed(&with(stand.id_claims(), claim, odd.clone()));
        assert_eq!(why(stand.id(&token).await), "malformed", "{claim} {odd}");
    }
}
