//! `attach --indexes`: the indexes a large service lacks, printed or made, one at a time.

use std::io::{Write as _, stderr, stdout};
use std::time::Duration;

use crate::cli::Attach;
use crate::cli::failure::CliError;
use crate::cli::settings::{DatabaseLogin, DatabaseSettings};
use crate::config::ConfigError;
use crate::config::Variables;
use crate::domain::indexes::{IndexState, Progress, Proposal};
use crate::store::attach::indexes::make::{self, IndexError};
use crate::store::connect;
use crate::store::direct::Direct;
use crate::store::door::Store;
use crate::store::failure::StoreError;
use crate::usecases::propose_indexes::make_index;

/// How often progress is asked for.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Prints the statements (`--dry-run`), or runs them. Through a pooler that keeps no session nothing can be
/// made: then the statements are printed as well, to be run elsewhere.
///
/// # Errors
/// [`CliError`]; indexes made before the one that failed stay.
pub async fn run(
    command: &Attach,
    variables: Variables<'_>,
    reference: &str,
) -> Result<(), CliError> {
    let settings = DatabaseSettings::read(variables)?;
    let direct = settings.direct();
    let login = direct.as_ref().cloned().unwrap_or_else(|_| settings.main());
    let place = login.address.to_string();
    let failed = |error: &StoreError| CliError::store(error, &place, reference);
    let store = open(&login).map_err(|error| failed(&error))?;
    let proposals = make::look(&store).await.map_err(|error| failed(&error))?;
    let wanted: Vec<&Proposal> = proposals
        .iter()
        .filter(|one| one.can_be_made() && (one.worthwhile || command.all))
        .collect();
    tell(&proposals, &wanted);
    if command.dry_run || direct.is_err() {
        print(&wanted)?;
    }
    let done = match direct {
        _ if command.dry_run || wanted.is_empty() => Ok(()),
        Ok(login) => build(&login, &store, &wanted, &place, reference).await,
        Err(error) => Err(only_a_pooler(&error).into()),
    };
    store.close().await;
    done
}

fn only_a_pooler(error: &ConfigError) -> ConfigError {
    let problem = "is needed: Postgres makes no index concurrently through a pooler that keeps no \
                   session. The statements above can be run over a direct or session connection, one \
                   after the other";
    ConfigError::new(&error.name, problem)
}

fn open(login: &DatabaseLogin) -> Result<Store, StoreError> {
    let pool = connect::pool(&login.address, login.password.as_ref(), 2)?;
    Ok(Store::new(pool))
}

/// What there is and what is proposed, on stderr: stdout is for statements.
fn tell(proposals: &[Proposal], wanted: &[&Proposal]) {
    let present = proposals
        .iter()
        .filter(|one| matches!(one.state, IndexState::Present(_)))
        .count();
    let all = proposals.len();
    say(&format!(
        "{present} of {all} indexes that our statements use are there, {} proposed",
        wanted.len()
    ));
    let small = proposals
        .iter()
        .filter(|one| one.can_be_made() && !one.worthwhile)
        .count();
    if small > 0 {
        say(&format!(
            "{small} of the rest would be for tables too small to need one (--all proposes them too)"
        ));
    }
    for one in proposals {
        if let IndexState::Impossible(why) = &one.state {
            say(&format!("not possible: {}: {why}", one.name));
        }
    }
}

fn print(wanted: &[&Proposal]) -> Result<(), CliError> {
    let mut out = stdout().lock();
    for one in wanted {
        writeln!(out, "-- {}", one.reason)?;
        if one.state == IndexState::Broken {
            writeln!(out, "drop index concurrently public.{};", one.name)?;
        }
        for statement in &one.statements {
            writeln!(out, "{statement}")?;
        }
        writeln!(out)?;
    }
    Ok(out.flush()?)
}

async fn build(
    login: &DatabaseLogin,
    store: &Store,
    wanted: &[&Proposal],
    place: &str,
    reference: &str,
) -> Result<(), CliError> {
    let failed = |error: &IndexError| match error {
        IndexError::Store(error) => CliError::store(error, place, reference),
        other => CliError::Failed(format!("{other}.")),
    };
    let mut session = Direct::open(&login.address, login.password.as_ref())
        .await
        .map_err(|error| failed(&error.into()))?;
    for one in wanted {
        say(&format!("making {}: {}", one.name, one.reason));
        let making = make_index(&mut session, &one.name, |_| {});
        tokio::pin!(making);
        let made = loop {
            tokio::select! {
                made = &mut making => break made,
                () = tokio::time::sleep(LOOK_EVERY) => report(store, &one.name).await,
            }
        };
        let made = made.map_err(|error| failed(&error))?;
        say(if made {
            "  made"
        } else {
            "  was there already"
        });
    }
    // What was to be made is made; a goodbye that does not arrive changes nothing.
    let _ = session.close().await;
    Ok(())
}

/// Says how far it is; an answer that does not come is no reason to stop.
async fn report(store: &Store, name: &str) {
    let Ok(mut reading) = store.read().await else {
        return;
    };
    let Ok(builds) = make::progress(&mut reading).await else {
        return;
    };
    let ours = builds
        .iter()
        .find(|build| build.index.as_deref() == Some(name));
    if let Some(line) = ours.map(shown) {
        say(&format!("  {line}"));
    }
}

fn shown(progress: &Progress) -> String {
    progress.percent().map_or_else(
        || progress.words().to_owned(),
        |percent| format!("{}: {percent} %", progress.words()),
    )
}

/// A line for the person. Nobody reading is no failure.
fn say(line: &str) {
    let _ = writeln!(stderr(), "{line}");
}
