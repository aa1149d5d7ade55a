//! Services that spell their words in capitals, have words of their own, or count in other columns than they once
//! did: what is shown, filtered, counted and exported, and what an action writes back.

use std::path::Path;
use std::sync::Arc;

use futures_util::{StreamExt as _, pin_mut};
use hopsdesk::domain::account::{Plan, UserStatus};
use hopsdesk::domain::browse::{Concern, UsersFilter, UsersQuery, UsersSort};
use hopsdesk::domain::clock::FixedClock;
use hopsdesk::domain::clusters::{ClusterStatus, ClustersFilter, ClustersQuery, ClustersSort};
use hopsdesk::domain::lacks::Lacks;
use hopsdesk::store::attach::run::{attach, release};
use hopsdesk::store::{clusters, people};
use hopsdesk::usecases::desk::Desk;
use hopsdesk::usecases::exported::Listing;
use serde_json::json;
use time::OffsetDateTime;
use time::macros::datetime;

use super::acting::{act, desk_of, elevate, login_of, order};
use super::exports::{count_at, read_csv};
use crate::support::database::{Kind, TestDatabase};

const NOW: OffsetDateTime = datetime!(2026-11-20 12:00 UTC);

/// The database of that fixture, attached and counted.
async fn counted(name: &str) -> (TestDatabase, Desk) {
    let database = TestDatabase::new(Kind::Empty).await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/tests/fixtures/strangers");
    let sql = std::fs::read_to_string(folder.join(format!("{name}.sql"))).expect("a fixture");
    let mut owner = database.direct().await;
    owner.script(&sql).await.expect("a service");
    attach(&mut owner).await.expect("attached");
    let desk = Desk::new(
        database.store(),
        Lacks::default(),
        Arc::new(FixedClock(NOW)),
    );
    count_at(&desk, NOW).await;
    (database, desk)
}

fn users(filter: UsersFilter) -> UsersQuery {
    UsersQuery {
        filter,
        sort: UsersSort::Created,
        descending: false,
        after: None,
        limit: 100,
    }
}

/// Who is on the list with that filter, which an export must agree with; and what the rollups counted.
async fn listed(desk: &Desk, filter: UsersFilter) -> String {
    let mut reading = desk.store.read().await.expect("a connection");
    let page = people::page(&mut reading, &users(filter.clone()), NOW).await;
    let shown: Vec<String> = page
        .expect("a page")
        .rows
        .iter()
        .map(|row| row.person.name.clone().expect("a name"))
        .collect();
    let query = users(filter);
    let exported = people::listed(&mut reading, &query, NOW);
    pin_mut!(exported);
    let mut names = Vec::new();
    while let Some(row) = exported.next().await {
        names.push(row.expect("a row").person.name.expect("a name"));
    }
    assert_eq!(shown, names, "the export is the list");
    shown.join(" ")
}

fn with_status(status: UserStatus) -> UsersFilter {
    UsersFilter {
        statuses: vec![status],
        ..UsersFilter::default()
    }
}

fn with_plan(plan: Plan) -> UsersFilter {
    UsersFilter {
        plans: vec![plan],
        ..UsersFilter::default()
    }
}

#[tokio::test]
async fn words_in_capitals_are_the_same_words_and_others_are_never_active() {
    let (database, desk) = counted("capitals").await;
    for (status, names) in [
        (UserStatus::Active, "Ann Dee Fay"),
        (UserStatus::Suspended, "Ben"),
        (UserStatus::Deleted, "Eli"),
        (UserStatus::Other, "Cas"),
    ] {
        assert_eq!(
            listed(&desk, with_status(status)).await,
            names,
            "{status:?}"
        );
    }
    for (plan, names) in [
        (Plan::Prepaid, "Ann Dee Eli"),
        (Plan::Postpaid, "Ben"),
        (Plan::Unset, "Fay"),
        (Plan::Other, "Cas"),
    ] {
        assert_eq!(listed(&desk, with_plan(plan)).await, names, "{plan:?}");
    }
    assert_eq!(
        database.psql(
            "select string_agg(kind || ' ' || value || ' ' || entries, ', ' order by kind, value)
             from console.lists_counted where list = 'users' and kind in ('status', 'plan')"
        ),
        "plan none 1, plan other 1, plan postpaid 1, plan prepaid 3, \
         status active 3, status deleted 1, status other 1, status suspended 1"
    );
    assert_eq!(
        database.psql(
            "select s.low, t.members, t.members_active from console.credit_standing s, console.team_standing t
             where s.account_id = 'auth0|ann' and t.account_id = 'auth0|ann'"
        ),
        "t|1|1",
        "a prepaid account without credits runs low; a deleted member is none"
    );
    assert_eq!(
        database.psql("select string_agg(user_id, ' ' order by user_id) from console.without_seat"),
        "auth0|dee",
        "only who is active lacks a seat"
    );
}

#[tokio::test]
async fn a_word_of_the_services_own_is_shown_as_it_stands() {
    let (_database, desk) = counted("capitals").await;
    let mut reading = desk.store.read().await.expect("a connection");
    let filter = with_status(UserStatus::Other);
    let page = people::page(&mut reading, &users(filter.clone()), NOW).await;
    let cas = page.expect("a page").rows.remove(0);
    assert_eq!(cas.person.status_word.as_deref(), Some("ON_HOLD"));
    assert_eq!(cas.plan_word.as_deref(), Some("ENTERPRISE"));
    assert_eq!(cas.facts.standing(NOW.date()).short(), "ON_HOLD");
    reading.end().await.expect("an end");
    let listing = Listing::Users(users(filter));
    let file = super::exports::csv_of(&desk, &listing).await;
    let (rows, _) = read_csv(&file);
    assert_eq!(rows[0][3..6], ["ON_HOLD", "ON_HOLD", "ENTERPRISE"]);
}

#[tokio::test]
async fn a_cluster_in_capitals_serves_those_who_are_on_it() {
    let (_database, desk) = counted("capitals").await;
    let mut reading = desk.store.read().await.expect("a connection");
    let query = ClustersQuery {
        filter: ClustersFilter {
            statuses: vec![ClusterStatus::Full],
            ..ClustersFilter::default()
        },
        sort: ClustersSort::Name,
        descending: false,
        after: None,
        limit: 10,
    };
    let page = clusters::page(&mut reading, &query, NOW)
        .await
        .expect("a page");
    assert_eq!(page.0.rows.len(), 1);
    let users = users(UsersFilter {
        text: Some("fay".to_owned()),
        ..UsersFilter::default()
    });
    let page = people::page(&mut reading, &users, NOW)
        .await
        .expect("a page");
    let fay = page.rows[0].facts.clone();
    assert_eq!(fay.instance_status.as_deref(), Some("active"));
    assert_eq!(
        fay.standing(NOW.date()).short(),
        "no plan",
        "nothing but that"
    );
}

#[tokio::test]
async fn actions_write_the_services_own_spelling() {
    let (database, _desk) = counted("capitals").await;
    let login = login_of(&database, "ada");
    database.psql(&format!("create role {login} login"));
    let mut owner = database.direct().await;
    let adopt = format!("select console.adopt_staff('{login}', 'auth0|{login}', 'Ada', 'admin')");
    owner.script(&adopt).await.expect("a member of staff");
    let store = desk_of(&database, "ada");
    elevate(&store).await;
    let done = |action: &'static str, subject: &'static str, arguments: serde_json::Value| {
        let (store, order) = (
            &store,
            order(action, subject, arguments, Some("ticket 4711")),
        );
        async move { act(store, &order, false).await }
    };
    let of = |id: &str, column: &str| {
        database.psql(&format!(
            "select {column} from public.users where id = '{id}'"
        ))
    };
    done("suspend_account", "auth0|ann", json!({}))
        .await
        .expect("suspended");
    assert_eq!(of("auth0|ann", "status"), "SUSPENDED");
    assert_eq!(of("auth0|dee", "status"), "SUSPENDED", "with the account");
    done("reactivate_account", "auth0|ann", json!({}))
        .await
        .expect("back");
    assert_eq!(of("auth0|dee", "status"), "ACTIVE");
    done("suspend_account", "auth0|cas", json!({}))
        .await
        .expect("suspended");
    assert_eq!(of("auth0|cas", "status"), "SUSPENDED");
    done("reactivate_account", "auth0|cas", json!({}))
        .await
        .expect("back");
    assert_eq!(of("auth0|cas", "status"), "ON_HOLD", "what it was before");
    done("change_plan", "auth0|ann", json!({"plan": "free"}))
        .await
        .expect("changed");
    assert_eq!(
        of("auth0|ann", "billing_mode"),
        "FREE",
        "as the row was spelled"
    );
    done("change_plan", "auth0|ben", json!({"plan": "prepaid"}))
        .await
        .expect("changed");
    assert_eq!(
        of("auth0|ben", "billing_mode"),
        "Prepaid",
        "as the row was spelled"
    );
    done("drain_cluster", "k1", json!({}))
        .await
        .expect("drained");
    assert_eq!(
        database.psql("select status from public.hopsworks_clusters"),
        "MAINTENANCE",
        "as the table's check has it"
    );
}

#[tokio::test]
async fn a_registration_finds_the_word_that_the_service_has() {
    let (database, _desk) = counted("capitals").await;
    let mut owner = database.direct().await;
    let kept = [
        ("by its type", ""),
        (
            "by its check",
            "alter table public.users alter column status type varchar(20) using status::text;
             alter table public.users add constraint words check (status in ('ACTIVE', 'SUSPENDED', 'DELETED', 'ON_HOLD'))",
        ),
        (
            "out of sight",
            "alter table public.users drop constraint words",
        ),
    ];
    for (number, (how, change)) in kept.into_iter().enumerate() {
        release(&mut owner).await.expect("released");
        owner.script(change).await.expect("changed");
        attach(&mut owner).await.expect("attached");
        assert_eq!(
            database.psql(&format!(
                "select console.upsert_registered_user('auth0|gil{number}', 'gil{number}@caps.example', 'Gil', null, null, now())"
            )),
            "inserted",
            "{how}"
        );
        assert_eq!(
            database.psql(&format!(
                "select status from public.users where id = 'auth0|gil{number}'"
            )),
            "ACTIVE",
            "{how}"
        );
    }
}

#[tokio::test]
async fn a_service_that_grew_shows_what_each_time_counted() {
    let (database, _desk) = counted("grown").await;
    assert_eq!(
        database.psql(
            "select user_id, date, cpu_hours, gpu_hours, storage_gb, total_cost, coalesce(cpu_cost::text, '-')
             from console.usage_daily order by date, user_id"
        ),
        "auth0|ann|2025-03-01|4.00|1.00|10.00|2.50|1.25\n\
         auth0|ben|2025-03-01|0.00|0.00|0.00|0.00|0.00\n\
         auth0|ann|2026-11-01|6.5000|0.0000|32.0000|3.1234|2.0000\n\
         auth0|ben|2026-11-01|0.00|0.0000|0.00|0.0000|0.00\n\
         auth0|ann|2026-11-02|1.0000|0.5000|7.0000|0.00|0.00"
    );
    assert_eq!(
        database.psql(
            "select sum(storage_gb), sum(cpu_hours), sum(total_cost) from console.usage_by_account_month
             where month = '2026-11-01'"
        ),
        "39.0000|7.5000|3.1234",
        "the sums are of the same days"
    );
    // How it is read is said.
    let read = "select source from console.attached_columns where view_name = 'usage_daily' and column_name = 'total_cost'";
    assert_eq!(
        database.psql(read),
        "usage_daily.coalesce(nullif(total_cost, 0), opencost_total_cost)"
    );
    // Without the default, and what it filled in, a zero was written by somebody: a day for nothing.
    let mut owner = database.direct().await;
    release(&mut owner).await.expect("released");
    owner
        .script(
            "alter table public.usage_daily alter column total_cost drop default;
             update public.usage_daily set total_cost = null where total_cost = 0;
             insert into public.usage_daily (user_id, date, total_cost, opencost_total_cost) values ('auth0|ben', '2026-11-03', 0, 5)",
        )
        .await
        .expect("changed");
    attach(&mut owner).await.expect("attached");
    assert_eq!(
        database.psql(read),
        "usage_daily.coalesce(total_cost, opencost_total_cost)"
    );
    assert_eq!(
        database.psql(
            "select string_agg(total_cost::text, ' ' order by date, user_id) from console.usage_daily
             where date >= '2026-11-01' and total_cost is not null"
        ),
        "3.1234 0.0000 0.00"
    );
}

#[tokio::test]
async fn an_invite_is_expired_for_every_screen_alike() {
    let database = TestDatabase::new(Kind::Managed).await;
    database.psql(
        "alter table public.team_invites alter column expires_at drop not null;
         insert into public.users (id, email, name, created_at) values
           ('auth0|old', 'old@x.example', 'Old', '2026-01-01'), ('auth0|week', 'week@x.example', 'Week', '2026-01-02'),
           ('auth0|new', 'new@x.example', 'New', '2026-01-03'), ('auth0|ever', 'ever@x.example', 'Ever', '2026-01-04');
         insert into public.team_invites (account_owner_id, email, token, created_at, expires_at) values
           ('auth0|old', 'a@x.example', repeat('a', 43), '2026-09-14', '2026-09-21'),
           ('auth0|week', 'b@x.example', repeat('b', 43), '2026-11-01', null),
           ('auth0|new', 'c@x.example', repeat('c', 43), '2026-11-19', null),
           ('auth0|ever', 'd@x.example', repeat('d', 43), '2026-01-01', 'infinity');",
    );
    let clock = Arc::new(FixedClock(NOW));
    let desk = Desk::new(database.store(), Lacks::default(), clock);
    count_at(&desk, NOW).await;
    let expired = UsersFilter {
        concern: Some(Concern::InviteExpired),
        ..UsersFilter::default()
    };
    assert_eq!(listed(&desk, expired).await, "Old Week");
    assert_eq!(
        database.psql(
            "select string_agg(account_id || ' ' || invites_pending || ' ' || invites_expired, ', ' order by account_id)
             from console.team_standing"
        ),
        "auth0|ever 1 0, auth0|new 1 0, auth0|old 0 1, auth0|week 0 1"
    );
    assert_eq!(
        database.psql("select invites_expired from console.service_figures"),
        "2"
    );
}
