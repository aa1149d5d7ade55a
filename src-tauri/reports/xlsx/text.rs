//! Text as a cell may hold it: what XML cannot carry is escaped, and what is too long is said to be.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The most a cell holds, in UTF-16 units.
pub(in crate::reports::xlsx) const LONGEST: usize = 32_767;

/// What stands at the end of a text that does not fit.
const CUT: &str = "… [longer than a cell: the CSV export has all of it]";

/// The text if a cell holds it, else its beginning with a remark, and whether it had to be cut.
pub(in crate::reports::xlsx) fn fitting(text: &str) -> (Cow<'_, str>, bool) {
    // Bytes are never fewer than units.
    if text.len() <= LONGEST || text.encode_utf16().count() <= LONGEST {
        return (Cow::Borrowed(text), false);
    }
    let room = LONGEST - CUT.encode_utf16().count();
    let mut units = 0;
    let end = text
        .char_indices()
        .find(|(_, letter)| {
            units += letter.len_utf16();
            units > room
        })
        .map_or(text.len(), |(at, _)| at);
    (Cow::Owned(format!("{}{CUT}", &text[..end])), true)
}

/// Appends text as the content of an element. What XML forbids is written `_xHHHH_` (ECMA-376 part 1,
/// 22.9.2.19), and so is the beginning of what only looks like that.
pub(in crate::reports::xlsx) fn push_escaped(xml: &mut String, text: &str) {
    let plain = |byte: u8| !matches!(byte, b'&' | b'<' | b'>' | b'_' | 0..=31 | 0xEF);
    if text.bytes().all(plain) {
        xml.push_str(text);
        return;
    }
    for (at, letter) in text.char_indices() {
        match letter {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '_' if looks_escaped(&text[at..]) => xml.push_str("_x005F_"),
            '\t' | '\n' => xml.push(letter),
            '\0'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => {
                // Writing to a string cannot fail.
                let _ = write!(xml, "_x{:04X}_", u32::from(letter));
            }
            letter => xml.push(letter),
        }
    }
}

fn looks_escaped(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 7
        && bytes[1] == b'x'
        && bytes[2..6].iter().all(u8::is_ascii_hexdigit)
        && bytes[6] == b'_'
}

/// Appends text as the value of an attribute in double quotes.
pub(in crate::reports::xlsx) fn push_attribute(xml: &mut String, text: &str) {
    let mut escaped = String::new();
    push_escaped(&mut escaped, text);
    xml.push_str(&escaped.replace('"', "&quot;"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(text: &str) -> String {
        let mut xml = String::new();
        push_escaped(&mut xml, text);
        xml
    }

    #[test]
    fn what_xml_forbids_is_written_as_its_number() {
        assert_eq!(escaped("a\u{1}b\r\nc"), "a_x0001_b_x000D_\nc");
        assert_eq!(escaped("_x0001_ _x_ \u{FFFF}"), "_x005F_x0001_ _x_ _xFFFF_");
        assert_eq!(escaped("<&>é\u{202E}"), "&lt;&amp;&gt;é\u{202E}");
    }

    #[test]
    fn a_text_is_cut_only_when_a_cell_cannot_hold_it_and_says_so() {
        let most = "é".repeat(LONGEST);
        assert_eq!(fitting(&most), (Cow::Borrowed(most.as_str()), false));
        // Each of these is two units.
        let faces = "\u{1F600}".repeat(LONGEST);
        let (cut, was_cut) = fitting(&faces);
        assert!(was_cut && cut.ends_with(CUT));
        assert!(cut.encode_utf16().count() <= LONGEST);
    }
}
