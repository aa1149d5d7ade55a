//! Usage over time in layers, one on the other, with the period before as a thin line.

use std::ops::Range;

use plotters::prelude::{IntoDrawingArea as _, Polygon, SVGBackend};
use plotters::style::{Color as _, RGBColor};

use crate::charts::ChartError;
use crate::charts::palette::{Palette, Theme};
use crate::charts::scale::ValueScale;
use crate::charts::usage::{
    Area, ChartStyle, DrawnChart, Frame, draw_dates, draw_grid, failed, in_pixels, pixels, stroke,
};
use crate::domain::layers::Layers;

/// Draws layers. One alone looks like any other usage chart; several are told apart by colour, in the
/// order of [`Layers::layers`] from the bottom, which the window's legend and table repeat in words.
///
/// # Errors
/// When the size leaves no room, or the drawing library fails.
pub fn draw(chart: &Layers, style: ChartStyle) -> Result<DrawnChart, ChartError> {
    let frame = Frame::of(style)?;
    let palette = style.theme.palette();
    let scale = ValueScale::reaching(chart.largest(), 4);
    let steps = chart.dates.len();
    let edges: Vec<Vec<Option<i32>>> = (0..=chart.layers.len())
        .map(|count| {
            (0..steps)
                .map(|step| {
                    chart
                        .height(step, count)
                        .map(|height| frame.y(scale, height))
                })
                .collect()
        })
        .collect();
    let before: Vec<Option<i32>> = chart
        .before
        .iter()
        .take(steps)
        .map(|value| value.map(|value| frame.y(scale, value)))
        .collect();
    let x: Vec<i32> = (0..steps).map(|step| frame.x(step, steps)).collect();
    let mut svg = String::new();
    {
        let size = (u32::from(style.width) * 4, u32::from(style.height) * 4);
        let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        for (number, pair) in edges.windows(2).enumerate() {
            let (_, fill) = colours(palette, chart.layers.len(), number);
            draw_layer(&area, &x, pair, fill)?;
        }
        draw_grid(&area, &frame, scale, palette)?;
        draw_dates(&area, &frame, &chart.dates, chart.step, palette)?;
        draw_line(&area, &x, &before, palette.before, 4)?;
        for (number, edge) in edges.iter().skip(1).enumerate() {
            let (line, _) = colours(palette, chart.layers.len(), number);
            draw_line(&area, &x, edge, line, 6)?;
        }
        area.present().map_err(failed)?;
    }
    let top = edges.last().cloned().unwrap_or_default();
    Ok(DrawnChart {
        svg: in_pixels(&svg, style),
        top: pixels(frame.top),
        bottom: pixels(frame.bottom),
        points: x
            .into_iter()
            .zip(top)
            .map(|(x, y)| (pixels(x), y.map(pixels)))
            .collect(),
    })
}

/// The colour of a layer's line as `#3557c9`, for a legend.
#[must_use]
pub fn layer_colour(theme: Theme, layers: usize, number: usize) -> String {
    written(colours(theme.palette(), layers, number).0)
}

/// The colour of the period before, likewise.
#[must_use]
pub fn before_colour(theme: Theme) -> String {
    written(theme.palette().before)
}

fn written(colour: RGBColor) -> String {
    format!("#{:02x}{:02x}{:02x}", colour.0, colour.1, colour.2)
}

/// Line and fill of a layer; a layer alone is drawn as any usage chart.
fn colours(palette: Palette, layers: usize, number: usize) -> (RGBColor, RGBColor) {
    if layers == 1 {
        (palette.line, palette.fill)
    } else {
        palette.layers[number % palette.layers.len()]
    }
}

/// Consecutive steps with a value.
fn runs(edge: &[Option<i32>]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for step in (0..edge.len()).filter(|step| edge[*step].is_some()) {
        match runs.last_mut() {
            Some(run) if run.end == step => run.end += 1,
            _ => runs.push(step..step + 1),
        }
    }
    runs
}

/// What lies between two edges, broken where nothing was recorded.
fn draw_layer(
    area: &Area<'_>,
    x: &[i32],
    edges: &[Vec<Option<i32>>],
    fill: RGBColor,
) -> Result<(), ChartError> {
    let [lower, upper] = edges else {
        return Ok(());
    };
    for run in runs(upper).into_iter().filter(|run| run.len() > 1) {
        let along = |edge: &[Option<i32>], step: usize| Some((x[step], edge[step]?));
        // A layer that is nothing over the whole run would be a line of fill.
        if run.clone().all(|step| upper[step] == lower[step]) {
            continue;
        }
        let mut shape: Vec<(i32, i32)> =
            run.clone().filter_map(|step| along(upper, step)).collect();
        shape.extend(run.rev().filter_map(|step| along(lower, step)));
        area.draw(&Polygon::new(shape, fill.filled()))
            .map_err(failed)?;
    }
    Ok(())
}

fn draw_line(
    area: &Area<'_>,
    x: &[i32],
    edge: &[Option<i32>],
    colour: RGBColor,
    width: u32,
) -> Result<(), ChartError> {
    for run in runs(edge) {
        let line = run
            .filter_map(|step| Some((x[step], edge[step]?)))
            .collect();
        stroke(area, line, colour, width)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;
    use time::macros::date;

    use super::*;
    use crate::domain::layers::{Layer, LayerName, Step};
    use crate::domain::period::Days;
    use crate::domain::usage::Metric;

    const STYLE: ChartStyle = ChartStyle {
        theme: Theme::Light,
        width: 1000,
        height: 220,
    };

    fn layers(count: u16, names: usize, value: impl Fn(usize, usize) -> Option<Decimal>) -> Layers {
        let dates: Vec<_> = Days::ending(date!(2026 - 11 - 20), count).iter().collect();
        Layers {
            metric: Metric::Cost,
            step: Step::Day,
            layers: (0..names)
                .map(|layer| Layer {
                    name: LayerName::Named(format!("cluster {layer}")),
                    values: (0..dates.len()).map(|step| value(layer, step)).collect(),
                })
                .collect(),
            dates,
            before: Vec::new(),
        }
    }

    #[test]
    fn two_layers_are_drawn_the_same_every_time() {
        let mut chart = layers(30, 2, |layer, step| {
            (step != 12).then(|| Decimal::from(100 + step * (7 + layer) % 40))
        });
        chart.before = (0..31)
            .map(|step| Some(Decimal::from(150 + step)))
            .collect();
        let drawn = draw(&chart, STYLE).expect("a chart");
        insta::assert_snapshot!("layers_30_days_light", drawn.svg.replace("><", ">\n<"));
        assert_eq!(drawn.points.len(), 30);
        assert_eq!(drawn.points[12].1, None, "a day without a row is a gap");
        assert_eq!(
            drawn.svg.matches("<polygon").count(),
            4,
            "two layers on each side of the gap"
        );
    }

    #[test]
    fn a_year_of_six_layers_stays_small() {
        let year = layers(365, 6, |layer, step| {
            (step % 120 != 77).then(|| Decimal::from((step * 7919 + layer * 104_729) % 1000))
        });
        let drawn = draw(&year, STYLE).expect("a chart");
        assert!(drawn.svg.len() < 100_000, "{} bytes", drawn.svg.len());
    }

    #[test]
    fn one_layer_and_months_have_their_axes() {
        let mut months = layers(12, 1, |_, step| Some(Decimal::from(step)));
        months.step = Step::Month;
        months.dates = (1..=12)
            .map(|month| {
                let month = time::Month::try_from(month).expect("a month");
                time::Date::from_calendar_date(2026, month, 1).expect("a day")
            })
            .collect();
        let drawn = draw(&months, STYLE).expect("a chart");
        assert!(drawn.svg.contains("Jan 2026"), "months are named");
        let nothing = draw(&layers(30, 0, |_, _| None), STYLE).expect("a chart");
        assert_eq!(nothing.points.len(), 30, "no layer is thirty gaps");
        assert!(!nothing.svg.contains("<polygon"));
    }
}
