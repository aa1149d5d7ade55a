//! Holds the crate to its floor plan: arrows point down, rooms on one floor do not know each other, and
//! every file says in its first line what it is.

#![expect(clippy::expect_used, reason = "a test that cannot go on should panic")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use hopsdesk::domain::invoices::{InvoiceStanding, WAITING};

/// The rooms and their floors (`docs/ARCHITECTURE.md`).
const ROOMS: [(&str, u8); 18] = [
    ("domain", 0),
    ("config", 1),
    ("secrets", 1),
    ("store", 2),
    ("clusters", 2),
    ("identity", 2),
    ("payments", 2),
    ("charts", 2),
    ("reports", 2),
    ("messages", 2),
    ("usecases", 3),
    ("wire", 4),
    ("sandbox", 4),
    ("desktop", 5),
    ("receiver", 5),
    ("cli", 5),
    ("bin", 6),
    ("lib.rs", 6),
];

/// `wire` puts failures of the store into words: it knows these types, and calls nothing.
const WORDS_ONLY: [(&str, &[&str]); 1] = [("wire", &["store::failure", "store::readiness"])];

/// Rooms that `wire` may not use although they are below it.
const WIRE_NEVER: [&str; 3] = ["store", "identity", "secrets"];

/// Longer files are split when a second subject moves in.
const LONGEST_FILE: usize = 500;

#[test]
fn arrows_point_down_and_neighbours_do_not_know_each_other() {
    let mut wrong = Vec::new();
    for source in sources() {
        let from = room_of(&source);
        // In a program `crate` is the program, and `hopsdesk` the rooms.
        let prefix = if from == "bin" {
            "hopsdesk::"
        } else {
            "crate::"
        };
        for path in uses_of(&code(&source), prefix) {
            let to = path.split("::").next().unwrap_or_default();
            if to == from || is_words_only(&from, &path) {
                continue;
            }
            let (here, there) = (floor(&from), floor(to));
            let forbidden = from == "wire" && WIRE_NEVER.contains(&to);
            if there.is_none() {
                wrong.push(format!("{}: crate::{to} is no room", source.display()));
            } else if there >= here || forbidden {
                wrong.push(format!("{}: {from} may not use {path}", source.display()));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "arrows that point up or sideways:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn imports_name_their_room() {
    let hidden: Vec<_> = sources()
        .into_iter()
        .filter(|source| hides_its_arrows(&code(source)))
        .collect();
    assert!(
        hidden.is_empty(),
        "write `crate::room::…` out, without braces after `crate::` and without `super::super`: {hidden:#?}"
    );
}

#[test]
fn every_file_says_what_it_is() {
    let silent: Vec<_> = sources()
        .into_iter()
        .chain(files_of(&root().join("src-tauri/tests"), "rs"))
        .chain(files_of(&root().join("src-tauri/benches"), "rs"))
        .chain(files_of(&root().join("src-tauri/examples"), "rs"))
        .filter(|source| !read(source).starts_with("//! "))
        .collect();
    assert!(
        silent.is_empty(),
        "these files do not open with a `//!` line: {silent:#?}"
    );
}

#[test]
fn files_stay_short() {
    let long: Vec<_> = sources()
        .into_iter()
        .filter(|source| read(source).lines().count() > LONGEST_FILE)
        .collect();
    assert!(
        long.is_empty(),
        "over {LONGEST_FILE} lines, split them: {long:#?}"
    );
}

#[test]
fn only_the_store_speaks_sql() {
    let talkative: Vec<_> = sources()
        .into_iter()
        .filter(|source| room_of(source) != "store")
        .filter(|source| {
            let code = code(source);
            let says = |calls: &[&str]| calls.iter().any(|call| code.contains(call));
            // The sandbox fills a database of its own, as its superuser; see ARCHITECTURE.md.
            let own = room_of(source) == "sandbox";
            says(&["statement!(", "totals!(", "sqlx::query", "raw_sql("])
                || (!own && says(&["Statement {", ".script("]))
        })
        .collect();
    assert!(
        talkative.is_empty(),
        "statements belong into store/sql: {talkative:#?}"
    );
}

#[test]
fn every_room_is_on_the_plan() {
    let folder = root().join("src-tauri");
    let rooms: BTreeSet<_> = fs::read_dir(folder)
        .expect("the sources")
        .filter_map(Result::ok)
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| {
            ![
                "tests",
                "benches",
                "examples",
                "capabilities",
                "permissions",
            ]
            .contains(&name.as_str())
        })
        .collect();
    let planned: BTreeSet<_> = ROOMS
        .iter()
        .map(|(room, _)| (*room).to_owned())
        .filter(|room| room != "lib.rs")
        .collect();
    assert_eq!(
        rooms, planned,
        "a room without a floor, or a floor without its room"
    );
}

/// `docs/PROOFS.md` says which test proves what: each row a file below `tests` and names in it.
#[test]
fn every_proof_that_is_listed_is_a_test() {
    let listed = read(&root().join("docs/PROOFS.md"));
    let rows: Vec<Vec<&str>> = listed
        .lines()
        .filter(|line| line.starts_with("| ") && line.contains(".rs`"))
        .map(|line| line.split('`').skip(1).step_by(2).collect())
        .collect();
    assert!(rows.len() > 30, "only {} rows were found", rows.len());
    for row in rows {
        let is_file = |word: &&str| Path::new(word).extension().is_some_and(|is| is == "rs");
        let at = row.iter().position(is_file);
        let at = at.expect("a file");
        let tests = read(&root().join("src-tauri/tests").join(row[at]));
        assert!(row.len() > at + 1, "{} names no test", row[at]);
        for name in &row[at + 1..] {
            assert!(is_test(&tests, name), "{} has no test {name}", row[at]);
        }
    }
}

/// Whether a function of this name is there, has the attribute of a test directly above it, and is run wherever there is
/// what it needs: `ignore` alone leaves it out everywhere.
fn is_test(source: &str, name: &str) -> bool {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let heads = [format!("fn {name}("), format!("async fn {name}(")];
    let Some(at) = lines
        .iter()
        .position(|line| heads.iter().any(|head| line.starts_with(head.as_str())))
    else {
        return false;
    };
    let above = lines[..at]
        .iter()
        .rev()
        .take_while(|line| line.starts_with("#[") || line.starts_with("//"))
        .filter(|line| line.starts_with("#["));
    let (mut tests, mut ignored) = (false, false);
    for attribute in above {
        tests |= ["#[test]", "#[tokio::test]", "#[tokio::test("]
            .iter()
            .any(|one| attribute.starts_with(one));
        ignored |= attribute.starts_with("#[ignore");
    }
    tests && !ignored
}

#[test]
fn the_check_of_proofs_sees_what_is_no_test() {
    for test in [
        "#[test]\nfn it_holds() {",
        "#[tokio::test]\nasync fn it_holds() {",
        "#[tokio::test(flavor = \"multi_thread\")]\n// Why.\n#[cfg_attr(windows, ignore = \"none\")]\nasync fn it_holds() {",
    ] {
        assert!(is_test(test, "it_holds"), "{test}");
    }
    for none in [
        "fn it_holds() {",
        "#[test]\nfn another() {}\n\nfn it_holds() {",
        "#[test]\n#[ignore]\nfn it_holds() {",
        "#[ignore = \"slow\"]\n#[tokio::test]\nasync fn it_holds() {",
        "#[expect(dead_code, reason = \"a test\")]\nfn it_holds() {",
        "#[test]\nfn it_holds_too() {",
    ] {
        assert!(!is_test(none, "it_holds"), "{none}");
    }
}

#[test]
fn the_check_itself_sees_an_arrow() {
    let uses = uses_of(
        "use crate::wire::users; fn f() { crate::store::door::x() } // crate::cli",
        "crate::",
    );
    assert_eq!(uses, ["wire::users", "store::door::x", "cli"]);
    assert_eq!(floor("wire"), Some(4));
    assert!(!is_words_only("wire", "store::door::x"));
    assert!(hides_its_arrows("use crate::{cli::x, wire::y};"));
    assert!(hides_its_arrows("use super::super::cli;"));
    assert!(!hides_its_arrows("use crate::wire::{users, user};"));
}

#[test]
fn a_release_has_no_developer_tools() {
    // Tauri opens them in debug builds alone, unless this feature or a call asks for them.
    let manifest = read(&root().join("Cargo.toml"));
    let tauri = manifest.lines().find(|line| line.starts_with("tauri = "));
    let tauri = tauri.expect("the crate tauri");
    assert!(tauri.contains("default-features = false"), "{tauri}");
    assert!(!tauri.contains("devtools"), "{tauri}");
    for source in sources() {
        let code = code(&source);
        assert!(!code.contains("devtools("), "{}", source.display());
    }
}

/// A list of words of what waits for money is all of them, or those of `open`, wherever it stands.
#[test]
fn the_words_of_what_waits_for_money_are_the_same_everywhere() {
    let open: BTreeSet<&str> = InvoiceStanding::Open
        .recorded_as()
        .expect("its words")
        .into_iter()
        .collect();
    let waiting = BTreeSet::from(WAITING);
    let (mut all, mut of_open) = (0, 0);
    for folder in ["src-tauri/store", "migrations/console"] {
        for file in files_of(&root().join(folder), "sql") {
            let text = read(&file);
            for list in text
                .split(['(', '[', '{'])
                .filter_map(|rest| rest.split([')', ']', '}']).next())
            {
                let words: BTreeSet<&str> = list.split('\'').skip(1).step_by(2).collect();
                if !(words.contains("pending") && words.contains("unpaid")) {
                    continue;
                }
                assert!(
                    words == waiting || words == open,
                    "{}: {words:?}",
                    file.display()
                );
                all += usize::from(words == waiting);
                of_open += usize::from(words == open);
            }
        }
    }
    assert!(all >= 5 && of_open >= 2, "{all} and {of_open} were found");
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The sources of both programs, without tests, benchmarks and the build script.
fn sources() -> Vec<PathBuf> {
    let mut sources = vec![root().join("src-tauri/lib.rs")];
    for (room, _) in ROOMS.iter().filter(|(room, _)| *room != "lib.rs") {
        sources.extend(files_of(&root().join("src-tauri").join(room), "rs"));
    }
    sources
}

/// Files with this ending below a folder.
fn files_of(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut files = Vec::new();
    for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
        if path.is_dir() {
            files.extend(files_of(&path, ending));
        } else if path
            .extension()
            .is_some_and(|extension| extension == ending)
        {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("a readable source")
}

/// The file without its comments: what a comment mentions is no arrow.
fn code(path: &Path) -> String {
    let text = read(path);
    let lines = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

fn room_of(source: &Path) -> String {
    let inside = source
        .strip_prefix(root().join("src-tauri"))
        .expect("a source of ours");
    inside
        .iter()
        .next()
        .expect("a name")
        .to_string_lossy()
        .into_owned()
}

fn floor(room: &str) -> Option<u8> {
    ROOMS
        .iter()
        .find(|(name, _)| *name == room)
        .map(|(_, floor)| *floor)
}

fn is_words_only(from: &str, path: &str) -> bool {
    WORDS_ONLY
        .iter()
        .any(|(room, paths)| *room == from && paths.iter().any(|allowed| path.starts_with(allowed)))
}

/// Imports that the reading of arrows would miss.
fn hides_its_arrows(code: &str) -> bool {
    ["crate::{", "hopsdesk::{", "super::super::"]
        .iter()
        .any(|form| code.contains(form))
}

/// What follows the prefix, wherever it stands.
fn uses_of(code: &str, prefix: &str) -> Vec<String> {
    let mut uses = Vec::new();
    for (at, _) in code.match_indices(prefix) {
        let before = code[..at].chars().next_back();
        let inside = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '$' | ':');
        if before.is_some_and(inside) {
            continue;
        }
        let path: String = code[at + prefix.len()..]
            .chars()
            .take_while(|letter| letter.is_alphanumeric() || matches!(letter, '_' | ':'))
            .collect();
        uses.push(path.trim_end_matches(':').to_owned());
    }
    // Macros live at the root of the crate; only the store uses these.
    let is_macro = |path: &str| ["statement", "totals"].contains(&path);
    uses.retain(|path| !path.is_empty() && !is_macro(path));
    uses
}
