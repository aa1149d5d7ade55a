//! Where the sandbox lives, and as whom its server runs.
//!
//! Postgres refuses to run as root. Then it runs as `postgres` or `nobody`, who must be able to reach
//! the folder; root's home is closed to them, so the sandbox of root moves below `/var/tmp`.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::sandbox::failure::SandboxError;

/// How often one looks whether another program has let go of the lock, and how long in all: filling a
/// sandbox of a million users takes minutes.
const LOOK_EVERY: Duration = Duration::from_millis(50);
const LOOKS: u32 = 12_000;

/// Who runs the server.
#[derive(Debug, Clone, Copy)]
pub(in crate::sandbox) struct Runner {
    #[cfg(unix)]
    other: Option<(u32, u32)>,
}

impl Runner {
    #[cfg(unix)]
    fn choose() -> Result<Self, SandboxError> {
        if !nix::unistd::geteuid().is_root() {
            return Ok(Self { other: None });
        }
        let found = ["postgres", "nobody"]
            .iter()
            .find_map(|name| nix::unistd::User::from_name(name).ok().flatten())
            .ok_or(SandboxError::NoOrdinaryUser)?;
        Ok(Self {
            other: Some((found.uid.as_raw(), found.gid.as_raw())),
        })
    }

    // `pg_ctl` gives up administrator rights by itself there.
    #[cfg(not(unix))]
    fn choose() -> Result<Self, SandboxError> {
        Ok(Self {})
    }

    #[cfg(unix)]
    pub(super) fn apply(self, command: &mut tokio::process::Command) {
        if let Some((uid, gid)) = self.other {
            // Run by root, this drops root's supplementary groups as well.
            command.uid(uid).gid(gid);
        }
    }

    #[cfg(not(unix))]
    pub(super) fn apply(self, _: &mut tokio::process::Command) {}

    /// Hands a file that only we can have replaced to the server, through what we hold open.
    #[cfg(unix)]
    pub(super) fn give_open(self, file: &File) -> io::Result<()> {
        match self.other {
            Some((uid, gid)) => std::os::unix::fs::fchown(file, Some(uid), Some(gid)),
            None => Ok(()),
        }
    }

    #[cfg(not(unix))]
    pub(super) fn give_open(self, _: &File) -> io::Result<()> {
        Ok(())
    }

    /// Hands a folder to the server; to be used inside ours alone, where nobody else can put a link.
    #[cfg(unix)]
    pub(super) fn give(self, path: &Path) -> Result<(), SandboxError> {
        match self.other {
            Some((uid, gid)) => std::os::unix::fs::lchown(path, Some(uid), Some(gid))
                .map_err(SandboxError::folder(path)),
            None => Ok(()),
        }
    }

    #[cfg(not(unix))]
    pub(super) fn give(self, _: &Path) -> Result<(), SandboxError> {
        Ok(())
    }
}

/// The sandbox's folder:
///
/// ```text
/// <folder>/            ours
///   starting.lock      held while starting, filling or stopping; the mark of a sandbox
///   in-use.lock        held, shared, by every program that uses the server
///   logins             the passwords, 0600
///   clusters           ports and keys of the simulated clusters, 0600
///   programs           the folder of the programs that the server runs with
///   password           the superuser's alone, the server's to read, while it is set up
///   server/            the server's own, 0700: data/ and log
/// ```
#[derive(Debug, Clone)]
pub(in crate::sandbox) struct Place {
    pub(in crate::sandbox) folder: PathBuf,
    pub(super) runner: Runner,
}

impl Place {
    /// The place for a wanted folder; nothing is made yet.
    pub(in crate::sandbox) fn of(wanted: &Path) -> Result<Self, SandboxError> {
        let wanted = std::path::absolute(wanted).map_err(SandboxError::folder(wanted))?;
        let runner = Runner::choose()?;
        Ok(Self {
            folder: reachable(wanted, runner),
            runner,
        })
    }

    /// Makes the folders, or checks that they are ours and a sandbox: what lies in the place of its
    /// data is removed without asking.
    pub(in crate::sandbox) fn make(&self) -> Result<(), SandboxError> {
        make_private(&self.folder, 0o711)?;
        let mark = self.mark();
        let mut there = fs::read_dir(&self.folder).map_err(SandboxError::folder(&self.folder))?;
        if there.next().is_some() && !mark.exists() {
            return Err(SandboxError::NoSandbox(self.folder.clone()));
        }
        // The first thing in the folder, so that no other program finds it without.
        lock_file(&mark)?;
        let server = self.server();
        if !server.exists() {
            make_private(&server, 0o700)?;
        }
        self.runner.give(&server)
    }

    fn mark(&self) -> PathBuf {
        self.folder.join("starting.lock")
    }

    pub(super) fn server(&self) -> PathBuf {
        self.folder.join("server")
    }

    pub(super) fn data(&self) -> PathBuf {
        self.server().join("data")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.server().join("log")
    }

    pub(super) fn programs(&self) -> PathBuf {
        self.folder.join("programs")
    }

    pub(super) fn logins(&self) -> PathBuf {
        self.folder.join("logins")
    }

    /// Waits for the right to start, fill or stop the server. Gone when the guard is dropped, and when
    /// the program dies.
    pub(in crate::sandbox) async fn starting(&self) -> Result<File, SandboxError> {
        let path = self.mark();
        let file = lock_file(&path)?;
        for _ in 0..LOOKS {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::WouldBlock) => tokio::time::sleep(LOOK_EVERY).await,
                Err(TryLockError::Error(error)) => return Err(SandboxError::folder(&path)(error)),
            }
        }
        Err(SandboxError::Busy(self.folder.clone()))
    }

    /// Says that this program uses the server. To be called under [`Self::starting`].
    pub(in crate::sandbox) fn lease(&self) -> Result<File, SandboxError> {
        let path = self.folder.join("in-use.lock");
        let file = lock_file(&path)?;
        file.lock_shared().map_err(SandboxError::folder(&path))?;
        Ok(file)
    }

    /// Whether no program uses the server. To be called after giving back one's own lease.
    pub(in crate::sandbox) fn is_unused(&self) -> bool {
        lock_file(&self.folder.join("in-use.lock")).is_ok_and(|file| file.try_lock().is_ok())
    }
}

fn lock_file(path: &Path) -> Result<File, SandboxError> {
    File::options()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(path)
        .map_err(SandboxError::folder(path))
}

/// Makes a folder that is ours alone, or checks that the one there is: below `/var/tmp` anybody could
/// have made it first.
#[cfg(unix)]
fn make_private(path: &Path, mode: u32) -> Result<(), SandboxError> {
    use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};

    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(SandboxError::folder(parent))?;
    }
    match fs::DirBuilder::new().mode(mode).create(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let found = fs::symlink_metadata(path).map_err(SandboxError::folder(path))?;
            let ours = found.uid() == nix::unistd::geteuid().as_raw();
            if found.is_dir() && ours && found.mode() & 0o022 == 0 {
                Ok(())
            } else {
                Err(SandboxError::ForeignFolder(path.to_owned()))
            }
        }
        Err(error) => Err(SandboxError::folder(path)(error)),
    }
}

// The folders of a Windows user are closed to others as they are.
#[cfg(not(unix))]
fn make_private(path: &Path, _: u32) -> Result<(), SandboxError> {
    fs::create_dir_all(path).map_err(SandboxError::folder(path))
}

/// The wanted folder if the server's user can get there, else one below `/var/tmp` that is unique to
/// the user and the wish.
#[cfg(unix)]
fn reachable(wanted: PathBuf, runner: Runner) -> PathBuf {
    use std::os::unix::fs::MetadataExt as _;

    use sha2::{Digest as _, Sha256};

    let Some((uid, _)) = runner.other else {
        return wanted;
    };
    let open = |folder: &Path| match fs::metadata(folder) {
        Ok(found) => found.mode() & 0o001 != 0 || (found.uid() == uid && found.mode() & 0o100 != 0),
        // Not there yet: we shall make it, open enough.
        Err(_) => true,
    };
    if wanted.ancestors().all(open) {
        return wanted;
    }
    let digest = Sha256::digest(wanted.as_os_str().as_encoded_bytes());
    let short = hex::encode(&digest[..6]);
    let us = nix::unistd::geteuid();
    PathBuf::from(format!("/var/tmp/hopsdesk-{us}-{short}"))
}

#[cfg(not(unix))]
fn reachable(wanted: PathBuf, _: Runner) -> PathBuf {
    wanted
}
