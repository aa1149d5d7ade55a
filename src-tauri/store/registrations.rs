//! Registrations become users, through the function that attach generates.

use crate::domain::ids::UserId;
use crate::domain::registration::{EmailAddress, Registration};
use crate::statement;
use crate::store::door::Writing;
use crate::store::failure::StoreError;

/// What became of the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registered {
    /// There was none; there is one now.
    Inserted,
    /// A login sync had been faster; what it did not know was filled in.
    Updated,
    /// Nothing was new.
    Unchanged,
    /// Another user has the e-mail address; nothing was changed.
    EmailTaken {
        /// That user, unless they are gone by now.
        holder: Option<String>,
    },
}

/// Makes or completes the user. `source` says where the registration came from, e.g. `auth0`.
///
/// # Errors
/// Whatever the database says; the transaction is then of no further use.
pub async fn upsert(
    writing: &mut Writing,
    registration: &Registration,
    source: &'static str,
) -> Result<Registered, StoreError> {
    let apply = statement!("registration_apply.sql")
        .rows::<(String,)>()
        .bind(registration.user_id.as_str().to_owned())
        .bind(registration.email.as_str().to_owned())
        .bind(registration.name.clone())
        .bind(registration.ip.map(|ip| ip.to_string()))
        .bind(source)
        .bind(registration.created_at);
    let (word,) = writing.one(apply).await?;
    Ok(match word.as_str() {
        "inserted" => Registered::Inserted,
        "updated" => Registered::Updated,
        "unchanged" => Registered::Unchanged,
        "email_taken" => Registered::EmailTaken {
            holder: holder(writing, &registration.email, &registration.user_id).await?,
        },
        _ => {
            let problem = "upsert_registered_user answered a word that is not known here";
            return Err(StoreError::Impossible(problem.to_owned()));
        }
    })
}

async fn holder(
    writing: &mut Writing,
    email: &EmailAddress,
    but: &UserId,
) -> Result<Option<String>, StoreError> {
    let holder = statement!("registration_address_holder.sql")
        .rows::<(String,)>()
        .bind(email.as_str().to_owned())
        .bind(but.as_str().to_owned());
    Ok(writing.optional(holder).await?.map(|(id,)| id))
}
