//! Keeping what a cluster's systems list: users, projects and costs.

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use crate::domain::capacity::readings::{
    Costs, Listed, ListedProject, ListedUser, NamespaceCost, Quota, Readings,
};
use crate::domain::capacity::snapshot::Unknown;
use crate::domain::hopsworks::ProjectLimit;
use crate::statement;
use crate::store::door::{Statement, Store};
use crate::store::failure::StoreError;
use crate::store::snapshots::{Turn, text};

const RECORD: Statement = statement!("reading_record.sql");

impl Turn {
    /// Keeps what was read, each kind by itself: of one that the database does not take in time it is kept that it was not, and
    /// the others are kept. Whether the turn was still ours.
    ///
    /// # Errors
    /// Whatever else the database says; a kind that was not kept by then is read again at the next look.
    pub async fn record_readings(
        &self,
        store: &Store,
        now: OffsetDateTime,
        readings: &Readings,
    ) -> Result<bool, StoreError> {
        let kinds = [
            ("users", kept(&readings.users, of_list, users)),
            ("projects", kept(&readings.projects, of_list, projects)),
            ("costs", kept(&readings.costs, of_costs, costs)),
        ];
        let mut ours = true;
        for (kind, (said, rows)) in kinds {
            ours &= match self.record_reading(store, now, kind, said, rows).await {
                Err(error) if error.is_too_slow() => {
                    tracing::warn!(kind, "what a cluster lists takes the database too long");
                    let unknown = Err::<(), _>(too_slow());
                    let (said, rows) = kept(&unknown, |()| Value::Null, |()| Vec::new());
                    self.record_reading(store, now, kind, said, rows).await?
                }
                kept => kept?,
            };
        }
        Ok(ours)
    }

    async fn record_reading(
        &self,
        store: &Store,
        now: OffsetDateTime,
        kind: &'static str,
        said: Value,
        rows: Option<Value>,
    ) -> Result<bool, StoreError> {
        let record = RECORD
            .rows::<(bool,)>()
            .bind(self.cluster_id.clone())
            .bind(self.lease.clone())
            .bind(now)
            .bind(kind.to_owned())
            .bind(said)
            .bind(rows);
        let mut writing = store.write_much_in_background().await?;
        let (kept,) = writing.one(record).await?;
        writing.commit().await?;
        Ok(kept)
    }
}

fn too_slow() -> Unknown {
    Unknown {
        code: "not_kept".to_owned(),
        sentence: "It was read, and the database took longer than a minute to keep it. Make the indexes that Schema \
                   proposes; it is read again by itself."
            .to_owned(),
    }
}

/// By the names of the columns: what is said of the whole, and the rows; none where nothing is known.
fn kept<T>(
    read: &Result<T, Unknown>,
    of_whole: fn(&T) -> Value,
    rows: fn(&T) -> Vec<Value>,
) -> (Value, Option<Value>) {
    match read {
        Ok(read) => (of_whole(read), Some(Value::Array(rows(read)))),
        Err(Unknown { code, sentence }) => (json!({ "code": code, "failure": sentence }), None),
    }
}

fn of_list<T>(listed: &Listed<T>) -> Value {
    json!({ "unread": listed.unread })
}

fn of_costs(costs: &Costs) -> Value {
    json!({
        "unread": costs.unread,
        "covers_from": text(costs.hours.from),
        "covers_until": text(costs.hours.until),
        "cost_total": costs.total,
        "cost_idle": costs.idle,
    })
}

fn users(listed: &Listed<ListedUser>) -> Vec<Value> {
    let limit = |limit| match limit {
        ProjectLimit::AtMost(projects) => i64::from(projects),
        ProjectLimit::Unlimited => -1,
    };
    let row = |listed: &ListedUser| {
        let user = &listed.user;
        json!({
            "number": user.id.get(),
            "email": user.email,
            "username": user.username,
            "status": user.status.code(),
            "project_limit": user.project_limit.map(limit),
            "projects": listed.projects,
            "of_service": listed.of_service,
        })
    };
    listed.read.iter().map(row).collect()
}

fn projects(listed: &Listed<ListedProject>) -> Vec<Value> {
    let row = |project: &ListedProject| {
        let mut row = Map::new();
        row.insert("project_id".to_owned(), project.id.into());
        row.insert("name".to_owned(), project.name.clone().into());
        row.insert("namespace".to_owned(), project.namespace.clone().into());
        row.insert("creator".to_owned(), project.creator.clone().into());
        let created = project.created_at.and_then(text);
        row.insert("created_at".to_owned(), created.into());
        for (name, Quota { used, quota }) in [
            ("files", project.files),
            ("warehouse", project.warehouse),
            ("features", project.features),
            ("compute", project.compute),
            ("topics", project.topics),
        ] {
            row.insert(format!("{name}_used"), used.into());
            row.insert(format!("{name}_quota"), quota.into());
        }
        Value::Object(row)
    };
    listed.read.iter().map(row).collect()
}

fn costs(costs: &Costs) -> Vec<Value> {
    let row = |of: &NamespaceCost| {
        json!({
            "namespace": of.namespace,
            "cost": of.cost,
            "cpu_hours": of.cpu_hours,
            "gpu_hours": of.gpu_hours,
            "memory_gib_hours": of.memory_gib_hours,
        })
    };
    costs.namespaces.iter().map(row).collect()
}
