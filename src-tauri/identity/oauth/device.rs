//! The device authorization grant (RFC 8628): a code is shown here and confirmed in a browser, on this
//! machine or another.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use oauth2::{
    AsyncHttpClient, HttpRequest, Scope, StandardDeviceAuthorizationResponse, http::Response,
};

use crate::identity::http::ExchangeError;
use crate::identity::oauth::exchange::Exchange;
use crate::identity::oauth::failure::OauthError;
use crate::identity::oauth::{Grant, Oauth, SCOPES};

/// What a person is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceCode {
    /// To compare with what the browser shows, or to type there.
    pub user_code: String,
    /// Where it is typed.
    pub verification_uri: String,
    /// The same with the code in it, for a QR code and the button; the plain one where there is none.
    pub complete_uri: String,
    /// How long it can be confirmed.
    pub expires_in: Duration,
}

/// How waiting goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Waiting {
    /// `authorization_pending`: nobody confirmed it yet.
    #[default]
    Pending,
    /// `slow_down`: it is asked five seconds less often.
    SlowedDown,
    /// The network is away; it is asked less and less often, until the code expires.
    NoNetwork,
}

/// A code that waits for somebody.
pub struct DeviceFlow {
    oauth: Oauth,
    answer: StandardDeviceAuthorizationResponse,
    waiting: WaitingCell,
}

/// How waiting goes, for whoever shows it.
#[derive(Debug, Clone, Default)]
pub struct WaitingCell(Arc<Mutex<Waiting>>);

impl WaitingCell {
    /// How it goes now.
    #[must_use]
    pub fn now(&self) -> Waiting {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, waiting: Waiting) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = waiting;
    }
}

impl Oauth {
    /// Asks for a code.
    ///
    /// # Errors
    /// When the tenant does not answer or gives none.
    pub async fn device_code(&self) -> Result<DeviceFlow, OauthError> {
        let client = self.client();
        let mut request = client
            .exchange_device_code()
            .add_scopes(SCOPES.map(|scope| Scope::new(scope.to_owned())));
        if let Some(audience) = &self.application.audience {
            request = request.add_extra_param("audience", audience.as_str());
        }
        let answer: StandardDeviceAuthorizationResponse = request
            .request_async(&self.exchange)
            .await
            .map_err(OauthError::of)?;
        Ok(DeviceFlow {
            oauth: self.clone(),
            answer,
            waiting: WaitingCell::default(),
        })
    }
}

impl DeviceFlow {
    /// What a person is shown.
    #[must_use]
    pub fn code(&self) -> DeviceCode {
        let plain = self.answer.verification_uri().to_string();
        let complete = self.answer.verification_uri_complete();
        DeviceCode {
            user_code: self.answer.user_code().secret().clone(),
            complete_uri: complete.map_or_else(|| plain.clone(), |uri| uri.secret().clone()),
            verification_uri: plain,
            expires_in: self.answer.expires_in(),
        }
    }

    /// How waiting goes, while [`DeviceFlow::wait`] runs.
    #[must_use]
    pub fn waiting(&self) -> WaitingCell {
        self.waiting.clone()
    }

    /// Waits until somebody confirms the code, declines, or its time is over. To cancel it, drop it.
    ///
    /// # Errors
    /// As [`OauthError`] tells apart.
    pub async fn wait(self) -> Result<Grant, OauthError> {
        let client = self.oauth.client();
        let watched = Watched {
            exchange: self.oauth.exchange.clone(),
            waiting: self.waiting.clone(),
        };
        // Nobody confirms a code in no time: the first question is due after the first pause.
        pause(self.answer.interval()).await;
        let answer = client
            .exchange_device_access_token(&self.answer)
            .set_max_backoff_interval(Duration::from_secs(30))
            .request_async(&watched, pause, None)
            .await
            .map_err(|error| match OauthError::of(error) {
                // A tenant that has forgotten an expired code calls it unknown.
                OauthError::Ended => OauthError::Expired,
                other => other,
            })?;
        Grant::of(&answer)
    }
}

/// A second at least, whatever a tenant says.
async fn pause(interval: Duration) {
    tokio::time::sleep(interval.max(Duration::from_secs(1))).await;
}

/// An exchange that notes how waiting goes.
struct Watched {
    exchange: Exchange,
    waiting: WaitingCell,
}

type Watching = std::pin::Pin<
    Box<dyn Future<Output = Result<Response<Vec<u8>>, ExchangeError>> + Send + 'static>,
>;

impl AsyncHttpClient<'_> for Watched {
    type Error = ExchangeError;
    type Future = Watching;

    fn call(&self, request: HttpRequest) -> Self::Future {
        let (exchange, waiting) = (self.exchange.clone(), self.waiting.clone());
        Box::pin(async move {
            let outcome = exchange.send(request).await;
            waiting.set(match &outcome {
                Err(_) => Waiting::NoNetwork,
                Ok(answer) if says_slow_down(answer.body()) => Waiting::SlowedDown,
                Ok(_) => Waiting::Pending,
            });
            outcome
        })
    }
}

/// The error decides, not the status: Auth0 says 429 here, others 400.
fn says_slow_down(body: &[u8]) -> bool {
    #[derive(serde::Deserialize)]
    struct Said {
        error: String,
    }
    serde_json::from_slice::<Said>(body).is_ok_and(|said| said.error == "slow_down")
}
