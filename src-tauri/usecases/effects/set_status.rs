//! Somebody may work on their cluster, or may not any more.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::hopsworks::{HopsworksStatus, HopsworksUser};
use crate::store::outbox::{self, Effect};
use crate::usecases::effects::hopsworks::{Recorded, cluster, find, payload};
use crate::usecases::effects::{Done, Means, Mode, Undone};

#[derive(Debug, Deserialize)]
struct Payload {
    status: i64,
}

pub(super) async fn perform(means: Means<'_>, effect: &Effect, mode: Mode) -> Result<Done, Undone> {
    let whom: Recorded = payload(effect)?;
    let Payload { status } = payload(effect)?;
    let wanted = HopsworksStatus::of_code(status)
        .filter(|status| {
            matches!(
                status,
                HopsworksStatus::Active | HopsworksStatus::Deactivated
            )
        })
        .ok_or_else(|| {
            Undone::Never("Hopsworks is set to active or deactivated only.".to_owned())
        })?;
    let person = outbox::person(means.store, &whom.user_id).await?;
    let hopsworks = cluster(means, effect).await?;
    let Some(user) = find(&hopsworks, &whom, person.as_ref()).await? else {
        // Nobody who could work, and nobody to let in: a seat that was never used.
        return Ok(Done::new(Value::Null, Value::Null));
    };
    let due = due(user.status, wanted)?;
    if due != user.status && mode == Mode::Live {
        hopsworks.set_status(user.id, due).await?;
        let there = hopsworks.user(user.id).await?;
        if there.map(|user| user.status) != Some(due) {
            let why = "The cluster took the new status and does not show it. It is tried again.";
            return Err(Undone::Later(why.to_owned()));
        }
    }
    Ok(done(&user, due))
}

/// What becomes of a status. Whoever the cluster's own administrators blocked stays blocked: to deactivate
/// them would let a later reactivation undo that.
fn due(there: HopsworksStatus, wanted: HopsworksStatus) -> Result<HopsworksStatus, Undone> {
    match wanted {
        HopsworksStatus::Active if there.is_verdict() => Err(Undone::Never(format!(
            "The cluster's administrators have set this user to {}, which is not undone from here.",
            there.name()
        ))),
        _ if there.is_verdict() => Ok(there),
        wanted => Ok(wanted),
    }
}

fn done(user: &HopsworksUser, due: HopsworksStatus) -> Done {
    Done {
        before: json!(user.status.code()),
        after: json!(due.code()),
        more: json!({ "hopsworks_user_id": user.id.get() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_of_the_cluster_is_not_ours_to_undo() {
        use HopsworksStatus::{Active, Blocked, Deactivated, Spam};
        for verdict in [Blocked, Spam] {
            assert!(matches!(due(verdict, Active), Err(Undone::Never(_))));
            assert!(matches!(due(verdict, Deactivated), Ok(there) if there == verdict));
        }
        assert!(matches!(due(Active, Deactivated), Ok(Deactivated)));
        assert!(matches!(due(Deactivated, Active), Ok(Active)));
    }
}
