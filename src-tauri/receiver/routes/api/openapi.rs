//! `GET /openapi.json`: the user API and the webhooks, described by the code that answers them.

use axum::Json;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::receiver::routes::api::{billing, instance, sync, usage};
use crate::receiver::routes::{auth0, stripe};
use crate::wire::webhooks::Kept;

/// The description.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Hopsdesk receiver",
        description = "What customers of the service are told about themselves (every answer is about the \
                       subject of the access token and nobody else), and where Auth0 and Stripe tell what \
                       happened (an answer of 200 means that it is stored)."
    ),
    paths(
        usage::answer, instance::answer, billing::answer, sync::answer, auth0::receive, stripe::receive
    ),
    // Named by what all webhooks answer, whose schemas are not looked for.
    components(schemas(Kept)),
    modifiers(&Known)
)]
struct Document;

/// How one says who one is.
struct Known;

impl Modify for Known {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .description(Some(
                "An access token of the tenant for this API's audience, RS256.",
            ))
            .build();
        let components = openapi.components.get_or_insert_with(Default::default);
        components.add_security_scheme("access_token", SecurityScheme::Http(bearer));
        let header = |name: &str, about: &str| {
            SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(name, about)))
        };
        components.add_security_scheme(
            "auth0_secret",
            header(
                "X-Auth0-Secret",
                "The secret that the tenant's action is set up with.",
            ),
        );
        components.add_security_scheme(
            "stripe_signature",
            header(
                "Stripe-Signature",
                "t=…,v1=…: Stripe's signature over the time and the body as it was sent, at most \
                 five minutes old.",
            ),
        );
    }
}

/// Answers it.
pub(super) async fn document() -> Json<utoipa::openapi::OpenApi> {
    Json(Document::openapi())
}
