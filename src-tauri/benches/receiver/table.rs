//! The table that is printed: ours first, then who it is measured against.

use std::time::Duration;

/// One of them.
pub(crate) struct Line {
    pub(crate) name: &'static str,
    /// Events stored, at most.
    pub(crate) per_second: u64,
    /// When half as busy.
    pub(crate) p99_at_half: Duration,
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

/// The first line is ours, the last one pgbench's.
pub(crate) fn print(lines: &[Line], idle: u64) {
    let (Some(ours), Some(base)) = (lines.first(), lines.last()) else {
        return;
    };
    println!(
        "| receiver, 32 connections | stored a second | ours against it | bar | | p99 at half of that |"
    );
    println!("| --- | --- | --- | --- | --- | --- |");
    for line in lines {
        let tenths = ours.per_second * 10 / line.per_second.max(1);
        let least = LEAST.iter().find(|(name, _)| *name == line.name);
        let (against, bar, met) = match least {
            Some((_, least)) => (
                format!("{}×", shown(tenths)),
                format!("≥ {}×", shown(*least)),
                verdict(tenths >= *least),
            ),
            None => (String::new(), String::new(), ""),
        };
        println!(
            "| {} | {} | {against} | {bar} | {met} | {} ms |",
            line.name,
            line.per_second,
            hundredths(line.p99_at_half)
        );
    }
    let slower = ours.p99_at_half.as_micros() * 10 / base.p99_at_half.as_micros().max(1);
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
