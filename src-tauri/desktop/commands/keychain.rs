//! Settings: what the keychain holds for the workspaces, and taking it out.

use std::sync::Arc;

use tauri::State;

use crate::desktop::answer::{Answer, invalid};
use crate::desktop::console::Console;
use crate::desktop::opening::items_of;
use crate::secrets::keychain;
use crate::wire::workspaces::{KeychainItem, KeychainItemKind};

/// What the keychain holds; never a value.
#[tauri::command]
pub(in crate::desktop) async fn keychain_items(
    console: State<'_, Arc<Console>>,
) -> Answer<Vec<KeychainItem>> {
    let mut held = Vec::new();
    for entry in console.settings()?.workspaces {
        for (kind, item) in items_of(&entry.id) {
            if keychain::holds(&item).await? {
                held.push(KeychainItem {
                    workspace: entry.id.clone(),
                    name: entry.name.clone(),
                    kind,
                });
            }
        }
    }
    Ok(held)
}

/// Takes one of them out.
#[tauri::command]
pub(in crate::desktop) async fn remove_keychain_item(
    console: State<'_, Arc<Console>>,
    workspace: String,
    kind: KeychainItemKind,
) -> Answer<()> {
    let known = console
        .settings()?
        .workspaces
        .iter()
        .any(|entry| entry.id == workspace);
    let item = items_of(&workspace)
        .into_iter()
        .find(|(known, _)| *known == kind);
    match item {
        Some((kind, item)) if known => {
            keychain::remove(&item).await?;
            if kind == KeychainItemKind::Identity {
                console.open_with_none(&workspace);
            }
            Ok(())
        }
        _ => Err(invalid("Workspace", "it is no longer in the settings")),
    }
}
