//! A cluster with faults to switch on, in a service that is shown in a window: what is not known is shown as such, and
//! the Overview says of it what its page says.

use hopsdesk::domain::clock::Clock as _;
use hopsdesk::sandbox::hopsworks;
use hopsdesk::sandbox::kubernetes::fault::Fault;
use hopsdesk::secrets::Secret;
use serde_json::json;
use time::OffsetDateTime;
use tokio::net::TcpListener;

use super::driver::Window;
use super::exports::psql;
use super::staffed::RealClock;
use super::whole_way::NewKubernetes;
use super::world::Person;

const NAME: &str = "hops-faulty";
const KEY: &str = "Kx9.key-of-the-faulty-cluster";

/// On record since a moment ago; nobody has ever seen it.
struct Faulty {
    id: String,
    kubernetes: NewKubernetes,
    hopsworks: hopsworks::Simulated,
    _serving: hopsworks::Serving,
}

impl Faulty {
    /// With that wrong from the beginning. Its certificate, while that is what is wrong, ends at the given moment.
    async fn add(person: &Person, fault: Fault, ends: OffsetDateTime) -> Self {
        remove(person);
        let kubernetes = NewKubernetes::start_with(NAME, ends).await;
        kubernetes.cluster.set_fault(fault);
        let key = Secret::new(KEY.to_owned());
        let hopsworks = hopsworks::Simulated::new(key, hopsworks::Dialect::default(), []);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let serving = hopsworks.serve(listener, None).expect("it is served");
        let id = psql(
            person,
            &format!(
                "insert into public.hopsworks_clusters (name, api_url, api_key, max_users, current_users, status, kubeconfig)
                 values ('{NAME}', 'http://{}', '{KEY}', 20, 0, 'maintenance', '{}') returning id",
                serving.address(),
                kubernetes.kubeconfig
            ),
        );
        Self {
            id: id.lines().next().expect("an id").to_owned(),
            kubernetes,
            hopsworks,
            _serving: serving,
        }
    }

    async fn visit(&self, window: &Window) {
        window.visit(&format!("#/clusters/{}", self.id)).await;
        let named = format!("document.querySelector('h1')?.innerText === '{NAME}'");
        window.until("its page", &named).await;
    }
}

fn remove(person: &Person) {
    psql(
        person,
        &format!(
            "delete from console.cluster_secrets where cluster_id in (select id::text from public.hopsworks_clusters where name = '{NAME}');
             delete from public.hopsworks_clusters where name = '{NAME}'"
        ),
    );
}

/// The text of the panel of that title.
fn panel(title: &str) -> String {
    format!(
        "([...document.querySelectorAll('section.panel')].find((each) => each.querySelector('h2').innerText.trim() === '{title}')
          ?.querySelector('.body').innerText ?? '')"
    )
}

/// Looks until the page says that of what the cluster carries.
async fn told(window: &Window, words: &str) {
    window.click_words("Look now").await;
    let said = format!(
        "(document.querySelector('[data-testid=capacity-problem]')?.innerText ?? '').includes({})",
        json!(words)
    );
    window.until(words, &said).await;
}

/// Looks until an expression about the page holds.
async fn looked(window: &Window, what: &str, expression: &str) {
    window.click_words("Look now").await;
    window.until(what, expression).await;
}

/// The texts of a column of a table, row by row.
fn column(rows: &str, place: u8) -> String {
    format!(
        "[...document.querySelectorAll('{rows}')].map((row) => row.cells[{place}].innerText.trim())"
    )
}

#[tokio::test]
async fn what_is_not_known_of_a_cluster_is_a_dash_and_a_sentence_and_never_nothing() {
    const RESOURCES: &str = "[data-testid=resource]";
    const HOLDINGS: &str = "[data-testid=holding]";
    let person = Person::new("faulty").await;
    let window = person.at_work().await;
    window.resize(1280, 800).await;
    visit_overview(&window).await;
    let ends = OffsetDateTime::from_unix_timestamp(1_000_000_000).expect("a moment");
    let cluster = Faulty::add(&person, Fault::Closed, ends).await;
    cluster.visit(&window).await;
    // Never seen: there is no figure of anything, in no panel.
    for (fault, sentence) in [
        (
            Fault::Closed,
            "cannot be reached. It is tried again; if this stays, check that it runs",
        ),
        (
            Fault::Answer { status: 503 },
            "has a problem of its own; it is tried again (status 503)",
        ),
        (
            Fault::Unauthorized,
            "does not accept the kubeconfig's token or certificate (status 401). It may have run out",
        ),
        (Fault::ExpiredCertificate, "has expired. Nothing was sent"),
    ] {
        cluster.kubernetes.cluster.set_fault(fault);
        told(&window, sentence).await;
        for (title, words) in [
            ("Resources", "It has never said what it carries."),
            ("By customer", "It is not known what runs here."),
            ("Nodes", "No node was seen here."),
            (
                "Findings",
                "How its nodes and certificates are is not known",
            ),
        ] {
            let says = format!("{}.includes({})", panel(title), json!(words));
            window.until(words, &says).await;
            let none = format!("/(^|\\s)0(\\s|%|$)/.test({})", panel(title));
            assert_eq!(window.ask(&none).await, json!(false), "{title}: {fault:?}");
        }
        let heads = window.ask("[...document.querySelectorAll('section.panel header')].map((each) => each.innerText).join(' ')").await;
        assert!(
            !heads.as_str().expect("text").contains("0 nodes"),
            "{heads}"
        );
    }
    assert_eq!(window.overflow().await, json!([]));
    window.visit_clusters(&format!("?q={NAME}")).await;
    let row = "table[aria-label=Clusters] tbody tr[data-row]";
    let cells = window
        .until(
            "the list",
            &format!(
                "(() => {{
                   const heads = [...document.querySelectorAll('table[aria-label=Clusters] thead th')].map((each) => each.innerText.trim());
                   const row = document.querySelector('{row}');
                   return row && ['Health', 'Findings', 'CPU'].map((head) => row.cells[heads.indexOf(head)].innerText.trim());
                 }})()"
            ),
        )
        .await;
    assert_eq!(cells, json!(["not seen", "—", "—"]));

    // Seen, without costs; then without use, too; then whole.
    cluster.visit(&window).await;
    cluster.kubernetes.cluster.set_fault(Fault::OpencostDown);
    let used = format!("{}.some((used) => used !== '—')", column(RESOURCES, 3));
    looked(&window, "what it carries", &used).await;
    let unknown = format!(
        "(() => {{ const costs = {}; return costs.length > 1 && costs.every((cost) => cost === '—'); }})()",
        column(HOLDINGS, 7)
    );
    window.until("costs that are not known", &unknown).await;
    window
        .shows("does not run. It is tried again; if this stays, look at its pods.")
        .await;
    cluster.kubernetes.cluster.set_fault(Fault::NoMetrics);
    let unused = format!("{}.every((used) => used === '—')", column(RESOURCES, 3));
    looked(&window, "use that is not known", &unused).await;
    window
        .shows("the cluster has no metrics server. Install one to see it.")
        .await;
    cluster.kubernetes.cluster.set_fault(Fault::None);
    looked(&window, "use", &used).await;
    let costs = format!("{}.some((cost) => /[1-9]/.test(cost))", column(HOLDINGS, 7));
    window.until("costs", &costs).await;
    let gone = "!document.querySelector('[data-testid=capacity-problem]')";
    window.until("nothing is wrong any more", gone).await;

    // Its Hopsworks alone.
    cluster
        .hopsworks
        .set_fault(hopsworks::fault::Fault::KeyRefused);
    let says = format!(
        "{}.includes('refuses the API key (status 401). Record the key of an administrator there')",
        panel("Health")
    );
    looked(&window, "that the key is refused", &says).await;
    cluster.hopsworks.set_fault(hopsworks::fault::Fault::None);
    let says = format!("!{}.includes('refuses')", panel("Health"));
    looked(&window, "that it is not any more", &says).await;
    remove(&person);
    window.close().await;
}

/// The Overview as it is now: one that took long to read rests for a while.
async fn visit_overview(window: &Window) {
    window.visit("#/settings").await;
    let away = "document.querySelector('h1')?.innerText === 'Settings'";
    window.until("another screen", away).await;
    window.visit("#/overview").await;
    window.overview_is_filled().await;
}

/// Waits for a line of the Overview, and for the page that it leads to.
async fn follow(window: &Window, words: &str, page: &str) {
    visit_overview(window).await;
    let line = format!(
        "[...document.querySelectorAll('main li a')].find((each) => each.innerText.includes({}))",
        json!(words)
    );
    window
        .until(words, &format!("{line}?.getAttribute('href')"))
        .await;
    window.run(&format!("{line}.click()"), vec![]).await;
    let there = format!("document.querySelector('h1')?.innerText === '{page}'");
    window.until("where it leads", &there).await;
}

async fn is_gone(window: &Window, words: &str) {
    visit_overview(window).await;
    let line = format!(
        "![...document.querySelectorAll('main li a')].some((each) => each.innerText.includes({}))",
        json!(words)
    );
    window.until("it is gone", &line).await;
}

#[tokio::test]
async fn the_overview_says_of_clusters_what_their_pages_say() {
    let person = Person::new("at-a-glance").await;
    let window = person.at_work().await;
    window.resize(1280, 800).await;
    visit_overview(&window).await;
    let soon = RealClock.now() + time::Duration::days(9) + time::Duration::hours(1);
    let cluster = Faulty::add(&person, Fault::Closed, soon).await;

    // One that does not answer.
    let unseen = format!("{NAME} was never seen: it does not tell how it is");
    cluster.visit(&window).await;
    told(&window, "cannot be reached").await;
    follow(&window, &unseen, NAME).await;
    told(&window, "cannot be reached").await;
    // Its certificate ends, which is nothing that keeps it from being seen.
    cluster
        .kubernetes
        .cluster
        .set_fault(Fault::ExpiredCertificate);
    let seen = "document.querySelectorAll('[data-testid=resource]').length === 5";
    looked(&window, "what it carries", seen).await;
    is_gone(&window, &unseen).await;
    let ending = "he certificate of its API server ends in 9 days";
    follow(&window, &format!("{NAME}: t{ending}"), NAME).await;
    let says = format!("{}.includes('T{ending}')", panel("Findings"));
    window.until("the same on its page", &says).await;
    cluster.kubernetes.cluster.set_fault(Fault::None);
    looked(
        &window,
        "another certificate",
        &format!("!{}.includes('{ending}')", panel("Findings")),
    )
    .await;
    is_gone(&window, ending).await;

    // Its Hopsworks.
    cluster.visit(&window).await;
    cluster
        .hopsworks
        .set_fault(hopsworks::fault::Fault::KeyRefused);
    looked(
        &window,
        "a key that is refused",
        &format!("{}.includes('refuses us')", panel("Health")),
    )
    .await;
    let refuses = format!("The Hopsworks of {NAME} refuses our API key");
    follow(&window, &refuses, NAME).await;
    cluster.hopsworks.set_fault(hopsworks::fault::Fault::Closed);
    looked(
        &window,
        "that it is away",
        &format!("{}.includes('cannot be reached')", panel("Health")),
    )
    .await;
    follow(
        &window,
        &format!("The Hopsworks of {NAME} does not answer"),
        NAME,
    )
    .await;
    is_gone(&window, &refuses).await;
    cluster.visit(&window).await;
    cluster.hopsworks.set_fault(hopsworks::fault::Fault::None);
    looked(
        &window,
        "that it is back",
        &format!("!{}.includes('cannot be reached')", panel("Health")),
    )
    .await;
    is_gone(&window, &format!("The Hopsworks of {NAME}")).await;
    remove(&person);
    is_gone(&window, NAME).await;

    // Nodes that ail, as the sample has them: as many findings as the page shows.
    follow(&window, "on hops-us-west keep", "hops-us-west").await;
    window
        .until(
            "what ails",
            &format!(
                "{}.includes('not been ready for a while')",
                panel("Findings")
            ),
        )
        .await;

    // Nearly full.
    let limit = "select max_users from public.hopsworks_clusters where name = 'hops-eu-north'";
    let before = psql(&person, limit);
    let set = |limit: &str| {
        psql(
            &person,
            &format!(
                "update public.hopsworks_clusters as k set max_users = {limit} where k.name = 'hops-eu-north'"
            ),
        )
    };
    set("console.seats_taken(k.id::text) + 2");
    follow(&window, "hops-eu-north has 2 seats left", "hops-eu-north").await;
    window.until("the same on its page", "/^2$/m.test([...document.querySelectorAll('.counts div')].find((each) => each.innerText.includes('Left'))?.querySelector('dd').innerText ?? '')").await;
    set(&before);
    is_gone(&window, "hops-eu-north has 2 seats left").await;
    window.close().await;
}
