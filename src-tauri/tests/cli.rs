//! The real binary, from outside: exit codes, sentences, logs, signals.

mod cli {
    pub(crate) mod program;

    mod schema;
    mod serving;
    mod usage;
}
mod support;
