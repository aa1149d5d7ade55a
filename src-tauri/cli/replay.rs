//! `replay`: apply events of the inbox again.

use std::io::{Write as _, stdout};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::cli::ReplayOptions;
use crate::cli::failure::CliError;
use crate::cli::settings::DatabaseSettings;
use crate::config::Variables;
use crate::store::connect;
use crate::store::door::Store;
use crate::store::replay::{Replay, replay};

/// Counts them, or with `--yes` has them applied again.
///
/// # Errors
/// [`CliError`]; then nothing was changed.
pub async fn run(
    options: &ReplayOptions,
    variables: Variables<'_>,
    reference: &str,
) -> Result<(), CliError> {
    let login = DatabaseSettings::read(variables)?.main();
    let place = login.address.to_string();
    let failed = |error| CliError::store(&error, &place, reference);
    let pool = connect::pool(&login.address, login.password.as_ref(), 1).map_err(failed)?;
    let store = Store::new(pool);
    let wanted = Replay {
        ids: (!options.ids.is_empty()).then(|| options.ids.clone()),
        from: options.from,
        until: options.until,
        states: (!options.states.is_empty()).then(|| options.states.clone()),
        provider: options.provider.clone(),
        reason: options.reason.clone(),
        dry_run: !options.yes,
    };
    let count = replay(&store, wanted).await.map_err(failed);
    store.close().await;
    let count = count?;
    if options.yes {
        writeln!(stdout(), "{count} events are applied again")?;
    } else {
        writeln!(
            stdout(),
            "{count} events would be applied again; add --yes --reason '…' to do it"
        )?;
    }
    Ok(())
}

/// A time on the command line.
pub(in crate::cli) fn parse_time(text: &str) -> Result<OffsetDateTime, String> {
    OffsetDateTime::parse(text, &Rfc3339)
        .map_err(|_| "is not a time such as 2026-01-31T12:00:00Z".to_owned())
}
