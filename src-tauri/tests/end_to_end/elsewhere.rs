//! What staff decide in the real window reaches the clusters: a team is suspended and taken back, and the same
//! while its Hopsworks is down for a while.

use serde_json::{Value, json};

use super::driver::{Window, patiently};
use super::exports::psql;
use super::world::Person;
use crate::support::install_tls;

/// Somebody on a cluster: where it answers, with which key, and their number there.
pub(super) struct Seat {
    url: String,
    key: String,
    number: String,
}

/// Owners of teams whose people all have a seat and a number on a cluster.
const TEAM: &str = "
  select o.id from public.users o
  where o.status = 'active' and o.account_owner_id is null and o.name is not null
    and (select count(*) from public.users m where m.account_owner_id = o.id) between 1 and 4
    and not exists (
      select from public.users p
      left join public.user_hopsworks_assignments a on a.user_id = p.id
      where (p.id = o.id or p.account_owner_id = o.id) and (a.hopsworks_user_id is null or p.status <> 'active'))
  order by o.id limit 1";

pub(super) fn seats(person: &Person, owner: &str) -> Vec<Seat> {
    psql(
        person,
        &format!(
            "select k.api_url, k.api_key, a.hopsworks_user_id
             from public.user_hopsworks_assignments a
             join public.users u on u.id = a.user_id
             join public.hopsworks_clusters k on k.id = a.hopsworks_cluster_id
             where u.id = '{owner}' or u.account_owner_id = '{owner}'"
        ),
    )
    .lines()
    .map(|line| {
        let mut parts = line.split('|').map(str::to_owned);
        let mut next = || parts.next().expect("a column");
        Seat {
            url: next(),
            key: next(),
            number: next(),
        }
    })
    .collect()
}

/// The status that each of them has in Hopsworks.
pub(super) async fn statuses(seats: &[Seat]) -> Vec<i64> {
    let client = reqwest::Client::new();
    let mut all = Vec::new();
    for seat in seats {
        let url = format!("{}/hopsworks-api/api/admin/users/{}", seat.url, seat.number);
        let request = client
            .get(url)
            .header("Authorization", format!("ApiKey {}", seat.key));
        let answer: Value = request
            .send()
            .await
            .expect("the cluster answers")
            .json()
            .await
            .expect("JSON");
        let status = &answer["status"];
        let named = match status.as_str() {
            Some("ACTIVATED_ACCOUNT") => Some(2),
            Some("DEACTIVATED_ACCOUNT") => Some(3),
            _ => status.as_i64(),
        };
        all.push(named.unwrap_or_else(|| panic!("no status: {answer}")));
    }
    all
}

pub(super) async fn become_all(seats: &[Seat], status: i64) {
    patiently(&format!("status {status}"), async || {
        let there = statuses(seats).await;
        if there.iter().all(|each| *each == status) {
            Ok(())
        } else {
            Err(format!("{there:?} and not all {status}"))
        }
    })
    .await;
}

/// What is wrong with the clusters of these seats from now on.
async fn fault(seats: &[Seat], fault: Value) {
    let client = reqwest::Client::new();
    for seat in seats {
        let request = client
            .put(format!("{}/sandbox/fault", seat.url))
            .header("Authorization", format!("ApiKey {}", seat.key))
            .json(&fault);
        let answer = request.send().await.expect("the control answers");
        assert!(answer.status().is_success(), "{}", answer.status());
    }
}

pub(super) async fn suspend(window: &Window, reason: &str) {
    window.click_words("Actions").await;
    let item = "[...document.querySelectorAll('[role=menuitem]')].find((each) => each.innerText.trim() === 'Suspend')";
    window.until("what may be done", item).await;
    window.run(&format!("{item}.click()"), Vec::new()).await;
    confirm(window, "suspended", reason).await;
}

/// Waits for the exact change, says why, and does it.
pub(super) async fn confirm(window: &Window, change: &str, reason: &str) {
    let shown =
        format!("document.querySelector('dialog[open] form')?.innerText.includes('{change}')");
    window.until("the exact change", &shown).await;
    window.fill("Reason", reason).await;
    window
        .run(
            "document.querySelector('dialog[open] button[type=submit]').click()",
            Vec::new(),
        )
        .await;
}

/// What the dialog says of the other systems.
pub(super) async fn told(window: &Window, words: &str) {
    patiently(&format!("{words} in the dialog"), async || {
        let text = window
            .ask("document.querySelector('dialog[open]')?.innerText ?? ''")
            .await;
        let text = text.as_str().unwrap_or_default().to_owned();
        if text.contains(words) {
            Ok(())
        } else {
            Err(format!("not {words}: {text}"))
        }
    })
    .await;
}

pub(super) async fn take_back(window: &Window, change: &str, reason: &str) {
    let undo = "[...document.querySelectorAll('dialog[open] button')].find((each) => each.innerText.trim().startsWith('Undo'))";
    window.until("the way back", undo).await;
    window.run(&format!("{undo}.click()"), Vec::new()).await;
    window
        .until(
            "the question why",
            "document.querySelector('dialog[open] h2')?.innerText.trim() === 'Undo'",
        )
        .await;
    confirm(window, change, reason).await;
}

pub(super) async fn close_dialog(window: &Window) {
    let close = "[...document.querySelectorAll('dialog[open] button')].find((each) => each.innerText.trim() === 'Close')";
    window.until("the end of it", close).await;
    window.run(&format!("{close}.click()"), Vec::new()).await;
}

#[tokio::test]
async fn a_team_is_suspended_on_its_cluster_and_taken_back_also_when_hopsworks_is_down() {
    install_tls();
    let person = Person::new("elsewhere").await;
    let window = person.at_work().await;
    let owner = psql(&person, TEAM);
    assert!(!owner.is_empty(), "the samples have such a team");
    let seats = seats(&person, &owner);
    assert!(seats.len() > 1, "an owner and a member at least");
    become_all(&seats, 2).await;
    window.visit_user(&owner).await;

    suspend(&window, "fraud, ticket 4712").await;
    told(&window, "done").await;
    become_all(&seats, 3).await;
    take_back(&window, "active", "the wrong team").await;
    become_all(&seats, 2).await;
    close_dialog(&window).await;

    fault(&seats, json!({ "fault": "answer", "status": 503 })).await;
    suspend(&window, "fraud, ticket 4713").await;
    told(&window, "under way").await;
    told(&window, "Tried").await;
    fault(&seats, json!({ "fault": "none" })).await;
    told(&window, "done").await;
    become_all(&seats, 3).await;
    take_back(&window, "active", "the wrong team again").await;
    become_all(&seats, 2).await;
    close_dialog(&window).await;

    window.trail_is_whole().await;
    window.close().await;
}
