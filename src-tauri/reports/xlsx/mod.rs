//! XLSX, written as it comes: each row goes compressed into the file, nothing is kept of it.
//!
//! The library for the container is `zip`; the parts inside are plain enough to be written here. The
//! writers that make whole workbooks were weighed (`docs/DECISIONS.md`): they hold the cells in memory or
//! in a temporary file of their own, and one that streams gives up the program when that disk is full.
//!
//! - Texts are inline strings: never a formula, whatever they begin with.
//! - Numbers are written with the digits they have. A spreadsheet computes in binary with 15 digits;
//!   a value that needs more is written as text, and the sheet "About" says how many were.
//! - A sheet ends at 1,048,576 rows; what follows goes on in a further sheet under the same head.

mod parts;
mod sheet;
mod text;

use std::io::{Seek, Write};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::reports::ReportError;
use crate::reports::about::About;
use crate::reports::column::{Cell, Column, Kind};
use crate::reports::xlsx::sheet::{Remarks, Row};

/// Rows of a sheet, its head among them.
const MOST_ROWS: u32 = 1_048_576;

/// Bytes of a sheet before compression after which a further one begins: the container, as every
/// spreadsheet reads it, counts up to four gigabytes.
const MOST_BYTES: u64 = 3_500_000_000;

/// Columns of the sheet "About".
const ABOUT_WIDTHS: [u16; 2] = [28, 90];

/// A workbook being written.
#[derive(Debug)]
pub(in crate::reports) struct XlsxReport<W: Write + Seek> {
    zip: ZipWriter<W>,
    title: String,
    columns: Vec<Column>,
    /// Names of the sheets so far.
    sheets: Vec<String>,
    /// Rows of the present sheet, its head among them.
    rows: u32,
    /// Bytes of the present sheet.
    bytes: u64,
    row: Row,
    remarks: Remarks,
    most_rows: u32,
}

impl<W: Write + Seek> XlsxReport<W> {
    pub(in crate::reports) fn new(
        title: &str,
        columns: &[Column],
        writer: W,
    ) -> Result<Self, ReportError> {
        Self::with_limit(title, columns, writer, MOST_ROWS)
    }

    fn with_limit(
        title: &str,
        columns: &[Column],
        writer: W,
        most_rows: u32,
    ) -> Result<Self, ReportError> {
        let mut report = Self {
            zip: ZipWriter::new(writer),
            title: title.to_owned(),
            columns: columns.to_vec(),
            sheets: Vec::new(),
            rows: 0,
            bytes: 0,
            row: Row::new(columns.len().max(2)),
            remarks: Remarks::default(),
            most_rows,
        };
        report.begin_sheet()?;
        Ok(report)
    }

    pub(in crate::reports) fn row(&mut self, cells: &[Cell]) -> Result<(), ReportError> {
        if self.rows >= self.most_rows || self.bytes >= MOST_BYTES {
            self.end_sheet()?;
            self.begin_sheet()?;
        }
        self.rows += 1;
        self.row.begin(self.rows);
        for (index, cell) in cells.iter().enumerate() {
            self.row.cell(index, cell, &mut self.remarks);
        }
        self.write_row()
    }

    pub(in crate::reports) fn finish(mut self, about: &About) -> Result<W, ReportError> {
        self.end_sheet()?;
        self.write_about(about)?;
        for (name, text) in [
            (
                "[Content_Types].xml",
                parts::content_types(self.sheets.len()),
            ),
            ("_rels/.rels", parts::ROOT_RELATIONS.to_owned()),
            ("xl/workbook.xml", parts::workbook(&self.sheets)),
            (
                "xl/_rels/workbook.xml.rels",
                parts::workbook_relations(self.sheets.len()),
            ),
            ("xl/styles.xml", parts::STYLES.to_owned()),
        ] {
            self.begin_part(name)?;
            self.zip.write_all(text.as_bytes())?;
        }
        self.zip.finish().map_err(failed)
    }

    fn write_about(&mut self, about: &About) -> Result<(), ReportError> {
        let notes = self.remarks.notes(self.sheets.len());
        let notes = notes
            .into_iter()
            .map(|note| ("Note".to_owned(), Cell::Text(note)));
        let lines: Vec<_> = about.lines.iter().cloned().chain(notes).collect();
        self.begin_part(&sheet_path(self.sheets.len() + 1))?;
        self.sheets.push("About".to_owned());
        self.write(&parts::sheet_start(&ABOUT_WIDTHS, false))?;
        let mut remarks = Remarks::default();
        for (index, (name, value)) in lines.iter().enumerate() {
            self.row.begin(u32::try_from(index + 1).unwrap_or(u32::MAX));
            self.row.head(0, name);
            match value {
                Cell::Text(words) => self.row.wrapped(1, words),
                value => self.row.cell(1, value, &mut remarks),
            }
            self.write_row()?;
        }
        self.write(parts::SHEET_END)
    }

    fn begin_sheet(&mut self) -> Result<(), ReportError> {
        let number = self.sheets.len() + 1;
        self.begin_part(&sheet_path(number))?;
        self.sheets.push(parts::sheet_name(&self.title, number));
        self.bytes = 0;
        let widths: Vec<u16> = self.columns.iter().map(width).collect();
        self.write(&parts::sheet_start(&widths, true))?;
        self.rows = 1;
        self.row.begin(1);
        for (index, column) in self.columns.iter().enumerate() {
            self.row.head(index, &column.heading());
        }
        self.write_row()
    }

    fn end_sheet(&mut self) -> Result<(), ReportError> {
        let filter = parts::filter(self.columns.len(), self.rows);
        self.write("</sheetData>")?;
        self.write(&filter)?;
        self.write("</worksheet>")
    }

    fn write_row(&mut self) -> Result<(), ReportError> {
        let xml = self.row.end();
        self.bytes += xml.len() as u64;
        self.zip.write_all(xml.as_bytes())?;
        Ok(())
    }

    fn write(&mut self, text: &str) -> Result<(), ReportError> {
        self.zip.write_all(text.as_bytes())?;
        Ok(())
    }

    fn begin_part(&mut self, name: &str) -> Result<(), ReportError> {
        // The fastest level: rows are alike, and come out at a tenth of their size as it is.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(1));
        self.zip.start_file(name, options).map_err(failed)
    }
}

fn sheet_path(number: usize) -> String {
    format!("xl/worksheets/sheet{number}.xml")
}

/// Room for a column, in characters.
fn width(column: &Column) -> u16 {
    let usual = match column.kind {
        Kind::Text => 26,
        Kind::Id => 30,
        Kind::Money(_) | Kind::Quantity(_) => 16,
        Kind::Whole | Kind::Date => 12,
        Kind::Time => 20,
    };
    let heading = column.heading().chars().count() + 3;
    usual.max(u16::try_from(heading).unwrap_or(usual))
}

fn failed(error: ZipError) -> ReportError {
    ReportError::Write(match error {
        ZipError::Io(error) => error,
        other => std::io::Error::other(other),
    })
}

#[cfg(test)]
mod tests;
