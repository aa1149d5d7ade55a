//! The console: a window on a workspace.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod system_clock;
mod system_random;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use hopsdesk::desktop::{ConsoleParts, run};
use tracing_subscriber::EnvFilter;

use crate::system_clock::SystemClock;
use crate::system_random::SystemRandom;

/// Hopsdesk, the admin desk of a managed Hopsworks service.
///
/// With nothing configured it opens on a sandbox with invented customers.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Settings file, instead of the one in the platform's config folder.
    #[arg(long, env = "HOPSDESK_SETTINGS", value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Folder of the sandbox, instead of the one in the platform's data folder.
    #[arg(long, env = "HOPSDESK_SANDBOX", value_name = "DIR")]
    sandbox: Option<PathBuf>,
    /// Folder that exports are saved in, instead of Downloads.
    #[arg(long, env = "HOPSDESK_EXPORTS", value_name = "DIR")]
    exports: Option<PathBuf>,
    /// A place to show, such as `hopsdesk://users/<id>`, as the system hands over links.
    #[arg(value_name = "LINK")]
    link: Option<String>,
}

fn main() -> ExitCode {
    // The one TLS stack; a second call, which cannot be, would only say that it is there.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let arguments = Arguments::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .json()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let parts = ConsoleParts {
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        settings: arguments.settings,
        sandbox: arguments.sandbox,
        exports: arguments.exports,
        link: arguments.link,
    };
    match run(parts) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "Hopsdesk does not open");
            ExitCode::FAILURE
        }
    }
}
