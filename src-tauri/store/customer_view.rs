//! The service's tables as a customer sees them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;
use time::OffsetDateTime;
use time::serde::rfc3339;

use crate::domain::customer_view::{CustomerView, SeenTable};
use crate::domain::ids::UserId;
use crate::statement;
use crate::store::action_record::answer;
use crate::store::door::{Statement, Writing};
use crate::store::failure::StoreError;

const VIEW_AS: Statement = statement!("view_as.sql");

/// Reads as the customer does, and puts that on record.
///
/// # Errors
/// [`StoreError::Declined`] where row level security is off, there is no role for customers, no such user, or
/// no good reason.
pub async fn view_as(
    writing: &mut Writing,
    user: &UserId,
    reason: &str,
) -> Result<CustomerView, StoreError> {
    let query = VIEW_AS
        .rows::<(String,)>()
        .bind(user.as_str().to_owned())
        .bind(reason.to_owned());
    let (text,) = writing.one(query).await?;
    Ok(answer::<ViewRecord>(&text)?.into())
}

#[derive(Deserialize)]
struct ViewRecord {
    audit_id: i64,
    #[serde(with = "rfc3339")]
    at: OffsetDateTime,
    tables: BTreeMap<String, TableRecord>,
}

#[derive(Deserialize)]
struct TableRecord {
    columns: Vec<String>,
    seen: Option<u64>,
    there: Option<u64>,
    // Raw, so that no digit of an amount is lost on the way.
    rows: Option<Vec<BTreeMap<String, Box<RawValue>>>>,
}

impl From<ViewRecord> for CustomerView {
    fn from(record: ViewRecord) -> Self {
        Self {
            audit_id: record.audit_id,
            at: record.at,
            tables: record
                .tables
                .into_iter()
                .map(|(name, table)| table.into_seen(name))
                .collect(),
        }
    }
}

impl TableRecord {
    fn into_seen(self, name: String) -> SeenTable {
        let rows = self.rows.unwrap_or_default();
        let rows = rows
            .into_iter()
            .map(|row| {
                let value = |column: &String| {
                    let value = row.get(column);
                    value.map_or_else(|| "null".to_owned(), |value| value.get().to_owned())
                };
                self.columns.iter().map(value).collect()
            })
            .collect();
        SeenTable {
            name,
            columns: self.columns,
            seen: self.seen,
            there: self.there,
            rows,
        }
    }
}
