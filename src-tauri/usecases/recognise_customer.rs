//! Tell customers apart: by their access tokens, which a tenant signed for this API.

use reqwest::Client;
use time::OffsetDateTime;

use crate::identity::tenant::Tenant;
use crate::identity::tokens::{AccessToken, AccessTokenFor, TokenError, TokenVerifier};

/// What tells customers apart.
pub struct CustomerApi {
    /// Verifies their tokens.
    pub verifier: TokenVerifier,
    /// Whose tokens they are.
    pub tenant: Tenant,
    /// Asks the tenant who somebody is.
    pub client: Client,
    /// What access tokens must be for (`AUTH0_AUDIENCE`).
    pub audience: String,
    /// The application that ID tokens are for (`AUTH0_CLIENT_ID`).
    pub client_id: Option<String>,
    /// A scope that access tokens must have (`HOPSDESK_API_SCOPE`).
    pub scope: Option<String>,
}

/// Verifies a token as a request brought it, and says whether it has the scope that is wanted.
///
/// # Errors
/// When the token is not accepted, or cannot be verified now.
pub async fn recognise_customer(
    api: &CustomerApi,
    written: &str,
    now: OffsetDateTime,
) -> Result<(AccessToken, bool), TokenError> {
    let wanted = AccessTokenFor {
        audience: &api.audience,
        clients: &[],
    };
    let token = api.verifier.access_token(written, wanted, now).await?;
    let allowed = api.scope.as_ref().is_none_or(|scope| token.allows(scope));
    Ok((token, allowed))
}
