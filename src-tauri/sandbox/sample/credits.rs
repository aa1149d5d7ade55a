//! The credits of a prepaid account: a ledger whose running balance is exact, and the totals it ends in.

use crate::sandbox::sample::Sample;
use crate::sandbox::sample::accounts::{Account, Part};
use crate::sandbox::sample::calendar::Moment;
use crate::sandbox::sample::random::{About, Dice};
use crate::sandbox::sample::usage::Day;

/// One dollar at nine decimals.
pub(super) const DOLLAR: i64 = 1_000_000_000;

/// What can be bought, in dollars.
const PACKS: &[i64] = &[25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000];

/// Why a balance changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Purchase,
    Usage,
    Refund,
    Grant,
    Adjustment,
}

impl Kind {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Purchase => "purchase",
            Self::Usage => "usage",
            Self::Refund => "refund",
            Self::Grant => "grant",
            Self::Adjustment => "adjustment",
        }
    }
}

/// One line of the ledger. Amounts are USD at nine decimals.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) id: [u8; 16],
    pub(super) at: Moment,
    pub(super) kind: Kind,
    pub(super) amount: i64,
    pub(super) before: i64,
    /// The day a usage entry pays for: its place among the account's days.
    pub(super) usage: Option<usize>,
    /// Stripe's payment of a purchase or refund.
    pub(super) payment: Option<String>,
}

/// The ledger and its totals.
#[derive(Debug, Default)]
pub(super) struct Credits {
    pub(super) entries: Vec<Entry>,
    pub(super) purchased: i64,
    pub(super) used: i64,
    pub(super) granted: i64,
    pub(super) free_used: i64,
    pub(super) last_purchase: Option<Moment>,
}

impl Credits {
    fn balance(&self) -> i64 {
        (self.purchased - self.used) + (self.granted - self.free_used)
    }

    fn enter(&mut self, dice: &mut Dice, at: Moment, kind: Kind, amount: i64) -> &mut Entry {
        let before = self.balance();
        match kind {
            Kind::Purchase => {
                self.purchased += amount;
                self.last_purchase = Some(at);
            }
            Kind::Refund => self.purchased += amount,
            Kind::Grant | Kind::Adjustment => self.granted += amount,
            Kind::Usage => {
                // Free credits go first.
                let free = (-amount).min(self.granted - self.free_used);
                self.free_used += free;
                self.used += -amount - free;
            }
        }
        let place = self.entries.len();
        self.entries.push(Entry {
            id: dice.uuid(),
            at,
            kind,
            amount,
            before,
            usage: None,
            payment: None,
        });
        &mut self.entries[place]
    }

    fn buy(&mut self, dice: &mut Dice, at: Moment, dollars: i64) {
        let payment = dice.stripe("pi_");
        self.enter(dice, at, Kind::Purchase, dollars * DOLLAR)
            .payment = Some(payment);
    }
}

/// Plays an account's life: welcome credits, use, and a purchase whenever the balance gets low. `days`
/// are all the account's days, in order of date and person.
pub(super) fn credits(sample: &Sample, account: &Account, days: &[Day]) -> Credits {
    let mut dice = Dice::new(sample.seed, About::Money, account.index);
    let mut credits = Credits::default();
    let whole: i64 = days.iter().map(|day| day.cost).sum();
    let opened = Moment::at(account.opened, 86_000);
    let welcome = if account.part == Part::Ordinary {
        10 + 5 * i64::from(dice.below(4))
    } else {
        5
    };
    credits.enter(&mut dice, opened, Kind::Grant, welcome * DOLLAR);

    let by_date = by_date(days);
    let burn = Burn::of(&by_date);
    let pack = *PACKS
        .iter()
        .find(|pack| **pack * DOLLAR >= burn.average * 25)
        .unwrap_or(&25_000);
    let mut left = whole;
    let mut last_bought = false;
    let mut refund_due = account.part == Part::Refunded;
    for (place, (date, cost, range)) in by_date.iter().enumerate() {
        let tomorrow = by_date.get(place + 1).map_or(0, |(_, cost, _)| *cost);
        let short = credits.balance() < cost + tomorrow + burn.average * 3;
        // Nothing is bought today: the samples end at its first second.
        if short && !last_bought && *date < 0 {
            let at = Moment::at(*date, dice.between(7 * 3600, 18 * 3600));
            let missing = left - credits.balance();
            match burn.target(account.part) {
                Some(target) if missing + target <= pack * 2 * DOLLAR => {
                    let dollars = (missing + target).div_euclid(DOLLAR)
                        + i64::from(account.part == Part::RunsOut);
                    if dollars > 0 {
                        credits.buy(&mut dice, at, dollars);
                    }
                    last_bought = true;
                }
                _ => credits.buy(&mut dice, at, pack),
            }
            if refund_due {
                refund_due = false;
                credits.buy(&mut dice, at.plus(60), pack);
                let payment = credits
                    .entries
                    .last()
                    .and_then(|entry| entry.payment.clone());
                let entry = credits.enter(&mut dice, at.plus(4_000), Kind::Refund, -pack * DOLLAR);
                entry.payment = payment;
            }
            if account.part == Part::Ordinary && dice.chance(15) {
                credits.enter(&mut dice, at.plus(5_000), Kind::Adjustment, 15 * DOLLAR);
            }
        }
        // The night's run charges the day; what was measured of today is charged already.
        let charged_at = if *date < 0 { 84_000 } else { 0 };
        for index in range.clone() {
            let day = &days[index];
            if day.cost > 0 {
                let at = Moment::at(*date, charged_at + day.place);
                credits.enter(&mut dice, at, Kind::Usage, -day.cost).usage = Some(index);
            }
        }
        left -= cost;
    }
    credits
}

/// How fast an account spends, USD at nine decimals a day.
struct Burn {
    average: i64,
    /// The lower of the last seven and the last thirty full days.
    lately: i64,
}

impl Burn {
    fn of(by_date: &[(i32, i64, std::ops::Range<usize>)]) -> Self {
        let count = i64::try_from(by_date.len()).unwrap_or(1).max(1);
        let whole: i64 = by_date.iter().map(|(_, cost, _)| cost).sum();
        let over = |days: i32| {
            let sum: i64 = by_date
                .iter()
                .filter(|(date, ..)| (-days..0).contains(date))
                .map(|(_, cost, _)| cost)
                .sum();
            sum / i64::from(days)
        };
        Self {
            average: whole / count,
            lately: over(7).min(over(30)),
        }
    }

    /// The balance a scripted account ends with.
    fn target(&self, part: Part) -> Option<i64> {
        match part {
            Part::RunsOut => Some(self.lately * 7 / 2),
            // Below zero: the last hours were used although nothing was left.
            Part::Out => Some(-self.lately / 3),
            _ => None,
        }
    }
}

/// Date, cost and range of each date's rows.
fn by_date(days: &[Day]) -> Vec<(i32, i64, std::ops::Range<usize>)> {
    let mut dates: Vec<(i32, i64, std::ops::Range<usize>)> = Vec::new();
    for (index, day) in days.iter().enumerate() {
        match dates.last_mut() {
            Some((date, cost, range)) if *date == day.date => {
                *cost += day.cost;
                range.end = index + 1;
            }
            _ => dates.push((day.date, day.cost, index..index + 1)),
        }
    }
    dates
}
