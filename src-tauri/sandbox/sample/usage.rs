//! What a person used on each day, and what it cost.
//!
//! All in whole numbers, so that a sum is exact: hours at four decimals, prices at five, costs at nine
//! (thousand millionths of a dollar). Storage is kept in steps of 0.03 GB, because then a thirtieth of a
//! month of it has an end and every recomputation agrees to the last digit.

use crate::sandbox::sample::Sample;
use crate::sandbox::sample::accounts::{Account, Pace, Resource};
use crate::sandbox::sample::people::Person;
use crate::sandbox::sample::random::{About, Dice};

/// USD at five decimals a GB-month.
const ONLINE_STORAGE: i64 = 50_000;
const OFFLINE_STORAGE: i64 = 3_000;

/// The part of today that has been measured, in thousandths.
const TODAY_SO_FAR: i64 = 450;

/// One row of `usage_daily`.
#[derive(Debug)]
pub(super) struct Day {
    pub(super) id: [u8; 16],
    /// Counted from today.
    pub(super) date: i32,
    /// Place of the person in the account, 0 for the owner.
    pub(super) place: u32,
    /// Hours at four decimals.
    pub(super) cpu: i64,
    pub(super) gpu: i64,
    pub(super) memory: i64,
    pub(super) instance: i64,
    /// Steps of 0.03 GB.
    pub(super) online: i64,
    pub(super) offline: i64,
    /// GB at three decimals.
    pub(super) egress: i64,
    pub(super) feature_store_calls: i64,
    pub(super) inference_calls: i64,
    pub(super) projects: i64,
    /// USD at nine decimals.
    pub(super) cost: i64,
}

impl Day {
    pub(super) fn computed(&self) -> bool {
        self.cpu > 0 || self.gpu > 0
    }
}

/// The days on which a person used or kept anything, oldest first.
pub(super) fn usage(sample: &Sample, account: &Account, person: &Person, place: u32) -> Vec<Day> {
    let first = (person.joined.day + 1).max(1 - i32::from(sample.days));
    let last = person.closed.map_or(0, |closed| closed - 1);
    let volume = account.volume * i64::from(person.share) / 1000;
    let mut days = Vec::new();
    if volume == 0 || sample.days == 0 || last < first {
        return days;
    }
    let mut dice = Dice::new(sample.seed, About::Usage, person.number);
    let habits = Habits::of(&mut dice, account, person, volume);
    for date in first..=last {
        let day = habits.day(sample, account, &mut dice, date, place);
        if day.computed() || day.online + day.offline > 0 {
            days.push(day);
        }
    }
    days
}

/// What does not change from day to day.
struct Habits {
    joined: i32,
    pace: Pace,
    volume: i64,
    /// Cards in use during a burst; 0 for none.
    gpus: i64,
    memory_per_core: i64,
    /// Steps of 0.03 GB: what was there in the beginning, and what comes to it in 64 days.
    storage_begun: i64,
    storage_growth: i64,
    serves: bool,
}

impl Habits {
    fn of(dice: &mut Dice, account: &Account, person: &Person, volume: i64) -> Self {
        let large = volume > 400_000;
        let gpus = match (person.uses_gpu, large) {
            (false, _) => 0,
            (true, false) => i64::from(dice.between(1, 2)),
            (true, true) => 2 << dice.below(3),
        };
        let begun = volume * i64::from(dice.between(4, 20)) / 4_000;
        Self {
            joined: person.joined.day,
            pace: account.pace,
            volume,
            gpus,
            memory_per_core: i64::from(dice.between(2, 8)),
            storage_begun: if person.keeps_data { begun + 3 } else { 0 },
            storage_growth: if person.keeps_data { begun / 3 + 2 } else { 0 },
            serves: dice.chance(300),
        }
    }

    fn day(
        &self,
        sample: &Sample,
        account: &Account,
        dice: &mut Dice,
        date: i32,
        place: u32,
    ) -> Day {
        // Every day takes the same throws, so that one day's outcome moves no other.
        let id = dice.uuid();
        let (come, noise, hours, calls) = (
            dice.below(1000),
            dice.between(600, 1400),
            dice.bits(),
            dice.between(200, 900),
        );
        let calendar = &sample.calendar;
        let weekend = calendar.weekend(date);
        let age = i64::from(date - self.joined);
        let stayed_away = come >= self.attendance(weekend, age);

        // Thousandths: the service grows, people begin slowly, weekends and holidays are quiet.
        let mut level = 550 + 450 * i64::from(sample.age + date) / i64::from(sample.age);
        level = level * (300 + 700 * age.min(30) / 30) / 1000;
        if weekend {
            level = level * 420 / 1000;
        }
        if calendar.festive(date) {
            level = level * 400 / 1000;
        }
        let so_far = if date == 0 { TODAY_SO_FAR } else { 1000 };
        let cpu = if stayed_away {
            0
        } else {
            self.volume * level / 1000 * i64::from(noise) / 1000 * so_far / 1000
        };
        let gpu = if stayed_away || !self.bursts(date, place) {
            0
        } else {
            // 5 to 22 hours on each card.
            let minutes = 300 + i64::try_from(hours % 1020).unwrap_or(0);
            self.gpus * minutes * 10_000 / 60 * so_far / 1000
        };
        let storage = self.storage_begun + self.storage_growth * age / 64;
        let online = storage / 12;
        let mut day = Day {
            id,
            date,
            place,
            cpu,
            gpu,
            memory: cpu * self.memory_per_core,
            instance: if cpu == 0 {
                0
            } else {
                (6 + i64::try_from(hours % 19).unwrap_or(0)) * 10_000 * so_far / 1000
            },
            online,
            offline: storage - online,
            egress: cpu / 700,
            feature_store_calls: cpu * i64::from(calls) / 50_000,
            inference_calls: if self.serves {
                cpu * i64::from(calls) / 9_000
            } else {
                0
            },
            projects: if cpu == 0 {
                0
            } else {
                1 + i64::from(calls % 3)
            },
            cost: 0,
        };
        day.cost = cost(account, &day);
        day
    }

    /// How often somebody works on such a day, in thousandths.
    fn attendance(&self, weekend: bool, age: i64) -> u32 {
        match (self.pace, weekend) {
            (Pace::Heavy, false) => 985,
            (Pace::Heavy, true) => 700,
            (Pace::Steady, false) => 930,
            (Pace::Steady, true) | (Pace::Quiet, false) => 330,
            (Pace::Quiet, true) => 80,
            (Pace::Idle, false) if age <= 21 => 400,
            (Pace::Idle, _) => 0,
        }
    }

    /// Training comes in bursts of five days, one in six.
    fn bursts(&self, date: i32, place: u32) -> bool {
        let block = (date + 100_000).unsigned_abs() / 5;
        let hash = (block ^ (place << 20) ^ self.joined.unsigned_abs()).wrapping_mul(0x9E37_79B1);
        self.gpus > 0 && (hash >> 16).is_multiple_of(6)
    }
}

fn cost(account: &Account, day: &Day) -> i64 {
    let price = |resource: Resource| {
        account
            .promises
            .iter()
            .find(|promise| {
                promise.resource == resource
                    && promise.from <= day.date
                    && promise.until.is_none_or(|until| day.date < until)
            })
            .map_or(resource.list_price(), |promise| promise.price)
    };
    let compute = day.cpu * price(Resource::Cpu) + day.gpu * price(Resource::Gpu);
    // 0.03 GB for a thirtieth of a month is a thousandth of a GB-month.
    compute + (day.online * ONLINE_STORAGE + day.offline * OFFLINE_STORAGE) * 10
}
