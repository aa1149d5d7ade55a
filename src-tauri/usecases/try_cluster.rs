//! Try at a cluster what is to be kept of it: its address, the authority that signed its certificate, an
//! administrator's key, a kubeconfig. Nothing is kept here, and nothing changed there.

use crate::clusters::connections::{ClusterAccess, Connections};
use crate::domain::sealed::SecretKind;
use crate::secrets::Secret;
use crate::secrets::sealing::Kept;

/// What is to be kept of a cluster.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// Where its Hopsworks answers.
    pub api_url: String,
    /// The authority that signed its certificate, PEM; none: a public one.
    pub authority: Option<String>,
    /// The key of an administrator.
    pub api_key: Option<Secret<String>>,
    /// What opens its Kubernetes.
    pub kubeconfig: Option<Secret<String>>,
}

impl Given {
    /// The secrets among them, by kind.
    pub fn secrets(&self) -> impl Iterator<Item = (SecretKind, &Secret<String>)> {
        let key = self.api_key.as_ref().map(|key| (SecretKind::ApiKey, key));
        let config = self.kubeconfig.as_ref();
        key.into_iter()
            .chain(config.map(|config| (SecretKind::Kubeconfig, config)))
    }

    /// The same as if it were on record.
    fn access(&self) -> ClusterAccess {
        ClusterAccess {
            api_url: self.api_url.clone(),
            api_key: self.api_key.clone().map(Kept::Plain),
            authority: self.authority.clone(),
            kubeconfig: self.kubeconfig.clone().map(Kept::Plain),
        }
    }
}

/// Tries each secret that is given where it is to be used, one beside the other. The secrets that do not open what
/// they should, with the cluster's answer as a sentence; none: all do.
pub async fn try_cluster(connections: &Connections, given: &Given) -> Vec<(SecretKind, String)> {
    let access = given.access();
    let key = async {
        access.api_key.as_ref()?;
        let tried = match connections.hopsworks(&access) {
            Ok(hopsworks) => hopsworks.recognised().await,
            Err(error) => Err(error),
        };
        let error = tried.err()?;
        Some((
            SecretKind::ApiKey,
            sentence("Hopsworks", &error.to_string()),
        ))
    };
    let config = async {
        access.kubeconfig.as_ref()?;
        let tried = match connections.kubernetes(&access).await {
            Ok(kubernetes) => kubernetes.lets_us_look().await,
            Err(error) => Err(error),
        };
        let error = tried.err()?;
        Some((
            SecretKind::Kubeconfig,
            sentence("Kubernetes", &error.to_string()),
        ))
    };
    let (key, config) = tokio::join!(key, config);
    key.into_iter().chain(config).collect()
}

/// By which id the Kubernetes that a kubeconfig opens is told from every other; none where none is given, or it does
/// not say.
///
/// # Errors
/// What kept it from being known, as a sentence.
pub async fn opened_kubernetes(
    connections: &Connections,
    given: &Given,
) -> Result<Option<String>, String> {
    if given.kubeconfig.is_none() {
        return Ok(None);
    }
    let access = given.access();
    let asked = async { connections.kubernetes(&access).await?.uid().await };
    asked
        .await
        .map_err(|error| sentence("Kubernetes", &error.to_string()))
}

fn sentence(what: &str, problem: &str) -> String {
    let end = if problem.ends_with('.') { "" } else { "." };
    format!("{what}: {problem}{end}")
}
