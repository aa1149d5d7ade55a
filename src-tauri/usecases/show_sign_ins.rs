//! How a customer signs in at Auth0: asked of the tenant itself, of which nothing is kept.

use thiserror::Error;

use crate::domain::ids::UserId;
use crate::domain::sign_ins::{SignInTry, TenantUser};
use crate::identity::management::Management;
use crate::identity::management::failure::ManagementError;
use crate::store::addresses::may_see_addresses;
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;

/// How many tries to sign in a page shows.
pub const TRIES: usize = 8;

/// Why it cannot be told.
#[derive(Debug, Error)]
pub enum SignInsError {
    /// The tenant.
    #[error(transparent)]
    Tenant(#[from] ManagementError),
    /// The database.
    #[error(transparent)]
    Desk(#[from] DeskError),
}

/// Somebody as the tenant has them, and how they came.
#[derive(Debug)]
pub struct SignIns {
    /// Who that is there.
    pub user: TenantUser,
    /// The last tries, newest first; or why they are not told while the rest is.
    pub tries: Result<Vec<SignInTry>, ManagementError>,
    /// Addresses were left out: this login may not see them.
    pub addresses_hidden: bool,
}

/// Asks, for so many of the last `tries`; `None` when the tenant knows nobody of that id.
///
/// # Errors
/// [`SignInsError`]
pub async fn show_sign_ins(
    desk: &Desk,
    management: &Management,
    id: &UserId,
    tries: usize,
) -> Result<Option<SignIns>, SignInsError> {
    let may = async {
        may_see_addresses(&desk.store)
            .await
            .map_err(DeskError::from)
    };
    let asked = async {
        Ok::<_, DeskError>((
            management.user(id).await,
            management.sign_ins(id, tries).await,
        ))
    };
    let (may, (user, tries)) = tokio::try_join!(may, asked)?;
    let Some(user) = user? else {
        return Ok(None);
    };
    let mut shown = SignIns {
        user,
        tries,
        addresses_hidden: !may,
    };
    if shown.addresses_hidden {
        shown.user.last_ip = None;
        for each in shown.tries.iter_mut().flatten() {
            each.ip = None;
        }
    }
    Ok(Some(shown))
}
