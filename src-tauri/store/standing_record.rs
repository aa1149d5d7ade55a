//! The columns from which somebody's standing is judged, shared by the list and the page.

use rust_decimal::Decimal;
use sqlx::FromRow;

use crate::domain::account::{Plan, UserStatus};
use crate::domain::credits::Credits;
use crate::domain::directory::Person;
use crate::domain::standing::{SeatFacts, StandingFacts};

/// Facts about one person and the account that pays for them.
#[derive(Debug, FromRow)]
pub(in crate::store) struct StandingRecord {
    pub(in crate::store) plan: Option<String>,
    pub(in crate::store) owner_status: Option<String>,
    pub(in crate::store) cluster_name: Option<String>,
    pub(in crate::store) cluster_status: Option<String>,
    pub(in crate::store) instance_status: Option<String>,
    has_hopsworks_user: Option<bool>,
    has_credits: Option<bool>,
    total_purchased: Option<Decimal>,
    total_used: Option<Decimal>,
    free_credits_granted: Option<Decimal>,
    free_credits_used: Option<Decimal>,
    per_day: Option<Decimal>,
    invoices_overdue: Option<i64>,
}

impl StandingRecord {
    /// What the rule in `domain` needs. A prepaid account without a row of credits has none.
    pub(in crate::store) fn into_facts(
        self,
        person: &Person,
        is_member: bool,
        has_seat: bool,
    ) -> StandingFacts {
        let credits = Credits {
            purchased: self.total_purchased.unwrap_or_default(),
            used: self.total_used.unwrap_or_default(),
            granted: self.free_credits_granted.unwrap_or_default(),
            granted_used: self.free_credits_used.unwrap_or_default(),
        };
        StandingFacts {
            status: person.status,
            status_word: person.status_word.clone(),
            owner_status: is_member.then(|| UserStatus::read(self.owner_status.as_deref())),
            plan: Some(Plan::read(self.plan.as_deref())),
            seat: Some(if has_seat {
                SeatFacts::On {
                    cluster: self.cluster_name.unwrap_or_default(),
                    cluster_status: self.cluster_status,
                    has_hopsworks_user: self.has_hopsworks_user.unwrap_or(false),
                }
            } else {
                SeatFacts::None
            }),
            instance_status: self.instance_status,
            credits: self.has_credits.unwrap_or(false).then_some(credits),
            per_day: self.per_day.unwrap_or_default(),
            invoices_overdue: u32::try_from(self.invoices_overdue.unwrap_or(0)).unwrap_or(u32::MAX),
        }
    }
}
