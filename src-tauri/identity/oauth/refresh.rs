//! Staying signed in: refresh tokens, which rotate, and taking them back.

use oauth2::RefreshToken;

use crate::identity::http::ExchangeError;
use crate::identity::oauth::failure::OauthError;
use crate::identity::oauth::{Grant, Oauth};
use crate::secrets::Secret;

impl Oauth {
    /// Exchanges a refresh token for a new one. The old one must not be used again: the tenant takes that for
    /// a theft and ends the whole family. So the caller keeps the new one before anything else, and lets
    /// nobody else refresh meanwhile.
    ///
    /// # Errors
    /// [`OauthError::Ended`] when the tenant does not accept it any more; a network that is away leaves it
    /// open whether it was used.
    pub async fn refresh(&self, token: &Secret<String>) -> Result<Grant, OauthError> {
        let client = self.client();
        let token = RefreshToken::new(token.expose().clone());
        let answer = client
            .exchange_refresh_token(&token)
            .request_async(&self.exchange)
            .await
            .map_err(OauthError::of)?;
        Grant::of(&answer)
    }

    /// Takes a refresh token back, with all that came of it (RFC 7009).
    ///
    /// # Errors
    /// When the tenant does not answer, or not as it should.
    pub async fn revoke(&self, token: &Secret<String>) -> Result<(), OauthError> {
        let form = [
            ("client_id", self.application.client_id.as_str()),
            ("token", token.expose().as_str()),
            ("token_type_hint", "refresh_token"),
        ];
        let response = self
            .exchange
            .client()
            .post(self.application.tenant.at("/oauth/revoke"))
            .form(&form)
            .send()
            .await
            .map_err(|error| OauthError::Network(ExchangeError::from(error)))?;
        match response.status() {
            status if status.is_success() => Ok(()),
            status if status.is_server_error() => {
                Err(OauthError::Network(ExchangeError::Gateway(status.as_u16())))
            }
            status => Err(OauthError::Refused(status.as_u16().to_string())),
        }
    }
}
