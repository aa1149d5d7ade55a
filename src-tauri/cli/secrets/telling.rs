//! What became of secrets, one line each, and whether that is as it should be.

use std::io::{Write as _, stdout};

use crate::cli::failure::CliError;
use crate::domain::sealed::{Standing, There};
use crate::store::failure::StoreError;
use crate::usecases::seal_secrets::{InPlace, Outcome, Reason, Reported, Stopped};
use crate::wire::secrets::to_whom;

fn told(reported: &[Reported]) -> Result<(), CliError> {
    let mut out = stdout().lock();
    for (record, outcome) in reported {
        let cluster = record.cluster_name.as_deref().unwrap_or(&record.cluster_id);
        let to = record.recipients.join(", ");
        let word = match outcome {
            Outcome::SealedNow => "sealed now".to_owned(),
            Outcome::Stands(Standing::Sealed) => match record.there {
                There::Nothing => format!("sealed to {to}"),
                There::Plain => format!("sealed to {to}; also in plain in the service's table"),
                There::Copy => format!("sealed to {to}, in the service's table, too"),
                There::Age | There::Foreign => {
                    format!("sealed to {to}; what the service's table holds was encrypted by someone else")
                }
            },
            Outcome::Stands(Standing::ThereAlone) => {
                "sealed in the service's table, and no copy of it here: import it with the key that opens it"
                    .to_owned()
            }
            Outcome::Stands(Standing::Foreign) => "encrypted by someone else".to_owned(),
            Outcome::InPlace(what) => in_words(what),
            Outcome::Stands(Standing::Differs) => {
                format!(
                    "sealed to {to}; the service's table has another one: import it, or correct it there"
                )
            }
            Outcome::Stands(Standing::OfStaff) => {
                format!(
                    "sealed to {to}; staff put it there: the service's table has another one, which is not used"
                )
            }
            Outcome::Stands(Standing::Outdated) => format!("{}: reseal it", to_whom(record)),
            Outcome::Stands(Standing::OffRecord) => {
                "sealed, of a cluster that the service has no more: remove it".to_owned()
            }
            Outcome::Stands(Standing::Plain) => "plain in the database".to_owned(),
            Outcome::Stands(Standing::Absent) => "none".to_owned(),
            Outcome::Failed(error) => error.to_string(),
            Outcome::Refused(message) => format!("not done: {message}"),
        };
        writeln!(out, "{cluster}\t{}\t{word}", record.kind.word())?;
    }
    Ok(out.flush()?)
}

/// What became of what the service's own column holds.
fn in_words(what: &InPlace) -> String {
    match what {
        InPlace::SealedNow(place) => format!("sealed in {place} now, in place of the plain one"),
        InPlace::WouldBe(place) => {
            format!("would be sealed in {place}, in place of the plain one")
        }
        InPlace::Before => "sealed in the service's table before".to_owned(),
        InPlace::PutBack => "in plain in the service's table again".to_owned(),
        InPlace::WouldBePutBack => "would be put back in plain in the service's table".to_owned(),
        InPlace::Left(why) => format!("left as it is: {why}"),
    }
}

/// Tells what became of each, also where the run was stopped; and fails unless each is as it should be.
pub(super) fn ended(
    run: Result<Vec<Reported>, Stopped>,
    is_right: fn(&Outcome) -> bool,
    failed: impl Fn(StoreError) -> CliError,
) -> Result<(), CliError> {
    let (reported, stopped) = match run {
        Ok(reported) => (reported, None),
        Err(stopped) => (stopped.reported, Some(stopped.reason)),
    };
    told(&reported)?;
    match stopped {
        None => all_are(&reported, is_right),
        Some(Reason::Store(error)) => Err(failed(error)),
        Some(reason @ Reason::Recipient { .. }) => Err(CliError::Failed(reason.to_string())),
    }
}

/// Whatever was to be sealed is sealed.
pub(super) fn is_done(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::SealedNow => true,
        Outcome::Stands(standing) => *standing != Standing::Foreign,
        Outcome::InPlace(what) => !matches!(what, InPlace::Left(_)),
        Outcome::Failed(_) | Outcome::Refused(_) => false,
    }
}

/// And nothing is left that only former recipients open: who takes this for a yes destroys their keys.
pub(super) fn is_resealed(outcome: &Outcome) -> bool {
    let left = [Standing::Outdated, Standing::OffRecord];
    is_done(outcome) && !left.iter().any(|left| *outcome == Outcome::Stands(*left))
}

pub(super) fn is_well(outcome: &Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Stands(Standing::Sealed | Standing::OfStaff | Standing::Absent)
    )
}

fn all_are(reported: &[Reported], is_right: fn(&Outcome) -> bool) -> Result<(), CliError> {
    let wrong = reported
        .iter()
        .filter(|(_, outcome)| !is_right(outcome))
        .count();
    if wrong == 0 {
        return Ok(());
    }
    Err(CliError::Failed(match wrong {
        1 => "1 secret is not as it should be.".to_owned(),
        _ => format!("{wrong} secrets are not as they should be."),
    }))
}
