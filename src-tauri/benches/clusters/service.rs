//! The service whose clusters are looked at: a small sandbox, with large clusters in the place of its own.

use std::time::Duration;

use hopsdesk::config::database::DatabaseAddress;
use hopsdesk::domain::random::Random;
use hopsdesk::sandbox::kubernetes::authority::Authority;
use hopsdesk::sandbox::kubernetes::world::World;
use hopsdesk::sandbox::kubernetes::{Credentials, Identity, Serving, Simulated, kubeconfig};
use hopsdesk::sandbox::{Sandbox, SandboxOptions};
use hopsdesk::secrets::Secret;
use hopsdesk::store::connect;
use hopsdesk::store::door::{Statement, Store};
use hopsdesk::store::rollups;
use tempfile::TempDir;
use time::OffsetDateTime;
use time::macros::datetime;
use tokio::net::TcpListener;

use crate::Measured;
use crate::clusters::world::Size;
use crate::store::timing::stopwatch;

const TOKEN: &str = "a-token-of-the-bench";

/// Longer than this, and nobody is at it.
const LONGEST: Duration = Duration::from_secs(180);

/// How many have been looked at since they were asked for, how many of these were read whole, and whether any is being
/// looked at or was.
const SEEN: Statement = Statement {
    name: "seen",
    sql: "select count(*) filter (where w.read_at is not null and w.lease is null),
            count(*) filter (where w.read_at is not null and w.lease is null and s.nodes = $1 and s.pods = $2
              and s.unread = 0 and s.no_metrics is null),
            coalesce(bool_or(w.lease is not null or w.read_at is not null), false)
          from console.cluster_watch as w
          join console.clusters as k on k.id = w.cluster_id and k.status = 'active'
          left join lateral (
            select * from console.cluster_snapshots as s where s.cluster_id = w.cluster_id order by s.taken_at desc limit 1
          ) as s on true",
};

struct Chance;

impl Random for Chance {
    fn bits(&self) -> u128 {
        rand::random()
    }
}

pub(crate) struct Service {
    sandbox: Sandbox,
    address: DatabaseAddress,
    store: Store,
    authority: Authority,
    _folder: TempDir,
}

impl Service {
    pub(crate) async fn open() -> Measured<Self> {
        let folder = tempfile::tempdir()?;
        let options = SandboxOptions {
            folder: Some(folder.path().join("sandbox")),
            users: 500,
            days: 1,
            ..SandboxOptions::new(datetime!(2026-11-20 14:16 UTC))
        };
        let sandbox = Sandbox::open(options, &Chance, |_| {}).await?;
        let address = sandbox.address();
        let store = Store::new(connect::pool(&address, Some(sandbox.password()), 2)?);
        Ok(Self {
            sandbox,
            address,
            store,
            authority: Authority::new()?,
            _folder: folder,
        })
    }

    pub(crate) fn address(&self) -> &DatabaseAddress {
        &self.address
    }

    pub(crate) fn secret(&self) -> &Secret<String> {
        self.sandbox.password()
    }

    pub(crate) fn password(&self) -> &str {
        self.sandbox.password().expose()
    }

    /// Serves these clusters, and has no others looked at. Their Hopsworks is the one of a cluster of the sandbox.
    pub(crate) async fn put(&self, size: Size, world: &World) -> Measured<Vec<Serving>> {
        self.psql("update public.hopsworks_clusters set status = 'inactive'")?;
        let until = datetime!(2999-01-01 00:00 UTC);
        let certificate = self.authority.certificate()?;
        let shown = self.authority.server(until)?;
        let identity = Identity {
            expired: shown.clone(),
            foreign: shown.clone(),
            shown,
            clients: certificate.der().clone(),
        };
        let mut serving = Vec::new();
        for n in 0..size.clusters {
            let cluster = Simulated::new(world.clone(), "v1.34.2", Secret::new(TOKEN.to_owned()));
            let listener = TcpListener::bind("127.0.0.1:0").await?;
            let served = cluster.serve(listener, identity.clone())?;
            let token = Credentials::Token(Secret::new(TOKEN.to_owned()));
            let config = kubeconfig(served.address().port(), &certificate.pem(), &token);
            self.psql(&format!(
                "insert into public.hopsworks_clusters (id, name, api_url, api_key, max_users, status, kubeconfig)
                 select gen_random_uuid(), 'Bench {} {n}', c.api_url, c.api_key, 1000, 'active', '{}'
                 from public.hopsworks_clusters as c order by c.name limit 1",
                size.pods,
                config.expose()
            ))?;
            serving.push(served);
        }
        Ok(serving)
    }

    /// Has all of them looked at, for everything there is, as soon as somebody asks for work.
    pub(crate) fn request(&self) -> Measured<()> {
        self.psql("update console.cluster_watch set next_at = now() - interval '1 second', read_at = null")?;
        Ok(())
    }

    /// Waits for a round: from the first that is taken to the last that is recorded.
    ///
    /// # Errors
    /// Also when one of them was not read whole.
    pub(crate) async fn round(&self, size: Size) -> Measured<Duration> {
        let asked = stopwatch();
        let mut begun = None;
        while asked.elapsed() < LONGEST {
            let mut reading = self.store.read().await?;
            let seen = SEEN.rows::<(i64, i64, bool)>();
            let seen = seen
                .bind(i32::try_from(size.nodes)?)
                .bind(i32::try_from(size.pods)?);
            let (seen, whole, any): (i64, i64, bool) = reading.one(seen).await?;
            reading.end().await?;
            let begun = any.then(|| *begun.get_or_insert_with(stopwatch));
            match begun {
                Some(begun) if seen == i64::try_from(size.clusters)? => {
                    let taken = begun.elapsed();
                    return if whole == seen {
                        Ok(taken)
                    } else {
                        Err(format!("{whole} of {seen} clusters were read whole").into())
                    };
                }
                _ => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
        Err("nobody has looked at all of them".into())
    }

    /// Puts that many people on one cluster, with everything that is found of them, and has everything counted.
    pub(crate) async fn crowd(&self, seats: usize) -> Measured<()> {
        self.psql(&include_str!("crowd.sql").replace("{seats}", &seats.to_string()))?;
        #[expect(
            clippy::disallowed_methods,
            reason = "what was written a moment ago is of the present"
        )]
        let now = OffsetDateTime::now_utc();
        rollups::refresh(&self.store, now, true).await?;
        Ok(())
    }

    /// Leaves nothing behind.
    pub(crate) async fn close(self) -> Measured<()> {
        self.store.close().await;
        self.sandbox.stop().await?;
        Ok(())
    }

    fn psql(&self, sql: &str) -> Measured<()> {
        let DatabaseAddress {
            host,
            port,
            login,
            database,
            ..
        } = &self.address;
        let ran = std::process::Command::new("psql")
            .args(["-Xq", "-v", "ON_ERROR_STOP=1", "-c", sql])
            .args([
                "-h",
                host,
                "-p",
                &port.to_string(),
                "-U",
                login,
                "-d",
                database,
            ])
            .env("PGPASSWORD", self.password())
            .output()?;
        if ran.status.success() {
            Ok(())
        } else {
            Err(String::from_utf8_lossy(&ran.stderr).into_owned().into())
        }
    }
}
