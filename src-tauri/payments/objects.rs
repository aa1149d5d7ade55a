//! An object as Stripe has it now, asked for where events leave it in doubt; and what a customer has.

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};
use tokio::time::Instant;

use crate::payments::events::{StripeReadError, StripeReader};
use crate::payments::facts;

/// Things to a page of a list; the most that Stripe gives.
const PAGE: &str = "100";

/// Pages that are read of one list: a thousand times what people read.
const PAGES: usize = 100;

/// An object as a row of the mirror, and as of when.
#[derive(Debug, Clone, PartialEq)]
pub struct Current {
    /// The row, as `payments::facts` makes it of an event.
    pub fact: Value,
    /// By Stripe's clock, and not later than what was read: whatever it did from then on is news.
    pub as_of: OffsetDateTime,
}

/// What a customer has: the customer, subscriptions and attached payment methods as rows of the mirror, and as of when.
#[derive(Debug, Clone, PartialEq)]
pub struct Holdings {
    /// The rows, as `payments::facts` makes them of events.
    pub facts: Vec<Value>,
    /// As of [`Current`].
    pub as_of: OffsetDateTime,
}

impl StripeReader {
    /// An object of a part of the mirror (`invoices`), with all lines of an invoice; `None`: Stripe has none of that id.
    ///
    /// # Errors
    /// [`StripeReadError`]
    pub async fn current(&self, part: &str, id: &str) -> Result<Option<Current>, StripeReadError> {
        let path = path(part, id).ok_or(StripeReadError::Unexpected("it has no such objects"))?;
        let Some((mut object, as_of)) = self.object(path, id).await? else {
            return Ok(None);
        };
        if object["object"] == "invoice" && object["lines"]["has_more"] == true {
            let lines = self.list(&["v1/invoices", id, "lines"], &[]).await?;
            object["lines"] = json!({ "data": lines, "has_more": false });
        }
        let fact = facts::current(&object)
            .filter(|fact| fact["table"] == part && fact["row"]["id"] == id)
            .ok_or(StripeReadError::Unexpected("it gives another object"))?;
        Ok(Some(Current { fact, as_of }))
    }

    /// What a customer has, subscriptions that ended included; `None`: Stripe has no customer of that id. One that was
    /// deleted has nothing any more.
    ///
    /// # Errors
    /// [`StripeReadError`]
    pub async fn holdings(&self, customer: &str) -> Result<Option<Holdings>, StripeReadError> {
        let Some((object, as_of)) = self.object("v1/customers", customer).await? else {
            return Ok(None);
        };
        let mut has = vec![object];
        if has[0]["deleted"] != true {
            let theirs = [("customer", customer), ("status", "all")];
            has.extend(self.list(&["v1/subscriptions"], &theirs).await?);
            // `v1/payment_methods` lists those of a customer by one type at a time.
            let methods = ["v1/customers", customer, "payment_methods"];
            has.extend(self.list(&methods, &[]).await?);
        }
        let facts: Option<Vec<Value>> = has.iter().map(facts::current).collect();
        let facts = facts.ok_or(StripeReadError::Unexpected("it lists other objects"))?;
        Ok(Some(Holdings { facts, as_of }))
    }

    /// An object, and as of when it is so.
    async fn object(
        &self,
        path: &'static str,
        id: &str,
    ) -> Result<Option<(Value, OffsetDateTime)>, StripeReadError> {
        let asked = Instant::now();
        let Some(answer) = self.get(&[path, id], &[]).await? else {
            return Ok(None);
        };
        let waited =
            Duration::seconds(i64::try_from(asked.elapsed().as_secs()).unwrap_or(i64::MAX));
        // Its clock tells whole seconds, and so did the wait.
        let as_of = answer.at - waited - Duration::seconds(2);
        Ok(Some((answer.said, as_of)))
    }

    /// All of a list.
    async fn list(
        &self,
        steps: &[&str],
        query: &[(&str, &str)],
    ) -> Result<Vec<Value>, StripeReadError> {
        let mut all: Vec<Value> = Vec::new();
        for _ in 0..PAGES {
            let last = all
                .last()
                .map(|one| one["id"].as_str().unwrap_or_default().to_owned());
            let mut query = query.to_vec();
            query.push(("limit", PAGE));
            query.extend(last.as_deref().map(|last| ("starting_after", last)));
            let page = self.get(steps, &query).await?;
            let page = page
                .ok_or(StripeReadError::Unexpected("a list is not there"))?
                .said;
            let Some(found) = page["data"].as_array() else {
                return Err(StripeReadError::Unexpected("what it lists is no list"));
            };
            all.extend(found.iter().cloned());
            if page["has_more"] != true || found.is_empty() {
                return Ok(all);
            }
        }
        Err(StripeReadError::Unexpected("a list has no end"))
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
