//! The console's settings file: the workspaces by name and address, never a secret.

#![expect(
    clippy::disallowed_types,
    reason = "serde's derive of `flatten` names the floats of TOML"
)]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::domain::workspace::{StripeMode, WorkspaceColour, WorkspaceKind};

/// Why the settings cannot be read or written.
#[derive(Debug, Error)]
pub enum SettingsError {
    /// The file cannot be read or written.
    #[error("cannot use {path}: {source}", path = path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not what it should be. It is left as it is.
    #[error("{path}, line {line}: {problem}", path = path.display())]
    Broken {
        /// Which file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong there.
        problem: String,
    },
}

/// The settings file. Keys that this version does not know are kept.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Id of the workspace to open at start; none for the sandbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<String>,
    /// What was chosen for the sandbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sandbox: Option<SandboxEntry>,
    /// The databases that were added.
    #[serde(default, rename = "workspace")]
    pub workspaces: Vec<WorkspaceEntry>,
    /// What other versions wrote.
    #[serde(flatten)]
    pub other: toml::Table,
}

/// What was chosen for the sandbox, which is always there.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SandboxEntry {
    /// IANA name of the time zone its months are counted in; none for UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fiscal_zone: Option<String>,
    /// The Auth0 tenant's own domain, for links to its dashboard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth0_domain: Option<String>,
    /// What other versions wrote.
    #[serde(flatten)]
    pub other: toml::Table,
}

/// One workspace on file. Its password is in the keychain, under its id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkspaceEntry {
    /// A uuid.
    pub id: String,
    /// As the person called it.
    pub name: String,
    /// Decides its colour.
    pub kind: WorkspaceKind,
    /// Another one than its kind's; production has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<WorkspaceColour>,
    /// Without a password.
    pub url: String,
    /// A way past the pooler, for what wants a session: without a password, which is that of `url`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direct_url: Option<String>,
    /// PEM file of the server's CA.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// IANA name of the time zone its months are counted in; none for UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fiscal_zone: Option<String>,
    /// The Auth0 tenant's domain: to sign in at, and for links to its dashboard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth0_domain: Option<String>,
    /// The console's client id at that tenant. With it one signs in before the workspace opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth0_client_id: Option<String>,
    /// The API at that tenant that access tokens are asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth0_audience: Option<String>,
    /// The tenant's own domain, which may not be the one to sign in at: there its Management API is, and the
    /// secret goes nowhere else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth0_management_domain: Option<String>,
    /// The client id of an application that may use the Management API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth0_management_client_id: Option<String>,
    /// Which of Stripe's modes its ids are of; none for live in production and test elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stripe_mode: Option<StripeMode>,
    /// The Supabase project, for links to its dashboard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supabase_url: Option<String>,
    /// Whether the keychain keeps the sign-in until the next start; none for yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stay_signed_in: Option<bool>,
    /// Whether one signs in anew before anything is changed; none for yes in production.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reauthenticate: Option<bool>,
    /// After how many minutes without anybody at the window one is signed out; none for 30, 0 for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_minutes: Option<u16>,
    /// What other versions wrote.
    #[serde(flatten)]
    pub other: toml::Table,
}

impl Settings {
    /// Reads the file; one that is not there yet is empty.
    ///
    /// # Errors
    /// When the file cannot be read or is broken, with the line.
    pub fn load(path: &Path) -> Result<Self, SettingsError> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(source) => {
                return Err(SettingsError::File {
                    path: path.to_owned(),
                    source,
                });
            }
        };
        toml::from_str(&text).map_err(|error| SettingsError::Broken {
            path: path.to_owned(),
            line: error.span().map_or(1, |span| {
                1 + text
                    .bytes()
                    .take(span.start)
                    .filter(|byte| *byte == b'\n')
                    .count()
            }),
            problem: error.message().to_owned(),
        })
    }

    /// Writes the file beside the old one and puts it in its place, so that a crash leaves one of both.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), SettingsError> {
        let failed = |source| SettingsError::File {
            path: path.to_owned(),
            source,
        };
        let text = toml::to_string_pretty(self)
            .map_err(|error| failed(std::io::Error::other(error.to_string())))?;
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        let beside = path.with_extension("toml.new");
        let mut file = fs::File::create(&beside).map_err(failed)?;
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(failed)?;
        fs::rename(&beside, path).map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_keys_survive_a_round() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("console.toml");
        let text = "future = true\n\n[[workspace]]\nid = \"1\"\nname = \"Acme\"\nkind = \"staging\"\n\
                    url = \"postgres://me@h/db\"\nfiscal_zone = \"Asia/Tokyo\"\nshade = \"teal\"\n\n\
                    [sandbox]\nfiscal_zone = \"Europe/Stockholm\"\nsand = \"fine\"\n";
        fs::write(&path, text).expect("a file");
        let settings = Settings::load(&path).expect("readable");
        settings.save(&path).expect("writable");
        let back = fs::read_to_string(&path).expect("a file");
        assert!(
            [
                "future = true",
                "shade = \"teal\"",
                "sand = \"fine\"",
                "Asia/Tokyo",
                "Europe/Stockholm"
            ]
            .iter()
            .all(|kept| back.contains(kept)),
            "{back}"
        );
        assert_eq!(Settings::load(&path).expect("readable"), settings);
    }

    #[test]
    fn a_broken_file_is_reported_with_its_line_and_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("console.toml");
        fs::write(&path, "open = \"x\"\nworkspace = 5\n").expect("a file");
        let error = Settings::load(&path).expect_err("broken");
        assert!(
            matches!(error, SettingsError::Broken { line: 2, .. }),
            "{error}"
        );
        assert_eq!(
            fs::read_to_string(&path).expect("a file"),
            "open = \"x\"\nworkspace = 5\n"
        );
    }

    #[test]
    fn no_file_yet_is_no_error() {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = Settings::load(&folder.path().join("none.toml")).expect("empty");
        assert_eq!(settings, Settings::default());
    }
}
