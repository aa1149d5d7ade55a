//! A list read page by page is the list an export reads: the two ask in different words.

use futures_util::{StreamExt as _, pin_mut};
use hopsdesk::domain::account::{Plan, TeamRole, UserStatus};
use hopsdesk::domain::balances::{CreditsFilter, CreditsQuery, CreditsSort};
use hopsdesk::domain::browse::{Concern, UsersFilter, UsersQuery, UsersSort};
use hopsdesk::domain::comparison::Period;
use hopsdesk::domain::edge::Edge;
use hopsdesk::domain::fiscal::FiscalZone;
use hopsdesk::domain::fleet::{AccountsFilter, AccountsQuery, UsageQuery};
use hopsdesk::domain::ids::{ClusterId, UserId};
use hopsdesk::domain::invoices::{InvoiceState, InvoicesFilter, InvoicesQuery, InvoicesSort};
use hopsdesk::domain::teams::{TeamConcern, TeamsFilter, TeamsQuery, TeamsSort};
use hopsdesk::domain::usage::Metric;
use hopsdesk::store::{balances, fleet, invoices, people, teams};
use rust_decimal::dec;
use time::OffsetDateTime;
use time::macros::{date, datetime};

const NOW: OffsetDateTime = datetime!(2026-11-20 12:00 UTC);

/// All rows of a stream.
macro_rules! gathered {
    ($stream:expr) => {{
        let stream = $stream;
        pin_mut!(stream);
        let mut rows = Vec::new();
        while let Some(row) = stream.next().await {
            rows.push(row.expect("a row"));
        }
        rows
    }};
}

/// All rows of the pages of a query.
macro_rules! paged {
    ($store:expr, $query:expr, |$reading:ident, $page:ident| $read:expr) => {{
        let mut $page = $query;
        let mut rows = Vec::new();
        loop {
            let mut $reading = $store.read().await.expect("a connection");
            let page = $read.await.expect("a page");
            $reading.end().await.expect("an end");
            rows.extend(page.rows);
            let Some(next) = page.next else { break rows };
            $page.after = Some(next);
            assert!(rows.len() < 1000, "paging must come to an end");
        }
    }};
}

fn users() -> Vec<UsersFilter> {
    let open = UsersFilter::default;
    let cluster = ClusterId::parse("00000000-0000-0000-0000-000000000001").expect("an id");
    let mut filters = vec![
        open(),
        UsersFilter {
            statuses: vec![UserStatus::Suspended],
            ..open()
        },
        UsersFilter {
            statuses: vec![UserStatus::Active, UserStatus::Deleted],
            ..open()
        },
        UsersFilter {
            role: Some(TeamRole::Owner),
            ..open()
        },
        UsersFilter {
            role: Some(TeamRole::Member),
            ..open()
        },
        UsersFilter {
            clusters: vec![cluster],
            ..open()
        },
        UsersFilter {
            text: Some("person1".to_owned()),
            ..open()
        },
        UsersFilter {
            cost_over: Some(Edge::above(dec!(1))),
            never_seen: true,
            ..open()
        },
        UsersFilter {
            registered_after: Some(datetime!(2026-01-03 00:00 UTC)),
            seen_before: Some(datetime!(2026-11-01 06:00 UTC)),
            ..open()
        },
        UsersFilter {
            team: Some(UserId::parse("auth0|01").expect("an id")),
            ..open()
        },
        UsersFilter {
            plans: vec![Plan::Unset],
            concern: Some(Concern::NoSeat),
            ..open()
        },
        UsersFilter {
            plans: vec![Plan::Unset, Plan::Prepaid],
            ..open()
        },
    ];
    for plan in [Plan::Free, Plan::Prepaid, Plan::Postpaid, Plan::Unset] {
        filters.push(UsersFilter {
            plans: vec![plan],
            ..open()
        });
    }
    for concern in [
        Concern::NoSeat,
        Concern::CreditsLow,
        Concern::InvoiceOverdue,
        Concern::InviteExpired,
    ] {
        filters.push(UsersFilter {
            concern: Some(concern),
            ..open()
        });
    }
    filters
}

#[tokio::test]
async fn users_page_by_page_are_the_users_of_an_export() {
    let (database, store) = super::people::service().await;
    database.psql(
        "insert into public.invoices (user_id, invoice_number, amount, status, due_date, currency) values
           ('auth0|05', 'HD-1', 100, 'open', '2026-11-01', 'usd'), ('auth0|11', 'HD-2', 1, 'open', '2026-11-19', 'usd'),
           ('auth0|12', 'HD-3', 1, 'open', '2026-12-01', 'usd');
         insert into public.team_invites (account_owner_id, email, token, created_at, expires_at) values
           ('auth0|01', 'a@example.com', 'token-token-token-1', '2026-11-01', '2026-11-08'),
           ('auth0|09', 'b@example.com', 'token-token-token-2', '2026-11-15', '2026-11-22');
         update public.users set billing_mode = 'free' where id in ('auth0|19', 'auth0|20')",
    );
    super::people::count(&store).await;
    for filter in users() {
        for sort in [
            UsersSort::Created,
            UsersSort::Name,
            UsersSort::Email,
            UsersSort::MonthCost,
            UsersSort::LastLogin,
        ] {
            for descending in [true, false] {
                let query = UsersQuery {
                    filter: filter.clone(),
                    sort,
                    descending,
                    after: None,
                    limit: 9,
                };
                let mut reading = store.read().await.expect("a connection");
                let listed = gathered!(people::listed(&mut reading, &query, NOW));
                let pages = paged!(store, query.clone(), |reading, page| people::page(
                    &mut reading,
                    &page,
                    NOW
                ));
                assert_eq!(pages, listed, "{query:?}");
            }
        }
    }
}

#[tokio::test]
async fn teams_page_by_page_are_the_teams_of_an_export() {
    let (_database, store) = super::teams::service().await;
    for concern in [
        None,
        Some(TeamConcern::SuspendedMembers),
        Some(TeamConcern::PendingInvites),
        Some(TeamConcern::ExpiredInvites),
        Some(TeamConcern::OwnerOut),
    ] {
        for sort in [
            TeamsSort::Cost,
            TeamsSort::Members,
            TeamsSort::Name,
            TeamsSort::Created,
        ] {
            for descending in [true, false] {
                let query = TeamsQuery {
                    filter: TeamsFilter {
                        text: None,
                        concern,
                        ..TeamsFilter::default()
                    },
                    sort,
                    descending,
                    after: None,
                    limit: 3,
                };
                let mut reading = store.read().await.expect("a connection");
                let listed = gathered!(teams::listed(&mut reading, &query, NOW));
                let pages = paged!(store, query.clone(), |reading, page| teams::page(
                    &mut reading,
                    &page,
                    NOW
                ));
                assert_eq!(pages, listed, "{query:?}");
            }
        }
    }
}

#[tokio::test]
async fn credits_page_by_page_are_the_credits_of_an_export() {
    let (_database, store) = super::balances::service().await;
    for (text, low, negative, prepaid) in [
        (None, false, false, false),
        (Some("acme"), false, false, false),
        (None, true, false, false),
        (None, false, true, false),
        (None, false, false, true),
        (None, true, false, true),
    ] {
        for sort in [
            CreditsSort::RunsOut,
            CreditsSort::Balance,
            CreditsSort::Name,
            CreditsSort::LastPurchase,
        ] {
            for descending in [true, false] {
                let query = CreditsQuery {
                    filter: CreditsFilter {
                        text: text.map(str::to_owned),
                        low,
                        negative,
                        prepaid,
                        ..CreditsFilter::default()
                    },
                    sort,
                    descending,
                    after: None,
                    limit: 3,
                };
                let mut reading = store.read().await.expect("a connection");
                let listed = gathered!(balances::listed(&mut reading, &query));
                let pages = paged!(store, query.clone(), |reading, page| balances::page(
                    &mut reading,
                    &page
                ));
                assert_eq!(pages, listed, "{query:?}");
            }
        }
    }
}

#[tokio::test]
async fn invoices_page_by_page_are_the_invoices_of_an_export() {
    let (_database, store) = super::invoices::service().await;
    let zone = FiscalZone::utc();
    for (text, states) in [
        (None, vec![]),
        (Some("acme"), vec![]),
        (None, vec![InvoiceState::Paid]),
        (None, vec![InvoiceState::Draft]),
        (None, vec![InvoiceState::Overdue]),
        (None, vec![InvoiceState::Open, InvoiceState::Void]),
    ] {
        for sort in [InvoicesSort::Date, InvoicesSort::Amount, InvoicesSort::Due] {
            for descending in [true, false] {
                let query = InvoicesQuery {
                    filter: InvoicesFilter {
                        text: text.map(str::to_owned),
                        states: states.clone(),
                        ..InvoicesFilter::default()
                    },
                    sort,
                    descending,
                    after: None,
                    limit: 3,
                };
                let mut reading = store.read().await.expect("a connection");
                let listed = invoices::listed(&mut reading, &query, &zone, NOW).await;
                let listed = gathered!(listed.expect("a list"));
                let pages = paged!(store, query.clone(), |reading, page| invoices::page(
                    &mut reading,
                    &page,
                    &zone,
                    NOW
                ));
                assert_eq!(pages, listed, "{query:?}");
            }
        }
    }
}

#[tokio::test]
async fn accounts_page_by_page_are_the_accounts_of_an_export() {
    let (_database, store) = super::fleet::service().await;
    let whole_month = (date!(2026 - 10 - 01), date!(2026 - 10 - 31));
    let month_so_far = (date!(2026 - 11 - 01), NOW.date());
    let odd_days = (date!(2026 - 09 - 12), date!(2026 - 11 - 07));
    let filters = [
        (None, None, AccountsFilter::default()),
        (Some("name 1"), None, AccountsFilter::default()),
        (None, Some("auth0|03"), AccountsFilter::default()),
        (
            None,
            None,
            AccountsFilter {
                cost_over: Some(Edge::above(dec!(20))),
                cpu_under: Some(Edge::below(dec!(200))),
                plans: vec![Plan::Unset],
                statuses: vec![UserStatus::Active],
                ..AccountsFilter::default()
            },
        ),
    ];
    for (first, last) in [whole_month, month_so_far, odd_days] {
        for (text, account, filter) in filters.clone() {
            for sort in [Metric::Cost, Metric::CpuHours, Metric::GpuHours] {
                for descending in [true, false] {
                    let query = AccountsQuery {
                        usage: UsageQuery {
                            period: Period::between(first, last, NOW.date()).expect("a period"),
                            cluster: None,
                            account: account.map(UserId::recorded),
                        },
                        text: text.map(str::to_owned),
                        filter: filter.clone(),
                        sort,
                        descending,
                        after: None,
                        limit: 3,
                    };
                    let plan = query.usage.accounts_plan().expect("a plan");
                    let mut reading = store.read().await.expect("a connection");
                    let listed = gathered!(fleet::listed_accounts(&mut reading, &query, &plan));
                    let pages = paged!(store, query.clone(), |reading, page| fleet::accounts(
                        &mut reading,
                        &page,
                        plan.clone()
                    ));
                    assert!(!pages.is_empty(), "{query:?}");
                    assert_eq!(pages, listed, "{query:?}");
                }
            }
        }
    }
}
