//! The audit trail: who did what, and whether the record is whole.

use time::{Date, OffsetDateTime};

use crate::domain::action::{Cascade, Change};

/// One of the two hash chains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Chain {
    /// What people did.
    Staff,
    /// What programs did in their name.
    System,
}

impl Chain {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Staff, Self::System];

    /// The database's word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::System => "system",
        }
    }
}

/// Which entries; `None` means any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditFilter {
    /// Of which chain.
    pub chain: Chain,
    /// By which login.
    pub login: Option<String>,
    /// Which action.
    pub action: Option<String>,
    /// About whom, by id.
    pub subject: Option<String>,
    /// Which bulk, by its key.
    pub run: Option<String>,
    /// From this day on, UTC.
    pub from: Option<Date>,
    /// Up to this day, itself included, UTC.
    pub to: Option<Date>,
    /// A fragment of the subject's name or of the reason, or a whole id or login.
    pub text: Option<String>,
}

/// What the trail can be filtered by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditFacets {
    /// Every login that it names, with the name of whoever has it now.
    pub logins: Vec<(String, Option<String>)>,
    /// Every action that it names.
    pub actions: Vec<String>,
}

/// An entry as an outsider needs it to compute its digests again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedEntry {
    /// What a list shows of it.
    pub entry: Entry,
    /// The text that the chain covers.
    pub digested: String,
    /// Its SHA-256, hexadecimal.
    pub digest: Option<String>,
    /// The link before, hexadecimal.
    pub hash_before: Option<String>,
    /// Its own link: SHA-256 of the one before and the digest.
    pub hash: Option<String>,
    /// SHA-256 of salt and data, hexadecimal.
    pub data_digest: String,
    /// Hexadecimal; gone with the data.
    pub salt: Option<String>,
    /// What it says of people, as the database writes it; `None` where it was erased.
    pub data: Option<String>,
}

/// An entry, as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub id: i64,
    /// Its place in the chain; `None` until its transaction is chained.
    pub seq: Option<i64>,
    /// When.
    pub at: OffsetDateTime,
    /// By which login.
    pub login: String,
    /// Whose that was.
    pub staff: String,
    /// What was done.
    pub action: String,
    /// To what kind of subject.
    pub kind: String,
    /// To whom, by id.
    pub subject: Option<String>,
    /// Their name then.
    pub label: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// The entry it took back.
    pub undoes: Option<i64>,
    /// The entry that took it back.
    pub undone_by: Option<i64>,
    /// The bulk it was part of.
    pub run: Option<String>,
    /// What it said of people was erased on somebody's demand.
    pub erased: bool,
}

/// An entry with what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryDetail {
    /// What a list shows of it.
    pub entry: Entry,
    /// Its link of the chain, hexadecimal.
    pub hash: Option<String>,
    /// Column by column.
    pub changes: Vec<Change>,
    /// Others whom it reached.
    pub cascade: Vec<Cascade>,
    /// What was said with it.
    pub warnings: Vec<String>,
    /// Whether it names an action that takes it back.
    pub has_inverse: bool,
}

/// Where a chain ended when it was seen: an anchor outside the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Of which chain.
    pub chain: Chain,
    /// Number of its last link.
    pub seq: i64,
    /// That link, hexadecimal.
    pub hash: String,
}

/// What is wrong with a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// Number of the link.
    pub seq: Option<i64>,
    /// The entry behind it.
    pub audit_id: Option<i64>,
    /// What is wrong, as a sentence.
    pub message: String,
}

/// Whether a chain is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Of which chain.
    pub chain: Chain,
    /// Entries that were checked.
    pub entries: i64,
    /// Where it ends.
    pub head: Head,
    /// The first flaw; `None`: whole.
    pub flaw: Option<Flaw>,
}
