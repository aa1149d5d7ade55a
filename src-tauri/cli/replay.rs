//! `replay`: apply events of the inbox again, and try effects of the outbox again that were given up.

use std::io::{Write as _, stdout};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::cli::ReplayOptions;
use crate::cli::failure::CliError;
use crate::cli::settings::DatabaseSettings;
use crate::config::Variables;
use crate::domain::events::{EventId, EventState, Replayed, System, Which};
use crate::store::connect;
use crate::store::door::Store;
use crate::usecases::browse_events::replay_events;

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
    let which = match (options.from, options.until) {
        (Some(from), Some(until)) => Which::Time {
            from,
            until,
            states: known(&options.states, EventState::of),
            system: options.system.as_deref().and_then(System::of),
        },
        _ => Which::These(options.ids.clone()),
    };
    let replayed = replay_events(&store, &which, options.reason.as_deref(), !options.yes)
        .await
        .map_err(failed);
    store.close().await;
    tell(&replayed?, options.yes)
}

fn tell(replayed: &Replayed, done: bool) -> Result<(), CliError> {
    let Replayed {
        events,
        effects,
        left_out,
    } = replayed;
    let mut out = stdout().lock();
    if done {
        writeln!(
            out,
            "{events} events are applied again, {effects} effects are tried again"
        )?;
    } else {
        writeln!(
            out,
            "{events} events would be applied again, {effects} effects tried again; add --yes --reason '…' to do it"
        )?;
    }
    for (id, why) in left_out {
        writeln!(out, "left out: {id}: {why}")?;
    }
    Ok(())
}

fn known<T>(words: &[String], of: fn(&str) -> Option<T>) -> Vec<T> {
    words.iter().filter_map(|word| of(word)).collect()
}

/// A time on the command line.
pub(in crate::cli) fn parse_time(text: &str) -> Result<OffsetDateTime, String> {
    OffsetDateTime::parse(text, &Rfc3339)
        .map_err(|_| "is not a time such as 2026-01-31T12:00:00Z".to_owned())
}

/// An event on the command line; a number alone is one of the inbox.
pub(in crate::cli) fn parse_id(text: &str) -> Result<EventId, String> {
    let of_inbox = format!("in-{text}");
    text.parse()
        .or_else(|()| of_inbox.parse())
        .map_err(|()| "is not an event such as in-12, or out-7 for an effect".to_owned())
}
