//! `serve` under a login that owns nothing: one of the group receiver.

use hopsdesk::receiver::limits::Limits;
use serde_json::json;

use super::running::{Running, registration, until};
use super::stripe::deliver;
use crate::support::database::{Kind, TestDatabase};

#[tokio::test]
async fn a_login_of_the_group_receiver_does_all_of_it() {
    let database = TestDatabase::new(Kind::Managed).await;
    let login = format!("{}_receiver", database.name);
    database.psql(&format!(
        "create role \"{login}\" login in role console_receiver"
    ));
    let address = database.cluster.pooled(&database.name, &login);
    let store = TestDatabase::store_of(&address, 8);
    let receiver = Running::with(store, Limits::default()).await;
    assert_eq!(receiver.get("/readyz").await.status, 200);
    assert_eq!(receiver.register(&registration("jane")).await.status, 200);
    let event = json!({
        "id": "evt_1", "object": "event", "type": "customer.created", "created": 1_780_000_000, "livemode": true,
        "data": {"object": {"object": "customer", "id": "cus_1", "metadata": {"user_id": "auth0|jane"}}},
    });
    until(&database, "select count(*) from public.users", "1").await;
    assert_eq!(deliver(&receiver, &event).await.status, 200);
    until(
        &database,
        "select stripe_customer_id from public.users",
        "cus_1",
    )
    .await;
    let refused = database.psql(&format!(
        "set role \"{login}\";
         select has_schema_privilege('public', 'create') or has_table_privilege('console.inbox', 'insert')
           or has_table_privilege('public.users', 'update')"
    ));
    assert_eq!(refused, "f", "it owns nothing and writes no table");
    receiver.stop().await;
    database.psql(&format!("drop role \"{login}\""));
}
