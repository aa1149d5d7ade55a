//! What is billed beside a month's usage, and what went another way than planned: credit notes, other
//! currencies, invoices that were cancelled or given up, charges that failed before they worked.

use crate::sandbox::sample::Sample;
use crate::sandbox::sample::accounts::{Account, Part};
use crate::sandbox::sample::calendar::Moment;
use crate::sandbox::sample::people::Person;
use crate::sandbox::sample::random::{About, Dice};
use crate::sandbox::sample::tables::Tables;

/// An invoice that no usage is behind.
struct Odd {
    /// The letters its number begins with.
    series: &'static str,
    status: &'static str,
    /// Minor units of the currency, at `digits` decimals.
    amount: i64,
    digits: u32,
    currency: &'static str,
    /// Days ago.
    made: i32,
    /// Days after that; none where Stripe charges on its own.
    due_after: Option<i32>,
    /// Days after it was made.
    paid_after: Option<i32>,
    /// What the history says of the charge: status and days after it was made.
    charges: &'static [(&'static str, i32)],
}

const NOTHING: Odd = Odd {
    series: "",
    status: "open",
    amount: 0,
    digits: 2,
    currency: "usd",
    made: 60,
    due_after: None,
    paid_after: None,
    charges: &[],
};

const CREDIT_NOTE: Odd = Odd {
    series: "CN",
    status: "paid",
    amount: -125_050,
    made: 41,
    paid_after: Some(0),
    ..NOTHING
};

/// The first charge failed, the next one worked.
const AT_THE_SECOND_TRY: Odd = Odd {
    series: "TR",
    status: "paid",
    amount: 48_000,
    made: 52,
    due_after: Some(14),
    paid_after: Some(6),
    charges: &[("failed", 1), ("paid", 6)],
    ..NOTHING
};

const GIVEN_UP: Odd = Odd {
    series: "SU",
    status: "uncollectible",
    amount: 9_900,
    made: 190,
    due_after: Some(30),
    ..NOTHING
};

const CANCELLED: Odd = Odd {
    series: "SU",
    status: "void",
    amount: 25_000,
    made: 75,
    due_after: Some(30),
    ..NOTHING
};

const IN_EUROS: Odd = Odd {
    series: "EU",
    status: "paid",
    amount: 180_000,
    currency: "eur",
    made: 33,
    due_after: Some(30),
    paid_after: Some(12),
    charges: &[("paid", 12)],
    ..NOTHING
};

const IN_YEN: Odd = Odd {
    series: "JP",
    amount: 240_000,
    digits: 0,
    currency: "jpy",
    made: 20,
    due_after: Some(30),
    ..NOTHING
};

const FOR_NOTHING: Odd = Odd {
    series: "TR",
    status: "paid",
    made: 88,
    paid_after: Some(0),
    ..NOTHING
};

/// Writes what is odd about a scripted account.
pub(super) fn odd_billing(tables: &mut Tables, sample: &Sample, account: &Account, owner: &Person) {
    let odd: &[Odd] = match account.part {
        Part::Flagship => &[CREDIT_NOTE, FOR_NOTHING],
        Part::FailedPayment => &[AT_THE_SECOND_TRY],
        Part::Overdue => &[GIVEN_UP],
        Part::EndedDiscount => &[CANCELLED, IN_EUROS],
        Part::SuspendedMember => &[IN_YEN],
        _ => &[],
    };
    let mut dice = Dice::new(sample.seed ^ 0x0dd, About::Money, account.index);
    for (place, odd) in odd.iter().enumerate() {
        // Nothing is billed before the account is there.
        if -odd.made > owner.joined.day {
            invoice(tables, sample, owner, odd, place + 1, &mut dice);
        }
    }
    if account.part == Part::Flagship {
        ended_subscription(tables, sample, owner, &mut dice);
    }
}

fn invoice(
    tables: &mut Tables,
    sample: &Sample,
    owner: &Person,
    odd: &Odd,
    place: usize,
    dice: &mut Dice,
) {
    let calendar = &sample.calendar;
    let created = Moment::at(-odd.made, 34_000);
    let after = |days: i32| Moment::at(-odd.made + days, 36_000);
    let paid = odd.paid_after.map(after);
    let number = format!("{}{:06}-{place:04}", odd.series, owner.number);
    let stripe_id = dice.stripe("in_");
    let rows = &mut tables.invoices;
    rows.uuid(&dice.uuid())
        .text(&owner.id)
        .text(&number)
        .text(&stripe_id)
        .text(odd.status)
        .fixed(odd.amount, odd.digits)
        .text(odd.currency)
        .null()
        .null()
        .maybe_moment(calendar, odd.due_after.map(after))
        .maybe_moment(calendar, paid)
        .text(&format!("https://invoice.stripe.example/i/{stripe_id}"))
        .moment(calendar, created)
        .moment(calendar, paid.unwrap_or(created))
        .end();
    for (at, (status, days)) in odd.charges.iter().enumerate() {
        let moment = after(*days);
        // The history knows the last charge by Stripe's id and an earlier one by the invoice's number.
        let known_as = if at + 1 == odd.charges.len() {
            &stripe_id
        } else {
            &number
        };
        let rows = &mut tables.billing_history;
        rows.uuid(&dice.uuid())
            .text(&owner.id)
            .text(known_as)
            .fixed(odd.amount, odd.digits)
            .text(odd.currency)
            .text(status)
            .text("Training for the team")
            .text(&dice.stripe("pi_"))
            .maybe_moment(calendar, (*status == "paid").then_some(moment))
            .moment(calendar, moment)
            .moment(calendar, moment)
            .end();
    }
}

/// The plan before the present one.
fn ended_subscription(tables: &mut Tables, sample: &Sample, owner: &Person, dice: &mut Dice) {
    let calendar = &sample.calendar;
    let begun = owner.joined.plus(900);
    let ended = Moment::midnight(calendar.month_start(begun.day / 2));
    let rows = &mut tables.subscriptions;
    rows.uuid(&dice.uuid())
        .text(&owner.id)
        .text(&dice.stripe("sub_"))
        .null()
        .text("price_1SandboxCpu")
        .text("canceled")
        .null()
        .moment(calendar, ended)
        .yes(true)
        .moment(calendar, ended)
        .moment(calendar, begun)
        .moment(calendar, ended)
        .end();
}
