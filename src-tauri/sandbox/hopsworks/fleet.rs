//! The Hopsworks of all clusters of a sandbox: one port and one key each, written down in its folder, so that
//! whichever program is there serves them. The first to come serves; when it leaves, another takes over and
//! begins with what the database says.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use sqlx::FromRow;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use zeroize::Zeroizing;

use crate::domain::hopsworks::HopsworksStatus;
use crate::domain::random::Random;
use crate::sandbox::failure::SandboxError;
use crate::sandbox::hopsworks::people::SimulatedUser;
use crate::sandbox::hopsworks::projects::SimulatedProject;
use crate::sandbox::hopsworks::{Dialect, Simulated};
use crate::sandbox::postgres::{ADMIN, Place, Server, address};
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

const PEOPLE: Statement = Statement {
    name: "hopsworks_people.sql",
    sql: include_str!("../sql/hopsworks_people.sql"),
};

/// The clusters as this program serves them, or waits to. Dropped, it serves them no longer.
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

/// One cluster: its id in the database, its port, its key.
#[derive(Clone)]
struct Member {
    id: String,
    port: u16,
    key: Secret<String>,
}

const PROJECTS: Statement = Statement {
    name: "hopsworks_projects.sql",
    sql: include_str!("../sql/hopsworks_projects.sql"),
};

/// Where the last of the clusters is among them: there the two sides do not agree.
const ODD: usize = 4;

/// By how much a number there is another than on record.
const OFF: i64 = 50_000;

#[derive(Debug, FromRow)]
struct Project {
    cluster_id: String,
    number: i64,
    name: String,
    creator: String,
    username: String,
    created: String,
}

/// Who and what is on the clusters, as the service has it on record.
struct OnRecord {
    people: Vec<Person>,
    projects: Vec<Project>,
}

impl OnRecord {
    async fn read(admin: &mut Direct) -> Result<Self, StoreError> {
        Ok(Self {
            people: admin.all(PEOPLE).await?,
            projects: admin.all(PROJECTS).await?,
        })
    }
}

#[derive(Debug, FromRow)]
struct Person {
    cluster_id: String,
    number: i64,
    email: String,
    name: String,
    username: String,
    subject: String,
    active: bool,
    project_limit: i64,
}

impl Fleet {
    /// Serves the clusters of a sandbox that was just opened, and writes down in the database where they
    /// are. `alone` says that no other program has it open: then ports that are taken are given up for free
    /// ones. To be called under the start lock.
    pub(in crate::sandbox) async fn open(
        place: &Place,
        server: &Server,
        alone: bool,
        random: &dyn Random,
    ) -> Result<Self, SandboxError> {
        let mut admin =
            Direct::open(&address(ADMIN, server.port), Some(&server.logins.admin)).await?;
        let ids: Vec<(String,)> = admin.all(CLUSTERS).await?;
        let ids: Vec<String> = ids.into_iter().map(|(id,)| id).collect();
        let known = read(place).unwrap_or_default();
        let mut members = Vec::new();
        let mut listeners = Vec::new();
        for id in ids {
            let before = known.iter().find(|member| member.id == id).cloned();
            let (member, listener) = settle(place, id, before, alone, random).await?;
            members.push(member);
            listeners.push(listener);
        }
        write(place, &members)?;
        // Ids, ports and keys are digits and letters.
        for Member { id, port, key } in &members {
            let key = key.expose();
            admin
                .script(&format!(
                    "update public.hopsworks_clusters \
                     set api_url = 'http://127.0.0.1:{port}', api_key = '{key}' where id = '{id}'"
                ))
                .await?;
        }
        let on_record = OnRecord::read(&mut admin).await?;
        admin.close().await?;
        let tasks = members
            .into_iter()
            .zip(listeners)
            .enumerate()
            .map(|(place, (member, listener))| {
                let simulated = simulated(&member, &on_record, place == ODD);
                let ready = listener.map(|listener| (listener, simulated));
                tokio::spawn(keep(
                    member,
                    server.port,
                    server.logins.admin.clone(),
                    place == ODD,
                    ready,
                ))
            })
            .collect();
        Ok(Self { tasks })
    }

    /// Takes the clusters over from the program that has opened the sandbox, once that leaves.
    pub(in crate::sandbox) fn join(place: &Place, server: &Server) -> Self {
        let tasks = read(place)
            .unwrap_or_default()
            .into_iter()
            .enumerate()
            .map(|(place, member)| {
                let admin = server.logins.admin.clone();
                tokio::spawn(keep(member, server.port, admin, place == ODD, None))
            })
            .collect();
        Self { tasks }
    }
}

/// The port and the key of a cluster, and its listener unless another program has it.
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
    let key = Secret::new(format!("{:032x}", random.bits()));
    Ok((Member { id, port, key }, Some(listener)))
}

async fn bind(port: u16) -> std::io::Result<TcpListener> {
    TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await
}

/// Serves a cluster, now or as soon as its port is free.
async fn keep(
    member: Member,
    database: u16,
    admin: Secret<String>,
    odd: bool,
    ready: Option<(TcpListener, Simulated)>,
) {
    let (listener, cluster) = match ready {
        Some(ready) => ready,
        None => loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let Ok(listener) = bind(member.port).await else {
                continue;
            };
            match on_record(database, &admin).await {
                Ok(on_record) => break (listener, simulated(&member, &on_record, odd)),
                // Stopped together with the sandbox, most likely.
                Err(error) => {
                    tracing::debug!(%error, "a simulated cluster has nobody to begin with");
                }
            }
        },
    };
    match cluster.serve(listener, None) {
        // Until this task is aborted.
        Ok(_serving) => std::future::pending().await,
        Err(error) => tracing::warn!(%error, "a simulated cluster cannot be served"),
    }
}

async fn on_record(database: u16, admin: &Secret<String>) -> Result<OnRecord, StoreError> {
    let mut admin = Direct::open(&address(ADMIN, database), Some(admin)).await?;
    let on_record = OnRecord::read(&mut admin).await?;
    admin.close().await?;
    Ok(on_record)
}

fn simulated(member: &Member, on_record: &OnRecord, odd: bool) -> Simulated {
    let here = |person: &&Person| person.cluster_id == member.id;
    let mut users: Vec<SimulatedUser> = on_record.people.iter().filter(here).map(user).collect();
    let projects = on_record.projects.iter();
    let mut projects: Vec<&Project> = projects
        .filter(|project| project.cluster_id == member.id)
        .collect();
    let mut moved = 0;
    if odd {
        // Somebody was made anew, somebody moved away and may still work, and somebody is a partner's consultant.
        if let Some(first) = users.first_mut() {
            first.id += OFF;
        }
        let elsewhere = on_record
            .people
            .iter()
            .find(|person| !here(person) && person.active);
        users.extend(elsewhere.map(user));
        users.push(SimulatedUser {
            id: OFF - 1,
            email: "consultant@partner.example".to_owned(),
            given_name: "Casey".to_owned(),
            surname: "Consultant".to_owned(),
            username: "caseycon".to_owned(),
            status: HopsworksStatus::Active,
            project_limit: 1,
            subject: None,
        });
        // One project was made anew, one is gone.
        moved = OFF;
        projects.pop();
    }
    let cluster = Simulated::new(member.key.clone(), Dialect::default(), users);
    for project in projects {
        cluster.put_project(SimulatedProject {
            id: project.number + std::mem::take(&mut moved),
            name: project.name.clone(),
            creator: (project.creator.clone(), project.username.clone()),
            created: project.created.clone(),
        });
    }
    cluster
}

fn user(person: &Person) -> SimulatedUser {
    let (given_name, surname) = person
        .name
        .split_once(' ')
        .unwrap_or((&person.name, &person.name));
    SimulatedUser {
        id: person.number,
        email: person.email.clone(),
        given_name: given_name.to_owned(),
        surname: surname.to_owned(),
        username: person.username.clone(),
        status: if person.active {
            HopsworksStatus::Active
        } else {
            HopsworksStatus::Deactivated
        },
        project_limit: person.project_limit,
        subject: Some(person.subject.clone()),
    }
}

fn path(place: &Place) -> PathBuf {
    place.folder.join("clusters")
}

/// A line each: id, port, key. None when there is no file, or a damaged one.
fn read(place: &Place) -> Option<Vec<Member>> {
    let text = Zeroizing::new(fs::read_to_string(path(place)).ok()?);
    text.lines()
        .map(|line| {
            let mut parts = line.split(' ');
            Some(Member {
                id: parts.next()?.to_owned(),
                port: parts.next()?.parse().ok()?,
                key: Secret::new(parts.next()?.to_owned()),
            })
        })
        .collect()
}

fn write(place: &Place, members: &[Member]) -> Result<(), SandboxError> {
    let path = path(place);
    let mut text = Zeroizing::new(String::new());
    for Member { id, port, key } in members {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{id} {port} {}", key.expose());
    }
    let beside = path.with_extension("new");
    let _ = fs::remove_file(&beside);
    let write = || -> std::io::Result<()> {
        let mut file = crate::sandbox::postgres::private_file(&beside)?;
        file.write_all(text.as_bytes())?;
        fs::rename(&beside, &path)
    };
    write().map_err(SandboxError::folder(&path))
}
