//! What happened to one user, in sentences.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::domain::changes::{self, ChangeKind};
use crate::domain::money::{Currency, Money};
use crate::wire::clusters::same;
use crate::wire::standing::Severity;
use crate::wire::time::rfc3339;
use crate::wire::work::unit;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct UserChange {
    pub id: String,
    pub at: String,
    /// `"Credits purchased: $250.00"`.
    pub sentence: String,
    /// More, where there is: a reason, an error, who did it.
    pub detail: Option<String>,
    /// Colour of its dot; the sentence says the same in words.
    pub severity: Severity,
    /// Who of the staff did it.
    pub by: Option<String>,
    /// The table it is from.
    pub source: String,
    pub leads_to: Option<ChangeLink>,
    /// The number of the invoice that the sentence names: people copy it.
    pub number: Option<String>,
}

/// The page of what a change is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "screen", rename_all = "snake_case")]
#[ts(export)]
pub enum ChangeLink {
    User {
        id: String,
    },
    Cluster {
        id: String,
    },
    Invoice {
        origin: String,
        id: String,
    },
    /// An entry of the audit trail.
    Entry {
        #[ts(type = "number")]
        id: i64,
    },
}

/// What the timeline is narrowed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ChangeTopic {
    Account,
    Team,
    Work,
    Credits,
    Invoices,
    Failures,
    Staff,
    Notes,
}

same!(
    ChangeTopic = changes::ChangeTopic {
        Account,
        Team,
        Work,
        Credits,
        Invoices,
        Failures,
        Staff,
        Notes
    }
);

impl From<changes::Change> for UserChange {
    fn from(change: changes::Change) -> Self {
        let words = Words::of(&change);
        let leads_to = leads_to(&change);
        let is_invoice = matches!(leads_to, Some(ChangeLink::Invoice { .. }));
        Self {
            at: rfc3339(change.at),
            sentence: words.sentence,
            detail: words.detail,
            severity: words.severity,
            source: source(&change).to_owned(),
            leads_to,
            number: change.subject.filter(|_| is_invoice),
            by: change.by,
            id: change.key,
        }
    }
}

struct Words {
    sentence: String,
    detail: Option<String>,
    severity: Severity,
}

impl Words {
    #[expect(
        clippy::too_many_lines,
        reason = "a sentence for each kind of change, one after the other"
    )]
    fn of(change: &changes::Change) -> Self {
        let subject = change.subject.as_deref();
        let named = |what: &str, fallback: &str| match subject {
            Some(subject) => format!("{what} {subject}"),
            None => fallback.to_owned(),
        };
        let paid = |what: &str| match money(change) {
            Some(money) => format!("{what}: {money}"),
            None => what.to_owned(),
        };
        let check = || subject.unwrap_or("check").replace('_', " ");
        let resource = || unit(subject.unwrap_or("unit"));
        let detail = change.detail.clone();
        let (severity, sentence, detail) = match change.kind {
            ChangeKind::Registered => (
                Severity::Ok,
                "Registered".to_owned(),
                detail.map(|source| format!("by way of {source}")),
            ),
            ChangeKind::TermsAccepted => (Severity::Muted, "Accepted the terms".to_owned(), None),
            ChangeKind::LastLogin => (Severity::Muted, "Last login".to_owned(), None),
            ChangeKind::Deleted => (Severity::Bad, "Account deleted".to_owned(), detail),
            ChangeKind::Joined => (
                Severity::Ok,
                named("Joined the team of", "Joined a team"),
                detail.map(|role| format!("as {role}")),
            ),
            ChangeKind::Invited => (
                Severity::Muted,
                named("Invited", "Invited somebody"),
                detail.map(|role| format!("as {role}")),
            ),
            ChangeKind::InviteAccepted => (
                Severity::Ok,
                format!("{} joined the team", subject.unwrap_or("Somebody")),
                None,
            ),
            ChangeKind::InviteExpired => (
                Severity::Warn,
                named("Invitation expired:", "Invitation expired"),
                None,
            ),
            ChangeKind::Assigned => (
                Severity::Ok,
                named("Given a seat on", "Given a seat"),
                detail.map(|by| assigned_by(&by)),
            ),
            ChangeKind::InstanceReady => (
                Severity::Ok,
                named("Instance ready:", "Instance ready"),
                None,
            ),
            ChangeKind::InstanceDeleted => (
                Severity::Muted,
                named("Instance deleted:", "Instance deleted"),
                None,
            ),
            ChangeKind::Purchase => (Severity::Ok, paid("Credits purchased"), detail),
            ChangeKind::Grant => (Severity::Ok, paid("Credits granted"), detail),
            ChangeKind::Refund => (Severity::Warn, paid("Credits refunded"), detail),
            ChangeKind::Adjustment => (Severity::Warn, paid("Credits adjusted"), detail),
            ChangeKind::Entry => (Severity::Muted, paid("Ledger entry"), detail),
            ChangeKind::Invoiced => {
                let grave = matches!(
                    detail.as_deref(),
                    Some("failed" | "overdue" | "past_due" | "uncollectible")
                );
                (
                    if grave {
                        Severity::Bad
                    } else {
                        Severity::Muted
                    },
                    paid(&named("Invoiced", "Invoiced")),
                    detail.map(|standing| format!("now {}", standing.replace('_', " "))),
                )
            }
            ChangeKind::InvoicePaid => (
                Severity::Ok,
                paid(&match subject {
                    Some(number) => format!("{number} paid"),
                    None => "Invoice paid".to_owned(),
                }),
                None,
            ),
            ChangeKind::ProjectSeen => (Severity::Ok, named("Project made:", "Project made"), None),
            ChangeKind::ProjectGone => (
                Severity::Muted,
                named(
                    "Project seen for the last time:",
                    "A project was seen for the last time",
                ),
                None,
            ),
            ChangeKind::Deployed => (Severity::Ok, named("Deployed", "Deployed a model"), None),
            ChangeKind::DeploymentRemoved => (
                Severity::Muted,
                named("Deployment removed:", "Deployment removed"),
                None,
            ),
            ChangeKind::RoleRefused => (
                Severity::Bad,
                named("Hopsworks refused the role in", "Hopsworks refused a role"),
                detail,
            ),
            ChangeKind::CheckFailed => {
                (Severity::Bad, format!("Check failed: {}", check()), detail)
            }
            ChangeKind::CheckResolved => {
                (Severity::Ok, format!("Check mended: {}", check()), detail)
            }
            ChangeKind::PricePromised => (
                Severity::Muted,
                match change.amount {
                    Some(price) => {
                        format!("Price promised: ${} a {}", price.normalize(), resource())
                    }
                    None => format!("Price promised a {}", resource()),
                },
                detail,
            ),
            ChangeKind::PriceEnded => (
                Severity::Muted,
                format!("Promised price ended: {}", resource()),
                None,
            ),
            ChangeKind::StaffDid => (Severity::Warn, staff_words(subject), detail),
            ChangeKind::StaffUndid => (
                Severity::Muted,
                format!("Taken back by: {}", staff_words(subject).to_lowercase()),
                detail,
            ),
            ChangeKind::SystemDid => (
                Severity::Muted,
                format!("By itself: {}", staff_words(subject).to_lowercase()),
                detail,
            ),
            ChangeKind::Noted => (Severity::Muted, "Note by staff".to_owned(), detail),
            ChangeKind::EffectDone => (
                Severity::Ok,
                format!("Done elsewhere: {}", effect_words(subject)),
                None,
            ),
            ChangeKind::EffectFailed => (
                Severity::Bad,
                format!("Given up elsewhere: {}", effect_words(subject)),
                detail,
            ),
        };
        Self {
            sentence,
            detail,
            severity,
        }
    }
}

/// An amount with its currency, or without where none was recorded.
fn money(change: &changes::Change) -> Option<String> {
    let amount = change.amount?;
    let currency = change.currency.as_deref().map(Currency::parse);
    Some(match currency {
        Some(Ok(currency)) => Money { amount, currency }.to_string(),
        _ => amount.to_string(),
    })
}

/// An action as the trail names it: `suspend_account` is "Suspend account".
fn staff_words(action: Option<&str>) -> String {
    let words = action.unwrap_or("staff action").replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// `hopsworks set_status` is "Hopsworks, set status".
fn effect_words(effect: Option<&str>) -> String {
    match effect.and_then(|effect| effect.split_once(' ')) {
        Some((system, kind)) => {
            format!("{}, {}", staff_words(Some(system)), kind.replace('_', " "))
        }
        None => "another system".to_owned(),
    }
}

/// Who gave a seat, in words.
#[must_use]
pub fn assigned_by(word: &str) -> String {
    match word {
        "system" => "by the service".to_owned(),
        "admin" => "by an admin".to_owned(),
        "team_member_auto" => "together with the team".to_owned(),
        other => format!("by {other}"),
    }
}

fn source(change: &changes::Change) -> &'static str {
    match change.kind {
        ChangeKind::Registered
        | ChangeKind::TermsAccepted
        | ChangeKind::LastLogin
        | ChangeKind::Deleted => "users",
        ChangeKind::Joined
        | ChangeKind::Invited
        | ChangeKind::InviteAccepted
        | ChangeKind::InviteExpired => "team_invites",
        ChangeKind::Assigned => "user_hopsworks_assignments",
        ChangeKind::InstanceReady | ChangeKind::InstanceDeleted => "instances",
        ChangeKind::Purchase
        | ChangeKind::Grant
        | ChangeKind::Refund
        | ChangeKind::Adjustment
        | ChangeKind::Entry => "credit_transactions",
        ChangeKind::Invoiced | ChangeKind::InvoicePaid => {
            match change
                .subject_id
                .as_deref()
                .and_then(|id| id.split_once('/'))
            {
                Some(("billing_history", _)) => "billing_history",
                Some(("stripe_invoices", _)) => "Stripe",
                _ => "invoices",
            }
        }
        ChangeKind::ProjectSeen | ChangeKind::ProjectGone => "user_projects",
        ChangeKind::Deployed | ChangeKind::DeploymentRemoved => "model_deployments",
        ChangeKind::RoleRefused => "project_member_roles",
        ChangeKind::CheckFailed | ChangeKind::CheckResolved => "health_check_failures",
        ChangeKind::PricePromised | ChangeKind::PriceEnded => "user_pricing_overrides",
        ChangeKind::StaffDid | ChangeKind::StaffUndid | ChangeKind::SystemDid => "console.audit",
        ChangeKind::Noted => "console.notes",
        ChangeKind::EffectDone | ChangeKind::EffectFailed => "console.outbox",
    }
}

fn leads_to(change: &changes::Change) -> Option<ChangeLink> {
    let id = change.subject_id.clone()?;
    match change.kind {
        ChangeKind::Joined | ChangeKind::InviteAccepted => Some(ChangeLink::User { id }),
        ChangeKind::Assigned => Some(ChangeLink::Cluster { id }),
        ChangeKind::StaffDid
        | ChangeKind::StaffUndid
        | ChangeKind::SystemDid
        | ChangeKind::Noted
        | ChangeKind::EffectDone
        | ChangeKind::EffectFailed => Some(ChangeLink::Entry {
            id: id.parse().ok()?,
        }),
        ChangeKind::Invoiced | ChangeKind::InvoicePaid => {
            let (origin, id) = id.split_once('/')?;
            Some(ChangeLink::Invoice {
                origin: origin.to_owned(),
                id: id.to_owned(),
            })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;
    use time::macros::datetime;

    use super::*;

    fn change(kind: ChangeKind) -> changes::Change {
        changes::Change {
            key: "k".to_owned(),
            at: datetime!(2026-11-20 12:00 UTC),
            kind,
            subject: None,
            subject_id: None,
            detail: None,
            amount: None,
            currency: None,
            by: None,
        }
    }

    #[test]
    fn what_staff_did_says_what_why_and_by_whom_and_leads_to_its_entry() {
        let suspended = UserChange::from(changes::Change {
            subject: Some("suspend_account".to_owned()),
            subject_id: Some("4711".to_owned()),
            detail: Some("fraud".to_owned()),
            by: Some("Sam".to_owned()),
            ..change(ChangeKind::StaffDid)
        });
        assert_eq!(suspended.sentence, "Suspend account");
        assert_eq!(suspended.detail.as_deref(), Some("fraud"));
        assert_eq!(suspended.by.as_deref(), Some("Sam"));
        assert_eq!(suspended.source, "console.audit");
        assert_eq!(suspended.leads_to, Some(ChangeLink::Entry { id: 4711 }));
        let followed = UserChange::from(changes::Change {
            subject: Some("hopsworks set_status".to_owned()),
            ..change(ChangeKind::EffectDone)
        });
        assert_eq!(followed.sentence, "Done elsewhere: Hopsworks, set status");
    }

    #[test]
    fn money_says_its_currency_and_its_sign() {
        let refund = changes::Change {
            amount: Some(dec!(-12.5)),
            currency: Some("USD".to_owned()),
            ..change(ChangeKind::Refund)
        };
        assert_eq!(
            UserChange::from(refund.clone()).sentence,
            "Credits refunded: \u{2212}$12.50"
        );
        let euro = changes::Change {
            amount: Some(dec!(1204.5)),
            currency: Some("EUR".to_owned()),
            ..refund
        };
        assert_eq!(
            UserChange::from(euro).sentence,
            "Credits refunded: 1,204.50 EUR"
        );
    }

    #[test]
    fn an_invoice_leads_to_its_page_and_says_what_became_of_it() {
        let invoiced = changes::Change {
            subject: Some("HM-2026-1107".to_owned()),
            subject_id: Some("billing_history/7/8".to_owned()),
            detail: Some("failed".to_owned()),
            amount: Some(dec!(412.30)),
            currency: None,
            ..change(ChangeKind::Invoiced)
        };
        let shown = UserChange::from(invoiced);
        assert_eq!(shown.sentence, "Invoiced HM-2026-1107: 412.30");
        assert_eq!(shown.detail.as_deref(), Some("now failed"));
        assert_eq!(shown.severity, Severity::Bad);
        assert_eq!(shown.source, "billing_history");
        assert_eq!(
            shown.leads_to,
            Some(ChangeLink::Invoice {
                origin: "billing_history".to_owned(),
                id: "7/8".to_owned()
            })
        );
    }

    #[test]
    fn every_kind_has_a_sentence_even_without_a_subject() {
        for kind in ChangeKind::ALL {
            let shown = UserChange::from(change(*kind));
            assert!(shown.sentence.len() > 7, "{kind:?}: {}", shown.sentence);
            assert!(
                !shown.sentence.ends_with([' ', ':']),
                "{kind:?}: {}",
                shown.sentence
            );
        }
    }
}
