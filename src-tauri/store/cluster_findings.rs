//! What was found to be wrong on a cluster, and how it was read last.

use futures_util::{Stream, StreamExt as _};
use serde_json::Value;
use sqlx::FromRow;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::domain::capacity::snapshot::Unknown;
use crate::domain::cluster_findings::{
    Basis, Ending, Finding, Found, FoundKind, KnownAs, LastRead, OnCluster,
};
use crate::domain::clusters::{MOST_COUNTED, Seats};
use crate::domain::ids::ClusterId;
use crate::statement;
use crate::store::door::{Reading, Statement};
use crate::store::failure::StoreError;
use crate::store::people::person;
use crate::store::totals::{Bound, TotalsRecord};
use crate::totals;

const FOUND: Statement = statement!("cluster_found.sql");
const FOUND_TOTALS: Statement = totals!("cluster_found.sql");
const READS: Statement = statement!("cluster_reads.sql");

/// What is wrong on a cluster: the first `most` of each kind.
///
/// # Errors
/// Whatever the database says.
pub async fn found(
    reading: &mut Reading,
    id: &ClusterId,
    most: u16,
) -> Result<OnCluster, StoreError> {
    let reads = READS.rows().bind(id.as_str().to_owned());
    let reads: Vec<ReadRecord> = reading.all(reads).await?;
    let query = FOUND
        .rows()
        .bind(id.as_str().to_owned())
        .bind(i64::from(most))
        .bind(i64::from(MOST_COUNTED) + 1);
    let records: Vec<FoundRecord> = reading.all(query).await?;
    let mut kinds: Vec<(String, FoundKind)> = Vec::new();
    for record in records {
        let (kind, count) = (record.kind.clone(), narrow(record.of_kind));
        // A kind that only a younger program knows is left to that one.
        let Some(found) = record.into_found() else {
            continue;
        };
        match kinds.last_mut() {
            Some((last, of_kind)) if *last == kind => of_kind.first.push(found),
            _ => kinds.push((
                kind,
                FoundKind {
                    count,
                    first: vec![found],
                },
            )),
        }
    }
    let seats = reads.first().map_or_else(Seats::default, |read| Seats {
        limit: read.max_users.map(narrow),
        recorded: read.current_users.map(narrow),
        assigned: read.assigned.map(narrow),
    });
    Ok(OnCluster {
        seats,
        kinds: kinds.into_iter().map(|(_, of_kind)| of_kind).collect(),
        reads: reads
            .into_iter()
            .filter_map(ReadRecord::into_read)
            .collect(),
    })
}

/// Everything that is wrong on a cluster, in the order of the screen, with the word of its kind; also kinds that only a
/// younger program understands, of which there is no more than that.
pub fn listed<'r>(
    reading: &'r mut Reading,
    id: &ClusterId,
) -> impl Stream<Item = Result<ListedFinding, StoreError>> + Send + 'r {
    reading.stream(whole(FOUND, id)).map(|record| {
        record.map(|record: FoundRecord| ListedFinding {
            kind: record.kind.clone(),
            subject: record.subject.clone(),
            is_grave: record.severity == "bad",
            since: record.since,
            found: record.into_found(),
        })
    })
}

/// How many things are wrong there.
///
/// # Errors
/// Whatever the database says.
pub async fn listed_totals(
    reading: &mut Reading,
    id: &ClusterId,
) -> Result<Vec<TotalsRecord>, StoreError> {
    reading.all(whole(FOUND_TOTALS, id)).await
}

fn whole<R>(statement: Statement, id: &ClusterId) -> Bound<R>
where
    R: for<'r> FromRow<'r, sqlx::postgres::PgRow>,
{
    statement
        .rows()
        .bind(id.as_str().to_owned())
        .bind(i64::MAX)
        .bind(i64::from(MOST_COUNTED) + 1)
}

/// A finding as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedFinding {
    /// The word of its kind: `ids_differ`.
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// Whether it keeps somebody from working, or will.
    pub is_grave: bool,
    /// When it was found first.
    pub since: OffsetDateTime,
    /// What is wrong; none where only a younger program understands it.
    pub found: Option<Found>,
}

fn narrow(count: impl TryInto<u32>) -> u32 {
    count.try_into().unwrap_or(0)
}

#[derive(Debug, FromRow)]
struct ReadRecord {
    basis: String,
    read_at: Option<OffsetDateTime>,
    code: Option<String>,
    failure: Option<String>,
    unread: i32,
    max_users: Option<i64>,
    current_users: Option<i64>,
    assigned: Option<i64>,
}

impl ReadRecord {
    fn into_read(self) -> Option<LastRead> {
        let sentence = self.failure.unwrap_or_default();
        Some(LastRead {
            basis: Basis::of_word(&self.basis)?,
            read_at: self.read_at,
            failure: self.code.map(|code| Unknown { code, sentence }),
            unread: narrow(self.unread),
        })
    }
}

#[derive(Debug, FromRow)]
struct FoundRecord {
    kind: String,
    subject: String,
    severity: String,
    since: OffsetDateTime,
    facts: Value,
    of_kind: i64,
    user_id: Option<String>,
    name: Option<String>,
    email: Option<String>,
    status: Option<String>,
    address_there: Option<String>,
    seat_on: Option<String>,
    asked: bool,
}

impl FoundRecord {
    fn into_found(self) -> Option<Found> {
        let finding = self.finding()?;
        let status = self.status;
        let (name, email) = (self.name, self.email);
        Some(Found {
            subject: self.subject,
            is_grave: self.severity == "bad",
            since: self.since,
            person: self
                .user_id
                .map(|id| person(&id, name, email, status.as_deref())),
            finding,
        })
    }

    fn finding(&self) -> Option<Finding> {
        let number = |name: &str| self.facts.get(name).and_then(Value::as_i64);
        let text = |name: &str| {
            let text = self.facts.get(name).and_then(Value::as_str);
            text.map(str::to_owned)
        };
        let moment =
            |name: &str| OffsetDateTime::parse(self.facts.get(name)?.as_str()?, &Rfc3339).ok();
        Some(match self.kind.as_str() {
            "no_hopsworks_user" => Finding::NoHopsworksUser { asked: self.asked },
            "ids_differ" => Finding::IdsDiffer {
                recorded: KnownAs {
                    number: number("number"),
                    username: text("username"),
                },
                there: KnownAs {
                    number: number("number_there"),
                    username: text("username_there"),
                },
            },
            "number_shared" => Finding::NumberShared(KnownAs {
                number: number("number"),
                username: text("username"),
            }),
            "left_behind" => Finding::LeftBehind {
                username: text("username")?,
                seat_on: self.seat_on.clone(),
            },
            "stranger" => Finding::Stranger {
                email: self.address_there.clone().unwrap_or_default(),
                username: text("username")?,
            },
            "project_gone" => Finding::ProjectGone {
                name: text("name"),
                namespace: text("namespace"),
            },
            "project_id_differs" => Finding::ProjectIdDiffers {
                name: text("name"),
                recorded: number("project_id"),
                there: number("project_id_there")?,
            },
            "certificate_ending" => Finding::CertificateEnding {
                which: Ending::of_word(&self.subject),
                until: moment("until")?,
            },
            "node_not_ready" => Finding::NodeNotReady {
                since: moment("since")?,
                reason: text("reason"),
            },
            "node_cordoned" => Finding::NodeCordoned {
                since: moment("since")?,
            },
            _ => return None,
        })
    }
}
