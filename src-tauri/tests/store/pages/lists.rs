//! Every list in every order, page by page.

use hopsdesk::domain::account::Plan;
use hopsdesk::domain::balances::{CreditsFilter, CreditsSort};
use hopsdesk::domain::browse::{Concern, UsersFilter, UsersSort};
use hopsdesk::domain::clusters::{ClustersFilter, ClustersQuery, ClustersSort};
use hopsdesk::domain::fiscal::FiscalZone;
use hopsdesk::domain::invoices::{FiscalMonth, InvoicesFilter, InvoicesSort};
use hopsdesk::domain::teams::TeamsSort;
use hopsdesk::usecases::desk::Desk;
use hopsdesk::usecases::{
    browse_clusters, browse_credits, browse_invoices, browse_teams, browse_users,
};

use time::macros::datetime;

use super::{NOW, Visit, credits, invoices, teams, users};

const EVERY_PLAN: [Plan; 5] = [
    Plan::Prepaid,
    Plan::Postpaid,
    Plan::Free,
    Plan::Unset,
    Plan::Other,
];

impl Visit {
    pub(super) async fn lists(&mut self, desk: &Desk, limit: u16) {
        self.users_list(desk, limit).await;
        let mut same = None;
        for sort in [
            ClustersSort::Name,
            ClustersSort::Region,
            ClustersSort::Fill,
            ClustersSort::Assigned,
            ClustersSort::Drift,
            ClustersSort::People,
            ClustersSort::MonthCost,
        ] {
            for descending in [false, true] {
                let name = format!("clusters by {sort:?} {descending}");
                let ids = self
                    .list(&name, |after| async move {
                        let query = ClustersQuery {
                            filter: ClustersFilter::default(),
                            sort,
                            descending,
                            after,
                            limit,
                        };
                        let (page, _) = browse_clusters::browse_clusters(desk, query).await?;
                        Ok((
                            page.rows.iter().map(|row| row.id.to_string()).collect(),
                            page.next,
                        ))
                    })
                    .await;
                self.clusters.clone_from(&ids);
                self.same(&name, &mut same, ids);
            }
        }
        let mut same = None;
        for sort in [
            TeamsSort::Cost,
            TeamsSort::Members,
            TeamsSort::Name,
            TeamsSort::Created,
        ] {
            for descending in [false, true] {
                let name = format!("teams by {sort:?} {descending}");
                let ids = self
                    .list(&name, |after| async move {
                        let query = teams(sort, descending, after, limit);
                        let page = browse_teams::browse_teams(desk, query).await?;
                        let ids = page.rows.iter().map(|row| row.owner.id.to_string());
                        Ok((ids.collect(), page.next))
                    })
                    .await;
                self.same(&name, &mut same, ids);
            }
        }
        let mut same = None;
        for sort in [
            CreditsSort::RunsOut,
            CreditsSort::Balance,
            CreditsSort::Name,
            CreditsSort::LastPurchase,
        ] {
            for descending in [false, true] {
                let name = format!("credits by {sort:?} {descending}");
                let ids = self
                    .list(&name, |after| async move {
                        let query = credits(sort, descending, after, limit);
                        let page = browse_credits::browse_credits(desk, query).await?;
                        let ids = page.rows.iter().map(|row| row.person.id.to_string());
                        Ok((ids.collect(), page.next))
                    })
                    .await;
                self.same(&name, &mut same, ids);
            }
        }
        let totals = browse_credits::total_credits(desk, CreditsFilter::default(), true);
        self.page("totals of credits", totals).await;
        self.invoices_list(desk, limit).await;
    }

    async fn users_list(&mut self, desk: &Desk, limit: u16) {
        let mut same = None;
        for sort in [
            UsersSort::Created,
            UsersSort::Name,
            UsersSort::Email,
            UsersSort::MonthCost,
            UsersSort::LastLogin,
        ] {
            for descending in [false, true] {
                // The same by the statement for any filter, which lets everybody through, as by the one
                // without.
                for plans in [Vec::new(), EVERY_PLAN.to_vec()] {
                    let name = format!("users by {sort:?} {descending} {plans:?}");
                    let filter = UsersFilter {
                        plans,
                        ..UsersFilter::default()
                    };
                    let filter = &filter;
                    let ids = self
                        .list(&name, |after| async move {
                            let query = users(filter.clone(), sort, descending, after, limit);
                            let page = browse_users::browse_users(desk, query).await?;
                            let ids = page.rows.iter().map(|row| row.person.id.to_string());
                            Ok((ids.collect(), page.next))
                        })
                        .await;
                    if sort == UsersSort::Created && !descending {
                        self.users.clone_from(&ids);
                    }
                    self.same(&name, &mut same, ids);
                }
            }
        }
        for concern in [
            Concern::NoSeat,
            Concern::CreditsLow,
            Concern::InvoiceOverdue,
            Concern::InviteExpired,
        ] {
            let filter = UsersFilter {
                concern: Some(concern),
                text: Some("a".to_owned()),
                seen_before: Some(NOW),
                registered_after: Some(datetime!(2000-01-01 00:00 UTC)),
                ..UsersFilter::default()
            };
            let query = users(filter, UsersSort::Created, true, None, 20);
            self.page(
                &format!("users with {concern:?}"),
                browse_users::browse_users(desk, query),
            )
            .await;
        }
        self.page(
            "clusters to choose from",
            browse_users::cluster_choices(desk),
        )
        .await;
    }

    async fn invoices_list(&mut self, desk: &Desk, limit: u16) {
        let zone = &FiscalZone::utc();
        let mut same = None;
        for sort in [InvoicesSort::Date, InvoicesSort::Amount, InvoicesSort::Due] {
            for descending in [false, true] {
                let name = format!("invoices by {sort:?} {descending}");
                let ids = self
                    .list(&name, |after| async move {
                        let query =
                            invoices(InvoicesFilter::default(), sort, descending, after, limit);
                        let page = browse_invoices::browse_invoices(desk, query, zone).await?;
                        let ids = page.rows.iter();
                        let ids = ids.map(|row| format!("{}/{}", row.origin.word(), row.id));
                        Ok((ids.collect(), page.next))
                    })
                    .await;
                self.invoices.clone_from(&ids);
                self.same(&name, &mut same, ids);
            }
        }
        let month = InvoicesFilter {
            month: Some(FiscalMonth::This),
            text: Some("inv".to_owned()),
            ..InvoicesFilter::default()
        };
        for filter in [InvoicesFilter::default(), month] {
            let query = invoices(filter.clone(), InvoicesSort::Date, true, None, 20);
            self.page(
                "invoices",
                browse_invoices::browse_invoices(desk, query, zone),
            )
            .await;
            let totals = browse_invoices::total_invoices(desk, filter, zone, true);
            self.page("totals of invoices", totals).await;
        }
    }
}
