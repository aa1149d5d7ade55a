//! What can go wrong with a simulated cluster.

use serde::{Deserialize, Serialize};

/// What is wrong.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum Fault {
    /// Nothing.
    #[default]
    None,
    /// Every answer takes longer.
    Slow {
        /// By so many milliseconds.
        millis: u64,
    },
    /// A proxy in front answers with this status and a page of its own.
    Answer {
        /// The status.
        status: u16,
    },
    /// No key is good any more.
    KeyRefused,
    /// Connections are accepted and closed.
    Closed,
    /// What is asked for is done; then the connection breaks before the answer.
    AnswerLost,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_named_in_json() {
        for (json, fault) in [
            (r#"{"fault":"none"}"#, Fault::None),
            (
                r#"{"fault":"slow","millis":30}"#,
                Fault::Slow { millis: 30 },
            ),
            (
                r#"{"fault":"answer","status":502}"#,
                Fault::Answer { status: 502 },
            ),
            (r#"{"fault":"answer_lost"}"#, Fault::AnswerLost),
        ] {
            assert_eq!(
                serde_json::from_str::<Fault>(json).ok(),
                Some(fault),
                "{json}"
            );
            assert_eq!(serde_json::to_string(&fault).ok().as_deref(), Some(json));
        }
    }
}
