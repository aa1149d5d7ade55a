//! A database of one's own, and the ways into it.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use hopsdesk::config::database::DatabaseAddress;
use hopsdesk::store::connect;
use hopsdesk::store::direct::Direct;
use hopsdesk::store::door::Store;

use super::cluster::{OWNER, TestCluster};
use super::template;

/// How many this process made: test processes share the server, tests of one process share its number.
static MADE: AtomicU32 = AtomicU32::new(0);

/// What a test database holds at first. All of them stand in for a Supabase project
/// (`sandbox/supabase.sql`) and belong to a login that is no superuser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Nothing in `public`.
    Empty,
    /// Tables of some other product.
    Unrelated,
    /// A fresh managed service, migrated and attached.
    Managed,
    /// The same, where the API roles are granted everything in `public`, as projects before
    /// 2026-10-30 do.
    ManagedOldGrants,
    /// A fresh managed service, migrated but not attached.
    ManagedBare,
    /// A service of the second generation, attached.
    G2,
    /// A service of the second generation, as it was before we came.
    G2Bare,
    /// A service of the first generation as its setup guide describes it, attached; no cost yet.
    G1,
    /// A service of the first generation as its production was, with tables left over, attached.
    G1Production,
    /// The same with the columns that the code had and production had not, attached.
    G1Code,
    /// A service of the third generation, attached.
    G3,
    /// A mixture in which hardly a column has the type it should, attached.
    MixedTypes,
    /// A mixture whose names an ORM made, with pieces missing, attached.
    MixedNames,
}

impl Kind {
    /// Every kind of service that attach works on, attached.
    pub const ATTACHED: &'static [Self] = &[
        Self::Managed,
        Self::G1,
        Self::G1Production,
        Self::G1Code,
        Self::G2,
        Self::G3,
        Self::MixedTypes,
        Self::MixedNames,
    ];

    /// The files of DDL it is made of, under `migrations/tests/fixtures`.
    pub fn fixtures(self) -> &'static [&'static str] {
        match self {
            Self::G1 => &["g1.sql"],
            Self::G1Production => &["g1_production.sql"],
            Self::G1Code => &["g1_production.sql", "g1_code.sql"],
            Self::G2 | Self::G2Bare => &["g2.sql"],
            Self::G3 => &["g3.sql"],
            Self::MixedTypes => &["mixed_types.sql"],
            Self::MixedNames => &["mixed_names.sql"],
            Self::Empty
            | Self::Unrelated
            | Self::Managed
            | Self::ManagedOldGrants
            | Self::ManagedBare => &[],
        }
    }
}

impl Kind {
    /// Part of a database's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Unrelated => "unrelated",
            Self::Managed => "managed",
            Self::ManagedOldGrants => "managed_old_grants",
            Self::ManagedBare => "managed_bare",
            Self::G2 => "g2",
            Self::G2Bare => "g2_bare",
            Self::G1 => "g1",
            Self::G1Production => "g1_production",
            Self::G1Code => "g1_code",
            Self::G3 => "g3",
            Self::MixedTypes => "mixed_types",
            Self::MixedNames => "mixed_names",
        }
    }
}

/// A database that nobody else uses, dropped when the test ends.
#[derive(Debug)]
pub struct TestDatabase {
    /// The server.
    pub cluster: &'static TestCluster,
    /// Name of the database.
    pub name: String,
}

impl TestDatabase {
    /// Makes one.
    pub async fn new(kind: Kind) -> Self {
        let cluster = TestCluster::get();
        let made = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("t_{}_{}_{made}", kind.name(), std::process::id());
        template::copy(cluster, kind, &name).await;
        Self { cluster, name }
    }

    /// Another one that holds what this one does. Nobody may be in this one meanwhile.
    pub async fn copy(&self) -> Self {
        let made = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("t_copy_{}_{made}", std::process::id());
        template::copy_of(self.cluster, &self.name, &name).await;
        Self {
            cluster: self.cluster,
            name,
        }
    }

    /// The owner's way to Postgres itself.
    pub fn direct_address(&self) -> DatabaseAddress {
        self.cluster.direct(&self.name, OWNER)
    }

    /// The owner's way through PgBouncer in transaction mode.
    pub fn pooled_address(&self) -> DatabaseAddress {
        self.cluster.pooled(&self.name, OWNER)
    }

    /// A session of the owner.
    pub async fn direct(&self) -> Direct {
        Direct::open(&self.direct_address(), None)
            .await
            .expect("the owner may connect")
    }

    /// A session of the superuser.
    pub async fn superuser(&self) -> Direct {
        self.cluster.superuser(&self.name).await
    }

    /// The owner's store, through PgBouncer in transaction mode: what the product should work with.
    pub fn store(&self) -> Store {
        Self::store_of(&self.pooled_address(), 8)
    }

    /// A store at any address.
    pub fn store_of(address: &DatabaseAddress, connections: u32) -> Store {
        Store::new(connect::pool(address, None, connections).expect("a pool"))
    }

    /// What a program of ours needs in its environment to work on this database.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let url = |address: &DatabaseAddress| {
            format!(
                "postgresql://{}@localhost:{}/{}?host={}",
                address.login, address.port, address.database, address.host
            )
        };
        vec![
            ("DATABASE_URL", url(&self.pooled_address())),
            ("DATABASE_POOL_MODE", "transaction".to_owned()),
            ("DATABASE_DIRECT_URL", url(&self.direct_address())),
        ]
    }

    /// `pg_dump` or `psql` on this database, as the superuser; add arguments and run.
    pub fn tool(&self, name: &str) -> Command {
        tool(self.cluster, name, &self.name)
    }

    /// Runs SQL as the superuser through `psql`; what it printed, unaligned, without headings.
    pub fn psql(&self, sql: &str) -> String {
        // Whoever looks now and then, for minutes, finds the server still there: no watchdog takes it for forgotten.
        let _ = std::fs::write(self.cluster.home.join("used"), "");
        let run = self
            .tool("psql")
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql])
            .output()
            .expect("psql runs");
        assert!(
            run.status.success(),
            "psql: {}",
            String::from_utf8_lossy(&run.stderr)
        );
        String::from_utf8(run.stdout)
            .expect("text")
            .trim_end()
            .to_owned()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let sql = format!("drop database if exists \"{}\" with (force)", self.name);
        // Not waited for; a database that stays goes when the server stops.
        let _ = tool(self.cluster, "psql", "postgres")
            .args(["-X", "-q", "-c", &sql])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
    }
}

fn tool(cluster: &TestCluster, name: &str, database: &str) -> Command {
    let path = cluster.bin.join(name);
    let mut command = Command::new(if path.exists() {
        path.as_path()
    } else {
        Path::new(name)
    });
    command
        .arg("-h")
        .arg(&cluster.home)
        .args(["-p", &cluster.port.to_string()])
        .args(["-U", super::cluster::SUPERUSER, "-d", database]);
    command
}
