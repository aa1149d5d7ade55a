//! What the page of one user says of records that are incomplete: nothing that is not on record, and all that is.

use std::sync::Arc;

use hopsdesk::domain::changes::ChangeKind;
use hopsdesk::domain::clock::FixedClock;
use hopsdesk::domain::ids::UserId;
use hopsdesk::domain::lacks::Lacks;
use hopsdesk::domain::slice::Part;
use hopsdesk::store::attach::run::attach;
use hopsdesk::store::{changes, user_page, work};
use hopsdesk::usecases::desk::Desk;
use hopsdesk::usecases::keep_rollups::{check_rollups, refresh_rollups};
use hopsdesk::usecases::outside_address::{OutsideSettings, OutsideTarget, outside_address};
use time::OffsetDateTime;
use time::macros::datetime;

use super::rollups::At;
use crate::support::database::{Kind, TestDatabase};

const NOW: OffsetDateTime = datetime!(2026-11-20 12:00 UTC);

fn id(text: &str) -> UserId {
    UserId::parse(text).expect("an id")
}

fn whole() -> Part {
    Part {
        after: None,
        limit: 100,
    }
}

#[tokio::test]
async fn a_project_without_a_status_was_not_seen_for_the_last_time() {
    let database = TestDatabase::new(Kind::Managed).await;
    database.psql(
        "drop index public.user_projects_active_namespace_key;
         alter table public.user_projects drop constraint user_projects_status_check;
         alter table public.user_projects alter column status drop not null;
         insert into public.hopsworks_clusters (id, name, api_url, api_key)
         values ('00000000-0000-0000-0000-000000000001', 'eu', 'https://eu.example', 'k');
         insert into public.users (id, email) values ('auth0|o', 'o@x.example');
         insert into public.user_projects
           (user_id, hopsworks_cluster_id, project_id, project_name, namespace, status, created_at, last_seen_at)
         values
           ('auth0|o', '00000000-0000-0000-0000-000000000001', 1, 'one', 'one', null, '2026-01-03', '2026-11-20'),
           ('auth0|o', '00000000-0000-0000-0000-000000000001', 2, 'two', 'two', 'INACTIVE', '2026-01-04', '2026-05-01');",
    );
    let mut owner = database.direct().await;
    attach(&mut owner).await.expect("attached");
    let store = database.store();
    let mut reading = store.read().await.expect("a connection");
    let happened = changes::of_user(&mut reading, &id("auth0|o"), None, &whole(), NOW).await;
    let gone: Vec<_> = happened
        .expect("changes")
        .rows
        .into_iter()
        .filter(|change| change.kind == ChangeKind::ProjectGone)
        .map(|change| change.subject.expect("a project"))
        .collect();
    assert_eq!(gone, ["two"]);
}

#[tokio::test]
async fn a_finding_about_an_address_alone_is_about_whose_it_is() {
    let database = TestDatabase::new(Kind::Managed).await;
    database.psql(
        "insert into public.users (id, email) values ('auth0|o', 'Olga@x.example'), ('auth0|p', 'p@x.example');
         insert into public.health_check_failures (user_id, email, check_type, error_message, details, created_at) values
           (null, 'olga@X.example', 'missing_user', 'not in Hopsworks', '{\"code\": 7}', '2026-11-01'),
           ('auth0|p', 'olga@x.example', 'other', 'of another', '{}', '2026-11-02');",
    );
    let store = database.store();
    let mut reading = store.read().await.expect("a connection");
    let who = id("auth0|o");
    let checks = work::health_checks(&mut reading, &who, &whole()).await;
    let rows = checks.expect("checks").rows;
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!(rows[0].check, "missing_user");
    assert!(
        rows[0]
            .details
            .as_deref()
            .is_some_and(|text| text.contains('7'))
    );
    let happened = changes::of_user(&mut reading, &who, None, &whole(), NOW).await;
    let kinds: Vec<_> = happened.expect("changes").rows;
    assert!(
        kinds
            .iter()
            .any(|change| change.kind == ChangeKind::CheckFailed),
        "{kinds:?}"
    );
}

#[tokio::test]
async fn ids_elsewhere_are_shown_without_a_seat_and_the_link_is_of_the_mode() {
    let database = TestDatabase::new(Kind::G3).await;
    database.psql(
        "update public.users set stripe_customer_id = 'cus_liveEve', stripe_test_customer_id = 'cus_testEve'
           where id = 'auth0|g3-eve';
         alter table public.users add column if not exists hopsworks_username text;
         alter table public.users add column if not exists hopsworks_user_id integer;
         delete from public.user_hopsworks_assignments where user_id = 'auth0|g3-eve';
         update public.users set hopsworks_username = 'eve00000', hopsworks_user_id = 10119 where id = 'auth0|g3-eve';",
    );
    let mut owner = database.direct().await;
    attach(&mut owner).await.expect("attached");
    let store = database.store();
    let mut reading = store.read().await.expect("a connection");
    let eve = user_page::detail(&mut reading, &id("auth0|g3-eve"), NOW).await;
    let eve = eve.expect("a page").expect("somebody");
    reading.end().await.expect("an end");
    assert!(eve.seat.is_none());
    assert_eq!(eve.hopsworks_username.as_deref(), Some("eve00000"));
    assert_eq!(eve.hopsworks_user_id, Some(10119));
    assert_eq!(eve.stripe_test_customer_id.as_deref(), Some("cus_testEve"));

    let desk = Desk::new(store, Lacks::default(), Arc::new(FixedClock(NOW)));
    let target = OutsideTarget::StripeCustomer(id("auth0|g3-eve"));
    for (live, address) in [
        (true, "https://dashboard.stripe.com/customers/cus_liveEve"),
        (
            false,
            "https://dashboard.stripe.com/test/customers/cus_testEve",
        ),
    ] {
        let settings = OutsideSettings {
            live,
            ..OutsideSettings::default()
        };
        let found = outside_address(&desk, &target, &settings).await;
        assert_eq!(found.expect("an address"), address);
    }
}

#[tokio::test]
async fn open_invites_are_listed_behind_any_number_of_accepted_ones_and_an_owner_is_never_made_up()
{
    let database = TestDatabase::new(Kind::Managed).await;
    database.psql(
        "insert into public.users (id, email, name) values ('auth0|o', 'o@x.example', 'Olga');
         insert into public.users (id, email, name, account_owner_id) values ('auth0|m', 'm@x.example', 'Max', 'auth0|o');
         insert into public.team_invites (account_owner_id, email, token, created_at, expires_at, accepted_at)
         select 'auth0|o', 'a' || n || '@x.example', lpad(n::text, 43, 'a'), timestamptz '2026-11-10' + n * interval '1 minute',
                '2026-11-19', '2026-11-12' from generate_series(1, 210) n;
         insert into public.team_invites (account_owner_id, email, token, created_at, expires_at)
         select 'auth0|o', 'open' || n || '@x.example', lpad(n::text, 43, 'o'), timestamptz '2026-11-01' + n * interval '1 minute',
                '2026-11-08' from generate_series(1, 203) n;",
    );
    let store = database.store();
    let team = |who: &'static str| {
        let store = &store;
        async move {
            let mut reading = store.read().await.expect("a connection");
            let team = user_page::team(&mut reading, &id(who), NOW).await;
            reading.end().await.expect("an end");
            team.expect("a team").expect("somebody")
        }
    };
    let olgas = team("auth0|o").await;
    assert_eq!((olgas.invites.len(), olgas.invites_open), (200, 203));
    assert!(
        olgas
            .invites
            .iter()
            .all(|invite| invite.accepted_at.is_none())
    );
    assert_eq!(olgas.owner.expect("an owner").person.id.as_str(), "auth0|o");

    // Whom a member names may not be on record any more.
    database.psql(
        "set session_replication_role = replica;
         update public.users set account_owner_id = 'auth0|gone' where id = 'auth0|m'",
    );
    let left = team("auth0|m").await;
    assert!(left.owner.is_none(), "{:?}", left.owner);
    assert_eq!(left.members[0].person.id.as_str(), "auth0|m");
}

/// Sums go on where a login may read columns, and not the places and versions of rows.
#[tokio::test]
async fn a_login_with_grants_on_columns_alone_counts_all_the_same() {
    let database = TestDatabase::new(Kind::Empty).await;
    database.psql(&format!("create role {}_keeper nologin", database.name));
    database.psql(&format!(
        "create table public.users (
           id text primary key, email text not null, status text, created_at timestamptz, password_digest text
         );
         insert into public.users values ('auth0|1', 'a@x.example', 'active', now(), 'x');
         create table public.usage_daily (user_id text, date date, total_cost numeric, note text, primary key (user_id, date));
         insert into public.usage_daily values ('auth0|1', '2026-11-19', 1.5, '');
         create table public.user_credits (user_id text primary key, total_purchased numeric, total_used numeric, note text);
         insert into public.user_credits values ('auth0|1', 3, 1, '');
         alter table public.users owner to {0}_keeper;
         alter table public.usage_daily owner to {0}_keeper;
         alter table public.user_credits owner to {0}_keeper;
         grant select (id, email, status, created_at) on public.users to hopsdesk_owner;
         grant select (user_id, date, total_cost) on public.usage_daily to hopsdesk_owner;
         grant select (user_id, total_purchased, total_used) on public.user_credits to hopsdesk_owner;",
        database.name
    ));
    let mut owner = database.direct().await;
    attach(&mut owner).await.expect("attached");
    let store = database.store();
    check_rollups(&store, &At(NOW), true)
        .await
        .expect("a check")
        .expect("done");
    refresh_rollups(&store, &At(NOW)).await.expect("a refresh");
    database.psql("insert into public.usage_daily values ('auth0|1', '2026-11-20', 2, '')");
    database.psql("update console.rollup_state set due_at = now() - interval '1 minute'");
    refresh_rollups(&store, &At(NOW)).await.expect("another");
    let counted = database.psql(
        "select m.total_cost, s.balance from console.usage_by_account_month m, console.credit_standing s
         where m.month = '2026-11-01'",
    );
    database.psql(&format!(
        "drop owned by {0}_keeper cascade; drop role {0}_keeper",
        database.name
    ));
    assert_eq!(counted, "3.5|2");
}
