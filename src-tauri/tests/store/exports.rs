//! Exports against a real database, through the pooler: what is in the file is what the database says.

mod failing;

use std::io::Cursor;
use std::sync::Arc;

use calamine::{Reader as _, Xlsx};
use hopsdesk::domain::account::UserStatus;
use hopsdesk::domain::balances::{CreditsFilter, CreditsQuery, CreditsSort};
use hopsdesk::domain::browse::{UsersFilter, UsersQuery, UsersSort};
use hopsdesk::domain::clock::FixedClock;
use hopsdesk::domain::comparison::Period;
use hopsdesk::domain::fiscal::FiscalZone;
use hopsdesk::domain::fleet::{AccountsFilter, AccountsQuery, UsageQuery};
use hopsdesk::domain::ids::UserId;
use hopsdesk::domain::invoices::{InvoicesFilter, InvoicesQuery, InvoicesSort};
use hopsdesk::domain::lacks::Lacks;
use hopsdesk::domain::teams::{TeamsFilter, TeamsQuery, TeamsSort};
use hopsdesk::domain::usage::Metric;
use hopsdesk::reports::Format;
use hopsdesk::reports::defuse::restored;
use hopsdesk::usecases::desk::Desk;
use hopsdesk::usecases::export_list::{Origin, Progress, export_list};
use hopsdesk::usecases::exported::Listing;
use hopsdesk::usecases::exported::invoices::FiscalInvoices;
use hopsdesk::usecases::exported::ledger::LedgerQuery;
use hopsdesk::usecases::keep_rollups::{check_rollups, refresh_rollups};
use time::macros::{date, datetime};

use super::rollups::At;
use crate::support::database::{Kind, TestDatabase};

const NOW: time::OffsetDateTime = datetime!(2026-11-20 12:00 UTC);

/// People as nasty as they come: names that are formulas, quotes, lines, and other scripts.
const PEOPLE: &str = r#"
insert into public.users (id, email, name, status, created_at)
select 'auth0|' || lpad(n::text, 5, '0'), 'person' || n || '@example.com',
       (array['=cmd|''/C calc''!A0', '+46 70', E'-1\n=2', '"Quoted", Inc.', 'أحمد', 'Anna;=1', null])[1 + n % 7],
       case when n % 10 = 0 then 'suspended' else 'active' end,
       timestamptz '2026-01-01' + n * interval '1 minute'
from generate_series(1, 3000) n;
insert into public.usage_daily (user_id, date, total_cost)
select id, date '2026-11-18', (right(id, 4)::int % 400 + 1) * 0.0123 from public.users
where right(id, 1) <> '7';
"#;

async fn desk() -> (TestDatabase, Desk) {
    let database = TestDatabase::new(Kind::Managed).await;
    database.psql(PEOPLE);
    let clock = Arc::new(FixedClock(NOW));
    let desk = Desk::new(database.store(), Lacks::default(), clock);
    count(&desk).await;
    (database, desk)
}

/// Brings the sums of usage up to date.
async fn count(desk: &Desk) {
    count_at(desk, NOW).await;
}

/// The same at another time.
pub(super) async fn count_at(desk: &Desk, now: time::OffsetDateTime) {
    check_rollups(&desk.store, &At(now), true)
        .await
        .expect("a check")
        .expect("done");
    refresh_rollups(&desk.store, &At(now))
        .await
        .expect("a refresh");
}

fn suspended() -> UsersQuery {
    UsersQuery {
        filter: UsersFilter {
            statuses: vec![UserStatus::Suspended],
            ..UsersFilter::default()
        },
        sort: UsersSort::MonthCost,
        descending: true,
        after: None,
        limit: 0,
    }
}

fn everybody() -> UsersQuery {
    UsersQuery {
        filter: UsersFilter::default(),
        sort: UsersSort::Name,
        ..suspended()
    }
}

async fn exported(desk: &Desk, query: UsersQuery, format: Format) -> Vec<u8> {
    written(desk, &Listing::Users(query), format).await
}

/// The list as a CSV file.
pub(super) async fn csv_of(desk: &Desk, listing: &Listing) -> Vec<u8> {
    written(desk, listing, Format::Csv).await
}

async fn written(desk: &Desk, listing: &Listing, format: Format) -> Vec<u8> {
    let origin = Origin {
        workspace: "Test (sandbox)".to_owned(),
        ..Origin::default()
    };
    let sink = Cursor::new(Vec::new());
    let progress = Progress::default();
    let sink = export_list(desk, listing, format, &origin, sink, &progress)
        .await
        .expect("an export");
    assert_eq!(Some(progress.rows()), progress.expected());
    sink.into_inner()
}

/// The rows of a CSV file, and the lines about it.
pub(super) fn read_csv(bytes: &[u8]) -> (Vec<Vec<String>>, Vec<(String, String)>) {
    let bytes = bytes.strip_prefix("\u{FEFF}".as_bytes()).expect("a mark");
    let mut reader = csv::ReaderBuilder::new().from_reader(bytes);
    let records = reader.records().map(|record| record.expect("RFC 4180"));
    let (mut rows, mut about) = (Vec::new(), Vec::new());
    for record in records {
        let fields: Vec<_> = record.iter().map(str::to_owned).collect();
        match fields[0].strip_prefix("# ") {
            Some(name) => about.push((name.to_owned(), fields[1].clone())),
            None => rows.push(fields),
        }
    }
    (rows, about)
}

pub(super) fn said<'a>(about: &'a [(String, String)], name: &str) -> &'a str {
    let line = about.iter().find(|(each, _)| each == name);
    &line
        .unwrap_or_else(|| panic!("{name} is not said: {about:?}"))
        .1
}

#[tokio::test]
async fn a_csv_holds_what_the_database_says_and_says_what_it_is() {
    let (database, desk) = desk().await;
    let bytes = exported(&desk, suspended(), Format::Csv).await;
    let (rows, about) = read_csv(&bytes);

    let sql = "from public.users u left join public.usage_daily d on d.user_id = u.id
               where u.status = 'suspended'";
    let totals = database.psql(&format!("select count(*), sum(d.total_cost) {sql}"));
    let (count, cost) = totals.split_once('|').expect("two columns");
    assert_eq!(said(&about, "Rows"), count);
    assert_eq!(rows.len().to_string(), count);
    assert_eq!(said(&about, "Total Cost 2026-11 (USD)"), cost);
    assert_eq!(said(&about, "Filter"), "Status: suspended");
    assert_eq!(said(&about, "Read at (UTC)"), "2026-11-20T12:00:00Z");
    assert_eq!(said(&about, "Workspace"), "Test (sandbox)");

    let listed = database.psql(&format!(
        "select u.id || '|' || coalesce(d.total_cost::text, '') {sql}
         order by coalesce(d.total_cost, 0) desc, u.id desc"
    ));
    let in_file: Vec<_> = rows
        .iter()
        .map(|row| format!("{}|{}", row[0], row[11]))
        .collect();
    assert_eq!(
        in_file.join("\n"),
        listed,
        "the same rows in the same order, to the last digit"
    );
}

#[tokio::test]
async fn names_come_back_from_a_csv_as_they_are_and_none_begins_a_formula() {
    let (database, desk) = desk().await;
    let (rows, about) = read_csv(&exported(&desk, everybody(), Format::Csv).await);
    assert!(said(&about, "Note").contains("apostrophe"));
    for row in &rows {
        for field in row {
            assert!(!field.starts_with(['=', '+', '-', '@']), "{field:?}");
        }
    }
    let mut in_file: Vec<_> = rows
        .iter()
        .map(|row| format!("{}|{}", row[0], restored(&row[1])))
        .collect();
    in_file.sort();
    let recorded =
        database.psql("select id || '|' || coalesce(name, '') from public.users order by id");
    assert_eq!(in_file.join("\n"), recorded);
}

#[tokio::test]
async fn postgres_itself_takes_the_rows_of_a_csv_and_leaves_the_lines_about_it() {
    let (database, desk) = desk().await;
    let bytes = exported(&desk, everybody(), Format::Csv).await;
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), bytes).expect("written");
    let path = file.path().display();
    let script = format!(
        "create temporary table t (id text, name text, email text, status text, standing text, plan text,
           role text, team text, team_owner_id text, cluster text, cluster_id text, cost numeric,
           registered timestamptz, last_login timestamptz);
         \\copy t from '{path}' with (format csv, header, encoding 'utf8') where id not like '#%'
         select count(*), sum(cost), count(*) filter (where registered is null) from t;
         select count(*), sum(total_cost), 0 from public.usage_daily right join public.users on user_id = users.id;"
    );
    let mut psql = database.tool("psql");
    psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped());
    let mut running = psql.spawn().expect("psql runs");
    std::io::Write::write_all(
        &mut running.stdin.take().expect("its input"),
        script.as_bytes(),
    )
    .expect("psql listens");
    let output = running.wait_with_output().expect("psql ends");
    let said = String::from_utf8(output.stdout).expect("text");
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(lines.len(), 2, "{said}");
    assert_eq!(lines[0], lines[1]);
}

#[tokio::test]
async fn an_xlsx_holds_the_same_rows_as_the_csv() {
    let (_database, desk) = desk().await;
    let (rows, about) = read_csv(&exported(&desk, suspended(), Format::Csv).await);
    let bytes = exported(&desk, suspended(), Format::Xlsx).await;
    let mut book = Xlsx::new(Cursor::new(bytes)).expect("a workbook");
    assert_eq!(book.sheet_names(), ["Users", "About"]);
    let sheet = book.worksheet_range("Users").expect("the sheet");
    let ids: Vec<_> = sheet.rows().skip(1).map(|row| row[0].to_string()).collect();
    let expected: Vec<_> = rows.iter().map(|row| row[0].clone()).collect();
    assert_eq!(ids, expected);
    let names: Vec<_> = sheet.rows().skip(1).map(|row| row[1].to_string()).collect();
    let expected: Vec<_> = rows.iter().map(|row| restored(&row[1])).collect();
    assert_eq!(names, expected, "texts need no apostrophe here");
    let about_sheet = book.worksheet_range("About").expect("the sheet");
    let line = |name: &str| {
        let found = about_sheet.rows().find(|row| row[0] == *name);
        found.expect("the line")[1].to_string()
    };
    for name in ["Rows", "Total Cost 2026-11 (USD)"] {
        let same = line(name)
            .parse::<rust_decimal::Decimal>()
            .expect("a number");
        let csv = said(&about, name)
            .parse::<rust_decimal::Decimal>()
            .expect("a number");
        assert_eq!(same, csv, "{name}");
    }
}

#[tokio::test]
async fn a_second_generation_database_exports_its_users_too() {
    let database = TestDatabase::new(Kind::G2).await;
    let desk = Desk::new(
        database.store(),
        Lacks::default(),
        Arc::new(FixedClock(NOW)),
    );
    let (rows, _) = read_csv(&exported(&desk, everybody(), Format::Csv).await);
    let recorded = database.psql("select count(*) from public.users");
    assert_eq!(rows.len().to_string(), recorded);
}

/// Everything that lists show: an invoice in euros and one in no currency at all, credits, and usage.
const BOOKS: &str = "
update public.users set account_owner_id = 'auth0|00001' where id in ('auth0|00002', 'auth0|00003');
insert into public.user_credits (user_id, total_purchased, total_used, free_credits_granted)
select id, 100, right(id, 2)::int, 5 from public.users where right(id, 1) = '1';
insert into public.credit_transactions (user_id, type, amount, balance_before, balance_after, created_at)
select 'auth0|00001', (array['purchase', 'usage'])[1 + n % 2], n * (1 - 2 * (n % 2)), 1000, 1000 + n * (1 - 2 * (n % 2)), timestamptz '2026-11-01' + n * interval '1 hour'
from generate_series(1, 700) n;
insert into public.invoices (user_id, invoice_number, amount, status, due_date, currency)
select 'auth0|' || lpad(n::text, 5, '0'), 'HD-' || n, n * 1.01,
       (array['open', 'paid', 'void'])[1 + n % 3], '2026-12-01', (array['usd', 'eur'])[1 + n % 2]
from generate_series(1, 900) n;
";

#[tokio::test]
async fn every_list_adds_up_on_every_generation_whatever_its_order() {
    for kind in [Kind::Managed, Kind::G1, Kind::G2, Kind::G3] {
        let database = TestDatabase::new(kind).await;
        if kind == Kind::Managed {
            database.psql(PEOPLE);
            database.psql(BOOKS);
        }
        let desk = Desk::new(
            database.store(),
            Lacks::default(),
            Arc::new(FixedClock(NOW)),
        );
        count(&desk).await;
        for listing in every_listing(&desk) {
            let sink = Cursor::new(Vec::new());
            let progress = Progress::default();
            let origin = Origin::default();
            let bytes = export_list(&desk, &listing, Format::Csv, &origin, sink, &progress)
                .await
                .unwrap_or_else(|error| panic!("{listing:?} on {kind:?}: {error:?}"))
                .into_inner();
            let (rows, about) = read_csv(&bytes);
            assert_eq!(rows.len().to_string(), said(&about, "Rows"), "{listing:?}");
        }
    }
}

#[tokio::test]
async fn amounts_of_several_currencies_are_added_up_apart() {
    let (database, desk) = desk().await;
    database.psql(BOOKS);
    let listing = every_listing(&desk)
        .into_iter()
        .find(|listing| matches!(listing, Listing::Invoices(_)))
        .expect("the Invoices list");
    let sink = Cursor::new(Vec::new());
    let progress = Progress::default();
    let origin = Origin::default();
    let sink = export_list(&desk, &listing, Format::Csv, &origin, sink, &progress).await;
    let (rows, about) = read_csv(&sink.expect("an export").into_inner());
    assert_eq!(rows.len(), 900);
    let number = |text: &str| text.parse::<rust_decimal::Decimal>().expect("a number");
    for currency in ["usd", "eur"] {
        let sql = format!("select sum(amount) from public.invoices where currency = '{currency}'");
        let name = format!("Total Amount ({})", currency.to_uppercase());
        assert_eq!(number(said(&about, &name)), number(&database.psql(&sql)));
    }
}

#[tokio::test]
async fn a_ledger_is_exported_whole_with_what_it_did_to_the_balance() {
    let (database, desk) = desk().await;
    database.psql(BOOKS);
    let listing = Listing::Ledger(LedgerQuery {
        account: UserId::parse("auth0|00001").expect("an id"),
        kinds: vec!["usage".to_owned()],
    });
    let sink = Cursor::new(Vec::new());
    let progress = Progress::default();
    let origin = Origin::default();
    let sink = export_list(&desk, &listing, Format::Csv, &origin, sink, &progress).await;
    let (rows, about) = read_csv(&sink.expect("an export").into_inner());
    let recorded = "select count(*) from public.credit_transactions where type = 'usage'";
    assert_eq!(rows.len().to_string(), database.psql(recorded));
    assert_eq!(said(&about, "Filter"), "Account: auth0|00001; Kind: usage");
    assert!(about.iter().any(|(name, _)| name == "Total Change (USD)"));
}

/// Each list in each of its orders.
fn every_listing(desk: &Desk) -> Vec<Listing> {
    let mut all = Vec::new();
    for descending in [true, false] {
        let sorts = [
            UsersSort::Created,
            UsersSort::Name,
            UsersSort::Email,
            UsersSort::MonthCost,
            UsersSort::LastLogin,
        ];
        all.extend(sorts.map(|sort| {
            Listing::Users(UsersQuery {
                sort,
                descending,
                ..everybody()
            })
        }));
        let sorts = [
            TeamsSort::Cost,
            TeamsSort::Members,
            TeamsSort::Name,
            TeamsSort::Created,
        ];
        all.extend(sorts.map(|sort| {
            Listing::Teams(TeamsQuery {
                filter: TeamsFilter::default(),
                sort,
                descending,
                after: None,
                limit: 1,
            })
        }));
        let sorts = [
            CreditsSort::RunsOut,
            CreditsSort::Balance,
            CreditsSort::Name,
            CreditsSort::LastPurchase,
        ];
        all.extend(sorts.map(|sort| {
            Listing::Credits(CreditsQuery {
                filter: CreditsFilter::default(),
                sort,
                descending,
                after: None,
                limit: 1,
            })
        }));
        let sorts = [InvoicesSort::Date, InvoicesSort::Amount, InvoicesSort::Due];
        all.extend(sorts.map(|sort| {
            let query = InvoicesQuery {
                filter: InvoicesFilter::default(),
                sort,
                descending,
                after: None,
                limit: 1,
            };
            Listing::Invoices(FiscalInvoices::new(desk, query, FiscalZone::utc()))
        }));
        for (first, last) in [
            (date!(2026 - 11 - 01), NOW.date()),
            (date!(2026 - 09 - 12), date!(2026 - 11 - 07)),
        ] {
            all.push(Listing::Accounts(AccountsQuery {
                usage: UsageQuery {
                    period: Period::between(first, last, NOW.date()).expect("a period"),
                    cluster: None,
                    account: None,
                },
                text: None,
                filter: AccountsFilter::default(),
                sort: Metric::Cost,
                descending,
                after: None,
                limit: 1,
            }));
        }
    }
    all.push(Listing::Ledger(LedgerQuery {
        account: UserId::parse("auth0|00001").expect("an id"),
        kinds: Vec::new(),
    }));
    all
}
