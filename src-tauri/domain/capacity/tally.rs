//! Adds a cluster up, object by object: lists come in pages, and none is kept.

use std::collections::BTreeMap;

use crate::domain::capacity::namespaces::Namespace;
use crate::domain::capacity::nodes::{Load, Node, Room, Used};
use crate::domain::capacity::pods::Held;
use crate::domain::capacity::quantity::Quantity;

/// A claim on a volume.
#[derive(Debug, Clone, Default)]
pub struct Claim {
    /// Where it belongs.
    pub namespace: String,
    /// Bytes it asks for.
    pub asked: Quantity,
    /// Bytes of the volume it was given, once it has one.
    pub given: Quantity,
}

/// A cluster, added up so far.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    uid: Option<String>,
    nodes: BTreeMap<String, Node>,
    namespaces: BTreeMap<String, Namespace>,
    /// Pods on nodes that are not in the list: made between two questions.
    elsewhere: Load,
    unread: u32,
    pods_measured: bool,
    /// How many pods of a namespace said what they use.
    measured: BTreeMap<String, u32>,
}

/// A cluster, added up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summed {
    /// By which id this Kubernetes is told from every other; none where it does not say.
    pub uid: Option<String>,
    /// Its nodes, by name.
    pub nodes: Vec<Node>,
    /// Its namespaces, by name.
    pub namespaces: Vec<Namespace>,
    /// What all nodes have.
    pub capacity: Room,
    /// What all nodes give to pods, also those that take no new ones at the moment.
    pub allocatable: Room,
    /// What is left for new pods, on nodes that are ready and not cordoned.
    pub free: Room,
    /// What all pods with a node hold.
    pub load: Load,
    /// Pods that wait for a node.
    pub waiting: u32,
    /// What is used; none unless every ready node says.
    pub used: Option<Used>,
    /// Claims on volumes.
    pub claims: u32,
    /// Bytes they ask for.
    pub claimed: Quantity,
    /// Bytes they were given.
    pub provisioned: Quantity,
    /// Objects that could not be read, and are not counted.
    pub unread: u32,
}

impl Tally {
    /// A node. All of them come before the first pod.
    pub fn node(&mut self, node: Node) {
        self.nodes.insert(node.name.clone(), node);
    }

    /// By which id this Kubernetes is told from every other.
    pub fn known_by(&mut self, uid: Option<String>) {
        self.uid = uid;
    }

    /// A namespace, also one with nothing in it.
    pub fn namespace(&mut self, name: &str) {
        self.entry(name);
    }

    /// A pod.
    pub fn pod(&mut self, pod: &Held) {
        let namespace = self.entry(&pod.namespace);
        if pod.is_finished {
            return;
        }
        let Some(name) = &pod.node else {
            namespace.waiting = namespace.waiting.saturating_add(1);
            return;
        };
        let load = pod.load;
        namespace.load = namespace.load.with(load);
        match self.nodes.get_mut(name) {
            Some(node) => node.load = node.load.with(load),
            None => self.elsewhere = self.elsewhere.with(load),
        }
    }

    /// A claim on a volume.
    pub fn claim(&mut self, claim: &Claim) {
        let namespace = self.entry(&claim.namespace);
        namespace.claims = namespace.claims.saturating_add(1);
        namespace.claimed = namespace.claimed + claim.asked;
        namespace.provisioned = namespace.provisioned + claim.given;
    }

    /// What is used on a node.
    pub fn node_used(&mut self, name: &str, used: Used) {
        if let Some(node) = self.nodes.get_mut(name) {
            node.used = used.sane();
        }
    }

    /// What a pod uses.
    pub fn pod_used(&mut self, namespace: &str, used: Used) {
        let Some(used) = used.sane() else {
            self.unread = self.unread.saturating_add(1);
            return;
        };
        *self.measured.entry(namespace.to_owned()).or_default() += 1;
        let namespace = self.entry(namespace);
        namespace.used = Some(namespace.used.unwrap_or_default().with(used));
    }

    /// Metrics of all pods were read: whoever is not among them uses nothing.
    pub fn pods_measured(&mut self) {
        self.pods_measured = true;
    }

    /// An object that could not be read.
    pub fn unread(&mut self) {
        self.unread = self.unread.saturating_add(1);
    }

    /// Everything together.
    #[must_use]
    pub fn finish(self) -> Summed {
        let measured = self.pods_measured;
        let counts = self.measured;
        let nodes: Vec<Node> = self.nodes.into_values().collect();
        let namespaces: Vec<Namespace> = self
            .namespaces
            .into_values()
            .map(|mut namespace| {
                if measured && namespace.load.pods == 0 {
                    namespace.used = namespace.used.or(Some(Used::default()));
                }
                // A sum with a part missing is no sum.
                if counts.get(&namespace.name).copied().unwrap_or(0) < namespace.load.pods {
                    namespace.used = None;
                }
                namespace
            })
            .collect();
        let ready = |node: &&Node| node.is_ready == Some(true);
        let says_all = nodes.iter().filter(ready).all(|node| node.used.is_some());
        let says_any = nodes.iter().any(|node| node.used.is_some());
        Summed {
            uid: self.uid,
            capacity: room(&nodes, |node| node.capacity),
            allocatable: room(&nodes, |node| node.allocatable),
            free: room(&nodes, Node::free),
            load: nodes
                .iter()
                .map(|node| node.load)
                .fold(self.elsewhere, Load::with),
            waiting: namespaces.iter().map(|namespace| namespace.waiting).sum(),
            used: (says_all && says_any).then(|| {
                let used = nodes.iter().filter_map(|node| node.used);
                used.fold(Used::default(), Used::with)
            }),
            claims: namespaces.iter().map(|namespace| namespace.claims).sum(),
            claimed: namespaces.iter().map(|namespace| namespace.claimed).sum(),
            provisioned: namespaces
                .iter()
                .map(|namespace| namespace.provisioned)
                .sum(),
            unread: self.unread,
            nodes,
            namespaces,
        }
    }

    fn entry(&mut self, name: &str) -> &mut Namespace {
        self.namespaces
            .entry(name.to_owned())
            .or_insert_with(|| Namespace {
                name: name.to_owned(),
                ..Namespace::default()
            })
    }
}

fn room(nodes: &[Node], side: impl Fn(&Node) -> Room) -> Room {
    nodes.iter().map(side).fold(Room::default(), Room::with)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::capacity::amounts::read;
    use crate::domain::capacity::pods::{Container, Pod};

    fn node(name: &str, cores: Option<i64>) -> Node {
        Node {
            name: name.to_owned(),
            is_ready: Some(true),
            allocatable: Room {
                cpu: cores.map(Quantity::of),
                ..Room::default()
            },
            ..Node::default()
        }
    }

    fn pod(namespace: &str, node: Option<&str>, cpu: &str) -> Held {
        let pod = Pod {
            namespace: namespace.to_owned(),
            node: node.map(str::to_owned),
            containers: vec![Container {
                requests: read([("cpu", cpu)]).expect("resources"),
                ..Container::default()
            }],
            ..Pod::default()
        };
        pod.held()
    }

    fn used(cpu: i64) -> Used {
        Used {
            cpu: Quantity::of(cpu),
            memory: Quantity::ZERO,
        }
    }

    #[test]
    fn pods_count_where_they_are_and_only_while_they_hold_something() {
        let mut tally = Tally::default();
        tally.node(node("n1", Some(4)));
        tally.node(node("n2", Some(8)));
        tally.namespace("empty");
        tally.pod(&pod("a", Some("n1"), "500m"));
        tally.pod(&pod("b", Some("n1"), "250m"));
        tally.pod(&pod("a", None, "64"));
        tally.pod(&pod("a", Some("gone"), "1"));
        tally.pod(&Held {
            is_finished: true,
            ..pod("a", Some("n2"), "4")
        });
        let summed = tally.finish();
        let requested = |load: Load| load.requested.cpu.thousandths();
        assert_eq!(
            summed
                .nodes
                .iter()
                .map(|node| requested(node.load))
                .collect::<Vec<_>>(),
            [750, 0]
        );
        assert_eq!(
            requested(summed.load),
            1_750,
            "also what is on a node that came a moment ago"
        );
        assert_eq!((summed.load.pods, summed.waiting), (3, 1));
        assert_eq!(summed.allocatable.cpu, Some(Quantity::of(12)));
        let names: Vec<_> = summed
            .namespaces
            .iter()
            .map(|namespace| namespace.name.as_str())
            .collect();
        assert_eq!(names, ["a", "b", "empty"]);
    }

    #[test]
    fn what_takes_no_pods_is_there_and_is_not_free() {
        let mut tally = Tally::default();
        tally.node(node("n1", Some(4)));
        tally.node(node("full", Some(2)));
        tally.node(Node {
            is_ready: Some(false),
            ..node("down", Some(8))
        });
        tally.node(Node {
            is_cordoned: true,
            ..node("cordoned", Some(16))
        });
        tally.pod(&pod("a", Some("n1"), "1500m"));
        tally.pod(&pod("a", Some("full"), "3"));
        tally.pod(&pod("a", Some("cordoned"), "1"));
        let summed = tally.finish();
        assert_eq!(summed.allocatable.cpu, Some(Quantity::of(30)));
        let free = summed.free.cpu.map(Quantity::thousandths);
        assert_eq!(
            free,
            Some(2_500),
            "what one node lacks, no other has less of"
        );
        assert_eq!(summed.free.memory, None);
    }

    #[test]
    fn nothing_said_is_not_none() {
        let mut tally = Tally::default();
        tally.node(node("new", None));
        assert_eq!(tally.finish().allocatable.cpu, None);
        let mut tally = Tally::default();
        tally.node(node("new", None));
        tally.node(node("old", Some(4)));
        let summed = tally.finish();
        assert_eq!(summed.allocatable.cpu, Some(Quantity::of(4)));
        assert_eq!(summed.allocatable.memory, None);
        assert_eq!(summed.used, None);
    }

    #[test]
    fn use_is_told_when_every_ready_node_tells_it() {
        let mut tally = Tally::default();
        tally.node(node("n1", Some(4)));
        tally.node(node("n2", Some(4)));
        tally.node(Node {
            is_ready: None,
            ..node("lost", Some(4))
        });
        tally.node_used("n1", used(1));
        tally.node_used("unheard of", used(9));
        tally.node_used("n2", used(-1));
        assert_eq!(tally.finish().used, None, "less than nothing is no measure");

        let mut tally = Tally::default();
        tally.node(node("n1", Some(4)));
        tally.node_used("n1", used(1));
        assert_eq!(tally.finish().used, Some(used(1)));
        assert_eq!(Tally::default().finish().used, None);
    }

    #[test]
    fn a_namespace_without_pods_uses_nothing_once_pods_were_measured() {
        let mut tally = Tally::default();
        tally.namespace("empty");
        tally.node(node("n1", Some(4)));
        tally.pod(&pod("new", Some("n1"), "1"));
        tally.pods_measured();
        let summed = tally.finish();
        let used_in = |name: &str| {
            summed
                .namespaces
                .iter()
                .find(|n| n.name == name)
                .and_then(|n| n.used)
        };
        assert_eq!(used_in("empty"), Some(Used::default()));
        assert_eq!(used_in("new"), None, "a pod that is not measured yet");
    }

    #[test]
    fn claims_are_told_apart_from_what_they_were_given() {
        let mut tally = Tally::default();
        let gib = |count: i64| Quantity::of(count << 30);
        tally.claim(&Claim {
            namespace: "a".into(),
            asked: gib(10),
            given: gib(16),
        });
        tally.claim(&Claim {
            namespace: "a".into(),
            asked: gib(5),
            given: Quantity::ZERO,
        });
        let summed = tally.finish();
        assert_eq!(
            (summed.claims, summed.claimed, summed.provisioned),
            (2, gib(15), gib(16))
        );
    }
}
