//! Looking at clusters: what they carry is recorded once however many programs look, one that does not answer
//! delays no other, and what is not known is never a figure.

use std::sync::LazyLock;
use std::time::Duration;

use hopsdesk::clusters::connections::{Connections, Patience};
use hopsdesk::domain::capacity::recorded::{ClusterState, Whose};
use hopsdesk::domain::clock::{Clock as _, FixedClock};
use hopsdesk::domain::ids::{ClusterId, UserId};
use hopsdesk::sandbox::kubernetes::authority::Authority;
use hopsdesk::sandbox::kubernetes::fault::Fault;
use hopsdesk::sandbox::kubernetes::sample::{Peculiar, world};
use hopsdesk::sandbox::kubernetes::world::World;
use hopsdesk::sandbox::kubernetes::{Credentials, Identity, Serving, Simulated, kubeconfig};
use hopsdesk::secrets::Secret;
use hopsdesk::secrets::sealing::Identities;
use hopsdesk::store::{capacity, snapshots};
use hopsdesk::usecases::snapshot_clusters::{Looked, snapshot_clusters};
use serde_json::json;
use time::OffsetDateTime;
use time::macros::datetime;
use tokio::net::TcpListener;

use super::running::{RealClock, Running, until};
use crate::support::database::{Kind, TestDatabase};
use crate::support::install_tls;

const TOKEN: &str = "canary-token";

static AUTHORITY: LazyLock<Authority> = LazyLock::new(|| Authority::new().expect("an authority"));

pub(super) fn id(n: usize) -> String {
    format!("00000000-0000-4000-8000-0000000000{n:02x}")
}

pub(super) fn cluster(n: usize) -> ClusterId {
    ClusterId::parse(&id(n)).expect("an id")
}

/// A service whose clusters are simulated, and their API servers.
pub(super) struct Service {
    pub(super) database: TestDatabase,
    pub(super) clusters: Vec<Simulated>,
    pub(super) serving: Vec<Serving>,
    /// The moment that rounds are told from: how long a machine takes is not part of a schedule.
    began: OffsetDateTime,
}

impl Service {
    pub(super) async fn new(worlds: Vec<World>) -> Self {
        install_tls();
        let database = TestDatabase::new(Kind::Managed).await;
        let until = datetime!(2999-01-01 00:00 UTC);
        let certificate = AUTHORITY.certificate().expect("a certificate");
        let identity = Identity {
            shown: AUTHORITY.server(until).expect("a certificate"),
            expired: AUTHORITY
                .server(datetime!(2001-01-01 00:00 UTC))
                .expect("a certificate"),
            foreign: Authority::new()
                .expect("one")
                .server(until)
                .expect("a certificate"),
            clients: certificate.der().clone(),
        };
        let (mut clusters, mut serving) = (Vec::new(), Vec::new());
        for (n, world) in worlds.into_iter().enumerate() {
            let cluster = Simulated::new(world, "v1.34.2", Secret::new(TOKEN.to_owned()));
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let served = cluster
                .serve(listener, identity.clone())
                .expect("it is served");
            let credentials = Credentials::Token(Secret::new(TOKEN.to_owned()));
            let config = kubeconfig(served.address().port(), &certificate.pem(), &credentials);
            database.psql(&format!(
                "insert into public.hopsworks_clusters (id, name, api_url, api_key, max_users, kubeconfig)
                 values ('{}', 'cluster {n}', 'http://127.0.0.1:9', 'canary-key', 100, '{}')",
                id(n),
                config.expose()
            ));
            clusters.push(cluster);
            serving.push(served);
        }
        Self {
            database,
            clusters,
            serving,
            began: RealClock.now(),
        }
    }

    pub(super) fn at(&self, seconds: i64) -> OffsetDateTime {
        self.began + time::Duration::seconds(seconds)
    }

    /// A round, so many seconds after the beginning, by the clock of a wall that stands still.
    pub(super) async fn look(&self, seconds: i64) -> Looked {
        self.look_opening(&Identities::default(), seconds).await
    }

    /// The same with private keys.
    pub(super) async fn look_opening(&self, identities: &Identities, seconds: i64) -> Looked {
        let connections = Connections::with(Patience {
            connect: Duration::from_secs(60),
            whole: Duration::from_secs(60),
        })
        .opening_with(identities.clone());
        let clock = FixedClock(self.at(seconds));
        snapshot_clusters(&self.database.store(), &connections, &clock)
            .await
            .expect("the database is there")
    }

    pub(super) async fn state(&self, n: usize) -> ClusterState {
        let store = self.database.store();
        let mut reading = store.read().await.expect("a reading");
        let state = capacity::state(&mut reading, &cluster(n))
            .await
            .expect("a state");
        reading.end().await.expect("it ends");
        state
    }
}

pub(super) fn small(name: &str) -> World {
    world(
        name,
        &["acme".to_owned(), "shared".to_owned()],
        Peculiar::default(),
    )
}

#[tokio::test]
async fn a_cluster_that_fails_is_recorded_as_such_and_keeps_what_it_said_before() {
    let service = Service::new(vec![small("a"), small("b")]).await;
    let looked = service.look(0).await;
    assert_eq!((looked.known, looked.unknown), (2, 0));
    let before = service.state(0).await;
    let carried = before.carried.expect("it is known");
    assert!(carried.cpu.requested > Some(0) && carried.cpu.used > Some(0) && carried.nodes > 0);
    assert_eq!(before.last.map(|last| last.capacity), Some(None));
    assert_eq!(
        before.server_certificate_until,
        Some(datetime!(2999-01-01 00:00 UTC))
    );

    assert_eq!(
        service.look(10).await,
        Looked::default(),
        "it is not due yet"
    );
    service.clusters[0].set_fault(Fault::Answer { status: 500 });
    let looked = service.look(301).await;
    assert_eq!((looked.known, looked.unknown), (1, 1));
    let after = service.state(0).await;
    assert_eq!(
        after.carried.as_ref(),
        Some(&carried),
        "what it said before is still there, with its age"
    );
    let failure = after
        .last
        .and_then(|last| last.capacity)
        .expect("a failure");
    assert_eq!(failure.code, "refused");
    assert!(failure.sentence.contains("status 500"), "{failure:?}");
    // What was not seen is null in every figure.
    let figures = service.database.psql(
        "select count(*) from console.cluster_snapshots as s,
           jsonb_each(to_jsonb(s)) as e
         where s.capacity_code is not null and e.value <> 'null' and e.key ~ '^(nodes|pods|cpu|memory|gpu|ephemeral|claims|disk)'",
    );
    assert_eq!(figures, "0");

    // It is looked for after a minute, as is the one whose Hopsworks is not there, and is back by itself.
    service.clusters[0].set_fault(Fault::None);
    let looked = service.look(362).await;
    assert_eq!((looked.known, looked.unknown), (2, 0));
    assert_eq!(
        service.state(0).await.last.and_then(|last| last.capacity),
        None
    );
}

#[tokio::test]
async fn a_cluster_that_does_not_answer_delays_no_other() {
    let worlds = (0..20).map(|n| small(&n.to_string())).collect();
    let service = Service::new(worlds).await;
    // Seven of the eight that are looked at at once, and they stay until they are let go.
    for cluster in &service.clusters[..7] {
        cluster.set_fault(Fault::Silent);
    }
    let others = async {
        let known = "select count(*) from console.cluster_snapshots where nodes is not null";
        until(&service.database, known, "13").await;
        let waited_for = service
            .database
            .psql("select count(*) from console.cluster_watch where lease is not null");
        for cluster in &service.clusters {
            cluster.set_fault(Fault::None);
        }
        waited_for
    };
    let (looked, waited_for) = tokio::join!(service.look(0), others);
    assert_eq!(
        waited_for, "7",
        "while they are waited for, the others are done"
    );
    assert_eq!((looked.known, looked.unknown), (20, 0));
}

#[tokio::test]
async fn what_one_system_of_a_cluster_says_is_kept_whatever_the_other_does() {
    let service = Service::new(vec![small("a")]).await;
    service.look(0).await;
    let last = service.state(0).await.last.expect("somebody looked");
    assert!(
        last.hopsworks.failure.is_some(),
        "nobody answers at that port"
    );
    assert_eq!((last.kubernetes.failure, last.capacity), (None, None));
}

#[tokio::test]
async fn a_turn_lasts_as_long_as_the_program_believes() {
    let service = Service::new(vec![small("a")]).await;
    let store = service.database.store();
    let turns = snapshots::claim(&store, 8, service.at(0)).await;
    assert_eq!(turns.expect("turns").len(), 1);
    let lasts = service
        .database
        .psql("select ceil(extract(epoch from leased_until - clock_timestamp()))::int from console.cluster_watch");
    let lasts: u64 = lasts.parse().expect("seconds");
    let believed = snapshots::LEASE.as_secs();
    assert!((believed - 60..=believed).contains(&lasts), "{lasts}");
}

#[tokio::test]
async fn what_nobody_s_project_accounts_for_is_counted_beyond_what_is_listed() {
    let names: Vec<String> = (0..150).map(|n| format!("stray-{n:03}")).collect();
    let strays: Vec<(&str, u32)> = names.iter().map(|name| (name.as_str(), 10)).collect();
    let service = Service::new(vec![made(&strays)]).await;
    service.look(0).await;
    let store = service.database.store();
    let mut reading = store.read().await.expect("a reading");
    let holdings = capacity::holdings(&mut reading, &cluster(0), false, 100)
        .await
        .expect("holdings");
    reading.end().await.expect("it ends");
    assert_eq!((holdings.rows.len(), holdings.count), (100, 150));
    assert_eq!(
        (holdings.strays.namespaces, holdings.strays.cpu),
        (150, 1_500)
    );
}

#[tokio::test]
async fn what_takes_no_pods_is_there_and_not_free() {
    let mut world = World::default();
    for (name, ready, cordoned) in [
        ("n1", "True", false),
        ("n2", "False", false),
        ("n3", "True", true),
    ] {
        world.node(&json!({
            "metadata": { "name": name }, "spec": { "unschedulable": cordoned },
            "status": { "allocatable": { "cpu": "8", "pods": "100" }, "conditions": [{ "type": "Ready", "status": ready }] },
        }));
    }
    world.namespace("a");
    world.pod(&json!({
        "metadata": { "name": "p", "namespace": "a" },
        "spec": { "nodeName": "n1", "containers": [{ "resources": { "requests": { "cpu": "1500m" } } }] },
        "status": { "phase": "Running" },
    }));
    let service = Service::new(vec![world]).await;
    service.look(0).await;
    let carried = service.state(0).await.carried.expect("it is known");
    assert_eq!(
        (carried.cpu.allocatable, carried.cpu.free),
        (Some(24_000), Some(6_500))
    );
    assert_eq!(
        (carried.pods.allocatable, carried.pods.free),
        (Some(300), Some(99))
    );
    assert_eq!(carried.memory.free, None);
}

#[tokio::test]
async fn replicas_share_the_clusters_and_none_is_looked_at_twice() {
    let service = Service::new((0..10).map(|n| small(&n.to_string())).collect()).await;
    let rounds = futures_util::future::join_all((0..3).map(|_| service.look(0))).await;
    let known: usize = rounds.iter().map(|looked| looked.known).sum();
    assert_eq!(known, 10, "{rounds:?}");
    let recorded = service.database.psql(
        "select count(*) || ' ' || count(distinct cluster_id) from console.cluster_snapshots",
    );
    assert_eq!(recorded, "10 10");
    for cluster in &service.clusters {
        let nodes = cluster
            .calls()
            .iter()
            .filter(|call| call.starts_with("/api/v1/nodes"))
            .count();
        assert_eq!(nodes, 1);
    }
}

#[tokio::test]
async fn a_program_that_died_gives_its_turn_back_and_comes_too_late() {
    let service = Service::new(vec![small("a")]).await;
    let now = service.at(0);
    let store = service.database.store();
    let turns = snapshots::claim(&store, 8, now).await.expect("turns");
    assert_eq!(turns.len(), 1);
    assert_eq!(
        service.look(100).await,
        Looked::default(),
        "it is somebody's turn"
    );
    assert_eq!(
        service.look(181).await,
        Looked::default(),
        "by the clock of the database"
    );
    service
        .database
        .psql("update console.cluster_watch set leased_until = clock_timestamp()");
    assert_eq!(service.look(181).await.known, 1);
    let late = hopsdesk::domain::capacity::snapshot::Snapshot {
        hopsworks: Err(unknown()),
        kubernetes: Err(unknown()),
        capacity: Err(unknown()),
    };
    let ours = turns[0]
        .record(&store, now, now, &late)
        .await
        .expect("an answer");
    assert!(!ours);
    let recorded = service
        .database
        .psql("select count(*) from console.cluster_snapshots");
    assert_eq!(recorded, "1");
}

fn unknown() -> hopsdesk::domain::capacity::snapshot::Unknown {
    hopsdesk::domain::capacity::snapshot::Unknown {
        code: "x".to_owned(),
        sentence: "x".to_owned(),
    }
}

/// Namespaces with one pod each of so many thousandths of a core.
pub(super) fn made(namespaces: &[(&str, u32)]) -> World {
    let mut world = World::default();
    world.node(&json!({
        "metadata": { "name": "n1" },
        "status": { "allocatable": { "cpu": "16" }, "conditions": [{ "type": "Ready", "status": "True" }] },
    }));
    world.node_uses("n1", 1_000_000_000, 1_024);
    for (name, millis) in namespaces {
        world.namespace(name);
        world.pod(&json!({
            "metadata": { "name": "p", "namespace": name },
            "spec": { "nodeName": "n1", "containers": [{ "resources": { "requests": { "cpu": format!("{millis}m") } } }] },
            "status": { "phase": "Running" },
        }));
        world.pod_uses(name, "p", i64::from(*millis) * 500_000, 1_024);
    }
    world
}

#[tokio::test]
async fn what_is_held_is_told_by_the_account_that_pays_on_its_own_cluster() {
    let service = Service::new(vec![
        made(&[
            ("my-project", 1_000),
            ("members", 500),
            ("kube-system", 300),
            ("stray", 200),
        ]),
        made(&[("my-project", 4_000)]),
    ])
    .await;
    service.database.psql(&format!(
        "insert into public.users (id, email, name, account_owner_id) values
           ('auth0|ana', 'ana@a.example', 'Ana', null), ('auth0|amy', 'amy@a.example', 'Amy', 'auth0|ana'),
           ('auth0|bob', 'bob@b.example', 'Bob', null);
         insert into public.user_projects (user_id, hopsworks_cluster_id, project_id, project_name, namespace) values
           ('auth0|ana', '{a}', 1, 'my_project', 'my-project'), ('auth0|amy', '{a}', 2, 'members', 'members'),
           ('auth0|bob', '{b}', 3, 'my_project', 'my-project')",
        a = id(0),
        b = id(1)
    ));
    service.look(0).await;
    let store = service.database.store();
    let mut reading = store.read().await.expect("a reading");
    let holdings = capacity::holdings(&mut reading, &cluster(0), false, 100)
        .await
        .expect("holdings");
    let told: Vec<(String, u32, i64, Option<i64>)> = holdings
        .rows
        .iter()
        .map(|holding| {
            let whose = match &holding.whose {
                Whose::Account(person) => person.id.to_string(),
                other => format!("{other:?}"),
            };
            (whose, holding.namespaces, holding.cpu, holding.cpu_used)
        })
        .collect();
    // A member's work is the owner's; the other cluster's project of that name is somebody else's.
    assert_eq!(
        told,
        [
            ("auth0|ana".to_owned(), 2, 1_500, Some(750)),
            ("Cluster".to_owned(), 1, 300, Some(150)),
            ("Nobody".to_owned(), 1, 200, Some(100)),
        ]
    );
    let bob = UserId::parse("auth0|bob").expect("an id");
    let (his, all) = capacity::footprint(&mut reading, &bob, false, 10)
        .await
        .expect("a footprint");
    assert_eq!((his.len(), all), (1, 1));
    assert_eq!(
        (his[0].cluster_id.as_str(), his[0].holding.cpu),
        (id(1).as_str(), 4_000)
    );
    let (nodes, count) = capacity::nodes(&mut reading, &cluster(0), 10)
        .await
        .expect("nodes");
    assert_eq!(
        (nodes.len(), count, nodes[0].cpu.requested),
        (1, 1, Some(2_000))
    );
    reading.end().await.expect("it ends");
}

#[tokio::test]
async fn the_headless_program_looks_by_itself_and_keeps_no_secret() {
    let service = Service::new(vec![small("a"), small("b")]).await;
    service.clusters[1].set_fault(Fault::Unauthorized);
    let receiver = Running::start(&service.database).await;
    let looked = "select count(*) filter (where nodes is not null) || ' ' || count(distinct capacity_code) \
                  from console.cluster_snapshots";
    until(&service.database, looked, "1 1").await;
    receiver.stop().await;
    let kept = service.database.psql(
        "select string_agg(s::text, ' ') from (
           select to_jsonb(s) as s from console.cluster_snapshots as s union all
           select to_jsonb(n) from console.cluster_nodes as n union all
           select to_jsonb(n) from console.cluster_namespaces as n) as s",
    );
    assert!(
        kept.contains("It may have run out: record a new one"),
        "{kept}"
    );
    assert!(!kept.contains("canary"));
    drop(service.serving);
}

#[tokio::test]
async fn what_a_cluster_lists_is_read_every_quarter_of_an_hour_and_kept_when_it_fails() {
    let service = Service::new(vec![small("a")]).await;
    let listed = "select string_agg(kind || ' ' || coalesce(code, 'read'), ', ' order by kind) from console.cluster_readings";
    service.look(0).await;
    // Its Hopsworks is not there; its OpenCost is.
    assert_eq!(
        service.database.psql(listed),
        "costs read, projects unreachable, users unreachable"
    );
    let costs = "select count(*) > 3 and min(cost) > 0 from console.namespace_costs";
    assert_eq!(service.database.psql(costs), "t");
    let hours = "select covers_until - covers_from = '24 hours' and cost_total > cost_idle and cost_idle > 0 from console.cluster_readings where kind = 'costs'";
    assert_eq!(service.database.psql(hours), "t");

    service.clusters[0].set_fault(Fault::NoOpencost);
    service.look(301).await;
    assert_eq!(
        service.database.psql(listed),
        "costs read, projects unreachable, users unreachable",
        "five minutes later it is not asked"
    );
    service.look(901).await;
    assert_eq!(
        service.database.psql(listed),
        "costs absent, projects unreachable, users unreachable"
    );
    assert_eq!(service.database.psql(costs), "t", "what was known is kept");
    let state = service.state(0).await;
    assert_eq!(
        state.last.and_then(|last| last.capacity),
        None,
        "without OpenCost a cluster is seen all the same"
    );
}
