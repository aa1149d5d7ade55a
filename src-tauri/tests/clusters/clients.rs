//! The simulated clusters against the real clients, `hopsworks` and `kubernetes` of Python: they understand what is
//! listed, page by page, and every way in which it is refused; and nothing that ours ask for do they not ask for, too.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use hopsdesk::clusters::connections::{ClusterAccess, Connections};
use hopsdesk::clusters::hopsworks::NewUser;
use hopsdesk::clusters::kubernetes::Kubernetes;
use hopsdesk::clusters::opencost::{OpenCostService, costs};
use hopsdesk::domain::capacity::readings::Hours;
use hopsdesk::domain::hopsworks::HopsworksStatus;
use hopsdesk::sandbox::hopsworks::Dialect;
use hopsdesk::sandbox::hopsworks::projects::SimulatedProject;
use hopsdesk::sandbox::kubernetes::fault::Fault;
use hopsdesk::sandbox::kubernetes::sample::{Peculiar, world};
use hopsdesk::sandbox::kubernetes::{Credentials, kubeconfig};
use hopsdesk::secrets::Secret;
use rustls::ServerConfig;
use time::macros::datetime;
use tokio::net::TcpListener;
use tokio::process::Command;
use tokio::time::timeout;

use super::kubernetes::{AUTHORITY, Served, TOKEN, UNTIL, serve, token};
use crate::{KEY, PATIENCE, access, crowd, simulated};

const CHECK: &str = include_str!("clients.py");

/// How long it may take on a slow machine.
const LONGEST: Duration = Duration::from_secs(300);

/// As `scripts/setup.sh test` installs it, or wherever `HOPSDESK_CLUSTER_CLIENTS` says.
fn python() -> PathBuf {
    let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/cluster-clients/bin/python");
    let path = std::env::var_os("HOPSDESK_CLUSTER_CLIENTS").map_or(installed, PathBuf::from);
    assert!(
        path.exists(),
        "{} is missing: scripts/setup.sh test installs it",
        path.display()
    );
    path
}

fn hopsworks() -> hopsdesk::sandbox::hopsworks::Simulated {
    let cluster = simulated(Dialect::default(), crowd());
    for (id, name) in [(119, "demo_ml"), (120, "churn")] {
        cluster.put_project(SimulatedProject {
            id,
            name: name.to_owned(),
            creator: ("ada@firm.example".to_owned(), "adae1".to_owned()),
            created: "2025-11-05T12:51:03.000Z".to_owned(),
        });
    }
    cluster
}

/// What was called, without who or which: `GET /hopsworks-api/api/admin/users/*`.
fn routes(calls: &[String]) -> BTreeSet<String> {
    let plain = |call: &String| {
        let path = call.split('?').next().unwrap_or_default();
        // Written in two ways, and one address.
        let path = path.trim_end_matches('/').replace("%3A", ":");
        let part = |part: &str| match part.parse::<i64>() {
            Ok(_) => "*".to_owned(),
            Err(_) => part.to_owned(),
        };
        path.split('/').map(part).collect::<Vec<_>>().join("/")
    };
    calls.iter().map(plain).collect()
}

/// Calls of one of our clients, everything it can do done once.
async fn ours(kubernetes: &Served, url: &str, authority: String) {
    let client: Kubernetes = kubernetes.client().await;
    client.health().await.expect("it is well");
    client.lets_us_look().await.expect("it lets us");
    client.capacity().await.expect("a capacity");
    client.uid().await.expect("an id");
    kubernetes.cluster.set_fault(Fault::GetForbidden);
    client.uid().await.expect("an id out of the list");
    kubernetes.cluster.set_fault(Fault::None);
    let hours = Hours::before(datetime!(2026-11-20 12:34 UTC));
    costs(&client, &OpenCostService::default(), hours)
        .await
        .expect("costs");

    let access = ClusterAccess {
        authority: Some(authority),
        ..access(url)
    };
    let client = Connections::with(PATIENCE)
        .hopsworks(&access)
        .expect("a client");
    client.alive().await.expect("it is alive");
    client.recognised().await.expect("the key is good");
    let made = client
        .create_user(&NewUser {
            email: "mary@firm.example",
            given_name: "Mary",
            surname: "Example",
            project_limit: 1,
            subject: "auth0|mary",
            client_id: "the-client",
        })
        .await
        .expect("she is made");
    let user = made.user();
    client.user(user.id).await.expect("she is there");
    client
        .set_status(user.id, HopsworksStatus::Deactivated)
        .await
        .expect("she is out");
    assert!(
        client
            .raise_project_limit(user, 9)
            .await
            .expect("it is raised")
    );
    client.users().await.expect("everybody");
    client.projects().await.expect("projects");
}

#[tokio::test]
async fn the_real_clients_understand_simulated_clusters_and_ask_whatever_ours_ask() {
    let names: Vec<String> = (0..260).map(|n| format!("project-{n:03}")).collect();
    let kubernetes = serve(world("a", &names, Peculiar::default())).await;
    let hopsworks = hopsworks();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(rustls::sign::SingleCertAndKey::from(
            Arc::unwrap_or_clone(AUTHORITY.server(UNTIL).expect("a certificate")),
        )));
    let serving = hopsworks
        .serve(listener, Some(Arc::new(config)))
        .expect("it is served");
    let port = serving.address().port();
    let authority = AUTHORITY.certificate().expect("a certificate").pem();

    ours(
        &kubernetes,
        &format!("https://localhost:{port}"),
        authority.clone(),
    )
    .await;
    let (of_kubernetes, of_hopsworks) = (kubernetes.cluster.calls(), hopsworks.calls());

    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path
    };
    let other = Credentials::Token(Secret::new("canary-other".to_owned()));
    let address = kubernetes.serving.address();
    let run = Command::new(python())
        .arg(write("clients.py", CHECK))
        .current_dir(folder.path())
        .env_clear()
        .env("HOME", folder.path())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env(
            "KUBECONFIG",
            write("kubeconfig", kubernetes.kubeconfig(&token()).expose()),
        )
        .env(
            "OTHER_KUBECONFIG",
            write(
                "other",
                kubeconfig(address.port(), &authority, &other).expose(),
            ),
        )
        .env("KUBERNETES", format!("https://{address}"))
        .env("KUBERNETES_TOKEN", TOKEN)
        .env("CA", write("ca.pem", &authority))
        .env("HOPSWORKS_PORT", port.to_string())
        .env("HOPSWORKS_KEY", KEY)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = timeout(LONGEST, run)
        .await
        .expect("in time")
        .expect("it runs");
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );

    for (whose, all, before) in [
        ("Kubernetes", kubernetes.cluster.calls(), of_kubernetes),
        ("Hopsworks", hopsworks.calls(), of_hopsworks),
    ] {
        let theirs = routes(&all[before.len()..]);
        let missing: Vec<String> = routes(&before).difference(&theirs).cloned().collect();
        assert!(
            missing.is_empty(),
            "only our client of {whose} asks for {missing:?}; theirs for {theirs:?}"
        );
    }
}
