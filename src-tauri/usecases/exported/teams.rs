//! The Teams list as a file.

use futures_util::StreamExt as _;
use time::OffsetDateTime;

use crate::domain::money::Currency;
use crate::domain::period::Month;
use crate::domain::teams::{TeamConcern, TeamRow, TeamsQuery, TeamsSort};
use crate::reports::column::{Cell, Column, Kind};
use crate::store::door::Reading;
use crate::store::failure::StoreError;
use crate::store::teams;
use crate::store::totals::TotalsRecord;
use crate::usecases::desk::Desk;
use crate::usecases::exported::words::{
    amount_words, count_words, measure_cells, measure_columns, plan_cell, plan_words, span_words,
    status_cell, status_words, text_words,
};
use crate::usecases::exported::{Exported, Rows};

impl Exported for TeamsQuery {
    type Row = TeamRow;

    fn title(&self) -> String {
        "Teams".to_owned()
    }

    fn columns(&self, now: OffsetDateTime) -> Vec<Column> {
        let month = Month::of(now);
        let before = format!("Cost {}", month.before());
        let mut columns = vec![
            Column::new("Owner id", Kind::Id),
            Column::new("Owner", Kind::Text),
            Column::new("E-mail", Kind::Text),
            Column::new("Company", Kind::Text),
            Column::new("Owner status", Kind::Text),
            Column::new("Plan", Kind::Text),
            Column::new("Members", Kind::Whole),
            Column::new("Members active", Kind::Whole),
            Column::new("Members suspended", Kind::Whole),
            Column::new("Invites pending", Kind::Whole),
            Column::new("Invites expired", Kind::Whole),
            Column::new("Registered", Kind::Time),
        ];
        columns.extend(measure_columns(&format!(" {month}")));
        columns.push(Column::new(before, Kind::Money(Some(Currency::USD))));
        columns
    }

    async fn filter(&self, _: &mut Reading, _: OffsetDateTime) -> Result<Vec<String>, StoreError> {
        let concern = self.filter.concern.map(|concern| {
            match concern {
                TeamConcern::SuspendedMembers => "Suspended members",
                TeamConcern::PendingInvites => "Pending invites",
                TeamConcern::ExpiredInvites => "Expired invites",
                TeamConcern::OwnerOut => "Members active while the owner is not",
            }
            .to_owned()
        });
        let filter = &self.filter;
        let mut words = Vec::new();
        words.extend(text_words("Owner, company or id", filter.text.as_deref()));
        words.extend(concern);
        words.extend(status_words(&filter.statuses).map(|words| format!("Owner: {words}")));
        words.extend(plan_words(&filter.plans));
        words.extend(count_words(
            "Members",
            filter.members_least,
            filter.members_most,
        ));
        let costs = (filter.cost_over, filter.cost_under);
        words.extend(amount_words("Cost of the month", costs, " USD"));
        let registered = (filter.registered_after, filter.registered_before);
        words.extend(span_words("Owner registered", registered.0, registered.1));
        Ok(words)
    }

    fn order(&self) -> String {
        let words = match (self.sort, self.descending) {
            (TeamsSort::Cost, true) => "highest cost of the month first",
            (TeamsSort::Cost, false) => "lowest cost of the month first",
            (TeamsSort::Members, true) => "most members first",
            (TeamsSort::Members, false) => "fewest members first",
            (TeamsSort::Name, true) => "by owner, Z to A",
            (TeamsSort::Name, false) => "by owner, A to Z",
            (TeamsSort::Created, true) => "newest registration first",
            (TeamsSort::Created, false) => "oldest registration first",
        };
        words.to_owned()
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
        now: OffsetDateTime,
    ) -> Result<Rows<'r, TeamRow>, StoreError> {
        Ok(teams::listed(reading, self, now).boxed())
    }

    async fn totals(
        &self,
        reading: &mut Reading,
        now: OffsetDateTime,
    ) -> Result<Vec<TotalsRecord>, StoreError> {
        teams::listed_totals(reading, self, now).await
    }

    fn cells(&self, _: &Desk, row: TeamRow, _: OffsetDateTime) -> Vec<Cell> {
        let status = status_cell(&row.owner);
        let mut cells = vec![
            Cell::Text(row.owner.id.to_string()),
            Cell::text(row.owner.name),
            Cell::Text(row.owner.email),
            Cell::text(row.company),
            status,
            plan_cell(row.plan, row.plan_word),
            Cell::whole(Some(row.standing.members)),
            Cell::whole(Some(row.standing.active)),
            Cell::whole(Some(row.standing.suspended)),
            Cell::whole(Some(row.standing.invites_pending)),
            Cell::whole(Some(row.standing.invites_expired)),
            Cell::time(row.created_at),
        ];
        cells.extend(measure_cells(&row.month));
        cells.push(Cell::usd(row.cost_before));
        cells
    }
}
