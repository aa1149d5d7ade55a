//! What Auth0 knows of a customer in the real window, and what staff decide there: blocked, taken back, asked for
//! a proof of the address; and what the page says while Auth0 is away, limits us or knows nobody.

use serde_json::{Value, json};

use super::accessibility::axe_finds_nothing;
use super::driver::{Window, patiently};
use super::elsewhere::{close_dialog, confirm, take_back, told};
use super::exports::psql;
use super::world::Person;
use crate::support::install_tls;

/// People who came lately, by password.
const PEOPLE: &str = "
  select id from public.users
  where status = 'active' and id like 'auth0|%' and name is not null and last_login_at > now() - interval '20 days'
  order by id limit 60";

/// The words of the panel.
const PANEL: &str = "document.querySelector('[data-testid=sign-ins]')?.innerText ?? ''";

/// The sandbox's Auth0, from behind.
struct Behind {
    client: reqwest::Client,
    domain: String,
    secret: String,
}

impl Behind {
    fn of(person: &Person) -> Self {
        let file = std::fs::read_to_string(person.start.sandbox.join("auth0"));
        let file = file.expect("the sandbox says where its Auth0 is");
        let (port, secret) = file
            .trim_end()
            .split_once(' ')
            .expect("a port and a secret");
        Self {
            client: reqwest::Client::new(),
            domain: format!("http://127.0.0.1:{port}"),
            secret: secret.to_owned(),
        }
    }

    async fn user(&self, id: &str) -> Value {
        let url = format!("{}/sandbox/users/{}", self.domain, id.replace('|', "%7C"));
        let asked = self.client.get(url).bearer_auth(&self.secret);
        let answer = asked.send().await.expect("it answers");
        answer.json().await.expect("JSON")
    }

    async fn becomes(&self, id: &str, field: &str, value: Value) {
        patiently(&format!("{field} {value}"), async || {
            let there = self.user(id).await;
            if there[field] == value {
                Ok(())
            } else {
                Err(format!("{there}"))
            }
        })
        .await;
    }

    async fn manners(&self, faults: Value) {
        let url = format!("{}/sandbox/manners", self.domain);
        let asked = self.client.put(url).bearer_auth(&self.secret).json(&faults);
        let answer = asked.send().await.expect("it answers");
        assert!(answer.status().is_success(), "{}", answer.status());
    }
}

async fn panel_says(window: &Window, words: &str) {
    let words_json = json!(words);
    window
        .until(
            &format!("{words} about the sign-in"),
            &format!("({PANEL}).includes({words_json})"),
        )
        .await;
}

/// A button of the panel.
async fn press(window: &Window, word: &str) {
    let button = format!(
        "[...document.querySelectorAll('[data-testid=sign-ins] button')].find((each) => each.innerText.trim() === '{word}')"
    );
    window.until(word, &button).await;
    window.run(&format!("{button}.click()"), Vec::new()).await;
}

/// As when the window is looked at again: what it shows is read anew.
async fn look_again(window: &Window) {
    let again = "document.dispatchEvent(new Event('visibilitychange'))";
    window.run(again, Vec::new()).await;
}

#[tokio::test]
async fn a_customer_is_blocked_at_auth0_from_their_page_taken_back_and_asked_for_a_proof() {
    install_tls();
    let person = Person::new("at-auth0").await;
    let window = person.at_work().await;
    let behind = Behind::of(&person);
    let people = psql(&person, PEOPLE);
    let people: Vec<&str> = people.lines().collect();
    let somebody = people[0];
    assert_eq!(behind.user(somebody).await["blocked"], false);

    window.visit_user(somebody).await;
    panel_says(&window, "Latest tries").await;
    panel_says(&window, "signed in").await;
    let words = window.ask(PANEL).await.to_string();
    assert!(words.contains("127.0.0.1:"), "where it comes from: {words}");
    axe_finds_nothing(&window, "how somebody signs in").await;

    press(&window, "Block").await;
    confirm(&window, "blocked at Auth0", "stolen password, ticket 4714").await;
    told(&window, "done").await;
    behind.becomes(somebody, "blocked", json!(true)).await;
    take_back(&window, "blocked at Auth0", "the wrong one").await;
    behind.becomes(somebody, "blocked", json!(false)).await;
    close_dialog(&window).await;
    press(&window, "Block").await;
    confirm(&window, "blocked at Auth0", "stolen after all").await;
    close_dialog(&window).await;
    behind.becomes(somebody, "blocked", json!(true)).await;
    panel_says(&window, "blocked").await;
    press(&window, "Unblock").await;
    confirm(&window, "blocked at Auth0", "a new password is set").await;
    close_dialog(&window).await;
    behind.becomes(somebody, "blocked", json!(false)).await;
    panel_says(&window, "yes").await;

    let mut unproven = None;
    for id in &people {
        if behind.user(id).await["verified"] == false {
            unproven = Some(*id);
            break;
        }
    }
    let unproven = unproven.expect("somebody who has not proved their address");
    window.visit_user(unproven).await;
    panel_says(&window, "not verified").await;
    press(&window, "Resend").await;
    confirm(
        &window,
        "send the verification e-mail",
        "asked for it on the phone",
    )
    .await;
    told(&window, "done").await;
    behind.becomes(unproven, "verifications", json!(1)).await;
    close_dialog(&window).await;
    window.close().await;
}

#[tokio::test]
async fn the_page_says_what_is_wrong_at_auth0_and_keeps_what_it_was_told() {
    install_tls();
    let person = Person::new("without-auth0").await;
    let window = person.at_work().await;
    let behind = Behind::of(&person);
    let people = psql(&person, PEOPLE);
    let mut people = people.lines();
    let (first, second) = (
        people.next().expect("somebody"),
        people.next().expect("another"),
    );

    // Down, with something read before; the rest of the page does not care.
    window.visit_user(first).await;
    panel_says(&window, "Latest tries").await;
    behind.manners(json!({ "down": true })).await;
    look_again(&window).await;
    panel_says(&window, "Auth0 does not answer.").await;
    panel_says(&window, "Latest tries").await;
    panel_says(&window, "not updating").await;
    axe_finds_nothing(&window, "how somebody signed in before Auth0 went away").await;
    let stale = window
        .ask("document.querySelectorAll('[data-testid=data-age].stale').length")
        .await;
    assert_eq!(stale, 0, "the database is as current as ever");

    // Limited, with nothing read before: until when, and then the way back.
    behind.manners(json!({ "limited_for": 4 })).await;
    let address = format!("#/users/{}", second.replace('|', "%7C"));
    window.visit(&address).await;
    panel_says(&window, "lets nobody ask more until").await;
    axe_finds_nothing(&window, "somebody of whom Auth0 tells nothing for now").await;
    behind.manners(json!({ "without_logs": true })).await;
    patiently("what Auth0 says after the pause", async || {
        window
            .run("[...document.querySelectorAll('[data-testid=sign-ins] button')].find((each) => each.innerText.trim() === 'Try again')?.click()", Vec::new())
            .await;
        let words = window.ask(PANEL).await.to_string();
        if words.contains("read:logs_users") { Ok(()) } else { Err(words) }
    })
    .await;
    panel_says(&window, "May sign in").await;
    behind.manners(json!({})).await;

    // Registered here, and removed there.
    psql(
        &person,
        "insert into public.users (id, email, name) values ('auth0|e2e-unknown', 'e2e-unknown@nowhere.example', 'Nova Unknown')",
    );
    window.visit_user("auth0|e2e-unknown").await;
    panel_says(&window, "Auth0 knows nobody with this id").await;
    psql(
        &person,
        "delete from public.users where id = 'auth0|e2e-unknown'",
    );
    window.close().await;
}
