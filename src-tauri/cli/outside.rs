//! The ways outside that alerts are told by, as the environment names them.

use crate::cli::failure::CliError;
use crate::config::alerts::{
    ALERT_CA_FILE, ALERT_EMAIL_FROM, ALERT_EMAIL_TO, ALERT_WEBHOOK, ALERT_WEBHOOK_SECRET,
    AlertsConfig, SMTP_URL,
};
use crate::config::{ConfigError, Variables};
use crate::messages::mail::{Mailer, mailbox};
use crate::messages::webhook::Webhook;
use crate::secrets::environment;
use crate::usecases::tell_alerts::Outside;

/// Reads them; without a setting there is no such way.
///
/// # Errors
/// When one is set by half, or cannot be used.
pub(super) fn outside(variables: Variables<'_>) -> Result<Outside, CliError> {
    let config = AlertsConfig::read(variables)?;
    let authorities = match &config.ca_file {
        None => None,
        Some(path) => Some(std::fs::read(path).map_err(|error| {
            ConfigError::new(
                ALERT_CA_FILE,
                format!("cannot read {}: {error}", path.display()),
            )
        })?),
    };
    let authorities = authorities.as_deref();
    Ok(Outside {
        webhook: webhook(variables, authorities)?,
        mailer: mailer(variables, &config, authorities)?,
    })
}

fn webhook(
    variables: Variables<'_>,
    authorities: Option<&[u8]>,
) -> Result<Option<Webhook>, CliError> {
    let address = environment::read(variables, ALERT_WEBHOOK)?;
    let secret = environment::read(variables, ALERT_WEBHOOK_SECRET)?;
    match (address, secret) {
        (None, None) => Ok(None),
        (Some(address), Some(secret)) => Webhook::new(&address, &secret, authorities)
            .map(Some)
            .map_err(|error| ConfigError::new(ALERT_WEBHOOK, error.to_string()).into()),
        (Some(_), None) => {
            let problem = "is not set beside HOPSDESK_ALERT_WEBHOOK; posts are signed with it. Make a long random one";
            Err(ConfigError::new(ALERT_WEBHOOK_SECRET, problem).into())
        }
        (None, Some(_)) => {
            let problem =
                "is not set beside HOPSDESK_ALERT_WEBHOOK_SECRET; it is where alerts are posted to";
            Err(ConfigError::new(ALERT_WEBHOOK, problem).into())
        }
    }
}

fn mailer(
    variables: Variables<'_>,
    config: &AlertsConfig,
    authorities: Option<&[u8]>,
) -> Result<Option<Mailer>, CliError> {
    let server = environment::read(variables, SMTP_URL)?;
    let (Some(from), false) = (&config.from, config.to.is_empty()) else {
        return Ok(None);
    };
    let Some(server) = server else {
        let problem = "is not set beside HOPSDESK_ALERT_EMAIL_TO; it is the mail server, such as \
                       smtp://login:password@mail.example.com:587";
        return Err(ConfigError::new(SMTP_URL, problem).into());
    };
    let wrong = |name: &'static str| {
        move |error: crate::messages::AddressError| ConfigError::new(name, error.to_string())
    };
    let from = mailbox(from).map_err(wrong(ALERT_EMAIL_FROM))?;
    let to = config.to.iter().map(|to| mailbox(to));
    let to = to
        .collect::<Result<_, _>>()
        .map_err(wrong(ALERT_EMAIL_TO))?;
    let mailer = Mailer::new(&server, from, to, authorities).map_err(wrong(SMTP_URL))?;
    Ok(Some(mailer))
}
