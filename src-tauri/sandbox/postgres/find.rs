//! Finds an installed Postgres, 15 or newer; of several the newest.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::sandbox::failure::SandboxError;

/// The oldest major version that has what the schema uses (`security_invoker` views).
const OLDEST: u32 = 15;

/// Where to look for Postgres.
#[derive(Debug, Clone)]
pub struct Search {
    /// The folder to use and no other (`HOPSDESK_POSTGRES_BIN`).
    pub named: Option<PathBuf>,
    /// The search path for programs.
    pub path: Option<OsString>,
    /// Folders in which installers put it; a `*` stands for any name.
    pub usual: Vec<PathBuf>,
}

impl Search {
    /// The setting, `PATH` and the usual folders of this kind of system.
    #[must_use]
    pub fn everywhere() -> Self {
        Self {
            named: env::var_os("HOPSDESK_POSTGRES_BIN")
                .filter(|value| !value.is_empty())
                .map(PathBuf::from),
            path: env::var_os("PATH"),
            usual: usual_folders().iter().map(PathBuf::from).collect(),
        }
    }

    /// The installation whose programs lie in a folder that was found before, as far as they are still there and no
    /// other is asked for. Nothing is run: `major` is what they are taken for.
    pub(in crate::sandbox) fn known(&self, bin: &Path, major: u32) -> Option<Installation> {
        let wanted = self.named.as_deref().is_none_or(|named| named == bin);
        (wanted && has_programs(bin)).then(|| Installation {
            bin: bin.to_owned(),
            major,
        })
    }

    /// The installation to use: the one of major version `made_by` when a data folder already exists,
    /// else the newest.
    pub(in crate::sandbox) fn find(
        &self,
        made_by: Option<u32>,
    ) -> Result<Option<Installation>, SandboxError> {
        if let Some(named) = &self.named {
            let found =
                Installation::at(named).ok_or_else(|| SandboxError::NotPostgres(named.clone()))?;
            return Ok(Some(found).filter(|found| made_by.is_none_or(|major| found.major == major)));
        }
        let mut found: Vec<_> = self
            .folders()
            .iter()
            .filter_map(|folder| Installation::at(folder))
            .collect();
        if found.is_empty() {
            return Err(SandboxError::NoPostgres);
        }
        found.retain(|found| made_by.is_none_or(|major| found.major == major));
        Ok(found.into_iter().max_by_key(|found| found.major))
    }

    fn folders(&self) -> Vec<PathBuf> {
        let on_path: Vec<PathBuf> = self
            .path
            .iter()
            .flat_map(|path| env::split_paths(path).collect::<Vec<_>>())
            .collect();
        let mut folders: Vec<PathBuf> = on_path
            .iter()
            .filter_map(|folder| bindir_by_config(folder))
            .collect();
        folders.extend(on_path);
        folders.extend(self.usual.iter().flat_map(|pattern| expanded(pattern)));
        folders.dedup();
        folders
    }
}

/// A Postgres that can be run.
#[derive(Debug, Clone)]
pub(in crate::sandbox) struct Installation {
    bin: PathBuf,
    pub(in crate::sandbox) major: u32,
}

impl Installation {
    /// The installation in a `bin` folder, when it has all three programs and is new enough.
    fn at(bin: &Path) -> Option<Self> {
        if !has_programs(bin) {
            return None;
        }
        // A link in /usr/bin may lead to the real folder, which is where `share` is found from.
        let answer = said(&program(bin, "postgres"), "--version")?;
        let major = major_of(&answer)?;
        (major >= OLDEST).then(|| Self {
            bin: bin.to_owned(),
            major,
        })
    }

    /// Whether the programs are still of the version they are taken for.
    pub(in crate::sandbox) fn is_as_taken(&self) -> bool {
        Self::at(&self.bin).is_some_and(|found| found.major == self.major)
    }

    /// The folder of the programs.
    pub(in crate::sandbox) fn bin(&self) -> &Path {
        &self.bin
    }

    pub(in crate::sandbox) fn program(&self, name: &str) -> PathBuf {
        program(&self.bin, name)
    }
}

fn program(bin: &Path, name: &str) -> PathBuf {
    bin.join(format!("{name}{}", env::consts::EXE_SUFFIX))
}

fn has_programs(bin: &Path) -> bool {
    ["initdb", "pg_ctl", "postgres"]
        .iter()
        .all(|name| program(bin, name).is_file())
}

/// `postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)` → 15; also `17beta1`.
fn major_of(answer: &str) -> Option<u32> {
    let version = answer.split_once(')')?.1.trim_start();
    let digits = version
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(version.len());
    version[..digits].parse().ok()
}

fn bindir_by_config(folder: &Path) -> Option<PathBuf> {
    let program = folder.join(format!("pg_config{}", env::consts::EXE_SUFFIX));
    if !program.is_file() {
        return None;
    }
    let answer = said(&program, "--bindir")?;
    Some(PathBuf::from(answer.trim()))
}

fn said(program: &Path, argument: &str) -> Option<String> {
    let output = Command::new(program)
        .arg(argument)
        .stdin(Stdio::null())
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}

fn usual_folders() -> &'static [&'static str] {
    if cfg!(target_os = "macos") {
        &[
            "/opt/homebrew/opt/postgresql@*/bin",
            "/opt/homebrew/opt/postgresql/bin",
            "/usr/local/opt/postgresql@*/bin",
            "/usr/local/opt/postgresql/bin",
            "/Applications/Postgres.app/Contents/Versions/*/bin",
            "/Library/PostgreSQL/*/bin",
        ]
    } else if cfg!(target_os = "windows") {
        &[
            "C:\\Program Files\\PostgreSQL\\*\\bin",
            "C:\\Program Files (x86)\\PostgreSQL\\*\\bin",
        ]
    } else {
        &[
            "/usr/lib/postgresql/*/bin",
            "/usr/pgsql-*/bin",
            "/usr/lib/pgsql/bin",
            "/usr/local/pgsql/bin",
            "/usr/bin",
            "/usr/local/bin",
            "/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
        ]
    }
}

/// The folders a pattern stands for; one component may hold one `*`.
fn expanded(pattern: &Path) -> Vec<PathBuf> {
    let mut folders = vec![PathBuf::new()];
    for part in pattern.components() {
        let name = part.as_os_str().to_string_lossy();
        let Some((before, after)) = name.split_once('*') else {
            for folder in &mut folders {
                folder.push(part);
            }
            continue;
        };
        folders = folders
            .iter()
            .filter_map(|folder| folder.read_dir().ok())
            .flatten()
            .filter_map(Result::ok)
            .filter(|entry| {
                let name = entry.file_name();
                let name = name.to_string_lossy();
                name.len() >= before.len() + after.len()
                    && name.starts_with(before)
                    && name.ends_with(after)
            })
            .map(|entry| entry.path())
            .collect();
    }
    folders
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_as_packagers_print_it() {
        for (answer, major) in [
            (
                "postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n",
                Some(15),
            ),
            ("postgres (PostgreSQL) 17beta1\n", Some(17)),
            ("postgres (PostgreSQL) 9.6.24", Some(9)),
            ("initdb: error", None),
        ] {
            assert_eq!(major_of(answer), major, "{answer}");
        }
    }

    #[test]
    fn a_pattern_finds_every_version_installed() {
        let root = tempfile::tempdir().expect("a folder");
        for version in ["15", "17"] {
            std::fs::create_dir_all(root.path().join(version).join("bin")).expect("a folder");
        }
        let mut found = expanded(&root.path().join("*").join("bin"));
        found.sort();
        assert_eq!(
            found,
            [root.path().join("15/bin"), root.path().join("17/bin")]
        );
    }

    #[test]
    fn a_folder_that_was_found_before_is_used_as_long_as_it_has_the_programs_and_no_other_is_named()
    {
        let root = tempfile::tempdir().expect("a folder");
        let mut search = Search {
            named: None,
            path: None,
            usual: Vec::new(),
        };
        assert!(search.known(root.path(), 15).is_none(), "it is empty");
        for name in ["initdb", "pg_ctl", "postgres"] {
            std::fs::write(program(root.path(), name), "").expect("a program");
        }
        let known = search.known(root.path(), 15).expect("an installation");
        assert_eq!((known.bin(), known.major), (root.path(), 15));
        assert!(!known.is_as_taken(), "these programs say no version");
        search.named = Some(root.path().join("elsewhere"));
        assert!(search.known(root.path(), 15).is_none());
    }

    #[test]
    fn where_nothing_is_installed_the_sentence_says_how_to_install() {
        let search = Search {
            named: None,
            path: None,
            usual: Vec::new(),
        };
        let error = search.find(None).expect_err("nothing there");
        let sentence = error.to_string();
        assert!(sentence.contains("PostgreSQL 15 or newer"), "{sentence}");
        assert!(sentence.contains("nstall"), "{sentence}");
    }
}
