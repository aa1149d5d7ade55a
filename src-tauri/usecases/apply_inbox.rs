//! Apply the events that wait in the inbox, each once: registrations become users, and what Stripe says becomes
//! its mirror and what follows from it.

use std::io;
use std::mem::take;
use std::time::Duration;

use serde_json::Value;
use time::OffsetDateTime;
use tokio::time::Instant;

use crate::domain::random::Random;
use crate::domain::retry::{Next, Setback};
use crate::store::door::Store;
use crate::store::failure::StoreError;
use crate::store::inbox::{self, Claimed, Ends, Provider};
use crate::usecases::apply_registration::apply_registration;
use crate::usecases::apply_stripe_event::{Stripe, apply_stripe_event};
use crate::usecases::read_event::{Reading, Said, noted, read_event, read_safely};

/// How many events share a transaction as long as all goes well.
const BATCH: i32 = 32;

/// So many events of a provider that fail alike, and none that gets through, are an outage.
const ALIKE: usize = 8;

/// After so many that each took all the time a statement has, the others of a batch are left to the next round.
const SLOW: usize = 2;

/// So long a batch that failed is given time to let go of its events: the statement that a lost connection leaves behind may go
/// on for fifteen seconds.
const LET_GO: Duration = Duration::from_secs(25);

/// Between two looks whether it has, at most: what comes meanwhile is applied by them.
const LOOK_AGAIN: Duration = Duration::from_millis(400);

/// An event about what somebody else is at is looked at again so much later: a batch takes about as long.
const HELD: Duration = Duration::from_millis(200);

/// What a round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    /// Events whose effect is in the database now.
    pub done: usize,
    /// Events that wait for a person: an e-mail address that somebody else has.
    pub conflicts: usize,
    /// Events that failed, or that others were in the way of, and that will be tried again.
    pub put_off: usize,
    /// Events that were given up.
    pub dead: usize,
}

impl Round {
    /// How many events were looked at; none means that nothing is due.
    #[must_use]
    pub fn events(self) -> usize {
        self.done + self.conflicts + self.put_off + self.dead
    }

    fn add(&mut self, other: Self) {
        self.done += other.done;
        self.conflicts += other.conflicts;
        self.put_off += other.put_off;
        self.dead += other.dead;
    }
}

/// Applies events that are due: a batch of them or, where the batch fails, each alone. Any number of workers may do
/// this at once. Call it until nothing is due. A transaction that takes longer than `patience` is given up: a
/// connection that vanished without a word never answers, and an event may be more work than there is time for.
///
/// # Errors
/// When the database is away or not attached: that is no event's fault, so none is counted as failed.
pub async fn apply_inbox(
    store: &Store,
    now: OffsetDateTime,
    random: &dyn Random,
    stripe: Stripe,
    patience: Duration,
) -> Result<Round, StoreError> {
    apply_as_read(store, now, random, stripe, read_event, patience).await
}

/// The same, where somebody else reads what the events say.
///
/// # Errors
/// As [`apply_inbox`].
pub async fn apply_as_read(
    store: &Store,
    now: OffsetDateTime,
    random: &dyn Random,
    stripe: Stripe,
    reading: Reading,
    patience: Duration,
) -> Result<Round, StoreError> {
    let worker = Worker {
        store,
        now,
        random,
        stripe,
        reading,
        patience,
    };
    match worker.apply(&Provider::ALL, BATCH).await {
        Ok(applied) => Ok(applied.round),
        // The transaction is gone, and nothing of it happened. Alone, the bad event hurts nobody.
        Err((claimed, error)) if claimed.len() == 1 && !may_be_its_own(&error) => {
            if error.is_outage() {
                return Err(error);
            }
            worker.within(worker.put_off(&claimed[0], &error)).await
        }
        Err((_, error)) if error.is_outage() && !may_be_its_own(&error) => Err(error),
        Err((claimed, _)) => worker.apply_singly(&claimed).await,
    }
}

/// What a round is made with.
struct Worker<'a> {
    store: &'a Store,
    now: OffsetDateTime,
    random: &'a dyn Random,
    stripe: Stripe,
    reading: Reading,
    patience: Duration,
}

/// The wait for a batch to let go of its events.
struct LettingGo {
    since: Instant,
    pause: Duration,
}

impl LettingGo {
    fn begin() -> Self {
        Self {
            since: Instant::now(),
            pause: Duration::from_millis(50),
        }
    }

    /// Whether there is time left.
    fn lasts(&self) -> bool {
        self.since.elapsed() < LET_GO
    }

    /// Longer each time.
    async fn pause(&mut self) {
        tokio::time::sleep(self.pause).await;
        self.pause = (self.pause * 2).min(LOOK_AGAIN);
    }
}

/// An event that failed as it would in an outage: it has been put off, and is judged by how the others fared.
struct Aside {
    event: Claimed,
    error: StoreError,
}

impl Worker<'_> {
    /// One event a transaction, for one batch and whatever comes meanwhile. What the batch had claimed is held until its
    /// transaction has ended at the server, too: later events come first then, and the batch's are waited for all the same.
    /// Else, with some traffic, each batch would fail of the same event, and those beside it would wait for ever.
    async fn apply_singly(&self, batch: &[Claimed]) -> Result<Round, StoreError> {
        let mut total = Round::default();
        let mut tried = 0;
        let mut let_go = false;
        let mut letting_go = LettingGo::begin();
        let mut through = Vec::new();
        let mut aside: Vec<Aside> = Vec::new();
        loop {
            // Where all that was tried of a provider failed alike, the rest of it would, too.
            let hopeless = |provider: &Provider| {
                !through.contains(provider) && of(&aside, *provider).count() >= ALIKE
            };
            let providers: Vec<Provider> = Provider::ALL
                .into_iter()
                .filter(|provider| !hopeless(provider))
                .collect();
            let slow = aside.iter().filter(|one| is_slow(&one.error)).count();
            let mut of_batch = batch.iter().map(|event| event.provider);
            let may_come = batch.is_empty() || of_batch.any(|one| providers.contains(&one));
            let held = may_come && !let_go && letting_go.lasts();
            if providers.is_empty() || slow >= SLOW || (tried >= BATCH && !held) {
                break;
            }
            let applied = self.apply(&providers, 1).await;
            let (Ok(Applied { claimed, .. }) | Err((claimed, _))) = &applied;
            for event in claimed {
                // All of the batch, then: it was one transaction.
                let_go |= batch.is_empty() || batch.iter().any(|one| one.id == event.id);
                tried += i32::from(let_go || !held);
            }
            match applied {
                Ok(applied) if applied.round.events() == 0 && held => letting_go.pause().await,
                Ok(applied) if applied.round.events() == 0 => break,
                Ok(applied) => {
                    if applied.round.done + applied.round.conflicts > 0 {
                        through.extend(applied.claimed.iter().map(|event| event.provider));
                    }
                    total.add(applied.round);
                }
                Err((claimed, error)) => match claimed.into_iter().next() {
                    None => return Err(error),
                    Some(event) if may_be_its_own(&error) => {
                        // At once, so that the next one is reached, and whoever dies here has done so much.
                        self.set_aside(&event, &error).await?;
                        aside.push(Aside { event, error });
                    }
                    Some(_) if error.is_outage() => return Err(error),
                    Some(event) => total.add(self.within(self.put_off(&event, &error)).await?),
                },
            }
        }
        self.judge(aside, &through, total).await
    }

    /// Counts what was set aside against those events that failed by themselves: others of their provider got
    /// through. Where none did, it is an outage and nobody's fault.
    async fn judge(
        &self,
        aside: Vec<Aside>,
        through: &[Provider],
        mut total: Round,
    ) -> Result<Round, StoreError> {
        if aside.is_empty() {
            return Ok(total);
        }
        // Some of Stripe's events need no view, and say nothing for those that do.
        let attached = self.within(inbox::is_attached(self.store)).await?;
        // One that is slow while nothing else is tried is slow by itself.
        let alone = aside.len() == 1 && total.events() == 0;
        let mut outage = None;
        for Aside { event, error } in aside {
            let others_pass = attached && through.contains(&event.provider);
            if others_pass || (alone && is_slow(&error)) {
                total.add(self.within(self.put_off(&event, &error)).await?);
            } else {
                total.put_off += 1;
                outage = Some(error);
            }
        }
        match outage {
            Some(error) if total.events() == total.put_off && through.is_empty() => Err(error),
            Some(error) => {
                let error = error.without_data();
                tracing::warn!(%error, "some events cannot be applied now; they wait, and nothing is counted");
                Ok(total)
            }
            None => Ok(total),
        }
    }

    /// Claims, applies and marks in one transaction. A failure tells which events had been claimed, also where the
    /// transaction was given up.
    async fn apply(
        &self,
        providers: &[Provider],
        limit: i32,
    ) -> Result<Applied, (Vec<Claimed>, StoreError)> {
        let mut claimed = Vec::new();
        let applied = self
            .within(apply(
                self.store,
                self.now,
                self.stripe,
                self.reading,
                providers,
                limit,
                &mut claimed,
            ))
            .await;
        match applied {
            Ok(round) => Ok(Applied { claimed, round }),
            Err(error) => Err((claimed, error)),
        }
    }

    async fn within<T>(
        &self,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let done = tokio::time::timeout(self.patience, work).await;
        done.unwrap_or_else(|_| Err(gone()))
    }

    /// Puts an event off, and counts nothing yet. A transaction that was given up holds it until the server has ended it.
    async fn set_aside(&self, event: &Claimed, error: &StoreError) -> Result<(), StoreError> {
        let Next::Again(pause) = Setback::Held.next(1, self.random.bits()) else {
            return Ok(());
        };
        let at = self.now + pause;
        let mut letting_go = LettingGo::begin();
        loop {
            match self.within(self.postpone(event, at, error)).await {
                Err(error) if error.is_held() && letting_go.lasts() => letting_go.pause().await,
                done => return done,
            }
        }
    }

    async fn postpone(
        &self,
        event: &Claimed,
        at: OffsetDateTime,
        error: &StoreError,
    ) -> Result<(), StoreError> {
        let mut writing = self.store.write().await?;
        inbox::be_patient(&mut writing).await?;
        inbox::postpone(&mut writing, event, at, self.reason(error)).await?;
        writing.commit().await
    }

    /// Why an event waits, as the inbox keeps it.
    fn reason(&self, error: &StoreError) -> String {
        if gave_up(error) {
            let seconds = self.patience.as_secs();
            return format!("all of it together took longer than {seconds} seconds");
        }
        error.without_data()
    }

    async fn put_off(&self, event: &Claimed, error: &StoreError) -> Result<Round, StoreError> {
        let failures = event.attempts + 1;
        let reason = self.reason(error);
        let setback = if may_be_its_own(error) {
            // It may be an outage of a part all the same: a disk that is full, a column that was renamed. Days are
            // time enough to mend either, and the event is in nobody's way meanwhile.
            Setback::Away
        } else if error.is_contention() {
            Setback::Held
        } else {
            Setback::Failed
        };
        let mut writing = self.store.write().await?;
        inbox::be_patient(&mut writing).await?;
        let mut round = Round::default();
        match setback.next(failures, self.random.bits()) {
            Next::Again(pause) => {
                let held = setback == Setback::Held;
                tracing::warn!(event = event.id, failures, held, ?pause, error = %reason, "put an event off");
                let at = self.now + pause;
                if held {
                    inbox::postpone(&mut writing, event, at, reason).await?;
                } else {
                    inbox::retry_later(&mut writing, event, at, reason).await?;
                }
                round.put_off = 1;
            }
            Next::GiveUp => {
                tracing::error!(event = event.id, failures, error = %reason, "gave an event up");
                inbox::bury(&mut writing, event, reason).await?;
                round.dead = 1;
            }
        }
        writing.commit().await?;
        Ok(round)
    }
}

fn of(aside: &[Aside], provider: Provider) -> impl Iterator<Item = &Aside> {
    aside
        .iter()
        .filter(move |one| one.event.provider == provider)
}

/// A connection that vanished without a word; or a batch that is more than can be done in time.
fn gone() -> StoreError {
    StoreError::Unreachable(sqlx::Error::Io(io::ErrorKind::TimedOut.into()))
}

/// Whether an event may have met this by itself, though an outage looks the same; [`Worker::judge`] tells.
fn may_be_its_own(error: &StoreError) -> bool {
    error.may_be_its_own() || gave_up(error)
}

/// Whether it took more time than a statement, or a transaction, has.
fn is_slow(error: &StoreError) -> bool {
    error.is_too_slow() || gave_up(error)
}

/// Whether it is a transaction that was given up: a batch may be too much where each alone is not.
fn gave_up(error: &StoreError) -> bool {
    matches!(error, StoreError::Unreachable(sqlx::Error::Io(io)) if io.kind() == io::ErrorKind::TimedOut)
}

/// What became of an event, and what is worth remembering of that.
pub(in crate::usecases) enum Outcome {
    /// Its effect is there.
    Done(Value),
    /// A person must decide.
    Conflict(Value),
    /// Somebody else is at what it is about: nothing was done yet.
    Held,
    /// This version of the program can do nothing with it.
    Dead(&'static str),
}

/// What a transaction did, and with which events.
struct Applied {
    claimed: Vec<Claimed>,
    round: Round,
}

/// Fills `claimed` at once: whoever gives this up must know whose transaction it was.
async fn apply(
    store: &Store,
    now: OffsetDateTime,
    stripe: Stripe,
    reading: Reading,
    providers: &[Provider],
    limit: i32,
    claimed: &mut Vec<Claimed>,
) -> Result<Round, StoreError> {
    let mut writing = store.write().await?;
    inbox::be_patient(&mut writing).await?;
    *claimed = inbox::claim(&mut writing, providers, now, limit).await?;
    let mut round = Round::default();
    let mut ends = Ends::default();
    for event in claimed.iter() {
        let outcome = match read_safely(reading, event) {
            Said::Registration(said) => apply_registration(&mut writing, &said).await?,
            Said::Stripe(said) => apply_stripe_event(&mut writing, said, stripe).await?,
            Said::Nothing(why) => Outcome::Done(noted(why)),
            Said::Unreadable(why) => Outcome::Dead(why),
        };
        match outcome {
            Outcome::Done(outcome) => {
                ends.done(event.id, outcome);
                round.done += 1;
            }
            Outcome::Conflict(ids) => {
                ends.conflict(event.id, ids);
                // At once: a later event of the batch may settle it.
                take(&mut ends).write(&mut writing, now).await?;
                round.conflicts += 1;
            }
            Outcome::Held => {
                let why = "others were at the same payment or customer".to_owned();
                inbox::postpone(&mut writing, event, now + HELD, why).await?;
                round.put_off += 1;
            }
            Outcome::Dead(why) => {
                inbox::bury(&mut writing, event, why.to_owned()).await?;
                round.dead += 1;
            }
        }
    }
    ends.write(&mut writing, now).await?;
    writing.commit().await?;
    Ok(round)
}
