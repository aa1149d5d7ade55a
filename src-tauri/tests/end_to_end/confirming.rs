//! Signing in by the browser of this machine, how long that takes, and showing once more who one is before
//! anything is changed.

use std::io::Write as _;
use std::process::Stdio;
use std::time::Instant;

use serde_json::json;

use super::accessibility::{axe_finds_nothing_now, bring_axe};
use super::driver::{Theme, Window};
use super::staffed::{ADA, EVE, Staffed, overview_is_there, tenant};
use super::world::Person;

/// What a browser does: reads the page, presses the button of somebody, follows the redirect.
async fn browse(address: &str, subject: &str) -> String {
    crate::support::install_tls();
    let browser = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a browser");
    let page = browser.get(address).send().await.expect("a page");
    let page = page.text().await.expect("a page");
    let mut form = vec![("subject".to_owned(), subject.to_owned())];
    for field in page.split("<input type=\"hidden\" name=\"").skip(1) {
        let (name, rest) = field.split_once('"').expect("a name");
        let value = rest.split('"').nth(1).expect("a value");
        form.push((name.to_owned(), value.replace("&amp;", "&")));
    }
    let answer = browser
        .post(address)
        .form(&form)
        .send()
        .await
        .expect("an answer");
    answer.text().await.expect("a page")
}

#[expect(clippy::disallowed_methods, reason = "what is measured is time")]
fn now() -> Instant {
    Instant::now()
}

/// Keeps a picture of the window beside the log, to be looked at.
async fn keep_picture(window: &Window, person: &Person, name: &str) {
    let picture = window.picture().await;
    std::fs::write(person.start.evidence.join(format!("{name}.png")), picture).expect("a picture");
}

/// Begins a time to write, from the badge at the top.
async fn elevate(window: &Window) {
    window.click("[data-testid=staff]").await;
    let reason = "Looking into ticket 4711";
    let typed = format!(
        "[...document.querySelectorAll('input')].some((each) => each.value === '{reason}')"
    );
    // A page that is just being drawn takes the focus out of the field.
    while window.ask(&typed).await != true {
        window.fill("Reason", reason).await;
    }
    window.click_words("Elevate for 15 minutes").await;
}

#[tokio::test]
async fn production_asks_who_is_there_once_more_before_anything_is_changed() {
    let (tenant, serving) = tenant().await;
    let person = Person::new("confirming").await;
    let staffed = Staffed::new(&person, &serving.domain(), "hopsdesk-sandbox").await;
    let settings = std::fs::read_to_string(person.settings_file()).expect("settings");
    let settings = settings.replace("kind = \"staging\"", "kind = \"production\"");
    std::fs::write(person.settings_file(), settings).expect("settings");

    let window = person.open().await;
    window.shows("Nothing is shown before.").await;
    let clicked = now();
    window.click_words("Continue in the browser").await;
    let address = person.sent_to(1).await;
    let ours = clicked.elapsed();
    let page = browse(&address, ADA).await;
    assert!(page.contains("You can close this tab"), "{page}");
    let back = now();
    let who = "document.querySelector('[data-testid=staff]')?.innerText.includes('Ada')";
    window.until("what the database says of Ada", who).await;
    let first = back.elapsed();
    // The first figures of a new database are being added up; they are there at the next start.
    overview_is_there(&window).await;
    println!(
        "sign-in: {} ms from the click to the provider, {} ms from its answer to the first data, {} ms to a page \
         that is whole",
        ours.as_millis(),
        first.as_millis(),
        back.elapsed().as_millis()
    );

    // The question looks right, in both themes and sizes.
    bring_axe(&window).await;
    for (number, theme, size) in [
        (2, Theme::Light, (1280, 800)),
        (3, Theme::Dark, (1920, 1080)),
    ] {
        window.resize(size.0, size.1).await;
        window.choose_theme(theme).await;
        elevate(&window).await;
        person.sent_to(number).await;
        window.shows("Is it you?").await;
        axe_finds_nothing_now(&window, theme, "the question who one is").await;
        keep_picture(&window, &person, &format!("is-it-you-{}", theme.word())).await;
        window.click_words("Cancel").await;
        window.shows("It was not confirmed.").await;
    }
    window.choose_theme(Theme::Light).await;

    // Somebody else, then somebody whose password was typed long ago, then nobody.
    elevate(&window).await;
    browse(&person.sent_to(4).await, EVE).await;
    window.shows("Somebody else signed in there.").await;
    tenant.behave(|manners| manners.typed_ago = time::Duration::hours(1));
    elevate(&window).await;
    browse(&person.sent_to(5).await, ADA).await;
    window.shows("did not ask for your password anew").await;
    tenant.behave(|manners| manners.typed_ago = time::Duration::ZERO);
    elevate(&window).await;
    person.sent_to(6).await;
    window.click_words("Cancel").await;
    window.shows("It was not confirmed.").await;
    let elevated = "document.querySelector('[data-testid=staff]').innerText.includes('Elevated')";
    assert_eq!(window.ask(elevated).await, false);

    // Ada, with her password: then it holds for a while.
    elevate(&window).await;
    let address = person.sent_to(7).await;
    assert!(
        address.contains("max_age=0") && address.contains("prompt=login"),
        "{address}"
    );
    assert!(
        !address.contains("offline_access"),
        "nothing to stay signed in with: {address}"
    );
    browse(&address, ADA).await;
    window.until("a time to write", elevated).await;
    window.click("[data-testid=staff]").await;
    window.click_words("End it now").await;
    window.until("the end of it", &format!("!{elevated}")).await;
    elevate(&window).await;
    window.until("a time to write, at once", elevated).await;
    assert_eq!(
        tenant.live_refresh_tokens(),
        1,
        "the confirmations left nothing behind"
    );
    window.close().await;
    staffed.end().await;
}

#[expect(clippy::too_many_lines, reason = "one story, told in its order")]
#[tokio::test]
async fn settings_are_changed_where_they_are_and_only_by_who_is_in() {
    let (tenant, serving) = tenant().await;
    let person = Person::new("changing").await;
    let staffed = Staffed::new(&person, &serving.domain(), "hopsdesk-sandbox").await;
    staffed.signed_in(&tenant, &serving).await;
    let mut settings = std::fs::read_to_string(person.settings_file()).expect("settings");
    settings.push_str("shade = \"teal\"\n");
    std::fs::write(person.settings_file(), settings).expect("settings");

    let window = person.open().await;
    overview_is_there(&window).await;
    window.visit_settings().await;
    bring_axe(&window).await;
    for (theme, size) in [(Theme::Dark, (1920, 1080)), (Theme::Light, (1280, 800))] {
        window.resize(size.0, size.1).await;
        window.choose_theme(theme).await;
        window.click("[aria-label='Change Staffed …']").await;
        window.shows("Settings of Staffed").await;
        window.shows("Idle minutes").await;
        axe_finds_nothing_now(&window, theme, "the settings of a workspace").await;
        let name = format!("settings-of-a-workspace-{}", theme.word());
        keep_picture(&window, &person, &name).await;
        if matches!(theme, Theme::Dark) {
            window.click_words("Cancel").await;
        }
    }
    window.click_words("Teal").await;
    window.fill_in("dialog", "Name", "Renamed").await;
    window
        .fill_in(
            "dialog",
            "Supabase URL (optional)",
            "postgresql://me:canary-7@h/postgres",
        )
        .await;
    window.click_words("Save").await;
    window.shows("it was not kept").await;
    window
        .fill_in(
            "dialog",
            "Supabase URL (optional)",
            "https://abcdefghijklmnopqrst.supabase.co",
        )
        .await;
    window
        .fill_in("dialog", "Idle minutes (optional)", "12")
        .await;
    window.click_words("Save").await;
    window.shows("Renamed was changed.").await;
    window
        .until(
            "its colour",
            "!!document.querySelector('.frame.colour-teal')",
        )
        .await;
    window.visit("#/overview").await;
    overview_is_there(&window).await;
    let on_file = std::fs::read_to_string(person.settings_file()).expect("settings");
    for kept in [
        "name = \"Renamed\"",
        "idle_minutes = 12",
        "colour = \"teal\"",
        "shade = \"teal\"",
        "supabase.co",
    ] {
        assert!(on_file.contains(kept), "{kept}: {on_file}");
    }
    assert!(!on_file.contains("canary-7"), "{on_file}");

    // An export that waits for a table ends with the sign-out, and leaves no file.
    let mut waits = staffed.database.tool("psql");
    let mut waits = waits
        .args(["-X", "-q", "-d", &staffed.database.name])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("psql runs");
    let mut holder = waits.stdin.take().expect("its input");
    writeln!(
        holder,
        "begin; lock table public.hopsworks_clusters in access exclusive mode;"
    )
    .expect("it takes a statement");
    let locked = "select 1 from pg_locks where relation = 'public.hopsworks_clusters'::regclass
                  and mode = 'AccessExclusiveLock' and granted";
    while staffed.database.psql(locked).trim().is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    let ask = "const [command, given, done] = arguments
        window.__TAURI_INTERNALS__.invoke(command, given).then(done, done)";
    let list =
        json!({ "list": "cluster_projects", "cluster": "00000000-0000-0000-0000-000000000001" });
    let order = json!({ "order": { "list": list, "format": "csv", "zone": null } });
    let begun = window
        .run_later(ask, vec![json!("export_list"), order])
        .await;
    assert_eq!(begun["state"]["state"], "running", "{begun}");

    // Signed out: what decides who may be in is not changed any more.
    window.visit_settings().await;
    window.click_words("Sign out").await;
    window.shows("You are signed out.").await;
    drop(holder);
    waits.wait().expect("psql ends");
    let exports = loop {
        let exports = window
            .run_later(ask, vec![json!("exports"), json!({})])
            .await;
        if exports[0]["state"]["state"] != "running" {
            break exports;
        }
    };
    assert_eq!(exports[0]["state"]["state"], "cancelled", "{exports}");
    let downloads = std::fs::read_dir(person.start.home.join("Downloads"));
    assert_eq!(
        downloads.into_iter().flatten().count(),
        0,
        "no file is left"
    );
    let change = "const [form, done] = [arguments[0], arguments[arguments.length - 1]]
        window.__TAURI_INTERNALS__.invoke('change_workspace', form).then(done, done)";
    let form = json!({ "id": staffed.id, "form": {
        "name": "Open to all", "kind": "staging", "url": "postgresql://me@127.0.0.1/x", "password": null
    } });
    let refused = window.run_later(change, vec![form]).await;
    assert_eq!(refused["code"], "sign_in", "{refused}");
    assert!(
        !std::fs::read_to_string(person.settings_file())
            .expect("settings")
            .contains("Open to all")
    );
    window.close().await;
    let broken = "open = \"x\"\n[[workspace]]\nid = 5\n";
    std::fs::write(person.settings_file(), broken).expect("settings");
    let window = person.open().await;
    window.shows("console.toml, line 3").await;
    assert_eq!(
        std::fs::read_to_string(person.settings_file()).expect("settings"),
        broken
    );
    window.close().await;
    staffed.end().await;
}
