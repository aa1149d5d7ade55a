//! `GET /api/usage`: what the customer used.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use crate::receiver::answer::Answer;
use crate::receiver::context::Context;
use crate::receiver::routes::api::{bearer, tagged};
use crate::usecases::answer_customer::{CalendarMonth, customer_usage};
use crate::wire::customer::{Refusal, UsageAnswer};

/// This month, the eleven before it, and the days of one of them.
#[utoipa::path(
    get, path = "/api/usage", tag = "customers", security(("access_token" = [])),
    params(("month" = Option<String>, Query, description = "The month whose days are wanted, YYYY-MM; default: the current one")),
    responses(
        (status = 200, body = UsageAnswer), (status = 304, description = "Nothing new since that ETag"),
        (status = 400, body = Refusal), (status = 401, body = Refusal), (status = 403, body = Refusal),
        (status = 429, body = Refusal), (status = 503, body = Refusal)
    )
)]
pub(super) async fn answer(State(context): State<Context>, request: Request) -> Response {
    let (head, _) = request.into_parts();
    let bearer = match bearer::bearer(&context, &head).await {
        Ok(bearer) => bearer,
        Err(refusal) => return *refusal,
    };
    let query = head.uri.query().unwrap_or_default();
    let mut months =
        url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "month");
    let month = match (months.next(), months.next()) {
        (None, _) => None,
        (Some((_, month)), None) if CalendarMonth::parse(&month).is_some() => {
            CalendarMonth::parse(&month)
        }
        _ => {
            let message = "Name one month, like month=2026-11.";
            return Answer::new(StatusCode::BAD_REQUEST, "malformed", message).into_response();
        }
    };
    let parts = &context.parts;
    let today = parts.clock.now().date();
    let asked = customer_usage(&parts.store, bearer.token.claims, today, month);
    tagged::answer::<UsageAnswer>(&context, &head, asked).await
}
