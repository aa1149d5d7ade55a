//! Brings the sandbox's database up to date: stand-in, schemas, samples. Each step that was done before
//! is told from a note in the database, so that opening again is quick.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;

use crate::domain::clock::Clock;
use crate::sandbox::Step;
use crate::sandbox::failure::SandboxError;
use crate::sandbox::postgres::{ADMIN, OWNER, Server, address};
use crate::sandbox::sample::Sample;
use crate::sandbox::sample::load;
use crate::secrets::sealing::Recipient;
use crate::store::attach::run::attach;
use crate::store::connect;
use crate::store::direct::Direct;
use crate::store::door::{Statement, Store};
use crate::store::failure::StoreError;
use crate::store::migrate::{MigrationSet, migrate};
use crate::usecases::keep_rollups::{check_rollups, refresh_rollups};

/// Makes a plain database stand in for a Supabase one.
const SUPABASE: &str = include_str!("supabase.sql");

const MANIFEST_THERE: Statement = Statement {
    name: "manifest_there.sql",
    sql: include_str!("sql/manifest_there.sql"),
};

const MANIFEST: Statement = Statement {
    name: "manifest.sql",
    sql: include_str!("sql/manifest.sql"),
};

/// Does what is not done yet. To be called under the start lock.
pub(in crate::sandbox) async fn prepare(
    server: &Server,
    sample: &Sample,
    keys: &[Recipient],
    now: OffsetDateTime,
    report: &mut (impl FnMut(Step, u8) + Send),
) -> Result<(), SandboxError> {
    let logins = &server.logins;
    let mut admin = Direct::open(&address(ADMIN, server.port), Some(&logins.admin)).await?;
    let done = notes(&mut admin).await?;
    let is_noted = |name: &str, value: &str| done.get(name).is_some_and(|there| there == value);

    report(Step::Schema, 30);
    let password = logins.owner.expose();
    let stand_in = hex::encode(Sha256::digest(SUPABASE));
    if !is_noted("stand-in", &stand_in) {
        admin.script(SUPABASE).await?;
        admin.script(include_str!("sql/manifest_make.sql")).await?;
        admin
            .script(&format!("alter role {OWNER} password '{password}'"))
            .await?;
        note(&mut admin, "stand-in", &stand_in).await?;
    }
    let mut owner = Direct::open(&address(OWNER, server.port), Some(&logins.owner)).await?;
    migrate(&mut owner, &[MigrationSet::Managed]).await?;
    attach(&mut owner).await?;
    let people = people(password, keys);
    if !is_noted("staff", &people.note) {
        admin.script(&people.logins).await?;
        owner.script(&people.rows).await?;
        note(&mut admin, "staff", &people.note).await?;
    }
    owner.close().await?;

    let sampled = is_noted("samples", &sample.to_string());
    if !sampled {
        report(Step::Samples, 45);
        load::load(&mut admin, sample, |part| {
            report(Step::Samples, 45 + part / 2);
        })
        .await?;
        admin.script(include_str!("sql/events.sql")).await?;
        note(&mut admin, "samples", &sample.to_string()).await?;
    }
    // Once: whoever opens the sandbox keeps the count from then on, as that of any database.
    if !is_noted("counted", &sample.to_string()) {
        report(Step::Counting, 96);
        count(server, now, !sampled).await?;
        note(&mut admin, "counted", &sample.to_string()).await?;
    }
    Ok(admin.close().await?)
}

/// Who works in the sandbox, and whose keys open what is sealed in it.
struct People {
    /// Logins of the server.
    logins: String,
    /// Rows of the database.
    rows: String,
    /// Another one for other people: a digest.
    note: String,
}

fn people(password: &str, keys: &[Recipient]) -> People {
    let logins = staff_logins(password);
    let recipient =
        |key: &Recipient| include_str!("sql/recipient.sql").replace("{key}", &key.to_string());
    let rows: String = std::iter::once(include_str!("sql/staff.sql").to_owned())
        .chain(keys.iter().map(recipient))
        .collect();
    let note = hex::encode(
        Sha256::new()
            .chain_update(&logins)
            .chain_update(&rows)
            .finalize(),
    );
    People { logins, rows, note }
}

/// Logins of the sandbox's staff, which share the owner's password: they guard the same invented data.
fn staff_logins(password: &str) -> String {
    ["support", "finance", "admin", "auditor"]
        .map(|group| {
            format!(
                "do $$ begin create role sandbox_{group} login; \
                 exception when duplicate_object then null; end $$; \
                 alter role sandbox_{group} password '{password}';"
            )
        })
        .concat()
}

/// Fills the rollups, so that the first screen shows figures. Samples that were made anew are compared
/// whole: they are not what was counted of the old ones.
async fn count(server: &Server, now: OffsetDateTime, anew: bool) -> Result<(), StoreError> {
    let address = address(OWNER, server.port);
    let store = Store::new(connect::pool(&address, Some(&server.logins.owner), 1)?);
    let clock = At(now);
    let counted = async {
        // Busy is another program that has this sandbox open, and does it.
        check_rollups(&store, &clock, anew).await?.ok();
        refresh_rollups(&store, &clock).await
    };
    let counted = counted.await;
    store.close().await;
    counted.map(|_| ())
}

/// The time of the samples.
struct At(OffsetDateTime);

impl Clock for At {
    fn now(&self) -> OffsetDateTime {
        self.0
    }
}

async fn notes(admin: &mut Direct) -> Result<HashMap<String, String>, StoreError> {
    let there: Vec<(Option<String>,)> = admin.all(MANIFEST_THERE).await?;
    if there.iter().all(|(name,)| name.is_none()) {
        return Ok(HashMap::new());
    }
    let rows: Vec<(String, String)> = admin.all(MANIFEST).await?;
    Ok(rows.into_iter().collect())
}

/// Both texts are ours and hold no quote.
async fn note(admin: &mut Direct, name: &str, value: &str) -> Result<(), StoreError> {
    admin
        .script(&format!(
            "insert into hopsdesk_sandbox.manifest (name, value) values ('{name}', '{value}') \
             on conflict (name) do update set value = excluded.value"
        ))
        .await
}
