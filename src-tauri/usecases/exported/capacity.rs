//! What a cluster carries, customer by customer and node by node, and what a user's projects hold now, as files.
//! Processors in cores, memory and disk in bytes: exact, whatever the screen rounds to.

use futures_util::StreamExt as _;
use rust_decimal::Decimal;
use time::OffsetDateTime;

use crate::domain::capacity::recorded::{Footprint, Holding, SeenNode, Whose};
use crate::domain::ids::{ClusterId, UserId};
use crate::domain::money::Currency;
use crate::reports::column::{Cell, Column, Kind};
use crate::store::capacity::listed;
use crate::store::door::Reading;
use crate::store::failure::StoreError;
use crate::store::totals::TotalsRecord;
use crate::store::{cluster_costs, people};
use crate::usecases::desk::Desk;
use crate::usecases::exported::words::{cluster_words, instant};
use crate::usecases::exported::{Exported, Origins, Rows};
use crate::usecases::show_capacity::by_seat;

const CORES: Kind = Kind::Quantity("cores");
const BYTES: Kind = Kind::Quantity("bytes");
const DEVICES: Kind = Kind::Quantity("devices");

/// Who holds what on one cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterCustomers {
    /// Which.
    pub cluster: ClusterId,
    /// Projects do not say where they are: those of the people with a seat there are meant.
    pub by_seat: bool,
}

impl ClusterCustomers {
    /// Customers as this database can tell them.
    #[must_use]
    pub fn new(desk: &Desk, cluster: ClusterId) -> Self {
        Self {
            cluster,
            by_seat: by_seat(desk),
        }
    }
}

impl Exported for ClusterCustomers {
    type Row = (OffsetDateTime, Holding);

    fn title(&self) -> String {
        "A cluster by customer".to_owned()
    }

    fn columns(&self, _: OffsetDateTime) -> Vec<Column> {
        let mut columns = vec![
            Column::new("Account id", Kind::Id),
            Column::new("Whose", Kind::Text),
            Column::new("Account", Kind::Text),
            Column::new("E-mail", Kind::Text),
            Column::new("Namespaces", Kind::Whole),
            Column::new("The first of them", Kind::Text),
        ];
        columns.extend(held_columns());
        columns
    }

    async fn filter(
        &self,
        reading: &mut Reading,
        _: OffsetDateTime,
    ) -> Result<Vec<String>, StoreError> {
        let clusters = people::clusters(reading).await?;
        let mut words = vec![cluster_words(clusters, &self.cluster)];
        if self.by_seat {
            words.push("Projects of the people with a seat there".to_owned());
        }
        let costs = cluster_costs::costs(reading, &self.cluster).await?;
        if let Some((hours, _)) = costs.and_then(|costs| costs.of) {
            let (from, until) = (instant(hours.from), instant(hours.until));
            words.push(format!("Cost of {from} to {until}"));
        }
        Ok(words)
    }

    fn order(&self) -> String {
        "processors requested, descending".to_owned()
    }

    fn origins(&self) -> Origins {
        &[
            ("Account id", "user_projects", "namespace"),
            ("Account", "users", "name"),
        ]
    }

    async fn rows<'r>(
        &self,
        reading: &'r mut Reading,
        _: OffsetDateTime,
    ) -> Result<Rows<'r, Self::Row>, StoreError> {
        Ok(listed::holdings(reading, &self.cluster, self.by_seat).boxed())
    }

    async fn totals(
        &self,
        reading: &mut Reading,
        _: OffsetDateTime,
    ) -> Result<Vec<TotalsRecord>, StoreError> {
        listed::holdings_totals(reading, &self.cluster, self.by_seat).await
    }

    fn cells(&self, _: &Desk, (at, held): Self::Row, _: OffsetDateTime) -> Vec<Cell> {
        let (id, whose, name, email) = match &held.whose {
            Whose::Account(person) => (
                Some(person.id.to_string()),
                "account",
                person.name.clone(),
                Some(person.email.clone()),
            ),
            Whose::Gone(id) => (Some(id.clone()), "not on record", None, None),
            Whose::Cluster => (None, "the cluster's own", None, None),
            Whose::Nobody => (None, "no project", None, None),
        };
        let mut cells = vec![
            Cell::text(id),
            Cell::Text(whose.to_owned()),
            Cell::text(name),
            Cell::text(email),
            Cell::whole(Some(held.namespaces)),
            Cell::Text(held.names.join(", ")),
        ];
        cells.extend(held_cells(at, &held));
        cells
    }
}

/// The nodes of one cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterNodes(
    /// Which.
    pub ClusterId,
);

impl Exported for ClusterNodes {
    type Row = (OffsetDateTime, SeenNode);

    fn title(&self) -> String {
        "Nodes of a cluster".to_owned()
    }

    fn columns(&self, _: OffsetDateTime) -> Vec<Column> {
        vec![
            Column::new("Node", Kind::Id),
            Column::new("As of", Kind::Time),
            Column::new("State", Kind::Text),
            Column::new("Because", Kind::Text),
            Column::new("Takes new pods", Kind::Text),
            Column::new("Pressures", Kind::Text),
            Column::new("Taints", Kind::Text),
            Column::new("Machine", Kind::Text),
            Column::new("Kubelet", Kind::Text),
            Column::new("Pods", Kind::Whole),
            Column::new("Pods, at most", Kind::Whole),
            Column::new("CPU allocatable", CORES),
            Column::new("CPU requested", CORES),
            Column::new("CPU limits", CORES),
            Column::new("CPU used", CORES),
            Column::new("Memory allocatable", BYTES),
            Column::new("Memory requested", BYTES),
            Column::new("Memory limits", BYTES),
            Column::new("Memory used", BYTES),
            Column::new("GPU allocatable", DEVICES),
            Column::new("GPU requested", DEVICES),
        ]
    }

    async fn filter(
        &self,
        reading: &mut Reading,
        _: OffsetDateTime,
    ) -> Result<Vec<String>, StoreError> {
        let clusters = people::clusters(reading).await?;
        Ok(vec![cluster_words(clusters, &self.0)])
    }

    fn order(&self) -> String {
        "something wrong first, then processors requested, descending".to_owned()
    }

    fn origins(&self) -> Origins {
        &[]
    }

    async fn rows<'r>(
        &self,
        reading: &'r mut Reading,
        _: OffsetDateTime,
    ) -> Result<Rows<'r, Self::Row>, StoreError> {
        Ok(listed::nodes(reading, &self.0).boxed())
    }

    async fn totals(
        &self,
        reading: &mut Reading,
        _: OffsetDateTime,
    ) -> Result<Vec<TotalsRecord>, StoreError> {
        listed::nodes_totals(reading, &self.0).await
    }

    fn cells(&self, _: &Desk, (at, node): Self::Row, _: OffsetDateTime) -> Vec<Cell> {
        let state = match node.is_ready {
            Some(true) => "ready",
            Some(false) => "not ready",
            None => "out of sight",
        };
        vec![
            Cell::Text(node.name),
            Cell::Time(at),
            Cell::Text(state.to_owned()),
            Cell::text(node.reason),
            Cell::Text(if node.is_cordoned { "no" } else { "yes" }.to_owned()),
            Cell::Text(node.pressures.join(", ")),
            Cell::Text(node.taints.join(", ")),
            Cell::text(node.machine),
            Cell::text(node.kubelet),
            Cell::whole(node.pods.requested),
            Cell::whole(node.pods.allocatable),
            cores(node.cpu.allocatable),
            cores(node.cpu.requested),
            cores(node.cpu.limits),
            cores(node.cpu.used),
            whole(node.memory.allocatable),
            whole(node.memory.requested),
            whole(node.memory.limits),
            whole(node.memory.used),
            whole(node.gpu.allocatable),
            whole(node.gpu.requested),
        ]
    }
}

/// What the projects of one user hold on clusters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserFootprint {
    /// Whose.
    pub user: UserId,
    /// Projects do not say where they are: those where the user has a seat are meant.
    pub by_seat: bool,
}

impl UserFootprint {
    /// Projects as this database can tell them.
    #[must_use]
    pub fn new(desk: &Desk, user: UserId) -> Self {
        Self {
            user,
            by_seat: by_seat(desk),
        }
    }
}

impl Exported for UserFootprint {
    type Row = Footprint;

    fn title(&self) -> String {
        "On clusters now".to_owned()
    }

    fn columns(&self, _: OffsetDateTime) -> Vec<Column> {
        let mut columns = vec![
            Column::new("Namespace", Kind::Id),
            Column::new("Project", Kind::Text),
            Column::new("Cluster id", Kind::Id),
            Column::new("Cluster", Kind::Text),
        ];
        columns.extend(held_columns());
        columns
    }

    async fn filter(&self, _: &mut Reading, _: OffsetDateTime) -> Result<Vec<String>, StoreError> {
        Ok(vec![format!("User: {}", self.user)])
    }

    fn order(&self) -> String {
        "processors requested, descending".to_owned()
    }

    fn origins(&self) -> Origins {
        &[
            ("Namespace", "user_projects", "namespace"),
            ("Cluster id", "user_projects", "cluster_id"),
        ]
    }

    async fn rows<'r>(
        &self,
        reading: &'r mut Reading,
        _: OffsetDateTime,
    ) -> Result<Rows<'r, Footprint>, StoreError> {
        Ok(listed::footprint(reading, &self.user, self.by_seat).boxed())
    }

    async fn totals(
        &self,
        reading: &mut Reading,
        _: OffsetDateTime,
    ) -> Result<Vec<TotalsRecord>, StoreError> {
        listed::footprint_totals(reading, &self.user, self.by_seat).await
    }

    fn cells(&self, _: &Desk, row: Footprint, _: OffsetDateTime) -> Vec<Cell> {
        let mut cells = vec![
            Cell::text(row.holding.names.first().cloned()),
            Cell::text(row.project),
            Cell::Text(row.cluster_id),
            Cell::text(row.cluster_name),
        ];
        cells.extend(held_cells(row.at, &row.holding));
        cells
    }
}

fn held_columns() -> [Column; 10] {
    [
        Column::new("As of", Kind::Time),
        Column::new("Pods", Kind::Whole),
        Column::new("Pods that wait", Kind::Whole),
        Column::new("CPU requested", CORES),
        Column::new("CPU used", CORES),
        Column::new("Memory requested", BYTES),
        Column::new("Memory used", BYTES),
        Column::new("GPU requested", DEVICES),
        Column::new("Volumes claimed", BYTES),
        Column::new("Cost", Kind::Money(Some(Currency::USD))),
    ]
}

/// The cells below [`held_columns`].
fn held_cells(at: OffsetDateTime, held: &Holding) -> [Cell; 10] {
    [
        Cell::Time(at),
        Cell::whole(Some(held.pods)),
        Cell::whole(Some(held.waiting)),
        cores(Some(held.cpu)),
        cores(held.cpu_used),
        whole(Some(held.memory)),
        whole(held.memory_used),
        whole(Some(held.gpu)),
        whole(Some(held.disk)),
        Cell::usd(held.cost),
    ]
}

/// Thousandths of a core in cores.
fn cores(thousandths: Option<i64>) -> Cell {
    Cell::quantity(thousandths.map(|count| Decimal::new(count, 3)))
}

fn whole(count: Option<i64>) -> Cell {
    Cell::quantity(count.map(Decimal::from))
}
