//! What an event says about Stripe's objects, as rows of the mirror (`migrations/console/0051`): old and new
//! shapes of the API come to the same.

mod rank;

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::payments::amount::major;
use crate::payments::envelope::{self, Envelope, id_of};
use crate::payments::json as read_json;

/// An event, read.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its outside.
    pub envelope: Envelope,
    /// Rows of the mirror; none for kinds that nothing follows from.
    pub facts: Vec<Value>,
}

/// Reads the body of an event. What nobody here has heard of has no facts.
#[must_use]
pub fn event(body: &[u8]) -> Event {
    let value = read_json::read(body).unwrap_or(Value::Null);
    let envelope = envelope::of(&value, body);
    let kind = envelope.kind.as_deref().unwrap_or_default();
    let object = &value["data"]["object"];
    let facts = fact(&value, kind).into_iter().chain(paid_by(object));
    Event {
        envelope,
        facts: facts.collect(),
    }
}

/// The row of one object as it is at Stripe now, read back rather than sent.
#[must_use]
pub fn current(object: &Value) -> Option<Value> {
    fact(&json!({ "data": { "object": object } }), "")
}

/// What an invoice says of its payments where it lists them (versions since 2025-03-31, expanded), each as if it had come
/// by an event of its own.
fn paid_by(invoice: &Value) -> Vec<Value> {
    let payments = match invoice["object"].as_str() {
        Some("invoice") => invoice["payments"]["data"].as_array(),
        _ => None,
    };
    let one = |payment: &Value| {
        let mut payment = payment.clone();
        if id_of(&payment["invoice"]).is_none() {
            payment["invoice"] = invoice["id"].clone();
        }
        fact(&json!({ "data": { "object": payment } }), "")
            .filter(|fact| fact["table"] == "invoice_payments")
    };
    payments
        .map(|payments| {
            payments
                .iter()
                .filter(|one| one.is_object())
                .filter_map(one)
                .collect()
        })
        .unwrap_or_default()
}

fn fact(event: &Value, kind: &str) -> Option<Value> {
    let object = &event["data"]["object"];
    let row = Row::new(object)?;
    let (table, row, state) = match object["object"].as_str()? {
        "customer" => ("customers", customer(row, kind), 0),
        "subscription" => (
            "subscriptions",
            subscription(row),
            rank::subscription_rank(object),
        ),
        "invoice" => ("invoices", invoice(row, kind), rank::invoice_rank(object)),
        "invoice_payment" => (
            "invoice_payments",
            invoice_payment(row),
            rank::invoice_payment_rank(object),
        ),
        "payment_intent" => ("payments", payment_intent(row), rank::payment_rank(object)),
        "charge" => ("payments", charge(row), rank::payment_rank(object)),
        "refund" => ("refunds", refund(row), rank::settled_rank(object)),
        "dispute" => ("disputes", dispute(row), rank::dispute_rank(object)),
        "credit_note" => ("credit_notes", credit_note(row), rank::settled_rank(object)),
        "payment_method" => {
            let customer = envelope::customer(event);
            let row = row.put("customer_id", customer);
            ("payment_methods", payment_method(row, kind), 0)
        }
        "checkout.session" => ("checkouts", checkout(row), rank::checkout_rank(object)),
        _ => return None,
    };
    // Of two events of one second the one further along is the later: what was made before what was changed,
    // and that before what was removed; then by the state of the object.
    let step = match kind.rsplit('.').next() {
        Some("created") => 0,
        Some("deleted" | "detached") => 2,
        _ => 1,
    };
    let mut fact = json!({ "table": table, "row": row.map, "rank": step * 1_000_000 + state });
    if table == "invoices" {
        fact["lines"] = lines(object);
    }
    Some(fact)
}

/// A row being filled from an object.
struct Row<'o> {
    object: &'o Value,
    currency: String,
    map: Map<String, Value>,
}

impl<'o> Row<'o> {
    fn new(object: &'o Value) -> Option<Self> {
        let id = id_of(&object["id"])?;
        let currency = object["currency"].as_str().unwrap_or("usd");
        let row = Self {
            object,
            currency: currency.to_ascii_uppercase(),
            map: Map::new(),
        };
        Some(row.put("id", Some(id)).time("created_at", "created"))
    }

    fn put(mut self, column: &str, value: Option<impl Into<Value>>) -> Self {
        let value = value.map_or(Value::Null, Into::into);
        self.map.insert(column.to_owned(), value);
        self
    }

    fn text(self, column: &str, field: &str) -> Self {
        let text = self.object[field].as_str().map(str::to_owned);
        self.put(column, text)
    }

    fn id(self, column: &str, field: &str) -> Self {
        let id = id_of(&self.object[field]);
        self.put(column, id)
    }

    fn yes_no(self, column: &str, field: &str) -> Self {
        let yes = self.object[field].as_bool();
        self.put(column, yes)
    }

    /// Whole numbers as the column holds them; others are unknown rather than an error.
    fn count(self, column: &str, field: &str) -> Self {
        let count = self.object[field].as_i64();
        let count = count.and_then(|count| i32::try_from(count).ok());
        self.put(column, count)
    }

    fn time(self, column: &str, field: &str) -> Self {
        let time = time(&self.object[field]);
        self.put(column, time)
    }

    fn money(self, column: &str, field: &str) -> Self {
        let amount = amount(&self.object[field], &self.currency);
        self.put(column, amount)
    }

    fn currency(self) -> Self {
        let known = self.object["currency"]
            .is_string()
            .then(|| self.currency.clone());
        self.put("currency", known)
    }
}

fn amount(value: &Value, currency: &str) -> Option<String> {
    value
        .as_i64()
        .map(|minor| major(minor, currency).to_string())
}

fn time(value: &Value) -> Option<String> {
    envelope::time(value)?.format(&Rfc3339).ok()
}

/// Which user whoever made an object at Stripe wrote into its metadata.
fn user_named(object: &Value) -> Option<String> {
    ["user_id", "userId", "auth0_user_id", "supabase_user_id"]
        .iter()
        .find_map(|key| id_of(&object["metadata"][key]))
}

fn customer<'o>(row: Row<'o>, kind: &str) -> Row<'o> {
    let named = user_named(row.object);
    let deleted = kind == "customer.deleted" || row.object["deleted"] == true;
    row.text("email", "email")
        .text("name", "name")
        .currency()
        .yes_no("delinquent", "delinquent")
        .put("deleted", Some(deleted))
        .put("user_named", named)
}

fn subscription(row: Row<'_>) -> Row<'_> {
    let object = row.object;
    let item = &object["items"]["data"][0];
    // Since 2025-03-31 the period belongs to the item.
    let period = |field: &str| time(&object[field]).or_else(|| time(&item[field]));
    let (start, end) = (period("current_period_start"), period("current_period_end"));
    let price = id_of(&item["price"]).or_else(|| id_of(&object["plan"]));
    row.id("customer_id", "customer")
        .text("status", "status")
        .put("price_id", price)
        .text("collection_method", "collection_method")
        .id("latest_invoice_id", "latest_invoice")
        .yes_no("cancel_at_period_end", "cancel_at_period_end")
        .time("cancel_at", "cancel_at")
        .put("current_period_start", start)
        .put("current_period_end", end)
        .time("trial_end", "trial_end")
        .time("canceled_at", "canceled_at")
        .time("ended_at", "ended_at")
}

fn invoice<'o>(row: Row<'o>, kind: &str) -> Row<'o> {
    let object = row.object;
    let deleted = kind == "invoice.deleted" || object["deleted"] == true;
    let failed = kind == "invoice.payment_failed";
    // Newer versions keep these under `parent` and `payments`.
    let parent = &object["parent"]["subscription_details"]["subscription"];
    let subscription = id_of(&object["subscription"]).or_else(|| id_of(parent));
    let payments = &object["payments"]["data"];
    let payment = id_of(&object["payment_intent"]).or_else(|| {
        let list = payments.as_array()?;
        let paid = list.iter().find(|one| one["is_default"] == true);
        id_of(&paid.or(list.first())?["payment"]["payment_intent"])
    });
    let changes = &object["status_transitions"];
    let complete = object["lines"]["has_more"] != true;
    row.id("customer_id", "customer")
        .text("customer_email", "customer_email")
        .put("subscription_id", subscription)
        .put("payment_intent_id", payment)
        .text("number", "number")
        .text("status", "status")
        .currency()
        .money("amount_due", "amount_due")
        .money("amount_paid", "amount_paid")
        .money("amount_remaining", "amount_remaining")
        .money("subtotal", "subtotal")
        .money("total", "total")
        .text("billing_reason", "billing_reason")
        .text("collection_method", "collection_method")
        .text("description", "description")
        .text("hosted_url", "hosted_invoice_url")
        .text("pdf_url", "invoice_pdf")
        .count("attempt_count", "attempt_count")
        .time("next_attempt_at", "next_payment_attempt")
        .time("due_at", "due_date")
        .time("period_start", "period_start")
        .time("period_end", "period_end")
        .put("finalized_at", time(&changes["finalized_at"]))
        .put("paid_at", time(&changes["paid_at"]))
        .put("voided_at", time(&changes["voided_at"]))
        .put("lines_complete", Some(complete))
        .put("payment_failed", failed.then_some(true))
        .put("deleted", Some(deleted))
}

fn lines(invoice: &Value) -> Value {
    let none = Vec::new();
    let lines = invoice["lines"]["data"].as_array().unwrap_or(&none);
    let invoice_currency = invoice["currency"].as_str().unwrap_or("usd");
    let line = |(position, line): (usize, &Value)| {
        let currency = line["currency"].as_str().unwrap_or(invoice_currency);
        let currency = currency.to_ascii_uppercase();
        let price = id_of(&line["price"])
            .or_else(|| id_of(&line["pricing"]["price_details"]["price"]))
            .or_else(|| id_of(&line["plan"]));
        let details = &line["parent"]["subscription_item_details"];
        let proration = line["proration"]
            .as_bool()
            .or_else(|| details["proration"].as_bool());
        json!({
            "position": position,
            "id": id_of(&line["id"]),
            "description": line["description"].as_str(),
            "amount": amount(&line["amount"], &currency),
            "currency": currency,
            "quantity": line["quantity"].as_i64().map(Decimal::from),
            "price_id": price,
            "proration": proration,
            "period_start": time(&line["period"]["start"]),
            "period_end": time(&line["period"]["end"]),
        })
    };
    Value::Array(lines.iter().enumerate().map(line).collect())
}

/// Which payment pays an invoice: its own object since 2025-03-31, and the only one that says so there.
fn invoice_payment(row: Row<'_>) -> Row<'_> {
    let payment = &row.object["payment"];
    let (intent, charge) = (id_of(&payment["payment_intent"]), id_of(&payment["charge"]));
    let paid_at = time(&row.object["status_transitions"]["paid_at"]);
    row.id("invoice_id", "invoice")
        .put("payment_intent_id", intent)
        .put("charge_id", charge)
        .text("status", "status")
        .currency()
        .money("amount_paid", "amount_paid")
        .money("amount_requested", "amount_requested")
        .yes_no("is_default", "is_default")
        .put("paid_at", paid_at)
}

fn payment_intent(row: Row<'_>) -> Row<'_> {
    let id = id_of(&row.object["id"]);
    let error = &row.object["last_payment_error"];
    let code = error["code"].as_str().map(str::to_owned);
    let message = error["message"].as_str().map(str::to_owned);
    row.id("customer_id", "customer")
        .put("payment_intent_id", id)
        .id("invoice_id", "invoice")
        .text("status", "status")
        .currency()
        .money("amount", "amount")
        .put("failure_code", code)
        .put("failure_message", message)
        .text("description", "description")
}

fn charge(row: Row<'_>) -> Row<'_> {
    row.id("customer_id", "customer")
        .id("payment_intent_id", "payment_intent")
        .id("invoice_id", "invoice")
        .text("status", "status")
        .currency()
        .money("amount", "amount")
        .money("amount_refunded", "amount_refunded")
        .text("failure_code", "failure_code")
        .text("failure_message", "failure_message")
        .text("description", "description")
}

fn refund(row: Row<'_>) -> Row<'_> {
    row.id("charge_id", "charge")
        .id("payment_intent_id", "payment_intent")
        .text("status", "status")
        .currency()
        .money("amount", "amount")
        .text("reason", "reason")
}

fn dispute(row: Row<'_>) -> Row<'_> {
    let due = time(&row.object["evidence_details"]["due_by"]);
    let (withdrawn, withdrawn_currency) = withdrawn(&row.object["balance_transactions"]).unzip();
    row.id("charge_id", "charge")
        .id("payment_intent_id", "payment_intent")
        .text("status", "status")
        .currency()
        .money("amount", "amount")
        .put("withdrawn", withdrawn)
        .put("withdrawn_currency", withdrawn_currency)
        .text("reason", "reason")
        .put("evidence_due_at", due)
}

/// What Stripe took for a dispute, less what it gave back, without its fees, and in which currency: that of the account's
/// balance, which may be the payment's where the dispute's is not.
fn withdrawn(transactions: &Value) -> Option<(String, String)> {
    let transactions = transactions.as_array().filter(|all| !all.is_empty())?;
    let currency = transactions.first()?["currency"].as_str()?;
    let minor = transactions.iter().try_fold(0_i64, |sum, one| {
        let amount = one["amount"]
            .as_i64()
            .filter(|_| one["currency"] == currency)?;
        sum.checked_sub(amount)
    })?;
    let currency = currency.to_ascii_uppercase();
    Some((major(minor, &currency).to_string(), currency))
}

fn credit_note(row: Row<'_>) -> Row<'_> {
    let refunded = refunded_by(&row.object["refunds"], &row.currency);
    row.id("customer_id", "customer")
        .id("invoice_id", "invoice")
        .text("number", "number")
        .text("status", "status")
        .currency()
        .money("total", "total")
        .put("refunded", refunded)
        .id("refund_id", "refund")
        .text("reason", "reason")
}

/// What of a credit note went back as money. Since 2025-03-31 it has a list of refunds, each with its part; before, one
/// refund, of which only the id is here.
fn refunded_by(refunds: &Value, currency: &str) -> Option<String> {
    let minor = refunds
        .as_array()?
        .iter()
        .map(|refund| refund["amount_refunded"].as_i64())
        .try_fold(0_i64, |sum, part| sum.checked_add(part?))?;
    Some(major(minor, currency).to_string())
}

fn payment_method<'o>(row: Row<'o>, kind: &str) -> Row<'o> {
    let object = row.object;
    let card = &object["card"];
    let brand = card["brand"].as_str().map(str::to_owned);
    let last4 = card["last4"].as_str().map(str::to_owned);
    let month = card["exp_month"].as_i64();
    let year = card["exp_year"].as_i64();
    let small = |number: Option<i64>| number.and_then(|number| i32::try_from(number).ok());
    let attached = kind != "payment_method.detached" && id_of(&object["customer"]).is_some();
    row.text("kind", "type")
        .put("brand", brand)
        .put("last4", last4)
        .put("exp_month", small(month))
        .put("exp_year", small(year))
        .put("attached", Some(attached))
}

fn checkout(row: Row<'_>) -> Row<'_> {
    let object = row.object;
    let named = id_of(&object["client_reference_id"]).or_else(|| user_named(object));
    let purpose = ["purpose", "type", "kind"]
        .iter()
        .find_map(|key| object["metadata"][key].as_str())
        .map(|word| match word {
            "credit" | "credits" | "credit_purchase" | "credits_purchase" | "purchase_credits" => {
                "credits".to_owned()
            }
            other => other.to_owned(),
        });
    let net = amount(&net_of(object).into(), &row.currency);
    row.id("customer_id", "customer")
        .put("user_named", named)
        .text("mode", "mode")
        .text("status", "status")
        .text("payment_status", "payment_status")
        .put("purpose", purpose)
        .currency()
        .money("amount", "amount_total")
        .put("net", net)
        .id("payment_intent_id", "payment_intent")
        .id("subscription_id", "subscription")
        .id("invoice_id", "invoice")
}

/// What was bought, as it is priced: what is paid less tax that is added to the price, and less shipping, in minor units.
fn net_of(checkout: &Value) -> Option<i64> {
    let discount = checkout["total_details"]["amount_discount"].as_i64();
    checkout["amount_subtotal"]
        .as_i64()?
        .checked_sub(discount.unwrap_or(0))
}

/// The moment an event is of: what the mirror compares. An event that does not say is older than any.
#[must_use]
pub fn moment(envelope: &Envelope) -> OffsetDateTime {
    envelope.created.unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests;
