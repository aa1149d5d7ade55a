//! Lists of everything, page by page, added up as they come.

use hyper::StatusCode;
use serde::Deserialize;
use serde_json::value::RawValue;
use url::form_urlencoded;

use crate::clusters::kubernetes::failure::KubernetesError;
use crate::clusters::kubernetes::{Kubernetes, answers};
use crate::domain::capacity::nodes::Used;
use crate::domain::capacity::pods::Held;
use crate::domain::capacity::snapshot::{Capacity, NoMetrics};
use crate::domain::capacity::tally::{Claim, Tally};

/// Objects a page: what kubectl asks for.
const PAGE: u16 = 500;

/// More pages than this are no list that ends: five million objects.
const MOST_PAGES: u32 = 10_000;

/// The namespace that every cluster has from its beginning to its end: its id stands for the cluster.
const SYSTEM: &str = "kube-system";

/// How often a list is begun anew whose continuation the server has forgotten meanwhile.
const MOST_BEGINNINGS: u32 = 3;

/// A page of a list, its objects unread: one odd one must not hide the others.
#[derive(Debug, Deserialize)]
struct Page<'a> {
    #[serde(default)]
    metadata: PageMetadata,
    #[serde(default, borrow)]
    items: Option<Vec<&'a RawValue>>,
}

#[derive(Debug, Default, Deserialize)]
struct PageMetadata {
    #[serde(rename = "continue", default)]
    next: Option<String>,
}

/// What is read of an object of a list, and how it counts.
struct Counted<T> {
    path: &'static str,
    what: &'static str,
    read: fn(&str) -> Option<T>,
    add: fn(&mut Tally, T),
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
            let body = self.body(&format!("{path}?limit=1"), what).await?;
            let _: Page<'_> = self.read(&body)?;
        }
        Ok(())
    }

    /// By which id this Kubernetes is told from every other; none where it does not say.
    ///
    /// # Errors
    /// [`KubernetesError`]
    pub async fn uid(&self) -> Result<Option<String>, KubernetesError> {
        let path = format!("/api/v1/namespaces/{SYSTEM}");
        let body = match self.body(&path, "namespaces").await {
            // Who may list may not always get.
            Err(KubernetesError::NotAllowed { .. }) => return self.listed_uid().await,
            // A cluster without that namespace is odd, and no failure.
            Err(KubernetesError::Refused { status: 404, .. }) => return Ok(None),
            body => body?,
        };
        let text = String::from_utf8_lossy(&body);
        answers::namespace(&text)
            .map(|(_, uid)| uid)
            .ok_or_else(|| {
                let problem = format!("its answer about {SYSTEM} cannot be read");
                KubernetesError::unexpected(self.place(), problem)
            })
    }

    /// The same out of the list of namespaces; none also where that is not to be seen.
    async fn listed_uid(&self) -> Result<Option<String>, KubernetesError> {
        let path = format!("/api/v1/namespaces?fieldSelector=metadata.name%3D{SYSTEM}");
        let body = match self.body(&path, "namespaces").await {
            Err(KubernetesError::NotAllowed { .. }) => return Ok(None),
            body => body?,
        };
        let page: Page<'_> = self.read(&body)?;
        let listed = page.items.unwrap_or_default();
        Ok(listed
            .iter()
            .filter_map(|item| answers::namespace(item.get()))
            .find_map(|(name, uid)| uid.filter(|_| name == SYSTEM)))
    }

    /// Everything that counts, added up. Each page has an end to be waited for; how long all of them may take is
    /// the caller's to say. A page is added up as it comes and let go: what a cluster takes to be read is its largest
    /// page and its sums, however many pods it has.
    ///
    /// # Errors
    /// [`KubernetesError`]; missing metrics are none.
    pub async fn capacity(&self) -> Result<Capacity, KubernetesError> {
        let mut tally = Tally::default();
        let nodes = Counted {
            path: "/api/v1/nodes",
            what: "nodes",
            read: answers::node,
            add: Tally::node,
        };
        self.count(&mut tally, &nodes).await?;
        let namespaces = Counted {
            path: "/api/v1/namespaces",
            what: "namespaces",
            read: answers::namespace,
            add: |tally, (name, uid): (String, Option<String>)| {
                if name == SYSTEM {
                    tally.known_by(uid);
                }
                tally.namespace(&name);
            },
        };
        self.count(&mut tally, &namespaces).await?;
        let pods = Counted {
            path: "/api/v1/pods",
            what: "pods",
            read: answers::pod,
            add: |tally, pod: Held| tally.pod(&pod),
        };
        self.count(&mut tally, &pods).await?;
        let claims = Counted {
            path: "/api/v1/persistentvolumeclaims",
            what: "claims on volumes",
            read: answers::claim,
            add: |tally, claim: Claim| tally.claim(&claim),
        };
        self.count(&mut tally, &claims).await?;
        let no_metrics = self.measure(&mut tally).await.err();
        Ok(Capacity {
            summed: tally.finish(),
            no_metrics,
        })
    }

    /// What is used, where somebody measures it: of nodes and of pods, or of neither.
    async fn measure(&self, tally: &mut Tally) -> Result<(), NoMetrics> {
        let mut measured = tally.clone();
        let nodes = Counted {
            path: "/apis/metrics.k8s.io/v1beta1/nodes",
            what: "metrics of nodes",
            read: answers::node_metrics,
            add: |tally, (name, used): (String, Used)| tally.node_used(&name, used),
        };
        let counted = self.count(&mut measured, &nodes).await;
        counted.map_err(|error| no_metrics(&error))?;
        let pods = Counted {
            path: "/apis/metrics.k8s.io/v1beta1/pods",
            what: "metrics of pods",
            read: answers::pod_metrics,
            add: |tally, (namespace, used): (String, Used)| tally.pod_used(&namespace, used),
        };
        let counted = self.count(&mut measured, &pods).await;
        counted.map_err(|error| no_metrics(&error))?;
        measured.pods_measured();
        *tally = measured;
        Ok(())
    }

    /// Adds a list up to its end, all of it or nothing. A continuation that the server no longer knows (410) means
    /// that what was read so far is of another moment: it is begun anew, without it.
    async fn count<T>(
        &self,
        tally: &mut Tally,
        counted: &Counted<T>,
    ) -> Result<(), KubernetesError> {
        for _ in 0..MOST_BEGINNINGS {
            let mut so_far = tally.clone();
            if self.count_once(&mut so_far, counted).await? {
                *tally = so_far;
                return Ok(());
            }
        }
        Err(KubernetesError::Forgetful {
            place: self.place().to_owned(),
            what: counted.what,
        })
    }

    /// False when it has to be begun anew.
    async fn count_once<T>(
        &self,
        tally: &mut Tally,
        counted: &Counted<T>,
    ) -> Result<bool, KubernetesError> {
        let Counted {
            path,
            what,
            read,
            add,
        } = counted;
        let mut next: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let body = match self.body(&page_of(path, next.as_deref()), what).await {
                Err(KubernetesError::Refused { status, .. })
                    if status == StatusCode::GONE.as_u16() && next.is_some() =>
                {
                    return Ok(false);
                }
                body => body?,
            };
            let page: Page<'_> = self.read(&body)?;
            for item in page.items.unwrap_or_default() {
                match read(item.get()) {
                    Some(object) => add(tally, object),
                    None => tally.unread(),
                }
            }
            next = page.metadata.next.filter(|next| !next.is_empty());
            if next.is_none() {
                return Ok(true);
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
