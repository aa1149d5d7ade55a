//! The search box: every kind of id leads to its page, and fragments find every kind of thing.

use std::sync::Arc;

use hopsdesk::domain::clock::FixedClock;
use hopsdesk::domain::finding::{Finding, Found};
use hopsdesk::usecases::desk::Desk;
use hopsdesk::usecases::open_database::open_database;
use hopsdesk::usecases::search_everything::{Answer, names_one, search_everything};
use hopsdesk::wire::search::{SearchHits, SearchTarget};
use time::OffsetDateTime;
use time::macros::datetime;

use crate::support::database::{Kind, TestDatabase};

const NOW: OffsetDateTime = datetime!(2026-11-20 12:00 UTC);

/// One of everything that can be found, with all the ids it has.
const SERVICE: &str = "
insert into public.hopsworks_clusters (id, name, api_url, region, max_users, status) values
('00000000-0000-4000-8000-0000000000c1', 'eu-west-1', 'https://eu.hops.example', 'eu-central', 100, 'active'),
('00000000-0000-4000-8000-0000000000c2', 'lab', 'https://10042.lab.example', 'us', 100, 'maintenance');
insert into public.users (id, email, name, status, account_owner_id, billing_mode, stripe_customer_id,
  stripe_test_customer_id, stripe_subscription_id, hopsworks_username, hopsworks_user_id, metadata) values
('auth0|owner', 'Olga@northwind.example', 'Olga Owner', 'active', null, 'postpaid', 'cus_Olga12345678',
  'cus_TestOlga1234', 'sub_Olga12345678', 'olgaown0', 10042, '{\"company\": \"Northwind Traders\"}'),
('google-oauth2|7', 'max@northwind.example', 'Max Mueller', 'suspended', 'auth0|owner', null, null, null, null,
  null, null, '{}'),
('auth0|alone', 'alone@solo.example', null, 'active', null, 'free', null, null, 'sub_Alone1234567', null, null,
  '{}');
insert into public.user_hopsworks_assignments (user_id, hopsworks_cluster_id, hopsworks_username, hopsworks_user_id)
values ('google-oauth2|7', '00000000-0000-4000-8000-0000000000c1', 'maxmuell', 10043);
insert into public.team_invites (id, account_owner_id, email, token) values
('00000000-0000-4000-8000-0000000000a1', 'auth0|owner', 'new@northwind.example', 'a-token-of-sixteen');
insert into public.user_projects (id, user_id, hopsworks_cluster_id, project_id, project_name, namespace) values
('00000000-0000-4000-8000-0000000000b1', 'auth0|owner', '00000000-0000-4000-8000-0000000000c1', 119,
  'fraud_model', 'fraud-model');
insert into public.usage_daily (id, user_id, account_owner_id, date) values
('00000000-0000-4000-8000-0000000000d1', 'google-oauth2|7', 'auth0|owner', '2026-11-18');
insert into public.instances (id, user_id, instance_name, status) values
('00000000-0000-4000-8000-0000000000e1', 'auth0|owner', 'northwind', 'provisioning');
insert into public.invoices (id, user_id, invoice_number, stripe_invoice_id, status, amount) values
('00000000-0000-4000-8000-0000000000f1', 'auth0|owner', 'INV-2026-0042', 'in_Olga12345678', 'open', 12.50);
insert into public.billing_history (id, user_id, invoice_id, amount, status, stripe_payment_intent_id, paid_at)
values ('00000000-0000-4000-8000-0000000000f2', 'auth0|owner', 'in_Paid12345678', 5, 'paid', 'pi_Paid12345678',
  '2026-11-01');
insert into public.subscriptions (id, user_id, stripe_subscription_id, status) values
('00000000-0000-4000-8000-0000000000f3', 'auth0|owner', 'sub_Olga12345678', 'active');
insert into public.credit_transactions (id, user_id, type, amount, balance_before, balance_after,
  stripe_payment_intent_id)
values ('00000000-0000-4000-8000-0000000000f4', 'auth0|alone', 'purchase', 10, 0, 10, 'pi_Credits123456');
";

async fn desk(kind: Kind, rows: &str) -> (TestDatabase, Desk) {
    let database = TestDatabase::new(kind).await;
    if !rows.is_empty() {
        database.psql(rows);
    }
    let clock = Arc::new(FixedClock(NOW));
    let (desk, _) = open_database(database.store(), clock)
        .await
        .expect("a desk");
    (database, desk)
}

async fn ask(desk: &Desk, text: &str) -> Answer {
    search_everything(desk, text)
        .await
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Kind and id of what opens.
fn place(found: &Found) -> String {
    match &found.finding {
        Finding::User(person) => format!("user {}", person.id),
        Finding::Team(team) => format!("team {}", team.owner.id),
        Finding::Cluster(cluster) => format!("cluster {}", cluster.id),
        Finding::Project(project) => format!("project {} of {}", project.name, project.user_id),
        Finding::Invoice(invoice) => format!("{} {}", invoice.origin, invoice.id),
    }
}

fn places(answer: &Answer) -> Vec<String> {
    answer.found.iter().map(place).collect()
}

#[tokio::test]
async fn every_kind_of_pasted_id_leads_to_its_one_page() {
    let (_database, desk) = desk(Kind::Managed, SERVICE).await;
    let uuid = |end: &str| format!("00000000-0000-4000-8000-0000000000{end}");
    for (text, expected) in [
        ("auth0|owner".to_owned(), "user auth0|owner".to_owned()),
        ("google-oauth2%7C7".into(), "user google-oauth2|7".into()),
        ("olga@NORTHWIND.example".into(), "user auth0|owner".into()),
        ("new@northwind.example".into(), "team auth0|owner".into()),
        ("cus_Olga12345678".into(), "user auth0|owner".into()),
        ("cus_TestOlga1234".into(), "user auth0|owner".into()),
        (
            "sub_Olga12345678".into(),
            format!("subscriptions {}", uuid("f3")),
        ),
        ("sub_Alone1234567".into(), "user auth0|alone".into()),
        ("in_Olga12345678".into(), format!("invoices {}", uuid("f1"))),
        (
            "in_Paid12345678".into(),
            format!("billing_history {}", uuid("f2")),
        ),
        ("INV-2026-0042".into(), format!("invoices {}", uuid("f1"))),
        (
            "pi_Paid12345678".into(),
            format!("billing_history {}", uuid("f2")),
        ),
        ("pi_Credits123456".into(), "user auth0|alone".into()),
        (uuid("C1"), format!("cluster {}", uuid("c1"))),
        (uuid("a1"), "team auth0|owner".into()),
        (uuid("b1"), "project fraud_model of auth0|owner".into()),
        (uuid("d1"), "user google-oauth2|7".into()),
        (uuid("e1"), "user auth0|owner".into()),
        (uuid("f1"), format!("invoices {}", uuid("f1"))),
        (uuid("f2"), format!("billing_history {}", uuid("f2"))),
        (uuid("f3"), format!("subscriptions {}", uuid("f3"))),
        (uuid("f4"), "user auth0|alone".into()),
        ("olgaown0".into(), "user auth0|owner".into()),
        ("maxmuell".into(), "user google-oauth2|7".into()),
        ("10043".into(), "user google-oauth2|7".into()),
        (
            "fraud-model".into(),
            "project fraud_model of auth0|owner".into(),
        ),
        (
            "https://dashboard.stripe.com/test/customers/cus_TestOlga1234".into(),
            "user auth0|owner".into(),
        ),
        (
            "https://manage.auth0.com/dashboard/eu/acme/users/auth0%7Cowner".into(),
            "user auth0|owner".into(),
        ),
    ] {
        let answer = ask(&desk, &text).await;
        assert!(names_one(&answer.found), "{text}: {answer:?}");
        assert_eq!(place(&answer.found[0]), expected, "{text}");
        assert!(answer.found[0].exact, "{text}");
    }
}

#[tokio::test]
async fn an_id_that_fits_two_things_shows_both() {
    let (database, desk) = desk(Kind::Managed, SERVICE).await;
    database.psql(
        "insert into public.team_invites (account_owner_id, email, token) \
         values ('auth0|owner', 'alone@solo.example', 'another-token-of-sixteen')",
    );
    let answer = ask(&desk, "alone@solo.example").await;
    assert_eq!(places(&answer), ["user auth0|alone", "team auth0|owner"]);
    assert!(
        !names_one(&answer.found),
        "Enter must not choose between them"
    );

    let number = ask(&desk, "10042").await;
    assert_eq!(
        places(&number),
        [
            "user auth0|owner",
            "cluster 00000000-0000-4000-8000-0000000000c2"
        ],
        "a number may also be part of a name"
    );
    assert!(names_one(&number.found), "but one of them is named by it");
}

#[tokio::test]
async fn fragments_find_every_kind_of_thing_grouped_and_ranked() {
    let (_database, desk) = desk(Kind::Managed, SERVICE).await;
    for (text, expected) in [
        ("ol", vec!["user auth0|owner", "team auth0|owner"]),
        (
            "north",
            vec![
                "user google-oauth2|7",
                "user auth0|owner",
                "team auth0|owner",
            ],
        ),
        ("WIND TRAD", vec!["team auth0|owner"]),
        ("max mue", vec!["user google-oauth2|7"]),
        ("max ueller", vec!["user google-oauth2|7"]),
        ("x mue", vec!["user google-oauth2|7"]),
        ("eu", vec!["cluster 00000000-0000-4000-8000-0000000000c1"]),
        (
            "hops.exa",
            vec!["cluster 00000000-0000-4000-8000-0000000000c1"],
        ),
        (
            "eu-west-1",
            vec!["cluster 00000000-0000-4000-8000-0000000000c1"],
        ),
        ("raud", vec!["project fraud_model of auth0|owner"]),
        (
            "2026-00",
            vec!["invoices 00000000-0000-4000-8000-0000000000f1"],
        ),
        ("solo", vec!["user auth0|alone"]),
        ("100%", vec![]),
        ("_olga", vec![]),
        ("o", vec![]),
        ("zzz", vec![]),
        ("auth0|nobody", vec![]),
        ("https://example.com/x", vec![]),
    ] {
        let answer = ask(&desk, text).await;
        assert_eq!(places(&answer), expected, "{text}");
    }
    let north = ask(&desk, "eu-west-1").await;
    assert!(names_one(&north.found), "a cluster's whole name names it");
    assert!(!names_one(&ask(&desk, "raud").await.found));
}

#[tokio::test]
async fn what_is_called_exactly_so_comes_before_many_that_hold_the_text() {
    let (database, desk) = desk(Kind::Managed, SERVICE).await;
    database.psql(
        "insert into public.user_projects (user_id, hopsworks_cluster_id, project_id, project_name, namespace)
         select 'auth0|owner', '00000000-0000-4000-8000-0000000000c1', 1000 + n,
                case when n > 60 then 'the one' else 'project_' || n end,
                case when n > 60 then 'demo' else 'demo-' || n end
         from generate_series(1, 61) n;
         insert into public.invoices (id, user_id, invoice_number, status, amount)
         select ('00000000-0000-4000-8000-0000000001' || lpad(n::text, 2, '0'))::uuid, 'auth0|owner',
                case when n > 60 then 'DEMO-2026' else 'DEMO-2026-' || n end, 'open', n
         from generate_series(1, 61) n",
    );
    let invoice = "invoices 00000000-0000-4000-8000-000000000161";
    for (text, expected) in [
        ("demo", "project the one of auth0|owner"),
        ("DEMO-2026", invoice),
        ("demo-2026", invoice),
    ] {
        let answer = ask(&desk, text).await;
        assert_eq!(place(&answer.found[0]), expected, "{text}");
        assert!(names_one(&answer.found), "{text}: {answer:?}");
        assert_eq!(answer.found.len(), 3, "{text}: each takes one place");
    }
}

#[tokio::test]
async fn a_link_is_answered_with_its_place_and_a_bad_one_with_why() {
    let (_database, desk) = desk(Kind::Managed, "").await;
    let answer = ask(&desk, " hopsdesk://users/auth0%7Cowner?workspace=sandbox ").await;
    let link = answer.link.expect("a link");
    assert_eq!(link.address, "#/users/auth0%7Cowner");
    assert_eq!(link.workspace.as_deref(), Some("sandbox"));
    let refused = search_everything(&desk, "hopsdesk://format/c").await;
    let sentence = refused.expect_err("no such screen").to_string();
    assert!(sentence.contains("leads to no screen"), "{sentence}");
}

#[tokio::test]
async fn many_users_are_cut_and_said_to_be_more() {
    let rows = "insert into public.users (id, email, name) \
                select 'auth0|' || n, 'person' || n || '@example.com', 'Person ' || n \
                from generate_series(1, 40) n";
    let (_database, desk) = desk(Kind::Managed, rows).await;
    for text in ["pe", "person", "son", "example"] {
        let answer = ask(&desk, text).await;
        assert_eq!(answer.found.len(), 6, "{text}");
        assert!(answer.more_users, "{text}");
    }
    let one = ask(&desk, "person 17").await;
    assert_eq!((one.found.len(), one.more_users), (1, false));
}

#[tokio::test]
async fn a_database_that_lacks_tables_answers_from_those_it_has() {
    let (database, desk) = desk(Kind::G2, "").await;
    let invite =
        database.psql("select id from public.team_invites where token = 'g2-token-lapsed'");
    let usage = database.psql("select id from public.usage_daily where user_id = 'auth0|g2-paul'");
    for (text, expected) in [
        ("auth0|g2-olga", "user auth0|g2-olga"),
        ("PAUL@prepaid.example", "user auth0|g2-paul"),
        ("late@northwind.example", "team auth0|g2-olga"),
        ("cus_paul", "user auth0|g2-paul"),
        ("maxmembe", "user auth0|g2-max"),
        (
            "00000000-0000-4000-8000-0000000000c2",
            "cluster 00000000-0000-4000-8000-0000000000c2",
        ),
        (invite.as_str(), "team auth0|g2-olga"),
        (usage.as_str(), "user auth0|g2-paul"),
        ("us-east-1", "cluster 00000000-0000-4000-8000-0000000000c2"),
    ] {
        let answer = ask(&desk, text).await;
        assert_eq!(place(&answer.found[0]), expected, "{text}");
        assert!(names_one(&answer.found), "{text}: {answer:?}");
    }
    assert_eq!(
        places(&ask(&desk, "northw").await),
        [
            "user auth0|g2-max",
            "user auth0|g2-olga",
            "user google-oauth2|g2-mia",
            "team auth0|g2-olga"
        ]
    );
    for text in [
        "sub_Nobody123456",
        "in_Nobody123456",
        "pi_Nobody123456",
        "INV-1",
        "99999",
    ] {
        assert_eq!(
            places(&ask(&desk, text).await),
            Vec::<String>::new(),
            "{text}"
        );
    }
}

#[tokio::test]
async fn invoices_are_found_in_the_words_of_their_page() {
    let (database, desk) = desk(Kind::Managed, SERVICE).await;
    database.psql(
        "update public.invoices set due_date = '2026-11-01' where invoice_number = 'INV-2026-0042';
         insert into public.billing_history (id, user_id, invoice_id, amount, status) values
         ('00000000-0000-4000-8000-0000000000f5', 'auth0|owner', 'in_Olga12345678', 12.5, 'pending')",
    );
    let uuid = |end: &str| format!("00000000-0000-4000-8000-0000000000{end}");
    for (text, word) in [
        ("INV-2026-0042".to_owned(), "overdue"),
        ("2026-0042".to_owned(), "overdue"),
        ("in_Olga12345678".to_owned(), "overdue"),
        (uuid("f2"), "paid"),
        (uuid("f3"), "active"),
        // The entry of an invoice stands where the invoice does.
        (uuid("f5"), "overdue"),
    ] {
        let hits = SearchHits::new(ask(&desk, &text).await.found, false, false, None);
        let words: Vec<_> = hits
            .hits
            .iter()
            .filter_map(|hit| match &hit.what {
                SearchTarget::Invoice { status, .. } => status.as_deref(),
                _ => None,
            })
            .collect();
        assert!(!words.is_empty(), "{text}");
        assert!(words.iter().all(|said| *said == word), "{text}: {words:?}");
    }
}
