//! Somebody is barred from signing in at Auth0, or let in again.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::store::outbox::Effect;
use crate::usecases::effects::auth0::{nobody, tenant, whom};
use crate::usecases::effects::hopsworks::payload;
use crate::usecases::effects::{Done, Means, Mode, Undone};

#[derive(Debug, Deserialize)]
struct Payload {
    blocked: bool,
}

pub(super) async fn perform(means: Means<'_>, effect: &Effect, mode: Mode) -> Result<Done, Undone> {
    let (tenant, id) = (tenant(means)?, whom(effect)?);
    let Payload { blocked } = payload(effect)?;
    let Some(user) = tenant.user(&id).await? else {
        // Whom Auth0 does not know cannot sign in: as it should be, unless they were to be let in.
        return if blocked {
            Ok(Done::new(Value::Null, Value::Null))
        } else {
            Err(nobody())
        };
    };
    if user.blocked != blocked
        && mode == Mode::Live
        && tenant.set_blocked(&id, blocked).await? != blocked
    {
        let why = "Auth0 took the change and does not show it. It is tried again.";
        return Err(Undone::Later(why.to_owned()));
    }
    Ok(Done::new(json!(user.blocked), json!(blocked)))
}
