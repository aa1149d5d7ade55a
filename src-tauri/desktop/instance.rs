//! One window for each set of settings: which starts belong together.

use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

/// The settings file: the one that was named, or the one in the platform's config folder.
pub(in crate::desktop) fn settings_path(named: Option<&Path>) -> PathBuf {
    named.map_or_else(
        || {
            directories::ProjectDirs::from("ai", "hopsdesk", "hopsdesk").map_or_else(
                || PathBuf::from("hopsdesk.toml"),
                |folders| folders.config_dir().join("console.toml"),
            )
        },
        Path::to_path_buf,
    )
}

/// The name under which a start finds the one before it on the session bus: another settings file, or another
/// folder for the sandbox, is another name, so that no start is taken in by a window on other data. A link
/// that the system hands over comes without either, and finds the window that was opened without either.
pub(in crate::desktop) fn bus_name(
    identifier: &str,
    settings: &Path,
    sandbox: Option<&Path>,
) -> String {
    let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let mut hasher = Sha256::new();
    hasher.update(whole(settings).as_os_str().as_encoded_bytes());
    hasher.update([0]);
    if let Some(sandbox) = sandbox {
        hasher.update(whole(sandbox).as_os_str().as_encoded_bytes());
    }
    let digest = hex::encode(hasher.finalize());
    // No part of a name on the bus begins with a digit.
    format!("{identifier}.for{}", &digest[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(settings: &str, sandbox: Option<&str>) -> String {
        bus_name("ai.example", Path::new(settings), sandbox.map(Path::new))
    }

    #[test]
    fn other_settings_or_another_sandbox_are_another_window() {
        let one = name("/home/a/console.toml", None);
        assert_eq!(one, name("/home/a/console.toml", None));
        assert_ne!(one, name("/home/b/console.toml", None));
        assert_ne!(one, name("/home/a/console.toml", Some("/tmp/x")));
        assert_ne!(
            name("/home/a/console.toml", Some("/tmp/x")),
            name("/home/a/console.toml", Some("/tmp/y"))
        );
        assert_eq!(
            name("console.toml", None),
            name(
                std::path::absolute("console.toml")
                    .expect("a folder")
                    .to_str()
                    .expect("text"),
                None
            )
        );
        assert!(one.starts_with("ai.example.for") && one.len() < 60, "{one}");
    }
}
