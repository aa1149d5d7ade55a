//! How clusters are reached: time limits, trust, and one pool of connections for all that share both.

use std::fmt;
use std::sync::{OnceLock, PoisonError, RwLock};
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, ClientBuilder};

use crate::clusters::address::ClusterAddress;
use crate::clusters::failure::ClusterError;
use crate::clusters::hopsworks::Hopsworks;
use crate::clusters::http::Http;
use crate::clusters::kubernetes::Kubernetes;
use crate::clusters::kubernetes::failure::KubernetesError;
use crate::clusters::opencost::OpenCostService;
use crate::secrets::Secret;
use crate::secrets::sealing::{Identities, Kept, SealError};

/// How long a cluster may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// To connect, TLS included.
    pub connect: Duration,
    /// For everything, from connecting to the last byte of the answer.
    pub whole: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            whole: Duration::from_secs(20),
        }
    }
}

/// A cluster as it is on record.
#[derive(Debug, Clone)]
pub struct ClusterAccess {
    /// `api_url`.
    pub api_url: String,
    /// The key of an administrator.
    pub api_key: Option<Kept>,
    /// The authority that signed its certificate, PEM; none for those the system trusts. With one on
    /// record no other is believed.
    pub authority: Option<String>,
    /// The kubeconfig of its Kubernetes.
    pub kubeconfig: Option<Kept>,
}

/// Makes clients of clusters. Made once, in `bin/`, and passed down.
#[derive(Default)]
pub struct Connections {
    patience: Patience,
    identities: RwLock<Identities>,
    opencost: OpenCostService,
    system: OnceLock<Client>,
    loopback: OnceLock<Client>,
}

impl Connections {
    /// With other time limits than the usual ones.
    #[must_use]
    pub fn with(patience: Patience) -> Self {
        Self {
            patience,
            ..Self::default()
        }
    }

    /// With private keys, which open what is sealed.
    #[must_use]
    pub fn opening_with(self, identities: Identities) -> Self {
        Self {
            identities: RwLock::new(identities),
            ..self
        }
    }

    /// From now on these private keys count. Whatever is open stays open.
    pub fn renew(&self, identities: Identities) {
        let mut ours = self
            .identities
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *ours = identities;
    }

    /// With OpenCost at another place than the usual one, on every cluster.
    #[must_use]
    pub fn with_opencost_at(self, opencost: OpenCostService) -> Self {
        Self { opencost, ..self }
    }

    /// Where clusters have their OpenCost.
    #[must_use]
    pub fn opencost(&self) -> &OpenCostService {
        &self.opencost
    }

    /// Public keys of the private ones that open what is sealed.
    #[must_use]
    pub fn public_keys(&self) -> Vec<String> {
        let ours = self.identities.read();
        ours.unwrap_or_else(PoisonError::into_inner).public_keys()
    }

    fn opened(&self, kept: Option<&Kept>) -> Result<Option<Secret<String>>, SealError> {
        let ours = self.identities.read();
        let ours = ours.unwrap_or_else(PoisonError::into_inner);
        kept.map(|kept| kept.open(&ours)).transpose()
    }

    /// The Hopsworks of a cluster. Connects to nothing yet.
    ///
    /// # Errors
    /// When address, key or authority on record cannot be used.
    pub fn hopsworks(&self, access: &ClusterAccess) -> Result<Hopsworks, ClusterError> {
        let address = ClusterAddress::parse(&access.api_url)?;
        let key = self.opened(access.api_key.as_ref())?;
        let client = match &access.authority {
            Some(pem) => self.of_authority(pem)?,
            None if address.is_loopback() => self.shared(&self.loopback, Builder::direct)?,
            None => self.shared(&self.system, Builder::of_system)?,
        };
        let http = Http::new(client, address, key.as_ref())?;
        Ok(Hopsworks::new(http))
    }

    /// The Kubernetes of a cluster. Connects to nothing yet.
    ///
    /// # Errors
    /// When there is no kubeconfig, or none that may be used.
    pub async fn kubernetes(&self, access: &ClusterAccess) -> Result<Kubernetes, KubernetesError> {
        let kubeconfig = self.opened(access.kubeconfig.as_ref())?;
        Kubernetes::open(kubeconfig.as_ref(), self.patience).await
    }

    /// The authority on record alone: a certificate that any public authority would sign for that name is
    /// not enough. The whole chain, the dates and the name are verified as ever.
    fn of_authority(&self, pem: &str) -> Result<Client, ClusterError> {
        let authorities = Certificate::from_pem_bundle(pem.as_bytes())
            .map_err(|error| ClusterError::Authority(Some(error)))?;
        if authorities.is_empty() {
            return Err(ClusterError::Authority(None));
        }
        self.builder()
            .tls_certs_only(authorities)
            .build()
            .map_err(|error| ClusterError::Authority(Some(error)))
    }

    fn shared(
        &self,
        place: &OnceLock<Client>,
        kind: fn(ClientBuilder) -> ClientBuilder,
    ) -> Result<Client, ClusterError> {
        if let Some(client) = place.get() {
            return Ok(client.clone());
        }
        // Reading the system's roots is what can fail here.
        let made = kind(self.builder())
            .build()
            .map_err(|error| ClusterError::Authority(Some(error)))?;
        Ok(place.get_or_init(|| made).clone())
    }

    /// Redirects are not followed: a key goes to the address on record and nowhere else.
    fn builder(&self) -> ClientBuilder {
        Client::builder()
            .connect_timeout(self.patience.connect)
            .timeout(self.patience.whole)
            .redirect(Policy::none())
            .referer(false)
            // For the certificate: until when it is good.
            .tls_info(true)
            .user_agent(concat!("hopsdesk/", env!("CARGO_PKG_VERSION")))
    }
}

/// The two kinds of shared clients.
struct Builder;

impl Builder {
    fn of_system(builder: ClientBuilder) -> ClientBuilder {
        builder
    }

    /// Past any proxy: what is said on this machine may be plain.
    fn direct(builder: ClientBuilder) -> ClientBuilder {
        builder.no_proxy()
    }
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connections")
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}
