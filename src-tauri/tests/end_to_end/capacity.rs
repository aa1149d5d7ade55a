//! What clusters carry and for whom, in the window: seen, gone, stale, and back.

use serde_json::{Value, json};

use super::world::Person;

#[tokio::test]
async fn a_clusters_page_tells_what_it_carries_and_for_whom() {
    let person = Person::new("carrying").await;
    let window = person.at_work().await;
    window.resize(1280, 800).await;
    window.visit_clusters("?q=hops-eu-north").await;
    window.click("table[aria-label=Clusters] tbody a").await;
    window.cluster_is_filled().await;
    // The console looks at the sandbox's clusters by itself.
    let resources = window
        .until(
            "resources",
            "(() => {
               const rows = [...document.querySelectorAll('[data-testid=resource]')].map((row) => row.innerText);
               return rows.length >= 5 && rows;
             })()",
        )
        .await;
    let resources: Vec<String> = serde_json::from_value(resources).expect("texts");
    for (name, row) in ["CPU", "Memory", "GPU", "Pods", "Node disk"]
        .iter()
        .zip(&resources)
    {
        assert!(row.starts_with(name), "{resources:?}");
    }
    assert!(
        resources[0].contains('%') && resources[0].contains(" cores"),
        "{resources:?}"
    );
    let holders = window
        .until(
            "customers",
            "(() => {
               const rows = [...document.querySelectorAll('[data-testid=holding]')].map((row) => row.innerText);
               return rows.length > 3 && rows;
             })()",
        )
        .await;
    let holders: Vec<String> = serde_json::from_value(holders).expect("texts");
    assert!(
        holders.iter().any(|row| row.contains("the cluster itself")),
        "{holders:?}"
    );
    assert!(
        holders.iter().any(|row| row.contains("old-experiments")),
        "{holders:?}"
    );
    window
        .shows("namespaces belong to no project on record here")
        .await;
    window
        .until(
            "nodes",
            "document.querySelectorAll('[data-testid=node]').length > 1",
        )
        .await;
    // The sandbox is of today: there is no history yet, and no guess.
    window
        .until(
            "no guess",
            "[...document.querySelectorAll('[data-testid=forecast]')].filter((each) => each.innerText.includes('not enough history')).length >= 3",
        )
        .await;
    assert_eq!(window.overflow().await, json!([]));
    assert_eq!(window.cut_to_nothing().await, json!([]));
    let secrets = window
        .ask("/token|BEGIN|apiVersion/.test(document.querySelector('main').innerText)")
        .await;
    assert_eq!(secrets, Value::Bool(false));
    window.close().await;
}

/// The address and the token of a cluster's API server, as the sandbox has them in its folder.
fn api_server(person: &Person, number: usize) -> (u16, String) {
    let text =
        std::fs::read_to_string(person.start.sandbox.join("kubernetes")).expect("the API servers");
    let line = text.lines().nth(number).expect("a cluster");
    let parts: Vec<&str> = line.split(' ').collect();
    (parts[2].parse().expect("a port"), parts[3].to_owned())
}

/// Makes something go wrong with it, as a person would with `curl -k`: it may show a certificate that is no good.
async fn set_fault(person: &Person, number: usize, fault: &str) {
    let (port, token) = api_server(person, number);
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .tls_danger_accept_invalid_certs(true)
        .build()
        .expect("a client");
    let answer = client
        .put(format!("https://127.0.0.1:{port}/sandbox/fault"))
        .bearer_auth(token)
        .header("content-type", "application/json")
        .body(fault.to_owned())
        .send()
        .await
        .expect("an answer");
    assert!(answer.status().is_success(), "{}", answer.status());
}

#[tokio::test]
async fn a_cluster_that_goes_away_is_told_so_keeps_its_figures_and_comes_back() {
    let person = Person::new("going-away").await;
    let window = person.at_work().await;
    window.resize(1280, 800).await;
    window.visit_clusters("?q=hops-eu-central").await;
    window.click("table[aria-label=Clusters] tbody a").await;
    window.cluster_is_filled().await;
    window
        .until(
            "resources",
            "document.querySelectorAll('[data-testid=resource]').length === 5",
        )
        .await;

    for (fault, word, sentence) in [
        (
            r#"{"fault":"closed"}"#,
            "not seen",
            "cannot be reached. It is tried again",
        ),
        (
            r#"{"fault":"answer","status":500}"#,
            "not seen",
            "has a problem of its own; it is tried again (status 500)",
        ),
        (
            r#"{"fault":"expired_certificate"}"#,
            "not seen",
            "has expired. Nothing was sent",
        ),
        (
            r#"{"fault":"unauthorized"}"#,
            "not seen",
            "It may have run out: record a new one",
        ),
    ] {
        set_fault(&person, 1, fault).await;
        window.click_words("Look now").await;
        window
            .until(
                sentence,
                &format!(
                    "(() => {{
                       const told = document.querySelector('[data-testid=capacity-problem]')?.innerText ?? '';
                       return told.includes('{word}') && told.includes('{sentence}');
                     }})()"
                ),
            )
            .await;
        let figures = window
            .ask("document.querySelectorAll('[data-testid=resource]').length")
            .await;
        assert_eq!(figures, json!(5), "what it said before stays: {fault}");
    }
    assert_eq!(window.overflow().await, json!([]));

    set_fault(&person, 1, r#"{"fault":"none"}"#).await;
    window.click_words("Look now").await;
    window
        .until("it is back", "!document.querySelector('[data-testid=capacity-problem]') && document.querySelectorAll('[data-testid=resource]').length === 5")
        .await;
    window.close().await;
}
