//! One row as XML, each cell by its kind.

use std::fmt::Write as _;

use rust_decimal::Decimal;
use time::{Date, OffsetDateTime, UtcOffset};

use crate::reports::column::Cell;
use crate::reports::xlsx::parts::{column_letters, style};
use crate::reports::xlsx::text::{LONGEST, fitting, push_escaped};

/// Digits that a double carries from decimal to binary and back without loss.
const EXACT_DIGITS: u32 = 15;

/// Day 0 of a spreadsheet, from 1 March 1900 on: before that it counts a day that never was.
const DAY_ZERO: Date = time::macros::date!(1899 - 12 - 30);
const FIRST_SURE_DAY: Date = time::macros::date!(1900 - 03 - 01);

/// What a sheet could not hold as it is.
#[derive(Debug, Default)]
pub(in crate::reports::xlsx) struct Remarks {
    /// Texts longer than a cell.
    cut: u64,
    /// Numbers with more digits than a spreadsheet computes with.
    as_text: u64,
}

impl Remarks {
    /// One sentence for each.
    pub(in crate::reports::xlsx) fn notes(&self, sheets: usize) -> Vec<String> {
        let mut notes = Vec::new();
        if sheets > 1 {
            notes.push(format!(
                "The rows go on over {sheets} sheets: one holds 1,048,576 at most."
            ));
        }
        if self.cut > 0 {
            notes.push(format!(
                "{} texts are longer than the {LONGEST} characters of a cell and end in a remark that \
                 says so; the CSV export has all of them.",
                self.cut
            ));
        }
        if self.as_text > 0 {
            notes.push(format!(
                "{} numbers have more than {EXACT_DIGITS} digits, which a spreadsheet would round: they \
                 are written as text and its own sums leave them out.",
                self.as_text
            ));
        }
        notes
    }
}

/// A row being put together; its buffer is used again for the next.
#[derive(Debug)]
pub(in crate::reports::xlsx) struct Row {
    xml: String,
    letters: Vec<String>,
    number: String,
}

impl Row {
    pub(in crate::reports::xlsx) fn new(columns: usize) -> Self {
        Self {
            xml: String::new(),
            letters: (0..columns).map(column_letters).collect(),
            number: String::new(),
        }
    }

    pub(in crate::reports::xlsx) fn begin(&mut self, number: u32) {
        self.number.clear();
        let _ = write!(self.number, "{number}");
        self.xml.clear();
        self.xml.push_str("<row r=\"");
        self.xml.push_str(&self.number);
        self.xml.push_str("\">");
    }

    pub(in crate::reports::xlsx) fn end(&mut self) -> &str {
        self.xml.push_str("</row>");
        &self.xml
    }

    /// A cell of the head line.
    pub(in crate::reports::xlsx) fn head(&mut self, index: usize, text: &str) {
        self.text(index, text, style::HEAD);
    }

    /// A text over several lines.
    pub(in crate::reports::xlsx) fn wrapped(&mut self, index: usize, text: &str) {
        self.text(index, &fitting(text).0, style::WRAPPED);
    }

    pub(in crate::reports::xlsx) fn cell(
        &mut self,
        index: usize,
        cell: &Cell,
        remarks: &mut Remarks,
    ) {
        match cell {
            Cell::Empty => {}
            Cell::Text(text) => {
                let (text, was_cut) = fitting(text);
                remarks.cut += u64::from(was_cut);
                self.text(index, &text, style::PLAIN);
            }
            Cell::Money(money) => self.decimal(index, money.amount, style::DECIMAL, remarks),
            Cell::Quantity(value) => self.decimal(index, *value, style::DECIMAL, remarks),
            Cell::Whole(value) => {
                self.decimal(index, Decimal::from(*value), style::WHOLE, remarks);
            }
            Cell::Date(date) => match serial_day(*date) {
                Some(day) => self.number(index, &day.to_string(), style::DATE),
                None => self.text(index, &date.to_string(), style::PLAIN),
            },
            Cell::Time(at) => {
                let at = at.to_offset(UtcOffset::UTC);
                match serial_moment(at) {
                    Some(moment) => self.number(index, &moment.to_string(), style::TIME),
                    None => self.text(index, &at.to_string(), style::PLAIN),
                }
            }
        }
    }

    fn decimal(&mut self, index: usize, value: Decimal, style: u8, remarks: &mut Remarks) {
        if survives(value) {
            self.number(index, &value.to_string(), style);
        } else {
            remarks.as_text += 1;
            self.text(index, &value.to_string(), style::PLAIN);
        }
    }

    fn number(&mut self, index: usize, value: &str, style: u8) {
        self.start(index, style);
        self.xml.push_str("><v>");
        self.xml.push_str(value);
        self.xml.push_str("</v></c>");
    }

    fn text(&mut self, index: usize, text: &str, style: u8) {
        self.start(index, style);
        self.xml
            .push_str(" t=\"inlineStr\"><is><t xml:space=\"preserve\">");
        push_escaped(&mut self.xml, text);
        self.xml.push_str("</t></is></c>");
    }

    fn start(&mut self, index: usize, style: u8) {
        self.xml.push_str("<c r=\"");
        if let Some(letters) = self.letters.get(index) {
            self.xml.push_str(letters);
        }
        self.xml.push_str(&self.number);
        self.xml.push('"');
        if style != style::PLAIN {
            let _ = write!(self.xml, " s=\"{style}\"");
        }
    }
}

/// Whether a spreadsheet gives the value back as it is: IEEE 754 doubles carry any 15 decimal digits.
fn survives(value: Decimal) -> bool {
    value.normalize().mantissa().unsigned_abs() < 10_u128.pow(EXACT_DIGITS)
}

/// Days since day 0; `None` before the calendar of a spreadsheet is right.
fn serial_day(date: Date) -> Option<i64> {
    (date >= FIRST_SURE_DAY).then(|| (date - DAY_ZERO).whole_days())
}

/// Days and the part of a day, to the second, which is what the cell shows.
fn serial_moment(at: OffsetDateTime) -> Option<Decimal> {
    let day = Decimal::from(serial_day(at.date())?);
    let (hours, minutes, seconds) = at.to_hms();
    let second = u32::from(hours) * 3600 + u32::from(minutes) * 60 + u32::from(seconds);
    let part = Decimal::from(second) / Decimal::from(86_400);
    Some((day + part).round_dp(10))
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;
    use time::macros::{date, datetime};

    use super::*;

    #[test]
    fn fifteen_digits_are_a_number_and_sixteen_a_text() {
        assert!(survives(dec!(999999999999.999)));
        assert!(survives(dec!(-0.00000000000000123)));
        assert!(!survives(dec!(1234567890.123456)));
        let mut row = Row::new(1);
        let mut remarks = Remarks::default();
        row.begin(2);
        row.cell(0, &Cell::usd(Some(dec!(9007199254740993.01))), &mut remarks);
        let xml = row.end().to_owned();
        assert!(xml.contains(">9007199254740993.01</t>"), "{xml}");
        assert_eq!(remarks.notes(1).len(), 1, "and it is said");
    }

    #[test]
    fn days_and_moments_are_counted_as_a_spreadsheet_does() {
        assert_eq!(serial_day(date!(2026 - 11 - 21)), Some(46_347));
        assert_eq!(serial_day(date!(1900 - 01 - 01)), None);
        let noon = serial_moment(datetime!(2026-11-21 14:00 +2).to_offset(UtcOffset::UTC));
        assert_eq!(noon, Some(dec!(46347.5)));
    }
}
