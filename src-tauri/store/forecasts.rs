//! When clusters run out of what: worked out from ninety days of snapshots; and as it is kept, written with the snapshot it
//! follows from, and read without its history.

use serde::Deserialize;
use serde_json::{Value, json};
use sqlx::FromRow;
use sqlx::types::Json;
use time::format_description::well_known::{Iso8601, Rfc3339};
use time::{Date, OffsetDateTime, UtcOffset};

use crate::domain::capacity::forecast::{Basis, Forecast, Point, forecast};
use crate::domain::capacity::outlook::Kept;
use crate::domain::capacity::recorded::Limited;
use crate::domain::ids::ClusterId;
use crate::statement;
use crate::store::door::{Reading, Statement, Writing};
use crate::store::failure::StoreError;
use crate::store::totals::Bound;

const HISTORY: Statement = statement!("cluster_history.sql");
const RECORD: Statement = statement!("snapshot_record_forecasts.sql");

/// What was taken of each thing on a cluster, by day, of ninety days, and when each runs out by that, as seen on
/// `today`: none is the day by the database's clock, which is not the caller's to set.
///
/// # Errors
/// Whatever the database says.
pub async fn of(
    reading: &mut Reading,
    id: &ClusterId,
    today: Option<Date>,
) -> Result<Vec<(Limited, Forecast)>, StoreError> {
    let records = reading.all(history(id.as_str(), today)).await?;
    Ok(forecasts_of(&records))
}

/// Asks for the days of a cluster that forecasts are made of.
fn history(id: &str, today: Option<Date>) -> Bound<DayRecord> {
    HISTORY.rows().bind(id.to_owned()).bind(today)
}

/// What these days come to.
fn forecasts_of(records: &[DayRecord]) -> Vec<(Limited, Forecast)> {
    let Some(today) = records.last().map(|record| record.today) else {
        return Limited::ALL
            .map(|limited| (limited, Forecast::Unknown))
            .to_vec();
    };
    let of = |limited: Limited| {
        let points: Vec<Point> = records
            .iter()
            .filter_map(|record| {
                Some(Point {
                    day: record.day,
                    taken: record.of(limited).0?,
                })
            })
            .collect();
        let limit = match limited {
            // Every snapshot says it: none in the last one is none now.
            Limited::Seats => records.last().and_then(|record| record.of(limited).1),
            // By the last one that reached the nodes.
            _ => records.iter().rev().find_map(|record| record.of(limited).1),
        };
        (limited, forecast(&points, limit, today))
    };
    Limited::ALL.map(of).to_vec()
}

/// A day of a cluster.
#[derive(Debug, FromRow)]
struct DayRecord {
    day: Date,
    today: Date,
    seats_taken: Option<i64>,
    seats_limit: Option<i64>,
    cpu_requested: Option<i64>,
    cpu_allocatable: Option<i64>,
    memory_requested: Option<i64>,
    memory_allocatable: Option<i64>,
    gpu_requested: Option<i64>,
    gpu_allocatable: Option<i64>,
    ephemeral_requested: Option<i64>,
    ephemeral_allocatable: Option<i64>,
}

impl DayRecord {
    /// What is taken, and what there is.
    fn of(&self, limited: Limited) -> (Option<i64>, Option<i64>) {
        match limited {
            Limited::Seats => (self.seats_taken, self.seats_limit),
            Limited::Cpu => (self.cpu_requested, self.cpu_allocatable),
            Limited::Memory => (self.memory_requested, self.memory_allocatable),
            Limited::Gpu => (self.gpu_requested, self.gpu_allocatable),
            Limited::NodeDisk => (self.ephemeral_requested, self.ephemeral_allocatable),
        }
    }
}

/// Works out when a cluster runs out of what, the snapshot of this transaction included, and keeps it.
pub(in crate::store) async fn renew(
    writing: &mut Writing,
    cluster_id: &str,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let today = now.to_offset(UtcOffset::UTC).date();
    let days = writing.all(history(cluster_id, Some(today))).await?;
    let forecasts: Vec<Value> = forecasts_of(&days).iter().map(written).collect();
    let record = RECORD
        .rows::<(i64,)>()
        .bind(cluster_id.to_owned())
        .bind(now)
        .bind(Value::Array(forecasts));
    writing.one(record).await.map(|_| ())
}

fn written((limited, forecast): &(Limited, Forecast)) -> Value {
    let outlook = match forecast {
        Forecast::Unknown => json!({ "outlook": "unknown" }),
        Forecast::Stale { last } => json!({ "outlook": "stale", "basis_to": text(*last) }),
        Forecast::None => json!({ "outlook": "none" }),
        Forecast::Full => json!({ "outlook": "full" }),
        Forecast::TooShort { days } => json!({ "outlook": "too_short", "days": days }),
        Forecast::NotGrowing(_) => json!({ "outlook": "not_growing" }),
        Forecast::Far(_) => json!({ "outlook": "far" }),
        Forecast::RunsOut {
            day,
            earliest,
            latest,
            ..
        } => json!({
            "outlook": "runs_out", "day": text(*day), "earliest": text(*earliest), "latest": latest.and_then(text),
        }),
    };
    let basis = match forecast {
        Forecast::NotGrowing(basis) | Forecast::Far(basis) | Forecast::RunsOut { basis, .. } => {
            json!({ "days": basis.days, "basis_from": text(basis.from), "basis_to": text(basis.to) })
        }
        _ => json!({}),
    };
    let mut whole = json!({ "limited": limited.word() });
    for part in [outlook, basis] {
        if let (Value::Object(whole), Value::Object(part)) = (&mut whole, part) {
            whole.extend(part);
        }
    }
    whole
}

fn text(day: Date) -> Option<String> {
    day.format(&Iso8601::DATE).ok()
}

/// A forecast as it is on record.
#[derive(Debug, Deserialize)]
pub(in crate::store) struct KeptRecord {
    limited: String,
    outlook: String,
    day: Option<String>,
    earliest: Option<String>,
    latest: Option<String>,
    days: Option<u32>,
    basis_from: Option<String>,
    basis_to: Option<String>,
    made_at: String,
}

impl KeptRecord {
    /// None: as a newer version words it.
    fn forecast(&self) -> Option<Forecast> {
        let date = |text: &Option<String>| Date::parse(text.as_deref()?, &Iso8601::DATE).ok();
        let basis = || {
            Some(Basis {
                days: self.days?,
                from: date(&self.basis_from)?,
                to: date(&self.basis_to)?,
            })
        };
        Some(match self.outlook.as_str() {
            "unknown" => Forecast::Unknown,
            "stale" => Forecast::Stale {
                last: date(&self.basis_to)?,
            },
            "none" => Forecast::None,
            "full" => Forecast::Full,
            "too_short" => Forecast::TooShort { days: self.days? },
            "not_growing" => Forecast::NotGrowing(basis()?),
            "far" => Forecast::Far(basis()?),
            "runs_out" => Forecast::RunsOut {
                day: date(&self.day)?,
                earliest: date(&self.earliest)?,
                latest: date(&self.latest),
                basis: basis()?,
            },
            _ => return None,
        })
    }
}

/// What is kept of a cluster; none where nothing is.
pub(in crate::store) fn kept(records: Option<Json<Vec<KeptRecord>>>) -> Option<Kept> {
    let records = records?.0;
    let made = records
        .iter()
        .filter_map(|record| OffsetDateTime::parse(&record.made_at, &Rfc3339).ok());
    // The oldest: what stands together is as old as that.
    let made_at = made.min()?;
    let forecasts = Limited::ALL.into_iter().filter_map(|limited| {
        let record = records.iter().find(|one| one.limited == limited.word())?;
        Some((limited, record.forecast().unwrap_or(Forecast::Unknown)))
    });
    Some(Kept {
        made_at,
        forecasts: forecasts.collect(),
    })
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::*;

    #[test]
    fn a_forecast_is_read_as_it_was_written() {
        let basis = Basis {
            days: 40,
            from: date!(2026 - 10 - 18),
            to: date!(2026 - 11 - 26),
        };
        let runs_out = |latest| Forecast::RunsOut {
            day: date!(2026 - 12 - 20),
            earliest: date!(2026 - 12 - 05),
            latest,
            basis,
        };
        for forecast in [
            Forecast::Unknown,
            Forecast::Stale {
                last: date!(2026 - 11 - 01),
            },
            Forecast::None,
            Forecast::Full,
            Forecast::TooShort { days: 13 },
            Forecast::NotGrowing(basis),
            Forecast::Far(basis),
            runs_out(None),
            runs_out(Some(date!(2027 - 01 - 30))),
        ] {
            let mut row = written(&(Limited::NodeDisk, forecast));
            row["made_at"] = json!("2026-11-26T12:00:00+00:00");
            for column in [
                "day",
                "earliest",
                "latest",
                "days",
                "basis_from",
                "basis_to",
            ] {
                if row.get(column).is_none() {
                    row[column] = Value::Null;
                }
            }
            let record: KeptRecord = serde_json::from_value(row).expect("a row");
            let kept = kept(Some(Json(vec![record]))).expect("it is kept");
            assert_eq!(kept.made_at, datetime!(2026-11-26 12:00 UTC));
            assert_eq!(kept.forecasts, [(Limited::NodeDisk, forecast)]);
        }
        assert_eq!(kept(None), None);
    }
}
