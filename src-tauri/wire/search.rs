//! The search box: one answer list over everything that can be opened.

use serde::Serialize;
use ts_rs::TS;

use crate::domain::browse::Found;

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

impl SearchHits {
    /// Hits as found; one more than `most` tells that there are more.
    #[must_use]
    pub fn new(found: Vec<Found>, most: u16) -> Self {
        let exact = found.iter().filter(|hit| hit.exact).count() == 1 && found[0].exact;
        Self {
            more: found.len() > usize::from(most),
            exact,
            hits: found
                .into_iter()
                .take(most.into())
                .map(|Found { person, .. }| SearchHit::User {
                    id: person.id.to_string(),
                    name: person.name,
                    email: person.email,
                    status: person.status.into(),
                })
                .collect(),
        }
    }
}
