//! CSV as RFC 4180 has it: UTF-8, lines end in CR LF, quotes where they must be, one head line, and every
//! line with as many fields as there are columns.
//!
//! - The file begins with a byte order mark: without one Excel reads UTF-8 as the machine's own code page.
//!   Postgres passes over it together with the head line.
//! - What the file is about stands after the rows, in lines whose first field begins with `#`, filled up
//!   with empty fields. So a program that wants the rows alone can have them:
//!   `\copy t from 'f.csv' with (format csv, header) where id not like '#%'`.
//! - Numbers are plain decimals with all digits that the database has, moments RFC 3339 in UTC, days
//!   `2026-11-21`. Texts that a spreadsheet would take for a formula have an apostrophe before them
//!   ([`crate::reports::defuse`]).

use std::io::Write;

use ::csv::{Terminator, Writer, WriterBuilder};
use time::UtcOffset;
use time::format_description::well_known::Rfc3339;

use crate::reports::ReportError;
use crate::reports::about::About;
use crate::reports::column::{Cell, Column};
use crate::reports::defuse::defused;

/// Marks the lines after the rows.
const MARK: &str = "# ";

/// Bytes gathered before they are written.
const GATHERED: usize = 64 * 1024;

/// A CSV file being written.
#[derive(Debug)]
pub(in crate::reports) struct CsvReport<W: Write> {
    writer: Writer<W>,
    columns: usize,
    /// Cells that got an apostrophe.
    defused: u64,
}

impl<W: Write> CsvReport<W> {
    pub(in crate::reports) fn new(columns: &[Column], mut writer: W) -> Result<Self, ReportError> {
        writer.write_all("\u{FEFF}".as_bytes())?;
        let mut writer = WriterBuilder::new()
            .terminator(Terminator::CRLF)
            .buffer_capacity(GATHERED)
            .from_writer(writer);
        for column in columns {
            writer
                .write_field(defused(&column.heading()).as_bytes())
                .map_err(failed)?;
        }
        writer.write_record(None::<&[u8]>).map_err(failed)?;
        Ok(Self {
            writer,
            columns: columns.len(),
            defused: 0,
        })
    }

    pub(in crate::reports) fn row(&mut self, cells: &[Cell]) -> Result<(), ReportError> {
        for cell in cells {
            self.cell(cell)?;
        }
        self.writer.write_record(None::<&[u8]>).map_err(failed)
    }

    fn cell(&mut self, cell: &Cell) -> Result<(), ReportError> {
        let written = match cell {
            Cell::Text(text) => {
                let safe = defused(text);
                self.defused += u64::from(matches!(safe, std::borrow::Cow::Owned(_)));
                self.writer.write_field(safe.as_bytes())
            }
            Cell::Empty => self.writer.write_field([]),
            Cell::Money(money) => self.writer.write_field(money.amount.to_string()),
            Cell::Quantity(value) => self.writer.write_field(value.to_string()),
            Cell::Whole(value) => self.writer.write_field(value.to_string()),
            Cell::Date(date) => self.writer.write_field(date.to_string()),
            Cell::Time(at) => {
                let at = at.to_offset(UtcOffset::UTC).format(&Rfc3339);
                self.writer.write_field(at.unwrap_or_default())
            }
        };
        written.map_err(failed)
    }

    pub(in crate::reports) fn finish(mut self, about: &About) -> Result<W, ReportError> {
        for (name, value) in &about.lines {
            self.line(name, value)?;
        }
        if self.defused > 0 {
            let note = format!(
                "{} texts that a spreadsheet would take for a formula have an apostrophe before it.",
                self.defused
            );
            self.line("Note", &Cell::Text(note))?;
        }
        self.writer
            .into_inner()
            .map_err(|error| error.into_error().into())
    }

    /// A line about the file. A list has two columns at least.
    fn line(&mut self, name: &str, value: &Cell) -> Result<(), ReportError> {
        self.writer
            .write_field(format!("{MARK}{name}"))
            .map_err(failed)?;
        let counted = self.defused;
        self.cell(value)?;
        self.defused = counted;
        for _ in 2..self.columns {
            self.writer.write_field([]).map_err(failed)?;
        }
        self.writer.write_record(None::<&[u8]>).map_err(failed)
    }
}

fn failed(error: ::csv::Error) -> ReportError {
    ReportError::Write(match error.into_kind() {
        ::csv::ErrorKind::Io(error) => error,
        other => std::io::Error::other(format!("{other:?}")),
    })
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;
    use rust_decimal::dec;
    use time::macros::{date, datetime};

    use super::*;
    use crate::domain::money::Currency;
    use crate::reports::column::Kind;
    use crate::reports::defuse::restored;
    use crate::reports::{Format, Report};

    fn columns() -> Vec<Column> {
        vec![
            Column::new("User id", Kind::Id),
            Column::new("Name", Kind::Text),
            Column::new("Cost", Kind::Money(Some(Currency::USD))),
            Column::new("CPU", Kind::Quantity("hours")),
            Column::new("Members", Kind::Whole),
            Column::new("Day", Kind::Date),
            Column::new("Seen", Kind::Time),
        ]
    }

    fn written(rows: &[Vec<Cell>]) -> String {
        let sink = Cursor::new(Vec::new());
        let mut report = Report::new(Format::Csv, "Users", columns(), sink).expect("a report");
        for row in rows {
            report.row(row).expect("a row");
        }
        let about = About::default().say("List", "Users").say(
            "Filter",
            "Name contains \u{201C}=1\u{201D}; Status: suspended",
        );
        let bytes = report.finish(&about).expect("a file").into_inner();
        String::from_utf8(bytes).expect("UTF-8")
    }

    fn row(name: &str) -> Vec<Cell> {
        vec![
            Cell::Text("auth0|1".to_owned()),
            Cell::Text(name.to_owned()),
            Cell::usd(Some(dec!(-12.5000))),
            Cell::Quantity(dec!(0.000000001)),
            Cell::Whole(-3),
            Cell::Date(date!(2026 - 11 - 21)),
            Cell::Time(datetime!(2026-11-21 15:04:05.123 +2)),
        ]
    }

    #[test]
    fn a_file_looks_like_this() {
        let nothing = vec![Cell::Text("auth0|2".to_owned())];
        let nothing = nothing.into_iter().chain(vec![Cell::Empty; 6]).collect();
        let rows = [
            row("=cmd|' /C calc'!A0"),
            row("\u{C5}sa \"Q\", Inc.\nline 2"),
            nothing,
        ];
        insta::assert_snapshot!("users_csv", written(&rows).replace("\r\n", "\u{21B5}\n"));
    }

    #[test]
    fn a_row_of_another_shape_is_refused() {
        let sink = Cursor::new(Vec::new());
        let mut report = Report::new(Format::Csv, "Users", columns(), sink).expect("a report");
        assert!(matches!(
            report.row(&[Cell::Empty]),
            Err(ReportError::Shape {
                cells: 1,
                columns: 7
            })
        ));
    }

    proptest! {
        #[test]
        fn any_text_survives_the_round_trip(name in "\\PC*|[=+@'\";,\t\r\n #-]{0,9}") {
            let file = written(&[row(&name)]);
            let mut reader = ::csv::Reader::from_reader(file.as_bytes());
            let records: Vec<_> = reader.records().map(|record| record.expect("RFC 4180")).collect();
            prop_assert!(records.iter().all(|record| record.len() == 7), "every line has its fields");
            prop_assert_eq!(restored(&records[0][1]), name);
            prop_assert_eq!(&records[0][2], "-12.5000", "a number is a number");
            prop_assert!(records[1..].iter().all(|record| record[0].starts_with("# ")));
        }
    }
}
