//! Credits and invoices, as finance people read them.

use serde_json::{Value, json};

use super::service::Service;
use super::world::{Person, database};
use crate::support::cluster::OWNER;
use crate::support::database::Kind;

/// One of every kind of trouble: a charge in both tables, two currencies and none, a credit note, a
/// subscription, a draft without a number; credits with a line lost from the ledger.
const BILLED: &str = "
insert into public.users (id, email, name, billing_mode, metadata) values
  ('auth0|acme', 'pay@acme.example', 'Ada', 'postpaid', '{\"company\": \"Acme\"}'),
  ('auth0|deep', 'deep@example.com', 'Deep Debt', 'prepaid', '{}'),
  ('auth0|soon', 'soon@example.com', 'Runs Out Soon', 'prepaid', '{}'),
  ('auth0|calm', 'calm@example.com', 'Calm', 'prepaid', '{}');
insert into public.invoices (user_id, invoice_number, stripe_invoice_id, status, amount, currency, due_date,
  paid_at, created_at, hosted_invoice_url) values
  ('auth0|acme', 'HD-1', 'in_1', 'paid', 100.10, 'usd', null, now() - interval '3 days', now() - interval '9 days',
   'https://invoice.stripe.example/i/in_1'),
  ('auth0|acme', 'HD-2', 'in_2', 'open', 50.20, 'usd', now() - interval '5 days 1 hour', null, now() - interval '8 days', null),
  ('auth0|acme', 'HD-3', 'in_3', 'open', 25, 'usd', now() + interval '9 days', null, now() - interval '7 days', null),
  ('auth0|acme', 'CN-4', 'in_4', 'paid', -10.30, 'usd', null, now(), now() - interval '6 days', null),
  ('auth0|acme', 'JP-5', 'in_5', 'paid', 12000, 'jpy', null, now(), now() - interval '5 days', null),
  ('auth0|acme', null, 'in_6', 'draft', 0, 'usd', null, null, now() - interval '4 days', null),
  ('auth0|acme', 'HD-7', 'in_7', 'void', 5, 'usd', null, null, now() - interval '3 days', null);
insert into public.billing_history (user_id, invoice_id, amount, currency, status, paid_at, created_at) values
  ('auth0|acme', 'in_1', 100.10, 'usd', 'paid', now() - interval '3 days', now() - interval '9 days'),
  ('auth0|acme', 'in_3', 25, 'usd', 'failed', null, now() - interval '6 days'),
  ('auth0|acme', 'HD-2', 50, 'usd', 'pending', null, now() - interval '8 days'),
  ('auth0|calm', 'in_9', 40, 'usd', 'refunded', null, now() - interval '2 days');
insert into public.subscriptions (user_id, stripe_subscription_id, status, current_period_start, current_period_end, created_at)
values ('auth0|acme', 'sub_1', 'past_due', now() - interval '9 days', now() + interval '21 days', now() - interval '10 days');
insert into public.user_credits (user_id, total_purchased, total_used, free_credits_granted, free_credits_used) values
  ('auth0|deep', 10, 32.5, 5, 5), ('auth0|soon', 100, 93, 0, 0), ('auth0|calm', 40, 0, 2.5, 0);
insert into public.credit_transactions (user_id, type, amount, balance_before, balance_after, created_at) values
  ('auth0|deep', 'grant', 5, 0, 5, now() - interval '9 days'),
  ('auth0|deep', 'purchase', 10, 5, 15, now() - interval '8 days'),
  ('auth0|deep', 'usage', -30, 7.5, -22.5, now() - interval '7 days');
insert into public.usage_daily (user_id, account_owner_id, date, total_cost)
select 'auth0|soon', 'auth0|soon', current_date - n, 2 from generate_series(1, 14) n;
";

/// The cells of all rows on screen, by column title.
const ROWS: &str = "document.querySelector('table[aria-busy=false] tbody tr[data-row]')
  && [...document.querySelectorAll('tbody tr[data-row]')].map((row) => [...row.cells].map((cell) => cell.innerText.trim()))";

const TOTALS: &str = "document.querySelector('[data-testid=totals] dd') && !document.querySelector('[data-testid=totals].changing')
  && [...document.querySelectorAll('[data-testid=totals] dl > div')].map((each) => each.innerText.replace(/\\s+/g, ' ').trim())";

fn texts(value: Value) -> Vec<String> {
    serde_json::from_value(value).expect("texts")
}

#[tokio::test]
async fn invoices_are_listed_once_and_totals_say_what_the_list_says() {
    let service = Service::shared(BILLED).await;
    let person = Person::new("billing").await;
    let window = person.at_work().await;
    window.open_service("Finance", &service.url()).await;
    window.visit("#/invoices").await;
    let rows = window.until("the invoices", ROWS).await;
    let rows: Vec<Vec<String>> = serde_json::from_value(rows).expect("rows");
    let numbers: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(
        numbers,
        [
            "in_9",
            "HD-7",
            "Invoice, no number",
            "JP-5",
            "CN-4",
            "HD-3",
            "HD-2",
            "HD-1",
            "sub_1"
        ],
        "each charge once, the latest first"
    );
    let states: Vec<&str> = rows
        .iter()
        .map(|row| row[2].lines().next().unwrap_or(""))
        .collect();
    assert_eq!(
        states,
        [
            "Refunded", "Void", "Draft", "Paid", "Paid", "Failed", "Overdue", "Paid", "Past due"
        ]
    );
    assert!(
        rows[6][2].contains('\u{2260}'),
        "two records that differ are marked: {:?}",
        rows[6]
    );
    let amounts: Vec<&str> = rows.iter().map(|row| row[4].as_str()).collect();
    assert_eq!(amounts[3], "12,000 JPY", "yen have no cents");
    assert_eq!(amounts[4], "\u{2212}$10.30");
    assert_eq!(amounts[8], "\u{2014}", "a subscription has no amount");

    let totals = texts(window.until("the totals", TOTALS).await);
    for expected in [
        "All in USD $210.00 7",
        "All in JPY 12,000 JPY 1",
        "Overdue $50.20 1",
        "Failed $25.00 1",
        "Paid $100.10 1",
        "Paid 12,000 JPY 1",
        "Credit notes, paid \u{2212}$10.30 1",
        "Refunded $40.00 1",
        "Subscriptions 1",
    ] {
        assert!(
            totals.iter().any(|line| line == expected),
            "{expected}: {totals:?}"
        );
    }

    window.visit("#/invoices?status=open&sort=amount").await;
    window
        .until(
            "what is unpaid, the largest first",
            "[...document.querySelectorAll('tbody tr[data-row] td:first-child')].map((each) => each.innerText.trim()).join() === 'HD-2,HD-3'",
        )
        .await;
    window
        .until(
            "totals of what is unpaid",
            &format!("({TOTALS})?.[0] === 'All in USD $75.20 2'"),
        )
        .await;
    assert_eq!(
        window
            .ask("document.querySelector('[data-testid=zone]').innerText")
            .await,
        "UTC",
        "the fiscal time zone is named"
    );
    let wide = window
        .ask("document.documentElement.scrollWidth > innerWidth")
        .await;
    assert_eq!(wide, json!(false), "nothing sticks out");

    window.visit("#/invoices?q=nothing-like-that").await;
    window.shows("Nothing matches").await;
    window.close().await;
}

#[tokio::test]
async fn an_invoice_shows_both_records_and_a_month_ends_in_the_chosen_zone() {
    let service = Service::shared(BILLED).await;
    let twin = service
        .database
        .psql("select id from public.billing_history where invoice_id = 'HD-2'");
    let subscription = service.database.psql("select id from public.subscriptions");
    let person = Person::new("one-invoice").await;
    let window = person.at_work().await;
    window.open_service("Finance", &service.url()).await;

    window
        .visit(&format!("#/invoices/billing_history/{twin}"))
        .await;
    window
        .until(
            "the invoice that stands for the entry",
            "document.querySelector('h1')?.innerText === 'HD-2'",
        )
        .await;
    window.shows("is the same charge as this invoice").await;
    window.shows("5 days past due").await;
    let differs = window
        .find("[data-testid=disagreement]")
        .await
        .text()
        .await
        .expect("a text");
    assert!(
        differs.contains("50.20") && differs.contains("50.00"),
        "{differs}"
    );
    window
        .until(
            "the account's other invoices",
            "[...document.querySelectorAll('tr[data-row] td:first-child')].some((each) => each.innerText.includes('JP-5'))",
        )
        .await;

    window
        .visit(&format!("#/invoices/subscriptions/{subscription}"))
        .await;
    window.shows("none of its own").await;
    window.visit("#/invoices/invoices/nothing").await;
    window
        .shows("This database has no row nothing in invoices.")
        .await;

    window.visit_settings().await;
    window
        .until(
            "the time zones",
            "document.querySelector('[data-testid=fiscal-zone]')?.options.length > 100",
        )
        .await;
    window
        .run(
            "const select = document.querySelector('[data-testid=fiscal-zone]');
             select.value = 'Asia/Tokyo';
             select.dispatchEvent(new Event('change', { bubbles: true }))",
            Vec::new(),
        )
        .await;
    window.shows("Saved.").await;
    let file = std::fs::read_to_string(person.settings_file()).expect("the settings");
    assert!(file.contains("fiscal_zone = \"Asia/Tokyo\""), "{file}");
    window.visit("#/invoices?month=this").await;
    window
        .until(
            "the zone",
            "document.querySelector('[data-testid=zone]')?.innerText === 'Asia/Tokyo'",
        )
        .await;

    // Somebody mistypes it in the file.
    std::fs::write(
        person.settings_file(),
        file.replace("Asia/Tokyo", "Mars/Olympus"),
    )
    .expect("written");
    window.visit("#/overview").await;
    window.visit("#/invoices?month=2026-01").await;
    window
        .shows("Mars/Olympus is not a time zone this database knows")
        .await;
    window.close().await;
}

#[tokio::test]
async fn a_ledger_runs_its_balance_and_says_where_the_record_breaks() {
    let service = Service::shared(BILLED).await;
    let person = Person::new("ledger").await;
    let window = person.at_work().await;
    window.open_service("Finance", &service.url()).await;
    window.visit("#/credits/auth0%7Cdeep").await;
    let rows = window.until("the lines", ROWS).await;
    let rows: Vec<Vec<String>> = serde_json::from_value(rows).expect("rows");
    let balances: Vec<&str> = rows
        .iter()
        .map(|row| row[4].lines().next().unwrap_or(""))
        .collect();
    assert_eq!(
        balances,
        ["\u{2212}15.00", "15.00", "5.00"],
        "the newest first: {rows:?}"
    );
    assert!(
        rows[0][2].contains("Off by \u{2212}$7.50") && rows[0][2].contains("ended at $15.00"),
        "{:?}",
        rows[0]
    );
    let findings = window
        .find("[data-testid=findings]")
        .await
        .text()
        .await
        .expect("a text");
    assert!(
        findings.contains("a difference of \u{2212}$7.50"),
        "{findings}"
    );
    assert!(findings.contains("1 line does not follow"), "{findings}");

    window.visit("#/credits/auth0%7Ccalm").await;
    window.shows("$42.50").await;
    window.visit("#/credits/nobody-at-all").await;
    window
        .shows("This database has no user with the id nobody-at-all.")
        .await;
    window.close().await;
}

#[tokio::test]
async fn a_database_without_these_tables_says_so_and_fakes_nothing() {
    let bare = database(Kind::G2).await;
    let url = format!(
        "postgresql://{OWNER}:none@127.0.0.1:{}/{}",
        bare.cluster.pooler_port, bare.name
    );
    let person = Person::new("no-invoices").await;
    let window = person.at_work().await;
    window.open_service("Finance", &url).await;
    window.visit("#/invoices").await;
    window.shows("No invoices in this database").await;
    window.shows("no table invoices or billing_history").await;
    let owner = bare.psql("select user_id from public.user_credits order by user_id limit 1");
    let address = window
        .run(
            "return encodeURIComponent(arguments[0])",
            vec![owner.into()],
        )
        .await;
    window
        .visit(&format!(
            "#/credits/{}",
            address.as_str().expect("an address")
        ))
        .await;
    window.shows("no table credit_transactions").await;
    window.shows("Balances are shown").await;
    window.close().await;
}
