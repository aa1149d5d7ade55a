//! Staff at work through the product's own door: what is offered, previewed, done and
//! taken back, and what stands on record.

use hopsdesk::domain::action::{ActionName, Done, Order, SubjectKind};
use hopsdesk::domain::audit::{AuditFilter, Chain};
use hopsdesk::domain::slice::Part;
use hopsdesk::domain::staff::Group;
use hopsdesk::store::door::Store;
use hopsdesk::store::failure::StoreError;
use hopsdesk::store::{actions, audit, staff};
use serde_json::{Map, Value, json};

use crate::support::database::{Kind, TestDatabase};

/// A team of two on a fresh service, and its members of staff: logins of their own.
pub(super) async fn service() -> TestDatabase {
    let database = TestDatabase::new(Kind::Managed).await;
    database.psql(
        "insert into public.users (id, email, name, billing_mode) values
           ('auth0|ana', 'ana@acme.example', 'Ana', 'prepaid');
         insert into public.users (id, email, name, account_owner_id) values
           ('auth0|amy', 'amy@acme.example', 'Amy', 'auth0|ana'),
           ('auth0|al', 'al@acme.example', 'Al', 'auth0|ana');",
    );
    for (login, group) in [("sue", "support"), ("fin", "finance"), ("aud", "auditor")] {
        let login = login_of(&database, login);
        database.psql(&format!("create role {login} login"));
        let mut owner = database.direct().await;
        owner
            .script(&format!(
                "select console.adopt_staff('{login}', 'auth0|{login}', 'Member of {group}', '{group}')"
            ))
            .await
            .expect("the owner takes a login into the staff");
    }
    database
}

/// Roles belong to the whole cluster, so each test has its own.
pub(super) fn login_of(database: &TestDatabase, name: &str) -> String {
    format!("{}_{name}", database.name)
}

pub(super) fn desk_of(database: &TestDatabase, name: &str) -> Store {
    let address = database
        .cluster
        .direct(&database.name, &login_of(database, name));
    TestDatabase::store_of(&address, 2)
}

pub(super) fn order(action: &str, subject: &str, arguments: Value, reason: Option<&str>) -> Order {
    let Value::Object(arguments) = arguments else {
        panic!("arguments are an object");
    };
    Order {
        action: ActionName::parse(action).expect("a name"),
        subject: Some(subject.to_owned()),
        arguments,
        expected: None,
        reason: reason.map(str::to_owned),
    }
}

pub(super) async fn act(store: &Store, order: &Order, dry: bool) -> Result<Done, StoreError> {
    let mut writing = store.write().await?;
    actions::be_patient(&mut writing).await?;
    let done = actions::act(&mut writing, order, dry).await?;
    writing.commit().await?;
    Ok(done)
}

pub(super) async fn elevate(store: &Store) {
    let mut writing = store.write().await.expect("a connection");
    staff::elevate(&mut writing, "ticket 4711", 15)
        .await
        .expect("elevated");
    writing.commit().await.expect("committed");
}

fn declined(result: Result<Done, StoreError>) -> (String, String) {
    match result {
        Err(StoreError::Declined { code, message, .. }) => (code, message),
        other => panic!("not declined: {other:?}"),
    }
}

pub(super) fn statuses(database: &TestDatabase) -> String {
    database.psql("select string_agg(status, ' ' order by id) from public.users")
}

#[tokio::test]
async fn who_is_there_is_told_by_the_login() {
    let database = service().await;
    let store = desk_of(&database, "fin");
    let mut reading = store.read().await.unwrap();
    let who = staff::who(&mut reading).await.unwrap();
    assert_eq!(who.group, Some(Group::Finance));
    assert_eq!(who.name.as_deref(), Some("Member of finance"));
    assert_eq!(who.elevation, None, "everybody begins read-only");
}

#[tokio::test]
async fn a_suspension_is_previewed_done_for_the_team_and_taken_back() {
    let database = service().await;
    let store = desk_of(&database, "sue");
    let suspend = order(
        "suspend_account",
        "auth0|ana",
        json!({}),
        Some("fraud, ticket 4711"),
    );

    let preview = act(&store, &suspend, true)
        .await
        .expect("a preview needs no elevation");
    assert_eq!(preview.audit_id, None);
    assert_eq!(
        preview.cascade.len(),
        2,
        "two members go with their owner: {preview:?}"
    );
    assert_eq!(
        statuses(&database),
        "active active active",
        "a preview does nothing"
    );
    let (code, _) = declined(act(&store, &suspend, false).await);
    assert_eq!(code, "HD002", "writing wants elevation");

    elevate(&store).await;
    let done = act(&store, &suspend, false).await.expect("elevated now");
    assert_eq!(statuses(&database), "suspended suspended suspended");
    let shown = |done: &Done| -> Vec<(String, String, String)> {
        let columns = done.changes.iter();
        columns
            .map(|c| (c.column.clone(), c.before.clone(), c.after.clone()))
            .collect()
    };
    assert_eq!(
        shown(&done),
        shown(&preview),
        "what was shown is what was done"
    );

    let audit_id = done.audit_id.expect("on record");
    let mut writing = store.write().await.unwrap();
    actions::undo(&mut writing, audit_id, Some("a mistake"), false)
        .await
        .expect("can be taken back");
    writing.commit().await.unwrap();
    assert_eq!(statuses(&database), "active active active");

    let mut reading = store.read().await.unwrap();
    let filter = AuditFilter {
        chain: Chain::Staff,
        login: None,
        action: None,
        subject: Some("auth0|ana".to_owned()),
        run: None,
        from: None,
        to: None,
        text: None,
    };
    let entries = audit::page(
        &mut reading,
        &filter,
        &Part {
            after: None,
            limit: 10,
        },
    )
    .await
    .unwrap();
    let actions: Vec<&str> = entries
        .rows
        .iter()
        .map(|entry| entry.action.as_str())
        .collect();
    assert_eq!(actions, ["reactivate_account", "suspend_account"]);
    assert_eq!(entries.rows[0].undoes, Some(audit_id));
    let detail = audit::entry(&mut reading, audit_id)
        .await
        .unwrap()
        .expect("it is there");
    assert_eq!(detail.entry.undone_by, Some(entries.rows[0].id));
    assert_eq!(detail.changes.len(), 3);
    for chain in Chain::ALL {
        let verdict = audit::verify(&mut reading, chain, None).await.unwrap();
        assert_eq!(verdict.flaw, None, "the chain {} is whole", chain.word());
    }
}

#[tokio::test]
async fn what_a_group_may_not_do_is_greyed_and_declined_alike() {
    let database = service().await;
    let store = desk_of(&database, "fin");
    elevate(&store).await;
    let mut reading = store.read().await.unwrap();
    let offers = actions::offers(&mut reading, SubjectKind::User, Some("auth0|ana"))
        .await
        .unwrap();
    reading.end().await.unwrap();
    let suspend = offers
        .actions
        .iter()
        .find(|offer| offer.action == "suspend_account")
        .unwrap();
    assert!(!suspend.allowed && !suspend.may_try);
    assert_eq!(
        suspend.reason.as_deref(),
        Some("Only support and admins may do this.")
    );
    let declined = declined(
        act(
            &store,
            &order("suspend_account", "auth0|ana", json!({}), Some("no")),
            false,
        )
        .await,
    );
    assert_eq!(declined.0, "HD003");
    let plan = offers
        .actions
        .iter()
        .find(|offer| offer.action == "change_plan")
        .unwrap();
    assert!(plan.allowed, "{plan:?}");
}

#[tokio::test]
async fn credits_keep_every_digit_on_the_way_to_the_window() {
    let database = service().await;
    let store = desk_of(&database, "fin");
    let grant = order(
        "grant_credits",
        "auth0|ana",
        json!({ "amount": "12.340000000000000001" }),
        Some("goodwill"),
    );
    let preview = act(&store, &grant, true).await.expect("finance grants");
    let ledger = preview
        .changes
        .iter()
        .find(|change| change.table == "ledger_entries")
        .unwrap();
    assert!(ledger.after.contains("12.340000000000000001"), "{ledger:?}");
}

#[tokio::test]
async fn acting_on_what_has_changed_is_declined_and_says_what() {
    let database = service().await;
    let store = desk_of(&database, "sue");
    elevate(&store).await;
    let mut reading = store.read().await.unwrap();
    let offers = actions::offers(&mut reading, SubjectKind::User, Some("auth0|ana"))
        .await
        .unwrap();
    reading.end().await.unwrap();
    database.psql("update public.users set billing_mode = 'postpaid' where id = 'auth0|ana'");
    let mut suspend = order("suspend_account", "auth0|ana", json!({}), Some("fraud"));
    suspend.expected = offers.version;
    let (code, message) = declined(act(&store, &suspend, false).await);
    assert_eq!(code, "HD004");
    assert!(message.contains("billing mode"), "{message}");
    assert_eq!(statuses(&database), "active active active");
}

#[tokio::test]
async fn a_bulk_says_row_by_row_and_goes_on_where_it_was() {
    let database = service().await;
    let store = desk_of(&database, "sue");
    elevate(&store).await;
    let action = ActionName::parse("suspend_account").unwrap();
    let subjects = ["auth0|al", "auth0|nobody", "auth0|amy"].map(str::to_owned);
    let many = async |run: Option<&str>| {
        let mut writing = store.write().await.unwrap();
        let done = actions::act_many(
            &mut writing,
            &action,
            &subjects,
            &Map::new(),
            Some("spam"),
            run,
        )
        .await
        .unwrap();
        writing.commit().await.unwrap();
        (done.done, done.failed, done.already)
    };
    assert_eq!(many(None).await, (2, 1, 0), "a dry run says the same");
    assert_eq!(statuses(&database), "active active active");
    assert_eq!(many(Some("bulk-0001")).await, (2, 1, 0));
    assert_eq!(
        many(Some("bulk-0001")).await,
        (0, 1, 2),
        "the same key goes on"
    );
    assert_eq!(statuses(&database), "suspended suspended active");
}

#[tokio::test]
async fn a_login_of_nobody_sees_nothing_and_does_nothing() {
    let database = service().await;
    let login = login_of(&database, "stranger");
    database.psql(&format!("create role {login} login"));
    let store = desk_of(&database, "stranger");
    let mut reading = store.read().await.unwrap();
    let who = staff::who(&mut reading).await;
    assert!(matches!(who, Err(StoreError::Forbidden(_))), "{who:?}");
}
