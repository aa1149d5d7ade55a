//! The people of an account: owner and members, with their names, addresses and ids.

use crate::domain::account::{Plan, UserStatus};
use crate::sandbox::sample::Sample;
use crate::sandbox::sample::accounts::{Account, Pace, Part};
use crate::sandbox::sample::calendar::Moment;
use crate::sandbox::sample::names;
use crate::sandbox::sample::random::{About, Dice};

/// Where people without a company have their mail.
const MAIL: &[&str] = &[
    "postbox.example",
    "mail.example",
    "inbox.example",
    "correo.example",
];

/// Somebody who registered.
#[derive(Debug)]
pub(super) struct Person {
    /// Number among all users.
    pub(super) number: u32,
    pub(super) id: String,
    pub(super) email: String,
    pub(super) name: String,
    pub(super) status: UserStatus,
    pub(super) joined: Moment,
    pub(super) last_login: Option<Moment>,
    pub(super) logins: u32,
    /// The day from which they could not work any more.
    pub(super) closed: Option<i32>,
    /// Part of the account's work, in thousandths.
    pub(super) share: u32,
    pub(super) uses_gpu: bool,
    pub(super) keeps_data: bool,
    /// Has a place on the account's cluster.
    pub(super) seated: bool,
    /// Login name in Hopsworks, where a user exists.
    pub(super) hopsworks: Option<String>,
    pub(super) ip: String,
}

/// Owner first.
pub(super) fn people(sample: &Sample, account: &Account) -> Vec<Person> {
    // Of n people the first does 1/1, the second 1/2, … of the most.
    let weights: Vec<u32> = (1..=account.size).map(|rank| 60_000 / rank).collect();
    let whole: u32 = weights.iter().sum();
    let mut people: Vec<Person> = Vec::with_capacity(weights.len());
    for (place, weight) in (0..account.size).zip(weights) {
        let person = person(sample, account, place, weight * 1000 / whole, &people);
        people.push(person);
    }
    people
}

fn person(sample: &Sample, account: &Account, place: u32, share: u32, before: &[Person]) -> Person {
    let number = account.first_user + place;
    let mut dice = Dice::new(sample.seed, About::Person, number);
    // Teams are mostly of one place; every fourth member is not.
    let culture = if place > 0 && dice.chance(250) {
        dice.below(names::cultures())
    } else {
        account.culture
    };
    let name = names::person(&mut dice, culture);
    let mut local = format!("{}.{}", name.given, name.family);
    let email = match &account.company {
        Some(company) => {
            let at = format!("@{}.example", company.slug);
            let taken = |local: &str| {
                let address = format!("{local}{at}");
                before
                    .iter()
                    .any(|other| other.email.eq_ignore_ascii_case(&address))
            };
            if taken(&local) {
                local.push_str(&(place + 1).to_string());
            }
            // Some people type their address as on a business card.
            if dice.chance(20) {
                local = capitalised(&local);
            }
            format!("{local}{at}")
        }
        None => format!("{local}{number}@{}", dice.pick(MAIL)),
    };
    let joined = joined(&mut dice, account, place, before);
    let (status, closed) = standing(account, place);
    let never =
        account.part == Part::NeverLoggedIn || (account.part == Part::Ordinary && dice.chance(35));
    let last_login = (!never).then(|| last_login(&mut dice, account.pace, joined, closed));
    let stayed = last_login.map_or(0, |last| (last.day - joined.day).unsigned_abs());
    let logins = match account.pace {
        Pace::Idle | Pace::Quiet => stayed / 9,
        Pace::Steady | Pace::Heavy => stayed * 2 / 3,
    };
    let at_work = status != UserStatus::Deleted && !never && account.part != Part::NoSeat;
    let seated = at_work
        && (account.plan != Plan::Unset || dice.chance(200))
        && (account.part != Part::Ordinary || place > 0 || !dice.chance(25));
    let in_hopsworks = seated
        && account.part != Part::NoHopsworksUser
        && (account.part != Part::Ordinary || !dice.chance(20));
    let id = auth_id(&mut dice, number);
    let ip = address(&mut dice);
    Person {
        number,
        id,
        email,
        status,
        joined,
        last_login,
        logins: if never { 0 } else { logins + 1 },
        closed,
        share: if never { 0 } else { share },
        uses_gpu: account.uses_gpu && (place == 0 || dice.chance(350)),
        keeps_data: !never && (place == 0 || dice.chance(300)),
        seated,
        hopsworks: in_hopsworks.then(|| {
            format!(
                "{}{}",
                &name.family[..name.family.len().min(3)],
                10_000 + number
            )
        }),
        name: name.shown,
        ip,
    }
}

/// Owners on the day the account opened, members some time after the one before.
fn joined(dice: &mut Dice, account: &Account, place: u32, before: &[Person]) -> Moment {
    // In the hours people work.
    let second = dice.between(6 * 3600, 20 * 3600);
    let Some(last) = before.last() else {
        return Moment::at(account.opened, second);
    };
    let day = if place < 4 || dice.chance(500) {
        last.joined.day + i32::try_from(dice.between(1, 20)).unwrap_or(1)
    } else {
        last.joined.day
    };
    // Nobody joins a team that is locked out, nor today.
    let latest = account.closed.unwrap_or(0) - 1;
    let moment = Moment::at(day.min(latest), second);
    moment.max(before[0].joined.plus(600 + place * 60))
}

fn standing(account: &Account, place: u32) -> (UserStatus, Option<i32>) {
    match account.part {
        Part::SuspendedTeam => (UserStatus::Suspended, account.closed),
        Part::DeletedOwner => (UserStatus::Deleted, account.closed),
        Part::SuspendedOwner if place == 0 => (UserStatus::Suspended, Some(-5)),
        Part::SuspendedMember if place == 1 => (UserStatus::Suspended, Some(-17)),
        Part::DeletedMember if place == 2 => (UserStatus::Deleted, Some(-48)),
        _ => (UserStatus::Active, None),
    }
}

fn last_login(dice: &mut Dice, pace: Pace, joined: Moment, closed: Option<i32>) -> Moment {
    let ago = match pace {
        Pace::Heavy => dice.between(1, 3),
        Pace::Steady => dice.between(1, 8),
        Pace::Quiet => dice.between(2, 35),
        Pace::Idle => dice.between(40, 300),
    };
    let day = closed.unwrap_or(0) - i32::try_from(ago).unwrap_or(1);
    Moment::at(day, dice.between(5 * 3600, 22 * 3600)).max(joined.plus(30))
}

/// The forms Auth0 gives out, unique by the person's number.
fn auth_id(dice: &mut Dice, number: u32) -> String {
    match dice.below(100) {
        0..62 => format!("auth0|{:016x}{number:08x}", dice.bits()),
        62..88 => format!(
            "google-oauth2|1{:010}{number:010}",
            dice.bits() % 10_000_000_000
        ),
        _ => format!(
            "github|{}",
            1_000_000 + u64::from(number) * 41 + u64::from(dice.below(41))
        ),
    }
}

/// An address from the ranges that documentation may use.
fn address(dice: &mut Dice) -> String {
    match dice.below(5) {
        0 => format!(
            "2001:db8:{:x}::{:x}",
            dice.below(65_536),
            dice.between(1, 65_535)
        ),
        1 | 2 => format!("198.51.100.{}", dice.between(1, 254)),
        _ => format!("203.0.113.{}", dice.between(1, 254)),
    }
}

fn capitalised(local: &str) -> String {
    let mut after_dot = true;
    local
        .chars()
        .map(|letter| {
            let shown = if after_dot {
                letter.to_ascii_uppercase()
            } else {
                letter
            };
            after_dot = letter == '.';
            shown
        })
        .collect()
}
