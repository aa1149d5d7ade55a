//! Logs on stderr: JSON lines for `serve`, plain lines for a person at a terminal.

use tracing_subscriber::EnvFilter;

use crate::config::{ConfigError, Variables};

/// Logs as JSON lines, everything from `info` unless `RUST_LOG` says otherwise; panics too, without
/// their message, which may quote anything.
///
/// # Errors
/// When `RUST_LOG` cannot be read.
pub fn for_machines(variables: Variables<'_>) -> Result<(), ConfigError> {
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_writer(std::io::stderr)
        .with_env_filter(filter(variables, "info")?)
        .init();
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "panic");
    }));
    Ok(())
}

/// Logs plain lines, warnings and worse unless `RUST_LOG` says otherwise.
///
/// # Errors
/// When `RUST_LOG` cannot be read.
pub fn for_people(variables: Variables<'_>) -> Result<(), ConfigError> {
    tracing_subscriber::fmt()
        .without_time()
        .with_target(false)
        .with_writer(std::io::stderr)
        .with_env_filter(filter(variables, "warn")?)
        .init();
    Ok(())
}

fn filter(variables: Variables<'_>, default: &str) -> Result<EnvFilter, ConfigError> {
    let directives = variables("RUST_LOG").unwrap_or_else(|| default.to_owned());
    EnvFilter::builder().parse(&directives).map_err(|_| {
        ConfigError::new(
            "RUST_LOG",
            "cannot be read; it looks like info or hopsdesk=debug,sqlx=warn",
        )
    })
}
