//! Browses the Users list: one page, with what the filter menus offer.

use crate::domain::browse::{UsersFilter, UsersPage, UsersQuery};
use crate::domain::ids::ClusterId;
use crate::store::people;
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;
use crate::usecases::understand_query::understood;

/// Longest page; a window shows fewer.
pub const LONGEST_PAGE: u16 = 500;

/// Longest text to look for: a whole e-mail address, and a few operators.
const LONGEST_TEXT: usize = 400;

/// Reads one page.
///
/// # Errors
/// When the page is empty or too long, or the database fails.
pub async fn browse_users(desk: &Desk, query: UsersQuery) -> Result<UsersPage, DeskError> {
    checked_limit(query.limit)?;
    let text = searchable(query.filter.text.as_deref())?;
    let mut reading = desk.store.read().await?;
    let understood = understood(desk, &mut reading, text.as_deref(), query.filter).await?;
    let (text, filter) = understood;
    let filter = UsersFilter { text, ..filter };
    let query = UsersQuery { filter, ..query };
    let mut page = people::page(&mut reading, &query, desk.now()).await?;
    reading.end().await?;
    for row in &mut page.rows {
        desk.forget_unrecorded(&mut row.facts);
    }
    Ok(page)
}

/// The clusters one may filter by.
///
/// # Errors
/// When the database fails.
pub async fn cluster_choices(desk: &Desk) -> Result<Vec<(ClusterId, String)>, DeskError> {
    let mut reading = desk.store.read().await?;
    let clusters = people::clusters(&mut reading).await?;
    reading.end().await?;
    Ok(clusters)
}

/// Refuses a page that is empty or too long.
pub(in crate::usecases) fn checked_limit(limit: u16) -> Result<(), DeskError> {
    if limit == 0 || limit > LONGEST_PAGE {
        let problem = format!("must be 1 to {LONGEST_PAGE}");
        return Err(DeskError::Invalid {
            field: "limit",
            problem,
        });
    }
    Ok(())
}

/// Text fit to look for: trimmed, `None` when nothing is left.
pub(in crate::usecases) fn searchable(text: Option<&str>) -> Result<Option<String>, DeskError> {
    let text = text.unwrap_or_default().trim();
    let refused = |problem: &str| DeskError::Invalid {
        field: "text",
        problem: problem.to_owned(),
    };
    if text.chars().count() > LONGEST_TEXT {
        return Err(refused("is longer than any name, e-mail address or id"));
    }
    if text.contains('\0') {
        return Err(refused(
            "holds a character that no name, e-mail address or id has",
        ));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}
