//! Reports: rows in, bytes out, as CSV or XLSX. No I/O but the writer they are given.
//!
//! A report is written row by row in constant memory, sums what it writes, and ends by saying what it is:
//! which rows, when, how many, and their control totals ([`about::About`]).

pub mod about;
pub mod column;
pub mod csv;
pub mod defuse;
pub mod tally;
pub mod xlsx;

use std::io::{Seek, Write};

use thiserror::Error;

use crate::domain::money::MoneyError;
use crate::reports::about::About;
use crate::reports::column::{Cell, Column};
use crate::reports::csv::CsvReport;
use crate::reports::tally::{Tally, Total};
use crate::reports::xlsx::XlsxReport;

/// Why a report could not be written.
#[derive(Debug, Error)]
pub enum ReportError {
    /// The writer failed: the disk is full, or was taken away.
    #[error("the file could not be written: {0}")]
    Write(#[from] std::io::Error),
    /// A sum has more digits than a decimal holds.
    #[error("a control total cannot be held: {0}")]
    Overflow(#[from] MoneyError),
    /// A row does not have a cell for each column.
    #[error("a row has {cells} cells for {columns} columns")]
    Shape {
        /// What the row has.
        cells: usize,
        /// What it must have.
        columns: usize,
    },
}

/// What kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180, UTF-8.
    Csv,
    /// Office Open XML, one sheet for each 1,048,575 rows.
    Xlsx,
}

impl Format {
    /// What the name of such a file ends with.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }
}

/// A report being written.
#[derive(Debug)]
pub struct Report<W: Write + Seek> {
    columns: Vec<Column>,
    tally: Tally,
    file: File<W>,
}

#[derive(Debug)]
enum File<W: Write + Seek> {
    Csv(Box<CsvReport<W>>),
    Xlsx(Box<XlsxReport<W>>),
}

impl<W: Write + Seek> Report<W> {
    /// Begins a report with these columns; `title` names its sheet.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn new(
        format: Format,
        title: &str,
        columns: Vec<Column>,
        writer: W,
    ) -> Result<Self, ReportError> {
        let file = match format {
            Format::Csv => File::Csv(Box::new(CsvReport::new(&columns, writer)?)),
            Format::Xlsx => File::Xlsx(Box::new(XlsxReport::new(title, &columns, writer)?)),
        };
        Ok(Self {
            tally: Tally::of(&columns),
            columns,
            file,
        })
    }

    /// Writes a row, and adds it to the control totals.
    ///
    /// # Errors
    /// When the writer fails, a sum cannot be held, or the row has not a cell for each column.
    pub fn row(&mut self, cells: &[Cell]) -> Result<(), ReportError> {
        if cells.len() != self.columns.len() {
            return Err(ReportError::Shape {
                cells: cells.len(),
                columns: self.columns.len(),
            });
        }
        self.tally.add(cells)?;
        match &mut self.file {
            File::Csv(file) => file.row(cells),
            File::Xlsx(file) => file.row(cells),
        }
    }

    /// Rows so far.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.tally.rows()
    }

    /// The control totals so far.
    #[must_use]
    pub fn totals(&self) -> Vec<Total> {
        self.tally.totals()
    }

    /// Ends the report with what it is about, and gives the writer back.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn finish(self, about: &About) -> Result<W, ReportError> {
        let about = about.with_totals(&self.columns, self.tally.rows(), &self.tally.totals());
        match self.file {
            File::Csv(file) => file.finish(&about),
            File::Xlsx(file) => file.finish(&about),
        }
    }
}
