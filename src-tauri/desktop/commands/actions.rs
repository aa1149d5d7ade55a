//! Actions: offered, previewed, done, done to many, taken back, followed.

use std::sync::Arc;

use tauri::State;

use crate::desktop::answer::{Answer, invalid};
use crate::desktop::console::Console;
use crate::domain::action::{ActionName, NotAnAction, Order};
use crate::usecases::act::{self, OrderForMany};
use crate::wire::actions::{
    ActionDone, ActionOffers, ActionOrder, EffectProgress, ManyDone, ManyOrder, Note, SubjectKind,
};
use crate::wire::failure::Failure;

/// What may be done to a subject.
#[tauri::command]
pub(in crate::desktop) async fn actions_for(
    console: State<'_, Arc<Console>>,
    kind: SubjectKind,
    subject: Option<String>,
) -> Answer<ActionOffers> {
    let desk = console.desk()?;
    let offers = act::offer_actions(&desk, kind.into(), subject.as_deref()).await;
    offers
        .map(Into::into)
        .map_err(|error| console.desk_failure(&error))
}

/// What an action would do; does nothing.
#[tauri::command]
pub(in crate::desktop) async fn preview_action(
    console: State<'_, Arc<Console>>,
    order: ActionOrder,
) -> Answer<ActionDone> {
    let (desk, order) = (console.desk()?, understood(order)?);
    let done = act::preview(&desk, &order).await;
    done.map(Into::into)
        .map_err(|error| console.desk_failure(&error))
}

/// Does an action.
#[tauri::command]
pub(in crate::desktop) async fn perform_action(
    console: State<'_, Arc<Console>>,
    order: ActionOrder,
) -> Answer<ActionDone> {
    let (desk, order) = (console.desk()?, understood(order)?);
    let done = act::act(&desk, &order).await;
    done.map(Into::into)
        .map_err(|error| console.desk_failure(&error))
}

/// Takes an action back or, dry, shows what that would do.
#[tauri::command]
pub(in crate::desktop) async fn undo_action(
    console: State<'_, Arc<Console>>,
    audit_id: i64,
    reason: Option<String>,
    dry: bool,
) -> Answer<ActionDone> {
    let desk = console.desk()?;
    let done = act::undo(&desk, audit_id, reason.as_deref(), dry).await;
    done.map(Into::into)
        .map_err(|error| console.desk_failure(&error))
}

/// Does an action to many or, without a key, shows what it would do to each.
#[tauri::command]
pub(in crate::desktop) async fn perform_on_many(
    console: State<'_, Arc<Console>>,
    order: ManyOrder,
) -> Answer<ManyDone> {
    let desk = console.desk()?;
    let order = OrderForMany {
        action: ActionName::parse(&order.action).map_err(no_action)?,
        subjects: order.subjects,
        arguments: order.arguments,
        reason: order.reason,
        run: order.run,
    };
    let done = act::act_on_many(&desk, &order).await;
    done.map(Into::into)
        .map_err(|error| console.desk_failure(&error))
}

/// How the effects of an action stand.
#[tauri::command]
pub(in crate::desktop) async fn action_effects(
    console: State<'_, Arc<Console>>,
    audit_id: i64,
) -> Answer<Vec<EffectProgress>> {
    let desk = console.desk()?;
    let effects = act::follow_effects(&desk, audit_id)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    Ok(effects.into_iter().map(Into::into).collect())
}

/// What staff noted about a subject.
#[tauri::command]
pub(in crate::desktop) async fn notes(
    console: State<'_, Arc<Console>>,
    kind: SubjectKind,
    subject: String,
) -> Answer<Vec<Note>> {
    let desk = console.desk()?;
    let notes = act::show_notes(&desk, kind.into(), &subject)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    Ok(notes.into_iter().map(Into::into).collect())
}

fn understood(order: ActionOrder) -> Answer<Order> {
    order.try_into().map_err(no_action)
}

fn no_action(error: NotAnAction) -> Failure {
    invalid("Action", &error.to_string())
}
