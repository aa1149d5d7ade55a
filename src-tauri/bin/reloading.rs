//! Secrets that are exchanged while the program serves: read anew at SIGHUP, and when a file with one changes. Nothing is
//! cut off; where what is there now cannot be used, the old ones stay, and the log says why.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use hopsdesk::cli::failure::CliError;
use hopsdesk::receiver::context::{Context, Keys};
use hopsdesk::secrets::sealing::Identities;

/// Between two looks at the files: Kubernetes itself takes a minute to bring a changed secret.
const EVERY: Duration = Duration::from_secs(5);

/// What is told of a file without reading it: when it was written, how long it is, and which one it is, since two may be
/// written within one tick of the file system's clock.
type Look = Option<(SystemTime, u64, u64)>;

/// Files that are looked at again and again.
pub(crate) struct Files {
    paths: Vec<PathBuf>,
    before: Vec<Look>,
}

impl Files {
    /// As they are now: call it before they are read, so that whatever changes from then on is noticed.
    pub(crate) fn look(paths: Vec<PathBuf>) -> Self {
        let before = paths.iter().map(|path| look_at(path)).collect();
        Self { paths, before }
    }

    /// Whether one is another than at the last look.
    fn changed(&mut self) -> bool {
        let now: Vec<Look> = self.paths.iter().map(|path| look_at(path)).collect();
        let changed = now != self.before;
        self.before = now;
        changed
    }
}

/// Reads anew for as long as it is polled.
pub(crate) async fn keep_reloading(
    context: Context,
    mut asked: Asked,
    mut files: Files,
    read: impl Fn() -> Result<(Keys, Identities), CliError>,
) {
    loop {
        // Looked at first: a file that changes while it is read is read once more.
        tokio::select! {
            () = asked.again() => {
                files.changed();
            }
            () = tokio::time::sleep(EVERY) => {
                if !files.changed() {
                    continue;
                }
            }
        }
        match read() {
            Ok((keys, identities)) => {
                context.renew(keys);
                context.parts.effects.connections.renew(identities);
                context.keys_renewed.notify_one();
                context.metrics.reloaded(true);
                tracing::info!("the secrets were read anew");
            }
            Err(error) => {
                context.metrics.reloaded(false);
                tracing::error!(%error, "the secrets could not be read anew; the old ones stay");
            }
        }
    }
}

fn look_at(file: &Path) -> Look {
    let about = std::fs::metadata(file).ok()?;
    #[cfg(unix)]
    let which = std::os::unix::fs::MetadataExt::ino(&about);
    #[cfg(not(unix))]
    let which = 0;
    Some((about.modified().ok()?, about.len(), which))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_after_the_first_look_is_noticed_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("secret");
        std::fs::write(&file, "one").expect("a file");
        let mut files = Files::look(vec![file.clone(), folder.path().join("not there")]);
        assert!(!files.changed());
        // The same length, at the same moment: it is another file.
        let moment = std::fs::metadata(&file).and_then(|about| about.modified());
        let another = folder.path().join("another");
        std::fs::write(&another, "two").expect("a file");
        let opened = std::fs::File::options().write(true).open(&another);
        opened
            .and_then(|opened| opened.set_modified(moment?))
            .expect("a time");
        std::fs::rename(&another, &file).expect("moved");
        assert!(files.changed());
        assert!(!files.changed(), "once");
        std::fs::remove_file(&file).expect("gone");
        assert!(files.changed());
    }
}
