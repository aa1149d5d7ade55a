//! Where alerts are told outside: names of settings.

use std::path::PathBuf;

use crate::config::{ConfigError, Variables};

/// Name of the variable with the address that alerts are posted to; it may hold a token, so it may be a file.
pub const ALERT_WEBHOOK: &str = "HOPSDESK_ALERT_WEBHOOK";

/// Name of the variable with the secret that posts are signed with.
pub const ALERT_WEBHOOK_SECRET: &str = "HOPSDESK_ALERT_WEBHOOK_SECRET";

/// Name of the variable with the addresses that alerts are mailed to, comma-separated.
pub const ALERT_EMAIL_TO: &str = "HOPSDESK_ALERT_EMAIL_TO";

/// Name of the variable with the address that they come from.
pub const ALERT_EMAIL_FROM: &str = "HOPSDESK_ALERT_EMAIL_FROM";

/// Name of the variable with the mail server, its login and password.
pub const SMTP_URL: &str = "HOPSDESK_SMTP_URL";

/// Name of the variable with a file of authorities that are trusted besides those of the system.
pub const ALERT_CA_FILE: &str = "HOPSDESK_ALERT_CA_FILE";

/// Whom alerts are mailed to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlertsConfig {
    /// `HOPSDESK_ALERT_EMAIL_TO`, each as it was written; empty: nobody.
    pub to: Vec<String>,
    /// `HOPSDESK_ALERT_EMAIL_FROM`.
    pub from: Option<String>,
    /// `HOPSDESK_ALERT_CA_FILE`.
    pub ca_file: Option<PathBuf>,
}

impl AlertsConfig {
    /// Reads the section.
    ///
    /// # Errors
    /// When there is somebody to mail to and nobody it comes from.
    pub fn read(variables: Variables<'_>) -> Result<Self, ConfigError> {
        let to = variables(ALERT_EMAIL_TO).unwrap_or_default();
        let to: Vec<String> = to
            .split(',')
            .map(str::trim)
            .filter(|address| !address.is_empty())
            .map(str::to_owned)
            .collect();
        let from = variables(ALERT_EMAIL_FROM);
        if !to.is_empty() && from.is_none() {
            let problem = "is not set beside HOPSDESK_ALERT_EMAIL_TO; it is the address that alerts come from";
            return Err(ConfigError::new(ALERT_EMAIL_FROM, problem));
        }
        Ok(Self {
            to,
            from,
            ca_file: variables(ALERT_CA_FILE).map(PathBuf::from),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_gets_mail_gets_it_from_somebody() {
        let read = |to: &'static str, from: Option<&'static str>| {
            AlertsConfig::read(&|name| match name {
                ALERT_EMAIL_TO => Some(to.to_owned()),
                ALERT_EMAIL_FROM => from.map(str::to_owned),
                _ => None,
            })
        };
        assert_eq!(read("", None), Ok(AlertsConfig::default()));
        let config = read("a@x.example, b@x.example,", Some("desk@x.example")).expect("settings");
        assert_eq!(config.to, ["a@x.example", "b@x.example"]);
        let error = read("a@x.example", None).expect_err("nobody it comes from");
        assert_eq!(error.name, ALERT_EMAIL_FROM);
    }
}
