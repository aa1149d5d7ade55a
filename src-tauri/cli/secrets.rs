//! `secrets`: sealing the keys of clusters.

mod telling;

use std::fs::OpenOptions;
use std::io::{Write as _, stderr, stdout};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::cli::failure::CliError;
use crate::cli::secrets::telling::{ended, is_done, is_resealed, is_well};
use crate::cli::settings::{DatabaseSettings, identities};
use crate::config::{ConfigError, Variables};
use crate::domain::random::Random;
use crate::domain::sealed::{RecipientOnRecord, SecretKind};
use crate::secrets::sealing::{Identities, Recipient};
use crate::store::connect;
use crate::store::door::Store;
use crate::store::failure::StoreError;
use crate::store::sealing::{self, FormerSecret};
use crate::usecases::seal_in_place::{Order, put_back, seal_in_place};
use crate::usecases::seal_secrets::{Again, adopt, import, reseal, verify};
use crate::wire::time::rfc3339;

/// The setting that holds private keys.
pub const IDENTITY: &str = "HOPSDESK_IDENTITY";

/// What to do with the secrets of clusters.
#[derive(Debug, Subcommand)]
pub enum Secrets {
    /// Make a private key in a new file that only you can read, and print its public key
    ///
    /// The file is what `HOPSDESK_IDENTITY_FILE` is set to where `serve` runs. Keep a second one elsewhere, and
    /// make both recipients: what is sealed to a key that is lost can be opened by nobody.
    Keygen {
        /// The new file
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
    },
    /// To whom secrets are sealed
    #[command(subcommand)]
    Recipients(Recipients),
    /// Seal what is plain in the service's table, as copies; the table itself is not touched
    ///
    /// A sealed copy is used from then on in place of the plain one: have `serve` run with an identity that opens it
    /// before. What the service's own column holds stays there in plain, unless `--in-place` takes it out.
    Import(ToImport),
    /// Seal anew what is sealed to others than today's recipients. Needs `HOPSDESK_IDENTITY`
    Reseal {
        /// Why, for the record
        #[arg(long)]
        reason: String,
    },
    /// Put back in plain what `import --in-place` sealed in the service's own columns, also where no copy of it is here any more. Says what it would do, and does nothing
    /// without `--yes`. Needs `HOPSDESK_IDENTITY`
    PutBack {
        /// Do it
        #[arg(long)]
        yes: bool,
        /// Why, for the record
        #[arg(long)]
        reason: String,
    },
    /// Print what was replaced by another secret and can come back, and when each was sealed
    Former,
    /// Bring back one that was replaced, in exchange for what there is now
    Restore {
        #[command(flatten)]
        of: Of,
        /// When it was sealed, as `secrets former` prints it; left out: the one before what there is
        #[arg(long, value_name = "TIME", value_parser = time_of)]
        sealed_at: Option<OffsetDateTime>,
    },
    /// Remove a sealed copy, and those it replaced. The plain one in the service's table, if there is one, is used again
    Remove {
        #[command(flatten)]
        of: Of,
    },
    /// Open everything that is sealed, and say what does not open. Changes nothing. Exit code 1: something
    /// is plain and not sealed, outdated, or does not open. What is sealed and also in plain passes, and is told
    Verify,
}

/// How to import.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own"
)]
#[derive(Debug, Args)]
pub struct ToImport {
    /// Seal again what is sealed already, too: where a copy is damaged, or sealed to keys that are lost
    #[arg(long)]
    anew: bool,
    /// Then put each sealed copy in place of the plain one in the service's own column, once it was opened here and is
    /// equal to it. Says what it would do, and does nothing without `--yes`. Needs `HOPSDESK_IDENTITY`
    #[arg(long)]
    in_place: bool,
    /// Do it
    #[arg(long, requires = "in_place")]
    yes: bool,
    /// Nothing but Hopsdesk reads these columns, though an effect that would is not live here
    #[arg(long, requires = "in_place")]
    taken_over: bool,
    /// Why, for the record
    #[arg(long)]
    reason: String,
}

/// One secret.
#[derive(Debug, Args)]
pub struct Of {
    /// The cluster's id
    cluster: String,
    /// Which of its secrets
    #[arg(value_enum)]
    kind: Kind,
    /// Why, for the record
    #[arg(long)]
    reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Kind {
    ApiKey,
    Kubeconfig,
}

impl From<Kind> for SecretKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::ApiKey => Self::ApiKey,
            Kind::Kubeconfig => Self::Kubeconfig,
        }
    }
}

/// To whom secrets are sealed.
#[derive(Debug, Subcommand)]
pub enum Recipients {
    /// Seal to this public key from now on; what is sealed already follows with `reseal`
    Add {
        /// The public key, age1…
        key: String,
        /// What people call it: a person, a program
        #[arg(long)]
        name: String,
        /// Why, for the record
        #[arg(long)]
        reason: String,
    },
    /// Print every recipient: name, public key, since when
    List,
    /// Seal to it no more; what is sealed already opens for it until `reseal`
    Remove {
        /// The public key, or the name
        key: String,
        /// Why, for the record
        #[arg(long)]
        reason: String,
    },
}

/// Runs one of them.
///
/// # Errors
/// [`CliError`]
pub async fn run(
    command: &Secrets,
    variables: Variables<'_>,
    random: &dyn Random,
    reference: &str,
) -> Result<(), CliError> {
    if let Secrets::Keygen { to } = command {
        return keygen(to);
    }
    let identities = identities(variables)?;
    let login = DatabaseSettings::read(variables)?.main();
    let place = login.address.to_string();
    let failed = |error: StoreError| CliError::store(&error, &place, reference);
    let pool = connect::pool(&login.address, login.password.as_ref(), 1).map_err(failed)?;
    let store = Store::new(pool);
    let done = match command {
        Secrets::Keygen { .. } => Ok(()),
        Secrets::Recipients(Recipients::Add { key, name, reason }) => {
            add(&store, key, name, reason)
                .await
                .map_err(|error| match error {
                    AddError::Key(error) => error,
                    AddError::Store(error) => failed(error),
                })
        }
        Secrets::Recipients(Recipients::List) => match sealing::recipients(&store).await {
            Ok(recipients) => listed(&recipients),
            Err(error) => Err(failed(error)),
        },
        Secrets::Recipients(Recipients::Remove { key, reason }) => {
            sealing::remove(&store, key, reason)
                .await
                .map_err(failed)
                .map(|()| {
                    say("What is sealed already opens for it until you run `secrets reseal`.");
                })
        }
        Secrets::Import(how) => do_import(&store, random, identities, how, failed).await,
        Secrets::PutBack { yes, reason } => {
            let order = Order {
                dry: !yes,
                taken_over: false,
                reason,
            };
            do_put_back(&store, identities, order, failed).await
        }
        Secrets::Reseal { reason } => match needed(identities) {
            Ok(identities) => {
                let run = reseal(&store, random, &identities, reason).await;
                match ended(run, is_resealed, failed) {
                    // Only now: what could not be sealed anew may be opened by what was.
                    Ok(()) => match sealing::forget_former(&store, reason).await {
                        Ok(forgotten) => {
                            if forgotten > 0 {
                                say(&format!(
                                    "{forgotten} replaced secrets that former recipients open are forgotten."
                                ));
                            }
                            Ok(())
                        }
                        Err(error) => Err(failed(error)),
                    },
                    failed => failed,
                }
            }
            Err(error) => Err(error),
        },
        Secrets::Former => match sealing::former(&store).await {
            Ok(former) => former_listed(&former),
            Err(error) => Err(failed(error)),
        },
        Secrets::Restore { of, sealed_at } => {
            let (kind, reason) = (of.kind.into(), &of.reason);
            sealing::restore(&store, &of.cluster, kind, *sealed_at, reason)
                .await
                .map_err(failed)
                .map(|()| {
                    say("It is used from now on. What there was can come back: `secrets former`.");
                })
        }
        Secrets::Remove { of } => sealing::remove_copy(
            &store,
            &of.cluster,
            of.kind.into(),
            &of.reason,
        )
        .await
        .map_err(failed)
        .map(|()| {
            say("The sealed copy is gone. What it opened is good until the cluster has another.");
        }),
        Secrets::Verify => ended(verify(&store, &identities).await, is_well, failed),
    };
    store.close().await;
    done
}

async fn do_import(
    store: &Store,
    random: &dyn Random,
    identities: Identities,
    how: &ToImport,
    failed: impl Fn(StoreError) -> CliError,
) -> Result<(), CliError> {
    let again = if how.anew {
        Again::Always
    } else {
        Again::WhereItDiffers
    };
    if !how.in_place {
        return imported(store, random, &identities, again, &how.reason, failed).await;
    }
    let order = Order {
        dry: !how.yes,
        taken_over: how.taken_over,
        reason: &how.reason,
    };
    let identities = needed(identities)?;
    in_place_too(store, random, &identities, again, order, failed).await
}

async fn do_put_back(
    store: &Store,
    identities: Identities,
    order: Order<'_>,
    failed: impl Fn(StoreError) -> CliError,
) -> Result<(), CliError> {
    let run = put_back(store, &needed(identities)?, order).await;
    let nothing = matches!(&run, Ok(reported) if reported.is_empty());
    let done = ended(run, is_done, failed);
    if nothing {
        say("Nothing is sealed in the service's own table: there is nothing to put back.");
    } else {
        tell_dry(order.dry);
    }
    done
}

/// Seals what is plain, and takes over what is sealed in the service's own table alone, where a key here opens it.
async fn imported(
    store: &Store,
    random: &dyn Random,
    identities: &Identities,
    again: Again,
    reason: &str,
    failed: impl Fn(StoreError) -> CliError,
) -> Result<(), CliError> {
    let adopted = if identities.is_empty() {
        Ok(())
    } else {
        let adopted = adopt(store, random, identities, reason).await;
        ended(adopted, is_done, &failed)
    };
    ended(import(store, random, again, reason).await, is_done, failed).and(adopted)
}

/// Seals copies first. Where one could not be made, the plain one stays, and holds up no other.
async fn in_place_too(
    store: &Store,
    random: &dyn Random,
    identities: &Identities,
    again: Again,
    order: Order<'_>,
    failed: impl Fn(StoreError) -> CliError,
) -> Result<(), CliError> {
    let sealed = if order.dry {
        Ok(())
    } else {
        imported(store, random, identities, again, order.reason, &failed).await
    };
    let run = seal_in_place(store, identities, order).await;
    let done = ended(run, is_done, failed);
    tell_dry(order.dry);
    done.and(sealed)
}

fn tell_dry(dry: bool) {
    if dry {
        say("Nothing was changed. Add --yes to do it.");
    }
}

fn needed(identities: Identities) -> Result<Identities, CliError> {
    if identities.is_empty() {
        let problem = "is not set; it is the private key of a recipient, or set HOPSDESK_IDENTITY_FILE to its file";
        return Err(ConfigError::new(IDENTITY, problem).into());
    }
    Ok(identities)
}

fn keygen(to: &Path) -> Result<(), CliError> {
    let made = Identities::generate();
    let mut options = OpenOptions::new();
    // Never over one that is there: what is sealed to that would be lost.
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let failed = |error: std::io::Error| {
        CliError::Failed(format!("Cannot write {}: {error}.", to.display()))
    };
    let mut file = options.open(to).map_err(failed)?;
    file.write_all(made.written().expose().as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(failed)?;
    say(&format!(
        "The private key is in {}, and nowhere else. This is its public key, for `secrets recipients add`:",
        to.display()
    ));
    for recipient in made.recipients() {
        writeln!(stdout(), "{recipient}")?;
    }
    Ok(())
}

enum AddError {
    Key(CliError),
    Store(StoreError),
}

async fn add(store: &Store, key: &str, name: &str, reason: &str) -> Result<(), AddError> {
    let key: Recipient = key
        .parse()
        .map_err(|error| AddError::Key(CliError::Failed(format!("What you gave {error}."))))?;
    sealing::add(store, &key.to_string(), name, reason)
        .await
        .map_err(AddError::Store)
}

fn listed(recipients: &[RecipientOnRecord]) -> Result<(), CliError> {
    let mut out = stdout().lock();
    for recipient in recipients {
        let state = match recipient.removed_at {
            Some(at) => format!("removed {}", at.date()),
            None => format!("since {}", recipient.added_at.date()),
        };
        writeln!(out, "{}\t{}\t{state}", recipient.name, recipient.public_key)?;
    }
    Ok(out.flush()?)
}

fn former_listed(former: &[FormerSecret]) -> Result<(), CliError> {
    let mut out = stdout().lock();
    for secret in former {
        writeln!(
            out,
            "{}\t{}\t{}\tsealed by {}, replaced by {} {}",
            secret.cluster_id,
            secret.kind,
            rfc3339(secret.sealed_at),
            secret.sealed_by,
            secret.replaced_by,
            rfc3339(secret.replaced_at)
        )?;
    }
    Ok(out.flush()?)
}

fn time_of(text: &str) -> Result<OffsetDateTime, String> {
    OffsetDateTime::parse(text, &Rfc3339)
        .map_err(|_| "write it as `secrets former` prints it: 2026-11-26T12:00:00Z".to_owned())
}

/// A line for the person. Nobody reading is no failure.
fn say(line: &str) {
    let _ = writeln!(stderr(), "{line}");
}
