//! What a customer sees, as the window shows it: the parts of their own app, table by table.

use serde::Serialize;
use ts_rs::TS;

use crate::domain::customer_view::{self, COUNTED, SeenTable};
use crate::domain::money::count_shown;
use crate::wire::json_words::in_words;
use crate::wire::time::rfc3339;

/// Answer of `view_as`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct CustomerView {
    /// The entry of the trail that records the look.
    #[ts(type = "number")]
    pub audit_id: i64,
    pub read_at: String,
    pub parts: Vec<CustomerPart>,
}

/// A part of the customer's app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct CustomerPart {
    /// `"Usage"`.
    pub title: String,
    pub tables: Vec<CustomerTable>,
}

/// A table of the service through the customer's own row level security.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct CustomerTable {
    pub name: String,
    /// `"12 rows"`, `"over 10,000 rows"`; null: reading was refused.
    pub seen: Option<String>,
    /// How many staff see of them and their team; null where no column says whose they are.
    pub there: Option<String>,
    /// Rows of theirs are kept from them.
    pub holds_back: bool,
    /// Columns that customers may read.
    pub columns: Vec<String>,
    /// The newest rows; each cell in words, null where nothing is recorded.
    pub rows: Vec<Vec<Option<String>>>,
}

/// The parts in their order, each with words that its tables' names hold.
const PARTS: [(&str, &[&str]); 5] = [
    ("Usage", &["usage"]),
    ("Credits", &["credit"]),
    (
        "Invoices",
        &["invoice", "billing", "subscription", "stripe", "pricing"],
    ),
    ("Team", &["users", "team", "member", "profile"]),
    (
        "Instance and projects",
        &[
            "instance",
            "project",
            "deployment",
            "feature",
            "cluster",
            "hopsworks",
        ],
    ),
];
const REST: &str = "Everything else";

impl From<customer_view::CustomerView> for CustomerView {
    fn from(view: customer_view::CustomerView) -> Self {
        let titles = PARTS.iter().map(|(title, _)| *title).chain([REST]);
        let mut parts: Vec<CustomerPart> = titles
            .map(|title| CustomerPart {
                title: title.to_owned(),
                tables: Vec::new(),
            })
            .collect();
        for table in view.tables {
            let holds = |words: &[&str]| words.iter().any(|word| table.name.contains(word));
            let place = PARTS.iter().position(|(_, words)| holds(words));
            if let Some(part) = parts.get_mut(place.unwrap_or(PARTS.len())) {
                part.tables.push(table.into());
            }
        }
        parts.retain(|part| !part.tables.is_empty());
        Self {
            audit_id: view.audit_id,
            read_at: rfc3339(view.at),
            parts,
        }
    }
}

impl From<SeenTable> for CustomerTable {
    fn from(table: SeenTable) -> Self {
        Self {
            holds_back: table.holds_back(),
            name: table.name,
            seen: table.seen.map(rows),
            there: table.there.map(rows),
            columns: table.columns,
            rows: table
                .rows
                .into_iter()
                .map(|row| row.iter().map(|value| in_words(value)).collect())
                .collect(),
        }
    }
}

fn rows(count: u64) -> String {
    match count {
        1 => "1 row".to_owned(),
        _ if count > COUNTED => format!("over {} rows", count_shown(COUNTED)),
        _ => format!("{} rows", count_shown(count)),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn table(name: &str, seen: u64) -> SeenTable {
        SeenTable {
            name: name.to_owned(),
            columns: vec!["amount".to_owned(), "note".to_owned()],
            seen: Some(seen),
            there: Some(seen + 1),
            rows: vec![vec!["12.340000000000000001".to_owned(), "null".to_owned()]],
        }
    }

    #[test]
    fn tables_stand_in_the_part_of_the_app_that_shows_them() {
        let view = CustomerView::from(customer_view::CustomerView {
            audit_id: 7,
            at: datetime!(2026-11-26 12:00 UTC),
            tables: [
                "account_usage",
                "invoices",
                "odd_table",
                "usage_daily",
                "user_credits",
            ]
            .map(|name| table(name, 1))
            .to_vec(),
        });
        let shown: Vec<(&str, Vec<&str>)> = view
            .parts
            .iter()
            .map(|part| {
                let names = part.tables.iter().map(|table| table.name.as_str());
                (part.title.as_str(), names.collect())
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("Usage", vec!["account_usage", "usage_daily"]),
                ("Credits", vec!["user_credits"]),
                ("Invoices", vec!["invoices"]),
                ("Everything else", vec!["odd_table"]),
            ]
        );
    }

    #[test]
    fn no_digit_is_lost_and_what_is_held_back_is_said() {
        let shown = CustomerTable::from(table("invoices", 10_001));
        assert_eq!(
            shown.rows,
            [vec![Some("12.340000000000000001".to_owned()), None]]
        );
        assert_eq!(shown.seen.as_deref(), Some("over 10,000 rows"));
        assert!(shown.holds_back);
    }
}
