//! Columns and cells of what somebody has in Hopsworks, and of what the checks found.

use crate::domain::work::{Deployment, FeatureGroup, HealthCheck, ProjectPart, Sync, UserProject};
use crate::reports::column::{Cell, Column, Kind};
use crate::usecases::exported::Origins;

pub(super) const PROJECT_ORIGINS: Origins = &[
    ("Namespace", "user_projects", "namespace"),
    ("Status", "user_projects", "status"),
    ("Cluster", "user_projects", "cluster_id"),
    ("Last seen", "user_projects", "last_seen_at"),
];

pub(super) const CHECK_ORIGINS: Origins = &[
    ("Details", "health_check_failures", "details"),
    ("Resolved", "health_check_failures", "resolved_at"),
];

pub(super) const GROUP_ORIGINS: Origins = &[
    ("Version", "feature_groups", "version"),
    ("Deleted", "feature_groups", "deleted_at"),
];

pub(super) const DEPLOYMENT_ORIGINS: Origins = &[
    ("Endpoint", "model_deployments", "endpoint"),
    ("Status", "model_deployments", "status"),
    ("Deleted", "model_deployments", "deleted_at"),
];

pub(super) fn project_columns() -> Vec<Column> {
    vec![
        Column::new("Project", Kind::Id),
        Column::new("Name", Kind::Text),
        Column::new("Number", Kind::Id),
        Column::new("Namespace", Kind::Id),
        Column::new("Status", Kind::Text),
        Column::new("Cluster id", Kind::Id),
        Column::new("Cluster", Kind::Text),
        Column::new("Made", Kind::Time),
        Column::new("Last seen", Kind::Time),
        Column::new("Role", Kind::Text),
        Column::new("Owner id", Kind::Id),
        Column::new("Owner", Kind::Text),
        Column::new("Shared with", Kind::Whole),
        Column::new("Roles waiting", Kind::Whole),
        Column::new("Roles refused", Kind::Whole),
        Column::new("Refusal", Kind::Text),
    ]
}

pub(super) fn project_cells(row: UserProject) -> Vec<Cell> {
    let (project, part) = (row.project, row.part);
    let (cluster_id, cluster) = project
        .cluster
        .map_or((None, None), |(id, name)| (Some(id.to_string()), name));
    let mut cells = vec![
        Cell::Text(project.key),
        Cell::text(project.name),
        Cell::text(project.number.map(|number| number.to_string())),
        Cell::text(project.namespace),
        Cell::text(project.status),
        Cell::text(cluster_id),
        Cell::text(cluster),
        Cell::time(project.created_at),
        Cell::time(project.last_seen_at),
    ];
    match part {
        ProjectPart::Owner(members) => cells.extend([
            Cell::Text("owner".to_owned()),
            Cell::Empty,
            Cell::Empty,
            Cell::whole(Some(members.count)),
            Cell::whole(Some(members.waiting)),
            Cell::whole(Some(members.refused)),
            Cell::text(members.refusal),
        ]),
        ProjectPart::Member { owner, role, sync } => {
            let (id, name) = owner
                .map(|owner| (owner.id.to_string(), owner.name.unwrap_or(owner.email)))
                .unzip();
            let (waiting, refused, refusal) = match sync {
                Sync::Done(_) => (Some(0_u32), Some(0_u32), None),
                Sync::Waiting => (Some(1), Some(0), None),
                Sync::Refused(words, _) => (Some(0), Some(1), Some(words)),
                Sync::Unknown => (None, None, None),
            };
            cells.extend([
                Cell::text(role),
                Cell::text(id),
                Cell::text(name),
                Cell::Empty,
                Cell::whole(waiting),
                Cell::whole(refused),
                Cell::text(refusal),
            ]);
        }
    }
    cells
}

pub(super) fn check_columns() -> Vec<Column> {
    vec![
        Column::new("Finding", Kind::Id),
        Column::new("Check", Kind::Text),
        Column::new("Message", Kind::Text),
        Column::new("Details", Kind::Text),
        Column::new("Found", Kind::Time),
        Column::new("Resolved", Kind::Time),
        Column::new("Notes", Kind::Text),
    ]
}

pub(super) fn check_cells(row: HealthCheck) -> Vec<Cell> {
    vec![
        Cell::Text(row.key),
        Cell::Text(row.check),
        Cell::text(row.message),
        Cell::text(row.details),
        Cell::time(row.found_at),
        Cell::time(row.resolved_at),
        Cell::text(row.notes),
    ]
}

pub(super) fn group_columns() -> Vec<Column> {
    vec![
        Column::new("Feature group", Kind::Id),
        Column::new("Name", Kind::Text),
        Column::new("Version", Kind::Whole),
        Column::new("Made", Kind::Time),
        Column::new("Deleted", Kind::Time),
    ]
}

pub(super) fn group_cells(row: FeatureGroup) -> Vec<Cell> {
    vec![
        Cell::Text(row.key),
        Cell::text(row.name),
        Cell::whole(row.version),
        Cell::time(row.created_at),
        Cell::time(row.deleted_at),
    ]
}

pub(super) fn deployment_columns() -> Vec<Column> {
    vec![
        Column::new("Deployment", Kind::Id),
        Column::new("Name", Kind::Text),
        Column::new("Endpoint", Kind::Text),
        Column::new("Status", Kind::Text),
        Column::new("Made", Kind::Time),
        Column::new("Deleted", Kind::Time),
    ]
}

pub(super) fn deployment_cells(row: Deployment) -> Vec<Cell> {
    vec![
        Cell::Text(row.key),
        Cell::text(row.name),
        Cell::text(row.endpoint),
        Cell::text(row.status),
        Cell::time(row.created_at),
        Cell::time(row.deleted_at),
    ]
}
