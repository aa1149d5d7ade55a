//! Kubernetes, over TLS: what is read and added up, and every way in which that can fail.

mod failures;
mod opencost;
mod reading;

use std::sync::LazyLock;

use hopsdesk::clusters::connections::{ClusterAccess, Connections, Patience};
use hopsdesk::clusters::kubernetes::Kubernetes;
use hopsdesk::clusters::kubernetes::failure::KubernetesError;
use hopsdesk::sandbox::kubernetes::authority::Authority;
use hopsdesk::sandbox::kubernetes::world::World;
use hopsdesk::sandbox::kubernetes::{Credentials, Identity, Serving, Simulated, kubeconfig};
use hopsdesk::secrets::Secret;
use hopsdesk::secrets::sealing::Kept;
use time::OffsetDateTime;
use time::macros::datetime;
use tokio::net::TcpListener;

use crate::{PATIENCE, install_tls};

pub(super) const TOKEN: &str = "canary-token";
pub(super) const UNTIL: OffsetDateTime = datetime!(2999-01-02 03:04:05 UTC);

pub(super) static AUTHORITY: LazyLock<Authority> =
    LazyLock::new(|| Authority::new().expect("an authority"));

pub(super) fn token() -> Credentials {
    Credentials::Token(Secret::new(TOKEN.to_owned()))
}

fn identity() -> Identity {
    let foreign = Authority::new().expect("an authority");
    Identity {
        shown: AUTHORITY.server(UNTIL).expect("a certificate"),
        expired: AUTHORITY
            .server(datetime!(2001-01-01 00:00 UTC))
            .expect("a certificate"),
        foreign: foreign.server(UNTIL).expect("a certificate"),
        clients: AUTHORITY
            .certificate()
            .expect("a certificate")
            .der()
            .clone(),
    }
}

/// A cluster that is served, and what is known of it.
pub(super) struct Served {
    pub(super) cluster: Simulated,
    pub(super) serving: Serving,
}

pub(super) async fn serve(world: World) -> Served {
    install_tls();
    let cluster = Simulated::new(world, "v1.34.2", Secret::new(TOKEN.to_owned()));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let serving = cluster.serve(listener, identity()).expect("it is served");
    Served { cluster, serving }
}

impl Served {
    pub(super) fn kubeconfig(&self, credentials: &Credentials) -> Secret<String> {
        let authority = AUTHORITY.certificate().expect("a certificate").pem();
        kubeconfig(self.serving.address().port(), &authority, credentials)
    }

    pub(super) async fn client(&self) -> Kubernetes {
        client(self.kubeconfig(&token()), PATIENCE)
            .await
            .expect("a client")
    }
}

async fn client(
    kubeconfig: Secret<String>,
    patience: Patience,
) -> Result<Kubernetes, KubernetesError> {
    install_tls();
    let access = ClusterAccess {
        api_url: String::new(),
        api_key: None,
        authority: None,
        kubeconfig: Some(Kept::Plain(kubeconfig)),
    };
    Connections::with(patience).kubernetes(&access).await
}
