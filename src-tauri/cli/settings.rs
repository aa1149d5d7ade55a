//! The settings of a command, read before anything is done.

use std::collections::HashMap;

use crate::cli::failure::CliError;
use crate::config::database::{DatabaseAddress, DatabaseConfig};
use crate::config::receiver::{AUTH0_WEBHOOK_SECRET, ReceiverConfig};
use crate::config::{ConfigError, Variables};
use crate::identity::webhook_secret::WebhookSecrets;
use crate::secrets::url::take_password;
use crate::secrets::{Secret, environment};

/// The OAuth client under which clusters know Auth0.
const AUTH0_CLIENT_ID: &str = "AUTH0_CLIENT_ID";

/// A password kept out of the URL.
const PASSWORD: &str = "SUPABASE_DB_PASSWORD";

/// An address and what opens it.
#[derive(Debug, Clone)]
pub struct DatabaseLogin {
    /// Where and who.
    pub address: DatabaseAddress,
    /// The password; a server on this machine may want none.
    pub password: Option<Secret<String>>,
    /// The setting that named it: how sentences over HTTP call the database.
    pub named: &'static str,
}

/// The databases as the environment names them.
#[derive(Debug)]
pub struct DatabaseSettings {
    config: DatabaseConfig,
    passwords: HashMap<&'static str, Secret<String>>,
    password: Option<Secret<String>>,
}

impl DatabaseSettings {
    /// Reads `DATABASE_URL` and its kin; each may be in a file, since it may hold a password.
    ///
    /// # Errors
    /// When one is missing or cannot be used.
    pub fn read(variables: Variables<'_>) -> Result<Self, CliError> {
        let mut urls = HashMap::new();
        let mut passwords = HashMap::new();
        for name in ["DATABASE_URL", "DATABASE_DIRECT_URL", "DATABASE_READ_URL"] {
            let Some(url) = environment::read(variables, name)? else {
                continue;
            };
            let (url, password) = take_password(url.expose());
            urls.insert(name, url);
            if let Some(password) = password {
                passwords.insert(name, password);
            }
        }
        Ok(Self {
            config: DatabaseConfig::read(variables, &|name| urls.get(name).cloned())?,
            passwords,
            password: environment::read(variables, PASSWORD)?,
        })
    }

    /// The database to work on.
    #[must_use]
    pub fn main(&self) -> DatabaseLogin {
        self.login("DATABASE_URL", &self.config.main)
    }

    /// The same, for migrations.
    ///
    /// # Errors
    /// When there is only a pooler.
    pub fn direct(&self) -> Result<DatabaseLogin, ConfigError> {
        let address = self.config.direct()?;
        let named = if *address == self.config.main {
            "DATABASE_URL"
        } else {
            "DATABASE_DIRECT_URL"
        };
        Ok(self.login(named, address))
    }

    fn login(&self, named: &'static str, address: &DatabaseAddress) -> DatabaseLogin {
        DatabaseLogin {
            address: address.clone(),
            password: self
                .passwords
                .get(named)
                .or(self.password.as_ref())
                .cloned(),
            named,
        }
    }
}

/// What `serve` needs besides a database.
pub struct ServeSettings {
    /// Where to listen.
    pub receiver: ReceiverConfig,
    /// What Auth0 has to send.
    pub auth0: WebhookSecrets,
    /// The OAuth client under which clusters know Auth0; without it no user is made there.
    pub client_id: Option<String>,
}

impl ServeSettings {
    /// Reads them.
    ///
    /// # Errors
    /// When one is missing or cannot be used.
    pub fn read(variables: Variables<'_>) -> Result<Self, CliError> {
        let secrets = environment::read_rotating(variables, AUTH0_WEBHOOK_SECRET)?;
        if secrets.is_empty() {
            let problem = "is not set; it is the text that Auth0's action sends in the header \
                           X-Auth0-Secret. Make a long random one";
            return Err(ConfigError::new(AUTH0_WEBHOOK_SECRET, problem).into());
        }
        Ok(Self {
            receiver: ReceiverConfig::read(variables)?,
            auth0: WebhookSecrets::new(&secrets),
            client_id: variables(AUTH0_CLIENT_ID),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(list: &[(&str, &str)]) -> Result<DatabaseSettings, CliError> {
        let map: HashMap<String, String> = list
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        DatabaseSettings::read(&|name| map.get(name).cloned())
    }

    fn password(login: &DatabaseLogin) -> Option<&str> {
        login
            .password
            .as_ref()
            .map(|secret| secret.expose().as_str())
    }

    #[test]
    fn each_url_brings_its_password_and_the_other_setting_fills_in() {
        let read = settings(&[
            ("DATABASE_URL", "postgresql://a:one@localhost:6543/db"),
            ("DATABASE_DIRECT_URL", "postgresql://a@localhost:5432/db"),
            ("SUPABASE_DB_PASSWORD", "two"),
        ])
        .expect("settings");
        assert_eq!(password(&read.main()), Some("one"));
        let direct = read.direct().expect("an address");
        assert_eq!(password(&direct), Some("two"));
        assert_eq!(direct.named, "DATABASE_DIRECT_URL");
    }

    #[test]
    fn a_direct_main_url_serves_for_migrations_too() {
        let read = settings(&[("DATABASE_URL", "postgresql://a:p@localhost:5432/db")]);
        let direct = read.expect("settings").direct().expect("an address");
        assert_eq!(
            (direct.named, password(&direct)),
            ("DATABASE_URL", Some("p"))
        );
    }

    #[test]
    fn no_password_reaches_an_error() {
        let error = settings(&[("DATABASE_URL", "mysql://a:hunter2@localhost/db")]);
        let error = error.expect_err("not Postgres");
        assert_eq!(error.exit_code(), 2);
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
    }
}
