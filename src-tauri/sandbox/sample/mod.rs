//! Sample data: the customers of a believable service, the same for the same seed, sizes and day.
//!
//! Accounts are made one after the other, each from the seed and its number alone, with everything that
//! belongs to it. So a million users take no more memory than a thousand, and totals (credits,
//! invoices, seats) agree with the rows they sum up by construction. The whole is a function of seed,
//! sizes and *today*: on another day the same customers are there, their history moved along.

mod accounts;
mod calendar;
mod clusters;
mod credits;
mod invoices;
pub(in crate::sandbox) mod load;
mod names;
mod odd_billing;
mod people;
mod random;
mod rows;
mod tables;
mod usage;
mod write_billing;
mod write_people;
mod write_usage;
mod write_work;

use std::fmt;

use sha2::{Digest as _, Sha256};
use time::{OffsetDateTime, UtcOffset};

use crate::sandbox::failure::SandboxError;
use crate::sandbox::sample::accounts::{Account, Accounts};
use crate::sandbox::sample::calendar::Calendar;
use crate::sandbox::sample::clusters::Seats;
use crate::sandbox::sample::random::{About, Dice};
use crate::sandbox::sample::tables::Tables;

/// Changes whenever the same seed gives other rows, so that older sandboxes are made anew.
const EDITION: u32 = 3;

/// The oldest accounts are at least this many days old, however few days of usage are wanted.
const LEAST_AGE: i32 = 400;

/// Ten million users would outgrow the numbers that ids are made of.
const MOST_USERS: u32 = 10_000_000;
const MOST_DAYS: u16 = 3_660;

/// A table is sent when it has gathered this much. Each sending waits some 40 ms for TCP to agree that
/// it is over (Nagle's rule against delayed acknowledgement), so small ones would cost seconds.
const CHUNK: usize = 4 << 20;

/// What sample to make.
#[derive(Debug)]
pub struct Sample {
    seed: u64,
    users: u32,
    days: u16,
    /// Days since the first customer came.
    age: i32,
    calendar: Calendar,
}

impl Sample {
    /// A sample that runs up to the day of `now`, in UTC.
    ///
    /// # Errors
    /// When there are no users, or more users or days than are supported.
    pub fn new(
        users: u32,
        days: u16,
        seed: u64,
        now: OffsetDateTime,
    ) -> Result<Self, SandboxError> {
        if users == 0 || users > MOST_USERS {
            return Err(SandboxError::Options("it has 1 to 10,000,000 users"));
        }
        if days > MOST_DAYS {
            return Err(SandboxError::Options("it has at most 3,660 days of usage"));
        }
        let age = LEAST_AGE.max(i32::from(days));
        let today = now.to_offset(UtcOffset::UTC).date();
        Ok(Self {
            seed,
            users,
            days,
            age,
            calendar: Calendar::new(today, age + 32),
        })
    }

    /// A digest of every row there would be, in hexadecimal. For tests and bug reports.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut digest = Sha256::new();
        for batch in self.batches() {
            for (table, rows) in batch.sent {
                digest.update(table.name());
                digest.update(rows);
            }
        }
        hex::encode(digest.finalize())
    }

    /// The rows, a batch of accounts at a time.
    fn batches(&self) -> Batches<'_> {
        Batches {
            sample: self,
            accounts: Accounts::of(self),
            seats: Seats::of(self),
            tables: Tables::new(),
            users: 0,
            ended: false,
        }
    }
}

impl fmt::Display for Sample {
    /// What the sandbox notes, to tell whether it holds this sample.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "edition {EDITION}, seed {}, {} users, {} days, to {}",
            self.seed,
            self.users,
            self.days,
            self.calendar.text(0)
        )
    }
}

/// Rows of several tables, ready to send.
struct Batch {
    sent: Vec<(tables::Table, Vec<u8>)>,
    /// Users made so far, this batch included.
    users: u32,
}

struct Batches<'a> {
    sample: &'a Sample,
    accounts: Accounts<'a>,
    seats: Seats,
    tables: Tables,
    users: u32,
    ended: bool,
}

impl Iterator for Batches<'_> {
    type Item = Batch;

    fn next(&mut self) -> Option<Batch> {
        if self.ended {
            return None;
        }
        while self.tables.largest() < CHUNK {
            let Some(account) = self.accounts.next() else {
                self.ended = true;
                write_work::clusters(&mut self.tables, self.sample, &self.seats);
                write_billing::products(&mut self.tables, self.sample);
                break;
            };
            write_account(self.sample, &account, &mut self.seats, &mut self.tables);
            self.users += account.size;
        }
        Some(Batch {
            sent: self.tables.take(if self.ended { 0 } else { CHUNK }),
            users: self.users,
        })
    }
}

/// Everything that belongs to one account.
fn write_account(sample: &Sample, account: &Account, seats: &mut Seats, tables: &mut Tables) {
    let people = people::people(sample, account);
    let mut dice = Dice::new(sample.seed, About::Work, account.index);
    let seated = people.iter().filter(|person| person.seated).count();
    let cluster =
        (seated > 0).then(|| seats.take(&mut dice, u32::try_from(seated).unwrap_or(u32::MAX)));

    let mut days: Vec<usage::Day> = Vec::new();
    for (place, person) in (0..).zip(&people) {
        days.extend(usage::usage(sample, account, person, place));
    }
    days.sort_by_key(|day| (day.date, day.place));

    write_people::users(tables, sample, account, &people);
    write_people::invites(tables, sample, account, &people);
    write_work::work(tables, sample, account, &people, cluster, &mut dice);
    write_usage::usage(tables, sample, account, &people, cluster, &days);
    write_billing::billing(tables, sample, account, &people[0], &days);
}
