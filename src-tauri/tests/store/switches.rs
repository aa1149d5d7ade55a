//! Effects and clusters' certificate authorities, set by admins from the desk.

use hopsdesk::domain::ids::ClusterId;
use hopsdesk::store::failure::StoreError;
use hopsdesk::usecases::failure::DeskError;
use hopsdesk::usecases::switch_effect::{show_effects, switch_effect};
use hopsdesk::usecases::trust_cluster::{set_authority, show_authority};

use super::acting::{desk_of, elevate, login_of, service};
use super::trail::{desk, refused};

const CLUSTER: &str = "00000000-0000-4000-8000-0000000000c1";

#[tokio::test]
async fn effects_and_authorities_are_set_by_admins_from_the_desk() {
    let database = service().await;
    database.psql(&format!(
        "insert into public.hopsworks_clusters (id, name, api_url, max_users)
         values ('{CLUSTER}', 'eu-1', 'https://eu.example', 10)"
    ));
    let boss = login_of(&database, "boss");
    database.psql(&format!("create role {boss} login"));
    let mut owner = database.direct().await;
    owner
        .script(&format!(
            "select console.adopt_staff('{boss}', 'auth0|{boss}', 'Boss', 'admin')"
        ))
        .await
        .expect("an admin");
    let store = desk_of(&database, "boss");
    let admin = desk(store.clone());
    let (effect, cluster) = (
        "hopsworks_status",
        ClusterId::parse(CLUSTER).expect("an id"),
    );
    let set = async |mode| switch_effect(&admin, effect, Some(CLUSTER), mode, "taking over").await;
    assert_eq!(refused(set("shadow").await), "HD002", "read-only at first");
    elevate(&store).await;
    set("shadow").await.expect("switched");
    let switches = show_effects(&admin).await.expect("read");
    let one = switches
        .switches
        .iter()
        .find(|switch| switch.cluster.as_ref() == Some(&cluster))
        .expect("its own switch");
    assert_eq!(
        (one.effect.as_str(), one.mode.as_str(), one.set_by.as_str()),
        (effect, "shadow", boss.as_str())
    );
    assert_eq!(switches.clusters, [(cluster.clone(), "eu-1".to_owned())]);

    let pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";
    assert_eq!(show_authority(&admin, &cluster).await.expect("read"), None);
    let key = "-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----";
    assert_eq!(
        refused(set_authority(&admin, &cluster, Some(key), "its own").await),
        "HD005"
    );
    set_authority(&admin, &cluster, Some(pem), "its own")
        .await
        .expect("set");
    let auditor = desk(desk_of(&database, "aud"));
    let shown = show_authority(&auditor, &cluster)
        .await
        .expect("read by all");
    assert_eq!(
        shown.map(|there| (there.pem, there.set_by)),
        Some((pem.to_owned(), "Boss".to_owned()))
    );
    set_authority(&admin, &cluster, None, "public again")
        .await
        .expect("taken away");
    assert_eq!(show_authority(&admin, &cluster).await.expect("read"), None);
    let support = desk_of(&database, "sue");
    elevate(&support).await;
    let support = desk(support);
    assert!(matches!(
        switch_effect(&support, effect, None, "off", "just so").await,
        Err(DeskError::Store(StoreError::Forbidden(_)))
    ));
}
