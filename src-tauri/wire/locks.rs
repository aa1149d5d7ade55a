//! Tables that another program keeps to itself.

use serde::Serialize;
use time::OffsetDateTime;
use ts_rs::TS;

use crate::wire::time::rfc3339;

/// A table that nobody else may read now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct TableLock {
    pub table: String,
    /// Who holds it, e.g. `"psql (login postgres, process 4711)"`.
    pub holder: String,
    /// Since when (RFC 3339); null where our login may not know.
    pub since: Option<String>,
}

impl TableLock {
    /// Puts it in words.
    #[must_use]
    pub fn new(
        table: String,
        program: Option<String>,
        login: Option<&str>,
        pid: Option<i32>,
        since: Option<OffsetDateTime>,
    ) -> Self {
        let details: Vec<String> = [
            login.map(|login| format!("login {login}")),
            pid.map(|pid| format!("process {pid}")),
        ]
        .into_iter()
        .flatten()
        .collect();
        let program = program.unwrap_or_else(|| "another program".to_owned());
        let holder = if details.is_empty() {
            program
        } else {
            format!("{program} ({})", details.join(", "))
        };
        Self {
            table,
            holder,
            since: since.map(rfc3339),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_holder_is_named_as_far_as_it_is_known() {
        let lock = |program: Option<&str>, login, pid| {
            let program = program.map(str::to_owned);
            TableLock::new("users".to_owned(), program, login, pid, None).holder
        };
        assert_eq!(
            lock(Some("psql"), Some("postgres"), Some(4711)),
            "psql (login postgres, process 4711)"
        );
        assert_eq!(lock(None, None, Some(7)), "another program (process 7)");
        assert_eq!(lock(None, None, None), "another program");
    }
}
