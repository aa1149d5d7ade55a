//! What the Overview says of clusters: how much was found wrong, and how long something lasts.

use time::{Date, Duration};

use crate::domain::capacity::outlook::Outlook;
use crate::domain::capacity::recorded::Limited;
use crate::domain::money::count_shown;
use crate::domain::overview;
use crate::wire::overview::counted;
use crate::wire::standing::Severity;
use crate::wire::time::day_shown;

/// `3 findings on eu-west keep people from working, 4 others`.
pub(in crate::wire) fn found(cluster: &overview::ClusterWatch) -> String {
    let others = count_shown(cluster.others.into());
    match (cluster.grave, cluster.others) {
        (0, _) => format!(
            "{} on {}",
            counted(cluster.others, "finding", "findings"),
            cluster.name
        ),
        (grave, more) => {
            let keep = counted(grave, "finding on", "findings on");
            let verb = if grave == 1 { "keeps" } else { "keep" };
            let besides = match more {
                0 => String::new(),
                1 => ", 1 other".to_owned(),
                _ => format!(", {others} others"),
            };
            format!(
                "{keep} {} {verb} people from working{besides}",
                cluster.name
            )
        }
    }
}

/// `eu-west runs out of CPU around 12 Dec, between 5 Dec and 30 Jan`, `eu-west: all memory is taken`.
pub(in crate::wire) fn runs_out(cluster: &str, end: Outlook, today: Date) -> (Severity, String) {
    let of = |limited| match limited {
        Limited::Seats => "seats",
        Limited::Cpu => "CPU",
        Limited::Memory => "memory",
        Limited::Gpu => "GPU",
        Limited::NodeDisk => "node disk",
    };
    match end {
        Outlook::Full(Limited::Seats) => (Severity::Bad, format!("{cluster}: all seats are taken")),
        Outlook::Full(limited) => (
            Severity::Bad,
            format!("{cluster}: all {} is taken", of(limited)),
        ),
        Outlook::RunsOut {
            limited,
            day,
            earliest,
            latest,
        } => {
            let shown = |day| day_shown(day, today);
            let when = match latest {
                _ if day <= today => "any day now".to_owned(),
                Some(latest) => format!(
                    "around {}, between {} and {}",
                    shown(day),
                    shown(earliest),
                    shown(latest)
                ),
                None => format!(
                    "around {}, no sooner than {}, or not at all",
                    shown(day),
                    shown(earliest)
                ),
            };
            (
                Severity::Warn,
                format!("{cluster} runs out of {} {when}", of(limited)),
            )
        }
        Outlook::TooShort
        | Outlook::Far
        | Outlook::NotGrowing
        | Outlook::Stale { .. }
        | Outlook::Unknown => (
            Severity::Muted,
            format!("When {cluster} runs out of what is not known"),
        ),
    }
}

/// `25 minutes`, `3 hours`, `2 days`.
pub(in crate::wire) fn lasting(span: Duration) -> String {
    let whole = |count: i64| u32::try_from(count.max(0)).unwrap_or(u32::MAX);
    match (span.whole_days(), span.whole_hours()) {
        (2.., _) => counted(whole(span.whole_days()), "day", "days"),
        (_, 2..) => counted(whole(span.whole_hours()), "hour", "hours"),
        _ => counted(whole(span.whole_minutes()), "minute", "minutes"),
    }
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;
    use time::macros::datetime;

    use super::*;
    use crate::domain::ids::ClusterId;
    use crate::wire::overview::{Attention, AttentionLink};

    const NOW: OffsetDateTime = datetime!(2026-11-20 12:00 UTC);

    #[test]
    fn a_cluster_says_what_is_wrong_with_it_and_since_when() {
        let cluster = |grave, others| overview::ClusterWatch {
            id: ClusterId::parse("c1").expect("an id"),
            name: "eu".to_owned(),
            looked_at: Some(NOW),
            capacity_code: Some("unreachable".to_owned()),
            hopsworks_code: None,
            seen_at: Some(NOW - Duration::minutes(100)),
            grave,
            others,
            ending: None,
            takes_people: true,
            forecasts: None,
        };
        let end = Outlook::RunsOut {
            limited: Limited::Cpu,
            day: time::macros::date!(2026 - 12 - 12),
            earliest: time::macros::date!(2026 - 12 - 05),
            latest: None,
        };
        for (end, sentence, severity) in [
            (
                end,
                "eu runs out of CPU around 12 Dec, no sooner than 5 Dec, or not at all",
                Severity::Warn,
            ),
            (
                Outlook::Full(Limited::Gpu),
                "eu: all GPU is taken",
                Severity::Bad,
            ),
        ] {
            let told = overview::Attention::ClusterRunsOut(cluster(0, 0), end);
            let told = Attention::describe(&told, NOW);
            assert_eq!(
                (told.sentence.as_str(), told.severity),
                (sentence, severity)
            );
            let id = "c1".to_owned();
            assert_eq!(told.leads_to, AttentionLink::Cluster { id });
        }
        let line = |line| Attention::describe(&line, NOW);
        let unseen = line(overview::Attention::ClusterUnseen(cluster(0, 0)));
        assert_eq!(
            unseen.sentence,
            "eu does not tell how it is; it was seen last 100 minutes ago"
        );
        assert_eq!(
            unseen.leads_to,
            AttentionLink::Cluster {
                id: "c1".to_owned()
            }
        );
        let found = |grave, others| {
            let told = line(overview::Attention::ClusterFindings(cluster(grave, others)));
            (told.sentence, told.severity)
        };
        assert_eq!(found(0, 1), ("1 finding on eu".to_owned(), Severity::Warn));
        assert_eq!(
            found(2, 3),
            (
                "2 findings on eu keep people from working, 3 others".to_owned(),
                Severity::Bad
            )
        );
        let since = NOW - Duration::hours(50);
        let unwatched = line(overview::Attention::ClustersUnwatched { since });
        assert!(unwatched.sentence.contains("for 2 days"), "{unwatched:?}");
        let until = NOW + Duration::days(9);
        let ending = crate::domain::cluster_findings::Ending::Server;
        let ends = line(overview::Attention::CertificateEnding(
            cluster(0, 0),
            ending,
            until,
        ));
        assert!(
            ends.sentence
                .starts_with("eu: the certificate of its API server ends in 9 days")
        );
        assert_eq!(ends.severity, Severity::Warn);
    }
}
