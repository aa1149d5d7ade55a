//! Where the next seat would be: the database's choice against one that is worked out here by the rule as people say it,
//! and on every generation.

use std::time::Duration;

use hopsdesk::domain::ids::UserId;
use hopsdesk::domain::seats::{Cause, Giving, Verdict, Why};
use hopsdesk::store::attach::run::attach;
use hopsdesk::store::seats;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use crate::support::database::{Kind, TestDatabase};

/// A cluster of some world.
#[derive(Debug, Clone)]
struct Imagined {
    status: &'static str,
    seats: Option<u32>,
    taken: u32,
    has_key: bool,
    mode: Option<&'static str>,
}

fn imagined() -> impl Strategy<Value = Imagined> {
    (
        prop_oneof![4 => Just("active"), 1 => Just("maintenance"), 1 => Just("inactive")],
        prop_oneof![5 => (0_u32..5).prop_map(Some), 1 => Just(None)],
        0_u32..5,
        prop::bool::weighted(0.8),
        prop_oneof![4 => Just(None), 1 => Just(Some("off")), 1 => Just(Some("shadow")), 1 => Just(Some("live"))],
    )
        .prop_map(|(status, seats, taken, has_key, mode)| Imagined {
            status,
            seats,
            taken,
            has_key,
            mode,
        })
}

/// A world: clusters, the switch for all of them, and the cluster that the owner of a team is on.
type World = (Vec<Imagined>, &'static str, Option<usize>);

fn worlds() -> impl Strategy<Value = World> {
    (
        prop::collection::vec(imagined(), 0..6),
        prop_oneof![3 => Just("live"), 1 => Just("shadow"), 1 => Just("off")],
        prop::option::of(0_usize..6),
    )
        .prop_map(|(clusters, mode, owner)| {
            let owner = owner.filter(|place| *place < clusters.len());
            (clusters, mode, owner)
        })
}

/// Fills the database with it. Whoever owns a team is a seat of their cluster, too.
fn build(database: &TestDatabase, (clusters, mode, owner): &World) {
    let mut sql = format!(
        "delete from public.user_hopsworks_assignments; delete from public.users; delete from public.hopsworks_clusters;
         delete from console.effect_switches where cluster_id <> '';
         update console.effect_switches set mode = '{mode}' where effect = 'assignment';
         insert into public.users (id, email) values ('owner', 'owner@x.example');
         insert into public.users (id, email, account_owner_id) values ('member', 'member@x.example', 'owner');"
    );
    for (place, cluster) in clusters.iter().enumerate() {
        let id = format!("00000000-0000-4000-8000-00000000000{place}");
        let seats = cluster
            .seats
            .map_or_else(|| "null".to_owned(), |seats| seats.to_string());
        sql = format!(
            "{sql} insert into public.hopsworks_clusters (id, name, api_url, api_key, max_users, status) values
             ('{id}', 'k{place}', 'https://k.example', '{}', {seats}, '{}');
             insert into public.users (id, email) select 'u{place}-' || n, 'u{place}-' || n || '@x.example'
             from generate_series(1, {taken}) as n;
             insert into public.user_hopsworks_assignments (user_id, hopsworks_cluster_id)
             select 'u{place}-' || n, '{id}' from generate_series(1, {taken}) as n;",
            if cluster.has_key { "key" } else { "" },
            cluster.status,
            taken = cluster.taken,
        );
        if *owner == Some(place) {
            sql = format!(
                "{sql} insert into public.user_hopsworks_assignments (user_id, hopsworks_cluster_id) values ('owner', '{id}');"
            );
        }
        if let Some(mode) = cluster.mode {
            sql = format!(
                "{sql} insert into console.effect_switches (effect, cluster_id, mode) values ('assignment', '{id}', '{mode}');"
            );
        }
    }
    database.psql(&sql);
}

/// The rule as people say it: among the active clusters with room the least filled, by share, then by name; members where
/// their owner is. While any cluster is live, only those that are.
fn expected((clusters, mode, owner): &World, member: bool) -> Option<usize> {
    let mode_of = |cluster: &Imagined| cluster.mode.unwrap_or(mode);
    let strongest = ["live", "shadow"]
        .into_iter()
        .find(|word| clusters.iter().any(|cluster| mode_of(cluster) == *word));
    let taken = |place: usize| clusters[place].taken + u32::from(*owner == Some(place));
    let mut fit: Vec<usize> = (0..clusters.len())
        .filter(|place| !member || *owner == Some(*place))
        .filter(|place| {
            let cluster = &clusters[*place];
            let switched = match strongest {
                Some("live") => mode_of(cluster) == "live",
                Some(_) => mode_of(cluster) != "off",
                None => true,
            };
            switched
                && cluster.status == "active"
                && cluster.has_key
                && cluster.seats.is_none_or(|seats| taken(*place) < seats)
        })
        .collect();
    // a/b < c/d without dividing; one without a limit comes last.
    fit.sort_by(
        |one, other| match (clusters[*one].seats, clusters[*other].seats) {
            (Some(b), Some(d)) => (taken(*one) * d)
                .cmp(&(taken(*other) * b))
                .then(one.cmp(other)),
            (None, None) => one.cmp(other),
            (one, other) => one.is_none().cmp(&other.is_none()),
        },
    );
    fit.first().copied()
}

#[tokio::test]
async fn the_choice_is_the_one_that_the_rule_makes() {
    let database = TestDatabase::new(Kind::Managed).await;
    database.psql("alter table public.hopsworks_clusters alter column max_users drop not null");
    let store = database.store();
    let member = UserId::parse("member").expect("an id");
    let mut runner = TestRunner::deterministic();
    let (mut chosen, mut none) = (0, 0);
    for _ in 0..60 {
        let world = worlds().new_tree(&mut runner).expect("a world").current();
        build(&database, &world);
        for user in [None, Some(&member)] {
            let mut reading = store.read().await.expect("a connection");
            let next = seats::next(&mut reading, user).await.expect("an answer");
            reading.end().await.expect("an end");
            let place = expected(&world, user.is_some());
            let name = place.map(|place| format!("k{place}"));
            assert_eq!(next.choice.cluster_name, name, "{user:?} in {world:?}");
            let words: Vec<_> = next
                .choice
                .clusters
                .iter()
                .map(|each| each.verdict)
                .collect();
            let counted = words
                .iter()
                .filter(|word| **word == Verdict::Chosen)
                .count();
            assert_eq!(counted, usize::from(place.is_some()), "{words:?}");
            if next.choice.why != Why::OwnerNoSeat {
                assert_eq!(words.len(), world.0.len(), "each cluster has its reason");
            }
            if place.is_some() {
                chosen += 1;
            } else {
                none += 1;
            }
        }
    }
    assert!(
        chosen > 20 && none > 20,
        "{chosen} and {none}: both are tried"
    );
}

#[tokio::test]
async fn on_every_generation_it_is_told_and_in_shadow_nothing_is_written() {
    for kind in Kind::ATTACHED {
        let database = TestDatabase::new(*kind).await;
        let store = database.store();
        let mut reading = store.read().await.expect("a connection");
        let next = seats::next(&mut reading, None).await.expect("an answer");
        reading.end().await.expect("an end");
        let own = *kind == Kind::Managed;
        let mode = if own { Giving::Live } else { Giving::Shadow };
        assert_eq!(next.mode, mode, "{kind:?}");

        let register = "select console.upsert_registered_user('auth0|seatless', 'seatless@x.example', null, null, 'auth0', '2026-01-01Z')";
        database.psql(register);
        let user = UserId::parse("auth0|seatless").expect("an id");
        let before = database.psql("select count(*) from console.cluster_assignments");
        let mut writing = store.write().await.expect("a connection");
        let asked = seats::request(&mut writing, &user, Cause::Registration).await;
        writing.commit().await.expect("a commit");
        assert!(
            asked.expect("an answer"),
            "{kind:?}: a comparison needs nothing"
        );
        let placed = seats::place(&store, 10)
            .await
            .expect("a look")
            .unwrap_or_default();
        assert_eq!(
            (placed.shadowed, placed.waiting + placed.placed),
            if own { (0, 1) } else { (1, 0) },
            "{kind:?}"
        );
        if !own {
            let after = database.psql("select count(*) from console.cluster_assignments");
            assert_eq!(after, before, "{kind:?}");
        }
        let mut reading = store.read().await.expect("a connection");
        let seat = seats::seat_of(&mut reading, &user)
            .await
            .expect("an answer");
        reading.end().await.expect("an end");
        assert!(seat.request.is_some(), "{kind:?}");
    }
}

#[tokio::test]
async fn on_every_generation_that_has_clusters_a_seat_is_given() {
    let mut moved = Vec::new();
    for kind in [
        Kind::G1Production,
        Kind::G1Code,
        Kind::G2,
        Kind::G3,
        Kind::MixedNames,
    ] {
        let database = TestDatabase::new(kind).await;
        database.psql(
            "update public.hopsworks_clusters set status = 'active', max_users = 1000, api_key = 'key';
             update console.effect_switches set mode = 'live' where effect in ('assignment', 'hopsworks_user')",
        );
        let store = database.store();
        let mut reading = store.read().await.expect("a connection");
        let next = seats::next(&mut reading, None).await.expect("an answer");
        reading.end().await.expect("an end");
        assert_eq!(next.lacks, None, "{kind:?}");
        database.psql("select console.upsert_registered_user('auth0|placed', 'placed@x.example', null, null, 'auth0', '2026-01-01Z')");
        let asked = database.psql("select console.request_seat('auth0|placed', 'registration')");
        assert_eq!(asked, "t", "{kind:?}");
        let placed = seats::place(&store, 10).await.expect("a look");
        assert_eq!(
            placed.map(|placed| placed.placed),
            Some(1),
            "{kind:?}: {}",
            database.psql("select why, choice from console.seat_requests")
        );
        let given = database.psql(
            "select count(*) from console.cluster_assignments where user_id = 'auth0|placed'",
        );
        assert_eq!(given, "1", "{kind:?}");
        // A row that nothing tells from another is added and not found again: there staff are told what is missing.
        let lacks = "select console.lacking('{write_cluster_assignments:cluster_id,delete_cluster_assignments}')";
        let lacks = database.psql(lacks);
        if lacks.is_empty() {
            moved_by_staff(&database, kind).await;
            moved.push(kind);
        } else {
            assert_eq!(
                lacks,
                "This database cannot take it: the table UserHopsworksAssignments has no column id to find a row by, \
                 and no unique key of user_id, or of user_id and clusterId that would tell one row from another.",
                "{kind:?}"
            );
        }
    }
    let expected = [Kind::G1Production, Kind::G1Code, Kind::G2, Kind::G3];
    assert_eq!(moved, expected, "by an id, or by what is unique");
}

#[tokio::test]
async fn a_seat_without_an_id_is_found_by_what_is_unique_and_no_other_is_touched() {
    // As attach finds the table: one seat a person, one a person and cluster, and nothing that tells seats apart.
    for (key, id) in [
        ("unique (user_id)", "auth0|placed"),
        (
            "unique (hopsworks_cluster_id, user_id)",
            "[\"auth0|placed\", \"00000000-0000-4000-8000-0000000000e1\"]",
        ),
    ] {
        let database = TestDatabase::new(Kind::G3).await;
        database.psql(&format!(
            "alter table public.user_hopsworks_assignments drop constraint user_hopsworks_assignments_pkey cascade;
             alter table public.user_hopsworks_assignments add {key};
             insert into public.users (id, email) values
               ('auth0|placed', 'placed@x.example'), ('auth0|\"other\", \"1', 'other@x.example');
             insert into public.user_hopsworks_assignments (user_id, hopsworks_cluster_id, hopsworks_user_id, assigned_at)
             select u.id, '00000000-0000-4000-8000-0000000000e1', 7, '2026-01-01Z'
             from public.users as u where u.email like '%@x.example'"
        ));
        attach(&mut database.direct().await)
            .await
            .expect("it attaches");
        let found = "select id from console.cluster_assignments where user_id = 'auth0|placed'";
        assert_eq!(database.psql(found), id);
        let others = "select string_agg(a::text, ' ' order by user_id) from public.user_hopsworks_assignments as a
            where user_id <> 'auth0|placed'";
        let before = database.psql(others);
        database.psql(
            "update public.hopsworks_clusters set status = 'active', max_users = 1000;
             update console.effect_switches set mode = 'live' where effect in ('assignment', 'hopsworks_user')",
        );
        moved_by_staff(&database, Kind::G3).await;
        assert_eq!(database.psql(others), before, "{key}");
    }
}

#[tokio::test]
async fn a_seat_is_never_found_by_another_key_than_the_one_that_is_shown() {
    // Seat 12 is of person 7, and seat 7 of person 12: found by whose it is, it would be the other one.
    let database = TestDatabase::new(Kind::G3).await;
    database.psql(
        "drop table public.user_hopsworks_assignments cascade;
         create table public.user_hopsworks_assignments (
           id numeric primary key, user_id integer unique, hopsworks_cluster_id uuid, assigned_by text
         );
         alter table public.user_hopsworks_assignments owner to hopsdesk_owner;
         insert into public.user_hopsworks_assignments (id, user_id) values (12, 7), (7, 12)",
    );
    attach(&mut database.direct().await)
        .await
        .expect("it attaches");
    let shown = "select string_agg(id || ' of ' || user_id, ', ' order by id) from console.cluster_assignments";
    assert_eq!(database.psql(shown), "12 of 7, 7 of 12");
    let writes = "select string_agg(distinct coalesce(f.reason, 'made'), ' / ') from console.attached_functions as f
        where f.function_name in ('write_cluster_assignments', 'delete_cluster_assignments')";
    assert_eq!(
        database.psql(writes),
        "user_hopsworks_assignments.id is numeric, and by such a one no row is found to be written"
    );
}

#[tokio::test]
async fn a_key_of_fixed_length_is_compared_as_a_whole() {
    let database = TestDatabase::new(Kind::G3).await;
    database.psql(
        "drop table public.hopsworks_clusters cascade;
         create table public.hopsworks_clusters (
           id character(36) primary key default gen_random_uuid()::text, name character(20), api_url text, api_key text,
           max_users integer, status text
         );
         alter table public.hopsworks_clusters owner to hopsdesk_owner;
         insert into public.hopsworks_clusters (id, name, api_url) values
           ('00000000-0000-4000-8000-0000000000e1', 'one', 'https://e.example')",
    );
    attach(&mut database.direct().await)
        .await
        .expect("it attaches");
    let written = "select console.write_clusters('00000000-0000-4000-8000-0000000000e1', '{\"name\": \"renamed\"}')";
    assert_eq!(
        database.psql(written),
        "00000000-0000-4000-8000-0000000000e1"
    );
    let named = "select trim(name) from public.hopsworks_clusters";
    assert_eq!(database.psql(named), "renamed");
}

/// Whoever was placed by themselves is moved by staff, off their seat, and back into the line.
async fn moved_by_staff(database: &TestDatabase, kind: Kind) {
    database.psql(
        "insert into public.hopsworks_clusters (name, api_url, api_key, max_users, status)
         values ('elsewhere', 'https://e.example', 'key', 10, 'active')",
    );
    let login = format!("mover_{}", database.name);
    database.psql(&format!("create role {login} login"));
    let mut owner = database.direct().await;
    owner
        .script(&format!(
            "select console.adopt_staff('{login}', 'auth0|{login}', 'Mo', 'support')"
        ))
        .await
        .expect("the owner takes a login into the staff");
    let acts = |action: &str, arguments: &str| {
        database.psql(&format!(
            "set session authorization {login};
             select console.elevate('a test', 15) is not null;
             select console.act('{action}', 'auth0|placed', {arguments}, null, false, 'a test') ->> 'action'"
        ))
    };
    let elsewhere = database.psql("select id from console.clusters where name = 'elsewhere'");
    let on = "select string_agg(k.name, ',') from console.cluster_assignments as a
        join console.clusters as k on k.id = a.cluster_id where a.user_id = 'auth0|placed'";
    let first = database.psql(on);
    let there = format!("'{{\"cluster_id\": \"{elsewhere}\"}}'");
    let told = acts("assign_cluster", &there);
    assert!(told.ends_with("assign_cluster"), "{kind:?}: {told}");
    assert_eq!(database.psql(on), "elsewhere", "{kind:?}");
    // What is on record of the move is what the seat is found by now, and is as the move left it: it can be taken back.
    let move_on_record = database.psql(
        "select max(id) from console.audit where action = 'assign_cluster' and login <> 'hopsdesk_owner'",
    );
    let back = database.psql(&format!(
        "set session authorization {login};
         select console.act(
           i ->> 'action', i ->> 'subject', (i -> 'arguments') || '{{\"undoes\": \"{move_on_record}\"}}', null, false, 'a test'
         ) ->> 'action'
         from console.inverse_of({move_on_record}) as i"
    ));
    assert!(back.ends_with("assign_cluster"), "{kind:?}: {back}");
    assert_eq!(database.psql(on), first, "{kind:?}");
    let told = acts("assign_cluster", &there);
    assert!(told.ends_with("assign_cluster"), "{kind:?}: {told}");
    assert_eq!(database.psql(on), "elsewhere", "{kind:?}");
    let told = acts("unassign_cluster", "'{}'");
    assert!(told.ends_with("unassign_cluster"), "{kind:?}: {told}");
    assert_eq!(database.psql(on), "", "{kind:?}");
    for action in ["join_seat_line", "leave_seat_line", "join_seat_line"] {
        let told = acts(action, "'{}'");
        assert!(told.ends_with(action), "{kind:?}: {told}");
    }
    let placed = seats::place(&database.store(), 10).await.expect("a look");
    assert_eq!(placed.map(|placed| placed.placed), Some(1), "{kind:?}");
    let drifted = "select count(*) from console.clusters as k
        where k.current_users is not null and k.name = 'elsewhere'
          and k.current_users <> console.seats_taken(k.id)";
    assert_eq!(database.psql(drifted), "0", "{kind:?}");
}

/// A look at the line that begins while somebody else holds what decides, and changes it: what it says of `one`, for whom
/// there was the last seat.
async fn behind(change: &str) -> String {
    let database = TestDatabase::new(Kind::Managed).await;
    database.psql(
        "insert into public.hopsworks_clusters (name, api_url, api_key, max_users, status)
         values ('north', 'https://k.example', 'key', 1, 'active');
         insert into public.users (id, email) values ('one', 'one@x.example'), ('other', 'other@x.example');
         select console.request_seat('one', 'registration')",
    );
    let mut other = database.superuser().await;
    other
        .script(&format!("begin; {change}"))
        .await
        .expect("a change");
    let store = database.store();
    let look = tokio::spawn(async move { seats::place(&store, 10).await });
    let waits = format!(
        "select count(*) from pg_stat_activity where datname = '{}' and wait_event_type = 'Lock'",
        database.name
    );
    let begun = tokio::time::Instant::now();
    while database.psql(&waits) == "0" {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "the look should wait for whoever holds the seats"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    other.script("commit").await.expect("a commit");
    let looked = look.await.expect("a task").expect("a look");
    assert_eq!(looked.unwrap_or_default().placed, 0);
    let over =
        "select count(*) from console.clusters as k where console.seats_taken(k.id) > k.max_users";
    assert_eq!(database.psql(over), "0", "no seat is given twice");
    database
        .psql("select concat_ws(' ', state, why) from console.seat_requests where user_id = 'one'")
}

#[tokio::test]
async fn what_changed_while_a_look_waited_decides() {
    let lowered = "select console.lock_seats(); update public.hopsworks_clusters set max_users = 0";
    assert_eq!(behind(lowered).await, "waiting no_room");
    let taken = "select console.lock_seats();
        insert into public.user_hopsworks_assignments (user_id, hopsworks_cluster_id)
        select 'other', id from public.hopsworks_clusters";
    assert_eq!(behind(taken).await, "waiting no_room");
    let suspended = "update public.users set status = 'suspended' where id = 'one'";
    assert_eq!(behind(suspended).await, "waiting suspended");
}
