//! Writes clusters, seats, and what people have in Hopsworks.

use crate::domain::account::{Plan, UserStatus};
use crate::sandbox::sample::Sample;
use crate::sandbox::sample::accounts::{Account, Pace, Part};
use crate::sandbox::sample::calendar::Moment;
use crate::sandbox::sample::clusters::{self, CLUSTERS, Seats};
use crate::sandbox::sample::people::Person;
use crate::sandbox::sample::random::Dice;
use crate::sandbox::sample::tables::Tables;

const TOPICS: &[&str] = &[
    "churn",
    "fraud",
    "demand_forecast",
    "recommender",
    "telemetry",
    "pricing",
    "search_ranking",
    "credit_risk",
];
const GROUPS: &[&str] = &[
    "transactions",
    "customer_profiles",
    "clickstream_1h",
    "weather_daily",
    "sensor_readings",
    "merchant_stats",
    "embeddings_v2",
    "labels",
];
const MODELS: &[&str] = &[
    "fraud_detector",
    "churn_score",
    "eta_predictor",
    "item_ranker",
    "anomaly_watch",
];

/// Seats, an instance, projects, feature groups and deployments; and what the nightly checks said.
pub(super) fn work(
    tables: &mut Tables,
    sample: &Sample,
    account: &Account,
    people: &[Person],
    cluster: Option<usize>,
    dice: &mut Dice,
) {
    if let Some(cluster) = cluster {
        seats(tables, sample, account, people, cluster, dice);
        instance(tables, sample, account, &people[0], cluster, dice);
        projects(tables, sample, account, people, cluster, dice);
    }
    features_and_models(tables, sample, account, people, cluster, dice);
    health_checks(tables, sample, account, people, dice);
}

fn seats(
    tables: &mut Tables,
    sample: &Sample,
    account: &Account,
    people: &[Person],
    cluster: usize,
    dice: &mut Dice,
) {
    let calendar = &sample.calendar;
    for (place, person) in (0..).zip(people).filter(|(_, person)| person.seated) {
        let assigned = person.joined.plus(90);
        let rows = &mut tables.user_hopsworks_assignments;
        rows.uuid(&dice.uuid())
            .text(&person.id)
            .uuid(&clusters::id(cluster));
        rows.moment(calendar, assigned)
            .text(clusters::assigned_by(account, place));
        rows.maybe(person.hopsworks.as_deref());
        match person.hopsworks {
            Some(_) => rows.int(10_000 + person.number),
            None => rows.null(),
        };
        rows.moment(calendar, assigned).end();
    }
}

fn instance(
    tables: &mut Tables,
    sample: &Sample,
    account: &Account,
    owner: &Person,
    cluster: usize,
    dice: &mut Dice,
) {
    let calendar = &sample.calendar;
    let begun = owner.joined.plus(120);
    let status = match (account.part, account.pace) {
        (Part::SuspendedTeam, _) => "stopped",
        // Hopsworks never made the user, so the instance never got ready.
        (Part::NoHopsworksUser, _) => "provisioning",
        _ if owner.joined.day > -3 => "provisioning",
        (Part::Ordinary, Pace::Idle) => *dice.pick(&["deleted", "stopped"]),
        (Part::Ordinary, Pace::Quiet) => *dice.pick(&["active", "stopped"]),
        _ => "active",
    };
    let ready = begun.plus(240);
    let deleted = Moment::at(begun.day / 2, 3_600).max(ready);
    let rows = &mut tables.instances;
    rows.uuid(&dice.uuid())
        .text(&owner.id)
        .text(&slug(account, owner));
    if status == "provisioning" {
        rows.null();
    } else {
        rows.text(&url(cluster));
    }
    rows.text(status).moment(calendar, begun);
    rows.moment(calendar, if status == "deleted" { deleted } else { ready });
    rows.maybe_moment(calendar, (status != "provisioning").then_some(ready));
    rows.maybe_moment(calendar, (status == "deleted").then_some(deleted));
    rows.end();
}

fn projects(
    tables: &mut Tables,
    sample: &Sample,
    account: &Account,
    people: &[Person],
    cluster: usize,
    dice: &mut Dice,
) {
    let calendar = &sample.calendar;
    let owner = &people[0];
    if !owner.seated || account.plan == Plan::Unset {
        return;
    }
    let count = match account.pace {
        _ if account.plan == Plan::Free => 1,
        Pace::Idle | Pace::Quiet => 1,
        Pace::Steady => dice.between(1, 3),
        Pace::Heavy => dice.between(3, 5),
    };
    for number in 0..count {
        let project = 200 + account.index * 5 + number;
        let topic = TOPICS[(account.index + number * 3) as usize % TOPICS.len()];
        let name = format!("{}_{topic}", slug(account, owner).replace('-', "_"));
        let active = account.pace != Pace::Idle && account.closed.is_none();
        let begun = owner.joined.plus(600 + number * 300);
        let seen = if active {
            Moment::midnight(0)
        } else {
            Moment::midnight(begun.day / 2).max(begun)
        };
        let rows = &mut tables.user_projects;
        rows.uuid(&dice.uuid())
            .text(&owner.id)
            .uuid(&clusters::id(cluster))
            .int(project);
        rows.text(&name).text(&name.replace('_', "-"));
        rows.text(if active { "active" } else { "inactive" });
        rows.moment(calendar, begun)
            .moment(calendar, seen)
            .moment(calendar, seen)
            .end();

        if number > 1 {
            continue;
        }
        for member in people[1..]
            .iter()
            .filter(|member| member.hopsworks.is_some())
        {
            let failed = dice.chance(25);
            let at = member.joined.plus(200 + number);
            let rows = &mut tables.project_member_roles;
            rows.uuid(&dice.uuid())
                .text(&member.id)
                .text(&owner.id)
                .int(project)
                .text(&name);
            rows.text(if dice.chance(300) {
                "Data owner"
            } else {
                "Data scientist"
            });
            rows.yes(!failed).moment(calendar, at);
            rows.maybe(failed.then_some("errorCode 160002: user was not found"));
            rows.moment(calendar, at).moment(calendar, at).end();
        }
    }
}

fn features_and_models(
    tables: &mut Tables,
    sample: &Sample,
    account: &Account,
    people: &[Person],
    cluster: Option<usize>,
    dice: &mut Dice,
) {
    let calendar = &sample.calendar;
    let Some(cluster) = cluster else { return };
    for person in people
        .iter()
        .filter(|person| person.keeps_data && person.seated)
    {
        let (groups, models) = match account.pace {
            Pace::Idle => (dice.below(2), 0),
            Pace::Quiet => (dice.between(1, 3), dice.below(2)),
            Pace::Steady => (dice.between(2, 6), dice.below(3)),
            Pace::Heavy => (dice.between(3, 8), dice.between(1, 3)),
        };
        let since = person.joined.day.unsigned_abs();
        for number in 0..groups {
            let begun = person.joined.plus(3_000).max(Moment::at(
                -i32::try_from(dice.between(1, since)).unwrap_or(1),
                50_000,
            ));
            let gone = dice
                .chance(80)
                .then_some(Moment::at(begun.day / 2, 60_000))
                .filter(|gone| gone.day < 0 && *gone > begun);
            let rows = &mut tables.feature_groups;
            rows.uuid(&dice.uuid())
                .text(&person.id)
                .text(GROUPS[number as usize % GROUPS.len()]);
            rows.int(dice.between(1, 3)).moment(calendar, begun);
            rows.moment(calendar, gone.unwrap_or(begun))
                .maybe_moment(calendar, gone)
                .end();
        }
        for number in 0..models {
            let begun = person.joined.plus(9_000).max(Moment::at(
                -i32::try_from(dice.between(1, since)).unwrap_or(1),
                55_000,
            ));
            let name = MODELS[(person.number + number) as usize % MODELS.len()];
            let status =
                *dice.pick(&["Running", "Running", "Running", "Idle", "Stopped", "Failed"]);
            let rows = &mut tables.model_deployments;
            rows.uuid(&dice.uuid()).text(&person.id).text(name);
            rows.text(&format!("{}/v1/models/{name}:predict", url(cluster)))
                .text(status);
            rows.moment(calendar, begun)
                .moment(calendar, begun)
                .null()
                .end();
        }
    }
}

fn health_checks(
    tables: &mut Tables,
    sample: &Sample,
    account: &Account,
    people: &[Person],
    dice: &mut Dice,
) {
    let calendar = &sample.calendar;
    let mut write = |dice: &mut Dice,
                     person: &Person,
                     check: &str,
                     message: &str,
                     found: Moment,
                     fixed: Option<&str>| {
        let rows = &mut tables.health_check_failures;
        rows.uuid(&dice.uuid())
            .text(&person.id)
            .text(&person.email)
            .text(check)
            .text(message);
        rows.moment(calendar, found);
        rows.maybe_moment(calendar, fixed.map(|_| found.plus(7_200)))
            .maybe(fixed);
        rows.text(match check {
            "hopsworks_user" => {
                "{\"endpoint\": \"/admin/users\", \"errorCode\": 160002, \"attempts\": 3}"
            }
            "stripe_payment" => "{\"decline_code\": \"insufficient_funds\", \"attempt_count\": 2}",
            _ => "{}",
        })
        .end();
    };
    let last_night = Moment::at(-1, 10_800);
    for person in people {
        if person.status != UserStatus::Active || person.joined >= last_night {
            continue;
        }
        if person.last_login.is_some() && account.plan != Plan::Unset && !person.seated {
            write(
                dice,
                person,
                "cluster_assignment",
                "Active user without a cluster",
                last_night,
                None,
            );
        } else if person.seated && person.hopsworks.is_none() {
            write(
                dice,
                person,
                "hopsworks_user",
                "errorCode 160002: user was not found",
                last_night,
                None,
            );
        } else if person.joined.day < -60 && dice.chance(40) {
            let found = Moment::at(-i32::try_from(dice.between(5, 55)).unwrap_or(5), 10_800);
            let note = "Created by the nightly repair";
            write(
                dice,
                person,
                "hopsworks_user",
                "User was missing in Hopsworks",
                found,
                Some(note),
            );
        }
    }
    if account.part == Part::FailedPayment {
        let found = Moment::at(-2, 10_800);
        write(
            dice,
            &people[0],
            "stripe_payment",
            "Card was declined: insufficient_funds",
            found,
            None,
        );
    }
}

/// Written when all seats are given out.
pub(super) fn clusters(tables: &mut Tables, sample: &Sample, seats: &Seats) {
    let calendar = &sample.calendar;
    for (index, cluster) in CLUSTERS.iter().enumerate() {
        let begun = Moment::at(-sample.age, 36_000 + u32::try_from(index).unwrap_or(0));
        let rows = &mut tables.hopsworks_clusters;
        rows.uuid(&clusters::id(index))
            .text(cluster.name)
            .text(&url(index))
            .text(cluster.region);
        rows.int(seats.limit(index))
            .int(seats.taken[index] + cluster.drift)
            .text(cluster.status);
        rows.text(&format!(
            "{{\"nodes\": {}, \"gpu\": \"nvidia.com/gpu\"}}",
            3 + seats.taken[index] / 12
        ));
        rows.moment(calendar, begun)
            .moment(calendar, Moment::midnight(0))
            .end();
    }
}

fn url(cluster: usize) -> String {
    format!("https://{}.hopsworks.example", CLUSTERS[cluster].name)
}

/// A short name that no other account has.
fn slug(account: &Account, owner: &Person) -> String {
    match &account.company {
        Some(company) => company.slug.clone(),
        None => format!(
            "{}-{}",
            owner
                .email
                .split(['.', '@'])
                .next()
                .unwrap_or("user")
                .to_ascii_lowercase(),
            owner.number
        ),
    }
}
