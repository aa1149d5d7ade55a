//! Actions of staff, as the database offers, previews and records them.
//!
//! The database decides who may do what and what follows from it; here are the shapes of its answers. What
//! an action takes is JSON, since each action has arguments of its own and the database reads them strictly.

use serde_json::{Map, Value};
use thiserror::Error;
use time::OffsetDateTime;

/// The most subjects of one bulk; the database has the same bound.
pub const MOST_SUBJECTS: usize = 1_000;

/// What an action is done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubjectKind {
    /// Anybody.
    User,
    /// Who pays; the team is reached with it.
    Account,
    /// A Hopsworks cluster.
    Cluster,
    /// An invitation into a team.
    Invite,
    /// The service itself: something is added to it.
    Service,
}

impl SubjectKind {
    /// The database's word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Account => "account",
            Self::Cluster => "cluster",
            Self::Invite => "invite",
            Self::Service => "service",
        }
    }
}

/// Name of an action: a function of the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionName(String);

/// A text that is no name of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an action is named in lower case letters and underscores, 63 at most")]
pub struct NotAnAction;

impl ActionName {
    /// Takes a name.
    ///
    /// # Errors
    /// When it cannot be one. Whether there is such an action is the database's to say.
    pub fn parse(text: &str) -> Result<Self, NotAnAction> {
        let fits = (1..=63).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAnAction)
        }
    }

    /// As the database writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An action that could be done to a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Its name.
    pub action: String,
    /// A few words for a menu.
    pub title: String,
    /// It would be done at once.
    pub allowed: bool,
    /// It can be previewed: what is missing is no more than the right to write now.
    pub may_try: bool,
    /// Why not, as a sentence.
    pub reason: Option<String>,
}

/// What may be done to a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offers {
    /// Digest of what was seen: an action that names it is refused when that has changed.
    pub version: Option<String>,
    /// In the order of a menu.
    pub actions: Vec<Offer>,
}

/// An action to be previewed or done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Which.
    pub action: ActionName,
    /// To whom; `None` where something is added.
    pub subject: Option<String>,
    /// What the action takes; amounts as text, so that no digit is lost.
    pub arguments: Map<String, Value>,
    /// [`Offers::version`], or that of the preview.
    pub expected: Option<String>,
    /// Why; a preview needs none.
    pub reason: Option<String>,
}

/// One column that an action changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Canonical table.
    pub table: String,
    /// Which row; `None` where a preview cannot know it yet.
    pub id: Option<String>,
    /// Whose row, for people.
    pub label: Option<String>,
    /// Canonical column; `*`: the whole row.
    pub column: String,
    /// JSON of what was there, digit by digit; `null` where nothing was.
    pub before: String,
    /// JSON of what is there then.
    pub after: String,
}

/// Somebody else whom an action reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cascade {
    /// Who.
    pub id: Option<String>,
    /// Their name.
    pub label: Option<String>,
    /// What happens to them.
    pub change: String,
}

/// Something to be done in another system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// `hopsworks`, `auth0`, `stripe`, `supabase_auth`.
    pub system: String,
    /// `set_status`, …
    pub kind: String,
    /// To whom.
    pub subject: String,
    /// `pending`, `done`, `dead`, `shadow`, `cancelled`.
    pub state: String,
}

/// What an action did, or would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Its entry in the audit trail; `None` of a preview.
    pub audit_id: Option<i64>,
    /// Which action.
    pub action: String,
    /// To whom; `None` where a preview would add something.
    pub subject: Option<String>,
    /// Column by column.
    pub changes: Vec<Change>,
    /// Others whom it reaches.
    pub cascade: Vec<Cascade>,
    /// In other systems.
    pub effects: Vec<Effect>,
    /// Digest of what was there before.
    pub version: Option<String>,
    /// Whether it can be taken back.
    pub reversible: bool,
    /// What to know, as sentences.
    pub warnings: Vec<String>,
}

/// One subject of a bulk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoneTo {
    /// Who.
    pub subject: String,
    /// What was done, or why it was not, as a sentence. `Ok(None)`: an earlier call of this bulk did it.
    pub result: Result<Option<Done>, String>,
}

/// What a bulk did, or would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoneToMany {
    /// Subjects it was done to.
    pub done: u32,
    /// Subjects it was not done to.
    pub failed: u32,
    /// Subjects that an earlier call of the same bulk had done.
    pub already: u32,
    /// One by one.
    pub results: Vec<DoneTo>,
}

/// An entry of a bulk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkEntry {
    /// Its number in the trail.
    pub id: i64,
    /// Whom it was about.
    pub name: String,
    /// It was taken back.
    pub undone: bool,
}

/// A bulk that is kept from before its first row, until it comes to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptBulk {
    /// Its key.
    pub run: String,
    /// Which action; `undo` takes entries back.
    pub action: ActionName,
    /// To whom; entries of the trail where it takes them back.
    pub subjects: Vec<String>,
    /// The same for all.
    pub arguments: Map<String, Value>,
    /// The same for all.
    pub reason: String,
}

/// A subject of a bulk that did not come to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftSubject {
    /// Who; an entry of the trail where it takes them back.
    pub id: String,
    /// Their name now.
    pub name: String,
    /// It was done to them.
    pub done: bool,
}

/// A bulk that did not come to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkLeft {
    /// Its key.
    pub run: String,
    /// Which action; `undo` takes entries back.
    pub action: String,
    /// The same for all.
    pub arguments: Map<String, Value>,
    /// The same for all.
    pub reason: String,
    /// When it was begun.
    pub began_at: OffsetDateTime,
    /// Everybody it was meant for.
    pub subjects: Vec<LeftSubject>,
}

/// How an effect stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectStanding {
    /// What it is.
    pub effect: Effect,
    /// How often it was tried.
    pub attempts: i32,
    /// When it is tried next, where it waits.
    pub next_attempt_at: Option<OffsetDateTime>,
    /// Why it did not work last.
    pub last_error: Option<String>,
}

/// A note of staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Its number.
    pub id: i64,
    /// When.
    pub at: OffsetDateTime,
    /// Who wrote it.
    pub staff: String,
    /// The note.
    pub body: String,
}
