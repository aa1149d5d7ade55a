//! A cluster's Kubernetes: its nodes, pods, claims and metrics, read page by page from the API server.
//!
//! `kube` signs in and speaks TLS; what is read of the answers is ours. The library's types hold every field
//! of every object, several kilobytes a pod, of which a dozen matter here.

mod answers;
pub mod failure;
mod kubeconfig;
mod lists;
mod probe;

use std::fmt;

use http_body_util::{BodyExt as _, Limited};
use hyper::{Request, StatusCode};
use kube::Client;
use kube::client::Body;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout};

use crate::clusters::connections::Patience;
use crate::clusters::kubernetes::failure::{KubeconfigProblem, KubernetesError};
use crate::clusters::kubernetes::probe::Probe;
use crate::domain::capacity::snapshot::{Certificates, KubernetesHealth};
use crate::secrets::Secret;

/// The most bytes an answer may have: a page of pods has about five million.
const MOST: usize = 64 << 20;

/// A client of one cluster.
pub struct Kubernetes {
    client: Client,
    probe: Probe,
    place: String,
    patience: Patience,
}

impl Kubernetes {
    /// Reads the kubeconfig. Connects to nothing yet.
    pub(in crate::clusters) async fn open(
        kubeconfig: Option<&Secret<String>>,
        patience: Patience,
    ) -> Result<Self, KubernetesError> {
        let text = kubeconfig
            .filter(|text| !text.expose().trim().is_empty())
            .ok_or(KubernetesError::NoKubeconfig)?;
        let mut config = kubeconfig::read(text).await?;
        config.connect_timeout = Some(patience.connect);
        config.read_timeout = Some(patience.whole);
        config.write_timeout = Some(patience.whole);
        let place = kubeconfig::place(&config.cluster_url);
        let probe = Probe::of(&config)?;
        let client = Client::try_from(config).map_err(|error| match error {
            kube::Error::ProxyProtocolUnsupported { .. }
            | kube::Error::ProxyProtocolDisabled { .. } => KubeconfigProblem::Proxy,
            _ => KubeconfigProblem::Identity,
        })?;
        Ok(Self {
            client,
            probe,
            place,
            patience,
        })
    }

    /// Whether it answers, how fast, its version, and until when certificates are good.
    ///
    /// # Errors
    /// [`KubernetesError`]
    pub async fn health(&self) -> Result<KubernetesHealth, KubernetesError> {
        let server = self
            .probe
            .server_valid_until(&self.place, self.patience)
            .await?;
        // The first answer pays for connecting; the second is the API server's own time.
        let _: Version = self.get("/version", "its version").await?;
        let asked = Instant::now();
        let version: Version = self.get("/version", "its version").await?;
        Ok(KubernetesHealth {
            version: answers::shortened(&version.git_version),
            latency: asked.elapsed(),
            certificates: Certificates {
                server,
                client: self.probe.client_valid_until(),
            },
        })
    }

    /// Host and port, for sentences.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Asks, and reads an answer of success, bounded in size and time.
    async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        what: &'static str,
    ) -> Result<T, KubernetesError> {
        let body = self.body(path, what).await?;
        self.read(&body)
    }

    /// Asks for an answer of success, bounded in size and time.
    async fn body(&self, path: &str, what: &'static str) -> Result<Vec<u8>, KubernetesError> {
        let (status, body) = self.answer(path).await?;
        if !status.is_success() {
            return Err(KubernetesError::refused(&self.place, what, status));
        }
        Ok(body)
    }

    /// What an answer says; it may borrow from it.
    fn read<'a, T: Deserialize<'a>>(&self, body: &'a [u8]) -> Result<T, KubernetesError> {
        serde_json::from_slice(body).map_err(|error| {
            // Where it stopped, not what stands there.
            let problem = format!(
                "its answer cannot be read (line {}, column {})",
                error.line(),
                error.column()
            );
            KubernetesError::unexpected(&self.place, problem)
        })
    }

    /// Asks: status and body, bounded in size and time.
    pub(in crate::clusters) async fn answer(
        &self,
        path: &str,
    ) -> Result<(StatusCode, Vec<u8>), KubernetesError> {
        let asked = async {
            let failed = |error| KubernetesError::transport(&self.place, error);
            let request = Request::get(path)
                .body(Body::empty())
                .map_err(|error| failed(error.into()))?;
            let response = self
                .client
                .send(request)
                .await
                .map_err(|error| failed(error.into()))?;
            let status = response.status();
            let mut parts = Limited::new(response.into_body(), MOST);
            let mut body = Vec::new();
            while let Some(part) = parts.frame().await {
                // Trailers are none of it.
                if let Ok(bytes) = part.map_err(failed)?.into_data() {
                    body.extend_from_slice(&bytes);
                }
            }
            Ok((status, body))
        };
        timeout(self.patience.whole, asked)
            .await
            .unwrap_or_else(|_| Err(self.timed_out()))
    }

    fn timed_out(&self) -> KubernetesError {
        KubernetesError::TimedOut {
            place: self.place.clone(),
        }
    }
}

impl fmt::Debug for Kubernetes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kubernetes({})", self.place)
    }
}

/// What `/version` says.
#[derive(Debug, Deserialize)]
struct Version {
    #[serde(rename = "gitVersion")]
    git_version: String,
}
