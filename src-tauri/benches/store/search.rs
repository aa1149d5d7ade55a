//! Search as one types, against the same question where Postgres may use no index.

use std::time::Duration;

use hopsdesk::domain::finding::pasted::recognise;
use hopsdesk::store::door::{Reading, Statement};
use hopsdesk::store::finding::{self, Limits};
use hopsdesk::usecases::search_everything::{MOST_OTHERS, MOST_USERS, search_everything};
use time::OffsetDateTime;

use crate::Measured;
use crate::store::service::{Service, answered};
use crate::store::table::{Bar, Table};
use crate::store::timing::{Timing, stopwatch, timed};

/// The same people in every run, whatever order the table is in.
const PEOPLE: Statement = Statement {
    name: "people",
    sql: "select u.id, u.name, u.email, u.stripe_customer_id, u.hopsworks_username \
          from console.users u where u.name is not null order by pg_catalog.md5(u.id) limit 60",
};

/// Until the transaction ends, tables are read from one end to the other.
const NO_INDEXES: Statement = Statement {
    name: "no indexes",
    sql: "select pg_catalog.set_config('enable_indexscan', 'off', true), \
                 pg_catalog.set_config('enable_indexonlyscan', 'off', true), \
                 pg_catalog.set_config('enable_bitmapscan', 'off', true)",
};

/// The plans a session keeps were made with indexes, or must not stay without.
const FORGET_PLANS: Statement = Statement {
    name: "forget plans",
    sql: "discard plans",
};

/// Fragments nobody's name or e-mail has.
const ABSENT: [&str; 6] = ["zqx", "qqq", "xkcdq", "zz-zz-9", "wqvjx", "nobody@nowhere"];

type PersonRow = (String, String, String, Option<String>, Option<String>);

/// A kind of text that people type.
struct Kind {
    what: &'static str,
    texts: Vec<String>,
    /// Somebody must be found.
    found: bool,
}

pub(crate) async fn measure(service: &Service, table: &mut Table) -> Measured<()> {
    let mut reading = service.read().await?;
    let people: Vec<PersonRow> = reading.all(PEOPLE.rows()).await?;
    reading.end().await?;

    let mut all: Vec<(Timing, Timing)> = Vec::new();
    for kind in kinds(&people) {
        let Kind { what, texts, found } = &kind;
        let count = texts.len();
        let store = timed(service.runs.at_least(count), count, async |run| {
            let question = search_everything(&service.desk, &texts[run % count]);
            answered(question, |answer| !found || !answer.found.is_empty())
                .await
                .map_err(|error| format!("searching {:?}: {error}", texts[run % count]).into())
        })
        .await?;
        let scan = timed(service.runs.of_reference(), 1, async |run| {
            let text = texts[run % count].as_str();
            scan(service.read().await?, service.desk.now(), text, *found).await
        })
        .await?;
        let what = format!("search: {what}");
        table.compared(&what, &store, ("plain scan", &scan), Bar::AtLeastTimes(50));
        all.push((store, scan));
    }
    let store = Timing::together(all.iter().map(|(store, _)| store))?;
    let scan = Timing::together(all.iter().map(|(_, scan)| scan))?;
    let everything = "search: all of these";
    table.alone(everything, &store, Bar::P95(Duration::from_millis(20)));
    table.compared(
        everything,
        &store,
        ("plain scan", &scan),
        Bar::AtLeastTimes(50),
    );
    Ok(())
}

/// The product's own statement in a transaction without indexes; only the question is timed.
async fn scan(
    mut reading: Reading,
    now: OffsetDateTime,
    text: &str,
    found: bool,
) -> Measured<Duration> {
    let _: (String, String, String) = reading.one(NO_INDEXES.rows()).await?;
    let _: Option<(i32,)> = reading.optional(FORGET_PLANS.rows()).await?;
    let begun = stopwatch();
    let limits = Limits {
        users: MOST_USERS + 1,
        others: MOST_OTHERS,
    };
    // As the product does: a pasted id is asked for by what it is.
    let ids = recognise(text);
    let mut hits = if ids.is_empty() {
        Vec::new()
    } else {
        finding::named(&mut reading, &ids, now).await?
    };
    if hits.is_empty() {
        hits = finding::search(&mut reading, text, limits, now).await?;
    }
    let taken = begun.elapsed();
    let _: Option<(i32,)> = reading.optional(FORGET_PLANS.rows()).await?;
    reading.end().await?;
    if found && hits.is_empty() {
        return Err(format!("the plain scan does not find {text}").into());
    }
    Ok(taken)
}

fn kinds(people: &[PersonRow]) -> Vec<Kind> {
    let fragments = |length: usize| -> Vec<String> {
        let cut = |(place, person): (usize, &PersonRow)| {
            let whole = if place % 2 == 0 { &person.1 } else { &person.2 };
            fragment(whole, length + place % 2, place)
        };
        people.iter().enumerate().filter_map(cut).collect()
    };
    let ids = people.iter().enumerate().filter_map(|(place, person)| {
        let (id, _, email, customer, hopsworks) = person;
        match place % 4 {
            0 => Some(id.clone()),
            1 => Some(email.clone()),
            2 => customer.clone(),
            _ => hopsworks.clone(),
        }
    });
    let beginnings = people
        .iter()
        .map(|person| person.1.chars().take(2).collect::<String>().to_lowercase());
    let found = |what, texts| Kind {
        what,
        texts,
        found: true,
    };
    vec![
        found("2-letter beginnings", beginnings.collect()),
        found("fragments of 3 and 4 characters", fragments(3)),
        found("fragments of 5 and 6 characters", fragments(5)),
        found("fragments of 7 and 8 characters", fragments(7)),
        found("ids and whole e-mails", ids.collect()),
        Kind {
            what: "fragments nobody has",
            texts: ABSENT.map(str::to_owned).to_vec(),
            found: false,
        },
    ]
}

/// Characters from somewhere inside that can be looked for: without a blank at either end, since the box
/// trims, and with three letters or digits in a row, since anything less is taken for a beginning only.
fn fragment(whole: &str, length: usize, place: usize) -> Option<String> {
    let letters: Vec<char> = whole.to_lowercase().chars().collect();
    let room = letters.len().checked_sub(length)?;
    let start = place * 7 % (room + 1);
    let cut: String = letters[start..start + length].iter().collect();
    let has_run = cut
        .split(|letter: char| !letter.is_alphanumeric())
        .any(|run| run.chars().count() >= 3);
    (has_run && cut.trim().chars().count() == length).then_some(cut)
}
