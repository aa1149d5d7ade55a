//! Amounts of what clusters have, as long as they need to be.

use crate::domain::money::count_shown;

/// `1 node`, `1,204 nodes`.
pub(in crate::wire) fn count_of(count: u64, one: &str, more: &str) -> String {
    format!(
        "{} {}",
        count_shown(count),
        if count == 1 { one } else { more }
    )
}

pub(in crate::wire) fn whole(count: i64) -> String {
    signed(count, count_shown)
}

/// Thousandths of a core as cores: as many decimals as a small number needs.
pub(in crate::wire) fn cores(millis: i64) -> String {
    signed(millis, |millis| {
        let (cores, rest) = (millis / 1_000, millis % 1_000);
        match rest {
            0 => count_shown(cores),
            _ if cores >= 100 => count_shown(cores + u64::from(rest >= 500)),
            _ if cores >= 1 => tenths(millis, 1_000),
            _ => format!("0.{rest:03}").trim_end_matches('0').to_owned(),
        }
    })
}

/// Bytes in the largest binary unit that leaves a whole one.
pub(in crate::wire) fn bytes(bytes: i64) -> String {
    const UNITS: [&str; 6] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
    signed(bytes, |bytes| {
        let mut unit = 0;
        let mut size = 1_u64;
        while unit + 1 < UNITS.len() && bytes / size >= 1_024 {
            size *= 1_024;
            unit += 1;
        }
        let number = if unit == 0 || bytes / size >= 100 || bytes % size == 0 {
            count_shown(bytes / size + u64::from(bytes % size * 2 >= size && size > 1))
        } else {
            tenths(bytes, size)
        };
        format!("{number} {}", UNITS[unit])
    })
}

fn signed(value: i64, shown: impl Fn(u64) -> String) -> String {
    let sign = if value < 0 { "−" } else { "" };
    format!("{sign}{}", shown(value.unsigned_abs()))
}

/// With one decimal, rounded half up.
fn tenths(value: u64, unit: u64) -> String {
    let tenths = (u128::from(value) * 20 / u128::from(unit)).div_ceil(2);
    let tenths = u64::try_from(tenths).unwrap_or(u64::MAX);
    format!("{}.{}", count_shown(tenths / 10), tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_as_long_as_they_need_to_be() {
        for (millis, shown) in [
            (0, "0"),
            (1, "0.001"),
            (250, "0.25"),
            (1_000, "1"),
            (1_250, "1.3"),
            (15_740, "15.7"),
            (123_456, "123"),
            (1_234_567, "1,235"),
            (-250, "−0.25"),
        ] {
            assert_eq!(cores(millis), shown, "{millis}");
        }
        for (amount, shown) in [
            (0, "0 B"),
            (1_023, "1,023 B"),
            (1_024, "1 KiB"),
            (1_536, "1.5 KiB"),
            (64 << 30, "64 GiB"),
            ((64 << 30) + (300 << 20), "64.3 GiB"),
            ((640 << 30) + (700 << 20), "641 GiB"),
            (1_500 << 30, "1.5 TiB"),
        ] {
            assert_eq!(bytes(amount), shown, "{amount}");
        }
    }
}
