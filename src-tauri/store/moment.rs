//! How moments cross to and from Postgres. sqlx's own types give up the program, or the row, over a moment
//! that no calendar has; the columns lists are sorted by may hold such ones (see `docs/DECISIONS.md`).

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo, PgValueRef};
use sqlx::{Decode, Encode, Postgres, Type};
use time::OffsetDateTime;

use crate::domain::moment::Moment;

/// Postgres counts microseconds from 2000-01-01 UTC on: this many after 1970-01-01.
const POSTGRES_EPOCH: i128 = 946_684_800_000_000;

impl Type<Postgres> for Moment {
    fn type_info() -> PgTypeInfo {
        <OffsetDateTime as Type<Postgres>>::type_info()
    }

    fn compatible(ty: &PgTypeInfo) -> bool {
        <OffsetDateTime as Type<Postgres>>::compatible(ty)
    }
}

impl<'r> Decode<'r, Postgres> for Moment {
    /// The two infinite moments are the smallest and the largest number there is.
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        let micros = <i64 as Decode<Postgres>>::decode(value)?;
        Ok(Self::from_micros(i128::from(micros) + POSTGRES_EPOCH))
    }
}

impl Encode<'_, Postgres> for Moment {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let micros = i64::try_from(self.micros() - POSTGRES_EPOCH)?;
        <i64 as Encode<Postgres>>::encode(micros, buffer)
    }
}
