//! Which clusters `cluster:` means, as a page of users says it.

use hopsdesk::domain::browse::{Count, UsersFilter, UsersQuery, UsersSort};
use hopsdesk::domain::ids::ClusterId;
use hopsdesk::usecases::browse_users::browse_users;
use hopsdesk::usecases::desk::Desk;

use super::service;
use crate::support::database::Kind;

/// The clusters that a page of users says it is of, by the ends of their ids, and how many users those have.
async fn meant(desk: &Desk, text: &str, chosen: Option<&str>) -> (String, Option<Count>) {
    let filter = UsersFilter {
        text: Some(text.to_owned()),
        clusters: chosen.map(ClusterId::recorded).into_iter().collect(),
        ..UsersFilter::default()
    };
    let query = UsersQuery {
        filter,
        sort: UsersSort::Name,
        descending: false,
        after: None,
        limit: 50,
    };
    let page = browse_users(desk, query).await.expect("a page");
    let ends: Vec<_> = page
        .clusters
        .iter()
        .map(|id| id.as_str().rsplit('0').next().unwrap_or_default())
        .collect();
    (ends.join(" "), page.count)
}

#[tokio::test]
async fn a_page_of_users_names_the_clusters_that_its_text_means() {
    let (_database, desk) = service(Kind::Managed).await;
    let (beginning, some) = meant(&desk, "cluster:o", None).await;
    assert_eq!(beginning, "d1", "a beginning wins: two holds an o as well");
    assert_eq!(meant(&desk, "cluster:one", None).await.1, some);
    assert_eq!(meant(&desk, "cluster:tw", None).await.0, "d4 d2");
    assert_eq!(meant(&desk, "cluster:wo person", None).await.0, "d2");
    assert_eq!(meant(&desk, "person", None).await.0, "", "any");
    let two = "00000000-0000-4000-8000-0000000000d2";
    assert_eq!(meant(&desk, "person", Some(two)).await.0, "d2");
    assert_eq!(
        meant(&desk, "cluster:tw", Some(two)).await.0,
        "d2",
        "both narrow"
    );
}
