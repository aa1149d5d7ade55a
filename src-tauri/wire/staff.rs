//! Who is at the desk.

use serde::Serialize;
use ts_rs::TS;

use crate::domain::staff;
use crate::wire::time::rfc3339;

/// Answer of `who_is_there`, `elevate` and `end_elevation`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct WhoIsThere {
    /// The database login in use.
    pub login: String,
    /// Their name on record; null: nobody of the staff.
    pub name: Option<String>,
    /// Null: nobody of the staff, or not any more.
    pub group: Option<Group>,
    /// Null: read-only.
    pub elevation: Option<Elevation>,
    /// The server's time, which `until` is by (RFC 3339, UTC).
    pub server_time: String,
}

/// A time to write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Elevation {
    pub until: String,
    pub reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, rename = "StaffGroup")]
pub enum Group {
    Support,
    Finance,
    Admin,
    Auditor,
}

impl From<staff::Group> for Group {
    fn from(group: staff::Group) -> Self {
        match group {
            staff::Group::Support => Self::Support,
            staff::Group::Finance => Self::Finance,
            staff::Group::Admin => Self::Admin,
            staff::Group::Auditor => Self::Auditor,
        }
    }
}

impl From<staff::WhoIsThere> for WhoIsThere {
    fn from(who: staff::WhoIsThere) -> Self {
        Self {
            login: who.login,
            name: who.name,
            group: who.group.map(Into::into),
            elevation: who.elevation.map(|elevation| Elevation {
                until: rfc3339(elevation.until),
                reason: elevation.reason,
            }),
            server_time: rfc3339(who.server_time),
        }
    }
}
