//! What was found, and how it is told.

use std::io::{Write as _, stdout};

use serde::Serialize;

use crate::cli::failure::CliError;

/// How a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    Ok,
    /// It works, and somebody should know.
    Warn,
    /// Nobody here can tell.
    Unknown,
    /// Something does not work.
    Bad,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
pub(super) struct Finding {
    check: &'static str,
    state: State,
    sentence: String,
    /// What to do; none where all is well.
    remedy: Option<String>,
}

/// In the order in which they were made.
#[derive(Default, Serialize)]
pub(super) struct Findings(Vec<Finding>);

impl Findings {
    pub(super) fn ok(&mut self, check: &'static str, sentence: impl Into<String>) {
        self.add(check, State::Ok, sentence.into(), None);
    }

    pub(super) fn warn(&mut self, check: &'static str, sentence: impl Into<String>, remedy: &str) {
        self.add(check, State::Warn, sentence.into(), Some(remedy));
    }

    /// What cannot be found out from here is neither well nor wrong.
    pub(super) fn unknown(
        &mut self,
        check: &'static str,
        sentence: impl Into<String>,
        remedy: &str,
    ) {
        self.add(check, State::Unknown, sentence.into(), Some(remedy));
    }

    pub(super) fn bad(&mut self, check: &'static str, sentence: impl Into<String>, remedy: &str) {
        self.add(check, State::Bad, sentence.into(), Some(remedy));
    }

    fn add(&mut self, check: &'static str, state: State, sentence: String, remedy: Option<&str>) {
        self.0.push(Finding {
            check,
            state,
            sentence,
            remedy: remedy.map(str::to_owned),
        });
    }

    /// How many things do not work.
    pub(super) fn bad_ones(&self) -> usize {
        let bad = |one: &&Finding| one.state == State::Bad;
        self.0.iter().filter(bad).count()
    }

    pub(super) fn print(&self, json: bool) -> Result<(), CliError> {
        let mut out = stdout().lock();
        if json {
            let text = serde_json::to_string_pretty(&self.0)
                .map_err(|error| CliError::Failed(error.to_string()))?;
            writeln!(out, "{text}")?;
            return Ok(());
        }
        for finding in &self.0 {
            let word = match finding.state {
                State::Ok => "ok",
                State::Warn => "warn",
                State::Unknown => "?",
                State::Bad => "BAD",
            };
            writeln!(out, "{word:4} {}: {}", finding.check, finding.sentence)?;
            if let Some(remedy) = &finding.remedy {
                writeln!(out, "     → {remedy}")?;
            }
        }
        Ok(())
    }
}
