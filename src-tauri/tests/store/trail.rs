//! What stands on record of staff: given away and verified from outside, on a customer's timeline, through the
//! customer's eyes; whole bulks kept, cut off and taken back.

use std::io::{Cursor, Write as _};
use std::process::Command;
use std::sync::Arc;

use hopsdesk::domain::action::{ActionName, KeptBulk};
use hopsdesk::domain::audit::{AuditFilter, Chain};
use hopsdesk::domain::changes::{Change, ChangeKind, ChangeTopic};
use hopsdesk::domain::clock::FixedClock;
use hopsdesk::domain::ids::UserId;
use hopsdesk::domain::lacks::Lacks;
use hopsdesk::domain::slice::Part;
use hopsdesk::reports::Format;
use hopsdesk::store::door::Store;
use hopsdesk::store::failure::StoreError;
use hopsdesk::usecases::act::{OrderForMany, act_on_many};
use hopsdesk::usecases::bulk::{bulks_left, end_bulk, entries_of_bulk, open_bulk, undo_many};
use hopsdesk::usecases::desk::Desk;
use hopsdesk::usecases::export_list::{Origin, Progress, export_list};
use hopsdesk::usecases::exported::Listing;
use hopsdesk::usecases::failure::DeskError;
use hopsdesk::usecases::show_user_work::show_changes;
use hopsdesk::usecases::view_as_customer::view_as_customer;
use hopsdesk::wire::failure::FailureCode;
use hopsdesk::wire::store_failure::store_failure;
use serde_json::{Map, json};
use sha2::{Digest as _, Sha256};
use time::macros::{date, datetime};

use super::acting::{act, desk_of, elevate, login_of, order, service, statuses};
use super::exports::{read_csv, said};
use crate::support::database::TestDatabase;

const RECIPE: &str = include_str!("../../../docs/AUDIT.md");

pub(super) fn desk(store: Store) -> Desk {
    let clock = FixedClock(datetime!(2030-01-01 12:00 UTC));
    Desk::new(store, Lacks::default(), Arc::new(clock))
}

fn everything() -> AuditFilter {
    AuditFilter {
        chain: Chain::Staff,
        login: None,
        action: None,
        subject: None,
        run: None,
        from: None,
        to: None,
        text: None,
    }
}

async fn exported(desk: &Desk, filter: AuditFilter, format: Format) -> Vec<u8> {
    let (progress, origin) = (Progress::default(), Origin::default());
    let sink = Cursor::new(Vec::new());
    let listing = Listing::Audit(filter).whole().expect("nothing to look for");
    export_list(desk, &listing, format, &origin, sink, &progress)
        .await
        .expect("it is exported")
        .into_inner()
}

/// Suspends Ana's team, grants a credit with a reason that is no plain text, and takes the first back.
pub(super) async fn some_history(database: &TestDatabase) -> Store {
    let store = desk_of(database, "sue");
    elevate(&store).await;
    let suspend = order(
        "suspend_account",
        "auth0|ana",
        json!({}),
        Some("fraud, \"ticket\"\n4711 – ärger\u{1f600}"),
    );
    let suspended = act(&store, &suspend, false).await.expect("suspended");
    let grant = order(
        "grant_credits",
        "auth0|ana",
        json!({ "amount": "12.340000000000000001" }),
        Some("=goodwill"),
    );
    act(&store, &grant, false).await.expect("granted");
    let note = order(
        "add_note",
        "auth0|ana",
        json!({ "kind": "user", "note": "Prefers to be called." }),
        None,
    );
    act(&store, &note, false).await.expect("noted");
    let desk = desk(store.clone());
    let id = suspended.audit_id.expect("on record");
    hopsdesk::usecases::act::undo(&desk, id, Some("a mistake"), false)
        .await
        .expect("taken back");
    store
}

/// The script of the page, on this file: whether it finds all well, and what it says.
fn outsider(csv: &[u8]) -> (bool, String) {
    let script = RECIPE
        .split("```python\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .expect("the page has a script");
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(csv).expect("written");
    let run = Command::new("python3")
        .args(["-c", script])
        .arg(file.path())
        .output()
        .expect("python3, which `make test` installs");
    let said = [run.stdout, run.stderr].concat();
    (
        run.status.success(),
        String::from_utf8(said).expect("words"),
    )
}

#[tokio::test]
async fn an_outsider_computes_every_digest_of_an_export_again() {
    let database = service().await;
    some_history(&database).await;
    let desk = desk(desk_of(&database, "aud"));
    let bytes = exported(&desk, everything(), Format::Csv).await;
    let (rows, about) = read_csv(&bytes);
    let there = database.psql("select count(*) from console.audit where chain = 'staff'");
    assert_eq!(said(&about, "Rows"), there);
    assert_eq!(rows.len().to_string(), there);
    assert_eq!(said(&about, "Filter"), "Chain: staff");

    let sha = |parts: &[&[u8]]| hex::encode(Sha256::digest(parts.concat()));
    let bytes_of = |text: &str| hex::decode(text).expect("hexadecimal");
    let mut before = sha(&[b"hopsdesk audit staff"]);
    for (link, row) in rows.iter().rev().enumerate() {
        let [hash_before, hash, digest, digested, data_digest, salt, data] = &row[15..] else {
            panic!("other columns: {row:?}");
        };
        assert_eq!(row[2], (link + 1).to_string(), "links have no gap");
        assert_eq!(hash_before, &before, "each follows from the one before");
        assert_eq!(&sha(&[digested.as_bytes()]), digest);
        assert_eq!(&sha(&[&bytes_of(hash_before), &bytes_of(digest)]), hash);
        assert_eq!(&sha(&[&bytes_of(salt), data.as_bytes()]), data_digest);
        before.clone_from(hash);
    }
    let head =
        database.psql("select encode(hash, 'hex') from console.audit_heads where chain = 'staff'");
    assert_eq!(before, head, "and the last is the head");

    let (fine, words) = outsider(&bytes);
    assert!(fine, "{words}");
    assert!(words.contains(", 0 flaws, 0 links left out"), "{words}");
    assert!(words.contains(&head), "{words}");
    let text = String::from_utf8(bytes).expect("UTF-8");
    for (was, is) in [("ticket", "tucket"), ("suspend_account", "suspend_axcount")] {
        let (fine, words) = outsider(text.replace(was, is).as_bytes());
        assert!(!fine, "a forged {was} goes unnoticed: {words}");
    }
}

#[tokio::test]
async fn the_trail_is_exported_and_found_by_who_what_whom_and_when() {
    let database = service().await;
    some_history(&database).await;
    let desk = desk(desk_of(&database, "aud"));
    let today = time::OffsetDateTime::parse(
        &database.psql("select to_char(now() at time zone 'UTC', 'YYYY-MM-DD\"T\"00:00:00Z')"),
        &time::format_description::well_known::Rfc3339,
    )
    .expect("a day")
    .date();
    let count = async |filter: AuditFilter| {
        let (rows, about) = read_csv(&exported(&desk, filter, Format::Csv).await);
        (rows.len(), said(&about, "Filter").to_owned())
    };
    let with = |change: &dyn Fn(&mut AuditFilter)| {
        let mut filter = everything();
        change(&mut filter);
        filter
    };
    let sue = login_of(&database, "sue");
    let (all, _) = count(everything()).await;
    let by_sue = count(with(&|filter| filter.login = Some(sue.clone()))).await;
    assert_eq!(by_sue.1, format!("Chain: staff; Login: {sue}"));
    assert!(by_sue.0 >= 5 && by_sue.0 < all, "{by_sue:?} of {all}");
    assert_eq!(
        count(with(
            &|filter| filter.action = Some("grant_credits".to_owned())
        ))
        .await,
        (1, "Chain: staff; Action: grant_credits".to_owned())
    );
    let of_ana = with(&|filter| filter.subject = Some("auth0|ana".to_owned()));
    assert_eq!(count(of_ana).await.0, 4);
    assert_eq!(
        count(with(&|filter| {
            filter.from = Some(today);
            filter.to = Some(today);
        }))
        .await
        .0,
        all
    );
    let before = with(&|filter| filter.to = today.previous_day());
    assert_eq!(count(before).await.0, 0, "the day before had nothing");
    let later = with(&|filter| filter.from = Some(date!(2099 - 01 - 01)));
    assert_eq!(count(later).await.0, 0);
    let system = with(&|filter| filter.chain = Chain::System);
    assert_eq!(count(system).await.0, 0, "nothing was done elsewhere");
    let facets = hopsdesk::usecases::audit::audit_facets(&desk)
        .await
        .unwrap();
    assert!(
        facets
            .logins
            .contains(&(sue, Some("Member of support".to_owned())))
    );
    assert!(facets.actions.contains(&"grant_credits".to_owned()));
    let xlsx = exported(&desk, everything(), Format::Xlsx).await;
    assert!(xlsx.starts_with(b"PK"), "a workbook");
}

async fn timeline(desk: &Desk, who: &str, topic: Option<ChangeTopic>, limit: u16) -> Vec<Change> {
    let id = UserId::parse(who).expect("an id");
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let slice = show_changes(desk, &id, topic, &Part { after, limit })
            .await
            .expect("a page");
        all.extend(slice.rows);
        after = slice.next;
        if after.is_none() {
            return all;
        }
    }
}

#[tokio::test]
async fn the_timeline_tells_what_staff_did_beside_what_the_service_records() {
    let database = service().await;
    some_history(&database).await;
    let desk = desk(desk_of(&database, "fin"));
    let all = timeline(&desk, "auth0|ana", None, 200).await;
    assert_eq!(
        timeline(&desk, "auth0|ana", None, 2).await,
        all,
        "in pages as at once"
    );
    let kinds: Vec<ChangeKind> = all.iter().map(|change| change.kind).collect();
    for kind in [
        ChangeKind::Registered,
        ChangeKind::StaffDid,
        ChangeKind::StaffUndid,
        ChangeKind::Noted,
        ChangeKind::Grant,
    ] {
        assert!(kinds.contains(&kind), "{kind:?} is missing: {kinds:?}");
    }
    let suspended = all
        .iter()
        .find(|change| change.subject.as_deref() == Some("suspend_account"))
        .expect("the suspension");
    assert_eq!(suspended.by.as_deref(), Some("Member of support"));
    assert!(
        suspended
            .detail
            .as_deref()
            .is_some_and(|why| why.starts_with("fraud"))
    );

    let notes = timeline(&desk, "auth0|ana", Some(ChangeTopic::Notes), 50).await;
    let notes: Vec<_> = notes.iter().map(|note| note.detail.as_deref()).collect();
    assert_eq!(notes, [Some("Prefers to be called.")]);
    let mut by_topic = 0;
    for topic in ChangeTopic::ALL {
        let some = timeline(&desk, "auth0|ana", Some(topic), 1).await;
        assert!(
            some.iter()
                .all(|change| topic.kinds().contains(&change.kind))
        );
        by_topic += some.len();
    }
    assert_eq!(by_topic, all.len(), "every entry is found under its topic");
    let member = timeline(&desk, "auth0|amy", Some(ChangeTopic::Staff), 50).await;
    assert_eq!(
        member.len(),
        2,
        "members are suspended and reactivated with their owner: {member:?}"
    );
}

#[tokio::test]
async fn the_service_is_seen_through_the_customers_eyes_and_each_look_is_on_record() {
    let database = service().await;
    let desk = desk(desk_of(&database, "sue"));
    let amy = UserId::parse("auth0|amy").expect("an id");
    let ana = UserId::parse("auth0|ana").expect("an id");
    let member = view_as_customer(&desk, &amy, "says that the team is gone")
        .await
        .expect("a member's view");
    let users = |view: &hopsdesk::domain::customer_view::CustomerView| {
        let table = view.tables.iter().find(|table| table.name == "users");
        let table = table.expect("the table of users").clone();
        (table.seen, table.there, table.rows.len())
    };
    assert_eq!(
        users(&member),
        (Some(1), Some(1), 1),
        "a member sees themselves"
    );
    let owner = view_as_customer(&desk, &ana, "says that the team is gone")
        .await
        .expect("an owner's view");
    assert_eq!(users(&owner), (Some(3), Some(3), 3), "an owner the team");
    assert_eq!(
        database.psql(&format!(
            "select subject from console.audit where id = {}",
            owner.audit_id
        )),
        "auth0|ana"
    );
    for (user, reason, code) in [
        (&ana, "no", "HD005"),
        (&UserId::parse("nobody").unwrap(), "a look", "HD006"),
    ] {
        assert_eq!(refused(view_as_customer(&desk, user, reason).await), code);
    }
    database.psql("alter table public.invoices disable row level security");
    let open = view_as_customer(&desk, &ana, "a look").await;
    let Err(DeskError::Store(error @ StoreError::Declined { .. })) = open else {
        panic!("shown where every customer could read every row");
    };
    let failure = store_failure(&error, "here", "ref");
    assert_eq!(failure.code, FailureCode::NotSupported);
    assert!(failure.message.contains("off on invoices"), "{failure:?}");
}

pub(super) fn refused<T>(result: Result<T, DeskError>) -> String {
    match result {
        Err(DeskError::Store(StoreError::Declined { code, .. })) => code,
        Err(other) => panic!("another failure: {other}"),
        Ok(_) => panic!("not refused"),
    }
}

#[tokio::test]
async fn a_refusal_names_the_argument_it_is_about() {
    let database = service().await;
    let store = desk_of(&database, "fin");
    for (arguments, argument) in [
        (json!({ "amount": "1e9" }), Some("amount")),
        (
            json!({ "amount": "5", "description": "\u{7}" }),
            Some("description"),
        ),
    ] {
        let grant = order("grant_credits", "auth0|ana", arguments, None);
        let error = act(&store, &grant, true).await.expect_err("refused");
        let failure = store_failure(&error, "here", "ref");
        assert_eq!(failure.argument.as_deref(), argument, "{failure:?}");
        assert_eq!(failure.code, FailureCode::Invalid);
    }
    let suspend = order("suspend_account", "auth0|ana", json!({}), None);
    let error = act(&store, &suspend, true).await.expect_err("refused");
    assert_eq!(
        store_failure(&error, "here", "ref").argument,
        None,
        "that is about no argument"
    );
}

#[tokio::test]
async fn a_bulk_that_was_cut_off_goes_on_and_is_taken_back_as_a_whole() {
    let database = service().await;
    database.psql(
        "insert into public.users (id, email, name)
         select 'auth0|b' || n, 'b' || n || '@bulk.example', 'B ' || n from generate_series(1, 4) n",
    );
    let store = desk_of(&database, "sue");
    elevate(&store).await;
    let desk = desk(store);
    let subjects: Vec<String> = (1..=4).map(|n| format!("auth0|b{n}")).collect();
    let kept = KeptBulk {
        run: "a-bulk-of-four".to_owned(),
        action: ActionName::parse("suspend_account").expect("a name"),
        subjects: subjects.clone(),
        arguments: Map::new(),
        reason: "fraud ring".to_owned(),
    };
    let some = |subjects: &[String]| OrderForMany {
        action: kept.action.clone(),
        subjects: subjects.to_vec(),
        arguments: Map::new(),
        reason: Some(kept.reason.clone()),
        run: Some(kept.run.clone()),
    };
    open_bulk(&desk, &kept)
        .await
        .expect("kept before its first row");
    act_on_many(&desk, &some(&subjects[..2]))
        .await
        .expect("begun");
    // The console is killed here; another one of the same login asks what is left.
    let left = bulks_left(&desk).await.expect("asked");
    let [left] = left.as_slice() else {
        panic!("one is left: {left:?}");
    };
    assert_eq!(
        (left.action.as_str(), left.reason.as_str()),
        ("suspend_account", "fraud ring")
    );
    let rest: Vec<String> = left
        .subjects
        .iter()
        .filter(|subject| !subject.done)
        .map(|subject| subject.id.clone())
        .collect();
    assert_eq!(rest, subjects[2..]);
    act_on_many(&desk, &some(&rest))
        .await
        .expect("gone on with");
    end_bulk(&desk, &kept.run).await.expect("at its end");
    assert!(bulks_left(&desk).await.expect("asked").is_empty());

    database.psql("update public.users set status = 'active' where id = 'auth0|b3'");
    let entries = entries_of_bulk(&desk, &kept.run, &login_of(&database, "sue"))
        .await
        .expect("its entries");
    let numbers: Vec<i64> = entries.iter().map(|entry| entry.id).collect();
    assert_eq!(numbers.len(), 4, "done once each");
    let dry = undo_many(&desk, &numbers, None, None).await.expect("tried");
    assert_eq!((dry.done, dry.failed), (3, 1));
    assert_eq!(
        statuses(&database),
        "active active active suspended suspended active suspended",
        "trying changes nothing"
    );
    let back = undo_many(&desk, &numbers, Some("wrong list"), Some("and-back-again"))
        .await
        .expect("taken back");
    assert_eq!((back.done, back.failed, back.already), (3, 1, 0));
    let moved = back
        .results
        .iter()
        .find_map(|one| one.result.as_ref().err());
    assert!(
        moved.is_some_and(|why| why.contains("moved on")),
        "{moved:?}"
    );
    let again = undo_many(&desk, &numbers, Some("wrong list"), Some("and-back-again"))
        .await
        .expect("the same again");
    assert_eq!((again.done, again.failed, again.already), (0, 1, 3));
    assert!(!statuses(&database).contains("suspended"));
}
