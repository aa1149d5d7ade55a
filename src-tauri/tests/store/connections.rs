//! Connections that cannot be had: each failure is told apart, as far as somebody can act on it.

use hopsdesk::config::database::DatabaseAddress;
use hopsdesk::secrets::Secret;
use hopsdesk::store::connect;
use hopsdesk::store::door::Store;
use hopsdesk::store::failure::StoreError;

use crate::support::cluster::OWNER;
use crate::support::database::{Kind, TestDatabase};

/// Over TCP, where certificates and passwords count.
fn over_tcp(database: &TestDatabase) -> DatabaseAddress {
    DatabaseAddress {
        host: "127.0.0.1".to_owned(),
        ..database.direct_address()
    }
}

fn verified(database: &TestDatabase, authority: &str) -> DatabaseAddress {
    DatabaseAddress {
        ca_file: Some(database.cluster.home.join("tls").join(authority)),
        verify_loopback: true,
        ..over_tcp(database)
    }
}

async fn failure(address: &DatabaseAddress, password: Option<&str>) -> StoreError {
    connect(address, password).await.expect_err("no connection")
}

async fn connect(address: &DatabaseAddress, password: Option<&str>) -> Result<(), StoreError> {
    let password = password.map(|password| Secret::new(password.to_owned()));
    let store = Store::new(connect::pool(address, password.as_ref(), 1)?);
    store.read().await?.end().await
}

#[tokio::test]
async fn a_port_where_nobody_answers_is_unreachable() {
    let database = TestDatabase::new(Kind::Empty).await;
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = nobody.local_addr().unwrap().port();
    drop(nobody);
    let address = DatabaseAddress {
        port,
        ..over_tcp(&database)
    };
    let error = failure(&address, None).await;
    assert!(matches!(error, StoreError::Unreachable(_)), "{error:?}");
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_the_right_one_is_not() {
    let database = TestDatabase::new(Kind::Empty).await;
    let login = format!("staff_{}", database.name);
    database.psql(&format!(
        "create role \"{login}\" login password 'right' in role password_logins"
    ));
    let address = DatabaseAddress {
        login: login.clone(),
        ..over_tcp(&database)
    };
    let error = failure(&address, Some("wrong")).await;
    assert!(matches!(error, StoreError::Refused(_)), "{error:?}");
    let error = failure(&address, None).await;
    assert!(
        matches!(error, StoreError::Refused(_)),
        "no password at all: {error:?}"
    );
    connect(&address, Some("right"))
        .await
        .expect("the right one");
    database.psql(&format!("drop role \"{login}\""));
}

#[tokio::test]
async fn an_unknown_database_or_login_is_refused_also_by_the_pooler() {
    let database = TestDatabase::new(Kind::Empty).await;
    for address in [database.direct_address(), database.pooled_address()] {
        let unknown = DatabaseAddress {
            database: "nobody_made_this".to_owned(),
            ..address.clone()
        };
        let error = failure(&unknown, None).await;
        assert!(
            matches!(error, StoreError::Refused(_)),
            "database, port {}: {error:?}",
            address.port
        );
        let unknown = DatabaseAddress {
            login: "nobody_i_know".to_owned(),
            ..address.clone()
        };
        let error = failure(&unknown, None).await;
        assert!(
            matches!(error, StoreError::Refused(_)),
            "login, port {}: {error:?}",
            address.port
        );
    }
}

#[tokio::test]
async fn a_certificate_of_another_authority_is_not_secure() {
    let database = TestDatabase::new(Kind::Empty).await;
    connect(&verified(&database, "ca.pem"), None)
        .await
        .expect("the authority that signed it");
    assert_eq!(
        database.psql(&format!(
            "select count(*) from pg_stat_ssl join pg_stat_activity using (pid)
             where usename = '{OWNER}' and datname = '{}' and not ssl",
            database.name
        )),
        "0",
        "nothing went over this network in the clear"
    );
    let error = failure(&verified(&database, "other-ca.pem"), None).await;
    assert!(matches!(error, StoreError::Insecure(_)), "{error:?}");
}

#[tokio::test]
async fn a_server_without_tls_is_not_secure_when_it_must_be_verified() {
    let database = TestDatabase::new(Kind::Empty).await;
    let address = DatabaseAddress {
        port: database.cluster.pooler_port,
        ..verified(&database, "ca.pem")
    };
    let error = failure(&address, None).await;
    assert!(matches!(error, StoreError::Insecure(_)), "{error:?}");
}

#[tokio::test]
async fn a_ca_file_that_is_missing_or_holds_no_certificate_is_named() {
    let database = TestDatabase::new(Kind::Empty).await;
    for file in ["missing.pem", "ca.csr"] {
        let error = failure(&verified(&database, file), None).await;
        assert!(
            matches!(&error, StoreError::CaFile { path, .. } if path.ends_with(file)),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_database_without_our_schema_is_told_apart() {
    let database = TestDatabase::new(Kind::G2Bare).await;
    let store = database.store();
    let mut reading = store.read().await.expect("connects");
    let error = hopsdesk::store::server::lacks(&mut reading)
        .await
        .expect_err("nothing is attached");
    assert!(matches!(error, StoreError::NotAttached(_)), "{error:?}");
}

#[tokio::test]
async fn what_the_server_says_is_told_apart_as_outage_contention_or_neither() {
    let database = TestDatabase::new(Kind::Empty).await;
    let mut owner = database.direct().await;
    for (code, message, outage, contention) in [
        ("25006", "read-only transaction", true, false),
        ("53100", "no space left on device", true, false),
        ("53200", "out of memory", true, false),
        ("53300", "too many clients already", true, false),
        ("53400", "configuration limit exceeded", true, false),
        ("XX000", "Max client connections reached", true, false),
        (
            "XX000",
            "(ECHECKOUTTIMEOUT) unable to check out connection from the pool",
            true,
            false,
        ),
        ("XX000", "Tenant or user not found", true, false),
        ("XX000", "cache lookup failed", false, false),
        ("55P03", "lock timeout", false, true),
        ("57014", "statement timeout", false, true),
        ("40P01", "deadlock detected", false, true),
        ("40001", "could not serialize access", false, true),
        ("23514", "a check", false, false),
        ("22003", "out of range", false, false),
    ] {
        let raise = format!(
            "do $$ begin raise exception using errcode = '{code}', message = '{message}'; end $$"
        );
        let error = owner.script(&raise).await.expect_err(code);
        assert_eq!(
            (error.is_outage(), error.is_contention()),
            (outage, contention),
            "{code} {message}: {error:?}"
        );
    }
}
