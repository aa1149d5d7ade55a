//! The outbox: what must happen in other systems, claimed, done, put off or given up.

use serde_json::Value;
use sqlx::FromRow;
use time::OffsetDateTime;

use crate::domain::account::{Plan, UserStatus};
use crate::domain::sealed::SecretKind;
use crate::secrets::Secret;
use crate::secrets::sealing::{Kept, is_armored};
use crate::statement;
use crate::store::door::Store;
use crate::store::failure::StoreError;

/// An effect that is to happen, leased to this program for two minutes.
#[derive(Debug, Clone, FromRow)]
pub struct ClaimedEffect {
    /// Its row.
    pub id: i64,
    /// What proves that it is still ours.
    lease: String,
    /// What it is.
    #[sqlx(flatten)]
    pub effect: Effect,
}

/// What is to happen.
#[derive(Debug, Clone, FromRow)]
pub struct Effect {
    /// The other system: `hopsworks`, `auth0`, …
    pub system: String,
    /// What is to happen there.
    pub kind: String,
    /// Whom it is about; effects for one subject in one system happen in their order.
    pub subject: String,
    /// The cluster, where it happens on one.
    pub cluster_id: Option<String>,
    /// What has to be known, by kind.
    pub payload: Value,
    /// The same for every attempt.
    pub idempotency_key: String,
    /// How often it was tried, this time included.
    pub attempts: i32,
}

/// An effect that is only computed.
#[derive(Debug, Clone, FromRow)]
pub struct ShadowEffect {
    /// Its row.
    pub id: i64,
    /// What would happen.
    #[sqlx(flatten)]
    pub effect: Effect,
}

/// What another system has to know of somebody.
#[derive(Debug, Clone)]
pub struct Person {
    /// Their e-mail address.
    pub email: String,
    /// Their name, where one is known.
    pub name: Option<String>,
    /// Whether the service lets them in.
    pub status: UserStatus,
    /// Whether the account is theirs.
    pub is_owner: bool,
    /// The account's plan.
    pub plan: Plan,
}

/// A cluster as it is on record.
#[derive(Debug)]
pub struct Access {
    /// Its address.
    pub api_url: Option<String>,
    /// The key of an administrator there.
    pub api_key: Option<Kept>,
    /// What opens its Kubernetes.
    pub kubeconfig: Option<Kept>,
    /// The authority that signed its certificate, PEM.
    pub authority: Option<String>,
}

/// Leases effects that are due. `own_only`: those of the caller's own actions, as a member of staff may.
/// `systems`: those in these systems; none for all.
///
/// # Errors
/// Whatever the database says.
pub async fn claim(
    store: &Store,
    limit: i32,
    now: OffsetDateTime,
    own_only: bool,
    systems: Option<&[&str]>,
) -> Result<Vec<ClaimedEffect>, StoreError> {
    let systems = systems.map(|systems| {
        systems
            .iter()
            .map(|&one| one.to_owned())
            .collect::<Vec<_>>()
    });
    let claim = statement!("outbox_claim.sql").rows();
    let mut writing = store.write_in_background().await?;
    let claimed = writing
        .all(claim.bind(limit).bind(now).bind(own_only).bind(systems))
        .await?;
    writing.commit().await?;
    Ok(claimed)
}

impl ClaimedEffect {
    /// Marks it as done.
    ///
    /// # Errors
    /// Whatever the database says; also when the lease is over and somebody else has it.
    pub async fn finish(&self, store: &Store, outcome: Value) -> Result<(), StoreError> {
        let finish = statement!("outbox_finish.sql").command();
        run(
            store,
            finish.bind(self.id).bind(self.lease.clone()).bind(outcome),
        )
        .await
    }

    /// Gives it back, to be tried again.
    ///
    /// # Errors
    /// As [`Self::finish`].
    pub async fn retry(
        &self,
        store: &Store,
        why: String,
        at: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let retry = statement!("outbox_retry.sql").command();
        let retry = retry.bind(self.id).bind(self.lease.clone());
        run(store, retry.bind(why).bind(at)).await
    }

    /// Gives it up.
    ///
    /// # Errors
    /// As [`Self::finish`].
    pub async fn bury(&self, store: &Store, why: String) -> Result<(), StoreError> {
        let bury = statement!("outbox_bury.sql").command();
        run(store, bury.bind(self.id).bind(self.lease.clone()).bind(why)).await
    }
}

/// Effects that are only computed and that nobody has compared yet. They are not leased: to compare twice
/// is harmless.
///
/// # Errors
/// Whatever the database says.
pub async fn shadows(
    store: &Store,
    limit: i32,
    now: OffsetDateTime,
) -> Result<Vec<ShadowEffect>, StoreError> {
    let shadows = statement!("outbox_shadows.sql").rows();
    let mut reading = store.read().await?;
    let found = reading.all(shadows.bind(limit).bind(now)).await?;
    reading.end().await?;
    Ok(found)
}

impl ShadowEffect {
    /// Keeps what a comparison found.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn compared(&self, store: &Store, outcome: Value) -> Result<(), StoreError> {
        let compared = statement!("outbox_shadow_compared.sql").command();
        run(store, compared.bind(self.id).bind(outcome)).await
    }

    /// Puts the comparison off.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn later(
        &self,
        store: &Store,
        why: String,
        at: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let later = statement!("outbox_shadow_later.sql").command();
        run(store, later.bind(self.id).bind(why).bind(at)).await
    }
}

/// Somebody, as far as other systems have to know them; none when there is no such user any more.
///
/// # Errors
/// Whatever the database says.
pub async fn person(store: &Store, user_id: &str) -> Result<Option<Person>, StoreError> {
    #[derive(FromRow)]
    struct Row {
        email: Option<String>,
        name: Option<String>,
        status: Option<String>,
        is_owner: bool,
        billing_mode: Option<String>,
    }
    let person = statement!("outbox_person.sql").rows::<Row>();
    let mut reading = store.read().await?;
    let found = reading.optional(person.bind(user_id.to_owned())).await?;
    reading.end().await?;
    Ok(found.and_then(|row| {
        Some(Person {
            email: row.email?,
            name: row.name.filter(|name| !name.trim().is_empty()),
            status: UserStatus::read(row.status.as_deref()),
            is_owner: row.is_owner,
            plan: Plan::read(row.billing_mode.as_deref()),
        })
    }))
}

/// How a cluster is reached; none when it is not on record any more.
///
/// # Errors
/// Whatever the database says.
pub async fn cluster_access(store: &Store, cluster_id: &str) -> Result<Option<Access>, StoreError> {
    #[derive(FromRow)]
    struct Row {
        api_url: Option<String>,
        api_key: Option<String>,
        kubeconfig: Option<String>,
        authority: Option<String>,
        sealed_api_key: Option<Vec<u8>>,
        sealed_kubeconfig: Option<Vec<u8>>,
    }
    let kept = |kind: SecretKind, plain: Option<String>, sealed: Option<Vec<u8>>| match sealed {
        Some(bytes) => Some(Kept::Sealed {
            cluster: cluster_id.to_owned(),
            kind: kind.word(),
            bytes,
        }),
        // Sealed in the service's own table alone, as when it was attached anew.
        None => plain.map(|text| {
            if is_armored(&text) {
                Kept::Sealed {
                    cluster: cluster_id.to_owned(),
                    kind: kind.word(),
                    bytes: text.trim().as_bytes().to_vec(),
                }
            } else {
                Kept::Plain(Secret::new(text))
            }
        }),
    };
    let access = statement!("cluster_access.sql").rows::<Row>();
    let mut reading = store.read().await?;
    let found = reading.optional(access.bind(cluster_id.to_owned())).await?;
    reading.end().await?;
    Ok(found.map(|row| Access {
        api_url: row.api_url,
        api_key: kept(SecretKind::ApiKey, row.api_key, row.sealed_api_key),
        kubeconfig: kept(
            SecretKind::Kubeconfig,
            row.kubeconfig,
            row.sealed_kubeconfig,
        ),
        authority: row.authority,
    }))
}

/// What an open console may carry out by its login.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, FromRow)]
pub struct MayExecute {
    /// Anything at all: what its own actions decided.
    pub claims: bool,
    /// What happens on clusters, too: not where secrets are sealed that its keys do not open.
    pub reaches_clusters: bool,
}

/// What an open console may carry out by this login, with the private keys of these public ones.
///
/// # Errors
/// Whatever the database says.
pub async fn may_execute(store: &Store, keys: Vec<String>) -> Result<MayExecute, StoreError> {
    let may = statement!("outbox_may_execute.sql")
        .rows::<MayExecute>()
        .bind(keys);
    let mut reading = store.read().await?;
    let may = reading.optional(may).await?;
    reading.end().await?;
    Ok(may.unwrap_or_default())
}

async fn run(
    store: &Store,
    command: sqlx::query::Query<'static, sqlx::Postgres, sqlx::postgres::PgArguments>,
) -> Result<(), StoreError> {
    let mut writing = store.write().await?;
    writing.run(command).await?;
    writing.commit().await
}
