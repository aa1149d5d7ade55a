//! What a pod holds on to, by the scheduler's own arithmetic.

use crate::domain::capacity::amounts::{Amounts, Resources};
use crate::domain::capacity::nodes::Load;
use crate::domain::capacity::quantity::Quantity;

/// A container, as far as capacity goes.
#[derive(Debug, Clone, Default)]
pub struct Container {
    /// What it is promised.
    pub requests: Resources,
    /// What it may not exceed; a resource without one is unlimited.
    pub limits: Resources,
    /// An init container that stays beside the others (`restartPolicy: Always`, a sidecar).
    pub stays: bool,
}

/// A pod, as far as capacity goes.
#[derive(Debug, Clone, Default)]
pub struct Pod {
    /// Where it belongs.
    pub namespace: String,
    /// The node it was given; none while it waits for one.
    pub node: Option<String>,
    /// It succeeded or failed, and holds on to nothing.
    pub is_finished: bool,
    /// Containers that run together.
    pub containers: Vec<Container>,
    /// Containers that run before, in their order.
    pub init_containers: Vec<Container>,
    /// What running a pod of its runtime class costs on top.
    pub overhead: Resources,
    /// Requests of the pod as a whole, which stand above those of its containers.
    pub own_requests: Resources,
    /// Limits of the pod as a whole.
    pub own_limits: Resources,
}

/// A pod, as it is added up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Held {
    /// Where it belongs.
    pub namespace: String,
    /// The node it was given; none while it waits for one.
    pub node: Option<String>,
    /// It holds on to nothing any more.
    pub is_finished: bool,
    /// Itself, with what it holds.
    pub load: Load,
}

impl Pod {
    /// What is left of it to add up.
    #[must_use]
    pub fn held(self) -> Held {
        let load = Load {
            pods: 1,
            requested: self.requested(),
            limits: self.limits(),
        };
        Held {
            namespace: self.namespace,
            node: self.node,
            is_finished: self.is_finished,
            load,
        }
    }

    /// What the scheduler keeps for it.
    #[must_use]
    pub fn requested(&self) -> Amounts {
        let mut together = self.effective(|container| &container.requests, &self.own_requests);
        add(&mut together, &self.overhead);
        Amounts::of(&together)
    }

    /// The most it may use, as far as that is limited. Overhead raises a limit, and is none where there is none.
    #[must_use]
    pub fn limits(&self) -> Amounts {
        let mut together = self.effective(|container| &container.limits, &self.own_limits);
        for (key, limit) in &mut together {
            *limit = *limit + self.overhead.get(key).copied().unwrap_or_default();
        }
        Amounts::of(&together)
    }

    /// The larger of all containers together and each init container with the sidecars that were started
    /// before it; what the pod says of itself instead, where it does. Overhead is not among it.
    ///
    /// Each key by itself, before devices are counted together: the rule is one of keys.
    /// <https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers>
    fn effective(&self, side: fn(&Container) -> &Resources, own: &Resources) -> Resources {
        let mut together = Resources::new();
        for container in &self.containers {
            add(&mut together, side(container));
        }
        let mut sidecars = Resources::new();
        let mut before = Resources::new();
        for container in &self.init_containers {
            if container.stays {
                add(&mut together, side(container));
                add(&mut sidecars, side(container));
                raise(&mut before, &sidecars);
            } else {
                let mut alone = sidecars.clone();
                add(&mut alone, side(container));
                raise(&mut before, &alone);
            }
        }
        raise(&mut together, &before);
        for (key, quantity) in own {
            together.insert(key.clone(), *quantity);
        }
        together
    }
}

fn add(to: &mut Resources, resources: &Resources) {
    for (key, quantity) in resources {
        let there = to.entry(key.clone()).or_insert(Quantity::ZERO);
        *there = *there + *quantity;
    }
}

fn raise(to: &mut Resources, resources: &Resources) {
    for (key, quantity) in resources {
        let there = to.entry(key.clone()).or_insert(Quantity::ZERO);
        *there = (*there).max(*quantity);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::capacity::amounts::read;

    fn container(cpu: &str) -> Container {
        Container {
            requests: read([("cpu", cpu)]).expect("resources"),
            ..Container::default()
        }
    }

    fn sidecar(cpu: &str) -> Container {
        Container {
            stays: true,
            ..container(cpu)
        }
    }

    fn cpu(pod: &Pod) -> i64 {
        pod.requested().cpu.thousandths()
    }

    #[test]
    fn containers_add_up_and_the_largest_init_container_may_stand_above_them() {
        let mut pod = Pod {
            containers: vec![container("100m"), container("200m")],
            ..Pod::default()
        };
        assert_eq!(cpu(&pod), 300);
        pod.init_containers = vec![container("250m"), container("50m")];
        assert_eq!(cpu(&pod), 300, "they run one after the other, before");
        pod.init_containers.push(container("1"));
        assert_eq!(cpu(&pod), 1_000);
        pod.overhead = read([("cpu", "10m")]).expect("resources");
        assert_eq!(
            cpu(&pod),
            1_010,
            "overhead comes on top of whichever is larger"
        );
    }

    /// The examples of the proposal that brought sidecars (KEP-753).
    #[test]
    fn a_sidecar_counts_beside_containers_and_beside_init_containers_after_it() {
        let pod = Pod {
            init_containers: vec![container("500m"), sidecar("200m"), container("400m")],
            containers: vec![container("300m")],
            ..Pod::default()
        };
        // Together 300 + 200; the last init container runs with the sidecar, 400 + 200; the first alone.
        assert_eq!(cpu(&pod), 600);
        let pod = Pod {
            init_containers: vec![sidecar("200m"), sidecar("300m"), container("100m")],
            containers: vec![container("300m")],
            ..Pod::default()
        };
        assert_eq!(cpu(&pod), 800);
    }

    #[test]
    fn each_key_is_decided_by_itself() {
        let with = |pairs: &[(&'static str, &'static str)]| Container {
            requests: read(pairs.iter().copied()).expect("resources"),
            ..Container::default()
        };
        let pod = Pod {
            init_containers: vec![with(&[("cpu", "2"), ("nvidia.com/gpu", "1")])],
            containers: vec![with(&[("memory", "1Gi"), ("amd.com/gpu", "1")])],
            ..Pod::default()
        };
        let requested = pod.requested();
        assert_eq!(requested.cpu.whole(), 2);
        assert_eq!(requested.memory.whole(), 1 << 30);
        assert_eq!(
            requested.gpu.whole(),
            2,
            "devices of two vendors are two devices"
        );
    }

    #[test]
    fn what_a_pod_says_of_itself_stands_above_its_containers() {
        let pod = Pod {
            containers: vec![container("100m"), container("100m")],
            own_requests: read([("cpu", "1")]).expect("resources"),
            overhead: read([("cpu", "250m")]).expect("resources"),
            ..Pod::default()
        };
        assert_eq!(cpu(&pod), 1_250);
    }

    #[test]
    fn overhead_makes_no_limit_where_there_is_none() {
        let mut pod = Pod {
            containers: vec![Container::default()],
            overhead: read([("cpu", "250m"), ("memory", "1Gi")]).expect("resources"),
            ..Pod::default()
        };
        assert_eq!(
            pod.limits(),
            Amounts::default(),
            "unlimited stays unlimited"
        );
        assert_eq!(cpu(&pod), 250, "what is kept for it is kept all the same");
        pod.containers[0].limits = read([("cpu", "1")]).expect("resources");
        assert_eq!(pod.limits().cpu.thousandths(), 1_250);
        assert_eq!(pod.limits().memory, Quantity::ZERO);
    }

    #[test]
    fn a_pod_that_asks_for_nothing_holds_nothing() {
        let pod = Pod {
            containers: vec![Container::default()],
            ..Pod::default()
        };
        assert_eq!(pod.requested(), Amounts::default());
        assert_eq!(pod.limits(), Amounts::default());
    }
}
