//! What the database has of ours, and how it goes.

use crate::cli::doctor::findings::Findings;
use crate::cli::failure::CliError;
use crate::domain::clock::Clock;
use crate::store::customers::customers_refused;
use crate::store::door::Store;
use crate::store::failure::StoreError;
use crate::store::migrate::{MigrationSet, latest};
use crate::store::queues::queue_figures;
use crate::store::readiness::{THOROUGH, readiness};
use crate::store::staff_list::{Switch, switches};
use crate::wire::store_failure::not_ready;

/// The schema, the rows of customers, what waits, the switches.
pub(super) async fn about_console(
    store: &Store,
    place: &str,
    reference: &str,
    clock: &dyn Clock,
    findings: &mut Findings,
) {
    let failed = |error: &StoreError| CliError::store(error, place, reference).to_string();
    match readiness(store, latest(MigrationSet::Console), Some(THOROUGH)).await {
        Ok(found) => match not_ready(found, place) {
            None => findings.ok(
                "schema",
                format!(
                    "The schema console is there, up to date ({:04}) and attached",
                    latest(MigrationSet::Console)
                ),
            ),
            Some(failure) => {
                findings.bad(
                    "schema",
                    failure.message,
                    "Do what the sentence says, as the owner.",
                );
                return;
            }
        },
        Err(error) => {
            findings.bad("schema", failed(&error), "Look at the log of the database.");
            return;
        }
    }
    match customers_refused(store).await {
        Ok(None) => findings.ok("rows", "Customers are answered from their own rows alone"),
        Ok(Some(why)) => findings.warn("rows", why, "Until then the user API answers 503."),
        Err(error) => findings.bad("rows", failed(&error), "Look at the rights of the login."),
    }
    match queue_figures(store, clock.now()).await {
        Ok(figures) => {
            let waits = |state: &str| -> i64 {
                let of = figures.iter().filter(|one| one.state == state);
                of.map(|one| one.rows).sum()
            };
            let (dead, conflicts) = (waits("dead"), waits("conflict"));
            let pending = figures.iter().filter(|one| one.state == "pending");
            let oldest = pending.map(|one| one.oldest_seconds).max().unwrap_or(0);
            if dead + conflicts > 0 {
                let said = format!("{dead} were given up and {conflicts} wait for a person");
                findings.warn("queues", said, "Look at Events in the console.");
            } else if oldest > 900 {
                let said = format!("Something has waited for {} minutes", oldest / 60);
                findings.bad(
                    "queues",
                    said,
                    "Is a serve running? Its log says why it cannot work.",
                );
            } else {
                findings.ok("queues", "Nothing waits for long, and nothing for a person");
            }
        }
        Err(error) => findings.bad("queues", failed(&error), "Look at the rights of the login."),
    }
    match switches(store).await {
        Ok(switches) => about_switches(&switches, findings),
        Err(error) => findings.unknown(
            "switches",
            failed(&error),
            "Look at the rights of the login.",
        ),
    }
}

/// What happens in other systems, and what does not.
fn about_switches(switches: &[Switch], findings: &mut Findings) {
    let those = |mode: &str| -> Vec<String> {
        let of_mode = switches.iter().filter(|switch| switch.mode == mode);
        of_mode
            .map(|switch| match &switch.cluster_id {
                Some(cluster) => format!("{} on {cluster}", switch.effect),
                None => switch.effect.clone(),
            })
            .collect()
    };
    let told: Vec<String> = ["live", "shadow", "off"]
        .into_iter()
        .filter_map(|mode| {
            let those = those(mode);
            (!those.is_empty()).then(|| format!("{mode}: {}", those.join(", ")))
        })
        .collect();
    let said = format!("Effects {}", told.join("; "));
    if switches.iter().all(|switch| switch.mode == "live") {
        findings.ok("switches", said);
    } else {
        findings.warn(
            "switches",
            said,
            "What is not live does not happen. Switch on what should: effects set … live --reason …",
        );
    }
}
