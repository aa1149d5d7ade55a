//! How the secrets of clusters are kept.

use std::sync::Arc;

use tauri::State;

use crate::desktop::answer::Answer;
use crate::desktop::commands::clusters::cluster_id;
use crate::desktop::console::Console;
use crate::usecases::show_cluster::show_secrets;
use crate::wire::panel::Panel;
use crate::wire::secrets::SecretKept;

/// How the secrets of a cluster are kept, and to whom they are sealed; never what they are.
#[tauri::command]
pub(in crate::desktop) async fn cluster_secrets(
    console: State<'_, Arc<Console>>,
    id: String,
) -> Answer<Panel<Vec<SecretKept>>> {
    let (desk, id) = (console.desk()?, cluster_id(&id)?);
    let secrets = show_secrets(&desk, &id)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    let shown = secrets.into_iter().map(SecretKept::new).collect();
    Ok(Panel::of("console.cluster_secrets", desk.now(), shown))
}
