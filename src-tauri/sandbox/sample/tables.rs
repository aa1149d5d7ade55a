//! The tables samples go to, and the columns they fill.

use crate::sandbox::sample::rows::Rows;

macro_rules! tables {
    ($($table:ident: $name:literal, $columns:literal;)+) => {
        /// A table of the managed schema.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(non_camel_case_types, reason = "named as in the schema")]
        pub(super) enum Table { $($table,)+ }

        impl Table {
            /// Those others refer to come first.
            pub(super) const ALL: &'static [Self] = &[$(Self::$table,)+];

            pub(super) fn name(self) -> &'static str {
                match self { $(Self::$table => $name,)+ }
            }

            pub(super) fn columns(self) -> &'static str {
                match self { $(Self::$table => $columns,)+ }
            }
        }

        /// Rows of every table, gathered.
        #[derive(Debug)]
        pub(super) struct Tables { $(pub(super) $table: Rows,)+ }

        impl Tables {
            pub(super) fn new() -> Self {
                Self { $($table: Rows::new(),)+ }
            }

            /// Bytes of the fullest table.
            pub(super) fn largest(&self) -> usize {
                [$(self.$table.len(),)+].into_iter().max().unwrap_or(0)
            }

            /// Takes the rows of the tables that gathered `least` bytes or more.
            pub(super) fn take(&mut self, least: usize) -> Vec<(Table, Vec<u8>)> {
                let mut taken = Vec::new();
                $(if self.$table.len() >= least.max(1) {
                    taken.push((Table::$table, self.$table.take()));
                })+
                taken
            }
        }
    };
}

tables! {
    hopsworks_clusters: "hopsworks_clusters",
        "id, name, api_url, region, max_users, current_users, status, metadata, created_at, updated_at";
    users: "users",
        "id, email, name, status, account_owner_id, is_admin, created_at, updated_at, last_login_at, \
         login_count, registration_source, registration_ip, terms_accepted_at, marketing_consent, \
         promo_code, billing_mode, spending_cap, auto_refill_enabled, auto_refill_amount, \
         auto_refill_threshold, stripe_customer_id, stripe_subscription_id, \
         stripe_subscription_status, hopsworks_username, hopsworks_user_id, metadata, deleted_at, \
         deletion_reason, feature_flags";
    team_invites: "team_invites",
        "id, account_owner_id, email, token, project_role, auto_assign_projects, created_at, \
         expires_at, accepted_at, accepted_by_user_id";
    user_hopsworks_assignments: "user_hopsworks_assignments",
        "id, user_id, hopsworks_cluster_id, assigned_at, assigned_by, hopsworks_username, \
         hopsworks_user_id, updated_at";
    instances: "instances",
        "id, user_id, instance_name, hopsworks_url, status, created_at, updated_at, activated_at, \
         deleted_at";
    user_projects: "user_projects",
        "id, user_id, hopsworks_cluster_id, project_id, project_name, namespace, status, created_at, \
         updated_at, last_seen_at";
    project_member_roles: "project_member_roles",
        "id, member_id, account_owner_id, project_id, project_name, role, synced_to_hopsworks, \
         last_sync_at, sync_error, created_at, updated_at";
    feature_groups: "feature_groups",
        "id, user_id, name, version, created_at, updated_at, deleted_at";
    model_deployments: "model_deployments",
        "id, user_id, name, endpoint, status, created_at, updated_at, deleted_at";
    usage_daily: "usage_daily",
        "id, user_id, account_owner_id, date, hopsworks_cluster_id, cpu_hours, gpu_hours, \
         memory_gb_hours, instance_hours, storage_gb, online_storage_gb, offline_storage_gb, \
         network_egress_gb, feature_store_api_calls, model_inference_calls, project_count, \
         instance_type, total_cost, credits_deducted, reported_to_stripe, stripe_usage_record_id, \
         created_at, updated_at";
    user_credits: "user_credits",
        "user_id, total_purchased, total_used, free_credits_granted, free_credits_used, \
         cpu_hours_used, gpu_hours_used, storage_gb_months, last_purchase_at, created_at, updated_at";
    credit_transactions: "credit_transactions",
        "id, user_id, type, amount, balance_before, balance_after, description, \
         stripe_payment_intent_id, usage_daily_id, created_at";
    billing_history: "billing_history",
        "id, user_id, invoice_id, amount, currency, status, description, stripe_payment_intent_id, \
         paid_at, created_at, updated_at";
    invoices: "invoices",
        "id, user_id, invoice_number, stripe_invoice_id, status, amount, currency, period_start, \
         period_end, due_date, paid_at, hosted_invoice_url, created_at, updated_at";
    subscriptions: "subscriptions",
        "id, user_id, stripe_subscription_id, stripe_customer_id, stripe_price_id, status, \
         current_period_start, current_period_end, cancel_at_period_end, canceled_at, created_at, \
         updated_at";
    user_pricing_overrides: "user_pricing_overrides",
        "id, user_id, resource_type, override_price, original_price, discount_percentage, valid_from, \
         valid_until, created_by, reason, created_at, updated_at";
    stripe_products: "stripe_products",
        "id, product_type, stripe_product_id, stripe_price_id, unit_price, unit_name, active, \
         created_at, updated_at";
    health_check_failures: "health_check_failures",
        "id, user_id, email, check_type, error_message, created_at, resolved_at, resolution_notes, \
         details";
}
