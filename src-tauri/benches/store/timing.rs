//! How long something takes: a median and a 95th percentile over enough runs.

use std::time::{Duration, Instant};

use crate::Measured;

/// How often to run: at least and at most so many times, and no longer than the budget in between.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Runs {
    pub(crate) least: usize,
    pub(crate) most: usize,
    pub(crate) budget: Duration,
}

impl Runs {
    /// Enough for a median and a 95th percentile of what answers in milliseconds.
    pub(crate) fn within(budget: Duration) -> Self {
        Self {
            least: 3,
            most: 300,
            budget,
        }
    }

    /// Enough for the median of a reference that is slow by nature.
    pub(crate) fn of_reference(self) -> Self {
        Self {
            least: 3,
            most: 40,
            ..self
        }
    }

    /// At least once for each of so many questions.
    pub(crate) fn at_least(self, questions: usize) -> Self {
        Self {
            least: self.least.max(questions),
            most: self.most.max(questions),
            ..self
        }
    }
}

/// Times of many runs, the shortest first.
#[derive(Debug, Clone)]
pub(crate) struct Timing(Vec<Duration>);

impl Timing {
    pub(crate) fn of(mut runs: Vec<Duration>) -> Measured<Self> {
        runs.sort_unstable();
        if runs.is_empty() {
            return Err("nothing was measured".into());
        }
        Ok(Self(runs))
    }

    pub(crate) fn median(&self) -> Duration {
        self.0[self.0.len() / 2]
    }

    /// The smallest time that 95 of a hundred runs do not exceed.
    pub(crate) fn p95(&self) -> Duration {
        self.0[(self.0.len() * 95).div_ceil(100) - 1]
    }

    pub(crate) fn runs(&self) -> usize {
        self.0.len()
    }

    /// The runs of several rows as those of one.
    pub(crate) fn together<'a>(all: impl IntoIterator<Item = &'a Self>) -> Measured<Self> {
        Self::of(all.into_iter().flat_map(|one| one.0.clone()).collect())
    }
}

pub(crate) fn stopwatch() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "a benchmark holds the stopwatch")]
    Instant::now()
}

/// Times `run`, which is told its number, after one round over the first `warm` numbers that does not
/// count. It gives the time it wants counted.
pub(crate) async fn timed(
    runs: Runs,
    warm: usize,
    mut run: impl AsyncFnMut(usize) -> Measured<Duration>,
) -> Measured<Timing> {
    let begun = stopwatch();
    for number in 0..warm {
        run(number).await?;
        if begun.elapsed() > runs.budget {
            break;
        }
    }
    let begun = stopwatch();
    let mut times = Vec::new();
    while times.len() < runs.most && (times.len() < runs.least || begun.elapsed() < runs.budget) {
        times.push(run(times.len()).await?);
    }
    Timing::of(times)
}
