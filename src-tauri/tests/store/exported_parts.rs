//! Files of what a page narrows or cuts short: a timeline of one kind of thing, findings beyond the first of each kind;
//! and that files say it in the words of the page.

use std::io::Cursor;
use std::sync::Arc;

use hopsdesk::domain::changes::ChangeTopic;
use hopsdesk::domain::clock::FixedClock;
use hopsdesk::domain::clusters::{SeatedQuery, SeatedSort};
use hopsdesk::domain::fiscal::FiscalZone;
use hopsdesk::domain::ids::{ClusterId, UserId};
use hopsdesk::domain::invoices::{FiscalMonth, InvoicesFilter, InvoicesQuery, InvoicesSort};
use hopsdesk::domain::lacks::Lacks;
use hopsdesk::reports::Format;
use hopsdesk::usecases::desk::Desk;
use hopsdesk::usecases::export_list::{Origin, Progress, export_list};
use hopsdesk::usecases::exported::Listing;
use hopsdesk::usecases::exported::findings::ClusterFindings;
use hopsdesk::usecases::exported::invoices::FiscalInvoices;
use hopsdesk::usecases::exported::user_lists::{UserList, UserListQuery};
use time::macros::datetime;

use super::exports::{read_csv, said};
use crate::support::database::{Kind, TestDatabase};

const CLUSTER: &str = "00000000-0000-4000-8000-0000000000c1";

type Read = (Vec<Vec<String>>, Vec<(String, String)>);

fn desk(database: &TestDatabase) -> Desk {
    let clock = FixedClock(datetime!(2026-11-20 12:00 UTC));
    Desk::new(database.store(), Lacks::default(), Arc::new(clock))
}

async fn exported(desk: &Desk, listing: &Listing) -> Read {
    let sink = Cursor::new(Vec::new());
    let (progress, origin) = (Progress::default(), Origin::default());
    let file = export_list(desk, listing, Format::Csv, &origin, sink, &progress).await;
    read_csv(&file.expect("a file").into_inner())
}

#[tokio::test]
async fn a_timeline_of_one_topic_is_saved_as_such_and_says_so() {
    let database = TestDatabase::new(Kind::Managed).await;
    database.psql(
        "insert into public.users (id, email, created_at) values ('auth0|1', 'one@example.com', '2026-01-01Z');
         insert into public.invoices (user_id, invoice_number, amount, currency, status, created_at)
         select 'auth0|1', 'A-' || n, n, 'usd', 'open', timestamptz '2026-02-01Z' + n * interval '1 day'
         from generate_series(1, 30) as n",
    );
    let desk = desk(&database);
    let of = |topic| {
        let user = UserId::parse("auth0|1").expect("an id");
        Listing::OfUser(UserListQuery::new(&desk, user, UserList::Changes(topic)))
    };
    let (all, about) = exported(&desk, &of(None)).await;
    assert_eq!(all.len(), 31);
    assert_eq!(said(&about, "Filter"), "User: auth0|1");
    let (invoices, about) = exported(&desk, &of(Some(ChangeTopic::Invoices))).await;
    assert_eq!(invoices.len(), 30);
    assert_eq!(said(&about, "Rows"), "30");
    assert_eq!(said(&about, "Filter"), "User: auth0|1; What: invoices");
    let (none, _) = exported(&desk, &of(Some(ChangeTopic::Notes))).await;
    assert!(none.is_empty());
}

#[tokio::test]
async fn findings_are_saved_to_the_last_one() {
    let database = TestDatabase::new(Kind::Managed).await;
    database.psql(&format!(
        "insert into public.hopsworks_clusters (id, name, api_url, max_users, current_users, region) values
           ('{CLUSTER}', 'eu-1', 'https://eu.example.com', 400, 0, 'eu-north-1');
         insert into public.users (id, email, name) values ('auth0|1', 'one@example.com', 'One');
         insert into console.cluster_readings (cluster_id, kind, tried_at, read_at, unread) values ('{CLUSTER}', 'users', now(), now(), 0);
         insert into console.cluster_findings (cluster_id, kind, subject, basis, severity, since, facts)
         select '{CLUSTER}', 'no_hopsworks_user', 'auth0|n' || n, 'users', 'bad', now() - n * interval '1 hour', '{{}}'::jsonb
         from generate_series(1, 1100) as n
         union all
         select '{CLUSTER}', 'ids_differ', 'auth0|1', 'users', 'warn', now(),
           '{{\"number\": 10412, \"username\": \"one0\", \"number_there\": 10977, \"username_there\": \"one1\"}}'
         union all
         select '{CLUSTER}', 'of_a_later_program', 'x', 'users', 'warn', now(), '{{}}'"
    ));
    let cluster = ClusterId::parse(CLUSTER).expect("an id");
    let listing = Listing::ClusterFindings(ClusterFindings(cluster));
    let (rows, about) = exported(&desk(&database), &listing).await;
    assert_eq!(rows.len(), 1_102);
    assert_eq!(said(&about, "Rows"), "1102");
    assert_eq!(said(&about, "Filter"), format!("Cluster: eu-1 ({CLUSTER})"));
    assert_eq!(rows[0][..3], ["auth0|n1", "no hopsworks user", "yes"]);
    let differs = &rows[1_100];
    assert_eq!(differs[1..3], ["ids differ", "no"]);
    assert_eq!(
        differs[4..],
        [
            "auth0|1",
            "One",
            "one@example.com",
            "10412, one0",
            "10977, one1"
        ]
    );
    assert_eq!(rows[1_101][..3], ["x", "of a later program", "no"]);
}

#[tokio::test]
async fn people_stand_under_the_words_of_the_service() {
    let database = TestDatabase::new(Kind::Managed).await;
    database.psql(&format!(
        "alter table public.users drop constraint users_status_check;
         insert into public.hopsworks_clusters (id, name, api_url, max_users, current_users, region) values
           ('{CLUSTER}', 'eu-1', 'https://eu.example.com', 400, 1, 'eu-north-1');
         insert into public.users (id, email, status, account_owner_id) values
           ('auth0|1', 'one@example.com', 'on_hold', null), ('auth0|2', 'two@example.com', 'on_hold', 'auth0|1');
         insert into public.user_hopsworks_assignments (user_id, hopsworks_cluster_id) values ('auth0|1', '{CLUSTER}')"
    ));
    let desk = desk(&database);
    let of = |list| {
        let owner = UserId::parse("auth0|1").expect("an id");
        Listing::OfUser(UserListQuery::new(&desk, owner, list))
    };
    let seated = Listing::Seated(SeatedQuery {
        cluster: ClusterId::parse(CLUSTER).expect("an id"),
        text: None,
        finding: None,
        sort: SeatedSort::Name,
        descending: false,
        after: None,
        limit: 1,
    });
    for (listing, people, status) in [
        (of(UserList::Members), 2, 4),
        (of(UserList::TeamPeople), 2, 4),
        (seated, 1, 3),
    ] {
        let (rows, _) = exported(&desk, &listing).await;
        assert_eq!(rows.len(), people, "{listing:?}");
        assert!(
            rows.iter().all(|row| row[status] == "on_hold"),
            "{listing:?}: {rows:?}"
        );
    }
}

#[tokio::test]
async fn the_present_fiscal_month_is_named() {
    let database = TestDatabase::new(Kind::Managed).await;
    let desk = desk(&database);
    let query = InvoicesQuery {
        filter: InvoicesFilter {
            month: Some(FiscalMonth::This),
            ..InvoicesFilter::default()
        },
        sort: InvoicesSort::Date,
        descending: true,
        after: None,
        limit: 1,
    };
    let listing = Listing::Invoices(FiscalInvoices::new(&desk, query, FiscalZone::utc()));
    let (_, about) = exported(&desk, &listing).await;
    assert_eq!(said(&about, "Filter"), "Fiscal month: 2026-11, UTC");
}
