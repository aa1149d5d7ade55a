//! How the secrets of a cluster are kept, in words; never what they are.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::domain::sealed::{RecipientOnRecord, SecretKind, SecretOnRecord, Standing, There};
use crate::wire::standing::Severity;
use crate::wire::time::rfc3339;

/// To whom it is sealed, to whom it should be, and who may open it though they should not.
#[must_use]
pub fn to_whom(record: &SecretOnRecord) -> String {
    let mut parts = vec![if record.recipients.is_empty() {
        "Sealed to nobody of today".to_owned()
    } else {
        format!("Sealed to {}", record.recipients.join(", "))
    }];
    if !record.missing.is_empty() {
        parts.push(format!("not to {}", record.missing.join(", ")));
    }
    if !record.former.is_empty() {
        let former = record.former.join(", ");
        parts.push(format!(
            "{former}, no recipient any more, may still open it"
        ));
    }
    parts.join("; ")
}

/// What the service's table holds beside the sealed copy.
const fn there_too(there: There) -> &'static str {
    match there {
        There::Nothing => "",
        There::Plain => " The service’s table holds it in plain, too.",
        There::Copy => " The service’s table holds it sealed, too.",
        There::Age | There::Foreign => {
            " What the service’s table holds was encrypted by someone else, and is not used."
        }
    }
}

/// How a secret of a cluster is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct SecretKept {
    pub kind: SecretKindNamed,
    /// `"API key"`.
    pub name: String,
    pub severity: Severity,
    /// `"sealed"`, `"plain in the database"`.
    pub word: String,
    /// To whom it is sealed, and what to do.
    pub sentence: Option<String>,
    /// When it was sealed; null: it is not.
    pub sealed_at: Option<String>,
    pub sealed_by: Option<String>,
}

/// The secrets that a cluster has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SecretKindNamed {
    ApiKey,
    Kubeconfig,
}

impl From<SecretKindNamed> for SecretKind {
    fn from(named: SecretKindNamed) -> Self {
        match named {
            SecretKindNamed::ApiKey => Self::ApiKey,
            SecretKindNamed::Kubeconfig => Self::Kubeconfig,
        }
    }
}

impl From<SecretKind> for SecretKindNamed {
    fn from(kind: SecretKind) -> Self {
        match kind {
            SecretKind::ApiKey => Self::ApiKey,
            SecretKind::Kubeconfig => Self::Kubeconfig,
        }
    }
}

/// A cluster as somebody adds it. Its secrets come in, and never go out.
#[derive(Clone, Deserialize, TS)]
#[ts(export)]
pub struct NewClusterForm {
    pub name: String,
    pub api_url: String,
    pub region: Option<String>,
    /// Seats, digits.
    pub max_users: String,
    /// PEM; null: a public authority signed its certificate.
    pub authority: Option<String>,
    pub api_key: String,
    pub kubeconfig: Option<String>,
}

/// Somebody whom secrets of clusters are sealed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct RecipientShown {
    pub name: String,
    pub public_key: String,
    pub added_by: String,
    pub added_at: String,
    /// This console has the private key.
    pub is_here: bool,
    /// When a program that serves last said that it has it; null: none did.
    pub held_at: Option<String>,
}

/// Whom secrets of clusters are sealed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct RecipientsShown {
    pub rows: Vec<RecipientShown>,
    /// Public keys whose private ones this console has.
    pub ours: Vec<String>,
    /// Why no program that serves opens what is sealed; null: one does, or nothing is to be opened.
    pub warning: Option<String>,
}

/// A program that serves says once a minute whose keys it holds: after this long without a word there is none.
const SILENT_AFTER: time::Duration = time::Duration::minutes(10);

impl RecipientsShown {
    /// Those of today.
    #[must_use]
    pub fn new(
        recipients: Vec<RecipientOnRecord>,
        ours: Vec<String>,
        now: time::OffsetDateTime,
    ) -> Self {
        let today: Vec<_> = recipients
            .into_iter()
            .filter(|recipient| recipient.removed_at.is_none())
            .collect();
        let last = today.iter().filter_map(|one| one.held_at).max();
        let warning = match last {
            _ if today.is_empty() => None,
            None => Some(
                "No program that serves has one of these keys: it reaches no cluster whose secrets are sealed. Set HOPSDESK_IDENTITY_FILE where “hopsdesk-webhook serve” runs.",
            ),
            Some(at) if now - at > SILENT_AFTER => Some(
                "No program that serves has said lately that it has one of these keys: see whether “hopsdesk-webhook serve” runs, and its HOPSDESK_IDENTITY_FILE.",
            ),
            Some(_) => None,
        };
        let rows = today.into_iter().map(|recipient| RecipientShown {
            is_here: ours.contains(&recipient.public_key),
            name: recipient.name,
            public_key: recipient.public_key,
            added_by: recipient.added_by,
            added_at: rfc3339(recipient.added_at),
            held_at: recipient.held_at.map(rfc3339),
        });
        Self {
            rows: rows.collect(),
            ours,
            warning: warning.map(str::to_owned),
        }
    }
}

impl SecretKept {
    /// As it is on record.
    #[must_use]
    pub fn new(record: SecretOnRecord) -> Self {
        let to = record.recipients.join(", ");
        let (severity, word, sentence) = match record.standing() {
            Standing::Absent => (Severity::Muted, "none on record", None),
            Standing::OffRecord => (
                Severity::Warn,
                "of a cluster that is gone",
                Some("“hopsdesk-webhook secrets remove” removes it.".to_owned()),
            ),
            Standing::Plain => (
                Severity::Warn,
                "plain in the database",
                Some("Whoever reads the database reads it. “hopsdesk-webhook secrets import” seals a copy.".to_owned()),
            ),
            Standing::Outdated => {
                let word = if record.missing.is_empty() {
                    "sealed to former recipients, too"
                } else {
                    "not sealed to everybody"
                };
                // Whoever could open it may have kept it: sealing does not take it back.
                let act = if record.former.is_empty() {
                    "seal it anew"
                } else {
                    "seal it anew, and replace it"
                };
                (Severity::Warn, word, Some(format!("{}: {act}.", to_whom(&record))))
            }
            Standing::Differs => (
                Severity::Warn,
                "sealed, and another one in plain",
                Some(format!("Sealed to {to}, and that one is used. The service’s table holds another by now: import it, or correct it there.")),
            ),
            Standing::OfStaff => (
                Severity::Ok,
                "sealed",
                Some(format!("To {to}, in place of the one in the service’s table, which is not used.")),
            ),
            Standing::Sealed => (
                Severity::Ok,
                "sealed",
                Some(format!("To {to}.{}", there_too(record.there))),
            ),
            Standing::ThereAlone => (
                Severity::Warn,
                "sealed in the service’s table alone",
                Some("What opens it there is used. “hopsdesk-webhook secrets import” with that key keeps a copy here.".to_owned()),
            ),
            Standing::Foreign => (
                Severity::Warn,
                "encrypted by someone else",
                Some("Another program encrypted what the service’s table holds: Hopsdesk cannot open it. Replace it here.".to_owned()),
            ),
        };
        let name = match record.kind {
            SecretKind::ApiKey => "API key",
            SecretKind::Kubeconfig => "Kubeconfig",
        };
        Self {
            kind: record.kind.into(),
            name: name.to_owned(),
            severity,
            word: word.to_owned(),
            sentence,
            sealed_at: record.sealed_at.map(rfc3339),
            sealed_by: record.sealed_by,
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn record() -> SecretOnRecord {
        SecretOnRecord {
            cluster_id: "k".to_owned(),
            cluster_name: None,
            is_on_record: true,
            kind: SecretKind::ApiKey,
            there: There::Plain,
            differs: false,
            recipients: vec!["ann".to_owned(), "collector".to_owned()],
            missing: Vec::new(),
            former: Vec::new(),
            is_of_staff: false,
            older: 0,
            sealed_by: None,
            sealed_at: Some(datetime!(2026-11-26 12:00 UTC)),
        }
    }

    #[test]
    fn how_a_secret_is_kept_is_said_with_what_to_do() {
        let said = |record| {
            let shown = SecretKept::new(record);
            (
                shown.severity,
                shown.word,
                shown.sentence.unwrap_or_default(),
            )
        };
        let (severity, word, sentence) = said(record());
        assert_eq!((severity, word.as_str()), (Severity::Ok, "sealed"));
        assert!(sentence.starts_with("To ann, collector.") && sentence.ends_with("in plain, too."));
        let (severity, word, _) = said(SecretOnRecord {
            sealed_at: None,
            ..record()
        });
        assert_eq!(
            (severity, word.as_str()),
            (Severity::Warn, "plain in the database")
        );
        let (severity, _, sentence) = said(SecretOnRecord {
            former: vec!["bob".to_owned()],
            ..record()
        });
        assert_eq!(severity, Severity::Warn);
        assert_eq!(
            sentence,
            "Sealed to ann, collector; bob, no recipient any more, may still open it: seal it anew, and replace it."
        );
        let (_, word, sentence) = said(SecretOnRecord {
            recipients: Vec::new(),
            missing: vec!["new".to_owned()],
            former: vec!["old".to_owned()],
            ..record()
        });
        assert_eq!(word, "not sealed to everybody");
        assert_eq!(
            sentence,
            "Sealed to nobody of today; not to new; old, no recipient any more, may still open it: seal it anew, and replace it.",
            "after a usual rotation both are said"
        );
        let (_, word, _) = said(SecretOnRecord {
            differs: true,
            ..record()
        });
        assert_eq!(word, "sealed, and another one in plain");
        let (severity, word, _) = said(SecretOnRecord {
            sealed_at: None,
            there: There::Nothing,
            ..record()
        });
        assert_eq!(
            (severity, word.as_str()),
            (Severity::Muted, "none on record")
        );
        for (there, word) in [
            (There::Age, "sealed in the service’s table alone"),
            (There::Foreign, "encrypted by someone else"),
        ] {
            let (severity, said, _) = said(SecretOnRecord {
                sealed_at: None,
                there,
                ..record()
            });
            assert_eq!((severity, said.as_str()), (Severity::Warn, word));
        }
        for (there, end) in [
            (There::Copy, "holds it sealed, too."),
            (There::Foreign, "by someone else, and is not used."),
            (There::Nothing, "To ann, collector."),
        ] {
            let (_, _, sentence) = said(SecretOnRecord { there, ..record() });
            assert!(sentence.ends_with(end), "{sentence}");
        }
    }
}
