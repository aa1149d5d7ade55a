//! Migrations: all or nothing, repeatable, safe from several places at once.

use std::time::Duration;

use hopsdesk::store::attach::run::attach;
use hopsdesk::store::direct::Direct;
use hopsdesk::store::migrate::{Applied, MigrateError, MigrationSet, migrate, script};

use crate::support::cluster::TestCluster;
use crate::support::database::{Kind, TestDatabase};

const BOTH: &[MigrationSet] = &[MigrationSet::Managed, MigrationSet::Console];

async fn within_a_minute(happened: impl Fn() -> bool) {
    let waiting = async {
        while !happened() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), waiting)
        .await
        .expect("it happens");
}

/// Roles belong to the whole server: a test of another database may be making the same ones.
async fn migrated(owner: &mut Direct) -> Vec<Applied> {
    loop {
        match migrate(owner, BOTH).await {
            Err(MigrateError::Failed { source, .. }) if source.is_held() => {}
            applied => break applied.expect("migrates"),
        }
    }
}

#[tokio::test]
async fn a_fresh_database_is_migrated_once_by_an_owner_who_is_no_superuser() {
    let database = TestDatabase::new(Kind::Empty).await;
    let mut owner = database.direct().await;
    let applied = migrated(&mut owner).await;
    let managed = applied
        .iter()
        .filter(|migration| migration.set == MigrationSet::Managed)
        .count();
    assert!(managed >= 11, "the whole managed set: {applied:?}");
    assert_eq!(applied[0].to_string(), "managed/0001_foundations");
    let again = migrate(&mut owner, BOTH).await.expect("migrated again");
    assert_eq!(again, [], "the second run has nothing to do");
    let tables = database.psql(
        "select string_agg(relname, ' ' order by relname) from pg_class
         where relnamespace = 'console'::regnamespace and relname like 'migrations%' and relkind = 'r'",
    );
    assert_eq!(tables, "migrations_console migrations_managed");
}

#[tokio::test]
async fn four_migrators_at_once_apply_every_migration_exactly_once() {
    let database = TestDatabase::new(Kind::Empty).await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let address = database.direct_address();
        tasks.spawn(async move {
            let mut owner = Direct::open(&address, None).await.expect("connects");
            migrated(&mut owner).await.len()
        });
    }
    let mut applied = tasks.join_all().await;
    applied.sort_unstable();
    assert_eq!(applied[..3], [0, 0, 0], "three found nothing to do");
    let recorded: usize = database
        .psql(
            "select (select count(*) from console.migrations_managed)
                  + (select count(*) from console.migrations_console)",
        )
        .parse()
        .expect("a number");
    assert_eq!(applied[3], recorded, "one did everything");
}

#[tokio::test]
async fn whoever_attaches_another_database_of_the_server_is_waited_for() {
    // The roles are there, and elsewhere one of them is about to be granted to the same owner.
    let other = TestDatabase::new(Kind::Managed).await;
    let database = TestDatabase::new(Kind::Empty).await;
    let mut owner = database.direct().await;
    migrate(&mut owner, &[MigrationSet::Managed])
        .await
        .expect("a service");
    let mut another = other.superuser().await;
    another
        .script("begin; grant console_as_customer to hopsdesk_owner")
        .await
        .expect("granted");
    let attaching = tokio::spawn(async move { attach(&mut owner).await });
    // Until it waits, and until it has waited for too long: then it begins again.
    for waits in ["1", "0"] {
        within_a_minute(|| {
            database.psql(
                "select count(*) from pg_stat_activity
                 where datname = current_database() and wait_event_type = 'Lock'",
            ) == waits
        })
        .await;
    }
    another.script("rollback").await.expect("rolled back");
    let attached = attaching.await.expect("no panic").expect("attached");
    assert!(attached.migrated.len() > 20, "{:?}", attached.migrated);
}

#[tokio::test]
async fn foreign_tables_of_the_same_names_stop_the_migration_and_are_named() {
    let database = TestDatabase::new(Kind::Unrelated).await;
    let before = relations(&database);
    let mut owner = database.direct().await;
    let error = migrate(&mut owner, BOTH).await.expect_err("must stop");
    assert!(
        matches!(&error, MigrateError::Foreign { object, .. } if object == "`invoices`, `users`"),
        "{error:?}"
    );
    assert!(error.to_string().contains("`attach`"), "{error}");
    assert_eq!(relations(&database), before, "nothing was left behind");
}

#[tokio::test]
async fn a_migration_that_fails_late_leaves_nothing_half() {
    let database = TestDatabase::new(Kind::Empty).await;
    let mut owner = database.direct().await;
    // No table, so that several migrations succeed before one meets it.
    owner
        .script(
            "create function public.increment_cluster_users(cluster_id uuid) returns void
             language sql as 'select'",
        )
        .await
        .expect("somebody else's function");
    let before = relations(&database);
    let error = migrate(&mut owner, BOTH).await.expect_err("must stop");
    assert!(
        matches!(&error, MigrateError::Foreign { object, migration }
            if object == "`increment_cluster_users`" && migration.version > 1),
        "{error:?}"
    );
    assert_eq!(relations(&database), before, "nothing was left behind");
    owner
        .script("drop function public.increment_cluster_users(uuid)")
        .await
        .expect("out of the way");
    migrated(&mut owner).await;
}

#[tokio::test]
async fn a_foreign_schema_console_is_left_alone() {
    let database = TestDatabase::new(Kind::Empty).await;
    let mut owner = database.direct().await;
    owner
        .script("create schema console; create table console.sessions (id int)")
        .await
        .expect("somebody else's schema");
    let error = migrate(&mut owner, &[MigrationSet::Console])
        .await
        .expect_err("must stop");
    assert!(
        matches!(&error, MigrateError::ForeignConsole { object } if object == "sessions"),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_changed_or_unknown_migration_is_named() {
    let database = TestDatabase::new(Kind::ManagedBare).await;
    let mut owner = database.direct().await;
    database.psql("update console.migrations_managed set checksum = 'x' where version = 3");
    let error = migrate(&mut owner, BOTH).await.expect_err("another text");
    assert!(
        matches!(error, MigrateError::Changed { version: 3, .. }),
        "{error:?}"
    );
    database.psql("update console.migrations_managed set version = 9999 where version = 3");
    let error = migrate(&mut owner, BOTH)
        .await
        .expect_err("from the future");
    assert!(
        matches!(error, MigrateError::Newer { version: 9999, .. }),
        "{error:?}"
    );
    // The lock went with the failed transaction: another login is not kept waiting.
    let locks = database.psql(
        "select count(*) from pg_locks where locktype = 'advisory'
        and database = (select oid from pg_database where datname = current_database())",
    );
    assert_eq!(locks, "0");
}

#[tokio::test]
async fn the_console_set_installs_without_the_api_roles_of_supabase() {
    let plain = TestCluster::plain("plain");
    let mut superuser = plain.superuser("postgres").await;
    superuser
        .script("create role keeper login; grant create on database postgres to keeper")
        .await
        .expect("an owner");
    let address = plain.direct("postgres", "keeper");
    let mut keeper = Direct::open(&address, None).await.expect("connects");
    let applied = migrate(&mut keeper, &[MigrationSet::Console]).await;
    assert!(!applied.expect("migrated").is_empty());
    keeper.close().await.expect("a goodbye");
    superuser.close().await.expect("a goodbye");
    plain.stop();
}

#[tokio::test]
async fn the_printed_script_installs_the_same_schema() {
    let migrated = TestDatabase::new(Kind::ManagedBare).await;
    let by_hand = TestDatabase::new(Kind::Empty).await;
    let mut owner = by_hand.direct().await;
    owner
        .script(&script(MigrationSet::Managed))
        .await
        .expect("the script runs as it is printed");
    let public = |database: &TestDatabase| {
        relations(database)
            .lines()
            .filter(|line| line.starts_with("public."))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(public(&migrated), public(&by_hand));
}

fn relations(database: &TestDatabase) -> String {
    database.psql(
        "select relnamespace::regnamespace || '.' || relname || ' ' || relkind::text from pg_class
         where relnamespace::regnamespace::text in ('public', 'console')
         union all select 'schema ' || nspname from pg_namespace where nspname not like 'pg_%'
         order by 1",
    )
}
