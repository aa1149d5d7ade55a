//! `sandbox` as a process: the URL on stdout, gone after SIGTERM.

use std::io::{BufRead as _, BufReader, Read as _};
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
    let gone = run(&environment, &["attach"]);
    assert_eq!(gone.code, 1, "the server is gone: {gone:?}");
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
