//! What a customer sees of the service's tables, beside what is there of them.

use time::OffsetDateTime;

/// Up to this many rows are counted; more are "over".
pub const COUNTED: u64 = 10_000;

/// What one customer saw at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerView {
    /// The entry of the trail that records the look.
    pub audit_id: i64,
    /// When it was read.
    pub at: OffsetDateTime,
    /// Every table of which customers may read anything, by name.
    pub tables: Vec<SeenTable>,
}

/// A table through the customer's own row level security.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenTable {
    /// Its name.
    pub name: String,
    /// Columns that customers may read, in their order.
    pub columns: Vec<String>,
    /// How many rows the customer is given, [`COUNTED`] and one more at most; `None`: reading was refused.
    pub seen: Option<u64>,
    /// How many there are of them and their team, whoever may see them; `None` where no column says whose.
    pub there: Option<u64>,
    /// The newest rows, each value as JSON.
    pub rows: Vec<Vec<String>>,
}

impl SeenTable {
    /// Whether rows of this customer are kept from them.
    #[must_use]
    pub fn holds_back(&self) -> bool {
        match (self.seen, self.there) {
            (Some(seen), Some(there)) => seen < there,
            (None, there) => there != Some(0),
            (Some(_), None) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(seen: Option<u64>, there: Option<u64>) -> SeenTable {
        SeenTable {
            name: "invoices".to_owned(),
            columns: Vec::new(),
            seen,
            there,
            rows: Vec::new(),
        }
    }

    #[test]
    fn a_table_holds_back_what_is_there_and_not_seen() {
        assert!(table(Some(1), Some(4)).holds_back());
        assert!(table(None, Some(4)).holds_back(), "all of it was refused");
        assert!(!table(Some(4), Some(4)).holds_back());
        assert!(
            !table(None, Some(0)).holds_back(),
            "there is nothing to see"
        );
        assert!(
            !table(Some(3), None).holds_back(),
            "nobody knows whose they are"
        );
    }
}
