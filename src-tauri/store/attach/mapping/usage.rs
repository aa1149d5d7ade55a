//! What was used: one row per user and UTC day.

use crate::store::attach::mapping::{
    From, Tables, View, date, json, number, text, time, whole, yes_no,
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
    columns: &[
        text("user_id"),
        text("account_owner_id"),
        date("date"),
        number("cpu_hours").from(&[From::FirstKnown(&["opencost_cpu_hours", "cpu_hours"])]),
        number("gpu_hours").from(&[From::FirstKnown(&["opencost_gpu_hours", "gpu_hours"])]),
        number("ram_gb_hours").from(&[From::FirstKnown(&[
            "opencost_ram_gb_hours",
            "memory_gb_hours",
        ])]),
        number("instance_hours"),
        number("storage_gb").from(&[
            From::Column("storage_gb"),
            From::Sum(&["online_storage_gb", "offline_storage_gb"]),
        ]),
        number("online_storage_gb"),
        number("offline_storage_gb"),
        number("network_egress_gb"),
        whole("feature_store_api_calls"),
        whole("model_inference_calls"),
        number("total_cost").from(&[From::FirstKnown(&["total_cost", "opencost_total_cost"])]),
        number("credits_deducted"),
        text("hopsworks_cluster_id"),
        whole("project_count"),
        text("instance_type"),
        json("project_breakdown"),
        yes_no("reported_to_stripe"),
        time("created_at"),
    ],
};
