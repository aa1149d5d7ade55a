//! Actions of staff: what is offered, asked for, and was done.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use ts_rs::TS;

use crate::domain::action::{self, ActionName, NotAnAction};
use crate::wire::json_words::in_words;
use crate::wire::time::rfc3339;

/// What an action is done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SubjectKind {
    User,
    Account,
    Cluster,
    Invite,
    /// The service: something is added to it; there is no subject yet.
    Service,
}

impl From<SubjectKind> for action::SubjectKind {
    fn from(kind: SubjectKind) -> Self {
        match kind {
            SubjectKind::User => Self::User,
            SubjectKind::Account => Self::Account,
            SubjectKind::Cluster => Self::Cluster,
            SubjectKind::Invite => Self::Invite,
            SubjectKind::Service => Self::Service,
        }
    }
}

/// Answer of `actions_for`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ActionOffers {
    /// Hand back as `expected`: the action is refused when the subject has changed since.
    pub version: Option<String>,
    pub actions: Vec<ActionOffer>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ActionOffer {
    pub action: String,
    /// A few words for a menu.
    pub title: String,
    /// It would be done at once.
    pub allowed: bool,
    /// It can be previewed; to do it, elevation is missing.
    pub may_try: bool,
    /// Why not, as a sentence.
    pub reason: Option<String>,
}

impl From<action::Offers> for ActionOffers {
    fn from(offers: action::Offers) -> Self {
        Self {
            version: offers.version,
            actions: offers
                .actions
                .into_iter()
                .map(|offer| ActionOffer {
                    action: offer.action,
                    title: offer.title,
                    allowed: offer.allowed,
                    may_try: offer.may_try,
                    reason: offer.reason,
                })
                .collect(),
        }
    }
}

/// Argument of `preview_action` and `perform_action`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[ts(export)]
pub struct ActionOrder {
    pub action: String,
    /// Null where something is added.
    pub subject: Option<String>,
    /// What the action takes. Amounts as text, never as numbers.
    #[ts(type = "Record<string, unknown>")]
    pub arguments: Map<String, Value>,
    /// The version that was seen; null: whatever is there now.
    pub expected: Option<String>,
    /// Why; a preview needs none.
    pub reason: Option<String>,
}

impl TryFrom<ActionOrder> for action::Order {
    type Error = NotAnAction;

    fn try_from(order: ActionOrder) -> Result<Self, NotAnAction> {
        Ok(Self {
            action: ActionName::parse(&order.action)?,
            subject: order.subject,
            arguments: order.arguments,
            expected: order.expected,
            reason: order.reason,
        })
    }
}

/// Argument of `perform_on_many`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[ts(export)]
pub struct ManyOrder {
    pub action: String,
    /// 1 to 1,000 ids.
    pub subjects: Vec<String>,
    #[ts(type = "Record<string, unknown>")]
    pub arguments: Map<String, Value>,
    pub reason: Option<String>,
    /// Key of this bulk, 8 to 100 characters: the same again goes on where an earlier call ended. Null: a
    /// dry run.
    pub run: Option<String>,
}

/// What an action did, or would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ActionDone {
    /// Its entry in the audit trail; null of a preview.
    #[ts(type = "number | null")]
    pub audit_id: Option<i64>,
    pub action: String,
    pub subject: Option<String>,
    pub changes: Vec<ActionChange>,
    pub cascade: Vec<ActionCascade>,
    pub effects: Vec<ActionEffect>,
    /// Hand back as `expected` after a preview.
    pub version: Option<String>,
    /// It can be taken back.
    pub reversible: bool,
    /// Sentences.
    pub warnings: Vec<String>,
}

/// A column that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ActionChange {
    pub table: String,
    pub id: Option<String>,
    /// Whose it is, for people.
    pub label: Option<String>,
    /// `"spending_cap"`; `"*"`: the whole row.
    pub column: String,
    /// As people read it; null where nothing was.
    pub before: Option<String>,
    /// Null where nothing is left.
    pub after: Option<String>,
}

/// Somebody else whom it reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ActionCascade {
    pub id: Option<String>,
    pub label: Option<String>,
    pub change: String,
}

/// Something to be done in another system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ActionEffect {
    pub system: String,
    pub kind: String,
    pub subject: String,
    pub state: EffectState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum EffectState {
    Pending,
    Done,
    /// Given up; a person must look at it.
    Dead,
    /// Computed only: this effect is not switched on in this database.
    Shadow,
    Cancelled,
    /// A word of a later version.
    Unknown,
}

fn state(word: &str) -> EffectState {
    match word {
        "pending" => EffectState::Pending,
        "done" => EffectState::Done,
        "dead" => EffectState::Dead,
        "shadow" => EffectState::Shadow,
        "cancelled" => EffectState::Cancelled,
        _ => EffectState::Unknown,
    }
}

impl From<action::Effect> for ActionEffect {
    fn from(effect: action::Effect) -> Self {
        Self {
            state: state(&effect.state),
            system: effect.system,
            kind: effect.kind,
            subject: effect.subject,
        }
    }
}

impl From<action::Change> for ActionChange {
    fn from(change: action::Change) -> Self {
        Self {
            before: in_words(&change.before),
            after: in_words(&change.after),
            table: change.table,
            id: change.id,
            label: change.label,
            column: change.column,
        }
    }
}

impl From<action::Cascade> for ActionCascade {
    fn from(cascade: action::Cascade) -> Self {
        Self {
            id: cascade.id,
            label: cascade.label,
            change: cascade.change,
        }
    }
}

impl From<action::Done> for ActionDone {
    fn from(done: action::Done) -> Self {
        Self {
            audit_id: done.audit_id,
            action: done.action,
            subject: done.subject,
            changes: done.changes.into_iter().map(Into::into).collect(),
            cascade: done.cascade.into_iter().map(Into::into).collect(),
            effects: done.effects.into_iter().map(Into::into).collect(),
            version: done.version,
            reversible: done.reversible,
            warnings: done.warnings,
        }
    }
}

/// Answer of `perform_on_many`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ManyDone {
    pub done: u32,
    pub failed: u32,
    pub already: u32,
    pub results: Vec<ManyResult>,
}

/// What became of one of many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ManyResult {
    pub subject: String,
    /// Null where it failed, and where an earlier call of the same bulk did it.
    pub done: Option<ActionDone>,
    /// Why it was not done, as a sentence.
    pub failure: Option<String>,
}

impl From<action::DoneToMany> for ManyDone {
    fn from(many: action::DoneToMany) -> Self {
        Self {
            done: many.done,
            failed: many.failed,
            already: many.already,
            results: many
                .results
                .into_iter()
                .map(|one| {
                    let (done, failure) = match one.result {
                        Ok(done) => (done.map(Into::into), None),
                        Err(failure) => (None, Some(failure)),
                    };
                    ManyResult {
                        subject: one.subject,
                        done,
                        failure,
                    }
                })
                .collect(),
        }
    }
}

/// An entry of a bulk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct BulkEntry {
    #[ts(type = "number")]
    pub id: i64,
    /// Whom it was about.
    pub name: String,
    /// It was taken back.
    pub undone: bool,
}

impl From<action::BulkEntry> for BulkEntry {
    fn from(entry: action::BulkEntry) -> Self {
        Self {
            id: entry.id,
            name: entry.name,
            undone: entry.undone,
        }
    }
}

/// A bulk, kept before its first row.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[ts(export)]
pub struct BulkOpening {
    /// Its key.
    pub run: String,
    /// `undo` takes entries back.
    pub action: String,
    /// Ids; numbers of entries where it takes them back.
    pub subjects: Vec<String>,
    #[ts(type = "Record<string, unknown>")]
    pub arguments: Map<String, Value>,
    pub reason: String,
}

impl TryFrom<BulkOpening> for action::KeptBulk {
    type Error = NotAnAction;

    fn try_from(opening: BulkOpening) -> Result<Self, NotAnAction> {
        Ok(Self {
            run: opening.run,
            action: ActionName::parse(&opening.action)?,
            subjects: opening.subjects,
            arguments: opening.arguments,
            reason: opening.reason,
        })
    }
}

/// A bulk that did not come to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct BulkLeft {
    pub run: String,
    pub action: String,
    #[ts(type = "Record<string, unknown>")]
    pub arguments: Map<String, Value>,
    pub reason: String,
    pub began_at: String,
    pub subjects: Vec<LeftSubject>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct LeftSubject {
    pub id: String,
    pub name: String,
    pub done: bool,
}

impl From<action::BulkLeft> for BulkLeft {
    fn from(left: action::BulkLeft) -> Self {
        Self {
            run: left.run,
            action: left.action,
            arguments: left.arguments,
            reason: left.reason,
            began_at: rfc3339(left.began_at),
            subjects: left
                .subjects
                .into_iter()
                .map(|subject| LeftSubject {
                    id: subject.id,
                    name: subject.name,
                    done: subject.done,
                })
                .collect(),
        }
    }
}

/// How an effect stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct EffectProgress {
    pub effect: ActionEffect,
    pub attempts: i32,
    /// When it is tried next, where it waits (RFC 3339, UTC).
    pub next_attempt_at: Option<String>,
    pub last_error: Option<String>,
}

impl From<action::EffectStanding> for EffectProgress {
    fn from(standing: action::EffectStanding) -> Self {
        Self {
            effect: standing.effect.into(),
            attempts: standing.attempts,
            next_attempt_at: standing.next_attempt_at.map(rfc3339),
            last_error: standing.last_error,
        }
    }
}

/// A note of staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Note {
    #[ts(type = "number")]
    pub id: i64,
    pub at: String,
    pub staff: String,
    pub body: String,
}

impl From<action::Note> for Note {
    fn from(note: action::Note) -> Self {
        Self {
            id: note.id,
            at: rfc3339(note.at),
            staff: note.staff,
            body: note.body,
        }
    }
}
