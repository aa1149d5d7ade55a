//! The Schema screen.

use serde::Serialize;
use ts_rs::TS;

use crate::domain::indexes::{IndexState, Progress, Proposal};
use crate::domain::money::count_shown;
use crate::domain::schema::{self, Fit};
use crate::wire::failure::Failure;
use crate::wire::time::rfc3339;

/// What is attached, and whether it still fits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct SchemaAttachment {
    /// `"Managed Hopsworks"`.
    pub product: String,
    /// `"third generation"`.
    pub generation: String,
    /// Traces of each generation: `"First generation: instances, invoices"`.
    pub marks: Vec<String>,
    /// Since when the views are as they are (RFC 3339); null when there are none.
    pub since: Option<String>,
    /// Version of the program that made them.
    pub made_by: Option<String>,
    /// Version of this program.
    pub version: String,
    pub current: bool,
    /// What has changed since, as sentences.
    pub changes: Vec<String>,
    /// What attach has run, or would run now.
    pub script: String,
    pub statements: u32,
    pub functions: Vec<SchemaFunction>,
    /// Tables in other schemas that have a name we know: named, not read.
    pub elsewhere: Vec<String>,
}

/// A function that attach generates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct SchemaFunction {
    pub name: String,
    /// Why it was not made, as a sentence.
    pub reason: Option<String>,
}

/// How a table stands to what we know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum TableFit {
    Different,
    Missing,
    Present,
    Legacy,
    ServiceView,
    Unknown,
}

/// A table, beside what we know of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct SchemaTable {
    pub name: String,
    /// `table`, `partitioned table`, `view`, …; null when it is missing.
    pub kind: Option<String>,
    pub fit: TableFit,
    pub sentence: Option<String>,
    /// `console.users`: the view it is read through.
    pub view: Option<String>,
    /// Null where there is none to have.
    pub row_security: Option<bool>,
    /// `"about 12,000"`; null before statistics were gathered, and for views.
    pub rows: Option<String>,
    /// `"1.4 MB"`, with its indexes.
    pub size: Option<String>,
    pub columns: Vec<SchemaColumn>,
    /// Columns of theirs that nothing is read from: `"api_key text"`.
    pub others: Vec<String>,
}

/// A column we read, and where from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct SchemaColumn {
    pub name: String,
    pub kind: String,
    /// Column or expression; null when this database does not record it.
    pub source: Option<String>,
    pub reason: Option<String>,
}

/// Whether an index is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum IndexFit {
    Present,
    Missing,
    Broken,
    Impossible,
}

/// An index our statements could use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct IndexProposal {
    pub name: String,
    pub table: String,
    pub reason: String,
    /// What would run.
    pub script: String,
    pub fit: IndexFit,
    /// The name of the one that does the same, or why it cannot be made.
    pub note: Option<String>,
    pub rows: Option<String>,
    /// `"about 40 MB"`.
    pub size: Option<String>,
    /// The table is large enough for it, or may be.
    pub worthwhile: bool,
}

/// An index being made, or the one that was made last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct IndexBuild {
    pub name: String,
    /// `"reading the table"`.
    pub phase: Option<String>,
    /// Of this phase.
    pub percent: Option<u8>,
    pub running: bool,
    /// It can be stopped from here.
    pub ours: bool,
    pub failure: Option<Failure>,
}

/// Proposed indexes, and how far those under way are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct SchemaIndexes {
    pub proposals: Vec<IndexProposal>,
    pub builds: Vec<IndexBuild>,
    /// Why none can be made from here, as a sentence; the statements can be copied.
    pub cannot: Option<String>,
}

/// How a rollup is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct SchemaRollup {
    pub name: String,
    /// RFC 3339; null: not counted yet.
    pub refreshed_at: Option<String>,
    /// `"120 ms, 14 changed"`.
    pub refreshed: Option<String>,
    pub checked_at: Option<String>,
    /// `"8,912 compared in 1.2 s"`.
    pub checked: Option<String>,
    /// What the last check found wrong and mended; null before the first one.
    pub differences: Option<u32>,
    pub note: Option<String>,
}

impl SchemaAttachment {
    /// As the window shows it.
    #[must_use]
    pub fn new(attachment: schema::Attachment, version: &str) -> Self {
        let generation = |name: &str| match name {
            "hopsdesk" => "made by Hopsdesk".to_owned(),
            other => format!("{other} generation"),
        };
        let functions = attachment.functions.into_iter();
        Self {
            product: "Managed Hopsworks".to_owned(),
            generation: generation(attachment.generation),
            marks: attachment
                .marks
                .iter()
                .map(|(name, marks)| capital(&format!("{}: {marks}", generation(name))))
                .collect(),
            since: attachment.since.map(rfc3339),
            made_by: attachment.version,
            version: version.to_owned(),
            current: attachment.current,
            changes: attachment.changes.iter().map(|one| sentence(one)).collect(),
            statements: u32::try_from(attachment.statements).unwrap_or(u32::MAX),
            script: attachment.script,
            functions: functions
                .map(|(name, reason)| SchemaFunction {
                    name,
                    reason: reason.as_deref().map(sentence),
                })
                .collect(),
            elsewhere: attachment.elsewhere,
        }
    }
}

impl From<schema::Table> for SchemaTable {
    fn from(table: schema::Table) -> Self {
        let kind = table.kind.map(|kind| {
            if table.partitioned {
                format!("partitioned {kind}")
            } else {
                kind
            }
        });
        Self {
            kind,
            fit: match table.fit {
                Fit::Different => TableFit::Different,
                Fit::Missing => TableFit::Missing,
                Fit::Present => TableFit::Present,
                Fit::Legacy => TableFit::Legacy,
                Fit::ServiceView => TableFit::ServiceView,
                Fit::Unknown => TableFit::Unknown,
            },
            sentence: table.sentence.as_deref().map(sentence),
            view: table.view.map(|view| format!("console.{view}")),
            row_security: table.row_security,
            rows: table.rows.map(rows_shown),
            size: table.bytes.map(size_shown),
            columns: table.columns.into_iter().map(SchemaColumn::from).collect(),
            others: table
                .others
                .iter()
                .map(|(name, kind)| format!("{name} {kind}"))
                .collect(),
            name: table.name,
        }
    }
}

impl From<schema::CanonicalColumn> for SchemaColumn {
    fn from(column: schema::CanonicalColumn) -> Self {
        Self {
            name: column.name.to_owned(),
            kind: match column.canonical {
                "timestamp with time zone" => "timestamptz",
                other => other,
            }
            .to_owned(),
            source: column.source,
            reason: column.reason.as_deref().map(sentence),
        }
    }
}

impl From<Proposal> for IndexProposal {
    fn from(proposal: Proposal) -> Self {
        let (fit, note) = match proposal.state {
            IndexState::Present(name) => (IndexFit::Present, Some(name)),
            IndexState::Missing => (IndexFit::Missing, None),
            IndexState::Broken => (
                IndexFit::Broken,
                Some("An attempt was broken off; what it left is removed first.".to_owned()),
            ),
            IndexState::Impossible(why) => (IndexFit::Impossible, Some(sentence(&why))),
        };
        Self {
            name: proposal.name,
            table: proposal.table,
            reason: proposal.reason.to_owned(),
            script: proposal.statements.join("\n"),
            size: proposal.bytes.map(|bytes| match fit {
                IndexFit::Present => size_shown(bytes),
                _ => format!("about {}", size_shown(bytes)),
            }),
            fit,
            note,
            rows: proposal.rows.map(rows_shown),
            worthwhile: proposal.worthwhile,
        }
    }
}

impl IndexBuild {
    /// A build that Postgres reports.
    #[must_use]
    pub fn reported(name: &str, progress: Option<&Progress>, ours: bool) -> Self {
        Self {
            name: name.to_owned(),
            phase: progress.map(|progress| progress.words().to_owned()),
            percent: progress.and_then(Progress::percent),
            running: true,
            ours,
            failure: None,
        }
    }
}

impl From<schema::RollupState> for SchemaRollup {
    fn from(state: schema::RollupState) -> Self {
        let keys = |count: Option<i64>, word: &str| {
            count.map(|count| format!("{} {word}", counted(count)))
        };
        let parts = |parts: [Option<String>; 2]| {
            let parts: Vec<String> = parts.into_iter().flatten().collect();
            (!parts.is_empty()).then(|| parts.join(", "))
        };
        Self {
            refreshed: parts([
                state.refresh_ms.map(duration_shown),
                keys(state.changed, "changed"),
            ]),
            checked: parts([
                state.check_ms.map(duration_shown),
                keys(state.checked_rows, "compared"),
            ]),
            name: state.rollup,
            refreshed_at: state.refreshed_at.map(rfc3339),
            checked_at: state.checked_at.map(rfc3339),
            differences: state
                .differences
                .map(|count| u32::try_from(count).unwrap_or(u32::MAX)),
            note: state.note,
        }
    }
}

/// Rows as the planner reckons them: two digits are as much as it knows.
fn rows_shown(rows: i64) -> String {
    if rows < 100 {
        return counted(rows);
    }
    let mut unit = 1;
    while rows / unit >= 100 {
        unit *= 10;
    }
    format!("about {}", counted((rows + unit / 2) / unit * unit))
}

fn counted(count: i64) -> String {
    count_shown(u64::try_from(count).unwrap_or(0))
}

/// Bytes in the largest unit that leaves a digit before the point.
fn size_shown(bytes: i64) -> String {
    let bytes = bytes.max(0);
    for (unit, size) in [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)] {
        if bytes >= size {
            let tenths = (bytes + size / 20) * 10 / size;
            return if tenths < 100 {
                format!("{}.{} {unit}", tenths / 10, tenths % 10)
            } else {
                format!("{} {unit}", tenths / 10)
            };
        }
    }
    format!("{bytes} bytes")
}

fn duration_shown(milliseconds: i64) -> String {
    if milliseconds < 1_000 {
        format!("{milliseconds} ms")
    } else {
        format!("{}.{} s", milliseconds / 1_000, milliseconds % 1_000 / 100)
    }
}

/// Begins with a capital letter and ends with a full stop.
fn sentence(text: &str) -> String {
    format!("{}.", capital(text.trim_end_matches('.')))
}

/// A table's name at the beginning stays as it is.
fn capital(text: &str) -> String {
    let first = text.split(' ').next().unwrap_or_default();
    if first.contains(['_', '.']) {
        return text.to_owned();
    }
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |letter| {
        letter.to_uppercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_shown_as_exactly_as_they_are_known() {
        assert_eq!(rows_shown(7), "7");
        assert_eq!(rows_shown(1_234), "about 1,200");
        assert_eq!(rows_shown(10_349_120), "about 10,000,000");
    }

    #[test]
    fn sizes_have_the_unit_that_suits_them() {
        assert_eq!(size_shown(0), "0 bytes");
        assert_eq!(size_shown(8_192), "8.2 kB");
        assert_eq!(size_shown(123_456_789), "123 MB");
        assert_eq!(size_shown(2_000_000_000), "2.0 GB");
    }

    #[test]
    fn sentences_leave_names_alone() {
        assert_eq!(
            sentence("this database has no table x"),
            "This database has no table x."
        );
        assert_eq!(sentence("users.id is uuid"), "users.id is uuid.");
        assert_eq!(
            sentence("user_credits is a view."),
            "user_credits is a view."
        );
    }
}
