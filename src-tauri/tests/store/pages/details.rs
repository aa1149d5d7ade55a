//! The page of a person, with the team and the ledger, and that of a cluster.

use hopsdesk::domain::clusters::{SeatFinding, SeatedQuery, SeatedSort};
use hopsdesk::domain::fiscal::FiscalZone;
use hopsdesk::domain::ids::{ClusterId, UserId};
use hopsdesk::domain::slice::Part;
use hopsdesk::domain::usage::Metric;
use hopsdesk::usecases::browse_teams::Reach;
use hopsdesk::usecases::chart_usage::{ChartSubject, chart_usage};
use hopsdesk::usecases::desk::Desk;
use hopsdesk::usecases::failure::DeskError;
use hopsdesk::usecases::{
    browse_teams, show_cluster, show_ledger, show_usage, show_user, show_user_work,
};

use super::{STYLE, Visit};

impl Visit {
    pub(super) async fn person(&mut self, desk: &Desk, id: &UserId) {
        self.page(&format!("profile {id}"), show_user::show_profile(desk, id))
            .await;
        self.page(&format!("team {id}"), show_user::show_team(desk, id))
            .await;
        self.page(&format!("credits {id}"), show_user::show_credits(desk, id))
            .await;
        self.page(
            &format!("prices {id}"),
            show_user_work::show_prices(desk, id),
        )
        .await;
        self.page(&format!("account {id}"), show_usage::name_account(desk, id))
            .await;
        for subject in [
            ChartSubject::Person(id.clone()),
            ChartSubject::Team(id.clone()),
        ] {
            let chart = chart_usage(desk, &subject, Metric::Cost, 30, STYLE);
            self.page(&format!("chart {subject:?}"), chart).await;
        }
        macro_rules! slices {
            ($($show:ident: $key:expr),+) => {$(
                self.list(&format!("{} {id}", stringify!($show)), |after| async move {
                    let part = Part { after, limit: 2 };
                    let slice = show_user_work::$show(desk, id, &part).await?;
                    Ok((slice.rows.iter().map($key).collect(), slice.next))
                })
                .await;
            )+};
        }
        slices!(
            show_projects: |row| row.project.key.clone(),
            show_feature_groups: |row| row.key.clone(),
            show_deployments: |row| row.key.clone(),
            show_health_checks: |row| row.key.clone()
        );
        self.list(&format!("invoices {id}"), |after| async move {
            let part = Part { after, limit: 2 };
            let zone = FiscalZone::utc();
            let slice = show_user_work::show_invoices(desk, id, &part, &zone).await?;
            Ok((
                slice.rows.iter().map(|row| row.key.clone()).collect(),
                slice.next,
            ))
        })
        .await;
        self.list(&format!("timeline {id}"), |after| async move {
            let part = Part { after, limit: 2 };
            let slice = show_user_work::show_changes(desk, id, None, &part).await?;
            Ok((
                slice.rows.iter().map(|row| row.key.clone()).collect(),
                slice.next,
            ))
        })
        .await;
        self.list(&format!("ledger {id}"), |after| async move {
            let page = show_ledger::browse_ledger(desk, id, &[], after.as_ref(), 2).await?;
            Ok((
                page.entries.iter().map(|entry| entry.id.clone()).collect(),
                page.next,
            ))
        })
        .await;
        self.page(
            &format!("sums of the ledger {id}"),
            show_ledger::show_ledger(desk, id),
        )
        .await;
        // Who is no owner has no such page.
        let head = browse_teams::show_team_head(desk, id).await;
        if !matches!(head, Err(DeskError::NotFound { .. })) {
            self.note(
                &format!("head of the team {id}"),
                head.map_err(|error| format!("{error:?}")),
            );
        }
        self.page(
            &format!("people {id}"),
            browse_teams::show_team_people(desk, id),
        )
        .await;
        self.page(
            &format!("invites {id}"),
            browse_teams::show_open_invites(desk, id),
        )
        .await;
        for reach in [Reach::Days(30), Reach::Months(12)] {
            let chart = browse_teams::chart_team(desk, id, Metric::Cost, reach, STYLE);
            self.page(&format!("chart of the team {id}"), chart).await;
        }
    }

    pub(super) async fn cluster(&mut self, desk: &Desk, id: &ClusterId) {
        self.page(
            &format!("cluster {id}"),
            show_cluster::show_cluster(desk, id),
        )
        .await;
        self.page(
            &format!("findings {id}"),
            show_cluster::show_findings(desk, id),
        )
        .await;
        let subject = ChartSubject::Cluster(id.clone());
        let chart = chart_usage(desk, &subject, Metric::Cost, 30, STYLE);
        self.page(&format!("chart of cluster {id}"), chart).await;
        for sort in [
            SeatedSort::Assigned,
            SeatedSort::Name,
            SeatedSort::MonthCost,
        ] {
            for descending in [false, true] {
                self.list(
                    &format!("people of {id} by {sort:?} {descending}"),
                    |after| async move {
                        let query = SeatedQuery {
                            cluster: id.clone(),
                            text: None,
                            finding: None,
                            sort,
                            descending,
                            after,
                            limit: 2,
                        };
                        let page = show_cluster::show_seated(desk, query).await?;
                        Ok((
                            page.rows
                                .iter()
                                .map(|row| row.user_id.to_string())
                                .collect(),
                            page.next,
                        ))
                    },
                )
                .await;
            }
        }
        for finding in [
            SeatFinding::TwoClusters,
            SeatFinding::Nobody,
            SeatFinding::NoHopsworksUser,
            SeatFinding::Idle,
        ] {
            let query = SeatedQuery {
                cluster: id.clone(),
                text: Some("a".to_owned()),
                finding: Some(finding),
                sort: SeatedSort::Name,
                descending: false,
                after: None,
                limit: 20,
            };
            self.page(
                &format!("{finding:?} on {id}"),
                show_cluster::show_seated(desk, query),
            )
            .await;
        }
        self.list(&format!("projects on {id}"), |after| async move {
            let part = Part { after, limit: 2 };
            let slice = show_cluster::show_cluster_projects(desk, id, &part).await?;
            Ok((
                slice
                    .rows
                    .iter()
                    .map(|row| row.project.key.clone())
                    .collect(),
                slice.next,
            ))
        })
        .await;
    }
}
