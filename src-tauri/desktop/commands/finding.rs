//! The search box, and help with what is typed to filter.

use std::sync::Arc;

use tauri::State;

use crate::desktop::answer::Answer;
use crate::desktop::console::Console;
use crate::usecases::search_everything::{names_one, search_everything};
use crate::usecases::understand_query::{help_in_search, help_with};
use crate::wire::query_help::{self, ListOperators, QueryHelp, QueryList};
use crate::wire::search::SearchHits;

/// Hits for the search box.
#[tauri::command]
pub(in crate::desktop) async fn search(
    console: State<'_, Arc<Console>>,
    text: String,
) -> Answer<SearchHits> {
    let desk = console.desk()?;
    let answer = search_everything(&desk, &text)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    let exact = names_one(&answer.found);
    Ok(SearchHits::new(
        answer.found,
        answer.more_users,
        exact,
        answer.link,
    ))
}

/// Help with a text that filters a list; without one, with a text of the search box. `caret` is where the
/// person types, in UTF-16 units.
#[tauri::command]
pub(in crate::desktop) async fn query_help(
    console: State<'_, Arc<Console>>,
    list: Option<QueryList>,
    text: String,
    caret: u32,
) -> Answer<QueryHelp> {
    let desk = console.desk()?;
    let caret = query_help::bytes(&text, caret);
    let help = match list {
        Some(list) => help_with(&desk, list.into(), &text, caret)
            .await
            .map(|help| (list.into(), 0, help)),
        None => help_in_search(&desk, &text, caret).await,
    };
    let (list, begins, help) = help.map_err(|error| console.desk_failure(&error))?;
    Ok(QueryHelp::new(&text, list, begins, help))
}

/// All operators, for the help sheet.
#[tauri::command]
pub(in crate::desktop) fn operators() -> Vec<ListOperators> {
    query_help::operators()
}
