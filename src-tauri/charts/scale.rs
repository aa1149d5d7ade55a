//! Axis scales in exact decimals: round steps from zero to just above the largest value.

use rust_decimal::Decimal;

/// A value axis from zero to `top` in equal steps of 1, 2, 2.5 or 5 times a power of ten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ValueScale {
    step: Decimal,
    steps: u32,
}

impl ValueScale {
    /// The scale with the fewest steps, 2 to `most`, that reaches `largest`.
    #[must_use]
    pub fn reaching(largest: Decimal, most: u32) -> Self {
        let most = most.max(2);
        let largest = if largest <= Decimal::ZERO {
            Decimal::ONE
        } else {
            largest
        };
        let wanted = largest.checked_div(most.into()).unwrap_or(largest);
        let mut unit = Decimal::ONE;
        while unit > wanted && unit.scale() < 12 {
            unit /= Decimal::TEN;
        }
        loop {
            for (digits, scale) in [(1, 0), (2, 0), (25, 1), (5, 0), (10, 0)] {
                let step = unit
                    .checked_mul(Decimal::new(digits, scale))
                    .unwrap_or(largest);
                let steps = (largest / step).ceil();
                if steps <= most.into() {
                    let steps = u32::try_from(steps).unwrap_or(most).max(2);
                    return Self {
                        step: step.normalize(),
                        steps,
                    };
                }
            }
            match unit.checked_mul(Decimal::TEN) {
                Some(larger) => unit = larger,
                None => {
                    return Self {
                        step: largest,
                        steps: 2,
                    };
                }
            }
        }
    }

    /// The value at the top.
    #[must_use]
    pub fn top(self) -> Decimal {
        self.step
            .checked_mul(self.steps.into())
            .unwrap_or(Decimal::MAX)
    }

    /// The values of the grid lines, zero first.
    pub fn ticks(self) -> impl Iterator<Item = Decimal> {
        (0..=self.steps).map(move |count| self.step.saturating_mul(count.into()))
    }

    /// Where a value is, in units from the bottom of an axis `height` units long.
    #[must_use]
    pub fn position(self, value: Decimal, height: i32) -> i32 {
        value
            .checked_mul(height.into())
            .and_then(|scaled| scaled.checked_div(self.top()))
            .and_then(|position| i32::try_from(position.round()).ok())
            .unwrap_or(0)
            .clamp(0, height)
    }
}

/// A value beside its grid line: `0`, `0.25`, `1,500`, `25k`, `1.2M`.
#[must_use]
pub fn tick_label(value: Decimal) -> String {
    let thousand = Decimal::ONE_THOUSAND;
    let million = thousand * thousand;
    let short =
        |divisor: Decimal, suffix: &str| format!("{}{suffix}", (value / divisor).normalize());
    if value >= million {
        short(million, "M")
    } else if value >= Decimal::from(10_000) {
        short(thousand, "k")
    } else {
        let text = value.normalize().to_string();
        if value >= thousand && text.len() == 4 {
            format!("{},{}", &text[..1], &text[1..])
        } else {
            text
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn steps_are_round_and_reach_the_largest_value() {
        for (largest, top, step) in [
            (dec!(640), dec!(800), dec!(200)),
            (dec!(39), dec!(40), dec!(10)),
            (dec!(0.00031), dec!(0.0004), dec!(0.0001)),
            (dec!(0), dec!(1), dec!(0.25)),
            (dec!(1000000), dec!(1000000), dec!(250000)),
        ] {
            let scale = ValueScale::reaching(largest, 4);
            assert_eq!((scale.top(), scale.step), (top, step), "for {largest}");
        }
    }

    #[test]
    fn labels_stay_short() {
        let shown: Vec<_> = [dec!(0), dec!(0.250), dec!(1500), dec!(25000), dec!(1200000)]
            .into_iter()
            .map(tick_label)
            .collect();
        assert_eq!(shown, ["0", "0.25", "1,500", "25k", "1.2M"]);
    }

    proptest! {
        #[test]
        fn every_value_has_its_place_on_the_axis(digits in 0_i64..i64::MAX, scale in 0_u32..18) {
            let largest = Decimal::new(digits, scale);
            let axis = ValueScale::reaching(largest, 4);
            prop_assert!(axis.top() >= largest, "{:?} does not reach {largest}", axis);
            prop_assert!((3..=5).contains(&axis.ticks().count()));
            prop_assert_eq!(axis.position(Decimal::ZERO, 800), 0);
            prop_assert!(axis.position(largest, 800) <= 800);
        }
    }
}
