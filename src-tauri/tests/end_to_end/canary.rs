//! Secrets with a name of their own are put in every place a secret can enter the console; after whole sessions
//! that end in a crash they are looked for in every place they must not be: the page, what the core said to it,
//! the log at its finest, and every file of the home, the engine's own included. So are the customers who were
//! looked at: nothing is kept for reading offline, and a stolen laptop has nothing to read.
//!
//! A picture of the window shows what the page holds, so the page stands for it here.

use hopsdesk::sandbox::auth0::CLIENT_ID;
use hopsdesk::secrets::keychain;
use nix::sys::signal::Signal;
use serde_json::json;

use super::driver::Window;
use super::service::FORTY;
use super::settings::{files_with, holds};
use super::staffed::{ADA, CODE, added, asked_for_users, confirm, tenant};
use super::world::{Person, database};
use crate::support::database::Kind;

/// Notes every answer of the core. What is asked is what a person types, so it holds what they pasted.
pub(super) const LISTEN: &str = "window.heard = []
    const fetched = window.fetch
    window.fetch = async (...asked) => {
      const answer = await fetched(...asked)
      answer.clone().text().then((text) => window.heard.push(text))
      return answer
    }";

/// All that the page holds: its tree, its fields, what it keeps for itself.
const PAGE: &str = "document.documentElement.outerHTML
    + [...document.querySelectorAll('input, textarea')].map((each) => each.value).join('\\n')
    + JSON.stringify(localStorage) + JSON.stringify(sessionStorage)";

/// Fails if any of the secrets is on the page or was said to it.
pub(super) async fn silent(window: &Window, secrets: &[String], at: &str) {
    let said = window
        .ask(&format!("[{PAGE}, (window.heard ?? []).join('\\n')]"))
        .await;
    for secret in secrets {
        for (place, text) in ["the page", "an answer of the core"]
            .iter()
            .zip(said.as_array().expect("both"))
        {
            let text = text.as_str().expect("text");
            assert!(
                !text.contains(secret.as_str()),
                "{at}: {place} holds {secret}"
            );
        }
    }
}

#[expect(clippy::too_many_lines, reason = "one story, told in its order")]
#[tokio::test]
async fn no_secret_and_no_customer_is_left_in_any_place_where_it_must_not_be() {
    let database = database(Kind::Managed).await;
    database.psql(FORTY);
    // What the service itself keeps: a key of a cluster.
    database.psql("update public.hopsworks_clusters set api_key = 'canary-cluster-key'");
    let login = format!("ada_{}", database.name);
    let code = added(&database, &login).await;
    let (tenant, serving) = tenant().await;
    let mut person = Person::new("canaries").await;
    let log = person.start.evidence.join("console.log");
    let _ = std::fs::remove_file(&log);
    person.start.environment = vec![
        ("RUST_LOG", "trace".to_owned()),
        ("AUTH0_WEBHOOK_SECRET", "canary-webhook-secret".to_owned()),
        (
            "AUTH0_MANAGEMENT_CLIENT_SECRET",
            "canary-client-secret".to_owned(),
        ),
        ("STRIPE_API_KEY", "sk_live_canary0stripe0key".to_owned()),
        (
            "SUPABASE_SERVICE_ROLE_KEY",
            "canary-service-role".to_owned(),
        ),
    ];
    let mut secrets: Vec<String> = person.start.environment[1..]
        .iter()
        .map(|(_, value)| value.clone())
        .collect();
    secrets.extend(
        [
            "canary-cluster-key",
            "canary-in-url",
            "canary-searched",
            "canary-pasted",
            "canary-password",
        ]
        .map(str::to_owned),
    );
    secrets.push(code.clone());

    // A first session: a password that is refused, an address pasted where it does not belong, a code.
    let window = person.at_work().await;
    window.run(LISTEN, vec![]).await;
    window.visit_settings().await;
    let address = format!("127.0.0.1:{}/{}", database.cluster.port, database.name);
    window.fill("Name", "Canaried").await;
    window
        .fill(
            "Connection string",
            &format!("postgresql://{login}:canary-in-url@{address}"),
        )
        .await;
    window.fill("Password", "canary-password").await;
    window.click_words("Add database").await;
    window.shows("refused").await;
    silent(&window, &secrets, "refused").await;
    window
        .fill(
            "Connection string",
            &format!("postgresql://{login}@{address}"),
        )
        .await;
    window.fill("Password", "x").await;
    window
        .fill(
            "CA file (optional)",
            &format!("postgresql://{login}:canary-pasted@{address}"),
        )
        .await;
    window.click_words("Add database").await;
    window.shows("it was not kept").await;
    window.fill("CA file (optional)", "").await;
    window.click_words("A one-time code").await;
    window
        .fill("Auth0 domain (optional)", &serving.domain())
        .await;
    window.fill("Auth0 client id (optional)", CLIENT_ID).await;
    window.fill("One-time code", &code).await;
    window.click_words("Add database").await;
    window.shows("Nothing is shown before.").await;
    window.run(LISTEN, vec![]).await;
    confirm(&window, &tenant, Some(ADA)).await;
    window
        .until(
            "the overview",
            "document.querySelector('h1')?.innerText === 'Overview'",
        )
        .await;
    window.visit_users("").await;
    window.shows("person40@example.com").await;
    // Pasted into the search box by mistake.
    window.press(&["Control+k"]).await;
    window
        .write(&format!("postgresql://{login}:canary-searched@{address}"))
        .await;
    window
        .until(
            "what was typed",
            "document.activeElement.value?.includes('canary-searched')",
        )
        .await;
    window.press(&["Enter", "Escape", "Escape"]).await;
    window.visit("#/clusters").await;
    window.shows("eu-west-1").await;
    let settings = std::fs::read_to_string(person.settings_file()).expect("the settings");
    let id = settings.parse::<toml::Table>().expect("TOML")["open"]
        .as_str()
        .expect("an id")
        .to_owned();
    let password = keychain::fetch(&format!("{id}/database-password")).await;
    secrets.push(
        password
            .expect("a keychain")
            .expect("a password")
            .expose()
            .clone(),
    );
    secrets.extend(tenant.issued());
    silent(&window, &secrets, "at work").await;
    let heard = window.ask("window.heard.join('\\n')").await;
    assert!(
        heard
            .as_str()
            .expect("text")
            .contains("person40@example.com"),
        "it listens"
    );
    window.kill().await;

    // A second: refreshed, then the tenant and the database fail, then a crash of another kind.
    let window = person.open().await;
    window.run(LISTEN, vec![]).await;
    // It opens where it was left.
    window.shows("eu-west-1").await;
    let told = asked_for_users(&window).await;
    assert_eq!(told["answer"]["login"], json!(login), "{told}");
    for (command, arguments) in [
        ("workspaces", json!({})),
        ("keychain_items", json!({})),
        ("workspace_form", json!({ "id": id })),
        ("outside_settings", json!({})),
        ("elevate", json!({ "reason": "", "minutes": 0 })),
        ("user_profile", json!({ "id": "auth0|none" })),
    ] {
        let call = "const [command, given, done] = arguments
            window.__TAURI_INTERNALS__.invoke(command, given).then(() => done(), () => done())";
        window
            .run_later(call, vec![json!(command), arguments])
            .await;
    }
    tenant.end_all();
    secrets.extend(tenant.issued());
    window.visit_settings().await;
    window.click_words("Sign out").await;
    window.shows("You are signed out").await;
    tenant.behave(|manners| manners.down = true);
    window.click_words("Use a code").await;
    window.shows("Auth0 does not answer.").await;
    tenant.behave(|manners| manners.down = false);
    window.click_words("Use a code").await;
    window.until("a code", &format!("{CODE} ?? null")).await;
    secrets.extend(tenant.issued());
    silent(&window, &secrets, "after errors").await;
    window.crash(Signal::SIGABRT).await;

    let log = std::fs::read(log).expect("a log");
    assert!(holds(&log, "TRACE"), "the log is at its finest");
    for secret in &secrets {
        assert!(!holds(&log, secret), "the log holds {secret}");
        assert_eq!(
            files_with(&person.start.home, secret),
            Vec::<String>::new(),
            "{secret}"
        );
    }
    assert_ne!(
        files_with(&person.start.home, "Canaried"),
        Vec::<String>::new(),
        "it looks in the files"
    );
    for customer in ["person40@example.com", "Person 40"] {
        assert_eq!(
            files_with(&person.start.home, customer),
            Vec::<String>::new(),
            "{customer}"
        );
        assert!(!holds(&log, customer), "the log holds {customer}");
    }
    database.psql(&format!("drop owned by \"{login}\"; drop role \"{login}\""));
    for kind in ["database-password", "refresh-token"] {
        keychain::remove(&format!("{id}/{kind}"))
            .await
            .expect("a keychain");
    }
}
