//! The passwords of the sandbox's two logins.
//!
//! They lie in a plain file that only its owner may read, not in the keychain: they guard invented data
//! on loopback from other users of the same machine, and a headless program must be able to join in.

use std::fs;
use std::io::Write as _;

use zeroize::Zeroizing;

use crate::config::database::{DatabaseAddress, PoolMode};
use crate::domain::random::Random;
use crate::sandbox::failure::SandboxError;
use crate::sandbox::postgres::folder::Place;
use crate::secrets::Secret;

/// The superuser, for what only a superuser can do: the stand-in for Supabase, and loading samples.
pub(in crate::sandbox) const ADMIN: &str = "hopsdesk_admin";
/// Owner of the schema, no superuser, as at Supabase. Everybody works with this one.
pub(in crate::sandbox) const OWNER: &str = "hopsdesk_owner";
/// Like a Supabase project, the sandbox lives in the database `postgres`.
const DATABASE: &str = "postgres";

/// Both passwords.
#[derive(Debug, Clone)]
pub(in crate::sandbox) struct Logins {
    pub(in crate::sandbox) admin: Secret<String>,
    pub(in crate::sandbox) owner: Secret<String>,
}

impl Logins {
    /// Reads the file; none when there is none or it is damaged.
    pub(in crate::sandbox) fn read(place: &Place) -> Option<Self> {
        let text = Zeroizing::new(fs::read_to_string(place.logins()).ok()?);
        let (admin, owner) = text.trim_end().split_once('\n')?;
        Some(Self {
            admin: Secret::new(admin.to_owned()),
            owner: Secret::new(owner.to_owned()),
        })
    }

    /// Makes two passwords and writes the file.
    pub(in crate::sandbox) fn make(
        place: &Place,
        random: &dyn Random,
    ) -> Result<Self, SandboxError> {
        let logins = Self {
            admin: password(random),
            owner: password(random),
        };
        let path = place.logins();
        let text = Zeroizing::new(format!(
            "{}\n{}\n",
            logins.admin.expose(),
            logins.owner.expose()
        ));
        // Written beside and renamed: a half-written file would lock us out.
        let beside = path.with_extension("new");
        let _ = fs::remove_file(&beside);
        let write = || -> std::io::Result<()> {
            let mut file = private_file(&beside)?;
            file.write_all(text.as_bytes())?;
            fs::rename(&beside, &path)
        };
        write().map_err(SandboxError::folder(&path))?;
        Ok(logins)
    }
}

/// A file that must not exist yet and only we may read.
pub(in crate::sandbox) fn private_file(path: &std::path::Path) -> std::io::Result<fs::File> {
    let mut options = fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The address of the sandbox on this machine.
pub(in crate::sandbox) fn address(login: &str, port: u16) -> DatabaseAddress {
    DatabaseAddress {
        host: "127.0.0.1".to_owned(),
        port,
        database: DATABASE.to_owned(),
        login: login.to_owned(),
        ca_file: None,
        verify_loopback: false,
        pool_mode: PoolMode::Direct,
    }
}

/// 256 bits, which must come from a source nobody can guess: the one thing in the sandbox that is not
/// made from the seed.
fn password(random: &dyn Random) -> Secret<String> {
    Secret::new(format!("{:032x}{:032x}", random.bits(), random.bits()))
}
