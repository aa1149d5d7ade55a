//! Writes what is about money: credits and their ledger, invoices, payments, subscriptions, prices.

use crate::domain::account::Plan;
use crate::sandbox::sample::Sample;
use crate::sandbox::sample::accounts::{Account, Part, Resource};
use crate::sandbox::sample::calendar::Moment;
use crate::sandbox::sample::credits::{self, Kind};
use crate::sandbox::sample::invoices::{self, Outcome};
use crate::sandbox::sample::odd_billing;
use crate::sandbox::sample::people::Person;
use crate::sandbox::sample::random::{About, Dice};
use crate::sandbox::sample::tables::Tables;
use crate::sandbox::sample::usage::Day;
use crate::sandbox::sample::write_people::StripeIds;

const METERED_PRICE: &str = "price_1SandboxMetered";

/// `days` are in order of date.
pub(super) fn billing(
    tables: &mut Tables,
    sample: &Sample,
    account: &Account,
    owner: &Person,
    days: &[Day],
) {
    let mut dice = Dice::new(sample.seed ^ 0x0b11, About::Money, account.index);
    promises(tables, sample, account, owner, &mut dice);
    match account.plan {
        Plan::Prepaid => prepaid(tables, sample, account, owner, days, &mut dice),
        Plan::Postpaid => {
            subscription(tables, sample, account, owner, &mut dice);
            postpaid(tables, sample, account, owner, days, &mut dice);
            odd_billing::odd_billing(tables, sample, account, owner);
        }
        Plan::Free | Plan::Unset | Plan::Other => {}
    }
}

fn prepaid(
    tables: &mut Tables,
    sample: &Sample,
    account: &Account,
    owner: &Person,
    days: &[Day],
    dice: &mut Dice,
) {
    let calendar = &sample.calendar;
    let credits = credits::credits(sample, account, days);
    let sum = |part: fn(&Day) -> i64| days.iter().map(part).sum::<i64>();
    let rows = &mut tables.user_credits;
    rows.text(&owner.id)
        .fixed(credits.purchased, 9)
        .fixed(credits.used, 9);
    rows.fixed(credits.granted, 9).fixed(credits.free_used, 9);
    rows.fixed(sum(|day| day.cpu), 4)
        .fixed(sum(|day| day.gpu), 4);
    // A day of 0.03 GB is a thousandth of a GB-month.
    rows.fixed(sum(|day| day.online + day.offline), 3);
    rows.maybe_moment(calendar, credits.last_purchase)
        .moment(calendar, owner.joined);
    rows.moment(
        calendar,
        credits
            .entries
            .last()
            .map_or(owner.joined, |entry| entry.at),
    );
    rows.end();

    let refunded: Vec<_> = credits
        .entries
        .iter()
        .filter(|entry| entry.kind == Kind::Refund)
        .filter_map(|entry| entry.payment.clone())
        .collect();
    // A line that was lost, as in a real service: the ledger shows the gap, and by how much it is off.
    let lost = (account.part == Part::DeletedMember)
        .then(|| {
            credits
                .entries
                .iter()
                .filter(|entry| entry.kind == Kind::Usage)
                .nth(2)
                .map(|entry| entry.id)
        })
        .flatten();
    for entry in &credits.entries {
        if lost == Some(entry.id) {
            continue;
        }
        let rows = &mut tables.credit_transactions;
        rows.uuid(&entry.id).text(&owner.id).text(entry.kind.word());
        rows.fixed(entry.amount, 9)
            .fixed(entry.before, 9)
            .fixed(entry.before + entry.amount, 9);
        rows.text(match entry.kind {
            Kind::Purchase => "Credits bought",
            Kind::Usage => "Daily usage",
            Kind::Refund => "Charged twice by mistake",
            Kind::Grant => "Welcome credits",
            Kind::Adjustment => "For the inconvenience",
        });
        rows.maybe(entry.payment.as_deref());
        match entry.usage {
            Some(index) => rows.uuid(&days[index].id),
            None => rows.null(),
        };
        rows.moment(calendar, entry.at).end();

        if entry.kind == Kind::Purchase {
            let given_back = entry
                .payment
                .as_ref()
                .is_some_and(|payment| refunded.contains(payment));
            let rows = &mut tables.billing_history;
            rows.uuid(&dice.uuid())
                .text(&owner.id)
                .text(&dice.stripe("in_"))
                .fixed(entry.amount, 9)
                .text("usd");
            rows.text(if given_back { "refunded" } else { "paid" })
                .text("Prepaid credits");
            rows.maybe(entry.payment.as_deref())
                .moment(calendar, entry.at.plus(5));
            rows.moment(calendar, entry.at)
                .moment(calendar, entry.at.plus(5))
                .end();
        }
    }
}

fn postpaid(
    tables: &mut Tables,
    sample: &Sample,
    account: &Account,
    owner: &Person,
    days: &[Day],
    dice: &mut Dice,
) {
    let calendar = &sample.calendar;
    for invoice in invoices::invoices(sample, account, days) {
        let rows = &mut tables.invoices;
        let touched = invoice.paid.unwrap_or(invoice.created);
        rows.uuid(&invoice.id).text(&owner.id);
        if invoice.outcome == Outcome::Draft {
            rows.null();
        } else {
            rows.text(&format!("HD{:06}-{:04}", owner.number, invoice.number));
        }
        rows.text(&invoice.stripe_id)
            .text(invoice.outcome.invoice())
            .fixed(invoice.amount, 2)
            .text("usd");
        rows.moment(calendar, Moment::midnight(invoice.first));
        rows.moment(calendar, Moment::midnight(invoice.end));
        rows.moment(calendar, Moment::midnight(invoice.due))
            .maybe_moment(calendar, invoice.paid);
        if invoice.outcome == Outcome::Draft {
            rows.null();
        } else {
            rows.text(&format!(
                "https://invoice.stripe.example/i/{}",
                invoice.stripe_id
            ));
        }
        rows.moment(calendar, invoice.created)
            .moment(calendar, touched)
            .end();

        let Some(status) = invoice.outcome.payment() else {
            continue;
        };
        let rows = &mut tables.billing_history;
        rows.uuid(&dice.uuid())
            .text(&owner.id)
            .text(&invoice.stripe_id)
            .fixed(invoice.amount, 2)
            .text("usd");
        rows.text(status);
        let month = calendar.text(invoice.first).get(..7).unwrap_or_default();
        rows.text(&format!("Usage of {month}"))
            .text(&invoice.payment);
        rows.maybe_moment(calendar, invoice.paid);
        rows.moment(calendar, invoice.created)
            .moment(calendar, touched)
            .end();
    }
}

fn subscription(
    tables: &mut Tables,
    sample: &Sample,
    account: &Account,
    owner: &Person,
    dice: &mut Dice,
) {
    let calendar = &sample.calendar;
    let stripe = StripeIds::of(account, owner);
    let (Some(id), Some(status)) = (stripe.subscription, stripe.subscription_status) else {
        return;
    };
    let rows = &mut tables.subscriptions;
    rows.uuid(&dice.uuid())
        .text(&owner.id)
        .text(&id)
        .maybe(stripe.customer.as_deref());
    rows.text(METERED_PRICE).text(status);
    rows.moment(calendar, Moment::midnight(calendar.month_start(0)));
    rows.moment(calendar, Moment::midnight(calendar.next_month(0)));
    rows.yes(false).null();
    let begun = owner.joined.plus(1_200);
    rows.moment(calendar, begun).moment(calendar, begun).end();
}

fn promises(
    tables: &mut Tables,
    sample: &Sample,
    account: &Account,
    owner: &Person,
    dice: &mut Dice,
) {
    let calendar = &sample.calendar;
    for promise in &account.promises {
        let list = promise.resource.list_price();
        let from = Moment::midnight(promise.from);
        let rows = &mut tables.user_pricing_overrides;
        rows.uuid(&dice.uuid())
            .text(&owner.id)
            .text(promise.resource.word());
        rows.fixed(promise.price, 5)
            .fixed(list, 5)
            .int((list - promise.price) * 100 / list);
        rows.moment(calendar, from)
            .maybe_moment(calendar, promise.until.map(Moment::midnight));
        rows.text("sales@hopsdesk.example").text(promise.reason);
        let made = from.max(owner.joined);
        rows.moment(calendar, made).moment(calendar, made).end();
    }
}

/// The first generation's price list.
pub(super) fn products(tables: &mut Tables, sample: &Sample) {
    let calendar = &sample.calendar;
    let mut dice = Dice::new(0, About::Money, u32::MAX);
    let made = Moment::at(-sample.age, 43_200);
    for (kind, name, price, unit) in [
        ("cpu_hours", "Cpu", Resource::Cpu.list_price(), "CPU hour"),
        ("gpu_hours", "Gpu", Resource::Gpu.list_price(), "GPU hour"),
        ("storage_gb", "Storage", 3_000, "GB-month"),
    ] {
        let rows = &mut tables.stripe_products;
        rows.uuid(&dice.uuid())
            .text(kind)
            .text(&format!("prod_Sandbox{name}"));
        rows.text(&format!("price_1Sandbox{name}"))
            .fixed(price, 5)
            .text(unit)
            .yes(false);
        rows.moment(calendar, made).moment(calendar, made).end();
    }
}
