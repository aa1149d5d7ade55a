//! Teams: the list in order and narrowed, and a team whose people add up to the whole.

use hopsdesk::domain::account::UserStatus;
use hopsdesk::domain::browse::Count;
use hopsdesk::domain::directory::InviteState;
use hopsdesk::domain::ids::UserId;
use hopsdesk::domain::period::Month;
use hopsdesk::domain::teams::{
    TeamConcern, TeamPlace, TeamRow, TeamsFilter, TeamsPage, TeamsQuery, TeamsSort,
};
use hopsdesk::domain::usage::Metric;
use hopsdesk::store::door::Store;
use hopsdesk::store::teams;
use rust_decimal::dec;
use time::OffsetDateTime;
use time::macros::datetime;

use super::rolled_up::roll_up;
use crate::support::database::{Kind, TestDatabase};

const NOW: OffsetDateTime = datetime!(2026-11-20 12:00 UTC);
const SORTS: [TeamsSort; 4] = [
    TeamsSort::Cost,
    TeamsSort::Members,
    TeamsSort::Name,
    TeamsSort::Created,
];

/// Twenty owners, most of them with members or invites: ties in every column, and gaps where there is
/// nothing to sort by.
const SERVICE: &str = "
insert into public.users (id, email, name, status, created_at)
select 'auth0|o' || lpad(n::text, 2, '0'), 'owner' || n || '@example.com',
       case when n % 6 <> 0 then 'Owner ' || n % 4 end, 'active',
       timestamptz '2026-01-01' + (n / 4) * interval '1 day'
from generate_series(1, 20) n;
insert into public.users (id, email, name, status, deleted_at, account_owner_id, created_at)
select 'auth0|m' || lpad(n::text, 2, '0'), 'member' || n || '@example.com', 'Member ' || n,
       case when n % 9 = 0 then 'suspended' when n % 13 = 0 then 'deleted' else 'active' end,
       case when n % 9 <> 0 and n % 13 = 0 then timestamptz '2026-11-01' end,
       'auth0|o' || lpad((n % 15 + 1)::text, 2, '0'), timestamptz '2026-02-01'
from generate_series(1, 40) n;
insert into public.team_invites (account_owner_id, email, token, created_at, expires_at)
select 'auth0|o' || lpad(n::text, 2, '0'), 'guest' || n || '@example.com', 'token-token-token-' || n,
       timestamptz '2026-11-01' + n * interval '1 day', timestamptz '2026-11-08' + n * interval '1 day'
from generate_series(8, 17) n;
insert into public.usage_daily (user_id, date, total_cost, cpu_hours)
select u.id, d::date, (n % 3) * 0.5, n % 2
from (select id, right(id, 2)::int as n from public.users where right(id, 2)::int % 5 <> 0
        and id not in ('auth0|o16', 'auth0|o17')) u
cross join generate_series(date '2026-10-20', date '2026-11-20', interval '3 days') d;
";

pub(super) async fn service() -> (TestDatabase, Store) {
    let database = TestDatabase::new(Kind::Managed).await;
    database.psql(SERVICE);
    roll_up(&database);
    let store = database.store();
    (database, store)
}

fn query(filter: TeamsFilter, sort: TeamsSort, descending: bool, limit: u16) -> TeamsQuery {
    TeamsQuery {
        filter,
        sort,
        descending,
        after: None,
        limit,
    }
}

async fn page(store: &Store, query: &TeamsQuery) -> TeamsPage {
    let mut reading = store.read().await.expect("a connection");
    let page = teams::page(&mut reading, query, NOW).await.expect("a page");
    reading.end().await.expect("an end");
    page
}

async fn all(store: &Store, mut query: TeamsQuery) -> Vec<TeamRow> {
    let mut rows = Vec::new();
    loop {
        let page = page(store, &query).await;
        assert!(page.rows.len() <= query.limit.into(), "no page is too long");
        rows.extend(page.rows);
        match page.next {
            Some(next) => query.after = Some(next),
            None => return rows,
        }
        assert!(rows.len() < 1000, "paging must come to an end");
    }
}

fn id(text: &str) -> UserId {
    UserId::parse(text).expect("an id")
}

#[tokio::test]
async fn paging_shows_every_team_once_in_the_order_of_one_long_page() {
    let (database, store) = service().await;
    let teams: usize = database
        .psql("select count(*) from console.team_standing")
        .parse()
        .expect("a count");
    assert_eq!(teams, 17, "fifteen with members, two with invites only");
    for sort in SORTS {
        for descending in [true, false] {
            let whole = query(TeamsFilter::default(), sort, descending, 500);
            let at_once = all(&store, whole.clone()).await;
            assert_eq!(at_once.len(), teams, "{sort:?} shows every team");
            let in_pages = all(&store, TeamsQuery { limit: 4, ..whole }).await;
            assert_eq!(in_pages, at_once, "{sort:?}, descending {descending}");
            if sort == TeamsSort::Cost {
                let costs: Vec<_> = at_once.iter().filter_map(|row| row.month.cost).collect();
                let ordered = costs.windows(2).all(|pair| {
                    if descending {
                        pair[0] >= pair[1]
                    } else {
                        pair[0] <= pair[1]
                    }
                });
                assert!(ordered, "descending {descending}: {costs:?}");
                assert!(costs.len() < teams, "some recorded nothing, and come last");
            }
        }
    }
}

#[tokio::test]
async fn filters_narrow_the_list_and_the_count() {
    let (database, store) = service().await;
    // Two owners may not work; the members of one still do.
    database.psql(
        "update public.users set status = 'suspended' where id in ('auth0|o01', 'auth0|o02');
         update public.users set status = 'suspended' where account_owner_id = 'auth0|o01'",
    );
    roll_up(&database);
    let concern = |concern| TeamsFilter {
        text: None,
        concern: Some(concern),
        ..TeamsFilter::default()
    };
    let text = |text: &str| TeamsFilter {
        text: Some(text.to_owned()),
        concern: None,
        ..TeamsFilter::default()
    };
    for (filter, expected) in [
        (TeamsFilter::default(), 17),
        (concern(TeamConcern::PendingInvites), 5),
        (concern(TeamConcern::ExpiredInvites), 5),
        (concern(TeamConcern::OwnerOut), 1),
        (text("auth0|o07"), 1),
        (text("OWNER1"), 9),
        (text("100%"), 0),
    ] {
        let found = page(&store, &query(filter.clone(), TeamsSort::Cost, true, 500)).await;
        assert_eq!(found.rows.len(), expected, "{filter:?}");
        assert_eq!(
            found.count,
            Some(Count::Exact(expected as u64)),
            "{filter:?}"
        );
    }
    let suspended = concern(TeamConcern::SuspendedMembers);
    for row in all(&store, query(suspended, TeamsSort::Members, true, 5)).await {
        assert!(row.standing.suspended > 0, "{:?}", row.owner);
    }
    let out = all(
        &store,
        query(concern(TeamConcern::OwnerOut), TeamsSort::Name, true, 5),
    )
    .await;
    assert_eq!(out[0].owner.id.as_str(), "auth0|o02");
    assert!(out[0].owner_is_out() && out[0].owner.status == UserStatus::Suspended);
}

#[tokio::test]
async fn a_team_is_counted_the_same_in_the_list_and_on_its_page() {
    let (_database, store) = service().await;
    let mut reading = store.read().await.expect("a connection");
    let all = all(
        &store,
        query(TeamsFilter::default(), TeamsSort::Cost, true, 500),
    )
    .await;
    for row in all {
        let head = teams::head(&mut reading, &row.owner.id, NOW)
            .await
            .expect("a head");
        assert_eq!(head, Some(row));
    }
    let nobody = teams::head(&mut reading, &id("auth0|nobody"), NOW).await;
    assert_eq!(nobody.expect("an answer"), None);
}

#[tokio::test]
async fn the_people_of_a_team_add_up_to_the_whole_also_when_one_has_left() {
    let (database, store) = service().await;
    // A member leaves, and one is erased; what they used stays with the owner who paid for it.
    database.psql(
        "update public.users set account_owner_id = 'auth0|o09' where id = 'auth0|m01';
         insert into console.usage_by_user_month
           (user_id, account_id, month, total_cost, days, days_seen, last_day, leads)
         values ('auth0|erased', 'auth0|o02', '2026-11-01', 7.0000000001, 1, 1, '2026-11-02', true);
         update console.usage_by_account_month set total_cost = total_cost + 7.0000000001
         where account_id = 'auth0|o02' and month = '2026-11-01'",
    );
    let mut reading = store.read().await.expect("a connection");
    for owner in 1..=15 {
        let owner = id(&format!("auth0|o{owner:02}"));
        let team = teams::people(&mut reading, &owner, NOW)
            .await
            .expect("a team");
        assert_eq!(team.listed(), team.month, "{owner}");
        assert_eq!(team.unlisted, 0);
        assert_eq!(team.people[0].place, TeamPlace::Owner);
        let listed: Vec<_> = team
            .people
            .iter()
            .filter_map(|one| one.cost_before)
            .collect();
        let before = hopsdesk::domain::money::exact_sum(listed).expect("a sum");
        assert_eq!(before, team.cost_before.unwrap_or_default(), "{owner}");
    }
    let team = teams::people(&mut reading, &id("auth0|o02"), NOW)
        .await
        .expect("a team");
    let place = |id: &str| {
        let one = team.people.iter().find(|one| one.person.id.as_str() == id);
        one.map(|one| one.place)
    };
    assert_eq!(place("auth0|m01"), Some(TeamPlace::Former));
    assert_eq!(place("auth0|erased"), Some(TeamPlace::Former));
    assert_eq!(place("auth0|m16"), Some(TeamPlace::Member));
    let raw = database.psql(
        "select sum(total_cost) + 7.0000000001 from public.usage_daily
         where account_owner_id = 'auth0|o02' and date >= '2026-11-01'",
    );
    assert_eq!(team.month.cost, raw.parse().ok());
}

#[tokio::test]
async fn invites_that_nobody_took_up_say_whether_they_still_can_be() {
    let (database, store) = service().await;
    database.psql(
        "insert into public.team_invites (account_owner_id, email, token, created_at, expires_at, accepted_at)
         values ('auth0|o10', 'came@example.com', 'token-token-token-x', '2026-10-01', '2026-10-08', '2026-10-02'),
                ('auth0|o10', 'late@example.com', 'token-token-token-y', '2026-10-01', '2026-10-08', null),
                ('auth0|o10', 'soon@example.com', 'token-token-token-z', '2026-11-19', '2026-11-26', null)",
    );
    let mut reading = store.read().await.expect("a connection");
    let (invites, count) = teams::open_invites(&mut reading, &id("auth0|o10"), NOW)
        .await
        .expect("invites");
    let shown: Vec<_> = invites
        .iter()
        .map(|invite| (invite.email.as_str(), invite.state(NOW)))
        .collect();
    assert_eq!(
        shown,
        [
            ("soon@example.com", InviteState::Pending),
            ("guest10@example.com", InviteState::Expired),
            ("late@example.com", InviteState::Expired),
        ]
    );
    assert_eq!(count, 3);
}

#[tokio::test]
async fn a_month_without_usage_is_a_gap_in_the_chart_of_months() {
    let (_database, store) = service().await;
    let mut reading = store.read().await.expect("a connection");
    let (first, last) = (Month::of(NOW).before().before(), Month::of(NOW));
    let months = teams::months(&mut reading, &id("auth0|o02"), Metric::Cost, first, last)
        .await
        .expect("months");
    assert_eq!(months.dates.len(), 3);
    assert_eq!(months.whole(0), None, "September has no row");
    assert!(months.whole(1) > Some(dec!(0)) && months.whole(2) > Some(dec!(0)));
}

#[tokio::test]
async fn a_second_generation_database_answers_the_same_questions() {
    let database = TestDatabase::new(Kind::G2).await;
    roll_up(&database);
    let store = database.store();
    for sort in SORTS {
        for descending in [true, false] {
            all(&store, query(TeamsFilter::default(), sort, descending, 2)).await;
        }
    }
    database.psql(
        "insert into public.users (id, email, account_owner_id)
         values ('auth0|boss', 'boss@example.com', null), ('auth0|hand', 'hand@example.com', 'auth0|boss');
         insert into public.usage_daily (user_id, account_owner_id, date, total_cost)
         values ('auth0|boss', null, '2026-11-02', 1), ('auth0|hand', 'auth0|boss', '2026-11-02', 2)",
    );
    roll_up(&database);
    let mut reading = store.read().await.expect("a connection");
    let owner = id("auth0|boss");
    let team = teams::people(&mut reading, &owner, NOW)
        .await
        .expect("people");
    assert_eq!(team.people.len(), 2);
    assert_eq!(team.month.cost, Some(dec!(3)));
    assert_eq!(team.listed(), team.month);
    let (invites, count) = teams::open_invites(&mut reading, &owner, NOW)
        .await
        .expect("invites");
    assert_eq!((invites.len(), count), (0, 0));
}
