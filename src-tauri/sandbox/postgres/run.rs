//! Runs the programs of Postgres, as an ordinary user where we are root.

use std::path::Path;
use std::process::Stdio;

use tokio::process::Command;

use crate::sandbox::failure::SandboxError;
use crate::sandbox::postgres::folder::Runner;

/// Lines of a program's output that are worth showing.
const LINES_SHOWN: usize = 6;

/// A command that knows nothing of the user's own Postgres settings.
pub(super) fn command(program: &Path, runner: &Runner, folder: &Path) -> Command {
    let mut command = Command::new(program);
    // PGDATA, PGPORT, PGOPTIONS … of the user's shell are about some other server.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PG") {
            command.env_remove(name);
        }
    }
    command
        .env("LC_ALL", "C")
        // Ours may be a folder the other user cannot enter.
        .current_dir(folder)
        .stdin(Stdio::null())
        // Whoever no longer waits for it wants no more of it.
        .kill_on_drop(true);
    // Ctrl-C is for us, who then end what we have begun; it must not break off initdb under us.
    #[cfg(unix)]
    command.process_group(0);
    runner.apply(&mut command);
    command
}

/// Runs a program to its end.
pub(super) async fn finish(name: &'static str, mut command: Command) -> Result<(), SandboxError> {
    let failed = |said: String| SandboxError::Program {
        program: name,
        said,
    };
    let output = command
        .output()
        .await
        .map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        return Ok(());
    }
    let mut said = String::from_utf8_lossy(&output.stdout).into_owned();
    said.push_str(&String::from_utf8_lossy(&output.stderr));
    Err(failed(last_lines(&said)))
}

/// The end of a text, on one line.
pub(super) fn last_lines(text: &str) -> String {
    let lines: Vec<_> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    lines[lines.len().saturating_sub(LINES_SHOWN)..].join("; ")
}
