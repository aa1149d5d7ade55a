//! Enrolment against a real Postgres that asks for passwords (SCRAM): a one-time code becomes a password that
//! nobody has seen.

use std::sync::atomic::{AtomicU64, Ordering};

use hopsdesk::config::database::DatabaseAddress;
use hopsdesk::domain::enrolment::EnrolmentCode;
use hopsdesk::domain::random::Random;
use hopsdesk::secrets::{Secret, scram};
use hopsdesk::store::connect;
use hopsdesk::store::door::Store;
use hopsdesk::usecases::enrol::{EnrolError, enrol};
use time::{Duration, OffsetDateTime};

use crate::support::cluster::OWNER;
use crate::support::database::{Kind, TestDatabase};

/// Never twice the same.
struct Counted(AtomicU64);

impl Random for Counted {
    fn bits(&self) -> u128 {
        let count = self.0.fetch_add(1, Ordering::SeqCst);
        u128::from(count).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
    }
}

fn store(database: &TestDatabase, login: &str, password: &str) -> Store {
    // Over TCP, where passwords are asked for.
    let address = DatabaseAddress {
        host: "127.0.0.1".to_owned(),
        ..database.cluster.direct(&database.name, login)
    };
    let secret = Secret::new(password.to_owned());
    Store::new(connect::pool(&address, Some(&secret), 1).expect("a pool"))
}

/// Adds somebody, as the command line does, and has the server ask them for a password.
async fn added(database: &TestDatabase, login: &str) -> EnrolmentCode {
    let owner = store(database, OWNER, "");
    let made = hopsdesk::store::staff_list::add(
        &owner,
        login,
        &format!("auth0|{login}"),
        "New",
        "support",
    )
    .await
    .expect("added");
    owner.close().await;
    database.psql(&format!("grant password_logins to \"{login}\""));
    EnrolmentCode::parse(made.code.expose()).expect("a code that can be read")
}

async fn signs_in(database: &TestDatabase, login: &str, password: &str) -> bool {
    let store = store(database, login, password);
    let signed = store.read().await.is_ok();
    store.close().await;
    signed
}

#[tokio::test]
async fn a_code_becomes_a_password_once_and_every_other_end_is_told_apart() {
    let database = TestDatabase::new(Kind::Managed).await;
    let login = format!("new_{}", database.name);
    let random = Counted(AtomicU64::new(1));
    let code = added(&database, &login).await;
    let server_now = OffsetDateTime::from_unix_timestamp(
        database
            .psql("select extract(epoch from clock_timestamp())::bigint")
            .trim()
            .parse()
            .expect("a number"),
    )
    .expect("a time");
    let left = code.expires_at - server_now;
    assert!(
        left > Duration::hours(23) && left <= Duration::hours(24),
        "{left}"
    );

    let password = scram::password(&random);
    let verifier = scram::verifier(&password, &random);
    let with_code = store(&database, &login, code.expose());
    enrol(&with_code, &code, &verifier, server_now)
        .await
        .expect("redeemed");
    // Over the session that is still open, the database itself knows what became of the code.
    let again = enrol(&with_code, &code, &verifier, server_now).await;
    assert!(matches!(again, Err(EnrolError::Used)), "{again:?}");
    with_code.close().await;

    assert!(signs_in(&database, &login, password.expose()).await);
    assert!(
        !signs_in(&database, &login, code.expose()).await,
        "the code is no password any more"
    );
    assert!(
        !signs_in(&database, &login, &verifier).await,
        "the verifier is none either"
    );
    let kept = database.psql(&format!(
        "select rolpassword from pg_authid where rolname = '{login}'"
    ));
    assert_eq!(
        kept.trim(),
        verifier,
        "the server has what was sent, and nothing more"
    );

    // From the outside a used code and an expired one are both a wrong password.
    let with_code = store(&database, &login, code.expose());
    let used = enrol(&with_code, &code, &verifier, server_now).await;
    assert!(matches!(used, Err(EnrolError::Used)), "{used:?}");
    with_code.close().await;

    let other = format!("late_{}", database.name);
    let code = added(&database, &other).await;
    database.psql(&format!("alter role \"{other}\" valid until '2001-01-01'"));
    let with_code = store(&database, &other, code.expose());
    let expired = enrol(&with_code, &code, &verifier, code.expires_at).await;
    assert!(matches!(expired, Err(EnrolError::Expired)), "{expired:?}");
    with_code.close().await;

    for login in [login, other] {
        database.psql(&format!("drop owned by \"{login}\"; drop role \"{login}\""));
    }
}
