//! What was used: one row per user and UTC day.

use crate::store::attach::mapping::{
    From, Tables, View, date, json, number, row_id, text, time, whole, yes_no,
};

/// Usage per user and day.
///
/// `account_owner_id` is null where the table has no such column: who owned a user on that day is not
/// known then, and today's owner may be another.
pub const USAGE_DAILY: View = View {
    name: "usage_daily",
    about: "Use and cost per user and UTC day. Hours of cores, GPUs and GB of memory; GB kept that day; USD.",
    tables: Tables::First(&["usage_daily"]),
    needs: &["user_id", "date"],
    key: None,
    dated: Some("date"),
    columns: &[
        text("id"),
        text("user_id"),
        text("account_owner_id").from(&[From::OrEmpty("account_owner_id")]),
        date("date"),
        number("cpu_hours").from(&[From::FirstCounted(&[
            From::Column("opencost_cpu_hours"),
            From::Column("cpu_hours"),
        ])]),
        number("gpu_hours").from(&[From::FirstCounted(&[
            From::Column("opencost_gpu_hours"),
            From::Column("gpu_hours"),
        ])]),
        number("ram_gb_hours").from(&[From::FirstCounted(&[
            From::Column("opencost_ram_gb_hours"),
            From::Column("memory_gb_hours"),
        ])]),
        number("instance_hours"),
        number("storage_gb").from(&[From::FirstCounted(&[
            From::Column("storage_gb"),
            From::Sum(&["online_storage_gb", "offline_storage_gb"]),
        ])]),
        number("online_storage_gb"),
        number("offline_storage_gb"),
        number("network_egress_gb"),
        number("cpu_cost").from(&[From::FirstCounted(&[
            From::Column("opencost_cpu_cost"),
            From::Column("cpu_cost"),
        ])]),
        number("gpu_cost").from(&[From::FirstCounted(&[
            From::Column("opencost_gpu_cost"),
            From::Column("gpu_cost"),
        ])]),
        number("ram_cost").from(&[From::FirstCounted(&[
            From::Column("opencost_ram_cost"),
            From::Column("ram_cost"),
        ])]),
        number("storage_cost").from(&[From::FirstCounted(&[
            From::Column("opencost_storage_cost"),
            From::Column("storage_cost"),
        ])]),
        number("online_storage_cost"),
        number("offline_storage_cost"),
        number("network_egress_cost"),
        whole("feature_store_api_calls"),
        whole("model_inference_calls"),
        number("total_cost").from(&[From::FirstCounted(&[
            From::Column("total_cost"),
            From::Column("opencost_total_cost"),
        ])]),
        number("credits_deducted"),
        number("total_credits"),
        text("hopsworks_cluster_id"),
        whole("project_count"),
        text("instance_type"),
        json("project_breakdown"),
        json("instance_types"),
        json("resource_efficiency"),
        yes_no("reported_to_stripe"),
        text("stripe_usage_record_id"),
        time("created_at"),
        row_id(),
    ],
};
