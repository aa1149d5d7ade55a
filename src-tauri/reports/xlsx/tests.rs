//! Workbooks read back by another implementation.

use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};
use proptest::prelude::*;
use rust_decimal::{Decimal, dec};
use time::macros::{date, datetime};

use super::*;
use crate::domain::money::Currency;

type Book = Xlsx<Cursor<Vec<u8>>>;

fn columns() -> Vec<Column> {
    vec![
        Column::new("Name", Kind::Text),
        Column::new("Cost", Kind::Money(Some(Currency::USD))),
        Column::new("Members", Kind::Whole),
        Column::new("Day", Kind::Date),
        Column::new("Seen", Kind::Time),
    ]
}

fn book(rows: &[Vec<Cell>], limit: u32) -> Book {
    let mut report = XlsxReport::with_limit("Users", &columns(), Cursor::new(Vec::new()), limit)
        .expect("a report");
    for row in rows {
        report.row(row).expect("a row");
    }
    let about = About::default().say("Filter", "Status: active");
    let bytes = report.finish(&about).expect("a workbook").into_inner();
    Xlsx::new(Cursor::new(bytes)).expect("a workbook that another program reads")
}

fn row(name: &str, cost: Option<Decimal>) -> Vec<Cell> {
    vec![
        Cell::Text(name.to_owned()),
        Cell::usd(cost),
        Cell::Whole(3),
        Cell::Date(date!(2026 - 11 - 21)),
        Cell::Time(datetime!(2026-11-21 12:00 UTC)),
    ]
}

fn cells(book: &mut Book, sheet: &str) -> Vec<Vec<Data>> {
    let range = book.worksheet_range(sheet).expect("the sheet");
    range.rows().map(<[Data]>::to_vec).collect()
}

#[test]
fn cells_keep_their_kind() {
    let rows = [row("=1+1", Some(dec!(-12.5000))), row("Anna", None)];
    let mut book = book(&rows, MOST_ROWS);
    let read = cells(&mut book, "Users");
    assert_eq!(read[0][1], Data::String("Cost (USD)".to_owned()));
    assert_eq!(
        read[1][0],
        Data::String("=1+1".to_owned()),
        "a text, and no apostrophe is needed"
    );
    assert_eq!(
        read[1][1].to_string(),
        "-12.5",
        "a negative number is a number"
    );
    assert!(matches!(read[1][1], Data::Float(_) | Data::Int(_)));
    assert_eq!(read[2][1], Data::Empty, "not recorded is no zero");
    assert!(matches!(&read[1][3], Data::DateTime(day) if day.to_string() == "46347"));
    assert!(matches!(&read[1][4], Data::DateTime(at) if at.to_string() == "46347.5"));
    let formulas = book.worksheet_formula("Users").expect("the sheet");
    assert!(formulas.is_empty(), "no cell is a formula");
    let about = cells(&mut book, "About");
    assert_eq!(about[0][1], Data::String("Status: active".to_owned()));
}

#[test]
fn rows_beyond_a_sheet_go_on_in_the_next_under_the_same_head() {
    let rows: Vec<_> = (0..8)
        .map(|number| row(&format!("user {number}"), None))
        .collect();
    let mut book = book(&rows, 4);
    assert_eq!(book.sheet_names(), ["Users", "Users 2", "Users 3", "About"]);
    let mut names = Vec::new();
    for sheet in ["Users", "Users 2", "Users 3"] {
        let read = cells(&mut book, sheet);
        assert_eq!(read[0][0], Data::String("Name".to_owned()), "{sheet}");
        assert!(read.len() <= 4);
        names.extend(read[1..].iter().map(|row| row[0].to_string()));
    }
    let expected: Vec<_> = (0..8).map(|number| format!("user {number}")).collect();
    assert_eq!(names, expected, "every row once, in order");
    let about = cells(&mut book, "About");
    let said = about
        .iter()
        .any(|line| line[1].to_string().contains("over 3 sheets"));
    assert!(said, "{about:?}");
}

#[test]
fn a_full_sheet_begins_no_empty_one() {
    let rows: Vec<_> = (0..3).map(|_| row("x", None)).collect();
    assert_eq!(book(&rows, 4).sheet_names(), ["Users", "About"]);
}

#[test]
fn a_text_longer_than_a_cell_is_said_to_be_cut() {
    let long = "x".repeat(40_000);
    let mut book = book(&[row(&long, None)], MOST_ROWS);
    let read = cells(&mut book, "Users")[1][0].to_string();
    assert_eq!(read.encode_utf16().count(), 32_767);
    assert!(read.ends_with("the CSV export has all of it]"));
    let about = cells(&mut book, "About");
    assert!(
        about
            .iter()
            .any(|line| line[1].to_string().starts_with("1 texts are longer"))
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_has_fifteen_digits_is_read_back_to_the_last(digits in -999_999_999_999_999_i64..=999_999_999_999_999, scale in 0_u32..12) {
        let value = Decimal::new(digits, scale);
        let read = cells(&mut book(&[row("x", Some(value))], MOST_ROWS), "Users")[1][1].to_string();
        let read = read.parse::<Decimal>().expect("a number");
        prop_assert_eq!(read, value);
    }
}
