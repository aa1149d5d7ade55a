//! Apply a registration, in the transaction that marks its event: it becomes a user.

use serde_json::{Value, json};

use crate::domain::registration::Registration;
use crate::domain::seats::Cause;
use crate::store::door::Writing;
use crate::store::failure::StoreError;
use crate::store::registrations::{self, Registered};
use crate::store::seats;
use crate::usecases::apply_inbox::Outcome;

/// `users.registration_source` of those who came this way.
const SOURCE: &str = "auth0";

/// Makes or completes the user, who may wait for a seat since.
pub(in crate::usecases) async fn apply_registration(
    writing: &mut Writing,
    registration: &Registration,
) -> Result<Outcome, StoreError> {
    let outcome = registrations::upsert(writing, registration, SOURCE).await?;
    Ok(match outcome {
        Registered::EmailTaken { holder } => Outcome::Conflict(json!({
            "conflict": "email_taken",
            "user_id": registration.user_id.as_str(),
            "holder_id": holder,
        })),
        other => {
            let seat = seats::request(writing, &registration.user_id, Cause::Registration).await?;
            Outcome::Done(outcome_of(&other, seat))
        }
    })
}

/// What became of the user, and whether they wait for a seat since.
fn outcome_of(registered: &Registered, seat: bool) -> Value {
    let word = match registered {
        Registered::Inserted => "inserted",
        Registered::Updated => "updated",
        Registered::Unchanged | Registered::EmailTaken { .. } => "unchanged",
    };
    let mut outcome = json!({ "user": word });
    if seat {
        outcome["seat"] = json!("requested");
    }
    outcome
}
