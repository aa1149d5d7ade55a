//! Look at the service as a customer does: through their own row level security, with a reason, on record.

use crate::domain::customer_view::CustomerView;
use crate::domain::ids::UserId;
use crate::store::{actions, customer_view};
use crate::usecases::desk::Desk;
use crate::usecases::failure::DeskError;

/// What the customer sees now.
///
/// # Errors
/// When the database declines, as it does where row level security is off, or fails.
pub async fn view_as_customer(
    desk: &Desk,
    user: &UserId,
    reason: &str,
) -> Result<CustomerView, DeskError> {
    let mut writing = desk.store.write().await?;
    actions::be_patient(&mut writing).await?;
    let view = customer_view::view_as(&mut writing, user, reason).await?;
    writing.commit().await?;
    Ok(view)
}
