//! Which database, and what kind of connection leads there.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

use url::Url;

use crate::config::{ConfigError, Variables};

/// What stands behind the port. Decides what may be sent through it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PoolMode {
    /// A pooler that hands out another server connection for each transaction (Supabase's port 6543).
    Transaction,
    /// A pooler that keeps one server connection for each client (Supabase's pooler on port 5432).
    Session,
    /// Postgres itself.
    Direct,
}

impl PoolMode {
    /// Whether migrations and attach may run here: they hold locks across statements.
    #[must_use]
    pub fn keeps_session(self) -> bool {
        self != Self::Transaction
    }
}

/// An address without its password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseAddress {
    /// Host name, IP address, or the folder of a Unix socket (begins with `/`).
    pub host: String,
    /// TCP port, or the number in the socket's name.
    pub port: u16,
    /// Name of the database.
    pub database: String,
    /// The login role; at Supabase's pooler `role.project`.
    pub login: String,
    /// PEM file of the CA that signed the server's certificate; `None` for the system's roots.
    pub ca_file: Option<PathBuf>,
    /// The URL asked for `sslmode=verify-full` by name: then loopback is verified as well.
    pub verify_loopback: bool,
    /// What stands behind the port.
    pub pool_mode: PoolMode,
}

impl DatabaseAddress {
    /// Reads a URL from which the password has been taken. `name` is the setting, for the error.
    ///
    /// # Errors
    /// When it is not a `postgres://` or `postgresql://` URL with host, login and database.
    pub fn parse(name: &str, url: &str) -> Result<Self, ConfigError> {
        let wrong = |problem: &str| ConfigError::new(name, problem);
        let url = Url::parse(url).map_err(|_| {
            wrong("is not a URL; it looks like postgresql://login@host:5432/postgres")
        })?;
        if !matches!(url.scheme(), "postgres" | "postgresql") {
            return Err(wrong("begins with neither postgres:// nor postgresql://"));
        }
        let parameter = |key: &str| {
            url.query_pairs()
                .find(|(name, _)| name == key)
                .map(|(_, value)| value.into_owned())
        };
        let host = parameter("host")
            .or_else(|| {
                url.host_str()
                    .map(|host| host.trim_matches(['[', ']']).to_owned())
            })
            .filter(|host| !host.is_empty())
            .ok_or_else(|| wrong("names no host"))?;
        let login = percent_decoded(url.username());
        if login.is_empty() {
            return Err(wrong(
                "names no login; it looks like postgresql://login@host/postgres",
            ));
        }
        let database = percent_decoded(url.path().trim_start_matches('/'));
        let port = url.port().unwrap_or(5432);
        Ok(Self {
            pool_mode: guess_pool_mode(&host, port),
            database: if database.is_empty() {
                "postgres".to_owned()
            } else {
                database
            },
            ca_file: parameter("sslrootcert").map(PathBuf::from),
            verify_loopback: parameter("sslmode").as_deref() == Some("verify-full"),
            host,
            port,
            login,
        })
    }

    /// Whether the server's certificate is verified when one connects.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        self.verify_loopback || !self.is_loopback()
    }

    /// Whether the traffic stays on this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.host.starts_with('/')
            || self.host.eq_ignore_ascii_case("localhost")
            || self
                .host
                .parse::<IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    }
}

impl fmt::Display for DatabaseAddress {
    /// `host:port/database`, as shown on screen and in errors.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}/{}", self.host, self.port, self.database)
    }
}

/// The addresses a server program works with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseConfig {
    /// `DATABASE_URL`.
    pub main: DatabaseAddress,
    /// `DATABASE_DIRECT_URL`, or `DATABASE_URL` where that keeps a session; for migrate and attach.
    pub direct: Option<DatabaseAddress>,
}

impl DatabaseConfig {
    /// Reads the section. `url` looks up one URL variable and returns it without its password: taking
    /// passwords out is the business of `secrets`.
    ///
    /// # Errors
    /// When `DATABASE_URL` is missing, or any of the settings cannot be used.
    pub fn read(
        variables: Variables<'_>,
        url: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let ca_file = variables("DATABASE_CA_FILE").map(PathBuf::from);
        let address = |name: &str| -> Result<Option<DatabaseAddress>, ConfigError> {
            let Some(url) = url(name) else {
                return Ok(None);
            };
            let mut address = DatabaseAddress::parse(name, &url)?;
            if address.ca_file.is_none() {
                address.ca_file.clone_from(&ca_file);
            }
            Ok(Some(address))
        };
        let mut main = address("DATABASE_URL")?
            .ok_or_else(|| ConfigError::new("DATABASE_URL", "is not set; it names the database"))?;
        if let Some(mode) = variables("DATABASE_POOL_MODE") {
            main.pool_mode = match mode.as_str() {
                "transaction" => PoolMode::Transaction,
                "session" => PoolMode::Session,
                "direct" => PoolMode::Direct,
                _ => {
                    let problem = "is none of transaction, session, direct";
                    return Err(ConfigError::new("DATABASE_POOL_MODE", problem));
                }
            };
        } else if !main.is_loopback() && main.pool_mode == PoolMode::Direct {
            // Unknown hosts may well be poolers: be careful unless told otherwise.
            main.pool_mode = if main.host.starts_with("db.") {
                PoolMode::Direct
            } else {
                PoolMode::Transaction
            };
        }
        let direct = match address("DATABASE_DIRECT_URL")? {
            Some(direct) => Some(DatabaseAddress {
                pool_mode: PoolMode::Direct,
                ..direct
            }),
            None => main.pool_mode.keeps_session().then(|| main.clone()),
        };
        Ok(Self { main, direct })
    }

    /// The address for migrations.
    ///
    /// # Errors
    /// When there is only a pooler, with the setting that would help.
    pub fn direct(&self) -> Result<&DatabaseAddress, ConfigError> {
        self.direct.as_ref().ok_or_else(|| {
            let problem = "is needed: DATABASE_URL leads through a pooler, and migrations need a \
                           direct or session connection (at Supabase port 5432). If DATABASE_URL is \
                           one, say DATABASE_POOL_MODE=direct";
            ConfigError::new("DATABASE_DIRECT_URL", problem)
        })
    }
}

fn guess_pool_mode(host: &str, port: u16) -> PoolMode {
    match (host.contains(".pooler."), port) {
        (_, 6543) => PoolMode::Transaction,
        (true, _) => PoolMode::Session,
        (false, _) => PoolMode::Direct,
    }
}

fn percent_decoded(text: &str) -> String {
    // `form_urlencoded` would turn `+` into a space, which a login or database may hold.
    let escaped = format!("x={}", text.replace('+', "%2B"));
    url::form_urlencoded::parse(escaped.as_bytes())
        .next()
        .map_or_else(|| text.to_owned(), |(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn config(settings: &[(&str, &str)]) -> Result<DatabaseConfig, ConfigError> {
        let map: HashMap<String, String> = settings
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let look = |name: &str| map.get(name).cloned();
        DatabaseConfig::read(&look, &look)
    }

    #[test]
    fn supabase_ports_tell_what_stands_behind_them() {
        let pooler = "postgresql://postgres.ref@aws-0-eu-west-1.pooler.supabase.com";
        for (url, mode) in [
            (format!("{pooler}:6543/postgres"), PoolMode::Transaction),
            (format!("{pooler}:5432/postgres"), PoolMode::Session),
            (
                "postgresql://postgres@db.ref.supabase.co:5432/postgres".to_owned(),
                PoolMode::Direct,
            ),
            (
                "postgresql://me@pg.example.com/postgres".to_owned(),
                PoolMode::Transaction,
            ),
            (
                "postgresql://me@127.0.0.1:5433/postgres".to_owned(),
                PoolMode::Direct,
            ),
        ] {
            let read = config(&[("DATABASE_URL", &url)]).expect("a configuration");
            assert_eq!(read.main.pool_mode, mode, "{url}");
        }
    }

    #[test]
    fn a_pooler_alone_cannot_migrate_and_says_what_would() {
        let pooler = "postgresql://me@pooler.example.com:6543/postgres";
        let read = config(&[("DATABASE_URL", pooler)]).expect("a configuration");
        let error = read.direct().expect_err("a pooler");
        assert!(
            error
                .to_string()
                .starts_with("DATABASE_DIRECT_URL: is needed"),
            "{error}"
        );
    }

    #[test]
    fn a_missing_or_odd_setting_is_named() {
        assert_eq!(config(&[]).expect_err("nothing set").name, "DATABASE_URL");
        for url in [
            "localhost",
            "mysql://me@host/db",
            "postgres:///db",
            "postgres://host/db",
        ] {
            let error = config(&[("DATABASE_URL", url)]).expect_err(url);
            assert_eq!(error.name, "DATABASE_URL", "{url}");
        }
        let odd = config(&[
            ("DATABASE_URL", "postgres://a@h/d"),
            ("DATABASE_POOL_MODE", "x"),
        ]);
        assert_eq!(odd.expect_err("odd mode").name, "DATABASE_POOL_MODE");
    }
}
