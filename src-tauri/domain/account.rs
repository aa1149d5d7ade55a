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
    /// A word of the service's own: what it means is not known here.
    Other,
}

impl UserStatus {
    /// Reads the column `status`, however it is spelled. A database without it, or without a value there,
    /// lets everybody in; a word we do not know may mean anything.
    #[must_use]
    pub fn read(text: Option<&str>) -> Self {
        let Some(text) = text else {
            return Self::Active;
        };
        [Self::Active, Self::Suspended, Self::Deleted]
            .into_iter()
            .find(|status| status.word().eq_ignore_ascii_case(text))
            .unwrap_or(Self::Other)
    }

    /// The word in the database; `other` stands for all that are none of these.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Deleted => "deleted",
            Self::Other => "other",
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
    /// A word of the service's own: how such an account pays is not known here.
    Other,
}

impl Plan {
    /// Reads the column `billing_mode`, however it is spelled.
    #[must_use]
    pub fn read(text: Option<&str>) -> Self {
        let Some(text) = text else {
            return Self::Unset;
        };
        [Self::Prepaid, Self::Postpaid, Self::Free]
            .into_iter()
            .find(|plan| plan.word().eq_ignore_ascii_case(text))
            .unwrap_or(Self::Other)
    }

    /// The word in the database, `none` for a plan not chosen yet; `other` stands for all that are none of
    /// these.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Prepaid => "prepaid",
            Self::Postpaid => "postpaid",
            Self::Free => "free",
            Self::Unset => "none",
            Self::Other => "other",
        }
    }
}

/// The service's own word, where it is none of ours: shown as it stands.
#[must_use]
pub fn own_word(is_other: bool, text: Option<&str>) -> Option<String> {
    let text = text.filter(|_| is_other)?.trim();
    Some(if text.is_empty() { "(blank)" } else { text }.to_owned())
}

/// The place in a team: there are two levels, never more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TeamRole {
    /// Billed; may have members.
    Owner,
    /// Billed to the owner.
    Member,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_in_any_spelling_and_unknown_ones_are_never_ours() {
        assert_eq!(UserStatus::read(Some("SUSPENDED")), UserStatus::Suspended);
        assert_eq!(UserStatus::read(Some("on hold")), UserStatus::Other);
        assert_eq!(UserStatus::read(Some("other")), UserStatus::Other);
        assert_eq!(UserStatus::read(None), UserStatus::Active);
        assert_eq!(Plan::read(Some("PostPaid")), Plan::Postpaid);
        assert_eq!(Plan::read(Some("enterprise")), Plan::Other);
        assert_eq!(Plan::read(Some("none")), Plan::Other);
        assert_eq!(Plan::read(None), Plan::Unset);
        assert_eq!(own_word(true, Some("on hold")).as_deref(), Some("on hold"));
        assert_eq!(own_word(true, Some(" ")).as_deref(), Some("(blank)"));
        assert_eq!(own_word(false, Some("active")), None);
    }
}
