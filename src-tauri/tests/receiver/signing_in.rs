//! `POST /api/auth/sync-user`: a sign-in makes or completes a user, counts once, and believes nobody but the tenant.

use hopsdesk::domain::clock::Clock as _;
use hopsdesk::receiver::limits::Limits;
use serde_json::json;

use super::customers::Stand;
use super::running::{RealClock, registration, until};
use crate::support::database::Kind;

#[tokio::test]
async fn a_sign_in_makes_a_user_counts_once_and_takes_up_an_invitation() {
    let stand = Stand::new(Kind::Managed).await;
    stand.database.psql(
        "insert into public.users (id, email) values ('auth0|owner', 'owner@firm.example');
         insert into public.team_invites (account_owner_id, email, token, created_at, expires_at)
         values ('auth0|owner', 'Ada@Firm.example', repeat('t', 32), now(), now() + interval '1 day')",
    );
    let now = RealClock.now().unix_timestamp();
    let token = stand.token("auth0|ada");
    let body = json!({"id_token": stand.id_token("auth0|ada", "ada@firm.example", now - 60), "email": "evil@x.example"});
    let first = stand.sync(&token, &body).await;
    assert_eq!(first.status, 200, "{}", first.body);
    assert_eq!(
        first.body["email"], "ada@firm.example",
        "never from the body"
    );
    assert_eq!(first.body["joined_team"], true);
    assert_eq!(first.body["account_owner_id"], "auth0|owner");
    assert_eq!(first.body["login_count"], 1);
    let again = stand.sync(&token, &body).await;
    assert_eq!(again.body["login_count"], 1, "one sign-in, shown twice");
    assert_eq!(again.body["joined_team"], false);
    let later = json!({"id_token": stand.id_token("auth0|ada", "ada@firm.example", now - 30)});
    assert_eq!(stand.sync(&token, &later).await.body["login_count"], 2);
    assert_eq!(
        stand
            .database
            .psql("select action || ' ' || chain from console.audit where subject = 'auth0|ada'"),
        "accept_invite system"
    );
    let other = json!({"id_token": stand.id_token("auth0|bob", "bob@firm.example", now - 30)});
    let stolen = stand.sync(&token, &other).await;
    assert_eq!(
        (stolen.status, stolen.body["code"].as_str()),
        (403, Some("not_yours"))
    );
    let theirs = json!({"id_token": stand.id_token("google|ada", "ADA@firm.example", now - 30)});
    let held = stand.sync(&stand.token("google|ada"), &theirs).await;
    assert_eq!(
        (held.status, held.body["code"].as_str()),
        (409, Some("email_taken"))
    );
}

#[tokio::test]
async fn whoever_has_not_verified_their_address_yet_has_signed_in_all_the_same() {
    let stand = Stand::new(Kind::Managed).await;
    stand.database.psql(
        "insert into public.users (id, email) values ('auth0|ada', 'ada@firm.example'), ('auth0|owner', 'owner@firm.example');
         insert into public.team_invites (account_owner_id, email, token, created_at, expires_at)
         values ('auth0|owner', 'ada@firm.example', repeat('t', 32), now(), now() + interval '1 day')",
    );
    let now = RealClock.now().unix_timestamp();
    let token = stand.token("auth0|ada");
    let unverified = |sub: &str, email: &str, at: i64| json!({"id_token": stand.id_token_of(sub, email, false, at)});
    for _ in 0..2 {
        let known = stand
            .sync(&token, &unverified("auth0|ada", "evil@x.example", now - 60))
            .await;
        assert_eq!(known.status, 200, "{}", known.body);
        assert_eq!(known.body["login_count"], 1, "once");
        assert_eq!(known.body["email"], "ada@firm.example");
        assert_eq!(known.body["joined_team"], false, "nothing is proved");
    }
    // Of whoever never registered here the tenant tells the address.
    let token = stand.token("auth0|new");
    let body = unverified("auth0|new", "new@firm.example", now - 60);
    *stand.said.lock().expect("nobody panicked") = json!({"sub": "auth0|new"});
    assert_eq!(stand.sync(&token, &body).await.status, 400);
    *stand.said.lock().expect("nobody panicked") =
        json!({"sub": "auth0|new", "email": "new@firm.example", "email_verified": false});
    let made = stand.sync(&token, &body).await;
    assert_eq!(made.status, 200, "{}", made.body);
    assert_eq!(made.body["login_count"], 1);
    assert_eq!(made.body["email"], "new@firm.example");
}

#[tokio::test]
async fn without_an_id_token_the_tenant_is_asked() {
    let stand = Stand::new(Kind::Managed).await;
    let token = stand.token("auth0|ada");
    *stand.said.lock().expect("nobody panicked") = json!({"sub": "auth0|ada", "email": "ada@firm.example", "email_verified": true, "name": "Ada"});
    for body in [json!(null), json!({})] {
        let answer = stand.sync(&token, &body).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.body["name"], "Ada");
    }
    *stand.said.lock().expect("nobody panicked") =
        json!({"sub": "auth0|bob", "email": "bob@firm.example", "email_verified": true});
    assert_eq!(stand.sync(&token, &json!({})).await.status, 403);
    *stand.said.lock().expect("nobody panicked") = json!({"sub": "auth0|ada"});
    assert_eq!(stand.sync(&token, &json!({})).await.status, 400);
}

#[tokio::test]
async fn while_the_tenant_takes_its_time_nobody_else_waits_for_it() {
    let limits = Limits {
        at_once: 1,
        ..Limits::default()
    };
    let stand = Stand::bounded(Kind::Managed, limits).await;
    let token = stand.token("auth0|ada");
    *stand.said.lock().expect("nobody panicked") =
        json!({"sub": "auth0|ada", "email": "ada@firm.example", "email_verified": true});
    let held = stand.gate.held.lock().await;
    let others = async {
        stand.gate.asked.notified().await;
        let usage = stand.get("/api/usage", &token).await;
        assert_eq!(usage.status, 200, "{}", usage.body);
        drop(held);
    };
    let body = json!({});
    let (synced, ()) = tokio::join!(stand.sync(&token, &body), others);
    assert_eq!(synced.status, 200, "{}", synced.body);
}

#[tokio::test]
async fn sign_in_and_webhook_may_race() {
    let stand = Stand::new(Kind::Managed).await;
    let now = RealClock.now().unix_timestamp();
    for n in 0..8 {
        let sub = format!("auth0|r{n}");
        let token = stand.token(&sub);
        let body =
            json!({"id_token": stand.id_token(&sub, &format!("r{n}@example.com"), now - 60)});
        let hook = registration(&format!("r{n}"));
        let (synced, hooked) =
            tokio::join!(stand.sync(&token, &body), stand.receiver.register(&hook));
        assert_eq!(
            (synced.status, hooked.status),
            (200, 200),
            "{}",
            synced.body
        );
    }
    until(
        &stand.database,
        "select count(*) from console.inbox where state <> 'done'",
        "0",
    )
    .await;
    assert_eq!(
        stand.database.psql("select count(*), min(login_count), max(login_count), min(registration_source) from public.users"),
        "8|1|1|auth0"
    );
}
