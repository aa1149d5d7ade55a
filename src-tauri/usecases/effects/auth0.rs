//! What the kinds at Auth0 share: the tenant, and whom they are about.

use serde::Deserialize;

use crate::domain::ids::UserId;
use crate::identity::management::Management;
use crate::store::outbox::Effect;
use crate::usecases::effects::hopsworks::payload;
use crate::usecases::effects::{Means, Undone};

#[derive(Debug, Deserialize)]
struct Whom {
    user_id: String,
}

/// Whom an effect is about.
pub(super) fn whom(effect: &Effect) -> Result<UserId, Undone> {
    let Whom { user_id } = payload(effect)?;
    UserId::parse(&user_id)
        .map_err(|_| Undone::Never("The id on record can be nobody's at Auth0.".to_owned()))
}

/// The tenant.
pub(super) fn tenant(means: Means<'_>) -> Result<&Management, Undone> {
    means.management.ok_or_else(|| {
        let why = "AUTH0_MANAGEMENT_CLIENT_ID and AUTH0_MANAGEMENT_CLIENT_SECRET are not set for the program \
                   that does this. It waits for that.";
        Undone::Unable(why.to_owned())
    })
}

/// Where there is nobody whom it could happen to.
pub(super) fn nobody() -> Undone {
    Undone::Never("Auth0 knows nobody with this id.".to_owned())
}
