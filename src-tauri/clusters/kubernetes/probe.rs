//! A handshake of our own, to learn until when the server's certificate is good: the HTTP client keeps what
//! it has seen to itself. Verified like any other connection.

use std::error::Error as StdError;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kube::Config;
use kube::client::ConfigExt as _;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use time::OffsetDateTime;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::clusters::certificate::valid_until;
use crate::clusters::connections::Patience;
use crate::clusters::kubernetes::failure::{KubeconfigProblem, KubernetesError};

pub(super) struct Probe {
    /// None behind a proxy, where no connection of our own is made.
    direct: Option<Direct>,
    client: Option<OffsetDateTime>,
}

struct Direct {
    tls: TlsConnector,
    name: ServerName<'static>,
    host: String,
    port: u16,
}

impl Probe {
    pub(super) fn of(config: &Config) -> Result<Self, KubeconfigProblem> {
        let tls = config
            .rustls_client_config()
            .map_err(|_| KubeconfigProblem::Identity)?;
        let host = config.cluster_url.host().unwrap_or_default();
        let host = host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned();
        let name = config
            .tls_server_name
            .clone()
            .unwrap_or_else(|| host.clone());
        let name = ServerName::try_from(name).map_err(|_| KubeconfigProblem::NoServer)?;
        let direct = config.proxy_url.is_none().then(|| Direct {
            tls: TlsConnector::from(Arc::new(tls)),
            name,
            host,
            port: config.cluster_url.port_u16().unwrap_or(443),
        });
        Ok(Self {
            direct,
            client: own_certificate(config),
        })
    }

    /// Until when the server's certificate is good; none behind a proxy.
    pub(super) async fn server_valid_until(
        &self,
        place: &str,
        patience: Patience,
    ) -> Result<Option<OffsetDateTime>, KubernetesError> {
        let Some(direct) = &self.direct else {
            return Ok(None);
        };
        let shaken = timeout(patience.connect, direct.shake_hands()).await;
        let failed = |error: std::io::Error| {
            let error: Box<dyn StdError + Send + Sync> = error.into();
            KubernetesError::transport(place, error)
        };
        match shaken {
            Ok(until) => until.map_err(failed),
            Err(_) => Err(KubernetesError::TimedOut {
                place: place.to_owned(),
            }),
        }
    }

    /// Until when the client certificate of the kubeconfig is good; none where it signs in with a token.
    pub(super) fn client_valid_until(&self) -> Option<OffsetDateTime> {
        self.client
    }
}

impl Direct {
    async fn shake_hands(&self) -> std::io::Result<Option<OffsetDateTime>> {
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
        let stream = self.tls.connect(self.name.clone(), stream).await?;
        let (_, session) = stream.get_ref();
        let chain = session.peer_certificates().unwrap_or_default();
        Ok(chain.first().and_then(|leaf| valid_until(leaf)))
    }
}

fn own_certificate(config: &Config) -> Option<OffsetDateTime> {
    let data = config.auth_info.client_certificate_data.as_deref()?;
    let pem = STANDARD.decode(data.trim()).ok()?;
    let der = CertificateDer::from_pem_slice(&pem).ok()?;
    valid_until(&der)
}
