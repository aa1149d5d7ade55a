//! The requests of `oauth2` over our client.

use std::future::Future;
use std::pin::Pin;

use oauth2::http::Response;
use oauth2::{HttpRequest, HttpResponse};
use reqwest::Client;

use crate::identity::http::{ExchangeError, body};

/// Sends what `oauth2` made.
#[derive(Clone)]
pub(in crate::identity::oauth) struct Exchange(Client);

impl Exchange {
    pub(in crate::identity::oauth) fn new(client: Client) -> Self {
        Self(client)
    }

    pub(in crate::identity::oauth) fn client(&self) -> &Client {
        &self.0
    }

    /// Sends, and reads the answer. A gateway's own error is no answer of the tenant: it counts as nobody
    /// answering, so that polling goes on.
    pub(in crate::identity::oauth) async fn send(
        self,
        request: HttpRequest,
    ) -> Result<HttpResponse, ExchangeError> {
        let (parts, sent) = request.into_parts();
        let response = self
            .0
            .request(parts.method, parts.uri.to_string())
            .headers(parts.headers)
            .body(sent)
            .send()
            .await?;
        let status = response.status();
        let headers = response.headers().clone();
        if status.is_server_error() {
            return Err(ExchangeError::Gateway(status.as_u16()));
        }
        let mut answer = Response::new(body(response).await?);
        *answer.status_mut() = status;
        *answer.headers_mut() = headers;
        Ok(answer)
    }
}

type Sending = Pin<Box<dyn Future<Output = Result<HttpResponse, ExchangeError>> + Send>>;

impl oauth2::AsyncHttpClient<'_> for Exchange {
    type Error = ExchangeError;
    type Future = Sending;

    fn call(&self, request: HttpRequest) -> Self::Future {
        Box::pin(self.clone().send(request))
    }
}
