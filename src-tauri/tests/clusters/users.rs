//! Users: found, created, switched off and on, in every dialect.

use hopsdesk::clusters::failure::ClusterError;
use hopsdesk::clusters::hopsworks::{Made, NewUser};
use hopsdesk::domain::hopsworks::{HopsworksStatus, HopsworksUserId, ProjectLimit};
use hopsdesk::sandbox::hopsworks::Dialect;
use hopsdesk::sandbox::hopsworks::fault::Fault;

use crate::{client, crowd, serve, simulated, user};

const DIALECTS: [Dialect; 4] = [
    Dialect {
        filters_by_email: true,
        names_status: false,
        pages: true,
    },
    Dialect {
        filters_by_email: false,
        names_status: false,
        pages: true,
    },
    Dialect {
        filters_by_email: false,
        names_status: true,
        pages: false,
    },
    Dialect {
        filters_by_email: true,
        names_status: true,
        pages: false,
    },
];

fn id(number: i64) -> HopsworksUserId {
    HopsworksUserId::new(number).expect("a number")
}

fn new(email: &str) -> NewUser<'_> {
    NewUser {
        email,
        given_name: "Zoë & Co",
        surname: "O'Neill+Müller",
        project_limit: 5,
        subject: "auth0|66f1c0a9e2",
        client_id: "client=1&x",
    }
}

#[tokio::test]
async fn a_user_is_found_by_address_and_number_in_every_dialect() {
    for dialect in DIALECTS {
        let cluster = simulated(dialect, crowd());
        let serving = serve(&cluster).await;
        let client = client(&serving);
        let found = client
            .user_by_email("ada.example@FIRM.example")
            .await
            .expect("an answer")
            .expect("somebody");
        assert_eq!(found.id.get(), 10_500, "{dialect:?}");
        assert_eq!(found.status, HopsworksStatus::Active);
        assert_eq!(found.project_limit, Some(ProjectLimit::AtMost(1)));
        let nobody = client.user_by_email("nobody@firm.example").await;
        assert_eq!(nobody.expect("an answer"), None, "{dialect:?}");
        let by_number = client.user(id(10_500)).await.expect("an answer");
        assert_eq!(by_number, Some(found));
        assert_eq!(client.user(id(99)).await.expect("an answer"), None);
    }
}

#[tokio::test]
async fn a_user_is_created_once_however_often_one_asks() {
    for dialect in DIALECTS {
        let cluster = simulated(dialect, crowd());
        let serving = serve(&cluster).await;
        let client = client(&serving);
        let email = "zoe+test@firm.example";
        let first = client.create_user(&new(email)).await.expect("created");
        assert!(matches!(first, Made::Created(_)), "{first:?}");
        let again = client.create_user(&new(email)).await.expect("there");
        assert_eq!(again, Made::Existed(first.user().clone()));
        let there = cluster.people().by_email(email).expect("somebody");
        assert_eq!(there.id, first.user().id.get());
        assert_eq!(
            (there.given_name.as_str(), there.surname.as_str()),
            ("Zoë & Co", "O'Neill+Müller")
        );
        assert_eq!(there.subject.as_deref(), Some("auth0|66f1c0a9e2"));
        assert_eq!(there.project_limit, 5);
        assert_eq!(cluster.people().all().len(), 1001);
    }
}

#[tokio::test]
async fn a_lost_answer_leaves_one_user() {
    let cluster = simulated(Dialect::default(), Vec::new());
    let serving = serve(&cluster).await;
    let client = client(&serving);
    cluster.set_fault(Fault::AnswerLost);
    let lost = client.create_user(&new("z@firm.example")).await;
    assert!(lost.expect_err("no answer").is_transient());
    cluster.set_fault(Fault::None);
    let again = client.create_user(&new("z@firm.example")).await;
    assert!(matches!(again, Ok(Made::Existed(_))), "{again:?}");
    assert_eq!(cluster.people().all().len(), 1);
}

#[tokio::test]
async fn somebody_else_with_the_same_identity_is_a_conflict() {
    let mut other = user(7, "other@firm.example");
    other.subject = Some("auth0|66f1c0a9e2".to_owned());
    let cluster = simulated(Dialect::default(), vec![other.clone()]);
    let serving = serve(&cluster).await;
    let refused = client(&serving).create_user(&new("z@firm.example")).await;
    let error = refused.expect_err("taken");
    assert!(matches!(error, ClusterError::Conflict { .. }), "{error:?}");
    assert!(!error.is_transient());
    assert_eq!(cluster.people().all(), [other], "nothing was changed");
}

#[tokio::test]
async fn a_status_is_set_and_set_back() {
    let cluster = simulated(Dialect::default(), crowd());
    let serving = serve(&cluster).await;
    let client = client(&serving);
    for status in [HopsworksStatus::Deactivated, HopsworksStatus::Active] {
        client.set_status(id(10_007), status).await.expect("done");
        let there = cluster.people().get(10_007).expect("somebody");
        assert_eq!(there.status, status);
        assert_eq!(there.project_limit, 1, "nothing else is changed");
    }
    let nobody = client.set_status(id(5), HopsworksStatus::Active).await;
    let error = nobody.expect_err("nobody");
    assert!(matches!(error, ClusterError::NotFound { .. }), "{error:?}");
}

#[tokio::test]
async fn a_limit_is_raised_and_never_lowered() {
    let mut unlimited = user(2, "b@firm.example");
    unlimited.project_limit = -1;
    let people = vec![user(1, "a@firm.example"), unlimited];
    let cluster = simulated(Dialect::default(), people);
    let serving = serve(&cluster).await;
    let client = client(&serving);
    let mut raised = Vec::new();
    for (number, limit) in [(1, 5), (1, 5), (1, 3), (1, 0), (2, 5)] {
        let there = client.user(id(number)).await.expect("an answer");
        let there = there.expect("somebody");
        raised.push(
            client
                .raise_project_limit(&there, limit)
                .await
                .expect("done"),
        );
    }
    assert_eq!(raised, [true, false, false, false, false]);
    let limits: Vec<_> = cluster
        .people()
        .all()
        .iter()
        .map(|user| user.project_limit)
        .collect();
    assert_eq!(limits, [5, -1]);
    let puts = cluster
        .calls()
        .iter()
        .filter(|call| call.starts_with("PUT "))
        .count();
    assert_eq!(puts, 1, "what need not change is not asked for");
}

#[tokio::test]
async fn an_odd_user_hides_nobody() {
    let mut people = crowd();
    people[0].email = String::new();
    let cluster = simulated(
        Dialect {
            filters_by_email: false,
            ..Dialect::default()
        },
        people,
    );
    let serving = serve(&cluster).await;
    let found = client(&serving)
        .user_by_email("user10999@firm.example")
        .await;
    assert_eq!(
        found.expect("an answer").map(|user| user.id.get()),
        Some(10_999)
    );
}
