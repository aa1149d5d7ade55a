//! Somebody was given a seat on a cluster: they have a user there, who may work and may create the projects
//! of their plan.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::clusters::hopsworks::{Hopsworks, NewUser};
use crate::domain::account::UserStatus;
use crate::domain::hopsworks::{HopsworksStatus, HopsworksUser, ProjectLimit};
use crate::store::outbox::{self, Effect, Person};
use crate::usecases::effects::hopsworks::{cluster, payload};
use crate::usecases::effects::{Done, Means, Mode, Undone};

#[derive(Debug, Deserialize)]
struct Payload {
    user_id: String,
}

pub(super) async fn perform(means: Means<'_>, effect: &Effect, mode: Mode) -> Result<Done, Undone> {
    let Payload { user_id } = payload(effect)?;
    let gone = || Undone::Never("The user is not on record any more.".to_owned());
    let person = outbox::person(means.store, &user_id)
        .await?
        .ok_or_else(gone)?;
    let hopsworks = cluster(means, effect).await?;
    let limit = ProjectLimit::due(person.plan, person.is_owner);
    let found = hopsworks.user_by_email(&person.email).await?;
    let before = found.as_ref().map_or(Value::Null, shown);
    let user = match (found, mode) {
        (Some(user), Mode::Live) => let_work(&hopsworks, user, &person, limit).await?,
        (Some(user), Mode::Shadow) => expected(user, &person, limit),
        (None, Mode::Live) => create(means, &hopsworks, &user_id, &person, limit).await?,
        (None, Mode::Shadow) => {
            let new = json!({ "status": HopsworksStatus::Active.code(), "projects": limit });
            return Ok(Done::new(Value::Null, new));
        }
    };
    Ok(Done {
        before,
        after: shown(&user),
        more: json!({ "hopsworks_user_id": user.id.get(), "hopsworks_username": user.username }),
    })
}

fn shown(user: &HopsworksUser) -> Value {
    let projects = match user.project_limit {
        Some(ProjectLimit::AtMost(projects)) => json!(projects),
        Some(ProjectLimit::Unlimited) => json!("unlimited"),
        None => Value::Null,
    };
    json!({ "status": user.status.code(), "projects": projects })
}

/// What somebody who was there before needs: whoever was deactivated when they left is let in again, as long
/// as the service lets them in.
fn needs(user: &HopsworksUser, person: &Person, limit: u32) -> (bool, bool) {
    let activate =
        user.status == HopsworksStatus::Deactivated && person.status == UserStatus::Active;
    let raise = user.project_limit.is_some_and(|there| !there.allows(limit));
    (activate, raise)
}

fn expected(user: HopsworksUser, person: &Person, limit: u32) -> HopsworksUser {
    let (activate, raise) = needs(&user, person, limit);
    HopsworksUser {
        status: if activate {
            HopsworksStatus::Active
        } else {
            user.status
        },
        project_limit: if raise {
            Some(ProjectLimit::AtMost(limit))
        } else {
            user.project_limit
        },
        ..user
    }
}

async fn let_work(
    hopsworks: &Hopsworks,
    user: HopsworksUser,
    person: &Person,
    limit: u32,
) -> Result<HopsworksUser, Undone> {
    let (activate, raise) = needs(&user, person, limit);
    if activate {
        hopsworks
            .set_status(user.id, HopsworksStatus::Active)
            .await?;
    }
    if raise {
        hopsworks.raise_project_limit(&user, limit).await?;
    }
    Ok(expected(user, person, limit))
}

async fn create(
    means: Means<'_>,
    hopsworks: &Hopsworks,
    user_id: &str,
    person: &Person,
    limit: u32,
) -> Result<HopsworksUser, Undone> {
    if person.status != UserStatus::Active {
        let why = "The user is not active, so none is made on the cluster.";
        return Err(Undone::Never(why.to_owned()));
    }
    let Some(client_id) = means.client_id else {
        let why = "AUTH0_CLIENT_ID is not set for the program that does this; it is the OAuth client \
                   under which the cluster knows Auth0. It waits for that.";
        return Err(Undone::Unable(why.to_owned()));
    };
    let (given_name, surname) = names(person);
    let new = NewUser {
        email: &person.email,
        given_name,
        surname,
        project_limit: limit,
        subject: user_id,
        client_id,
    };
    let made = hopsworks.create_user(&new).await?;
    Ok(made.user().clone())
}

/// Hopsworks wants two names; whoever has one is called by it twice.
fn names(person: &Person) -> (&str, &str) {
    let whole = person.name.as_deref().map_or_else(
        || person.email.split('@').next().unwrap_or_default(),
        str::trim,
    );
    whole
        .rsplit_once(char::is_whitespace)
        .map_or((whole, whole), |(given, family)| (given.trim(), family))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::account::Plan;

    fn person(name: Option<&str>) -> Person {
        Person {
            email: "ada.example@firm.example".to_owned(),
            name: name.map(str::to_owned),
            status: UserStatus::Active,
            is_owner: true,
            plan: Plan::Prepaid,
        }
    }

    #[test]
    fn everybody_has_two_names() {
        for (name, given, family) in [
            (Some("Ada Lovelace"), "Ada", "Lovelace"),
            (Some(" Ada  King Lovelace "), "Ada  King", "Lovelace"),
            (Some("Ada"), "Ada", "Ada"),
            (None, "ada.example", "ada.example"),
        ] {
            assert_eq!(names(&person(name)), (given, family), "{name:?}");
        }
    }
}
