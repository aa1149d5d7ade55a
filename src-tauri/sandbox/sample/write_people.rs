//! Writes people and the invitations they got.

use crate::domain::account::{Plan, UserStatus};
use crate::sandbox::sample::Sample;
use crate::sandbox::sample::accounts::{Account, Pace, Part};
use crate::sandbox::sample::calendar::Moment;
use crate::sandbox::sample::credits::DOLLAR;
use crate::sandbox::sample::names;
use crate::sandbox::sample::people::Person;
use crate::sandbox::sample::random::{About, Dice};
use crate::sandbox::sample::tables::Tables;

/// What Stripe knows about an account's owner.
pub(super) struct StripeIds {
    pub(super) customer: Option<String>,
    pub(super) subscription: Option<String>,
    pub(super) subscription_status: Option<&'static str>,
}

impl StripeIds {
    pub(super) fn of(account: &Account, owner: &Person) -> Self {
        let digits = format!("{:06}", owner.number);
        let pays = matches!(account.plan, Plan::Prepaid | Plan::Postpaid);
        let subscribed = account.plan == Plan::Postpaid;
        let status = match account.part {
            Part::SuspendedTeam => "unpaid",
            Part::FailedPayment | Part::Overdue => "past_due",
            _ => "active",
        };
        Self {
            customer: pays.then(|| format!("cus_Sandbox{digits}")),
            subscription: subscribed.then(|| format!("sub_1Sandbox{digits}")),
            subscription_status: subscribed.then_some(status),
        }
    }
}

pub(super) fn users(tables: &mut Tables, sample: &Sample, account: &Account, people: &[Person]) {
    let calendar = &sample.calendar;
    let owner = &people[0];
    let stripe = StripeIds::of(account, owner);
    let mut dice = Dice::new(sample.seed, About::Money, account.index);
    for (place, person) in people.iter().enumerate() {
        let owns = place == 0;
        let rows = &mut tables.users;
        rows.text(&person.id).text(&person.email).text(&person.name);
        rows.text(person.status.word());
        if owns {
            rows.null();
        } else {
            rows.text(&owner.id);
        }
        // The service's own staff flag: its people are customers of their own service.
        rows.yes(owns && account.index % 97 == 16);
        rows.moment(calendar, person.joined);
        let closed = person.closed.map(|day| Moment::at(day, 34_200));
        let touched = [Some(person.joined), person.last_login, closed];
        rows.maybe_moment(calendar, touched.into_iter().flatten().max());
        rows.maybe_moment(calendar, person.last_login);
        rows.int(person.logins);
        let source = if owns {
            *dice.pick(&["website", "website", "google", "github", "webinar"])
        } else {
            "invite"
        };
        rows.text(source).text(&person.ip);
        if person.last_login.is_some() {
            rows.moment(calendar, person.joined.plus(20));
        } else {
            rows.null();
        }
        rows.yes(dice.chance(350));
        rows.maybe((owns && dice.chance(60)).then_some("WELCOME25"));
        plan(rows, account, owns, &mut dice);
        let (customer, subscription, status) = if owns {
            (
                stripe.customer.as_deref(),
                stripe.subscription.as_deref(),
                stripe.subscription_status,
            )
        } else {
            (None, None, None)
        };
        rows.maybe(customer).maybe(subscription).maybe(status);
        rows.maybe(person.hopsworks.as_deref());
        match person.hopsworks {
            Some(_) => rows.int(10_000 + person.number),
            None => rows.null(),
        };
        rows.text(&metadata(account, person, owns));
        let deleted = closed.filter(|_| person.status == UserStatus::Deleted);
        rows.maybe_moment(calendar, deleted);
        rows.maybe(deleted.map(|_| {
            if owns {
                "Asked to be deleted"
            } else {
                "Left the company"
            }
        }));
        rows.text(flags(account, owns)).end();
    }
}

/// Switches as staff leave them behind: most people have none, some have values of any shape.
fn flags(account: &Account, owns: bool) -> &'static str {
    match account.index % 11 {
        _ if !owns => "{}",
        2 => "{\"beta_serving\": true}",
        5 => {
            "{\"beta_serving\": false, \"gpu_quota\": 4, \"support_tier\": \"gold\", \"trial_ends\": null}"
        }
        8 => {
            "{\"limits\": {\"jobs\": {\"parallel\": 12, \"gpu\": [\"a10\", \"l4\"]}, \"projects\": 8}, \"onboarding\": true}"
        }
        _ => "{}",
    }
}

/// The columns of the plan, which only owners have.
fn plan(rows: &mut super::rows::Rows, account: &Account, owns: bool, dice: &mut Dice) {
    rows.maybe(
        owns.then(|| account.plan.word())
            .filter(|_| account.plan != Plan::Unset),
    );
    let capped = owns && account.plan == Plan::Postpaid && dice.chance(200);
    if capped {
        rows.int(100 * i64::from(dice.between(2, 50)));
    } else {
        rows.null();
    }
    let refills = owns
        && account.plan == Plan::Prepaid
        && account.part == Part::Ordinary
        && account.pace != Pace::Idle
        && dice.chance(400);
    rows.yes(refills);
    if refills {
        rows.fixed(100 * DOLLAR, 9).fixed(20 * DOLLAR, 9);
    } else {
        rows.null().null();
    }
}

/// Company names hold neither quotes nor backslashes; a test reads every row back as JSON.
fn metadata(account: &Account, person: &Person, owns: bool) -> String {
    let mut fields = Vec::new();
    if let Some(company) = &account.company {
        fields.push(format!("\"company\": \"{}\"", company.name));
    }
    if person.status == UserStatus::Suspended {
        let reason = match (account.part, owns) {
            (Part::SuspendedTeam, true) => "unpaid_invoices",
            (Part::SuspendedTeam, false) => "account_owner_suspended",
            _ => "policy_violation",
        };
        fields.push(format!("\"suspended_reason\": \"{reason}\""));
    }
    format!("{{{}}}", fields.join(", "))
}

/// One accepted invitation for each member; owners of teams have some that wait and some that lapsed.
pub(super) fn invites(tables: &mut Tables, sample: &Sample, account: &Account, people: &[Person]) {
    let calendar = &sample.calendar;
    let owner = &people[0];
    let mut dice = Dice::new(sample.seed, About::Invite, account.index);
    let mut write = |dice: &mut Dice, email: &str, sent: Moment, accepted: Option<&Person>| {
        let rows = &mut tables.team_invites;
        rows.uuid(&dice.uuid())
            .text(&owner.id)
            .text(email)
            .text(&dice.token());
        rows.text(if dice.chance(300) {
            "Data owner"
        } else {
            "Data scientist"
        });
        rows.yes(dice.chance(600));
        rows.moment(calendar, sent)
            .moment(calendar, Moment::at(sent.day + 7, sent.second));
        rows.maybe_moment(calendar, accepted.map(|person| person.joined));
        rows.maybe(accepted.map(|person| person.id.as_str()));
        rows.end();
    };
    for member in &people[1..] {
        let sent_before = i32::try_from(dice.between(0, 5)).unwrap_or(0);
        let sent = Moment::at(member.joined.day - sent_before, member.joined.second);
        let sent = Moment::at(sent.day, sent.second.saturating_sub(400));
        write(
            &mut dice,
            &member.email,
            sent.max(owner.joined.plus(60)),
            Some(member),
        );
    }
    let Some(company) = account.company.as_ref().filter(|_| people.len() > 1) else {
        return;
    };
    if owner.status != UserStatus::Active {
        return;
    }
    // Waiting for one to six days, or sent long enough ago to have lapsed.
    let ages = match account.part {
        Part::Flagship => vec![2, 5, 12, 40],
        Part::Ordinary if dice.chance(350) => vec![i32::try_from(dice.between(1, 25)).unwrap_or(1)],
        _ => Vec::new(),
    };
    for (number, age) in ages.into_iter().enumerate() {
        let name = names::person(&mut dice, account.culture);
        // Never the address of somebody who is in the team.
        let email = format!(
            "{}.{}.{}@{}.example",
            name.given,
            name.family,
            people.len() + 1 + number,
            company.slug
        );
        let sent = Moment::at(-age, dice.between(8 * 3600, 17 * 3600));
        if sent > owner.joined {
            write(&mut dice, &email, sent, None);
        }
    }
}
