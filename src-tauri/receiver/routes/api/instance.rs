//! `GET /api/instance`: where the customer works.

use axum::extract::{Request, State};
use axum::response::Response;

use crate::receiver::context::Context;
use crate::receiver::routes::api::{bearer, tagged};
use crate::usecases::answer_customer::customer_instance;
use crate::wire::customer::{InstanceAnswer, Refusal};

/// Their instance, their cluster, their login there, their projects.
#[utoipa::path(
    get, path = "/api/instance", tag = "customers", security(("access_token" = [])),
    responses(
        (status = 200, body = InstanceAnswer), (status = 304, description = "Nothing new since that ETag"),
        (status = 401, body = Refusal), (status = 403, body = Refusal), (status = 429, body = Refusal),
        (status = 503, body = Refusal)
    )
)]
pub(super) async fn answer(State(context): State<Context>, request: Request) -> Response {
    let (head, _) = request.into_parts();
    let bearer = match bearer::bearer(&context, &head).await {
        Ok(bearer) => bearer,
        Err(refusal) => return *refusal,
    };
    let asked = customer_instance(&context.parts.store, bearer.token.claims);
    tagged::answer::<InstanceAnswer>(&context, &head, asked).await
}
