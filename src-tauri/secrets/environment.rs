//! A server's secrets: each `NAME` may also be a file named by `NAME_FILE`.

use std::path::PathBuf;

use thiserror::Error;

use crate::secrets::Secret;

/// Why a secret could not be read. Names the setting, never the value.
#[derive(Debug, Error)]
pub enum EnvironmentError {
    /// Both the variable and its file are set.
    #[error("{0} and {0}_FILE are both set; keep one")]
    Twice(String),
    /// The file cannot be read.
    #[error("{name}_FILE: cannot read {path}: {source}", path = path.display())]
    File {
        /// The setting.
        name: String,
        /// The file it names.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Set, but empty.
    #[error("{0} is set but empty")]
    Empty(String),
}

/// Reads the secret `name`; `variable` looks a variable up (the environment, or a test's map).
/// A trailing line break of a file is dropped. `Ok(None)` when neither is set.
///
/// # Errors
/// When both are set, the file cannot be read, or the value is empty.
pub fn read(
    variable: &dyn Fn(&str) -> Option<String>,
    name: &str,
) -> Result<Option<Secret<String>>, EnvironmentError> {
    let value = match (variable(name), variable(&format!("{name}_FILE"))) {
        (Some(_), Some(_)) => return Err(EnvironmentError::Twice(name.to_owned())),
        (Some(value), None) => value,
        (None, Some(path)) => {
            let path = PathBuf::from(path);
            std::fs::read_to_string(&path)
                .map(|mut text| {
                    // In place: a copy would leave the first one behind in memory.
                    text.truncate(text.trim_end_matches(['\r', '\n']).len());
                    text
                })
                .map_err(|source| EnvironmentError::File {
                    name: name.to_owned(),
                    path,
                    source,
                })?
        }
        (None, None) => return Ok(None),
    };
    if value.is_empty() {
        return Err(EnvironmentError::Empty(name.to_owned()));
    }
    Ok(Some(Secret::new(value)))
}

/// The files that `NAME_FILE`s of these names mean.
#[must_use]
pub fn files(variable: &dyn Fn(&str) -> Option<String>, names: &[&str]) -> Vec<PathBuf> {
    let paths = names.iter().map(|name| variable(&format!("{name}_FILE")));
    paths.flatten().map(PathBuf::from).collect()
}

/// Reads a comma-separated list of secrets, of which any is accepted while one is rotated out.
///
/// # Errors
/// As [`read`].
pub fn read_rotating(
    variable: &dyn Fn(&str) -> Option<String>,
    name: &str,
) -> Result<Vec<Secret<String>>, EnvironmentError> {
    let Some(list) = read(variable, name)? else {
        return Ok(Vec::new());
    };
    let secrets: Vec<_> = list
        .expose()
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(|part| Secret::new(part.to_owned()))
        .collect();
    if secrets.is_empty() {
        return Err(EnvironmentError::Empty(name.to_owned()));
    }
    Ok(secrets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_comes_from_its_file_without_the_line_break() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("secret");
        std::fs::write(&file, "s3cret\n").expect("a file");
        let path = file.display().to_string();
        let variable = move |name: &str| (name == "KEY_FILE").then(|| path.clone());
        let secret = read(&variable, "KEY").expect("readable").expect("set");
        assert_eq!(secret.expose(), "s3cret");
    }

    #[test]
    fn a_secret_set_twice_is_refused_by_name() {
        let error = read(&|_| Some("x".to_owned()), "KEY").expect_err("set twice");
        assert_eq!(error.to_string(), "KEY and KEY_FILE are both set; keep one");
    }

    #[test]
    fn rotating_secrets_are_split_at_commas() {
        let variable = |name: &str| (name == "KEY").then(|| "old, new,".to_owned());
        let secrets = read_rotating(&variable, "KEY").expect("readable");
        let values: Vec<_> = secrets
            .iter()
            .map(|secret| secret.expose().as_str())
            .collect();
        assert_eq!(values, ["old", "new"]);
    }
}
