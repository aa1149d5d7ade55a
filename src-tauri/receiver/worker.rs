//! What all workers of this program have in common: round after round until told to stop, on again after a
//! panic, and trouble that stays is one line of the log.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::watch;

use crate::receiver::context::Context;
use crate::store::failure::StoreError;
use crate::wire::store_failure::store_failure;

/// What the log says of a worker, as whole lines.
pub(super) struct Words {
    /// It starts again after a panic.
    pub(super) panicked: &'static str,
    /// A round failed, and how things are until one succeeds.
    pub(super) stuck: &'static str,
    /// A round succeeded again.
    pub(super) again: &'static str,
}

/// What a worker does when it is told to stop.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// It drops the round that is under way: what was not committed or is only leased is done by whoever comes next.
    Drops,
    /// It ends the round that is under way, and makes a last one.
    Finishes,
}

/// One of the things this program does all the time.
pub(super) trait Worker: Send {
    /// What the log says.
    const WORDS: Words;
    /// What becomes of a round when the program stops.
    const ENDING: Ending = Ending::Drops;

    /// Does what is due, once. Whether more may be due at once.
    fn round(&mut self, context: &Context)
    -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Waits until it is worth looking again.
    fn rest(&self, context: &Context) -> impl Future<Output = ()> + Send;
}

/// After a panic or a failure, before a round is made again.
const RECOVERY: Duration = Duration::from_secs(1);

/// Works until told to stop. After a panic it goes on: a receiver that stores but no longer applies looks healthy
/// from outside.
pub(super) async fn keep<W: Worker>(mut worker: W, context: Context, stop: watch::Receiver<bool>) {
    loop {
        let work = AssertUnwindSafe(work(&mut worker, &context, stop.clone())).catch_unwind();
        if work.await.is_ok() {
            return;
        }
        tracing::error!("{}", W::WORDS.panicked);
        tokio::time::sleep(RECOVERY).await;
    }
}

async fn work<W: Worker>(worker: &mut W, context: &Context, mut stop: watch::Receiver<bool>) {
    let mut trouble = None;
    loop {
        // Asked before the round: what the last request brought is dealt with, a backlog is left to others.
        let last = *stop.borrow_and_update();
        let done = match W::ENDING {
            Ending::Finishes => worker.round(context).await,
            Ending::Drops if last => return,
            Ending::Drops => tokio::select! {
                done = worker.round(context) => done,
                _ = stop.changed() => return,
            },
        };
        // What wakes it, each event that is stored, is no reason to believe that things are better.
        let (more, failed) = match done {
            Ok(more) => {
                if trouble.take().is_some() {
                    tracing::info!("{}", W::WORDS.again);
                }
                (more, false)
            }
            Err(error) => {
                complain(context, &mut trouble, &error, W::WORDS.stuck);
                (false, true)
            }
        };
        if last {
            return;
        }
        if !more {
            let rest = async {
                if failed {
                    tokio::time::sleep(RECOVERY).await;
                }
                worker.rest(context).await;
            };
            tokio::select! {
                () = rest => {}
                _ = stop.changed() => {}
            }
        }
    }
}

/// The same trouble every second is one line, not a thousand.
fn complain(context: &Context, trouble: &mut Option<String>, error: &StoreError, stuck: &str) {
    let text = error.without_data();
    if trouble.as_ref() == Some(&text) {
        return;
    }
    let advice = store_failure(error, &context.parts.place, &context.reference()).message;
    tracing::warn!(error = %text, advice, "{stuck}");
    *trouble = Some(text);
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::sync::{Arc, Mutex};

    use super::*;

    /// What a round of the scripted worker does.
    enum Step {
        More,
        Nothing,
        Fail,
        Panic,
        /// Its program is told to stop while it is under way.
        Stopped,
    }

    /// Does as its script says, and notes it. Its program is told to stop when it rests without a script.
    struct Scripted<const FINISHES: bool> {
        script: VecDeque<Step>,
        seen: Arc<Mutex<Vec<&'static str>>>,
        stopping: watch::Sender<bool>,
    }

    impl<const FINISHES: bool> Scripted<FINISHES> {
        fn note(&self, what: &'static str) {
            self.seen.lock().expect("the notes").push(what);
        }
    }

    impl<const FINISHES: bool> Worker for Scripted<FINISHES> {
        const WORDS: Words = Words {
            panicked: "panicked",
            stuck: "stuck",
            again: "again",
        };
        const ENDING: Ending = if FINISHES {
            Ending::Finishes
        } else {
            Ending::Drops
        };

        async fn round(&mut self, _: &Context) -> Result<bool, StoreError> {
            self.note("round");
            match self.script.pop_front() {
                Some(Step::More) => return Ok(true),
                Some(Step::Nothing) | None => {}
                Some(Step::Fail) => return Err(StoreError::Impossible("a failure".to_owned())),
                Some(Step::Panic) => panic!("as the script says"),
                Some(Step::Stopped) => {
                    self.stopping.send_replace(true);
                    for _ in 0..3 {
                        tokio::task::yield_now().await;
                    }
                    self.note("done");
                }
            }
            Ok(false)
        }

        async fn rest(&self, _: &Context) {
            self.note("rest");
            if self.script.is_empty() {
                self.stopping.send_replace(true);
                std::future::pending::<()>().await;
            }
        }
    }

    /// What a worker did until it ended.
    async fn lived<const FINISHES: bool>(
        script: impl IntoIterator<Item = Step>,
    ) -> Vec<&'static str> {
        let seen = Arc::default();
        let (stopping, stopped) = watch::channel(false);
        let worker = Scripted::<FINISHES> {
            script: script.into_iter().collect(),
            seen: Arc::clone(&seen),
            stopping,
        };
        keep(worker, Context::nowhere(), stopped).await;
        let seen = seen.lock().expect("the notes");
        seen.clone()
    }

    #[tokio::test]
    async fn it_goes_on_while_there_is_more_and_after_a_failure_and_a_panic() {
        let script = [Step::More, Step::Fail, Step::Panic, Step::Nothing];
        let seen = lived::<false>(script).await;
        let wanted = ["round", "round", "rest", "round", "round", "rest"];
        assert_eq!(seen, wanted);
    }

    #[tokio::test]
    async fn where_it_fails_it_waits_whatever_wakes_it() {
        let begun = tokio::time::Instant::now();
        lived::<false>([Step::Fail, Step::Nothing]).await;
        assert!(begun.elapsed() >= RECOVERY);
    }

    #[tokio::test]
    async fn told_to_stop_while_it_rests_it_makes_a_last_round_where_it_should() {
        assert_eq!(lived::<true>([]).await, ["round", "rest", "round"]);
        assert_eq!(lived::<false>([]).await, ["round", "rest"]);
    }

    #[tokio::test]
    async fn told_to_stop_in_a_round_it_finishes_or_drops_it() {
        let mut finished = lived::<true>([Step::Stopped]).await;
        // Whether it still begins to rest is chance.
        finished.retain(|&what| what != "rest");
        assert_eq!(finished, ["round", "done", "round"]);
        assert_eq!(lived::<false>([Step::Stopped]).await, ["round"]);
    }
}
