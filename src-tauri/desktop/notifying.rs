//! Alerts as notifications of the desktop: each once on this computer, and that it is over.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use notify_rust::Notification;
#[cfg(target_os = "linux")]
use notify_rust::NotificationResponse;
use tauri::AppHandle;

use crate::config::notified::{self, AllNotified, Notified};
use crate::desktop::console::Console;
use crate::desktop::window;
use crate::domain::alerts::Alert;
use crate::usecases::watch_alerts::{Known, News, news};
use crate::wire::workspaces::WorkspaceKind;

/// Between two looks. A window that is hidden asks nothing by itself; this does.
const EVERY: Duration = Duration::from_secs(5);

/// The file beside the settings.
const FILE: &str = "alerts-told.json";

/// The desktop's number of the notification that an alert was told with, so that its end takes that place.
type Shown = HashMap<(String, i64), u32>;

/// Looks for as long as it is polled, in whatever workspace is open; nobody who has not signed in is told anything.
pub(in crate::desktop) async fn keep_notifying(handle: AppHandle, console: Arc<Console>) {
    let file = console.beside_settings(FILE);
    let mut told = notified::load(&file);
    let mut shown = Shown::new();
    let mut trouble = false;
    loop {
        tokio::time::sleep(EVERY).await;
        let workspace = console.session().workspace;
        let name = format!("{} · {}", workspace.name, word(workspace.kind));
        let Ok(desk) = console.desk() else { continue };
        let known = told.get(&workspace.id).map(known_of);
        // A login that may not see alerts, a database that is away: the window says that.
        let Ok(Some(news)) = news(&desk, known.as_ref()).await else {
            continue;
        };
        if console.open_id() != workspace.id {
            continue;
        }
        tell(
            &handle,
            &console,
            &workspace.id,
            &name,
            &news,
            &mut shown,
            &mut trouble,
        )
        .await;
        let now_known = Notified {
            up_to: news.known.up_to,
            open: news.known.open,
        };
        keep(&file, &mut told, workspace.id, now_known);
    }
}

fn word(kind: WorkspaceKind) -> &'static str {
    match kind {
        WorkspaceKind::Production => "production",
        WorkspaceKind::Staging => "staging",
        WorkspaceKind::Sandbox => "sandbox",
    }
}

fn known_of(told: &Notified) -> Known {
    Known {
        up_to: told.up_to,
        open: told.open.clone(),
    }
}

/// Written at once: a start after a crash tells nothing twice.
fn keep(file: &std::path::Path, told: &mut AllNotified, workspace: String, known: Notified) {
    if told.get(&workspace) == Some(&known) {
        return;
    }
    told.insert(workspace, known);
    if let Err(error) = notified::save(file, told) {
        tracing::warn!(%error, "which alerts were told could not be kept");
    }
}

async fn tell(
    handle: &AppHandle,
    console: &Arc<Console>,
    workspace: &str,
    name: &str,
    news: &News,
    shown: &mut Shown,
    trouble: &mut bool,
) {
    let opened = news.opened.iter().map(|alert| (alert, false));
    let resolved = news.resolved.iter().map(|alert| (alert, true));
    for (alert, over) in opened.chain(resolved) {
        let key = (workspace.to_owned(), alert.id);
        let mut notification = written(alert, over, name);
        if let Some(before) = shown.remove(&key) {
            notification.id(before);
        }
        // Whoever clicks it later may have another workspace open.
        let place = alert.link();
        let more = if place.contains('?') { '&' } else { '?' };
        let link = format!("{place}{more}workspace={workspace}");
        match show(handle, console, notification, link).await {
            Ok(number) => {
                *trouble = false;
                if let (Some(number), false) = (number, over) {
                    shown.insert(key, number);
                }
            }
            // A desktop without notifications is one: the window has the alerts, too.
            Err(error) if !*trouble => {
                *trouble = true;
                tracing::warn!(%error, "this desktop takes no notification");
            }
            Err(_) => {}
        }
    }
}

fn written(alert: &Alert, over: bool, workspace: &str) -> Notification {
    let sentence = alert.sentence();
    // Some desktops read marks in the text below, none in the line above.
    let below = workspace.replace(['<', '>', '&'], " ");
    let mut notification = Notification::new();
    notification
        .appname("Hopsdesk")
        .summary(&if over {
            format!("Resolved: {sentence}")
        } else {
            sentence
        })
        .body(&below);
    #[cfg(target_os = "linux")]
    notification
        .icon("hopsdesk")
        .hint(notify_rust::Hint::DesktopEntry("hopsdesk".to_owned()))
        .action("default", "Show");
    notification
}

/// Shows it; its number, where the desktop gives it one. Who clicks it is led to where to look.
#[cfg(target_os = "linux")]
async fn show(
    handle: &AppHandle,
    console: &Arc<Console>,
    notification: Notification,
    link: String,
) -> Result<Option<u32>, notify_rust::error::Error> {
    let shown = notification.show_async().await?;
    let number = shown.id();
    let (handle, console) = (handle.clone(), Arc::clone(console));
    tauri::async_runtime::spawn(async move {
        let mut clicked = false;
        shown
            .wait_for_action_async(|answer| {
                clicked = matches!(answer, NotificationResponse::Default);
            })
            .await;
        if clicked {
            console.links.hear([link.as_str()]);
            window::show(&handle);
        }
    });
    Ok(Some(number))
}

#[cfg(not(target_os = "linux"))]
async fn show(
    _handle: &AppHandle,
    _console: &Arc<Console>,
    notification: Notification,
    _link: String,
) -> Result<Option<u32>, notify_rust::error::Error> {
    let shown = tauri::async_runtime::spawn_blocking(move || notification.show().map(|_| None));
    shown.await.unwrap_or(Ok(None))
}
