//! The database: what answers, through what, as whom, and how much room it has.

use time::Duration;

use crate::cli::doctor::certificates;
use crate::cli::doctor::console::about_console;
use crate::cli::doctor::findings::Findings;
use crate::cli::doctor::sealing::about_sealing;
use crate::cli::settings::DatabaseSettings;
use crate::config::database::{DatabaseAddress, PoolMode};
use crate::domain::clock::Clock;
use crate::secrets::sealing::Identities;
use crate::store::connect;
use crate::store::doctor::{Found, examine};
use crate::store::door::Store;
use crate::store::pooling::keeps_sessions;
use crate::wire::store_failure::store_failure;

/// Stripe's signatures are five minutes good; what comes near is told before.
const CLOCKS_APART: Duration = Duration::seconds(30);

/// An inbox that is larger than half of a database that has more than this.
const LARGE: i64 = 10 << 30;

/// Everything about the database.
pub(super) async fn look_at_database(
    settings: &DatabaseSettings,
    keys: &Identities,
    clock: &dyn Clock,
    reference: &str,
    findings: &mut Findings,
) {
    let login = &settings.main();
    let place = login.address.to_string();
    let pool = match connect::pool(&login.address, login.password.as_ref(), 2) {
        Ok(pool) => pool,
        Err(error) => {
            let failure = store_failure(&error, &place, reference);
            findings.bad("database", failure.message, "Look at DATABASE_CA_FILE.");
            return;
        }
    };
    let store = Store::new(pool);
    match examine(&store).await {
        Ok(found) => {
            about_login(&found, findings);
            about_pooler(settings, findings).await;
            certificates::of_database(&login.address, clock, findings).await;
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
            disk(&found, &login.address, findings);
            about_console(&store, &place, reference, clock, findings).await;
            about_sealing(&store, keys, clock, findings).await;
        }
        Err(error) => {
            let failure = store_failure(&error, &place, reference);
            findings.bad(
                "database",
                failure.message,
                "Nothing works until the database answers.",
            );
        }
    }
    store.close().await;
}

/// What stands behind the addresses, and whether it is what they are taken for.
async fn about_pooler(settings: &DatabaseSettings, findings: &mut Findings) {
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
        Err(_) => findings.unknown(
            "pooler",
            "Whether DATABASE_URL keeps sessions could not be found out",
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
            store_failure(&error, &direct.address.to_string(), "").message,
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
fn disk(found: &Found, address: &DatabaseAddress, findings: &mut Findings) {
    let folder = found.folder.as_deref().filter(|_| address.is_loopback());
    let Some((free, whole)) = folder.and_then(free_in) else {
        findings.unknown(
            "disk",
            "How much room the database's disk has left is not known here",
            "See that its own monitoring warns before it is full: a full disk stores no event.",
        );
        return;
    };
    let percent = free * 100 / whole.max(1);
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

/// Bytes that are free, and bytes that there are; none where the folder is not to be seen.
#[cfg(unix)]
fn free_in(folder: &str) -> Option<(u64, u64)> {
    let about = nix::sys::statvfs::statvfs(folder).ok()?;
    let block = about.fragment_size();
    Some((about.blocks_available() * block, about.blocks() * block))
}

#[cfg(not(unix))]
fn free_in(_: &str) -> Option<(u64, u64)> {
    None
}
