//! Columns and cells of a team's people and invites.

use time::OffsetDateTime;

use crate::domain::account::TeamRole;
use crate::domain::directory::{Invite, InviteState, Member};
use crate::domain::money::Currency;
use crate::domain::period::Month;
use crate::domain::teams::{TeamPerson, TeamPlace};
use crate::reports::column::{Cell, Column, Kind};
use crate::usecases::exported::Origins;
use crate::usecases::exported::words::{measure_cells, measure_columns, status_cell};

const DOLLARS: Kind = Kind::Money(Some(Currency::USD));

pub(super) const MEMBER_ORIGINS: Origins = &[
    ("Status", "users", "status"),
    ("Last login", "users", "last_login_at"),
    ("Cost", "usage_daily", "total_cost"),
];

pub(super) const TEAM_ORIGINS: Origins = &[
    ("Status", "users", "status"),
    ("Last login", "users", "last_login_at"),
    ("Cluster", "cluster_assignments", "cluster_id"),
    ("Cost", "usage_daily", "total_cost"),
    ("CPU", "usage_daily", "cpu_hours"),
    ("GPU", "usage_daily", "gpu_hours"),
    ("Storage", "usage_daily", "storage_gb"),
];

pub(super) const INVITE_ORIGINS: Origins = &[
    ("Role", "team_invites", "project_role"),
    ("Expires", "team_invites", "expires_at"),
];

pub(super) fn member_columns(now: OffsetDateTime) -> Vec<Column> {
    vec![
        Column::new("User id", Kind::Id),
        Column::new("Name", Kind::Text),
        Column::new("E-mail", Kind::Text),
        Column::new("Place", Kind::Text),
        Column::new("Status", Kind::Text),
        Column::new("Joined", Kind::Time),
        Column::new("Last login", Kind::Time),
        Column::new(format!("Cost {}", Month::of(now)), DOLLARS),
    ]
}

pub(super) fn member_cells((row, role): (Member, TeamRole)) -> Vec<Cell> {
    let status = status_cell(&row.person);
    let place = match role {
        TeamRole::Owner => "owner",
        TeamRole::Member => "member",
    };
    vec![
        Cell::Text(row.person.id.to_string()),
        Cell::text(row.person.name),
        Cell::Text(row.person.email),
        Cell::Text(place.to_owned()),
        status,
        Cell::time(row.joined_at),
        Cell::time(row.last_login_at),
        Cell::usd(row.month_cost),
    ]
}

pub(super) fn team_columns(now: OffsetDateTime) -> Vec<Column> {
    let month = Month::of(now);
    let mut columns = vec![
        Column::new("User id", Kind::Id),
        Column::new("Name", Kind::Text),
        Column::new("E-mail", Kind::Text),
        Column::new("Place", Kind::Text),
        Column::new("Status", Kind::Text),
        Column::new("Joined", Kind::Time),
        Column::new("Last login", Kind::Time),
        Column::new("Cluster id", Kind::Id),
        Column::new("Cluster", Kind::Text),
    ];
    columns.extend(measure_columns(&format!(" {month}")));
    columns.push(Column::new(format!("Cost {}", month.before()), DOLLARS));
    columns
}

pub(super) fn team_cells(row: TeamPerson) -> Vec<Cell> {
    let status = status_cell(&row.person);
    let place = match row.place {
        TeamPlace::Owner => "owner",
        TeamPlace::Member => "member",
        TeamPlace::Former => "left",
    };
    let (cluster_id, cluster) = row.cluster.map(|(id, name)| (id.to_string(), name)).unzip();
    let mut cells = vec![
        Cell::Text(row.person.id.to_string()),
        Cell::text(row.person.name),
        Cell::Text(row.person.email),
        Cell::Text(place.to_owned()),
        status,
        Cell::time(row.joined_at),
        Cell::time(row.last_login_at),
        Cell::text(cluster_id),
        Cell::text(cluster),
    ];
    cells.extend(measure_cells(&row.month));
    cells.push(Cell::usd(row.cost_before));
    cells
}

pub(super) fn invite_columns() -> Vec<Column> {
    vec![
        Column::new("E-mail", Kind::Id),
        Column::new("Role", Kind::Text),
        Column::new("State", Kind::Text),
        Column::new("Sent", Kind::Time),
        Column::new("Expires", Kind::Time),
        Column::new("Accepted", Kind::Time),
    ]
}

pub(super) fn invite_cells(row: Invite, now: OffsetDateTime) -> Vec<Cell> {
    let state = match row.state(now) {
        InviteState::Pending => "pending",
        InviteState::Expired => "expired",
        InviteState::Accepted => "accepted",
    };
    vec![
        Cell::Text(row.email),
        Cell::text(row.role),
        Cell::Text(state.to_owned()),
        Cell::time(row.created_at),
        Cell::time(row.expires_at),
        Cell::time(row.accepted_at),
    ]
}
