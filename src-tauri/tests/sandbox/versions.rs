//! The same schemas, views and samples on the newer server that hosted projects run.

use hopsdesk::sandbox::SandboxOptions;
use hopsdesk::sandbox::postgres::find::Search;

use crate::{all, connect, folder, open, options};

/// `HOPSDESK_PG17_BIN` names the programs of a Postgres 17; `make test` brings them along on x86-64
/// Linux. Without them there is nothing to try, and the test says so.
#[tokio::test]
async fn everything_installs_on_postgres_17_as_an_owner_who_is_no_superuser() {
    let Some(programs) = std::env::var_os("HOPSDESK_PG17_BIN") else {
        eprintln!("left out: HOPSDESK_PG17_BIN names no Postgres 17");
        return;
    };
    let folder = folder();
    let search = Search {
        named: Some(programs.into()),
        path: None,
        usual: Vec::new(),
    };
    let sandbox = open(SandboxOptions {
        search,
        ..options(&folder, 40, 30)
    })
    .await;
    let mut owner = connect(&sandbox).await;
    let found: Vec<(i32, bool, i64, i64)> = all(
        &mut owner,
        "select current_setting('server_version_num')::integer / 10000,
                (select rolsuper from pg_catalog.pg_roles where rolname = current_user),
                (select count(*) from console.users),
                (select count(*) from console.usage_daily where total_cost > 0)",
    )
    .await;
    let [(major, superuser, users, priced)] = found[..] else {
        panic!("one row")
    };
    assert_eq!((major, superuser, users), (17, false, 40));
    assert!(priced > 0, "usage is there through the canonical view");
    sandbox.stop().await.expect("a stopped sandbox");
}
