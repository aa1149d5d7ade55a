//! A kubeconfig may open another cluster than the one that is meant. That is told before it is kept, and bars nobody
//! from putting right what is on record.

use std::sync::Arc;

use hopsdesk::clusters::connections::Connections;
use hopsdesk::domain::clock::FixedClock;
use hopsdesk::domain::lacks::Lacks;
use hopsdesk::domain::random::FixedRandom;
use hopsdesk::domain::sealed::SecretKind;
use hopsdesk::sandbox::kubernetes::fault::Fault;
use hopsdesk::secrets::Secret;
use hopsdesk::secrets::sealing::Identities;
use hopsdesk::store::sealing;
use hopsdesk::store::snapshots::{self, OtherKubernetes};
use hopsdesk::usecases::desk::Desk;
use hopsdesk::usecases::replace_secret::replace_secret;
use hopsdesk::usecases::try_cluster::{Given, opened_kubernetes};

use super::snapshots::{Service, cluster, id, small};

/// Two clusters, each on record with the kubeconfig of the other, as they were seen; and these two kubeconfigs.
async fn swapped() -> (Service, [String; 2]) {
    let service = Service::new(vec![small("a"), small("b")]).await;
    let kubeconfig = |n| {
        service.database.psql(&format!(
            "select kubeconfig from public.hopsworks_clusters where id = '{}'",
            id(n)
        ))
    };
    let right = [kubeconfig(0), kubeconfig(1)];
    service.database.psql(
        "update public.hopsworks_clusters as k set kubeconfig = o.kubeconfig
         from public.hopsworks_clusters as o where o.id <> k.id",
    );
    service.look(0).await;
    (service, right)
}

#[tokio::test]
async fn a_kubernetes_is_told_from_that_of_another_cluster() {
    let service = Service::new(vec![small("a"), small("b")]).await;
    service.look(0).await;
    let store = service.database.store();
    let other = async |uid: &str, of: Option<usize>, seconds: i64| {
        let mut reading = store.read().await.expect("a reading");
        let of = of.map(cluster);
        let other =
            snapshots::other_kubernetes(&mut reading, uid, of.as_ref(), service.at(seconds))
                .await
                .expect("an answer");
        reading.end().await.expect("it ends");
        other
    };
    let uid = service.database.psql(&format!(
        "select kubernetes_uid from console.cluster_snapshots where cluster_id = '{}'",
        id(0)
    ));
    let its = Some(OtherKubernetes::Of("cluster 0".to_owned()));
    assert_eq!(other(&uid, Some(0), 10).await, None, "it is its own");
    assert_eq!(other(&uid, Some(1), 10).await, its);
    assert_eq!(other(&uid, None, 10).await, its, "one that is to be added");
    let unheard = other("unheard of", Some(0), 10).await;
    let not_its = Some(OtherKubernetes::Not("cluster 0".to_owned()));
    assert_eq!(unheard, not_its);
    assert_eq!(other("unheard of", None, 10).await, None);
    assert_eq!(
        other(&uid, Some(1), 3_700).await,
        None,
        "what was seen there months ago bars nothing"
    );
    assert_eq!(
        other("unheard of", Some(0), 3_700).await,
        None,
        "one that is gone for an hour may have been built anew"
    );
    service.database.psql(&format!(
        "update public.hopsworks_clusters set status = 'inactive' where id = '{}'",
        id(0)
    ));
    assert_eq!(
        other(&uid, None, 10).await,
        None,
        "who is retired may come back"
    );
}

#[tokio::test]
async fn kubeconfigs_that_are_swapped_can_be_put_right_by_who_confirms_it() {
    let (service, right) = swapped().await;
    let store = service.database.store();
    let ours = Identities::generate();
    for recipient in ours.recipients() {
        sealing::add(&store, &recipient.to_string(), "collector", "a test")
            .await
            .expect("a recipient");
    }
    let clock = Arc::new(FixedClock(service.at(10)));
    let desk = Desk::new(store, Lacks::default(), clock);
    let replace = async |n: usize, despite: Option<&str>| {
        let given = Secret::new(right[n].clone());
        replace_secret(
            &desk,
            &Connections::default(),
            &FixedRandom(7),
            &cluster(n),
            (SecretKind::Kubeconfig, given),
            "they were swapped",
            despite,
        )
        .await
        .expect("an answer")
    };
    let kept = || {
        service
            .database
            .psql("select count(*) from console.cluster_secrets")
    };
    let told = replace(0, None).await.expect("it is told");
    assert!(told.contains("that cluster 1 was seen with"), "{told}");
    assert_eq!(kept(), "0", "and nothing is kept");
    let another = replace(0, Some("something else")).await;
    assert_eq!(another.as_ref(), Some(&told), "it is confirmed by its name");
    assert_eq!(replace(0, Some(&told)).await, None);
    let told = replace(1, None).await.expect("it is told");
    assert_eq!(replace(1, Some(&told)).await, None);
    assert_eq!(kept(), "2");
    assert_eq!(
        service.database.psql(
            "select count(*) from console.audit_entries where action = 'replace_secret'
             and reason = 'they were swapped' and warnings ->> 0 like 'Kept in spite of this: What this kubeconfig opens is%'"
        ),
        "2"
    );

    // Once they were looked at again, nothing is odd any more.
    service.look_opening(&ours, 400).await;
    let clock = Arc::new(FixedClock(service.at(410)));
    let desk = Desk::new(service.database.store(), Lacks::default(), clock);
    let again = replace_secret(
        &desk,
        &Connections::default(),
        &FixedRandom(8),
        &cluster(0),
        (SecretKind::Kubeconfig, Secret::new(right[0].clone())),
        "for a test",
        None,
    )
    .await;
    assert_eq!(again.expect("an answer"), None);
}

#[tokio::test]
async fn which_kubernetes_it_is_that_cannot_be_asked_is_not_taken_for_the_right_one() {
    let (service, right) = swapped().await;
    let given = Given {
        kubeconfig: Some(Secret::new(right[0].clone())),
        ..Given::default()
    };
    let opened = opened_kubernetes(&Connections::default(), &given).await;
    assert!(opened.expect("an answer").is_some());
    service.clusters[0].set_fault(Fault::Answer { status: 503 });
    let opened = opened_kubernetes(&Connections::default(), &given).await;
    let sentence = opened.expect_err("it is not known");
    assert!(
        sentence.starts_with("Kubernetes: ") && sentence.contains("status 503"),
        "{sentence}"
    );
}
