//! The page's own process, on Linux: begun anew where it died, and where the page asks for it. On macOS Tauri does the
//! former, and elsewhere the engine says itself what became of its page.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tauri::WebviewWindow;
use tokio::time::Instant;
use webkit2gtk::{WebProcessTerminationReason, WebViewExt as _};

/// A page that dies again within this time is not begun again at once.
const LATELY: Duration = Duration::from_secs(60);

/// How long the page is left alone, by how often it died lately.
const PAUSES: [Duration; 4] = [
    Duration::ZERO,
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(20),
];

/// When the page died.
#[derive(Debug, Default)]
struct Deaths(Vec<Instant>);

impl Deaths {
    /// It died: how long it is left alone.
    fn pause(&mut self, now: Instant) -> Duration {
        self.0.retain(|died| now.duration_since(*died) < LATELY);
        let pause = PAUSES
            .get(self.0.len())
            .unwrap_or(&PAUSES[PAUSES.len() - 1]);
        self.0.push(now);
        *pause
    }
}

/// Has the page begin anew whenever its process ends.
///
/// # Errors
/// When the window is gone.
pub(in crate::desktop) fn keep(window: &WebviewWindow) -> Result<(), tauri::Error> {
    let deaths = Arc::new(Mutex::new(Deaths::default()));
    let watched = window.clone();
    window.with_webview(move |webview| {
        let ended = move |reason| {
            let pause = if reason == WebProcessTerminationReason::TerminatedByApi {
                Duration::ZERO
            } else {
                let mut deaths = deaths.lock().unwrap_or_else(PoisonError::into_inner);
                let pause = deaths.pause(Instant::now());
                tracing::warn!(
                    ?reason,
                    ?pause,
                    "the page's process died, and is begun again"
                );
                pause
            };
            let window = watched.clone();
            tauri::async_runtime::spawn(async move {
                tokio::time::sleep(pause).await;
                if let Err(error) = window.reload() {
                    tracing::warn!(%error, "the page could not be begun again");
                }
            });
        };
        webview
            .inner()
            .connect_web_process_terminated(move |_, reason| ended(reason));
    })
}

/// Ends the page's process; [`keep`] begins another.
///
/// # Errors
/// When the window is gone.
pub(in crate::desktop) fn renew(window: &WebviewWindow) -> Result<(), tauri::Error> {
    window.with_webview(|webview| webview.inner().terminate_web_process())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_dies_again_and_again_is_begun_more_and_more_slowly() {
        let mut deaths = Deaths::default();
        let begin = Instant::now();
        let pauses: Vec<u64> = (0..6)
            .map(|second| deaths.pause(begin + Duration::from_secs(second)).as_secs())
            .collect();
        assert_eq!(pauses, [0, 1, 5, 20, 20, 20]);
        let later = begin + Duration::from_secs(120);
        assert_eq!(deaths.pause(later), Duration::ZERO, "that was long ago");
    }
}
