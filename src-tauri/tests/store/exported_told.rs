//! Files of lists that no one statement gives: the schema, what needs attention, alerts; and of the Overview's clusters
//! and what the billing history says of an invoice.

use std::sync::Arc;

use hopsdesk::domain::clock::FixedClock;
use hopsdesk::domain::lacks::Lacks;
use hopsdesk::usecases::desk::Desk;
use hopsdesk::usecases::exported::Listing;
use hopsdesk::usecases::exported::overview::OverviewClusters;
use hopsdesk::usecases::exported::twins::InvoiceTwins;
use hopsdesk::usecases::propose_indexes::propose_indexes;
use hopsdesk::usecases::show_overview::show_attention;
use hopsdesk::usecases::show_schema::{show_rollups, show_tables};
use hopsdesk::usecases::watch_alerts::show_alerts;
use hopsdesk::wire::told::{self, TablesShown};
use rust_decimal::Decimal;
use time::OffsetDateTime;
use time::macros::datetime;

use super::exports::{count_at, csv_of, read_csv, said};
use crate::support::database::{Kind, TestDatabase};

const NOW: OffsetDateTime = datetime!(2026-11-20 12:00 UTC);

type Read = (Vec<Vec<String>>, Vec<(String, String)>);

fn desk(database: &TestDatabase) -> Desk {
    Desk::new(
        database.store(),
        Lacks::default(),
        Arc::new(FixedClock(NOW)),
    )
}

async fn exported(desk: &Desk, listing: Listing) -> Read {
    let read = read_csv(&csv_of(desk, &listing).await);
    assert_eq!(said(&read.1, "Rows"), read.0.len().to_string());
    read
}

fn number(text: &str) -> Decimal {
    text.parse().expect("a number")
}

#[tokio::test]
async fn tables_are_saved_with_their_standing_their_notes_and_their_columns() {
    let database = TestDatabase::new(Kind::G1).await;
    database.psql("create table public.of_theirs (id int, what text)");
    let desk = desk(&database);
    let tables = show_tables(&desk).await.expect("tables");
    let of = |shown| Listing::Told(told::tables(tables.clone(), shown));

    let (all, about) = exported(&desk, of(TablesShown::All)).await;
    assert_eq!(all.len(), tables.len());
    assert_eq!(said(&about, "Filter"), "none: every row");
    assert!(said(&about, "Checked").contains("compared with those that were read"));
    let bytes: i64 = tables.iter().filter_map(|table| table.bytes).sum();
    assert_eq!(
        number(said(&about, "Total Size with indexes (bytes)")),
        bytes.into()
    );
    let row = |name: &str| {
        let found = all.iter().find(|row| row[0] == name);
        found.unwrap_or_else(|| panic!("{name}: {all:?}"))
    };
    assert!(
        row("users")[8].contains("email from "),
        "{:?}",
        row("users")
    );
    let theirs = row("of_theirs");
    assert_eq!(
        (&*theirs[1], &*theirs[2], &*theirs[10]),
        ("table", "unknown", "id integer; what text")
    );
    let missing = all.iter().find(|row| row[2] == "missing");
    let missing = missing.expect("the first generation lacks some");
    assert_eq!((&*missing[1], &*missing[6]), ("", ""), "no invented zero");
    assert!(missing[3].ends_with('.'), "{missing:?}");

    let (few, about) = exported(&desk, of(TablesShown::Attention)).await;
    assert_eq!(said(&about, "Filter"), "Standing: different or missing");
    let wanted = |row: &&Vec<String>| row[2] == "different" || row[2] == "missing";
    assert_eq!(few, all.iter().filter(wanted).cloned().collect::<Vec<_>>());
    let (read, _) = exported(&desk, of(TablesShown::Read)).await;
    let (theirs, _) = exported(&desk, of(TablesShown::Theirs)).await;
    let missing = all.iter().filter(|row| row[2] == "missing").count();
    assert_eq!(read.len() + theirs.len() + missing, all.len(), "each once");
}

#[tokio::test]
async fn indexes_and_sums_are_saved_as_they_stand() {
    let database = TestDatabase::new(Kind::G1).await;
    let desk = desk(&database);
    let (proposals, builds) = propose_indexes(&desk).await.expect("proposals");
    let of = |everything| Listing::Told(told::indexes(proposals.clone(), &builds, everything));
    let (all, about) = exported(&desk, of(true)).await;
    assert_eq!(all.len(), proposals.len());
    assert_eq!(said(&about, "Filter"), "none: every row");
    let there = all.iter().find(|row| row[0] == "hopsdesk_users_id_idx");
    let there = there.expect("the index of ids");
    assert_eq!((&*there[3], &*there[4]), ("there", "users_pkey"));
    let (proposed, about) = exported(&desk, of(false)).await;
    assert_eq!(said(&about, "Filter"), "Those that are proposed");
    let wanted = |row: &&Vec<String>| row[3] == "missing" && row[6] == "yes";
    assert_eq!(
        proposed,
        all.iter().filter(wanted).cloned().collect::<Vec<_>>()
    );
    assert!(proposed.iter().all(|row| row[9].contains("concurrently")));

    count_at(&desk, NOW).await;
    let states = show_rollups(&desk).await.expect("sums");
    let (sums, _) = exported(&desk, Listing::Told(told::rollups(states))).await;
    let recorded = database.psql("select rollup from console.rollup_state order by rollup");
    let names: Vec<_> = sums.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(names.join("\n"), recorded);
    assert!(sums.iter().any(|row| row[1] == "2026-11-20T12:00:00Z"));
}

const CLUSTERS: &str = "
insert into public.hopsworks_clusters (id, name, api_url, max_users, current_users, region) values
  ('00000000-0000-4000-8000-0000000000c1', 'eu-1', 'https://eu.example.com', 10, 3, 'eu-north-1'),
  ('00000000-0000-4000-8000-0000000000c2', 'us-1', 'https://us.example.com', 4, 4, 'us-east-1');
insert into public.users (id, email, created_at)
select 'auth0|' || n, 'p' || n || '@example.com', '2026-01-01Z' from generate_series(1, 6) n;
insert into public.user_hopsworks_assignments (user_id, hopsworks_cluster_id)
select id, ('00000000-0000-4000-8000-0000000000c' || case when id > 'auth0|2' then 2 else 1 end)::uuid from public.users;
";

#[tokio::test]
async fn the_overviews_lists_are_saved_and_seats_nobody_counted_are_left_empty() {
    let database = TestDatabase::new(Kind::Managed).await;
    database.psql(CLUSTERS);
    let desk = desk(&database);
    let clusters = || Listing::OverviewClusters(OverviewClusters);
    let (before, _) = exported(&desk, clusters()).await;
    let seats: Vec<_> = before.iter().map(|row| (&*row[5], &*row[6])).collect();
    assert_eq!(seats, [("", ""), ("", "")], "not counted yet");
    count_at(&desk, NOW).await;
    let (rows, about) = exported(&desk, clusters()).await;
    assert_eq!(said(&about, "Order"), "the fullest first");
    let of = |row: &[String]| row[1..8].join(",");
    assert_eq!(of(&rows[0]), "us-1,us-east-1,active,4,4,100,4");
    assert_eq!(of(&rows[1]), "eu-1,eu-north-1,active,10,2,20,3");

    let lines = show_attention(&desk).await.expect("lines").what;
    let (told, about) = exported(&desk, Listing::Told(told::attention(&lines, NOW))).await;
    assert_eq!(told.len(), lines.len());
    assert_eq!(said(&about, "Order"), "the gravest first");
    let full = told.iter().find(|row| row[0].starts_with("us-1 is full"));
    assert_eq!(
        full.expect("a full cluster")[1..],
        ["serious", "Cluster", "00000000-0000-4000-8000-0000000000c2"]
    );
}

#[tokio::test]
async fn what_the_billing_history_says_of_an_invoice_adds_up_in_each_currency() {
    let database = TestDatabase::new(Kind::Managed).await;
    database.psql(
        "insert into public.users (id, email, created_at) values ('auth0|1', 'one@example.com', '2026-01-01Z');
         insert into public.invoices (id, user_id, invoice_number, amount, currency, status, created_at) values
           ('00000000-0000-4000-8000-000000000001', 'auth0|1', 'A-1', 30, 'usd', 'open', '2026-02-01Z'),
           ('00000000-0000-4000-8000-000000000002', 'auth0|1', 'A-2', 5, 'usd', 'open', '2026-02-01Z');
         alter table public.billing_history drop constraint billing_history_invoice_id_key;
         insert into public.billing_history (user_id, invoice_id, amount, currency, status, paid_at, created_at) values
           ('auth0|1', 'A-1', 10, 'usd', 'pending', null, '2026-02-02Z'), ('auth0|1', 'A-1', 20.5, 'usd', 'paid', '2026-02-05Z', '2026-02-03Z'),
           ('auth0|1', 'A-1', 7, 'eur', 'paid', '2026-02-05Z', '2026-02-04Z'), ('auth0|1', 'B-1', 99, 'usd', 'paid', '2026-02-05Z', '2026-02-04Z')",
    );
    let desk = desk(&database);
    let of = |id: &str| Listing::InvoiceTwins(InvoiceTwins::new(&desk, id.to_owned()));
    let (rows, about) = exported(&desk, of("00000000-0000-4000-8000-000000000001")).await;
    let said_of = |row: &Vec<String>| [row[2].clone(), row[3].clone(), row[4].clone()].join(" ");
    assert_eq!(
        rows.iter().map(said_of).collect::<Vec<_>>(),
        ["pending 10 USD", "paid 20.5 USD", "paid 7 EUR"]
    );
    assert_eq!(number(said(&about, "Total Amount (USD)")), number("30.5"));
    assert_eq!(number(said(&about, "Total Amount (EUR)")), number("7"));
    assert_eq!(
        said(&about, "Filter"),
        "Invoice: 00000000-0000-4000-8000-000000000001"
    );
    let (none, _) = exported(&desk, of("00000000-0000-4000-8000-000000000002")).await;
    assert!(none.is_empty());
}

#[tokio::test]
async fn alerts_are_saved_with_who_sees_to_them() {
    let database = TestDatabase::new(Kind::Managed).await;
    database.psql(
        "insert into console.alerts (kind, subject, severity, since, facts, opened_at, held_at, resolved_at) values
           ('events_dead', 'stripe', 'bad', '2026-11-20 08:00Z', '{\"count\": 3}', '2026-11-20 09:00Z', '2026-11-20 09:00Z', null),
           ('events_dead', 'auth0', 'bad', '2026-11-17 08:00Z', '{\"count\": 1}', '2026-11-17 09:00Z', '2026-11-17 09:00Z', '2026-11-18 09:00Z'),
           ('events_dead', 'auth0', 'bad', '2026-10-17 08:00Z', '{\"count\": 1}', '2026-10-17 09:00Z', '2026-10-17 09:00Z', '2026-10-18 09:00Z')",
    );
    let desk = desk(&database);
    let seen = show_alerts(&desk).await.expect("alerts");
    let (rows, about) = exported(&desk, Listing::Told(told::alerts(seen))).await;
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert!(said(&about, "Filter").contains("within a week"));
    assert_eq!(
        rows[0][2..6],
        [
            "serious",
            "2026-11-20T08:00:00Z",
            "2026-11-20T09:00:00Z",
            ""
        ]
    );
    assert_eq!(rows[1][5], "2026-11-18T09:00:00Z");
}
