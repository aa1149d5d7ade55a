//! Seats given by several programs at once: each once, in the order of the line, and whoever finds none is told why.

use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use hopsdesk::sandbox::hopsworks::{Dialect, Simulated};
use hopsdesk::secrets::Secret;
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep};

use super::program::{SECRET, Serving, registration};
use crate::support::database::{Kind, TestDatabase};

pub(super) const KEY: &str = "Kx9.key-of-both-clusters";

/// Registrations that race, and the seats there are for them.
const RACING: usize = 200;

pub(super) async fn until(database: &TestDatabase, sql: &str, expected: &str) {
    let begun = Instant::now();
    loop {
        let said = database.psql(sql);
        if said == expected {
            return;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "{sql} should come to say {expected}, and says {said}"
        );
        sleep(Duration::from_millis(100)).await;
    }
}

/// Four clusters, two of which take somebody: six seats on one, four on the other.
pub(super) fn clusters(database: &TestDatabase, address: &str) {
    database.psql(&format!(
        "insert into public.hopsworks_clusters (name, api_url, api_key, max_users, current_users, status) values
         ('north', 'http://{address}', '{KEY}', 6, 5, 'active'),
         ('south', 'http://{address}', '{KEY}', 4, 0, 'active'),
         ('closed', 'http://{address}', '{KEY}', 100, 0, 'maintenance'),
         ('keyless', 'http://{address}', '', 100, 0, 'active')"
    ));
}

pub(super) const LINE: &str =
    "select string_agg(concat_ws(' ', state, why, n), ', ' order by state, why) from
    (select state, why, count(*) as n from console.seat_requests group by 1, 2) as s";

/// Clusters with seats taken, and what the service's own counter says of them.
pub(super) const SEATS: &str = "select string_agg(concat_ws(' ', k.name, n, k.current_users), ', ' order by k.name) from
    (select hopsworks_cluster_id as id, count(distinct user_id) as n from public.user_hopsworks_assignments group by 1) as a
    join public.hopsworks_clusters as k on k.id = a.id";

const ALERT: &str = "select coalesce(string_agg(subject || ' ' || (facts ->> 'count'), ', '), 'none') from console.alerts
    where kind = 'no_seat' and resolved_at is null";

#[tokio::test]
async fn two_hundred_race_for_ten_seats_and_ten_have_one() {
    let database = TestDatabase::new(Kind::Managed).await;
    let hopsworks = Simulated::new(Secret::new(KEY.to_owned()), Dialect::default(), []);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let _hopsworks = hopsworks.serve(listener, None).expect("it is served");
    clusters(&database, &address);
    let replicas: Vec<Serving> = (0..3)
        .map(|_| {
            Serving::with(
                &database,
                [
                    ("AUTH0_WEBHOOK_SECRET", SECRET.to_owned()),
                    ("AUTH0_CLIENT_ID", "the-client".to_owned()),
                ],
            )
        })
        .collect();

    let posts = (0..RACING).map(|n| {
        let post = replicas[n % replicas.len()].post(registration(&format!("racer{n}")));
        async move { post.send().await.expect("an answer").status() }
    });
    let answers: Vec<_> = stream::iter(posts).buffer_unordered(32).collect().await;
    assert!(answers.iter().all(|status| *status == 200), "{answers:?}");
    until(
        &database,
        LINE,
        "placed least_filled 10, waiting no_room 190",
    )
    .await;
    assert_eq!(
        database.psql(SEATS),
        "north 6 6, south 4 4",
        "every seat once, and no counter has drifted"
    );
    let twice = "select count(*) from (select user_id from public.user_hopsworks_assignments group by 1 having count(*) > 1) as t";
    assert_eq!(database.psql(twice), "0");
    let unexplained = "select count(*) from console.seat_requests as r where r.state = 'placed' and (r.audit_id is null
        or not exists (select from jsonb_array_elements(r.choice -> 'clusters') as c
          where c ->> 'id' = r.cluster_id and c ->> 'verdict' = 'chosen'))";
    assert_eq!(database.psql(unexplained), "0");
    until(&database, ALERT, "clusters 190").await;
    let made = "select string_agg(concat_ws(' ', kind, state, n), ', ' order by state) from
        (select kind, state, count(*) as n from console.outbox group by 1, 2) as o";
    until(&database, made, "ensure_user done 10").await;
    assert_eq!(
        hopsworks.people().all().len(),
        10,
        "each is made there, once"
    );

    // Three seats more: the first three of those who wait, in their order.
    let first = database.psql(
        "select string_agg(user_id, ' ' order by user_id) from
         (select user_id from console.seat_requests where state = 'waiting' order by due_at, place limit 3) as f",
    );
    database.psql("update public.hopsworks_clusters set max_users = 9 where name = 'north'");
    until(
        &database,
        LINE,
        "placed least_filled 13, waiting no_room 187",
    )
    .await;
    let next = database.psql(
        "select string_agg(user_id, ' ' order by user_id) from
         (select user_id from console.seat_requests where state = 'placed' order by ended_at desc limit 3) as f",
    );
    assert_eq!(next, first);

    // Room for everybody: nobody is left, and the alert is over.
    database.psql("update public.hopsworks_clusters set max_users = 1000 where name = 'south'");
    until(&database, LINE, "placed least_filled 200").await;
    assert_eq!(database.psql(SEATS), "north 9 9, south 191 191");
    until(&database, ALERT, "none").await;
}
