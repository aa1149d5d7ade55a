//! Accounts and what they used in a period, as a file.

use futures_util::StreamExt as _;
use time::OffsetDateTime;

use crate::domain::comparison::Parts;
use crate::domain::fleet::{AccountRow, AccountsPlan, AccountsQuery};
use crate::domain::money::Currency;
use crate::reports::column::{Cell, Column, Kind};
use crate::store::door::Reading;
use crate::store::failure::StoreError;
use crate::store::totals::TotalsRecord;
use crate::store::{fleet, people};
use crate::usecases::desk::Desk;
use crate::usecases::exported::words::{
    amount_words, cluster_words, measure_cells, measure_columns, plan_cell, plan_words,
    status_cell, status_words, text_words,
};
use crate::usecases::exported::{Exported, Rows};

/// How the rows are read: as the screen does, or, where that would be too much to wait for, day by day.
fn plan(query: &AccountsQuery) -> AccountsPlan {
    query.usage.accounts_plan().unwrap_or_else(|| {
        let (days, previous) = (query.usage.period.days(), query.usage.period.previous());
        AccountsPlan {
            parts: Parts::by_day(days),
            before: Parts::by_day(previous),
            before_days: previous,
            comparable: true,
        }
    })
}

impl Exported for AccountsQuery {
    type Row = AccountRow;

    fn title(&self) -> String {
        "Usage by account".to_owned()
    }

    fn columns(&self, _: OffsetDateTime) -> Vec<Column> {
        let before = plan(self).before_days;
        let before = format!("Cost {} to {}", before.first(), before.last());
        let mut columns = vec![
            Column::new("Account id", Kind::Id),
            Column::new("Owner", Kind::Text),
            Column::new("E-mail", Kind::Text),
            Column::new("Company", Kind::Text),
            Column::new("Status", Kind::Text),
            Column::new("Plan", Kind::Text),
            Column::new("Members", Kind::Whole),
        ];
        columns.extend(measure_columns(""));
        columns.push(Column::new(before, Kind::Money(Some(Currency::USD))));
        columns
    }

    async fn filter(
        &self,
        reading: &mut Reading,
        _: OffsetDateTime,
    ) -> Result<Vec<String>, StoreError> {
        let days = self.usage.period.days();
        let mut words = vec![format!("Days: {} to {} (UTC)", days.first(), days.last())];
        if let Some(cluster) = &self.usage.cluster {
            words.push(cluster_words(people::clusters(reading).await?, cluster));
        }
        if let Some(account) = &self.usage.account {
            words.push(format!("Account: {account}"));
        }
        words.extend(text_words("Owner, company or id", self.text.as_deref()));
        let filter = &self.filter;
        words.extend(status_words(&filter.statuses));
        words.extend(plan_words(&filter.plans));
        for (what, bounds, unit) in [
            ("Cost", (filter.cost_over, filter.cost_under), " USD"),
            ("CPU", (filter.cpu_over, filter.cpu_under), " hours"),
            ("GPU", (filter.gpu_over, filter.gpu_under), " hours"),
        ] {
            words.extend(amount_words(what, bounds, unit));
        }
        Ok(words)
    }

    fn order(&self) -> String {
        let direction = if self.descending { "most" } else { "least" };
        format!("{direction} {} first", self.sort.unit())
    }

    fn origins(&self) -> &'static [(&'static str, &'static str, &'static str)] {
        &[
            ("Plan", "users", "billing_mode"),
            ("Cost", "usage_daily", "total_cost"),
            ("CPU", "usage_daily", "cpu_hours"),
            ("GPU", "usage_daily", "gpu_hours"),
            ("Storage", "usage_daily", "storage_gb"),
        ]
    }

    async fn rows<'r>(
        &self,
        reading: &'r mut Reading,
        _: OffsetDateTime,
    ) -> Result<Rows<'r, AccountRow>, StoreError> {
        Ok(fleet::listed_accounts(reading, self, &plan(self)).boxed())
    }

    async fn totals(
        &self,
        reading: &mut Reading,
        _: OffsetDateTime,
    ) -> Result<Vec<TotalsRecord>, StoreError> {
        fleet::listed_accounts_totals(reading, self, &plan(self)).await
    }

    fn cells(&self, _: &Desk, row: AccountRow, _: OffsetDateTime) -> Vec<Cell> {
        let status = status_cell(&row.owner);
        let mut cells = vec![
            Cell::Text(row.owner.id.to_string()),
            Cell::text(row.owner.name),
            Cell::Text(row.owner.email),
            Cell::text(row.company),
            status,
            row.plan.map_or(Cell::text(None::<String>), |plan| {
                plan_cell(plan, row.plan_word)
            }),
            Cell::whole(Some(row.members)),
        ];
        cells.extend(measure_cells(&row.measures));
        cells.push(Cell::usd(row.cost_before));
        cells
    }
}
