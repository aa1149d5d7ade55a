//! Seats: asked for, given to those who wait, and where the next one would be.

use serde::Deserialize;
use serde_json::Value;
use sqlx::FromRow;
use time::OffsetDateTime;

use crate::domain::ids::{ClusterId, UserId};
use crate::domain::seats::{
    AssignmentRule, Cause, Choice, DueOn, Given, Giving, NextSeat, SeatOf, SeatRequest, Standing,
    Why,
};
use crate::statement;
use crate::store::door::{Reading, Statement, Store, Writing};
use crate::store::failure::StoreError;

const REQUEST: Statement = statement!("seat_request.sql");
const PLACE: Statement = statement!("seats_place.sql");
const NEXT: Statement = statement!("seat_next.sql");
const OF: Statement = statement!("seat_request_of.sql");
const RULE: Statement = statement!("seat_rule.sql");
const SET_RULE: Statement = statement!("seat_rule_set.sql");

/// What a look at the line did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub struct Placed {
    /// Seats given.
    pub placed: u32,
    /// People who wait for another reason than before.
    pub waiting: u32,
    /// People for whom it was only worked out.
    pub shadowed: u32,
    /// People who need none any more.
    pub withdrawn: u32,
}

/// Puts somebody in line, in the transaction that has them register; whether they are now.
///
/// # Errors
/// Whatever the database says.
pub async fn request(
    writing: &mut Writing,
    user: &UserId,
    cause: Cause,
) -> Result<bool, StoreError> {
    let request = REQUEST
        .rows::<(bool,)>()
        .bind(user.as_str().to_owned())
        .bind(cause.word().to_owned());
    Ok(writing.one(request).await?.0)
}

/// Gives seats to those who wait, in order, so many at most; `None`: nothing was to be done.
///
/// # Errors
/// Whatever the database says.
pub async fn place(store: &Store, limit: i32) -> Result<Option<Placed>, StoreError> {
    let place = PLACE.rows::<(Option<Value>,)>().bind(limit);
    let mut writing = store.write_in_background().await?;
    let (placed,) = writing.one(place).await?;
    writing.commit().await?;
    let placed = placed.map(serde_json::from_value).transpose();
    placed.map_err(|error| StoreError::Impossible(format!("what placing did: {error}")))
}

/// Where somebody new, or this user, would be placed now.
///
/// # Errors
/// Whatever the database says.
pub async fn next(reading: &mut Reading, user: Option<&UserId>) -> Result<NextSeat, StoreError> {
    let next = NEXT
        .rows::<(Value,)>()
        .bind(user.map(|user| user.as_str().to_owned()));
    let (next,) = reading.one(next).await?;
    let read = Choice::deserialize(&next).and_then(|choice| {
        let rules = Rules::deserialize(&next)?;
        Ok(NextSeat {
            choice,
            mode: rules.mode,
            due_on: rules.due_on,
            lacks: rules.lacks,
            waiting: rules.waiting,
        })
    });
    read.map_err(|error| StoreError::Impossible(format!("where the next seat would be: {error}")))
}

/// What stands beside a choice.
#[derive(Deserialize)]
struct Rules {
    mode: Giving,
    due_on: DueOn,
    lacks: Option<String>,
    waiting: u64,
}

/// When a seat is due, and who said so.
///
/// # Errors
/// Whatever the database says.
pub async fn rule(reading: &mut Reading) -> Result<AssignmentRule, StoreError> {
    let row: RuleRow = reading.one(RULE.rows()).await?;
    let due_on = [DueOn::Registration, DueOn::Payment]
        .into_iter()
        .find(|due| due.word() == row.due_on);
    Ok(AssignmentRule {
        due_on: due_on
            .ok_or_else(|| StoreError::Impossible(format!("seats due on {}", row.due_on)))?,
        set_by: row.set_by,
        set_at: row.set_at,
        unpaid: u64::try_from(row.unpaid).unwrap_or_default(),
    })
}

#[derive(FromRow)]
struct RuleRow {
    due_on: String,
    set_by: String,
    set_at: OffsetDateTime,
    unpaid: i64,
}

/// Says when a seat is due.
///
/// # Errors
/// [`StoreError::Declined`] when the caller is no elevated admin, or gives no good reason.
pub async fn set_rule(store: &Store, due_on: DueOn, reason: &str) -> Result<(), StoreError> {
    let set = SET_RULE
        .rows::<(String,)>()
        .bind(due_on.word().to_owned())
        .bind(reason.to_owned());
    let mut writing = store.write().await?;
    writing.one(set).await?;
    writing.commit().await
}

/// Somebody's seat, and what came of the request for one.
///
/// # Errors
/// Whatever the database says.
pub async fn seat_of(reading: &mut Reading, user: &UserId) -> Result<SeatOf, StoreError> {
    let record: Record = reading
        .one(OF.rows().bind(user.as_str().to_owned()))
        .await?;
    Ok(record.read())
}

#[derive(FromRow)]
struct Record {
    given_id: Option<String>,
    given_name: Option<String>,
    given_at: Option<OffsetDateTime>,
    given_by: Option<String>,
    cause: Option<String>,
    requested_at: Option<OffsetDateTime>,
    state: Option<String>,
    why: Option<String>,
    cluster_id: Option<String>,
    cluster_name: Option<String>,
    choice: Option<Value>,
    ended_at: Option<OffsetDateTime>,
    place: Option<i64>,
}

impl Record {
    fn read(self) -> SeatOf {
        let given = self.given_id.as_deref().map(|id| Given {
            cluster: ClusterId::recorded(id),
            name: self.given_name.clone(),
            at: self.given_at,
            by: self.given_by.clone(),
        });
        SeatOf {
            given,
            request: self.request(),
        }
    }

    fn request(self) -> Option<SeatRequest> {
        let place = self.place.and_then(|place| u64::try_from(place).ok());
        Some(SeatRequest {
            cause: self.cause.as_deref().and_then(Cause::of),
            requested_at: self.requested_at?,
            standing: match self.state?.as_str() {
                "placed" => Standing::Placed,
                "shadow" => Standing::Shadow,
                "withdrawn" => Standing::Withdrawn,
                _ => Standing::Waiting(place),
            },
            why: self.why.as_deref().map(Why::of),
            cluster: self
                .cluster_id
                .map(|id| (ClusterId::recorded(&id), self.cluster_name)),
            // What is kept of a choice must stay readable for later versions; what is not costs the detail alone.
            choice: self
                .choice
                .and_then(|choice| serde_json::from_value::<Choice>(choice).ok()),
            ended_at: self.ended_at,
        })
    }
}
