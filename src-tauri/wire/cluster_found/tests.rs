//! What is said of a finding, of its mends and of what is not known.

use time::Duration;
use time::macros::datetime;

use super::*;
use crate::domain::clusters::Seats;

const NOW: OffsetDateTime = datetime!(2026-11-20 12:00 UTC);

fn on(findings: Vec<Finding>) -> Vec<FoundGroup> {
    let kinds = findings.into_iter().map(|finding| FoundKind {
        count: 7,
        first: vec![Found {
            subject: "n1".to_owned(),
            is_grave: matches!(finding, Finding::NodeNotReady { .. }),
            since: NOW,
            person: None,
            finding,
        }],
    });
    let on = OnCluster {
        seats: Seats {
            limit: Some(10),
            recorded: Some(5),
            assigned: Some(1),
        },
        kinds: kinds.collect(),
        reads: Vec::new(),
    };
    FoundGroup::all(&on, &ClusterId::parse("c1").expect("an id"), NOW)
}

#[test]
fn what_keeps_people_from_working_comes_first_and_the_counter_has_its_mend() {
    let groups = on(vec![Finding::NodeNotReady {
        since: NOW - Duration::hours(3),
        reason: Some("KubeletNotReady".to_owned()),
    }]);
    assert_eq!(
        groups[0].sentence,
        "7 nodes have not been ready for a while"
    );
    assert_eq!(groups[0].lines[0].detail, "n1: KubeletNotReady");
    assert_eq!(groups[0].lines[0].since, "2026-11-20T09:00:00Z");
    assert_eq!(groups[0].more.as_deref(), Some("and 6 others"));
    assert_eq!(
        groups[1].sentence,
        "The service's counter says 5, 1 seat is given"
    );
    let mend = groups[1].lines[0].mend.as_ref().expect("a mend");
    assert_eq!(
        (mend.action.as_str(), mend.to_cluster),
        ("recount_seats", true)
    );
}

#[test]
fn a_number_that_two_hold_is_told_of_both_and_offered_to_neither() {
    let group = &on(vec![Finding::NumberShared(KnownAs {
        number: Some(7),
        username: Some("ada1".to_owned()),
    })])[1];
    assert_eq!(
        group.sentence,
        "7 seats are on record under numbers that others here have, too"
    );
    assert_eq!(group.lines[0].detail, "on record 7 (ada1)");
    assert_eq!(group.lines[0].mend, None);
}

#[test]
fn only_what_is_safe_is_offered() {
    let mend = |finding| on(vec![finding])[1].lines[0].mend.clone();
    let left = |seat_on: Option<&str>| Finding::LeftBehind {
        username: "ada1".to_owned(),
        seat_on: seat_on.map(str::to_owned),
    };
    let offered = mend(left(None)).expect("a seat");
    assert_eq!(offered.action, "assign_cluster");
    assert_eq!(offered.cluster_id.as_deref(), Some("c1"));
    assert_eq!(
        mend(left(Some("eu"))),
        None,
        "who works elsewhere is not moved"
    );
    assert_eq!(mend(Finding::NoHopsworksUser { asked: true }), None);
    let missing = mend(Finding::NoHopsworksUser { asked: false }).expect("it is made");
    assert_eq!(
        missing.cluster_id.as_deref(),
        Some("c1"),
        "the seat here is named: they may have a newer one"
    );
}

#[test]
fn a_certificate_says_how_many_days_and_who_renews_it() {
    let of = |days| ending(Ending::Client, NOW + Duration::days(days), NOW);
    assert_eq!(
        of(9),
        "The certificate in its kubeconfig ends in 9 days: replace the kubeconfig under Secrets"
    );
    assert!(of(1).contains("ends in 1 day:"));
    assert!(of(-1).contains("has ended"));
}

#[test]
fn what_is_not_known_says_since_when_and_why() {
    let read = |basis, ago, failure: Option<&str>| LastRead {
        basis,
        read_at: Some(NOW - ago),
        failure: failure.map(|sentence| crate::domain::capacity::snapshot::Unknown {
            code: "x".to_owned(),
            sentence: sentence.to_owned(),
        }),
        unread: 0,
    };
    let unknown = NotKnown::all(
        &[
            read(Basis::Users, Duration::hours(2), Some("It is away.")),
            read(Basis::Snapshot, Duration::minutes(2), Some("It is away.")),
        ],
        NOW,
    );
    assert_eq!(unknown.len(), 1, "what failed a moment ago is still known");
    assert_eq!(unknown[0].since.as_deref(), Some("2026-11-20T10:00:00Z"));
    assert_eq!(unknown[0].problem.as_deref(), Some("It is away."));
}
