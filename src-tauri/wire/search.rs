//! The search box: one answer list over everything that can be opened.

use serde::Serialize;
use ts_rs::TS;

use crate::wire::users::UserStatus;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct SearchHits {
    pub hits: Vec<SearchHit>,
    /// There are more than were sent; the Users list shows them all.
    pub more: bool,
    /// Set when the text is an id that names exactly one record: Enter goes there.
    pub exact: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum SearchHit {
    User {
        id: String,
        name: Option<String>,
        email: String,
        status: UserStatus,
    },
}
