//! Operators typed on each list: the rows, their count and the file are what plain SQL says, on a fresh service
//! and on one of the second generation.

mod cases;
mod clusters;

use std::io::Cursor;
use std::sync::Arc;

use hopsdesk::domain::balances::{BalanceTotals, CreditsFilter, CreditsQuery, CreditsSort};
use hopsdesk::domain::browse::{Count, UsersFilter, UsersQuery, UsersSort};
use hopsdesk::domain::clock::FixedClock;
use hopsdesk::domain::clusters::{ClustersFilter, ClustersQuery, ClustersSort};
use hopsdesk::domain::comparison::Period;
use hopsdesk::domain::finding::vocabulary::List;
use hopsdesk::domain::fiscal::FiscalZone;
use hopsdesk::domain::fleet::{AccountsFilter, AccountsQuery, UsageQuery};
use hopsdesk::domain::invoice_totals::InvoiceTotals;
use hopsdesk::domain::invoices::{InvoicesFilter, InvoicesQuery, InvoicesSort};
use hopsdesk::domain::teams::{TeamsFilter, TeamsQuery, TeamsSort};
use hopsdesk::domain::usage::Metric;
use hopsdesk::reports::Format;
use hopsdesk::usecases::browse_clusters::browse_clusters;
use hopsdesk::usecases::browse_credits::{browse_credits, total_credits};
use hopsdesk::usecases::browse_invoices::{browse_invoices, total_invoices};
use hopsdesk::usecases::browse_teams::browse_teams;
use hopsdesk::usecases::browse_users::browse_users;
use hopsdesk::usecases::desk::Desk;
use hopsdesk::usecases::export_list::{Origin, Progress, export_list};
use hopsdesk::usecases::exported::Listing;
use hopsdesk::usecases::exported::invoices::FiscalInvoices;
use hopsdesk::usecases::failure::DeskError;
use hopsdesk::usecases::open_database::open_database;
use hopsdesk::usecases::show_usage::browse_accounts;
use time::OffsetDateTime;
use time::macros::{date, datetime};

use self::cases::{
    ACCOUNTS, CLUSTERS, CREDITS, Case, FRESH, INVOICES, OF_ACCOUNTS, OF_CLUSTERS, OF_CREDITS,
    OF_INVOICES, OF_TEAMS, OF_USERS, SERVICE, TEAMS, USERS,
};
use super::exports::{count_at, read_csv, said};
use crate::support::database::{Kind, TestDatabase};

const NOW: OffsetDateTime = datetime!(2026-11-20 12:00 UTC);

/// A service, with what it lacks among the operators.
async fn service(kind: Kind) -> (TestDatabase, Desk) {
    let database = TestDatabase::new(kind).await;
    database.psql(SERVICE);
    if kind == Kind::Managed {
        database.psql(FRESH);
    }
    let clock = Arc::new(FixedClock(NOW));
    let (desk, _) = open_database(database.store(), clock)
        .await
        .expect("a desk");
    count_at(&desk, NOW).await;
    (database, desk)
}

/// What a list came to with a text: its rows page by page, what it said of their number, and its totals.
struct Listed {
    ids: Vec<String>,
    count: Option<Count>,
    total: Option<u64>,
    listing: Listing,
}

/// All pages of a query; `None` where an operator cannot be told on this database.
macro_rules! pages {
    ($desk:expr, $query:expr, |$page:ident| $read:expr, |$row:ident| $id:expr) => {{
        let mut $page = $query;
        let (mut ids, mut count) = (Vec::new(), None);
        loop {
            let page = match $read.await {
                Err(DeskError::Invalid { problem, .. })
                    if problem.contains("cannot be told here") =>
                {
                    return None;
                }
                page => page.expect("a page"),
            };
            count = count.or(page.count);
            ids.extend(page.rows.into_iter().map(|$row| $id));
            let Some(next) = page.next else { break };
            $page.after = Some(next);
            assert!(ids.len() < 1000, "paging must come to an end");
        }
        (ids, count)
    }};
}

/// The period of accounts: a whole month for every other order, days that are no month for the rest.
fn periods() -> [UsageQuery; 2] {
    let over = |first, last| UsageQuery {
        period: Period::between(first, last, NOW.date()).expect("a period"),
        cluster: None,
        account: None,
    };
    [
        over(date!(2026 - 10 - 01), date!(2026 - 10 - 31)),
        over(date!(2026 - 10 - 11), date!(2026 - 11 - 12)),
    ]
}

/// The list filtered by a text, in its order number `order`.
#[expect(
    clippy::too_many_lines,
    reason = "six lists, each asked in its own words"
)]
async fn listed(desk: &Desk, list: List, text: &str, order: usize) -> Option<Listed> {
    let (text, descending, limit) = (Some(text.to_owned()), order.is_multiple_of(2), 3);
    let after = None;
    let (mut total, zone) = (None, FiscalZone::utc());
    let ((ids, count), listing) = match list {
        List::Users => {
            let sorts = [
                UsersSort::Created,
                UsersSort::Name,
                UsersSort::MonthCost,
                UsersSort::LastLogin,
            ];
            let filter = UsersFilter {
                text,
                ..UsersFilter::default()
            };
            let query = UsersQuery {
                filter,
                sort: sorts[order / 2 % 4],
                descending,
                after,
                limit,
            };
            let read = pages!(
                desk,
                query.clone(),
                |page| browse_users(desk, page.clone()),
                |row| row.person.id.to_string()
            );
            (read, Listing::Users(query))
        }
        List::Teams => {
            let sorts = [
                TeamsSort::Cost,
                TeamsSort::Members,
                TeamsSort::Name,
                TeamsSort::Created,
            ];
            let filter = TeamsFilter {
                text,
                ..TeamsFilter::default()
            };
            let query = TeamsQuery {
                filter,
                sort: sorts[order / 2 % 4],
                descending,
                after,
                limit,
            };
            let read = pages!(
                desk,
                query.clone(),
                |page| browse_teams(desk, page.clone()),
                |row| row.owner.id.to_string()
            );
            (read, Listing::Teams(query))
        }
        List::Credits => {
            let sorts = [
                CreditsSort::RunsOut,
                CreditsSort::Balance,
                CreditsSort::Name,
                CreditsSort::LastPurchase,
            ];
            let filter = CreditsFilter {
                text,
                ..CreditsFilter::default()
            };
            let query = CreditsQuery {
                filter,
                sort: sorts[order / 2 % 4],
                descending,
                after,
                limit,
            };
            let read = pages!(
                desk,
                query.clone(),
                |page| browse_credits(desk, page.clone()),
                |row| row.person.id.to_string()
            );
            let totals = total_credits(desk, query.filter.clone(), true)
                .await
                .expect("totals");
            let BalanceTotals::Whole(sums) = totals else {
                panic!("all of them")
            };
            total = Some(sums.accounts);
            (read, Listing::Credits(query))
        }
        List::Invoices => {
            let sorts = [InvoicesSort::Date, InvoicesSort::Amount, InvoicesSort::Due];
            let filter = InvoicesFilter {
                text,
                ..InvoicesFilter::default()
            };
            let query = InvoicesQuery {
                filter,
                sort: sorts[order / 2 % 3],
                descending,
                after,
                limit,
            };
            let read = pages!(
                desk,
                query.clone(),
                |page| browse_invoices(desk, page.clone(), &zone),
                |row| format!("{}/{}", row.origin.word(), row.id)
            );
            let totals = total_invoices(desk, query.filter.clone(), &zone, true)
                .await
                .expect("totals");
            let InvoiceTotals::Whole(sums) = totals else {
                panic!("all of them")
            };
            total = Some(sums.iter().map(|sum| sum.entries).sum());
            (
                read,
                Listing::Invoices(FiscalInvoices::new(desk, query, FiscalZone::utc())),
            )
        }
        List::Clusters => {
            let sorts = [
                ClustersSort::Name,
                ClustersSort::Fill,
                ClustersSort::MonthCost,
                ClustersSort::Region,
            ];
            let filter = ClustersFilter {
                text,
                ..ClustersFilter::default()
            };
            let query = ClustersQuery {
                filter,
                sort: sorts[order / 2 % 4],
                descending,
                after,
                limit: 1,
            };
            let read = pages!(
                desk,
                query.clone(),
                |page| async {
                    browse_clusters(desk, page.clone())
                        .await
                        .map(|(slice, _)| slice)
                },
                |row| row.id.to_string()
            );
            (read, Listing::Clusters(query))
        }
        List::Events => unreachable!("held against plain SQL beside its list"),
        List::Accounts => {
            let sorts = [Metric::Cost, Metric::GpuHours];
            let [month, days] = periods();
            let usage = if order < 4 { month } else { days };
            let (filter, sort) = (AccountsFilter::default(), sorts[order / 2 % 2]);
            let query = AccountsQuery {
                usage,
                text,
                filter,
                sort,
                descending,
                after,
                limit,
            };
            let read = pages!(
                desk,
                query.clone(),
                |page| browse_accounts(desk, page.clone()),
                |row| row.owner.id.to_string()
            );
            (read, Listing::Accounts(query))
        }
    };
    Some(Listed {
        ids,
        count,
        total,
        listing,
    })
}

/// The ids in the file of the same list, and the words for its filter.
async fn exported(desk: &Desk, list: List, listing: Listing) -> (Vec<String>, String) {
    let listing = listing
        .understood(desk)
        .await
        .and_then(Listing::whole)
        .expect("the same list");
    let (sink, progress) = (Cursor::new(Vec::new()), Progress::default());
    let bytes = export_list(
        desk,
        &listing,
        Format::Csv,
        &Origin::default(),
        sink,
        &progress,
    )
    .await
    .expect("a file")
    .into_inner();
    let (rows, about) = read_csv(&bytes);
    let id = |row: Vec<String>| match list {
        List::Invoices => format!("{}/{}", row[1], row[0]),
        _ => row[0].clone(),
    };
    (
        rows.into_iter().map(id).collect(),
        said(&about, "Filter").to_owned(),
    )
}

/// The operators of a list that cannot be told on this database; all others leave what SQL leaves.
async fn held_against(
    database: &TestDatabase,
    desk: &Desk,
    list: List,
    sql: &str,
    cases: &[Case],
) -> Vec<&'static str> {
    let mut untold = Vec::new();
    for (at, (text, condition)) in cases.iter().enumerate() {
        // Three of the eight orders each, so that all are asked for.
        for (nth, order) in [at, at + 3, at + 6]
            .map(|order| order % 8)
            .into_iter()
            .enumerate()
        {
            let case = format!("{list:?} {text}, order {order}");
            let Some(listed) = listed(desk, list, text, order).await else {
                untold.push(*text);
                break;
            };
            let [month, days] = periods();
            let period = if order < 4 { month } else { days }.period.days();
            let sql = sql
                .replace("FIRST", &period.first().to_string())
                .replace("LAST", &period.last().to_string());
            let recorded = database.psql(&format!("{sql}({condition}) order by 1"));
            let mut expected: Vec<_> = recorded.lines().map(str::to_owned).collect();
            expected.sort();
            let mut ids = listed.ids.clone();
            ids.sort();
            assert_eq!(ids, expected, "{case}");
            let number = expected.len() as u64;
            let empty = listed.count.is_none() && number == 0;
            assert!(
                empty || listed.count == Some(Count::Exact(number)),
                "{case}: {:?}",
                listed.count
            );
            assert!(
                listed.total.is_none_or(|total| total == number),
                "{case}: {:?}",
                listed.total
            );
            if nth == 0 {
                let (in_file, words) = exported(desk, list, listed.listing).await;
                assert_eq!(
                    in_file, listed.ids,
                    "{case}: the file has the same rows in the same order"
                );
                assert!(
                    !words.is_empty() && words != "none",
                    "{case} says its filter: {words}"
                );
            }
        }
    }
    untold
}

/// Cases that tell something: not all of a list leave nothing, or everything.
fn telling(database: &TestDatabase, sql: &str, cases: &[Case]) {
    let sql = sql
        .replace("FIRST", "2026-10-01")
        .replace("LAST", "2026-10-31");
    let count = |condition: &str| {
        database
            .psql(&format!("{sql}({condition})"))
            .lines()
            .count()
    };
    let all = count("true");
    for (text, condition) in cases {
        let left = count(condition);
        assert!(left > 0 && left < all, "{text} leaves {left} of {all}");
    }
}

async fn on(kind: Kind) -> Vec<(List, Vec<&'static str>)> {
    let (database, desk) = service(kind).await;
    let mut untold = Vec::new();
    for (list, sql, cases) in [
        (List::Users, USERS, OF_USERS),
        (List::Teams, TEAMS, OF_TEAMS),
        (List::Credits, CREDITS, OF_CREDITS),
        (List::Invoices, INVOICES, OF_INVOICES),
        (List::Clusters, CLUSTERS, OF_CLUSTERS),
        (List::Accounts, ACCOUNTS, OF_ACCOUNTS),
    ] {
        if kind == Kind::Managed {
            telling(&database, sql, cases);
        }
        for operator in list.operators() {
            let names = |text: &str| {
                let typed = text.split([':', '<', '>']).next().unwrap_or_default();
                let typed = typed.trim_start_matches('-');
                typed == operator.name || operator.also.contains(&typed)
            };
            let is_tried = cases.iter().any(|(text, _)| text.split(' ').any(names));
            assert!(is_tried, "{list:?}: no case tries {}", operator.name);
        }
        untold.push((list, held_against(&database, &desk, list, sql, cases).await));
    }
    untold
}

#[tokio::test]
async fn every_operator_leaves_what_plain_sql_leaves_on_a_fresh_service() {
    let untold = on(Kind::Managed).await;
    assert!(
        untold.iter().all(|(_, cases)| cases.is_empty()),
        "{untold:?}"
    );
}

#[tokio::test]
async fn every_operator_leaves_what_plain_sql_leaves_on_the_second_generation() {
    let untold = on(Kind::G2).await;
    let of = |list: List| {
        let (_, cases) = untold
            .iter()
            .find(|(each, _)| *each == list)
            .expect("a list");
        cases.clone()
    };
    for list in [List::Users, List::Teams, List::Credits, List::Accounts] {
        assert_eq!(of(list), Vec::<&str>::new(), "{list:?} lacks nothing here");
    }
    assert_eq!(
        of(List::Clusters),
        ["region:NORTH"],
        "this generation records no region"
    );
    let told: Vec<_> = OF_INVOICES
        .iter()
        .map(|(text, _)| *text)
        .filter(|text| !of(List::Invoices).contains(text))
        .collect();
    assert_eq!(
        told,
        [
            "account:person2@example.com",
            "-type:subscription",
            "type:subscription"
        ],
        "without invoices nothing of them can be told but whose they would be"
    );
}
