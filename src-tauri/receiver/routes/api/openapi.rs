//! `GET /openapi.json`: the user API, described by the code that answers it.

use axum::Json;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::receiver::routes::api::{billing, instance, sync, usage};

/// The description.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Hopsdesk user API",
        description = "What customers of the service are told about themselves. Every answer is about the \
                       subject of the access token and nobody else."
    ),
    paths(usage::answer, instance::answer, billing::answer, sync::answer),
    modifiers(&AccessToken)
)]
struct Document;

/// How one says who one is.
struct AccessToken;

impl Modify for AccessToken {
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
    }
}

/// Answers it.
pub(super) async fn document() -> Json<utoipa::openapi::OpenApi> {
    Json(Document::openapi())
}
