//! Every fault of a simulated cluster: what is recorded, what is said on the cluster's page and in the list, that nothing
//! unknown is a figure, and that it is tried again and heals by itself. A fault without its line does not compile.

use std::sync::Arc;
use std::time::Duration;

use hopsdesk::clusters::connections::{Connections, Patience};
use hopsdesk::domain::clock::FixedClock;
use hopsdesk::domain::lacks::Lacks;
use hopsdesk::sandbox::hopsworks;
use hopsdesk::sandbox::kubernetes::fault::Fault;
use hopsdesk::sandbox::kubernetes::sample::{Peculiar, world};
use hopsdesk::sandbox::kubernetes::world::World;
use hopsdesk::secrets::Secret;
use hopsdesk::usecases::browse_clusters::browse_clusters;
use hopsdesk::usecases::desk::Desk;
use hopsdesk::usecases::show_capacity::{show_holdings, show_nodes, show_state};
use hopsdesk::usecases::show_cluster::show_findings;
use hopsdesk::usecases::snapshot_clusters::{Looked, snapshot_clusters};
use hopsdesk::wire::capacity::{ClusterState, GlanceShown};
use hopsdesk::wire::cluster_nodes::NodesShown;
use hopsdesk::wire::cluster_page::ClusterFindings;
use hopsdesk::wire::clusters::{ClusterRow, ClustersQuery};
use hopsdesk::wire::holdings::HoldingsShown;
use serde_json::json;
use tokio::net::TcpListener;

mod told;

use self::told::{Told, is_unseen, of_hopsworks, of_kubernetes};
use super::snapshots::{Service, cluster, id, small};

/// A cluster on every panel that faults can be seen on.
#[derive(Debug)]
struct Shown {
    page: ClusterState,
    list: GlanceShown,
    nodes: NodesShown,
    holdings: HoldingsShown,
    findings: ClusterFindings,
}

impl Shown {
    /// Nothing that is not known is a figure.
    fn is_of_nothing(&self) -> bool {
        let Self {
            page,
            list,
            nodes,
            holdings,
            ..
        } = self;
        page.carried.is_none()
            && (list.cpu_percent, list.memory_percent) == (None, None)
            && (&list.gpu, &list.seen_at) == (&None, &None)
            && (nodes.rows.len(), nodes.count.as_str()) == (0, "")
            && (holdings.rows.len(), &holdings.at, holdings.count.as_str()) == (0, &None, "")
    }

    fn problem_of_findings(&self, sentence: &str) -> Option<&str> {
        let unknown = self.findings.unknown.iter();
        let mut unknown = unknown.filter(|gone| gone.sentence == sentence);
        unknown.next()?.problem.as_deref()
    }
}

/// A service with a cluster for each line of a table, Hopsworks and all.
struct Faulty {
    service: Service,
    hopsworks: Vec<hopsworks::Simulated>,
    /// Host and port of each Hopsworks.
    places: Vec<String>,
    _serving: Vec<hopsworks::Serving>,
}

impl Faulty {
    async fn new(worlds: Vec<World>) -> Self {
        let service = Service::new(worlds).await;
        let (mut simulated, mut places, mut serving) = (Vec::new(), Vec::new(), Vec::new());
        for n in 0..service.clusters.len() {
            let key = Secret::new("canary-key".to_owned());
            let one = hopsworks::Simulated::new(key, hopsworks::Dialect::default(), []);
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let served = one.serve(listener, None).expect("it is served");
            let place = served.address().to_string();
            service.database.psql(&format!(
                "update public.hopsworks_clusters set api_url = 'http://{place}' where id = '{}'",
                id(n)
            ));
            simulated.push(one);
            places.push(place);
            serving.push(served);
        }
        Self {
            service,
            hopsworks: simulated,
            places,
            _serving: serving,
        }
    }

    /// A round, so many seconds after the beginning. A cluster that is too slow is waited for this long.
    async fn look(&self, seconds: i64) -> Looked {
        let connections = Connections::with(Patience {
            connect: Duration::from_secs(10),
            whole: Duration::from_secs(10),
        });
        let clock = FixedClock(self.service.at(seconds));
        snapshot_clusters(&self.service.database.store(), &connections, &clock)
            .await
            .expect("the database is there")
    }

    async fn shown(&self, n: usize, seconds: i64) -> Shown {
        let now = self.service.at(seconds);
        let clock = Arc::new(FixedClock(now));
        let desk = Desk::new(self.service.database.store(), Lacks::default(), clock);
        let id = cluster(n);
        let query = json!({
            "filter": { "text": null, "statuses": [] }, "sort": "name", "descending": false, "after": null, "limit": 500,
        });
        let query: ClustersQuery = serde_json::from_value(query).expect("a question");
        let query = query.decode().expect("the first page");
        let (slice, _) = browse_clusters(&desk, query).await.expect("the list");
        let row = slice.rows.into_iter().find(|row| row.id == id);
        let row = ClusterRow::new(row.expect("the cluster"), now);
        let state = show_state(&desk, &id).await.expect("a state");
        let (nodes, count) = show_nodes(&desk, &id).await.expect("nodes");
        let holdings = show_holdings(&desk, &id).await.expect("holdings");
        let (findings, on) = show_findings(&desk, &id).await.expect("findings");
        Shown {
            page: ClusterState::new(&state, now),
            list: row.glance,
            nodes: NodesShown::new(nodes, count),
            holdings: HoldingsShown::new(holdings, now),
            findings: ClusterFindings::new(findings, &on, &id, now),
        }
    }

    /// Figures on record beside a reason why there are none.
    fn figures_in_spite(&self) -> String {
        self.service.database.psql(
            "select count(*) from console.cluster_snapshots as s, jsonb_each(to_jsonb(s)) as e
             where s.capacity_code is not null and e.value <> 'null'
               and e.key ~ '^(nodes|pods|cpu|memory|gpu|ephemeral|claims|disk|unread|no_metrics)'",
        )
    }
}

const NODES: &str = "How its nodes and certificates are is not known";
const USERS: &str = "Whether seats and the users of its Hopsworks agree is not known";
const PROJECTS: &str = "Whether projects on record and in its Hopsworks agree is not known";

/// What somebody is told of a Kubernetes with a fault, on a cluster that was never seen before.
fn check_kubernetes(told: &Told, shown: &Shown, place: &str) {
    let Shown {
        page,
        list,
        holdings,
        ..
    } = shown;
    let [hopsworks, kubernetes] = &page.systems[..] else {
        panic!("{page:?}");
    };
    assert!(hopsworks.word.starts_with("answers in "), "{hopsworks:?}");
    let unseen = |text: &str| {
        assert_eq!(
            (page.word.as_str(), list.word.as_str()),
            ("not seen", "not seen")
        );
        assert_eq!(page.problem.as_deref(), Some(text));
        assert_eq!(shown.problem_of_findings(NODES), Some(text));
        assert!(shown.is_of_nothing(), "{shown:?}");
    };
    match told {
        Told::Away(word, text) => {
            let text = text.replace("{place}", place);
            unseen(&text);
            assert_eq!(
                (kubernetes.word.as_str(), &kubernetes.version),
                (*word, &None)
            );
            assert_eq!(kubernetes.sentence.as_ref(), Some(&text));
            assert_eq!(holdings.costs, text);
        }
        Told::Blind(text) => {
            unseen(&text.replace("{place}", place));
            assert!(kubernetes.word.starts_with("answers in "), "{kubernetes:?}");
        }
        _ => check_seen(told, shown, place),
    }
}

/// The same of one that is seen, be it in part.
fn check_seen(told: &Told, shown: &Shown, place: &str) {
    let Shown {
        page,
        list,
        holdings,
        ..
    } = shown;
    assert_eq!(
        (page.word.as_str(), list.word.as_str()),
        ("answers", "answers")
    );
    assert_eq!(
        (&page.problem, shown.problem_of_findings(NODES)),
        (&None, None)
    );
    assert!(
        list.cpu_percent.is_some() && !shown.nodes.rows.is_empty(),
        "{shown:?}"
    );
    let carried = page.carried.as_ref().expect("it is seen");
    let used = |name: &str| {
        let found = carried.resources.iter().find(|one| one.name == name);
        let found = found.expect("a resource");
        assert!(found.requested.is_some() && found.allocatable.is_some());
        (found.used.is_some(), found.used_percent.is_some())
    };
    let measured = if let Told::Unmeasured(text) = told {
        assert_eq!(carried.unmeasured.as_deref(), Some(*text));
        false
    } else {
        assert_eq!(carried.unmeasured, None);
        true
    };
    assert_eq!(
        (used("CPU"), used("Memory")),
        ((measured, measured), (measured, measured))
    );
    for row in &holdings.rows {
        assert_eq!(row.cpu_used.is_some(), measured, "{row:?}");
    }
    let costs = |known: bool| {
        let mut rows = holdings.rows.iter();
        rows.any(|row| row.cost.is_some() == known)
    };
    match told {
        Told::NoCosts(text) => {
            assert_eq!(holdings.costs, text.replace("{place}", place));
            assert!(!costs(true), "{holdings:?}");
        }
        Told::SomeCosts => {
            assert!(
                holdings.costs.contains(" It has no figure for "),
                "{holdings:?}"
            );
            assert!(costs(true) && costs(false), "{holdings:?}");
        }
        _ => {
            assert!(
                holdings.costs.starts_with("Estimated by OpenCost, "),
                "{holdings:?}"
            );
            assert!(!holdings.costs.contains("no figure"), "{holdings:?}");
        }
    }
}

/// What somebody is told of a Hopsworks with a fault, beside a Kubernetes that is well.
fn check_hopsworks(told: &Told, shown: &Shown, place: &str) {
    let Shown { page, list, .. } = shown;
    let [hopsworks, kubernetes] = &page.systems[..] else {
        panic!("{page:?}");
    };
    assert!(kubernetes.word.starts_with("answers in "), "{kubernetes:?}");
    assert!(
        page.carried.is_some(),
        "what Kubernetes says is seen all the same"
    );
    let why = (
        shown.problem_of_findings(USERS),
        shown.problem_of_findings(PROJECTS),
    );
    if let Told::Away(word, text) = told {
        let text = text.replace("{place}", place);
        let (at_a_glance, in_full) = match *word {
            "refuses us" => ("key refused", "its Hopsworks refuses our API key"),
            _ => ("no Hopsworks", "its Hopsworks does not answer"),
        };
        assert_eq!(
            (list.word.as_str(), page.word.as_str()),
            (at_a_glance, in_full)
        );
        assert_eq!(
            (hopsworks.word.as_str(), &hopsworks.version),
            (*word, &None)
        );
        assert_eq!(hopsworks.sentence.as_ref(), Some(&text));
        assert_eq!(why, (Some(text.as_str()), Some(text.as_str())));
        assert_eq!(
            shown.findings.groups,
            [],
            "who is not listed is not missing there"
        );
    } else {
        assert_eq!(
            (list.word.as_str(), page.word.as_str()),
            ("answers", "answers")
        );
        assert!(hopsworks.word.starts_with("answers in "), "{hopsworks:?}");
        assert_eq!(why, (None, None));
    }
}

#[tokio::test]
async fn every_fault_of_a_kubernetes_has_its_sentence_and_heals() {
    let lines = of_kubernetes();
    let of = |n: usize, namespaces: usize| {
        let names: Vec<String> = (0..namespaces).map(|n| format!("n-{n:03}")).collect();
        world(&n.to_string(), &names, Peculiar::default())
    };
    let worlds = lines.iter().enumerate().map(|(n, (fault, _))| match fault {
        // More than a page holds: only then is there a continuation to forget.
        Fault::Forgetful => of(n, 520),
        // Enough that some have a cost and others none.
        _ => of(n, 12),
    });
    let faulty = Faulty::new(worlds.collect()).await;
    let place = |n: usize| faulty.service.serving[n].address().to_string();
    let go_wrong = || {
        for (cluster, (fault, _)) in faulty.service.clusters.iter().zip(&lines) {
            cluster.set_fault(*fault);
        }
    };
    let heal = || {
        for cluster in &faulty.service.clusters {
            cluster.set_fault(Fault::None);
        }
    };
    let unseen = lines.iter().filter(|(_, told)| is_unseen(told)).count();
    go_wrong();
    let looked = faulty.look(0).await;
    assert_eq!(
        (looked.known, looked.unknown),
        (lines.len() - unseen, unseen)
    );
    assert_eq!(
        faulty.figures_in_spite(),
        "0",
        "what was not seen is no figure"
    );
    for (n, (fault, told)) in lines.iter().enumerate() {
        println!("{fault:?}");
        check_kubernetes(told, &faulty.shown(n, 5).await, &place(n));
    }

    // Whoever is away is tried again after a minute; the others have their turn after five.
    heal();
    assert_eq!(faulty.look(59).await, Looked::default());
    let looked = faulty.look(61).await;
    assert_eq!((looked.known, looked.unknown), (unseen, 0));
    // What is read less often is read again after a quarter of an hour.
    assert_eq!(faulty.look(1_000).await.known, lines.len());
    for (n, (fault, _)) in lines.iter().enumerate() {
        println!("{fault:?}, healed");
        check_seen(&Told::Nothing, &faulty.shown(n, 1_005).await, &place(n));
    }

    // What it carried before is kept when it goes wrong again, as of then, and is marked once it is old.
    go_wrong();
    let looked = faulty.look(1_301).await;
    assert_eq!(
        (looked.known, looked.unknown),
        (lines.len() - unseen, unseen)
    );
    let away = lines
        .iter()
        .enumerate()
        .filter(|(_, (_, told))| is_unseen(told));
    for (n, (fault, _)) in away {
        let before = faulty.shown(n, 1_305).await;
        let old = faulty.shown(n, 2_000).await;
        let at = |shown: &Shown| {
            shown
                .page
                .carried
                .as_ref()
                .map(|carried| carried.at.clone())
        };
        assert!(
            at(&before).is_some() && at(&before) == at(&old),
            "{fault:?}"
        );
        assert_eq!(
            (before.page.stale, old.page.stale),
            (false, true),
            "{fault:?}"
        );
        assert!(old.list.stale && old.page.problem.is_some(), "{fault:?}");
    }
    heal();
}

#[tokio::test]
async fn every_fault_of_a_hopsworks_has_its_sentence_and_heals() {
    let lines = of_hopsworks();
    let worlds = (0..lines.len()).map(|n| small(&n.to_string()));
    let faulty = Faulty::new(worlds.collect()).await;
    for (one, (fault, _)) in faulty.hopsworks.iter().zip(&lines) {
        one.set_fault(*fault);
    }
    // One that answers, and refuses, waits for a person.
    let refusing = hopsworks::fault::Fault::KeyRefused;
    let away = lines
        .iter()
        .filter(|(fault, told)| is_unseen(told) && *fault != refusing)
        .count();
    assert_eq!(
        faulty.look(0).await.known,
        lines.len(),
        "their Kubernetes are well"
    );
    for (n, (fault, told)) in lines.iter().enumerate() {
        println!("{fault:?}");
        check_hopsworks(told, &faulty.shown(n, 5).await, &faulty.places[n]);
    }
    // A key may be refused between two readings of the list: that is told at the next look.
    for one in &faulty.hopsworks {
        one.set_fault(hopsworks::fault::Fault::None);
    }
    assert_eq!(faulty.look(59).await, Looked::default());
    assert_eq!(
        faulty.look(61).await.known,
        away,
        "it is tried again after a minute"
    );
    for (n, _) in lines
        .iter()
        .enumerate()
        .filter(|(_, (fault, _))| *fault != refusing)
    {
        let [hopsworks, _] = &faulty.shown(n, 65).await.page.systems[..] else {
            panic!("two systems");
        };
        assert!(hopsworks.word.starts_with("answers in "), "{hopsworks:?}");
    }
    for (one, (fault, _)) in faulty.hopsworks.iter().zip(&lines) {
        one.set_fault(*fault);
    }
    assert_eq!(faulty.look(362).await.known, lines.len());
    let refused = lines.iter().position(|(fault, _)| *fault == refusing);
    let shown = faulty.shown(refused.expect("a line"), 365).await;
    assert_eq!(
        (shown.list.word.as_str(), shown.list.stale),
        ("key refused", false)
    );
    for one in &faulty.hopsworks {
        one.set_fault(hopsworks::fault::Fault::None);
    }
    assert_eq!(faulty.look(1_000).await.known, lines.len());
    for n in 0..lines.len() {
        check_hopsworks(
            &Told::Nothing,
            &faulty.shown(n, 1_005).await,
            &faulty.places[n],
        );
    }
}
