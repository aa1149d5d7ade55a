//! The receivers that are compared, as processes of their own.

use std::io::{BufRead as _, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::{Database, Measured, said_address};

/// One that runs; ends with the value.
pub(crate) struct Peer {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Peer {
    /// Ours: `hopsdesk-webhook serve`, with its workers.
    pub(crate) fn hopsdesk(database: &Database, secret: &str) -> Measured<Self> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hopsdesk-webhook"));
        command
            .arg("serve")
            .env("DATABASE_POOL_MODE", "direct")
            .env("STRIPE_MODE", "live")
            .env("AUTH0_WEBHOOK_SECRET", "not used here")
            .env("HOPSDESK_BIND", "127.0.0.1:0")
            .env("RUST_LOG", "info");
        Self::start(command, database, secret, true)
    }

    /// A script of `peers/`, run by node.
    pub(crate) fn node(script: &str, database: &Database, secret: &str) -> Measured<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src-tauri/benches/receiver/peers");
        if !folder.join("node_modules").exists() {
            return Err(format!("run npm ci in {}", folder.display()).into());
        }
        let mut command = Command::new("node");
        command
            .arg(script)
            .current_dir(folder)
            .env("NODE_ENV", "production");
        Self::start(command, database, secret, false)
    }

    fn start(
        mut command: Command,
        database: &Database,
        secret: &str,
        logs: bool,
    ) -> Measured<Self> {
        command
            .env("DATABASE_URL", database.url())
            .env("STRIPE_WEBHOOK_SECRET", secret)
            .stdin(Stdio::null());
        // Ours logs on stderr; the others say their address on stdout.
        let (out, err) = if logs {
            (Stdio::null(), Stdio::piped())
        } else {
            (Stdio::piped(), Stdio::inherit())
        };
        let mut child = command.stdout(out).stderr(err).spawn()?;
        let said: Box<dyn Read + Send> = match (child.stdout.take(), child.stderr.take()) {
            (Some(said), _) => Box::new(said),
            (None, Some(said)) => Box::new(said),
            (None, None) => return Err("it has no output".into()),
        };
        let mut lines = BufReader::new(said).lines().map_while(Result::ok);
        let address = lines.by_ref().find_map(|line| said_address(&line));
        // Read on, or it would wait for somebody to.
        std::thread::spawn(move || lines.for_each(drop));
        match address {
            Some(address) => Ok(Self { child, address }),
            None => Err("it does not start".into()),
        }
    }

    /// Its proportional set size, in bytes.
    pub(crate) fn memory(&self) -> Measured<u64> {
        let rollup = std::fs::read_to_string(format!("/proc/{}/smaps_rollup", self.child.id()))?;
        let pss = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
        let pss = pss.and_then(|text| text.trim().strip_suffix("kB"));
        Ok(pss.ok_or("no Pss")?.trim().parse::<u64>()? * 1024)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
