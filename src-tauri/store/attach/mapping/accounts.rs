//! Who the customers are: users, invitations, roles, and what the health checks found.

use crate::store::attach::mapping::{
    From, Tables, View, json, number, row_id, text, time, whole, yes_no,
};

/// Users.
pub const USERS: View = View {
    name: "users",
    about: "Customers: account owners, who are billed, and the members of their teams (account_owner_id).",
    tables: Tables::First(&["users"]),
    needs: &["id", "email"],
    key: Some("id"),
    dated: None,
    columns: &[
        text("id"),
        text("email").or("''"),
        text("name"),
        text("company").from(&[
            From::Column("company"),
            From::JsonText("metadata", "company"),
        ]),
        text("status").words(&["active", "suspended", "deleted"]),
        text("account_owner_id").from(&[From::OrEmpty("account_owner_id")]),
        text("billing_mode").words(&["free", "prepaid", "postpaid"]),
        yes_no("is_admin"),
        time("created_at").sorted(),
        time("updated_at"),
        time("last_login_at").sorted(),
        whole("login_count"),
        text("registration_source"),
        text("registration_ip"),
        text("hopsworks_username"),
        whole("hopsworks_user_id"),
        text("stripe_customer_id"),
        text("stripe_test_customer_id"),
        text("stripe_subscription_id"),
        text("stripe_subscription_status"),
        number("spending_cap"),
        yes_no("auto_refill_enabled"),
        number("auto_refill_amount"),
        number("auto_refill_threshold"),
        time("downgrade_deadline"),
        json("feature_flags"),
        time("deleted_at"),
        text("deletion_reason"),
        time("terms_accepted_at"),
        yes_no("marketing_consent"),
        text("promo_code"),
        json("metadata"),
    ],
};

/// What customers are told of themselves: all of it must be theirs to read, or they could read none of it.
pub const OWN_USERS: View = View {
    name: "users",
    about: "A customer, as they may read themselves.",
    tables: Tables::First(&["users"]),
    needs: &["id", "email"],
    key: None,
    dated: None,
    columns: &[
        text("id"),
        text("billing_mode").words(&["free", "prepaid", "postpaid"]),
        number("spending_cap"),
        text("hopsworks_username"),
    ],
};

/// Invitations. Never the token: it is the key to somebody's team.
pub const TEAM_INVITES: View = View {
    name: "team_invites",
    about: "Invitations into a team, without their token. Waiting: accepted_at is null and ends_at lies ahead, or is null.",
    tables: Tables::First(&["team_invites"]),
    needs: &["account_owner_id", "email"],
    key: None,
    dated: None,
    columns: &[
        text("id"),
        text("account_owner_id"),
        text("email").or("''"),
        text("project_role"),
        yes_no("auto_assign_projects"),
        time("created_at").sorted(),
        time("expires_at"),
        // Where the service keeps no end, an invite is good for a week.
        time("ends_at").from(&[From::OrWeekAfter("expires_at", "created_at")]),
        time("accepted_at"),
        text("accepted_by_user_id"),
        row_id(),
    ],
};

/// What members may do in their owner's projects.
pub const PROJECT_MEMBER_ROLES: View = View {
    name: "project_member_roles",
    about: "What a member may do in the owner's projects, and whether Hopsworks has been told.",
    tables: Tables::First(&["project_member_roles"]),
    needs: &["member_id", "project_id"],
    key: None,
    dated: None,
    columns: &[
        text("id"),
        text("member_id"),
        text("account_owner_id"),
        whole("project_id"),
        text("project_name"),
        text("role"),
        yes_no("synced").from(&[From::Column("synced_to_hopsworks")]),
        time("last_sync_at"),
        text("sync_error"),
        time("created_at"),
    ],
};

/// Findings of the service's own checks.
pub const HEALTH_CHECK_FAILURES: View = View {
    name: "health_check_failures",
    about: "What the service's nightly checks found wrong. Open: resolved_at is null.",
    tables: Tables::First(&["health_check_failures"]),
    needs: &["check_type"],
    key: None,
    dated: None,
    columns: &[
        text("id"),
        text("user_id"),
        text("email"),
        text("check_type"),
        text("error_message"),
        json("details"),
        time("created_at").sorted(),
        time("resolved_at"),
        text("resolution_notes"),
    ],
};
