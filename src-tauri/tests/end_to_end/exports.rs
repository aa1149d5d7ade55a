//! Lists saved as files from the real window, and what is in them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use calamine::{Reader as _, Xlsx};
use serde_json::json;

use super::driver::Window;
use super::world::Person;

const DONE: &str = "document.querySelectorAll('[data-testid=exports] [data-state=done]').length";

/// The person's Downloads, where nothing else says otherwise.
pub(super) fn downloads(person: &Person) -> PathBuf {
    person.start.home.join("Downloads")
}

/// Files there, also hidden ones.
pub(super) fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .map(|entries| {
            entries
                .map(|entry| {
                    entry
                        .expect("an entry")
                        .file_name()
                        .to_string_lossy()
                        .into_owned()
                })
                .collect()
        })
        .unwrap_or_default();
    names.sort();
    names
}

/// The text of the one file there with such a name.
pub(super) fn saved(person: &Person, name: &str) -> String {
    let names = files(&downloads(person));
    let mut fitting = names.iter().filter(|each| each.starts_with(name));
    let (Some(file), None) = (fitting.next(), fitting.next()) else {
        panic!("one {name}: {names:?}");
    };
    fs::read_to_string(downloads(person).join(file)).expect("the file")
}

/// A session with the sandbox's database, as its superuser and by a way that is not ours.
pub(super) fn session(person: &Person) -> Command {
    let pid_file = fs::read_to_string(person.server_file()).expect("the server runs");
    let port = pid_file.lines().nth(3).expect("its port");
    let logins = fs::read_to_string(person.start.sandbox.join("logins")).expect("its logins");
    let password = logins.lines().next().expect("the superuser's");
    let mut command = Command::new("psql");
    command
        .args(["-X", "-q", "-A", "-t", "-h", "127.0.0.1", "-p", port])
        .args(["-U", "hopsdesk_admin", "-d", "postgres"])
        .env("PGPASSWORD", password);
    command
}

/// What the sandbox's database answers.
pub(super) fn psql(person: &Person, sql: &str) -> String {
    let output = session(person).args(["-c", sql]).output();
    let output = output.expect("psql runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout)
        .expect("text")
        .trim_end()
        .to_owned()
}

pub(super) async fn export(window: &Window, list: &str, kind: &str, how_many: usize) {
    // By keyboard: the button, down to the kind, Enter.
    window
        .run(
            "document.querySelector(`[aria-label=\"Export ${arguments[0]}\"]`).focus()",
            vec![json!(list)],
        )
        .await;
    window.press(&["Enter"]).await;
    window
        .until(
            "the kinds of file",
            "document.activeElement.getAttribute('role') === 'menuitem'",
        )
        .await;
    if kind == "XLSX" {
        window.press(&["ArrowDown"]).await;
    }
    window.press(&["Enter"]).await;
    window
        .until("the finished file", &format!("{DONE} === {how_many}"))
        .await;
}

#[tokio::test]
async fn a_filtered_list_is_saved_as_csv_and_xlsx_with_what_the_database_holds() {
    let person = Person::new("exporting").await;
    let window = person.at_work().await;
    window.visit_users("?status=suspended&sort=email").await;
    export(&window, "Users", "CSV", 1).await;
    export(&window, "Users", "XLSX", 2).await;

    let names = files(&downloads(&person));
    assert_eq!(
        names.len(),
        2,
        "two files and nothing half-written: {names:?}"
    );
    assert!(
        names
            .iter()
            .all(|name| name.starts_with("hopsdesk-users-20")),
        "{names:?}"
    );

    let where_ = "from public.users where status = 'suspended'";
    let expected = psql(
        &person,
        &format!("select id || '|' || email {where_} order by email"),
    );
    let csv = fs::read(downloads(&person).join(&names[0])).expect("the CSV");
    let csv = csv.strip_prefix("\u{FEFF}".as_bytes()).expect("a mark");
    let mut reader = csv::Reader::from_reader(csv);
    let records: Vec<_> = reader
        .records()
        .map(|record| record.expect("RFC 4180"))
        .collect();
    let (rows, about): (Vec<_>, Vec<_>) = records
        .iter()
        .partition(|record| !record[0].starts_with('#'));
    let listed: Vec<_> = rows
        .iter()
        .map(|row| format!("{}|{}", &row[0], &row[2]))
        .collect();
    assert_eq!(
        listed.join("\n"),
        expected,
        "the same people in the same order"
    );
    let said = |name: &str| {
        let found = about.iter().find(|line| line[0] == *format!("# {name}"));
        found.unwrap_or_else(|| panic!("{name}: {about:?}"))[1].to_owned()
    };
    assert_eq!(said("Filter"), "Status: suspended");
    assert_eq!(said("Order"), "by e-mail, A to Z");
    assert_eq!(said("Workspace"), "Acme ML (sandbox)");
    assert_eq!(
        said("Rows"),
        psql(&person, &format!("select count(*) {where_}"))
    );
    let cost = about
        .iter()
        .find(|line| line[0].starts_with("# Total Cost"));
    let recorded = psql(
        &person,
        "select coalesce(sum(d.total_cost), 0) from public.usage_daily d
         join public.users u on u.id = d.user_id
         where u.status = 'suspended' and d.date >= date_trunc('month', now() at time zone 'utc')::date",
    );
    let number = |text: &str| text.parse::<rust_decimal::Decimal>().expect("a number");
    assert_eq!(
        cost.map_or(number("0"), |line| number(&line[1])),
        number(&recorded)
    );

    let path = downloads(&person).join(&names[1]);
    let mut book: Xlsx<_> = calamine::open_workbook(path).expect("a workbook");
    let sheet = book.worksheet_range("Users").expect("the sheet");
    let listed: Vec<_> = sheet
        .rows()
        .skip(1)
        .map(|row| format!("{}|{}", row[0], row[2]))
        .collect();
    assert_eq!(listed.join("\n"), expected, "and the same in the workbook");
    window.shows("Show in folder").await;
    window.close().await;
}

#[tokio::test]
async fn closing_the_window_leaves_nothing_half_written() {
    let person = Person::new("leaving-exports").await;
    let window = person.at_work().await;
    window.visit_users("").await;
    // A lock keeps the export waiting for longer than the window lives.
    let holder = hold_users(&person);
    window.click("[aria-label='Export Users']").await;
    window.click_words("CSV for programs").await;
    window
        .until(
            "the export under way",
            "document.querySelector('[data-testid=exports] [data-state=running]')",
        )
        .await;
    let partial = files(&downloads(&person));
    assert_eq!(partial.len(), 1, "{partial:?}");
    assert!(partial[0].strip_suffix(".part").is_some(), "{partial:?}");
    window.close().await;
    assert_eq!(files(&downloads(&person)), Vec::<String>::new());
    drop(holder);
}

/// Holds a lock on the users until dropped.
fn hold_users(person: &Person) -> Holder {
    let mut child = session(person)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("psql runs");
    let mut input = child.stdin.take().expect("its input");
    std::io::Write::write_all(
        &mut input,
        b"begin; lock table public.users in access exclusive mode; select 'held';\n",
    )
    .expect("psql listens");
    let mut said = String::new();
    let output = child.stdout.take().expect("its output");
    std::io::BufRead::read_line(&mut std::io::BufReader::new(output), &mut said).expect("a line");
    assert_eq!(said.trim(), "held");
    Holder(child, Some(input))
}

/// A session that ends when its input is closed.
struct Holder(std::process::Child, Option<std::process::ChildStdin>);

impl Drop for Holder {
    fn drop(&mut self) {
        drop(self.1.take());
        let _ = self.0.wait();
    }
}

/// Rows and lines about a file, read as a program would.
pub(super) fn read(path: &Path) -> (Vec<csv::StringRecord>, Vec<csv::StringRecord>) {
    let bytes = fs::read(path).expect("the CSV");
    let bytes = bytes.strip_prefix("\u{FEFF}".as_bytes()).expect("a mark");
    let mut reader = csv::Reader::from_reader(bytes);
    let records = reader.records().map(|record| record.expect("RFC 4180"));
    records.partition(|record| !record[0].starts_with('#'))
}

/// What a file says of itself under this name.
pub(super) fn about(lines: &[csv::StringRecord], name: &str) -> String {
    let found = lines.iter().find(|line| line[0] == *format!("# {name}"));
    found.unwrap_or_else(|| panic!("{name}: {lines:?}"))[1].to_owned()
}

#[tokio::test]
async fn lists_of_pages_and_days_of_charts_are_saved_whole() {
    let person = Person::new("exporting-pages").await;
    let window = person.at_work().await;
    window.resize(1280, 800).await;

    window.visit_clusters("").await;
    export(&window, "Clusters", "CSV", 1).await;
    window.visit("#/usage?period=90d").await;
    window
        .until(
            "the clusters' menu",
            "document.querySelector('[aria-label=\"Export clusters\"]') && document.querySelector('[data-testid=save-chart]')",
        )
        .await;
    export(&window, "clusters", "CSV", 2).await;
    for (kind, saved) in [("Picture PNG", 3), ("Days as CSV for programs", 4)] {
        window.click("[data-testid=save-chart]").await;
        window.click_words(kind).await;
        window
            .until("the saved chart", &format!("{DONE} === {saved}"))
            .await;
    }
    let owner = window
        .first_user("?plan=prepaid&role=owner&sort=month_cost")
        .await;
    window.visit_user(&owner).await;
    window
        .run(
            "document.getElementById('timeline').scrollIntoView()",
            vec![],
        )
        .await;
    window
        .until(
            "the timeline",
            "document.querySelector('[aria-label=\"Export Timeline\"]')",
        )
        .await;
    export(&window, "Timeline", "CSV", 5).await;

    let folder = downloads(&person);
    let names = files(&folder);
    assert_eq!(names.len(), 5, "{names:?}");
    let file_of = |what: &str| {
        let name = names.iter().find(|name| name.contains(what));
        folder.join(name.unwrap_or_else(|| panic!("{what}: {names:?}")))
    };
    let (clusters, _) = read(&file_of("hopsdesk-clusters-"));
    let recorded = psql(&person, "select count(*) from public.hopsworks_clusters");
    assert_eq!(clusters.len().to_string(), recorded);
    for list in ["usage-by-cluster", "usage-by-day-and-cluster"] {
        let (rows, of) = read(&file_of(&format!("hopsdesk-{list}-")));
        assert_eq!(about(&of, "Rows"), rows.len().to_string(), "{list}");
        let recorded = psql(
            &person,
            "select sum(total_cost) from public.usage_daily
             where date > (now() at time zone 'utc')::date - 90 and date <= (now() at time zone 'utc')::date",
        );
        let number = |text: &str| text.parse::<rust_decimal::Decimal>().expect("a number");
        assert_eq!(
            number(&about(&of, "Total Cost (USD)")),
            number(&recorded),
            "{list}"
        );
    }
    let png = fs::read(file_of(".png")).expect("the picture");
    assert!(png.starts_with(b"\x89PNG"), "a picture");
    window.close().await;
}

#[tokio::test]
async fn what_a_killed_program_left_half_written_is_gone_after_the_next_start() {
    let person = Person::new("killed-exports").await;
    let folder = downloads(&person);
    fs::create_dir_all(&folder).expect("Downloads");
    fs::write(folder.join("mine.part"), b"not ours").expect("another's");
    let window = person.at_work().await;
    window.visit_users("").await;
    // A lock keeps the export in its middle: the program is killed there, as a crash or the kernel would.
    let holder = hold_users(&person);
    window.click("[aria-label='Export Users']").await;
    window.click_words("CSV for programs").await;
    window
        .until(
            "the export under way",
            "document.querySelector('[data-testid=exports] [data-state=running]')",
        )
        .await;
    let is_half =
        |name: &String| name.starts_with(".hopsdesk-users-") && name.ends_with(".csv.part");
    let left = files(&folder);
    assert_eq!(
        left.iter().filter(|name| is_half(name)).count(),
        1,
        "{left:?}"
    );
    window.kill().await;
    drop(holder);
    assert_eq!(files(&folder), left, "who is killed clears nothing up");

    // It opens where it was left: with the list that was being saved.
    let window = person.open().await;
    window.users_are_filled().await;
    for _ in 0..50 {
        if !files(&folder).iter().any(is_half) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(
        files(&folder),
        ["mine.part"],
        "what was half is gone, what is not ours stays"
    );
    window.visit_users("").await;
    export(&window, "Users", "CSV", 1).await;
    window.close().await;
}
