//! `sandbox` as a process: the URL on stdout, gone after SIGTERM.

use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::program::run;

#[test]
fn the_sandbox_prints_its_url_and_is_gone_after_sigterm() {
    let home = tempfile::tempdir().expect("a folder");
    let mut child = Command::new(env!("CARGO_BIN_EXE_hopsdesk-webhook"))
        .args(["sandbox", "--users", "20", "--days", "3"])
        .env("HOME", home.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut url = String::new();
    BufReader::new(child.stdout.take().expect("its stdout"))
        .read_line(&mut url)
        .expect("a line");
    let url = url.trim().to_owned();
    assert!(
        url.starts_with("postgresql://"),
        "stdout holds the URL alone: {url}"
    );

    // What it prints is a DATABASE_URL: attach works on it, and finds all done.
    let environment = [("DATABASE_URL", url.clone())];
    let attach = run(&environment, &["attach"]);
    assert_eq!(attach.code, 0, "{attach:?}");
    assert!(attach.stderr.contains("up to date already"), "{attach:?}");

    // And it opens for each group of staff, who may do what theirs may.
    for group in ["support", "finance", "admin", "auditor"] {
        let url = url.replacen("//hopsdesk_owner:", &format!("//sandbox_{group}:"), 1);
        let who = Command::new("psql")
            .args([
                "-X",
                "-A",
                "-t",
                "-c",
                "select console.whoami() ->> 'group'",
            ])
            .arg(&url)
            .output()
            .expect("psql runs");
        assert_eq!(
            String::from_utf8_lossy(&who.stdout).trim(),
            group,
            "{who:?}"
        );
    }

    // Nobody else needs its groups on this server: they go with the console, members or not.
    let to = home.path().join("kept");
    let detach = run(
        &environment,
        &["detach", "--yes", "--to", to.to_str().expect("a path")],
    );
    assert_eq!(detach.code, 0, "{detach:?}");
    let left = Command::new("psql")
        .args(["-X", "-A", "-t", "-c"])
        .arg("select string_agg(rolname, ' ') from pg_roles where rolname ~ '^console_'")
        .arg(&url)
        .output()
        .expect("psql runs");
    assert_eq!(String::from_utf8_lossy(&left.stdout).trim(), "", "{left:?}");

    let pid = Pid::from_raw(i32::try_from(child.id()).expect("a pid"));
    kill(pid, Signal::SIGTERM).expect("the signal arrives");
    let status = child.wait().expect("it ends");
    let mut said = String::new();
    let mut stderr = child.stderr.take().expect("its stderr");
    stderr.read_to_string(&mut said).expect("text");
    assert_eq!(status.code(), Some(0), "{said}");
    assert!(
        said.contains("hopsdesk-webhook serve"),
        "it says what to do next: {said}"
    );
    assert!(said.contains("sandbox_finance"), "and as whom: {said}");
    let gone = run(&environment, &["attach"]);
    assert_eq!(gone.code, 1, "the server is gone: {gone:?}");
}

#[test]
fn a_signal_while_it_opens_leaves_neither_a_folder_nor_a_process() {
    for line in [
        "Starting the sandbox",
        "Setting up a private Postgres",
        "Preparing the schema",
    ] {
        let home = tempfile::tempdir().expect("a folder");
        let everybody = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(home.path(), everybody).expect("it is ours");
        let mut child = Command::new(env!("CARGO_BIN_EXE_hopsdesk-webhook"))
            .args(["sandbox", "--users", "5", "--days", "0"])
            .env("HOME", home.path())
            .env("TMPDIR", home.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut said = BufReader::new(child.stderr.take().expect("its stderr")).lines();
        let opening = said.by_ref().any(|said| said.expect("text") == line);
        assert!(opening, "it says {line}");
        std::thread::sleep(std::time::Duration::from_millis(50));
        let pid = Pid::from_raw(i32::try_from(child.id()).expect("a pid"));
        kill(pid, Signal::SIGTERM).expect("the signal arrives");
        let rest: Vec<String> = said.map(|line| line.expect("text")).collect();
        let status = child.wait().expect("it ends");
        assert_eq!(status.code(), Some(0), "{line}: {rest:?}");
        assert!(
            rest.iter().any(|line| line.contains("stops as soon as")),
            "{line}: {rest:?}"
        );
        let left = std::fs::read_dir(home.path()).expect("the folder").count();
        assert_eq!(left, 0, "{line}: nothing is left");
        let listed = Command::new("ps").args(["-A", "-o", "args"]).output();
        let listed = String::from_utf8(listed.expect("ps runs").stdout).expect("text");
        let place = home.path().display().to_string();
        assert!(!listed.contains(&place), "{line}: {listed}");
    }
}

#[test]
fn serve_on_a_sandbox_that_is_not_open_says_so() {
    let home = tempfile::tempdir().expect("a folder");
    let environment = [
        ("HOME", home.path().display().to_string()),
        ("AUTH0_WEBHOOK_SECRET", "x".to_owned()),
    ];
    let ran = run(&environment, &["serve", "--sandbox"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(
        ran.stderr.starts_with("--sandbox: no sandbox is open"),
        "{ran:?}"
    );
    assert_eq!(ran.stderr.lines().count(), 1, "{ran:?}");
}
