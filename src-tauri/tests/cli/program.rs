//! Runs `hopsdesk-webhook` with an environment of its own.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use crate::support::database::TestDatabase;
use crate::support::install_tls;

/// The secret that `serve` is given.
pub(crate) const SECRET: &str = "s3cret-of-the-action";

type Environment<'a> = &'a [(&'static str, String)];

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

fn command(environment: Environment<'_>, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hopsdesk-webhook"));
    command.args(arguments).env_clear();
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    command
}

/// Runs a command to its end.
pub(crate) fn run(environment: Environment<'_>, arguments: &[&str]) -> Ran {
    let output = command(environment, arguments).output().expect("it runs");
    Ran {
        code: output.status.code().expect("it exits"),
        stdout: String::from_utf8(output.stdout).expect("text"),
        stderr: String::from_utf8(output.stderr).expect("text"),
    }
}

/// A `serve` that runs.
pub(crate) struct Serving {
    child: Child,
    pub(crate) address: String,
    log: Arc<Mutex<Vec<String>>>,
}

impl Serving {
    pub(crate) fn start(database: &TestDatabase) -> Self {
        let secret = ("AUTH0_WEBHOOK_SECRET", format!("another,{SECRET}"));
        Self::with(database, [secret])
    }

    /// The same, with other secrets; what is in a file is in no variable.
    pub(crate) fn with(
        database: &TestDatabase,
        settings: impl IntoIterator<Item = (&'static str, String)>,
    ) -> Self {
        let settings = settings.into_iter().collect();
        let program = Command::new(env!("CARGO_BIN_EXE_hopsdesk-webhook"));
        Self::launched(program, database, settings)
    }

    /// The same, by a command that ends in running the program with the arguments behind its own.
    pub(crate) fn launched(
        mut program: Command,
        database: &TestDatabase,
        settings: Vec<(&'static str, String)>,
    ) -> Self {
        install_tls();
        let in_file = |name: &str| {
            let mut files = settings.iter().map(|(name, _)| name.strip_suffix("_FILE"));
            files.any(|file| file == Some(name))
        };
        let mut environment = database.environment();
        environment.retain(|(name, _)| !in_file(name));
        environment.extend(settings);
        environment.push(("HOPSDESK_BIND", "127.0.0.1:0".to_owned()));
        environment.push(("RUST_LOG", "debug".to_owned()));
        let mut child = program
            .arg("serve")
            .env_clear()
            .envs(environment)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let log = Arc::new(Mutex::new(Vec::new()));
        let lines = BufReader::new(child.stderr.take().expect("its stderr")).lines();
        let kept = log.clone();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                kept.lock().expect("the log").push(line);
            }
        });
        let mut serving = Self {
            child,
            address: String::new(),
            log,
        };
        let line = serving.wait_for_line("listening");
        let address = line["address"].as_str().expect("an address");
        address.clone_into(&mut serving.address);
        serving
    }

    /// The first line with this message; it may still have to come.
    pub(crate) fn wait_for_line(&self, message: &str) -> Value {
        self.wait_for_lines(message, 1).remove(0)
    }

    /// So many lines with this message, and those that there are more; they may still have to come.
    pub(crate) fn wait_for_lines(&self, message: &str, count: usize) -> Vec<Value> {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(60) {
            let mut lines = self.log();
            lines.retain(|line| line["message"] == message);
            if lines.len() >= count {
                return lines;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("no {count} lines {message:?} in {:?}", self.log());
    }

    /// Every line so far: each has to be JSON.
    pub(crate) fn log(&self) -> Vec<Value> {
        let lines = self.log.lock().expect("the log").clone();
        lines
            .iter()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
            .collect()
    }

    /// The log as it was written.
    pub(crate) fn text(&self) -> String {
        self.log.lock().expect("the log").join("\n")
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, signal: nix::sys::signal::Signal) {
        let pid = nix::unistd::Pid::from_raw(i32::try_from(self.child.id()).expect("a pid"));
        nix::sys::signal::kill(pid, signal).expect("the signal arrives");
    }

    /// Waits for the end; what is still in the pipe is read.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        let status = self.child.wait().expect("it ends");
        std::thread::sleep(Duration::from_millis(100));
        status
    }

    pub(crate) fn post(&self, body: String) -> reqwest::RequestBuilder {
        reqwest::Client::new()
            .post(format!("http://{}/api/webhooks/auth0", self.address))
            .header("X-Auth0-Secret", SECRET)
            .header("Content-Type", "application/json")
            .body(body)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Ours, by its own id; gone already in most tests.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A registration; `name` makes user and address.
pub(crate) fn registration(name: &str) -> String {
    serde_json::json!({
        "user_id": format!("auth0|{name}"),
        "email": format!("{name}@example.com"),
        "name": "Jane Doe",
        "created_at": "2026-11-20T14:16:42.123Z",
    })
    .to_string()
}
