//! Writes daily usage.

use crate::domain::account::Plan;
use crate::sandbox::sample::Sample;
use crate::sandbox::sample::accounts::Account;
use crate::sandbox::sample::calendar::Moment;
use crate::sandbox::sample::clusters;
use crate::sandbox::sample::people::Person;
use crate::sandbox::sample::tables::Tables;
use crate::sandbox::sample::usage::Day;

/// `days` are those of all the account's people.
pub(super) fn usage(
    tables: &mut Tables,
    sample: &Sample,
    account: &Account,
    people: &[Person],
    cluster: Option<usize>,
    days: &[Day],
) {
    let calendar = &sample.calendar;
    let cluster = cluster.map(clusters::id);
    let prepaid = account.plan == Plan::Prepaid;
    for day in days {
        let person = &people[day.place as usize];
        let rows = &mut tables.usage_daily;
        rows.uuid(&day.id)
            .text(&person.id)
            .text(&people[0].id)
            .day(calendar, day.date);
        match cluster.filter(|_| day.computed() && person.seated) {
            Some(cluster) => rows.uuid(&cluster),
            None => rows.null(),
        };
        rows.fixed(day.cpu, 4)
            .fixed(day.gpu, 4)
            .fixed(day.memory, 4)
            .fixed(day.instance, 4);
        rows.fixed((day.online + day.offline) * 3, 2);
        rows.fixed(day.online * 3, 2)
            .fixed(day.offline * 3, 2)
            .fixed(day.egress, 3);
        rows.int(day.feature_store_calls)
            .int(day.inference_calls)
            .int(day.projects);
        rows.maybe(match (day.cpu > 0, day.gpu > 0) {
            (_, true) => Some("g5.2xlarge"),
            (true, false) => Some("m6i.2xlarge"),
            (false, false) => None,
        });
        rows.fixed(day.cost, 9)
            .fixed(if prepaid { day.cost } else { 0 }, 9);
        // Stripe hears of a day when it is over.
        let reported = account.plan == Plan::Postpaid && day.date < -1;
        rows.yes(reported);
        if reported {
            let id = day.id;
            rows.text(&format!("mbur_{}", hex::encode(&id[..12])));
        } else {
            rows.null();
        }
        // The first hour of a day makes the row, the last one finishes it.
        let begun = Moment::midnight(day.date);
        rows.moment(calendar, begun);
        rows.moment(
            calendar,
            if day.date < 0 {
                Moment::at(day.date, 86_340)
            } else {
                begun
            },
        );
        rows.end();
    }
}
