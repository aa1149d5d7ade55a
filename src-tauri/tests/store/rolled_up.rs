//! The sums of usage, written by hand out of its rows: for tests of what reads them.

use crate::support::database::TestDatabase;

/// Makes the sums of usage and the standing of teams anew.
pub(super) fn roll_up(database: &TestDatabase) {
    let sums = "sum(total_cost), sum(cpu_hours), sum(gpu_hours), sum(ram_gb_hours), sum(storage_gb),
        sum(network_egress_gb), sum(feature_store_api_calls), sum(model_inference_calls), sum(credits_deducted)";
    let measures = "total_cost, cpu_hours, gpu_hours, ram_gb_hours, storage_gb, network_egress_gb,
        feature_store_api_calls, model_inference_calls, credits_deducted";
    database.psql(&format!(
        "truncate console.usage_by_user_month, console.usage_by_account_month, console.usage_by_cluster_day,
           console.team_standing;
         insert into console.usage_by_user_month
           (user_id, account_id, month, {measures}, days, days_seen, last_day, leads)
         select user_id, coalesce(account_owner_id, user_id), date_trunc('month', date)::date, {sums},
           count(*), 0, max(date), true
         from console.usage_daily group by 1, 2, 3;
         insert into console.usage_by_account_month (account_id, month, {measures}, days, people, last_day)
         select coalesce(account_owner_id, user_id), date_trunc('month', date)::date, {sums},
           count(distinct date), count(distinct user_id), max(date)
         from console.usage_daily group by 1, 2;
         insert into console.usage_by_cluster_day (day, cluster_id, {measures}, people)
         select date, coalesce(hopsworks_cluster_id, ''), {sums}, count(distinct user_id)
         from console.usage_daily group by 1, 2;
         insert into console.team_standing
         select t.id, max(members), max(active), max(suspended), max(pending), max(expired), min(u.created_at)
         from (
           select account_owner_id as id, count(*) as members,
             count(*) filter (where coalesce(status, 'active') = 'active') as active,
             count(*) filter (where status = 'suspended') as suspended, 0 as pending, 0 as expired
           from console.users
           where account_owner_id is not null and status is distinct from 'deleted' group by 1
           union all
           select account_owner_id, 0, 0, 0,
             count(*) filter (where expires_at > '2026-11-20 12:00Z'),
             count(*) filter (where expires_at <= '2026-11-20 12:00Z')
           from console.team_invites where accepted_at is null group by 1
         ) t
         left join console.users u on u.id = t.id
         group by t.id;"
    ));
}
