//! How the secrets of clusters are kept, and how new ones come in. None ever goes out.

use std::sync::Arc;

use tauri::State;

use crate::clusters::connections::Connections;
use crate::desktop::answer::Answer;
use crate::desktop::commands::clusters::cluster_id;
use crate::desktop::console::Console;
use crate::secrets::Secret;
use crate::usecases::add_cluster::{NewCluster, add_cluster as add};
use crate::usecases::replace_secret::replace_secret;
use crate::usecases::show_cluster::show_secrets;
use crate::usecases::try_cluster::Given;
use crate::wire::panel::Panel;
use crate::wire::secrets::{NewClusterForm, SecretKept, SecretKindNamed};

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

/// Tries a secret at the cluster, and keeps it sealed if it opens what it should. Answers what speaks against it as a
/// sentence, and then nothing was kept; with that sentence as `despite` it is.
#[tauri::command]
pub(in crate::desktop) async fn replace_cluster_secret(
    console: State<'_, Arc<Console>>,
    id: String,
    kind: SecretKindNamed,
    secret: String,
    reason: String,
    despite: Option<String>,
) -> Answer<Option<String>> {
    let given = (kind.into(), Secret::new(secret));
    let (desk, id) = (console.desk()?, cluster_id(&id)?);
    let (connections, random) = (Connections::default(), console.random.as_ref());
    let despite = despite.as_deref();
    replace_secret(&desk, &connections, random, &id, given, &reason, despite)
        .await
        .map_err(|error| console.desk_failure(&error))
}

/// Tries everything of a new cluster there, and adds it if all of it works. Answers its id.
#[tauri::command]
pub(in crate::desktop) async fn add_cluster(
    console: State<'_, Arc<Console>>,
    form: NewClusterForm,
    reason: String,
) -> Answer<String> {
    let new = NewCluster {
        name: form.name,
        region: form.region,
        max_users: form.max_users,
        given: Given {
            api_url: form.api_url,
            authority: form.authority,
            api_key: Some(Secret::new(form.api_key)),
            kubeconfig: form.kubeconfig.map(Secret::new),
        },
    };
    let desk = console.desk()?;
    let (connections, random) = (Connections::default(), console.random.as_ref());
    add(&desk, &connections, random, new, &reason)
        .await
        .map(|id| id.as_str().to_owned())
        .map_err(|error| console.desk_failure(&error))
}
