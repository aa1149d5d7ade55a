//! Sends a sample to Postgres.
//!
//! It goes in one transaction, so that a crash leaves the old sample or the new one. Triggers and foreign
//! keys rest meanwhile (only a superuser may ask for that): the rows agree by construction, and a test
//! checks every key afterwards. Into empty tables rows go frozen and past the write-ahead log, and
//! the indexes are built at the end; that makes the first start quick.

use crate::sandbox::failure::SandboxError;
use crate::sandbox::sample::Sample;
use crate::sandbox::sample::tables::Table;
use crate::store::direct::Direct;
use crate::store::door::Statement;

const USERS_THERE: Statement = Statement {
    name: "users_there.sql",
    sql: include_str!("../sql/users_there.sql"),
};

const SECONDARY_INDEXES: Statement = Statement {
    name: "secondary_indexes.sql",
    sql: include_str!("../sql/secondary_indexes.sql"),
};

/// Replaces the sample, if there is one; tells how far it is, 0 to 100.
pub(in crate::sandbox) async fn load(
    admin: &mut Direct,
    sample: &Sample,
    mut done: impl FnMut(u8),
) -> Result<(), SandboxError> {
    admin
        .script(
            "begin; \
             set local session_replication_role = replica; \
             set local synchronous_commit = off; \
             set local maintenance_work_mem = '256MB'",
        )
        .await?;
    let there: Vec<(bool,)> = admin.all(USERS_THERE).await?;
    let empty = there.iter().all(|(there,)| !there);
    let loaded = if empty {
        load_empty(admin, sample, &mut done).await
    } else {
        load_again(admin, sample, &mut done).await
    };
    match loaded {
        Ok(()) => admin.script("commit").await?,
        Err(error) => {
            // What went wrong first is the news.
            let _ = admin.script("rollback").await;
            return Err(error);
        }
    }
    let tables: Vec<_> = Table::ALL
        .iter()
        .map(|table| format!("public.{}", table.name()))
        .collect();
    // Frozen rows need no vacuum.
    let tidy = if empty { "analyze" } else { "vacuum (analyze)" };
    admin
        .script(&format!("{tidy} {}", tables.join(", ")))
        .await?;
    done(100);
    Ok(())
}

async fn load_empty(
    admin: &mut Direct,
    sample: &Sample,
    done: &mut impl FnMut(u8),
) -> Result<(), SandboxError> {
    // Truncated in this transaction, a table may be filled without writing the log as well.
    let tables: Vec<_> = Table::ALL
        .iter()
        .map(|table| format!("public.{}", table.name()))
        .collect();
    admin
        .script(&format!("truncate {}", tables.join(", ")))
        .await?;
    let indexes: Vec<(String, String)> = admin.all(SECONDARY_INDEXES).await?;
    let names: Vec<_> = indexes.iter().map(|(name, _)| name.as_str()).collect();
    if !names.is_empty() {
        admin
            .script(&format!("drop index {}", names.join(", ")))
            .await?;
    }
    send(admin, sample, " with (freeze)", |part| {
        done(between(0, 70, part));
    })
    .await?;
    for (number, (_, definition)) in indexes.iter().enumerate() {
        admin.script(definition).await?;
        done(between(70, 100, percent(number + 1, indexes.len())));
    }
    admin
        .script(include_str!("../sql/sample_users.sql"))
        .await?;
    Ok(())
}

async fn load_again(
    admin: &mut Direct,
    sample: &Sample,
    done: &mut impl FnMut(u8),
) -> Result<(), SandboxError> {
    admin
        .script(include_str!("../sql/samples_leave.sql"))
        .await?;
    send(admin, sample, "", |part| done(between(0, 90, part))).await?;
    admin
        .script(include_str!("../sql/samples_return.sql"))
        .await?;
    Ok(())
}

async fn send(
    admin: &mut Direct,
    sample: &Sample,
    with: &str,
    mut done: impl FnMut(u8),
) -> Result<(), SandboxError> {
    for batch in sample.batches() {
        for (table, rows) in batch.sent {
            let (name, columns) = (table.name(), table.columns());
            let statement = format!("copy public.{name} ({columns}) from stdin{with}");
            admin.copy_in(&statement, [rows]).await?;
        }
        done(percent(batch.users as usize, sample.users as usize));
    }
    Ok(())
}

fn percent(part: usize, whole: usize) -> u8 {
    u8::try_from(part * 100 / whole.max(1)).unwrap_or(100)
}

/// The place in a stretch of the whole when `part` percent of the stretch are done.
fn between(from: u8, to: u8, part: u8) -> u8 {
    from + u8::try_from(u16::from(to - from) * u16::from(part) / 100).unwrap_or(0)
}
