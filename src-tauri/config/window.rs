//! Where the window was when it was closed, kept in a file beside the window's own data.

use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// Smaller than this nothing can be worked with.
const LEAST: (u32, u32) = (960, 600);

/// So much of the upper edge must be on a screen for the window to be moved by hand.
const GRIP: (i64, i64) = (120, 24);

/// The size of a window in points, and its place in pixels of the whole desktop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placement {
    /// Without its frame.
    pub width: u32,
    /// Without its frame.
    pub height: u32,
    /// Of its frame's left edge; `None` where the system should choose.
    #[serde(default)]
    pub left: Option<i32>,
    /// Of its frame's upper edge.
    #[serde(default)]
    pub top: Option<i32>,
    /// It filled the screen; the rest is what it goes back to.
    #[serde(default)]
    pub maximized: bool,
}

/// A screen in pixels of the whole desktop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// Its left edge.
    pub left: i32,
    /// Its upper edge.
    pub top: i32,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

impl Placement {
    /// As it was left; `None` at the first start, and for a file that is no placement: a window at its
    /// usual place is better than none.
    #[must_use]
    pub fn load(file: &Path) -> Option<Self> {
        serde_json::from_str(&fs::read_to_string(file).ok()?).ok()
    }

    /// Writes it beside the old one and puts it in its place.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, file: &Path) -> io::Result<()> {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        let beside = file.with_extension("new");
        fs::write(&beside, serde_json::to_vec(self)?)?;
        fs::rename(&beside, file)
    }

    /// The placement on the screens there are now: a window that would be out of reach, on a screen that
    /// was unplugged, is left for the system to place, and none is larger than the largest screen.
    #[must_use]
    pub fn on(self, screens: &[Screen]) -> Self {
        let reach = |(left, top): (i32, i32)| {
            screens.iter().any(|screen| {
                let overlap = |at: i64, length: i64, from: i32, size: u32| {
                    (at + length).min(i64::from(from) + i64::from(size)) - at.max(i64::from(from))
                };
                let across = overlap(left.into(), self.width.into(), screen.left, screen.width);
                let upper = overlap(top.into(), GRIP.1, screen.top, screen.height);
                across >= GRIP.0.min(self.width.into()) && upper >= GRIP.1
            })
        };
        let place = self.left.zip(self.top).filter(|place| reach(*place));
        let most = |size: fn(&Screen) -> u32| screens.iter().map(size).max().unwrap_or(u32::MAX);
        Self {
            width: self.width.min(most(|screen| screen.width)).max(LEAST.0),
            height: self.height.min(most(|screen| screen.height)).max(LEAST.1),
            left: place.map(|(left, _)| left),
            top: place.map(|(_, top)| top),
            maximized: self.maximized,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LAPTOP: Screen = Screen {
        left: 0,
        top: 0,
        width: 1920,
        height: 1080,
    };
    const BESIDE: Screen = Screen {
        left: 1920,
        top: -200,
        width: 2560,
        height: 1440,
    };

    fn at(left: i32, top: i32) -> Placement {
        Placement {
            width: 1280,
            height: 800,
            left: Some(left),
            top: Some(top),
            maximized: false,
        }
    }

    #[test]
    fn a_window_within_reach_stays_and_one_out_of_reach_is_placed_anew() {
        assert_eq!(at(100, 50).on(&[LAPTOP]), at(100, 50));
        assert_eq!(at(2000, -100).on(&[LAPTOP, BESIDE]), at(2000, -100));
        for lost in [
            at(2000, 100),
            at(0, -100),
            at(0, 2000),
            at(-1270, 100),
            at(i32::MIN, i32::MAX),
        ] {
            let placed = lost.on(&[LAPTOP]);
            assert_eq!((placed.left, placed.top), (None, None), "{lost:?}");
            assert_eq!((placed.width, placed.height), (1280, 800));
        }
    }

    #[test]
    fn a_window_is_no_larger_than_the_screen_and_large_enough_to_work_in() {
        let huge = Placement {
            width: 9000,
            height: 1,
            ..at(0, 0)
        };
        assert_eq!(
            (huge.on(&[LAPTOP]).width, huge.on(&[LAPTOP]).height),
            (1920, 600)
        );
    }

    #[test]
    fn it_comes_back_from_its_file_and_a_broken_file_is_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("deep/window.json");
        assert_eq!(Placement::load(&file), None);
        at(7, -9).save(&file).expect("writable");
        assert_eq!(Placement::load(&file), Some(at(7, -9)));
        fs::write(&file, "{\"width\": -1}").expect("writable");
        assert_eq!(Placement::load(&file), None);
    }

    proptest! {
        #[test]
        fn whatever_was_written_the_window_can_be_reached(
            width in any::<u32>(), height in any::<u32>(), left in any::<i32>(), top in any::<i32>(),
        ) {
            let placed = Placement { width, height, ..at(left, top) }.on(&[LAPTOP, BESIDE]);
            prop_assert!(placed.width <= 2560 && placed.height <= 1440);
            if let (Some(left), Some(top)) = (placed.left, placed.top) {
                prop_assert!((-200..=1440).contains(&top) && left < 1920 + 2560);
            }
        }
    }
}
