//! The accounts of the service, one after the other: a scripted cast with what a real service has
//! wrong, then as many ordinary ones as there are users for.

use crate::domain::account::Plan;
use crate::sandbox::sample::Sample;
use crate::sandbox::sample::names::{self, Company};
use crate::sandbox::sample::random::{About, Dice};

/// How much an account works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// Tried it, then stopped.
    Idle,
    /// Comes by now and then.
    Quiet,
    /// Works most days.
    Steady,
    /// Works every day, much of it on GPUs.
    Heavy,
}

/// What is particular about an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Ordinary,
    /// The largest customer, with a price of its own for GPUs.
    Flagship,
    /// Prepaid, credits for less than a week left.
    RunsOut,
    /// Prepaid, nothing left.
    Out,
    /// Owner and members suspended for unpaid invoices.
    SuspendedTeam,
    /// The last charge failed.
    FailedPayment,
    /// An invoice is weeks past its due date.
    Overdue,
    /// Charged twice, once refunded.
    Refunded,
    /// The owner asked to be deleted.
    DeletedOwner,
    /// One member is suspended, the team is not.
    SuspendedMember,
    /// One member left and was deleted.
    DeletedMember,
    /// Active, but on no cluster.
    NoSeat,
    /// On a cluster, but Hopsworks knows no such user.
    NoHopsworksUser,
    /// Registered and never came back.
    NeverLoggedIn,
    /// Had a discount on CPU that has ended.
    EndedDiscount,
    /// The owner is suspended, but the members were left at work.
    SuspendedOwner,
}

struct Casting {
    part: Part,
    size: u32,
    plan: Plan,
    pace: Pace,
    /// CPU core hours a working day, the whole account.
    cpu_hours: u32,
}

const fn cast(part: Part, size: u32, plan: Plan, pace: Pace, cpu_hours: u32) -> Casting {
    Casting {
        part,
        size,
        plan,
        pace,
        cpu_hours,
    }
}

const CAST: &[Casting] = &[
    cast(Part::Flagship, 25, Plan::Postpaid, Pace::Heavy, 420),
    cast(Part::RunsOut, 8, Plan::Prepaid, Pace::Steady, 95),
    cast(Part::Out, 1, Plan::Prepaid, Pace::Steady, 60),
    cast(Part::SuspendedTeam, 6, Plan::Postpaid, Pace::Steady, 70),
    cast(Part::FailedPayment, 3, Plan::Postpaid, Pace::Steady, 40),
    cast(Part::Overdue, 5, Plan::Postpaid, Pace::Steady, 55),
    cast(Part::RunsOut, 1, Plan::Prepaid, Pace::Steady, 70),
    cast(Part::NoSeat, 1, Plan::Prepaid, Pace::Quiet, 12),
    cast(Part::NoHopsworksUser, 1, Plan::Prepaid, Pace::Quiet, 8),
    cast(Part::NeverLoggedIn, 1, Plan::Unset, Pace::Idle, 0),
    cast(Part::DeletedOwner, 1, Plan::Free, Pace::Quiet, 1),
    cast(Part::SuspendedMember, 4, Plan::Postpaid, Pace::Steady, 30),
    cast(Part::Refunded, 2, Plan::Prepaid, Pace::Steady, 25),
    cast(Part::RunsOut, 3, Plan::Prepaid, Pace::Heavy, 110),
    cast(Part::DeletedMember, 5, Plan::Prepaid, Pace::Steady, 35),
    cast(Part::EndedDiscount, 12, Plan::Postpaid, Pace::Heavy, 160),
    cast(Part::Ordinary, 1, Plan::Unset, Pace::Idle, 0),
    cast(Part::SuspendedOwner, 4, Plan::Postpaid, Pace::Steady, 32),
];

/// A price of its own, USD at five decimals a unit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Promise {
    pub(super) resource: Resource,
    pub(super) price: i64,
    pub(super) from: i32,
    pub(super) until: Option<i32>,
    pub(super) reason: &'static str,
}

/// What prices are agreed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resource {
    Cpu,
    Gpu,
}

impl Resource {
    /// The service's own price, USD at five decimals an hour.
    pub(super) fn list_price(self) -> i64 {
        match self {
            Self::Cpu => 10_000,
            Self::Gpu => 50_000,
        }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Cpu => "cpu_hours",
            Self::Gpu => "gpu_hours",
        }
    }
}

/// An account: who pays, with everybody whose use they pay for.
#[derive(Debug)]
pub(super) struct Account {
    pub(super) index: u32,
    /// Number of the owner among all users; members follow.
    pub(super) first_user: u32,
    /// The owner counts.
    pub(super) size: u32,
    pub(super) part: Part,
    pub(super) plan: Plan,
    pub(super) pace: Pace,
    /// CPU core hours at four decimals a working day, the whole account.
    pub(super) volume: i64,
    /// The day the owner registered.
    pub(super) opened: i32,
    /// The day from which nobody could work any more.
    pub(super) closed: Option<i32>,
    pub(super) culture: u32,
    pub(super) company: Option<Company>,
    pub(super) uses_gpu: bool,
    pub(super) promises: Vec<Promise>,
}

/// All accounts, in order. Each is made from its number alone, but for its first user.
#[derive(Debug)]
pub(super) struct Accounts<'a> {
    sample: &'a Sample,
    account: u32,
    user: u32,
}

impl<'a> Accounts<'a> {
    pub(super) fn of(sample: &'a Sample) -> Self {
        Self {
            sample,
            account: 0,
            user: 0,
        }
    }
}

impl Iterator for Accounts<'_> {
    type Item = Account;

    fn next(&mut self) -> Option<Account> {
        let left = self.sample.users - self.user;
        if left == 0 {
            return None;
        }
        let mut account = made(self.sample, self.account, self.user);
        account.size = account.size.min(left);
        self.account += 1;
        self.user += account.size;
        Some(account)
    }
}

fn made(sample: &Sample, index: u32, first_user: u32) -> Account {
    let mut dice = Dice::new(sample.seed, About::Account, index);
    let cast = CAST.get(index as usize);
    let part = cast.map_or(Part::Ordinary, |cast| cast.part);
    let plan = cast.map_or_else(|| ordinary_plan(&mut dice), |cast| cast.plan);
    let pace = cast.map_or_else(|| ordinary_pace(&mut dice, plan), |cast| cast.pace);
    let size = match cast {
        // In a small sandbox the cast must not be everybody.
        Some(cast) => cast.size.min((sample.users / 12).max(2)),
        None => ordinary_size(&mut dice, plan),
    };
    let volume = match cast {
        Some(cast) => i64::from(cast.cpu_hours) * 10_000,
        None => ordinary_volume(&mut dice, plan, pace, size),
    };
    let opened = match cast {
        Some(_) if part == Part::Flagship => -sample.age + 3,
        Some(_) if part == Part::NeverLoggedIn => -6,
        // Long enough ago that something could go wrong since.
        Some(_) => -(sample.age / 4 + below_age(&mut dice, sample.age / 2)),
        // Of two throws the later: the service grows.
        None => {
            let throws = [sample.age - 1, sample.age - 1].map(|age| below_age(&mut dice, age));
            -(throws[0].min(throws[1]) + 1)
        }
    };
    let closed = match part {
        Part::SuspendedTeam => Some(-9),
        Part::DeletedOwner => Some(-33),
        _ => None,
    };
    let culture = dice.below(names::cultures());
    let company = (size > 1 || dice.chance(450)).then(|| names::company(sample.seed, index));
    let uses_gpu = match pace {
        Pace::Heavy => true,
        Pace::Steady => plan != Plan::Free && dice.chance(250),
        Pace::Quiet | Pace::Idle => false,
    };
    Account {
        index,
        first_user,
        size,
        part,
        plan,
        pace,
        volume,
        opened,
        closed,
        culture,
        company,
        uses_gpu,
        promises: promises(&mut dice, part, plan, pace, opened),
    }
}

fn below_age(dice: &mut Dice, age: i32) -> i32 {
    let end = u32::try_from(age).unwrap_or(0);
    i32::try_from(dice.below(end)).unwrap_or(0)
}

fn ordinary_plan(dice: &mut Dice) -> Plan {
    match dice.below(1000) {
        0..440 => Plan::Prepaid,
        440..670 => Plan::Postpaid,
        670..900 => Plan::Free,
        _ => Plan::Unset,
    }
}

fn ordinary_pace(dice: &mut Dice, plan: Plan) -> Pace {
    match (plan, dice.below(1000)) {
        (Plan::Unset, _) | (_, 0..160) => Pace::Idle,
        (Plan::Free, _) | (_, 160..480) => Pace::Quiet,
        (_, 480..850) => Pace::Steady,
        _ => Pace::Heavy,
    }
}

fn ordinary_size(dice: &mut Dice, plan: Plan) -> u32 {
    match (plan, dice.below(1000)) {
        (Plan::Unset, _) | (Plan::Free, 0..900) | (_, 0..540) => 1,
        (Plan::Free, _) | (_, 540..830) => dice.between(2, 5),
        (_, 830..960) => dice.between(6, 12),
        _ => dice.between(13, 25),
    }
}

/// Doubles with each heads in a row: few accounts use most of it, as Zipf saw with words.
fn ordinary_volume(dice: &mut Dice, plan: Plan, pace: Pace, size: u32) -> i64 {
    let most = match (plan, pace) {
        (Plan::Free | Plan::Unset, _) | (_, Pace::Idle) => 1,
        (_, Pace::Quiet) => 3,
        _ => 9,
    };
    let heads = dice.bits().trailing_ones().min(most);
    let base = i64::from(dice.between(9_000, 22_000)) << heads;
    base * i64::from(size + 2) / 3
}

fn promises(dice: &mut Dice, part: Part, plan: Plan, pace: Pace, opened: i32) -> Vec<Promise> {
    let promise = |resource, price, from, until, reason| Promise {
        resource,
        price,
        from,
        until,
        reason,
    };
    match part {
        Part::Flagship => vec![
            promise(
                Resource::Gpu,
                35_000,
                opened / 2,
                None,
                "Yearly commitment of GPU hours",
            ),
            promise(Resource::Cpu, 8_500, opened / 2, None, "Yearly commitment"),
        ],
        Part::EndedDiscount => vec![promise(
            Resource::Cpu,
            7_500,
            opened,
            Some((opened / 3).min(-1)),
            "Discount for the first months",
        )],
        Part::Ordinary if pace == Pace::Heavy && plan != Plan::Free && dice.chance(120) => {
            vec![promise(
                Resource::Gpu,
                42_500,
                opened,
                None,
                "Research discount",
            )]
        }
        _ => Vec::new(),
    }
}
