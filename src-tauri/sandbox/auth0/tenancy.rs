//! The tenant of a sandbox: its port and the secret of its Management API are written down in the sandbox's
//! folder, so that whichever program is there serves it. The first to come serves; when it leaves, another
//! takes over and begins with what the database says.

use std::fs;
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ring::digest::{SHA256, digest};
use sqlx::FromRow;
use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use zeroize::Zeroizing;

use crate::domain::clock::Clock;
use crate::domain::random::Random;
use crate::sandbox::auth0::SimulatedAuth0;
use crate::sandbox::auth0::customers::Customer;
use crate::sandbox::auth0::management::MANAGEMENT_CLIENT_ID;
use crate::sandbox::failure::SandboxError;
use crate::sandbox::postgres::{ADMIN, Place, Server, address};
use crate::secrets::Secret;
use crate::store::direct::Direct;
use crate::store::door::Statement;
use crate::store::failure::StoreError;

/// How often a program that does not serve looks whether it has to.
const LOOK_EVERY: Duration = Duration::from_millis(500);

const CUSTOMERS: Statement = Statement {
    name: "auth0_customers.sql",
    sql: include_str!("../sql/auth0_customers.sql"),
};

/// Every eleventh customer has not proved their address.
const UNVERIFIED: u64 = 11;

/// The tenant as this program serves it, or waits to. Dropped, it serves it no longer.
#[derive(Debug)]
pub(in crate::sandbox) struct Tenancy {
    access: Access,
    task: JoinHandle<()>,
}

impl Drop for Tenancy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What opens the Management API of a sandbox's tenant.
#[derive(Debug, Clone)]
pub struct Access {
    port: u16,
    /// The secret of [`Access::client_id`].
    pub client_secret: Secret<String>,
}

impl Access {
    /// Where it is: `http://127.0.0.1:<port>`.
    #[must_use]
    pub fn domain(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The application that may use it.
    #[must_use]
    pub fn client_id(&self) -> &'static str {
        MANAGEMENT_CLIENT_ID
    }
}

#[derive(Debug, FromRow)]
struct Row {
    now: OffsetDateTime,
    subject: String,
    email: String,
    name: String,
    created_at: OffsetDateTime,
    updated_at: OffsetDateTime,
    last_login: Option<OffsetDateTime>,
    logins: i64,
    ip: String,
    blocked: bool,
}

impl Tenancy {
    /// Serves the tenant of a sandbox that was just opened. `alone` says that no other program has it open:
    /// then a port that is taken is given up for a free one. To be called under the start lock.
    pub(in crate::sandbox) async fn open(
        place: &Place,
        server: &Server,
        alone: bool,
        random: &dyn Random,
    ) -> Result<Self, SandboxError> {
        let failed = |error| SandboxError::folder(&place.folder)(error);
        let known = read(place);
        let listener = match &known {
            Some(access) => bind(access.port).await.ok(),
            None => None,
        };
        let (access, listener) = match (known, listener) {
            (Some(access), Some(listener)) => (access, Some(listener)),
            (Some(access), None) if !alone => (access, None),
            _ => {
                let listener = bind(0).await.map_err(failed)?;
                let port = listener.local_addr().map_err(failed)?.port();
                let client_secret =
                    Secret::new(format!("{:032x}{:032x}", random.bits(), random.bits()));
                let access = Access {
                    port,
                    client_secret,
                };
                write(place, &access)?;
                (access, Some(listener))
            }
        };
        Ok(Self::keeping(access, server, listener))
    }

    /// Takes the tenant over from the program that has opened the sandbox, once that leaves; none where the
    /// sandbox has none.
    pub(in crate::sandbox) fn join(place: &Place, server: &Server) -> Option<Self> {
        Some(Self::keeping(read(place)?, server, None))
    }

    /// What opens its Management API.
    pub(in crate::sandbox) fn access(&self) -> &Access {
        &self.access
    }

    fn keeping(access: Access, server: &Server, listener: Option<TcpListener>) -> Self {
        let task = keep(
            access.clone(),
            server.port,
            server.logins.admin.clone(),
            listener,
        );
        Self {
            access,
            task: tokio::spawn(task),
        }
    }
}

async fn bind(port: u16) -> std::io::Result<TcpListener> {
    TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await
}

/// Serves the tenant, now or as soon as its port is free.
async fn keep(access: Access, database: u16, admin: Secret<String>, ready: Option<TcpListener>) {
    let mut ready = ready;
    loop {
        let listener = match ready.take() {
            Some(listener) => Ok(listener),
            None => bind(access.port).await,
        };
        let Ok(listener) = listener else {
            tokio::time::sleep(LOOK_EVERY).await;
            continue;
        };
        match rows(database, &admin).await {
            Ok(rows) => match tenant(&access, rows).and_then(|tenant| tenant.serve_on(listener)) {
                // Until this task is aborted.
                Ok(_serving) => return std::future::pending().await,
                Err(error) => {
                    tracing::warn!(%error, "the sandbox's Auth0 cannot be served");
                    return;
                }
            },
            // Stopped together with the sandbox, most likely.
            Err(error) => {
                tracing::debug!(%error, "the sandbox's Auth0 has nobody to begin with");
                drop(listener);
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
    }
}

async fn rows(database: u16, admin: &Secret<String>) -> Result<Vec<Row>, StoreError> {
    let mut admin = Direct::open(&address(ADMIN, database), Some(admin)).await?;
    let rows = admin.all(CUSTOMERS).await?;
    admin.close().await?;
    Ok(rows)
}

fn tenant(access: &Access, rows: Vec<Row>) -> std::io::Result<SimulatedAuth0> {
    let began = rows
        .first()
        .map_or(OffsetDateTime::UNIX_EPOCH, |row| row.now);
    let clock = Running {
        began,
        since: Instant::now(),
    };
    let chain = Chain {
        seed: access.client_secret.clone(),
        drawn: AtomicU64::new(0),
        began,
    };
    let tenant = SimulatedAuth0::new(Vec::new(), Arc::new(clock), Arc::new(chain))?;
    let customers = (0_u64..).zip(rows).map(|(number, row)| Customer {
        // Whoever came by another provider proved their address there.
        verified: number % UNVERIFIED != 7 || !row.subject.starts_with("auth0|"),
        subject: row.subject,
        email: row.email,
        name: row.name,
        created_at: row.created_at,
        updated_at: row.updated_at,
        last_login: row.last_login,
        logins: row.logins,
        ip: row.ip,
        blocked: row.blocked,
        verifications: 0,
    });
    tenant.manage(access.client_secret.clone(), customers);
    Ok(tenant)
}

/// A clock that was set once, by the database's, and runs.
struct Running {
    began: OffsetDateTime,
    since: Instant,
}

impl Clock for Running {
    fn now(&self) -> OffsetDateTime {
        self.began + self.since.elapsed()
    }
}

/// Bits that nobody guesses who has not the secret they are made of.
struct Chain {
    seed: Secret<String>,
    drawn: AtomicU64,
    began: OffsetDateTime,
}

impl Random for Chain {
    fn bits(&self) -> u128 {
        let drawn = self.drawn.fetch_add(1, Ordering::Relaxed);
        let mut text = Zeroizing::new(self.seed.expose().clone().into_bytes());
        text.extend_from_slice(&drawn.to_be_bytes());
        text.extend_from_slice(&self.began.unix_timestamp_nanos().to_be_bytes());
        let mut bits = [0; 16];
        bits.copy_from_slice(&digest(&SHA256, &text).as_ref()[..16]);
        u128::from_be_bytes(bits)
    }
}

fn path(place: &Place) -> PathBuf {
    place.folder.join("auth0")
}

/// Port and secret, in one line. None when there is no file, or a damaged one.
fn read(place: &Place) -> Option<Access> {
    let text = Zeroizing::new(fs::read_to_string(path(place)).ok()?);
    let (port, secret) = text.trim_end().split_once(' ')?;
    Some(Access {
        port: port.parse().ok()?,
        client_secret: Secret::new(secret.to_owned()),
    })
}

fn write(place: &Place, access: &Access) -> Result<(), SandboxError> {
    let path = path(place);
    let text = Zeroizing::new(format!(
        "{} {}\n",
        access.port,
        access.client_secret.expose()
    ));
    let beside = path.with_extension("new");
    let _ = fs::remove_file(&beside);
    let write = || -> std::io::Result<()> {
        let mut file = crate::sandbox::postgres::private_file(&beside)?;
        file.write_all(text.as_bytes())?;
        fs::rename(&beside, &path)
    };
    write().map_err(SandboxError::folder(&path))
}
