//! The client of a cluster's Hopsworks against the simulated one, over real sockets and real TLS.

#![expect(clippy::expect_used, reason = "a test that cannot go on should panic")]

mod clusters {
    mod clients;
    mod failures;
    mod kubernetes;
    mod listing;
    mod trust;
    mod users;
}

use std::time::Duration;

use hopsdesk::clusters::connections::{ClusterAccess, Connections, Patience};
use hopsdesk::clusters::hopsworks::Hopsworks;
use hopsdesk::domain::hopsworks::HopsworksStatus;
use hopsdesk::sandbox::hopsworks::people::SimulatedUser;
use hopsdesk::sandbox::hopsworks::{Dialect, Serving, Simulated};
use hopsdesk::secrets::Secret;
use hopsdesk::secrets::sealing::Kept;
use tokio::net::TcpListener;

/// The administrator's key. Must never be seen anywhere.
const KEY: &str = "Kx9.very-secret-key-of-the-cluster";

/// How long the tests' clients wait.
const PATIENCE: Patience = Patience {
    connect: Duration::from_secs(2),
    whole: Duration::from_secs(2),
};

fn install_tls() {
    // The second test of a process finds it installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

fn user(id: i64, email: &str) -> SimulatedUser {
    SimulatedUser {
        id,
        email: email.to_owned(),
        given_name: "Ada".to_owned(),
        surname: "Example".to_owned(),
        username: format!("adae{id}"),
        status: HopsworksStatus::Active,
        project_limit: 1,
        subject: Some(format!("auth0|{id}")),
    }
}

/// More than a page of users; 10500 is `Ada.Example@firm.example`.
fn crowd() -> Vec<SimulatedUser> {
    (10_000..11_000)
        .map(|id| match id {
            10_500 => user(id, "Ada.Example@firm.example"),
            id => user(id, &format!("user{id}@firm.example")),
        })
        .collect()
}

async fn serve(cluster: &Simulated) -> Serving {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    cluster.serve(listener, None).expect("it is served")
}

fn simulated(dialect: Dialect, users: Vec<SimulatedUser>) -> Simulated {
    Simulated::new(Secret::new(KEY.to_owned()), dialect, users)
}

fn access(url: &str) -> ClusterAccess {
    ClusterAccess {
        api_url: url.to_owned(),
        api_key: Some(Kept::Plain(Secret::new(KEY.to_owned()))),
        authority: None,
        kubeconfig: None,
    }
}

fn client(serving: &Serving) -> Hopsworks {
    install_tls();
    let url = format!("http://{}", serving.address());
    Connections::with(PATIENCE)
        .hopsworks(&access(&url))
        .expect("an address and a key")
}
