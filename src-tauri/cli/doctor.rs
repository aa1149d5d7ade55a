//! `doctor`: looks at everything that `serve` needs, and says of each thing how it is and what to do.

mod certificates;
mod console;
mod database;
mod findings;
mod sealing;
mod stripe;

use std::sync::Arc;

use crate::cli::Doctor;
use crate::cli::doctor::database::look_at_database;
use crate::cli::doctor::findings::Findings;
use crate::cli::doctor::stripe::about_stripe;
use crate::cli::failure::CliError;
use crate::cli::settings::{DatabaseSettings, ServeSettings, identities};
use crate::config::Variables;
use crate::domain::clock::Clock;
use crate::identity::http::Patience;
use crate::identity::management::Management;

/// Looks, and prints what it found.
///
/// # Errors
/// [`CliError`] when something does not work, and as a setting's where one cannot be used.
pub async fn run(
    command: &Doctor,
    variables: Variables<'_>,
    clock: Arc<dyn Clock>,
    reference: &str,
) -> Result<(), CliError> {
    let mut findings = Findings::default();
    let settings = ServeSettings::read(variables);
    let database = DatabaseSettings::read(variables);
    // Read alone, too: what is sealed is looked at though another setting is missing.
    let keys = identities(variables);
    let mut unusable = None;
    match settings {
        Ok(settings) => {
            configuration(&settings, &mut findings);
            if command.online {
                let database = database.as_ref().ok();
                about_stripe(&settings, database, clock.as_ref(), &mut findings).await;
                about_auth0(&settings, &clock, &mut findings).await;
                certificates::of_endpoints(variables, clock.as_ref(), &mut findings).await;
            }
        }
        Err(error) => {
            findings.bad(
                "settings",
                error.to_string(),
                "Set it as the sentence says.",
            );
            unusable = Some(error);
        }
    }
    match database {
        Ok(settings) => {
            look_at_database(&settings, &keys, clock.as_ref(), reference, &mut findings).await;
        }
        Err(error) => {
            findings.bad(
                "database",
                error.to_string(),
                "Set it as the sentence says.",
            );
            unusable.get_or_insert(error);
        }
    }
    findings.print(command.json)?;
    match (unusable, findings.bad_ones()) {
        (Some(error), _) => Err(error),
        (None, 0) => Ok(()),
        (None, 1) => Err(CliError::Failed("1 thing does not work.".to_owned())),
        (None, bad) => Err(CliError::Failed(format!("{bad} things do not work."))),
    }
}

/// What there are settings for, and what stays undone without.
fn configuration(settings: &ServeSettings, findings: &mut Findings) {
    findings.ok(
        "settings",
        "They can be read, and so can the files they name",
    );
    if settings.stripe.is_empty() {
        findings.warn(
            "stripe_webhook",
            "Stripe's events are answered with 503",
            "Set STRIPE_WEBHOOK_SECRET to the endpoint's whsec_…, if there is a Stripe account.",
        );
    } else {
        let mode = settings.stripe_mode.word();
        findings.ok(
            "stripe_webhook",
            format!("Events of the {mode} mode are taken"),
        );
    }
    if settings.stripe_reader.is_none() {
        findings.warn(
            "stripe_key",
            "Events that never arrive are missed, and what cannot be ordered waits for a person",
            "Set STRIPE_API_KEY to a restricted key that may read events and what they are about.",
        );
    }
    if settings.management.is_none() {
        findings.warn(
            "auth0_management",
            "Registrations that never arrive are missed, and what is to happen at Auth0 waits",
            "Set AUTH0_MANAGEMENT_CLIENT_ID and AUTH0_MANAGEMENT_CLIENT_SECRET.",
        );
    }
    if settings.api.is_none() {
        findings.warn(
            "user_api",
            "Customers are answered with 503",
            "Set AUTH0_DOMAIN and AUTH0_AUDIENCE, if customers ask here.",
        );
    }
    if settings.outside.ways().is_empty() {
        findings.warn(
            "alerts",
            "What is wrong is told in consoles alone",
            "Set HOPSDESK_ALERT_WEBHOOK, or HOPSDESK_ALERT_EMAIL_TO with HOPSDESK_SMTP_URL.",
        );
    } else {
        findings.ok(
            "alerts",
            "What is wrong is told outside of the consoles, too",
        );
    }
}

/// Whether the application opens what it is for.
async fn about_auth0(settings: &ServeSettings, clock: &Arc<dyn Clock>, findings: &mut Findings) {
    let Some(credentials) = settings.management.clone() else {
        return;
    };
    let checked = match Management::new(credentials, Arc::clone(clock), Patience::default()) {
        Ok(management) => management.check().await.map_err(|error| error.to_string()),
        Err(error) => Err(format!("Cannot reach out over TLS: {error}.")),
    };
    match checked {
        Ok(()) => findings.ok("auth0_online", "Auth0 takes the application and its secret"),
        Err(why) => findings.bad(
            "auth0_online",
            why,
            "Look at the application in Auth0's dashboard.",
        ),
    }
}
