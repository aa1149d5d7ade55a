//! The audit trail, as the window shows it.

use serde::{Deserialize, Serialize};
use time::Date;
use time::format_description::well_known::Iso8601;
use ts_rs::TS;

use crate::domain::audit;
use crate::wire::actions::{ActionCascade, ActionChange};
use crate::wire::time::rfc3339;

/// One of the two hash chains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum AuditChain {
    /// What people did.
    Staff,
    /// What programs did in their name.
    System,
}

impl From<AuditChain> for audit::Chain {
    fn from(chain: AuditChain) -> Self {
        match chain {
            AuditChain::Staff => Self::Staff,
            AuditChain::System => Self::System,
        }
    }
}

impl From<audit::Chain> for AuditChain {
    fn from(chain: audit::Chain) -> Self {
        match chain {
            audit::Chain::Staff => Self::Staff,
            audit::Chain::System => Self::System,
        }
    }
}

/// Which entries; null means any.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[ts(export)]
pub struct AuditQuery {
    pub chain: AuditChain,
    pub login: Option<String>,
    pub action: Option<String>,
    /// About whom, by id.
    pub subject: Option<String>,
    /// Which bulk, by its key.
    pub run: Option<String>,
    /// From this day on, `2026-11-21`, UTC.
    pub from: Option<String>,
    /// Up to this day, itself included, UTC.
    pub to: Option<String>,
    /// A fragment of the subject's name or of the reason, or a whole id or login.
    pub text: Option<String>,
}

impl AuditQuery {
    /// What the core is asked for.
    ///
    /// # Errors
    /// The field's name and what is wrong with it.
    pub fn decode(self) -> Result<audit::AuditFilter, (&'static str, String)> {
        let given = |text: Option<String>| {
            text.map(|text| text.trim().to_owned())
                .filter(|text| !text.is_empty())
        };
        let day = |field, text: Option<String>| {
            given(text)
                .map(|text| {
                    Date::parse(&text, &Iso8601::DATE)
                        .map_err(|_| (field, "must be a day, as 2026-11-21".to_owned()))
                })
                .transpose()
        };
        let (from, to) = (day("From", self.from)?, day("To", self.to)?);
        if let (Some(from), Some(to)) = (from, to)
            && from > to
        {
            return Err(("From", "must not be after the last day".to_owned()));
        }
        Ok(audit::AuditFilter {
            chain: self.chain.into(),
            login: given(self.login),
            action: given(self.action),
            subject: given(self.subject),
            run: given(self.run),
            from,
            to,
            text: given(self.text),
        })
    }
}

/// What the trail can be filtered by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct AuditFacets {
    pub logins: Vec<AuditLogin>,
    pub actions: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct AuditLogin {
    pub login: String,
    /// Of whoever has it now.
    pub name: Option<String>,
}

impl From<audit::AuditFacets> for AuditFacets {
    fn from(facets: audit::AuditFacets) -> Self {
        Self {
            logins: facets
                .logins
                .into_iter()
                .map(|(login, name)| AuditLogin { login, name })
                .collect(),
            actions: facets.actions,
        }
    }
}

/// An entry in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct AuditEntry {
    #[ts(type = "number")]
    pub id: i64,
    /// Its place in the chain.
    #[ts(type = "number | null")]
    pub seq: Option<i64>,
    pub at: String,
    pub login: String,
    pub staff: String,
    /// `"suspend_account"`.
    pub action: String,
    /// `"user"`, `"account"`, `"cluster"`, `"invite"`, `"service"`, `"staff"`, `"effect"`.
    pub kind: String,
    pub subject: Option<String>,
    /// The subject's name then.
    pub label: Option<String>,
    pub reason: Option<String>,
    /// The entry it took back.
    #[ts(type = "number | null")]
    pub undoes: Option<i64>,
    /// The entry that took it back.
    #[ts(type = "number | null")]
    pub undone_by: Option<i64>,
    /// The bulk it was part of.
    pub run: Option<String>,
    /// What it said of people was erased on somebody's demand.
    pub erased: bool,
}

impl From<audit::Entry> for AuditEntry {
    fn from(entry: audit::Entry) -> Self {
        Self {
            id: entry.id,
            seq: entry.seq,
            at: rfc3339(entry.at),
            login: entry.login,
            staff: entry.staff,
            action: entry.action,
            kind: entry.kind,
            subject: entry.subject,
            label: entry.label,
            reason: entry.reason,
            undoes: entry.undoes,
            undone_by: entry.undone_by,
            run: entry.run,
            erased: entry.erased,
        }
    }
}

/// An entry with what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct AuditDetail {
    pub entry: AuditEntry,
    /// Its link of the chain, hexadecimal.
    pub hash: Option<String>,
    pub changes: Vec<ActionChange>,
    pub cascade: Vec<ActionCascade>,
    pub warnings: Vec<String>,
    /// It names an action that takes it back, and has not been taken back.
    pub reversible: bool,
}

impl From<audit::EntryDetail> for AuditDetail {
    fn from(detail: audit::EntryDetail) -> Self {
        Self {
            reversible: detail.has_inverse && detail.entry.undone_by.is_none(),
            entry: detail.entry.into(),
            hash: detail.hash,
            changes: detail.changes.into_iter().map(Into::into).collect(),
            cascade: detail.cascade.into_iter().map(Into::into).collect(),
            warnings: detail.warnings,
        }
    }
}

/// Whether a chain is whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct AuditVerdict {
    pub chain: AuditChain,
    #[ts(type = "number")]
    pub entries: i64,
    /// The head that this console remembered was compared too; else this was its first look.
    pub compared: bool,
    /// What is wrong, as a sentence; null: whole.
    pub flaw: Option<String>,
    /// The entry behind the flaw.
    #[ts(type = "number | null")]
    pub flawed: Option<i64>,
}

impl AuditVerdict {
    /// From a verdict; `compared`: with a remembered head.
    #[must_use]
    pub fn new(verdict: audit::Verdict, compared: bool) -> Self {
        let flaw = verdict.flaw;
        Self {
            chain: verdict.chain.into(),
            entries: verdict.entries,
            compared,
            flawed: flaw.as_ref().and_then(|flaw| flaw.audit_id),
            flaw: flaw.map(|flaw| match flaw.seq {
                Some(seq) => format!("{} (link {seq})", flaw.message),
                None => flaw.message,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    fn query(from: &str, to: &str) -> AuditQuery {
        AuditQuery {
            chain: AuditChain::Staff,
            login: Some(" sam ".to_owned()),
            action: Some(String::new()),
            subject: None,
            run: None,
            from: Some(from.to_owned()),
            to: Some(to.to_owned()),
            text: None,
        }
    }

    #[test]
    fn a_period_is_two_days_and_what_is_blank_filters_nothing() {
        let filter = query("2026-11-01", "2026-11-30")
            .decode()
            .expect("a filter");
        assert_eq!(filter.from, Some(date!(2026 - 11 - 01)));
        assert_eq!(filter.to, Some(date!(2026 - 11 - 30)));
        assert_eq!(filter.login.as_deref(), Some("sam"));
        assert_eq!(filter.action, None);
    }

    #[test]
    fn a_period_that_is_none_is_refused_by_the_field_that_is_wrong() {
        let refused = |from: &str, to: &str| query(from, to).decode().err().map(|(field, _)| field);
        assert_eq!(refused("yesterday", ""), Some("From"));
        assert_eq!(refused("", "30.11.2026"), Some("To"));
        assert_eq!(refused("2026-12-01", "2026-11-30"), Some("From"));
    }
}
