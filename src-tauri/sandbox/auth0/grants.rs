//! What the stand-in gives tokens for.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use serde_json::json;

use crate::sandbox::auth0::routes::{Fields, fields, of, refuse};
use crate::sandbox::auth0::{CLIENT_ID, Decision, Refresh, SimulatedAuth0};

const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";

pub(super) async fn token(State(tenant): State<SimulatedAuth0>, body: String) -> Response {
    let asked = fields(&body);
    if of(&asked, "grant_type") == "client_credentials" {
        let granted = tenant.for_client(&asked);
        return granted.unwrap_or_else(|(status, code)| refuse(status, code));
    }
    if of(&asked, "client_id") != CLIENT_ID {
        return refuse(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    let granted = match of(&asked, "grant_type") {
        DEVICE => tenant.for_device(&asked),
        "authorization_code" => tenant.for_code(&asked),
        "refresh_token" => tenant.for_refresh(&asked),
        _ => Err((StatusCode::FORBIDDEN, "unsupported_grant_type")),
    };
    let answer = granted
        .and_then(|granted| tenant.tokens(granted))
        .unwrap_or_else(|(status, code)| refuse(status, code));
    let pause = tenant.state().manners.pause;
    tokio::time::sleep(pause).await;
    answer
}

pub(super) async fn revoke(State(tenant): State<SimulatedAuth0>, body: String) -> StatusCode {
    let asked = fields(&body);
    let mut state = tenant.state();
    let family = state
        .refresh
        .get(of(&asked, "token"))
        .map(|token| token.family.clone());
    state.ended.extend(family);
    // A token that is not known is revoked already (RFC 7009 §2.2).
    StatusCode::OK
}

/// A status and an error code.
type Refusal = (StatusCode, &'static str);

/// Who gets tokens, and of which family.
struct Granted {
    person: usize,
    nonce: Option<String>,
    says_when: bool,
    family: String,
}

impl SimulatedAuth0 {
    fn for_device(&self, asked: &Fields) -> Result<Granted, Refusal> {
        let family = self.unguessable();
        let now = self.0.clock.now();
        let mut state = self.state();
        if state.manners.slow_downs > 0 {
            state.manners.slow_downs -= 1;
            return Err((StatusCode::TOO_MANY_REQUESTS, "slow_down"));
        }
        let code = of(asked, "device_code");
        // Auth0 answers 403 where the standard says 400.
        let Some(device) = state.devices.get(code) else {
            return Err((StatusCode::FORBIDDEN, "invalid_grant"));
        };
        let (decision, over) = (device.decision, now >= device.until);
        match decision {
            Decision::Waiting if !over => Err((StatusCode::FORBIDDEN, "authorization_pending")),
            Decision::Waiting => Err((StatusCode::FORBIDDEN, "expired_token")),
            Decision::Declined => Err((StatusCode::FORBIDDEN, "access_denied")),
            Decision::Confirmed(person) => {
                state.devices.remove(code);
                Ok(Granted {
                    person,
                    nonce: None,
                    says_when: false,
                    family,
                })
            }
        }
    }

    fn for_code(&self, asked: &Fields) -> Result<Granted, Refusal> {
        let family = self.unguessable();
        let now = self.0.clock.now();
        let given = self.state().codes.remove(of(asked, "code"));
        let verifier = digest(&SHA256, of(asked, "code_verifier").as_bytes());
        let proven = URL_SAFE_NO_PAD.encode(verifier);
        given
            .filter(|given| {
                now < given.until
                    && given.redirect == of(asked, "redirect_uri")
                    && given.challenge == proven
            })
            .map(|given| Granted {
                person: given.person,
                nonce: given.nonce,
                says_when: given.says_when,
                family,
            })
            .ok_or((StatusCode::FORBIDDEN, "invalid_grant"))
    }

    /// A token that was used is a token that somebody else has: the whole family ends.
    fn for_refresh(&self, asked: &Fields) -> Result<Granted, Refusal> {
        let mut guard = self.state();
        let state = &mut *guard;
        let refused = || (StatusCode::FORBIDDEN, "invalid_grant");
        let token = state
            .refresh
            .get_mut(of(asked, "refresh_token"))
            .ok_or_else(refused)?;
        if token.used || state.ended.contains(&token.family) {
            state.ended.insert(token.family.clone());
            return Err(refused());
        }
        token.used = true;
        Ok(Granted {
            person: token.person,
            nonce: None,
            says_when: false,
            family: token.family.clone(),
        })
    }

    fn tokens(&self, granted: Granted) -> Result<Response, Refusal> {
        let refresh = self.unguessable();
        let now = self.0.clock.now();
        let person = &self.0.people[granted.person];
        let mut state = self.state();
        let lasts = state.manners.token_lasts;
        let mut claims = json!({
            "iss": state.issuer, "sub": person.subject, "aud": CLIENT_ID,
            "iat": now.unix_timestamp(), "exp": (now + lasts).unix_timestamp(),
            "name": person.name, "email": person.email, "email_verified": true,
        });
        if let Some(nonce) = granted.nonce {
            claims["nonce"] = json!(nonce);
        }
        if granted.says_when {
            let typed = now - state.manners.typed_ago;
            claims["auth_time"] = json!(typed.unix_timestamp());
        }
        let failed = |_| (StatusCode::INTERNAL_SERVER_ERROR, "server_error");
        let id_token = self.0.keys[state.key].token(&claims).map_err(failed)?;
        let kept = Refresh {
            family: granted.family,
            person: granted.person,
            used: false,
        };
        state.refresh.insert(refresh.clone(), kept);
        let access = self.unguessable();
        state
            .issued
            .extend([refresh.clone(), access.clone(), id_token.clone()]);
        let answer = json!({
            "access_token": access, "token_type": "Bearer", "id_token": id_token,
            "refresh_token": refresh, "expires_in": lasts.whole_seconds(),
            "scope": "openid profile email offline_access",
        });
        Ok(Json(answer).into_response())
    }
}
