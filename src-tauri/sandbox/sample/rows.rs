//! Rows in the text format of `copy … from stdin`.

use std::io::Write as _;

use crate::sandbox::sample::calendar::{Calendar, Moment};

/// Rows of one table, gathered until there are enough to send.
#[derive(Debug)]
pub(super) struct Rows {
    bytes: Vec<u8>,
    begun: bool,
}

impl Rows {
    pub(super) fn new() -> Self {
        Self {
            bytes: Vec::new(),
            begun: false,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Takes what was gathered.
    pub(super) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    fn next(&mut self) -> &mut Vec<u8> {
        if self.begun {
            self.bytes.push(b'\t');
        }
        self.begun = true;
        &mut self.bytes
    }

    /// Ends the row.
    pub(super) fn end(&mut self) {
        self.bytes.push(b'\n');
        self.begun = false;
    }

    pub(super) fn null(&mut self) -> &mut Self {
        self.next().extend_from_slice(b"\\N");
        self
    }

    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        let bytes = self.next();
        for byte in text.bytes() {
            match byte {
                b'\\' => bytes.extend_from_slice(b"\\\\"),
                b'\t' => bytes.extend_from_slice(b"\\t"),
                b'\n' => bytes.extend_from_slice(b"\\n"),
                b'\r' => bytes.extend_from_slice(b"\\r"),
                byte => bytes.push(byte),
            }
        }
        self
    }

    pub(super) fn maybe(&mut self, text: Option<&str>) -> &mut Self {
        match text {
            Some(text) => self.text(text),
            None => self.null(),
        }
    }

    pub(super) fn int(&mut self, value: impl Into<i64>) -> &mut Self {
        let value = value.into();
        // Writing to a Vec cannot fail.
        let _ = write!(self.next(), "{value}");
        self
    }

    pub(super) fn yes(&mut self, value: bool) -> &mut Self {
        self.next().push(if value { b't' } else { b'f' });
        self
    }

    /// A decimal of `scale` places, without zeros at its end: 12500 at scale 4 is `1.25`.
    pub(super) fn fixed(&mut self, value: i64, scale: u32) -> &mut Self {
        let one = 10_u64.pow(scale);
        let (whole, mut rest) = (value.unsigned_abs() / one, value.unsigned_abs() % one);
        let bytes = self.next();
        if value < 0 {
            bytes.push(b'-');
        }
        let _ = write!(bytes, "{whole}");
        if rest > 0 {
            let mut places = scale as usize;
            while rest % 10 == 0 {
                rest /= 10;
                places -= 1;
            }
            let _ = write!(bytes, ".{rest:0places$}");
        }
        self
    }

    pub(super) fn day(&mut self, calendar: &Calendar, day: i32) -> &mut Self {
        self.next().extend_from_slice(calendar.text(day).as_bytes());
        self
    }

    pub(super) fn moment(&mut self, calendar: &Calendar, moment: Moment) -> &mut Self {
        let (minutes, seconds) = (moment.second / 60, moment.second % 60);
        let bytes = self.next();
        bytes.extend_from_slice(calendar.text(moment.day).as_bytes());
        let _ = write!(
            bytes,
            " {:02}:{:02}:{seconds:02}+00",
            minutes / 60,
            minutes % 60
        );
        self
    }

    pub(super) fn maybe_moment(
        &mut self,
        calendar: &Calendar,
        moment: Option<Moment>,
    ) -> &mut Self {
        match moment {
            Some(moment) => self.moment(calendar, moment),
            None => self.null(),
        }
    }

    pub(super) fn uuid(&mut self, uuid: &[u8; 16]) -> &mut Self {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let bytes = self.next();
        for (place, byte) in uuid.iter().enumerate() {
            if matches!(place, 4 | 6 | 8 | 10) {
                bytes.push(b'-');
            }
            bytes.push(DIGITS[usize::from(byte >> 4)]);
            bytes.push(DIGITS[usize::from(byte & 15)]);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn values_are_written_as_postgres_reads_them() {
        let calendar = Calendar::new(date!(2026 - 11 - 20), 3);
        let mut rows = Rows::new();
        rows.text("a\tb\\")
            .null()
            .fixed(-12_500, 4)
            .fixed(30, 1)
            .fixed(7, 9);
        rows.moment(&calendar, Moment::at(-1, 3_661))
            .uuid(&[0xab; 16])
            .end();
        let text = String::from_utf8(rows.take()).expect("text");
        assert_eq!(
            text,
            "a\\tb\\\\\t\\N\t-1.25\t3\t0.000000007\t2026-11-19 01:01:01+00\t\
             abababab-abab-abab-abab-abababababab\n"
        );
    }
}
