//! The Clusters list, the people on a cluster, and its projects, as files.

use futures_util::StreamExt as _;
use time::OffsetDateTime;

use crate::domain::capacity::outlook::{Kept, Outlook};
use crate::domain::clusters::{
    ClusterProject, ClusterRow, ClusterStatus, ClustersQuery, ClustersSort, SeatFinding, Seated,
    SeatedQuery, SeatedSort,
};
use crate::domain::ids::ClusterId;
use crate::domain::money::Currency;
use crate::domain::period::Month;
use crate::reports::column::{Cell, Column, Kind};
use crate::store::door::Reading;
use crate::store::failure::StoreError;
use crate::store::totals::TotalsRecord;
use crate::store::{cluster_page, clusters, people};
use crate::usecases::desk::Desk;
use crate::usecases::exported::words::{
    amount_words, any_words, cluster_words, count_words, status_cell, text_words,
};
use crate::usecases::exported::{Exported, Rows};

const DOLLARS: Kind = Kind::Money(Some(Currency::USD));

impl Exported for ClustersQuery {
    type Row = ClusterRow;

    fn title(&self) -> String {
        "Clusters".to_owned()
    }

    fn columns(&self, now: OffsetDateTime) -> Vec<Column> {
        let mut columns = vec![
            Column::new("Cluster id", Kind::Id),
            Column::new("Name", Kind::Text),
            Column::new("Region", Kind::Text),
            Column::new("Status", Kind::Text),
            Column::new("Status as recorded", Kind::Text),
            Column::new("Seats, limit", Kind::Whole),
            Column::new("Seats, recorded", Kind::Whole),
            Column::new("Seats, assigned", Kind::Whole),
            Column::new("Assigned in 30 days", Kind::Whole),
            Column::new("Last assigned", Kind::Time),
            Column::new("People on its last day", Kind::Whole),
            Column::new("Last day", Kind::Date),
            Column::new("Last looked at", Kind::Time),
            Column::new("Not known then, because", Kind::Text),
            Column::new("Carried as of", Kind::Time),
            Column::new("CPU requested, percent of allocatable", Kind::Whole),
            Column::new("Memory requested, percent of allocatable", Kind::Whole),
            Column::new("GPU requested, percent of allocatable", Kind::Whole),
            Column::new("Runs out first of", Kind::Text),
            Column::new("Runs out on", Kind::Date),
            Column::new("Runs out, earliest", Kind::Date),
            Column::new("Runs out, latest", Kind::Date),
            Column::new("Forecast as of", Kind::Time),
            Column::new("Findings that keep people from working", Kind::Whole),
            Column::new("Other findings", Kind::Whole),
        ];
        for month in [Month::of(now), Month::of(now).before()] {
            columns.push(Column::new(format!("Cost {month}"), DOLLARS));
            columns.push(Column::new(format!("CPU {month}"), Kind::Quantity("hours")));
            columns.push(Column::new(format!("GPU {month}"), Kind::Quantity("hours")));
        }
        columns
    }

    async fn filter(&self, _: &mut Reading, _: OffsetDateTime) -> Result<Vec<String>, StoreError> {
        let mut words = Vec::new();
        words.extend(text_words(
            "Name, region or id",
            self.filter.text.as_deref(),
        ));
        let filter = &self.filter;
        words.extend(any_words("Status", &filter.statuses, ClusterStatus::word));
        words.extend(text_words("Region", filter.region.as_deref()));
        words.extend(filter.has_room.map(|has_room| {
            if has_room {
                "Some seat left"
            } else {
                "No seat left"
            }
            .to_owned()
        }));
        words.extend(filter.drifted.map(|drifted| {
            if drifted {
                "The counter of seats is wrong"
            } else {
                "The counter of seats is right"
            }
            .to_owned()
        }));
        words.extend(count_words(
            "Seats assigned",
            filter.assigned_least,
            filter.assigned_most,
        ));
        words.extend(count_words(
            "Percent of seats",
            filter.fill_least,
            filter.fill_most,
        ));
        let costs = (filter.cost_over, filter.cost_under);
        words.extend(amount_words("Cost of the month", costs, " USD"));
        Ok(words)
    }

    fn order(&self) -> String {
        let by = match self.sort {
            ClustersSort::Name => "name",
            ClustersSort::Region => "region",
            ClustersSort::Fill => "share of the seats that is assigned",
            ClustersSort::Assigned => "seats assigned",
            ClustersSort::Drift => "by how much the counter is wrong",
            ClustersSort::People => "people on the last day",
            ClustersSort::RunsOut => "what runs out first",
            ClustersSort::MonthCost => "cost of the month",
            ClustersSort::MonthBeforeCost => "cost of the month before",
            ClustersSort::AssignedLately => "seats given in 30 days",
        };
        let direction = if self.descending {
            "descending"
        } else {
            "ascending"
        };
        format!("{by}, {direction}")
    }

    fn origins(&self) -> &'static [(&'static str, &'static str, &'static str)] {
        &[
            ("Region", "clusters", "region"),
            ("Seats, limit", "clusters", "max_users"),
            ("Seats, recorded", "clusters", "current_users"),
            ("Seats, assigned", "cluster_assignments", "cluster_id"),
            ("Cost", "usage_daily", "total_cost"),
            ("CPU", "usage_daily", "cpu_hours"),
            ("GPU", "usage_daily", "gpu_hours"),
        ]
    }

    async fn rows<'r>(
        &self,
        reading: &'r mut Reading,
        now: OffsetDateTime,
    ) -> Result<Rows<'r, ClusterRow>, StoreError> {
        Ok(clusters::listed(reading, self, now).boxed())
    }

    async fn totals(
        &self,
        reading: &mut Reading,
        now: OffsetDateTime,
    ) -> Result<Vec<TotalsRecord>, StoreError> {
        clusters::listed_totals(reading, self, now).await
    }

    fn cells(&self, desk: &Desk, mut row: ClusterRow, now: OffsetDateTime) -> Vec<Cell> {
        desk.forget_seats(&mut row.seats);
        let mut cells = vec![
            Cell::Text(row.id.to_string()),
            Cell::text(row.name),
            Cell::text(row.region),
            Cell::Text(row.status.word().to_owned()),
            Cell::text(row.status_word),
            Cell::whole(row.seats.limit),
            Cell::whole(row.seats.recorded),
            Cell::whole(row.seats.assigned),
            Cell::whole(row.assigned_lately),
            Cell::time(row.last_assigned_at),
            Cell::whole(row.used.map(|(people, _)| people)),
            Cell::date(row.used.map(|(_, day)| day)),
            Cell::time(row.glance.looked_at),
            Cell::text(row.glance.capacity_code),
            Cell::time(row.glance.seen_at),
            Cell::whole(row.glance.cpu.requested_percent()),
            Cell::whole(row.glance.memory.requested_percent()),
            Cell::whole(row.glance.gpu.requested_percent()),
        ];
        cells.extend(running_out(row.forecasts.as_ref(), now));
        cells.push(Cell::whole(row.found.map(|(grave, _)| grave)));
        cells.push(Cell::whole(row.found.map(|(_, others)| others)));
        for carried in [row.month, row.month_before] {
            cells.push(Cell::usd(carried.cost));
            cells.push(Cell::quantity(carried.cpu_hours));
            cells.push(Cell::quantity(carried.gpu_hours));
        }
        cells
    }
}

/// What runs out first, when, within which range, and as of when that was worked out. Where there is no day, why.
fn running_out(kept: Option<&Kept>, now: OffsetDateTime) -> [Cell; 5] {
    let (what, day, earliest, latest) = match kept.map(|kept| kept.outlook(now)) {
        Some(Outlook::Full(limited)) => {
            (Some(format!("{}: full", limited.word())), None, None, None)
        }
        Some(Outlook::RunsOut {
            limited,
            day,
            earliest,
            latest,
        }) => (
            Some(limited.word().to_owned()),
            Some(day),
            Some(earliest),
            latest,
        ),
        Some(Outlook::TooShort) => (Some("not enough history".to_owned()), None, None, None),
        Some(Outlook::Far) => (Some("not within two years".to_owned()), None, None, None),
        Some(Outlook::NotGrowing) => (Some("does not grow".to_owned()), None, None, None),
        Some(Outlook::Stale { last }) => {
            (Some(format!("stale: last seen {last}")), None, None, None)
        }
        Some(Outlook::Unknown) | None => (None, None, None, None),
    };
    [
        Cell::text(what),
        Cell::date(day),
        Cell::date(earliest),
        Cell::date(latest),
        Cell::time(kept.map(|kept| kept.made_at)),
    ]
}

impl Exported for SeatedQuery {
    type Row = Seated;

    fn title(&self) -> String {
        "People on a cluster".to_owned()
    }

    fn columns(&self, now: OffsetDateTime) -> Vec<Column> {
        vec![
            Column::new("User id", Kind::Id),
            Column::new("Name", Kind::Text),
            Column::new("E-mail", Kind::Text),
            Column::new("Status", Kind::Text),
            Column::new("Team", Kind::Text),
            Column::new("Hopsworks user", Kind::Text),
            Column::new("Assigned", Kind::Time),
            Column::new("Assigned by", Kind::Text),
            Column::new("Also on", Kind::Text),
            Column::new(format!("Cost {}", Month::of(now)), DOLLARS),
        ]
    }

    async fn filter(
        &self,
        reading: &mut Reading,
        _: OffsetDateTime,
    ) -> Result<Vec<String>, StoreError> {
        let mut words = vec![cluster_words(
            people::clusters(reading).await?,
            &self.cluster,
        )];
        words.extend(text_words("Name, e-mail or id", self.text.as_deref()));
        words.extend(self.finding.map(|finding| {
            let wrong = match finding {
                SeatFinding::TwoClusters => "a seat on another cluster too",
                SeatFinding::Nobody => "given to nobody who is on record",
                SeatFinding::NoHopsworksUser => "no Hopsworks user",
                SeatFinding::Idle => "no usage this month or last",
            };
            format!("Finding: {wrong}")
        }));
        Ok(words)
    }

    fn order(&self) -> String {
        let words = match (self.sort, self.descending) {
            (SeatedSort::Assigned, true) => "seated last first",
            (SeatedSort::Assigned, false) => "seated first first",
            (SeatedSort::Name, true) => "by name, Z to A",
            (SeatedSort::Name, false) => "by name, A to Z",
            (SeatedSort::MonthCost, true) => "highest cost of the month first",
            (SeatedSort::MonthCost, false) => "lowest cost of the month first",
        };
        words.to_owned()
    }

    fn origins(&self) -> &'static [(&'static str, &'static str, &'static str)] {
        &[
            ("Status", "users", "status"),
            (
                "Hopsworks user",
                "cluster_assignments",
                "hopsworks_username",
            ),
            ("Assigned by", "cluster_assignments", "assigned_by"),
            ("Cost", "usage_daily", "total_cost"),
        ]
    }

    async fn rows<'r>(
        &self,
        reading: &'r mut Reading,
        now: OffsetDateTime,
    ) -> Result<Rows<'r, Seated>, StoreError> {
        Ok(cluster_page::listed_people(reading, self, now).boxed())
    }

    async fn totals(
        &self,
        reading: &mut Reading,
        now: OffsetDateTime,
    ) -> Result<Vec<TotalsRecord>, StoreError> {
        cluster_page::listed_people_totals(reading, self, now).await
    }

    fn cells(&self, _: &Desk, row: Seated, _: OffsetDateTime) -> Vec<Cell> {
        let (name, email, status) = match row.person {
            Some(person) => {
                let status = status_cell(&person);
                (person.name, Some(person.email), status)
            }
            None => (None, None, Cell::Text("not on record".to_owned())),
        };
        vec![
            Cell::Text(row.user_id.to_string()),
            Cell::text(name),
            Cell::text(email),
            status,
            Cell::text(row.team),
            Cell::text(row.hopsworks_username),
            Cell::time(row.assigned_at),
            Cell::text(row.assigned_by),
            Cell::text(row.also_on),
            Cell::usd(row.month_cost),
        ]
    }
}

/// Projects on one cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterProjects {
    /// Which.
    pub cluster: ClusterId,
    /// Projects do not say where they are: those of the people with a seat there are meant.
    pub by_seat: bool,
}

impl ClusterProjects {
    /// Projects as this database can tell them.
    #[must_use]
    pub fn new(desk: &Desk, cluster: ClusterId) -> Self {
        let by_seat = desk.lacks.column("user_projects", "cluster_id").is_some();
        Self { cluster, by_seat }
    }
}

impl Exported for ClusterProjects {
    type Row = ClusterProject;

    fn title(&self) -> String {
        "Projects on a cluster".to_owned()
    }

    fn columns(&self, _: OffsetDateTime) -> Vec<Column> {
        vec![
            Column::new("Project", Kind::Id),
            Column::new("Name", Kind::Text),
            Column::new("Number", Kind::Id),
            Column::new("Namespace", Kind::Id),
            Column::new("Status", Kind::Text),
            Column::new("Owner id", Kind::Id),
            Column::new("Owner", Kind::Text),
            Column::new("Owner's e-mail", Kind::Text),
            Column::new("Made", Kind::Time),
            Column::new("Last seen", Kind::Time),
        ]
    }

    async fn filter(
        &self,
        reading: &mut Reading,
        _: OffsetDateTime,
    ) -> Result<Vec<String>, StoreError> {
        let mut words = vec![cluster_words(
            people::clusters(reading).await?,
            &self.cluster,
        )];
        if self.by_seat {
            words.push("Projects of the people with a seat there".to_owned());
        }
        Ok(words)
    }

    fn order(&self) -> String {
        "seen last first".to_owned()
    }

    fn origins(&self) -> &'static [(&'static str, &'static str, &'static str)] {
        &[
            ("Namespace", "user_projects", "namespace"),
            ("Status", "user_projects", "status"),
            ("Last seen", "user_projects", "last_seen_at"),
        ]
    }

    async fn rows<'r>(
        &self,
        reading: &'r mut Reading,
        _: OffsetDateTime,
    ) -> Result<Rows<'r, ClusterProject>, StoreError> {
        Ok(cluster_page::listed_projects(reading, &self.cluster, self.by_seat).boxed())
    }

    async fn totals(
        &self,
        reading: &mut Reading,
        _: OffsetDateTime,
    ) -> Result<Vec<TotalsRecord>, StoreError> {
        cluster_page::listed_projects_totals(reading, &self.cluster, self.by_seat).await
    }

    fn cells(&self, _: &Desk, row: ClusterProject, _: OffsetDateTime) -> Vec<Cell> {
        let (name, email) = row
            .owner
            .map(|owner| (owner.name, Some(owner.email)))
            .unwrap_or_default();
        let project = row.project;
        vec![
            Cell::Text(project.key),
            Cell::text(project.name),
            Cell::text(project.number.map(|number| number.to_string())),
            Cell::text(project.namespace),
            Cell::text(project.status),
            Cell::text(row.owner_id),
            Cell::text(name),
            Cell::text(email),
            Cell::time(project.created_at),
            Cell::time(project.last_seen_at),
        ]
    }
}
