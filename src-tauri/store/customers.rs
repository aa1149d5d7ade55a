//! What customers are told about themselves, read with their own rights (`migrations/console/0053`).

use serde_json::Value;
use time::{Date, OffsetDateTime};

use crate::statement;
use crate::store::door::{Store, Writing};
use crate::store::failure::StoreError;

/// What a customer can ask.
#[derive(Debug, Clone, Copy)]
pub enum Question {
    /// What they used, from a day until before another.
    Usage {
        /// The first day.
        from: Date,
        /// The day after the last.
        until: Date,
    },
    /// Where they work.
    Instance,
    /// What they owe and have.
    Billing {
        /// The month that runs is that of this day.
        today: Date,
    },
}

/// An answer, or why nobody is answered here.
#[derive(Debug, Clone)]
pub enum Answered {
    /// JSON, as the function in the database made it.
    With(Value),
    /// As a sentence for the log and for doctor.
    Refused(String),
}

/// Asks in the name of a customer. `claims`: those of their token, as it was signed.
///
/// # Errors
/// Whatever the database says.
pub async fn ask(
    store: &Store,
    claims: String,
    question: Question,
) -> Result<Answered, StoreError> {
    // A function may not set what the policies read in a transaction that is read only; nothing is written.
    let mut asking = store.write_promptly().await?;
    if let Some(why) = refused(&mut asking).await? {
        return Ok(Answered::Refused(why));
    }
    let query = match question {
        Question::Usage { from, until } => statement!("customer_usage.sql")
            .rows::<(Value,)>()
            .bind(claims)
            .bind(from)
            .bind(until),
        Question::Instance => statement!("customer_instance.sql").rows().bind(claims),
        Question::Billing { today } => statement!("customer_billing.sql")
            .rows()
            .bind(claims)
            .bind(today),
    };
    let (answer,) = asking.one(query).await?;
    asking.commit().await?;
    Ok(Answered::With(answer))
}

/// Why customers cannot be answered here, as a sentence; `None`: they can.
///
/// # Errors
/// Whatever the database says.
pub async fn customers_refused(store: &Store) -> Result<Option<String>, StoreError> {
    let mut asking = store.write_promptly().await?;
    let why = refused(&mut asking).await?;
    asking.commit().await?;
    Ok(why)
}

async fn refused(asking: &mut Writing) -> Result<Option<String>, StoreError> {
    let why = statement!("customers_refused.sql").rows::<(Option<String>,)>();
    Ok(asking.one(why).await?.0)
}

/// Who signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The token's `sub`.
    pub id: String,
    /// Their address, as the tenant knows it.
    pub email: Option<String>,
    /// Whether the tenant saw them read mail there.
    pub verified: bool,
    /// Their name.
    pub name: Option<String>,
    /// When.
    pub at: OffsetDateTime,
}

/// Makes or completes the user, counts the sign-in once, and takes up an invitation.
///
/// # Errors
/// Whatever the database says.
pub async fn sync(store: &Store, who: SignedIn) -> Result<Value, StoreError> {
    let sync = statement!("sync_user.sql")
        .rows::<(Value,)>()
        .bind(who.id)
        .bind(who.email)
        .bind(who.verified)
        .bind(who.name)
        .bind(who.at);
    let mut writing = store.write_promptly().await?;
    let (answer,) = writing.one(sync).await?;
    writing.commit().await?;
    Ok(answer)
}
