//! What a cluster carries and for whom, in figures as they are shown.

use serde::Serialize;
use time::{Duration, OffsetDateTime};
use ts_rs::TS;

use crate::domain::capacity::recorded::{self, Carried, Figures, LastLook, SystemState, Watch};
use crate::domain::capacity::snapshot::{NoMetrics, Unknown};
use crate::domain::money::count_shown;
use crate::wire::amounts::{bytes, cores, count_of, whole};
use crate::wire::standing::Severity;
use crate::wire::time::rfc3339;

/// What is older is marked: three rounds of looking have failed.
pub(in crate::wire) const STALE: Duration = Duration::minutes(16);

/// A cluster that nobody has given us a kubeconfig for is no cluster that is away.
const NEVER_SET: &str = "no_kubeconfig";

/// A certificate that ends sooner than this wants doing something about.
const SOON: Duration = Duration::days(21);

/// How a cluster is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ClusterState {
    /// When somebody looked last (RFC 3339); null: nobody has yet.
    pub looked_at: Option<String>,
    /// When it is looked at next; null: that is not known yet.
    pub next_at: Option<String>,
    /// Why nobody looks at it; null where somebody does.
    pub unwatched: Option<String>,
    /// One line on how it is.
    pub word: String,
    pub severity: Severity,
    /// Why it is not known what it carries, and what to do; null where it is.
    pub problem: Option<String>,
    /// Whether what is shown is of an earlier moment than it should be.
    pub stale: bool,
    pub systems: Vec<SystemHealth>,
    pub certificates: Vec<CertificateEnd>,
    /// Null: it never said what it carries.
    pub carried: Option<CarriedShown>,
}

/// One of a cluster's systems.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct SystemHealth {
    /// `"Kubernetes"`.
    pub name: String,
    pub severity: Severity,
    /// `"answers in 12 ms"`, `"does not answer"`.
    pub word: String,
    pub version: Option<String>,
    /// What is wrong and what to do.
    pub sentence: Option<String>,
}

/// Until when a certificate is good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct CertificateEnd {
    /// `"Certificate"`.
    pub name: String,
    pub until: String,
    pub severity: Severity,
    /// `"in 9 days"`, `"ran out 2 days ago"`.
    pub word: String,
}

/// What it carried at that moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct CarriedShown {
    pub at: String,
    pub resources: Vec<Resource>,
    /// `"14 nodes, 1 not ready, 1 cordoned"`.
    pub nodes: String,
    pub nodes_severity: Severity,
    /// `"3 pods wait for a node"`; null when none does.
    pub waiting: Option<String>,
    /// `"120 claims on volumes ask for 4.2 TiB and were given 4.4 TiB"`.
    pub disk: String,
    /// Why use is not shown; null where it is.
    pub unmeasured: Option<String>,
    /// What could not be read and is not counted; null when there is nothing.
    pub unread: Option<String>,
}

/// One resource of a cluster or a node: requested and used, of what is allocatable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Resource {
    /// `"CPU"`.
    pub name: String,
    /// `"cores"`; empty where the amounts say it themselves.
    pub unit: String,
    pub requested: Option<String>,
    pub allocatable: Option<String>,
    pub capacity: Option<String>,
    /// What is left for new pods, on nodes that take any.
    pub free: Option<String>,
    pub limits: Option<String>,
    pub used: Option<String>,
    pub requested_percent: Option<u32>,
    pub used_percent: Option<u32>,
    pub severity: Severity,
}

/// A cluster at a glance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct GlanceShown {
    pub word: String,
    pub severity: Severity,
    /// When it last said what it carries.
    pub seen_at: Option<String>,
    /// Whole percent of what is allocatable that is requested.
    pub cpu_percent: Option<u32>,
    pub memory_percent: Option<u32>,
    /// `"3 / 8"`; null where there are none, or it is not known.
    pub gpu: Option<String>,
    /// Whether these are of an earlier moment than they should be.
    pub stale: bool,
}

impl GlanceShown {
    pub(in crate::wire) fn new(glance: &recorded::Glance, now: OffsetDateTime) -> Self {
        let stale = glance.seen_at.is_some_and(|at| now - at > STALE);
        let codes = (
            glance.capacity_code.as_deref(),
            glance.hopsworks_code.as_deref(),
        );
        let (severity, word) = match codes {
            _ if glance.looked_at.is_none() => (Severity::Muted, "not looked at yet"),
            (Some(NEVER_SET) | None, Some(code)) => (Severity::Bad, of_hopsworks(code).0),
            (Some(NEVER_SET), None) => (Severity::Muted, "no kubeconfig"),
            (Some(_), _) => (Severity::Bad, "not seen"),
            (None, None) if stale => (Severity::Warn, "stale"),
            (None, None) => (Severity::Ok, "answers"),
        };
        let gpu = glance.gpu.requested.zip(glance.gpu.allocatable);
        Self {
            word: word.to_owned(),
            severity,
            seen_at: glance.seen_at.map(rfc3339),
            cpu_percent: glance.cpu.requested_percent(),
            memory_percent: glance.memory.requested_percent(),
            gpu: gpu
                .filter(|(_, there)| *there > 0)
                .map(|(asked, there)| format!("{} / {}", whole(asked), whole(there))),
            stale,
        }
    }
}

impl ClusterState {
    /// What is on record, at that moment.
    #[must_use]
    pub fn new(known: &recorded::ClusterState, now: OffsetDateTime) -> Self {
        let seen_at = known.carried.as_ref().map(|carried| carried.at);
        let problem = known
            .last
            .as_ref()
            .and_then(|last| last.capacity.as_ref())
            .map(|unknown| unknown.sentence.clone());
        let stale = seen_at.is_some_and(|at| now - at > STALE);
        let codes = known.last.as_ref().map(|last| {
            (
                code_of(last.capacity.as_ref()),
                code_of(last.hopsworks.failure.as_ref()),
            )
        });
        let (severity, word) = match codes {
            None => (Severity::Muted, "not looked at yet"),
            Some((Some(NEVER_SET) | None, Some(code))) => (Severity::Bad, of_hopsworks(code).1),
            Some((Some(NEVER_SET), None)) => (Severity::Muted, "no kubeconfig"),
            Some((Some(_), _)) => (Severity::Bad, "not seen"),
            Some((None, None)) if stale => (Severity::Warn, "not looked at lately"),
            Some((None, None)) => (Severity::Ok, "answers"),
        };
        let ends = [
            ("Certificate", known.server_certificate_until),
            ("Our sign-in", known.client_certificate_until),
        ];
        Self {
            looked_at: known.last.as_ref().map(|last| rfc3339(last.at)),
            next_at: known.next_at.map(rfc3339),
            unwatched: unwatched(known.watch).map(str::to_owned),
            word: word.to_owned(),
            severity,
            problem,
            stale,
            systems: known.last.as_ref().map(systems).unwrap_or_default(),
            certificates: ends
                .into_iter()
                .filter_map(|(name, until)| Some(CertificateEnd::new(name, until?, now)))
                .collect(),
            carried: known.carried.as_ref().map(CarriedShown::new),
        }
    }
}

fn code_of(unknown: Option<&Unknown>) -> Option<&str> {
    unknown.map(|unknown| unknown.code.as_str())
}

/// What a Hopsworks is said to be that tells nothing: in a list, and on the cluster's page.
fn of_hopsworks(code: &str) -> (&'static str, &'static str) {
    match code {
        "key_refused" => ("key refused", "its Hopsworks refuses our API key"),
        "no_key" => ("no API key", "no API key on record"),
        _ => ("no Hopsworks", "its Hopsworks does not answer"),
    }
}

/// What is said to somebody who has asked for a look.
#[must_use]
pub fn asked_for(watch: Watch) -> &'static str {
    unwatched(watch).unwrap_or("It is looked at as soon as a program is free.")
}

/// Why nobody looks at a cluster; none where somebody does.
fn unwatched(watch: Watch) -> Option<&'static str> {
    match watch {
        Watch::Watched => None,
        Watch::Inactive => Some("Nobody looks at it: it is inactive."),
        Watch::Missing => Some("Nobody looks at it: no table of clusters has it."),
        Watch::Nobody => Some(
            "No program looks at clusters at the moment; hopsdesk-webhook serve does once it runs.",
        ),
    }
}

fn systems(last: &LastLook) -> Vec<SystemHealth> {
    vec![
        SystemHealth::new("Hopsworks", &last.hopsworks),
        SystemHealth::new("Kubernetes", &last.kubernetes),
    ]
}

impl SystemHealth {
    fn new(name: &str, state: &SystemState) -> Self {
        let (severity, word) = match (&state.failure, state.millis) {
            (Some(unknown), _) => match unknown.code.as_str() {
                "no_kubeconfig" => (Severity::Muted, "no kubeconfig".to_owned()),
                "unreachable" => (Severity::Bad, "cannot be reached".to_owned()),
                "timed_out" => (Severity::Bad, "too slow".to_owned()),
                "certificate" => (Severity::Bad, "its certificate is not believed".to_owned()),
                "sealed" => (Severity::Bad, "its secret is sealed".to_owned()),
                "no_key" => (Severity::Bad, "no API key on record".to_owned()),
                "not_allowed" => (Severity::Bad, "does not let us look".to_owned()),
                "kubeconfig" => (Severity::Bad, "the kubeconfig cannot be used".to_owned()),
                "not_recognised" | "key_refused" => (Severity::Bad, "refuses us".to_owned()),
                _ => (Severity::Bad, "does not answer as it should".to_owned()),
            },
            (None, Some(millis)) => (
                Severity::Ok,
                format!("answers in {} ms", count_shown(millis.into())),
            ),
            (None, None) => (Severity::Muted, "not asked yet".to_owned()),
        };
        Self {
            name: name.to_owned(),
            severity,
            word,
            version: state.version.clone(),
            sentence: state
                .failure
                .as_ref()
                .map(|unknown| unknown.sentence.clone()),
        }
    }
}

impl CertificateEnd {
    fn new(name: &str, until: OffsetDateTime, now: OffsetDateTime) -> Self {
        let left = until - now;
        let (severity, word) = if left.is_negative() {
            let days = count_of(
                u64::try_from(-left.whole_days()).unwrap_or(0),
                "day",
                "days",
            );
            let word = if left.whole_days() == 0 {
                "ran out today".to_owned()
            } else {
                format!("ran out {days} ago")
            };
            (Severity::Bad, word)
        } else {
            let severity = if left < SOON {
                Severity::Warn
            } else {
                Severity::Ok
            };
            let days = u64::try_from(left.whole_days()).unwrap_or(0);
            let word = match days {
                0 => "ends within a day".to_owned(),
                days => format!("{} left", count_of(days, "day", "days")),
            };
            (severity, word)
        };
        Self {
            name: name.to_owned(),
            until: rfc3339(until),
            severity,
            word,
        }
    }
}

impl CarriedShown {
    fn new(carried: &Carried) -> Self {
        let missing = carried.nodes.saturating_sub(carried.nodes_ready);
        let wrong = [(missing, "not ready"), (carried.nodes_cordoned, "cordoned")]
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{} {word}", count_shown(count.into())));
        let nodes: Vec<String> = std::iter::once(count_of(carried.nodes.into(), "node", "nodes"))
            .chain(wrong)
            .collect();
        let unmeasured = match carried.no_metrics {
            Some(NoMetrics::Absent) => {
                Some("Use is not known: the cluster has no metrics server. Install one to see it.")
            }
            Some(NoMetrics::NotAllowed) => Some(
                "Use is not known: the kubeconfig may not read metrics.k8s.io. Let its user list nodes and pods there.",
            ),
            Some(NoMetrics::Silent) => Some(
                "Use is not known: the cluster's metrics server does not answer as it should. It is asked again; if this stays, look at its pods.",
            ),
            None if carried.cpu.used.is_none() => Some(
                "Use is not known: not every ready node has metrics. That of a new node comes within minutes.",
            ),
            None => None,
        };
        let waiting = count_of(carried.pods_waiting.into(), "pod waits", "pods wait");
        let unread = count_of(carried.unread.into(), "object", "objects");
        Self {
            at: rfc3339(carried.at),
            nodes: nodes.join(", "),
            nodes_severity: if missing > 0 {
                Severity::Bad
            } else {
                Severity::Ok
            },
            waiting: (carried.pods_waiting > 0).then(|| format!("{waiting} for a node")),
            disk: if carried.claims == 0 {
                "No claims on volumes.".to_owned()
            } else {
                format!(
                    "{} on volumes {} for {} and {} given {}.",
                    count_of(carried.claims.into(), "claim", "claims"),
                    if carried.claims == 1 { "asks" } else { "ask" },
                    bytes(carried.disk_requested),
                    if carried.claims == 1 { "was" } else { "were" },
                    bytes(carried.disk_provisioned),
                )
            },
            unmeasured: unmeasured.map(str::to_owned),
            unread: (carried.unread > 0)
                .then(|| format!("{unread} could not be read, and are not counted.")),
            resources: vec![
                Resource::cpu(carried.cpu),
                Resource::memory("Memory", carried.memory),
                Resource::whole("GPU", carried.gpu),
                Resource::whole("Pods", carried.pods),
                Resource::memory("Node disk", carried.ephemeral),
            ],
        }
    }
}

impl Resource {
    pub(in crate::wire) fn cpu(figures: Figures) -> Self {
        Self::new("CPU", "cores", figures, cores)
    }

    pub(in crate::wire) fn memory(name: &str, figures: Figures) -> Self {
        Self::new(name, "", figures, bytes)
    }

    pub(in crate::wire) fn whole(name: &str, figures: Figures) -> Self {
        Self::new(name, "", figures, whole)
    }

    fn new(name: &str, unit: &str, figures: Figures, shown: fn(i64) -> String) -> Self {
        let percent = figures.requested_percent();
        Self {
            name: name.to_owned(),
            unit: unit.to_owned(),
            requested: figures.requested.map(shown),
            allocatable: figures.allocatable.map(shown),
            capacity: figures.capacity.map(shown),
            free: figures.free.map(shown),
            limits: figures.limits.map(shown),
            used: figures.used.map(shown),
            requested_percent: percent,
            used_percent: figures.used_percent(),
            severity: match percent {
                Some(95..) => Severity::Bad,
                Some(85..) => Severity::Warn,
                Some(_) => Severity::Ok,
                None => Severity::Muted,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_certificate_says_how_long_it_is_good() {
        let now = datetime!(2026-11-26 12:00 UTC);
        let end = |until| {
            let end = CertificateEnd::new("Certificate", until, now);
            (end.severity, end.word)
        };
        assert_eq!(
            end(datetime!(2026-12-05 13:00 UTC)),
            (Severity::Warn, "9 days left".to_owned())
        );
        assert_eq!(
            end(datetime!(2027-12-05 12:00 UTC)),
            (Severity::Ok, "374 days left".to_owned())
        );
        assert_eq!(
            end(datetime!(2026-11-25 11:00 UTC)),
            (Severity::Bad, "ran out 1 day ago".to_owned())
        );
        assert_eq!(
            end(datetime!(2026-11-26 11:00 UTC)),
            (Severity::Bad, "ran out today".to_owned())
        );
        assert_eq!(
            end(datetime!(2026-11-27 11:00 UTC)),
            (Severity::Warn, "ends within a day".to_owned())
        );
    }

    #[test]
    fn a_percentage_of_earlier_is_marked_in_the_list() {
        let now = datetime!(2026-11-26 12:00 UTC);
        let stale = |seen_at| {
            let glance = recorded::Glance {
                looked_at: Some(now),
                capacity_code: Some("unreachable".to_owned()),
                seen_at,
                ..recorded::Glance::default()
            };
            GlanceShown::new(&glance, now).stale
        };
        assert!(stale(Some(datetime!(2026-11-26 11:00 UTC))));
        assert!(!stale(Some(datetime!(2026-11-26 11:55 UTC))));
        assert!(!stale(None), "what was never seen is not old");
    }

    #[test]
    fn whoever_asks_for_a_look_is_told_whether_there_will_be_one() {
        assert!(asked_for(Watch::Watched).contains("as soon as"));
        assert!(asked_for(Watch::Inactive).contains("inactive"));
        assert!(asked_for(Watch::Nobody).contains("No program"));
    }

    #[test]
    fn nothing_unknown_is_shown_as_a_figure() {
        let shown = ClusterState::new(
            &recorded::ClusterState::default(),
            datetime!(2026-11-26 12:00 UTC),
        );
        assert_eq!((shown.carried, shown.severity), (None, Severity::Muted));
        let cpu = Resource::cpu(Figures {
            requested: Some(5),
            ..Figures::default()
        });
        assert_eq!(
            (cpu.requested_percent, cpu.used, cpu.allocatable),
            (None, None, None)
        );
        assert_eq!(cpu.severity, Severity::Muted);
    }
}
