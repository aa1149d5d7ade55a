//! One metric over days: an area under a line, broken where nothing was recorded.

use plotters::coord::Shift;
use plotters::prelude::{
    Circle, DrawingArea, EmptyElement, IntoDrawingArea as _, PathElement, Polygon, SVGBackend, Text,
};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color as _, IntoFont as _, RGBColor, ShapeStyle, TextStyle};
use rust_decimal::Decimal;
use time::{Date, Month};

use crate::charts::ChartError;
use crate::charts::palette::{Palette, Theme};
use crate::charts::scale::{ValueScale, tick_label};
use crate::domain::layers::Step;
use crate::domain::usage::UsageSeries;

/// Units of the drawing to one CSS pixel: positions are whole units, so lines fall between pixels.
pub(in crate::charts) const UNITS: i32 = 4;
/// Radius of a step alone, in units.
const DOT: i32 = 10;
/// Room around the plotting area, in CSS pixels.
const LEFT: i32 = 44;
const RIGHT: i32 = 12;
const TOP: i32 = 12;
const BOTTOM: i32 = 26;
/// Size of labels in units: 11 pixels, times 1.24 because the backend divides by that.
const LABEL: i32 = 55;
/// Room a date label needs, in CSS pixels.
const LABEL_ROOM: i32 = 84;

/// How a chart is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChartStyle {
    /// Colours.
    pub theme: Theme,
    /// CSS pixels.
    pub width: u16,
    /// CSS pixels.
    pub height: u16,
}

/// A drawn chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawnChart {
    /// A complete `<svg>`; shapes and labels of our own making only.
    pub svg: String,
    /// Top of the plotting area, CSS pixels.
    pub top: u16,
    /// Bottom of the plotting area, CSS pixels.
    pub bottom: u16,
    /// Where each day of the series is, CSS pixels; `y` is `None` on a day without a value.
    pub points: Vec<(u16, Option<u16>)>,
}

/// Draws a series.
///
/// # Errors
/// When the size leaves no room, or the drawing library fails.
pub fn draw(series: &UsageSeries, style: ChartStyle) -> Result<DrawnChart, ChartError> {
    let frame = Frame::of(style)?;
    let palette = style.theme.palette();
    let largest = series
        .days
        .iter()
        .filter_map(|day| day.value)
        .max()
        .unwrap_or_default();
    let scale = ValueScale::reaching(largest, 4);
    let points: Vec<(i32, Option<i32>)> = series
        .days
        .iter()
        .enumerate()
        .map(|(index, day)| {
            let y = day.value.map(|value| frame.y(scale, value));
            (frame.x(index, series.days.len()), y)
        })
        .collect();
    let mut svg = String::new();
    {
        let size = (u32::from(style.width) * 4, u32::from(style.height) * 4);
        let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        let runs = runs(&points);
        draw_areas(&area, &frame, &runs, palette)?;
        draw_grid(&area, &frame, scale, palette)?;
        let dates: Vec<Date> = series.days.iter().map(|day| day.date).collect();
        draw_dates(&area, &frame, &dates, Step::Day, palette)?;
        draw_lines(&area, &runs, palette)?;
        area.present().map_err(failed)?;
    }
    Ok(DrawnChart {
        svg: in_pixels(&svg, style),
        top: pixels(frame.top),
        bottom: pixels(frame.bottom),
        points: points
            .into_iter()
            .map(|(x, y)| (pixels(x), y.map(pixels)))
            .collect(),
    })
}

pub(in crate::charts) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// The plotting area, in units.
pub(in crate::charts) struct Frame {
    pub(in crate::charts) left: i32,
    pub(in crate::charts) right: i32,
    pub(in crate::charts) top: i32,
    pub(in crate::charts) bottom: i32,
}

impl Frame {
    pub(in crate::charts) fn of(style: ChartStyle) -> Result<Self, ChartError> {
        let frame = Self {
            left: LEFT * UNITS,
            right: (i32::from(style.width) - RIGHT) * UNITS,
            top: TOP * UNITS,
            bottom: (i32::from(style.height) - BOTTOM) * UNITS,
        };
        let room = frame.right - frame.left >= 40 * UNITS && frame.bottom - frame.top >= 24 * UNITS;
        if room {
            Ok(frame)
        } else {
            Err(ChartError::TooSmall(style.width, style.height))
        }
    }

    pub(in crate::charts) fn x(&self, index: usize, count: usize) -> i32 {
        let (index, last) = (to_units(index), to_units(count.saturating_sub(1)).max(1));
        self.left + (self.right - self.left) * index / last
    }

    pub(in crate::charts) fn y(&self, scale: ValueScale, value: Decimal) -> i32 {
        self.bottom - scale.position(value, self.bottom - self.top)
    }
}

pub(in crate::charts) fn draw_grid(
    area: &Area<'_>,
    frame: &Frame,
    scale: ValueScale,
    palette: Palette,
) -> Result<(), ChartError> {
    let label = label_style(&palette.label, HPos::Right, VPos::Center);
    for tick in scale.ticks() {
        let y = frame.y(scale, tick);
        stroke(
            area,
            vec![(frame.left, y), (frame.right, y)],
            palette.grid,
            4,
        )?;
        text(area, tick_label(tick), (frame.left - 8 * UNITS, y), &label)?;
    }
    Ok(())
}

pub(in crate::charts) fn draw_dates(
    area: &Area<'_>,
    frame: &Frame,
    dates: &[Date],
    step: Step,
    palette: Palette,
) -> Result<(), ChartError> {
    let room = (frame.right - frame.left) / (LABEL_ROOM * UNITS);
    let label = label_style(&palette.label, HPos::Center, VPos::Top);
    for (index, shown) in date_labels(dates, step, usize::try_from(room).unwrap_or(1).max(1)) {
        // Labels near an end are moved in, so that none is cut off.
        let half = LABEL_ROOM / 4 * UNITS;
        let x = frame
            .x(index, dates.len())
            .clamp(frame.left + half / 2, frame.right - half);
        text(area, shown, (x, frame.bottom + 8 * UNITS), &label)?;
    }
    Ok(())
}

/// Consecutive days with a value: a day without one breaks the line.
fn runs(points: &[(i32, Option<i32>)]) -> Vec<Vec<(i32, i32)>> {
    points
        .split(|(_, y)| y.is_none())
        .map(|run| run.iter().filter_map(|(x, y)| Some((*x, (*y)?))).collect())
        .filter(|run: &Vec<_>| !run.is_empty())
        .collect()
}

fn draw_areas(
    area: &Area<'_>,
    frame: &Frame,
    runs: &[Vec<(i32, i32)>],
    palette: Palette,
) -> Result<(), ChartError> {
    for run in runs {
        let [first, .., last] = run.as_slice() else {
            continue;
        };
        let mut shape = run.clone();
        shape.extend([(last.0, frame.bottom), (first.0, frame.bottom)]);
        area.draw(&Polygon::new(shape, palette.fill.filled()))
            .map_err(failed)?;
    }
    Ok(())
}

fn draw_lines(
    area: &Area<'_>,
    runs: &[Vec<(i32, i32)>],
    palette: Palette,
) -> Result<(), ChartError> {
    for run in runs {
        stroke(area, run.clone(), palette.line, 6)?;
    }
    Ok(())
}

/// A line; a step alone between two gaps is a dot, so that it is seen.
pub(in crate::charts) fn stroke(
    area: &Area<'_>,
    line: Vec<(i32, i32)>,
    colour: RGBColor,
    width: u32,
) -> Result<(), ChartError> {
    if let [alone] = line.as_slice() {
        let dot = Circle::new(*alone, DOT, colour.filled());
        return area.draw(&dot).map_err(failed);
    }
    let style = ShapeStyle {
        color: colour.to_rgba(),
        filled: false,
        stroke_width: width,
    };
    area.draw(&PathElement::new(line, style)).map_err(failed)
}

pub(in crate::charts) fn text(
    area: &Area<'_>,
    text: String,
    at: (i32, i32),
    style: &TextStyle<'_>,
) -> Result<(), ChartError> {
    area.draw(&(EmptyElement::at(at) + Text::new(text, (0, 0), style.clone())))
        .map_err(failed)
}

pub(in crate::charts) fn label_style(
    colour: &RGBColor,
    horizontal: HPos,
    vertical: VPos,
) -> TextStyle<'_> {
    TextStyle::from(("Inter Variable, Inter, sans-serif", LABEL).into_font())
        .color(colour)
        .pos(Pos::new(horizontal, vertical))
}

/// Which days are labelled, and how: month names over a year, days over less.
fn date_labels(dates: &[Date], step: Step, room: usize) -> Vec<(usize, String)> {
    if step == Step::Month || dates.len() > 200 {
        let firsts: Vec<usize> = (0..dates.len())
            .filter(|index| dates[*index].day() == 1)
            .collect();
        let every = firsts.len().div_ceil(room.max(1)).max(1);
        return firsts
            .into_iter()
            .step_by(every)
            .map(|at| (at, month_label(dates[at])))
            .collect();
    }
    let labels = room.min(dates.len()).min(5);
    (0..labels)
        .map(|label| {
            // In the middle of equal parts, so that no label hangs over an end.
            let index = (2 * label + 1) * dates.len() / (2 * labels);
            (index, day_label(dates[index]))
        })
        .collect()
}

pub(in crate::charts) fn month_label(date: Date) -> String {
    let name: String = date.month().to_string().chars().take(3).collect();
    if date.month() == Month::January {
        format!("{name} {}", date.year())
    } else {
        name
    }
}

pub(in crate::charts) fn day_label(date: Date) -> String {
    let name: String = date.month().to_string().chars().take(3).collect();
    format!("{name} {}", date.day())
}

/// The backend writes units; the window is told that four of them make a pixel.
pub(in crate::charts) fn in_pixels(svg: &str, style: ChartStyle) -> String {
    let (width, height) = (u32::from(style.width), u32::from(style.height));
    let drawn = format!(r#"width="{}" height="{}""#, width * 4, height * 4);
    svg.replacen(&drawn, &format!(r#"width="{width}" height="{height}""#), 1)
}

pub(in crate::charts) fn pixels(units: i32) -> u16 {
    u16::try_from((units + UNITS / 2) / UNITS).unwrap_or(0)
}

fn to_units(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

pub(in crate::charts) fn failed<E: std::fmt::Display>(error: E) -> ChartError {
    ChartError::Drawing(error.to_string())
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;
    use time::macros::date;

    use super::*;
    use crate::domain::period::Days;
    use crate::domain::usage::{DayValue, Metric};

    const STYLE: ChartStyle = ChartStyle {
        theme: Theme::Light,
        width: 640,
        height: 220,
    };

    fn series(count: u16, value: impl Fn(usize) -> Option<Decimal>) -> UsageSeries {
        let days = Days::ending(date!(2026 - 11 - 20), count)
            .iter()
            .enumerate()
            .map(|(index, date)| DayValue {
                date,
                value: value(index),
            })
            .collect();
        UsageSeries {
            metric: Metric::Cost,
            days,
        }
    }

    #[test]
    fn a_month_is_drawn_the_same_every_time() {
        let values = |index: usize| Some(Decimal::from(100 + index * 7 % 40));
        let drawn = draw(&series(30, values), STYLE).expect("a chart");
        insta::assert_snapshot!("usage_30_days_light", drawn.svg.replace("><", ">\n<"));
    }

    #[test]
    fn a_day_without_a_value_breaks_the_line() {
        let gap = series(10, |index| (index != 4).then_some(dec!(5)));
        let drawn = draw(&gap, STYLE).expect("a chart");
        assert_eq!(drawn.points[4].1, None);
        assert_eq!(
            drawn.svg.matches("<polygon").count(),
            2,
            "one area on each side of the gap"
        );
    }

    #[test]
    fn a_day_alone_between_two_gaps_is_a_dot() {
        let alone = series(10, |index| (index == 4).then_some(dec!(5)));
        let drawn = draw(&alone, STYLE).expect("a chart");
        assert_eq!(drawn.svg.matches("<circle").count(), 1);
        let one = series(10, |index| (index != 4).then_some(dec!(5)));
        let drawn = draw(&one, STYLE).expect("a chart");
        assert_eq!(drawn.svg.matches("<circle").count(), 0, "those are lines");
    }

    #[test]
    fn an_empty_period_still_has_its_axes() {
        let drawn = draw(&series(90, |_| None), STYLE).expect("a chart");
        assert!(drawn.svg.contains("<text"), "axes are drawn");
        assert!(!drawn.svg.contains("<polygon"), "no area is");
    }

    #[test]
    fn points_lie_inside_and_the_svg_is_in_pixels() {
        let drawn = draw(&series(365, |index| Some(Decimal::from(index))), STYLE).expect("a chart");
        assert!(
            drawn
                .svg
                .contains(r#"<svg width="640" height="220" viewBox="0 0 2560 880""#)
        );
        for (x, y) in &drawn.points {
            assert!((44..=628).contains(x) && (12..=194).contains(&y.expect("a value")));
        }
        assert!(drawn.svg.len() < 100_000, "{} bytes", drawn.svg.len());
    }

    #[test]
    fn a_chart_without_room_is_refused() {
        let tiny = ChartStyle {
            width: 60,
            height: 40,
            ..STYLE
        };
        assert!(matches!(
            draw(&series(30, |_| None), tiny),
            Err(ChartError::TooSmall(60, 40))
        ));
    }
}
