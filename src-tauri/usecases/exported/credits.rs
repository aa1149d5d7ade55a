//! The Credits list as a file.

use futures_util::StreamExt as _;
use time::OffsetDateTime;

use crate::domain::balances::{AccountBalance, CreditsQuery, CreditsSort};
use crate::domain::money::Currency;
use crate::reports::column::{Cell, Column, Kind};
use crate::store::balances;
use crate::store::door::Reading;
use crate::store::failure::StoreError;
use crate::store::totals::TotalsRecord;
use crate::usecases::desk::Desk;
use crate::usecases::exported::words::{
    amount_words, plan_cell, plan_words, span_words, status_cell, status_words, text_words,
};
use crate::usecases::exported::{Exported, Rows};

const DOLLARS: Kind = Kind::Money(Some(Currency::USD));

impl Exported for CreditsQuery {
    type Row = AccountBalance;

    fn title(&self) -> String {
        "Credits".to_owned()
    }

    fn columns(&self, _: OffsetDateTime) -> Vec<Column> {
        vec![
            Column::new("Account id", Kind::Id),
            Column::new("Owner", Kind::Text),
            Column::new("E-mail", Kind::Text),
            Column::new("Company", Kind::Text),
            Column::new("Status", Kind::Text),
            Column::new("Plan", Kind::Text),
            Column::new("Paid left", DOLLARS),
            Column::new("Free left", DOLLARS),
            Column::new("Balance", DOLLARS),
            Column::new("Spent in 14 days", DOLLARS),
            Column::new("Runs out", Kind::Date),
            Column::new("Low", Kind::Text),
            Column::new("Last purchase", Kind::Time),
        ]
    }

    async fn filter(&self, _: &mut Reading, _: OffsetDateTime) -> Result<Vec<String>, StoreError> {
        let filter = &self.filter;
        let flags = [
            (filter.low, "Out of credits, or running out within 7 days"),
            (filter.negative, "A balance below zero"),
            (filter.prepaid, "Prepaid accounts"),
            (filter.out, "Nothing left"),
            (filter.never_runs_out, "Does not run out"),
            (filter.never_bought, "Never bought any"),
        ];
        let flags = flags.into_iter().filter(|(set, _)| *set);
        let text = text_words("Owner, company or id", filter.text.as_deref());
        let mut words: Vec<String> = text
            .into_iter()
            .chain(flags.map(|(_, words)| words.to_owned()))
            .collect();
        words.extend(status_words(&filter.statuses));
        words.extend(plan_words(&filter.plans));
        for (what, bounds) in [
            ("Balance", (filter.balance_over, filter.balance_under)),
            ("Paid left", (filter.paid_over, filter.paid_under)),
            ("Free left", (filter.free_over, filter.free_under)),
        ] {
            words.extend(amount_words(what, bounds, " USD"));
        }
        let days = [
            ("on or after", filter.runs_out_from),
            ("before", filter.runs_out_before),
        ];
        words.extend(
            days.into_iter()
                .filter_map(|(word, day)| Some(format!("Runs out {word} {}", day?))),
        );
        let bought = (filter.bought_after, filter.bought_before);
        words.extend(span_words("Last purchase", bought.0, bought.1));
        Ok(words)
    }

    fn order(&self) -> String {
        let words = match (self.sort, self.descending) {
            (CreditsSort::RunsOut, false) => "who runs out soonest first",
            (CreditsSort::RunsOut, true) => "who runs out latest first",
            (CreditsSort::Balance, false) => "lowest balance first",
            (CreditsSort::Balance, true) => "highest balance first",
            (CreditsSort::Name, false) => "by owner, A to Z",
            (CreditsSort::Name, true) => "by owner, Z to A",
            (CreditsSort::LastPurchase, false) => "earliest last purchase first",
            (CreditsSort::LastPurchase, true) => "latest purchase first",
        };
        words.to_owned()
    }

    fn origins(&self) -> &'static [(&'static str, &'static str, &'static str)] {
        &[
            ("Plan", "users", "billing_mode"),
            ("Paid left", "user_credits", "total_purchased"),
            ("Free left", "user_credits", "free_credits_granted"),
            ("Spent in 14 days", "usage_daily", "total_cost"),
            ("Last purchase", "user_credits", "last_purchase_at"),
        ]
    }

    async fn rows<'r>(
        &self,
        reading: &'r mut Reading,
        _: OffsetDateTime,
    ) -> Result<Rows<'r, AccountBalance>, StoreError> {
        Ok(balances::listed(reading, self).boxed())
    }

    async fn totals(
        &self,
        reading: &mut Reading,
        _: OffsetDateTime,
    ) -> Result<Vec<TotalsRecord>, StoreError> {
        balances::listed_totals(reading, self).await
    }

    fn cells(&self, _: &Desk, row: AccountBalance, _: OffsetDateTime) -> Vec<Cell> {
        let status = status_cell(&row.person);
        vec![
            Cell::Text(row.person.id.to_string()),
            Cell::text(row.person.name),
            Cell::Text(row.person.email),
            Cell::text(row.company),
            status,
            plan_cell(row.plan, row.plan_word),
            Cell::usd(Some(row.paid_left)),
            Cell::usd(Some(row.free_left)),
            Cell::usd(Some(row.balance)),
            Cell::usd(Some(row.spent)),
            Cell::date(row.runs_out),
            Cell::Text(if row.low { "low" } else { "" }.to_owned()),
            Cell::time(row.last_purchase_at),
        ]
    }
}
