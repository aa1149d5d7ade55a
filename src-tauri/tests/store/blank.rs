//! A company on record as blanks alone: no list, page or hit shows an account by it.

use std::sync::Arc;

use hopsdesk::domain::balances::{CreditsFilter, CreditsQuery, CreditsSort};
use hopsdesk::domain::browse::{UsersFilter, UsersQuery, UsersSort};
use hopsdesk::domain::clock::FixedClock;
use hopsdesk::domain::clusters::{SeatedQuery, SeatedSort};
use hopsdesk::domain::comparison::Period;
use hopsdesk::domain::finding::Finding;
use hopsdesk::domain::fiscal::FiscalZone;
use hopsdesk::domain::fleet::{AccountsFilter, AccountsQuery, UsageQuery};
use hopsdesk::domain::ids::{ClusterId, UserId};
use hopsdesk::domain::invoices::{InvoicesFilter, InvoicesQuery, InvoicesSort};
use hopsdesk::domain::teams::{TeamsFilter, TeamsQuery, TeamsSort};
use hopsdesk::domain::usage::Metric;
use hopsdesk::store::user_page;
use hopsdesk::usecases::desk::Desk;
use hopsdesk::usecases::exported::Listing;
use hopsdesk::usecases::exported::invoices::FiscalInvoices;
use hopsdesk::usecases::open_database::open_database;
use hopsdesk::usecases::search_everything::search_everything;
use time::OffsetDateTime;
use time::macros::{date, datetime};

use super::exports::{count_at, csv_of, read_csv};
use crate::support::database::{Kind, TestDatabase};

const NOW: OffsetDateTime = datetime!(2026-11-20 12:00 UTC);

const CLUSTER: &str = "00000000-0000-4000-8000-0000000000c1";

/// An owner with a blank company, a member, and something for every list.
const SERVICE: &str = "
insert into public.hopsworks_clusters (id, name, api_url, max_users, current_users) values
  ('00000000-0000-4000-8000-0000000000c1', 'eu-1', 'https://eu.example.com', 400, 2);
insert into public.users (id, email, name, billing_mode, account_owner_id, metadata) values
  ('auth0|bea', 'bea@example.com', 'Bea Blank', 'prepaid', null, '{\"company\": \"  \"}'),
  ('auth0|mia', 'mia@example.com', 'Mia Member', null, 'auth0|bea', '{}');
insert into public.user_hopsworks_assignments (user_id, hopsworks_cluster_id)
select id, '00000000-0000-4000-8000-0000000000c1' from public.users;
insert into public.usage_daily (user_id, account_owner_id, date, total_cost)
values ('auth0|bea', 'auth0|bea', '2026-11-10', 5), ('auth0|mia', 'auth0|bea', '2026-11-11', 2);
insert into public.user_credits (user_id, total_purchased, total_used) values ('auth0|bea', 100, 7);
insert into public.invoices (user_id, invoice_number, amount, status, currency)
values ('auth0|bea', 'HD-1', 7, 'open', 'usd');
";

fn lists(desk: &Desk) -> Vec<Listing> {
    let invoices = InvoicesQuery {
        filter: InvoicesFilter::default(),
        sort: InvoicesSort::Date,
        descending: true,
        after: None,
        limit: 0,
    };
    vec![
        Listing::Users(UsersQuery {
            filter: UsersFilter::default(),
            sort: UsersSort::Name,
            descending: false,
            after: None,
            limit: 0,
        }),
        Listing::Teams(TeamsQuery {
            filter: TeamsFilter::default(),
            sort: TeamsSort::Name,
            descending: false,
            after: None,
            limit: 0,
        }),
        Listing::Credits(CreditsQuery {
            filter: CreditsFilter::default(),
            sort: CreditsSort::Name,
            descending: false,
            after: None,
            limit: 0,
        }),
        Listing::Accounts(AccountsQuery {
            usage: UsageQuery {
                period: Period::between(date!(2026 - 11 - 01), date!(2026 - 11 - 20), NOW.date())
                    .expect("a period"),
                cluster: None,
                account: None,
            },
            text: None,
            filter: AccountsFilter::default(),
            sort: Metric::Cost,
            descending: true,
            after: None,
            limit: 0,
        }),
        Listing::Seated(SeatedQuery {
            cluster: ClusterId::parse(CLUSTER).expect("an id"),
            text: None,
            finding: None,
            sort: SeatedSort::MonthCost,
            descending: true,
            after: None,
            limit: 0,
        }),
        Listing::Invoices(FiscalInvoices::new(desk, invoices, FiscalZone::utc())),
    ]
}

#[tokio::test]
async fn a_blank_company_names_no_account_anywhere() {
    let database = TestDatabase::new(Kind::Managed).await;
    database.psql(SERVICE);
    let (desk, _) = open_database(database.store(), Arc::new(FixedClock(NOW)))
        .await
        .expect("a desk");
    count_at(&desk, NOW).await;
    for list in lists(&desk) {
        let (rows, _) = read_csv(&csv_of(&desk, &list).await);
        assert!(!rows.is_empty(), "{list:?}");
        let blank = |field: &String| !field.is_empty() && field.trim().is_empty();
        assert!(!rows.iter().flatten().any(blank), "{list:?}: {rows:?}");
        let named = |field: &String| field == "Bea Blank";
        assert!(rows.iter().flatten().any(named), "{list:?}: {rows:?}");
    }
    let mut reading = desk.store.read().await.expect("a connection");
    let bea = UserId::parse("auth0|bea").expect("an id");
    let page = user_page::detail(&mut reading, &bea, NOW)
        .await
        .expect("an answer");
    reading.end().await.expect("an end");
    assert_eq!(page.expect("a page").company, None);
    let answer = search_everything(&desk, "bea").await.expect("an answer");
    let teams = answer
        .found
        .iter()
        .filter_map(|found| match &found.finding {
            Finding::Team(team) => Some(team.company.as_deref()),
            _ => None,
        });
    assert_eq!(teams.collect::<Vec<_>>(), [None]);
}
