//! The settings of a command, read before anything is done.

use std::collections::HashMap;
use std::path::PathBuf;

use crate::cli::failure::CliError;
use crate::cli::outside::outside;
use crate::cli::secrets::IDENTITY;
use crate::clusters::opencost::OpenCostService;
use crate::config::alerts::{ALERT_CA_FILE, ALERT_WEBHOOK, ALERT_WEBHOOK_SECRET, SMTP_URL};
use crate::config::database::{DatabaseAddress, DatabaseConfig};
use crate::config::receiver::{
    API_SCOPE, AUTH0_AUDIENCE, AUTH0_DOMAIN, AUTH0_MANAGEMENT_CLIENT_ID,
    AUTH0_MANAGEMENT_CLIENT_SECRET, AUTH0_MANAGEMENT_DOMAIN, AUTH0_WEBHOOK_SECRET, OPENCOST,
    ReceiverConfig, STRIPE_API_BASE, STRIPE_API_KEY, STRIPE_MODE, STRIPE_WEBHOOK_SECRET,
};
use crate::config::{ConfigError, Variables};
use crate::identity::http::{self, Patience};
use crate::identity::jwks::Jwks;
use crate::identity::management::Credentials;
use crate::identity::tenant::Tenant;
use crate::identity::tokens::TokenVerifier;
use crate::identity::webhook_secret::WebhookSecrets;
use crate::payments::events::{STRIPE, StripeReader};
use crate::payments::mode::Mode;
use crate::payments::signature::SigningSecrets;
use crate::secrets::sealing::Identities;
use crate::secrets::url::take_password;
use crate::secrets::{Secret, environment};
use crate::usecases::recognise_customer::CustomerApi;
use crate::usecases::tell_alerts::Outside;

/// The OAuth client under which clusters know Auth0.
const AUTH0_CLIENT_ID: &str = "AUTH0_CLIENT_ID";

/// A file with the authority that the database's certificate is of.
const DATABASE_CA_FILE: &str = "DATABASE_CA_FILE";

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

impl DatabaseLogin {
    /// Whether it leads to where that address does, as the same login: of a program that serves, no more than the
    /// password may change. What it has under way belongs to one database.
    ///
    /// # Errors
    /// When it leads elsewhere.
    pub fn is_still(&self, served: &DatabaseAddress) -> Result<(), ConfigError> {
        if self.address == *served {
            return Ok(());
        }
        let problem = format!(
            "has become {} of {}; this program serves {} of {} until it is started anew. Only the password, and what \
             stands in files, may change while it serves",
            self.address.login, self.address, served.login, served
        );
        Err(ConfigError::new(self.named, problem))
    }
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
        for name in ["DATABASE_URL", "DATABASE_DIRECT_URL"] {
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
    /// What Stripe signs with; none: its events are not taken.
    pub stripe: SigningSecrets,
    /// Which of Stripe's modes counts: `STRIPE_MODE`, else that of `STRIPE_API_KEY`, else the live one.
    pub stripe_mode: Mode,
    /// Reads Stripe's events back; none without `STRIPE_API_KEY`.
    pub stripe_reader: Option<StripeReader>,
    /// How customers are told apart; none: the user API is not set up.
    pub api: Option<CustomerApi>,
    /// The OAuth client under which clusters know Auth0; without it no user is made there.
    pub client_id: Option<String>,
    /// What opens the tenant's Management API; none: what happens at Auth0 waits.
    pub management: Option<Credentials>,
    /// Where alerts are told.
    pub outside: Outside,
    /// What opens sealed secrets.
    pub identities: Identities,
    /// Where clusters have their OpenCost.
    pub opencost: OpenCostService,
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
        let stripe = environment::read_rotating(variables, STRIPE_WEBHOOK_SECRET)?;
        Ok(Self {
            receiver: ReceiverConfig::read(variables)?,
            auth0: WebhookSecrets::new(&secrets),
            stripe: SigningSecrets::new(&stripe),
            stripe_mode: stripe_mode(variables)?,
            stripe_reader: stripe_reader(variables)?,
            api: customer_api(variables)?,
            client_id: variables(AUTH0_CLIENT_ID),
            management: management(variables)?,
            outside: outside(variables)?,
            identities: identities(variables)?,
            opencost: opencost(variables)?,
        })
    }

    /// Whether they are for that mode: of a program that serves it does not change with a key. What is real would be left
    /// undone, and nobody had said so.
    ///
    /// # Errors
    /// When they are for the other one.
    pub fn are_still_for(&self, served: Mode) -> Result<(), ConfigError> {
        if self.stripe_mode == served {
            return Ok(());
        }
        let problem = format!(
            "would have the {} mode count; this program serves the {} mode until it is started anew",
            self.stripe_mode.word(),
            served.word()
        );
        Err(ConfigError::new(STRIPE_API_KEY, problem))
    }
}

/// Where clusters have their OpenCost.
fn opencost(variables: Variables<'_>) -> Result<OpenCostService, CliError> {
    let Some(text) = variables(OPENCOST) else {
        return Ok(OpenCostService::default());
    };
    text.parse().map_err(|_| {
        let problem = "is not namespace/service:port, e.g. opencost/opencost:9003";
        ConfigError::new(OPENCOST, problem).into()
    })
}

/// The private keys that open sealed secrets; none without `HOPSDESK_IDENTITY`.
///
/// # Errors
/// When what is set is none.
pub fn identities(variables: Variables<'_>) -> Result<Identities, CliError> {
    let Some(text) = environment::read(variables, IDENTITY)? else {
        return Ok(Identities::default());
    };
    Identities::read(&text).map_err(|error| ConfigError::new(IDENTITY, error.to_string()).into())
}

/// The files that hold what may be exchanged while it serves: secrets, and authorities that are trusted.
#[must_use]
pub fn secret_files(variables: Variables<'_>) -> Vec<PathBuf> {
    let authorities =
        [ALERT_CA_FILE, DATABASE_CA_FILE].map(|name| variables(name).map(PathBuf::from));
    let secrets = environment::files(
        variables,
        &[
            AUTH0_WEBHOOK_SECRET,
            STRIPE_WEBHOOK_SECRET,
            STRIPE_API_KEY,
            AUTH0_MANAGEMENT_CLIENT_SECRET,
            ALERT_WEBHOOK,
            ALERT_WEBHOOK_SECRET,
            SMTP_URL,
            IDENTITY,
            "DATABASE_URL",
            PASSWORD,
        ],
    );
    secrets
        .into_iter()
        .chain(authorities.into_iter().flatten())
        .collect()
}

/// The id, the secret and a tenant, or none of the first two.
fn management(variables: Variables<'_>) -> Result<Option<Credentials>, CliError> {
    let secret = environment::read(variables, AUTH0_MANAGEMENT_CLIENT_SECRET)?;
    let (client_id, client_secret) = match (variables(AUTH0_MANAGEMENT_CLIENT_ID), secret) {
        (Some(client_id), Some(secret)) => (client_id, secret),
        (None, None) => return Ok(None),
        (Some(_), None) => {
            let problem = "is not set beside AUTH0_MANAGEMENT_CLIENT_ID; it is the secret of that application";
            return Err(ConfigError::new(AUTH0_MANAGEMENT_CLIENT_SECRET, problem).into());
        }
        (None, Some(_)) => {
            let problem = "is not set beside AUTH0_MANAGEMENT_CLIENT_SECRET; it is the application that has it";
            return Err(ConfigError::new(AUTH0_MANAGEMENT_CLIENT_ID, problem).into());
        }
    };
    let named = [AUTH0_MANAGEMENT_DOMAIN, AUTH0_DOMAIN]
        .into_iter()
        .find_map(|name| Some((name, variables(name)?)));
    let (name, domain) = named.ok_or_else(|| {
        let problem = "is not set; it is the tenant's own domain, such as acme.eu.auth0.com";
        ConfigError::new(AUTH0_MANAGEMENT_DOMAIN, problem)
    })?;
    let tenant =
        Tenant::parse(&domain).map_err(|error| ConfigError::new(name, error.to_string()))?;
    Ok(Some(Credentials {
        tenant,
        client_id,
        client_secret,
    }))
}

/// Both settings or none: a tenant without an audience would let in tokens that are for other programs.
fn customer_api(variables: Variables<'_>) -> Result<Option<CustomerApi>, CliError> {
    let (domain, audience) = match (variables(AUTH0_DOMAIN), variables(AUTH0_AUDIENCE)) {
        (Some(domain), Some(audience)) => (domain, audience),
        (Some(_), None) => {
            let problem =
                "is not set; it is the identifier of this API at Auth0, beside AUTH0_DOMAIN";
            return Err(ConfigError::new(AUTH0_AUDIENCE, problem).into());
        }
        (None, _) => return Ok(None),
    };
    let tenant = Tenant::parse(&domain)
        .map_err(|error| ConfigError::new(AUTH0_DOMAIN, error.to_string()))?;
    let client = http::client(&tenant, Patience::default())
        .map_err(|error| CliError::Failed(format!("Cannot reach out over TLS: {error}.")))?;
    let keys = Jwks::new(client.clone(), tenant.clone());
    Ok(Some(CustomerApi {
        verifier: TokenVerifier::new(keys),
        tenant,
        client,
        audience,
        client_id: variables(AUTH0_CLIENT_ID),
        scope: variables(API_SCOPE),
    }))
}

fn stripe_reader(variables: Variables<'_>) -> Result<Option<StripeReader>, CliError> {
    let Some(key) = environment::read(variables, STRIPE_API_KEY)? else {
        return Ok(None);
    };
    let base = variables(STRIPE_API_BASE).unwrap_or_else(|| STRIPE.to_owned());
    let reader = StripeReader::new(&base, key)
        .map_err(|error| ConfigError::new(STRIPE_API_BASE, error.to_string()))?;
    Ok(Some(reader))
}

/// A key of one mode beside a setting of the other would read back what the events never say.
fn stripe_mode(variables: Variables<'_>) -> Result<Mode, CliError> {
    let key = environment::read(variables, STRIPE_API_KEY)?;
    let of_key = key.and_then(|key| Mode::of_key(key.expose()));
    let named = variables(STRIPE_MODE)
        .map(|word| {
            Mode::parse(&word).ok_or_else(|| ConfigError::new(STRIPE_MODE, "is not live or test"))
        })
        .transpose()?;
    match (named, of_key) {
        (Some(named), Some(of_key)) if named != of_key => {
            let problem = "is not the mode of STRIPE_API_KEY: name the same one in both";
            Err(ConfigError::new(STRIPE_MODE, problem).into())
        }
        (named, of_key) => Ok(named.or(of_key).unwrap_or(Mode::Live)),
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
    fn only_the_password_may_change_while_it_serves() {
        let read = |url: &str| {
            let read = settings(&[("DATABASE_URL", url)]).expect("settings");
            read.main()
        };
        let served = read("postgresql://a:one@localhost:6543/db").address;
        assert!(
            read("postgresql://a:two@localhost:6543/db")
                .is_still(&served)
                .is_ok()
        );
        for other in [
            "postgresql://a:hunter2@elsewhere:6543/db",
            "postgresql://a:hunter2@localhost:5432/db",
            "postgresql://a:hunter2@localhost:6543/other",
            "postgresql://b:hunter2@localhost:6543/db",
            "postgresql://a:hunter2@localhost:6543/db?sslmode=verify-full",
        ] {
            let error = read(other).is_still(&served).expect_err(other).to_string();
            assert!(error.starts_with("DATABASE_URL"), "{error}");
            assert!(error.contains("serves a of localhost:6543/db"), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn no_password_reaches_an_error() {
        let error = settings(&[("DATABASE_URL", "mysql://a:hunter2@localhost/db")]);
        let error = error.expect_err("not Postgres");
        assert_eq!(error.exit_code(), 2);
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
    }

    #[test]
    fn the_management_api_needs_an_id_a_secret_and_a_tenant_and_tells_no_secret() {
        let read = |list: &[(&str, &str)]| {
            let map: HashMap<String, String> = list
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect();
            management(&|name| map.get(name).cloned())
        };
        let id = (AUTH0_MANAGEMENT_CLIENT_ID, "abc");
        let secret = (AUTH0_MANAGEMENT_CLIENT_SECRET, "hunter2");
        assert!(
            read(&[(AUTH0_DOMAIN, "acme.eu.auth0.com")])
                .expect("none")
                .is_none()
        );
        let custom = (AUTH0_DOMAIN, "login.acme.example");
        let own = (AUTH0_MANAGEMENT_DOMAIN, "acme.eu.auth0.com");
        let read_all = read(&[id, secret, custom, own])
            .expect("settings")
            .expect("credentials");
        assert_eq!(read_all.tenant.to_string(), "acme.eu.auth0.com");
        for (list, named) in [
            (vec![id, custom], AUTH0_MANAGEMENT_CLIENT_SECRET),
            (vec![secret, custom], AUTH0_MANAGEMENT_CLIENT_ID),
            (vec![id, secret], AUTH0_MANAGEMENT_DOMAIN),
            (
                vec![id, secret, (AUTH0_DOMAIN, "http://acme.eu.auth0.com")],
                AUTH0_DOMAIN,
            ),
        ] {
            let error = read(&list).expect_err(named);
            assert_eq!(error.exit_code(), 2);
            let said = format!("{error} {error:?}");
            assert!(said.contains(named) && !said.contains("hunter2"), "{said}");
        }
    }
}
