//! Everybody and everything on a cluster, however its version lists them.

use hopsdesk::clusters::failure::ClusterError;
use hopsdesk::domain::capacity::readings::Quota;
use hopsdesk::sandbox::hopsworks::Dialect;
use hopsdesk::sandbox::hopsworks::fault::Fault;
use hopsdesk::sandbox::hopsworks::projects::SimulatedProject;

use crate::{client, crowd, serve, simulated};

fn project(id: i64, name: &str) -> SimulatedProject {
    SimulatedProject {
        id,
        name: name.to_owned(),
        creator: ("ada@firm.example".to_owned(), "ada1".to_owned()),
        created: "2026-01-02T03:04:05.000Z".to_owned(),
    }
}

#[tokio::test]
async fn everybody_is_listed_once_whether_or_not_a_cluster_pages() {
    for pages in [true, false] {
        let cluster = simulated(
            Dialect {
                pages,
                ..Dialect::default()
            },
            crowd(),
        );
        let serving = serve(&cluster).await;
        let listed = client(&serving).users().await.expect("a list");
        assert_eq!((listed.read.len(), listed.unread), (1_000, 0), "{pages}");
        let asked = cluster.calls().len();
        assert_eq!(asked, if pages { 2 } else { 1 }, "no page more than needed");
    }
}

#[tokio::test]
async fn projects_tell_who_made_them_and_what_they_may_hold() {
    let cluster = simulated(Dialect::default(), Vec::new());
    cluster.put_project(project(18, "acme_churn"));
    let serving = serve(&cluster).await;
    let listed = client(&serving).projects().await.expect("a list");
    let [read] = listed.read.as_slice() else {
        panic!("one project: {listed:?}");
    };
    assert_eq!(read.namespace.as_deref(), Some("acme-churn"));
    assert_eq!(read.creator.as_deref(), Some("ada@firm.example"));
    assert_eq!(
        read.topics,
        Quota {
            used: Some(1),
            quota: Some(100)
        }
    );
    assert_eq!(read.files.quota, Some(-1), "without a limit");
}

#[tokio::test]
async fn a_list_that_cannot_be_read_is_no_empty_one() {
    let cluster = simulated(Dialect::default(), crowd());
    let serving = serve(&cluster).await;
    cluster.set_fault(Fault::KeyRefused);
    let users = client(&serving).users().await;
    assert!(
        matches!(users, Err(ClusterError::KeyRefused { .. })),
        "{users:?}"
    );
    cluster.set_fault(Fault::Answer { status: 502 });
    let projects = client(&serving).projects().await;
    assert!(
        matches!(projects, Err(ClusterError::Refused { .. })),
        "{projects:?}"
    );
}
