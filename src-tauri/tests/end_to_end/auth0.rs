//! What Auth0 knows of a customer in the real window, and what staff decide there: blocked, taken back, asked for
//! a proof of the address; and what the page says while Auth0 is away, limits us or knows nobody.

use std::sync::Arc;

use hopsdesk::domain::clock::Clock as _;
use hopsdesk::sandbox::auth0::SimulatedAuth0;
use hopsdesk::sandbox::auth0::customers::Customer;
use hopsdesk::sandbox::auth0::management::MANAGEMENT_CLIENT_ID;
use hopsdesk::secrets::Secret;
use serde_json::{Value, json};

use super::accessibility::axe_finds_nothing;
use super::driver::{Theme, Window, patiently};
use super::elsewhere::{close_dialog, confirm, take_back, told};
use super::exports::psql;
use super::settings::{PASSWORD, files_with, is_open, items_in_keychain, login};
use super::staffed::{RealClock, RealRandom};
use super::world::{Person, database};
use crate::support::database::Kind;
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

/// Sound by axe, and on picture in both themes and at two sizes, for whoever wants to look.
async fn looks_right(window: &Window, person: &Person, what: &str) {
    axe_finds_nothing(window, what).await;
    std::fs::create_dir_all(&person.start.evidence).expect("a folder");
    for (width, height) in [(1920, 1080), (1280, 800)] {
        window.resize(width, height).await;
        for theme in [Theme::Dark, Theme::Light] {
            window.choose_theme(theme).await;
            window.at_rest().await;
            let name = format!("{}-{width}-{}.png", what.replace(' ', "-"), theme.word());
            let picture = window.picture().await;
            std::fs::write(person.start.evidence.join(name), picture).expect("a picture");
        }
    }
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
    looks_right(&window, &person, "how somebody signs in").await;

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
    looks_right(
        &window,
        &person,
        "how somebody signed in before Auth0 went away",
    )
    .await;
    let stale = window
        .ask("document.querySelectorAll('[data-testid=data-age].stale').length")
        .await;
    assert_eq!(stale, 0, "the database is as current as ever");

    // Limited, with nothing read before: until when, and then the way back.
    behind.manners(json!({ "limited_for": 4 })).await;
    let address = format!("#/users/{}", second.replace('|', "%7C"));
    window.visit(&address).await;
    panel_says(&window, "lets nobody ask more until").await;
    looks_right(
        &window,
        &person,
        "somebody of whom Auth0 tells nothing for now",
    )
    .await;
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

const CANARY: &str = "canary-secret-of-the-management-api-7c1e";

#[tokio::test]
async fn what_opens_auth0_is_given_in_settings_kept_in_the_keychain_alone_and_taken_back() {
    install_tls();
    let database = database(Kind::Managed).await;
    let login = login(&database);
    database.psql("insert into public.users (id, email, name) values ('auth0|ada', 'ada@firm.example', 'Ada Example')");
    let (clock, random) = (Arc::new(RealClock), Arc::new(RealRandom));
    let now = clock.now();
    let tenant = SimulatedAuth0::new(Vec::new(), clock, random).expect("keys");
    let ada = Customer {
        subject: "auth0|ada".to_owned(),
        email: "ada@firm.example".to_owned(),
        verified: true,
        name: "Ada Example".to_owned(),
        created_at: now,
        updated_at: now,
        last_login: Some(now),
        logins: 3,
        ip: "203.0.113.7".to_owned(),
        blocked: false,
        verifications: 0,
    };
    tenant.manage(Secret::new(CANARY.to_owned()), [ada]);
    let serving = tenant.serve(0).await.expect("a port");

    let person = Person::new("giving-auth0").await;
    let window = person.at_work().await;
    let before = items_in_keychain();
    window.visit_settings().await;
    window.fill("Name", "Staffed").await;
    window.click_words("Staging").await;
    let address = format!("127.0.0.1:{}/{}", database.cluster.port, database.name);
    let url = format!("postgresql://{login}:{PASSWORD}@{address}");
    window.fill("Connection string", &url).await;
    window.click_words("Add database").await;
    is_open(&window, "Staffed", "staging").await;

    window.visit("#/users/auth0%7Cada").await;
    panel_says(&window, "This console has nothing to ask Auth0 with.").await;
    looks_right(
        &window,
        &person,
        "a page of a console that cannot ask Auth0",
    )
    .await;
    window.click("[data-testid=sign-ins] a").await;
    window.shows("Auth0 Management API").await;
    window.fill("Tenant", &serving.domain()).await;
    window
        .fill("Management client id", MANAGEMENT_CLIENT_ID)
        .await;
    window.fill("Client secret", "another one").await;
    window.click_words("Check and keep").await;
    window.shows("Auth0 refuses the client id or secret").await;
    assert_eq!(items_in_keychain(), before + 1, "the password alone");
    looks_right(&window, &person, "what Auth0 refused in Settings").await;
    window.fill("Client secret", CANARY).await;
    window.click_words("Check and keep").await;
    window.shows("Forget it").await;
    assert_eq!(items_in_keychain(), before + 2, "and the secret");
    window.shows("Secret of Auth0’s Management API").await;
    looks_right(&window, &person, "Auth0 in Settings").await;
    window.visit("#/users/auth0%7Cada").await;
    panel_says(&window, "Latest tries").await;
    window.close().await;

    // The next start has it from the keychain, and from nowhere else.
    let window = person.open().await;
    is_open(&window, "Staffed", "staging").await;
    window.visit("#/users/auth0%7Cada").await;
    panel_says(&window, "Latest tries").await;
    for folder in [&person.start.home, &person.start.evidence] {
        assert_eq!(files_with(folder, CANARY), Vec::<String>::new());
    }
    window.visit("#/settings").await;
    window.click_words("Forget it").await;
    window.shows("Check and keep").await;
    assert_eq!(items_in_keychain(), before + 1);
    window.visit("#/users/auth0%7Cada").await;
    panel_says(&window, "nothing to ask Auth0 with").await;
    window.close().await;
    database.psql(&format!("drop owned by \"{login}\"; drop role \"{login}\""));
}
