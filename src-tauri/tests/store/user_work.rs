//! The smaller panels of the user page: every row once, in order; nothing made up where a table is missing.

use hopsdesk::domain::changes::{Change, ChangeKind};
use hopsdesk::domain::fiscal::FiscalZone;
use hopsdesk::domain::ids::UserId;
use hopsdesk::domain::invoice_days::BilledPeriod;
use hopsdesk::domain::period::Month;
use hopsdesk::domain::slice::{Part, Slice};
use hopsdesk::domain::work::{ProjectPart, Sync};
use hopsdesk::store::door::{Reading, Store};
use hopsdesk::store::failure::StoreError;
use hopsdesk::store::{changes, user_invoices, user_page, work};
use rust_decimal::dec;
use time::OffsetDateTime;
use time::macros::{date, datetime};

use crate::support::database::{Kind, TestDatabase};

const NOW: OffsetDateTime = datetime!(2026-11-20 12:00 UTC);

/// An owner with two members, and something in every table.
const SERVICE: &str = "
insert into public.hopsworks_clusters (id, name, api_url, api_key, max_users, current_users)
values ('00000000-0000-0000-0000-000000000001', 'eu-west-1', 'https://eu.example', 'k', 10, 3);
insert into public.users
  (id, email, name, created_at, registration_source, terms_accepted_at, marketing_consent, promo_code,
   auto_refill_enabled, auto_refill_amount, auto_refill_threshold, spending_cap, feature_flags)
values ('auth0|o', 'o@example.com', 'Owner', '2026-01-01', 'website', '2026-01-01 00:05+00', false, 'HOPS',
        true, 50, 5, 900, '{\"beta\": true, \"limits\": {\"jobs\": 4}}');
insert into public.users (id, email, name, created_at, account_owner_id)
values ('auth0|m', 'm@example.com', 'Member', '2026-02-01', 'auth0|o'),
       ('auth0|n', 'n@example.com', '  ', '2026-02-02', 'auth0|o');
insert into public.users (id, email, created_at) values ('auth0|idle', 'idle@example.com', '2026-03-01');
insert into public.user_hopsworks_assignments (user_id, hopsworks_cluster_id, assigned_by, assigned_at)
values ('auth0|o', '00000000-0000-0000-0000-000000000001', 'system', '2026-01-02');
insert into public.user_projects
  (user_id, hopsworks_cluster_id, project_id, project_name, namespace, status, created_at, last_seen_at)
values
  ('auth0|o', '00000000-0000-0000-0000-000000000001', 1, 'one', 'one', 'active', '2026-01-03', '2026-11-20'),
  ('auth0|o', '00000000-0000-0000-0000-000000000001', 2, 'two', 'two', 'inactive', '2026-01-04', '2026-05-01'),
  ('auth0|o', '00000000-0000-0000-0000-000000000001', 3, 'three', 'three', 'active', '2026-01-05', null);
insert into public.project_member_roles
  (member_id, account_owner_id, project_id, project_name, role, synced_to_hopsworks, last_sync_at, sync_error)
values
  ('auth0|m', 'auth0|o', 1, 'one', 'Data scientist', false, '2026-11-19', 'errorCode 160002'),
  ('auth0|n', 'auth0|o', 1, 'one', 'Data owner', false, null, null),
  ('auth0|m', 'auth0|o', 9, 'unlisted', 'Data owner', true, '2026-11-18', null);
insert into public.feature_groups (user_id, name, version, created_at, deleted_at)
select 'auth0|o', 'fg_' || n, 1, timestamptz '2026-02-01' + (n / 3) * interval '1 hour',
       case when n % 5 = 0 then timestamptz '2026-10-01' end
from generate_series(1, 500) n;
insert into public.model_deployments (user_id, name, status, created_at) values
  ('auth0|o', 'fraud', 'Running', '2026-03-01'), ('auth0|o', 'churn', 'Failed', '2026-03-02');
insert into public.health_check_failures (user_id, check_type, error_message, details, created_at, resolved_at)
values
  ('auth0|o', 'stripe_payment', 'declined', '{}', '2026-05-01', null),
  ('auth0|o', 'hopsworks_user', 'missing', '{\"code\": 160002}', '2026-11-01', '2026-11-02'),
  ('auth0|o', 'cluster', 'no seat', '{}', '2026-06-01', null),
  ('auth0|o', 'old', 'long ago', '{}', '2026-01-09', '2026-01-10');
insert into public.invoices (user_id, invoice_number, stripe_invoice_id, amount, currency, status, due_date,
                             period_start, period_end, created_at, paid_at)
values
  ('auth0|o', 'HD-1', 'in_1', 10.5, 'usd', 'open', '2026-11-10', '2026-10-01', '2026-11-01', '2026-11-01', null),
  ('auth0|o', 'HD-2', 'in_2', 20, 'eur', 'paid', '2026-10-10', '2026-09-01', '2026-10-01', '2026-10-01', '2026-10-03');
insert into public.billing_history (user_id, invoice_id, amount, status, currency, created_at) values
  ('auth0|o', 'in_1', 10.5, 'failed', 'usd', '2026-11-11'),
  ('auth0|o', 'in_9', 5, 'refunded', 'usd', '2026-09-01');
insert into public.user_pricing_overrides
  (user_id, resource_type, override_price, original_price, discount_percentage, valid_from, valid_until, reason)
values ('auth0|o', 'cpu_hours', 0.075, 0.1, 25, '2026-01-01', null, 'launch partner'),
       ('auth0|o', 'gpu_hours', 0.4, 0.5, 20, '2025-01-01', '2026-01-01', null);
insert into public.credit_transactions (user_id, type, amount, balance_before, balance_after, description, created_at)
values ('auth0|o', 'purchase', 250, 0, 250, 'Card', '2026-04-01'),
       ('auth0|o', 'usage', -1, 250, 249, 'a day', '2026-04-02');
insert into public.team_invites (account_owner_id, email, token, created_at, expires_at, accepted_at, accepted_by_user_id)
values ('auth0|o', 'm@example.com', 'token-token-token-1', '2026-01-30', '2026-02-06', '2026-02-01', 'auth0|m'),
       ('auth0|o', 'late@example.com', 'token-token-token-2', '2026-06-01', '2026-06-08', null, null);
";

async fn service() -> (TestDatabase, Store) {
    let database = TestDatabase::new(Kind::Managed).await;
    database.psql(SERVICE);
    let store = database.store();
    (database, store)
}

fn id(text: &str) -> UserId {
    UserId::parse(text).expect("an id")
}

fn first(limit: u16) -> Part {
    Part { after: None, limit }
}

/// Reads a list to its end, so many rows at a time.
async fn whole<T>(
    store: &Store,
    limit: u16,
    read: impl AsyncFn(&mut Reading, &Part) -> Result<Slice<T>, StoreError>,
) -> Vec<T> {
    let (mut rows, mut part) = (Vec::new(), first(limit));
    loop {
        let mut reading = store.read().await.expect("a connection");
        let slice = read(&mut reading, &part).await.expect("rows");
        reading.end().await.expect("an end");
        assert!(slice.rows.len() <= limit.into());
        rows.extend(slice.rows);
        match slice.next {
            Some(next) => part.after = Some(next),
            None => return rows,
        }
        assert!(rows.len() < 2000, "paging must come to an end");
    }
}

#[tokio::test]
async fn five_hundred_feature_groups_are_each_shown_once() {
    let (_database, store) = service().await;
    let owner = id("auth0|o");
    let read = |limit| {
        let owner = owner.clone();
        whole(
            &store,
            limit,
            async move |reading: &mut Reading, part: &Part| {
                work::feature_groups(reading, &owner, part).await
            },
        )
    };
    let at_once: Vec<_> = read(600).await.into_iter().map(|row| row.key).collect();
    let in_pages: Vec<_> = read(33).await.into_iter().map(|row| row.key).collect();
    assert_eq!(at_once.len(), 500);
    assert_eq!(in_pages, at_once);
    let nobody = whole(&store, 8, async |reading: &mut Reading, part: &Part| {
        work::feature_groups(reading, &id("auth0|idle"), part).await
    });
    assert_eq!(nobody.await, []);
}

#[tokio::test]
async fn open_findings_come_before_newer_ones_that_are_mended() {
    let (_database, store) = service().await;
    for limit in [1, 2, 9] {
        let checks = whole(&store, limit, async |reading: &mut Reading, part: &Part| {
            work::health_checks(reading, &id("auth0|o"), part).await
        });
        let checks = checks.await;
        let names: Vec<_> = checks.iter().map(|check| check.check.as_str()).collect();
        assert_eq!(
            names,
            ["cluster", "stripe_payment", "hopsworks_user", "old"],
            "{limit} at a time"
        );
        assert_eq!(checks[0].details, None, "an empty object says nothing");
        assert!(checks[2].details.as_deref().unwrap().contains("160002"));
    }
}

#[tokio::test]
async fn projects_tell_owners_and_members_what_hopsworks_refused() {
    let (_database, store) = service().await;
    let of = |who: &'static str, limit| {
        whole(
            &store,
            limit,
            async move |reading: &mut Reading, part: &Part| {
                work::projects(reading, &id(who), part).await
            },
        )
    };
    let mine = of("auth0|o", 1).await;
    let names: Vec<_> = mine
        .iter()
        .map(|row| row.project.name.as_deref().unwrap())
        .collect();
    assert_eq!(names, ["one", "two", "three"], "one never seen comes last");
    let ProjectPart::Owner(members) = &mine[0].part else {
        panic!("the owner owns it");
    };
    assert_eq!((members.count, members.waiting, members.refused), (2, 1, 1));
    assert_eq!(members.refused_people.as_deref(), Some("Member"));
    assert_eq!(members.refusal.as_deref(), Some("errorCode 160002"));

    let shared = of("auth0|m", 9).await;
    assert_eq!(shared.len(), 2);
    assert_eq!(shared[0].project.namespace.as_deref(), Some("one"));
    let ProjectPart::Member { owner, role, sync } = &shared[0].part else {
        panic!("a member does not own it");
    };
    assert_eq!(owner.as_ref().unwrap().email, "o@example.com");
    assert_eq!(role.as_deref(), Some("Data scientist"));
    assert!(matches!(sync, Sync::Refused(words, Some(_)) if words == "errorCode 160002"));
    assert_eq!(
        shared[1].project.name.as_deref(),
        Some("unlisted"),
        "a role in a project that nobody listed is shown"
    );
}

#[tokio::test]
async fn invoices_are_listed_once_and_a_member_sees_what_the_owner_is_billed() {
    let (_database, store) = service().await;
    for who in ["auth0|o", "auth0|m"] {
        let invoices = whole(&store, 1, async |reading: &mut Reading, part: &Part| {
            user_invoices::of_user(reading, &id(who), part, &FiscalZone::utc(), NOW).await
        });
        let invoices = invoices.await;
        let shown: Vec<_> = invoices
            .iter()
            .map(|row| (row.origin.as_str(), row.amount, row.overdue, row.failed))
            .collect();
        assert_eq!(
            shown,
            [
                ("invoices", Some(dec!(10.5)), true, true),
                ("invoices", Some(dec!(20)), false, false),
                ("billing_history", Some(dec!(5)), false, false),
            ],
            "{who}: the charge of an invoice is that invoice"
        );
        assert_eq!(invoices[0].days_overdue, Some(10));
    }
}

#[tokio::test]
async fn days_of_an_invoice_are_those_of_the_fiscal_time_zone() {
    let (_database, store) = service().await;
    let late = datetime!(2026-11-20 23:30 UTC);
    for (zone, days) in [
        ("UTC", 10),
        ("Europe/Stockholm", 11),
        ("America/New_York", 11),
    ] {
        let zone = FiscalZone::parse(zone).expect("a zone");
        let mut reading = store.read().await.expect("a connection");
        let (who, part) = (id("auth0|o"), first(1));
        let slice = user_invoices::of_user(&mut reading, &who, &part, &zone, late)
            .await
            .expect("an answer");
        reading.end().await.expect("an end");
        let invoice = &slice.rows[0];
        assert_eq!(invoice.days_overdue, Some(days), "{zone}");
        let october = BilledPeriod::Month(Month::of_date(date!(2026 - 10 - 01)));
        assert_eq!(invoice.period, Some(october), "{zone}");
    }
}

#[tokio::test]
async fn everything_that_happened_is_told_once_newest_first() {
    let (_database, store) = service().await;
    let of = |who: &'static str, limit| {
        whole(
            &store,
            limit,
            async move |reading: &mut Reading, part: &Part| {
                changes::of_user(reading, &id(who), None, part, NOW).await
            },
        )
    };
    let all: Vec<Change> = of("auth0|o", 200).await;
    assert_eq!(of("auth0|o", 3).await, all, "in pages as at once");
    assert!(all.windows(2).all(|pair| pair[0].at >= pair[1].at));
    let kinds: Vec<_> = all.iter().map(|change| change.kind).collect();
    for (kind, times) in [
        (ChangeKind::Registered, 1),
        (ChangeKind::TermsAccepted, 1),
        (ChangeKind::Assigned, 1),
        (ChangeKind::Invited, 2),
        (ChangeKind::InviteAccepted, 1),
        (ChangeKind::InviteExpired, 1),
        (ChangeKind::Purchase, 1),
        (ChangeKind::Entry, 0),
        (ChangeKind::Invoiced, 3),
        (ChangeKind::InvoicePaid, 1),
        (ChangeKind::ProjectSeen, 3),
        (ChangeKind::ProjectGone, 1),
        (ChangeKind::Deployed, 2),
        (ChangeKind::CheckFailed, 4),
        (ChangeKind::CheckResolved, 2),
        (ChangeKind::PricePromised, 2),
        (ChangeKind::PriceEnded, 1),
        (ChangeKind::LastLogin, 0),
    ] {
        let found = kinds.iter().filter(|each| **each == kind).count();
        assert_eq!(found, times, "{kind:?}");
    }
    let member = of("auth0|m", 50).await;
    let kinds: Vec<_> = member.iter().map(|change| change.kind).collect();
    assert!(kinds.contains(&ChangeKind::Joined) && kinds.contains(&ChangeKind::RoleRefused));
    assert!(
        !kinds.contains(&ChangeKind::Purchase),
        "the owner's money is not theirs"
    );
}

#[tokio::test]
async fn credits_are_told_by_their_kind_however_it_is_spelled() {
    let (database, store) = service().await;
    database.psql(
        "alter table public.credit_transactions drop constraint credit_transactions_type_check;
         insert into public.credit_transactions (user_id, type, amount, balance_before, balance_after, created_at)
         values ('auth0|o', 'PURCHASE', 5, 249, 254, '2026-04-03'), ('auth0|o', 'USAGE', -1, 254, 253, '2026-04-04')",
    );
    let all = whole(&store, 200, async |reading: &mut Reading, part: &Part| {
        changes::of_user(reading, &id("auth0|o"), None, part, NOW).await
    });
    let all = all.await;
    let of = |kind| all.iter().filter(|change| change.kind == kind).count();
    assert_eq!(of(ChangeKind::Purchase), 2);
    assert_eq!(of(ChangeKind::Entry), 0, "usage has its chart");
}

#[tokio::test]
async fn terms_prices_and_credits_are_read_with_the_profile() {
    let (_database, store) = service().await;
    let mut reading = store.read().await.expect("a connection");
    let detail = user_page::detail(&mut reading, &id("auth0|o"), NOW)
        .await
        .expect("a page")
        .expect("the owner");
    let terms = detail.terms;
    assert_eq!(terms.spending_cap, Some(dec!(900)));
    assert_eq!(terms.marketing_consent, Some(false), "no is an answer");
    assert_eq!(terms.promo_code.as_deref(), Some("HOPS"));
    let refill = terms.auto_refill.expect("it is set up");
    assert_eq!((refill.enabled, refill.amount), (true, Some(dec!(50))));
    let member = user_page::detail(&mut reading, &id("auth0|m"), NOW)
        .await
        .expect("a page")
        .expect("the member");
    assert!(member.credits.paid_by_another);
    assert_eq!(member.credits.payer.email, "o@example.com");
    for who in ["auth0|o", "auth0|m"] {
        let prices = work::prices(&mut reading, &id(who), NOW)
            .await
            .expect("prices");
        let resources: Vec<_> = prices.iter().map(|price| price.resource.as_str()).collect();
        assert_eq!(resources, ["cpu_hours", "gpu_hours"], "in force first");
    }
}

#[tokio::test]
async fn a_service_without_these_tables_has_no_rows_and_no_failure() {
    let database = TestDatabase::new(Kind::G2).await;
    let store = database.store();
    let mut reading = store.read().await.expect("a connection");
    let (who, part) = (id("auth0|nobody"), first(5));
    let projects = work::projects(&mut reading, &who, &part).await;
    assert_eq!(projects.expect("an answer").rows, []);
    let groups = work::feature_groups(&mut reading, &who, &part).await;
    assert_eq!(groups.expect("an answer").rows, []);
    let checks = work::health_checks(&mut reading, &who, &part).await;
    assert_eq!(checks.expect("an answer").rows, []);
    let deployments = work::deployments(&mut reading, &who, &part).await;
    assert_eq!(deployments.expect("an answer").rows, []);
    let invoices = user_invoices::of_user(&mut reading, &who, &part, &FiscalZone::utc(), NOW).await;
    assert_eq!(invoices.expect("an answer").rows, []);
    let happened = changes::of_user(&mut reading, &who, None, &part, NOW).await;
    assert_eq!(happened.expect("an answer").rows, []);
}
