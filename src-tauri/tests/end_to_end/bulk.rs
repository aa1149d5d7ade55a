//! A bulk in the real window: cut off in the middle by the death of the console, gone on with by the next, and taken
//! back as a whole.

use std::process::{Child, Stdio};

use serde_json::json;

use super::driver::{Window, patiently};
use super::exports::{psql, session};
use super::world::Person;

/// People of our own: one is suspended already, 111 are not; more than one call's worth.
const PEOPLE: &str = "
  insert into public.users (id, email, name, status)
  select 'bulk|' || lpad(n::text, 3, '0'), n || '@bulk.example', 'Bulk ' || n, case n when 7 then 'suspended' else 'active' end
  from generate_series(1, 112) as n";

/// Whoever would be acted on, in the order in which it happens.
const READY: &str = "[...document.querySelectorAll('dialog[open] tbody tr')]
    .filter((row) => row.cells[1].innerText.includes('ready')).map((row) => row.cells[0].querySelector('[title]').title)";

/// Lines of the dialog that say a word.
fn lines(word: &str) -> String {
    format!(
        "[...document.querySelectorAll('dialog[open] tbody tr')].filter((row) => row.cells[1].innerText.trim() === '{word}').length"
    )
}

/// A session that keeps one person's row to itself until it is dropped.
struct Hold(Child);

impl Hold {
    async fn on(person: &Person, id: &str) -> Self {
        let mut child = session(person)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("psql runs");
        let input = child.stdin.as_mut().expect("its input");
        let sql = format!("begin; select from public.users where id = '{id}' for update;\n");
        std::io::Write::write_all(input, sql.as_bytes()).expect("psql listens");
        equal(
            person,
            "select count(*) from pg_stat_activity where state = 'idle in transaction' and query like '%for update%'",
            "1",
        )
        .await;
        Self(child)
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// Waits until the database answers this.
async fn equal(person: &Person, sql: &str, expected: &str) {
    patiently(sql, async || {
        let answer = psql(person, sql);
        if answer == expected {
            Ok(())
        } else {
            Err(format!("{answer}, not {expected}"))
        }
    })
    .await;
}

async fn says(window: &Window, words: &str) {
    let words = json!(words);
    window
        .until(
            "how far it is",
            &format!(
                "document.querySelector('dialog[open] [role=status]')?.innerText.includes({words})"
            ),
        )
        .await;
}

async fn send(window: &Window) {
    window
        .click("dialog[open] button[type=submit]:enabled")
        .await;
}

/// Ticks everybody of the list at an address, and begins an action on all of them.
async fn begin(window: &Window, query: &str, how_many: usize, action: &str) {
    window.visit_users(query).await;
    window
        .until(
            "all of them",
            &format!(
                "document.querySelector('.scroller').scrollTo(0, 1e9),
                 document.querySelector('main table').getAttribute('aria-rowcount') === '{}'",
                how_many + 1
            ),
        )
        .await;
    window.click("thead input[type=checkbox]").await;
    window.shows(&format!("{how_many} selected")).await;
    window.click("[data-testid=bulk]").await;
    let item = format!(
        "[...document.querySelectorAll('[role=menuitem]')].find((each) => each.innerText.trim() === '{action}')"
    );
    window.until("the action", &format!("!!{item}")).await;
    window.run(&format!("{item}.click()"), Vec::new()).await;
}

#[tokio::test]
#[expect(
    clippy::too_many_lines,
    reason = "one story in one window, told in its order"
)]
async fn a_bulk_whose_console_is_killed_in_the_middle_is_gone_on_with_and_taken_back() {
    let person = Person::new("bulk").await;
    let window = person.at_work().await;
    psql(&person, PEOPLE);
    begin(&window, "?q=bulk.example", 112, "Suspend").await;
    says(&window, "111 users ready; 1 left out").await;
    let ready: Vec<String> =
        serde_json::from_value(window.ask(READY).await).expect("whoever is ready");
    assert_eq!(ready.len(), 111);

    // The second call waits for somebody's row, and does not get it.
    let hold = Hold::on(&person, &ready[105]).await;
    window
        .fill("Reason, for all of them", "an unpaid bill, ticket 4714")
        .await;
    send(&window).await;
    let done = "select count(*) from console.bulk_done as d join console.bulks as b using (login, client_key)
        where b.reason = 'an unpaid bill, ticket 4714'";
    equal(&person, done, "100").await;
    let acting = "select count(*) from pg_stat_activity where state = 'active' and wait_event_type = 'Lock' and query like '%act_many%'";
    equal(&person, acting, "1").await;
    window.kill().await;
    // Nobody is there any more to say that what the second call does is to stay.
    drop(hold);
    equal(
        &person,
        &acting.replace(
            "and wait_event_type = 'Lock'",
            "and pid <> pg_backend_pid()",
        ),
        "0",
    )
    .await;
    assert_eq!(psql(&person, done), "100", "what was cut off is not there");
    let gone = psql(
        &person,
        &format!(
            "update public.users set status = 'suspended' where id = '{}' returning id",
            ready[108]
        ),
    );
    assert_eq!(gone, ready[108], "somebody else was quicker with one");

    // It comes up where it was left: on the list of users.
    let window = person.open().await;
    window
        .until(
            "what was left",
            "document.querySelector('[data-testid=bulk-left]')?.innerText.includes('was cut off after 100')",
        )
        .await;
    window.click_words("Go on …").await;
    says(&window, "Stopped at 0 of 11").await;
    assert_eq!(window.ask(&lines("done")).await, json!(100));
    send(&window).await;
    says(&window, "110 users done, 1 not.").await;
    assert_eq!(
        window
            .ask("document.querySelector('dialog[open] tbody tr').innerText.replaceAll('\\n', ' ').replaceAll('\\t', ' ')")
            .await
            .as_str()
            .map(|line| line.contains("not done") && line.contains("Already suspended.")),
        Some(true),
        "the one that was not done comes first and says why"
    );
    let trail = "select count(*) || ' ' || count(distinct a.subject) from console.audit as a
        join console.audit_data as d on d.audit_id = a.id
        where a.action = '{action}' and d.data ->> 'reason' = '{reason}'";
    let of = |action: &str, reason: &str| {
        psql(
            &person,
            &trail
                .replace("{action}", action)
                .replace("{reason}", reason),
        )
    };
    assert_eq!(
        of("suspend_account", "an unpaid bill, ticket 4714"),
        "110 110",
        "each is on record, and once"
    );
    let suspended =
        "select count(*) from public.users where id like 'bulk|%' and status = 'suspended'";
    assert_eq!(psql(&person, suspended), "112");

    window.click_words("Undo all …").await;
    says(&window, "All 110 are ready.").await;
    window
        .fill("Reason, for all of them", "it was paid, ticket 4715")
        .await;
    send(&window).await;
    says(&window, "Done for 110").await;
    assert_eq!(
        psql(&person, suspended),
        "2",
        "those it did not suspend stay"
    );
    assert_eq!(
        of("reactivate_account", "it was paid, ticket 4715"),
        "110 110"
    );
    window.click_words("Close").await;
    window
        .until(
            "that nothing is left to go on with",
            "!document.querySelector('[data-testid=bulk-left]')",
        )
        .await;

    window.trail_is_whole().await;
    psql(&person, "delete from public.users where id like 'bulk|%'");
    window.close().await;
}
