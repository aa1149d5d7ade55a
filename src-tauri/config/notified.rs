//! Which alerts this computer was told of, workspace by workspace: kept, so that a start tells nothing twice.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use serde::{Deserialize, Serialize};

/// What was told of one workspace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notified {
    /// The newest alert there was.
    pub up_to: i64,
    /// Those that were told and not yet taken back.
    pub open: Vec<i64>,
}

/// By workspace id.
pub type AllNotified = BTreeMap<String, Notified>;

/// As it was left; nothing at the first start, and of a file that is none of ours: then what is there now is taken as
/// known.
#[must_use]
pub fn load(file: &Path) -> AllNotified {
    let text = fs::read_to_string(file).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// Writes it beside the old one and puts it in its place.
///
/// # Errors
/// When the file cannot be written.
pub fn save(file: &Path, all: &AllNotified) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let beside = file.with_extension("new");
    fs::write(&beside, serde_json::to_vec(all)?)?;
    fs::rename(&beside, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_told_is_known_at_the_next_start() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("deeper/told.json");
        assert_eq!(load(&file), AllNotified::new());
        let told = Notified {
            up_to: 7,
            open: vec![5, 7],
        };
        let all = AllNotified::from([("sandbox".to_owned(), told)]);
        save(&file, &all).expect("written");
        assert_eq!(load(&file), all);
        fs::write(&file, "{").expect("written");
        assert_eq!(load(&file), AllNotified::new(), "a broken file is none");
    }
}
