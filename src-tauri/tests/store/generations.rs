//! Each generation and mixture, with rows in it: what the views show, and that registrations arrive.

use hopsdesk::domain::indexes::IndexState;
use hopsdesk::domain::schema::{Fit, Table};
use hopsdesk::store::attach::indexes::make;
use hopsdesk::store::attach::run::{attach, release};
use hopsdesk::store::schema;

use crate::support::database::{Kind, TestDatabase};

#[tokio::test]
async fn the_first_generation_shows_what_its_tables_hold() {
    let database = TestDatabase::new(Kind::G1).await;
    assert_eq!(
        database.psql(
            "select id, email, coalesce(name, '-'), status, coalesce(registration_ip, '-'), billing_mode is null
             from console.users order by id"
        ),
        "auth0|g1-ann|ann@first.example|Ann First|active|198.51.100.4|t\n\
         google-oauth2|g1-ben|ben@first.example|-|suspended|-|t"
    );
    assert_eq!(
        database.psql(
            "select date, coalesce(cpu_hours::text, 'unknown'), gpu_hours, total_cost is null, feature_store_api_calls
             from console.usage_daily order by date"
        ),
        "2024-05-02|4.25|0.50|t|120\n2024-05-03|unknown|0.50|t|7"
    );
    assert_eq!(
        database.psql(
            "select number, amount, currency, status, origin from console.invoices order by number"
        ),
        "INV-1|50.00|USD|paid|billing_history\nINV-2|8.10|USD|failed|billing_history"
    );
    assert_eq!(
        database.psql(
            "select i.name, i.url, f.name, f.version, m.endpoint
             from console.instances i join console.feature_groups f using (user_id)
             join console.model_deployments m using (user_id)"
        ),
        "ann-ml|https://ann.example.com|clicks|2|https://ann.example.com/ranker"
    );
}

#[tokio::test]
async fn bad_values_of_the_first_production_are_unknown_and_break_nothing() {
    let database = TestDatabase::new(Kind::G1Production).await;
    assert_eq!(
        database.psql(
            "select date, coalesce(cpu_hours::text, 'unknown'), coalesce(gpu_hours::text, 'unknown'), storage_gb, total_cost
             from console.usage_daily order by date, user_id"
        ),
        "2024-08-03|10.123456789012345679|0|5|1.0123456789\n\
         2024-08-04|unknown|unknown|-3|2\n\
         2024-08-04|3|0|1|0.30",
        "an infinite day is no day; eighteen digits are kept"
    );
    assert_eq!(
        database.psql(
            "select id, registration_ip, coalesce(company, '-') from console.users order by id"
        ),
        "auth0|p1-cat|203.0.113.9|-\nauth0|p1-dan|behind a proxy|Dan & Sons",
        "an address that is none is shown as it is; broken JSON is none"
    );
    assert_eq!(
        database.psql("select override_price, discount_percentage, valid_until is null from console.price_overrides"),
        "0.0875|12.50|t"
    );
    assert_eq!(
        database.psql("select product_type, unit_price, active from console.stripe_products"),
        "cpu_hours|0.1000|t"
    );
    assert_eq!(
        database.psql("select count(*), count(amount) from console.credit_transactions"),
        "3|2"
    );
    let code = TestDatabase::new(Kind::G1Code).await;
    assert_eq!(
        code.psql(
            "select sum(ram_gb_hours), sum(instance_hours), max(project_count), max(instance_type), count(total_cost)
             from console.usage_daily"
        ),
        "192.00|48.00|2|m5.xlarge|0"
    );
    assert_eq!(code.psql("select name from console.instances"), "cat-ml");
}

#[tokio::test]
async fn the_third_generation_shows_old_and_new_columns_as_one() {
    let database = TestDatabase::new(Kind::G3).await;
    assert_eq!(
        database.psql(
            "select user_id, date, cpu_hours, ram_gb_hours, storage_gb, total_cost, cpu_cost, total_credits, network_egress_gb
             from console.usage_daily order by date, user_id"
        ),
        "auth0|g3-eve|2025-05-31|7.0000|||0.70|||\n\
         auth0|g3-eve|2025-06-10|12.5000|50.0000|2.0000|3.4567|1.2500|18.7500|0.5000\n\
         auth0|g3-gus|2025-06-10|2.0000|8.0000|1.0000|0.30|0.2000|2.8000|"
    );
    assert_eq!(
        database.psql("select id, billing_mode, stripe_test_customer_id, downgrade_deadline from console.users order by id"),
        "auth0|g3-eve|postpaid|cus_test_eve|\nauth0|g3-fay|free||\nauth0|g3-gus|||"
    );
    assert_eq!(
        database.psql(
            "select p.namespace, p.project_id, r.role, r.sync_error, h.check_type, h.details ->> 'code', k.region, k.status
             from console.user_projects p, console.project_member_roles r, console.health_check_failures h, console.clusters k"
        ),
        "my-project|119|Data scientist|120004|missing_hopsworks_user|160001|eu-west-1|full"
    );
}

#[tokio::test]
async fn strange_types_are_read_as_what_they_mean() {
    let database = TestDatabase::new(Kind::MixedTypes).await;
    assert_eq!(
        database.psql(
            "select id, email, status, is_admin, coalesce(login_count, -1), registration_ip, coalesce(company, '-'),
                    spending_cap is null, created_at at time zone 'UTC'
             from console.users order by id"
        ),
        "auth0|m-ida|Ida@Mixed.example|active|t|3|not an address|-|t|2025-01-01 10:00:00\n\
         auth0|m-jim|jim@mixed.example|suspended|f|-1||Jim GmbH|t|2025-01-02 10:00:00"
    );
    assert_eq!(
        database.psql(
            "select date, cpu_hours, gpu_hours, storage_gb, feature_store_api_calls, model_inference_calls, total_cost,
                    credits_deducted, hopsworks_cluster_id, reported_to_stripe
             from console.usage_daily order by date"
        ),
        "2025-02-01|1.5|0.25|4.5|12|7|1.25|1.2500001|1|t\n2025-02-02||||||-0.50||99|"
    );
    assert_eq!(
        database.psql("select origin, number, amount, coalesce(currency, '-') from console.invoices order by number"),
        "invoices|HW-1|50.50|-\nbilling_history|INV-1|12.34|EUR\nbilling_history|INV-2|1234|JPY",
        "cents are major units in the view, and yen have no cents"
    );
    assert_eq!(
        database.psql("select id, name, max_users from console.clusters order by id"),
        "1|mixed-1|40\n2||",
        "a view in place of a table"
    );
    assert_eq!(
        database.psql(
            "select project_name, project_id from console.user_projects order by project_name"
        ),
        "p|119\nq|"
    );
    assert_eq!(
        database.psql("select total_purchased, total_used is null, free_credits_granted, free_credits_used, last_purchase_at is null from console.user_credits"),
        "10.5000|t|3.50|2|t"
    );
}

#[tokio::test]
async fn names_an_orm_made_are_found() {
    let database = TestDatabase::new(Kind::MixedNames).await;
    assert_eq!(
        database.psql(
            "select user_id, date, coalesce(cpu_hours::text, 'unknown'), coalesce(total_cost::text, 'unknown')
             from console.usage_daily order by date"
        ),
        "auth0|n-kim|2025-07-03|2.5|0.123456789012345679\nauth0|n-kim|2025-07-04|unknown|unknown"
    );
    assert_eq!(
        database.psql(
            "select id, billing_mode, created_at at time zone 'UTC' from console.users order by id"
        ),
        "auth0|n-kim|prepaid|2025-07-01 08:00:00\nauth0|n-lea||2025-07-02 08:00:00"
    );
    assert_eq!(
        database.psql("select k.name from console.cluster_assignments a join console.clusters k on k.id = a.cluster_id"),
        "names-1"
    );
    assert_eq!(
        database.psql(
            "select reason from console.attached_columns where view_name = 'user_credits' and column_name = 'user_id'
             union all select reason from console.attached_columns where view_name = 'invoices' and column_name = 'id'"
        ),
        "user_credits.user_id is not kept unique: of rows with the same one, one is read\n\
         this database has no table invoices or billing_history in the schema public, and billing.invoices is not read"
    );
}

#[tokio::test]
async fn a_registration_arrives_in_every_generation() {
    for kind in Kind::ATTACHED {
        let database = TestDatabase::new(*kind).await;
        let register = |source: &str| {
            database.psql(&format!(
                "select console.upsert_registered_user('auth0|reg', 'Reg@x.example', 'Reg', '203.0.113.9', {source},
                   '2025-03-01T10:00Z')"
            ))
        };
        // A source that a table's own rule refuses must not cost the user.
        assert_eq!(
            register("'a-source-nobody-foresaw'"),
            "inserted",
            "{kind:?}"
        );
        assert!(
            ["unchanged", "updated"].contains(&register("'auth0'").as_str()),
            "{kind:?}"
        );
        assert_eq!(
            register("'auth0'"),
            "unchanged",
            "a copy changes nothing, {kind:?}"
        );
        assert_eq!(
            database.psql(
                "select email, coalesce(status, 'active') from console.users where id = 'auth0|reg'"
            ),
            "Reg@x.example|active",
            "{kind:?}"
        );
        assert_eq!(
            database.psql("select console.upsert_registered_user('google|reg', 'reg@X.example', null, null, null, null)"),
            "email_taken",
            "{kind:?}"
        );
    }
}

fn table<'t>(tables: &'t [Table], name: &str) -> &'t Table {
    tables
        .iter()
        .find(|table| table.name == name)
        .unwrap_or_else(|| panic!("{name} is told"))
}

#[tokio::test]
async fn every_table_is_told_as_what_it_is() {
    let database = TestDatabase::new(Kind::G1Production).await;
    let mut reading = database.store().read().await.expect("reads");
    let tables = schema::tables(&mut reading).await.expect("tables");
    for (name, fit) in [
        ("users", Fit::Different),
        ("feature_groups", Fit::Present),
        ("team_invites", Fit::Missing),
        ("instances", Fit::Missing),
        ("instances_backup", Fit::Legacy),
        ("clusters", Fit::Legacy),
        ("usage_metrics", Fit::Legacy),
        ("user_profiles", Fit::Legacy),
        ("account_usage_summary", Fit::ServiceView),
    ] {
        assert_eq!(table(&tables, name).fit, fit, "{name}");
    }
    let summary = table(&tables, "account_usage_summary").sentence.as_deref();
    assert!(
        summary.is_some_and(|one| one.contains("per date")),
        "{summary:?}"
    );
    let users = table(&tables, "users");
    assert_eq!(users.row_security, Some(false));
    let column = |name: &str| {
        users
            .columns
            .iter()
            .find(|column| column.name == name)
            .expect("a column")
    };
    assert_eq!(
        column("company").source.as_deref(),
        Some("metadata ->> company")
    );
    assert_eq!(column("spending_cap").source, None);
    let clusters = table(&tables, "hopsworks_clusters");
    assert!(
        clusters.others.iter().any(|(name, _)| name == "api_key"),
        "{clusters:?}"
    );

    let mixed = TestDatabase::new(Kind::MixedTypes).await;
    let mut reading = mixed.store().read().await.expect("reads");
    let tables = schema::tables(&mut reading).await.expect("tables");
    assert_eq!(table(&tables, "support_tickets").fit, Fit::Unknown);
    let groups = table(&tables, "feature_groups");
    assert_eq!(
        (groups.fit, groups.sentence.as_deref()),
        (
            Fit::Different,
            Some("Not read: feature_groups.user_id is bytea; text was expected.")
        )
    );
    assert!(table(&tables, "usage_daily").partitioned);
    assert!(
        !tables
            .iter()
            .any(|table| table.name.starts_with("usage_daily_")),
        "partitions are no tables of their own"
    );

    let third = TestDatabase::new(Kind::G3).await;
    let mut reading = third.store().read().await.expect("reads");
    let tables = schema::tables(&mut reading).await.expect("tables");
    let summary = table(&tables, "account_usage_summary").sentence.as_deref();
    assert!(
        summary.is_some_and(|one| one.contains("per account")),
        "{summary:?}"
    );
    assert_eq!(table(&tables, "stripe_processed_events").fit, Fit::Legacy);
}

#[tokio::test]
async fn what_has_changed_since_is_said_column_by_column() {
    let database = TestDatabase::new(Kind::G3).await;
    let store = database.store();
    let attachment = async || {
        let mut reading = store.read().await.expect("reads");
        schema::attachment(&mut reading)
            .await
            .expect("an attachment")
    };
    let before = attachment().await;
    assert!(
        before.current && before.changes.is_empty(),
        "{:?}",
        before.changes
    );
    assert_eq!(before.generation, "third");
    assert!(
        before
            .marks
            .iter()
            .any(|(generation, marks)| *generation == "third" && marks.contains("user_projects"))
    );
    database
        .psql("alter table public.users add column spending_limit int, add column company text");
    database.psql("alter table public.users rename column promo_code to promotion");
    let after = attachment().await;
    assert!(!after.current);
    assert_eq!(
        after.changes,
        [
            "users.company came from users.metadata ->> company, and comes from users.company now",
            "users.promo_code came from users.promo_code; now the table users has no column promo_code",
        ]
    );
    let mut owner = database.direct().await;
    release(&mut owner).await.expect("released");
    let released = attachment().await;
    assert!(!released.current && released.since.is_none());
    attach(&mut owner).await.expect("attached");
    assert!(attachment().await.current);
}

#[tokio::test]
async fn rows_hidden_by_policies_and_columns_that_may_not_be_read_are_said() {
    let database = TestDatabase::new(Kind::G3).await;
    let mut owner = database.direct().await;
    release(&mut owner).await.expect("released");
    // Another role owns two tables now: one is hidden behind its policies, of one a column is kept back.
    database.psql(
        "create role landlord nologin;
         alter table public.user_projects owner to landlord;
         alter table public.health_check_failures owner to landlord;
         alter table public.health_check_failures enable row level security;
         grant select (id, user_id, project_id) on public.user_projects to hopsdesk_owner;
         grant select on public.health_check_failures to hopsdesk_owner;
         alter role hopsdesk_owner nobypassrls",
    );
    let attached = attach(&mut owner).await;
    let tables = match &attached {
        Ok(_) => {
            let mut reading = database.store().read().await.expect("reads");
            schema::tables(&mut reading).await.expect("tables")
        }
        Err(_) => Vec::new(),
    };
    let read = database
        .tool("psql")
        .args(["-U", "hopsdesk_owner", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"])
        .args(["-c", "select count(*) from console.user_projects; select count(*) from console.health_check_failures"])
        .output()
        .expect("psql");
    database.psql(
        "alter role hopsdesk_owner bypassrls;
         reassign owned by landlord to postgres; drop owned by landlord; drop role landlord",
    );
    attached.expect("attached");
    assert!(read.status.success(), "{read:?}");
    let column = |of: &str, name: &str| {
        let table = table(&tables, of);
        let found = table.columns.iter().find(|column| column.name == name);
        found.expect("a column").reason.clone().unwrap_or_default()
    };
    assert_eq!(
        column("user_projects", "namespace"),
        "the login that attaches may not read user_projects.namespace"
    );
    assert_eq!(
        column("health_check_failures", "details"),
        "row level security of health_check_failures may hide rows from the login that attached"
    );
}

#[tokio::test]
async fn a_fresh_service_needs_no_index_more() {
    let database = TestDatabase::new(Kind::Managed).await;
    let proposals = make::look(&database.store()).await.expect("proposals");
    let missing: Vec<_> = proposals
        .iter()
        .filter(|proposal| !matches!(proposal.state, IndexState::Present(_)))
        .map(|proposal| &proposal.name)
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");
    assert!(proposals.len() > 30, "it was asked");
}

#[tokio::test]
async fn of_a_fresh_service_no_table_wants_a_look() {
    let database = TestDatabase::new(Kind::Managed).await;
    let mut reading = database.store().read().await.expect("reads");
    let tables = schema::tables(&mut reading).await.expect("tables");
    let odd: Vec<_> = tables
        .iter()
        .filter(|table| !matches!(table.fit, Fit::Present | Fit::ServiceView))
        .collect();
    assert!(odd.is_empty(), "{odd:#?}");
    assert!(tables.len() > 17, "it was looked at");

    // A column of the wrong type is odd all the same.
    database.psql("alter table public.subscriptions add column plan bytea");
    let mut reading = database.store().read().await.expect("reads");
    let tables = schema::tables(&mut reading).await.expect("tables");
    assert_eq!(table(&tables, "subscriptions").fit, Fit::Different);
    assert_eq!(table(&tables, "users").fit, Fit::Present);
}
