//! What runs on a sandbox's cluster: believable work in each project's namespace, the cluster's own, and some
//! things wrong on purpose. The same names make the same cluster.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use crate::sandbox::kubernetes::world::{Held, World};

/// What is peculiar about a cluster.
#[derive(Debug, Clone, Copy, Default)]
pub struct Peculiar {
    /// A node was lost sight of, and one is cordoned.
    pub ailing: bool,
    /// Since when the one, where the cluster tells; the other since two days before.
    pub since: Option<OffsetDateTime>,
    /// Nobody measures use.
    pub unmeasured: bool,
    /// Some work for devices finds none.
    pub short_of_gpus: bool,
}

/// Namespaces that every cluster has of its own.
const OWN: [(&str, usize); 4] = [
    ("hopsworks", 18),
    ("kube-system", 9),
    ("opencost", 2),
    ("ingress-nginx", 2),
];

/// Namespaces that nobody's project accounts for.
const STRAY: [&str; 2] = ["monitoring", "old-experiments"];

/// Thousandths of a core and MiB of a node, and what of it is given to pods.
const CPU: i64 = 16_000;
const CPU_GIVEN: i64 = 15_740;
const MEMORY: i64 = 65_536;
const MEMORY_GIVEN: i64 = 62_464;
const GPUS: i64 = 4;

/// Nodes are filled up to this part, as an autoscaler would have it.
const FULL: i64 = 82;

struct Node {
    name: String,
    gpus: i64,
    cpu: i64,
    memory: i64,
    taken_gpus: i64,
    nanocores: i64,
    kib: i64,
}

/// A cluster with these projects.
#[must_use]
pub fn world(cluster: &str, namespaces: &[String], peculiar: Peculiar) -> World {
    let mut making = Making {
        world: World::default(),
        nodes: Vec::new(),
        cluster: cluster.to_owned(),
        peculiar,
    };
    for (name, pods) in OWN {
        if name == "kube-system" {
            let digest = hex::encode(Sha256::digest(format!("{cluster} itself")));
            making.world.system(&digest[..32]);
        } else {
            making.world.namespace(name);
        }
        for n in 0..pods {
            making.work(name, n, &mut Dice::of(&format!("{cluster} {name} {n}")));
        }
    }
    for name in STRAY {
        making.project(name);
    }
    for name in namespaces {
        making.project(name);
    }
    making.finish()
}

struct Making {
    world: World,
    nodes: Vec<Node>,
    cluster: String,
    peculiar: Peculiar,
}

impl Making {
    fn project(&mut self, namespace: &str) {
        self.world.namespace(namespace);
        let mut dice = Dice::of(&format!("{} {namespace}", self.cluster));
        // One in seven does nothing at the moment.
        let pods = if dice.below(7) == 0 {
            0
        } else {
            1 + dice.below(5)
        };
        for n in 0..pods {
            self.work(namespace, n, &mut dice);
        }
        for n in 0..=dice.below(2) {
            let gib = [10, 20, 50, 100, 200][dice.below(5)];
            self.world.claim(&json!({
                "metadata": { "name": format!("volume-{n}"), "namespace": namespace },
                "spec": { "storageClassName": "gp3", "resources": { "requests": { "storage": format!("{gib}Gi") } } },
                "status": { "phase": "Bound", "capacity": { "storage": format!("{gib}Gi") } },
            }));
        }
        if dice.below(3) == 0 {
            // What has run to its end holds nothing.
            self.pod(namespace, "job-done", None, "Succeeded", 2_000, 4_096, 0);
        }
    }

    fn work(&mut self, namespace: &str, n: usize, dice: &mut Dice) {
        let cpu = [250, 500, 1_000, 2_000, 4_000][dice.below(5)];
        let memory = [512, 1_024, 2_048, 4_096, 8_192][dice.below(5)];
        let gpus = i64::from(dice.below(11) == 0);
        let name = format!(
            "{}-{n}",
            ["jupyter", "serving", "spark", "flink", "app"][dice.below(5)]
        );
        if gpus > 0 && self.peculiar.short_of_gpus && dice.below(2) == 0 {
            self.pod(namespace, &name, None, "Pending", cpu, memory, gpus);
            return;
        }
        let at = self.place(cpu, memory, gpus);
        let node = self.nodes[at].name.clone();
        self.pod(namespace, &name, Some(&node), "Running", cpu, memory, gpus);
        if self.peculiar.unmeasured {
            return;
        }
        let part = 10 + i64::try_from(dice.below(70)).unwrap_or(0);
        let (nanocores, kib) = (cpu * part * 10_000 + 137, memory * part * 1_024 / 100);
        self.world.pod_uses(namespace, &name, nanocores, kib);
        let node = &mut self.nodes[at];
        node.nanocores += nanocores;
        node.kib += kib;
    }

    /// The first node with room, or a new one.
    fn place(&mut self, cpu: i64, memory: i64, gpus: i64) -> usize {
        let fits = |node: &Node| {
            (node.gpus > 0) == (gpus > 0)
                && (node.cpu + cpu) * 100 <= CPU_GIVEN * FULL
                && (node.memory + memory) * 100 <= MEMORY_GIVEN * FULL
                && node.taken_gpus + gpus <= node.gpus
        };
        let at = self.nodes.iter().position(fits).unwrap_or_else(|| {
            let n = self.nodes.len() + 1;
            self.nodes.push(Node {
                name: format!("ip-10-0-{}-{}", n / 250, n % 250),
                gpus: if gpus > 0 { GPUS } else { 0 },
                cpu: 0,
                memory: 0,
                taken_gpus: 0,
                nanocores: 180_000_000,
                kib: 1_572_864,
            });
            self.nodes.len() - 1
        });
        let node = &mut self.nodes[at];
        node.cpu += cpu;
        node.memory += memory;
        node.taken_gpus += gpus;
        at
    }

    #[expect(clippy::too_many_arguments, reason = "what there is to say of a pod")]
    fn pod(
        &mut self,
        namespace: &str,
        name: &str,
        node: Option<&str>,
        phase: &str,
        cpu: i64,
        memory: i64,
        gpus: i64,
    ) {
        let mut asks = json!({ "cpu": format!("{cpu}m"), "memory": format!("{memory}Mi") });
        if gpus > 0 {
            asks["nvidia.com/gpu"] = gpus.to_string().into();
        }
        let mut most = asks.clone();
        most["cpu"] = format!("{}m", cpu * 2).into();
        let mut pod = json!({
            "metadata": { "name": name, "namespace": namespace },
            "spec": { "containers": [{ "name": "main", "resources": { "requests": asks, "limits": most } }] },
            "status": { "phase": phase },
        });
        if let Some(node) = node {
            pod["spec"]["nodeName"] = node.into();
            let held = Held {
                millicores: cpu,
                mib: memory,
                gpus,
            };
            self.world.holds(namespace, held);
        }
        self.world.pod(&pod);
    }

    fn finish(mut self) -> World {
        // Room for whoever comes next.
        let spare = self.nodes.len();
        self.place(CPU_GIVEN * FULL / 100, 0, 0);
        self.nodes[spare].cpu = 0;
        let count = self.nodes.len();
        for (n, node) in self.nodes.iter().enumerate() {
            let lost = self.peculiar.ailing && n == 1;
            let cordoned = self.peculiar.ailing && n == 2.min(count - 1);
            self.world
                .node(&node.object(lost, cordoned, self.peculiar.since));
            self.world.gives(Held {
                millicores: CPU_GIVEN,
                mib: MEMORY_GIVEN,
                gpus: node.gpus,
            });
            if !self.peculiar.unmeasured && !lost {
                self.world.node_uses(&node.name, node.nanocores, node.kib);
            }
        }
        self.world
    }
}

impl Node {
    fn object(&self, lost: bool, cordoned: bool, since: Option<OffsetDateTime>) -> Value {
        let moment = |at: Option<OffsetDateTime>| at.and_then(|at| at.format(&Rfc3339).ok());
        let (machine, kind) = if self.gpus > 0 {
            ("g5.12xlarge", "gpu")
        } else {
            ("m6i.4xlarge", "worker")
        };
        let room = |cpu: i64, memory: i64, disk: i64| {
            let mut room = json!({
                "cpu": format!("{cpu}m"), "memory": format!("{memory}Mi"), "ephemeral-storage": format!("{disk}Gi"), "pods": "110",
            });
            if self.gpus > 0 {
                room["nvidia.com/gpu"] = self.gpus.to_string().into();
            }
            room
        };
        let mut taints = Vec::new();
        if self.gpus > 0 {
            taints.push(
                json!({ "key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule" }),
            );
        }
        if cordoned {
            let added = moment(since.map(|since| since - Duration::days(2)));
            taints.push(json!({
                "key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule", "timeAdded": added,
            }));
        }
        if lost {
            taints.push(json!({ "key": "node.kubernetes.io/unreachable", "effect": "NoExecute" }));
        }
        let (status, reason) = if lost {
            ("Unknown", "NodeStatusUnknown")
        } else {
            ("True", "KubeletReady")
        };
        let turned = moment(since.filter(|_| lost));
        json!({
            "metadata": { "name": self.name, "labels": { "node.kubernetes.io/instance-type": machine, "role": kind } },
            "spec": { "unschedulable": cordoned, "taints": taints },
            "status": {
                "capacity": room(CPU, MEMORY, 200), "allocatable": room(CPU_GIVEN, MEMORY_GIVEN, 180),
                "conditions": [{
                    "type": "Ready", "status": status, "reason": reason, "lastTransitionTime": turned,
                }],
                "nodeInfo": {
                    "kubeletVersion": "v1.34.2", "kubeProxyVersion": "", "architecture": "amd64",
                    "operatingSystem": "linux", "osImage": "Ubuntu 24.04.3 LTS", "kernelVersion": "6.8.0",
                    "containerRuntimeVersion": "containerd://2.1.4", "machineID": self.name,
                    "systemUUID": self.name, "bootID": self.name,
                },
            },
        })
    }
}

/// Numbers that look thrown and come from a name.
struct Dice([u8; 32], usize);

impl Dice {
    fn of(name: &str) -> Self {
        Self(Sha256::digest(name).into(), 0)
    }

    fn below(&mut self, sides: usize) -> usize {
        if self.1 == self.0.len() {
            *self = Self(Sha256::digest(self.0).into(), 0);
        }
        self.1 += 1;
        usize::from(self.0[self.1 - 1]) % sides
    }
}
