//! Whether whoever signed in is the member of staff whose database login is in use.

use crate::domain::staff::WhoIsThere;
use crate::identity::tokens::IdToken;
use crate::store::staff_list;
use crate::usecases::desk::Desk;
use crate::usecases::elevate::who_is_there;
use crate::usecases::failure::DeskError;

/// What somebody is here.
pub(in crate::desktop) enum Standing {
    /// The active member whose login this is.
    Member,
    /// Not that.
    Nobody {
        /// Why that is not enough.
        why: String,
        /// Whom to ask, by name.
        whom: Vec<String>,
    },
}

/// Asks the database.
pub(in crate::desktop) async fn standing(
    desk: &Desk,
    token: &IdToken,
) -> Result<Standing, DeskError> {
    let who = who_is_there(desk).await?;
    let Some(why) = why_not(&who, token.subject.as_str()) else {
        return Ok(Standing::Member);
    };
    Ok(Standing::Nobody {
        why,
        whom: admins(desk).await,
    })
}

/// `None` for the active member whose login is in use.
fn why_not(who: &WhoIsThere, subject: &str) -> Option<String> {
    let login = &who.login;
    match (&who.sub, who.group) {
        (Some(sub), Some(_)) if sub == subject => None,
        (Some(_), Some(_)) => Some(format!(
            "The database login {login} is on record for somebody else. Each member of staff has a login of \
             their own."
        )),
        (Some(_), None) => Some(format!(
            "The database login {login} is no active member of staff any more."
        )),
        (None, _) => Some(format!("The database login {login} is no member of staff.")),
    }
}

/// Active admins by name, where the login may know; nothing else of the database is told to nobody.
async fn admins(desk: &Desk) -> Vec<String> {
    let members = staff_list::list(&desk.store).await.unwrap_or_default();
    members
        .into_iter()
        .filter(|member| member.active && member.staff_group == "admin")
        .map(|member| member.name)
        .take(5)
        .collect()
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::*;
    use crate::domain::staff::Group;

    #[test]
    fn only_the_active_member_of_this_login_is_let_in() {
        let who = |sub: Option<&str>, group| WhoIsThere {
            login: "ada".to_owned(),
            name: Some("Ada".to_owned()),
            sub: sub.map(str::to_owned),
            group,
            elevation: None,
            server_time: OffsetDateTime::UNIX_EPOCH,
        };
        let support = Some(Group::Support);
        assert_eq!(why_not(&who(Some("auth0|ada"), support), "auth0|ada"), None);
        for (found, subject) in [
            (who(Some("auth0|ada"), support), "auth0|eve"),
            (who(Some("auth0|ada"), support), "auth0|ADA"),
            (who(Some("auth0|ada"), support), ""),
            (who(Some("auth0|ada"), None), "auth0|ada"),
            (who(None, None), "auth0|ada"),
            (who(None, support), "auth0|ada"),
        ] {
            assert!(why_not(&found, subject).is_some(), "{found:?} {subject}");
        }
    }
}
