//! The API servers of all clusters of a sandbox: one port and one token each and one authority, written down in
//! its folder, so that whichever program is there serves them. The first to come serves; when it leaves,
//! another takes over.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::FromRow;
use time::OffsetDateTime;
use time::ext::NumericalDuration as _;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use zeroize::Zeroizing;

use crate::domain::random::Random;
use crate::sandbox::failure::SandboxError;
use crate::sandbox::kubernetes::authority::Authority;
use crate::sandbox::kubernetes::fault::Fault;
use crate::sandbox::kubernetes::sample::{Peculiar, world};
use crate::sandbox::kubernetes::{Credentials, Identity, Simulated, kubeconfig};
use crate::sandbox::postgres::{ADMIN, Place, Server, address, private_file};
use crate::secrets::Secret;
use crate::store::direct::Direct;
use crate::store::door::Statement;
use crate::store::failure::StoreError;

/// How often a program that does not serve looks whether it has to.
const LOOK_EVERY: Duration = Duration::from_millis(500);

const CLUSTERS: Statement = Statement {
    name: "hopsworks_clusters.sql",
    sql: include_str!("../sql/hopsworks_clusters.sql"),
};

const NAMESPACES: Statement = Statement {
    name: "kubernetes_namespaces.sql",
    sql: include_str!("../sql/kubernetes_namespaces.sql"),
};

/// The API servers as this program serves them, or waits to. Dropped, it serves them no longer.
#[derive(Debug)]
pub(in crate::sandbox) struct Fleet {
    tasks: Vec<JoinHandle<()>>,
}

impl Drop for Fleet {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// One cluster: which it is, its port, its token.
#[derive(Clone)]
struct Member {
    id: String,
    number: usize,
    port: u16,
    token: Secret<String>,
    /// Until when its certificate is good.
    until: OffsetDateTime,
}

#[derive(Debug, Clone, FromRow)]
struct Namespace {
    cluster_id: String,
    namespace: String,
}

/// What is the same for all of them.
#[derive(Clone)]
struct Shared {
    database: u16,
    admin: Secret<String>,
    authority: Arc<Authority>,
}

impl Fleet {
    /// Serves the clusters of a sandbox that was just opened, and writes down in the database how they are
    /// reached. `alone` says that no other program has it open: then ports that are taken are given up for
    /// free ones. To be called under the start lock.
    pub(in crate::sandbox) async fn open(
        place: &Place,
        server: &Server,
        alone: bool,
        random: &dyn Random,
        now: OffsetDateTime,
    ) -> Result<Self, SandboxError> {
        let shared = Shared {
            database: server.port,
            admin: server.logins.admin.clone(),
            authority: Arc::new(authority(&place.folder)?),
        };
        let mut admin = Direct::open(&address(ADMIN, server.port), Some(&shared.admin)).await?;
        let ids: Vec<(String,)> = admin.all(CLUSTERS).await?;
        let known = read(&place.folder).unwrap_or_default();
        let mut members = Vec::new();
        for (number, (id,)) in ids.into_iter().enumerate() {
            let before = known.iter().find(|member| member.id == id).cloned();
            let (mut member, listener) = settle(place, id, before, alone, random).await?;
            member.number = number;
            // One of them is about to run out.
            member.until = now + if number == 2 { 9 } else { 300 }.days();
            members.push((member, listener));
        }
        write(&place.folder, members.iter().map(|(member, _)| member))?;
        for (member, _) in &members {
            let kubeconfig = shared.kubeconfig(member)?;
            // Letters, digits, and what YAML and base64 need: no quote.
            admin
                .script(&format!(
                    "update public.hopsworks_clusters set kubeconfig = '{}' where id = '{}'",
                    kubeconfig.expose(),
                    member.id
                ))
                .await?;
        }
        let namespaces: Vec<Namespace> = admin.all(NAMESPACES).await?;
        admin.close().await?;
        let tasks = members.into_iter().map(|(member, listener)| {
            let ready = listener.map(|listener| (listener, simulated(&member, &namespaces)));
            tokio::spawn(keep(member, shared.clone(), ready))
        });
        Ok(Self {
            tasks: tasks.collect(),
        })
    }

    /// Takes the clusters over from the program that has opened the sandbox, once that leaves.
    pub(in crate::sandbox) fn join(place: &Place, server: &Server) -> Self {
        let Ok(authority) = authority(&place.folder) else {
            return Self { tasks: Vec::new() };
        };
        let shared = Shared {
            database: server.port,
            admin: server.logins.admin.clone(),
            authority: Arc::new(authority),
        };
        let members = read(&place.folder).unwrap_or_default();
        let tasks = members
            .into_iter()
            .map(|member| tokio::spawn(keep(member, shared.clone(), None)));
        Self {
            tasks: tasks.collect(),
        }
    }
}

impl Shared {
    fn kubeconfig(&self, member: &Member) -> Result<Secret<String>, SandboxError> {
        let made = || {
            let certificate = self.authority.certificate()?.pem();
            // One of them is signed in to with a certificate, as some providers have it.
            let credentials = if member.number == 0 {
                let (certificate, key) = self.authority.client(member.until - 100.days())?;
                Credentials::Certificate(certificate, key)
            } else {
                Credentials::Token(member.token.clone())
            };
            Ok(kubeconfig(member.port, &certificate, &credentials))
        };
        made().map_err(no_certificates)
    }

    fn identity(&self, member: &Member) -> Result<Identity, rcgen::Error> {
        Ok(Identity {
            shown: self.authority.server(member.until)?,
            expired: self.authority.server(member.until - 3650.days())?,
            foreign: Authority::new()?.server(member.until)?,
            clients: self.authority.certificate()?.der().clone(),
        })
    }
}

fn no_certificates(_: rcgen::Error) -> SandboxError {
    SandboxError::Options("its clusters' certificates cannot be made on this machine")
}

/// The port and the token of a cluster, and its listener unless another program has it.
async fn settle(
    place: &Place,
    id: String,
    before: Option<Member>,
    alone: bool,
    random: &dyn Random,
) -> Result<(Member, Option<TcpListener>), SandboxError> {
    if let Some(member) = before {
        match bind(member.port).await {
            Ok(listener) => return Ok((member, Some(listener))),
            Err(_) if !alone => return Ok((member, None)),
            Err(_) => {}
        }
    }
    let failed = |error| SandboxError::folder(&place.folder)(error);
    let listener = bind(0).await.map_err(failed)?;
    let port = listener.local_addr().map_err(failed)?.port();
    let token = Secret::new(format!("{:032x}", random.bits()));
    let member = Member {
        id,
        number: 0,
        port,
        token,
        until: OffsetDateTime::UNIX_EPOCH,
    };
    Ok((member, Some(listener)))
}

async fn bind(port: u16) -> std::io::Result<TcpListener> {
    TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await
}

/// Serves a cluster, now or as soon as its port is free.
async fn keep(member: Member, shared: Shared, ready: Option<(TcpListener, Simulated)>) {
    let (listener, cluster) = match ready {
        Some(ready) => ready,
        None => loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let Ok(listener) = bind(member.port).await else {
                continue;
            };
            match namespaces(&shared).await {
                Ok(namespaces) => break (listener, simulated(&member, &namespaces)),
                // Stopped together with the sandbox, most likely.
                Err(error) => tracing::debug!(%error, "a simulated API server has nothing to show"),
            }
        },
    };
    let served = shared
        .identity(&member)
        .map_err(std::io::Error::other)
        .and_then(|identity| cluster.serve(listener, identity));
    match served {
        // Until this task is aborted.
        Ok(_serving) => std::future::pending().await,
        Err(error) => tracing::warn!(%error, "a simulated API server cannot be served"),
    }
}

async fn namespaces(shared: &Shared) -> Result<Vec<Namespace>, StoreError> {
    let mut admin = Direct::open(&address(ADMIN, shared.database), Some(&shared.admin)).await?;
    let namespaces = admin.all(NAMESPACES).await?;
    admin.close().await?;
    Ok(namespaces)
}

fn simulated(member: &Member, namespaces: &[Namespace]) -> Simulated {
    let here: Vec<String> = namespaces
        .iter()
        .filter(|namespace| namespace.cluster_id == member.id)
        .map(|namespace| namespace.namespace.clone())
        .collect();
    let peculiar = Peculiar {
        ailing: member.number == 3,
        // Some hours before it was opened; that is when its certificate was made.
        since: Some(member.until - 300.days() - 5.hours()),
        unmeasured: member.number == 4,
        short_of_gpus: member.number == 1,
    };
    let world = world(&member.id, &here, peculiar);
    let cluster = Simulated::new(world, "v1.34.2", member.token.clone());
    if peculiar.unmeasured {
        cluster.set_fault(Fault::NoMetrics);
    }
    cluster
}

fn authority(folder: &Path) -> Result<Authority, SandboxError> {
    let path = folder.join("authority.pem");
    let there = fs::read_to_string(&path).map(Zeroizing::new);
    if let Some(authority) = there.ok().and_then(|pem| Authority::with_key(&pem).ok()) {
        return Ok(authority);
    }
    let authority = Authority::new().map_err(no_certificates)?;
    let _ = fs::remove_file(&path);
    let write = || private_file(&path)?.write_all(authority.key().expose().as_bytes());
    write().map_err(SandboxError::folder(&path))?;
    Ok(authority)
}

/// A line each: id, number, port, token, and the second until which its certificate is good. None when there is no file, or a damaged one.
fn read(folder: &Path) -> Option<Vec<Member>> {
    let text = Zeroizing::new(fs::read_to_string(folder.join("kubernetes")).ok()?);
    text.lines()
        .map(|line| {
            let mut parts = line.split(' ');
            Some(Member {
                id: parts.next()?.to_owned(),
                number: parts.next()?.parse().ok()?,
                port: parts.next()?.parse().ok()?,
                token: Secret::new(parts.next()?.to_owned()),
                until: OffsetDateTime::from_unix_timestamp(parts.next()?.parse().ok()?).ok()?,
            })
        })
        .collect()
}

fn write<'a>(folder: &Path, members: impl Iterator<Item = &'a Member>) -> Result<(), SandboxError> {
    let path = folder.join("kubernetes");
    let mut text = Zeroizing::new(String::new());
    for member in members {
        let (number, port, token) = (member.number, member.port, member.token.expose());
        let until = member.until.unix_timestamp();
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{} {number} {port} {token} {until}", member.id);
    }
    let beside = path.with_extension("new");
    let _ = fs::remove_file(&beside);
    let write = || -> std::io::Result<()> {
        private_file(&beside)?.write_all(text.as_bytes())?;
        fs::rename(&beside, &path)
    };
    write().map_err(SandboxError::folder(&path))
}
