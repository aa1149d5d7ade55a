//! Store events that arrive together with one commit: a commit is a wait for the disk, and thirty-two of them
//! at once wait no longer than one.
//!
//! Committers take turns. While one is at the disk the next batch gathers, so a lonely event waits for nobody; where
//! one takes long, because somebody holds a row, the next does not wait for it. Where a batch is refused, each of its
//! events is stored alone: a bad one fails alone. Whoever hands an event over waits, and the queue is as long as the
//! receiver lets requests in.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::time::timeout;

use crate::store::door::Store;
use crate::store::failure::StoreError;
use crate::store::inbox::{NewEvent, Origin, Stored, store_events};

/// Batches that may be under way at once. One alone would have everybody wait for a row that somebody holds.
pub const COMMITTERS: u32 = 2;

/// A batch that takes longer than this has lost its turn: the next begins beside it. Sooner, there would be twice as
/// many of half the size, which cost the server half as much again.
const TURN: Duration = Duration::from_millis(20);

/// The most events that share a commit.
const MOST: usize = 64;

/// The most bytes of bodies that do.
const MOST_BYTES: usize = 2 * 1024 * 1024;

/// Why an event was not stored. Several may share the reason.
pub type Why = Arc<StoreError>;

struct Waiting {
    event: NewEvent,
    answer: oneshot::Sender<Result<Stored, Why>>,
}

/// The place where events gather. Cheap to clone.
#[derive(Clone)]
pub struct Gathering(mpsc::Sender<Waiting>);

impl Gathering {
    /// Starts the committers; they end when the last clone is gone. At most `waiting` events wait to be taken.
    #[must_use]
    pub fn start(store: &Store, waiting: usize) -> Self {
        let (sender, receiver) = mpsc::channel(waiting.max(1));
        let desk = Arc::new(Desk {
            queue: Mutex::new(receiver),
            turn: Mutex::default(),
        });
        for _ in 0..COMMITTERS {
            tokio::spawn(commit_batches(store.clone(), Arc::clone(&desk)));
        }
        Self(sender)
    }

    /// Stores an event; after `Ok` it is committed. Given up on the way, it may be stored all the same.
    ///
    /// # Errors
    /// Whatever the database says about this event.
    pub async fn store(&self, event: NewEvent) -> Result<Stored, Why> {
        let (answer, answered) = oneshot::channel();
        let gone = || Arc::new(StoreError::Impossible("nobody stores events".to_owned()));
        self.0
            .send(Waiting { event, answer })
            .await
            .map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}

/// What committers share.
struct Desk {
    queue: Mutex<mpsc::Receiver<Waiting>>,
    /// Held by whose turn it is.
    turn: Mutex<()>,
}

async fn commit_batches(store: Store, desk: Arc<Desk>) {
    loop {
        // Locked while one gathers: the other is at the disk, or waits to gather.
        let mut queue = desk.queue.lock().await;
        let Some(first) = queue.recv().await else {
            return;
        };
        let _turn = timeout(TURN, desk.turn.lock()).await;
        let batch = gather(first, &mut queue);
        drop(queue);
        commit(&store, batch).await;
    }
}

/// What waits, within bounds.
fn gather(first: Waiting, queue: &mut mpsc::Receiver<Waiting>) -> Vec<Waiting> {
    let mut bytes = first.event.body.len();
    let mut batch = vec![first];
    while batch.len() < MOST && bytes < MOST_BYTES {
        let Ok(next) = queue.try_recv() else {
            break;
        };
        bytes += next.event.body.len();
        batch.push(next);
    }
    batch
}

async fn commit(store: &Store, batch: Vec<Waiting>) {
    let (events, answers): (Vec<_>, Vec<_>) = batch
        .into_iter()
        // Whoever hung up will send again.
        .filter(|waiting| !waiting.answer.is_closed())
        .map(|waiting| (waiting.event, waiting.answer))
        .unzip();
    if events.is_empty() {
        return;
    }
    let error = match store_events(store, &events, Origin::Sent).await {
        Ok(stored) => {
            for (answer, stored) in answers.into_iter().zip(stored) {
                // Nobody listens any more: it is stored all the same.
                let _ = answer.send(Ok(stored));
            }
            return;
        }
        Err(error) => error,
    };
    if error.is_outage() || events.len() == 1 {
        let why = Arc::new(error);
        for answer in answers {
            let _ = answer.send(Err(Arc::clone(&why)));
        }
        return;
    }
    tracing::warn!(error = %error.without_data(), events = events.len(), "a batch was refused; storing its events one by one");
    join_all(
        events
            .into_iter()
            .zip(answers)
            .map(|(event, answer)| async {
                let stored = store_events(store, &[event], Origin::Sent).await;
                let stored =
                    stored.map(|stored| stored.first().copied().unwrap_or(Stored::Duplicate));
                let _ = answer.send(stored.map_err(Arc::new));
            }),
    )
    .await;
}
