//! What a cluster's OpenCost said of all of it together.

use rust_decimal::Decimal;
use sqlx::FromRow;
use time::OffsetDateTime;

use crate::domain::capacity::readings::Hours;
use crate::domain::capacity::recorded::CostsKnown;
use crate::domain::ids::ClusterId;
use crate::statement;
use crate::store::capacity::unknown;
use crate::store::door::{Reading, Statement};
use crate::store::failure::StoreError;

const COSTS: Statement = statement!("cluster_costs.sql");

/// What costs there are of; none: OpenCost was never asked.
///
/// # Errors
/// Whatever the database says.
pub async fn costs(
    reading: &mut Reading,
    id: &ClusterId,
) -> Result<Option<CostsKnown>, StoreError> {
    let costs = COSTS.rows().bind(id.as_str().to_owned());
    let costs: Option<CostsRecord> = reading.optional(costs).await?;
    Ok(costs.map(CostsRecord::into_costs))
}

#[derive(Debug, FromRow)]
struct CostsRecord {
    read_at: Option<OffsetDateTime>,
    covers_from: Option<OffsetDateTime>,
    covers_until: Option<OffsetDateTime>,
    cost_total: Option<Decimal>,
    cost_idle: Option<Decimal>,
    unread: i32,
    code: Option<String>,
    failure: Option<String>,
}

impl CostsRecord {
    fn into_costs(self) -> CostsKnown {
        let hours = self.covers_from.zip(self.covers_until);
        let of = hours.map(|(from, until)| Hours { from, until });
        CostsKnown {
            of: of.zip(self.cost_total).filter(|_| self.read_at.is_some()),
            idle: self.cost_idle,
            unread: self.unread.try_into().unwrap_or(0),
            failure: unknown(self.code, self.failure),
        }
    }
}
