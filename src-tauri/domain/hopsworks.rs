//! Users as a Hopsworks cluster knows them, and the rules of the business about them.

use std::fmt;

use crate::domain::account::Plan;

/// A user's number on one cluster. Names and e-mail addresses do not address a user there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HopsworksUserId(i64);

impl HopsworksUserId {
    /// Takes a number; numbers begin at one.
    #[must_use]
    pub fn new(number: i64) -> Option<Self> {
        (number > 0).then_some(Self(number))
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> i64 {
        self.0
    }
}

impl fmt::Display for HopsworksUserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Whether somebody may work on a cluster: `UserAccountStatus` of Hopsworks, by its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HopsworksStatus {
    /// 0: registered, address not verified.
    New,
    /// 1: address verified, not yet accepted.
    Verified,
    /// 2: may work.
    Active,
    /// 3: suspended.
    Deactivated,
    /// 4: blocked for abuse; never undone by a reactivation.
    Blocked,
    /// 5: lost the second factor.
    LostMobile,
    /// 6: spam.
    Spam,
    /// 7: has to change a temporary password.
    TemporaryPassword,
}

impl HopsworksStatus {
    const ALL: [Self; 8] = [
        Self::New,
        Self::Verified,
        Self::Active,
        Self::Deactivated,
        Self::Blocked,
        Self::LostMobile,
        Self::Spam,
        Self::TemporaryPassword,
    ];

    /// The status of that number.
    #[must_use]
    pub fn of_code(code: i64) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|status| i64::from(status.code()) == code)
    }

    /// The status of that name; some versions write the name instead of the number.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    /// Its number.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::New => 0,
            Self::Verified => 1,
            Self::Active => 2,
            Self::Deactivated => 3,
            Self::Blocked => 4,
            Self::LostMobile => 5,
            Self::Spam => 6,
            Self::TemporaryPassword => 7,
        }
    }

    /// Its name in Hopsworks.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "NEW_MOBILE_ACCOUNT",
            Self::Verified => "VERIFIED_ACCOUNT",
            Self::Active => "ACTIVATED_ACCOUNT",
            Self::Deactivated => "DEACTIVATED_ACCOUNT",
            Self::Blocked => "BLOCKED_ACCOUNT",
            Self::LostMobile => "LOST_MOBILE",
            Self::Spam => "SPAM_ACCOUNT",
            Self::TemporaryPassword => "TEMP_PASSWORD",
        }
    }

    /// Whether the cluster's own administrators have decided something about this person that is not ours
    /// to undo: blocked for abuse, or spam.
    #[must_use]
    pub fn is_verdict(self) -> bool {
        matches!(self, Self::Blocked | Self::Spam)
    }
}

/// How many projects somebody may create there. Hopsworks counts the projects ever *created*, so a limit is
/// only ever raised: lowered, it would lock people out of what they paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProjectLimit {
    /// So many.
    AtMost(u32),
    /// Hopsworks writes a number below zero.
    Unlimited,
}

impl ProjectLimit {
    /// As Hopsworks writes it.
    #[must_use]
    pub fn of_number(number: i64) -> Self {
        u32::try_from(number).map_or(
            if number < 0 {
                Self::Unlimited
            } else {
                Self::AtMost(u32::MAX)
            },
            Self::AtMost,
        )
    }

    /// Whether it allows at least so many.
    #[must_use]
    pub fn allows(self, projects: u32) -> bool {
        match self {
            Self::AtMost(limit) => limit >= projects,
            Self::Unlimited => true,
        }
    }

    /// The limit that goes with a plan: five for owners who pay, one for those who do not, none for
    /// members, who work in their owner's projects.
    #[must_use]
    pub fn due(plan: Plan, is_owner: bool) -> u32 {
        match plan {
            _ if !is_owner => 0,
            Plan::Prepaid | Plan::Postpaid => 5,
            // What a plan of the service's own allows is its business: no more than anybody has.
            Plan::Free | Plan::Unset | Plan::Other => 1,
        }
    }
}

/// Somebody on a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HopsworksUser {
    /// The number that addresses this user.
    pub id: HopsworksUserId,
    /// The e-mail address, as the cluster writes it.
    pub email: String,
    /// The login name; project names and paths are made of it.
    pub username: String,
    /// Whether they may work.
    pub status: HopsworksStatus,
    /// How many projects they may create; none where this version does not tell.
    pub project_limit: Option<ProjectLimit>,
}

/// Whether two addresses are the same person's. Hopsworks compares without regard to case.
#[must_use]
pub fn is_same_address(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_is_found_by_its_number_and_its_name() {
        for status in HopsworksStatus::ALL {
            assert_eq!(HopsworksStatus::of_code(status.code().into()), Some(status));
            assert_eq!(HopsworksStatus::of_name(status.name()), Some(status));
        }
        assert_eq!(HopsworksStatus::of_code(8), None);
        assert_eq!(HopsworksStatus::of_code(-1), None);
    }

    #[test]
    fn a_limit_below_zero_is_none_at_all() {
        assert_eq!(ProjectLimit::of_number(-1), ProjectLimit::Unlimited);
        assert!(ProjectLimit::Unlimited.allows(u32::MAX));
        assert!(ProjectLimit::of_number(5).allows(5));
        assert!(!ProjectLimit::of_number(0).allows(1));
        assert_eq!(
            ProjectLimit::of_number(i64::MAX),
            ProjectLimit::AtMost(u32::MAX)
        );
    }

    #[test]
    fn members_create_nothing_and_payers_more_than_others() {
        assert_eq!(ProjectLimit::due(Plan::Postpaid, false), 0);
        assert_eq!(ProjectLimit::due(Plan::Prepaid, true), 5);
        assert_eq!(ProjectLimit::due(Plan::Free, true), 1);
    }
}
