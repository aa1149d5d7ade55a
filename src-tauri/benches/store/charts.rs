//! Drawing a year of days.

use std::time::Duration;

use hopsdesk::charts::layers::draw as draw_layers;
use hopsdesk::charts::usage::draw;
use hopsdesk::domain::layers::{Layer, LayerName, Layers, Step};
use hopsdesk::domain::period::Days;
use hopsdesk::domain::usage::{DayValue, Metric, UsageSeries};
use rust_decimal::Decimal;

use crate::Measured;
use crate::store::service::NOW;
use crate::store::table::{Bar, Table};
use crate::store::timing::{Runs, stopwatch, timed};
use crate::store::userpage::STYLE;

const SERIES: usize = 6;
const KILOBYTE: usize = 1_000;

pub(crate) async fn measure(runs: Runs, table: &mut Table) -> Measured<()> {
    let year: Vec<UsageSeries> = (0..SERIES).map(series).collect();
    let one = timed(runs, 5, async |run| {
        let begun = stopwatch();
        draw(&year[run % SERIES], STYLE)?;
        Ok(begun.elapsed())
    });
    table.alone(
        "chart: a series of 365 days",
        &one.await?,
        Bar::P95(Duration::from_millis(5)),
    );
    let mut bytes = 0;
    let six = timed(runs, 5, async |_| {
        let begun = stopwatch();
        bytes = 0;
        for series in &year {
            bytes += draw(series, STYLE)?.svg.len();
        }
        Ok(begun.elapsed())
    });
    table.alone(
        "chart: six series of 365 days",
        &six.await?,
        Bar::P95(Duration::from_millis(5)),
    );
    table.size("chart: six series of 365 days, SVG", bytes, 100 * KILOBYTE);
    let layers = Layers {
        metric: Metric::Cost,
        step: Step::Day,
        dates: year[0].days.iter().map(|day| day.date).collect(),
        layers: year
            .iter()
            .enumerate()
            .map(|(number, series)| Layer {
                name: LayerName::Named(number.to_string()),
                values: series.days.iter().map(|day| day.value).collect(),
            })
            .collect(),
        before: Vec::new(),
    };
    let mut bytes = 0;
    let one_on_the_other = timed(runs, 5, async |_| {
        let begun = stopwatch();
        bytes = draw_layers(&layers, STYLE)?.svg.len();
        Ok(begun.elapsed())
    });
    table.alone(
        "chart: six layers of 365 days",
        &one_on_the_other.await?,
        Bar::P95(Duration::from_millis(5)),
    );
    table.size("chart: six layers of 365 days, SVG", bytes, 100 * KILOBYTE);
    Ok(())
}

/// A jagged year with digits like real costs, and a gap.
fn series(number: usize) -> UsageSeries {
    let mut state = 0x9E37_79B9_u32.wrapping_mul(u32::try_from(number).unwrap_or(0) + 1);
    let days = Days::ending(NOW.date(), 365)
        .iter()
        .enumerate()
        .map(|(index, date)| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let value = Decimal::new(i64::from(state >> 4), 6);
            DayValue {
                date,
                value: (index % 120 != 77).then_some(value),
            }
        })
        .collect();
    UsageSeries {
        metric: Metric::Cost,
        days,
    }
}
