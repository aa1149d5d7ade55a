//! Who may see from which addresses customers come: the database says it of its own column, and what other
//! systems tell is held to the same.

use crate::statement;
use crate::store::door::Store;
use crate::store::failure::StoreError;

/// Whether this login may.
///
/// # Errors
/// Whatever the database says.
pub async fn may_see_addresses(store: &Store) -> Result<bool, StoreError> {
    let may = statement!("may_see_addresses.sql").rows::<(bool,)>();
    let mut reading = store.read().await?;
    let (may,) = reading.one(may).await?;
    reading.end().await?;
    Ok(may)
}
