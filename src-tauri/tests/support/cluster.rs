//! The server all tests share: where it is, and how it is started.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use hopsdesk::config::database::{DatabaseAddress, PoolMode};
use hopsdesk::store::direct::Direct;

/// The superuser of the server.
pub const SUPERUSER: &str = "postgres";
/// The owner of every test database's schema `public`; no superuser, as at Supabase.
pub const OWNER: &str = "hopsdesk_owner";

/// A running Postgres with PgBouncer in transaction mode before it.
#[derive(Debug)]
pub struct TestCluster {
    /// Folder of the sockets, the certificates (`tls/ca.pem`, `tls/other-ca.pem`) and the logs.
    pub home: PathBuf,
    /// Port of Postgres, on 127.0.0.1 and in its socket's name. Speaks TLS.
    pub port: u16,
    /// Port of PgBouncer, likewise. Speaks no TLS.
    pub pooler_port: u16,
    /// Folder of `psql` and `pg_dump`.
    pub bin: PathBuf,
}

impl TestCluster {
    /// The server, started if it does not run.
    pub fn get() -> &'static Self {
        static CLUSTER: OnceLock<TestCluster> = OnceLock::new();
        CLUSTER.get_or_init(|| Self::start(None))
    }

    /// A server of one's own, for what shows only on a whole server: roles belong to all databases.
    /// It is as `initdb` made it, without any role of Supabase's. Call [`Self::stop`] at the end.
    pub fn plain(name: &str) -> Self {
        let home = format!("/tmp/hopsdesk-test-{name}-{}", std::process::id());
        Self::start(Some(&home))
    }

    /// Stops a server made by [`Self::plain`]; the shared one is stopped by `cluster.sh stop`.
    pub fn stop(&self) {
        let stopped = script(Some(&self.home.display().to_string()), "stop");
        assert!(stopped.status.success(), "cluster.sh stop: {stopped:?}");
    }

    /// Runs `pg_ctl` on a server made by [`Self::plain`], as the user it runs as.
    pub fn pg_ctl(&self, arguments: &[&str]) {
        let (data, log) = (self.home.join("data"), self.home.join("postgres.log"));
        let (data, log) = (data.display().to_string(), log.display().to_string());
        let places = ["-D", &data, "-w", "-l", &log];
        as_server(
            &self.bin.join("pg_ctl"),
            &[&places, arguments].concat(),
            &self.home,
        );
    }

    /// Ends a server made by [`Self::plain`] as a power cut would, and starts it again.
    pub fn crash(&self) {
        self.pg_ctl(&["-m", "immediate", "stop"]);
        self.pg_ctl(&["-o", &format!("-p {}", self.port), "start"]);
    }

    fn start(home: Option<&str>) -> Self {
        // Test processes start at the same moment; one of them starts the server.
        let lock = File::open(folder().join("cluster.sh")).expect("cluster.sh");
        lock.lock().expect("a lock on cluster.sh");
        let run = script(home, "start");
        drop(lock);
        let said = String::from_utf8_lossy(&run.stdout);
        assert!(
            run.status.success(),
            "the test server does not start: {}",
            String::from_utf8_lossy(&run.stderr)
        );
        let value = |key: &str| {
            said.lines()
                .find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
                .unwrap_or_else(|| panic!("cluster.sh said no {key}: {said}"))
        };
        Self {
            home: value("home").into(),
            port: value("port").parse().expect("a port"),
            pooler_port: value("pooler_port").parse().expect("a port"),
            bin: value("bin").into(),
        }
    }

    /// Postgres itself, over its socket.
    pub fn direct(&self, database: &str, login: &str) -> DatabaseAddress {
        DatabaseAddress {
            host: self.home.display().to_string(),
            port: self.port,
            database: database.to_owned(),
            login: login.to_owned(),
            ca_file: None,
            verify_loopback: false,
            pool_mode: PoolMode::Direct,
        }
    }

    /// The pooler, over its socket.
    pub fn pooled(&self, database: &str, login: &str) -> DatabaseAddress {
        DatabaseAddress {
            port: self.pooler_port,
            pool_mode: PoolMode::Transaction,
            ..self.direct(database, login)
        }
    }

    /// Opens a connection of the superuser.
    pub async fn superuser(&self, database: &str) -> Direct {
        Direct::open(&self.direct(database, SUPERUSER), None)
            .await
            .expect("the superuser may connect")
    }
}

/// Runs a program to its end as the user that servers run as.
pub fn as_server(program: &Path, arguments: &[&str], home: &Path) {
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = if nix::unistd::geteuid().is_root() {
        let mut command = Command::new("setpriv");
        command
            .args(["--reuid=postgres", "--regid=postgres", "--clear-groups"])
            .arg(program);
        command
    } else {
        Command::new(program)
    };
    let status = command
        .args(arguments)
        .env_clear()
        .env("PATH", format!("{path}:/usr/sbin:/usr/local/sbin"))
        .env("HOME", home)
        .env("LC_ALL", "C")
        .current_dir(home)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("it runs");
    assert!(status.success(), "{} {arguments:?}", program.display());
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src-tauri/tests/support")
}

fn script(home: Option<&str>, verb: &str) -> Output {
    let mut command = Command::new(folder().join("cluster.sh"));
    if let Some(home) = home {
        command.env("HOPSDESK_TEST_HOME", home);
    }
    command.arg(verb).output().expect("cluster.sh runs")
}
