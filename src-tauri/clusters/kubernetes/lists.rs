//! Lists of everything, page by page, added up as they come.

use hyper::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use url::form_urlencoded;

use crate::clusters::kubernetes::Kubernetes;
use crate::clusters::kubernetes::answers::{
    ClaimObject, NamespaceObject, NodeMetrics, NodeObject, PodMetrics, PodObject,
};
use crate::clusters::kubernetes::failure::KubernetesError;
use crate::domain::capacity::snapshot::{Capacity, NoMetrics};
use crate::domain::capacity::tally::Tally;

/// Objects a page: what kubectl asks for.
const PAGE: u16 = 500;

/// More pages than this are no list that ends: five million objects.
const MOST_PAGES: u32 = 10_000;

/// How often a list is begun anew whose continuation the server has forgotten meanwhile.
const MOST_BEGINNINGS: u32 = 3;

const METRICS: &str = "/apis/metrics.k8s.io/v1beta1";

/// A page of a list, its objects unread: one odd one must not hide the others.
#[derive(Debug, Deserialize)]
struct Page {
    #[serde(default)]
    metadata: PageMetadata,
    #[serde(default)]
    items: Option<Vec<Box<RawValue>>>,
}

#[derive(Debug, Default, Deserialize)]
struct PageMetadata {
    #[serde(rename = "continue", default)]
    next: Option<String>,
}

/// A whole list, and how many of its objects could not be read.
struct Listed<T> {
    read: Vec<T>,
    unread: u32,
}

impl Kubernetes {
    /// Whether it lets us see what is counted: one of each kind is asked for.
    ///
    /// # Errors
    /// [`KubernetesError`]
    pub async fn lets_us_look(&self) -> Result<(), KubernetesError> {
        for (path, what) in [
            ("/api/v1/nodes", "nodes"),
            ("/api/v1/namespaces", "namespaces"),
            ("/api/v1/pods", "pods"),
            ("/api/v1/persistentvolumeclaims", "claims on volumes"),
        ] {
            let _: Page = self.get(&format!("{path}?limit=1"), what).await?;
        }
        Ok(())
    }

    /// Everything that counts, added up. Each page has an end to be waited for; how long all of them may take is
    /// the caller's to say.
    ///
    /// # Errors
    /// [`KubernetesError`]; missing metrics are none.
    pub async fn capacity(&self) -> Result<Capacity, KubernetesError> {
        let nodes = self
            .list("/api/v1/nodes", "nodes", NodeObject::read)
            .await?;
        let namespaces = self
            .list("/api/v1/namespaces", "namespaces", NamespaceObject::read)
            .await?;
        let pods = self.list("/api/v1/pods", "pods", PodObject::read).await?;
        let claims = self
            .list(
                "/api/v1/persistentvolumeclaims",
                "claims on volumes",
                ClaimObject::read,
            )
            .await?;
        let unread = nodes.unread + namespaces.unread + pods.unread + claims.unread;
        let mut tally = Tally::default();
        nodes.read.into_iter().for_each(|node| tally.node(node));
        namespaces
            .read
            .iter()
            .for_each(|name| tally.namespace(name));
        pods.read.iter().for_each(|pod| tally.pod(pod));
        claims.read.iter().for_each(|claim| tally.claim(claim));
        (0..unread).for_each(|_| tally.unread());
        let no_metrics = self.measure(&mut tally).await.err();
        Ok(Capacity {
            summed: tally.finish(),
            no_metrics,
        })
    }

    /// What is used, where somebody measures it.
    async fn measure(&self, tally: &mut Tally) -> Result<(), NoMetrics> {
        let nodes = self
            .list(
                &format!("{METRICS}/nodes"),
                "metrics of nodes",
                NodeMetrics::read,
            )
            .await
            .map_err(|error| no_metrics(&error))?;
        let pods = self
            .list(
                &format!("{METRICS}/pods"),
                "metrics of pods",
                PodMetrics::read,
            )
            .await
            .map_err(|error| no_metrics(&error))?;
        for (name, used) in &nodes.read {
            tally.node_used(name, *used);
        }
        for (namespace, used) in &pods.read {
            tally.pod_used(namespace, *used);
        }
        (0..nodes.unread + pods.unread).for_each(|_| tally.unread());
        tally.pods_measured();
        Ok(())
    }

    /// Reads a list to its end. A continuation that the server no longer knows (410) means that what was
    /// read so far is of another moment: it is begun anew.
    async fn list<O: DeserializeOwned, T>(
        &self,
        path: &str,
        what: &'static str,
        read: fn(O) -> Option<T>,
    ) -> Result<Listed<T>, KubernetesError> {
        for _ in 0..MOST_BEGINNINGS {
            if let Some(listed) = self.list_once(path, what, read).await? {
                return Ok(listed);
            }
        }
        let problem = format!("it forgets its list of {what} faster than that can be read");
        Err(KubernetesError::unexpected(self.place(), problem))
    }

    /// None when it has to be begun anew.
    async fn list_once<O: DeserializeOwned, T>(
        &self,
        path: &str,
        what: &'static str,
        read: fn(O) -> Option<T>,
    ) -> Result<Option<Listed<T>>, KubernetesError> {
        let mut listed = Listed {
            read: Vec::new(),
            unread: 0,
        };
        let mut next: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let page: Page = match self.get(&page_of(path, next.as_deref()), what).await {
                Err(KubernetesError::Refused { status, .. })
                    if status == StatusCode::GONE.as_u16() && next.is_some() =>
                {
                    return Ok(None);
                }
                page => page?,
            };
            for item in page.items.unwrap_or_default() {
                match serde_json::from_str(item.get()).ok().and_then(read) {
                    Some(object) => listed.read.push(object),
                    None => listed.unread += 1,
                }
            }
            next = page.metadata.next.filter(|next| !next.is_empty());
            if next.is_none() {
                return Ok(Some(listed));
            }
        }
        let problem = format!("its list of {what} does not end");
        Err(KubernetesError::unexpected(self.place(), problem))
    }
}

fn page_of(path: &str, next: Option<&str>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("limit", &PAGE.to_string());
    if let Some(next) = next {
        query.append_pair("continue", next);
    }
    format!("{path}?{}", query.finish())
}

fn no_metrics(error: &KubernetesError) -> NoMetrics {
    match error {
        // The aggregated interface is there once a metrics server has registered.
        KubernetesError::Refused { status: 404, .. } => NoMetrics::Absent,
        KubernetesError::NotAllowed { .. } => NoMetrics::NotAllowed,
        _ => NoMetrics::Silent,
    }
}
