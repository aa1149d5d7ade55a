//! The Invoices list as a file.

use time::OffsetDateTime;

use crate::domain::fiscal::FiscalZone;
use crate::domain::invoice_totals::InvoiceTotals;
use crate::domain::invoices::{
    FiscalMonth, InvoiceRow, InvoiceStanding, InvoiceState, InvoicesQuery, InvoicesSort, Origin,
    Recorded,
};
use crate::reports::column::{Cell, Column, Kind};
use crate::store::door::Reading;
use crate::store::failure::StoreError;
use crate::store::fiscal;
use crate::store::invoices;
use crate::store::totals::TotalsRecord;
use crate::usecases::browse_invoices::{assumed_currency, in_own_currency, sums_in};
use crate::usecases::desk::Desk;
use crate::usecases::exported::invoice_sums::in_lines;
use crate::usecases::exported::words::{amount_words, any_words, span_words, text_words};
use crate::usecases::exported::{Exported, Rows};

/// The list, with the zone whose months are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiscalInvoices {
    /// Which rows, in which order.
    pub query: InvoicesQuery,
    /// The fiscal time zone of the workspace.
    pub zone: FiscalZone,
    /// What amounts are in where the database records no currency at all.
    pub assumed: Option<&'static str>,
}

impl FiscalInvoices {
    /// The list as this desk shows it.
    #[must_use]
    pub fn new(desk: &Desk, query: InvoicesQuery, zone: FiscalZone) -> Self {
        let assumed = assumed_currency(desk);
        Self {
            query,
            zone,
            assumed,
        }
    }
}

impl Exported for FiscalInvoices {
    type Row = InvoiceRow;

    fn title(&self) -> String {
        "Invoices".to_owned()
    }

    fn columns(&self, _: OffsetDateTime) -> Vec<Column> {
        vec![
            Column::new("Id", Kind::Id),
            Column::new("Table", Kind::Text),
            Column::new("Number", Kind::Id),
            Column::new("Account id", Kind::Id),
            Column::new("Account", Kind::Text),
            Column::new("E-mail", Kind::Text),
            Column::new("Company", Kind::Text),
            Column::new("Amount", Kind::Money(None)),
            Column::new("Currency", Kind::Text),
            Column::new("Standing", Kind::Text),
            Column::new("Status as recorded", Kind::Text),
            Column::new("Period start", Kind::Time),
            Column::new("Period end", Kind::Time),
            Column::new("Made", Kind::Time),
            Column::new("Due", Kind::Time),
            Column::new("Paid", Kind::Time),
            Column::new("Description", Kind::Text),
            Column::new("Stripe invoice", Kind::Id),
            Column::new("Hosted invoice", Kind::Text),
        ]
    }

    async fn filter(
        &self,
        reading: &mut Reading,
        now: OffsetDateTime,
    ) -> Result<Vec<String>, StoreError> {
        let filter = &self.query.filter;
        let mut words = Vec::new();
        words.extend(text_words("Number, account or id", filter.text.as_deref()));
        words.extend(any_words("Status", &filter.states, InvoiceState::word));
        words.extend(any_words(
            "Standing",
            &filter.standings,
            InvoiceStanding::word,
        ));
        if let Some(month) = filter.month {
            let month = match month {
                FiscalMonth::This => fiscal::month_of(reading, now, &self.zone).await?,
                FiscalMonth::Named(month) => month,
            };
            words.push(format!("Fiscal month: {month}, {}", self.zone.name()));
        }
        if let Some(account) = &filter.account {
            words.push(format!("Account: {account}"));
        }
        words.extend(any_words("Table", &filter.origins, Origin::word));
        words.extend(text_words("Number", filter.number.as_deref()));
        let amounts = (filter.amount_over, filter.amount_under);
        words.extend(amount_words("Amount", amounts, ""));
        words.extend(span_words("Due", filter.due_from, filter.due_before));
        words.extend(span_words("Made", filter.made_from, filter.made_before));
        Ok(words)
    }

    fn order(&self) -> String {
        let words = match (self.query.sort, self.query.descending) {
            (InvoicesSort::Date, true) => "newest first",
            (InvoicesSort::Date, false) => "oldest first",
            (InvoicesSort::Amount, true) => "largest amount first",
            (InvoicesSort::Amount, false) => "smallest amount first",
            (InvoicesSort::Due, true) => "due latest first",
            (InvoicesSort::Due, false) => "due earliest first",
        };
        words.to_owned()
    }

    fn origins(&self) -> &'static [(&'static str, &'static str, &'static str)] {
        &[
            ("Invoices", "invoices", "id"),
            ("Charges", "billing_history", "id"),
            ("Subscriptions", "subscriptions", "id"),
        ]
    }

    async fn rows<'r>(
        &self,
        reading: &'r mut Reading,
        now: OffsetDateTime,
    ) -> Result<Rows<'r, InvoiceRow>, StoreError> {
        invoices::listed(reading, &self.query, &self.zone, now).await
    }

    async fn totals(
        &self,
        reading: &mut Reading,
        now: OffsetDateTime,
    ) -> Result<Vec<TotalsRecord>, StoreError> {
        let totals = invoices::listed_totals(reading, &self.query, &self.zone, now).await?;
        Ok(in_assumed(totals, self.assumed))
    }

    /// As above the list: each standing by itself, and apart from those what went back.
    async fn comes_to(
        &self,
        reading: &mut Reading,
        now: OffsetDateTime,
    ) -> Result<Vec<(String, Cell)>, StoreError> {
        let filter = &self.query.filter;
        match invoices::totals(reading, filter, &self.zone, now, None).await? {
            InvoiceTotals::Whole(mut sums) => {
                sums_in(&mut sums, self.assumed);
                in_lines(&sums)
            }
            InvoiceTotals::Over(rows) => {
                let problem = format!("{rows} invoices are too many to add up");
                Err(StoreError::Impossible(problem))
            }
        }
    }

    fn cells(&self, _: &Desk, mut row: InvoiceRow, _: OffsetDateTime) -> Vec<Cell> {
        if self.assumed.is_some() {
            in_own_currency(&mut row.amount);
        }
        let (account, person, company) = match row.payer {
            None => (None, None, None),
            Some(payer) => (Some(payer.id), payer.person, payer.company),
        };
        let (name, email) = person
            .map(|person| (person.name, Some(person.email)))
            .unwrap_or_default();
        vec![
            Cell::Text(row.id),
            Cell::Text(row.origin.word().to_owned()),
            Cell::text(row.number),
            Cell::text(account),
            Cell::text(name),
            Cell::text(email),
            Cell::text(company),
            amount(&row.amount),
            Cell::text(row.amount.currency),
            Cell::Text(row.standing.word().to_owned()),
            Cell::text(row.status),
            Cell::time(row.period_start),
            Cell::time(row.period_end),
            Cell::time(row.created_at),
            Cell::time(row.due_at),
            Cell::time(row.paid_at),
            Cell::text(row.description),
            Cell::text(row.stripe_invoice_id),
            Cell::text(row.hosted_url),
        ]
    }
}

/// Totals in the service's own currency, where its database records none at all.
pub(in crate::usecases::exported) fn in_assumed(
    mut totals: Vec<TotalsRecord>,
    assumed: Option<&'static str>,
) -> Vec<TotalsRecord> {
    if let Some(currency) = assumed {
        for record in &mut totals {
            record.currency.get_or_insert_with(|| currency.to_owned());
        }
    }
    totals
}

/// An amount whose currency is not on record, or is none, is a number apart from all money.
pub(in crate::usecases::exported) fn amount(recorded: &Recorded) -> Cell {
    match recorded.money() {
        Some(money) => Cell::Money(money),
        None => Cell::quantity(recorded.amount),
    }
}
