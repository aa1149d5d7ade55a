//! Do in other systems what the outbox holds: retried with growing pauses while a system is away, given up
//! with a reason where only a person can help, and only compared where the effect is in shadow.

use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt as _, StreamExt as _};

use crate::clusters::connections::Connections;
use crate::domain::clock::Clock;
use crate::domain::random::Random;
use crate::domain::retry::{self, Next};
use crate::identity::management::Management;
use crate::store::door::Store;
use crate::store::failure::StoreError;
use crate::store::outbox::{self, ClaimedEffect, ShadowEffect};
use crate::usecases::effects::{Means, Mode, Undone, perform};

/// Effects that are under way at once. A claim holds one for each subject at most, so their order is safe.
const AT_ONCE: i32 = 16;

/// An effect may take this long; its lease is two minutes.
const LONGEST: Duration = Duration::from_secs(60);

/// What effects are done with, by whom.
pub struct Executor<'a> {
    /// The database.
    pub store: &'a Store,
    /// Ways to the clusters.
    pub connections: &'a Connections,
    /// The clock.
    pub clock: &'a dyn Clock,
    /// Chance, for the pauses.
    pub random: &'a dyn Random,
    /// The OAuth client under which clusters know the identity provider.
    pub client_id: Option<&'a str>,
    /// The tenant at Auth0.
    pub management: Option<&'a Management>,
    /// The caller's own actions alone, as the console does them.
    pub own_only: bool,
    /// Effects in these systems alone; none for all.
    pub systems: Option<&'a [&'a str]>,
}

/// What a round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Executed {
    /// Effects that have happened.
    pub done: usize,
    /// Effects that will be tried again.
    pub put_off: usize,
    /// Effects that were given up.
    pub dead: usize,
    /// Effects in shadow that were compared.
    pub compared: usize,
    /// Effects that somebody else took over meanwhile.
    pub lost: usize,
}

impl Executed {
    /// How many effects were looked at; none means that nothing is due.
    #[must_use]
    pub fn effects(self) -> usize {
        self.done + self.put_off + self.dead + self.compared + self.lost
    }

    fn and(self, other: Self) -> Self {
        Self {
            done: self.done + other.done,
            put_off: self.put_off + other.put_off,
            dead: self.dead + other.dead,
            compared: self.compared + other.compared,
            lost: self.lost + other.lost,
        }
    }
}

/// Does what is due, a few effects at once. Any number of programs may do this at the same time. A program
/// that dies in between has its effects done again when their lease is over, which is harmless. Call it until
/// nothing is due.
///
/// # Errors
/// When the database is away, or too old: that is no effect's fault.
pub async fn execute_outbox(executor: &Executor<'_>) -> Result<Executed, StoreError> {
    let now = executor.clock.now();
    let claimed = outbox::claim(
        executor.store,
        AT_ONCE,
        now,
        executor.own_only,
        executor.systems,
    )
    .await?;
    // Boxed: that they may be sent between threads is then proved once, not at each await above them.
    let mut done: FuturesUnordered<BoxFuture<'_, _>> = FuturesUnordered::new();
    for effect in &claimed {
        done.push(executor.execute(effect).boxed());
    }
    let mut total = Executed::default();
    while let Some(one) = done.next().await {
        total = total.and(one?);
    }
    if executor.own_only {
        return Ok(total);
    }
    let shadows = outbox::shadows(executor.store, AT_ONCE, now).await?;
    let mut compared: FuturesUnordered<BoxFuture<'_, _>> = FuturesUnordered::new();
    for effect in &shadows {
        compared.push(executor.compare(effect).boxed());
    }
    while let Some(one) = compared.next().await {
        total = total.and(one?);
    }
    Ok(total)
}

impl Executor<'_> {
    fn means(&self) -> Means<'_> {
        Means {
            store: self.store,
            connections: self.connections,
            client_id: self.client_id,
            management: self.management,
        }
    }

    async fn execute(&self, claimed: &ClaimedEffect) -> Result<Executed, StoreError> {
        let effect = &claimed.effect;
        let performed = tokio::time::timeout(LONGEST, perform(self.means(), effect, Mode::Live));
        let performed = performed.await.unwrap_or_else(|_| Err(too_long()));
        let (system, kind, attempts) = (&effect.system, &effect.kind, effect.attempts);
        let mut round = Executed::default();
        let marked = match performed {
            Ok(done) => {
                tracing::info!(
                    effect = claimed.id,
                    system,
                    kind,
                    attempts,
                    "an effect is done"
                );
                round.done = 1;
                claimed.finish(self.store, done.outcome(Mode::Live)).await
            }
            Err(Undone::Store(error)) if error.is_outage() => return Err(error),
            Err(undone) => {
                let (setback, why) = undone.setback();
                match setback.next(attempts, self.random.bits()) {
                    Next::Again(pause) => {
                        tracing::warn!(
                            effect = claimed.id,
                            system,
                            kind,
                            attempts,
                            ?setback,
                            ?pause,
                            why,
                            "put an effect off"
                        );
                        round.put_off = 1;
                        let at = self.clock.now() + pause;
                        claimed.retry(self.store, why, at).await
                    }
                    Next::GiveUp => {
                        tracing::error!(
                            effect = claimed.id,
                            system,
                            kind,
                            attempts,
                            why,
                            "gave an effect up"
                        );
                        round.dead = 1;
                        claimed.bury(self.store, why).await
                    }
                }
            }
        };
        match marked {
            Ok(()) => Ok(round),
            Err(error) if error.is_outage() || error.is_contention() => Err(error),
            Err(error) => {
                // Another program has had the lease since. What it does comes to the same.
                let why = error.without_data();
                tracing::warn!(
                    effect = claimed.id,
                    why,
                    "an effect was taken over meanwhile"
                );
                Ok(Executed {
                    lost: 1,
                    ..Executed::default()
                })
            }
        }
    }

    async fn compare(&self, shadow: &ShadowEffect) -> Result<Executed, StoreError> {
        let effect = &shadow.effect;
        let looked = tokio::time::timeout(LONGEST, perform(self.means(), effect, Mode::Shadow));
        let looked = looked.await.unwrap_or_else(|_| Err(too_long()));
        let (kept, round) = match looked {
            Ok(done) => {
                let outcome = done.outcome(Mode::Shadow);
                let compared = Executed {
                    compared: 1,
                    ..Executed::default()
                };
                (shadow.compared(self.store, outcome).await, compared)
            }
            Err(Undone::Store(error)) if error.is_outage() => return Err(error),
            Err(undone) => {
                let (setback, why) = undone.setback();
                let pause = match setback.next(effect.attempts + 1, self.random.bits()) {
                    Next::Again(pause) => pause,
                    // Looking costs nothing, and what is on record may be mended.
                    Next::GiveUp => retry::UNABLE,
                };
                let at = self.clock.now() + pause;
                let put_off = Executed {
                    put_off: 1,
                    ..Executed::default()
                };
                (shadow.later(self.store, why, at).await, put_off)
            }
        };
        kept.map(|()| round)
    }
}

fn too_long() -> Undone {
    Undone::Later("It took too long. It is tried again.".to_owned())
}
