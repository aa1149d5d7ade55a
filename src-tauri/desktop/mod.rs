//! The console: Tauri commands that decode, call one use case, encode.

mod ahead;
mod answer;
mod commands;
mod console;
mod exports;
mod fiscal;
mod identity;
mod indexing;
mod instance;
mod links;
mod management;
mod notifying;
mod opening;
#[cfg(target_os = "linux")]
mod page;
mod sign_in;
mod window;
mod workspaces;

use std::path::PathBuf;
use std::sync::Arc;

use tauri::{AppHandle, Manager as _, RunEvent};

use crate::desktop::console::Console;
use crate::domain::clock::Clock;
use crate::domain::random::Random;

/// What `bin/` hands to the console.
pub struct ConsoleParts {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Where randomness comes from.
    pub random: Arc<dyn Random>,
    /// The settings file; none for the platform's config folder.
    pub settings: Option<PathBuf>,
    /// The sandbox's folder; none for the platform's data folder.
    pub sandbox: Option<PathBuf>,
    /// A link to follow once the window is there, as it was given; not to be trusted.
    pub link: Option<String>,
    /// Folder that exports are saved in; none for the person's Downloads.
    pub exports: Option<PathBuf>,
}

/// Why no window opens.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The window system cannot be reached.
    #[error("the window could not be opened: {0}")]
    Window(#[from] tauri::Error),
    /// Another window on the same settings is in the way.
    #[cfg(target_os = "linux")]
    #[error(transparent)]
    Held(#[from] instance::turn::Held),
}

/// Opens the window and runs until it is closed. A second start on the same settings hands over its arguments to the
/// first, and goes no further.
///
/// # Errors
/// When the window system cannot be reached, or another window on the same settings neither answers nor ends.
#[expect(
    clippy::too_many_lines,
    reason = "the list of commands, one a line, which Tauri wants in one place"
)]
pub fn run(parts: ConsoleParts) -> Result<(), RunError> {
    let context = tauri::generate_context!();
    let builder = tauri::Builder::default();
    #[cfg(target_os = "linux")]
    let first = {
        use instance::turn::{PATIENCE, Turn, bus_name, take};

        let arguments: Vec<String> = std::env::args_os()
            .skip(1)
            .map(|argument| argument.to_string_lossy().into_owned())
            .collect();
        let name = bus_name(
            &context.config().identifier,
            &instance::settings_path(parts.settings.as_deref()),
            parts.sandbox.as_deref(),
        );
        match take(&name, &arguments, PATIENCE)? {
            Turn::Ours(first) => first,
            Turn::Theirs => return Ok(()),
        }
    };
    #[cfg(not(target_os = "linux"))]
    let builder = builder.plugin(hear_later_starts());
    let app = builder
        .plugin(tauri_plugin_deep_link::init())
        .invoke_handler(tauri::generate_handler![
            commands::session::session,
            commands::session::reopen,
            commands::session::renew_page,
            commands::auth0::user_sign_ins,
            commands::auth0::auth0_access,
            commands::auth0::set_auth0_access,
            commands::auth0::forget_auth0_access,
            commands::overview::overview_figures,
            commands::overview::overview_usage,
            commands::overview::overview_attention,
            commands::overview::overview_clusters,
            commands::schema::schema_attachment,
            commands::schema::schema_tables,
            commands::schema::schema_indexes,
            commands::schema::schema_rollups,
            commands::schema::make_index,
            commands::schema::cancel_index,
            commands::users::users_page,
            commands::users::users_facets,
            commands::finding::search,
            commands::finding::query_help,
            commands::finding::operators,
            commands::user::user_profile,
            commands::user::user_team,
            commands::user::user_credits,
            commands::user::user_usage,
            commands::teams::teams_page,
            commands::teams::team_head,
            commands::teams::team_people,
            commands::teams::team_invites,
            commands::teams::team_usage,
            commands::usage::usage_sums,
            commands::usage::usage_chart,
            commands::usage::usage_accounts,
            commands::credits::credits_page,
            commands::credits::credits_totals,
            commands::credits::credit_account,
            commands::credits::ledger_head,
            commands::credits::ledger_page,
            commands::invoices::invoices_page,
            commands::invoices::invoices_totals,
            commands::invoices::invoices_facets,
            commands::invoices::invoice_detail,
            commands::fiscal::fiscal_settings,
            commands::fiscal::set_fiscal_zone,
            commands::user_work::user_invoices,
            commands::user_work::user_projects,
            commands::user_work::user_feature_groups,
            commands::user_work::user_deployments,
            commands::user_work::user_health_checks,
            commands::user_work::user_changes,
            commands::user_work::view_as,
            commands::user_work::user_prices,
            commands::clusters::clusters_page,
            commands::clusters::cluster_facts,
            commands::clusters::cluster_usage,
            commands::clusters::cluster_people,
            commands::clusters::cluster_findings,
            commands::capacity::cluster_state,
            commands::capacity::cluster_nodes,
            commands::capacity::cluster_holdings,
            commands::capacity::cluster_forecasts,
            commands::secrets::cluster_secrets,
            commands::secrets::replace_cluster_secret,
            commands::secrets::add_cluster,
            commands::recipients::recipients,
            commands::recipients::make_identity,
            commands::recipients::add_recipient,
            commands::recipients::remove_recipient,
            commands::capacity::look_at_cluster,
            commands::capacity::user_footprint,
            commands::seats::next_seat,
            commands::seats::user_seat,
            commands::seats::assignment_rule,
            commands::seats::set_assignment_rule,
            commands::clusters::cluster_projects,
            commands::workspaces::workspaces,
            commands::workspaces::keychain_status,
            commands::keychain::keychain_items,
            commands::keychain::remove_keychain_item,
            commands::workspaces::probe_workspace,
            commands::workspaces::add_workspace,
            commands::workspaces::enrol_workspace,
            commands::workspace_form::workspace_form,
            commands::workspace_form::change_workspace,
            commands::workspaces::open_workspace,
            commands::workspaces::remove_workspace,
            commands::link::open_link,
            commands::link::outside_settings,
            commands::link::set_auth0_domain,
            commands::link::next_link,
            commands::locks::table_locks,
            commands::exports::export_list,
            commands::exports::exports,
            commands::exports::dismiss_export,
            commands::exports::open_export,
            commands::exports::save_chart,
            commands::sign_in::sign_in,
            commands::sign_in::open_sign_in_page,
            commands::sign_in::cancel_sign_in,
            commands::sign_in::skip_sign_in,
            commands::sign_in::try_sign_in,
            commands::sign_in::sign_out,
            commands::sign_in::present,
            commands::sign_in::set_sign_in,
            commands::staff::who_is_there,
            commands::staff::elevate,
            commands::staff::reauthenticate,
            commands::staff::cancel_reauthentication,
            commands::staff::end_elevation,
            commands::actions::actions_for,
            commands::actions::preview_action,
            commands::actions::perform_action,
            commands::actions::undo_action,
            commands::actions::perform_on_many,
            commands::actions::action_effects,
            commands::actions::notes,
            commands::bulks::open_bulk,
            commands::bulks::end_bulk,
            commands::bulks::bulks_left,
            commands::bulks::bulk_entries,
            commands::bulks::undo_many,
            commands::effects::effects,
            commands::effects::set_effect,
            commands::effects::cluster_authority,
            commands::effects::set_cluster_authority,
            commands::audit::audit_facets,
            commands::audit::audit_page,
            commands::audit::audit_entry,
            commands::audit::verify_audit,
            commands::events::events_page,
            commands::events::event,
            commands::events::replay_events,
            commands::events::dismiss_event,
            commands::events::event_sources,
            commands::alerts::alerts,
            commands::alerts::acknowledge_alert,
        ])
        .setup(move |app| {
            let link = parts.link.clone();
            let console = Console::new(parts, app.package_info().version.to_string());
            console.links.hear(link.as_deref());
            app.manage(Arc::clone(&console));
            #[cfg(target_os = "macos")]
            hear_events(app.handle());
            clear_leftovers(&console);
            // Beside the making of the window, which takes as long as reaching a database.
            opening::open_configured(&console);
            window::open(app)?;
            #[cfg(target_os = "linux")]
            if let Some(first) = first {
                follow_later_starts(app.handle().clone(), first);
            }
            leave_on_signal(app.handle().clone());
            let notifying = notifying::keep_notifying(app.handle().clone(), Arc::clone(&console));
            tauri::async_runtime::spawn(notifying);
            Ok(())
        })
        .build(context)?;
    app.run(|handle, event| {
        if matches!(event, RunEvent::Exit) {
            #[cfg(target_os = "linux")]
            if let Some(first) = handle.try_state::<instance::turn::First>() {
                first.leave();
            }
            window::remember(handle);
            let console = Arc::clone(&handle.state::<Arc<Console>>());
            tauri::async_runtime::block_on(async move { console.leave().await });
        }
    });
    Ok(())
}

/// Beside the window's start, which does not wait for a slow disk.
fn clear_leftovers(console: &Console) {
    if let Ok(folder) = console.exports_folder() {
        tauri::async_runtime::spawn(exports::Exports::clear_leftovers(folder));
    }
}

/// Takes a link out of the arguments of another start.
fn hear<'a>(handle: &AppHandle, arguments: impl IntoIterator<Item = &'a str>) {
    if let Some(console) = handle.try_state::<Arc<Console>>() {
        console.links.hear(arguments);
    }
}

/// Shows the window whenever the program is started again, and follows what that start was given.
#[cfg(target_os = "linux")]
fn follow_later_starts(handle: AppHandle, first: instance::turn::First) {
    let later = first.later();
    handle.manage(first);
    tauri::async_runtime::spawn(async move {
        let Some(mut later) = later else { return };
        while let Some(arguments) = later.recv().await {
            hear(&handle, arguments.iter().map(String::as_str));
            window::show(&handle);
        }
    });
}

/// A second start on the same settings hands over its arguments here and goes no further. To be the first plugin.
#[cfg(not(target_os = "linux"))]
fn hear_later_starts() -> tauri::plugin::TauriPlugin<tauri::Wry> {
    tauri_plugin_single_instance::init(|handle, arguments, _| {
        hear(handle, arguments.iter().skip(1).map(String::as_str));
        window::show(handle);
    })
}

/// On a Mac links come as events, not as arguments.
#[cfg(target_os = "macos")]
fn hear_events(handle: &AppHandle) {
    use tauri_plugin_deep_link::DeepLinkExt as _;

    let heard = handle.clone();
    handle.deep_link().on_open_url(move |event| {
        for url in event.urls() {
            hear(&heard, [url.as_str()]);
        }
        window::show(&heard);
    });
}

/// Ctrl-C in the terminal and SIGTERM close the window as its button does, so that the sandbox stops.
fn leave_on_signal(handle: AppHandle) {
    tauri::async_runtime::spawn(async move {
        match signalled().await {
            Ok(()) => handle.exit(0),
            Err(error) => tracing::warn!(%error, "signals are not heard"),
        }
    });
}

#[cfg(unix)]
async fn signalled() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};

    let (mut terminate, mut interrupt) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    );
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

#[cfg(not(unix))]
async fn signalled() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
