//! Connections that die, with a word and without: the door notices, and is open again soon.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use hopsdesk::config::database::DatabaseAddress;
use hopsdesk::store::door::{Statement, Store};
use hopsdesk::store::failure::StoreError;
use hopsdesk::store::pooling::keeps_sessions;
use hopsdesk::store::{locks, server};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::support::database::{Kind, TestDatabase};

/// What a client says first that would like TLS.
/// <https://www.postgresql.org/docs/current/protocol-message-formats.html>
const ASKS_FOR_TLS: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// A network between us and the server that can die without a word: what is on its way is lost, nothing is
/// closed, and connections made later work.
struct Network {
    port: u16,
    dead: Arc<AtomicBool>,
    /// How many transactions are still to begin before it dies, with the last of them on its way.
    left: Arc<AtomicUsize>,
}

impl Network {
    async fn to(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let at = listener.local_addr().unwrap().port();
        let dead = Arc::new(AtomicBool::new(false));
        let switch = Arc::clone(&dead);
        let left = Arc::new(AtomicUsize::new(usize::MAX));
        let begins = Arc::clone(&left);
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let mut far = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                // Whoever asks for TLS is told that there is none: what begins could not be seen.
                let mut first = [0; 8];
                if near.read_exact(&mut first).await.is_err() {
                    continue;
                }
                let answered = if first == ASKS_FOR_TLS {
                    near.write_all(b"N").await
                } else {
                    far.write_all(&first).await
                };
                if answered.is_err() {
                    continue;
                }
                // Of those that are there when it dies, none comes back to life.
                let mine = Arc::new(AtomicBool::new(false));
                let (near, far) = (near.into_split(), far.into_split());
                for (mut from, mut to) in [(near.0, far.1), (far.0, near.1)] {
                    let (switch, mine) = (Arc::clone(&switch), Arc::clone(&mine));
                    let begins = Arc::clone(&begins);
                    tokio::spawn(async move {
                        let mut buffer = [0; 8192];
                        while let Ok(read) = from.read(&mut buffer).await
                            && read > 0
                        {
                            let sent = buffer.get(..read).unwrap_or_default();
                            let begin = sent.windows(6).any(|word| word == b"begin;");
                            if begin && begins.fetch_sub(1, Ordering::SeqCst) == 1 {
                                switch.store(true, Ordering::SeqCst);
                            }
                            if switch.load(Ordering::SeqCst) {
                                mine.store(true, Ordering::SeqCst);
                            }
                            if !mine.load(Ordering::SeqCst) && to.write_all(sent).await.is_err() {
                                break;
                            }
                        }
                        // The far end must not learn from a closed socket what the network swallowed.
                        if mine.load(Ordering::SeqCst) {
                            std::future::pending::<()>().await;
                        }
                    });
                }
            }
        });
        Self {
            port: at,
            dead,
            left,
        }
    }
}

fn over_tcp(database: &TestDatabase, port: u16) -> DatabaseAddress {
    DatabaseAddress {
        host: "127.0.0.1".to_owned(),
        port,
        ..database.direct_address()
    }
}

async fn look(store: &Store) -> Result<(), StoreError> {
    let mut reading = store.read().await?;
    server::look(&mut reading).await?;
    reading.end().await
}

#[tokio::test]
async fn connections_over_a_network_that_died_silently_give_their_places_back_within_seconds() {
    let database = TestDatabase::new(Kind::Managed).await;
    let network = Network::to(database.cluster.port).await;
    let store = TestDatabase::store_of(&over_tcp(&database, network.port), 2);
    for _ in 0..2 {
        look(&store).await.expect("the network is alive");
    }

    // One in the middle of a transaction, one at rest: every place of the pool is taken by the dead.
    let mut reading = store.read().await.unwrap();
    let mut other = store.read().await.unwrap();
    server::look(&mut other).await.unwrap();
    drop(other);
    tokio::time::sleep(Duration::from_millis(200)).await;
    network.dead.store(true, Ordering::SeqCst);
    let began = tokio::time::Instant::now();
    let error = look(&store).await.expect_err("nobody answers");
    assert!(matches!(error, StoreError::Unreachable(_)), "{error:?}");
    let waited = began.elapsed();
    assert!(
        waited < Duration::from_secs(15),
        "a sign of life is not waited for longer: {waited:?}"
    );
    let error = server::look(&mut reading)
        .await
        .expect_err("nobody answers");
    assert!(matches!(error, StoreError::Unreachable(_)), "{error:?}");
    drop(reading);

    network.dead.store(false, Ordering::SeqCst);
    let began = tokio::time::Instant::now();
    for _ in 0..2 {
        look(&store)
            .await
            .expect("a new connection takes the place of the dead one");
    }
    let waited = began.elapsed();
    assert!(
        waited < Duration::from_secs(8),
        "a dead connection held its place for {waited:?}"
    );
}

#[tokio::test]
async fn connections_that_were_ended_at_the_other_side_are_replaced_without_a_word() {
    let database = TestDatabase::new(Kind::Managed).await;
    let store = TestDatabase::store_of(&over_tcp(&database, database.cluster.port), 3);
    let mut readings = Vec::new();
    for _ in 0..3 {
        readings.push(store.read().await.unwrap());
    }
    for reading in readings {
        reading.end().await.unwrap();
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    let ended = database.psql(&format!(
        "select count(pg_terminate_backend(pid)) from pg_stat_activity
         where datname = '{}' and application_name = 'hopsdesk'",
        database.name
    ));
    assert_eq!(ended, "3", "all of the pool's connections were ended");
    for _ in 0..3 {
        look(&store)
            .await
            .expect("nothing was said yet, so nothing was lost: another connection is taken");
    }
}

#[tokio::test]
async fn a_lock_of_another_is_said_within_seconds_and_not_waited_for() {
    let database = TestDatabase::new(Kind::Managed).await;
    for store in [
        database.store(),
        TestDatabase::store_of(&database.direct_address(), 2),
    ] {
        let mut other = database.direct().await;
        other
            .script("begin; lock table public.users in access exclusive mode")
            .await
            .unwrap();
        let began = tokio::time::Instant::now();
        let mut reading = store.read().await.unwrap();
        let count = Statement {
            name: "count",
            sql: "select count(*)::text from console.users",
        };
        let error = reading
            .all::<(String,)>(count.rows())
            .await
            .expect_err("somebody holds the table");
        assert!(error.is_contention(), "{error:?}");
        assert!(began.elapsed() < Duration::from_secs(8));
        drop(reading);
        let mut reading = store.read().await.unwrap();
        let held = locks::held(&mut reading).await.unwrap();
        assert_eq!(held.len(), 1, "{held:?}");
        assert_eq!(held[0].table, "users");
        assert_eq!(held[0].login.as_deref(), Some("hopsdesk_owner"));
        assert!(held[0].since.is_some(), "{held:?}");
        reading.end().await.unwrap();
        other.script("rollback").await.unwrap();
        look(&store).await.expect("the lock is gone");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_falls_silent_is_not_taken_for_a_pooler() {
    let database = TestDatabase::new(Kind::Managed).await;
    let network = Network::to(database.cluster.port).await;
    let address = over_tcp(&database, network.port);
    assert!(keeps_sessions(&address, None).await.expect("an answer"));
    // The first has begun when it dies, and nobody answers the second: as behind a pooler without a connection for it.
    network.left.store(2, Ordering::SeqCst);
    let kept = keeps_sessions(&address, None).await;
    assert!(
        network.dead.load(Ordering::SeqCst),
        "it was asked, and died"
    );
    assert!(matches!(kept, Err(StoreError::Unreachable(_))), "{kept:?}");
    // So it is asked again, and found out.
    network.dead.store(false, Ordering::SeqCst);
    assert!(keeps_sessions(&address, None).await.expect("an answer"));
}
