//! Settings from file and environment: one struct a section, names of secrets but never their values.

pub mod alerts;
pub mod anchors;
pub mod database;
pub mod notified;
pub mod receiver;
pub mod window;
pub mod workspaces;

use thiserror::Error;

/// A setting that cannot be used, in one line that names it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{name}: {problem}")]
pub struct ConfigError {
    /// The environment variable or the field.
    pub name: String,
    /// What is wrong and what would be right.
    pub problem: String,
}

impl ConfigError {
    /// Names the setting and says what is wrong with it.
    pub fn new(name: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            problem: problem.into(),
        }
    }
}

/// Looks up an environment variable: the real ones in `bin/`, a map in tests. Empty counts as unset.
pub type Variables<'a> = &'a dyn Fn(&str) -> Option<String>;
