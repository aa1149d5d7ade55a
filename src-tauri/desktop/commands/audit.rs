//! The audit trail: read, and verified against what this console remembers of it.

use std::sync::Arc;

use tauri::State;

use crate::config::anchors::Anchors;
use crate::desktop::answer::{Answer, invalid};
use crate::desktop::commands::user_work::asked;
use crate::desktop::console::Console;
use crate::desktop::workspaces::SANDBOX;
use crate::usecases::audit;
use crate::wire::audit::{AuditDetail, AuditEntry, AuditFacets, AuditQuery, AuditVerdict};
use crate::wire::rows::Rows;

/// Entries, newest first.
#[tauri::command]
pub(in crate::desktop) async fn audit_page(
    console: State<'_, Arc<Console>>,
    query: AuditQuery,
    after: Option<String>,
    limit: u16,
) -> Answer<Rows<AuditEntry>> {
    let desk = console.desk()?;
    let part = asked(after.as_deref(), limit)?;
    let filter = query
        .decode()
        .map_err(|(field, problem)| invalid(field, &problem))?;
    let slice = audit::browse_audit(&desk, &filter, &part)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    Ok(Rows::of("console.audit", desk.now(), slice, Into::into))
}

/// What the trail can be filtered by.
#[tauri::command]
pub(in crate::desktop) async fn audit_facets(
    console: State<'_, Arc<Console>>,
) -> Answer<AuditFacets> {
    let desk = console.desk()?;
    let facets = audit::audit_facets(&desk).await;
    facets
        .map(Into::into)
        .map_err(|error| console.desk_failure(&error))
}

/// One entry with what it says.
#[tauri::command]
pub(in crate::desktop) async fn audit_entry(
    console: State<'_, Arc<Console>>,
    id: i64,
) -> Answer<AuditDetail> {
    let desk = console.desk()?;
    let entry = audit::show_entry(&desk, id).await;
    entry
        .map(Into::into)
        .map_err(|error| console.desk_failure(&error))
}

/// Checks both chains, also against the heads this console saw last, and remembers the new ones where all
/// is well. A sandbox comes and goes with its trail, so nothing is remembered of it.
#[tauri::command]
pub(in crate::desktop) async fn verify_audit(
    console: State<'_, Arc<Console>>,
) -> Answer<Vec<AuditVerdict>> {
    let desk = console.desk()?;
    let (file, workspace) = (
        console.beside_settings("audit-heads.json"),
        console.session().workspace.id,
    );
    let remembers = workspace != SANDBOX;
    let mut anchors = Anchors::load(&file).map_err(|error| console.unexpected(&error))?;
    let remembered = if remembers {
        anchors.of(&workspace)
    } else {
        Vec::new()
    };
    let verdicts = audit::verify_audit(&desk, &remembered)
        .await
        .map_err(|error| console.desk_failure(&error))?;
    for verdict in verdicts.iter().filter(|verdict| verdict.flaw.is_none()) {
        anchors.remember(&workspace, &verdict.head);
    }
    if remembers {
        anchors
            .save(&file)
            .map_err(|error| console.unexpected(&error))?;
    }
    Ok(verdicts
        .into_iter()
        .map(|verdict| {
            let compared = remembered.iter().any(|head| head.chain == verdict.chain);
            AuditVerdict::new(verdict, compared)
        })
        .collect())
}
