//! Opens a pool at an address: TLS verified, nothing kept in the session.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgSslMode};
use sqlx::{ConnectOptions as _, Connection as _};

use crate::config::database::DatabaseAddress;
use crate::secrets::Secret;
use crate::store::failure::StoreError;

/// How long one waits for a connection before saying that the database does not answer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(8);

/// How long the attempt may take that finds out why there was no connection.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

/// A connection that rested longer than this is asked for a sign of life before it is used.
const REST_BEFORE_PING: Duration = Duration::from_secs(20);

/// The options to connect with.
///
/// The certificate is verified against the host's name (`verify-full`) unless the traffic stays on this
/// machine: `require` would encrypt but not verify. A weaker `sslmode` in a URL is not heeded.
///
/// # Errors
/// When the CA file cannot be read.
pub fn options(
    address: &DatabaseAddress,
    password: Option<&Secret<String>>,
) -> Result<PgConnectOptions, StoreError> {
    let mut options = PgConnectOptions::new_without_pgpass()
        .port(address.port)
        .username(&address.login)
        .database(&address.database)
        .application_name("hopsdesk")
        // A transaction-mode pooler hands out another server connection for each transaction.
        .statement_cache_capacity(0)
        .extra_float_digits(None);
    options = if address.host.starts_with('/') {
        options.socket(&address.host)
    } else {
        options.host(&address.host)
    };
    if let Some(password) = password {
        options = options.password(password.expose());
    }
    if !address.is_verified() {
        return Ok(options.ssl_mode(PgSslMode::Prefer));
    }
    if let Some(path) = &address.ca_file {
        let unusable = |problem: String| StoreError::CaFile {
            path: path.display().to_string(),
            problem,
        };
        let pem = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
        if !String::from_utf8_lossy(&pem).contains("-----BEGIN CERTIFICATE-----") {
            return Err(unusable("it holds no PEM certificate".to_owned()));
        }
        options = options.ssl_root_cert_from_pem(pem);
    }
    Ok(options.ssl_mode(PgSslMode::VerifyFull))
}

/// A pool that connects when first used.
///
/// # Errors
/// When the CA file cannot be read.
pub fn pool(
    address: &DatabaseAddress,
    password: Option<&Secret<String>>,
    connections: u32,
) -> Result<PgPool, StoreError> {
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .min_connections(0)
        .acquire_timeout(CONNECT_TIMEOUT)
        .idle_timeout(Duration::from_secs(300))
        // A ping before each use would cost a round trip; after a rest it is worth one.
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for > REST_BEFORE_PING {
                    sqlx::Connection::ping(connection).await?;
                }
                Ok(true)
            })
        })
        .connect_lazy_with(options(address, password)?);
    Ok(pool)
}

/// New connections of the pool are made with these from now on; those that are there stay.
///
/// # Errors
/// When the CA file cannot be read.
pub fn renew(
    pool: &PgPool,
    address: &DatabaseAddress,
    password: Option<&Secret<String>>,
) -> Result<(), StoreError> {
    pool.set_connect_options(options(address, password)?);
    Ok(())
}

/// Why no transaction could be had. A pool keeps trying while nobody answers and then says only that its
/// time is over, as it does when all its connections are busy: one more attempt tells these apart.
pub(in crate::store) async fn why(pool: &PgPool, error: sqlx::Error) -> StoreError {
    if !matches!(error, sqlx::Error::PoolTimedOut) {
        return error.into();
    }
    let options = pool.connect_options();
    match tokio::time::timeout(PROBE_TIMEOUT, options.connect()).await {
        Ok(Err(reason)) => reason.into(),
        // A farewell is polite; whether it arrives changes nothing.
        Ok(Ok(connection)) => {
            let _ = connection.close().await;
            error.into()
        }
        Err(_) => StoreError::Unreachable(error),
    }
}
