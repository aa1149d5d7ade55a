//! Read Auth0 back from an open console, where nobody runs the headless program: in the sandbox.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::domain::clock::Clock;
use crate::identity::management::Management;
use crate::store::door::Store;
use crate::usecases::read_back_users::read_back_users;

/// Between two questions whether it is due.
const EVERY: Duration = Duration::from_secs(15);

/// Works until it is dropped, while the console holds what opens the tenant.
pub async fn read_back_own(
    store: Store,
    clock: Arc<dyn Clock>,
    mut management: watch::Receiver<Option<Management>>,
) {
    loop {
        let managed = management.borrow_and_update().clone();
        if let Some(managed) = managed
            && let Err(error) = read_back_users(&store, &managed, clock.as_ref()).await
        {
            // It is on record, and an alert when it lasts.
            tracing::debug!(error = %error.without_data(), "Auth0 could not be read back");
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            changed = management.changed() => if changed.is_err() { return },
        }
    }
}
