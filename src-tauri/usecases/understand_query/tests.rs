//! Operators and the filters chosen beside them.

use time::OffsetDateTime;
use time::macros::datetime;

use super::*;
use crate::domain::account::{Plan, UserStatus};
use crate::domain::finding::vocabulary::Operator;
use crate::domain::invoices::{FiscalMonth, InvoiceStanding, InvoiceState, Origin};

const NOW: OffsetDateTime = datetime!(2026-11-20 12:00 UTC);

fn clusters() -> Vec<ClusterPlaced> {
    ["eu-west-1", "eu-central-1", "us-east-1", "us-east-1b"]
        .iter()
        .map(|name| ClusterPlaced {
            id: ClusterId::parse(&format!("id-{name}")).expect("an id"),
            name: (*name).to_owned(),
            region: None,
        })
        .collect()
}

/// The filter narrowed by a text whose names were looked up.
fn narrowed<F: Narrowed>(mut filter: F, text: &str) -> Result<F, String> {
    let query = parse(F::LIST, text, NOW);
    assert_eq!(query.problems, Vec::new(), "{text}");
    for term in &query.terms {
        let meant = match term.operator.takes {
            Takes::Cluster => Meant::Clusters(vec![ClusterId::parse("c").expect("an id")]),
            Takes::Account => Meant::Account(UserId::parse("a").expect("an id")),
            _ => Meant::Typed(&term.value),
        };
        filter.narrow(term, meant)?;
    }
    Ok(filter)
}

/// The ids of the clusters that are called so, apart by blanks.
fn called(text: &str, clusters: &[ClusterPlaced]) -> Result<String, String> {
    let ids = the_clusters(text, clusters)?;
    let ids: Vec<&str> = ids.iter().map(ClusterId::as_str).collect();
    Ok(ids.join(" "))
}

#[test]
fn a_cluster_may_be_shortened_and_all_that_fit_are_meant() {
    let clusters = clusters();
    let named = |text: &str| called(text, &clusters);
    assert_eq!(
        named("us-east-1").as_deref(),
        Ok("id-us-east-1"),
        "the whole name wins"
    );
    assert_eq!(named("EU-W").as_deref(), Ok("id-eu-west-1"));
    assert_eq!(named("central").as_deref(), Ok("id-eu-central-1"));
    assert_eq!(named("id-us-east-1b").as_deref(), Ok("id-us-east-1b"));
    assert_eq!(
        named("eu").as_deref(),
        Ok("id-eu-west-1 id-eu-central-1"),
        "the beginning of both names"
    );
    assert_eq!(
        named("east").as_deref(),
        Ok("id-us-east-1 id-us-east-1b"),
        "a part of both names"
    );
    assert!(
        named("ap")
            .expect_err("none")
            .contains("there are eu-west-1, eu-central-1")
    );
}

#[test]
fn a_cluster_is_found_by_its_region_after_names_and_by_an_id_in_capitals() {
    let placed = |id: &str, name: &str, region: &str| ClusterPlaced {
        id: ClusterId::parse(id).expect("an id"),
        name: name.to_owned(),
        region: Some(region.to_owned()),
    };
    let clusters = [
        placed("K-North", "north", "EU (Stockholm)"),
        placed("k-two", "two", "us"),
        placed("k-three", "three", "us"),
        placed("k-us", "usual", "ap"),
    ];
    let named = |text: &str| called(text, &clusters);
    assert_eq!(named("eu").as_deref(), Ok("K-North"), "by region");
    assert_eq!(named("k-north").as_deref(), Ok("K-North"));
    assert_eq!(named("K-North").as_deref(), Ok("K-North"));
    assert_eq!(named("us").as_deref(), Ok("k-us"), "a name goes first");
    assert_eq!(
        called("us", &clusters[..3]).as_deref(),
        Ok("k-two k-three"),
        "all of a region"
    );
}

#[test]
fn operators_narrow_what_is_chosen_beside_them_or_contradict_it() {
    let filter = || UsersFilter {
        statuses: vec![UserStatus::Active, UserStatus::Suspended],
        plans: vec![Plan::Free],
        ..UsersFilter::default()
    };
    let left = narrowed(filter(), "status:suspended,deleted").expect("some are left");
    assert_eq!(left.statuses, [UserStatus::Suspended]);
    let refused = narrowed(filter(), "plan:prepaid").expect_err("nobody is both");
    assert!(refused.contains("contradicts the plan"), "{refused}");
    let chosen = |id: &str| UsersFilter {
        clusters: vec![ClusterId::parse(id).expect("an id")],
        ..UsersFilter::default()
    };
    assert_eq!(narrowed(chosen("c"), "cluster:x"), Ok(chosen("c")));
    let refused = narrowed(chosen("d"), "cluster:x").expect_err("another one is chosen");
    assert!(refused.contains("contradicts the cluster"), "{refused}");
}

#[test]
fn each_list_says_what_contradicts_what_is_chosen() {
    let said = |outcome: Result<(), String>, what: &str| {
        let sentence = outcome.expect_err(what);
        assert!(
            sentence.starts_with(&format!("{what} in the text contradicts")),
            "{sentence}"
        );
    };
    let prepaid = CreditsFilter {
        prepaid: true,
        ..CreditsFilter::default()
    };
    said(narrowed(prepaid, "plan:free").map(drop), "plan");
    let october = FiscalMonth::Named(crate::domain::period::Month::parse("2026-10").expect("one"));
    let invoices = || InvoicesFilter {
        states: vec![InvoiceState::Paid],
        month: Some(october),
        origins: vec![Origin::Invoices],
        ..InvoicesFilter::default()
    };
    said(narrowed(invoices(), "status:open").map(drop), "status");
    said(narrowed(invoices(), "overdue>3d").map(drop), "status");
    let charged = InvoicesFilter {
        states: vec![InvoiceState::Failed],
        ..InvoicesFilter::default()
    };
    assert_eq!(
        narrowed(charged, "overdue>3d").map(|filter| filter.passing()),
        Ok(Some(vec![InvoiceStanding::Failed]))
    );
    said(narrowed(invoices(), "month:2026-11").map(drop), "month");
    said(narrowed(invoices(), "type:charge").map(drop), "type");
    let agrees = narrowed(invoices(), "status:paid,void month:2026-10 type:invoice");
    assert_eq!(
        agrees.expect("no contradiction").passing(),
        Some(vec![InvoiceStanding::Paid])
    );
    let team = TeamsFilter {
        concern: Some(crate::domain::teams::TeamConcern::OwnerOut),
        ..TeamsFilter::default()
    };
    said(narrowed(team, "invite:expired").map(drop), "trouble");
}

#[test]
fn without_the_overdue_what_is_open_and_has_time_stays() {
    use InvoiceStanding::{Draft, Failed, Open, Overdue, Paid, Subscription};
    let passing = |text: &str| {
        let filter = narrowed(InvoicesFilter::default(), text).expect("an invoice");
        filter.passing().expect("some standings")
    };
    let late = passing("-status:overdue");
    assert!(late.contains(&Open) && late.contains(&Failed) && !late.contains(&Overdue));
    let unpaid = passing("-status:open");
    assert!(
        ![Open, Failed, Overdue]
            .iter()
            .any(|each| unpaid.contains(each))
    );
    assert!(
        [Paid, Draft, Subscription]
            .iter()
            .all(|each| unpaid.contains(each))
    );
    assert_eq!(passing("status:open").len(), 3, "late and failed ones too");
    assert_eq!(
        passing("overdue>30d"),
        [Overdue, Failed],
        "late is late after a charge that failed"
    );
    let late = narrowed(InvoicesFilter::default(), "overdue<2w").expect("an invoice");
    assert_eq!(
        late.due_before,
        Some(NOW),
        "what is not due yet is not late"
    );
}

#[test]
fn days_run_out_by_when_they_begin() {
    let filter = |text| narrowed(CreditsFilter::default(), text).expect("a filter");
    let day = |text: &str| {
        let format = time::macros::format_description!("[year]-[month]-[day]");
        Some(time::Date::parse(text, format).expect("a day"))
    };
    // Midnight of the 27th is before the noon of the 27th: it is within 7 days.
    assert_eq!(filter("runs_out<7d").runs_out_before, day("2026-11-28"));
    assert_eq!(filter("runs_out>7d").runs_out_from, day("2026-11-28"));
    assert_eq!(
        filter("runs_out<2026-12-24").runs_out_before,
        day("2026-12-24")
    );
    assert_eq!(filter("runs_out:2026-12").runs_out_from, day("2026-12-01"));
    assert_eq!(
        filter("runs_out:2026-12").runs_out_before,
        day("2027-01-01")
    );
}

/// Everything a list offers, with a value that it takes where one must be made up.
fn offered(list: List) -> Vec<String> {
    let of = |operator: &'static Operator| {
        let made_up = match operator.takes {
            Takes::Text | Takes::Cluster | Takes::Account => Some(":x"),
            _ => None,
        };
        let values = operator.values.iter().map(|choice| choice.written);
        values
            .chain(made_up)
            .map(|value| format!("{}{value}", operator.name))
    };
    list.operators().iter().flat_map(of).collect()
}

fn all_narrow<F: Narrowed + PartialEq + std::fmt::Debug>() {
    for text in offered(F::LIST) {
        let filter =
            narrowed(F::default(), &text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_ne!(
            filter,
            F::default(),
            "{text} must not be dropped in silence"
        );
    }
}

#[test]
fn whatever_is_offered_narrows_its_list() {
    all_narrow::<UsersFilter>();
    all_narrow::<TeamsFilter>();
    all_narrow::<CreditsFilter>();
    all_narrow::<InvoicesFilter>();
    all_narrow::<ClustersFilter>();
    all_narrow::<AccountsFilter>();
}

#[test]
fn what_this_database_lacks_is_said() {
    let lacks = Lacks::collect(
        [
            (
                "users".to_owned(),
                "billing_mode".to_owned(),
                Some("users has no column billing_mode".to_owned()),
            ),
            (
                "team_invites".to_owned(),
                "account_owner_id".to_owned(),
                Some("this database has no table team_invites".to_owned()),
            ),
        ],
        &["users".to_owned()],
    );
    let said = |text: &str| {
        let query = parse(List::Teams, text, NOW);
        on_record(&lacks, &query.terms[0])
    };
    assert_eq!(
        said("plan:free").expect_err("no plan"),
        "plan cannot be told here. Users has no column billing_mode."
    );
    assert!(said("invite:pending").is_err());
    assert!(said("trouble:expired_invites").is_err(), "by its value");
    assert_eq!(said("trouble:owner_out"), Ok(()));
    assert_eq!(said("members>3"), Ok(()));
}
