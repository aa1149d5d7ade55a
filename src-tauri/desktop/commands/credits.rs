//! The Credits list and one account's ledger.

use std::sync::Arc;

use tauri::State;

use crate::desktop::answer::{Answer, invalid};
use crate::desktop::console::Console;
use crate::domain::ids::UserId;
use crate::usecases::browse_credits::{browse_credits, total_credits};
use crate::usecases::desk::Desk;
use crate::usecases::show_ledger::{browse_ledger, show_ledger};
use crate::usecases::show_user::{show_credits, show_profile};
use crate::wire::credits::{CreditTotals, CreditsFilter, CreditsPage, CreditsQuery};
use crate::wire::cursor;
use crate::wire::ledger::{CreditAccount, LedgerHead, LedgerPage, LedgerQuery};
use crate::wire::panel::Panel;

/// One page of the list.
#[tauri::command]
pub(in crate::desktop) async fn credits_page(
    console: State<'_, Arc<Console>>,
    query: CreditsQuery,
) -> Answer<CreditsPage> {
    let desk = console.desk()?;
    let query = query
        .decode()
        .map_err(|field| invalid(field, "is not a value this list gave out"))?;
    let page = browse_credits(&desk, query)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    let absent = desk.lacks.view("user_credits").map(str::to_owned);
    Ok(CreditsPage::new(page, absent, lacking(&desk), desk.now()))
}

/// What the filtered accounts have left together; beyond some size only when all of it is asked for.
#[tauri::command]
pub(in crate::desktop) async fn credits_totals(
    console: State<'_, Arc<Console>>,
    filter: CreditsFilter,
    whole: bool,
) -> Answer<Panel<CreditTotals>> {
    let desk = console.desk()?;
    if let Some(sentence) = desk.lacks.view("user_credits") {
        return Ok(Panel::lacking("user_credits", desk.now(), sentence));
    }
    let totals = total_credits(&desk, filter.into(), whole)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    Ok(Panel::of("user_credits", desk.now(), totals.into()))
}

/// The account behind a page of credits, with its balance.
#[tauri::command]
pub(in crate::desktop) async fn credit_account(
    console: State<'_, Arc<Console>>,
    id: String,
) -> Answer<Panel<CreditAccount>> {
    let (desk, id) = (console.desk()?, account_id(&id)?);
    let profile = show_profile(&desk, &id)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    let credits = show_credits(&desk, &id)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    let account = CreditAccount::new(profile.row.person.into(), credits);
    Ok(Panel::of("user_credits", desk.now(), account))
}

/// The ledger as a whole, and whether it agrees with the balance.
#[tauri::command]
pub(in crate::desktop) async fn ledger_head(
    console: State<'_, Arc<Console>>,
    id: String,
) -> Answer<Panel<LedgerHead>> {
    let (desk, id) = (console.desk()?, account_id(&id)?);
    let source = "credit_transactions, user_credits";
    if let Some(sentence) = desk.lacks.view("credit_transactions") {
        return Ok(Panel::lacking(source, desk.now(), sentence));
    }
    let (sums, credits) = show_ledger(&desk, &id)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    let now = desk.now();
    match LedgerHead::new(sums, credits) {
        Some(head) => Ok(Panel::of(source, now, head)),
        None => Ok(Panel::lacking(
            source,
            now,
            "The balance has more digits than can be added up exactly.",
        )),
    }
}

/// One page of the ledger, newest first.
#[tauri::command]
pub(in crate::desktop) async fn ledger_page(
    console: State<'_, Arc<Console>>,
    query: LedgerQuery,
) -> Answer<LedgerPage> {
    let (desk, id) = (console.desk()?, account_id(&query.account)?);
    let after = match query.after.as_deref() {
        None => None,
        Some(text) => Some(
            cursor::decode(text)
                .ok_or_else(|| invalid("after", "is not a value this list gave out"))?,
        ),
    };
    let page = browse_ledger(&desk, &id, &query.kinds, after.as_ref(), query.limit)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    Ok(LedgerPage::new(page, desk.now()))
}

fn account_id(text: &str) -> Answer<UserId> {
    UserId::parse(text).map_err(|error| invalid("Account", &error.to_string()))
}

/// Columns of the list that this database has no data for.
fn lacking(desk: &Desk) -> Vec<String> {
    [
        ("runs_out", "usage_daily", "total_cost"),
        ("spent", "usage_daily", "total_cost"),
        ("plan", "users", "billing_mode"),
        ("free_left", "user_credits", "free_credits_granted"),
        ("last_purchase", "user_credits", "last_purchase_at"),
    ]
    .into_iter()
    .filter(|(_, view, column)| desk.lacks.column(view, column).is_some())
    .map(|(name, _, _)| name.to_owned())
    .collect()
}
