//! The token that opens the Management API: fetched by client credentials, kept until shortly before its end.

use reqwest::{Client, StatusCode};
use serde::Deserialize;
use time::{Duration, OffsetDateTime};
use tokio::sync::Mutex;
use zeroize::{Zeroize as _, Zeroizing};

use crate::domain::clock::Clock;
use crate::identity::http::{ExchangeError, body};
use crate::identity::management::Credentials;
use crate::identity::management::failure::ManagementError;
use crate::identity::management::limit;
use crate::secrets::Secret;

/// A token that ends sooner than this is fetched anew.
const MARGIN: Duration = Duration::minutes(1);

/// Where the tenant does not say how long it lasts, or says what cannot be.
const LASTS: std::ops::RangeInclusive<i64> = 1..=2_592_000;

/// Keeps a token.
pub(super) struct Tokens {
    credentials: Credentials,
    /// Locked while one is fetched: whoever asks meanwhile shares it.
    kept: Mutex<Option<Kept>>,
}

struct Kept {
    token: Secret<String>,
    until: OffsetDateTime,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    token_type: String,
    expires_in: Option<i64>,
}

impl Drop for Granted {
    fn drop(&mut self) {
        self.access_token.zeroize();
    }
}

#[derive(Deserialize)]
struct Refusal {
    error: Option<String>,
}

impl Tokens {
    pub(super) fn new(credentials: Credentials) -> Self {
        Self {
            credentials,
            kept: Mutex::default(),
        }
    }

    /// The token, fetched if there is none that lasts.
    pub(super) async fn get(
        &self,
        client: &Client,
        clock: &dyn Clock,
    ) -> Result<Secret<String>, ManagementError> {
        let mut kept = self.kept.lock().await;
        if let Some(kept) = kept.as_ref().filter(|kept| clock.now() < kept.until) {
            return Ok(kept.token.clone());
        }
        *kept = None;
        let asked_at = clock.now();
        let (token, lasts) = self.fetch(client, asked_at).await?;
        // One that lasts a minute or less is good for what it was fetched for.
        let until = asked_at + Duration::seconds(lasts) - MARGIN;
        *kept = Some(Kept {
            token: token.clone(),
            until,
        });
        Ok(token)
    }

    /// Drops the token: the tenant does not take it any more.
    pub(super) async fn forget(&self) {
        *self.kept.lock().await = None;
    }

    async fn fetch(
        &self,
        client: &Client,
        now: OffsetDateTime,
    ) -> Result<(Secret<String>, i64), ManagementError> {
        let Credentials {
            tenant,
            client_id,
            client_secret,
        } = &self.credentials;
        let audience = tenant.at("/api/v2/");
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", client_id.as_str()),
            ("client_secret", client_secret.expose().as_str()),
            ("audience", audience.as_str()),
        ];
        let response = client
            .post(tenant.at("/oauth/token"))
            .form(&form)
            .send()
            .await?;
        let status = response.status();
        passable(status, limit::pause(status, response.headers(), now))?;
        let body = Zeroizing::new(body(response).await?);
        if status.is_success() {
            let granted: Option<Granted> = serde_json::from_slice(&body).ok();
            let granted = granted
                .filter(|granted| granted.token_type.eq_ignore_ascii_case("bearer"))
                .filter(|granted| !granted.access_token.is_empty());
            let granted = granted.ok_or(ManagementError::Unexpected {
                problem: "it gives no token",
            })?;
            let lasts = granted.expires_in.filter(|lasts| LASTS.contains(lasts));
            let token = Secret::new(granted.access_token.clone());
            return Ok((token, lasts.unwrap_or(0)));
        }
        let refusal: Option<Refusal> = serde_json::from_slice(&body).ok();
        Err(match refusal.and_then(|refusal| refusal.error).as_deref() {
            // "Client is not authorized to access", "Grant type not allowed for the client".
            Some("access_denied") if status == StatusCode::FORBIDDEN => {
                ManagementError::NotAuthorized
            }
            Some("unauthorized_client") => ManagementError::NotAuthorized,
            Some("access_denied" | "invalid_client" | "invalid_grant") => {
                ManagementError::Credentials
            }
            Some(_) => ManagementError::Refused {
                status: status.as_u16(),
            },
            None => ManagementError::Unexpected {
                problem: "where it should give a token, it answers something else",
            },
        })
    }
}

/// Refuses what no later line could read: too much was asked, or something in front of the tenant failed.
pub(super) fn passable(
    status: StatusCode,
    pause: Option<OffsetDateTime>,
) -> Result<(), ManagementError> {
    match (status, pause) {
        (StatusCode::TOO_MANY_REQUESTS, Some(until)) => Err(ManagementError::RateLimited { until }),
        (status, _) if status.is_server_error() => Err(ManagementError::Away(
            ExchangeError::Gateway(status.as_u16()),
        )),
        _ => Ok(()),
    }
}
