//! Template databases: built once for all tests, copied for each.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;

use hopsdesk::store::attach;
use hopsdesk::store::direct::Direct;
use hopsdesk::store::migrate::{MigrationSet, migrate};

use super::cluster::{OWNER, SUPERUSER, TestCluster};
use super::database::Kind;

/// A plain Postgres becomes one like Supabase's.
const STAND_IN: &str = include_str!("../../sandbox/supabase.sql");

/// What a database is made from: a change in any of these makes a new template.
const SOURCES: &[&str] = &[
    "migrations",
    "src-tauri/sandbox/supabase.sql",
    "src-tauri/store/attach",
    "src-tauri/store/migrate.rs",
    "src-tauri/store/sql",
    "src-tauri/tests/support/template.rs",
];

/// Makes the database `name` of that kind.
pub async fn copy(cluster: &TestCluster, kind: Kind, name: &str) {
    let template = format!("template_{}_{:016x}", kind.name(), sources());
    let mut server = cluster.superuser("postgres").await;
    if !exists(&mut server, &template).await {
        // Whoever comes second waits here, and then finds it.
        let lock = format!("select pg_advisory_lock(hashtext('{template}'))");
        server.script(&lock).await.expect("a lock");
        if !exists(&mut server, &template).await {
            build(cluster, &mut server, kind, &template).await;
        }
    }
    create(&mut server, &template, name).await;
    server.close().await.expect("a goodbye");
}

/// Makes the database `name` of another one, which nobody else copies or uses at the moment.
pub async fn copy_of(cluster: &TestCluster, template: &str, name: &str) {
    let mut server = cluster.superuser("postgres").await;
    // A connection that is going away still counts as one for a moment.
    server
        .script(&until_left(template))
        .await
        .expect("nobody is in it");
    create(&mut server, template, name).await;
    server.close().await.expect("a goodbye");
}

async fn create(server: &mut Direct, template: &str, name: &str) {
    // Left over from a process that had the same number and was killed.
    let leftover = format!("drop database if exists \"{name}\" with (force)");
    server.script(&leftover).await.expect("a free name");
    let create = format!("create database \"{name}\" template \"{template}\"");
    server
        .script(&create)
        .await
        .expect("a copy of the template");
    server.script(&properties(name)).await.expect("properties");
}

fn until_left(name: &str) -> String {
    format!(
        "do $$ begin
           while exists (select from pg_stat_activity where datname = '{name}') loop
             perform pg_sleep(0.01);
             perform pg_stat_clear_snapshot();
           end loop;
         end $$"
    )
}

async fn exists(server: &mut Direct, name: &str) -> bool {
    let found = server
        .script(&format!(
            "do $$ begin perform 1 / count(*) from pg_database where datname = '{name}'; end $$"
        ))
        .await;
    found.is_ok()
}

/// What belongs to a database without being in it, and is therefore not copied with a template.
fn properties(name: &str) -> String {
    format!(
        "grant create, connect, temporary on database \"{name}\" to {OWNER};
         alter database \"{name}\" set search_path to \"$user\", public, extensions;"
    )
}

async fn build(cluster: &TestCluster, server: &mut Direct, kind: Kind, template: &str) {
    // Under another name until it is whole: a test that dies half-way must not leave half a template.
    let draft = format!("draft_{template}");
    for step in [
        format!("drop database if exists \"{draft}\" with (force)"),
        format!("create database \"{draft}\""),
    ] {
        server.script(&step).await.expect("an empty database");
    }
    let mut superuser = Direct::open(&cluster.direct(&draft, SUPERUSER), None)
        .await
        .expect("the superuser may connect");
    superuser.script(STAND_IN).await.expect("the stand-in");
    superuser.close().await.expect("a goodbye");
    let mut owner = Direct::open(&cluster.direct(&draft, OWNER), None)
        .await
        .expect("the owner may connect");
    fill(&mut owner, kind).await;
    owner.close().await.expect("a goodbye");
    // A connection that is going away still counts as one for a moment.
    let rename = format!(
        "{};
         alter database \"{draft}\" rename to \"{template}\"",
        until_left(&draft)
    );
    server.script(&rename).await.expect("the template's name");
}

async fn fill(owner: &mut Direct, kind: Kind) {
    match kind {
        Kind::Empty => {}
        Kind::Unrelated => {
            // Another product has users and invoices too: names alone prove nothing.
            owner
                .script(
                    "create table public.users (id bigserial primary key, handle text not null);
                     create table public.posts (id bigserial primary key, body text);
                     create table public.invoices (id bigserial primary key, total money);",
                )
                .await
                .expect("somebody else's tables");
        }
        Kind::Managed | Kind::ManagedOldGrants | Kind::ManagedBare => {
            if kind == Kind::ManagedOldGrants {
                owner
                    .script(
                        "alter default privileges in schema public
                           grant all on tables to anon, authenticated, service_role;
                         alter default privileges in schema public
                           grant all on sequences to anon, authenticated, service_role;
                         alter default privileges in schema public
                           grant all on functions to anon, authenticated, service_role;",
                    )
                    .await
                    .expect("the old default grants");
            }
            migrate(owner, &[MigrationSet::Managed])
                .await
                .expect("the managed set");
        }
        _ => {
            for name in kind.fixtures() {
                let fixture = Path::new(env!("CARGO_MANIFEST_DIR"))
                    .join("migrations/tests/fixtures")
                    .join(name);
                let fixture = std::fs::read_to_string(fixture).expect("a fixture");
                owner.script(&fixture).await.expect("a service");
            }
        }
    }
    if kind == Kind::ManagedOldGrants || Kind::ATTACHED.contains(&kind) {
        attach::run::attach(owner).await.expect("attached");
    }
}

fn sources() -> u64 {
    let mut hasher = DefaultHasher::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for source in SOURCES {
        hash(&root.join(source), &mut hasher);
    }
    hasher.finish()
}

fn hash(path: &Path, hasher: &mut DefaultHasher) {
    if path.is_dir() {
        let mut entries: Vec<_> = std::fs::read_dir(path)
            .expect("a folder")
            .map(|entry| entry.expect("an entry").path())
            .collect();
        entries.sort();
        for entry in entries {
            hash(&entry, hasher);
        }
    } else {
        path.hash(hasher);
        std::fs::read(path).expect("a file").hash(hasher);
    }
}
