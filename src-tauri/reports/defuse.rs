//! Keeps spreadsheets from reading formulas into a CSV file, in a way that can be undone.
//!
//! A program that opens CSV takes a cell that begins with `=`, `+`, `-` or `@` for a formula, and runs it
//! (OWASP, "CSV injection"). Text that begins so, also after blanks, quotes or invisible signs, or with
//! the full-width forms that some programs fold, gets an apostrophe before it, as does text that begins
//! with a tab or a line break. Where the list separator is `;` or a tab, a program splits our cells at
//! these, so the same goes for what follows one of them, or a line break, inside a text. `#` begins the
//! lines that say what a file is about, so no row may begin with it.
//!
//! Only texts are touched: a negative number is a number.

use std::borrow::Cow;

/// What begins a formula.
fn is_trigger(letter: char) -> bool {
    matches!(
        letter,
        '=' | '+' | '-' | '@' | '\u{FF1D}' | '\u{FF0B}' | '\u{FF0D}' | '\u{FF20}'
    )
}

/// What a program may drop or look past before it looks for a formula.
fn is_passed_over(letter: char) -> bool {
    letter.is_whitespace()
        || letter.is_control()
        || matches!(
            letter,
            '\'' | '"'
                | '\u{00AD}'
                | '\u{061C}'
                | '\u{180E}'
                | '\u{200B}'..='\u{200F}'
                | '\u{202A}'..='\u{202E}'
                | '\u{2060}'..='\u{2069}'
                | '\u{FEFF}'
        )
}

/// What a program may take for the end of a cell.
fn is_separator(letter: char) -> bool {
    matches!(letter, ';' | '\t' | '\n' | '\r')
}

/// Whether a cell with this text would have to be changed.
fn is_harmless(text: &str) -> bool {
    let harmless_start = text.chars().next().is_none_or(char::is_alphanumeric);
    harmless_start && !text.contains(is_separator)
}

/// The text with an apostrophe wherever a formula could begin; the same text where none could.
#[must_use]
pub fn defused(text: &str) -> Cow<'_, str> {
    if is_harmless(text) {
        return Cow::Borrowed(text);
    }
    let dangerous = dangerous_starts(text);
    if dangerous.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + dangerous.len());
    let mut from = 0;
    for at in dangerous {
        safe.push_str(&text[from..at]);
        safe.push('\'');
        from = at;
    }
    safe.push_str(&text[from..]);
    Cow::Owned(safe)
}

/// The text as it was before [`defused`]: the rule for whoever reads a file back.
#[must_use]
pub fn restored(text: &str) -> String {
    let mut original = String::with_capacity(text.len());
    let mut from = 0;
    for at in dangerous_starts(text) {
        if text[at..].starts_with('\'') {
            original.push_str(&text[from..at]);
            from = at + 1;
        }
    }
    original.push_str(&text[from..]);
    original
}

/// Where a cell could begin and what follows would be read as a formula, in order. An apostrophe put
/// there changes nothing about that, which is what makes it possible to take it away again.
fn dangerous_starts(text: &str) -> Vec<usize> {
    let mut starts = Vec::new();
    // Backwards, so that one pass knows of each place what comes after it.
    let mut formula_follows = false;
    for (at, letter) in text.char_indices().rev() {
        if is_separator(letter) && formula_follows {
            starts.push(at + letter.len_utf8());
        }
        formula_follows = is_trigger(letter) || (is_passed_over(letter) && formula_follows);
    }
    let begins = text.trim_start_matches('\'').chars().next();
    let bad_beginning = begins.is_some_and(|first| matches!(first, '\t' | '\n' | '\r' | '#'));
    if formula_follows || bad_beginning {
        starts.push(0);
    }
    starts.reverse();
    starts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Texts of the signs that matter, so that they meet.
    fn nasty() -> impl Strategy<Value = String> {
        let sign = prop_oneof![
            Just('='),
            Just('+'),
            Just('-'),
            Just('@'),
            Just('\u{FF1D}'),
            Just('\''),
            Just('"'),
            Just(' '),
            Just('\t'),
            Just('\r'),
            Just('\n'),
            Just(';'),
            Just(','),
            Just('#'),
            Just('\u{200B}'),
            Just('\u{1}'),
            Just('a'),
            Just('1'),
            any::<char>(),
        ];
        prop::collection::vec(sign, 0..12).prop_map(|signs| signs.into_iter().collect())
    }

    #[test]
    fn what_begins_a_formula_gets_an_apostrophe_and_the_rest_is_left_alone() {
        for (text, safe) in [
            ("=1+1", "'=1+1"),
            ("+46 70 123", "'+46 70 123"),
            ("-- ", "'-- "),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("  =1", "'  =1"),
            ("\u{FF1D}cmd", "'\u{FF1D}cmd"),
            ("\u{FEFF}=1", "'\u{FEFF}=1"),
            ("\"=1\"", "'\"=1\""),
            ("\tx", "'\tx"),
            ("# Rows", "'# Rows"),
            ("'=1", "''=1"),
            ("Acme;=1", "Acme;'=1"),
            ("O'Neill", "O'Neill"),
            ("'quoted'", "'quoted'"),
            ("anna@example.com", "anna@example.com"),
            ("a - b; c", "a - b; c"),
            ("", ""),
        ] {
            assert_eq!(defused(text), safe, "{text:?}");
        }
    }

    #[test]
    fn a_long_run_of_separators_takes_no_longer_than_its_length() {
        let long = "\t".repeat(200_000) + "=";
        assert_eq!(defused(&long).len(), 2 * 200_000 + 2);
    }

    proptest! {
        #[test]
        fn any_text_comes_back_as_it_was(text in nasty()) {
            prop_assert_eq!(restored(&defused(&text)), text);
        }

        #[test]
        fn no_cell_begins_a_formula_whatever_separates_the_cells(text in nasty()) {
            for part in defused(&text).split(is_separator) {
                let first = part.chars().next();
                prop_assert!(!first.is_some_and(is_trigger), "{part:?} of {text:?}");
                let bare = part.trim_start_matches(|letter| letter != '\'' && is_passed_over(letter));
                prop_assert!(!bare.starts_with(is_trigger), "{part:?} of {text:?}");
            }
        }

        #[test]
        fn no_row_passes_for_a_line_about_the_file(text in nasty()) {
            prop_assert!(!defused(&text).starts_with('#'));
        }
    }
}
