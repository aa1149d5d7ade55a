//! The program that records, as a process of its own.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use hopsdesk::config::database::DatabaseAddress;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::Measured;

/// `hopsdesk-webhook serve`; ends with the value.
pub(crate) struct Recorder {
    child: Child,
    address: SocketAddr,
}

impl Recorder {
    pub(crate) fn start(database: &DatabaseAddress, password: &str) -> Measured<Self> {
        let DatabaseAddress {
            host,
            port,
            login,
            database,
            ..
        } = database;
        let url = format!("postgresql://{login}:{password}@{host}:{port}/{database}");
        let mut child = Command::new(env!("CARGO_BIN_EXE_hopsdesk-webhook"))
            .arg("serve")
            // What this machine's user has set is nothing that is measured.
            .env_clear()
            .env("DATABASE_URL", url)
            .env("DATABASE_POOL_MODE", "direct")
            .env("STRIPE_MODE", "live")
            .env("STRIPE_WEBHOOK_SECRET", "not used here")
            .env("AUTH0_WEBHOOK_SECRET", "not used here")
            .env("HOPSDESK_BIND", "127.0.0.1:0")
            .env("RUST_LOG", "info")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let said = child.stderr.take().ok_or("it has no output")?;
        let mut lines = BufReader::new(said).lines().map_while(Result::ok);
        let address = lines.by_ref().find_map(|line| {
            line.split(|letter: char| letter == '"' || letter.is_whitespace())
                .find_map(|word| word.parse().ok())
        });
        // Read on, or it would wait for somebody to.
        std::thread::spawn(move || lines.for_each(drop));
        match address {
            Some(address) => Ok(Self { child, address }),
            None => Err("it does not start".into()),
        }
    }

    /// Asks whether it is alive.
    pub(crate) async fn answers(&self) -> Measured<()> {
        let mut stream = TcpStream::connect(self.address).await?;
        let asked = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        stream.write_all(asked).await?;
        let mut said = Vec::new();
        stream.read_to_end(&mut said).await?;
        if said.starts_with(b"HTTP/1.1 200") {
            Ok(())
        } else {
            Err("it does not say that it is alive".into())
        }
    }

    /// The most memory that it ever had resident, in bytes.
    pub(crate) fn peak(&self) -> Measured<usize> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let peak = peak.and_then(|text| text.trim().strip_suffix("kB"));
        Ok(peak.ok_or("no peak")?.trim().parse::<usize>()? * 1024)
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
