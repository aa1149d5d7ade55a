//! Who the database takes the login for, and its time to write.

use serde::Deserialize;
use time::OffsetDateTime;
use time::serde::rfc3339;

use crate::domain::staff::{Elevation, Group, WhoIsThere};
use crate::statement;
use crate::store::action_record::answer;
use crate::store::door::{Reading, Statement, Writing};
use crate::store::failure::StoreError;

const WHO: Statement = statement!("who_is_there.sql");
const ELEVATE: Statement = statement!("elevate.sql");
const END: Statement = statement!("end_elevation.sql");

/// Who is at the desk.
///
/// # Errors
/// Whatever the database says.
pub async fn who(reading: &mut Reading) -> Result<WhoIsThere, StoreError> {
    let (text,): (String,) = reading.one(WHO.rows()).await?;
    answer::<WhoRecord>(&text)?.into_who()
}

/// Lets the login write for some minutes.
///
/// # Errors
/// [`StoreError::Declined`] when it is nobody of the staff, or an auditor, or gives no good reason.
pub async fn elevate(writing: &mut Writing, reason: &str, minutes: i32) -> Result<(), StoreError> {
    let query = ELEVATE.rows::<(String,)>();
    writing
        .one(query.bind(reason.to_owned()).bind(minutes))
        .await
        .map(|_| ())
}

/// Ends that time early; whether there was any left.
///
/// # Errors
/// [`StoreError::Declined`] when it is nobody of the staff.
pub async fn end_elevation(writing: &mut Writing) -> Result<bool, StoreError> {
    let (ended,): (bool,) = writing.one(END.rows()).await?;
    Ok(ended)
}

#[derive(Deserialize)]
struct WhoRecord {
    login: String,
    group: Option<String>,
    staff: Option<StaffRecord>,
    elevation: Option<ElevationRecord>,
    #[serde(with = "rfc3339")]
    server_time: OffsetDateTime,
}

#[derive(Deserialize)]
struct StaffRecord {
    name: Option<String>,
    sub: Option<String>,
}

#[derive(Deserialize)]
struct ElevationRecord {
    #[serde(with = "rfc3339")]
    until: OffsetDateTime,
    reason: String,
}

impl WhoRecord {
    fn into_who(self) -> Result<WhoIsThere, StoreError> {
        let group = match self.group {
            None => None,
            Some(word) => Some(
                Group::read(&word)
                    .ok_or_else(|| StoreError::Impossible(format!("a group of staff `{word}`")))?,
            ),
        };
        let (name, sub) = match self.staff {
            Some(staff) => (staff.name, staff.sub),
            None => (None, None),
        };
        Ok(WhoIsThere {
            login: self.login,
            name,
            sub,
            group,
            elevation: self.elevation.map(|elevation| Elevation {
                until: elevation.until,
                reason: elevation.reason,
            }),
            server_time: self.server_time,
        })
    }
}
