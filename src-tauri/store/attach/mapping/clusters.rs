//! Where customers work: clusters, seats on them, and what they have there.

use crate::store::attach::mapping::{From, Tables, View, row_id, text, time, whole};

/// Clusters. Never `api_key`, `kubeconfig`, `mysql_password`, nor metadata, which may hold copies.
pub const CLUSTERS: View = View {
    name: "clusters",
    about: "Hopsworks clusters, without their secrets. current_users is the service's own count and may have drifted.",
    tables: Tables::First(&["hopsworks_clusters", "clusters"]),
    needs: &["id", "name"],
    key: Some("id"),
    dated: None,
    columns: &[
        text("id"),
        text("name")
            .from(&[From::Column("name"), From::Column("cluster_name")])
            .or("''"),
        text("api_url"),
        text("region"),
        text("status").words(&["active", "full", "maintenance", "inactive"]),
        whole("max_users"),
        whole("current_users"),
        time("created_at"),
        time("updated_at"),
    ],
};

/// What customers are told of the cluster they work on.
pub const OWN_CLUSTERS: View = View {
    name: "clusters",
    about: "The cluster that a customer works on, as they may read it.",
    tables: Tables::First(&["hopsworks_clusters", "clusters"]),
    needs: &["id", "name"],
    key: None,
    dated: None,
    columns: &[
        text("id"),
        text("name").from(&[From::Column("name"), From::Column("cluster_name")]),
        text("api_url"),
        text("region"),
        text("status").words(&["active", "full", "maintenance", "inactive"]),
    ],
};

/// Seats.
pub const CLUSTER_ASSIGNMENTS: View = View {
    name: "cluster_assignments",
    about: "Who works on which cluster.",
    tables: Tables::First(&["user_hopsworks_assignments"]),
    needs: &["user_id"],
    key: None,
    dated: None,
    columns: &[
        text("id").from(&[
            From::Column("id"),
            From::Key(&["user_id"]),
            From::Key(&["user_id", "hopsworks_cluster_id"]),
            From::Key(&["user_id", "cluster_id"]),
        ]),
        text("user_id"),
        text("cluster_id").from(&[
            From::Column("hopsworks_cluster_id"),
            From::Column("cluster_id"),
        ]),
        time("assigned_at").from(&[From::Column("assigned_at"), From::Column("created_at")]),
        text("assigned_by"),
        text("hopsworks_username"),
        whole("hopsworks_user_id"),
    ],
};

/// Instances.
pub const INSTANCES: View = View {
    name: "instances",
    about: "The Hopsworks instance of a customer.",
    tables: Tables::First(&["instances"]),
    needs: &["user_id"],
    key: None,
    dated: None,
    columns: &[
        text("id"),
        text("user_id"),
        text("name").from(&[From::Column("instance_name"), From::Column("name")]),
        text("url").from(&[From::Column("hopsworks_url"), From::Column("url")]),
        text("status").words(&["provisioning", "active", "stopped", "deleted"]),
        time("created_at"),
        time("activated_at"),
        time("deleted_at"),
        row_id(),
    ],
};

/// Projects: who pays for a namespace.
pub const USER_PROJECTS: View = View {
    name: "user_projects",
    about: "Hopsworks projects and whose they are; a namespace belongs to one cluster only.",
    tables: Tables::First(&["user_projects"]),
    needs: &["user_id", "project_id"],
    key: None,
    dated: None,
    columns: &[
        text("id"),
        text("user_id"),
        text("cluster_id").from(&[
            From::Column("hopsworks_cluster_id"),
            From::Column("cluster_id"),
        ]),
        whole("project_id"),
        text("project_name"),
        text("namespace"),
        text("status").words(&["active", "inactive"]),
        time("created_at"),
        time("last_seen_at"),
        row_id(),
    ],
};

/// Feature groups.
pub const FEATURE_GROUPS: View = View {
    name: "feature_groups",
    about: "Feature groups customers made, as the service counts them.",
    tables: Tables::First(&["feature_groups"]),
    needs: &["user_id"],
    key: None,
    dated: None,
    columns: &[
        text("id"),
        text("user_id"),
        text("name"),
        whole("version"),
        time("created_at"),
        time("deleted_at"),
    ],
};

/// Deployed models.
pub const MODEL_DEPLOYMENTS: View = View {
    name: "model_deployments",
    about: "Models customers deployed.",
    tables: Tables::First(&["model_deployments"]),
    needs: &["user_id"],
    key: None,
    dated: None,
    columns: &[
        text("id"),
        text("user_id"),
        text("name"),
        text("endpoint"),
        text("status"),
        time("created_at"),
        time("deleted_at"),
    ],
};
