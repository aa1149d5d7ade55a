//! Somebody may create more projects; fewer never.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::hopsworks::ProjectLimit;
use crate::store::outbox::{self, Effect};
use crate::usecases::effects::hopsworks::{Recorded, cluster, find, payload};
use crate::usecases::effects::{Done, Means, Mode, Undone};

#[derive(Debug, Deserialize)]
struct Payload {
    at_least: u32,
}

pub(super) async fn perform(means: Means<'_>, effect: &Effect, mode: Mode) -> Result<Done, Undone> {
    let whom: Recorded = payload(effect)?;
    let Payload { at_least } = payload(effect)?;
    let person = outbox::person(means.store, &whom.user_id).await?;
    let hopsworks = cluster(means, effect).await?;
    let Some(user) = find(&hopsworks, &whom, person.as_ref()).await? else {
        // Whoever is made there later is made with the limit of their plan.
        return Ok(Done::new(Value::Null, Value::Null));
    };
    let before = match user.project_limit {
        Some(ProjectLimit::AtMost(projects)) => json!(projects),
        Some(ProjectLimit::Unlimited) => json!("unlimited"),
        None => Value::Null,
    };
    let enough = user
        .project_limit
        .is_some_and(|there| there.allows(at_least));
    let after = if enough {
        before.clone()
    } else {
        json!(at_least)
    };
    if mode == Mode::Live {
        hopsworks.raise_project_limit(&user, at_least).await?;
    }
    Ok(Done {
        before,
        after,
        more: json!({ "hopsworks_user_id": user.id.get() }),
    })
}
