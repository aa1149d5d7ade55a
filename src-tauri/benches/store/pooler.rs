//! A PgBouncer in transaction mode before the service, as there is one before every database we work on.

use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use hopsdesk::config::database::DatabaseAddress;
use hopsdesk::secrets::Secret;
use tempfile::TempDir;

use crate::Measured;

/// Until it listens: it starts within a second.
const ATTEMPTS: u32 = 100;

/// A running pooler; ends with the value.
pub(crate) struct Pooler {
    child: Child,
    pub(crate) address: DatabaseAddress,
    _folder: TempDir,
}

impl Pooler {
    /// Starts one before that database, whose login it holds. Four connections to the server, as the console
    /// has to the pooler.
    pub(crate) async fn before(
        address: &DatabaseAddress,
        password: &Secret<String>,
    ) -> Measured<Self> {
        let folder = tempfile::tempdir()?;
        let port = std::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0))?
            .local_addr()?
            .port();
        let users = folder.path().join("users");
        let settings = folder.path().join("pgbouncer.ini");
        std::fs::write(
            &users,
            format!("\"{}\" \"{}\"\n", address.login, password.expose()),
        )?;
        std::fs::write(
            &settings,
            format!(
                "[databases]\n* = host=127.0.0.1 port={}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
                 listen_port = {port}\nunix_socket_dir =\nauth_type = scram-sha-256\nauth_file = {}\n\
                 pool_mode = transaction\ndefault_pool_size = 4\n\
                 ignore_startup_parameters = extra_float_digits,options\n",
                address.port,
                users.display()
            ),
        )?;
        let mut program = Command::new("/usr/sbin/pgbouncer");
        // It does not run as root, and reads what it needs as whom it runs.
        if let Some(server) = server_account(folder.path())? {
            for path in [folder.path(), &users, &settings] {
                chown(path, Some(server), None)?;
            }
            program.uid(server);
        }
        std::fs::set_permissions(&users, std::fs::Permissions::from_mode(0o600))?;
        let child = program
            .arg("--quiet")
            .arg(&settings)
            .stdin(Stdio::null())
            .spawn()?;
        let pooler = Self {
            child,
            address: DatabaseAddress {
                port,
                ..address.clone()
            },
            _folder: folder,
        };
        for _ in 0..ATTEMPTS {
            if std::net::TcpStream::connect((std::net::Ipv4Addr::LOCALHOST, port)).is_ok() {
                return Ok(pooler);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err("PgBouncer does not start".into())
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The account that runs servers, where we are root; who owns the folder tells.
fn server_account(folder: &Path) -> Measured<Option<u32>> {
    use std::os::unix::fs::MetadataExt as _;
    if std::fs::metadata(folder)?.uid() != 0 {
        return Ok(None);
    }
    let said = Command::new("id").args(["-u", "postgres"]).output()?;
    Ok(Some(String::from_utf8(said.stdout)?.trim().parse()?))
}
