//! `detach`: keeps what would be lost in files, then takes everything of ours away.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _, stderr};
use std::path::{Path, PathBuf};

use crate::cli::Detach;
use crate::cli::failure::CliError;
use crate::cli::settings::{DatabaseLogin, DatabaseSettings};
use crate::config::Variables;
use crate::store::attach::detach::{self, Loss};
use crate::store::direct::Direct;
use crate::store::failure::StoreError;

/// Shows what would be lost (`--dry-run`), or keeps it and detaches.
///
/// # Errors
/// [`CliError`]; then the database is as it was.
pub async fn run(
    command: &Detach,
    variables: Variables<'_>,
    reference: &str,
) -> Result<(), CliError> {
    let DatabaseLogin {
        address, password, ..
    } = DatabaseSettings::read(variables)?.direct()?;
    let place = address.to_string();
    let failed = |error: &StoreError| CliError::store(error, &place, reference);
    let mut direct = Direct::open(&address, password.as_ref())
        .await
        .map_err(|error| failed(&error))?;
    let Some(loss) = detach::loss(&mut direct)
        .await
        .map_err(|error| failed(&error))?
    else {
        say(&format!("{place}: nothing of Hopsdesk is there"));
        return Ok(());
    };
    tell(&loss);
    if !loss.dependents.is_empty() {
        return Err(CliError::Failed(format!(
            "These read the console's views and are not ours to remove: {}. Drop them first.",
            loss.dependents.join(", ")
        )));
    }
    if command.dry_run {
        say("nothing was changed");
        return Ok(());
    }
    if !command.yes && (loss.live || loss.entries > 0 || loss.sealed_alone > 0) {
        return Err(CliError::Failed(
            "Something of this is live or on record. Say --yes to keep it in files and detach."
                .to_owned(),
        ));
    }
    let mut files = Files::new(&command.to)?;
    let files = std::cell::RefCell::new(&mut files);
    let detached = detach::detach(
        &mut direct,
        |table, row| files.borrow_mut().keep(table, row).map_err(Stopped::Files),
        || files.borrow_mut().close().map_err(Stopped::Files),
    )
    .await
    .map_err(|stopped| match stopped {
        Stopped::Store(error) => failed(&error),
        Stopped::Files(error) => CliError::Failed(format!(
            "Cannot keep it in {}: {error}. Nothing was changed.",
            command.to.display()
        )),
    })?;
    say(&format!("kept in {}", command.to.display()));
    for (what, _) in detach::NOT_KEPT {
        say(&format!("not kept: {what}"));
    }
    say(&format!(
        "detached {place}; the service's own tables are as they were"
    ));
    if loss.sealed_there > 0 {
        say(&format!(
            "{} secrets of clusters stand sealed in them: the service's own programs cannot use these. \
             `age -d -i KEY` opens each",
            loss.sealed_there
        ));
    }
    if !detached.left.is_empty() {
        say(&format!(
            "left, since another database or owner needs them: {}",
            detached.left.join(", ")
        ));
    }
    Ok(())
}

/// Why detaching stopped.
enum Stopped {
    Store(StoreError),
    Files(std::io::Error),
}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// One file a table, a row of JSON a line.
struct Files {
    folder: PathBuf,
    open: HashMap<&'static str, BufWriter<File>>,
}

impl Files {
    fn new(folder: &Path) -> Result<Self, CliError> {
        fs::create_dir(folder).map_err(|error| {
            CliError::Failed(format!(
                "Cannot make the folder {}: {error}. Name one that is not there with --to.",
                folder.display()
            ))
        })?;
        Ok(Self {
            folder: folder.to_owned(),
            open: HashMap::new(),
        })
    }

    fn keep(&mut self, table: &'static str, row: &str) -> std::io::Result<()> {
        let file = match self.open.entry(table) {
            std::collections::hash_map::Entry::Occupied(there) => there.into_mut(),
            std::collections::hash_map::Entry::Vacant(free) => {
                let path = self.folder.join(format!("{table}.jsonl"));
                free.insert(BufWriter::new(File::create_new(path)?))
            }
        };
        writeln!(file, "{row}")
    }

    /// Only what is on the disk is kept.
    fn close(&mut self) -> std::io::Result<()> {
        for file in self.open.values_mut() {
            file.flush()?;
            file.get_ref().sync_all()?;
        }
        Ok(())
    }
}

fn tell(loss: &Loss) {
    say(&format!(
        "on record: {} entries of the audit trail, {} of the ledger, {} notes; {} members of staff could \
         not sign in any more",
        loss.entries, loss.ledger, loss.notes, loss.staff
    ));
    if loss.pending > 0 {
        say(&format!(
            "{} effects still wait to be done in other systems, and would not be",
            loss.pending
        ));
    }
    if loss.sealed_alone > 0 {
        say(&format!(
            "{} secrets of clusters are nowhere but in sealed copies: what is kept of them opens with the private keys \
             alone. `secrets put-back` puts those that stand sealed in the service's own table back in plain",
            loss.sealed_alone
        ));
    }
    if loss.live {
        say("effects are live: what Hopsdesk does here nobody would do any more");
    }
}

/// A line for the person. Nobody reading is no failure.
fn say(line: &str) {
    let _ = writeln!(stderr(), "{line}");
}
