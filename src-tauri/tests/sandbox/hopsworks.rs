//! The simulated clusters of a sandbox: where the database says, for as long as anybody has it open.

use std::time::Duration;

use hopsdesk::clusters::connections::{ClusterAccess, Connections};
use hopsdesk::clusters::hopsworks::Hopsworks;
use hopsdesk::domain::hopsworks::{HopsworksStatus, HopsworksUserId};
use hopsdesk::sandbox::postgres::find::Search;
use hopsdesk::sandbox::{Sandbox, SandboxOptions};
use hopsdesk::secrets::Secret;
use hopsdesk::secrets::sealing::Kept;

use crate::{all, connect, folder, open, options};

async fn clusters(sandbox: &Sandbox) -> Vec<(String, String, String)> {
    let sql = "select id::text, api_url, api_key from public.hopsworks_clusters order by id";
    all(&mut connect(sandbox).await, sql).await
}

fn client_of(api_url: &str, api_key: &str) -> Hopsworks {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let access = ClusterAccess {
        api_url: api_url.to_owned(),
        api_key: Some(Kept::Plain(Secret::new(api_key.to_owned()))),
        authority: None,
        kubeconfig: None,
    };
    Connections::default().hopsworks(&access).expect("a client")
}

#[tokio::test]
async fn every_cluster_answers_where_the_database_says_and_knows_its_people() {
    let folder = folder();
    let sandbox = open(options(&folder, 120, 5)).await;
    let clusters = clusters(&sandbox).await;
    assert_eq!(clusters.len(), 5);
    let people: Vec<(String, i64, String, bool)> = all(
        &mut connect(&sandbox).await,
        "select a.hopsworks_cluster_id::text, a.hopsworks_user_id::bigint, u.email, u.status = 'active' \
         from public.user_hopsworks_assignments as a join public.users as u on u.id = a.user_id \
         where a.hopsworks_user_id is not null",
    )
    .await;
    assert!(people.len() > 20, "{}", people.len());
    let mut made_anew = Vec::new();
    for (id, url, key) in &clusters {
        let client = client_of(url, key);
        assert_eq!(
            client.alive().await.expect("alive").as_deref(),
            Some("4.6.0")
        );
        for (_, number, email, active) in people.iter().filter(|(cluster, ..)| cluster == id) {
            let found = client.user_by_email(email).await.expect("an answer");
            let found = found.unwrap_or_else(|| panic!("{email} is on {url}"));
            if found.id.get() != *number {
                made_anew.push(found.id.get() - number);
            }
            let wanted = if *active {
                HopsworksStatus::Active
            } else {
                HopsworksStatus::Deactivated
            };
            assert_eq!(found.status, wanted);
        }
        let stranger = client_of(url, "0123456789abcdef");
        let refused = stranger.user_by_email("a@b.example").await;
        assert_eq!(refused.expect_err("another key").code(), "key_refused");
    }
    assert_eq!(made_anew, [50_000], "one of them, on purpose");
    let url = clusters[0].1.clone();
    sandbox.stop().await.expect("stops");
    let gone = client_of(&url, "x").alive().await;
    assert_eq!(gone.expect_err("gone").code(), "unreachable");
}

#[tokio::test]
async fn whoever_is_still_there_takes_the_clusters_over_at_the_same_place() {
    let folder = folder();
    let kept = SandboxOptions {
        keep: true,
        ..options(&folder, 60, 5)
    };
    let first = open(kept.clone()).await;
    let before = clusters(&first).await;
    let second = Sandbox::join(Some(&folder.path().join("sandbox")), &Search::everywhere())
        .await
        .expect("joins")
        .expect("it runs");
    let third = open(kept.clone()).await;
    assert_eq!(
        clusters(&third).await,
        before,
        "nobody moves what is in use"
    );
    first.stop().await.expect("leaves");
    third.stop().await.expect("leaves");
    let (_, url, key) = &before[0];
    let client = client_of(url, key);
    let mut alive = false;
    for _ in 0..50 {
        alive = client.alive().await.is_ok();
        if alive {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(alive, "the one that joined serves them now");
    let nobody = HopsworksUserId::new(1).expect("a number");
    assert_eq!(
        client.user(nobody).await.expect("the key is the same"),
        None
    );
    second.stop().await.expect("leaves");
    let again = open(kept).await;
    assert_eq!(clusters(&again).await, before, "ports and keys are kept");
    again.stop().await.expect("stops");
}
