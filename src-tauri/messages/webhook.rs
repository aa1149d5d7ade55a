//! Posts to a webhook, signed as Standard Webhooks says (`webhook-id`, `webhook-timestamp`, `webhook-signature`),
//! so that receivers find a library that verifies it: <https://www.standardwebhooks.com>.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client};
use ring::hmac;
use serde_json::Value;
use time::OffsetDateTime;
use url::Url;
use zeroize::Zeroizing;

use crate::messages::{AddressError, MessageError, is_loopback, on_the_way};
use crate::secrets::Secret;

/// What Standard Webhooks puts before a secret that is base64.
const PREFIX: &str = "whsec_";

/// Shorter secrets can be guessed.
const SHORTEST: usize = 16;

const NAME: &str = "The webhook";

/// Where to post, and with what secret. Cheap to clone.
#[derive(Clone)]
pub struct Webhook {
    client: Client,
    url: Secret<String>,
    key: hmac::Key,
}

impl Webhook {
    /// Posts there, signed with that secret: `whsec_` and base64, or any text. Trusts the certificates that the
    /// system does, and these authorities (PEM) besides.
    ///
    /// # Errors
    /// When the address is none, or the secret is short.
    pub fn new(
        url: &Secret<String>,
        secret: &Secret<String>,
        authorities: Option<&[u8]>,
    ) -> Result<Self, AddressError> {
        let wrong = |problem: &str| AddressError(problem.to_owned());
        let parsed = Url::parse(url.expose())
            .map_err(|_| wrong("is no address, e.g. https://hooks.example.com/alerts"))?;
        let mut builder = Client::builder()
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(15))
            // What is signed for one place does not go to another.
            .redirect(Policy::none())
            .referer(false)
            .user_agent(concat!("hopsdesk/", env!("CARGO_PKG_VERSION")));
        builder = match parsed.scheme() {
            "https" => builder.https_only(true),
            "http" if is_loopback(&parsed) => builder.no_proxy(),
            _ => {
                return Err(wrong(
                    "is no https address; plain http is for this machine only",
                ));
            }
        };
        if let Some(pem) = authorities {
            let certificates = Certificate::from_pem_bundle(pem)
                .map_err(|_| wrong("its authorities are no PEM certificates"))?;
            builder = builder.tls_certs_merge(certificates);
        }
        let client = builder
            .build()
            .map_err(|_| wrong("the certificates that the system trusts cannot be read"))?;
        let said = secret.expose();
        let decoded = said
            .strip_prefix(PREFIX)
            .map(|rest| STANDARD.decode(rest))
            .transpose()
            .map_err(|_| wrong("its secret begins with whsec_, and what follows is not base64"))?;
        let bytes = Zeroizing::new(decoded.unwrap_or_else(|| said.clone().into_bytes()));
        if bytes.len() < SHORTEST {
            return Err(wrong("its secret is shorter than 16 characters"));
        }
        Ok(Self {
            client,
            url: Secret::new(parsed.into()),
            key: hmac::Key::new(hmac::HMAC_SHA256, &bytes),
        })
    }

    /// Posts a message under its id, which is the same each time it is posted.
    ///
    /// # Errors
    /// [`MessageError`]
    pub async fn post(
        &self,
        id: &str,
        now: OffsetDateTime,
        message: &Value,
    ) -> Result<(), MessageError> {
        let body = message.to_string();
        let timestamp = now.unix_timestamp();
        let request = self
            .client
            .post(self.url.expose())
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp.to_string())
            .header(
                "webhook-signature",
                signature(&self.key, id, timestamp, &body),
            )
            .body(body);
        let answer = request.send().await.map_err(|error| away(&error))?;
        let status = answer.status();
        if status.is_success() {
            Ok(())
        } else {
            Err(MessageError::Refused(NAME, status.as_u16()))
        }
    }
}

/// `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`.
fn signature(key: &hmac::Key, id: &str, timestamp: i64, body: &str) -> String {
    let mut context = hmac::Context::with_key(key);
    for part in [id, ".", &timestamp.to_string(), ".", body] {
        context.update(part.as_bytes());
    }
    format!("v1,{}", STANDARD.encode(context.sign()))
}

fn away(error: &reqwest::Error) -> MessageError {
    if error.is_timeout() {
        MessageError::Slow(NAME)
    } else {
        on_the_way(NAME, error)
    }
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(url: &str, secret: &str) -> Result<Webhook, AddressError> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let secret = Secret::new(secret.to_owned());
        Webhook::new(&Secret::new(url.to_owned()), &secret, None)
    }

    #[test]
    fn a_signature_is_that_of_the_published_example() {
        // From the test vectors of the standard's reference libraries.
        let secret = STANDARD
            .decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
            .expect("base64");
        let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
        let said = signature(
            &key,
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(said, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn it_goes_over_tls_or_stays_on_this_machine() {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        for url in [
            "https://hooks.example.com/a",
            "http://127.0.0.1:1/a",
            "http://[::1]:1",
        ] {
            let hook = made(url, secret).expect(url);
            assert!(
                !format!("{hook:?}").contains("hooks"),
                "an address may be a secret"
            );
        }
        for url in [
            "http://hooks.example.com",
            "hooks.example.com",
            "ftp://127.0.0.1",
            "",
        ] {
            assert!(made(url, secret).is_err(), "{url}");
        }
        assert!(made("https://hooks.example.com", "short").is_err());
    }
}
