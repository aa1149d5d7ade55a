//! Kubernetes' quantities (`100m`, `1Gi`, `1e3`, `0.5`), read and added up exactly.
//!
//! <https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/>

use std::iter::Sum;
use std::ops::Add;

use thiserror::Error;

/// Kubernetes keeps nothing finer than this part of one.
const NANOS: i128 = 1_000_000_000;

/// Nobody needs more digits than this, and so many fit.
const MOST_DIGITS: usize = 28;

/// An amount of something, in billionths: of a core, a byte, a device. Never a float: what is added up here
/// is what customers are told they have used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity(i128);

/// Why a text is no quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum QuantityError {
    /// It does not have the form.
    #[error("it is no quantity of Kubernetes")]
    Malformed,
    /// It is one, beyond all reason.
    #[error("it is beyond what a quantity can be")]
    TooLarge,
}

impl Quantity {
    /// None of it.
    pub const ZERO: Self = Self(0);

    /// So many, whole.
    #[must_use]
    pub const fn of(count: i64) -> Self {
        Self(count as i128 * NANOS)
    }

    /// Reads one. What is finer than a billionth is rounded up, as Kubernetes does.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        let (negative, unsigned) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        let end = unsigned
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(unsigned.len());
        let (number, suffix) = unsigned.split_at(end);
        let (whole, part) = number.split_once('.').unwrap_or((number, ""));
        if (whole.is_empty() && part.is_empty()) || part.contains('.') {
            return Err(QuantityError::Malformed);
        }
        let (twos, tens) = scale(suffix)?;
        let part = part.trim_end_matches('0');
        let digits = [whole.trim_start_matches('0'), part].concat();
        if digits.len() > MOST_DIGITS {
            return Err(QuantityError::TooLarge);
        }
        let digits = match digits.as_str() {
            "" => 0_i128,
            digits => digits.parse().map_err(|_| QuantityError::Malformed)?,
        };
        let digits = digits
            .checked_mul(1 << twos)
            .ok_or(QuantityError::TooLarge)?;
        // Nine tens make billionths of it.
        let places = i32::try_from(part.len()).map_err(|_| QuantityError::TooLarge)?;
        let nanos = shifted(digits, tens + 9 - places)?;
        Ok(Self(if negative { -nanos } else { nanos }))
    }

    /// Whole ones, rounded away from zero: bytes, devices, pods.
    #[must_use]
    pub fn whole(self) -> i64 {
        self.rounded(NANOS)
    }

    /// Thousandths, rounded away from zero: millicores.
    #[must_use]
    pub fn thousandths(self) -> i64 {
        self.rounded(NANOS / 1_000)
    }

    /// What is left of it without that; none where that is more.
    #[must_use]
    pub fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0).max(0))
    }

    /// Less than none: what a metrics pipeline says that has lost its footing.
    #[must_use]
    pub fn is_negative(self) -> bool {
        self.0 < 0
    }

    fn rounded(self, unit: i128) -> i64 {
        let away = self.0.signum() * i128::from(self.0 % unit != 0);
        let rounded = self.0 / unit + away;
        let (least, most) = (i128::from(i64::MIN), i128::from(i64::MAX));
        i64::try_from(rounded.clamp(least, most)).unwrap_or(i64::MAX)
    }
}

impl Add for Quantity {
    type Output = Self;

    /// Stays at the end of what can be counted; a fleet is nowhere near.
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sum for Quantity {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::ZERO, Add::add)
    }
}

/// The powers of two and of ten that a suffix stands for.
fn scale(suffix: &str) -> Result<(u32, i32), QuantityError> {
    Ok(match suffix {
        "" => (0, 0),
        "n" => (0, -9),
        "u" => (0, -6),
        "m" => (0, -3),
        "k" => (0, 3),
        "M" => (0, 6),
        "G" => (0, 9),
        "T" => (0, 12),
        "P" => (0, 15),
        "E" => (0, 18),
        "Ki" => (10, 0),
        "Mi" => (20, 0),
        "Gi" => (30, 0),
        "Ti" => (40, 0),
        "Pi" => (50, 0),
        "Ei" => (60, 0),
        _ => {
            let power = suffix
                .strip_prefix(['e', 'E'])
                .filter(|power| power.len() <= 4 && !power.contains(' '))
                .ok_or(QuantityError::Malformed)?;
            (0, power.parse().map_err(|_| QuantityError::Malformed)?)
        }
    })
}

/// `digits` times ten to the power of `tens`, rounded up.
fn shifted(digits: i128, tens: i32) -> Result<i128, QuantityError> {
    let power = 10_i128.checked_pow(tens.unsigned_abs());
    match (tens >= 0, power) {
        _ if digits == 0 => Ok(0),
        (true, Some(power)) => digits.checked_mul(power).ok_or(QuantityError::TooLarge),
        (true, None) => Err(QuantityError::TooLarge),
        (false, Some(power)) => Ok(digits / power + i128::from(digits % power != 0)),
        // Less than a billionth, however many digits.
        (false, None) => Ok(1),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn nanos(text: &str) -> Result<i128, QuantityError> {
        Quantity::parse(text).map(|quantity| quantity.0)
    }

    #[test]
    fn every_form_is_read_exactly() {
        for (text, wanted) in [
            ("0", 0),
            ("1", NANOS),
            ("+1", NANOS),
            ("-1", -NANOS),
            ("100m", NANOS / 10),
            ("0.1", NANOS / 10),
            (".5", NANOS / 2),
            ("5.", 5 * NANOS),
            ("1e3", 1_000 * NANOS),
            ("1E3", 1_000 * NANOS),
            ("1E", 1_000_000_000_000_000_000 * NANOS),
            ("12e-3", NANOS * 12 / 1_000),
            ("1Ki", 1_024 * NANOS),
            ("1.5Gi", 1_610_612_736 * NANOS),
            ("0.1Ki", NANOS * 1024 / 10),
            ("128974848", 128_974_848 * NANOS),
            ("129e6", 129_000_000 * NANOS),
            ("129M", 129_000_000 * NANOS),
            ("123Mi", 128_974_848 * NANOS),
            ("153749021n", 153_749_021),
            ("250u", 250_000),
            ("8Ei", 8 * (1 << 60) * NANOS),
        ] {
            assert_eq!(nanos(text), Ok(wanted), "{text}");
        }
    }

    #[test]
    fn what_is_finer_than_a_billionth_is_rounded_up() {
        assert_eq!(nanos("0.1n"), Ok(1));
        assert_eq!(nanos("1.0000000001"), Ok(NANOS + 1));
        assert_eq!(nanos("1e-999"), Ok(1));
        assert_eq!(nanos("-0.1n"), Ok(-1));
        let cores = Quantity::parse("1000001n").expect("a quantity");
        assert_eq!((cores.thousandths(), cores.whole()), (2, 1));
    }

    #[test]
    fn what_is_none_is_refused() {
        for text in [
            "", "-", ".", "1.2.3", "1 Gi", "1gi", "Gi", "1KiB", "0x10", "1e", "1e+", "1e 3",
            "1e1.5", "e3", "٣", "1,5", "--1", "1K", "NaN", "1e99999",
        ] {
            assert_eq!(nanos(text), Err(QuantityError::Malformed), "{text:?}");
        }
        for text in [
            "1e40",
            "99999999999999999999999999999",
            "9999999999999999999999Ei",
        ] {
            assert_eq!(nanos(text), Err(QuantityError::TooLarge), "{text}");
        }
    }

    #[test]
    fn a_billionth_that_every_pod_uses_is_not_lost() {
        let part = Quantity::parse("1n").expect("a quantity");
        let all: Quantity = std::iter::repeat_n(part, 1_000_000).sum();
        assert_eq!(all.thousandths(), 1);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,40}") {
            let _ = Quantity::parse(&text);
        }

        #[test]
        fn millicores_are_what_they_say(millis in 0_i64..1_000_000_000) {
            let quantity = Quantity::parse(&format!("{millis}m")).expect("a quantity");
            prop_assert_eq!(quantity.thousandths(), millis);
            let bytes = Quantity::parse(&format!("{millis}Ki")).expect("a quantity");
            prop_assert_eq!(bytes.whole(), millis * 1024);
        }
    }
}
