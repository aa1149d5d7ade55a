//! The database: what answers, through what, as whom, and how much room it has.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use time::Duration;

use crate::cli::doctor::certificates;
use crate::cli::doctor::console::about_console;
use crate::cli::doctor::findings::Findings;
use crate::cli::doctor::sealing::about_sealing;
use crate::cli::failure::CliError;
use crate::cli::settings::DatabaseSettings;
use crate::config::database::{DatabaseAddress, PoolMode};
use crate::domain::clock::Clock;
use crate::secrets::sealing::Identities;
use crate::store::connect;
use crate::store::doctor::{Found, Server, examine, identify};
use crate::store::door::Store;
use crate::store::pooling::keeps_sessions;

/// Stripe's signatures are five minutes good; what comes near is told before.
const CLOCKS_APART: Duration = Duration::seconds(30);

/// An inbox that is larger than half of a database that has more than this.
const LARGE: i64 = 10 << 30;

/// How many seconds a server may take from its file to the time at which it says that it was started: recovery comes later.
const START: i64 = 60;

/// Everything about the database.
pub(super) async fn look_at_database(
    settings: &DatabaseSettings,
    keys: &Result<Identities, CliError>,
    clock: &dyn Clock,
    reference: &str,
    findings: &mut Findings,
) {
    let login = &settings.main();
    let place = login.address.to_string();
    let pool = match connect::pool(&login.address, login.password.as_ref(), 2) {
        Ok(pool) => pool,
        Err(error) => {
            let why = CliError::store(&error, &place, reference).to_string();
            findings.bad("database", why, "Look at DATABASE_CA_FILE.");
            return;
        }
    };
    let store = Store::new(pool);
    match examine(&store).await {
        Ok(found) => {
            about_login(&found, findings);
            about_pooler(settings, reference, findings).await;
            about_certificates(settings, clock, findings).await;
            let apart = (found.now - clock.now()).abs();
            if apart > CLOCKS_APART {
                let said = format!(
                    "The database's clock and this machine's are {} seconds apart",
                    apart.whole_seconds()
                );
                findings.bad(
                    "clocks",
                    said,
                    "Have both follow a time server: signatures are five minutes good.",
                );
            } else {
                findings.ok("clocks", "The database's clock and this machine's agree");
            }
            sizes(&found, findings);
            disk(&store, &found, &login.address, findings).await;
            about_console(&store, &place, reference, clock, findings).await;
            about_sealing(&store, keys, clock, findings).await;
        }
        Err(error) => {
            findings.bad(
                "database",
                CliError::store(&error, &place, reference).to_string(),
                "Nothing works until the database answers.",
            );
        }
    }
    store.close().await;
}

/// Those of both addresses.
async fn about_certificates(
    settings: &DatabaseSettings,
    clock: &dyn Clock,
    findings: &mut Findings,
) {
    let main = settings.main().address;
    certificates::of_database("database_certificate", &main, clock, findings).await;
    if let Ok(direct) = settings.direct()
        && (&direct.address.host, direct.address.port) != (&main.host, main.port)
    {
        certificates::of_database("direct_certificate", &direct.address, clock, findings).await;
    }
}

/// What stands behind the addresses, and whether it is what they are taken for.
async fn about_pooler(settings: &DatabaseSettings, reference: &str, findings: &mut Findings) {
    let main = settings.main();
    let taken = main.address.pool_mode;
    match keeps_sessions(&main.address, main.password.as_ref()).await {
        Ok(false) if taken == PoolMode::Transaction => findings.ok(
            "pooler",
            "DATABASE_URL leads through a pooler of transactions, and is taken for that",
        ),
        Ok(false) => findings.bad(
            "pooler",
            "DATABASE_URL leads through a pooler of transactions, and is taken for one that keeps sessions",
            "Set DATABASE_POOL_MODE=transaction, and DATABASE_DIRECT_URL for migrate and attach.",
        ),
        Ok(true) if taken == PoolMode::Transaction => findings.ok(
            "pooler",
            "DATABASE_URL keeps sessions, and is taken for a pooler of transactions, which works; \
             DATABASE_POOL_MODE=direct spares round trips",
        ),
        Ok(true) => findings.ok(
            "pooler",
            "DATABASE_URL keeps sessions: Postgres itself, or a pooler of sessions",
        ),
        Err(error) => findings.unknown(
            "pooler",
            format!(
                "Whether DATABASE_URL keeps sessions could not be found out: {}",
                CliError::store(&error, &main.address.to_string(), reference)
            ),
            "It takes two connections at a time: see how many the login, or the pooler, may have.",
        ),
    }
    let Ok(direct) = settings.direct() else {
        return;
    };
    if direct.address == main.address {
        return;
    }
    match keeps_sessions(&direct.address, direct.password.as_ref()).await {
        Ok(true) => findings.ok(
            "direct",
            "DATABASE_DIRECT_URL keeps sessions, as migrate and attach need",
        ),
        Ok(false) => findings.bad(
            "direct",
            "DATABASE_DIRECT_URL leads through a pooler of transactions",
            "Name the database itself there (at Supabase port 5432): migrate and attach hold locks in a session.",
        ),
        Err(error) => findings.warn(
            "direct",
            CliError::store(&error, &direct.address.to_string(), reference).to_string(),
            "serve does not need it; migrate and attach do.",
        ),
    }
}

fn about_login(found: &Found, findings: &mut Findings) {
    let (major, login) = (found.version / 10_000, &found.login);
    if major < 15 {
        findings.bad(
            "database",
            format!("It is Postgres {major}"),
            "Postgres 15 is the oldest that works.",
        );
    } else {
        findings.ok("database", format!("Postgres {major} answers {login}"));
    }
    if found.superuser || found.owner {
        let what = if found.superuser {
            "may do anything"
        } else {
            "owns the schema console"
        };
        let remedy = "Give serve a login of its own: create role … login password '…' in role console_receiver.";
        findings.warn(
            "login",
            format!("{login} {what}, which serve does not need"),
            remedy,
        );
    } else if found.denied.is_empty() {
        findings.ok(
            "login",
            format!("{login} may do what serve does, and owns nothing"),
        );
    }
    if !found.denied.is_empty() {
        let said = format!("{login} may not call {}", found.denied.join(", "));
        findings.bad(
            "rights",
            said,
            "Run attach, and grant console_receiver to the login.",
        );
    }
    if !found.open_functions.is_empty() {
        let said = format!(
            "Anybody may call functions of the service that act with their owner's rights: {}",
            found.open_functions.join(", ")
        );
        findings.warn(
            "open_functions",
            said,
            "Revoke execute on them from public, where that is not meant.",
        );
    }
}

fn sizes(found: &Found, findings: &mut Findings) {
    let megabytes = found.inbox_bytes >> 20;
    let said = format!(
        "The inbox takes {megabytes} MB of {} MB",
        found.database_bytes >> 20
    );
    if found.inbox_bytes > LARGE && found.inbox_bytes > found.database_bytes / 2 {
        findings.warn(
            "inbox",
            said,
            "See that the disk has room: events are kept.",
        );
    } else {
        findings.ok("inbox", said);
    }
}

/// How much room is left where the database writes. Only the machine it runs on knows: this one, or none that we can ask.
async fn disk(store: &Store, found: &Found, address: &DatabaseAddress, findings: &mut Findings) {
    let room = match found.folder.as_deref().filter(|_| address.is_loopback()) {
        Some(folder) => match identify(store).await {
            // A tunnel, and a port of a container, are on this machine, too.
            Ok(server) if is_of(Path::new(folder), server) => free_in(folder),
            Ok(_) | Err(_) => None,
        },
        None => None,
    };
    let Some((free, whole)) = room else {
        findings.unknown(
            "disk",
            "How much room the database's disk has left is not known here",
            "See that its own monitoring warns before it is full: a full disk stores no event.",
        );
        return;
    };
    // A percent of what there is fits.
    let percent = free / (whole / 100).max(1);
    let said = format!(
        "The database's disk has {} MB left, {percent} %",
        free >> 20
    );
    let remedy = "Make room, or a larger disk: a full one stores no event.";
    if percent < 2 || free < 256 << 20 {
        findings.bad("disk", said, remedy);
    } else if percent < 10 || free < 1 << 30 {
        findings.warn("disk", said, remedy);
    } else {
        findings.ok("disk", said);
    }
}

/// Whether that server writes into this folder: `global/pg_control` begins with the identifier of its data, which a replica
/// has, too, and the third line of `postmaster.pid` says when it was started. Not known to who may not read these.
/// <https://www.postgresql.org/docs/current/storage-file-layout.html>
fn is_of(folder: &Path, server: Server) -> bool {
    let identifier = || {
        let mut first = [0; 8];
        File::open(folder.join("global/pg_control"))
            .and_then(|mut file| file.read_exact(&mut first))
            .ok()?;
        Some(i64::from_ne_bytes(first))
    };
    let started = || {
        let text = std::fs::read_to_string(folder.join("postmaster.pid")).ok()?;
        text.lines().nth(2)?.trim().parse::<i64>().ok()
    };
    let apart = |written: i64| server.started.unix_timestamp().saturating_sub(written);
    // It writes the file a moment before it takes the time that it tells.
    identifier() == Some(server.identifier)
        && started().is_some_and(|written| (-1..=START).contains(&apart(written)))
}

/// Bytes that are free, and bytes that there are; none where the folder is not to be seen.
#[cfg(unix)]
#[expect(
    clippy::useless_conversion,
    reason = "how wide these numbers are depends on the system"
)]
fn free_in(folder: &str) -> Option<(u64, u64)> {
    let about = nix::sys::statvfs::statvfs(folder).ok()?;
    let block = u64::from(about.fragment_size());
    let bytes = |blocks: u64| blocks.saturating_mul(block);
    let (free, whole) = (about.blocks_available(), about.blocks());
    Some((bytes(u64::from(free)), bytes(u64::from(whole))))
}

#[cfg(not(unix))]
fn free_in(_: &str) -> Option<(u64, u64)> {
    None
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_folder_of_the_same_name_is_not_the_servers() {
        let server = Server {
            identifier: 7_400_000_000_000_000_001,
            started: datetime!(2026-11-20 12:00:02 UTC),
        };
        let written = datetime!(2026-11-20 12:00 UTC).unix_timestamp();
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path();
        assert!(!is_of(path, server), "nothing is in it");
        std::fs::create_dir(path.join("global")).expect("a folder");
        let write = |identifier: i64, started: i64| {
            let mut control = identifier.to_ne_bytes().to_vec();
            control.extend([0; 100]);
            std::fs::write(path.join("global/pg_control"), control).expect("a file");
            let lines = format!("4711\n/data\n{started}\n5432\n/tmp\n127.0.0.1\n");
            std::fs::write(path.join("postmaster.pid"), lines).expect("a file");
        };
        write(server.identifier, written);
        assert!(is_of(path, server));
        write(server.identifier + 1, written);
        assert!(!is_of(path, server), "another one's data");
        write(server.identifier, written - 86_400);
        assert!(!is_of(path, server), "a replica of it, started yesterday");
        write(server.identifier, written);
        std::fs::remove_file(path.join("postmaster.pid")).expect("removed");
        assert!(!is_of(path, server), "nothing runs there");
    }
}
