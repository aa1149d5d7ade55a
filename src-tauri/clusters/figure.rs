//! Numbers as other programs write them in JSON: read digit by digit, never through a float.

use rust_decimal::Decimal;
use serde_json::value::RawValue;

/// A number, or one in quotes; none for `null` (what is no number is written so), and for what is none.
pub(in crate::clusters) fn figure(raw: Option<&RawValue>) -> Option<Decimal> {
    let text = raw?.get().trim_matches('"');
    let read = Decimal::from_str_exact(text)
        .or_else(|_| text.parse())
        .or_else(|_| Decimal::from_scientific(text));
    read.ok()
}

/// The same, as a whole number; what follows the point is left off.
pub(in crate::clusters) fn whole(raw: Option<&RawValue>) -> Option<i64> {
    i64::try_from(figure(raw)?.trunc()).ok()
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    fn read(json: &str) -> Option<Decimal> {
        figure(Some(serde_json::from_str::<&RawValue>(json).expect("JSON")))
    }

    #[test]
    fn numbers_keep_their_digits() {
        assert_eq!(read("0.1"), Some(dec!(0.1)));
        assert_eq!(read("1.5E-7"), Some(dec!(0.00000015)));
        assert_eq!(read("\"-12\""), Some(dec!(-12)));
        assert_eq!(read("1e999"), None);
        for none in ["null", "\"NaN\"", "[]", "{}", "\"\"", "true"] {
            assert_eq!(read(none), None, "{none}");
        }
        // More digits than can be kept are rounded, not dropped.
        assert_eq!(
            read("0.12345678901234567890123456789012"),
            Some(dec!(0.1234567890123456789012345679))
        );
        let number = serde_json::from_str::<&RawValue>("1000000.9").expect("JSON");
        assert_eq!(whole(Some(number)), Some(1_000_000));
    }
}
