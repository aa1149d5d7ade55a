//! The Clusters list and the page of one cluster.

use serde_json::{Value, json};

use super::exports::psql;
use super::world::Person;

const NAMES: &str =
    "[...document.querySelectorAll('table[aria-label=Clusters] tbody tr[data-row]')]
    .map((row) => row.cells[0].querySelector('a').innerText.trim())";

/// Of each row, the region under its name and the one in a column of its own.
const REGIONS: &str = "(() => {
    const named = [...document.querySelectorAll('table[aria-label=Clusters] thead th')]
      .findIndex((each) => each.innerText.trim() === 'Region');
    return [...document.querySelectorAll('table[aria-label=Clusters] tbody tr[data-row]')].map((row) => [
      row.querySelector('.under'), named < 0 ? null : row.cells[named],
    ].map((each) => each?.checkVisibility() ? each.innerText.trim() : ''))
  })()";

#[tokio::test]
async fn clusters_are_sorted_filtered_and_say_where_their_counter_is_wrong() {
    let person = Person::new("placing").await;
    let window = person.at_work().await;
    drift(&person);
    window.resize(1280, 800).await;
    window.visit_clusters("?sort=name").await;
    let names = window.ask(NAMES).await;
    let mut sorted: Vec<String> = serde_json::from_value(names).expect("names");
    assert_eq!(sorted.len(), 5, "{sorted:?}");
    assert!(sorted.is_sorted(), "{sorted:?}");

    // Where each is, is to be seen in a window of any width, and in one place only.
    let regions = [
        "ap-southeast-1",
        "eu-central-1",
        "eu-north-1",
        "us-east-2",
        "us-west-2",
    ];
    assert_eq!(
        window.ask(REGIONS).await,
        json!(regions.map(|region| [region, ""]))
    );
    assert_eq!(window.overflow().await, json!([]));
    window.resize(1920, 1080).await;
    let column = json!(regions.map(|region| ["", region]));
    window
        .until(
            "a column of regions",
            &format!("JSON.stringify({REGIONS}) === JSON.stringify({column})"),
        )
        .await;
    window.resize(1280, 800).await;

    window.click_words("Name").await;
    sorted.reverse();
    let expected = serde_json::to_string(&sorted).expect("a list");
    window
        .until(
            "the other way round",
            &format!("JSON.stringify({NAMES}) === JSON.stringify({expected})"),
        )
        .await;

    // One sample has drifted, and one only: the list says so beside its counter.
    let drifted = window
        .ask("[...document.querySelectorAll('.drift')].map((each) => each.innerText.trim())")
        .await;
    let drifted: Vec<String> = serde_json::from_value(drifted).expect("texts");
    assert_eq!(drifted.len(), 1, "{drifted:?}");
    assert!(drifted[0].contains("+3"), "{drifted:?}");

    window.visit_clusters("?status=maintenance").await;
    assert_eq!(window.ask(NAMES).await, json!(["hops-us-west"]));
    assert_eq!(window.overflow().await, json!([]));
    window.close().await;
}

/// Counters as the sample has them, one of them wrong, whoever was placed or taken away meanwhile.
fn drift(person: &Person) {
    psql(
        person,
        "update public.hopsworks_clusters as k
         set current_users = case k.name when 'hops-ap-southeast' then 3 else 0 end + (
           select count(*) from public.user_hopsworks_assignments as a where a.hopsworks_cluster_id = k.id)",
    );
}

#[tokio::test]
async fn a_clusters_page_shows_its_seats_by_every_count_and_who_is_on_it() {
    let person = Person::new("looking-after").await;
    let window = person.at_work().await;
    drift(&person);
    window.resize(1280, 800).await;
    window.visit_clusters("?q=hops-ap-southeast").await;
    window.click("table[aria-label=Clusters] tbody a").await;
    window.cluster_is_filled().await;
    let shown = "(test) => document.querySelector(`[data-testid=${test}]`)?.innerText ?? ''";
    let assigned = window
        .ask(&format!("parseInt(({shown})('assigned'))"))
        .await;
    let counter = window.ask(&format!("({shown})('counter')")).await;
    let assigned = assigned.as_i64().expect("a number");
    let counter = counter.as_str().expect("a text").replace('\u{a0}', " ");
    assert_eq!(counter, format!("{} +3", assigned + 3));
    let drift = window.ask(&format!("({shown})('drift')")).await;
    assert!(
        drift
            .as_str()
            .expect("a text")
            .contains("seats that are free")
    );

    // As many people as seats, each with the way to their page.
    let listed = window
        .until(
            "the people",
            "document.querySelector('table[aria-label=\"People on this cluster\"][aria-busy=false] tbody a')
               && document.querySelector('.tools [role=status]').innerText",
        )
        .await;
    assert_eq!(listed, json!(assigned.to_string()));
    let secrets = window
        .ask("/api_key|apiVersion|BEGIN |nvidia/i.test(document.querySelector('main').innerText)")
        .await;
    assert_eq!(
        secrets,
        Value::Bool(false),
        "never a secret, never metadata"
    );
    assert_eq!(window.overflow().await, json!([]));

    window.visit("#/clusters/nowhere").await;
    window
        .shows("Nothing in this database names a cluster with the id nowhere.")
        .await;
    window.close().await;
}
