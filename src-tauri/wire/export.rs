//! Exports: what the window orders, and how far each is.

use serde::{Deserialize, Serialize};
use time::UtcOffset;
use ts_rs::TS;

use crate::domain::fiscal::FiscalZone;
use crate::domain::ids::{ClusterId, UserId};
use crate::domain::period::Days;
use crate::reports;
use crate::usecases::chart_usage::ChartSubject;
use crate::usecases::desk::Desk;
use crate::usecases::exported::capacity::{ClusterCustomers, ClusterNodes, UserFootprint};
use crate::usecases::exported::clusters::ClusterProjects;
use crate::usecases::exported::findings::ClusterFindings;
use crate::usecases::exported::invoices::FiscalInvoices;
use crate::usecases::exported::overview::OverviewClusters;
use crate::usecases::exported::twins::InvoiceTwins;
use crate::usecases::exported::usage::{UsageByCluster, UsageByDay, UsageByDayAndCluster};
use crate::usecases::exported::user_lists::{self, UserListQuery};
use crate::usecases::exported::{self, Listing};
use crate::wire::audit::AuditQuery;
use crate::wire::changes::ChangeTopic;
use crate::wire::cluster_page::SeatedQuery;
use crate::wire::clusters::ClustersQuery;
use crate::wire::credits::CreditsQuery;
use crate::wire::events::EventsQuery;
use crate::wire::failure::Failure;
use crate::wire::invoices::InvoicesQuery;
use crate::wire::ledger::LedgerQuery;
use crate::wire::teams::TeamsQuery;
use crate::wire::told::{TablesShown, ToldList};
use crate::wire::usage::{UsageAccountsQuery, UsageQuery};
use crate::wire::users::UsersQuery;

/// A list as a file, please. Where it goes is not the window's to say.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[ts(export)]
pub struct ExportOrder {
    pub list: ExportList,
    pub format: ExportFormat,
    /// The person's time zone, for the file to say when it was read.
    pub zone: Option<Zone>,
}

/// Which list, as its pages are asked for. All of its rows are meant, wherever the page is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(tag = "list", rename_all = "snake_case")]
#[ts(export)]
pub enum ExportList {
    Users {
        query: UsersQuery,
    },
    Teams {
        query: TeamsQuery,
    },
    Accounts {
        query: UsageAccountsQuery,
    },
    Credits {
        query: CreditsQuery,
    },
    Ledger {
        query: LedgerQuery,
    },
    Invoices {
        query: InvoicesQuery,
    },
    Clusters {
        query: ClustersQuery,
    },
    Seated {
        cluster: String,
        query: SeatedQuery,
    },
    ClusterProjects {
        cluster: String,
    },
    /// Who holds what there.
    ClusterCustomers {
        cluster: String,
    },
    ClusterNodes {
        cluster: String,
    },
    /// What is wrong there, one by one.
    ClusterFindings {
        cluster: String,
    },
    /// What the projects of a user hold on clusters.
    UserFootprint {
        user: String,
    },
    /// The days of a chart.
    UsageByDay {
        subject: PictureSubject,
        days: u16,
    },
    UsageByDayAndCluster {
        query: UsageQuery,
    },
    UsageByCluster {
        query: UsageQuery,
    },
    /// A list on the page of a user, or on that of the team this user owns.
    OfUser {
        user: String,
        of: UserList,
        /// What of the timeline; left out for everything, and of other lists.
        #[serde(default)]
        #[ts(optional)]
        topic: Option<ChangeTopic>,
    },
    /// The trail, with every digest that an outsider needs to verify it.
    Audit {
        query: AuditQuery,
    },
    /// What came in and goes out.
    Events {
        query: EventsQuery,
    },
    /// What needs attention.
    OverviewAttention,
    /// Clusters by how full they are.
    OverviewClusters,
    /// What the billing history says of an invoice.
    InvoiceTwins {
        invoice: String,
    },
    /// What is wrong with the service's own machinery, and what was.
    Alerts,
    /// How somebody tried to sign in.
    UserSignIns {
        user: String,
    },
    SchemaTables {
        shown: TablesShown,
    },
    /// Indexes that are proposed, or all that statements use.
    SchemaIndexes {
        everything: bool,
    },
    SchemaRollups,
}

/// What the core is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// A list that the database reads.
    Listing(Box<Listing>),
    /// One that is put together first.
    Told(ToldList),
}

/// Which list of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum UserList {
    Invoices,
    Changes,
    Members,
    Invites,
    Projects,
    HealthChecks,
    FeatureGroups,
    Deployments,
    Prices,
    TeamPeople,
    OpenInvites,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ExportFormat {
    Csv,
    Xlsx,
}

/// A time zone as the window knows it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[ts(export)]
pub struct Zone {
    /// `"Europe/Stockholm"`.
    pub name: String,
    /// East of UTC, now.
    pub offset_minutes: i16,
}

/// An export, from when it is ordered until it is dismissed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Export {
    pub id: u32,
    /// What it is: `"Users"`.
    pub title: String,
    /// Name of the file, e.g. `"hopsdesk-users-2026-11-21-1403.csv"`.
    pub file: String,
    /// Folder of the file.
    pub folder: String,
    pub state: ExportState,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
#[ts(export)]
pub enum ExportState {
    Running {
        /// Rows so far.
        #[ts(type = "number")]
        rows: u64,
        /// Rows there will be; null while the database counts them.
        #[ts(type = "number | null")]
        expected: Option<u64>,
    },
    Done {
        /// Null for a picture.
        #[ts(type = "number | null")]
        rows: Option<u64>,
        #[ts(type = "number")]
        bytes: u64,
    },
    Failed {
        failure: Failure,
    },
    Cancelled,
}

/// What to do with a finished file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ExportOpening {
    /// Open the file in the program that is meant for it.
    File,
    /// Open the folder it is in.
    Folder,
}

/// Whose usage a picture shows.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(tag = "whose", rename_all = "snake_case")]
#[ts(export)]
pub enum PictureSubject {
    Service,
    Person { id: String },
    Team { id: String },
    Cluster { id: String },
}

impl PictureSubject {
    /// What the core is asked for.
    ///
    /// # Errors
    /// When the id can be none: the field's name.
    pub fn decode(&self) -> Result<ChartSubject, &'static str> {
        let parsed = |id: &str| UserId::parse(id).map_err(|_| "User");
        Ok(match self {
            Self::Service => ChartSubject::Service,
            Self::Person { id } => ChartSubject::Person(parsed(id)?),
            Self::Team { id } => ChartSubject::Team(parsed(id)?),
            Self::Cluster { id } => {
                ChartSubject::Cluster(ClusterId::parse(id).map_err(|_| "Cluster")?)
            }
        })
    }
}

/// Most days of a chart that are written to a file: ten years.
const MOST_DAYS: u16 = 3660;

/// Longest name of a zone; the longest there is has 32 letters.
const LONGEST_ZONE: usize = 64;

impl ExportList {
    /// What the core is asked for, on this desk, today.
    ///
    /// # Errors
    /// The field's name and what is wrong with it.
    pub fn decode(self, desk: &Desk, zone: FiscalZone) -> Result<Wanted, (&'static str, String)> {
        let strange = |field| (field, "is not a value this list gave out".to_owned());
        Ok(Wanted::Listing(Box::new(match self {
            Self::Users { query } => Listing::Users(query.decode().map_err(strange)?),
            Self::Teams { query } => Listing::Teams(query.decode().map_err(strange)?),
            Self::Accounts { query } => Listing::Accounts(query.decode(desk.now().date())?),
            Self::Credits { query } => Listing::Credits(query.decode().map_err(strange)?),
            Self::Ledger { query } => Listing::Ledger(exported::ledger::LedgerQuery {
                account: user_id(&query.account)?,
                kinds: query.kinds,
            }),
            Self::Invoices { query } => {
                let query = query.decode().map_err(strange)?;
                Listing::Invoices(FiscalInvoices::new(desk, query, zone))
            }
            Self::Clusters { query } => Listing::Clusters(query.decode().map_err(strange)?),
            Self::Seated { cluster, query } => {
                Listing::Seated(query.decode(cluster_id(&cluster)?).map_err(strange)?)
            }
            Self::ClusterProjects { cluster } => {
                Listing::ClusterProjects(ClusterProjects::new(desk, cluster_id(&cluster)?))
            }
            Self::ClusterCustomers { cluster } => {
                Listing::ClusterCustomers(ClusterCustomers::new(desk, cluster_id(&cluster)?))
            }
            Self::ClusterNodes { cluster } => {
                Listing::ClusterNodes(ClusterNodes(cluster_id(&cluster)?))
            }
            Self::ClusterFindings { cluster } => {
                Listing::ClusterFindings(ClusterFindings(cluster_id(&cluster)?))
            }
            Self::UserFootprint { user } => {
                Listing::UserFootprint(UserFootprint::new(desk, user_id(&user)?))
            }
            Self::UsageByDay { subject, days } => {
                if days == 0 || days > MOST_DAYS {
                    return Err(("days", format!("must be 1 to {MOST_DAYS}")));
                }
                Listing::UsageByDay(UsageByDay {
                    subject: subject.decode().map_err(strange)?,
                    days: Days::ending(desk.now().date(), days),
                })
            }
            Self::UsageByDayAndCluster { query } => Listing::UsageByDayAndCluster(
                UsageByDayAndCluster(query.decode(desk.now().date())?),
            ),
            Self::UsageByCluster { query } => {
                Listing::UsageByCluster(UsageByCluster(query.decode(desk.now().date())?))
            }
            Self::OfUser { user, of, topic } => {
                let list = of.decode(topic);
                Listing::OfUser(UserListQuery::new(desk, user_id(&user)?, list))
            }
            Self::Audit { query } => Listing::Audit(query.decode()?),
            Self::Events { query } => Listing::Events(query.into()),
            Self::OverviewClusters => Listing::OverviewClusters(OverviewClusters),
            Self::InvoiceTwins { invoice } => {
                Listing::InvoiceTwins(InvoiceTwins::new(desk, invoice))
            }
            Self::OverviewAttention => return Ok(Wanted::Told(ToldList::Attention)),
            Self::Alerts => return Ok(Wanted::Told(ToldList::Alerts)),
            Self::UserSignIns { user } => {
                return Ok(Wanted::Told(ToldList::SignIns(user_id(&user)?)));
            }
            Self::SchemaTables { shown } => return Ok(Wanted::Told(ToldList::Tables(shown))),
            Self::SchemaIndexes { everything } => {
                return Ok(Wanted::Told(ToldList::Indexes { everything }));
            }
            Self::SchemaRollups => return Ok(Wanted::Told(ToldList::Rollups)),
        })))
    }

    /// Whether the fiscal time zone decides which rows are meant.
    #[must_use]
    pub fn is_fiscal(&self) -> bool {
        matches!(self, Self::Invoices { .. })
    }
}

pub(in crate::wire) fn user_id(text: &str) -> Result<UserId, (&'static str, String)> {
    UserId::parse(text).map_err(|error| ("Account", error.to_string()))
}

fn cluster_id(text: &str) -> Result<ClusterId, (&'static str, String)> {
    ClusterId::parse(text).map_err(|error| ("Cluster", error.to_string()))
}

impl UserList {
    /// What the core is asked for.
    fn decode(self, topic: Option<ChangeTopic>) -> user_lists::UserList {
        match self {
            Self::Invoices => user_lists::UserList::Invoices,
            Self::Changes => user_lists::UserList::Changes(topic.map(Into::into)),
            Self::Members => user_lists::UserList::Members,
            Self::Invites => user_lists::UserList::Invites,
            Self::Projects => user_lists::UserList::Projects,
            Self::HealthChecks => user_lists::UserList::HealthChecks,
            Self::FeatureGroups => user_lists::UserList::FeatureGroups,
            Self::Deployments => user_lists::UserList::Deployments,
            Self::Prices => user_lists::UserList::Prices,
            Self::TeamPeople => user_lists::UserList::TeamPeople,
            Self::OpenInvites => user_lists::UserList::OpenInvites,
        }
    }
}

impl Zone {
    /// The zone, if there can be one of that name and distance.
    #[must_use]
    pub fn decode(self) -> Option<(String, UtcOffset)> {
        let is_name = !self.name.is_empty()
            && self.name.len() <= LONGEST_ZONE
            && self.name.bytes().all(|byte| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'_' | b'-' | b'+')
            });
        let offset = UtcOffset::from_whole_seconds(i32::from(self.offset_minutes) * 60).ok()?;
        is_name.then_some((self.name, offset))
    }
}

impl From<ExportFormat> for reports::Format {
    fn from(format: ExportFormat) -> Self {
        match format {
            ExportFormat::Csv => Self::Csv,
            ExportFormat::Xlsx => Self::Xlsx,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_from_the_window_is_a_name_and_no_text() {
        let zone = |name: &str, offset_minutes| {
            Zone {
                name: name.to_owned(),
                offset_minutes,
            }
            .decode()
        };
        assert_eq!(
            zone("Asia/Kathmandu", 345).map(|(name, offset)| (name, offset.whole_minutes())),
            Some(("Asia/Kathmandu".to_owned(), 345))
        );
        assert_eq!(
            zone("Etc/GMT+5", -300).map(|(name, _)| name).as_deref(),
            Some("Etc/GMT+5")
        );
        assert_eq!(zone("=cmd|x", 0), None);
        assert_eq!(zone("Europe/Berlin", i16::MAX), None);
    }

    #[test]
    fn an_order_is_read_as_the_window_writes_it() {
        let order: ExportOrder = serde_json::from_str(
            r#"{"list":{"list":"users","query":{"filter":{"statuses":["suspended"]},
                "sort":"created","descending":true,"after":null,"limit":1}},
                "format":"xlsx","zone":null}"#,
        )
        .expect("an order");
        let ExportList::Users { query } = order.list else {
            panic!("the Users list");
        };
        assert_eq!(query.filter.statuses.len(), 1);
        assert_eq!(query.after, None);
    }
}
