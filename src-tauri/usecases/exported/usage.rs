//! Usage by day, by day and cluster, and by cluster, as files.

use futures_util::StreamExt as _;
use time::{Date, OffsetDateTime};

use crate::domain::fleet::UsageQuery;
use crate::domain::measures::Measures;
use crate::domain::money::Currency;
use crate::domain::period::Days;
use crate::reports::column::{Cell, Column, Kind};
use crate::store::door::Reading;
use crate::store::failure::StoreError;
use crate::store::people;
use crate::store::totals::TotalsRecord;
use crate::store::usage_lists::{self, ClusterDay, ClusterSum, Whose};
use crate::usecases::chart_usage::ChartSubject;
use crate::usecases::desk::Desk;
use crate::usecases::exported::words::{cluster_words, measure_cells, measure_columns};
use crate::usecases::exported::{Exported, Rows};

/// What all of these are read from.
const ORIGINS: &[(&str, &str, &str)] = &[
    ("Cluster", "usage_daily", "hopsworks_cluster_id"),
    ("Cost", "usage_daily", "total_cost"),
    ("CPU", "usage_daily", "cpu_hours"),
    ("GPU", "usage_daily", "gpu_hours"),
    ("Storage", "usage_daily", "storage_gb"),
    ("Feature store", "usage_daily", "feature_store_api_calls"),
    ("Models", "usage_daily", "model_inference_calls"),
];

/// A chart's days as a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageByDay {
    /// Whose.
    pub subject: ChartSubject,
    /// Which.
    pub days: Days,
}

impl UsageByDay {
    fn whose(&self) -> Whose<'_> {
        match &self.subject {
            ChartSubject::Service => Whose::Service,
            ChartSubject::Person(id) => Whose::Person(id),
            ChartSubject::Team(id) => Whose::Team(id),
            ChartSubject::Cluster(id) => Whose::Cluster(id),
        }
    }
}

impl Exported for UsageByDay {
    type Row = (Date, Measures);

    fn title(&self) -> String {
        "Usage by day".to_owned()
    }

    fn columns(&self, _: OffsetDateTime) -> Vec<Column> {
        let mut columns = vec![Column::new("Day", Kind::Date)];
        columns.extend(measure_columns(""));
        columns
    }

    async fn filter(
        &self,
        reading: &mut Reading,
        _: OffsetDateTime,
    ) -> Result<Vec<String>, StoreError> {
        let whose = match &self.subject {
            ChartSubject::Service => None,
            ChartSubject::Person(id) => Some(format!("Person: {id}")),
            ChartSubject::Team(id) => Some(format!("Team of: {id}")),
            ChartSubject::Cluster(id) => Some(cluster_words(people::clusters(reading).await?, id)),
        };
        Ok(whose.into_iter().chain([days_words(self.days)]).collect())
    }

    fn order(&self) -> String {
        "earliest day first; days without data are left out".to_owned()
    }

    fn origins(&self) -> &'static [(&'static str, &'static str, &'static str)] {
        // Its columns name no cluster.
        &ORIGINS[1..]
    }

    async fn rows<'r>(
        &self,
        reading: &'r mut Reading,
        _: OffsetDateTime,
    ) -> Result<Rows<'r, Self::Row>, StoreError> {
        Ok(usage_lists::days(reading, self.whose(), self.days))
    }

    async fn totals(
        &self,
        reading: &mut Reading,
        _: OffsetDateTime,
    ) -> Result<Vec<TotalsRecord>, StoreError> {
        usage_lists::days_totals(reading, self.whose(), self.days).await
    }

    fn cells(&self, _: &Desk, (day, measures): Self::Row, _: OffsetDateTime) -> Vec<Cell> {
        let mut cells = vec![Cell::Date(day)];
        cells.extend(measure_cells(&measures));
        cells
    }
}

/// A period's days, cluster by cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageByDayAndCluster(pub UsageQuery);

impl Exported for UsageByDayAndCluster {
    type Row = ClusterDay;

    fn title(&self) -> String {
        "Usage by day and cluster".to_owned()
    }

    fn columns(&self, _: OffsetDateTime) -> Vec<Column> {
        let mut columns = vec![
            Column::new("Day", Kind::Date),
            Column::new("Cluster id", Kind::Id),
            Column::new("Cluster", Kind::Text),
        ];
        columns.extend(measure_columns(""));
        columns
    }

    async fn filter(
        &self,
        reading: &mut Reading,
        _: OffsetDateTime,
    ) -> Result<Vec<String>, StoreError> {
        query_words(&self.0, reading).await
    }

    fn order(&self) -> String {
        "earliest day first".to_owned()
    }

    fn origins(&self) -> &'static [(&'static str, &'static str, &'static str)] {
        ORIGINS
    }

    async fn rows<'r>(
        &self,
        reading: &'r mut Reading,
        _: OffsetDateTime,
    ) -> Result<Rows<'r, ClusterDay>, StoreError> {
        Ok(usage_lists::days_and_clusters(reading, &self.0).boxed())
    }

    async fn totals(
        &self,
        reading: &mut Reading,
        _: OffsetDateTime,
    ) -> Result<Vec<TotalsRecord>, StoreError> {
        usage_lists::days_and_clusters_totals(reading, &self.0).await
    }

    fn cells(&self, _: &Desk, row: ClusterDay, _: OffsetDateTime) -> Vec<Cell> {
        let mut cells = vec![
            Cell::Date(row.day),
            named_cluster(row.cluster_id),
            Cell::text(row.cluster_name),
        ];
        cells.extend(measure_cells(&row.measures));
        cells
    }
}

/// A period's clusters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageByCluster(pub UsageQuery);

impl Exported for UsageByCluster {
    type Row = ClusterSum;

    fn title(&self) -> String {
        "Usage by cluster".to_owned()
    }

    fn columns(&self, _: OffsetDateTime) -> Vec<Column> {
        let before = self.0.period.previous();
        let mut columns = vec![
            Column::new("Cluster id", Kind::Id),
            Column::new("Cluster", Kind::Text),
            Column::new("Days with data", Kind::Whole),
        ];
        columns.extend(measure_columns(""));
        columns.push(Column::new(
            format!("Cost {} to {}", before.first(), before.last()),
            Kind::Money(Some(Currency::USD)),
        ));
        columns
    }

    async fn filter(
        &self,
        reading: &mut Reading,
        _: OffsetDateTime,
    ) -> Result<Vec<String>, StoreError> {
        query_words(&self.0, reading).await
    }

    fn order(&self) -> String {
        "highest cost first; usage without a cluster last".to_owned()
    }

    fn origins(&self) -> &'static [(&'static str, &'static str, &'static str)] {
        ORIGINS
    }

    async fn rows<'r>(
        &self,
        reading: &'r mut Reading,
        _: OffsetDateTime,
    ) -> Result<Rows<'r, ClusterSum>, StoreError> {
        Ok(usage_lists::clusters(reading, &self.0).boxed())
    }

    async fn totals(
        &self,
        reading: &mut Reading,
        _: OffsetDateTime,
    ) -> Result<Vec<TotalsRecord>, StoreError> {
        usage_lists::clusters_totals(reading, &self.0).await
    }

    fn cells(&self, _: &Desk, row: ClusterSum, _: OffsetDateTime) -> Vec<Cell> {
        let mut cells = vec![
            named_cluster(row.cluster_id),
            Cell::text(row.cluster_name),
            Cell::Whole(row.days),
        ];
        cells.extend(measure_cells(&row.measures));
        cells.push(Cell::usd(row.cost_before));
        cells
    }
}

/// The days, the cluster and the account of a query.
async fn query_words(query: &UsageQuery, reading: &mut Reading) -> Result<Vec<String>, StoreError> {
    let mut words = vec![days_words(query.period.days())];
    if let Some(cluster) = &query.cluster {
        words.push(cluster_words(people::clusters(reading).await?, cluster));
    }
    if let Some(account) = &query.account {
        words.push(format!("Account: {account}"));
    }
    Ok(words)
}

fn days_words(days: Days) -> String {
    format!("Days: {} to {} (UTC)", days.first(), days.last())
}

/// Usage without a cluster has an empty cell.
fn named_cluster(id: String) -> Cell {
    Cell::text(Some(id).filter(|id| !id.is_empty()))
}
