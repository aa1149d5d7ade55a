//! Indexes our statements need on a large service, proposed and made.

/// An index our statements could use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Its name.
    pub name: String,
    /// The live table.
    pub table: String,
    /// What it is for, as a sentence.
    pub reason: &'static str,
    /// What would run, one after the other, outside a transaction.
    pub statements: Vec<String>,
    /// Whether it is there.
    pub state: IndexState,
    /// Rows of the table, as the planner reckons; `None` before statistics were gathered.
    pub rows: Option<i64>,
    /// What it would take on disk, reckoned; of one that is there, what it takes.
    pub bytes: Option<i64>,
    /// The table is large enough, or may be.
    pub worthwhile: bool,
}

/// Whether an index is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexState {
    /// One that does the same is there, under this name.
    Present(String),
    /// It is not there.
    Missing,
    /// What an attempt that was broken off left behind: it is removed before the next one.
    Broken,
    /// It cannot be made here, and why, as a sentence.
    Impossible(String),
}

impl Proposal {
    /// Whether it could be made now.
    #[must_use]
    pub fn can_be_made(&self) -> bool {
        matches!(self.state, IndexState::Missing | IndexState::Broken)
    }
}

/// How far a build is, as Postgres reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The server process that builds.
    pub process: i32,
    /// The index, once it is in the catalogue.
    pub index: Option<String>,
    /// Postgres's word for what it does.
    pub phase: String,
    /// Done and total of what this phase counts: transactions waited for, rows, or blocks.
    pub part: Option<(i64, i64)>,
}

impl Progress {
    /// How much of this phase is done, in percent; `None` where nothing is counted.
    #[must_use]
    pub fn percent(&self) -> Option<u8> {
        let (done, total) = self.part?;
        if total <= 0 {
            return None;
        }
        let percent = i128::from(done.clamp(0, total)) * 100 / i128::from(total);
        u8::try_from(percent).ok()
    }

    /// What it does, in few words.
    #[must_use]
    pub fn words(&self) -> &str {
        match self.phase.as_str() {
            "initializing" => "getting ready",
            phase if phase.starts_with("waiting for") => "waiting for older transactions to end",
            phase if phase.starts_with("building index") => "reading the table",
            phase if phase.starts_with("index validation") => "adding what was written meanwhile",
            phase => phase,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(part: Option<(i64, i64)>) -> Progress {
        Progress {
            process: 1,
            index: None,
            phase: "building index: scanning table".to_owned(),
            part,
        }
    }

    #[test]
    fn a_share_is_between_nothing_and_all_and_unknown_without_a_total() {
        assert_eq!(progress(Some((25, 100))).percent(), Some(25));
        assert_eq!(progress(Some((200, 100))).percent(), Some(100));
        assert_eq!(progress(Some((i64::MAX, i64::MAX))).percent(), Some(100));
        assert_eq!(progress(Some((0, 0))).percent(), None);
        assert_eq!(progress(None).percent(), None);
    }

    #[test]
    fn phases_are_said_in_words() {
        assert_eq!(progress(None).words(), "reading the table");
    }
}
