//! Why somebody cannot work, if so: the first reason that applies, the gravest first.

use std::borrow::Cow;

use rust_decimal::Decimal;
use time::Date;

use crate::domain::account::{Plan, UserStatus};
use crate::domain::credits::{Credits, RunOut};

/// What is known about somebody when the question is asked. `None` means that this database does not
/// record it: what is not known is no reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingFacts {
    /// The person's own status.
    pub status: UserStatus,
    /// The service's own word for that, where it is none of ours.
    pub status_word: Option<String>,
    /// Status of the team's owner; `None` for owners.
    pub owner_status: Option<UserStatus>,
    /// The plan of the account that pays; `None` where the database has no plans.
    pub plan: Option<Plan>,
    /// Seats as the database records them; `None` without an assignments table.
    pub seat: Option<SeatFacts>,
    /// Status of the instance, where instances are recorded.
    pub instance_status: Option<String>,
    /// Credits of the account that pays.
    pub credits: Option<Credits>,
    /// What that account uses a day.
    pub per_day: Decimal,
    /// Invoices of that account past their due date, or whose payment failed.
    pub invoices_overdue: u32,
}

/// A seat, or the lack of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeatFacts {
    /// On no cluster.
    None,
    /// On a cluster.
    On {
        /// Its name.
        cluster: String,
        /// `active`, `inactive`, `maintenance`, `full`.
        cluster_status: Option<String>,
        /// Whether a Hopsworks user is on record.
        has_hopsworks_user: bool,
    },
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Nothing is in the way.
    Working,
    /// The account is deleted.
    Deleted,
    /// The person is suspended.
    Suspended,
    /// The service has a word for the person that says nothing to us.
    OtherStatus {
        /// That word.
        status: String,
    },
    /// The team's owner is suspended (or deleted), and the team with them.
    OwnerSuspended,
    /// Prepaid, and nothing is left.
    OutOfCredits {
        /// The balance: zero or less.
        balance: Decimal,
    },
    /// No plan was chosen yet.
    NoPlan,
    /// On no cluster.
    NoSeat,
    /// The cluster is not active.
    ClusterInactive {
        /// Its name.
        cluster: String,
        /// Its status.
        status: String,
    },
    /// A seat, but no Hopsworks user behind it.
    NoHopsworksUser {
        /// The cluster.
        cluster: String,
    },
    /// The instance is not active.
    InstanceDown {
        /// Its status.
        status: String,
    },
    /// Works, but not for long.
    CreditsLow {
        /// What is left.
        balance: Decimal,
        /// What is used a day.
        per_day: Decimal,
        /// When it runs out.
        on: Date,
    },
    /// Works, but an invoice is overdue or its payment failed.
    PaymentFailed {
        /// How many invoices.
        invoices: u32,
    },
}

impl Standing {
    /// In two or three words, as a list shows it.
    #[must_use]
    pub fn short(&self) -> Cow<'static, str> {
        let words = match self {
            Self::OtherStatus { status } => return Cow::Owned(status.clone()),
            Self::Working => "active",
            Self::Deleted => "deleted",
            Self::Suspended => "suspended",
            Self::OwnerSuspended => "team suspended",
            Self::OutOfCredits { .. } => "out of credits",
            Self::NoPlan => "no plan",
            Self::NoSeat => "no seat",
            Self::ClusterInactive { .. } => "cluster down",
            Self::NoHopsworksUser { .. } => "no Hopsworks user",
            Self::InstanceDown { .. } => "instance down",
            Self::CreditsLow { .. } => "credits low",
            Self::PaymentFailed { .. } => "payment due",
        };
        Cow::Borrowed(words)
    }
}

impl StandingFacts {
    /// The first reason that applies.
    #[must_use]
    pub fn standing(&self, today: Date) -> Standing {
        if self.status == UserStatus::Deleted {
            return Standing::Deleted;
        }
        if self
            .owner_status
            .is_some_and(|status| matches!(status, UserStatus::Suspended | UserStatus::Deleted))
        {
            return Standing::OwnerSuspended;
        }
        if self.status == UserStatus::Suspended {
            return Standing::Suspended;
        }
        if self.status == UserStatus::Other {
            let status = self.status_word.clone();
            return Standing::OtherStatus {
                status: status.unwrap_or_else(|| self.status.word().to_owned()),
            };
        }
        let prepaid = self.credits.filter(|_| self.plan == Some(Plan::Prepaid));
        let run_out = prepaid.map(|credits| {
            (
                credits.balance(),
                RunOut::forecast(credits.balance(), self.per_day, today),
            )
        });
        if let Some((balance, RunOut::Already)) = run_out {
            return Standing::OutOfCredits { balance };
        }
        if self.plan == Some(Plan::Unset) {
            return Standing::NoPlan;
        }
        if let Some(standing) = self.seat.as_ref().and_then(seat_trouble) {
            return standing;
        }
        if let Some(status) = self
            .instance_status
            .as_deref()
            .filter(|status| *status != "active")
        {
            return Standing::InstanceDown {
                status: status.to_owned(),
            };
        }
        if let Some((balance, RunOut::About(on))) = run_out
            && RunOut::About(on).is_low(today)
        {
            return Standing::CreditsLow {
                balance,
                per_day: self.per_day,
                on,
            };
        }
        if self.invoices_overdue > 0 {
            return Standing::PaymentFailed {
                invoices: self.invoices_overdue,
            };
        }
        Standing::Working
    }
}

fn seat_trouble(seat: &SeatFacts) -> Option<Standing> {
    let SeatFacts::On {
        cluster,
        cluster_status,
        has_hopsworks_user,
    } = seat
    else {
        return Some(Standing::NoSeat);
    };
    match cluster_status.as_deref() {
        // A full cluster takes nobody new, and serves those who are on it.
        None | Some("active" | "full") if *has_hopsworks_user => None,
        None | Some("active" | "full") => Some(Standing::NoHopsworksUser {
            cluster: cluster.clone(),
        }),
        Some(status) => Some(Standing::ClusterInactive {
            cluster: cluster.clone(),
            status: status.to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;
    use time::macros::date;

    use super::*;

    const TODAY: Date = date!(2026 - 11 - 20);

    fn well() -> StandingFacts {
        StandingFacts {
            status: UserStatus::Active,
            status_word: None,
            owner_status: None,
            plan: Some(Plan::Prepaid),
            seat: Some(SeatFacts::On {
                cluster: "eu-west-1".to_owned(),
                cluster_status: Some("active".to_owned()),
                has_hopsworks_user: true,
            }),
            instance_status: Some("active".to_owned()),
            credits: Some(Credits {
                purchased: dec!(500),
                ..Credits::default()
            }),
            per_day: dec!(9.10),
            invoices_overdue: 0,
        }
    }

    #[test]
    fn somebody_with_all_they_need_works() {
        assert_eq!(well().standing(TODAY), Standing::Working);
    }

    #[test]
    fn what_a_database_does_not_record_is_no_reason() {
        let facts = StandingFacts {
            plan: None,
            seat: None,
            instance_status: None,
            credits: None,
            ..well()
        };
        assert_eq!(facts.standing(TODAY), Standing::Working);
    }

    #[test]
    fn a_suspended_owner_comes_before_the_members_own_suspension() {
        let facts = StandingFacts {
            status: UserStatus::Suspended,
            owner_status: Some(UserStatus::Suspended),
            ..well()
        };
        assert_eq!(facts.standing(TODAY), Standing::OwnerSuspended);
    }

    #[test]
    fn a_word_that_says_nothing_to_us_is_no_leave_to_work() {
        let facts = StandingFacts {
            status: UserStatus::Other,
            status_word: Some("PENDING_REVIEW".to_owned()),
            ..well()
        };
        let standing = facts.standing(TODAY);
        assert_eq!(standing.short(), "PENDING_REVIEW");
        let owner = StandingFacts {
            owner_status: Some(UserStatus::Other),
            ..well()
        };
        assert_eq!(owner.standing(TODAY), Standing::Working);
    }

    #[test]
    fn an_empty_balance_counts_for_prepaid_accounts_only() {
        let empty = StandingFacts {
            credits: Some(Credits::default()),
            ..well()
        };
        assert_eq!(
            empty.standing(TODAY),
            Standing::OutOfCredits { balance: dec!(0) }
        );
        let postpaid = StandingFacts {
            plan: Some(Plan::Postpaid),
            ..empty
        };
        assert_eq!(postpaid.standing(TODAY), Standing::Working);
    }

    #[test]
    fn each_broken_link_of_the_chain_is_named() {
        let seat = |cluster_status: &str, has_hopsworks_user| {
            Some(SeatFacts::On {
                cluster: "eu-west-1".to_owned(),
                cluster_status: Some(cluster_status.to_owned()),
                has_hopsworks_user,
            })
        };
        let standing = |seat| StandingFacts { seat, ..well() }.standing(TODAY);
        assert_eq!(standing(Some(SeatFacts::None)), Standing::NoSeat);
        assert!(matches!(
            standing(seat("maintenance", true)),
            Standing::ClusterInactive { .. }
        ));
        assert!(matches!(
            standing(seat("active", false)),
            Standing::NoHopsworksUser { .. }
        ));
        assert_eq!(standing(seat("full", true)), Standing::Working);
        let stopped = StandingFacts {
            instance_status: Some("stopped".to_owned()),
            ..well()
        };
        assert!(matches!(
            stopped.standing(TODAY),
            Standing::InstanceDown { .. }
        ));
        let overdue = StandingFacts {
            invoices_overdue: 2,
            ..well()
        };
        assert_eq!(
            overdue.standing(TODAY),
            Standing::PaymentFailed { invoices: 2 }
        );
    }

    #[test]
    fn low_credits_say_when_they_run_out() {
        let facts = StandingFacts {
            credits: Some(Credits {
                purchased: dec!(18.4),
                ..Credits::default()
            }),
            ..well()
        };
        let expected = Standing::CreditsLow {
            balance: dec!(18.4),
            per_day: dec!(9.10),
            on: date!(2026 - 11 - 22),
        };
        assert_eq!(facts.standing(TODAY), expected);
    }
}
