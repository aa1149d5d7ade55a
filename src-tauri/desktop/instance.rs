//! One window for each set of settings: which starts belong together.

#[cfg(target_os = "linux")]
pub(in crate::desktop) mod turn;

use std::path::{Path, PathBuf};

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
