//! Auth0 asks somebody again to prove their address.
//!
//! It cannot be told whether a message went out already: a program that dies between sending and noting it
//! has a second one sent, which harms nobody. Who has proved their address is sent none.

use serde_json::json;

use crate::store::outbox::Effect;
use crate::usecases::effects::auth0::{nobody, tenant, whom};
use crate::usecases::effects::{Done, Means, Mode, Undone};

pub(super) async fn perform(means: Means<'_>, effect: &Effect, mode: Mode) -> Result<Done, Undone> {
    let (tenant, id) = (tenant(means)?, whom(effect)?);
    let user = tenant.user(&id).await?.ok_or_else(nobody)?;
    if user.email_verified == Some(true) {
        return Ok(Done::new(json!("verified"), json!("verified")));
    }
    if mode == Mode::Live {
        tenant.send_verification(&id).await?;
    }
    Ok(Done::new(json!("unverified"), json!("asked")))
}
