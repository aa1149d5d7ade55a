//! Accounts: status, plan and place in a team, as every generation of the service writes them.

/// Whether the service lets somebody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserStatus {
    /// May work.
    Active,
    /// Locked out by staff or by the service.
    Suspended,
    /// Gone; the row is kept for the books.
    Deleted,
}

impl UserStatus {
    /// Reads the column `status`. A database without it, or with a value we do not know, counts as
    /// active: the service lets such users in.
    #[must_use]
    pub fn read(text: Option<&str>) -> Self {
        match text {
            Some("suspended") => Self::Suspended,
            Some("deleted") => Self::Deleted,
            _ => Self::Active,
        }
    }

    /// The word in the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Deleted => "deleted",
        }
    }
}

/// How an account pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// Spends credits, free ones first.
    Prepaid,
    /// Is invoiced through Stripe.
    Postpaid,
    /// Pays nothing and may do little.
    Free,
    /// Has not chosen yet: null in the database.
    Unset,
}

impl Plan {
    /// Reads the column `billing_mode`.
    #[must_use]
    pub fn read(text: Option<&str>) -> Self {
        match text {
            Some("prepaid") => Self::Prepaid,
            Some("postpaid") => Self::Postpaid,
            Some("free") => Self::Free,
            _ => Self::Unset,
        }
    }

    /// The word in the database; none for a plan not chosen yet.
    #[must_use]
    pub fn word(self) -> Option<&'static str> {
        match self {
            Self::Prepaid => Some("prepaid"),
            Self::Postpaid => Some("postpaid"),
            Self::Free => Some("free"),
            Self::Unset => None,
        }
    }
}

/// The place in a team: there are two levels, never more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TeamRole {
    /// Billed; may have members.
    Owner,
    /// Billed to the owner.
    Member,
}
