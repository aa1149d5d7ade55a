//! The parts of a workbook that do not depend on its rows.

use std::fmt::Write as _;

use crate::reports::xlsx::text::push_attribute;

/// Indexes into `cellXfs` of [`STYLES`].
pub(in crate::reports::xlsx) mod style {
    pub(in crate::reports::xlsx) const PLAIN: u8 = 0;
    pub(in crate::reports::xlsx) const HEAD: u8 = 1;
    pub(in crate::reports::xlsx) const DECIMAL: u8 = 2;
    pub(in crate::reports::xlsx) const WHOLE: u8 = 3;
    pub(in crate::reports::xlsx) const DATE: u8 = 4;
    pub(in crate::reports::xlsx) const TIME: u8 = 5;
    pub(in crate::reports::xlsx) const WRAPPED: u8 = 6;
}

/// Longest name of a sheet.
const LONGEST_NAME: usize = 31;

macro_rules! xml {
    ($($part:literal),+ $(,)?) => {
        concat!("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n", $($part),+)
    };
}

pub(in crate::reports::xlsx) const ROOT_RELATIONS: &str = xml!(
    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#,
    r#"<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>"#,
    "</Relationships>",
);

pub(in crate::reports::xlsx) const STYLES: &str = xml!(
    r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">"#,
    r##"<numFmts count="3"><numFmt numFmtId="164" formatCode="#,##0.00######"/>"##,
    r#"<numFmt numFmtId="165" formatCode="yyyy\-mm\-dd"/>"#,
    r#"<numFmt numFmtId="166" formatCode="yyyy\-mm\-dd\ hh:mm:ss"/></numFmts>"#,
    r#"<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>"#,
    r#"<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>"#,
    r#"<fills count="2"><fill><patternFill patternType="none"/></fill>"#,
    r#"<fill><patternFill patternType="gray125"/></fill></fills>"#,
    r#"<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>"#,
    r#"<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>"#,
    r#"<cellXfs count="7">"#,
    r#"<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>"#,
    r#"<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1" applyAlignment="1"><alignment vertical="top"/></xf>"#,
    r#"<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>"#,
    r#"<xf numFmtId="3" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>"#,
    r#"<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>"#,
    r#"<xf numFmtId="166" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>"#,
    r#"<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>"#,
    r#"</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>"#,
    "</styleSheet>",
);

pub(in crate::reports::xlsx) const SHEET_END: &str = "</sheetData></worksheet>";

/// A sheet up to its first row; with a head, that stays while one scrolls.
pub(in crate::reports::xlsx) fn sheet_start(widths: &[u16], with_head: bool) -> String {
    let mut xml =
        xml!(r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">"#)
            .to_owned();
    if with_head {
        xml.push_str(concat!(
            r#"<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" "#,
            r#"activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>"#,
        ));
    }
    xml.push_str("<cols>");
    for (index, width) in widths.iter().enumerate() {
        let column = index + 1;
        let _ = write!(
            xml,
            r#"<col min="{column}" max="{column}" width="{width}" customWidth="1"/>"#
        );
    }
    xml.push_str("</cols><sheetData>");
    xml
}

/// The buttons in the head line.
pub(in crate::reports::xlsx) fn filter(columns: usize, rows: u32) -> String {
    let last = column_letters(columns.saturating_sub(1));
    format!(r#"<autoFilter ref="A1:{last}{rows}"/>"#)
}

pub(in crate::reports::xlsx) fn workbook(sheets: &[String]) -> String {
    let mut xml = xml!(
        r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" "#,
        r#"xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">"#,
        "<bookViews><workbookView/></bookViews><sheets>",
    )
    .to_owned();
    for (index, name) in sheets.iter().enumerate() {
        xml.push_str("<sheet name=\"");
        push_attribute(&mut xml, name);
        let number = index + 1;
        let _ = write!(xml, r#"" sheetId="{number}" r:id="rId{number}"/>"#);
    }
    xml.push_str("</sheets></workbook>");
    xml
}

pub(in crate::reports::xlsx) fn workbook_relations(sheets: usize) -> String {
    let mut xml = xml!(
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#
    )
    .to_owned();
    for number in 1..=sheets {
        let _ = write!(
            xml,
            r#"<Relationship Id="rId{number}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet{number}.xml"/>"#
        );
    }
    let styles = sheets + 1;
    let _ = write!(
        xml,
        r#"<Relationship Id="rId{styles}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#
    );
    xml
}

pub(in crate::reports::xlsx) fn content_types(sheets: usize) -> String {
    let mut xml = xml!(
        r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">"#,
        r#"<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>"#,
        r#"<Default Extension="xml" ContentType="application/xml"/>"#,
        r#"<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>"#,
        r#"<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>"#,
    )
    .to_owned();
    for number in 1..=sheets {
        let _ = write!(
            xml,
            r#"<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>"#
        );
    }
    xml.push_str("</Types>");
    xml
}

/// `Users`, then `Users 2`: at most 31 characters, none of those a sheet's name may not have, and never
/// the name of the sheet about the file.
pub(in crate::reports::xlsx) fn sheet_name(title: &str, number: usize) -> String {
    let suffix = if number > 1 {
        format!(" {number}")
    } else {
        String::new()
    };
    let kept: String = title
        .chars()
        .filter(|letter| !letter.is_control() && !r"[]:*?/\'".contains(*letter))
        .take(LONGEST_NAME - suffix.len())
        .collect();
    let kept = kept.trim();
    let kept = if kept.is_empty() || kept.eq_ignore_ascii_case("about") {
        "Rows"
    } else {
        kept
    };
    format!("{kept}{suffix}")
}

/// `A`, `Z`, `AA`, …
pub(in crate::reports::xlsx) fn column_letters(index: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = index + 1;
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).unwrap_or(0);
        letters.push(b'A' + digit);
        rest = (rest - 1) / 26;
    }
    letters.reverse();
    String::from_utf8(letters).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_go_on_after_z() {
        let letters: Vec<_> = [0, 25, 26, 701, 702].map(column_letters).into();
        assert_eq!(letters, ["A", "Z", "AA", "ZZ", "AAA"]);
    }

    #[test]
    fn a_sheet_has_a_name_that_may_be() {
        assert_eq!(sheet_name("Users", 1), "Users");
        assert_eq!(sheet_name("About", 2), "Rows 2");
        assert_eq!(
            sheet_name("Transactions of A/S [Acme]: long name", 12),
            "Transactions of AS Acme long 12"
        );
    }
}
