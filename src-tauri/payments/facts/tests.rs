//! Old and new shapes of Stripe's API come to the same rows.

use super::*;

fn facts(event: &Value) -> Vec<Value> {
    super::event(event.to_string().as_bytes()).facts
}

#[test]
fn what_pays_an_invoice_is_read_in_both_shapes_of_the_api() {
    let old = json!({ "id": "evt_1", "type": "invoice.paid", "data": { "object": {
        "object": "invoice", "id": "in_1", "currency": "usd", "payment_intent": "pi_1", "subscription": "sub_1",
        "amount_due": 1000, "amount_paid": 600, "amount_remaining": 400,
    } } });
    let payment = json!({
        "object": "invoice_payment", "id": "inpay_1", "currency": "usd", "status": "paid", "is_default": true,
        "amount_paid": 600, "amount_requested": 1000, "created": 1_764_158_400,
        "payment": { "type": "payment_intent", "payment_intent": "pi_1" },
        "status_transitions": { "paid_at": 1_764_158_400 },
    });
    let new = json!({ "id": "evt_1", "type": "invoice.paid", "data": { "object": {
        "object": "invoice", "id": "in_1", "currency": "usd",
        "parent": { "subscription_details": { "subscription": "sub_1" } },
        "payments": { "data": [payment] },
        "amount_due": 1000, "amount_paid": 600, "amount_remaining": 400,
    } } });
    let (old, new) = (facts(&old), facts(&new));
    assert_eq!(old[0], new[0], "the invoice is the same");
    assert_eq!(new[0]["row"]["amount_remaining"], "4.00");
    assert_eq!((old.len(), new.len()), (1, 2));
    let mut alone = payment;
    alone["invoice"] = "in_1".into();
    let event =
        json!({ "id": "evt_2", "type": "invoice_payment.paid", "data": { "object": alone } });
    let by_itself = facts(&event);
    assert_eq!(by_itself, new[1..], "as an event of its own says it");
    let row = &by_itself[0]["row"];
    assert_eq!(by_itself[0]["table"], "invoice_payments");
    assert_eq!(
        (
            &row["invoice_id"],
            &row["payment_intent_id"],
            &row["amount_paid"]
        ),
        (&json!("in_1"), &json!("pi_1"), &json!("6.00"))
    );
}

#[test]
fn what_a_checkout_bought_is_its_price_without_tax_and_shipping() {
    let net = |more: Value| {
        let mut session = json!({ "object": "checkout.session", "id": "cs_1", "currency": "usd", "amount_total": 6500 });
        let known = session.as_object_mut().expect("an object");
        known.extend(more.as_object().expect("an object").clone());
        let event = json!({ "type": "checkout.session.completed", "data": { "object": session } });
        facts(&event)[0]["row"]["net"].clone()
    };
    // A price of 55 without tax, five off: 50, ten of tax, five for the way.
    let details = json!({ "amount_discount": 500, "amount_tax": 1000, "amount_shipping": 500 });
    assert_eq!(
        net(json!({ "amount_subtotal": 5500, "total_details": details })),
        "50.00"
    );
    assert_eq!(net(json!({ "amount_subtotal": 5500 })), "55.00");
    assert_eq!(net(json!({})), Value::Null, "versions that do not say");
}

#[test]
fn only_its_own_event_says_that_a_payment_failed_and_that_a_draft_is_gone() {
    let row = |kind: &str, more: Value| {
        let mut invoice =
            json!({ "object": "invoice", "id": "in_1", "status": "open", "attempt_count": 1 });
        let known = invoice.as_object_mut().expect("an object");
        known.extend(more.as_object().expect("an object").clone());
        facts(&json!({ "type": kind, "data": { "object": invoice } })).remove(0)["row"].take()
    };
    let tried = row("invoice.updated", json!({}));
    assert_eq!(
        (&tried["payment_failed"], &tried["deleted"]),
        (&Value::Null, &json!(false))
    );
    assert_eq!(
        row("invoice.payment_failed", json!({}))["payment_failed"],
        true
    );
    assert_eq!(row("invoice.deleted", json!({}))["deleted"], true);
    assert_eq!(row("", json!({ "deleted": true }))["deleted"], true);
}

#[test]
fn when_a_subscription_is_to_end_is_read_in_both_shapes_of_the_api() {
    let row = |more: Value| {
        let mut subscription =
            json!({ "object": "subscription", "id": "sub_1", "cancel_at_period_end": false });
        let known = subscription.as_object_mut().expect("an object");
        known.extend(more.as_object().expect("an object").clone());
        let event =
            json!({ "type": "customer.subscription.updated", "data": { "object": subscription } });
        let row = facts(&event).remove(0)["row"].take();
        (
            row["cancel_at_period_end"].clone(),
            row["cancel_at"].clone(),
        )
    };
    assert_eq!(
        row(json!({ "cancel_at": 1_764_158_400 })),
        (json!(false), json!("2025-11-26T12:00:00Z"))
    );
    assert_eq!(
        row(json!({ "cancel_at_period_end": true })),
        (json!(true), Value::Null)
    );
}

#[test]
fn what_is_no_payment_in_an_invoice_is_passed_over() {
    for odd in [
        json!(7),
        json!([]),
        json!([7, null, {}, { "object": "charge", "id": "ch_1" }]),
    ] {
        let event = json!({ "type": "invoice.paid", "data": { "object": {
            "object": "invoice", "id": "in_1", "payments": { "data": odd } } } });
        assert_eq!(facts(&event).len(), 1, "{odd}");
    }
}

#[test]
fn of_a_dispute_the_later_is_what_is_over_then_what_moved_more_money() {
    let rank = |kind: &str, status: &str, moved: usize| {
        let one = json!({ "amount": -1000, "currency": "usd" });
        let event = json!({ "type": kind, "data": { "object": {
            "object": "dispute", "id": "dp_1", "status": status, "balance_transactions": vec![one; moved] } } });
        facts(&event)[0]["rank"].as_i64().expect("a rank")
    };
    let lost_money = rank("charge.dispute.funds_withdrawn", "needs_response", 1);
    let won = rank("charge.dispute.closed", "won", 1);
    let reinstated = rank("charge.dispute.funds_reinstated", "won", 2);
    assert!(lost_money < won && won < reinstated);
    assert!(rank("charge.dispute.updated", "needs_response", 2) < won);
    assert!(rank("charge.dispute.updated", "needs_response", 0) < lost_money);
}

#[test]
fn what_a_dispute_cost_is_read_where_it_is_in_one_currency() {
    let dispute = |transactions: Value| {
        let event = json!({ "type": "charge.dispute.closed", "data": { "object": {
            "object": "dispute", "id": "dp_1", "charge": "ch_1", "currency": "eur", "amount": 900, "status": "lost",
            "balance_transactions": transactions } } });
        let row = facts(&event).remove(0)["row"].take();
        (
            row["withdrawn"].clone(),
            row["withdrawn_currency"].clone(),
            row["amount"].clone(),
        )
    };
    let one = |amount: i64, currency: &str| json!({ "amount": amount, "currency": currency, "fee": 1500, "net": amount - 1500 });
    let nine = json!("9.00");
    assert_eq!(
        dispute(json!([one(-1000, "usd")])),
        (json!("10.00"), json!("USD"), nine.clone())
    );
    assert_eq!(
        dispute(json!([one(-1000, "usd"), one(400, "usd")])),
        (json!("6.00"), json!("USD"), nine.clone()),
        "less what came back"
    );
    assert_eq!(
        dispute(json!([one(-1000, "jpy")])),
        (json!("1000"), json!("JPY"), nine.clone())
    );
    for unknown in [
        json!([]),
        Value::Null,
        json!(7),
        json!([one(-1000, "usd"), one(-900, "eur")]),
        json!(["txn_1"]),
    ] {
        assert_eq!(
            dispute(unknown.clone()),
            (Value::Null, Value::Null, nine.clone()),
            "{unknown}"
        );
    }
}
