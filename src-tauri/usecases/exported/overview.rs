//! The Overview's clusters as a file.

use futures_util::StreamExt as _;
use time::OffsetDateTime;

use crate::domain::overview::ClusterFill;
use crate::reports::column::{Cell, Column, Kind};
use crate::store::door::Reading;
use crate::store::failure::StoreError;
use crate::store::totals::TotalsRecord;
use crate::store::{overview, rollups};
use crate::usecases::desk::Desk;
use crate::usecases::exported::{Exported, Origins, Rows};

/// Clusters by how full they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OverviewClusters;

impl Exported for OverviewClusters {
    /// A cluster, and whether anybody has counted seats yet.
    type Row = (ClusterFill, bool);

    fn title(&self) -> String {
        "Clusters by fill".to_owned()
    }

    fn columns(&self, _: OffsetDateTime) -> Vec<Column> {
        vec![
            Column::new("Id", Kind::Id),
            Column::new("Cluster", Kind::Text),
            Column::new("Region", Kind::Text),
            Column::new("Status", Kind::Text),
            Column::new("Seats, at most", Kind::Whole),
            Column::new("Seats assigned", Kind::Whole),
            Column::new("Filled, percent", Kind::Whole),
            Column::new("The cluster's own counter", Kind::Whole),
            Column::new("Assigned in 30 days", Kind::Whole),
        ]
    }

    async fn filter(&self, _: &mut Reading, _: OffsetDateTime) -> Result<Vec<String>, StoreError> {
        Ok(Vec::new())
    }

    fn order(&self) -> String {
        "the fullest first".to_owned()
    }

    fn origins(&self) -> Origins {
        &[
            ("Region", "clusters", "region"),
            ("Seats, at most", "clusters", "max_users"),
            ("The cluster's own counter", "clusters", "current_users"),
            ("Seats assigned", "cluster_assignments", "cluster_id"),
        ]
    }

    async fn rows<'r>(
        &self,
        reading: &'r mut Reading,
        _: OffsetDateTime,
    ) -> Result<Rows<'r, Self::Row>, StoreError> {
        // Seats that were never counted are not free.
        let counted = rollups::as_of(reading).await?.is_some();
        let rows = overview::clusters_listed(reading);
        Ok(rows.map(move |cluster| Ok((cluster?, counted))).boxed())
    }

    async fn totals(
        &self,
        reading: &mut Reading,
        _: OffsetDateTime,
    ) -> Result<Vec<TotalsRecord>, StoreError> {
        overview::clusters_totals(reading).await
    }

    fn cells(&self, desk: &Desk, (row, counted): Self::Row, _: OffsetDateTime) -> Vec<Cell> {
        let recorded = desk
            .lacks
            .column("cluster_assignments", "cluster_id")
            .is_none();
        let seen = counted && recorded;
        vec![
            Cell::Text(row.id.to_string()),
            Cell::Text(row.name.clone()),
            Cell::text(row.region.clone()),
            Cell::Text(row.status.clone()),
            Cell::whole(row.seats_limit),
            Cell::whole(seen.then_some(row.seats_assigned)),
            Cell::whole(row.percent().filter(|_| seen)),
            Cell::whole(row.seats_recorded),
            Cell::whole(seen.then_some(row.assigned_lately)),
        ]
    }
}
