//! Secrets of clusters: whether they are sealed, and whether the keys here open them.

use time::Duration;

use crate::cli::doctor::findings::Findings;
use crate::cli::failure::CliError;
use crate::domain::clock::Clock;
use crate::domain::sealed::{RecipientOnRecord, Standing};
use crate::secrets::sealing::Identities;
use crate::store::door::Store;
use crate::store::failure::StoreError;
use crate::store::sealing::recipients;
use crate::usecases::seal_secrets::{Outcome, verify};

/// A `serve` says once a minute which private keys it holds.
const SAID_LATELY: Duration = Duration::minutes(5);

/// Where no key here is that of a recipient.
const REMEDY: &str = "Set HOPSDESK_IDENTITY_FILE to the key of a recipient, or add this one: secrets recipients add, then secrets reseal.";

/// Looks at keys first, then opens everything. Of keys that cannot be read it says so.
pub(super) async fn about_sealing(
    store: &Store,
    keys: &Result<Identities, CliError>,
    clock: &dyn Clock,
    findings: &mut Findings,
) {
    match about_keys(store, keys, clock, findings).await {
        Ok(true) => {}
        Ok(false) => {
            findings.ok(
                "sealing",
                "Secrets of clusters are not sealed, and used in plain",
            );
            return;
        }
        Err(error) => {
            untold(&error.without_data(), findings);
            return;
        }
    }
    let none = Identities::default();
    match verify(store, keys.as_ref().unwrap_or(&none)).await {
        Ok(reported) => {
            let of = |wanted: fn(&Outcome) -> bool| -> Vec<String> {
                let those = reported.iter().filter(|(_, outcome)| wanted(outcome));
                those
                    .map(|(secret, _)| format!("{} of {}", secret.kind.word(), secret.cluster_id))
                    .collect()
            };
            let closed = of(|outcome| matches!(outcome, Outcome::Failed(_) | Outcome::Refused(_)));
            let plain = of(|outcome| matches!(outcome, Outcome::Stands(Standing::Plain)));
            let outdated = of(|outcome| {
                matches!(
                    outcome,
                    Outcome::Stands(Standing::Outdated | Standing::Differs)
                )
            });
            let alone = of(|outcome| {
                matches!(
                    outcome,
                    Outcome::Stands(Standing::ThereAlone | Standing::Foreign)
                )
            });
            if !closed.is_empty() {
                let said = format!("Sealed copies that do not open here: {}", closed.join(", "));
                let remedy = "Set HOPSDESK_IDENTITY_FILE to the key of a recipient; where it is damaged: secrets import --anew.";
                findings.bad("sealing", said, remedy);
            } else if !plain.is_empty() {
                let said = format!("Not sealed yet: {}", plain.join(", "));
                findings.warn("sealing", said, "Run secrets import.");
            } else if !alone.is_empty() {
                let said = format!(
                    "Encrypted in the service's table, and no copy of it here: {}",
                    alone.join(", ")
                );
                findings.warn(
                    "sealing",
                    said,
                    "Run secrets import with the key that opens it; what another program encrypted is replaced in the console.",
                );
            } else if !outdated.is_empty() {
                let said = format!(
                    "Sealed to others than today, or another by now: {}",
                    outdated.join(", ")
                );
                findings.warn(
                    "sealing",
                    said,
                    "secrets verify says which; then secrets reseal or secrets import.",
                );
            } else {
                findings.ok("sealing", "Every sealed copy opens with the keys here");
            }
        }
        Err(stopped) => untold(&stopped.reason.to_string(), findings),
    }
}

/// Whether anything is sealed to anybody; and whose keys are here, and where `serve` runs.
async fn about_keys(
    store: &Store,
    keys: &Result<Identities, CliError>,
    clock: &dyn Clock,
    findings: &mut Findings,
) -> Result<bool, StoreError> {
    let mut active = recipients(store).await?;
    active.retain(|one| one.removed_at.is_none());
    if active.is_empty() {
        return Ok(false);
    }
    match keys {
        Ok(keys) => about_holders(&keys.public_keys(), &active, findings),
        Err(error) => findings.bad("keys", error.to_string(), REMEDY),
    }
    let since = clock.now() - SAID_LATELY;
    let held = active
        .iter()
        .any(|one| one.held_at.is_some_and(|at| at > since));
    if held {
        findings.ok("serve_keys", "A running serve holds the key of a recipient");
    } else {
        findings.warn(
            "serve_keys",
            "No running serve has said in five minutes that it holds the key of a recipient",
            "Is one running, with HOPSDESK_IDENTITY? Otherwise nothing happens on clusters.",
        );
    }
    Ok(true)
}

/// Whose keys are here.
fn about_holders(here: &[String], active: &[RecipientOnRecord], findings: &mut Findings) {
    let mine: Vec<_> = active
        .iter()
        .filter(|one| here.contains(&one.public_key))
        .map(|one| one.name.as_str())
        .collect();
    if mine.is_empty() {
        let said = if here.is_empty() {
            "Secrets of clusters are sealed, and HOPSDESK_IDENTITY is not set"
        } else {
            "None of the keys of HOPSDESK_IDENTITY is among those that secrets are sealed to"
        };
        findings.bad("keys", said, REMEDY);
    } else {
        findings.ok(
            "keys",
            format!("The keys here are those of {}", mine.join(", ")),
        );
    }
}

fn untold(why: &str, findings: &mut Findings) {
    findings.unknown(
        "sealing",
        format!("Whether secrets of clusters are sealed is not known: {why}"),
        "Run doctor as a login in console_receiver, or as the owner.",
    );
}
