//! The user API: whose rows somebody is answered with, what is refused, and what a sign-in does.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use hopsdesk::domain::clock::Clock as _;
use hopsdesk::identity::http::{Patience, client};
use hopsdesk::identity::jwks::Jwks;
use hopsdesk::identity::tenant::Tenant;
use hopsdesk::identity::tokens::TokenVerifier;
use hopsdesk::receiver::limits::Limits;
use hopsdesk::usecases::recognise_customer::CustomerApi;
use reqwest::header::HeaderMap;
use ring::hmac;
use serde_json::{Value, json};

use super::running::{RealClock, Running};
use crate::support::database::{Kind, TestDatabase};
use crate::support::install_tls;
use crate::tenant::{Key, encoded, with};

const API: &str = "https://api.example/";
const APP: &str = "the-app";

/// A tenant on loopback, a database, and a receiver that answers its customers.
pub(super) struct Stand {
    tenant: Tenant,
    pub(super) said: Arc<Mutex<Value>>,
    pub(super) gate: Arc<Gate>,
    pub(super) database: TestDatabase,
    pub(super) receiver: Running,
}

/// Before `/userinfo`: whoever holds it has the tenant take its time.
#[derive(Default)]
pub(super) struct Gate {
    pub(super) held: tokio::sync::Mutex<()>,
    /// Somebody stands before it.
    pub(super) asked: tokio::sync::Notify,
}

pub(super) struct Said {
    pub(super) status: u16,
    headers: HeaderMap,
    pub(super) body: Value,
}

impl Stand {
    pub(super) async fn new(kind: Kind) -> Self {
        Self::bounded(kind, Limits::default()).await
    }

    pub(super) async fn bounded(kind: Kind, limits: Limits) -> Self {
        install_tls();
        let said = Arc::new(Mutex::new(Value::Null));
        let gate = Arc::<Gate>::default();
        let tenant = serve_tenant(Arc::clone(&said), Arc::clone(&gate)).await;
        let http = client(&tenant, Patience::default()).expect("a client");
        let database = TestDatabase::new(kind).await;
        let api = CustomerApi {
            verifier: TokenVerifier::new(Jwks::new(http.clone(), tenant.clone())),
            tenant: tenant.clone(),
            client: http,
            audience: API.to_owned(),
            client_id: Some(APP.to_owned()),
            scope: None,
        };
        let receiver = Running::answering(database.store(), limits, Some(api)).await;
        Self {
            tenant,
            said,
            gate,
            database,
            receiver,
        }
    }

    fn claims(&self, sub: &str) -> Value {
        let now = RealClock.now().unix_timestamp();
        json!({
            "iss": self.tenant.issuer(), "sub": sub, "azp": APP,
            "aud": [API, format!("{}userinfo", self.tenant.issuer())],
            "iat": now - 10, "exp": now + 3600, "scope": "openid profile email", "role": "authenticated",
        })
    }

    pub(super) fn id_token(&self, sub: &str, email: &str, at: i64) -> String {
        self.id_token_of(sub, email, true, at)
    }

    pub(super) fn id_token_of(&self, sub: &str, email: &str, verified: bool, at: i64) -> String {
        let claims = json!({
            "iss": self.tenant.issuer(), "sub": sub, "aud": APP, "iat": at, "exp": at + 36000,
            "email": email, "email_verified": verified, "name": "Ada Example",
        });
        Key::first().token(&Key::first().header(), &claims)
    }

    pub(super) fn token(&self, sub: &str) -> String {
        Key::first().token(&Key::first().header(), &self.claims(sub))
    }

    pub(super) async fn get(&self, path: &str, token: &str) -> Said {
        let request = reqwest::Client::new().get(self.receiver.url(path));
        said(request.bearer_auth(token)).await
    }

    pub(super) async fn sync(&self, token: &str, body: &Value) -> Said {
        let request = reqwest::Client::new().post(self.receiver.url("/api/auth/sync-user"));
        said(request.bearer_auth(token).json(body)).await
    }
}

async fn said(request: reqwest::RequestBuilder) -> Said {
    let response = request.send().await.expect("an answer");
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    let bytes = response.bytes().await.expect("a body");
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    Said {
        status,
        headers,
        body,
    }
}

async fn serve_tenant(said: Arc<Mutex<Value>>, gate: Arc<Gate>) -> Tenant {
    let keys = json!({ "keys": [Key::first().jwk()] });
    let router = Router::new()
        .route(
            "/.well-known/jwks.json",
            get(move || async move { axum::Json(keys) }),
        )
        .route(
            "/userinfo",
            get(|State(said): State<Arc<Mutex<Value>>>| async move {
                gate.asked.notify_one();
                drop(gate.held.lock().await);
                axum::Json(said.lock().expect("nobody panicked").clone())
            }),
        )
        .with_state(said);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    Tenant::parse(&format!("http://{address}")).expect("a tenant")
}

const PEOPLE: &str = "
    insert into public.users (id, email, billing_mode) values
      ('auth0|ada', 'ada@firm.example', 'prepaid'), ('auth0|bob', 'bob@firm.example', 'postpaid');
    insert into public.usage_daily (user_id, account_owner_id, date, cpu_hours, gpu_hours, total_cost)
      select u, u, current_date - d, 1.000000000000000001, 0, case u when 'auth0|ada' then 0.1 else 1000 end
      from unnest(array['auth0|ada', 'auth0|bob']) as u cross join generate_series(0, 399) as d;
    insert into public.user_credits (user_id, total_purchased, total_used, free_credits_granted, free_credits_used)
      values ('auth0|ada', 10.5, 4, 1, 1), ('auth0|bob', 7000, 0, 0, 0);
    insert into public.billing_history (user_id, invoice_id, amount, status, paid_at)
      values ('auth0|ada', 'in_ada', 25.5, 'paid', now()), ('auth0|bob', 'in_bob', 7777, 'paid', now());
    insert into public.instances (user_id, instance_name, hopsworks_url, status)
      values ('auth0|ada', 'ada-1', 'https://ada.example', 'active')";

#[tokio::test]
async fn everybody_is_answered_with_their_own_and_nothing_else() {
    let stand = Stand::new(Kind::Managed).await;
    stand.database.psql(PEOPLE);
    let ada = stand.token("auth0|ada");
    let usage = stand.get("/api/usage", &ada).await;
    assert_eq!(usage.status, 200, "{}", usage.body);
    let today = stand
        .database
        .psql("select (now() at time zone 'UTC')::date");
    assert_eq!(usage.body["days"][0]["date"], today);
    assert_eq!(
        usage.body["days"][0]["cpu_hours"], "1.000000000000000001",
        "every digit"
    );
    assert_eq!(
        usage.body["previous_months"].as_array().map(Vec::len),
        Some(11)
    );
    let cost = stand.database.psql(
        "select trim_scale(sum(total_cost)) from public.usage_daily
         where user_id = 'auth0|ada' and date >= date_trunc('month', now() at time zone 'UTC')",
    );
    assert_eq!(usage.body["current_month"]["total_cost"], cost);
    let month = stand
        .database
        .psql("select to_char(current_date - 390, 'YYYY-MM')");
    let old = stand.get(&format!("/api/usage?month={month}"), &ada).await;
    assert_eq!(old.body["month"], month);
    assert!(!old.body["days"].as_array().expect("days").is_empty());
    let billing = stand.get("/api/billing", &ada).await;
    assert_eq!(billing.body["credits"]["balance"], "6.5");
    assert_eq!(billing.body["history"][0]["number"], "in_ada");
    assert_eq!(billing.body["plan"], "prepaid");
    let instance = stand.get("/api/instance", &ada).await;
    assert_eq!(instance.body["instance"]["url"], "https://ada.example");
    for answer in [usage, old, billing, instance] {
        let text = answer.body.to_string();
        assert!(!text.contains("bob") && !text.contains("7777"), "{text}");
        assert_eq!(answer.headers["cache-control"], "private, no-cache");
    }
}

#[tokio::test]
async fn whoever_is_new_gets_zeros_and_empty_lists() {
    for kind in [Kind::Managed, Kind::ManagedOldGrants] {
        let stand = Stand::new(kind).await;
        let token = stand.token("auth0|nobody");
        let usage = stand.get("/api/usage", &token).await;
        assert_eq!(usage.status, 200, "{}", usage.body);
        assert_eq!(usage.body["current_month"]["total_cost"], "0");
        assert_eq!(usage.body["days"], json!([]));
        let billing = stand.get("/api/billing", &token).await;
        assert_eq!(billing.body["credits"]["balance"], "0");
        assert_eq!(billing.body["history"], json!([]));
        let instance = stand.get("/api/instance", &token).await;
        assert_eq!(instance.body["instance"], Value::Null);
        assert_eq!(instance.body["projects"], json!([]));
    }
}

#[tokio::test]
async fn forged_tokens_are_refused() {
    let stand = Stand::new(Kind::Managed).await;
    let (key, other) = (Key::first(), Key::second());
    let claims = stand.claims("auth0|ada");
    let now = RealClock.now().unix_timestamp();
    let unsigned = |algorithm: &str| {
        let header = json!({"alg": algorithm, "typ": "JWT", "kid": "first"}).to_string();
        format!(
            "{}.{}",
            encoded(header.as_bytes()),
            encoded(claims.to_string().as_bytes())
        )
    };
    let hs256 = {
        let message = unsigned("HS256");
        let tag = hmac::sign(
            &hmac::Key::new(hmac::HMAC_SHA256, key.public()),
            message.as_bytes(),
        );
        format!("{message}.{}", encoded(tag.as_ref()))
    };
    let head = |name: &str, value: Value| key.token(&with(key.header(), name, value), &claims);
    let claim =
        |name: &str, value: Value| key.token(&key.header(), &with(claims.clone(), name, value));
    let forged = [
        ("alg none", format!("{}.", unsigned("none"))),
        ("alg NonE", format!("{}.AA", unsigned("NonE"))),
        ("HS256 with the public key", hs256),
        ("an unknown kid", other.token(&other.header(), &claims)),
        (
            "another key under our kid",
            other.token(&key.header(), &claims),
        ),
        ("no kid", head("kid", Value::Null)),
        ("an embedded jwk", head("jwk", other.jwk())),
        (
            "a jku",
            head("jku", json!("https://evil.example/jwks.json")),
        ),
        ("an x5u", head("x5u", json!("https://evil.example/x5u"))),
        ("crit", head("crit", json!(["exp"]))),
        (
            "another audience",
            claim("aud", json!("https://other.example/")),
        ),
        (
            "an array of other audiences",
            claim("aud", json!(["a", "b"])),
        ),
        (
            "iss without the slash",
            claim("iss", json!(stand.tenant.issuer().trim_end_matches('/'))),
        ),
        (
            "another tenant's",
            claim("iss", json!("https://other.eu.auth0.com/")),
        ),
        ("expired", claim("exp", json!(now - 600))),
        ("not yet valid", claim("nbf", json!(now + 600))),
        (
            "an ID token",
            stand.id_token("auth0|ada", "ada@firm.example", now - 5),
        ),
        ("an empty signature", format!("{}.", unsigned("RS256"))),
        (
            "oversized",
            format!("{}{}", stand.token("auth0|ada"), "A".repeat(20_000)),
        ),
        ("no subject", claim("sub", Value::Null)),
        ("nonsense", "nonsense".to_owned()),
    ];
    for (why, token) in forged {
        // Each from a receiver's point of view its own failure; the limit of failures has a test of its own.
        let answer = stand.get("/api/usage", &token).await;
        assert!(matches!(answer.status, 401 | 429), "{why}: {}", answer.body);
        assert!(answer.headers.contains_key("www-authenticate"), "{why}");
        assert_ne!(answer.body["code"], "unexpected", "{why}");
    }
    let answer = stand.get("/api/usage", &stand.token("auth0|ada")).await;
    assert_eq!(
        answer.status, 200,
        "whoever has a right one is let in all the same"
    );
    let bare = said(reqwest::Client::new().get(stand.receiver.url("/api/usage"))).await;
    assert!(matches!(bare.status, 401 | 429));
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let stand = Stand::new(Kind::Managed).await;
    stand.database.psql(PEOPLE);
    let token = stand.token("auth0|ada");
    let first = stand.get("/api/billing", &token).await;
    let tag = first.headers["etag"].clone();
    let again = || {
        let request = reqwest::Client::new().get(stand.receiver.url("/api/billing"));
        said(
            request
                .bearer_auth(&token)
                .header("If-None-Match", tag.clone()),
        )
    };
    assert_eq!(again().await.status, 304);
    stand
        .database
        .psql("update public.user_credits set total_used = 5 where user_id = 'auth0|ada'");
    let changed = again().await;
    assert_eq!(changed.status, 200);
    assert_eq!(changed.body["credits"]["balance"], "5.5");
}

#[tokio::test]
async fn only_pages_of_origins_on_the_list_may_ask() {
    let stand = Stand::new(Kind::Managed).await;
    let preflight = |origin: &'static str| {
        let request = reqwest::Client::new()
            .request(reqwest::Method::OPTIONS, stand.receiver.url("/api/usage"))
            .header("Origin", origin)
            .header("Access-Control-Request-Method", "GET")
            .header("Access-Control-Request-Headers", "authorization");
        said(request)
    };
    let ours = preflight("https://app.example.com").await;
    assert_eq!(
        ours.headers["access-control-allow-origin"],
        "https://app.example.com"
    );
    let theirs = preflight("https://evil.example").await;
    assert!(!theirs.headers.contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn without_row_level_security_nobody_is_answered_and_it_is_said_why() {
    let stand = Stand::new(Kind::Managed).await;
    stand.database.psql(PEOPLE);
    stand
        .database
        .psql("alter table public.usage_daily disable row level security");
    let token = stand.token("auth0|ada");
    for path in ["/api/usage", "/api/billing", "/api/instance"] {
        let answer = stand.get(path, &token).await;
        assert_eq!(
            (answer.status, answer.body["code"].as_str()),
            (503, Some("rows_unprotected"))
        );
    }
    let why = stand.database.psql("select console.customers_refused()");
    assert!(
        why.starts_with("Row level security is off on usage_daily"),
        "{why}"
    );
}

#[tokio::test]
async fn policies_hold_even_where_the_filter_would_not() {
    let stand = Stand::new(Kind::Managed).await;
    stand.database.psql(PEOPLE);
    // The function of another customer, asked with the claims of this one, filters by the claims; so here the
    // policy alone is asked, as the role that the functions run as.
    let seen = stand.database.psql(
        "begin; set local role console_as_customer;
         select set_config('request.jwt.claims', '{\"sub\": \"auth0|ada\", \"role\": \"authenticated\"}', true) is null;
         select string_agg(distinct user_id, ' ') from console.own_usage_daily; commit",
    );
    assert_eq!(seen, "f\nauth0|ada");
}

#[tokio::test]
async fn the_description_is_made_of_the_code() {
    let stand = Stand::new(Kind::Managed).await;
    let document = said(reqwest::Client::new().get(stand.receiver.url("/openapi.json"))).await;
    assert_eq!(document.status, 200);
    let paths: Vec<_> = document.body["paths"]
        .as_object()
        .expect("paths")
        .keys()
        .cloned()
        .collect();
    assert_eq!(
        paths,
        [
            "/api/auth/sync-user",
            "/api/billing",
            "/api/instance",
            "/api/usage",
            "/api/webhooks/auth0",
            "/api/webhooks/stripe",
        ]
    );
    insta::assert_json_snapshot!("openapi", document.body);
}
