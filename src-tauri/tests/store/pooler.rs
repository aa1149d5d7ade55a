//! The door behind a transaction-mode pooler: sixteen clients on four server connections.
//!
//! What this guards against was measured: named statements, and unnamed ones outside a transaction,
//! fail there and, worse, answer with another client's rows.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use hopsdesk::config::database::{DatabaseAddress, PoolMode};
use hopsdesk::store::at_once::Sessions;
use hopsdesk::store::door::{Statement, Store};
use hopsdesk::store::failure::StoreError;
use hopsdesk::store::pooling::keeps_sessions;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rust_decimal::Decimal;
use tempfile::TempDir;
use time::OffsetDateTime;
use tokio::time::Instant;

use super::statements::files;
use crate::support::cluster::as_server;
use crate::support::database::{Kind, TestDatabase};

const CLIENTS: i64 = 16;
const ROUNDS: i64 = 200;

const fn statement(sql: &'static str) -> Statement {
    Statement { name: "test", sql }
}

const WRITE: Statement = statement(
    "insert into public.probe (client, round, amount, check_word)
     values ($1, $2, $3, md5($1::text || ':' || $2::text)) returning round",
);
// Statements that differ in number, order and type of arguments and columns: an answer to another
// one's question cannot pass for the right one.
const MINE: Statement = statement(
    "select count(*), sum(amount), bool_and(check_word = md5(client::text || ':' || round::text)),
            min(client), max(client)
     from public.probe where client = $1",
);
const WORD: Statement =
    statement("select check_word, client from public.probe where round = $2 and client = $1");
const ECHO: Statement = statement("select $1::text, $2::timestamptz, $3::bytea, $4::bigint[]");

async fn client(store: Store, me: i64) -> Result<(), StoreError> {
    let mut total = Decimal::ZERO;
    for round in 0..ROUNDS {
        let amount = Decimal::new(me * 1_000_000 + round, 4);
        let mut writing = store.write().await?;
        let stored: (i64,) = writing
            .one(WRITE.rows().bind(me).bind(round).bind(amount))
            .await?;
        assert_eq!(stored.0, round, "client {me}");
        if round % 7 == 3 {
            // Dropped: this row must never be seen.
            drop(writing);
        } else {
            writing.commit().await?;
            total += amount;
        }

        let mut reading = store.read().await?;
        let mine: (i64, Decimal, bool, i64, i64) = reading.one(MINE.rows().bind(me)).await?;
        let rows = (0..=round).filter(|round| round % 7 != 3).count();
        assert_eq!(
            mine,
            (i64::try_from(rows).unwrap(), total, true, me, me),
            "client {me}, round {round}"
        );
        let word: Option<(String, i64)> =
            reading.optional(WORD.rows().bind(me).bind(round)).await?;
        assert_eq!(word.is_none(), round % 7 == 3, "client {me}, round {round}");
        if let Some((word, client)) = word {
            assert_eq!((word.len(), client), (32, me));
        }
        let text = format!("{me} says {round}");
        let at = OffsetDateTime::UNIX_EPOCH + time::Duration::hours(me * 1000 + round);
        let bytes = vec![u8::try_from(me).unwrap(); usize::try_from(round).unwrap()];
        let numbers = vec![me, round, me * round];
        let echo: (String, OffsetDateTime, Vec<u8>, Vec<i64>) = reading
            .one(
                ECHO.rows()
                    .bind(text.clone())
                    .bind(at)
                    .bind(bytes.clone())
                    .bind(numbers.clone()),
            )
            .await?;
        assert_eq!(echo, (text, at, bytes, numbers), "client {me}");
        reading.end().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_clients_on_four_connections_never_get_an_error_or_a_wrong_answer() {
    let database = TestDatabase::new(Kind::Managed).await;
    let mut owner = database.direct().await;
    owner
        .script(
            "create table public.probe (
               client bigint, round bigint, amount numeric, check_word text, primary key (client, round))",
        )
        .await
        .expect("a table to write into");
    let mut clients = tokio::task::JoinSet::new();
    for me in 1..=CLIENTS {
        // A pool each, as sixteen programs would have.
        let store = TestDatabase::store_of(&database.pooled_address(), 2);
        clients.spawn(async move {
            let outcome = client(store.clone(), me).await;
            store.close().await;
            outcome.map_err(|error| format!("client {me}: {error:?}"))
        });
    }
    for outcome in clients.join_all().await {
        outcome.expect("no error");
    }
    let kept = (0..ROUNDS).filter(|round| round % 7 != 3).count();
    assert_eq!(
        database.psql("select count(distinct client), count(*) / 16 from public.probe"),
        format!("{CLIENTS}|{kept}")
    );
    let servers: usize = database
        .psql(
            "select count(*) from pg_stat_activity where datname = current_database()
               and usename = 'hopsdesk_owner' and application_name = 'hopsdesk'",
        )
        .parse()
        .unwrap();
    assert!(
        (1..=5).contains(&servers),
        "they did share: four of the pooler, one of this test, and not {servers}"
    );
}

/// Every statement once, with a null for each argument, inside a transaction that is not committed.
async fn run_all(kind: Kind) {
    let database = TestDatabase::new(kind).await;
    let store = database.store();
    let mut wrong = Vec::new();
    for (name, sql) in files() {
        let types = database.psql(&format!(
            "prepare it as {};
             select unnest(parameter_types) from pg_prepared_statements where name = 'it'",
            sql.trim_end().trim_end_matches(';')
        ));
        let mut text = sql.clone();
        for (place, kind) in types
            .lines()
            .enumerate()
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
        {
            // pg_advisory and set_config take no null for an answer; a word does for every text.
            let value = if kind == "text" { "'1'" } else { "null" };
            text = text.replace(&format!("${}", place + 1), &format!("({value}::{kind})"));
        }
        let statement = Statement {
            name: "once",
            sql: String::leak(text),
        };
        let mut writing = store.write().await.expect("a transaction");
        match writing.run(statement.command()).await {
            // A null where none may be: it was understood and carried out as far as that.
            // As is what a function of ours declines.
            Ok(_) | Err(StoreError::Constraint { .. } | StoreError::Declined { .. }) => {}
            Err(error) => wrong.push(format!("{name}: {error:?}")),
        }
    }
    assert!(wrong.is_empty(), "on {kind:?}:\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn every_statement_runs_through_the_pooler() {
    run_all(Kind::Managed).await;
    run_all(Kind::G2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whether_sessions_are_kept_is_found_out_whoever_else_is_at_work() {
    let database = TestDatabase::new(Kind::Managed).await;
    // Others take and give back the pooler's connections meanwhile.
    let store = database.store();
    let busy = tokio::spawn(async move {
        loop {
            let reading = store.read().await.expect("a transaction");
            tokio::time::sleep(Duration::from_millis(3)).await;
            reading.end().await.expect("its end");
        }
    });
    for _ in 0..5 {
        let kept = keeps_sessions(&database.pooled_address(), None).await;
        assert!(!kept.expect("an answer"), "a pooler is no Postgres");
        let kept = keeps_sessions(&database.direct_address(), None).await;
        assert!(kept.expect("an answer"), "Postgres keeps its sessions");
    }
    assert!(!busy.is_finished(), "they were at work to the end");
    busy.abort();
}

/// What is found out about an address, whatever its setting says.
async fn learnt(address: &DatabaseAddress) -> bool {
    let address = DatabaseAddress {
        pool_mode: PoolMode::Direct,
        ..address.clone()
    };
    let sessions = Sessions::new(&address, None, 2).expect("a pool");
    assert!(
        !sessions.are_kept(),
        "nothing is believed before it is known"
    );
    found_out(&sessions).await
}

/// Whether sessions are kept, once somebody has found out.
async fn found_out(sessions: &Sessions) -> bool {
    let asked = Instant::now();
    loop {
        // Who asks has it found out.
        let _ = sessions.are_kept();
        if let Some(known) = sessions.known() {
            assert_eq!(sessions.are_kept(), known);
            return known;
        }
        assert!(asked.elapsed() < Duration::from_secs(20), "never known");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_behind_a_pooler_are_never_used_and_those_of_postgres_are() {
    let database = TestDatabase::new(Kind::Managed).await;
    assert!(!learnt(&database.pooled_address()).await);
    assert!(learnt(&database.direct_address()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_at_hand_is_replaced_when_it_ends_and_let_go_when_the_store_closes() {
    let database = TestDatabase::new(Kind::Managed).await;
    let sessions = Sessions::new(&database.direct_address(), None, 2).expect("a pool");
    let store = database.store().with_sessions(sessions.clone());
    assert!(found_out(&sessions).await);
    let pid = || async {
        let asked = || statement("select pg_backend_pid()").rows::<(i32,)>();
        store.at_once(asked).await.expect("an answer").0
    };
    let first = pid().await;
    assert_eq!(pid().await, first, "the same again");
    database.psql(&format!("select pg_terminate_backend({first}, 5000)"));
    assert_ne!(pid().await, first, "whoever is gone is not asked");
    assert!(found_out(&sessions).await);
    // More at once than there are sessions: nobody waits for one that is at hand for nobody.
    let all = futures_util::future::join_all((0..20).map(|_| pid())).await;
    let different: std::collections::HashSet<i32> = all.into_iter().collect();
    assert!(different.len() <= 2, "all of them were asked in sessions");
    let closing = tokio::time::timeout(Duration::from_secs(30), store.close()).await;
    closing.expect("what is at hand is let go");
}

/// The pool asks whatever it is given back for a sign of life, and the server remembers when it gave one.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_at_hand_that_rests_goes_back_to_the_pool_and_is_used_again() {
    let database = TestDatabase::new(Kind::Managed).await;
    let sessions = Sessions::new(&database.direct_address(), None, 2).expect("a pool");
    let store = database.store().with_sessions(sessions.clone());
    assert!(found_out(&sessions).await);
    let asked = || statement("select pg_backend_pid()").rows::<(i32,)>();
    let (pid,) = store.at_once(asked).await.expect("an answer");
    let said = format!("select state_change from pg_stat_activity where pid = {pid}");
    let begun = Instant::now();
    let at_hand = database.psql(&said);
    while database.psql(&said) == at_hand {
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "it stays at hand"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let again = store.at_once(asked).await.expect("an answer");
    assert_eq!(again, (pid,), "it was given back, not ended");
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_that_takes_no_options_is_asked_all_the_same() {
    let database = TestDatabase::new(Kind::Managed).await;
    let strict = StrictPooler::before(&database, "transaction");
    assert!(!learnt(&strict.address).await);
    // Ours have limits, which it refuses: its sessions are kept, and none of them can be had.
    let strict = StrictPooler::before(&database, "session");
    assert!(
        keeps_sessions(&strict.address, None)
            .await
            .expect("an answer")
    );
    assert!(!learnt(&strict.address).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_with_a_single_connection_left_is_found_out_and_gets_it_back() {
    let database = TestDatabase::new(Kind::Managed).await;
    let store = database.store();
    let mut others = Vec::new();
    for _ in 0..3 {
        others.push(store.read().await.expect("one of four"));
    }
    let kept = keeps_sessions(&database.pooled_address(), None).await;
    assert!(!kept.expect("an answer"), "Postgres lets nobody wait");
    let asked = Instant::now();
    let last = store.read().await.expect("the fourth");
    assert!(
        asked.elapsed() < Duration::from_millis(2500),
        "{:?}",
        asked.elapsed()
    );
    last.end().await.expect("its end");
    let pids = database.psql(
        "select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in%'",
    );
    assert_eq!(pids, "3", "nothing of ours is left begun");
}

/// A `PgBouncer` as it comes: it refuses whoever asks for `options`. Ends with the value.
struct StrictPooler {
    address: DatabaseAddress,
    home: TempDir,
}

impl StrictPooler {
    fn before(database: &TestDatabase, mode: &str) -> Self {
        let server = database.direct_address();
        // Its socket's path may not be long.
        let home = tempfile::tempdir_in("/tmp").expect("a folder");
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .and_then(|free| free.local_addr())
            .expect("a port")
            .port();
        let path = home.path();
        let (place, users) = (path.display(), path.join("users"));
        std::fs::write(&users, format!("\"{}\" \"\"\n", server.login)).expect("a file");
        let ini = path.join("pgbouncer.ini");
        let text = format!(
            "[databases]\n* = host={} port={}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
             unix_socket_dir = {place}\nauth_type = trust\nauth_file = {place}/users\npool_mode = {mode}\n\
             default_pool_size = 4\npidfile = {place}/pid\nlogfile = {place}/log\n",
            server.host, server.port
        );
        std::fs::write(&ini, text).expect("a file");
        std::fs::set_permissions(path, Permissions::from_mode(0o777)).expect("a folder for all");
        let ini = ini.display().to_string();
        as_server(Path::new("pgbouncer"), &["-d", &ini], path);
        // It leaves before it listens.
        let socket = path.join(format!(".s.PGSQL.{port}"));
        for _ in 0..200 {
            if socket.exists() {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let address = DatabaseAddress {
            host: path.display().to_string(),
            port,
            ..server
        };
        Self { address, home }
    }
}

impl Drop for StrictPooler {
    fn drop(&mut self) {
        let pid = std::fs::read_to_string(self.home.path().join("pid"));
        if let Some(pid) = pid.ok().and_then(|pid| pid.trim().parse().ok()) {
            let _ = kill(Pid::from_raw(pid), Signal::SIGTERM);
        }
    }
}
