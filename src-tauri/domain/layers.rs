//! Usage over time in layers, one on the other: a chart with one series or several.

use rust_decimal::Decimal;
use time::Date;

use crate::domain::measures::period_unit;
use crate::domain::money::exact_sum;
use crate::domain::usage::Metric;

/// Most layers of a chart; the smallest are put together to keep to it.
pub const MOST_LAYERS: usize = 6;

/// What a point of the time axis stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A UTC day.
    Day,
    /// A calendar month; its date is the first day.
    Month,
}

/// Whose values a layer has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LayerName {
    /// Everybody's.
    Whole,
    /// Those of something with a name, such as a cluster.
    Named(String),
    /// Usage that nothing was recorded for, e.g. no cluster.
    Unrecorded,
    /// This many small ones together.
    Others(usize),
}

/// One value a step; `None` where nothing was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// Whose.
    pub name: LayerName,
    /// As many as there are dates.
    pub values: Vec<Option<Decimal>>,
}

/// Layers over the same dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layers {
    /// What is measured.
    pub metric: Metric,
    /// What a date stands for.
    pub step: Step,
    /// Oldest first, none left out.
    pub dates: Vec<Date>,
    /// The first lies at the bottom.
    pub layers: Vec<Layer>,
    /// The whole of the period before, step by step from its beginning; empty when not compared.
    pub before: Vec<Option<Decimal>>,
}

impl Layer {
    /// The exact sum; `None` without any recorded value.
    #[must_use]
    pub fn sum(&self) -> Option<Decimal> {
        let mut recorded = self.values.iter().flatten().copied().peekable();
        recorded.peek()?;
        exact_sum(recorded)
    }
}

impl Layers {
    /// The height of the first `count` layers at a step; `None` where none of all the layers recorded
    /// anything: a gap, not a zero.
    #[must_use]
    pub fn height(&self, step: usize, count: usize) -> Option<Decimal> {
        let value = |layer: &Layer| layer.values.get(step).copied().flatten();
        self.layers.iter().find_map(value)?;
        exact_sum(self.layers.iter().take(count).filter_map(value))
    }

    /// The whole at a step.
    #[must_use]
    pub fn whole(&self, step: usize) -> Option<Decimal> {
        self.height(step, self.layers.len())
    }

    /// The largest value to be drawn; zero without any.
    #[must_use]
    pub fn largest(&self) -> Decimal {
        let heights = (0..self.dates.len()).filter_map(|step| self.whole(step));
        heights
            .chain(self.before.iter().flatten().copied())
            .max()
            .unwrap_or_default()
    }

    /// Whether the values of steps add up: GB on days do not, GB-months do.
    #[must_use]
    pub fn adds_up(&self) -> bool {
        self.step == Step::Month || self.metric.adds_up()
    }

    /// The unit of the values.
    #[must_use]
    pub fn unit(&self) -> &'static str {
        match self.step {
            Step::Day => self.metric.unit(),
            Step::Month => period_unit(self.metric),
        }
    }

    /// Sum, or where steps do not add up, the mean of those with a value. `None` without any.
    #[must_use]
    pub fn total(&self) -> Option<Decimal> {
        let heights: Vec<_> = (0..self.dates.len())
            .filter_map(|step| self.whole(step))
            .collect();
        if heights.is_empty() {
            return None;
        }
        let sum = exact_sum(heights.iter().copied())?;
        if self.adds_up() {
            Some(sum)
        } else {
            sum.checked_div(heights.len().into())
        }
    }

    /// With the largest layers first and no more than [`MOST_LAYERS`]: what is left of them goes into one.
    #[must_use]
    pub fn gathered(mut self) -> Self {
        self.layers.sort_by_cached_key(|layer| {
            let unrecorded = layer.name == LayerName::Unrecorded;
            (
                unrecorded,
                std::cmp::Reverse(layer.sum().unwrap_or_default()),
            )
        });
        if self.layers.len() > MOST_LAYERS {
            let rest = self.layers.split_off(MOST_LAYERS - 1);
            let values = (0..self.dates.len()).map(|step| {
                let mut recorded = rest
                    .iter()
                    .filter_map(|layer| layer.values.get(step).copied().flatten())
                    .peekable();
                recorded.peek()?;
                exact_sum(recorded)
            });
            self.layers.push(Layer {
                name: LayerName::Others(rest.len()),
                values: values.collect(),
            });
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::dec;
    use time::macros::date;

    use super::*;

    fn layers(values: Vec<Vec<Option<Decimal>>>) -> Layers {
        let steps = values.first().map_or(0, Vec::len);
        Layers {
            metric: Metric::Cost,
            step: Step::Day,
            dates: std::iter::successors(Some(date!(2026 - 11 - 01)), |day| day.next_day())
                .take(steps)
                .collect(),
            layers: values
                .into_iter()
                .enumerate()
                .map(|(number, values)| Layer {
                    name: LayerName::Named(number.to_string()),
                    values,
                })
                .collect(),
            before: Vec::new(),
        }
    }

    #[test]
    fn a_step_without_any_value_is_a_gap_and_one_with_some_is_their_sum() {
        let two = layers(vec![
            vec![Some(dec!(1)), None, None],
            vec![Some(dec!(2)), Some(dec!(5)), None],
        ]);
        assert_eq!(two.height(0, 1), Some(dec!(1)));
        assert_eq!(
            two.height(1, 1),
            Some(dec!(0)),
            "nothing of the first on a day with data"
        );
        assert_eq!(two.whole(1), Some(dec!(5)));
        assert_eq!(two.whole(2), None);
        assert_eq!(two.total(), Some(dec!(8)));
    }

    #[test]
    fn usage_without_a_name_lies_on_top_whatever_its_size() {
        let mut some = layers(vec![vec![Some(dec!(9))], vec![Some(dec!(1))]]);
        some.layers[0].name = LayerName::Unrecorded;
        assert_eq!(some.gathered().layers[1].name, LayerName::Unrecorded);
    }

    proptest! {
        #[test]
        fn gathering_changes_no_height(
            values in prop::collection::vec(
                prop::collection::vec(prop::option::of((0_i64..10_000).prop_map(|d| Decimal::new(d, 2))), 5),
                1..12,
            ),
        ) {
            let many = layers(values);
            let few = many.clone().gathered();
            prop_assert!(few.layers.len() <= MOST_LAYERS);
            for step in 0..5 {
                prop_assert_eq!(few.whole(step), many.whole(step));
            }
            prop_assert_eq!(few.total(), many.total());
        }
    }
}
