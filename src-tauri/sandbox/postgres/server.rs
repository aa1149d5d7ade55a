//! The server itself: set up once, started when nobody has, stopped by the last one out.

use std::fs;
use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use crate::domain::random::Random;
use crate::sandbox::failure::SandboxError;
use crate::sandbox::postgres::find::{Installation, Search};
use crate::sandbox::postgres::folder::Place;
use crate::sandbox::postgres::logins::{self, Logins};
use crate::sandbox::postgres::run::{command, finish, last_lines};
use crate::store::direct::Direct;

/// After a crash the old server's children may hold its shared memory for some seconds.
const START_PAUSE: Duration = Duration::from_millis(400);
const START_ATTEMPTS: u32 = 25;

/// Settings for invented data on one machine: small, safe against a crash (fsync stays on, so that
/// measurements mean something), reachable over loopback only, no replicas. They go with the command
/// line, where no value may need quotes: as root we write nothing where the server's user may.
const SETTINGS: [&str; 13] = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=60",
    "work_mem=16MB",
    "wal_level=minimal",
    "max_wal_senders=0",
    "checkpoint_timeout=15min",
    "synchronous_commit=on",
    "fsync=on",
    "jit=off",
    "random_page_cost=1.1",
    "timezone=UTC",
    "log_min_messages=warning",
];

/// What goes with few customers, whose server nobody should notice on a laptop.
const SMALL: [&str; 3] = [
    "shared_buffers=64MB",
    "maintenance_work_mem=128MB",
    "max_wal_size=1GB",
];

/// What goes with many: memory as a server of that size is given, a quarter of a small machine.
const LARGE: [&str; 3] = [
    "shared_buffers=1GB",
    "maintenance_work_mem=512MB",
    "max_wal_size=4GB",
];

/// From how many customers on a server is a large one.
const MANY: u32 = 100_000;

/// A running server.
#[derive(Debug)]
pub(in crate::sandbox) struct Server {
    place: Place,
    installation: Installation,
    pub(in crate::sandbox) logins: Logins,
    pub(in crate::sandbox) port: u16,
}

impl Server {
    /// Uses the server that runs in the place, or sets one up and starts it, for so many users. To be called under
    /// [`Place::starting`].
    pub(in crate::sandbox) async fn open(
        place: &Place,
        search: &Search,
        port: Option<u16>,
        users: u32,
        random: &dyn Random,
        mut setting_up: impl FnMut(),
    ) -> Result<Self, SandboxError> {
        let made_by = fs::read_to_string(place.data().join("PG_VERSION"))
            .ok()
            .map(|text| text.trim().to_owned());
        let logins = Logins::read(place);
        // Without its passwords a data folder is of no use to anybody.
        let made_by = made_by.filter(|_| logins.is_some());
        let wanted = made_by.as_ref().and_then(|text| text.parse().ok());
        let port_of_running = match (&logins, &made_by) {
            (Some(logins), Some(_)) => running(place, logins).await,
            _ => None,
        };
        // Whoever starts a server asks the programs what they are; one that runs was started with them.
        let known = known(place, search, wanted)
            .filter(|known| port_of_running.is_some() || known.is_as_taken());
        let installation = match known {
            Some(known) => known,
            None => search
                .find(wanted)?
                .ok_or_else(|| SandboxError::OtherVersion {
                    folder: place.folder.clone(),
                    made_by: made_by.clone().unwrap_or_default(),
                })?,
        };
        remember(place, &installation);
        let (Some(logins), Some(_)) = (logins, made_by) else {
            setting_up();
            let logins = Logins::make(place, random)?;
            set_up(place, &installation, &logins).await?;
            return Self::start(place, installation, logins, port, users).await;
        };
        if let Some(port) = port_of_running {
            return Ok(Self {
                place: place.clone(),
                installation,
                logins,
                port,
            });
        }
        Self::start(place, installation, logins, port, users).await
    }

    /// The server if it runs already.
    pub(in crate::sandbox) async fn join(
        place: &Place,
        search: &Search,
    ) -> Result<Option<Self>, SandboxError> {
        let Some(logins) = Logins::read(place) else {
            return Ok(None);
        };
        let Some(port) = running(place, &logins).await else {
            return Ok(None);
        };
        let version = fs::read_to_string(place.data().join("PG_VERSION")).unwrap_or_default();
        let wanted = version.trim().parse().ok();
        let installation = match known(place, search, wanted) {
            Some(known) => Some(known),
            None => search.find(wanted)?,
        };
        let Some(installation) = installation else {
            return Ok(None);
        };
        Ok(Some(Self {
            place: place.clone(),
            installation,
            logins,
            port,
        }))
    }

    async fn start(
        place: &Place,
        installation: Installation,
        logins: Logins,
        wanted: Option<u16>,
        users: u32,
    ) -> Result<Self, SandboxError> {
        let size = if users < MANY { SMALL } else { LARGE };
        let settings = [SETTINGS.as_slice(), &size].concat().join(" -c ");
        let mut said = String::new();
        for attempt in 0..START_ATTEMPTS {
            if attempt > 0 {
                tokio::time::sleep(START_PAUSE).await;
            }
            let port = free_port(wanted, place)?;
            let _ = fs::remove_file(place.log());
            let mut start = command(
                &installation.program("pg_ctl"),
                &place.runner,
                &place.server(),
            );
            start
                .args(["start", "--wait", "--silent", "--timeout=60", "--pgdata"])
                .arg(place.data())
                .arg("--log")
                .arg(place.log())
                .arg("--options")
                .arg(format!("-p {port} -c {settings}"))
                // Not a pipe: the server would inherit it and we would wait for its end.
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            let status = start
                .status()
                .await
                .map_err(|error| SandboxError::Program {
                    program: "pg_ctl",
                    said: error.to_string(),
                })?;
            if status.success() {
                return Ok(Self {
                    place: place.clone(),
                    installation,
                    logins,
                    port,
                });
            }
            let log = fs::read(place.log()).unwrap_or_default();
            said = last_lines(&String::from_utf8_lossy(&log));
        }
        Err(SandboxError::Program {
            program: "pg_ctl start",
            said,
        })
    }

    /// Ends all sessions and the server.
    pub(in crate::sandbox) async fn stop(&self) -> Result<(), SandboxError> {
        finish("pg_ctl stop", self.stop_command("--wait")).await
    }

    /// As [`Self::stop`], from where one cannot wait: sends the signal and does not look back.
    pub(in crate::sandbox) fn signal_stop(&self) {
        let mut command = self.stop_command("--no-wait").into_std();
        let _ = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    }

    fn stop_command(&self, wait: &str) -> tokio::process::Command {
        let program = self.installation.program("pg_ctl");
        let mut stop = command(&program, &self.place.runner, &self.place.server());
        stop.args(["stop", wait, "--mode=fast", "--timeout=60", "--pgdata"])
            .arg(self.place.data());
        stop
    }
}

/// The programs that the server was last started with. To look for them everywhere takes longer than the start of
/// a console.
fn known(place: &Place, search: &Search, wanted: Option<u32>) -> Option<Installation> {
    let bin = fs::read_to_string(place.programs()).ok()?;
    search.known(Path::new(&bin), wanted?)
}

/// Notes where the programs are. Without a note they are looked for again.
fn remember(place: &Place, installation: &Installation) {
    let Some(bin) = installation.bin().to_str() else {
        return;
    };
    let noted = fs::read_to_string(place.programs());
    if !noted.is_ok_and(|noted| noted == bin) {
        let _ = fs::write(place.programs(), bin);
    }
}

/// The port of the server that runs in the place, if one does and answers to our password. The pid file
/// may be left over from a crash, so it is only a hint where to knock.
async fn running(place: &Place, logins: &Logins) -> Option<u16> {
    let pid_file = fs::read_to_string(place.data().join("postmaster.pid")).ok()?;
    let port: u16 = pid_file.lines().nth(3)?.trim().parse().ok()?;
    let address = logins::address(logins::ADMIN, port);
    let connection = Direct::open(&address, Some(&logins.admin)).await.ok()?;
    let _ = connection.close().await;
    Some(port)
}

/// The wanted port, or one that stays the same for a folder as long as it is free: people keep a psql
/// window open.
fn free_port(wanted: Option<u16>, place: &Place) -> Result<u16, SandboxError> {
    let free = |port: u16| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok();
    if let Some(port) = wanted {
        return free(port)
            .map(|_| port)
            .ok_or(SandboxError::PortTaken(port));
    }
    let digest = Sha256::digest(place.folder.as_os_str().as_encoded_bytes());
    // Below the range from which systems hand out ports to clients.
    let usual = 20_000 + u16::from_be_bytes([digest[0], digest[1]]) % 10_000;
    if free(usual).is_some() {
        return Ok(usual);
    }
    let any = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|socket| socket.local_addr());
    any.map(|address| address.port())
        .map_err(SandboxError::folder(&place.folder))
}

/// Makes the data folder, beside its final name: a crash half-way leaves nothing that looks ready.
async fn set_up(
    place: &Place,
    installation: &Installation,
    logins: &Logins,
) -> Result<(), SandboxError> {
    let making = place.server().join("data.new");
    for leftover in [&making, &place.data()] {
        remove_folder(leftover)?;
    }
    let password_file = place.folder.join("password");
    let _ = fs::remove_file(&password_file);
    let write = || -> std::io::Result<()> {
        let mut file = logins::private_file(&password_file)?;
        file.write_all(logins.admin.expose().as_bytes())?;
        place.runner.give_open(&file)
    };
    let made = match write() {
        Ok(()) => initdb(place, installation, &making, &password_file).await,
        Err(error) => Err(SandboxError::folder(&password_file)(error)),
    };
    let _ = fs::remove_file(&password_file);
    made?;
    fs::rename(&making, place.data()).map_err(SandboxError::folder(&making))
}

/// Text sorts by code point and folds case for all of Unicode where the system can; each system knows
/// other names for that.
async fn initdb(
    place: &Place,
    installation: &Installation,
    data: &Path,
    password_file: &Path,
) -> Result<(), SandboxError> {
    let mut locales: Vec<&[&str]> = vec![
        &["--locale=C.UTF-8"],
        &["--locale=en_US.UTF-8"],
        &["--locale=C"],
    ];
    if installation.major >= 17 {
        locales.insert(0, &["--locale-provider=builtin", "--locale=C.UTF-8"]);
    }
    let mut result = Ok(());
    for locale in locales {
        let mut initdb = command(
            &installation.program("initdb"),
            &place.runner,
            &place.server(),
        );
        initdb
            .args([
                "--username",
                logins::ADMIN,
                "--encoding=UTF8",
                "--auth=scram-sha-256",
            ])
            .args(["--no-sync", "--no-instructions"])
            .args(locale)
            .arg("--pwfile")
            .arg(password_file)
            .arg("--pgdata")
            .arg(data);
        result = finish("initdb", initdb).await;
        if result.is_ok() {
            break;
        }
        remove_folder(data)?;
    }
    result
}

fn remove_folder(path: &Path) -> Result<(), SandboxError> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(SandboxError::folder(path)(error))
        }
        _ => Ok(()),
    }
}
