//! The generated function that makes a user of a registration.

use hopsdesk::store::attach::run::{attach, release};

use crate::support::database::{Kind, TestDatabase};

/// Calls the function as a registration would; its answer.
fn register(database: &TestDatabase, id: &str, email: &str, name: &str, at: &str) -> String {
    database.psql(&format!(
        "select console.upsert_registered_user('{id}', '{email}', {name}, '203.0.113.9', 'auth0', '{at}')"
    ))
}

const BOTH: [Kind; 2] = [Kind::Managed, Kind::G2];

#[tokio::test]
async fn a_registration_makes_the_user_once() {
    for kind in BOTH {
        let database = TestDatabase::new(kind).await;
        let call = || {
            register(
                &database,
                "auth0|new",
                "New@x.example",
                "'Nora'",
                "2025-03-01T10:00Z",
            )
        };
        assert_eq!(call(), "inserted", "{kind:?}");
        assert_eq!(
            call(),
            "unchanged",
            "a copy of it changes nothing, {kind:?}"
        );
        assert_eq!(
            database.psql(
                "select email, name, status, registration_source, registration_ip,
                        created_at at time zone 'UTC', login_count
                 from console.users where id = 'auth0|new'"
            ),
            "New@x.example|Nora|active|auth0|203.0.113.9|2025-03-01 10:00:00|0",
            "{kind:?}"
        );
    }
}

#[tokio::test]
async fn what_a_faster_login_sync_wrote_is_not_undone() {
    for kind in BOTH {
        let database = TestDatabase::new(kind).await;
        database.psql(
            "insert into public.users (id, email, name, created_at, last_login_at, login_count, status)
             values ('auth0|quick', 'later@x.example', 'Chosen Name', '2025-03-01T10:00:05Z',
                     '2025-03-01T10:00:05Z', 1, 'suspended')",
        );
        let answer = register(
            &database,
            "auth0|quick",
            "first@x.example",
            "'Quick'",
            "2025-03-01T10:00:00Z",
        );
        assert_eq!(answer, "updated", "{kind:?}");
        assert_eq!(
            database.psql(
                "select email, name, created_at at time zone 'UTC', login_count, status,
                        registration_source, registration_ip, last_login_at at time zone 'UTC'
                 from console.users where id = 'auth0|quick'"
            ),
            "later@x.example|Chosen Name|2025-03-01 10:00:00|1|suspended|auth0|203.0.113.9|2025-03-01 10:00:05",
            "{kind:?}"
        );
        let late = register(
            &database,
            "auth0|quick",
            "first@x.example",
            "null",
            "2025-03-09T10:00:00Z",
        );
        assert_eq!(late, "unchanged", "a later time does not win, {kind:?}");
    }
}

#[tokio::test]
async fn a_second_identity_with_the_same_address_is_an_outcome_and_no_error() {
    for kind in BOTH {
        let database = TestDatabase::new(kind).await;
        let first = register(&database, "auth0|a", "Anna@x.example", "null", "2025-03-01");
        assert_eq!(first, "inserted");
        let second = register(
            &database,
            "google-oauth2|b",
            "anna@X.example",
            "null",
            "2025-03-02",
        );
        assert_eq!(second, "email_taken", "whatever its case, {kind:?}");
        assert_eq!(
            database
                .psql("select count(*) from public.users where lower(email) = 'anna@x.example'"),
            "1"
        );
    }
}

#[tokio::test]
async fn of_many_racing_registrations_each_address_goes_to_one_user() {
    for kind in BOTH {
        let database = TestDatabase::new(kind).await;
        let mut racers = tokio::task::JoinSet::new();
        for racer in 0..12 {
            let mut owner = database.direct().await;
            racers.spawn(async move {
                // Six identities for each of two addresses, half of them in another case, which a plain
                // unique key does not see. Each stays uncommitted for a moment, so that all overlap.
                let (id, address) = (racer / 2, racer % 2);
                let email = if id % 2 == 0 { "Same" } else { "sAME" };
                for _ in 0..2 {
                    owner
                        .script(&format!(
                            "begin;
                             select console.upsert_registered_user(
                               'auth0|r{id}-{address}', '{email}{address}@x.example', null, 'no address',
                               'auth0', '2025-03-01T00:00Z');
                             select pg_sleep(0.02);
                             commit"
                        ))
                        .await
                        .expect("an outcome, not an error");
                }
            });
        }
        racers.join_all().await;
        assert_eq!(
            database.psql(
                "select count(*), count(distinct lower(email)), count(registration_ip)
                 from public.users where id like 'auth0|r%'"
            ),
            "2|2|0",
            "{kind:?}"
        );
    }
}

#[tokio::test]
async fn the_function_fits_a_stranger_table_and_the_service_s_own_triggers_work_inside() {
    let database = TestDatabase::new(Kind::G2).await;
    let mut owner = database.direct().await;
    release(&mut owner).await.expect("released");
    owner
        .script(
            "create type public.user_state as enum ('active', 'suspended', 'gone');
             drop view public.team_members, public.account_usage_summary;
             alter table public.users drop constraint users_status_check;
             update public.users set name = '-' where name is null;
             alter table public.users alter column status drop default;
             alter table public.users alter column status type public.user_state using status::public.user_state,
               alter column status set not null,
               alter column registration_ip type varchar(45) using host(registration_ip),
               alter column created_at type timestamp using created_at at time zone 'UTC',
               alter column name type varchar(4) using left(name, 4),
               alter column name set not null;
             -- Looks its table up by the path it is used to.
             create function public.greet() returns trigger language plpgsql as $$
               begin insert into user_credits (user_id) values (new.id); return new; end $$;
             create trigger greet after insert on public.users for each row execute function public.greet();",
        )
        .await
        .expect("a stranger table");
    let attached = attach(&mut owner).await.expect("attached");
    assert_eq!(attached.plan.functions[0].reason, None);
    let answer = register(
        &database,
        "auth0|odd",
        "odd@x.example",
        "null",
        "2025-03-01T10:00+02",
    );
    assert_eq!(answer, "inserted");
    assert_eq!(
        database.psql(
            "select u.name, u.status, u.registration_ip, u.created_at, c.user_id
             from public.users u join public.user_credits c on c.user_id = u.id where u.id = 'auth0|odd'"
        ),
        "odd@|active|203.0.113.9|2025-03-01 08:00:00|auth0|odd"
    );
}
