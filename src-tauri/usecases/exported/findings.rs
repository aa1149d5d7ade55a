//! What is wrong on a cluster, one by one, as a file.

use futures_util::StreamExt as _;
use time::OffsetDateTime;

use crate::domain::cluster_findings::{Ending, Finding, KnownAs};
use crate::domain::ids::ClusterId;
use crate::reports::column::{Cell, Column, Kind};
use crate::store::cluster_findings::{ListedFinding, listed, listed_totals};
use crate::store::door::Reading;
use crate::store::failure::StoreError;
use crate::store::people;
use crate::store::totals::TotalsRecord;
use crate::usecases::desk::Desk;
use crate::usecases::exported::words::{cluster_words, instant};
use crate::usecases::exported::{Exported, Origins, Rows};

/// What is wrong on one cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterFindings(
    /// Which.
    pub ClusterId,
);

impl Exported for ClusterFindings {
    type Row = ListedFinding;

    fn title(&self) -> String {
        "Findings on a cluster".to_owned()
    }

    fn columns(&self, _: OffsetDateTime) -> Vec<Column> {
        vec![
            Column::new("About", Kind::Id),
            Column::new("Finding", Kind::Text),
            Column::new("Keeps somebody from working", Kind::Text),
            Column::new("Found first", Kind::Time),
            Column::new("Account id", Kind::Id),
            Column::new("Account", Kind::Text),
            Column::new("E-mail", Kind::Text),
            Column::new("On record", Kind::Text),
            Column::new("On the cluster", Kind::Text),
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
        "what keeps people from working first, then by finding, newest first".to_owned()
    }

    fn origins(&self) -> Origins {
        &[("Account", "users", "name")]
    }

    async fn rows<'r>(
        &self,
        reading: &'r mut Reading,
        _: OffsetDateTime,
    ) -> Result<Rows<'r, Self::Row>, StoreError> {
        Ok(listed(reading, &self.0).boxed())
    }

    async fn totals(
        &self,
        reading: &mut Reading,
        _: OffsetDateTime,
    ) -> Result<Vec<TotalsRecord>, StoreError> {
        listed_totals(reading, &self.0).await
    }

    fn cells(&self, _: &Desk, row: ListedFinding, _: OffsetDateTime) -> Vec<Cell> {
        let person = row.found.as_ref().and_then(|found| found.person.clone());
        let (recorded, there) = row
            .found
            .as_ref()
            .map(|found| sides(&found.finding))
            .unwrap_or_default();
        let (id, name, email) = person.map_or((None, None, None), |person| {
            (Some(person.id.to_string()), person.name, Some(person.email))
        });
        vec![
            Cell::Text(row.subject),
            Cell::Text(row.kind.replace('_', " ")),
            Cell::Text(if row.is_grave { "yes" } else { "no" }.to_owned()),
            Cell::Time(row.since),
            Cell::text(id),
            Cell::text(name),
            Cell::text(email),
            Cell::text(recorded),
            Cell::text(there),
        ]
    }
}

/// What is on record, and what there is on the cluster.
fn sides(finding: &Finding) -> (Option<String>, Option<String>) {
    match finding {
        Finding::NoHopsworksUser { asked } => (
            Some("a seat".to_owned()),
            asked.then(|| "asked for".to_owned()),
        ),
        Finding::IdsDiffer { recorded, there } => (known(recorded), known(there)),
        Finding::NumberShared(recorded) => (known(recorded), None),
        Finding::LeftBehind { username, seat_on } => {
            let seat = seat_on.as_ref().map(|on| format!("a seat on {on}"));
            (seat, Some(username.clone()))
        }
        Finding::Stranger { email, username } => {
            let there = [username.as_str(), email.as_str()];
            (None, joined(there.map(str::to_owned)))
        }
        Finding::ProjectGone { name, namespace } => (
            joined([name, namespace].into_iter().flatten().cloned()),
            None,
        ),
        Finding::ProjectIdDiffers {
            name,
            recorded,
            there,
        } => {
            let recorded = recorded.map(|number| number.to_string());
            (
                joined([name.clone(), recorded].into_iter().flatten()),
                Some(there.to_string()),
            )
        }
        Finding::CertificateEnding { which, until } => {
            let whose = match which {
                Ending::Server => "API server",
                Ending::Client => "kubeconfig",
                Ending::Hopsworks => "Hopsworks",
            };
            (None, Some(format!("{whose}: until {}", instant(*until))))
        }
        Finding::NodeNotReady { since, reason } => {
            let since = format!("not ready since {}", instant(*since));
            (
                None,
                joined([Some(since), reason.clone()].into_iter().flatten()),
            )
        }
        Finding::NodeCordoned { since } => (
            None,
            Some(format!("takes nothing new since {}", instant(*since))),
        ),
    }
}

fn known(known: &KnownAs) -> Option<String> {
    let number = known.number.map(|number| number.to_string());
    joined([number, known.username.clone()].into_iter().flatten())
}

/// `10412, mary`; none where there is nothing to say.
fn joined(parts: impl IntoIterator<Item = String>) -> Option<String> {
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}
