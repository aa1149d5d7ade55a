//! A chart as a picture to paste elsewhere: the same drawing on white, under its title and over its
//! source, as PNG at twice the size.
//!
//! The font is bundled (`fonts/`, SIL Open Font License 1.1), so that a picture looks the same wherever
//! it is made; nothing is read from the machine.

use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{ImageHrefResolver, Options, Tree};

use crate::charts::ChartError;

const REGULAR: &[u8] = include_bytes!("fonts/Inter-Regular.ttf");
const SEMIBOLD: &[u8] = include_bytes!("fonts/Inter-SemiBold.ttf");

/// Dots to a pixel, along one side.
const DENSITY: u32 = 2;

/// Room around the drawing, in pixels.
const MARGIN: u32 = 24;
const HEAD: u32 = 76;
const LEGEND: u32 = 24;
const FOOT: u32 = 44;

/// Pixels of a name in the legend, on average, for each letter.
const LETTER: u32 = 7;

/// Letters of a name in the legend.
const LONGEST_NAME: usize = 40;

/// What a picture shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// A drawing in the light theme, as [`crate::charts::usage::draw`] makes it.
    pub svg: String,
    /// Its size in pixels.
    pub width: u16,
    /// Its size in pixels.
    pub height: u16,
    /// What it shows: `Usage cost per day`.
    pub title: String,
    /// Whose, when, and how much in all.
    pub subtitle: String,
    /// Colours (`#3557c9`) and what they stand for; empty for a single line.
    pub legend: Vec<(String, String)>,
    /// Source and age.
    pub source: String,
}

impl Picture {
    /// The picture as PNG. Takes some milliseconds: not for the thread of a window.
    ///
    /// # Errors
    /// When the drawing cannot be read or the picture not be made.
    pub fn png(&self) -> Result<Vec<u8>, ChartError> {
        let (svg, width, height) = self.composed();
        let options = Options {
            fontdb: fonts(),
            font_family: "Inter".to_owned(),
            // A drawing of ours refers to nothing outside itself; neither could another.
            image_href_resolver: ImageHrefResolver {
                resolve_data: Box::new(|_, _, _| None),
                resolve_string: Box::new(|_, _| None),
            },
            ..Options::default()
        };
        let tree = Tree::from_str(&svg, &options).map_err(failed)?;
        let room = || failed("no room for the picture");
        let mut pixmap = Pixmap::new(width * DENSITY, height * DENSITY).ok_or_else(room)?;
        pixmap.fill(Color::WHITE);
        let scale = Transform::from_scale(2.0, 2.0);
        resvg::render(&tree, scale, &mut pixmap.as_mut());
        pixmap.encode_png().map_err(failed)
    }

    /// Everything as one drawing, and its size in pixels.
    fn composed(&self) -> (String, u32, u32) {
        let (entries, lines) = self.placed_legend();
        let legend = lines * LEGEND;
        let width = u32::from(self.width) + 2 * MARGIN;
        let height = u32::from(self.height) + HEAD + legend + FOOT;
        let top = HEAD + legend;
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             font-family=\"Inter\">"
        );
        let mut text = |y: u32, size: u32, weight: u32, colour: &str, words: &str| {
            // Writing to a string cannot fail, here and below.
            let _ = write!(
                svg,
                "<text x=\"{MARGIN}\" y=\"{y}\" font-size=\"{size}\" font-weight=\"{weight}\" \
                 fill=\"{colour}\">{}</text>",
                escaped(words)
            );
        };
        text(34, 16, 600, "#1d1c1a", &self.title);
        text(56, 12, 400, "#67655f", &self.subtitle);
        text(height - 18, 11, 400, "#67655f", &self.source);
        for (x, line, colour, words) in entries {
            let y = HEAD + line * LEGEND;
            let _ = write!(
                svg,
                "<rect x=\"{x}\" y=\"{}\" width=\"10\" height=\"10\" rx=\"2\" fill=\"{}\"/>\
                 <text x=\"{}\" y=\"{}\" font-size=\"12\" fill=\"#1d1c1a\">{}</text>",
                y - 4,
                escaped(colour),
                x + 16,
                y + 5,
                escaped(&words)
            );
        }
        let _ = write!(
            svg,
            "<g transform=\"translate({MARGIN} {top})\">{}</g></svg>",
            self.svg
        );
        // The drawing asks for the window's font by the name it has there.
        let svg = svg.replace("Inter Variable, Inter, sans-serif", "Inter");
        (svg, width, height)
    }
}

impl Picture {
    /// Where each entry of the legend begins, in which of its lines, and how many lines there are. A name
    /// that alone would fill a line is cut.
    fn placed_legend(&self) -> (Vec<(u32, u32, &str, String)>, u32) {
        let end = MARGIN + u32::from(self.width);
        let (mut x, mut line) = (MARGIN, 0);
        let mut entries = Vec::with_capacity(self.legend.len());
        for (colour, words) in &self.legend {
            let words = if words.chars().count() > LONGEST_NAME {
                words
                    .chars()
                    .take(LONGEST_NAME - 1)
                    .chain(['\u{2026}'])
                    .collect()
            } else {
                words.clone()
            };
            let letters = u32::try_from(words.chars().count()).unwrap_or(0);
            let wide = 16 + letters * LETTER;
            if x > MARGIN && x + wide > end {
                (x, line) = (MARGIN, line + 1);
            }
            entries.push((x, line, colour.as_str(), words));
            x += wide + 20;
        }
        let lines = if entries.is_empty() { 0 } else { line + 1 };
        (entries, lines)
    }
}

/// Whether the bundled font has all of these letters; a name in another script is shown by an id instead.
#[must_use]
pub fn can_write(words: &str) -> bool {
    words.chars().all(|letter| {
        matches!(letter,
            ' '..='~' | '\u{A0}'..='\u{17F}' | '\u{218}'..='\u{21B}' | '\u{384}'..='\u{3CE}'
            | '\u{400}'..='\u{45F}' | '\u{490}'..='\u{491}' | '\u{1E00}'..='\u{1EF9}'
            | '\u{2013}' | '\u{2014}' | '\u{2018}'..='\u{201A}' | '\u{201C}'..='\u{201E}'
            | '\u{2022}' | '\u{2026}' | '\u{20AC}' | '\u{2212}')
    })
}

fn fonts() -> Arc<Database> {
    static FONTS: OnceLock<Arc<Database>> = OnceLock::new();
    let fonts = FONTS.get_or_init(|| {
        let mut fonts = Database::new();
        fonts.load_font_data(REGULAR.to_vec());
        fonts.load_font_data(SEMIBOLD.to_vec());
        fonts.set_sans_serif_family("Inter");
        Arc::new(fonts)
    });
    Arc::clone(fonts)
}

fn escaped(words: &str) -> String {
    let mut safe = String::with_capacity(words.len());
    for letter in words.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            letter if letter.is_control() => safe.push(' '),
            letter => safe.push(letter),
        }
    }
    safe
}

fn failed(error: impl std::fmt::Display) -> ChartError {
    ChartError::Drawing(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRAWING: &str = "<svg width=\"400\" height=\"100\" viewBox=\"0 0 1600 400\" \
        xmlns=\"http://www.w3.org/2000/svg\"><rect x=\"0\" y=\"0\" width=\"1600\" height=\"400\" \
        fill=\"#3557C9\"/></svg>";

    fn picture(title: &str) -> Picture {
        Picture {
            svg: DRAWING.to_owned(),
            width: 400,
            height: 100,
            title: title.to_owned(),
            subtitle: "Whole service".to_owned(),
            legend: Vec::new(),
            source: "usage_daily".to_owned(),
        }
    }

    fn read(picture: &Picture) -> Pixmap {
        let png = picture.png().expect("a picture");
        Pixmap::decode_png(&png).expect("a PNG")
    }

    /// How many dots of a region are not white.
    fn inked(pixmap: &Pixmap, rows: std::ops::Range<u32>) -> usize {
        let width = pixmap.width();
        rows.flat_map(|y| (0..width).map(move |x| (x, y)))
            .filter(|(x, y)| pixmap.pixel(*x, *y).is_some_and(|dot| dot.red() < 200))
            .count()
    }

    #[test]
    fn a_picture_has_twice_the_dots_and_the_drawing_where_it_belongs() {
        let pixmap = read(&picture("Usage cost per day"));
        assert_eq!((pixmap.width(), pixmap.height()), (896, 440));
        let middle = pixmap.pixel(448, 252).expect("a dot");
        assert_eq!(
            (middle.red(), middle.green(), middle.blue()),
            (0x35, 0x57, 0xC9)
        );
        let corner = pixmap.pixel(2, 2).expect("a dot");
        assert_eq!((corner.red(), corner.alpha()), (255, 255), "on white");
    }

    #[test]
    fn words_are_written_with_the_bundled_font() {
        let with = read(&picture("Usage cost per day"));
        let without = read(&picture(""));
        assert!(inked(&with, 30..80) > 200, "a title is drawn");
        assert_eq!(inked(&without, 30..80), 0);
        assert!(inked(&with, 400..440) > 50, "and the source");
    }

    #[test]
    fn every_letter_that_can_be_written_has_ink() {
        for word in [
            "Åsa Öström",
            "Łukasz",
            "Αθήνα",
            "Київ",
            "Nguyễn",
            "a–b … €5",
        ] {
            assert!(can_write(word), "{word}");
            assert!(inked(&read(&picture(word)), 30..80) > 20, "{word}");
        }
        for word in ["محمد", "北京", "\u{202E}x"] {
            assert!(!can_write(word), "{word}");
        }
    }

    #[test]
    fn a_long_legend_goes_on_in_further_lines() {
        let mut layered = picture("Usage cost per day");
        let name = |number: u8| format!("a cluster with a rather long name, number {number}");
        layered.legend = (1..=4).map(|n| ("#1b8f86".to_owned(), name(n))).collect();
        let (entries, lines) = layered.placed_legend();
        assert_eq!(lines, 4, "one of these fills a line of 400 pixels");
        assert!(entries.iter().all(|(x, ..)| *x == MARGIN));
        assert!(entries[3].3.chars().count() == LONGEST_NAME && entries[3].3.ends_with('\u{2026}'));
        let pixmap = read(&layered);
        assert_eq!(pixmap.height(), (100 + HEAD + 4 * LEGEND + FOOT) * DENSITY);
        layered.legend.clear();
        assert_eq!(layered.placed_legend().1, 0, "no legend takes no room");
    }

    #[test]
    fn what_a_title_says_is_text_and_no_drawing() {
        let hostile = "</text><image href=\"/etc/hostname\"/><text>&\u{1}";
        read(&picture(hostile));
    }
}
