//! Charts: plotters draws SVG, the window shows it. No I/O: values in, text out.
//!
//! Positions are integers and values stay decimals all the way, so no float comes near an amount.

pub mod layers;
pub mod palette;
pub mod picture;
pub mod scale;
pub mod usage;

use thiserror::Error;

/// Why a chart could not be drawn.
#[derive(Debug, Error)]
pub enum ChartError {
    /// Smaller than its own axes.
    #[error("a chart of {0} × {1} pixels has no room for its axes")]
    TooSmall(u16, u16),
    /// The drawing library failed.
    #[error("the chart could not be drawn: {0}")]
    Drawing(String),
}
