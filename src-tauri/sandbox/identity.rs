//! The private key that opens what is sealed in the sandbox. It lies beside the logins, for the same reason.

use std::fs;
use std::io::Write as _;

use crate::sandbox::failure::SandboxError;
use crate::sandbox::postgres::{Place, private_file};
use crate::secrets::Secret;
use crate::secrets::sealing::Identities;

/// The one that is there; none when there is no file, or a damaged one.
pub(in crate::sandbox) fn read(place: &Place) -> Option<Identities> {
    let text = fs::read_to_string(place.folder.join("identity")).ok()?;
    Identities::read(&Secret::new(text)).ok()
}

/// The one that is there, or a new one.
pub(in crate::sandbox) fn open(place: &Place) -> Result<Identities, SandboxError> {
    if let Some(identities) = read(place) {
        return Ok(identities);
    }
    let path = place.folder.join("identity");
    let made = Identities::generate();
    let beside = path.with_extension("new");
    let _ = fs::remove_file(&beside);
    let write = || -> std::io::Result<()> {
        let mut file = private_file(&beside)?;
        file.write_all(made.written().expose().as_bytes())?;
        fs::rename(&beside, &path)
    };
    write().map_err(SandboxError::folder(&path))?;
    Ok(made)
}
