//! The table that is printed: a line a figure, with its reference and its bar.

use std::fmt;
use std::time::Duration;

use crate::store::timing::Timing;

/// What a figure has to reach.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Bar {
    /// The median is at most so many times the reference's.
    AtMostTimes(u128),
    /// The reference's median is at least so many times this one.
    AtLeastTimes(u128),
    /// The 95th percentile is at most this.
    P95(Duration),
    /// No bar; the ratio tells how many times faster than the reference.
    Faster,
    /// No bar and no reference.
    None,
}

/// The lines so far.
#[derive(Debug, Default)]
pub(crate) struct Table {
    notes: Vec<String>,
    lines: Vec<[String; 7]>,
    met: usize,
    missed: Vec<String>,
}

impl Table {
    /// A sentence above the table; also a sign of life on the terminal.
    pub(crate) fn note(&mut self, sentence: &str) {
        eprintln!("{sentence}");
        self.notes.push(sentence.to_owned());
    }

    /// A figure without a reference.
    pub(crate) fn alone(&mut self, what: &str, timing: &Timing, bar: Bar) {
        self.add(what, timing, None, bar);
    }

    /// A figure against its reference.
    pub(crate) fn compared(
        &mut self,
        what: &str,
        timing: &Timing,
        (name, reference): (&str, &Timing),
        bar: Bar,
    ) {
        self.add(what, timing, Some((name, reference)), bar);
    }

    /// A figure that is no time.
    pub(crate) fn size(&mut self, what: &str, bytes: usize, most: usize) {
        let kilobytes = |bytes: usize| format!("{} kB", tenths((bytes * 10 / 1000) as u128));
        let verdict = self.judge(what, bytes <= most);
        self.line([
            what.to_owned(),
            kilobytes(bytes),
            String::new(),
            String::new(),
            String::new(),
            format!("≤ {}", kilobytes(most)),
            verdict,
        ]);
    }

    fn add(&mut self, what: &str, timing: &Timing, reference: Option<(&str, &Timing)>, bar: Bar) {
        let median = timing.median().as_nanos().max(1);
        let base = reference.map_or(1, |(_, other)| other.median().as_nanos().max(1));
        let slower = format!("{}×", tenths(median * 10 / base));
        let faster = format!("{}× faster", tenths(base * 10 / median));
        let (ratio, wanted, met) = match bar {
            Bar::AtMostTimes(most) => (slower, format!("≤ {most}×"), Some(median <= base * most)),
            Bar::AtLeastTimes(least) => {
                (faster, format!("≥ {least}×"), Some(base >= median * least))
            }
            Bar::P95(most) => (
                String::new(),
                format!("p95 ≤ {}", shown(most)),
                Some(timing.p95() <= most),
            ),
            Bar::Faster => (faster, String::new(), None),
            Bar::None => (String::new(), String::new(), None),
        };
        let verdict = met.map_or_else(String::new, |met| self.judge(what, met));
        let reference = reference.map(|(name, other)| format!("{name}: {}", shown(other.median())));
        self.line([
            what.to_owned(),
            shown(timing.median()),
            format!("{} of {}", shown(timing.p95()), timing.runs()),
            reference.unwrap_or_default(),
            ratio,
            wanted,
            verdict,
        ]);
    }

    fn judge(&mut self, what: &str, met: bool) -> String {
        if met {
            self.met += 1;
            "met".to_owned()
        } else {
            self.missed.push(what.to_owned());
            "**missed**".to_owned()
        }
    }

    fn line(&mut self, line: [String; 7]) {
        eprintln!("  {}", line.join("  "));
        self.lines.push(line);
    }
}

const HEADS: [&str; 7] = [
    "what",
    "median",
    "p95 of runs",
    "reference: its median",
    "ratio",
    "bar",
    "",
];

impl fmt::Display for Table {
    /// Markdown that also reads well on a terminal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for note in &self.notes {
            writeln!(f, "{note}\n")?;
        }
        let width = |column: usize| {
            let cells = self.lines.iter().map(|line| line[column].chars().count());
            cells
                .chain([HEADS[column].chars().count()])
                .max()
                .unwrap_or(0)
        };
        let widths: Vec<usize> = (0..HEADS.len()).map(width).collect();
        let mut row = |cells: &[String]| {
            for (cell, width) in cells.iter().zip(&widths) {
                write!(f, "| {cell:<width$} ")?;
            }
            writeln!(f, "|")
        };
        row(&HEADS.map(str::to_owned))?;
        row(&widths
            .iter()
            .map(|width| "-".repeat(*width))
            .collect::<Vec<_>>())?;
        for line in &self.lines {
            row(line)?;
        }
        let missed = self.missed.len();
        writeln!(f, "\n{} bars met, {missed} missed.", self.met)
    }
}

/// A time with three digits that mean something.
pub(crate) fn shown(time: Duration) -> String {
    let micros = time.as_micros();
    match micros {
        0..1_000 => format!("{micros} µs"),
        1_000..100_000 => format!("{} ms", hundredths(micros / 10)),
        100_000..1_000_000 => format!("{} ms", micros / 1_000),
        _ => format!("{} s", hundredths(micros / 10_000)),
    }
}

fn hundredths(value: u128) -> String {
    format!("{}.{:02}", value / 100, value % 100)
}

fn tenths(value: u128) -> String {
    if value >= 1_000 {
        return (value / 10).to_string();
    }
    format!("{}.{}", value / 10, value % 10)
}
