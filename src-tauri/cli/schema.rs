//! `migrate` and `attach`.

use std::io::{Write as _, stderr, stdout};

use crate::cli::failure::CliError;
use crate::cli::indexes;
use crate::cli::settings::{DatabaseLogin, DatabaseSettings};
use crate::cli::{Attach, Migrate};
use crate::config::Variables;
use crate::store::attach::run;
use crate::store::direct::Direct;
use crate::store::migrate::{self, MigrationSet};

/// Makes the named schemas, then attaches; or prints them. `reference` goes into a failure that nobody
/// foresaw.
///
/// # Errors
/// [`CliError`]; the set that failed left nothing behind.
pub async fn migrate(
    command: &Migrate,
    variables: Variables<'_>,
    reference: &str,
) -> Result<(), CliError> {
    if command.print {
        let mut out = stdout().lock();
        for set in &command.sets {
            write!(out, "{}", migrate::script(*set))?;
        }
        return Ok(out.flush()?);
    }
    let mut session = Session::open(variables, reference).await?;
    let fresh: Vec<_> = command
        .sets
        .iter()
        .copied()
        .filter(|set| *set != MigrationSet::Console)
        .collect();
    let applied = migrate::migrate(&mut session.direct, &fresh)
        .await
        .map_err(|error| CliError::migration(&error, &session.place, reference))?;
    for migration in &applied {
        say(&format!("applied {migration}"));
    }
    session.attach(reference).await
}

/// Attaches, shows what that would do, or takes the views away.
///
/// # Errors
/// [`CliError`]; then nothing was changed.
pub async fn attach(
    command: &Attach,
    variables: Variables<'_>,
    reference: &str,
) -> Result<(), CliError> {
    if command.indexes {
        return indexes::run(command, variables, reference).await;
    }
    let mut session = Session::open(variables, reference).await?;
    if command.dry_run {
        return session.preview(reference).await;
    }
    if command.release {
        return session.release(reference).await;
    }
    session.attach(reference).await
}

/// A session that may change the schema, and what sentences call the database.
struct Session {
    direct: Direct,
    place: String,
}

impl Session {
    async fn open(variables: Variables<'_>, reference: &str) -> Result<Self, CliError> {
        let DatabaseLogin {
            address, password, ..
        } = DatabaseSettings::read(variables)?.direct()?;
        let place = address.to_string();
        match Direct::open(&address, password.as_ref()).await {
            Ok(direct) => Ok(Self { direct, place }),
            Err(error) => Err(CliError::store(&error, &place, reference)),
        }
    }

    async fn attach(&mut self, reference: &str) -> Result<(), CliError> {
        let attached = run::attach(&mut self.direct)
            .await
            .map_err(|error| CliError::attach(&error, &self.place, reference))?;
        for migration in &attached.migrated {
            say(&format!("applied {migration}"));
        }
        let views = if attached.renewed {
            "made anew"
        } else {
            "up to date already"
        };
        say(&format!(
            "attached {} ({}): views and functions {views}",
            self.place, attached.plan.generation
        ));
        for function in &attached.plan.functions {
            if let Some(reason) = &function.reason {
                say(&format!("not made: function {}: {reason}", function.name));
            }
        }
        Ok(())
    }

    async fn preview(&mut self, reference: &str) -> Result<(), CliError> {
        let preview = run::preview(&mut self.direct)
            .await
            .map_err(|error| CliError::attach(&error, &self.place, reference))?;
        if preview.script.is_empty() {
            say("nothing to do: everything is up to date");
        }
        let mut out = stdout().lock();
        out.write_all(preview.script.as_bytes())?;
        Ok(out.flush()?)
    }

    async fn release(&mut self, reference: &str) -> Result<(), CliError> {
        let released = run::release(&mut self.direct)
            .await
            .map_err(|error| CliError::attach(&error, &self.place, reference))?;
        say(if released {
            "released: the views and generated functions are gone, everything else stays. Change the \
             tables, then run `hopsdesk-webhook attach`"
        } else {
            "nothing to release: there are no views"
        });
        Ok(())
    }
}

/// A line for the person; stdout is for data. Nobody reading is no failure.
fn say(line: &str) {
    let _ = writeln!(stderr(), "{line}");
}
