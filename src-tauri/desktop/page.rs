//! The page's own process, on Linux: begun anew where it died, and where the page asks for it. On macOS Tauri does the
//! former, and elsewhere the engine says itself what became of its page.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tauri::{Manager as _, WebviewWindow};
use tokio::time::Instant;
use webkit2gtk::{WebProcessTerminationReason, WebViewExt as _};

use crate::desktop::console::Console;

/// A page that dies again within this time is not begun again at once.
const LATELY: Duration = Duration::from_secs(60);

/// The page at its beginning, as Tauri serves it here.
const BEGINNING: &str = "tauri://localhost/#/overview";

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
    /// Whether it died so often that the place where it stands may be why.
    fn is_stuck(&self) -> bool {
        self.0.len() >= PAUSES.len()
    }

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
            if let Some(console) = watched.try_state::<Arc<Console>>() {
                console.links.nobody_asks();
            }
            let (pause, elsewhere) = if reason == WebProcessTerminationReason::TerminatedByApi {
                (Duration::ZERO, false)
            } else {
                let mut deaths = deaths.lock().unwrap_or_else(PoisonError::into_inner);
                let pause = deaths.pause(Instant::now());
                tracing::warn!(
                    ?reason,
                    ?pause,
                    "the page's process died, and is begun again"
                );
                (pause, deaths.is_stuck())
            };
            let window = watched.clone();
            tauri::async_runtime::spawn(async move {
                tokio::time::sleep(pause).await;
                if let Err(error) = begin(&window, elsewhere) {
                    tracing::warn!(%error, "the page could not be begun again");
                }
            });
        };
        webview
            .inner()
            .connect_web_process_terminated(move |_, reason| ended(reason));
    })
}

/// Loads the page: where it stood, or at its beginning.
fn begin(window: &WebviewWindow, elsewhere: bool) -> Result<(), tauri::Error> {
    if !elsewhere {
        return window.reload();
    }
    // A page whose process died has no address to begin from.
    window.navigate(BEGINNING.parse().map_err(tauri::Error::InvalidUrl)?)
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
        let told: Vec<(u64, bool)> = (0..6)
            .map(|second| {
                let pause = deaths.pause(begin + Duration::from_secs(second));
                (pause.as_secs(), deaths.is_stuck())
            })
            .collect();
        let (here, elsewhere) = (false, true);
        assert_eq!(
            told,
            [
                (0, here),
                (1, here),
                (5, here),
                (20, elsewhere),
                (20, elsewhere),
                (20, elsewhere)
            ]
        );
        let later = begin + Duration::from_secs(120);
        assert_eq!(deaths.pause(later), Duration::ZERO, "that was long ago");
        assert!(!deaths.is_stuck());
    }
}
