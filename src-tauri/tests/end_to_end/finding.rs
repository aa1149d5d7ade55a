//! Finding in the real window: Ctrl K, operators, help, links from outside, one window, and where it was.

use std::process::{Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::json;

use super::driver::Window;
use super::exports::psql;
use super::world::Person;

const FOCUSED: &str = "document.activeElement.getAttribute('role') === 'combobox'";

impl Window {
    async fn search_for(&self, text: &str) {
        self.press(&["Control+k"]).await;
        self.until("the focus in the search box", FOCUSED).await;
        self.run(
            "document.execCommand('selectAll'); document.execCommand('insertText', false, arguments[0])",
            vec![json!(text)],
        )
        .await;
    }

    async fn is_at(&self, address: &str) {
        let there = format!("location.hash === {}", json!(address));
        self.until(address, &there).await;
    }
}

#[tokio::test]
async fn every_kind_of_thing_is_found_and_keys_lead_there_and_back() {
    let person = Person::new("finding").await;
    let window = person.at_work().await;
    window.search_for("us-west").await;
    window
        .until(
            "a cluster",
            "document.querySelector('[role=option][data-kind=cluster]')",
        )
        .await;
    window.search_for("invo").await;
    window
        .until(
            "a screen or a command",
            "document.querySelector('[role=option]')",
        )
        .await;
    window.press(&["Escape", "Escape", "Escape"]).await;

    window.press(&["g", "u"]).await;
    window.is_at("#/users").await;
    window.press(&["g", "o"]).await;
    window.is_at("#/overview").await;
    window.press(&["Alt+ArrowLeft"]).await;
    window.is_at("#/users").await;
    window.press(&["Alt+ArrowRight"]).await;
    window.is_at("#/overview").await;

    window.press(&["?"]).await;
    window.shows("Operators that filter a list").await;
    window.shows("last_login").await;
    window.press(&["Escape"]).await;
    window
        .until("no dialog", "!document.querySelector('dialog[open]')")
        .await;
    window.close().await;
}

/// A list with an operator to type, where the number of its rows stands, and what SQL says that is.
const FILTERED: [(&str, &str, &str, &str); 5] = [
    (
        "teams",
        "members>3",
        "h1 + [role=status]",
        "select count(*) from (
           select account_owner_id from public.users
           where account_owner_id is not null and status <> 'deleted'
           group by 1 having count(*) > 3
         ) t",
    ),
    (
        "credits",
        "paid>0",
        "h1 + [role=status]",
        "select count(*) from public.user_credits where total_purchased > total_used",
    ),
    (
        "invoices",
        "type:subscription",
        "h1 + [role=status]",
        "select count(*) from public.subscriptions",
    ),
    (
        "clusters",
        "-status:active",
        "h1 + [role=status]",
        "select count(*) from public.hopsworks_clusters where status <> 'active'",
    ),
    (
        "usage",
        "gpu>0",
        "#accounts + [role=status]",
        "select count(*) from (
           select coalesce(account_owner_id, user_id) from public.usage_daily
           where date >= date_trunc('month', now() at time zone 'utc')
           group by 1 having sum(gpu_hours) > 0
         ) a",
    ),
];

#[tokio::test]
async fn an_operator_typed_on_any_list_leaves_what_the_database_says() {
    let person = Person::new("operators-of-lists").await;
    let window = person.at_work().await;
    for (list, typed, place, sql) in FILTERED {
        let recorded = psql(&person, sql);
        assert_ne!(recorded, "0", "{list}: the sandbox has some of these");
        window.visit(&format!("#/{list}")).await;
        let number = format!(
            "document.querySelector('{place}')?.innerText.match(/[0-9,]+/)?.[0].replaceAll(',', '')"
        );
        let all = window.until("the number of rows", &number).await;
        assert_ne!(
            all.as_str(),
            Some(recorded.as_str()),
            "{list}: not all of them"
        );
        window.press(&["/"]).await;
        window.write(&format!("{typed} ")).await;
        let query = typed.replace(':', "%3A").replace('>', "%3E");
        window.is_at(&format!("#/{list}?q={query}")).await;
        window
            .until(
                &format!("{recorded} rows of {list}"),
                &format!("{number} === '{recorded}'"),
            )
            .await;

        window.write("nonsense:1 ").await;
        window.shows("nonsense is no filter; there are").await;
    }
    window.close().await;
}

#[tokio::test]
async fn operators_are_completed_by_keyboard_and_filter_the_list() {
    let person = Person::new("operators").await;
    let window = person.at_work().await;
    window.press(&["Control+k"]).await;
    window.until("the focus in the search box", FOCUSED).await;
    window.write("sta").await;
    window
        .until(
            "a completion",
            "document.querySelector('[role=option][data-kind=complete]')",
        )
        .await;
    window.press(&["Tab"]).await;
    window
        .until(
            "the completed name",
            "document.activeElement.value === 'status:'",
        )
        .await;
    window.write("sus").await;
    window
        .until(
            "the value",
            "[...document.querySelectorAll('[role=option][data-kind=complete]')]
               .some((each) => each.innerText.includes('status:suspended'))",
        )
        .await;
    window.press(&["Tab"]).await;
    window
        .until(
            "the way to the list",
            "document.querySelector('[role=option][data-kind=list]')",
        )
        .await;
    window.press(&["Enter"]).await;
    window.is_at("#/users?q=status%3Asuspended").await;
    window
        .until(
            "only suspended users",
            "document.querySelectorAll('tr[data-row]').length > 0
               && [...document.querySelectorAll('tr[data-row]')].every((row) => row.innerText.includes('uspended'))",
        )
        .await;

    window.press(&["/"]).await;
    window.write(" stauts:x ").await;
    window
        .shows("stauts is no filter; did you mean status?")
        .await;
    let text = window.ask("document.activeElement.value.trim()").await;
    assert!(
        text.as_str().unwrap().contains("stauts:x"),
        "nothing typed is lost: {text}"
    );
    window.close().await;
}

#[tokio::test]
async fn a_second_start_hands_its_link_over_and_a_hostile_one_does_nothing() {
    let person = Person::new("links").await;
    let window = person.at_work().await;
    let id = window.first_user("?role=owner&sort=name").await;
    window.visit("#/overview").await;
    window.overview_is_filled().await;
    let second = |link: String| {
        let mut command = Command::new(&person.start.binary);
        command
            .arg(link)
            .env("HOME", &person.start.home)
            .env("XDG_CONFIG_HOME", person.start.home.join(".config"))
            .env("XDG_DATA_HOME", person.start.home.join(".local/share"))
            .env("HOPSDESK_SANDBOX", &person.start.sandbox)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.status().expect("the program starts")
    };
    for hostile in [
        "hopsdesk://users/1/delete",
        "hopsdesk://settings?name=evil",
        "hopsdesk://x\"><script>alert(1)</script>",
        "javascript:alert(1)",
    ] {
        assert!(
            second(hostile.to_owned()).success(),
            "the second start ends by itself"
        );
    }
    let hash = window.ask("location.hash").await;
    assert_eq!(hash, "#/overview", "a hostile link does nothing");
    assert!(second(format!("hopsdesk://users/{}", id.replace('|', "%7C"))).success());
    window.user_is_filled().await;
    let hash = window.ask("decodeURIComponent(location.hash)").await;
    assert_eq!(hash, json!(format!("#/users/{id}")));

    second("hopsdesk://users?workspace=another".to_owned());
    window.shows("This link is for another workspace").await;
    window.click_words("Close").await;
    let hash = window.ask("decodeURIComponent(location.hash)").await;
    assert_eq!(
        hash,
        json!(format!("#/users/{id}")),
        "asked, and not switched"
    );
    window.close().await;
}

#[tokio::test]
async fn a_start_with_other_settings_is_a_window_of_its_own() {
    let person = Person::new("two-windows").await;
    let window = person.at_work().await;
    let settings = person.start.home.join("other/console.toml");
    let mut other = Command::new(&person.start.binary)
        .arg("hopsdesk://users")
        .env("HOME", &person.start.home)
        .env("XDG_CONFIG_HOME", person.start.home.join(".config"))
        .env("XDG_DATA_HOME", person.start.home.join(".local/share"))
        .env("HOPSDESK_SANDBOX", &person.start.sandbox)
        .env("HOPSDESK_SETTINGS", &settings)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    // A start that is taken in ends within a second.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let ended = other.try_wait().expect("a child");
    let hash = window.ask("location.hash").await;
    let process = Pid::from_raw(i32::try_from(other.id()).expect("a process"));
    if ended.is_none() {
        kill(process, Signal::SIGTERM).expect("it is there");
        other.wait().expect("it ends");
    }
    assert_eq!(ended, None, "it stays open beside the first");
    assert_eq!(hash, "#/overview", "and its link is its own");
    window.close().await;
}

#[tokio::test]
async fn a_start_that_finds_another_dying_opens_a_window_of_its_own() {
    let person = Person::new("followed").await;
    let first = person.at_work().await;
    // It has its place on the bus, and answers nobody.
    let process = Pid::from_raw(i32::try_from(first.program()).expect("a process"));
    kill(process, Signal::SIGSTOP).expect("it ran until now");
    let dies = async {
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        first.kill().await;
    };
    let (window, ()) = tokio::join!(person.open(), dies);
    window.overview_is_filled().await;
    window.close().await;
}

#[tokio::test]
async fn a_restart_finds_the_last_screen_and_the_size_of_the_window() {
    let person = Person::new("restored").await;
    let window = person.at_work().await;
    window.resize(1100, 700).await;
    window.visit("#/users?status=suspended").await;
    window.shows("Status: suspended").await;
    window.close().await;
    let file = person
        .start
        .home
        .join(".local/share/ai.hopsdesk.console/window.json");
    let kept = std::fs::read_to_string(&file).expect("the place of the window");
    assert!(
        kept.contains("\"width\":1100") && kept.contains("\"height\":700"),
        "{kept}"
    );

    let window = person.open().await;
    window.is_at("#/users?status=suspended").await;
    window
        .until(
            "the size it had",
            "innerWidth === 1100 && innerHeight === 700",
        )
        .await;
    window.close().await;

    // A screen that is gone: out of reach the window would be lost.
    let lost = r#"{"width":1200,"height":750,"left":90000,"top":-4000,"maximized":false}"#;
    std::fs::write(&file, lost).expect("writable");
    let window = person.open().await;
    window
        .until("its size", "innerWidth === 1200 && innerHeight === 750")
        .await;
    let place = window
        .ask("screenX < 1920 && screenX > -1200 && screenY > -100")
        .await;
    assert_eq!(place, true, "the window is within reach");
    window.close().await;
}
