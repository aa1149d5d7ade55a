//! How far along an object of Stripe's is: what tells which of two events of one second is the later.

use serde_json::Value;

/// How far along an invoice is; then how often it was tried to collect.
pub(super) fn invoice_rank(object: &Value) -> i64 {
    let state = match object["status"].as_str() {
        Some("open") => 1,
        Some("uncollectible") => 2,
        Some("paid" | "void") => 3,
        _ => 0,
    };
    let tried = object["attempt_count"].as_i64().unwrap_or(0).clamp(0, 999);
    state * 1_000 + tried
}

pub(super) fn invoice_payment_rank(object: &Value) -> i64 {
    i64::from(matches!(
        object["status"].as_str(),
        Some("paid" | "canceled")
    ))
}

pub(super) fn subscription_rank(object: &Value) -> i64 {
    match object["status"].as_str() {
        Some("trialing") => 1,
        Some("active") => 2,
        Some("past_due") => 3,
        Some("paused") => 4,
        Some("unpaid") => 5,
        Some("canceled" | "incomplete_expired") => 9,
        _ => 0,
    }
}

/// Tried, then through; then by how much of it went back, in thousandths.
pub(super) fn payment_rank(object: &Value) -> i64 {
    let state = match object["status"].as_str() {
        Some("succeeded") => 2,
        Some("canceled" | "failed") => 1,
        _ => 0,
    };
    let amount = object["amount"].as_i64().unwrap_or(0).max(1);
    let back = object["amount_refunded"].as_i64().unwrap_or(0);
    let thousandths = i128::from(back.clamp(0, amount)) * 1_000 / i128::from(amount);
    state * 10_000 + i64::try_from(thousandths).unwrap_or(0)
}

pub(super) fn checkout_rank(object: &Value) -> i64 {
    let paid = i64::from(object["payment_status"] == "paid");
    paid * 10 + i64::from(object["status"] != "open")
}

/// Whether it is over; then how often money was moved for it: that it was won and that the money came back are events of one
/// second.
pub(super) fn dispute_rank(object: &Value) -> i64 {
    let moved = object["balance_transactions"]
        .as_array()
        .map_or(0, Vec::len);
    settled_rank(object) * 1_000 + i64::try_from(moved.min(999)).unwrap_or(0)
}

/// Whether it is over.
pub(super) fn settled_rank(object: &Value) -> i64 {
    let over = [
        "succeeded",
        "failed",
        "canceled",
        "won",
        "lost",
        "void",
        "warning_closed",
    ];
    let status = object["status"].as_str();
    i64::from(status.is_some_and(|status| over.contains(&status)))
}
