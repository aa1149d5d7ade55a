//! What happens to one customer at Stripe, and what it comes to in the end.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::database::TestDatabase;

/// When the scenario begins.
const BEGIN: i64 = 1_780_000_000;

pub(super) fn event(id: &str, kind: &str, at: i64, object: &Value) -> Value {
    json!({
        "id": format!("evt_{id}"), "object": "event", "type": kind, "created": BEGIN + at,
        "livemode": true, "api_version": "2024-06-20", "data": {"object": object},
    })
}

/// Everything that happens to one customer: a subscription whose payment fails, ends, and comes back; an
/// invoice that is paid at last, and lost to a dispute; credits bought, refunded in part, lost to a dispute that is won after
/// all, and a refund that fails; a card that goes; and an invoice in the newer shape of the API (`newer`).
#[expect(clippy::too_many_lines, reason = "one story, told in its order")]
pub(super) fn story(n: &str) -> Vec<Value> {
    let customer = format!("cus_{n}");
    let at = |kind: &str, at: i64, object: Value| {
        event(
            &format!("{n}_{at}_{}", kind.replace('.', "_")),
            kind,
            at,
            &object,
        )
    };
    let subscription = |status: &str| {
        json!({
            "object": "subscription", "id": format!("sub_{n}"), "customer": customer, "status": status,
            "created": BEGIN + 10, "collection_method": "charge_automatically", "cancel_at_period_end": false,
            "current_period_start": BEGIN + 10, "current_period_end": BEGIN + 2_600_000,
            "items": {"data": [{"price": {"id": "price_1"}}]},
        })
    };
    let invoice = |status: &str, tried: i64| {
        let paid = if status == "paid" { 2550 } else { 0 };
        json!({
            "object": "invoice", "id": format!("in_{n}"), "customer": customer, "status": status,
            "number": if status == "draft" { Value::Null } else { json!(format!("A-{n}")) },
            "currency": "usd", "total": 2550, "subtotal": 2550, "amount_due": 2550, "amount_paid": paid,
            "amount_remaining": 2550 - paid, "attempt_count": tried, "created": BEGIN + 20,
            "subscription": format!("sub_{n}"), "payment_intent": format!("pi_{n}_a"),
            "hosted_invoice_url": "https://invoice.stripe.com/i/x",
            "status_transitions": {"paid_at": if paid > 0 { json!(BEGIN + 60) } else { Value::Null }},
            "lines": {"has_more": false, "data": [
                {"id": format!("il_{n}_1"), "amount": 2000, "currency": "usd", "description": "GPU", "quantity": 4},
                {"id": format!("il_{n}_2"), "amount": 550, "currency": "usd", "description": "CPU", "quantity": 55},
            ]},
        })
    };
    let card = |customer: Value| {
        json!({
            "object": "payment_method", "id": format!("pm_{n}"), "customer": customer, "type": "card",
            "card": {"brand": "visa", "last4": "4242", "exp_month": 1, "exp_year": 2030}, "created": BEGIN,
        })
    };
    let checkout = |status: &str, paid: &str| {
        json!({
            "object": "checkout.session", "id": format!("cs_{n}"), "customer": customer, "mode": "payment",
            "status": status, "payment_status": paid, "currency": "usd", "amount_total": 5000,
            "payment_intent": format!("pi_{n}_b"), "client_reference_id": format!("auth0|{n}"), "created": BEGIN + 70,
        })
    };
    let charge = |refunded: i64| {
        json!({
            "object": "charge", "id": format!("ch_{n}"), "customer": customer, "payment_intent": format!("pi_{n}_b"),
            "status": "succeeded", "currency": "usd", "amount": 5000, "amount_refunded": refunded, "created": BEGIN + 71,
        })
    };
    let refund = |status: &str| {
        json!({
            "object": "refund", "id": format!("re_{n}"), "charge": format!("ch_{n}"), "payment_intent": format!("pi_{n}_b"),
            "status": status, "currency": "usd", "amount": 1000, "created": BEGIN + 79,
        })
    };
    let dispute = |status: &str| {
        json!({
            "object": "dispute", "id": format!("dp_{n}"), "charge": format!("ch_{n}"), "status": status, "currency": "usd",
            "amount": 4000, "created": BEGIN + 82,
        })
    };
    let mut detached = at("payment_method.detached", 95, card(Value::Null));
    detached["data"]["previous_attributes"] = json!({ "customer": customer });
    // What paid the invoice, and how a bank took it back.
    let collected = json!({
        "object": "charge", "id": format!("ch_{n}_a"), "customer": customer, "payment_intent": format!("pi_{n}_a"),
        "invoice": format!("in_{n}"), "status": "succeeded", "currency": "usd", "amount": 2550, "amount_refunded": 0,
        "created": BEGIN + 59,
    });
    let taken = json!({
        "object": "dispute", "id": format!("dp_{n}_a"), "charge": format!("ch_{n}_a"), "status": "lost", "currency": "usd",
        "amount": 2550, "created": BEGIN + 62,
    });
    let events = vec![
        at(
            "customer.created",
            0,
            json!({"object": "customer", "id": customer, "email": format!("{n}@example.com"), "created": BEGIN,
                "metadata": {"user_id": format!("auth0|{n}")}}),
        ),
        at("payment_method.attached", 5, card(json!(customer))),
        at(
            "customer.subscription.created",
            10,
            subscription("incomplete"),
        ),
        at("customer.subscription.updated", 11, subscription("active")),
        at("invoice.created", 20, invoice("draft", 0)),
        at("invoice.finalized", 21, invoice("open", 0)),
        at("invoice.payment_failed", 30, invoice("open", 1)),
        at(
            "customer.subscription.updated",
            30,
            subscription("past_due"),
        ),
        at(
            "customer.subscription.deleted",
            40,
            subscription("canceled"),
        ),
        at("charge.succeeded", 59, collected),
        at("invoice.paid", 60, invoice("paid", 2)),
        at(
            "checkout.session.completed",
            70,
            checkout("complete", "paid"),
        ),
        at("refund.created", 79, refund("succeeded")),
        at("charge.refunded", 80, charge(1000)),
        at("charge.dispute.created", 82, dispute("needs_response")),
        at("charge.dispute.closed", 85, dispute("lost")),
        at("charge.refunded", 90, charge(2500)),
        detached,
        at("charge.dispute.funds_reinstated", 97, dispute("won")),
        at("refund.failed", 98, refund("failed")),
        at("charge.dispute.closed", 110, taken),
    ];
    [events, newer(n)].concat()
}

/// An invoice as versions of the API since 2025-03-31 tell it: the subscription under `parent`, and what pays it beside it.
/// Part of it is refunded by a credit note, part is taken off by another without money, and part is lost to a dispute.
fn newer(n: &str) -> Vec<Value> {
    let customer = format!("cus_{n}");
    let pays = json!({
        "object": "invoice_payment", "id": format!("inpay_{n}"), "invoice": format!("in_{n}_new"), "currency": "usd",
        "status": "paid", "is_default": true, "amount_paid": 4000, "amount_requested": 4000, "created": BEGIN + 101,
        "payment": {"type": "payment_intent", "payment_intent": format!("pi_{n}_new")},
        "status_transitions": {"paid_at": BEGIN + 102},
    });
    let invoice = |status: &str| {
        let paid = if status == "paid" { 4000 } else { 0 };
        let mut invoice = json!({
            "object": "invoice", "id": format!("in_{n}_new"), "customer": customer, "status": status,
            "number": format!("B-{n}"), "currency": "usd", "total": 4500, "subtotal": 4500, "amount_due": 4500 - 500,
            "amount_paid": paid, "amount_remaining": 4000 - paid, "attempt_count": i64::from(paid > 0),
            "created": BEGIN + 100, "collection_method": "charge_automatically",
            "parent": {"type": "subscription_details", "subscription_details": {"subscription": format!("sub_{n}")}},
            "status_transitions": {"paid_at": if paid > 0 { json!(BEGIN + 102) } else { Value::Null }},
            "lines": {"has_more": false, "data": []},
        });
        if paid > 0 {
            invoice["payments"] = json!({"object": "list", "has_more": false, "data": [pays]});
        }
        invoice
    };
    let charge = |refunded: i64| {
        json!({
            "object": "charge", "id": format!("ch_{n}_new"), "customer": customer, "payment_intent": format!("pi_{n}_new"),
            "status": "succeeded", "currency": "usd", "amount": 4000, "amount_refunded": refunded, "created": BEGIN + 101,
        })
    };
    let note = |which: &str, total: i64, refunds: Value| {
        json!({
            "object": "credit_note", "id": format!("cn_{n}_{which}"), "customer": customer, "invoice": format!("in_{n}_new"),
            "number": format!("B-{n}-CN-{which}"), "status": "issued", "currency": "usd", "total": total, "refunds": refunds,
            "created": BEGIN + 100,
        })
    };
    let by_refund = json!([{"refund": format!("re_{n}_new"), "amount_refunded": 1500}]);
    let refund = json!({
        "object": "refund", "id": format!("re_{n}_new"), "charge": format!("ch_{n}_new"),
        "payment_intent": format!("pi_{n}_new"), "status": "succeeded", "currency": "usd", "amount": 1500,
        "created": BEGIN + 103,
    });
    let dispute = json!({
        "object": "dispute", "id": format!("dp_{n}_new"), "charge": format!("ch_{n}_new"), "status": "lost",
        "currency": "usd", "amount": 2000, "created": BEGIN + 104,
    });
    [
        ("invoice.finalized", 100, invoice("open")),
        ("credit_note.created", 101, note("1", 500, json!([]))),
        ("charge.succeeded", 101, charge(0)),
        ("invoice_payment.paid", 102, pays.clone()),
        ("invoice.paid", 102, invoice("paid")),
        ("refund.created", 103, refund),
        ("charge.refunded", 103, charge(1500)),
        ("credit_note.created", 103, note("2", 1500, by_refund)),
        ("charge.dispute.closed", 104, dispute),
    ]
    .into_iter()
    .map(|(kind, at, object)| {
        event(
            &format!("{n}_{at}_{}_new", kind.replace('.', "_")),
            kind,
            at,
            &object,
        )
    })
    .collect()
}

/// An invoice of one day whose payment fails twenty days later, and what Stripe tells of it in the week after; and when it
/// failed first.
pub(super) fn slow_payment(n: &str) -> (Vec<Value>, i64) {
    const DAY: i64 = 86_400;
    let customer = format!("cus_{n}");
    let subscription = |status: &str| {
        json!({
            "object": "subscription", "id": format!("sub_{n}"), "customer": customer, "status": status, "created": BEGIN,
            "collection_method": "send_invoice", "items": {"data": [{"price": {"id": "price_1"}}]},
        })
    };
    let invoice = |tried: i64| {
        json!({
            "object": "invoice", "id": format!("in_{n}"), "customer": customer, "status": "open", "currency": "usd",
            "total": 900, "amount_due": 900, "amount_paid": 0, "amount_remaining": 900, "attempt_count": tried,
            "created": BEGIN + 20, "subscription": format!("sub_{n}"), "lines": {"has_more": false, "data": []},
        })
    };
    let made = json!({
        "object": "customer", "id": customer, "email": format!("{n}@example.com"), "created": BEGIN,
        "metadata": {"user_id": format!("auth0|{n}")},
    });
    let failed = 20 * DAY;
    let events = [
        ("customer.created", 0, made),
        ("customer.subscription.created", 10, subscription("active")),
        ("invoice.finalized", 21, invoice(0)),
        ("invoice.payment_failed", failed, invoice(1)),
        (
            "customer.subscription.updated",
            failed + 1,
            subscription("past_due"),
        ),
        ("invoice.payment_failed", failed + 3 * DAY, invoice(2)),
        (
            "customer.subscription.updated",
            failed + 5 * DAY,
            subscription("past_due"),
        ),
    ];
    let events = events.into_iter().map(|(kind, at, object)| {
        let id = format!("{n}_{at}_{}", kind.replace('.', "_"));
        event(&id, kind, at, &object)
    });
    (events.collect(), BEGIN + failed)
}

/// What is left of a story in the end, without what tells one customer from another.
pub(super) fn ending(database: &TestDatabase, n: &str) -> BTreeMap<&'static str, String> {
    let user = format!("auth0|{n}");
    let said = |sql: &str| {
        database
            .psql(&sql.replace("$user", &user).replace("$n", n))
            .replace(n, "N")
    };
    BTreeMap::from([
        ("user", said("select billing_mode, stripe_customer_id, stripe_subscription_id, stripe_subscription_status, downgrade_deadline from public.users where id = '$user'")),
        ("charges", said("select invoice_id, amount, currency, status, description, stripe_payment_intent_id, paid_at from public.billing_history where user_id = '$user' order by 1")),
        ("invoices", said("select stripe_invoice_id, invoice_number, amount, status, paid_at, hosted_invoice_url from public.invoices where user_id = '$user' order by 1")),
        ("subscriptions", said("select stripe_subscription_id, status from public.subscriptions where user_id = '$user' order by 1")),
        ("credits", said("select total_purchased, total_used from public.user_credits where user_id = '$user'")),
        ("ledger", said("select kind, sum(amount) from console.ledger_entries where account_id = '$user' group by 1 order by 1")),
        ("purchases", said("select checkout_id, amount, refunded, mode from console.stripe_purchases where account_id = '$user'")),
        ("holds", said("select plan_before, plan_set, plan_held, deadline from console.stripe_holds where user_id = '$user'")),
        ("mirror", said("select to_jsonb(m) - 'user_named' from (
            select to_jsonb(t) as m from console.stripe_customers as t where id = 'cus_$n'
            union all select to_jsonb(t) from console.stripe_subscriptions as t where customer_id = 'cus_$n'
            union all select to_jsonb(t) from console.stripe_invoices as t where customer_id = 'cus_$n'
            union all select to_jsonb(t) from console.stripe_payments as t where customer_id = 'cus_$n'
            union all select to_jsonb(t) from console.stripe_refunds as t where starts_with(id, 're_$n')
            union all select to_jsonb(t) from console.stripe_disputes as t where starts_with(id, 'dp_$n')
            union all select to_jsonb(t) from console.stripe_invoice_payments as t where id = 'inpay_$n'
            union all select to_jsonb(t) from console.stripe_credit_notes as t where customer_id = 'cus_$n'
            union all select to_jsonb(t) from console.stripe_payment_methods as t where customer_id = 'cus_$n'
            union all select to_jsonb(t) from console.stripe_checkouts as t where customer_id = 'cus_$n'
          ) as m order by m.m::text")),
        ("went back", said("select id, refunded, credited, went_back, paid_by from console.stripe_invoices where customer_id = 'cus_$n' order by 1")),
        ("lines", said("select l.id, position, amount, quantity, description from console.stripe_invoice_lines as l where invoice_id = 'in_$n' order by 2")),
    ])
}

pub(super) fn hire(database: &TestDatabase, n: &str) {
    database.psql(&format!(
        "insert into public.users (id, email, billing_mode) values ('auth0|{n}', '{n}@example.com', 'postpaid')"
    ));
}
