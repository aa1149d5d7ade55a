//! What an account agreed to, what it may spend, and the switches that are set on it.

use serde::Serialize;
use ts_rs::TS;

use crate::domain::{directory, flags};
use crate::wire::money::Money;
use crate::wire::time::rfc3339;

/// The small print of one user. A field this database has no column for is null here and named in the
/// profile's `lacking`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Terms {
    pub spending_cap: Option<Money>,
    pub auto_refill: Option<AutoRefill>,
    /// Until then the account keeps what the plan it left allowed.
    pub downgrade_deadline: Option<String>,
    pub stripe_subscription_id: Option<String>,
    pub terms_accepted_at: Option<String>,
    pub marketing_consent: Option<bool>,
    pub promo_code: Option<String>,
    pub deleted_at: Option<String>,
    pub deletion_reason: Option<String>,
    pub flags: Vec<Flag>,
}

/// What an account may spend, and how it is refilled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct AutoRefill {
    pub enabled: bool,
    /// USD added at a time.
    pub amount: Option<Money>,
    /// Refilled when the balance falls below.
    pub threshold: Option<Money>,
}

/// A switch of the service on one user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Flag {
    /// Empty where the flags have no names.
    pub name: String,
    pub kind: FlagKind,
    /// A number or text as it is, JSON indented; `"on"`, `"off"`, `"not set"`.
    pub shown: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum FlagKind {
    On,
    Off,
    Unset,
    Plain,
    Nested,
}

impl From<directory::Terms> for Terms {
    fn from(terms: directory::Terms) -> Self {
        Self {
            spending_cap: terms.spending_cap.map(Money::usd),
            auto_refill: terms.auto_refill.map(|refill| AutoRefill {
                enabled: refill.enabled,
                amount: refill.amount.map(Money::usd),
                threshold: refill.threshold.map(Money::usd),
            }),
            downgrade_deadline: terms.downgrade_deadline.map(rfc3339),
            stripe_subscription_id: terms.stripe_subscription_id,
            terms_accepted_at: terms.terms_accepted_at.map(rfc3339),
            marketing_consent: terms.marketing_consent,
            promo_code: terms.promo_code,
            deleted_at: terms.deleted_at.map(rfc3339),
            deletion_reason: terms.deletion_reason,
            flags: flags::read(terms.feature_flags.as_ref())
                .into_iter()
                .map(Into::into)
                .collect(),
        }
    }
}

impl From<flags::Flag> for Flag {
    fn from(flag: flags::Flag) -> Self {
        let (kind, shown) = match flag.setting {
            flags::Setting::On => (FlagKind::On, "on".to_owned()),
            flags::Setting::Off => (FlagKind::Off, "off".to_owned()),
            flags::Setting::Unset => (FlagKind::Unset, "not set".to_owned()),
            flags::Setting::Plain(text) => (FlagKind::Plain, text),
            flags::Setting::Nested(json) => (FlagKind::Nested, json),
        };
        Self {
            name: flag.name,
            kind,
            shown,
        }
    }
}
