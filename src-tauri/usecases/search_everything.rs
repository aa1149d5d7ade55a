//! Searches everything that can be opened, as one types; a pasted id finds what it names.

use crate::domain::finding::link::{DeepLink, SCHEME};
use crate::domain::finding::operators::parse;
use crate::domain::finding::pasted::{LONGEST, Pasted, recognise};
use crate::domain::finding::vocabulary::List;
use crate::domain::finding::{Finding, Found};
use crate::store::finding::{self, Limits};
use crate::usecases::browse_users::searchable;
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;

/// Users shown in the list under the search box.
pub const MOST_USERS: u16 = 6;

/// Of each other kind.
pub const MOST_OTHERS: u16 = 3;

/// Shorter texts say nothing.
const FEWEST: usize = 2;

/// What a text turned up.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// In the order in which to show it.
    pub found: Vec<Found>,
    /// There are more users than these; their list shows them all.
    pub more_users: bool,
    /// The text is a link into the console.
    pub link: Option<DeepLink>,
}

/// Finds what the text names, or else what is called somewhat like it.
///
/// # Errors
/// When the text is too long for anything, is a link that leads nowhere, or the database fails.
pub async fn search_everything(desk: &Desk, text: &str) -> Result<Answer, DeskError> {
    let text = text.trim();
    if text.starts_with(&format!("{SCHEME}:")) {
        let link = DeepLink::parse(text).map_err(|error| DeskError::Invalid {
            field: "link",
            problem: format!("this one {error}"),
        })?;
        return Ok(Answer {
            link: Some(link),
            ..Answer::default()
        });
    }
    let ids = recognise(text);
    let address = text.contains("://");
    if address && (ids.is_empty() || text.len() > LONGEST) {
        return Ok(Answer::default());
    }
    // Operators filter a list; as a piece of a name they would find nothing.
    let (list, begins) = List::addressed(text);
    let filters = ids.is_empty() && parse(list, &text[begins..], desk.now()).has_operators();
    if filters || (ids.is_empty() && text.chars().count() < FEWEST) {
        return Ok(Answer::default());
    }
    let mut reading = desk.store.read().await?;
    let mut found = if ids.is_empty() {
        Vec::new()
    } else {
        finding::named(&mut reading, &ids, desk.now()).await?
    };
    // A number may be part of a longer one, and a project may be called `sub_team`.
    let may_be_part = found.is_empty() || ids.iter().any(|id| matches!(id, Pasted::Number(_)));
    let mut more_users = false;
    if may_be_part
        && !address
        && let Some(text) = searchable(Some(text))?
        && text.chars().count() >= FEWEST
    {
        let limits = Limits {
            users: MOST_USERS + 1,
            others: MOST_OTHERS,
        };
        for one in finding::search(&mut reading, &text, limits, desk.now()).await? {
            if found.iter().all(|other| other.finding != one.finding) {
                found.push(one);
            }
        }
        more_users = trim_users(&mut found);
    }
    reading.end().await?;
    found.sort_by_key(|found| !found.exact);
    Ok(Answer {
        found,
        more_users,
        link: None,
    })
}

/// Whether exactly one record is named: Enter goes there.
#[must_use]
pub fn names_one(found: &[Found]) -> bool {
    found.iter().filter(|found| found.exact).count() == 1
}

/// Leaves as many users as are shown; whether there were more.
fn trim_users(found: &mut Vec<Found>) -> bool {
    let mut users = 0;
    let before = found.len();
    found.retain(|found| {
        users += u16::from(matches!(found.finding, Finding::User(_)));
        !matches!(found.finding, Finding::User(_)) || users <= MOST_USERS
    });
    found.len() < before
}
