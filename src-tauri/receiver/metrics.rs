//! What this program counts about itself, for Prometheus.

use std::fmt;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use crate::store::queues::QueueFigure;
use crate::usecases::apply_inbox::Round;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    route: String,
    method: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Waiting {
    queue: String,
    system: String,
    state: String,
}

type Level = Family<Waiting, Gauge<i64, AtomicI64>>;

/// Counters since the program started, and levels as of the last look.
pub struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    durations: Family<Route, Histogram>,
    applied: Family<Outcome, Counter>,
    reloads: Family<Outcome, Counter>,
    refused: Gauge<i64, AtomicI64>,
    unopened: Gauge<i64, AtomicI64>,
    no_key: Gauge<i64, AtomicI64>,
    cannot_apply: Gauge<i64, AtomicI64>,
    rows: Level,
    oldest: Level,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// Everything at zero.
    #[must_use]
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("hopsdesk");
        let requests = Family::default();
        // From half a millisecond to eight seconds.
        let durations: Family<Route, Histogram> =
            Family::new_with_constructor(|| Histogram::new(exponential_buckets(0.0005, 2.0, 15)));
        let applied = Family::default();
        let reloads = Family::default();
        let refused = Gauge::default();
        let unopened = Gauge::default();
        let no_key = Gauge::default();
        let cannot_apply = Gauge::default();
        let rows = Level::default();
        let oldest = Level::default();
        registry.register("requests", "Requests answered", requests.clone());
        registry.register(
            "request_seconds",
            "How long answers took",
            durations.clone(),
        );
        registry.register(
            "events",
            "Events of the inbox that this replica's worker ended",
            applied.clone(),
        );
        registry.register(
            "reloads",
            "Times that secrets were read anew",
            reloads.clone(),
        );
        registry.register(
            "reload_refused",
            "1 while what was read anew last could not be used, and the old secrets stay",
            refused.clone(),
        );
        registry.register(
            "sealed_unopened",
            "Sealed secrets of clusters that this program's private keys do not open",
            unopened.clone(),
        );
        registry.register(
            "sealed_no_key",
            "1 while secrets are sealed, or are to be, and this program is no recipient",
            no_key.clone(),
        );
        registry.register(
            "cannot_apply",
            "1 while events are stored and something keeps them from being applied; /readyz says what",
            cannot_apply.clone(),
        );
        registry.register("queue_rows", "Rows that wait in a queue", rows.clone());
        registry.register(
            "queue_oldest_seconds",
            "Age of the oldest row that waits; for schedules, since they last ran; for reading back, how far behind",
            oldest.clone(),
        );
        Self {
            registry,
            requests,
            durations,
            applied,
            reloads,
            refused,
            unopened,
            no_key,
            cannot_apply,
            rows,
            oldest,
        }
    }

    /// Counts an answer. The route is its pattern, never a path that somebody typed.
    pub fn answered(&self, route: &str, method: &str, status: u16, took: Duration) {
        let answered = Answered {
            route: route.to_owned(),
            method: method.to_owned(),
            status,
        };
        self.requests.get_or_create(&answered).inc();
        let route = Route {
            route: route.to_owned(),
        };
        let histogram = self.durations.get_or_create(&route);
        histogram.observe(took.as_secs_f64());
    }

    /// Counts what a round of the worker did.
    pub fn applied(&self, round: Round) {
        for (outcome, events) in [
            ("done", round.done),
            ("conflict", round.conflicts),
            ("put_off", round.put_off),
            ("dead", round.dead),
        ] {
            let events = u64::try_from(events).unwrap_or(u64::MAX);
            if events > 0 {
                self.applied
                    .get_or_create(&Outcome { outcome })
                    .inc_by(events);
            }
        }
    }

    /// Counts that secrets were read anew, or could not be used.
    pub fn reloaded(&self, used: bool) {
        let outcome = if used { "done" } else { "refused" };
        self.reloads.get_or_create(&Outcome { outcome }).inc();
        self.refused.set(i64::from(!used));
    }

    /// What this program's private keys do not open, and whether it holds none that would.
    pub fn keys_held(&self, unopened: i64, no_key: bool) {
        self.unopened.set(unopened);
        self.no_key.set(i64::from(no_key));
    }

    /// Whether what is stored can be applied.
    pub fn applies(&self, applies: bool) {
        self.cannot_apply.set(i64::from(!applies));
    }

    /// Takes over levels; what is not among them is at zero.
    pub fn levels(&self, figures: Vec<QueueFigure>) {
        self.rows.clear();
        self.oldest.clear();
        for figure in figures {
            let queue = Waiting {
                queue: figure.queue,
                system: figure.system,
                state: figure.state,
            };
            self.oldest.get_or_create(&queue).set(figure.oldest_seconds);
            if queue.queue != "schedule" {
                self.rows.get_or_create(&queue).set(figure.rows);
            }
        }
    }

    /// All of it in the text format of `OpenMetrics`.
    ///
    /// # Errors
    /// When it cannot be written down, which cannot be.
    pub fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_told() {
        let metrics = Metrics::new();
        let took = Duration::from_millis(3);
        metrics.answered("/healthz", "GET", 200, took);
        metrics.answered("/healthz", "GET", 200, took);
        metrics.applied(Round {
            done: 3,
            ..Round::default()
        });
        metrics.levels(vec![QueueFigure {
            queue: "inbox".to_owned(),
            system: "stripe".to_owned(),
            state: "dead".to_owned(),
            rows: 2,
            oldest_seconds: 61,
        }]);
        let text = metrics.text().expect("text");
        for line in [
            r#"hopsdesk_requests_total{route="/healthz",method="GET",status="200"} 2"#,
            r#"hopsdesk_request_seconds_count{route="/healthz"} 2"#,
            r#"hopsdesk_events_total{outcome="done"} 3"#,
            r#"hopsdesk_queue_rows{queue="inbox",system="stripe",state="dead"} 2"#,
            r#"hopsdesk_queue_oldest_seconds{queue="inbox",system="stripe",state="dead"} 61"#,
        ] {
            assert!(text.contains(line), "{line} in\n{text}");
        }
        metrics.levels(Vec::new());
        assert!(!metrics.text().expect("text").contains("stripe"));
    }
}
