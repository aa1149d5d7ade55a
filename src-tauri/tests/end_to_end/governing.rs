//! What admins decide in the real window: which effects reach the clusters, and which clusters there are.

use super::accessibility::{axe_finds_nothing_now, bring_axe};
use super::driver::{Theme, Window};
use super::elsewhere::{Seat, become_all, close_dialog, seats, statuses, suspend, take_back, told};
use super::exports::psql;
use super::whole_way::NewKubernetes;
use super::world::Person;
use crate::support::install_tls;

/// Somebody alone, with a seat and a number on a cluster.
const ALONE: &str = "
  select u.id from public.users u join public.user_hopsworks_assignments a on a.user_id = u.id
  where u.status = 'active' and u.account_owner_id is null and a.hopsworks_user_id is not null
    and not exists (select from public.users m where m.account_owner_id = u.id)
  order by u.id desc limit 1";

/// Switches what Hopsworks is told of a suspension, everywhere.
async fn switch(window: &Window, mode: &str) {
    window.visit_settings().await;
    let row = "[...document.querySelectorAll('main tr')].find((row) => row.cells[0]?.innerText.startsWith('Hopsworks status'))";
    window.until("the switch", &format!("!!{row}")).await;
    window
        .run(
            &format!("{row}.querySelector('button').click()"),
            Vec::new(),
        )
        .await;
    window.find("dialog[open] form").await;
    window
        .run(
            &format!("[...document.querySelectorAll('dialog[open] label')].find((label) => label.innerText.trim() === '{mode}').click()"),
            Vec::new(),
        )
        .await;
    window
        .fill("Reason", &format!("it is to be {mode}, ticket 4719"))
        .await;
    window
        .click("dialog[open] button[type=submit]:enabled")
        .await;
    window
        .until(
            "that it is switched",
            &format!("!document.querySelector('dialog[open]') && {row}.cells[2].innerText.trim() === '{mode}'"),
        )
        .await;
}

/// What became of the last effect for somebody.
fn effect(person: &Person, id: &str) -> String {
    psql(
        person,
        &format!(
            "select state from console.outbox where subject = '{id}' order by id desc limit 1"
        ),
    )
}

async fn untouched(seats: &[Seat]) {
    assert!(
        statuses(seats).await.iter().all(|each| *each == 2),
        "nothing was sent"
    );
}

#[tokio::test]
async fn a_switch_decides_whether_a_suspension_reaches_the_cluster() {
    install_tls();
    let person = Person::new("switching").await;
    let window = person.at_work().await;
    let id = psql(&person, ALONE);
    let seats = seats(&person, &id);
    assert_eq!(seats.len(), 1, "the samples have such a person");
    become_all(&seats, 2).await;

    for (mode, said, state) in [
        ("off", "switched off", "cancelled"),
        ("shadow", "in shadow", "shadow"),
    ] {
        switch(&window, mode).await;
        window.visit_user(&id).await;
        suspend(&window, &format!("{mode}, ticket 4720")).await;
        told(&window, "Suspended").await;
        assert_eq!(effect(&person, &id), state);
        let warned = psql(
            &person,
            &format!(
                "select d.data ->> 'warnings' from console.audit as a join console.audit_data as d on d.audit_id = a.id
                 where a.subject = '{id}' order by a.id desc limit 1"
            ),
        );
        assert!(warned.contains(said), "{mode}: {warned}");
        untouched(&seats).await;
        take_back(&window, "active", &format!("{mode} was tried")).await;
        told(&window, "It was taken back.").await;
        untouched(&seats).await;
        close_dialog(&window).await;
    }
    switch(&window, "live").await;
    window.visit_user(&id).await;
    suspend(&window, "live, ticket 4720").await;
    become_all(&seats, 3).await;
    take_back(&window, "active", "live was tried").await;
    become_all(&seats, 2).await;
    close_dialog(&window).await;

    let switched = psql(
        &person,
        "select string_agg(d.data #>> '{changes,0,after}', ' ' order by a.id) from console.audit as a
         join console.audit_data as d on d.audit_id = a.id
         where a.action = 'set_effect' and d.data ->> 'reason' like '%ticket 4719'",
    );
    assert_eq!(switched, "off shadow live", "and each switch is on record");
    window.trail_is_whole().await;
    window.close().await;
}

/// Puts a text of many lines into a field, as from the clipboard.
async fn paste(window: &Window, label: &str, text: String) {
    let script = "const [label, text] = arguments
        const named = [...document.querySelectorAll('dialog[open] label')].find((each) => each.innerText.trim() === label)
        const field = document.getElementById(named.htmlFor)
        field.value = text
        field.dispatchEvent(new Event('input', { bubbles: true }))";
    window.run(script, vec![label.into(), text.into()]).await;
}

async fn replace_key(window: &Window, key: &str, reason: &str) {
    let button = "document.querySelector('[data-testid=secret] button')";
    window.run(&format!("{button}.click()"), Vec::new()).await;
    window.fill("API key of an administrator", key).await;
    window.fill("Reason", reason).await;
    window
        .click("dialog[open] button[type=submit]:enabled")
        .await;
}

/// Adds a cluster with that Kubernetes, first with a key that opens nothing, then with another cluster's kubeconfig; its
/// id. Its Hopsworks is that of another one.
pub(super) async fn add_cluster(
    window: &Window,
    person: &Person,
    kubernetes: &NewKubernetes,
) -> String {
    window.visit_clusters("").await;
    let of = |column: &str| {
        let known = "from public.hopsworks_clusters where name = 'hops-eu-north'";
        psql(person, &format!("select {column} {known}"))
    };
    window.choose_theme(Theme::Dark).await;
    bring_axe(window).await;
    window.click_words("Add cluster").await;
    window.find("dialog[open] textarea").await;
    axe_finds_nothing_now(window, Theme::Dark, "adding a cluster").await;
    window.fill("Name", "hops-nowhere").await;
    window
        .fill("Address of its Hopsworks", &of("api_url"))
        .await;
    window.fill("Seats", "3").await;
    window
        .fill("API key of an administrator", "canary.of-nobody")
        .await;
    paste(window, "Kubeconfig", of("kubeconfig")).await;
    window.fill("Reason", "a new region, ticket 4721").await;
    window
        .click("dialog[open] button[type=submit]:enabled")
        .await;
    // What does not open it is not kept.
    window.shows("Hopsworks:").await;
    let there = "select count(*) from public.hopsworks_clusters where name like 'hops-nowhere%'";
    assert_eq!(psql(person, there), "0");
    window
        .fill("API key of an administrator", &of("api_key"))
        .await;
    window
        .click("dialog[open] button[type=submit]:enabled")
        .await;
    // Nor what opens another cluster than the one that is meant.
    window
        .shows(
            "what this kubeconfig opens is the cluster hops-eu-north, which is on record already",
        )
        .await;
    assert_eq!(psql(person, there), "0");
    paste(window, "Kubeconfig", kubernetes.kubeconfig.clone()).await;
    window
        .click("dialog[open] button[type=submit]:enabled")
        .await;
    window
        .until(
            "that it is added",
            "!document.querySelector('dialog[open]')",
        )
        .await;
    psql(
        person,
        "select id from public.hopsworks_clusters where name like 'hops-nowhere%'",
    )
}

/// Replaces its key, first by one that opens nothing.
async fn replace_its_key(window: &Window, person: &Person, id: &str) {
    let key = psql(
        person,
        "select api_key from public.hopsworks_clusters where name = 'hops-eu-north'",
    );
    replace_key(window, "canary.of-nobody", "a new key, ticket 4722").await;
    window.shows("Hopsworks:").await;
    window
        .press_until(
            "Escape",
            "that it is left",
            "!document.querySelector('dialog[open]')",
        )
        .await;
    replace_key(window, &key, "a new key, ticket 4722").await;
    window
        .until(
            "that it is replaced",
            "!document.querySelector('dialog[open]')",
        )
        .await;
    let former = format!("select count(*) from console.former_secrets where cluster_id = '{id}'");
    assert_eq!(
        psql(person, &former),
        "1",
        "what was replaced can come back"
    );
    window
        .until(
            "a page without the key, typed or shown",
            "![document.documentElement.outerHTML, ...[...document.querySelectorAll('input, textarea')].map((field) => field.value)]
               .some((text) => text.includes('canary.of-nobody'))",
        )
        .await;
}

#[tokio::test]
async fn a_cluster_is_added_edited_opened_drained_and_retired() {
    let person = Person::new("founding").await;
    let window = person.at_work().await;
    let kubernetes = NewKubernetes::start("hops-nowhere").await;
    let id = add_cluster(&window, &person, &kubernetes).await;
    let column = |column: &str| {
        psql(
            &person,
            &format!(
                "select {column} from public.hopsworks_clusters where name like 'hops-nowhere%'"
            ),
        )
    };
    assert_eq!(column("status"), "maintenance", "it takes nobody at first");
    assert_eq!(
        column("api_key || coalesce(kubeconfig, '')"),
        "",
        "nothing of it is in plain"
    );
    window
        .until(
            "sealed secrets",
            r"(() => {
                const secrets = [...document.querySelectorAll('[data-testid=secret]')].map((each) => each.innerText);
                return secrets.length === 2 && secrets.every((text) => /sealed\s+To the sandbox\./.test(text));
            })()",
        )
        .await;
    // It is opened again to look at the cluster: by this console, which has the sandbox's key.
    window
        .until(
            "what it carries",
            "document.querySelectorAll('[data-testid=resource]').length >= 5",
        )
        .await;

    replace_its_key(&window, &person, &id).await;
    let steps = [
        ("Edit", "max_users", "5"),
        ("Open for new users", "status", "active"),
        ("Take no new users", "status", "maintenance"),
        ("Retire", "status", "inactive"),
    ];
    for (action, changed, to) in steps {
        window.begin_action(action).await;
        if action == "Edit" {
            window.fill("Seats", "5").await;
        }
        window
            .fill("Reason", &format!("{action}, ticket 4721"))
            .await;
        window.send_dialog().await;
        assert_eq!(column(changed), to, "{action}");
    }
    let trail = psql(
        &person,
        &format!(
            "select string_agg(action, ' ' order by id) from console.audit where subject = '{id}'"
        ),
    );
    assert_eq!(
        trail,
        "add_cluster replace_secret replace_secret replace_secret edit_cluster reopen_cluster drain_cluster retire_cluster"
    );
    // What is retired says why it cannot be again.
    window.click("[data-testid=actions]").await;
    window
        .until(
            "the reason beside what cannot be done",
            "[...document.querySelectorAll('[role=menuitem][aria-disabled=true]')].some((item) =>
               item.innerText.trim() === 'Retire' && document.getElementById(item.getAttribute('aria-describedby'))?.innerText === 'Retired already.')",
        )
        .await;
    for table in ["console.cluster_secrets", "console.former_secrets"] {
        psql(
            &person,
            &format!("delete from {table} where cluster_id = '{id}'"),
        );
    }
    psql(
        &person,
        &format!("delete from public.hopsworks_clusters where id = '{id}'"),
    );
    window.close().await;
}
