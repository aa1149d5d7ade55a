//! What the first screen asks for, asked while the engine of the window still starts: its first questions then
//! find their answers, and connections that know the statements.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use tauri::async_runtime::JoinHandle;
use time::{Duration, OffsetDateTime};

use crate::desktop::answer::Answer;
use crate::desktop::commands::overview::{attention, clusters, figures};
use crate::desktop::console::Console;
use crate::wire::overview::{Attention, ClusterFill, OverviewFigures};
use crate::wire::panel::Panel;

/// An older answer is not given to anybody: whoever comes later asks anew.
const FRESH: Duration = Duration::seconds(5);

/// The Overview's questions.
#[derive(Default)]
pub(in crate::desktop) struct Ahead {
    pub(in crate::desktop) figures: Asked<Panel<OverviewFigures>>,
    pub(in crate::desktop) attention: Asked<Panel<Vec<Attention>>>,
    pub(in crate::desktop) clusters: Asked<Panel<Vec<ClusterFill>>>,
}

impl Ahead {
    /// Asks all of them.
    pub(in crate::desktop) fn ask(&self, console: &Arc<Console>) {
        let now = console.clock.now();
        let asking = Arc::clone(console);
        self.figures.ask(now, async move { figures(&asking).await });
        let asking = Arc::clone(console);
        self.attention
            .ask(now, async move { attention(&asking).await });
        let asking = Arc::clone(console);
        self.clusters
            .ask(now, async move { clusters(&asking).await });
    }

    /// What was asked of one workspace is not the answer of another.
    pub(in crate::desktop) fn forget(&self) {
        self.figures.forget();
        self.attention.forget();
        self.clusters.forget();
    }
}

/// One question, and the answer for the first who asks it.
pub(in crate::desktop) struct Asked<T>(Mutex<Option<(OffsetDateTime, JoinHandle<Answer<T>>)>>);

impl<T> Default for Asked<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T: Send + 'static> Asked<T> {
    fn ask(&self, now: OffsetDateTime, question: impl Future<Output = Answer<T>> + Send + 'static) {
        self.put(Some((now, tauri::async_runtime::spawn(question))));
    }

    /// The answer, waited for if need be; none where nothing was asked lately. A failure is an answer, too: whoever
    /// waited for it does not wait a second time to hear it.
    pub(in crate::desktop) async fn take(&self, now: OffsetDateTime) -> Option<Answer<T>> {
        let (asked_at, answer) = self.put(None)?;
        if !(Duration::ZERO..=FRESH).contains(&(now - asked_at)) {
            answer.abort();
            return None;
        }
        answer.await.ok()
    }

    fn forget(&self) {
        if let Some((_, answer)) = self.put(None) {
            answer.abort();
        }
    }

    fn put(
        &self,
        asked: Option<(OffsetDateTime, JoinHandle<Answer<T>>)>,
    ) -> Option<(OffsetDateTime, JoinHandle<Answer<T>>)> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *held, asked)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::{Asked, FRESH};
    use crate::wire::failure::{Failure, FailureCode};

    #[tokio::test]
    async fn the_first_who_asks_has_the_answer_and_nobody_else() {
        let now = datetime!(2026-11-27 09:00 UTC);
        let asked = Asked::default();
        asked.ask(now, async { Ok(7) });
        assert_eq!(asked.take(now + FRESH).await, Some(Ok(7)));
        assert_eq!(asked.take(now + FRESH).await, None);
    }

    #[tokio::test]
    async fn an_answer_that_is_old_or_of_another_workspace_is_nobodys() {
        let now = datetime!(2026-11-27 09:00 UTC);
        let asked = Asked::default();
        asked.ask(now, async { Ok(7) });
        assert_eq!(asked.take(now + FRESH * 2).await, None);
        asked.ask(now, async { Ok(7) });
        assert_eq!(
            asked.take(now - FRESH).await,
            None,
            "the clock was put back"
        );
        asked.ask(now, async { Ok(7) });
        asked.forget();
        assert_eq!(asked.take(now).await, None);
    }

    #[tokio::test]
    async fn a_failure_is_told_without_waiting_for_a_second_one() {
        let now = datetime!(2026-11-27 09:00 UTC);
        let asked = Asked::<u8>::default();
        let failure = Failure {
            code: FailureCode::Timeout,
            message: "It took too long.".to_owned(),
            reference: None,
            argument: None,
        };
        let told = failure.clone();
        asked.ask(now, async { Err(told) });
        assert_eq!(asked.take(now).await, Some(Err(failure)));
    }
}
