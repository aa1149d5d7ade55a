//! Who somebody is, asked of the tenant with their access token (OpenID Connect Core §5.3).

use reqwest::Client;
use serde_json::Value;

use crate::domain::ids::UserId;
use crate::identity::http::{ExchangeError, body};
use crate::identity::tenant::Tenant;

/// What the tenant says about somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserInfo {
    /// `sub`: must be that of the token it was asked with (§5.3.2).
    pub subject: UserId,
    /// `email`.
    pub email: Option<String>,
    /// `email_verified`.
    pub verified: bool,
    /// `name`.
    pub name: Option<String>,
}

/// Asks the tenant; `None` when it does not know the token, or tells this application nothing.
///
/// # Errors
/// When it cannot be asked.
pub async fn userinfo(
    client: &Client,
    tenant: &Tenant,
    access_token: &str,
) -> Result<Option<UserInfo>, ExchangeError> {
    let asked = client.get(tenant.at("/userinfo")).bearer_auth(access_token);
    let response = asked.send().await?;
    let status = response.status();
    if status.is_server_error() || status.as_u16() == 429 {
        return Err(ExchangeError::Gateway(status.as_u16()));
    }
    if !status.is_success() {
        return Ok(None);
    }
    let body = body(response).await?;
    Ok(serde_json::from_slice(&body)
        .ok()
        .and_then(|said| read(&said)))
}

fn read(said: &Value) -> Option<UserInfo> {
    let text = |field: &str| {
        let text = said[field].as_str()?.trim();
        (!text.is_empty() && !text.contains('\0')).then(|| text.to_owned())
    };
    Some(UserInfo {
        subject: UserId::parse(said["sub"].as_str()?).ok()?,
        email: text("email"),
        verified: said["email_verified"] == true,
        name: text("name"),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_a_true_true_is_verified() {
        let said = |verified: Value| {
            read(&json!({"sub": "auth0|1", "email": "a@b.c", "email_verified": verified}))
                .expect("somebody")
        };
        assert!(said(json!(true)).verified);
        for not in [json!(false), json!("true"), json!(1), json!(null)] {
            assert!(!said(not.clone()).verified, "{not}");
        }
        assert_eq!(read(&json!({"email": "a@b.c"})), None, "nobody");
    }
}
