//! The colours of a chart, the same tokens as in `ui/src/styles/tokens.css`.

use plotters::style::RGBColor;

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// Dark text on white.
    Light,
    /// Light text on near black.
    Dark,
}

/// Colours by what they are for.
#[derive(Debug, Clone, Copy)]
pub(in crate::charts) struct Palette {
    pub(in crate::charts) grid: RGBColor,
    pub(in crate::charts) label: RGBColor,
    pub(in crate::charts) line: RGBColor,
    /// The fill under the line: the line's colour already mixed with the surface.
    pub(in crate::charts) fill: RGBColor,
}

impl Theme {
    pub(in crate::charts) fn palette(self) -> Palette {
        match self {
            Self::Light => Palette {
                grid: RGBColor(0xe6, 0xe5, 0xe2),
                label: RGBColor(0x67, 0x65, 0x5f),
                line: RGBColor(0x35, 0x57, 0xc9),
                fill: RGBColor(0xe9, 0xed, 0xf9),
            },
            Self::Dark => Palette {
                grid: RGBColor(0x2c, 0x2b, 0x29),
                label: RGBColor(0xa3, 0xa1, 0x9a),
                line: RGBColor(0x8a, 0xa4, 0xff),
                fill: RGBColor(0x26, 0x2a, 0x37),
            },
        }
    }
}
