//! A tenant's Management API, by client credentials (RFC 6749 §4.4): who somebody is there, when they signed
//! in, barring them and letting them in again, and asking them anew to prove their address.
//!
//! A token is fetched when one is needed and kept until shortly before its end. When the tenant says that
//! enough was asked, nothing is asked until it says that it may be: everybody of one tenant shares its limits.

mod answers;
pub mod failure;
mod limit;
mod token;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};
use url::Url;

use crate::domain::clock::Clock;
use crate::domain::finding::percent::encoded;
use crate::domain::ids::UserId;
use crate::domain::sign_ins::{SignInTry, TenantUser};
use crate::identity::http::{Patience, body, client};
use crate::identity::management::failure::ManagementError;
use crate::identity::management::token::Tokens;
use crate::identity::tenant::Tenant;
use crate::secrets::Secret;

/// What opens the Management API of a tenant.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// By its own domain: the Management API is not served under custom ones.
    pub tenant: Tenant,
    /// Of an application that is authorized for the Management API.
    pub client_id: String,
    /// Its secret.
    pub client_secret: Secret<String>,
}

/// Asks a tenant. Cheap to clone; clones share the token and what the tenant said of its limits.
#[derive(Clone)]
pub struct Management(Arc<Inner>);

struct Inner {
    client: Client,
    clock: Arc<dyn Clock>,
    tenant: Tenant,
    tokens: Tokens,
    /// Until when nothing may be asked.
    paused: Mutex<Option<OffsetDateTime>>,
}

/// The fields of somebody that are read: what is not asked for cannot leak.
const FIELDS: &str = "user_id,email,email_verified,name,blocked,logins_count,last_login,last_ip,created_at,\
                      identities,multifactor";

/// Entries of a log to a page; Auth0 gives at most 100.
const LOG_PAGE: usize = 50;

/// People to a page of those who were made in a time; the most that Auth0 gives.
pub const CREATED_PAGE: usize = 100;

/// Pages of a log that are read while too few tries to sign in are found.
const LOG_PAGES: usize = 3;

/// Entries of somebody's log that are read at most, whatever they say.
pub const LOG_ENTRIES: usize = LOG_PAGE * LOG_PAGES;

impl Management {
    /// Asks as that application.
    ///
    /// # Errors
    /// When the certificates that the system trusts cannot be read.
    pub fn new(
        credentials: Credentials,
        clock: Arc<dyn Clock>,
        patience: Patience,
    ) -> Result<Self, reqwest::Error> {
        let tenant = credentials.tenant.clone();
        Ok(Self(Arc::new(Inner {
            client: client(&tenant, patience)?,
            clock,
            tenant,
            tokens: Tokens::new(credentials),
            paused: Mutex::default(),
        })))
    }

    /// Whom it asks.
    #[must_use]
    pub fn tenant(&self) -> &Tenant {
        &self.0.tenant
    }

    /// Fetches a token, so that wrong credentials are told before anything depends on them.
    ///
    /// # Errors
    /// [`ManagementError`]
    pub async fn check(&self) -> Result<(), ManagementError> {
        self.not_paused()?;
        self.token().await.map(drop)
    }

    /// Somebody, as the tenant has them; `None` when it knows nobody of that id.
    ///
    /// # Errors
    /// [`ManagementError`]
    pub async fn user(&self, id: &UserId) -> Result<Option<TenantUser>, ManagementError> {
        let Some(mut url) = self.of_user(id, "") else {
            return Ok(None);
        };
        url.query_pairs_mut()
            .append_pair("fields", FIELDS)
            .append_pair("include_fields", "true");
        let said = match self.ask(Method::GET, &url, None, "read:users").await {
            Err(ManagementError::UnknownUser) => return Ok(None),
            said => said?,
        };
        let user = answers::user(&said).filter(|user| user.id == *id);
        user.map(Some).ok_or(ManagementError::Unexpected {
            problem: "it answers with somebody else",
        })
    }

    /// The last tries of somebody to sign in, newest first, as far as the tenant's log reaches back; at most
    /// that many. Nobody of that id: none.
    ///
    /// # Errors
    /// [`ManagementError`]
    pub async fn sign_ins(
        &self,
        id: &UserId,
        most: usize,
    ) -> Result<Vec<SignInTry>, ManagementError> {
        let Some(url) = self.of_user(id, "/logs") else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        for page in 0..LOG_PAGES {
            let mut url = url.clone();
            url.query_pairs_mut()
                .append_pair("sort", "date:-1")
                .append_pair("page", &page.to_string())
                .append_pair("per_page", &LOG_PAGE.to_string());
            let said = match self.ask(Method::GET, &url, None, "read:logs_users").await {
                Err(ManagementError::UnknownUser) => return Ok(Vec::new()),
                said => said?,
            };
            let entries = said.as_array().ok_or(ManagementError::Unexpected {
                problem: "its log is no list",
            })?;
            found.extend(entries.iter().filter_map(answers::sign_in));
            if found.len() >= most || entries.len() < LOG_PAGE {
                break;
            }
        }
        found.truncate(most);
        Ok(found)
    }

    /// Those who were made from one moment to another, both included, in the order they were made; a page of
    /// [`CREATED_PAGE`], counted from 0. Auth0 gives no more than ten, and knows nobody of the last seconds.
    ///
    /// # Errors
    /// [`ManagementError`]
    pub async fn users_created(
        &self,
        from: OffsetDateTime,
        to: OffsetDateTime,
        page: usize,
    ) -> Result<Vec<TenantUser>, ManagementError> {
        let mut url = self.0.tenant.at("/api/v2/users");
        url.query_pairs_mut()
            .append_pair(
                "q",
                &format!("created_at:[{} TO {}]", written(from), written(to)),
            )
            .append_pair("search_engine", "v3")
            .append_pair("sort", "created_at:1")
            .append_pair("page", &page.to_string())
            .append_pair("per_page", &CREATED_PAGE.to_string())
            .append_pair("fields", FIELDS)
            .append_pair("include_fields", "true");
        let said = self.ask(Method::GET, &url, None, "read:users").await?;
        let people = said.as_array().ok_or(ManagementError::Unexpected {
            problem: "its users are no list",
        })?;
        // One that cannot be read would be passed over unseen.
        people
            .iter()
            .map(|said| answers::user(said).filter(|user| user.created_at.is_some()))
            .collect::<Option<Vec<_>>>()
            .ok_or(ManagementError::Unexpected {
                problem: "one of its users has no id or no time",
            })
    }

    /// Bars somebody from signing in, or lets them in again; whether they are barred then, as the tenant has
    /// it. Whoever is signed in stays so until their session is renewed.
    ///
    /// # Errors
    /// [`ManagementError`]; of nobody: [`ManagementError::UnknownUser`].
    pub async fn set_blocked(&self, id: &UserId, blocked: bool) -> Result<bool, ManagementError> {
        let url = self.of_user(id, "").ok_or(ManagementError::UnknownUser)?;
        let change = json!({ "blocked": blocked });
        let said = self
            .ask(Method::PATCH, &url, Some(&change), "update:users")
            .await?;
        answers::user(&said)
            .map(|user| user.blocked)
            .ok_or(ManagementError::Unexpected {
                problem: "it does not answer with whom it changed",
            })
    }

    /// Has the tenant send somebody the message in which they prove their address.
    ///
    /// # Errors
    /// [`ManagementError`]; of nobody: [`ManagementError::UnknownUser`].
    pub async fn send_verification(&self, id: &UserId) -> Result<(), ManagementError> {
        if !is_tenant_id(id) {
            return Err(ManagementError::UnknownUser);
        }
        let url = self.0.tenant.at("/api/v2/jobs/verification-email");
        let job = json!({ "user_id": id.as_str() });
        self.ask(Method::POST, &url, Some(&job), "update:users")
            .await
            .map(drop)
    }

    /// An address below somebody's; `None` for an id that can be nobody's there, and would lead elsewhere.
    fn of_user(&self, id: &UserId, below: &str) -> Option<Url> {
        let part = encoded(id.as_str());
        is_tenant_id(id).then(|| self.0.tenant.at(&format!("/api/v2/users/{part}{below}")))
    }

    /// Asks once, and once more with a fresh token where the one that was kept is refused.
    async fn ask(
        &self,
        method: Method,
        url: &Url,
        sent: Option<&Value>,
        scope: &'static str,
    ) -> Result<Value, ManagementError> {
        self.not_paused()?;
        let mut response = self.send(&method, url, sent).await?;
        if response.status() == StatusCode::UNAUTHORIZED {
            self.0.tokens.forget().await;
            response = self.send(&method, url, sent).await?;
        }
        self.heed(response.status(), &response)?;
        match response.status() {
            StatusCode::UNAUTHORIZED => Err(ManagementError::Credentials),
            StatusCode::FORBIDDEN => Err(ManagementError::Scope { scope }),
            StatusCode::NOT_FOUND => Err(ManagementError::UnknownUser),
            status if status.is_success() => {
                let body = body(response).await?;
                serde_json::from_slice(&body).map_err(|_| ManagementError::Unexpected {
                    problem: "its answer is not JSON",
                })
            }
            status if status.is_redirection() => Err(ManagementError::Unexpected {
                problem: "it sends us elsewhere",
            }),
            status => Err(ManagementError::Refused {
                status: status.as_u16(),
            }),
        }
    }

    async fn send(
        &self,
        method: &Method,
        url: &Url,
        sent: Option<&Value>,
    ) -> Result<Response, ManagementError> {
        let token = self.token().await?;
        let request: RequestBuilder = self
            .0
            .client
            .request(method.clone(), url.clone())
            .bearer_auth(token.expose());
        let request = match sent {
            Some(sent) => request.json(sent),
            None => request,
        };
        Ok(request.send().await?)
    }

    async fn token(&self) -> Result<Secret<String>, ManagementError> {
        let inner = &self.0;
        let token = inner.tokens.get(&inner.client, inner.clock.as_ref()).await;
        if let Err(ManagementError::RateLimited { until }) = &token {
            self.pause(*until);
        }
        token
    }

    /// Takes over what an answer says of limits, and of a tenant that is in trouble.
    fn heed(&self, status: StatusCode, response: &Response) -> Result<(), ManagementError> {
        let pause = limit::pause(status, response.headers(), self.0.clock.now());
        if let Some(until) = pause {
            self.pause(until);
        }
        token::passable(status, pause)
    }

    fn pause(&self, until: OffsetDateTime) {
        let mut paused = self.0.paused.lock().unwrap_or_else(PoisonError::into_inner);
        *paused = (*paused).max(Some(until));
    }

    fn not_paused(&self) -> Result<(), ManagementError> {
        let paused = *self.0.paused.lock().unwrap_or_else(PoisonError::into_inner);
        match paused {
            Some(until) if self.0.clock.now() < until => {
                Err(ManagementError::RateLimited { until })
            }
            _ => Ok(()),
        }
    }
}

/// A moment as Auth0 writes it, in milliseconds.
fn written(at: OffsetDateTime) -> String {
    let format =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    at.to_offset(UtcOffset::UTC)
        .format(format)
        .unwrap_or_default()
}

/// Ids at a tenant are `provider|id`. What has no bar, such as `..`, would only lead an address astray.
fn is_tenant_id(id: &UserId) -> bool {
    id.as_str().contains('|')
}

impl fmt::Debug for Management {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Management")
            .field("tenant", &self.0.tenant)
            .finish_non_exhaustive()
    }
}
