//! The ledger of an account's credits: a balance that runs over every line, and breaks that are found.

use hopsdesk::domain::ids::UserId;
use hopsdesk::domain::ledger::{Entry, EntryKind};
use hopsdesk::store::attach;
use hopsdesk::store::door::Store;
use hopsdesk::store::ledger;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use rust_decimal::{Decimal, dec};

use crate::support::database::{Kind, TestDatabase};

async fn pages(store: &Store, account: &UserId, kinds: &[String], limit: u16) -> Vec<Entry> {
    let mut reading = store.read().await.expect("a connection");
    let (mut entries, mut after) = (Vec::new(), None);
    loop {
        let page = ledger::page(&mut reading, account, kinds, after.as_ref(), limit)
            .await
            .expect("a page");
        assert!(page.entries.len() <= limit.into());
        entries.extend(page.entries);
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
        assert!(entries.len() < 10_000, "paging must come to an end");
    }
    reading.end().await.expect("an end");
    entries
}

fn account() -> UserId {
    UserId::parse("auth0|payer").expect("an id")
}

#[tokio::test]
async fn the_balance_runs_over_every_line_whatever_the_paging() {
    let database = TestDatabase::new(Kind::Managed).await;
    database.psql("insert into public.users (id, email) values ('auth0|payer', 'p@example.com')");
    let store = database.store();
    let mut runner = TestRunner::deterministic();
    let strategy = (
        -5_000_i64..5_000,
        prop::collection::vec((0_usize..5, 1_i64..1_000_000_000, 0_u8..4), 1..40),
        1_u16..9,
    );
    for _ in 0..12 {
        let (opening, lines, limit) = strategy.new_tree(&mut runner).expect("a case").current();
        let kinds = ["purchase", "usage", "refund", "grant", "adjustment"];
        let mut balance = Decimal::new(opening, 2);
        let mut at = 0;
        let mut rows = Vec::new();
        let mut expected = Vec::new();
        for (place, (kind, nano, later)) in lines.iter().enumerate() {
            let amount = if *kind == 1 || *kind == 2 {
                Decimal::new(-nano, 9)
            } else {
                Decimal::new(*nano, 9)
            };
            // Ties in time are broken by the id.
            at += i64::from(*later);
            rows.push(format!(
                "('00000000-0000-0000-0000-{place:012}', 'auth0|payer', '{}', {amount}, {balance}, {}, \
                 timestamptz '2026-01-01' + {at} * interval '1 hour')",
                kinds[*kind],
                balance + amount
            ));
            balance += amount;
            expected.push((kinds[*kind], balance));
        }
        database.psql(&format!(
            "delete from public.credit_transactions;
             insert into public.credit_transactions
               (id, user_id, type, amount, balance_before, balance_after, created_at)
             values {}",
            rows.join(",")
        ));
        let mut read = pages(&store, &account(), &[], limit).await;
        read.reverse();
        let balances: Vec<_> = read
            .iter()
            .map(|entry| entry.balance.expect("a balance"))
            .collect();
        let wanted: Vec<_> = expected.iter().map(|(_, balance)| *balance).collect();
        assert_eq!(balances, wanted);
        assert!(read.iter().all(|entry| entry.step.breaks().is_empty()));

        // A filter hides lines, and changes no balance.
        let some = pages(&store, &account(), &["usage".to_owned()], limit).await;
        let mut some: Vec<_> = some
            .iter()
            .map(|entry| entry.balance.expect("a balance"))
            .collect();
        some.reverse();
        let wanted: Vec<_> = expected
            .iter()
            .filter(|(kind, _)| *kind == "usage")
            .map(|(_, balance)| *balance)
            .collect();
        assert_eq!(some, wanted);

        let mut reading = store.read().await.expect("a connection");
        let sums = ledger::sums(&mut reading, &account()).await.expect("sums");
        reading.end().await.expect("an end");
        assert_eq!(sums.closing(), Some(balance));
        assert_eq!(sums.opening, Some(Decimal::new(opening, 2)));
        assert_eq!((sums.entries(), sums.broken), (lines.len() as u64, 0));
    }
}

/// A second generation with a table somebody made by hand: usage written as positive amounts, a line
/// that is missing, a balance that is wrong, and lines that record little.
const BY_HAND: &str = "
create table public.credit_transactions (
  id bigserial primary key, user_id text, type varchar(20), amount numeric(10, 2),
  balance_before numeric(10, 2), balance_after numeric(10, 2), created_at timestamptz
);
insert into public.credit_transactions (user_id, type, amount, balance_before, balance_after, created_at) values
  ('auth0|payer', 'purchase', 100, 20, 120, '2026-01-01'),
  ('auth0|payer', 'Usage', 30, 120, 90, '2026-01-02'),
  ('auth0|payer', 'grant', 5, 80, 85, '2026-01-03'),
  ('auth0|payer', 'refund', -10, 85, 74, '2026-01-04'),
  ('auth0|payer', 'bonus', 1, null, null, '2026-01-05'),
  ('auth0|payer', null, null, null, null, '2026-01-06'),
  ('auth0|other', 'purchase', 1000, 0, 1000, '2026-01-01');
";

#[tokio::test]
async fn breaks_are_shown_where_they_are_and_counted() {
    let database = TestDatabase::new(Kind::G2).await;
    let mut owner = database.direct().await;
    owner.script(BY_HAND).await.expect("a table");
    attach::run::attach(&mut owner).await.expect("attached");
    let store = database.store();
    let mut entries = pages(&store, &account(), &[], 2).await;
    entries.reverse();
    let balances: Vec<_> = entries
        .iter()
        .map(|entry| entry.balance.expect("a balance"))
        .collect();
    assert_eq!(
        balances,
        [dec!(120), dec!(90), dec!(95), dec!(85), dec!(86), dec!(86)]
    );
    let breaks: Vec<_> = entries
        .iter()
        .map(|entry| {
            let breaks = entry.step.breaks();
            breaks.iter().map(|each| each.off_by()).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(
        breaks,
        [
            vec![],
            vec![],
            vec![dec!(-10)],
            vec![dec!(-1)],
            vec![],
            vec![]
        ]
    );
    assert_eq!(entries[1].step.effect, Some(dec!(-30)), "usage takes");
    assert_eq!(entries[4].kind, EntryKind::Other(Some("bonus".to_owned())));

    let mut reading = store.read().await.expect("a connection");
    let sums = ledger::sums(&mut reading, &account()).await.expect("sums");
    reading.end().await.expect("an end");
    assert_eq!((sums.broken, sums.without_amount), (2, 1));
    assert_eq!(
        (sums.opening, sums.closing()),
        (Some(dec!(20)), Some(dec!(86)))
    );
    let nothing = pages(&store, &account(), &[String::new()], 10).await;
    assert_eq!(nothing.len(), 1, "lines without a kind can be asked for");
}

/// Usage as a positive amount, and nothing that says which way it went.
#[tokio::test]
async fn an_amount_that_may_be_either_way_leaves_no_balance_behind_it() {
    let database = TestDatabase::new(Kind::G2).await;
    let mut owner = database.direct().await;
    owner
        .script(
            "create table public.credit_transactions (
               id bigserial primary key, user_id text, type text, amount numeric(10, 2), created_at timestamptz
             );
             insert into public.credit_transactions (user_id, type, amount, created_at) values
               ('auth0|payer', 'purchase', 100, '2026-01-01'), ('auth0|payer', 'usage', 30, '2026-01-02'),
               ('auth0|payer', 'grant', 5, '2026-01-03');",
        )
        .await
        .expect("a table");
    attach::run::attach(&mut owner).await.expect("attached");
    let store = database.store();
    let mut entries = pages(&store, &account(), &[], 10).await;
    entries.reverse();
    let balances: Vec<_> = entries.iter().map(|entry| entry.balance).collect();
    assert_eq!(balances, [Some(dec!(100)), None, None]);
    assert_eq!(entries[1].step.effect, None);
    let mut reading = store.read().await.expect("a connection");
    let sums = ledger::sums(&mut reading, &account()).await.expect("sums");
    reading.end().await.expect("an end");
    assert_eq!((sums.unsigned, sums.closing()), (1, None));
}

#[tokio::test]
async fn a_kind_is_one_however_it_is_spelled() {
    let database = TestDatabase::new(Kind::G2).await;
    let mut owner = database.direct().await;
    owner
        .script(
            "create table public.credit_transactions (
               id bigserial primary key, user_id text, type text, amount numeric(10, 2), created_at timestamptz
             );
             insert into public.credit_transactions (user_id, type, amount, created_at) values
               ('auth0|payer', 'grant', 5, '2026-01-01'), ('auth0|payer', 'Grant', 1, '2026-01-02'),
               ('auth0|payer', null, 2, '2026-01-03');",
        )
        .await
        .expect("a table");
    attach::run::attach(&mut owner).await.expect("attached");
    let store = database.store();
    let mut reading = store.read().await.expect("a connection");
    let sums = ledger::sums(&mut reading, &account()).await.expect("sums");
    reading.end().await.expect("an end");
    let kinds: Vec<_> = sums
        .kinds
        .iter()
        .map(|sum| (sum.kind.clone(), sum.entries, sum.effect))
        .collect();
    assert_eq!(
        kinds,
        [
            (EntryKind::Grant, 2, Some(dec!(6))),
            (EntryKind::Other(None), 1, Some(dec!(2)))
        ]
    );
}

#[tokio::test]
async fn a_service_without_transactions_has_an_empty_ledger() {
    let database = TestDatabase::new(Kind::G2).await;
    let store = database.store();
    assert!(pages(&store, &account(), &[], 10).await.is_empty());
    let mut reading = store.read().await.expect("a connection");
    let sums = ledger::sums(&mut reading, &account()).await.expect("sums");
    reading.end().await.expect("an end");
    assert_eq!((sums.entries(), sums.opening), (0, None));
}
