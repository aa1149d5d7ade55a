//! Sessions that are kept at hand from one statement to the next. A pool asks each that it is given back for a sign of life: a
//! round trip, and work for the server, which is felt where somebody stores batch after batch. What rests is the pool's, which
//! tries what has rested for long before it is used, and ends it after a while.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use sqlx::Postgres;
use sqlx::pool::PoolConnection;
use sqlx::postgres::PgPool;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep, timeout};

use crate::store::failure::StoreError;

/// How long a session that is used all the time is kept from the pool, which ends those that are too old.
const AT_HAND: Duration = Duration::from_secs(60);

/// How long one rests here before the pool has it back.
const REST: Duration = Duration::from_secs(1);

/// How long a session may take to give a sign of life when it is given back; then it is closed.
const RETURN: Duration = Duration::from_secs(10);

/// The sessions of a pool, taken and given back through here alone.
pub(in crate::store) struct AtHand {
    pool: PgPool,
    /// As many as the pool has connections: whoever has a place finds a session here, or the pool has room for one.
    places: Semaphore,
    waiting: Mutex<Vec<Taken>>,
}

/// A session of the pool. Dropped, it goes back there.
pub(in crate::store) struct Taken {
    pub(in crate::store) session: PoolConnection<Postgres>,
    since: Instant,
    /// When its last statement was over.
    used: Instant,
}

impl AtHand {
    /// Of a pool of so many connections. To be called in a runtime.
    pub(in crate::store) fn new(pool: PgPool, connections: u32) -> Arc<Self> {
        let at_hand = Arc::new(Self {
            pool,
            places: Semaphore::new(usize::try_from(connections).unwrap_or(Semaphore::MAX_PERMITS)),
            waiting: Mutex::default(),
        });
        tokio::spawn(let_rest(Arc::downgrade(&at_hand)));
        at_hand
    }

    pub(in crate::store) fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// A session, and the place of whoever uses it, to be kept as long.
    ///
    /// # Errors
    /// When none can be had in time, or the server lets nobody in.
    pub(in crate::store) async fn take(
        &self,
        patience: Duration,
    ) -> Result<(SemaphorePermit<'_>, Taken), StoreError> {
        let taking = async {
            let place = self.places.acquire().await;
            let place = place.map_err(|_| sqlx::Error::PoolClosed)?;
            if let Some(taken) = self.waiting().pop() {
                return Ok((place, taken));
            }
            let session = self.pool.acquire().await?;
            let since = Instant::now();
            let used = since;
            let taken = Taken {
                session,
                since,
                used,
            };
            Ok((place, taken))
        };
        match timeout(patience, taking).await {
            Ok(taken) => taken.map_err(|error: sqlx::Error| error.into()),
            Err(_) => Err(StoreError::Timeout(sqlx::Error::PoolTimedOut)),
        }
    }

    /// Keeps a session whose statement is over for the next.
    pub(in crate::store) fn give_back(&self, mut taken: Taken) {
        taken.used = Instant::now();
        if taken.used - taken.since < AT_HAND {
            let mut waiting = self.waiting();
            // Looked at under the lock: whoever closes empties it once nobody puts anything in.
            if !self.pool.is_closed() {
                waiting.push(taken);
                return;
            }
        }
        taken.return_to_pool();
    }

    /// One broke: those that were opened beside it are not to be trusted either.
    pub(in crate::store) fn distrust(&self) {
        for mut taken in self.waiting().drain(..) {
            taken.session.close_on_drop();
        }
    }

    /// Closes the pool; what is under way ends first.
    pub(in crate::store) async fn close(&self) {
        let closing = self.pool.close();
        self.waiting().clear();
        closing.await;
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Taken>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    /// The pool waits for the sign of life without an end to its patience.
    fn return_to_pool(mut self) {
        tokio::spawn(timeout(RETURN, async move {
            self.session.return_to_pool().await;
        }));
    }
}

/// Has the pool take back what rests, until nobody uses any of it.
async fn let_rest(of: Weak<AtHand>) {
    loop {
        sleep(REST).await;
        let Some(at_hand) = of.upgrade() else {
            return;
        };
        let rested: Vec<Taken> = at_hand
            .waiting()
            .extract_if(.., |taken| taken.used.elapsed() >= REST)
            .collect();
        for taken in rested {
            taken.return_to_pool();
        }
    }
}

impl fmt::Debug for AtHand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AtHand")
            .field("pool", &self.pool)
            .finish_non_exhaustive()
    }
}
