//! An account's credit transactions as a file.

use futures_util::StreamExt as _;
use time::OffsetDateTime;

use crate::domain::ids::UserId;
use crate::domain::ledger::{Entry, EntryKind};
use crate::domain::money::Currency;
use crate::reports::column::{Cell, Column, Kind};
use crate::store::door::Reading;
use crate::store::failure::StoreError;
use crate::store::ledger;
use crate::store::totals::TotalsRecord;
use crate::usecases::desk::Desk;
use crate::usecases::exported::{Exported, Rows};

const DOLLARS: Kind = Kind::Money(Some(Currency::USD));

/// One account's transactions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerQuery {
    /// Whose.
    pub account: UserId,
    /// The service's words in lower case; none means all.
    pub kinds: Vec<String>,
}

impl Exported for LedgerQuery {
    type Row = Entry;

    fn title(&self) -> String {
        "Credit transactions".to_owned()
    }

    fn columns(&self, _: OffsetDateTime) -> Vec<Column> {
        vec![
            Column::new("Transaction id", Kind::Id),
            Column::new("At", Kind::Time),
            Column::new("Kind", Kind::Text),
            Column::new("Amount as recorded", DOLLARS).without_total(),
            Column::new("Change", DOLLARS),
            Column::new("Balance", DOLLARS).without_total(),
            Column::new("Recorded before", DOLLARS).without_total(),
            Column::new("Recorded after", DOLLARS).without_total(),
            Column::new("Record", Kind::Text),
            Column::new("Description", Kind::Text),
            Column::new("Stripe payment", Kind::Id),
        ]
    }

    async fn filter(&self, _: &mut Reading, _: OffsetDateTime) -> Result<Vec<String>, StoreError> {
        let mut words = vec![format!("Account: {}", self.account)];
        if !self.kinds.is_empty() {
            let kinds: Vec<_> = self.kinds.iter().map(|kind| named(kind)).collect();
            words.push(format!("Kind: {}", kinds.join(" or ")));
        }
        Ok(words)
    }

    fn order(&self) -> String {
        "newest first".to_owned()
    }

    fn origins(&self) -> &'static [(&'static str, &'static str, &'static str)] {
        &[
            ("Kind", "credit_transactions", "type"),
            ("Recorded before", "credit_transactions", "balance_before"),
            ("Recorded after", "credit_transactions", "balance_after"),
            ("Description", "credit_transactions", "description"),
        ]
    }

    async fn rows<'r>(
        &self,
        reading: &'r mut Reading,
        _: OffsetDateTime,
    ) -> Result<Rows<'r, Entry>, StoreError> {
        Ok(ledger::listed(reading, &self.account, &self.kinds).boxed())
    }

    async fn totals(
        &self,
        reading: &mut Reading,
        _: OffsetDateTime,
    ) -> Result<Vec<TotalsRecord>, StoreError> {
        ledger::listed_totals(reading, &self.account, &self.kinds).await
    }

    fn cells(&self, _: &Desk, entry: Entry, _: OffsetDateTime) -> Vec<Cell> {
        let breaks = entry.step.breaks();
        let record = if breaks.is_empty() {
            Cell::Empty
        } else {
            let off: Vec<_> = breaks
                .iter()
                .map(|each| each.off_by().to_string())
                .collect();
            Cell::Text(format!("off by {}", off.join(" and ")))
        };
        let kind = match entry.kind {
            EntryKind::Purchase => Some("purchase".to_owned()),
            EntryKind::Usage => Some("usage".to_owned()),
            EntryKind::Refund => Some("refund".to_owned()),
            EntryKind::Grant => Some("grant".to_owned()),
            EntryKind::Adjustment => Some("adjustment".to_owned()),
            EntryKind::Other(word) => word,
        };
        vec![
            Cell::Text(entry.id),
            Cell::time(entry.at),
            Cell::text(kind),
            Cell::usd(entry.amount),
            Cell::usd(entry.step.effect),
            Cell::usd(entry.balance),
            Cell::usd(entry.step.before),
            Cell::usd(entry.step.after),
            record,
            Cell::text(entry.description),
            Cell::text(entry.payment_id),
        ]
    }
}

fn named(kind: &str) -> &str {
    if kind.is_empty() {
        "none recorded"
    } else {
        kind
    }
}
