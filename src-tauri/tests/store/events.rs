//! What came in and what goes out: listed as plain SQL lists it, read by whom it is for, applied again, put aside.

use std::io::Cursor;
use std::sync::Arc;

use hopsdesk::domain::clock::FixedClock;
use hopsdesk::domain::events::{EventId, EventSource, EventsFilter, Payload, Way, Which};
use hopsdesk::domain::finding::vocabulary::List;
use hopsdesk::domain::lacks::Lacks;
use hopsdesk::domain::slice::Part;
use hopsdesk::reports::Format;
use hopsdesk::store::door::Store;
use hopsdesk::store::failure::StoreError;
use hopsdesk::usecases::browse_events::{
    browse_events, dismiss_event, event_sources, replay_events, show_event,
};
use hopsdesk::usecases::desk::Desk;
use hopsdesk::usecases::export_list::{Origin, Progress, export_list};
use hopsdesk::usecases::exported::Listing;
use hopsdesk::usecases::failure::DeskError;
use hopsdesk::wire::cursor;
use time::OffsetDateTime;
use time::macros::datetime;

use super::acting::{desk_of, elevate, service};
use super::exports::{read_csv, said};
use crate::support::database::{Kind, TestDatabase};

const NOW: OffsetDateTime = datetime!(2026-11-20 12:00 UTC);

/// Some of everything, with ties, and the first of each queue under the same number and moment.
const TRAFFIC: &str = "
insert into console.inbox (provider, event_id, received_at, next_attempt_at, kind, subject, state, done_at, body, attempts, last_error, livemode, origin)
select p.provider, 'evt_' || n, timestamptz '2026-11-20 11:00Z' - (n / 3) * interval '9 hours', timestamptz '2026-11-20 11:00Z',
       case when n % 4 <> 0 then p.kinds[1 + n % 3] end, case when n % 5 <> 0 then 'cus_' || n % 7 end, s.state,
       case s.state when 'done' then timestamptz '2026-11-20 11:30Z' end, convert_to('{\"n\": ' || n || '}', 'UTF8'), n % 5,
       case when n % 6 = 0 then 'the database did not answer 100%' end, p.provider = 'stripe' and n % 2 = 0, case when n % 9 = 0 then 'read_back' else 'sent' end
from generate_series(1, 40) n
cross join lateral (select case when n % 3 = 0 then 'auth0' else 'stripe' end as provider, array['invoice.paid', 'customer.updated', 'registration'] as kinds) p
cross join lateral (select (array['done', 'done', 'dead', 'conflict', 'pending'])[1 + n % 5] as state) s;
select console.audit_write('system', 'a_test', 'effect', null, '{}');
insert into console.outbox (system, kind, effect, subject, payload, audit_id, idempotency_key, state, attempts, created_at, last_error)
select (array['hopsworks', 'auth0', 'stripe', 'supabase_auth'])[1 + n % 4], (array['set_status', 'ensure_user'])[1 + n % 2], 'hopsworks_status',
       (array['auth0|ana', 'auth0|amy', 'gone'])[1 + n % 3], '{\"status\": 3, \"password\": \"hunter2\"}', (select max(id) from console.audit), 'key-' || n,
       (array['pending', 'done', 'dead', 'shadow', 'cancelled'])[1 + n % 5], n % 4, timestamptz '2026-11-20 11:00Z' - (n / 3) * interval '9 hours',
       case when n % 5 = 2 then 'no such user' end
from generate_series(1, 25) n;
";

/// The list in plain SQL.
const PLAIN: &str = "
select 'in-' || id as id, 'in' as way, id as number, received_at as at, provider as system, kind, subject, state, attempts, last_error, event_id as reference from console.inbox
union all select 'out-' || id, 'out', id, created_at, system, kind, subject, state, attempts, last_error, idempotency_key from console.outbox";

/// A text, and of the rows of the list those that it should leave.
const CASES: &[(&str, &str)] = &[
    ("", "true"),
    ("state:dead", "state = 'dead'"),
    ("status:conflict,dead", "state in ('conflict', 'dead')"),
    ("-state:done", "state <> 'done'"),
    ("way:out", "way = 'out'"),
    ("queue:in", "way = 'in'"),
    ("system:stripe", "system = 'stripe'"),
    (
        "provider:auth0,hopsworks",
        "system in ('auth0', 'hopsworks')",
    ),
    ("-from:stripe", "system <> 'stripe'"),
    ("kind:invoice", "kind like '%invoice%'"),
    ("type:SET_", "kind like '%set\\_%'"),
    ("about:cus_3", "subject like '%cus\\_3%'"),
    ("of:ana", "subject like '%ana%'"),
    ("subject:gone", "subject = 'gone'"),
    ("came<1d", "at >= '2026-11-19 12:00Z'"),
    (
        "received:2026-11-18",
        "at >= '2026-11-18Z' and at < '2026-11-19Z'",
    ),
    ("at<2026-11-18", "at < '2026-11-18Z'"),
    ("attempts>2", "attempts > 2"),
    ("tries:0", "attempts = 0"),
    ("did not answer", "last_error like '%did not answer%'"),
    ("100%", "last_error like '%100\\%%'"),
    ("evt_7", "reference = 'evt_7'"),
    ("key-7", "reference = 'key-7'"),
    ("updated", "kind like '%updated%'"),
    (
        "way:in state:dead attempts>1 invoice",
        "way = 'in' and state = 'dead' and attempts > 1 and kind like '%invoice%'",
    ),
];

fn desk(store: Store) -> Desk {
    Desk::new(store, Lacks::default(), Arc::new(FixedClock(NOW)))
}

async fn traffic() -> TestDatabase {
    let database = service().await;
    database.psql(TRAFFIC);
    database
}

fn typed(text: &str) -> EventsFilter {
    EventsFilter {
        text: Some(text.to_owned()),
        ..EventsFilter::default()
    }
}

/// All pages, a few rows each, the end of each crossing to the window and back.
async fn pages(desk: &Desk, filter: &EventsFilter) -> Vec<String> {
    let (mut ids, mut after) = (Vec::new(), None);
    loop {
        let part = Part { after, limit: 4 };
        let page = browse_events(desk, filter.clone(), &part)
            .await
            .expect("a page");
        ids.extend(page.rows.iter().map(|row| row.id.to_string()));
        let Some(next) = page.next else { return ids };
        after = cursor::decode(&cursor::encode(&next));
        assert!(after.is_some() && ids.len() < 200, "paging comes to an end");
    }
}

#[tokio::test]
async fn every_operator_leaves_what_plain_sql_leaves_on_the_page_and_in_the_file() {
    let database = traffic().await;
    let desk = desk(desk_of(&database, "aud"));
    for operator in List::Events.operators() {
        let names = |text: &str| {
            let name = text.split([':', '<', '>']).next().unwrap_or_default();
            let name = name.trim_start_matches('-');
            name == operator.name || operator.also.contains(&name)
        };
        let tried = CASES
            .iter()
            .flat_map(|(text, _)| text.split(' '))
            .any(names);
        assert!(tried, "no case tries {}", operator.name);
    }
    for (text, condition) in CASES {
        let expected = database.psql(&format!(
            "select id from ({PLAIN}) as t where {condition} order by at desc, number desc, way desc"
        ));
        let expected: Vec<&str> = expected.lines().collect();
        assert!(
            !expected.is_empty() && (text.is_empty() || expected.len() < 65),
            "{text} tells some apart"
        );
        assert_eq!(pages(&desk, &typed(text)).await, expected, "{text}");

        let listing = Listing::Events(typed(text)).whole().expect("a list");
        let listing = listing.understood(&desk).await.expect("understood");
        let (sink, progress) = (Cursor::new(Vec::new()), Progress::default());
        let file = export_list(
            &desk,
            &listing,
            Format::Csv,
            &Origin::default(),
            sink,
            &progress,
        )
        .await
        .expect("a file")
        .into_inner();
        let (rows, about) = read_csv(&file);
        let listed: Vec<String> = rows.into_iter().map(|row| row[0].clone()).collect();
        assert_eq!(listed, expected, "{text}, in the file");
        assert_eq!(said(&about, "Rows"), expected.len().to_string(), "{text}");
    }
}

#[tokio::test]
async fn what_is_not_understood_is_said_and_nothing_is_listed() {
    let database = traffic().await;
    let desk = desk(desk_of(&database, "aud"));
    let part = Part {
        after: None,
        limit: 10,
    };
    for (text, words) in [
        ("state:gone", "state: takes dead, conflict"),
        ("members>3", "is no filter of events, but of teams"),
        ("way:in way:out", "way"),
    ] {
        match browse_events(&desk, typed(text), &part).await {
            Err(DeskError::Invalid { problem, .. }) => {
                assert!(problem.contains(words), "{problem}");
            }
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn what_an_event_says_is_shown_to_support_alone_and_without_secrets() {
    let database = traffic().await;
    let number = |sql: &str| database.psql(sql).parse::<i64>().expect("a number");
    let event = EventId {
        way: Way::In,
        number: number("select id from console.inbox where event_id = 'evt_7'"),
    };
    let effect = EventId {
        way: Way::Out,
        number: number("select id from console.outbox where idempotency_key = 'key-7'"),
    };
    let support = desk(desk_of(&database, "sue"));
    let said = show_event(&support, event).await.expect("an event");
    let Payload::Shown { body, .. } = said.payload else {
        panic!("support reads it");
    };
    assert_eq!(body.expect("JSON").to_string(), r#"{"n":7}"#);
    let said = show_event(&support, effect).await.expect("an effect");
    assert_eq!(said.event.person.as_deref(), Some("Amy"));
    let Payload::Shown { body, headers } = said.payload else {
        panic!("support reads it");
    };
    assert_eq!(
        (body.expect("JSON").to_string().as_str(), headers),
        (r#"{"password":"masked","status":3}"#, None)
    );
    for login in ["fin", "aud"] {
        for id in [event, effect] {
            let said = show_event(&desk(desk_of(&database, login)), id)
                .await
                .expect("an event");
            assert_eq!(said.payload, Payload::Withheld, "{login}");
        }
    }
    let none = EventId {
        number: 999_999,
        ..event
    };
    assert!(matches!(
        show_event(&support, none).await,
        Err(DeskError::NotFound { .. })
    ));
}

#[tokio::test]
async fn a_selection_is_tried_dry_then_done_again_and_what_is_left_out_says_why() {
    let database = traffic().await;
    let ids: Vec<EventId> = database
        .psql(&format!(
            "select id from ({PLAIN}) as t where state in ('dead', 'pending')"
        ))
        .lines()
        .map(|id| id.parse().expect("an id"))
        .collect();
    let store = desk_of(&database, "fin");
    let which = Which::These(ids);
    let waits = "select count(*) from console.traffic where state = 'pending' and attempts = 0";
    let before = database.psql(waits);
    let dry = replay_events(&store, &which, None, true)
        .await
        .expect("counted");
    assert!(dry.events > 0 && dry.effects > 0, "{dry:?}");
    assert!(
        dry.left_out.iter().all(|(_, why)| why.ends_with('.')),
        "{dry:?}"
    );
    assert_eq!(database.psql(waits), before, "nothing was changed");

    let refused = replay_events(&store, &which, Some("they are mended"), false).await;
    assert!(
        matches!(refused, Err(StoreError::Declined { ref code, .. }) if code == "HD002"),
        "{refused:?}"
    );
    elevate(&store).await;
    let done = replay_events(&store, &which, Some("they are mended"), false)
        .await
        .expect("done");
    assert_eq!((done.events, done.effects), (dry.events, dry.effects));
    let of_trail = database.psql(
        "select count(*) from console.audit where action in ('replay_events', 'requeue_outbox')",
    );
    assert_eq!(of_trail, (1 + done.effects).to_string(), "on record");
    let again = replay_events(&store, &which, None, true)
        .await
        .expect("counted");
    assert_eq!(
        (again.events, again.effects),
        (0, 0),
        "all of them wait now"
    );
}

#[tokio::test]
async fn a_conflict_names_both_accounts_and_is_put_aside_once() {
    let database = service().await;
    database.psql(
        "insert into console.inbox (provider, event_id, received_at, next_attempt_at, kind, subject, state, body, outcome)
         values ('auth0', 'r1', '2026-11-20', '2026-11-20', 'registration', 'auth0|new', 'conflict', '{}',
                 '{\"conflict\": \"email_taken\", \"user_id\": \"auth0|new\", \"holder_id\": \"auth0|ana\"}')",
    );
    let id: EventId = database
        .psql("select 'in-' || id from console.inbox")
        .parse()
        .expect("an id");
    let desk = desk(desk_of(&database, "sue"));
    let detail = show_event(&desk, id).await.expect("an event");
    assert_eq!(detail.email_taken(), Some(("auth0|new", "auth0|ana")));
    elevate(&desk.store).await;
    dismiss_event(&desk, id, "the same person twice")
        .await
        .expect("put aside");
    let detail = show_event(&desk, id).await.expect("an event");
    assert_eq!(
        detail.email_taken(),
        None,
        "nothing is to be decided any more"
    );
    let again = dismiss_event(&desk, id, "the same person twice").await;
    assert!(again.is_err(), "once: {again:?}");
}

#[tokio::test]
async fn where_events_come_from_is_told_with_how_far_each_is_read_back() {
    let database = TestDatabase::new(Kind::Managed).await;
    let desk = desk(database.store());
    let sources = event_sources(&desk).await.expect("sources");
    let said = |sources: &[EventSource]| {
        let said = sources.iter().map(|one| {
            let back = one.read_back.as_ref();
            format!(
                "{} {} {:?}",
                one.system.word(),
                one.hearing.word(),
                back.map(|back| (
                    back.filled_in,
                    back.failing.as_ref().map(|(_, why)| why.clone())
                ))
            )
        });
        said.collect::<Vec<_>>()
    };
    assert_eq!(
        said(&sources),
        ["auth0 never None", "stripe never None"],
        "nothing is made up"
    );
    database.psql(
        "insert into console.heard (provider, first_at, last_at, counted_until) values ('stripe', '2026-11-11 12:00Z', '2026-11-20 11:00Z', '2026-11-20 12:00Z');
         insert into console.read_backs (source, next_at, covered_until, filled_in, last_error, failing_since)
         values ('stripe_events', now(), now(), 3, 'Stripe does not answer.', now() - interval '1 hour')",
    );
    let sources = event_sources(&desk).await.expect("sources");
    assert_eq!(
        said(&sources),
        [
            "auth0 never None",
            "stripe learning Some((3, Some(\"Stripe does not answer.\")))"
        ]
    );
    assert!(sources[1].last_at.is_some() && sources[1].usual_seconds.is_none());
    let waits = |sources: &[EventSource]| sources[1].read_back.as_ref().map(|back| back.waits);
    assert_eq!(waits(&sources), Some(false));
    database.psql("update console.read_backs set cursor = '{\"waits_for\": \"first_event\"}'");
    let sources = event_sources(&desk).await.expect("sources");
    assert_eq!(waits(&sources), Some(true), "until something came");
}
