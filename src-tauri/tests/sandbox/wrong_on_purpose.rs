//! What a real service has wrong must be there to look at.

use crate::{connect, count, folder, open, options};

#[tokio::test]
async fn three_hundred_users_have_every_kind_of_trouble() {
    let folder = folder();
    let sandbox = open(options(&folder, 300, 100)).await;
    let mut owner = connect(&sandbox).await;
    let mut lacking = Vec::new();
    for (what, least, sql) in PRESENT {
        let found = count(&mut owner, sql).await;
        if found < *least {
            lacking.push(format!("{what}: {found} of {least}"));
        }
    }
    assert!(lacking.is_empty(), "{lacking:#?}");
    let full = "select round(current_users * 100.0 / max_users)::bigint
        from public.hopsworks_clusters where name = 'hops-eu-central'";
    assert_eq!(count(&mut owner, full).await, 97);
    sandbox.stop().await.expect("stops");
}

const PRESENT: &[(&str, i64, &str)] = &[
    ("clusters", 5, "select count(*) from public.hopsworks_clusters"),
    (
        "a cluster in maintenance",
        1,
        "select count(*) from public.hopsworks_clusters where status = 'maintenance'",
    ),
    (
        "a drifted cluster",
        1,
        "select count(*) from public.hopsworks_clusters as c where c.current_users <> (
           select count(*) from public.user_hopsworks_assignments as a where a.hopsworks_cluster_id = c.id)",
    ),
    (
        "plans",
        4,
        "select count(distinct coalesce(billing_mode, 'unset')) from public.users where account_owner_id is null",
    ),
    (
        "a team of twenty or more",
        1,
        "select count(*) from (select 1 from public.users where account_owner_id is not null
         group by account_owner_id having count(*) >= 20) as teams",
    ),
    (
        "a suspended team, whole",
        1,
        "select count(*) from public.users as o where o.status = 'suspended' and exists (
           select from public.users as m where m.account_owner_id = o.id)
         and not exists (select from public.users as m where m.account_owner_id = o.id and m.status <> 'suspended')",
    ),
    (
        "a suspended member of a working team",
        1,
        "select count(*) from public.users as m join public.users as o on o.id = m.account_owner_id
         where m.status = 'suspended' and o.status = 'active'",
    ),
    (
        "a suspended owner whose members go on working",
        1,
        "select count(*) from public.users as o where o.status = 'suspended' and exists (
           select from public.users as m where m.account_owner_id = o.id and m.status = 'active')",
    ),
    (
        "invites that wait, and some that lapsed",
        4,
        "select count(*) from public.team_invites where accepted_at is null",
    ),
    ("deleted users", 2, "select count(*) from public.users where status = 'deleted'"),
    ("people who never logged in", 2, "select count(*) from public.users where last_login_at is null"),
    (
        "active people without a seat",
        2,
        "select count(*) from public.users as u where status = 'active' and last_login_at is not null
         and billing_mode is not null
         and not exists (select from public.user_hopsworks_assignments as a where a.user_id = u.id)",
    ),
    (
        "seats without a Hopsworks user",
        1,
        "select count(*) from public.user_hopsworks_assignments where hopsworks_user_id is null",
    ),
    (
        "accounts with credits for less than a week",
        3,
        "select count(*) from public.user_credits as c
         join lateral (
           select sum(total_cost) / 7 as daily from public.usage_daily as d
           where d.account_owner_id = c.user_id and date between date '2026-11-13' and date '2026-11-19'
         ) as d on d.daily > 0
         where (total_purchased - total_used) + (free_credits_granted - free_credits_used)
           between 0.01 and d.daily * 7",
    ),
    (
        "an account with nothing left",
        1,
        "select count(*) from public.user_credits
         where (total_purchased - total_used) + (free_credits_granted - free_credits_used) < 0",
    ),
    ("paid invoices", 10, "select count(*) from public.invoices where status = 'paid'"),
    (
        "open invoices that are not due yet",
        1,
        "select count(*) from public.invoices where status = 'open' and due_date > date '2026-11-20'",
    ),
    (
        "overdue invoices",
        1,
        "select count(*) from public.invoices where status = 'open' and due_date < date '2026-11-20'",
    ),
    (
        "invoices cancelled and given up",
        2,
        "select count(distinct status) from public.invoices where status in ('void', 'uncollectible')",
    ),
    ("credit notes", 1, "select count(*) from public.invoices where amount < 0"),
    ("currencies", 3, "select count(distinct currency) from public.invoices"),
    (
        "invoices paid after a charge failed",
        1,
        "select count(*) from public.invoices as i
         where i.status = 'paid' and exists (
           select from public.billing_history as b where b.invoice_id = i.invoice_number and b.status = 'failed')",
    ),
    ("states of subscriptions", 4, "select count(distinct status) from public.subscriptions"),
    (
        "a ledger with a line missing",
        1,
        "select count(*) from (
           select c.user_id from public.user_credits as c
           join public.credit_transactions as t on t.user_id = c.user_id
           group by c.user_id
           having sum(t.amount) <> min((c.total_purchased - c.total_used)
             + (c.free_credits_granted - c.free_credits_used))) as wrong",
    ),
    ("drafts", 1, "select count(*) from public.invoices where invoice_number is null"),
    ("payment outcomes", 4, "select count(distinct status) from public.billing_history"),
    ("kinds of ledger entries", 4, "select count(distinct type) from public.credit_transactions"),
    (
        "subscriptions in trouble",
        2,
        "select count(*) from public.subscriptions where status in ('past_due', 'unpaid')",
    ),
    (
        "waiting invitations",
        1,
        "select count(*) from public.team_invites where accepted_at is null and expires_at > date '2026-11-20'",
    ),
    (
        "lapsed invitations",
        1,
        "select count(*) from public.team_invites where accepted_at is null and expires_at < date '2026-11-20'",
    ),
    ("accepted invitations", 50, "select count(*) from public.team_invites where accepted_at is not null"),
    (
        "a price of one's own, at work",
        1,
        "select count(*) from public.user_pricing_overrides where valid_until is null",
    ),
    (
        "a price that has ended",
        1,
        "select count(*) from public.user_pricing_overrides where valid_until < date '2026-11-20'",
    ),
    ("states of instances", 4, "select count(distinct status) from public.instances"),
    (
        "open findings of health checks",
        2,
        "select count(*) from public.health_check_failures where resolved_at is null",
    ),
    (
        "resolved findings",
        1,
        "select count(*) from public.health_check_failures where resolved_at is not null",
    ),
    (
        "findings that say more",
        1,
        "select count(*) from public.health_check_failures where details <> '{}'",
    ),
    (
        "switches of several shapes",
        3,
        "select count(distinct feature_flags) from public.users where feature_flags <> '{}'",
    ),
    ("forms of ids", 3, "select count(distinct split_part(id, '|', 1)) from public.users"),
    ("days with GPUs", 100, "select count(*) from public.usage_daily where gpu_hours > 0"),
    ("feature groups", 50, "select count(*) from public.feature_groups"),
    ("deployments", 20, "select count(*) from public.model_deployments"),
    ("projects", 50, "select count(*) from public.user_projects"),
    ("roles Hopsworks refused", 1, "select count(*) from public.project_member_roles where sync_error is not null"),
    ("names with an apostrophe", 1, "select count(*) from public.users where name ~ '''|’'"),
    ("names written from right to left", 1, "select count(*) from public.users where name ~ '[\u{590}-\u{6ff}]'"),
    ("companies", 40, "select count(distinct metadata ->> 'company') from public.users"),
    ("staff of the service", 1, "select count(*) from public.users where is_admin"),
    ("old Stripe products", 3, "select count(*) from public.stripe_products"),
];
