//! Answers of the functions in `console` that speak JSON.
//!
//! They come as text, so that numbers keep the digits they have: what is between the quotes of our own
//! types is parsed, what a column held before and after stays as it was written.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::domain::action::{Cascade, Change, Done, DoneTo, DoneToMany, Effect, Offer, Offers};
use crate::store::failure::StoreError;

/// Reads an answer.
pub(in crate::store) fn answer<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    // What the parser says may quote the answer, which holds personal data.
    serde_json::from_str(text).map_err(|error| {
        StoreError::Impossible(format!(
            "an answer of another version of the schema console (column {})",
            error.column()
        ))
    })
}

#[derive(Deserialize)]
pub(in crate::store) struct OffersRecord {
    version: Option<String>,
    actions: Vec<OfferRecord>,
}

#[derive(Deserialize)]
struct OfferRecord {
    action: String,
    title: String,
    allowed: bool,
    may_try: bool,
    reason: Option<String>,
}

impl From<OffersRecord> for Offers {
    fn from(record: OffersRecord) -> Self {
        Self {
            version: record.version,
            actions: record
                .actions
                .into_iter()
                .map(|offer| Offer {
                    action: offer.action,
                    title: offer.title,
                    allowed: offer.allowed,
                    may_try: offer.may_try,
                    reason: offer.reason,
                })
                .collect(),
        }
    }
}

#[derive(Deserialize)]
pub(in crate::store) struct ChangeRecord {
    table: String,
    id: Option<String>,
    label: Option<String>,
    column: String,
    before: Option<Box<RawValue>>,
    after: Option<Box<RawValue>>,
}

impl From<ChangeRecord> for Change {
    fn from(record: ChangeRecord) -> Self {
        let json = |value: Option<Box<RawValue>>| {
            value.map_or_else(|| "null".to_owned(), |value| value.get().to_owned())
        };
        Self {
            table: record.table,
            id: record.id,
            label: record.label,
            column: record.column,
            before: json(record.before),
            after: json(record.after),
        }
    }
}

#[derive(Deserialize)]
pub(in crate::store) struct CascadeRecord {
    id: Option<String>,
    label: Option<String>,
    change: String,
}

impl From<CascadeRecord> for Cascade {
    fn from(record: CascadeRecord) -> Self {
        Self {
            id: record.id,
            label: record.label,
            change: record.change,
        }
    }
}

#[derive(Deserialize)]
struct EffectRecord {
    system: String,
    kind: String,
    subject: String,
    state: String,
}

#[derive(Deserialize)]
pub(in crate::store) struct DoneRecord {
    audit_id: Option<i64>,
    action: String,
    subject: Option<String>,
    changes: Vec<ChangeRecord>,
    cascade: Vec<CascadeRecord>,
    effects: Vec<EffectRecord>,
    version: Option<String>,
    inverse: Option<Box<RawValue>>,
    warnings: Vec<String>,
}

impl From<DoneRecord> for Done {
    fn from(record: DoneRecord) -> Self {
        Self {
            audit_id: record.audit_id,
            action: record.action,
            subject: record.subject,
            changes: record.changes.into_iter().map(Into::into).collect(),
            cascade: record.cascade.into_iter().map(Into::into).collect(),
            effects: record
                .effects
                .into_iter()
                .map(|effect| Effect {
                    system: effect.system,
                    kind: effect.kind,
                    subject: effect.subject,
                    state: effect.state,
                })
                .collect(),
            version: record.version,
            reversible: record.inverse.is_some(),
            warnings: record.warnings,
        }
    }
}

#[derive(Deserialize)]
pub(in crate::store) struct ManyRecord {
    done: u32,
    failed: u32,
    already: u32,
    results: Vec<ResultRecord>,
}

#[derive(Deserialize)]
struct ResultRecord {
    subject: String,
    ok: bool,
    answer: Option<DoneRecord>,
    message: Option<String>,
}

impl From<ManyRecord> for DoneToMany {
    fn from(record: ManyRecord) -> Self {
        Self {
            done: record.done,
            failed: record.failed,
            already: record.already,
            results: record
                .results
                .into_iter()
                .map(|result| DoneTo {
                    subject: result.subject,
                    result: if result.ok {
                        Ok(result.answer.map(Into::into))
                    } else {
                        Err(result.message.unwrap_or_default())
                    },
                })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_keeps_every_digit_it_was_written_with() {
        let text = r#"{"table": "ledger_entries", "id": "7", "label": null, "column": "amount",
            "before": null, "after": 12.340000000000000000001}"#;
        let change = Change::from(answer::<ChangeRecord>(text).expect("a change"));
        assert_eq!(change.before, "null");
        assert_eq!(change.after, "12.340000000000000000001");
    }

    #[test]
    fn an_answer_that_cannot_be_read_is_not_quoted() {
        let error = answer::<ChangeRecord>(r#"{"table": "jane@example.com"}"#)
            .err()
            .expect("no change");
        assert!(!error.to_string().contains("jane"), "{error}");
    }
}
