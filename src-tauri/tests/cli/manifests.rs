//! `deploy/kubernetes`, read strictly into Kubernetes' own types, and held against the program that it runs.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::core::v1::{Namespace, Probe, Service};
use k8s_openapi::api::networking::v1::NetworkPolicy;
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::program::Serving;
use crate::support::database::{Kind, TestDatabase};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/kubernetes")
}

/// Every document of every file but kustomize's own, with the name of its file.
fn documents() -> Vec<(String, Value)> {
    let mut documents = Vec::new();
    for entry in std::fs::read_dir(folder()).expect("the folder") {
        let path = entry.expect("a file").path();
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        if name == "kustomization.yaml" {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("text");
        for document in text.split("\n---\n") {
            let value =
                serde_saphyr::from_str(document).unwrap_or_else(|error| panic!("{name}: {error}"));
            documents.push((name.clone(), value));
        }
    }
    documents
}

/// Reads it as what it says it is. A field that the type does not have is lost on the way back, and so is found.
fn strictly<T: DeserializeOwned + Serialize>(file: &str, document: &Value) -> T {
    let read: T =
        serde_json::from_value(document.clone()).unwrap_or_else(|error| panic!("{file}: {error}"));
    let again = serde_json::to_value(&read).expect("JSON");
    let mut lost = Vec::new();
    compare("", document, &again, &mut lost);
    assert!(
        lost.is_empty(),
        "{file}: no such field, or another value: {lost:?}"
    );
    read
}

fn compare(path: &str, written: &Value, read: &Value, lost: &mut Vec<String>) {
    match (written, read) {
        (Value::Object(written), Value::Object(read)) => {
            for (name, value) in written {
                let path = format!("{path}.{name}");
                compare(&path, value, read.get(name).unwrap_or(&Value::Null), lost);
            }
        }
        (Value::Array(written), Value::Array(read)) if written.len() == read.len() => {
            for (place, (written, read)) in written.iter().zip(read).enumerate() {
                compare(&format!("{path}[{place}]"), written, read, lost);
            }
        }
        _ if written == read => {}
        _ => lost.push(path.to_owned()),
    }
}

fn only<T: DeserializeOwned + Serialize>(kind: &str) -> T {
    let documents = documents();
    let mut of_kind = documents
        .iter()
        .filter(|(_, document)| document["kind"] == kind);
    let (file, document) = of_kind.next().unwrap_or_else(|| panic!("no {kind}"));
    assert!(of_kind.next().is_none(), "one {kind}");
    strictly(file, document)
}

#[test]
fn every_document_is_of_its_kind_and_kustomize_takes_every_file() {
    for (file, document) in documents() {
        match (document["apiVersion"].as_str(), document["kind"].as_str()) {
            (Some("v1"), Some("Namespace")) => drop(strictly::<Namespace>(&file, &document)),
            (Some("v1"), Some("Service")) => drop(strictly::<Service>(&file, &document)),
            (Some("apps/v1"), Some("Deployment")) => drop(strictly::<Deployment>(&file, &document)),
            (Some("policy/v1"), Some("PodDisruptionBudget")) => {
                drop(strictly::<PodDisruptionBudget>(&file, &document));
            }
            (Some("autoscaling/v2"), Some("HorizontalPodAutoscaler")) => {
                drop(strictly::<HorizontalPodAutoscaler>(&file, &document));
            }
            (Some("networking.k8s.io/v1"), Some("NetworkPolicy")) => {
                drop(strictly::<NetworkPolicy>(&file, &document));
            }
            other => panic!("{file}: {other:?} is not known to this test"),
        }
    }
    let files: BTreeSet<String> = documents().into_iter().map(|(file, _)| file).collect();
    let text = std::fs::read_to_string(folder().join("kustomization.yaml")).expect("text");
    let kustomization: Value = serde_saphyr::from_str(&text).expect("YAML");
    let listed: BTreeSet<String> =
        serde_json::from_value(kustomization["resources"].clone()).expect("a list");
    assert_eq!(listed, files);
    let deployment: Deployment = only("Deployment");
    let image = deployment.spec.template.spec.expect("a pod").containers[0]
        .image
        .clone();
    assert_eq!(
        kustomization["images"][0]["name"],
        image.expect("an image"),
        "the image that is named anew"
    );
}

#[test]
fn a_field_that_kubernetes_does_not_have_is_found() {
    let (file, mut document) = documents()
        .into_iter()
        .find(|(_, one)| one["kind"] == "Deployment")
        .expect("a deployment");
    document["spec"]["template"]["spec"]["containers"][0]["livenesProbe"] =
        serde_json::json!({"periodSeconds": 1});
    let found = std::panic::catch_unwind(|| strictly::<Deployment>(&file, &document));
    assert!(found.is_err());
}

#[test]
fn what_belongs_together_finds_itself() {
    let deployment: Deployment = only("Deployment");
    let spec = deployment.spec;
    let labels = spec
        .template
        .metadata
        .as_ref()
        .and_then(|about| about.labels.clone())
        .expect("labels");
    let chosen = [
        spec.selector.match_labels.clone(),
        only::<Service>("Service").spec.expect("a spec").selector,
        only::<PodDisruptionBudget>("PodDisruptionBudget")
            .spec
            .expect("a spec")
            .selector
            .expect("a selector")
            .match_labels,
        only::<NetworkPolicy>("NetworkPolicy")
            .spec
            .expect("a spec")
            .pod_selector
            .and_then(|selector| selector.match_labels),
    ];
    for selector in chosen {
        let selector = selector.expect("labels");
        assert!(
            !selector.is_empty()
                && selector
                    .iter()
                    .all(|(name, value)| labels.get(name) == Some(value)),
            "{selector:?}"
        );
    }
    let scaling = only::<HorizontalPodAutoscaler>("HorizontalPodAutoscaler").spec;
    assert_eq!(
        Some(scaling.scale_target_ref.name),
        deployment.metadata.name
    );
    assert!(
        scaling.min_replicas >= Some(2),
        "one may go while the other serves"
    );
    assert!(scaling.max_replicas > 2);

    let pod = spec.template.spec.expect("a pod");
    let container = &pod.containers[0];
    let ports = container.ports.as_ref().expect("ports");
    let env = container.env.as_ref().expect("settings");
    let set = |name: &str| {
        env.iter()
            .find(|one| one.name == name)
            .and_then(|one| one.value.clone())
    };
    let bind = set("HOPSDESK_BIND").expect("where it listens");
    assert!(
        bind.ends_with(&format!(":{}", ports[0].container_port)),
        "{bind}"
    );
    let annotations = spec
        .template
        .metadata
        .and_then(|about| about.annotations)
        .expect("annotations");
    assert_eq!(
        annotations["prometheus.io/port"],
        ports[0].container_port.to_string()
    );
    let mount = &container.volume_mounts.as_ref().expect("a volume")[0];
    for file in env.iter().filter(|one| one.name.ends_with("_FILE")) {
        let path = file.value.as_deref().expect("a path");
        assert!(
            path.starts_with(&format!("{}/", mount.mount_path)),
            "{path} is mounted"
        );
    }

    // Long enough for the three seconds before SIGTERM, ten of draining, and some air.
    assert!(pod.termination_grace_period_seconds >= Some(15));
    let whole = pod.security_context.expect("a context");
    assert_eq!(whole.run_as_non_root, Some(true));
    assert!(whole.run_as_user > Some(0), "a number that is not root's");
    let own = container.security_context.as_ref().expect("a context");
    assert_eq!(
        (
            own.read_only_root_filesystem,
            own.allow_privilege_escalation
        ),
        (Some(true), Some(false))
    );
    assert_eq!(
        own.capabilities.as_ref().and_then(|held| held.drop.clone()),
        Some(vec!["ALL".to_owned()])
    );
    assert_eq!(
        pod.automount_service_account_token,
        Some(false),
        "it never asks this cluster"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_path_that_is_probed_answers() {
    let database = TestDatabase::new(Kind::Managed).await;
    let serving = Serving::start(&database);
    let deployment: Deployment = only("Deployment");
    let template = deployment.spec.template;
    let container = &template.spec.as_ref().expect("a pod").containers[0];
    let path = |probe: &Option<Probe>| {
        let asked = probe.as_ref().and_then(|probe| probe.http_get.clone());
        asked.and_then(|asked| asked.path).expect("a path")
    };
    let mut paths = vec![
        path(&container.startup_probe),
        path(&container.liveness_probe),
        path(&container.readiness_probe),
    ];
    let annotations = template
        .metadata
        .as_ref()
        .and_then(|about| about.annotations.clone())
        .expect("annotations");
    paths.push(annotations["prometheus.io/path"].clone());
    for path in paths {
        let answer = reqwest::get(format!("http://{}{path}", serving.address))
            .await
            .expect("an answer");
        assert_eq!(answer.status().as_u16(), 200, "{path}");
    }
}
