//! The colours of a chart, the same tokens as in `ui/src/styles/tokens.css`.

use plotters::style::RGBColor;

use crate::domain::layers::MOST_LAYERS;

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
    /// The period before, drawn for comparison.
    pub(in crate::charts) before: RGBColor,
    /// Layers, bottom to top: the line, and the fill under it.
    pub(in crate::charts) layers: [(RGBColor, RGBColor); MOST_LAYERS],
}

impl Theme {
    pub(in crate::charts) fn palette(self) -> Palette {
        match self {
            Self::Light => Palette {
                grid: RGBColor(0xe6, 0xe5, 0xe2),
                label: RGBColor(0x67, 0x65, 0x5f),
                line: RGBColor(0x35, 0x57, 0xc9),
                fill: RGBColor(0xe9, 0xed, 0xf9),
                before: RGBColor(0xa3, 0xa0, 0x99),
                layers: on(
                    RGBColor(0xff, 0xff, 0xff),
                    [
                        RGBColor(0x35, 0x57, 0xc9),
                        RGBColor(0x1b, 0x8f, 0x86),
                        RGBColor(0xb7, 0x79, 0x1f),
                        RGBColor(0x8a, 0x4f, 0xbe),
                        RGBColor(0xc2, 0x45, 0x6b),
                        RGBColor(0x67, 0x65, 0x5f),
                    ],
                ),
            },
            Self::Dark => Palette {
                grid: RGBColor(0x2c, 0x2b, 0x29),
                label: RGBColor(0xa3, 0xa1, 0x9a),
                line: RGBColor(0x8a, 0xa4, 0xff),
                fill: RGBColor(0x26, 0x2a, 0x37),
                before: RGBColor(0x7d, 0x7b, 0x74),
                layers: on(
                    RGBColor(0x1b, 0x1b, 0x1a),
                    [
                        RGBColor(0x8a, 0xa4, 0xff),
                        RGBColor(0x4f, 0xc3, 0xb8),
                        RGBColor(0xe0, 0xad, 0x4a),
                        RGBColor(0xc3, 0x9a, 0xf0),
                        RGBColor(0xf0, 0x8a, 0xa8),
                        RGBColor(0xa3, 0xa1, 0x9a),
                    ],
                ),
            },
        }
    }
}

/// Each colour with the fill it makes on a surface: two fifths of it, three of the surface.
fn on(surface: RGBColor, lines: [RGBColor; MOST_LAYERS]) -> [(RGBColor, RGBColor); MOST_LAYERS] {
    let mixed = |line: u8, surface: u8| {
        u8::try_from((u16::from(line) * 2 + u16::from(surface) * 3) / 5).unwrap_or(surface)
    };
    lines.map(|line| {
        let fill = RGBColor(
            mixed(line.0, surface.0),
            mixed(line.1, surface.1),
            mixed(line.2, surface.2),
        );
        (line, fill)
    })
}
