//! What a database is, table by table, beside what we know: for people who want to see what attach made
//! of it.

use time::OffsetDateTime;

/// How a table stands to what we expect; what wants a look comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// It is read, but not all of it could be mapped; or it is not read although it has a name we know.
    Different,
    /// It is not there.
    Missing,
    /// Everything we read is there.
    Present,
    /// It is left over, and named.
    Legacy,
    /// A view of the service's own.
    ServiceView,
    /// It is none of those we know.
    Unknown,
}

/// A table of the service, or one that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name; of one that is missing, the name we know it by.
    pub name: String,
    /// `table`, `view`, …; `None` when it is missing.
    pub kind: Option<String>,
    /// How it stands.
    pub fit: Fit,
    /// What there is to say about the whole of it, as a sentence.
    pub sentence: Option<String>,
    /// The canonical view it is read through.
    pub view: Option<&'static str>,
    /// Row level security; `None` where there is none to have.
    pub row_security: Option<bool>,
    /// It is kept in parts.
    pub partitioned: bool,
    /// What we read of it.
    pub columns: Vec<CanonicalColumn>,
    /// What it has besides: name and type.
    pub others: Vec<(String, String)>,
    /// Rows as the planner reckons; `None` before statistics were gathered, and for views.
    pub rows: Option<i64>,
    /// Bytes with its indexes.
    pub bytes: Option<i64>,
}

/// A canonical column in one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanonicalColumn {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub canonical: &'static str,
    /// Live column or expression, without the table's name; `None`: it is shown as not recorded.
    pub source: Option<String>,
    /// Why that is not all, as a sentence.
    pub reason: Option<String>,
}

/// What was attached, and whether it still fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The nearest generation.
    pub generation: &'static str,
    /// What tells the generations there are traces of: generation and mark.
    pub marks: Vec<(&'static str, String)>,
    /// Since when the views are as they are.
    pub since: Option<OffsetDateTime>,
    /// The version of the program that made them.
    pub version: Option<String>,
    /// Whether they fit the tables and this program.
    pub current: bool,
    /// What has changed since, as sentences.
    pub changes: Vec<String>,
    /// What attach would run now, or has run.
    pub script: String,
    /// Statements in it.
    pub statements: usize,
    /// Generated functions: name, and why one was not made.
    pub functions: Vec<(String, Option<String>)>,
    /// Tables in other schemas that have a name we know.
    pub elsewhere: Vec<String>,
}

/// How a rollup is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RollupState {
    /// Its table in `console`.
    pub rollup: String,
    /// As of when the last days are counted.
    pub refreshed_at: Option<OffsetDateTime>,
    /// How long that took, milliseconds.
    pub refresh_ms: Option<i64>,
    /// Keys it changed.
    pub changed: Option<i64>,
    /// When everything was compared last.
    pub checked_at: Option<OffsetDateTime>,
    /// How long that took, milliseconds.
    pub check_ms: Option<i64>,
    /// Keys compared.
    pub checked_rows: Option<i64>,
    /// Keys found wrong, and mended.
    pub differences: Option<i64>,
    /// For people.
    pub note: Option<String>,
}
