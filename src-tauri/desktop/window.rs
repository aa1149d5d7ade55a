//! The one window.

use tauri::{App, WebviewUrl, WebviewWindowBuilder};

/// Makes the window. It is shown at once: the page paints its own start-up screen.
pub(in crate::desktop) fn open(app: &App) -> Result<(), tauri::Error> {
    WebviewWindowBuilder::new(app, "main", WebviewUrl::default())
        .title("Hopsdesk")
        .inner_size(1280.0, 800.0)
        .min_inner_size(960.0, 600.0)
        // Nothing but the page itself may be shown in the window; links go through the OS.
        .on_navigation(|url| url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost"))
        .build()?;
    Ok(())
}
