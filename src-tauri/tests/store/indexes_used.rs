//! Every proposed index is one that the planner uses for a statement of ours: on a large service without any
//! index but its keys, all of them are made, and after a person has looked around each has been read.

use std::sync::Arc;
use std::time::Duration;

use hopsdesk::domain::balances::{CreditsFilter, CreditsQuery, CreditsSort};
use hopsdesk::domain::browse::{UsersFilter, UsersQuery, UsersSort};
use hopsdesk::domain::clock::FixedClock;
use hopsdesk::domain::clusters::{SeatedQuery, SeatedSort};
use hopsdesk::domain::comparison::Period;
use hopsdesk::domain::fiscal::FiscalZone;
use hopsdesk::domain::fleet::{AccountsFilter, AccountsQuery, UsageQuery};
use hopsdesk::domain::ids::{ClusterId, UserId};
use hopsdesk::domain::indexes::IndexState;
use hopsdesk::domain::invoices::{
    InvoiceState, InvoicesFilter, InvoicesQuery, InvoicesSort, Origin,
};
use hopsdesk::domain::random::FixedRandom;
use hopsdesk::domain::slice::Part;
use hopsdesk::domain::usage::Metric;
use hopsdesk::sandbox::postgres::find::Search;
use hopsdesk::sandbox::{Sandbox, SandboxOptions};
use hopsdesk::store::attach::indexes::make;
use hopsdesk::store::connect;
use hopsdesk::store::direct::Direct;
use hopsdesk::store::door::{Statement, Store};
use hopsdesk::usecases::desk::Desk;
use hopsdesk::usecases::keep_rollups::refresh_rollups;
use hopsdesk::usecases::open_database::open_database;
use hopsdesk::usecases::search_everything::search_everything;
use hopsdesk::usecases::{
    browse_credits, browse_invoices, browse_teams, browse_users, show_cluster, show_invoice,
    show_ledger, show_usage, show_user, show_user_work,
};
use time::macros::date;

use super::pages::NOW;
use super::rollups::At;

/// Indexes that no constraint stands on.
const DROP: &str = "do $$
declare
  one text;
begin
  for one in
    select format('drop index %I.%I', n.nspname, c.relname)
    from pg_index as i
    join pg_class as c on c.oid = i.indexrelid
    join pg_class as t on t.oid = i.indrelid
    join pg_namespace as n on n.oid = t.relnamespace
    where n.nspname = 'public' and t.relkind = 'r'
      and not exists (select from pg_constraint as k where k.conindid = i.indexrelid)
  loop
    execute one;
  end loop;
end
$$";

/// A service writes its usage day by day.
const BY_DAY: &str = "create index by_day on public.usage_daily (date);
    cluster public.usage_daily using by_day;
    drop index public.by_day";

const READ: Statement = Statement {
    name: "indexes read",
    sql: "select indexrelname::text, idx_scan from pg_stat_user_indexes
          where schemaname = 'public' and indexrelname like 'hopsdesk_%'",
};

const SAMPLES: Statement = Statement {
    name: "samples",
    sql: "select
            (select coalesce(account_owner_id, id) from console.users where account_owner_id is not null order by id limit 1),
            (select email from console.users order by id limit 1),
            (select company from console.users where company is not null order by id limit 1),
            (select hopsworks_username from console.users where hopsworks_username is not null order by id limit 1),
            (select hopsworks_user_id from console.users where hopsworks_user_id is not null order by id limit 1),
            (select stripe_customer_id from console.users where stripe_customer_id is not null order by id limit 1),
            (select number from console.invoices where number is not null order by id limit 1),
            (select id from console.invoices where origin = 'invoices' order by id limit 1),
            (select namespace from console.user_projects where namespace is not null order by id limit 1)",
};

type Samples = (
    String,
    String,
    Option<String>,
    Option<String>,
    Option<i64>,
    Option<String>,
    String,
    String,
    Option<String>,
);

fn users(sort: UsersSort, filter: UsersFilter) -> UsersQuery {
    UsersQuery {
        filter,
        sort,
        descending: true,
        after: None,
        limit: 20,
    }
}

/// What a person does in a day.
#[expect(clippy::too_many_lines, reason = "every screen, one after the other")]
async fn look_around(desk: &Desk, samples: &Samples) {
    let (owner, email, company, username, hopsworks_number, customer, number, invoice, namespace) =
        samples;
    for sort in [
        UsersSort::Created,
        UsersSort::LastLogin,
        UsersSort::Name,
        UsersSort::Email,
    ] {
        let query = users(sort, UsersFilter::default());
        browse_users::browse_users(desk, query)
            .await
            .expect("users");
    }
    let by_id = UsersFilter {
        team: Some(UserId::recorded(owner)),
        ..UsersFilter::default()
    };
    browse_users::browse_users(desk, users(UsersSort::Created, by_id))
        .await
        .expect("a team");
    let mut texts = vec![
        email.clone(),
        email.chars().take(5).collect(),
        email.chars().skip(2).take(6).collect(),
        number.clone(),
        number.chars().skip(3).collect(),
        "pi_3NoSuchPayment0000000001".to_owned(),
        "sub_1NoSuchSubscription00001".to_owned(),
        "adeyemi".to_owned(),
        "an".to_owned(),
    ];
    texts.extend(company.clone());
    texts.extend(
        company
            .as_ref()
            .map(|one| one.chars().skip(1).take(5).collect()),
    );
    texts.extend(username.clone());
    texts.extend(customer.clone());
    texts.extend(hopsworks_number.map(|number| number.to_string()));
    texts.extend(namespace.clone());
    texts.extend(namespace.as_ref().map(|one| one.chars().skip(1).collect()));
    for text in texts {
        search_everything(desk, &text).await.expect("an answer");
    }
    let zone = FiscalZone::utc();
    for (sort, state) in [
        (InvoicesSort::Date, None),
        (InvoicesSort::Amount, None),
        (InvoicesSort::Due, None),
        (InvoicesSort::Date, Some(InvoiceState::Failed)),
        (InvoicesSort::Date, Some(InvoiceState::Overdue)),
        (InvoicesSort::Date, Some(InvoiceState::Paid)),
    ] {
        let query = InvoicesQuery {
            filter: InvoicesFilter {
                states: state.into_iter().collect(),
                ..InvoicesFilter::default()
            },
            sort,
            descending: true,
            after: None,
            limit: 20,
        };
        browse_invoices::browse_invoices(desk, query, &zone)
            .await
            .expect("invoices");
    }
    let of_one = InvoicesQuery {
        filter: InvoicesFilter {
            account: Some(UserId::recorded(owner)),
            ..InvoicesFilter::default()
        },
        sort: InvoicesSort::Date,
        descending: true,
        after: None,
        limit: 20,
    };
    browse_invoices::browse_invoices(desk, of_one, &zone)
        .await
        .expect("invoices of an account");
    let accounts = AccountsQuery {
        usage: UsageQuery {
            period: Period::between(date!(2026 - 10 - 13), date!(2026 - 11 - 12), NOW.date())
                .expect("a period"),
            cluster: None,
            account: Some(UserId::recorded(owner)),
        },
        text: None,
        filter: AccountsFilter::default(),
        sort: Metric::Cost,
        descending: true,
        after: None,
        limit: 20,
    };
    show_usage::browse_accounts(desk, accounts)
        .await
        .expect("an account's usage");
    show_invoice::show_invoice(desk, Origin::Invoices, invoice, &FiscalZone::utc())
        .await
        .expect("an invoice");
    let credits = CreditsQuery {
        filter: CreditsFilter::default(),
        sort: CreditsSort::Balance,
        descending: false,
        after: None,
        limit: 20,
    };
    browse_credits::browse_credits(desk, credits)
        .await
        .expect("credits");
    let owner = UserId::recorded(owner);
    show_user::show_profile(desk, &owner)
        .await
        .expect("a profile");
    show_user::show_team(desk, &owner).await.expect("a team");
    let part = Part {
        after: None,
        limit: 20,
    };
    show_user_work::show_projects(desk, &owner, &part)
        .await
        .expect("projects");
    show_user_work::show_feature_groups(desk, &owner, &part)
        .await
        .expect("groups");
    show_user_work::show_deployments(desk, &owner, &part)
        .await
        .expect("models");
    show_user_work::show_health_checks(desk, &owner, &part)
        .await
        .expect("checks");
    show_user_work::show_invoices(desk, &owner, &part, &FiscalZone::utc())
        .await
        .expect("invoices");
    show_user_work::show_changes(desk, &owner, None, &part)
        .await
        .expect("changes");
    show_user_work::show_prices(desk, &owner)
        .await
        .expect("prices");
    show_ledger::browse_ledger(desk, &owner, &[], None, 20)
        .await
        .expect("a ledger");
    browse_teams::show_team_people(desk, &owner)
        .await
        .expect("people");
    browse_teams::show_open_invites(desk, &owner)
        .await
        .expect("invites");
    for (cluster, _) in browse_users::cluster_choices(desk).await.expect("clusters") {
        show_cluster::show_cluster(desk, &cluster)
            .await
            .expect("a cluster");
        show_cluster::show_findings(desk, &cluster)
            .await
            .expect("findings");
    }
    let nobody = SeatedQuery {
        cluster: ClusterId::recorded("00000000-0000-4000-8000-000000000000"),
        text: None,
        finding: None,
        sort: SeatedSort::Name,
        descending: false,
        after: None,
        limit: 20,
    };
    show_cluster::show_cluster_projects(desk, &nobody.cluster, &part)
        .await
        .expect("no projects");
    show_cluster::show_seated(desk, nobody)
        .await
        .expect("nobody");
}

#[tokio::test]
async fn every_proposed_index_is_used_by_a_statement_of_ours() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = SandboxOptions {
        folder: Some(folder.path().join("sandbox")),
        users: 10_000,
        days: 60,
        search: Search::everywhere(),
        ..SandboxOptions::new(NOW)
    };
    let sandbox = Sandbox::open(options, &FixedRandom(7), |_| {})
        .await
        .expect("a sandbox");
    let mut direct = Direct::open(&sandbox.address(), Some(sandbox.password()))
        .await
        .expect("a session");
    direct.script(DROP).await.expect("dropped");
    direct.script(BY_DAY).await.expect("rows as they arrive");
    direct.script("analyze").await.expect("analyzed");
    let mut made = Vec::new();
    for proposal in make::proposals(&mut direct).await.expect("proposals") {
        if proposal.state == IndexState::Missing {
            let done = make::make(&mut direct, &proposal.name).await;
            assert!(matches!(done, Ok(true)), "{}: {done:?}", proposal.name);
            made.push(proposal.name);
        }
    }
    assert!(made.len() > 40, "{made:#?}");
    direct.script("analyze").await.expect("analyzed");
    let pool = connect::pool(&sandbox.address(), Some(sandbox.password()), 4).expect("a pool");
    let (desk, _) = open_database(Store::new(pool), Arc::new(FixedClock(NOW)))
        .await
        .expect("a desk");
    let samples: Vec<Samples> = direct.all(SAMPLES).await.expect("samples");
    look_around(&desk, &samples[0]).await;
    refresh_rollups(&desk.store, &At(NOW))
        .await
        .expect("a refresh");
    desk.store.close().await;
    // A server process tells what it read a moment after; the last when it goes.
    let mut unread = Vec::new();
    for _ in 0..60 {
        let read: Vec<(String, i64)> = direct.all(READ).await.expect("statistics");
        unread = made
            .iter()
            .filter(|name| {
                !read
                    .iter()
                    .any(|(other, scans)| other == *name && *scans > 0)
            })
            .collect();
        if unread.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(unread.is_empty(), "made and never used: {unread:#?}");
    sandbox.stop().await.expect("it stops");
}
