//! `rollups check` and `rollups refresh`: what `serve` and every open console do by themselves, done now.

use std::io::{Write as _, stderr};

use crate::cli::failure::CliError;
use crate::cli::settings::DatabaseSettings;
use crate::cli::{Rollups, RollupsTask};
use crate::config::Variables;
use crate::domain::clock::Clock;
use crate::domain::period::Month;
use crate::store::connect;
use crate::store::door::Store;
use crate::store::failure::StoreError;
use crate::store::rollups::{self, Refreshed};
use crate::usecases::keep_rollups::{NotChecked, check_rollups_telling, refresh_rollups};

/// Checks or refreshes. `reference` goes into a failure that nobody foresaw.
///
/// # Errors
/// [`CliError`]; also where the check found a difference, which is mended then.
pub async fn run(
    command: &Rollups,
    variables: Variables<'_>,
    clock: &dyn Clock,
    reference: &str,
) -> Result<(), CliError> {
    let login = DatabaseSettings::read(variables)?.main();
    let place = login.address.to_string();
    let failed = |error: &StoreError| CliError::store(error, &place, reference);
    let pool = connect::pool(&login.address, login.password.as_ref(), 2)
        .map_err(|error| failed(&error))?;
    let store = Store::new(pool);
    let done = match command.task {
        RollupsTask::Check => check(&store, clock, &place).await,
        RollupsTask::Refresh => refresh(&store, clock, &place).await,
    };
    store.close().await;
    done.map_err(|error| failed(&error))?
}

async fn check(
    store: &Store,
    clock: &dyn Clock,
    place: &str,
) -> Result<Result<(), CliError>, StoreError> {
    let mut reading = store.read().await?;
    let states = rollups::states(&mut reading).await?;
    reading.end().await?;
    let filled_before = states.iter().any(|state| state.checked_at.is_some());
    let mut months = 0_u32;
    let mut wrong = Vec::new();
    let checked = check_rollups_telling(store, clock, true, |month, compared| {
        months += 1;
        if compared.differences > 0 {
            let month = Month::of_date(month).title();
            wrong.push(format!("{month}: {}", compared.differences));
        }
    })
    .await?;
    let compared = match checked {
        Ok(compared) => compared,
        // It was asked for whether it is due or not.
        Err(NotChecked::Busy | NotChecked::NotDue) => return Ok(Err(busy(place))),
    };
    if !filled_before {
        say(&format!(
            "{place}: filled for the first time, {} sums over {months} months",
            compared.keys
        ));
        return Ok(Ok(()));
    }
    if compared.differences == 0 {
        say(&format!(
            "{place}: compared {} sums over {months} months with the rows: all are right",
            compared.keys
        ));
        return Ok(Ok(()));
    }
    Ok(Err(CliError::Failed(format!(
        "{place}: {} of {} sums differed from the rows, and are mended ({}). Rows that are written \
         back-dated, or changed after days, are found by this check alone.",
        compared.differences,
        compared.keys,
        wrong.join(", ")
    ))))
}

async fn refresh(
    store: &Store,
    clock: &dyn Clock,
    place: &str,
) -> Result<Result<(), CliError>, StoreError> {
    Ok(match refresh_rollups(store, clock).await? {
        Refreshed::Done {
            changed, took_ms, ..
        } => {
            say(&format!(
                "{place}: everything is counted as of now; {changed} sums changed, in {took_ms} ms"
            ));
            Ok(())
        }
        Refreshed::Busy | Refreshed::NotDue(_) | Refreshed::Empty => Err(busy(place)),
    })
}

fn busy(place: &str) -> CliError {
    CliError::Failed(format!(
        "{place}: another program is at the sums just now. Try again in a minute."
    ))
}

/// A line for the person; stdout is for data. Nobody reading is no failure.
fn say(line: &str) {
    let _ = writeln!(stderr(), "{line}");
}
