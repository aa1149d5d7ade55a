//! What happened to one user, put together from what the service records.

use rust_decimal::Decimal;
use time::OffsetDateTime;

/// Something that happened. What is not recorded with a time is not among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Tells rows apart.
    pub key: String,
    /// When.
    pub at: OffsetDateTime,
    /// What.
    pub kind: ChangeKind,
    /// Whom or what it is about: a cluster, a project, an invoice's number, somebody's e-mail.
    pub subject: Option<String>,
    /// Id of the subject, where it has a page.
    pub subject_id: Option<String>,
    /// More: a reason, a status, who did it.
    pub detail: Option<String>,
    /// Money that moved or is asked for.
    pub amount: Option<Decimal>,
    /// Its currency, as recorded; credits are USD.
    pub currency: Option<String>,
    /// Who of the staff did it.
    pub by: Option<String>,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $word:literal),+ $(,)?) => {
        /// What happened.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum ChangeKind {
            $($(#[$doc])* $kind),+
        }

        impl ChangeKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            /// The word the statement uses.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$kind => $word),+
                }
            }

            /// Reads the statement's word.
            #[must_use]
            pub fn read(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$kind),)+
                    _ => None,
                }
            }
        }
    };
}

kinds! {
    /// The account was made.
    Registered = "registered",
    /// Terms were accepted.
    TermsAccepted = "terms_accepted",
    /// Seen last.
    LastLogin = "last_login",
    /// The account was deleted.
    Deleted = "deleted",
    /// This person took up an invitation.
    Joined = "joined",
    /// This owner invited somebody.
    Invited = "invited",
    /// Somebody joined this owner's team.
    InviteAccepted = "invite_accepted",
    /// An invitation of this owner ran out.
    InviteExpired = "invite_expired",
    /// Given a seat.
    Assigned = "assigned",
    /// The instance was ready.
    InstanceReady = "instance_ready",
    /// The instance was deleted.
    InstanceDeleted = "instance_deleted",
    /// Credits were bought.
    Purchase = "purchase",
    /// Credits were granted.
    Grant = "grant",
    /// Credits were given back.
    Refund = "refund",
    /// Credits were corrected.
    Adjustment = "adjustment",
    /// Another entry of the ledger, by a word this program does not know.
    Entry = "entry",
    /// An invoice or a charge was made.
    Invoiced = "invoiced",
    /// It was paid.
    InvoicePaid = "invoice_paid",
    /// A project was first seen.
    ProjectSeen = "project_seen",
    /// A project that is no longer active was seen for the last time.
    ProjectGone = "project_gone",
    /// A model was deployed.
    Deployed = "deployed",
    /// A deployment was removed.
    DeploymentRemoved = "deployment_removed",
    /// Hopsworks refused a role.
    RoleRefused = "role_refused",
    /// A check found something wrong.
    CheckFailed = "check_failed",
    /// It was mended.
    CheckResolved = "check_resolved",
    /// A price of one's own began.
    PricePromised = "price_promised",
    /// It ended.
    PriceEnded = "price_ended",
    /// Staff did something to them, or to their team.
    StaffDid = "staff_did",
    /// Staff took something back.
    StaffUndid = "staff_undid",
    /// The service did something by itself: gave a seat, counted a payment.
    SystemDid = "system_did",
    /// Staff noted something.
    Noted = "note",
    /// What followed in another system was done there.
    EffectDone = "effect_done",
    /// What should have followed in another system was given up.
    EffectFailed = "effect_failed",
}

/// What a timeline can be narrowed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeTopic {
    /// Registration, logins, terms, instances.
    Account,
    /// Invitations and members.
    Team,
    /// Seats, projects and deployments.
    Work,
    /// Credits and promised prices.
    Credits,
    /// Invoices and payments.
    Invoices,
    /// What went wrong.
    Failures,
    /// What staff did and took back, status changes among it, and what followed elsewhere.
    Staff,
    /// Notes.
    Notes,
}

impl ChangeTopic {
    /// Every topic.
    pub const ALL: [Self; 8] = [
        Self::Account,
        Self::Team,
        Self::Work,
        Self::Credits,
        Self::Invoices,
        Self::Failures,
        Self::Staff,
        Self::Notes,
    ];

    /// The kinds that belong to it. What failed elsewhere belongs to two.
    #[must_use]
    pub fn kinds(self) -> &'static [ChangeKind] {
        use ChangeKind as Kind;
        match self {
            Self::Account => &[
                Kind::Registered,
                Kind::TermsAccepted,
                Kind::LastLogin,
                Kind::Deleted,
                Kind::InstanceReady,
                Kind::InstanceDeleted,
            ],
            Self::Team => &[
                Kind::Joined,
                Kind::Invited,
                Kind::InviteAccepted,
                Kind::InviteExpired,
            ],
            Self::Work => &[
                Kind::Assigned,
                Kind::ProjectSeen,
                Kind::ProjectGone,
                Kind::Deployed,
                Kind::DeploymentRemoved,
            ],
            Self::Credits => &[
                Kind::Purchase,
                Kind::Grant,
                Kind::Refund,
                Kind::Adjustment,
                Kind::Entry,
                Kind::PricePromised,
                Kind::PriceEnded,
            ],
            Self::Invoices => &[Kind::Invoiced, Kind::InvoicePaid],
            Self::Failures => &[
                Kind::CheckFailed,
                Kind::CheckResolved,
                Kind::RoleRefused,
                Kind::EffectFailed,
            ],
            Self::Staff => &[
                Kind::StaffDid,
                Kind::StaffUndid,
                Kind::SystemDid,
                Kind::EffectDone,
                Kind::EffectFailed,
            ],
            Self::Notes => &[Kind::Noted],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_read_from_its_own_word() {
        for kind in ChangeKind::ALL {
            assert_eq!(ChangeKind::read(kind.word()), Some(*kind));
        }
        assert_eq!(ChangeKind::read("nonsense"), None);
    }

    #[test]
    fn every_kind_belongs_to_a_topic() {
        for kind in ChangeKind::ALL {
            let homes = ChangeTopic::ALL
                .iter()
                .filter(|topic| topic.kinds().contains(kind));
            assert!(homes.count() > 0, "{kind:?} could only be found unfiltered");
        }
    }
}
