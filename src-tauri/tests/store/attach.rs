//! Attach on live databases: repeatable, safe at once, and nothing outside `console` is touched.

use hopsdesk::store::attach::failure::AttachError;
use hopsdesk::store::attach::run::{Standing, attach, preview, release, standing};
use hopsdesk::store::direct::Direct;

use crate::support::cluster::TestCluster;
use crate::support::database::{Kind, TestDatabase};

/// The whole database but our schema, as `pg_dump` writes it: its statements in order of the alphabet,
/// since `pg_dump` lets unrelated objects change places.
fn dump(database: &TestDatabase) -> Vec<String> {
    let run = database
        .tool("pg_dump")
        .args(["--schema-only", "--exclude-schema=console"])
        .output()
        .expect("pg_dump runs");
    assert!(run.status.success(), "{run:?}");
    let text = String::from_utf8(run.stdout).expect("text");
    let mut parts: Vec<String> = text
        .split("\n\n")
        // Newer versions of pg_dump frame their output with a random word.
        .filter(|part| !part.contains("\\restrict") && !part.contains("\\unrestrict"))
        .map(|part| part.trim().to_owned())
        .collect();
    parts.sort();
    parts
}

fn assert_same(before: &[String], after: &[String], what: &str) {
    let gone: Vec<_> = before.iter().filter(|part| !after.contains(part)).collect();
    let new: Vec<_> = after.iter().filter(|part| !before.contains(part)).collect();
    assert!(
        gone.is_empty() && new.is_empty() && before.len() == after.len(),
        "{what} changed something outside console: gone {gone:#?}, new {new:#?}"
    );
}

#[tokio::test]
async fn attach_release_and_attach_change_nothing_outside_console() {
    for kind in [Kind::ManagedBare, Kind::G2Bare] {
        let database = TestDatabase::new(kind).await;
        let before = dump(&database);
        assert!(
            before
                .iter()
                .any(|part| part.contains("CREATE TABLE public.users")),
            "a real dump"
        );
        let mut owner = database.direct().await;
        assert!(attach(&mut owner).await.expect("attached").renewed);
        assert_same(&before, &dump(&database), &format!("attach, {kind:?},"));
        assert!(release(&mut owner).await.expect("released"));
        assert_same(&before, &dump(&database), &format!("release, {kind:?},"));
        assert!(attach(&mut owner).await.expect("attached again").renewed);
        assert_same(
            &before,
            &dump(&database),
            &format!("attach again, {kind:?},"),
        );
    }
}

#[tokio::test]
async fn a_second_attach_and_a_second_release_have_nothing_to_do() {
    let database = TestDatabase::new(Kind::G2).await;
    let mut owner = database.direct().await;
    let since = "select attached_at || digest from console.attachment";
    let first = database.psql(since);
    let again = attach(&mut owner).await.expect("attached");
    assert!(!again.renewed && again.migrated.is_empty());
    assert_eq!(database.psql(since), first);
    assert!(release(&mut owner).await.expect("released"));
    assert!(!release(&mut owner).await.expect("released twice"));
    assert_eq!(
        database.psql(
            "select string_agg(relname, ' ' order by relname) from pg_class \
             where relnamespace = 'console'::regnamespace and relkind = 'v'"
        ),
        "audit_entries effects events inbox_attention open_findings traffic",
        "only views of tables of ours stay"
    );
}

#[tokio::test]
async fn four_attachers_at_once_end_with_one_attachment() {
    let database = TestDatabase::new(Kind::G2Bare).await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let address = database.direct_address();
        tasks.spawn(async move {
            let mut owner = Direct::open(&address, None).await.expect("connects");
            attach(&mut owner).await.expect("attaches").renewed
        });
    }
    let renewed = tasks.join_all().await;
    assert_eq!(renewed.iter().filter(|renewed| **renewed).count(), 1);
    assert_eq!(
        database.psql("select count(*) from console.attachment"),
        "1"
    );
}

#[tokio::test]
async fn a_view_that_went_with_a_cascade_is_noticed_and_comes_back() {
    let database = TestDatabase::new(Kind::G2).await;
    let store = database.store();
    assert_eq!(standing(&store).await.expect("asked"), Standing::Current);
    database.psql("alter table public.user_credits drop column free_credits_used cascade");
    assert_eq!(standing(&store).await.expect("asked"), Standing::OutOfDate);
    let mut owner = database.direct().await;
    assert!(attach(&mut owner).await.expect("attached").renewed);
    assert_eq!(standing(&store).await.expect("asked"), Standing::Current);
    release(&mut owner).await.expect("released");
    assert_eq!(
        standing(&store).await.expect("asked"),
        Standing::NotAttached
    );
}

#[tokio::test]
async fn the_service_changes_its_tables_after_a_release_and_attach_records_what_is_lacking() {
    let database = TestDatabase::new(Kind::G2).await;
    let mut owner = database.direct().await;
    let change = "alter table public.users drop column registration_ip";
    let held = owner.script(change).await;
    assert!(held.is_err(), "while attached the view holds the column");
    release(&mut owner).await.expect("released");
    owner.script(change).await.expect("released, it is free");
    owner
        .script(
            "alter table public.users alter column login_count drop default,
                                     alter column login_count type bytea using null",
        )
        .await
        .expect("even a strange type");
    attach(&mut owner).await.expect("attached");
    assert_eq!(
        database.psql(
            "select string_agg(reason, ' | ' order by column_name) from console.attached_columns
             where view_name = 'users' and column_name in ('registration_ip', 'login_count')"
        ),
        "users.login_count is bytea; a whole number was expected | the table users has no column registration_ip"
    );
    assert_eq!(
        database
            .psql("select count(*), count(registration_ip), count(login_count) from console.users"),
        "5|0|0"
    );
}

#[tokio::test]
async fn a_dry_run_prints_the_exact_sql_and_changes_nothing() {
    let database = TestDatabase::new(Kind::G2Bare).await;
    let mut owner = database.direct().await;
    let planned = preview(&mut owner).await.expect("planned");
    assert_eq!(
        database.psql("select count(*) from pg_namespace where nspname = 'console'"),
        "0",
        "a preview installs nothing"
    );
    assert!(planned.script.contains("create view console.users as"));
    assert!(planned.script.contains("-- console/0001_console"));
    // The script is what attach runs: run by hand it makes the same views.
    let by_hand = TestDatabase::new(Kind::G2Bare).await;
    let mut hand = by_hand.direct().await;
    hand.script(&planned.script)
        .await
        .expect("it runs as printed");
    attach(&mut owner).await.expect("attached");
    let views = "select string_agg(viewname || definition, '' order by viewname)
                 from pg_views where schemaname = 'console'";
    assert_eq!(by_hand.psql(views), database.psql(views));
    let nothing = preview(&mut owner).await.expect("planned");
    assert_eq!(nothing.script, "", "attached: nothing to do");
}

#[tokio::test]
async fn an_empty_and_an_unrelated_database_are_refused_and_left_as_they_are() {
    let empty = TestDatabase::new(Kind::Empty).await;
    let error = attach(&mut empty.direct().await).await.expect_err("empty");
    assert!(matches!(error, AttachError::EmptyDatabase), "{error:?}");
    assert!(error.to_string().contains("migrate --set managed,console"));

    let unrelated = TestDatabase::new(Kind::Unrelated).await;
    let error = attach(&mut unrelated.direct().await)
        .await
        .expect_err("unrelated");
    assert!(
        matches!(&error, AttachError::Unrelated { tables } if tables == &["invoices", "posts", "users"]),
        "{error:?}"
    );
    for database in [empty, unrelated] {
        assert_eq!(
            database.psql("select count(*) from pg_namespace where nspname = 'console'"),
            "0"
        );
    }
}

#[tokio::test]
async fn the_views_show_what_the_tables_hold() {
    let database = TestDatabase::new(Kind::G2).await;
    assert_eq!(
        database.psql(
            "select id, email, registration_ip, is_admin, coalesce(company, '-')
             from console.users where id in ('auth0|g2-olga', 'auth0|g2-paul') order by id"
        ),
        "auth0|g2-olga|olga@northwind.example|203.0.113.7|f|-\n\
         auth0|g2-paul|Paul@Prepaid.example|2001:db8::1|f|-"
    );
    assert_eq!(
        database.psql(
            "select sum(total_cost), sum(cpu_hours), count(ram_gb_hours) from console.usage_daily"
        ),
        "7.21|45.8733|0"
    );
    assert_eq!(
        database.psql("select pg_typeof(id), pg_typeof(amount), pg_typeof(due_at), pg_typeof(origin) from console.invoices
                       right join (select 1) as one on true"),
        "text|numeric|timestamp with time zone|text",
        "a view without a table has its types all the same"
    );
}

#[tokio::test]
async fn both_tables_of_invoices_are_one_view() {
    let database = TestDatabase::new(Kind::Managed).await;
    database.psql(
        "insert into public.users (id, email) values ('auth0|1', 'a@example.org');
         insert into public.invoices (user_id, invoice_number, stripe_invoice_id, status, amount, due_date)
           values ('auth0|1', 'HW-1', 'in_1', 'open', 12.345, '2025-02-01T00:00Z');
         insert into public.billing_history (user_id, invoice_id, amount, status)
           values ('auth0|1', 'in_2', 7, 'pending');",
    );
    assert_eq!(
        database.psql(
            "select origin, number, amount, status, stripe_invoice_id, due_at is null
             from console.invoices order by origin"
        ),
        "billing_history|in_2|7|pending|in_2|t\ninvoices|HW-1|12.345|open|in_1|f"
    );
}

#[tokio::test]
async fn nobody_but_the_owner_may_look_into_console() {
    for kind in [Kind::Managed, Kind::ManagedOldGrants, Kind::G2] {
        let database = TestDatabase::new(kind).await;
        assert_eq!(
            database.psql(
                "select count(*) from (values ('anon'), ('authenticated'), ('service_role')) as r (role)
                 where has_schema_privilege(role, 'console', 'usage')
                    or has_table_privilege(role, 'console.users', 'select')
                    or has_table_privilege(role, 'console.attachment', 'select')
                    or has_function_privilege(role,
                      'console.upsert_registered_user(text, text, text, text, text, timestamptz)', 'execute')"
            ),
            "0",
            "{kind:?}"
        );
        assert_eq!(
            database.psql(
                "select count(*) from pg_proc where pronamespace = 'console'::regnamespace
                   and (proacl is null or proacl::text like '%{=%' or proacl::text like '%,=%')"
            ),
            "0",
            "EXECUTE is revoked from PUBLIC, {kind:?}"
        );
        assert_eq!(
            database.psql(
                "select count(*) from pg_class where relnamespace = 'console'::regnamespace
                   and relkind = 'r' and relname not like 'migrations%' and not relrowsecurity"
            ),
            "0",
            "row level security is on, {kind:?}"
        );
    }
}

#[tokio::test]
async fn no_secret_column_is_in_a_view() {
    let database = TestDatabase::new(Kind::Managed).await;
    assert_eq!(
        database.psql(
            "select string_agg(table_name || '.' || column_name, ' ') from information_schema.columns
             where table_schema = 'console' and column_name ~ 'token|api_key|kubeconfig|password|secret'"
        ),
        ""
    );
}

#[tokio::test]
async fn the_views_keep_the_use_of_indexes() {
    let database = TestDatabase::new(Kind::Managed).await;
    database.psql(
        "insert into public.users (id, email, created_at)
           select 'auth0|' || n, n || '@example.org', '2025-01-01T00:00Z'::timestamptz + n * interval '1 minute'
           from generate_series(1, 5000) as n;
         insert into public.usage_daily (user_id, account_owner_id, date, total_cost)
           select 'auth0|' || n, 'auth0|' || n, '2025-01-01'::date + d, 1
           from generate_series(1, 1000) as n, generate_series(0, 29) as d;
         insert into public.invoices (user_id, invoice_number, status, amount)
           select 'auth0|' || n, 'HW-' || n, 'open', 1 from generate_series(1, 5000) as n;
         insert into public.billing_history (user_id, invoice_id, amount)
           select 'auth0|' || n, 'in_' || n, 1 from generate_series(1, 5000) as n;
         analyze;",
    );
    // A sequential scan of so few rows may well be the cheaper plan; whether the index can be used at
    // all is what a cast in a view decides.
    let explain = |query: &str| {
        database.psql(&format!(
            "set enable_seqscan = off; explain (costs off) {query}"
        ))
    };
    for (query, index) in [
        (
            "select * from console.usage_daily where user_id = 'auth0|7' and date >= '2025-01-10'",
            "usage_daily_user_id_date_key",
        ),
        (
            "select id from console.users order by created_at desc, id desc limit 50",
            "users_created_at_idx",
        ),
        (
            "select id from console.users where (created_at, id) < ('2025-01-02T00:00Z', 'auth0|9')
               and created_at <= '2025-01-02T00:00Z' order by created_at desc, id desc limit 50",
            "users_created_at_idx",
        ),
        (
            "select * from console.users where id = 'auth0|9'",
            "Index Scan using users_",
        ),
        (
            "select * from console.users where lower(email) = '9@example.org'",
            "users_email_folded_key",
        ),
        (
            "select * from console.users where email ilike '%4711%'",
            "users_email_trgm_idx",
        ),
        (
            "select * from console.invoices where user_id = 'auth0|9'",
            "billing_history_user_idx",
        ),
        (
            "select * from console.user_credits where user_id = 'auth0|9'",
            "user_credits_pkey",
        ),
    ] {
        let plan = explain(query);
        assert!(plan.contains(index), "{query}\n{plan}");
        assert!(
            !plan.contains("Seq Scan") && !plan.lines().any(|line| line.contains(" Sort")),
            "{query}\n{plan}"
        );
    }
}

#[tokio::test]
async fn attach_works_without_the_api_roles_of_supabase() {
    let plain = TestCluster::plain("attach");
    let mut superuser = plain.superuser("postgres").await;
    superuser
        .script(
            "create role keeper login; grant create on database postgres to keeper;
             grant create on schema public to keeper",
        )
        .await
        .expect("an owner");
    let address = plain.direct("postgres", "keeper");
    let mut keeper = Direct::open(&address, None).await.expect("connects");
    keeper
        .script(
            "create table public.users (id varchar(255) primary key, email varchar(255) not null unique);
             create table public.user_credits (user_id varchar(255), total_purchased double precision)",
        )
        .await
        .expect("a small service");
    let attached = attach(&mut keeper).await.expect("attached");
    assert_eq!(
        attached.plan.functions[0].reason, None,
        "the function is made"
    );
    assert_eq!(attached.plan.generation, "first");
    keeper
        .script(
            "insert into public.user_credits values ('a', 'NaN'), ('b', 2.5);
             do $$ begin
               if (select string_agg(user_id || coalesce(total_purchased::text, '-'), ' ' order by user_id)
                   from console.user_credits) <> 'a- b2.5' then raise 'wrong'; end if;
             end $$",
        )
        .await
        .expect("what is no amount is shown as unknown");
    keeper.close().await.expect("a goodbye");
    superuser.close().await.expect("a goodbye");
    plain.stop();
}
