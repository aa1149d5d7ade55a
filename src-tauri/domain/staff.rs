//! Who is at the desk: the login in use, whose it is, and whether it may write now.

use time::OffsetDateTime;

/// What a member of staff may do, in groups of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Finds and fixes customers' problems.
    Support,
    /// Money; sees no IP address.
    Finance,
    /// Everything, staff and switches included.
    Admin,
    /// Reads, changes nothing.
    Auditor,
}

impl Group {
    /// From the database's word for it.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        Some(match word {
            "support" => Self::Support,
            "finance" => Self::Finance,
            "admin" => Self::Admin,
            "auditor" => Self::Auditor,
            _ => return None,
        })
    }
}

/// A time in which a login may write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elevation {
    /// When it ends, by the server's clock.
    pub until: OffsetDateTime,
    /// What for.
    pub reason: String,
}

/// Who the database takes a login for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhoIsThere {
    /// The database login.
    pub login: String,
    /// Its name on record; `None`: nobody of the staff.
    pub name: Option<String>,
    /// The Auth0 `sub` of the same person on record.
    pub sub: Option<String>,
    /// Its group; `None`: nobody of the staff, or not any more.
    pub group: Option<Group>,
    /// `None`: it may read only.
    pub elevation: Option<Elevation>,
    /// What time it is for the server.
    pub server_time: OffsetDateTime,
}
