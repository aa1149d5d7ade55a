//! An object as Stripe has it now, asked for where events leave it in doubt.

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};
use tokio::time::Instant;

use crate::payments::events::{StripeReadError, StripeReader};
use crate::payments::facts;

/// Lines to a page; the most that Stripe gives.
const LINES: &str = "100";

/// Pages of lines that are read of one invoice: a thousand times what people read.
const PAGES: usize = 100;

/// An object as a row of the mirror, and as of when.
#[derive(Debug, Clone, PartialEq)]
pub struct Current {
    /// The row, as `payments::facts` makes it of an event.
    pub fact: Value,
    /// By Stripe's clock, and not later than what was read: whatever it did from then on is news.
    pub as_of: OffsetDateTime,
}

impl StripeReader {
    /// An object of a part of the mirror (`invoices`), with all lines of an invoice; `None`: Stripe has none of that id.
    ///
    /// # Errors
    /// [`StripeReadError`]
    pub async fn current(&self, part: &str, id: &str) -> Result<Option<Current>, StripeReadError> {
        let path = path(part, id).ok_or(StripeReadError::Unexpected("it has no such objects"))?;
        let asked = Instant::now();
        let Some(answer) = self.get(&[path, id], &[]).await? else {
            return Ok(None);
        };
        let waited =
            Duration::seconds(i64::try_from(asked.elapsed().as_secs()).unwrap_or(i64::MAX));
        // Its clock tells whole seconds, and so did the wait.
        let as_of = answer.at - waited - Duration::seconds(2);
        let mut object = answer.said;
        if object["object"] == "invoice" && object["lines"]["has_more"] == true {
            let lines = self.lines(id).await?;
            object["lines"] = json!({ "data": lines, "has_more": false });
        }
        let fact = facts::current(&object)
            .filter(|fact| fact["table"] == part && fact["row"]["id"] == id)
            .ok_or(StripeReadError::Unexpected("it gives another object"))?;
        Ok(Some(Current { fact, as_of }))
    }

    async fn lines(&self, invoice: &str) -> Result<Vec<Value>, StripeReadError> {
        let mut lines: Vec<Value> = Vec::new();
        for _ in 0..PAGES {
            let last = lines
                .last()
                .map(|line| line["id"].as_str().unwrap_or_default().to_owned());
            let mut query = vec![("limit", LINES)];
            query.extend(last.as_deref().map(|last| ("starting_after", last)));
            let page = self.get(&["v1/invoices", invoice, "lines"], &query).await?;
            let page = page
                .ok_or(StripeReadError::Unexpected("an invoice has no lines"))?
                .said;
            let Some(found) = page["data"].as_array() else {
                return Err(StripeReadError::Unexpected("its lines are no list"));
            };
            lines.extend(found.iter().cloned());
            if page["has_more"] != true || found.is_empty() {
                return Ok(lines);
            }
        }
        Err(StripeReadError::Unexpected("an invoice has no end"))
    }
}

/// Where objects of a part of the mirror are.
fn path(part: &str, id: &str) -> Option<&'static str> {
    Some(match part {
        "customers" => "v1/customers",
        "subscriptions" => "v1/subscriptions",
        "invoices" => "v1/invoices",
        "invoice_payments" => "v1/invoice_payments",
        "payments" if id.starts_with("pi_") => "v1/payment_intents",
        "payments" => "v1/charges",
        "refunds" => "v1/refunds",
        "disputes" => "v1/disputes",
        "credit_notes" => "v1/credit_notes",
        "payment_methods" => "v1/payment_methods",
        "checkouts" => "v1/checkout/sessions",
        _ => return None,
    })
}
