//! `GET /api/billing`: what the customer owes and has.

use axum::extract::{Request, State};
use axum::response::Response;

use crate::receiver::context::Context;
use crate::receiver::routes::api::{bearer, tagged};
use crate::usecases::answer_customer::customer_billing;
use crate::wire::customer::{BillingAnswer, Refusal};

/// Plan, credits, the cost of the month so far, the last hundred charges.
#[utoipa::path(
    get, path = "/api/billing", tag = "customers", security(("access_token" = [])),
    responses(
        (status = 200, body = BillingAnswer), (status = 304, description = "Nothing new since that ETag"),
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
    let parts = &context.parts;
    let today = parts.clock.now().date();
    let asked = customer_billing(&parts.store, bearer.token.claims, today);
    tagged::answer::<BillingAnswer>(&context, &head, asked).await
}
