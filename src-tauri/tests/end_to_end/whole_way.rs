//! A cluster from its first day on, in the window: added, seen, worked on, left, gone, stale, and back. Its key, and the
//! key and the authority of its kubeconfig, are looked for on the way in every place where they must not be.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hopsdesk::sandbox::kubernetes::authority::Authority;
use hopsdesk::sandbox::kubernetes::fault::Fault;
use hopsdesk::sandbox::kubernetes::sample::{Peculiar, world};
use hopsdesk::sandbox::kubernetes::{Credentials, Identity, Serving, Simulated, kubeconfig};
use hopsdesk::secrets::Secret;
use serde_json::json;
use time::OffsetDateTime;
use time::macros::datetime;
use tokio::net::TcpListener;

use super::canary::{LISTEN, silent};
use super::driver::Window;
use super::exports::psql;
use super::governing::add_cluster;
use super::settings::{files_with, holds};
use super::world::Person;

/// A Kubernetes that no sandbox has: of a cluster that is to be added.
pub(super) struct NewKubernetes {
    pub(super) cluster: Simulated,
    pub(super) kubeconfig: String,
    /// What of it must be nowhere: a client's key as it is, and as a kubeconfig has it.
    secrets: Vec<String>,
    _serving: Serving,
}

impl NewKubernetes {
    pub(super) async fn start(name: &str) -> Self {
        Self::start_with(name, datetime!(2001-01-01 00:00 UTC)).await
    }

    /// The certificate that it shows while that is what is wrong with it ends at this moment.
    pub(super) async fn start_with(name: &str, ends: OffsetDateTime) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let until = datetime!(2999-01-01 00:00 UTC);
        let authority = Authority::new().expect("an authority");
        let certificate = authority.certificate().expect("a certificate");
        let shown = authority.server(until).expect("a certificate");
        let identity = Identity {
            expired: authority.server(ends).expect("a certificate"),
            foreign: Arc::clone(&shown),
            shown,
            clients: certificate.der().clone(),
        };
        // Nobody uses it: the kubeconfig has a certificate.
        let token = Secret::new(format!("unused-token-of-{name}"));
        let (client, key) = authority.client(until).expect("a certificate");
        let line = |pem: &str| pem.lines().nth(1).expect("a line").to_owned();
        let encoded = |pem: &str| STANDARD.encode(pem)[64..128].to_owned();
        let secrets = vec![
            line(key.expose()),
            encoded(key.expose()),
            line(&certificate.pem()),
            encoded(&certificate.pem()),
        ];
        let projects = ["acme".to_owned(), "shared".to_owned()];
        let world = world(name, &projects, Peculiar::default());
        let cluster = Simulated::new(world, "v1.34.2", token.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let serving = cluster.serve(listener, identity).expect("it is served");
        let config = kubeconfig(
            serving.address().port(),
            &certificate.pem(),
            &Credentials::Certificate(client, key),
        );
        Self {
            cluster,
            kubeconfig: config.expose().clone(),
            secrets,
            _serving: serving,
        }
    }
}

/// Staff place the user who is shown on that cluster, through the dialog.
async fn place(window: &Window, cluster: &str, reason: &str) {
    window.begin_action("Place on a cluster").await;
    let choose = format!(
        "(() => {{
           const select = document.querySelector('dialog[open] select');
           const wanted = [...(select?.options ?? [])].find((each) => each.text === {cluster});
           if (!wanted) return false;
           select.value = wanted.value;
           select.dispatchEvent(new Event('change', {{ bubbles: true }}));
           return true;
         }})()",
        cluster = json!(cluster)
    );
    window.until("the cluster to choose", &choose).await;
    window.fill("Reason", reason).await;
    window.send_dialog().await;
    window
        .until(
            "the seat",
            &format!(
                "document.querySelector('[data-testid=seat] a')?.innerText === {}",
                json!(cluster)
            ),
        )
        .await;
}

/// What the page says is wrong with the cluster's Kubernetes, once that has these words.
async fn told(window: &Window, words: &str) {
    window.click_words("Look now").await;
    let said = format!(
        "(document.querySelector('[data-testid=capacity-problem]')?.innerText ?? '').includes({})",
        json!(words)
    );
    window.until(words, &said).await;
}

#[tokio::test]
async fn a_cluster_is_added_seen_worked_on_left_gone_stale_and_back() {
    const FIGURES: &str = "document.querySelectorAll('[data-testid=resource]').length === 5";
    let mut person = Person::new("whole-way").await;
    person.start.environment = vec![("RUST_LOG", "trace".to_owned())];
    let log = person.start.evidence.join("console.log");
    let _ = std::fs::remove_file(&log);
    psql(
        &person,
        "insert into public.users (id, email, name, status) values ('auth0|wanda-way', 'wanda@way.example', 'Wanda Way', 'active')",
    );
    let window = person.at_work().await;
    window.resize(1280, 800).await;
    let kubernetes = NewKubernetes::start("hops-nowhere").await;
    let key = "select api_key from public.hopsworks_clusters where name = 'hops-eu-north'";
    let mut secrets = kubernetes.secrets.clone();
    secrets.extend([psql(&person, key), "canary.of-nobody".to_owned()]);
    window.run(LISTEN, vec![]).await;

    // Added, and seen.
    let id = add_cluster(&window, &person, &kubernetes).await;
    window.until("what it carries", FIGURES).await;
    silent(&window, &secrets, "added").await;
    window.begin_action("Open for new users").await;
    window.fill("Reason", "it is ready, ticket 4730").await;
    window.send_dialog().await;

    // Somebody works there, and moves.
    window.visit_user("auth0|wanda-way").await;
    place(&window, "hops-nowhere", "her region, ticket 4731").await;
    let seats = "select string_agg(c.name, ' ') from public.user_hopsworks_assignments as a
         join public.hopsworks_clusters as c on c.id = a.hopsworks_cluster_id where a.user_id = 'auth0|wanda-way'";
    assert_eq!(psql(&person, seats), "hops-nowhere");
    place(&window, "hops-eu-north", "she moved, ticket 4732").await;
    assert_eq!(psql(&person, seats), "hops-eu-north", "one seat, elsewhere");

    // The cluster goes away: what it said stays, and is said to be of then.
    window.visit(&format!("#/clusters/{id}")).await;
    window.until("what it carries", FIGURES).await;
    kubernetes.cluster.set_fault(Fault::Closed);
    told(&window, "cannot be reached. It is tried again").await;
    window.until("what it said before", FIGURES).await;
    psql(
        &person,
        &format!(
            "update console.cluster_snapshots set taken_at = taken_at - interval '2 hours' where cluster_id = '{id}' and nodes is not null"
        ),
    );
    window.click_words("Look now").await;
    window
        .until(
            "that it is of then",
            "/^stale/.test(document.querySelector('.seen:has([data-testid=snapshot-age])')?.innerText.trim() ?? '')",
        )
        .await;
    let kept = psql(
        &person,
        &format!(
            "select count(*) from console.cluster_snapshots where cluster_id = '{id}' and capacity_code is not null
             and coalesce(nodes, pods, cpu_allocatable::int, cpu_requested::int) is not null"
        ),
    );
    assert_eq!(kept, "0", "what was not seen is no figure");
    assert_eq!(window.overflow().await, json!([]));
    silent(&window, &secrets, "away").await;

    kubernetes.cluster.set_fault(Fault::None);
    window.click_words("Look now").await;
    window
        .until(
            "it is back",
            &format!("!document.querySelector('[data-testid=capacity-problem]') && {FIGURES}"),
        )
        .await;
    window.trail_is_whole().await;
    silent(&window, &secrets, "back").await;
    let heard = window.ask("window.heard.join('\\n')").await;
    assert!(
        heard.as_str().expect("text").contains("hops-nowhere"),
        "it listens"
    );
    window.close().await;
    let log = std::fs::read(log).expect("a log");
    assert!(holds(&log, "TRACE"), "the log is at its finest");
    for secret in &secrets {
        assert!(!holds(&log, secret), "the log holds {secret}");
        assert_eq!(
            files_with(&person.start.home, secret),
            Vec::<String>::new(),
            "{secret}"
        );
        let written = format!(
            "select count(*) from console.cluster_snapshots as s where s.cluster_id = '{id}' and strpos(s::text, '{secret}') > 0"
        );
        assert_eq!(psql(&person, &written), "0", "a sentence holds {secret}");
    }
    psql(
        &person,
        &format!(
            "delete from public.user_hopsworks_assignments where user_id = 'auth0|wanda-way';
             delete from public.users where id = 'auth0|wanda-way';
             delete from console.cluster_secrets where cluster_id = '{id}';
             delete from console.former_secrets where cluster_id = '{id}';
             delete from public.hopsworks_clusters where id = '{id}'"
        ),
    );
}
