//! Secrets that are exchanged while the program serves: read anew at SIGHUP, and when a file with one changes. Nothing is
//! cut off; where what is there now cannot be used, the old ones stay, and the log says why.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use hopsdesk::cli::failure::CliError;
use hopsdesk::receiver::context::{Context, Keys};

/// Between two looks at the files: Kubernetes itself takes a minute to bring a changed secret.
const EVERY: Duration = Duration::from_secs(5);

/// What is told of a file without reading it.
type Look = Vec<Option<(SystemTime, u64)>>;

/// Reads anew for as long as it is polled.
pub(crate) async fn keep_reloading(
    context: Context,
    mut asked: Asked,
    files: Vec<PathBuf>,
    read: impl Fn() -> Result<Keys, CliError>,
) {
    let mut before = look(&files);
    loop {
        tokio::select! {
            () = asked.again() => {}
            () = tokio::time::sleep(EVERY) => {
                if look(&files) == before {
                    continue;
                }
            }
        }
        // Looked at first: a file that changes while it is read is read once more.
        before = look(&files);
        match read() {
            Ok(keys) => {
                context.renew(keys);
                tracing::info!("the secrets were read anew");
            }
            Err(error) => {
                tracing::error!(%error, "the secrets could not be read anew; the old ones stay");
            }
        }
    }
}

fn look(files: &[PathBuf]) -> Look {
    files.iter().map(|file| look_at(file)).collect()
}

fn look_at(file: &Path) -> Option<(SystemTime, u64)> {
    let about = std::fs::metadata(file).ok()?;
    Some((about.modified().ok()?, about.len()))
}

/// SIGHUP, where there is one.
pub(crate) struct Asked {
    #[cfg(unix)]
    hangup: Option<tokio::signal::unix::Signal>,
}

impl Asked {
    /// From here on the signal does not end the program.
    pub(crate) fn listen() -> Self {
        Self {
            #[cfg(unix)]
            hangup: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup())
                .inspect_err(|error| tracing::warn!(%error, "SIGHUP is not heard"))
                .ok(),
        }
    }

    async fn again(&mut self) {
        #[cfg(unix)]
        if let Some(hangup) = &mut self.hangup
            && hangup.recv().await.is_some()
        {
            return;
        }
        std::future::pending::<()>().await;
    }
}
