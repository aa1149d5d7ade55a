//! Databases nobody foresaw: random tables of random types with the worst values these hold. Attach maps or
//! reports; whatever it makes can be read to the last row, and every statement is understood.

use std::collections::BTreeMap;

use futures_util::StreamExt as _;
use hopsdesk::domain::moment::Moment;
use hopsdesk::store::attach::canonical::Canonical;
use hopsdesk::store::attach::failure::AttachError;
use hopsdesk::store::attach::mapping::{From as Candidate, VIEWS, View, ViewColumn};
use hopsdesk::store::attach::run::{attach, release};
use hopsdesk::store::direct::Direct;
use hopsdesk::store::door::Statement;
use hopsdesk::store::migrate::{MigrationSet, migrate};
use rust_decimal::Decimal;
use sqlx::postgres::PgRow;
use sqlx::{Column as _, FromRow, Row as _, TypeInfo as _};
use time::Date;

use super::pages::visit;
use super::statements::files;
use crate::support::database::{Kind, TestDatabase};

/// Types, each with values that are hard on whoever reads them.
const TYPES: &[(&str, &[&str])] = &[
    ("text", &["'x'", "''", "'12.5'", "'NaN'", "'2025-02-31'"]),
    ("varchar(20)", &["'x'", "'17'", "' -3 '"]),
    ("char(5)", &["'abc'"]),
    ("name", &["'n'"]),
    ("\"char\"", &["'c'"]),
    ("extensions.citext", &["'MiXed'", "'1'"]),
    ("uuid", &["'00000000-0000-4000-8000-000000000001'"]),
    ("inet", &["'10.0.0.0/8'", "'::1'"]),
    ("cidr", &["'10.0.0.0/8'"]),
    ("macaddr", &["'08:00:2b:01:02:03'"]),
    ("smallint", &["-32768", "32767", "0"]),
    ("integer", &["2147483647"]),
    (
        "bigint",
        &["9223372036854775807", "-9223372036854775808", "1"],
    ),
    (
        "numeric",
        &[
            "'NaN'",
            "'Infinity'",
            "'-Infinity'",
            "1e200",
            "-1e200",
            "1e-200",
            "0.1",
            "123456789012345.123456789012345678901",
        ],
    ),
    ("numeric(10,2)", &["'NaN'", "99999999.99", "-0.01"]),
    ("numeric(10,4)", &["'NaN'", "1.2345"]),
    (
        "numeric(65,30)",
        &[
            "'NaN'",
            "12345678901234567890123456789012345",
            "0.123456789012345678901234567890",
        ],
    ),
    ("numeric(20,0)", &["99999999999999999999", "'NaN'"]),
    ("numeric(5,-2)", &["9999900"]),
    ("real", &["'NaN'", "'Infinity'", "1e38", "1.5"]),
    (
        "double precision",
        &["'NaN'", "'-Infinity'", "1e300", "1e-300"],
    ),
    ("money", &["'92233720368547758.07'", "'-1.50'"]),
    ("boolean", &["true", "false"]),
    (
        "date",
        &[
            "'infinity'",
            "'-infinity'",
            "'5874897-12-31'",
            "'4713-01-01 BC'",
            "'2025-01-01'",
        ],
    ),
    (
        "timestamp",
        &[
            "'infinity'",
            "'294276-12-31 23:59:59'",
            "'4713-01-01 BC'",
            "'2025-01-01'",
        ],
    ),
    (
        "timestamp(3)",
        &["'-infinity'", "'9999-12-31 23:59:59.999'"],
    ),
    (
        "timestamp with time zone",
        &["'infinity'", "'294276-12-31 23:59:59+00'", "'2025-01-01'"],
    ),
    (
        "timestamp(0) with time zone",
        &["'-infinity'", "'0001-01-01 00:00:00+14'"],
    ),
    ("time", &["'24:00'"]),
    ("interval", &["'1 month'"]),
    (
        "json",
        &[
            r#"'{"company": "\u0000"}'"#,
            "'1e400000'",
            r#"'{"company":"\ud800"}'"#,
            "'\"x\"'",
            "'null'",
            r#"'{"company": "Acme"}'"#,
        ],
    ),
    ("jsonb", &[r#"'{"company": {"a": 1}}'"#, "'[1]'", "'null'"]),
    ("text[]", &["'{a,null}'"]),
    ("integer[]", &["'{{1,2},{3,4}}'"]),
    ("jsonb[]", &["'{}'"]),
    ("bytea", &[r"'\x00ff'"]),
    ("point", &["'(1,2)'"]),
    ("int4range", &["'[1,2)'"]),
    ("tsvector", &["'a b'"]),
    ("bit(8)", &["B'10101010'"]),
    ("oid", &["1"]),
    ("regclass", &["'pg_class'"]),
    ("pg_lsn", &["'0/0'"]),
    ("public.shade", &["'active'", "'so so'"]),
    ("public.amount", &["'NaN'", "7.5"]),
    ("public.cost", &["7.5", "null"]),
    ("public.labels", &["'{a}'"]),
    ("public.mood", &["'active'"]),
    ("public.pair", &["'(1,x)'"]),
];

const PREPARE: &str = "
    create extension if not exists citext with schema extensions;
    create type public.shade as enum ('active', 'so so');
    create domain public.amount as numeric;
    create domain public.cost as public.amount check (value > 0);
    create domain public.labels as text[];
    create domain public.mood as public.shade;
    create type public.pair as (a integer, b text);";

/// A row read into what programs of ours read columns into; panics where they would fail.
struct Anything;

impl<'r> FromRow<'r, PgRow> for Anything {
    fn from_row(row: &'r PgRow) -> Result<Self, sqlx::Error> {
        for (place, column) in row.columns().iter().enumerate() {
            match column.type_info().name() {
                "TEXT" => drop(row.try_get::<Option<String>, _>(place)?),
                "NUMERIC" => drop(row.try_get::<Option<Decimal>, _>(place)?),
                "INT8" => drop(row.try_get::<Option<i64>, _>(place)?),
                "BOOL" => drop(row.try_get::<Option<bool>, _>(place)?),
                // As the programs read it.
                "TIMESTAMPTZ" => drop(row.try_get::<Option<Moment>, _>(place)?),
                "DATE" => drop(row.try_get::<Date, _>(place)?),
                "JSONB" => drop(row.try_get::<Option<serde_json::Value>, _>(place)?),
                // Compared with, never read: the same id stands beside it as text.
                "UUID" => drop(row.try_get_raw(place)?),
                other => panic!("a canonical column of type {other}"),
            }
        }
        Ok(Self)
    }
}

/// A sequence of numbers that looks random and is the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).expect("an index")
    }

    fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// The live columns a canonical one may come from.
fn candidates(column: &ViewColumn) -> Vec<&'static str> {
    if column.from.is_empty() {
        return vec![column.name];
    }
    column.from.iter().flat_map(named).collect()
}

fn named(from: &Candidate) -> Vec<&'static str> {
    match from {
        Candidate::Column(name)
        | Candidate::Of(_, name)
        | Candidate::OrEmpty(name)
        | Candidate::Stripes(name, _)
        | Candidate::Minor(name)
        | Candidate::JsonText(name, _)
        | Candidate::OrWeekAfter(name, _) => vec![*name],
        Candidate::Sum(names) => names.to_vec(),
        Candidate::FirstCounted(sources) => sources.iter().flat_map(named).collect(),
        Candidate::Key(_) | Candidate::TableName => Vec::new(),
    }
}

/// A type that suits the column, most of the time for what every row needs.
fn type_for(
    dice: &mut Dice,
    view: &View,
    column: &ViewColumn,
) -> (&'static str, &'static [&'static str]) {
    let needed = view.needs.contains(&column.name) && !dice.one_in(6);
    loop {
        let (name, values) = *dice.of(TYPES);
        let suits = match column.canonical {
            Canonical::Text => [
                "text",
                "varchar(20)",
                "uuid",
                "bigint",
                "public.shade",
                "extensions.citext",
            ]
            .contains(&name),
            Canonical::Number => [
                "numeric",
                "numeric(10,2)",
                "double precision",
                "money",
                "bigint",
                "text",
                "public.cost",
            ]
            .contains(&name),
            Canonical::Date => ["date", "timestamp", "timestamp with time zone"].contains(&name),
            _ => true,
        };
        if suits || !needed {
            return (name, values);
        }
    }
}

/// Tables with the names we know, each with some of the columns we know, of any type.
fn service(dice: &mut Dice) -> String {
    use std::fmt::Write as _;

    let mut sql = PREPARE.to_owned();
    for view in VIEWS {
        let first = view.name == "users" || view.name == "usage_daily";
        for table in view.table_names() {
            if sql.contains(&format!("create table public.{table} ")) || (!first && dice.one_in(4))
            {
                continue;
            }
            let mut columns: Vec<(String, String, &[&str])> = Vec::new();
            for column in view.columns {
                for name in candidates(column) {
                    let needed = view.needs.contains(&column.name);
                    if columns.iter().any(|(other, ..)| other == name)
                        || (!needed && dice.one_in(3))
                    {
                        continue;
                    }
                    let (mut declared, mut values) = type_for(dice, view, column);
                    if view.name == "users" && ["id", "email"].contains(&name) {
                        (declared, values) = ("text", &["'auth0|x'", "'somebody@x.example'"]);
                    }
                    columns.push((name.to_owned(), declared.to_owned(), values));
                }
            }
            let definitions: Vec<String> = columns
                .iter()
                .map(|(name, declared, _)| format!("{name} {declared}"))
                .collect();
            // An ORM's capitals now and then.
            let body = definitions.join(", ");
            writeln!(sql, "create table public.{table} ({body});").expect("a string");
            for _ in 0..4 {
                let values: Vec<&str> = columns
                    .iter()
                    .map(|(_, _, values)| {
                        if dice.one_in(8) {
                            "null"
                        } else {
                            *dice.of(values)
                        }
                    })
                    .collect();
                writeln!(
                    sql,
                    "insert into public.{table} values ({});",
                    values.join(", ")
                )
                .expect("a string");
            }
        }
    }
    if dice.one_in(3) {
        sql.push_str("create index on public.users (id, email);");
    } else {
        sql.push_str(
            "delete from public.users a using public.users b where a.ctid < b.ctid and a.id = b.id;
             delete from public.users where id is null;
             alter table public.users add primary key (id);",
        );
    }
    sql
}

async fn read_everything(owner: &mut Direct) {
    for view in VIEWS.iter().map(|view| view.name).chain(["open_invoices"]) {
        let sql = format!("select * from console.{view}");
        if view == "open_invoices" {
            owner.script(&sql).await.expect("a derived view");
            continue;
        }
        // Read as rows of a statement, which wants a text that lives as long as the program.
        let statement = Statement {
            name: view,
            sql: Box::leak(sql.into_boxed_str()),
        };
        let read: Result<Vec<Anything>, _> = owner.all(statement).await;
        if let Err(error) = read {
            panic!("{view}: {:?}", std::error::Error::source(&error));
        }
    }
}

/// What rounds say of themselves.
#[derive(Debug, Default)]
struct Seen {
    attached: usize,
    registered: usize,
}

/// The installation takes most of a round, and knows nothing of the service: it is made anew where it is likely to matter,
/// on every sixth of them, and copied for the others.
const fn is_fresh(round: u64) -> bool {
    round % 6 == 1
}

/// A database in which the console is installed, and no service is.
async fn installed() -> TestDatabase {
    let database = TestDatabase::new(Kind::Empty).await;
    let mut owner = database.direct().await;
    // Roles belong to the whole server: another test may be making the same ones, and take longer than one waits.
    let mut tries = 0;
    while let Err(error) = migrate(&mut owner, &[MigrationSet::Console]).await {
        tries += 1;
        let locked = format!("{error:?}").contains("lock timeout");
        assert!(locked && tries < 5, "the console: {error:?}");
    }
    owner.close().await.expect("a goodbye");
    database
}

async fn play(round: u64, database: &TestDatabase, statements: &BTreeMap<String, String>) -> Seen {
    let mut seen = Seen::default();
    let mut owner = database.direct().await;
    let mut dice = Dice(round.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let sql = service(&mut dice);
    if let Err(error) = owner.script(&sql).await {
        panic!(
            "round {round}: {:?}\n{sql}",
            std::error::Error::source(&error)
        );
    }
    let attached = match attach(&mut owner).await {
        Ok(attached) => attached,
        Err(AttachError::Unrelated { .. }) => return seen,
        Err(error) => panic!("round {round}: {error:?}\n{sql}"),
    };
    assert_eq!(attached.migrated.is_empty(), !is_fresh(round));
    seen.attached = 1;
    assert!(
        !attach(&mut owner).await.expect("again").renewed,
        "round {round}"
    );
    read_everything(&mut owner).await;
    let registers = attached.plan.functions[0].reason.is_none();
    for (name, text) in statements {
        // Only this one calls the function that not every table of users allows.
        if name == "registration_apply.sql" && !registers {
            continue;
        }
        let text = text.trim_end().trim_end_matches(';');
        let prepared = owner
            .script(&format!(
                "prepare statement as {text}\n; deallocate statement"
            ))
            .await;
        if let Err(error) = prepared {
            panic!(
                "round {round}, {name}: {:?}\n{sql}",
                std::error::Error::source(&error)
            );
        }
    }
    if registers {
        seen.registered = 1;
        assert_eq!(
            database.psql(
                "select console.upsert_registered_user('auth0|new', 'new@x.example', 'New', 'nowhere', 'auth0', '2025-01-01')"
            ),
            "inserted",
            "round {round}\n{sql}"
        );
    }
    // Every page of each would take minutes; each run sees the same.
    if is_fresh(round) {
        let seen = visit(database).await;
        assert!(
            seen.problems.is_empty(),
            "round {round}: {:#?}\n{sql}",
            seen.problems
        );
    }
    assert!(release(&mut owner).await.expect("released"));
    assert!(attach(&mut owner).await.expect("attached anew").renewed);
    owner.close().await.expect("a goodbye");
    seen
}

/// Two rounds at a time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_types_and_values_a_service_has_it_is_read_or_reported() {
    let statements = files();
    let installed = installed().await;
    let rounds = futures_util::stream::iter(1..=30_u64).map(|round| {
        let (installed, statements) = (&installed, &statements);
        async move {
            let database = if is_fresh(round) {
                TestDatabase::new(Kind::Empty).await
            } else {
                installed.copy().await
            };
            play(round, &database, statements).await
        }
    });
    let seen: Vec<Seen> = rounds.buffer_unordered(2).collect().await;
    let attached: usize = seen.iter().map(|seen| seen.attached).sum();
    let registered: usize = seen.iter().map(|seen| seen.registered).sum();
    assert!(attached > 20, "most of them are services: {attached}");
    assert!(registered > 3, "some take registrations: {registered}");
}
