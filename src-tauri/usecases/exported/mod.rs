//! The lists that can be exported: for each its columns, its cells, and its filter in words.

pub mod accounts;
pub mod audit;
pub mod capacity;
pub mod clusters;
pub mod credits;
pub mod events;
pub mod findings;
mod invoice_sums;
pub mod invoices;
pub mod ledger;
pub mod overview;
pub mod teams;
pub mod told;
pub mod twins;
pub mod usage;
pub mod user_lists;
pub mod users;
mod words;

use std::future::Future;

use futures_util::stream::BoxStream;
use time::OffsetDateTime;

use crate::domain::audit::AuditFilter;
use crate::domain::balances::CreditsQuery;
use crate::domain::browse::UsersQuery;
use crate::domain::clusters::{ClustersQuery, SeatedQuery};
use crate::domain::events::EventsFilter;
use crate::domain::fleet::AccountsQuery;
use crate::domain::teams::TeamsQuery;
use crate::reports::column::{Cell, Column};
use crate::store::door::Reading;
use crate::store::failure::StoreError;
use crate::store::totals::TotalsRecord;
use crate::usecases::browse_users::searchable;
use crate::usecases::desk::Desk;
use crate::usecases::exported::capacity::{ClusterCustomers, ClusterNodes, UserFootprint};
use crate::usecases::exported::clusters::ClusterProjects;
use crate::usecases::exported::findings::ClusterFindings;
use crate::usecases::exported::invoices::FiscalInvoices;
use crate::usecases::exported::ledger::LedgerQuery;
use crate::usecases::exported::overview::OverviewClusters;
use crate::usecases::exported::told::Told;
use crate::usecases::exported::twins::InvoiceTwins;
use crate::usecases::exported::usage::{UsageByCluster, UsageByDay, UsageByDayAndCluster};
use crate::usecases::exported::user_lists::UserListQuery;
use crate::usecases::failure::DeskError;
use crate::usecases::understand_query::understood_apart;

/// A list with its filter and order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listing {
    /// The Users list.
    Users(UsersQuery),
    /// The Teams list.
    Teams(TeamsQuery),
    /// Usage by account.
    Accounts(AccountsQuery),
    /// The Credits list.
    Credits(CreditsQuery),
    /// One account's credit transactions.
    Ledger(LedgerQuery),
    /// The Invoices list.
    Invoices(FiscalInvoices),
    /// The Clusters list.
    Clusters(ClustersQuery),
    /// The people on one cluster.
    Seated(SeatedQuery),
    /// The projects on one cluster.
    ClusterProjects(ClusterProjects),
    /// Who holds what on one cluster.
    ClusterCustomers(ClusterCustomers),
    /// The nodes of one cluster.
    ClusterNodes(ClusterNodes),
    /// What is wrong on one cluster.
    ClusterFindings(ClusterFindings),
    /// What the projects of a user hold on clusters.
    UserFootprint(UserFootprint),
    /// The days of a chart.
    UsageByDay(UsageByDay),
    /// A period's days, cluster by cluster.
    UsageByDayAndCluster(UsageByDayAndCluster),
    /// A period's clusters.
    UsageByCluster(UsageByCluster),
    /// A list on the page of a user or a team.
    OfUser(UserListQuery),
    /// The audit trail.
    Audit(AuditFilter),
    /// What came in and goes out.
    Events(EventsFilter),
    /// Clusters by how full they are.
    OverviewClusters(OverviewClusters),
    /// What the billing history says of an invoice.
    InvoiceTwins(InvoiceTwins),
    /// A list that was put together before.
    Told(Told),
}

impl Listing {
    /// The list with the operators in its text taken as filters, as the screen takes them.
    ///
    /// # Errors
    /// When something in the text is not understood, or the database fails.
    pub async fn understood(mut self, desk: &Desk) -> Result<Self, DeskError> {
        /// The text and the filter of a list, wherever it keeps them.
        macro_rules! narrowed {
            ($text:expr, $filter:expr) => {{
                let (text, filter) = ($text.take(), std::mem::take(&mut $filter));
                let (text, filter) = understood_apart(desk, text.as_deref(), filter).await?;
                $filter = filter;
                $text = text;
            }};
        }
        match &mut self {
            Self::Users(query) => narrowed!(query.filter.text, query.filter),
            Self::Teams(query) => narrowed!(query.filter.text, query.filter),
            Self::Accounts(query) => narrowed!(query.text, query.filter),
            Self::Credits(query) => narrowed!(query.filter.text, query.filter),
            Self::Invoices(list) => narrowed!(list.query.filter.text, list.query.filter),
            Self::Clusters(query) => narrowed!(query.filter.text, query.filter),
            Self::Events(list) => narrowed!(list.text, *list),
            Self::Seated(_)
            | Self::Ledger(_)
            | Self::ClusterProjects(_)
            | Self::ClusterCustomers(_)
            | Self::ClusterNodes(_)
            | Self::ClusterFindings(_)
            | Self::UserFootprint(_)
            | Self::UsageByDay(_)
            | Self::UsageByDayAndCluster(_)
            | Self::UsageByCluster(_)
            | Self::OfUser(_)
            | Self::Audit(_)
            | Self::OverviewClusters(_)
            | Self::InvoiceTwins(_)
            | Self::Told(_) => {}
        }
        Ok(self)
    }

    /// What the list is called.
    #[must_use]
    pub fn title(&self) -> String {
        match self {
            Self::Users(list) => list.title(),
            Self::Teams(list) => list.title(),
            Self::Accounts(list) => list.title(),
            Self::Credits(list) => list.title(),
            Self::Ledger(list) => list.title(),
            Self::Invoices(list) => list.title(),
            Self::Clusters(list) => list.title(),
            Self::Seated(list) => list.title(),
            Self::ClusterProjects(list) => list.title(),
            Self::ClusterCustomers(list) => list.title(),
            Self::ClusterNodes(list) => list.title(),
            Self::ClusterFindings(list) => list.title(),
            Self::UserFootprint(list) => list.title(),
            Self::UsageByDay(list) => list.title(),
            Self::UsageByDayAndCluster(list) => list.title(),
            Self::UsageByCluster(list) => list.title(),
            Self::OfUser(list) => list.title(),
            Self::Audit(list) => list.title(),
            Self::Events(list) => list.title(),
            Self::OverviewClusters(list) => list.title(),
            Self::InvoiceTwins(list) => list.title(),
            Self::Told(list) => list.title(),
        }
    }

    /// The same list with its filter fit to look for, as the screen has it, and from its first row on.
    ///
    /// # Errors
    /// When the text to look for can be none.
    pub fn whole(self) -> Result<Self, DeskError> {
        Ok(match self {
            Self::Users(mut query) => {
                query.filter.text = searchable(query.filter.text.as_deref())?;
                query.after = None;
                Self::Users(query)
            }
            Self::Teams(mut query) => {
                query.filter.text = searchable(query.filter.text.as_deref())?;
                query.after = None;
                Self::Teams(query)
            }
            Self::Accounts(mut query) => {
                query.text = searchable(query.text.as_deref())?;
                query.after = None;
                Self::Accounts(query)
            }
            Self::Credits(mut query) => {
                query.filter.text = searchable(query.filter.text.as_deref())?;
                query.after = None;
                Self::Credits(query)
            }
            Self::Invoices(mut list) => {
                list.query.filter.text = searchable(list.query.filter.text.as_deref())?;
                list.query.after = None;
                Self::Invoices(list)
            }
            Self::Clusters(mut query) => {
                query.filter.text = searchable(query.filter.text.as_deref())?;
                query.after = None;
                Self::Clusters(query)
            }
            Self::Seated(mut query) => {
                query.text = searchable(query.text.as_deref())?;
                query.after = None;
                Self::Seated(query)
            }
            Self::Events(mut filter) => {
                filter.text = searchable(filter.text.as_deref())?;
                Self::Events(filter)
            }
            // These have neither a text to look for nor pages.
            list @ (Self::Ledger(_)
            | Self::ClusterProjects(_)
            | Self::ClusterCustomers(_)
            | Self::ClusterNodes(_)
            | Self::ClusterFindings(_)
            | Self::UserFootprint(_)
            | Self::UsageByDay(_)
            | Self::UsageByDayAndCluster(_)
            | Self::UsageByCluster(_)
            | Self::OfUser(_)
            | Self::Audit(_)
            | Self::OverviewClusters(_)
            | Self::InvoiceTwins(_)
            | Self::Told(_)) => list,
        })
    }
}

/// Rows as they come.
pub type Rows<'r, R> = BoxStream<'r, Result<R, StoreError>>;

/// What columns are read from: column's title, canonical view, column of the view.
pub type Origins = &'static [(&'static str, &'static str, &'static str)];

/// What a list must be able to tell to be exported.
pub trait Exported: Sync {
    /// A row of the list.
    type Row: Send;

    /// What the list is called: `Users`.
    fn title(&self) -> String;

    /// Its columns; the first is the id of a row.
    fn columns(&self, now: OffsetDateTime) -> Vec<Column>;

    /// The filter in words, one part each; none when every row passes.
    fn filter(
        &self,
        reading: &mut Reading,
        now: OffsetDateTime,
    ) -> impl Future<Output = Result<Vec<String>, StoreError>> + Send;

    /// The order in words: `newest registration first`.
    fn order(&self) -> String;

    /// What the columns are read from. What a database lacks among these is said in the file.
    fn origins(&self) -> Origins;

    /// What the rows and totals of the file were compared with.
    fn checked(&self) -> &'static str {
        "rows and totals below were compared with those the database counts in the same snapshot"
    }

    /// The rows, as the screen shows them.
    fn rows<'r>(
        &self,
        reading: &'r mut Reading,
        now: OffsetDateTime,
    ) -> impl Future<Output = Result<Rows<'r, Self::Row>, StoreError>> + Send;

    /// What the database counts and adds up for the same rows: a sum for each column that adds up.
    fn totals(
        &self,
        reading: &mut Reading,
        now: OffsetDateTime,
    ) -> impl Future<Output = Result<Vec<TotalsRecord>, StoreError>> + Send;

    /// What else the file says of itself, name and value: what the rows come to, beyond the sums of its columns.
    fn comes_to(
        &self,
        _: &mut Reading,
        _: OffsetDateTime,
    ) -> impl Future<Output = Result<Vec<(String, Cell)>, StoreError>> + Send {
        async { Ok(Vec::new()) }
    }

    /// A row as cells, one for each column.
    fn cells(&self, desk: &Desk, row: Self::Row, now: OffsetDateTime) -> Vec<Cell>;
}
