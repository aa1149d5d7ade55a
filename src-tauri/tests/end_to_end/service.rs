//! A service with people in it, reached through `PgBouncer` as a Supabase project is, and opened in the
//! window as a person would: by adding it in Settings.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::driver::{Window, patiently};
use super::world::database;
use crate::support::cluster::{OWNER, TestCluster, as_server};
use crate::support::database::{Kind, TestDatabase};

/// Forty people on one cluster, one of them suspended, some with usage.
pub(crate) const FORTY: &str = "
insert into public.hopsworks_clusters (id, name, api_url, api_key, max_users, current_users, status)
values ('00000000-0000-0000-0000-000000000001', 'eu-west-1', 'https://eu.example', 'k', 100, 5, 'active');
insert into public.users (id, email, name, status, billing_mode, created_at)
select 'auth0|' || lpad(n::text, 2, '0'), 'person' || n || '@example.com', 'Person ' || n,
       case when n = 3 then 'suspended' else 'active' end, 'postpaid',
       timestamptz '2026-01-01' + n * interval '1 hour'
from generate_series(1, 40) n;
insert into public.user_hopsworks_assignments (user_id, hopsworks_cluster_id, assigned_by)
select id, '00000000-0000-0000-0000-000000000001', 'system' from public.users;
";

/// A service on its first day.
pub(crate) const NOBODY: &str = "select";

/// Ten thousand people, with teams, usage, credits and invoices; the first in the alphabet have names that
/// are as long, and as foreign to the left, as names are.
pub(crate) const TEN_THOUSAND: &str = include_str!("service/ten_thousand.sql");

/// A service of the first rows, on the server that the tests share or on one of its own.
pub(crate) struct Service {
    pub(crate) database: TestDatabase,
    /// Set where the server is ours alone, to stop and to start.
    alone: bool,
}

impl Service {
    /// On the server that the tests share.
    pub(crate) async fn shared(rows: &str) -> Self {
        let service = Self {
            database: database(Kind::Managed).await,
            alone: false,
        };
        service.database.psql(rows);
        service
    }

    /// On a server of its own.
    pub(crate) async fn alone(name: &'static str, rows: &str) -> Self {
        let cluster: &'static TestCluster = Box::leak(Box::new(TestCluster::plain(name)));
        crate::support::template::copy(cluster, Kind::Managed, name).await;
        let service = Self {
            database: TestDatabase {
                cluster,
                name: name.to_owned(),
            },
            alone: true,
        };
        service.database.psql(rows);
        service
    }

    /// The address to paste: through the pooler. The server asks nobody for a password.
    pub(crate) fn url(&self) -> String {
        let TestDatabase { cluster, name } = &self.database;
        format!(
            "postgresql://{OWNER}:none@127.0.0.1:{}/{name}",
            cluster.pooler_port
        )
    }

    fn pid(&self, file: &str) -> Option<Pid> {
        let file = std::fs::read_to_string(self.database.cluster.home.join(file)).ok()?;
        let pid = file.lines().next()?.trim().parse().ok()?;
        Some(Pid::from_raw(pid)).filter(|pid| kill(*pid, None).is_ok())
    }

    async fn end(&self, file: &'static str, signal: Signal) {
        assert!(self.alone, "others use this server");
        kill(self.pid(file).expect("it runs"), signal).expect("it is ours");
        patiently(file, async || match self.pid(file) {
            Some(pid) => Err(format!("{pid} still runs")),
            None => Ok(()),
        })
        .await;
    }

    /// Ends `PgBouncer` as an update of it would.
    pub(crate) async fn stop_pooler(&self) {
        self.end("pgbouncer.pid", Signal::SIGTERM).await;
    }

    /// Starts it again.
    pub(crate) fn start_pooler(&self) {
        let home = &self.database.cluster.home;
        let ini = home.join("pgbouncer.ini");
        as_server(
            Path::new("pgbouncer"),
            &["-d", &ini.display().to_string()],
            home,
        );
    }

    /// Makes `PgBouncer` deaf and mute without ending it, as a network does that swallows everything.
    pub(crate) fn silence_pooler(&self, silent: bool) {
        assert!(self.alone, "others use this server");
        let signal = if silent {
            Signal::SIGSTOP
        } else {
            Signal::SIGCONT
        };
        kill(self.pid("pgbouncer.pid").expect("it runs"), signal).expect("it is ours");
    }

    /// Stops Postgres as `pg_ctl stop -m fast` does.
    pub(crate) async fn stop_postgres(&self) {
        self.end("data/postmaster.pid", Signal::SIGINT).await;
    }

    /// Starts it again.
    pub(crate) fn start_postgres(&self) {
        let cluster = &self.database.cluster;
        cluster.pg_ctl(&["-o", &format!("-p {}", cluster.port), "start"]);
    }

    /// A session of somebody else that holds the table `users` until it is dropped.
    pub(crate) fn hold_users(&self) -> Holder<'_> {
        let child = self
            .database
            .tool("psql")
            .env("PGAPPNAME", "a migration")
            .args(["-X", "-q", "-c"])
            .arg("begin; lock table public.users in access exclusive mode; select pg_sleep(600)")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("psql runs");
        Holder {
            session: child,
            service: self,
        }
    }

    /// Ends every session that the console has with the server, behind the pooler's back.
    pub(crate) fn terminate_sessions(&self) {
        self.database.psql(&format!(
            "select pg_terminate_backend(pid) from pg_stat_activity
             where datname = '{}' and usename = '{OWNER}'",
            self.database.name
        ));
    }

    /// Cancels what the console is waiting for now; how many statements that were.
    pub(crate) fn cancel_statements(&self) -> usize {
        let cancelled = self.database.psql(&format!(
            "select count(pg_cancel_backend(pid)) from pg_stat_activity
             where datname = '{}' and usename = '{OWNER}' and state = 'active'",
            self.database.name
        ));
        cancelled.parse().expect("a number")
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if self.alone {
            self.silence_for_the_end();
            let home = self.database.cluster.home.display().to_string();
            let script = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
                .join("src-tauri/tests/support/cluster.sh");
            let _ = Command::new(script)
                .env("HOPSDESK_TEST_HOME", home)
                .arg("stop")
                .status();
        }
    }
}

impl Service {
    /// A stopped process does not hear that it should end.
    fn silence_for_the_end(&self) {
        if let Some(pid) = self.pid("pgbouncer.pid") {
            let _ = kill(pid, Signal::SIGCONT);
        }
    }
}

/// Somebody who holds a lock.
pub(crate) struct Holder<'a> {
    session: Child,
    service: &'a Service,
}

impl Drop for Holder<'_> {
    fn drop(&mut self) {
        // A session that sleeps does not notice that its program has gone.
        self.service.database.psql(
            "select pg_terminate_backend(pid) from pg_stat_activity
             where application_name = 'a migration' and datname = current_database()",
        );
        let _ = self.session.kill();
        let _ = self.session.wait();
    }
}

impl Window {
    /// Adds a service in Settings, which opens it.
    pub(crate) async fn open_service(&self, name: &str, url: &str) {
        self.visit_settings().await;
        self.fill("Name", name).await;
        self.fill("Connection string", url).await;
        self.click_words("Add database").await;
        self.until(
            name,
            &format!(
                "document.querySelector('[data-testid=workspace-name]')?.innerText.includes('{name}')
                 && !document.querySelector('.startup')"
            ),
        )
        .await;
    }
}
