//! The table that is printed: ours first, then who it is measured against.

use std::time::Duration;

/// Who is measured; ours first, Postgres itself last.
pub(crate) const NAMES: [&str; 4] = [
    "hopsdesk-webhook",
    "Fastify + pg",
    "Express + pg",
    "pgbench, insert + commit",
];

/// What one of them did in a round.
#[derive(Clone, Copy)]
pub(crate) struct Figures {
    /// Events stored, at most.
    pub(crate) per_second: u64,
    /// When half as busy.
    pub(crate) p99_at_half: Duration,
}

/// One of them, in all rounds.
pub(crate) struct Line {
    name: &'static str,
    rounds: Vec<Figures>,
}

impl Line {
    pub(crate) fn new(name: &'static str) -> Self {
        Self {
            name,
            rounds: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, figures: Figures) {
        let Figures {
            per_second,
            p99_at_half,
        } = figures;
        eprintln!(
            "  {}: {per_second} a second; at half of that p99 {} ms",
            self.name,
            hundredths(p99_at_half)
        );
        self.rounds.push(figures);
    }

    /// Something of each round, in order of size.
    fn sorted<T: Ord>(&self, of: impl Fn(&Figures) -> T) -> Vec<T> {
        let mut all: Vec<T> = self.rounds.iter().map(of).collect();
        all.sort_unstable();
        all
    }

    /// How many times as many events as the other one stored, in tenths: in each round, sorted.
    fn against(&self, other: &Self) -> Vec<u64> {
        let rounds = self.rounds.iter().zip(&other.rounds);
        let mut all: Vec<u64> = rounds
            .map(|(ours, theirs)| ours.per_second * 10 / theirs.per_second.max(1))
            .collect();
        all.sort_unstable();
        all
    }
}

fn median<T: Copy>(sorted: &[T]) -> Option<T> {
    sorted.get(sorted.len() / 2).copied()
}

/// How many times as many events ours stores, at least, tenths; by name.
const LEAST: [(&str, u64); 3] = [
    ("Fastify + pg", 20),
    ("Express + pg", 60),
    ("pgbench, insert + commit", 10),
];

/// Ours may take so many times as long as pgbench.
const SLOWER: u128 = 3;

/// An idle receiver is no larger.
const IDLE: u64 = 25_000_000;

/// Medians of the rounds; ratios are of the same round, their least and most behind them.
pub(crate) fn print(lines: &[Line; 4], idle: u64) {
    let [ours, .., base] = lines;
    println!(
        "| receiver, 32 connections | stored a second | ours against it | bar | | p99 at half of that |"
    );
    println!("| --- | --- | --- | --- | --- | --- |");
    for line in lines {
        let ratios = ours.against(line);
        let least = LEAST.iter().find(|(name, _)| *name == line.name);
        let (against, bar, met) = match (least, median(&ratios), ratios.first(), ratios.last()) {
            (Some((_, least)), Some(middle), Some(low), Some(high)) => (
                format!("{}× ({}–{})", shown(middle), shown(*low), shown(*high)),
                format!("≥ {}×", shown(*least)),
                verdict(middle >= *least),
            ),
            _ => (String::new(), String::new(), ""),
        };
        println!(
            "| {} | {} | {against} | {bar} | {met} | {} ms |",
            line.name,
            median(&line.sorted(|round| round.per_second)).unwrap_or_default(),
            hundredths(p99(line))
        );
    }
    let slower = p99(ours).as_micros() * 10 / p99(base).as_micros().max(1);
    println!(
        "\np99 at half of the maximum: {}× pgbench's; bar ≤ {SLOWER}×: {}.",
        shown(u64::try_from(slower).unwrap_or(u64::MAX)),
        verdict(slower <= SLOWER * 10)
    );
    println!(
        "Idle memory (PSS): {} MB; bar ≤ {} MB: {}.",
        shown(idle / 100_000),
        IDLE / 1_000_000,
        verdict(idle <= IDLE)
    );
}

fn p99(line: &Line) -> Duration {
    median(&line.sorted(|round| round.p99_at_half)).unwrap_or_default()
}

fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "**missed**" }
}

/// `12.3` of 123 tenths.
fn shown(tenths: u64) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// Milliseconds, two places.
fn hundredths(time: Duration) -> String {
    let micros = time.as_micros();
    format!("{}.{:02}", micros / 1_000, micros % 1_000 / 10)
}
