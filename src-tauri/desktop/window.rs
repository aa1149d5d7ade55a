//! The one window.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use tauri::{
    App, AppHandle, LogicalSize, Manager as _, PhysicalPosition, WebviewUrl, WebviewWindow,
    WebviewWindowBuilder, WindowEvent,
};

use crate::config::window::{Placement, Screen};
#[cfg(target_os = "linux")]
use crate::desktop::page;

/// Its label.
const MAIN: &str = "main";

/// Where the window is now, to be written when it closes.
pub(in crate::desktop) struct Kept {
    file: Option<PathBuf>,
    placement: Mutex<Option<Placement>>,
}

/// Makes the window, where and as large as it was left. It is shown at once: the page paints its own
/// start-up screen.
pub(in crate::desktop) fn open(app: &App) -> Result<(), tauri::Error> {
    let file = app.path().app_local_data_dir().ok();
    let file = file.map(|folder| folder.join("window.json"));
    let left = file.as_deref().and_then(Placement::load);
    let window = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::default())
        .title("Hopsdesk")
        .inner_size(1280.0, 800.0)
        .min_inner_size(960.0, 600.0)
        // Nothing but the page itself may be shown in the window; links go through the OS.
        .on_navigation(|url| url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost"))
        .build()?;
    #[cfg(target_os = "linux")]
    {
        draw_without_gpu(&window)?;
        page::keep(&window)?;
    }
    if let Some(left) = left {
        place(&window, left)?;
    }
    let kept = Arc::new(Kept {
        file,
        placement: Mutex::new(left),
    });
    app.manage(Arc::clone(&kept));
    let watched = window.clone();
    window.on_window_event(move |event| {
        if matches!(event, WindowEvent::Resized(_) | WindowEvent::Moved(_)) {
            kept.note(&watched);
        }
    });
    Ok(())
}

/// Tables and forms gain nothing from a compositor on the graphics card, and it costs a hundred megabytes where
/// there is no card; where there is one, its driver is what most often leaves a window of `WebKitGTK` blank.
#[cfg(target_os = "linux")]
fn draw_without_gpu(window: &WebviewWindow) -> Result<(), tauri::Error> {
    use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt as _, WebViewExt as _};
    window.with_webview(|webview| {
        if let Some(settings) = webview.inner().settings() {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
    })
}

/// Brings the window to the front, for somebody who started the program a second time.
pub(in crate::desktop) fn show(handle: &AppHandle) {
    if let Some(window) = handle.get_webview_window(MAIN) {
        // What the window system does not allow is not worth a word: the window is there.
        let _ = window.unminimize();
        let _ = window.show();
        let _ = window.set_focus();
    }
}

/// Writes down where the window was.
pub(in crate::desktop) fn remember(handle: &AppHandle) {
    let Some(kept) = handle.try_state::<Arc<Kept>>() else {
        return;
    };
    let placement = *kept
        .placement
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    if let (Some(file), Some(placement)) = (&kept.file, placement)
        && let Err(error) = placement.save(file)
    {
        tracing::warn!(%error, "the place of the window was not kept");
    }
}

fn place(window: &WebviewWindow, left: Placement) -> Result<(), tauri::Error> {
    let screens: Vec<Screen> = window
        .available_monitors()?
        .iter()
        .map(|monitor| Screen {
            left: monitor.position().x,
            top: monitor.position().y,
            width: monitor.size().width,
            height: monitor.size().height,
        })
        .collect();
    let placement = left.on(&screens);
    window.set_size(LogicalSize::new(placement.width, placement.height))?;
    if let Some((left, top)) = placement.left.zip(placement.top) {
        window.set_position(PhysicalPosition::new(left, top))?;
    }
    if placement.maximized {
        window.maximize()?;
    }
    Ok(())
}

impl Kept {
    /// Notes where the window is. While it fills the screen or is put away, what it goes back to stays.
    fn note(&self, window: &WebviewWindow) {
        if window.is_minimized().unwrap_or(false) || window.is_fullscreen().unwrap_or(false) {
            return;
        }
        let maximized = window.is_maximized().unwrap_or(false);
        let mut placement = self
            .placement
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if maximized {
            if let Some(placement) = placement.as_mut() {
                placement.maximized = true;
            }
            return;
        }
        let (Ok(size), Ok(scale)) = (window.inner_size(), window.scale_factor()) else {
            return;
        };
        let size = size.to_logical::<u32>(scale);
        let place = window.outer_position().ok();
        *placement = Some(Placement {
            width: size.width,
            height: size.height,
            left: place.map(|place| place.x),
            top: place.map(|place| place.y),
            maximized: false,
        });
    }
}
