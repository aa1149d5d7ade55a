//! The lists of a team's page whole, for exports: every row, and how many there are.

use futures_util::{Stream, StreamExt as _};
use time::OffsetDateTime;

use crate::domain::directory::Invite;
use crate::domain::ids::UserId;
use crate::domain::teams::TeamPerson;
use crate::store::door::{Reading, Statement};
use crate::store::failure::StoreError;
use crate::store::teams::{
    InviteRecord, PersonRecord, TEAM_OPEN_INVITES, TEAM_PEOPLE, invites_bound, people_bound,
};
use crate::store::totals::TotalsRecord;
use crate::totals;

const TEAM_PEOPLE_TOTALS: Statement = totals!("team_people.sql"; "total_cost", "cpu_hours", "gpu_hours",
    "storage_gb", "feature_store_api_calls", "model_inference_calls", "cost_before");
const TEAM_OPEN_INVITES_TOTALS: Statement = totals!("team_open_invites.sql");

/// Everybody whose usage the owner pays for, in the order of [`crate::store::teams::people`].
pub fn people<'r>(
    reading: &'r mut Reading,
    owner: &UserId,
    now: OffsetDateTime,
) -> impl Stream<Item = Result<TeamPerson, StoreError>> + Send + 'r {
    reading
        .stream(people_bound::<PersonRecord>(TEAM_PEOPLE, owner, now, None))
        .map(|record| Ok(record?.into_person()))
}

/// How many they are, and what they used together.
///
/// # Errors
/// Whatever the database says.
pub async fn people_totals(
    reading: &mut Reading,
    owner: &UserId,
    now: OffsetDateTime,
) -> Result<Vec<TotalsRecord>, StoreError> {
    reading
        .all(people_bound(TEAM_PEOPLE_TOTALS, owner, now, None))
        .await
}

/// All invites that nobody took up, in the order of [`crate::store::teams::open_invites`].
pub fn open_invites<'r>(
    reading: &'r mut Reading,
    owner: &UserId,
    now: OffsetDateTime,
) -> impl Stream<Item = Result<Invite, StoreError>> + Send + 'r {
    reading
        .stream(invites_bound::<InviteRecord>(
            TEAM_OPEN_INVITES,
            owner,
            now,
            None,
        ))
        .map(|record| Ok(record?.into_invite()))
}

/// How many [`open_invites`] gives.
///
/// # Errors
/// Whatever the database says.
pub async fn open_invites_totals(
    reading: &mut Reading,
    owner: &UserId,
    now: OffsetDateTime,
) -> Result<Vec<TotalsRecord>, StoreError> {
    reading
        .all(invites_bound(TEAM_OPEN_INVITES_TOTALS, owner, now, None))
        .await
}
