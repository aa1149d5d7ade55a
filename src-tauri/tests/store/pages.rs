//! Every page of the product on one database, through the use cases: what a person could look at.

use std::fmt::Debug;
use std::future::Future;
use std::io::Cursor as Sink;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;
use hopsdesk::charts::palette::Theme;
use hopsdesk::charts::usage::ChartStyle;
use hopsdesk::domain::account::Plan;
use hopsdesk::domain::balances::{CreditsFilter, CreditsQuery, CreditsSort};
use hopsdesk::domain::browse::{Concern, Cursor, UsersFilter, UsersQuery, UsersSort};
use hopsdesk::domain::clock::FixedClock;
use hopsdesk::domain::clusters::{
    ClustersFilter, ClustersQuery, ClustersSort, SeatFinding, SeatedQuery, SeatedSort,
};
use hopsdesk::domain::comparison::Period;
use hopsdesk::domain::fiscal::FiscalZone;
use hopsdesk::domain::fleet::{AccountsFilter, AccountsQuery, UsageQuery};
use hopsdesk::domain::ids::{ClusterId, UserId};
use hopsdesk::domain::invoices::{
    FiscalMonth, InvoicesFilter, InvoicesQuery, InvoicesSort, Origin,
};
use hopsdesk::domain::slice::Part;
use hopsdesk::domain::teams::{TeamConcern, TeamsFilter, TeamsQuery, TeamsSort};
use hopsdesk::domain::usage::Metric;
use hopsdesk::reports::Format;
use hopsdesk::usecases::browse_teams::Reach;
use hopsdesk::usecases::chart_usage::{ChartSubject, chart_usage};
use hopsdesk::usecases::desk::Desk;
use hopsdesk::usecases::export_list::{Origin as FileOrigin, Progress, export_list};
use hopsdesk::usecases::exported::Listing;
use hopsdesk::usecases::exported::invoices::FiscalInvoices;
use hopsdesk::usecases::exported::ledger::LedgerQuery;
use hopsdesk::usecases::failure::DeskError;
use hopsdesk::usecases::keep_rollups::{check_rollups, refresh_rollups};
use hopsdesk::usecases::open_database::open_database;
use hopsdesk::usecases::propose_indexes::propose_indexes;
use hopsdesk::usecases::search_everything::search_everything;
use hopsdesk::usecases::{
    browse_clusters, browse_credits, browse_invoices, browse_teams, browse_users, show_cluster,
    show_invoice, show_ledger, show_overview, show_schema, show_usage, show_user, show_user_work,
};
use hopsdesk::wire::cursor;
use time::OffsetDateTime;
use time::macros::{date, datetime};

use super::rollups::At;
use crate::support::database::TestDatabase;

pub(super) const NOW: OffsetDateTime = datetime!(2026-11-20 12:00 UTC);

const EVERY_PLAN: [Plan; 4] = [Plan::Prepaid, Plan::Postpaid, Plan::Free, Plan::Unset];

const STYLE: ChartStyle = ChartStyle {
    theme: Theme::Light,
    width: 640,
    height: 240,
};

/// What went wrong, and what was there.
#[derive(Debug, Default)]
pub(super) struct Visit {
    /// A line each: which page, and what it said or how it crashed.
    pub(super) problems: Vec<String>,
    /// Ids on the Users list, in the order of registration.
    pub(super) users: Vec<String>,
    /// `origin/id` on the Invoices list.
    pub(super) invoices: Vec<String>,
    /// Ids on the Clusters list.
    pub(super) clusters: Vec<String>,
    /// How many pages were looked at.
    pub(super) pages: usize,
}

/// Looks at every page there is.
pub(super) async fn visit(database: &TestDatabase) -> Visit {
    let mut visit = Visit::default();
    let clock = Arc::new(FixedClock(NOW));
    let opened = open_database(database.store(), clock).await;
    let desk = match opened {
        Ok((desk, _)) => desk,
        Err(error) => {
            visit.problems.push(format!("open: {error:?}"));
            return visit;
        }
    };
    // Before anything was counted, and after.
    visit.lists(&desk, 50).await;
    visit.overview(&desk).await;
    let counted = check_rollups(&desk.store, &At(NOW), true).await;
    visit.note(
        "check the rollups",
        counted.map_err(|error| format!("{error:?}")),
    );
    let counted = refresh_rollups(&desk.store, &At(NOW)).await;
    visit.note(
        "refresh the rollups",
        counted.map_err(|error| format!("{error:?}")),
    );
    visit.lists(&desk, 2).await;
    visit.overview(&desk).await;
    visit.usage(&desk).await;
    visit.schema(&desk).await;
    visit.finding(&desk).await;
    for id in visit.users.clone() {
        visit.person(&desk, &UserId::recorded(&id)).await;
    }
    for id in visit.clusters.clone() {
        visit.cluster(&desk, &ClusterId::recorded(&id)).await;
    }
    for id in visit.invoices.clone() {
        let (origin, id) = id.split_once('/').expect("origin and id");
        let origin = Origin::read(origin).expect("an origin");
        visit
            .page(
                &format!("invoice {id}"),
                show_invoice::show_invoice(&desk, origin, id),
            )
            .await;
    }
    visit.exports(&desk).await;
    visit
}

impl Visit {
    fn note<T>(&mut self, page: &str, outcome: Result<T, String>) -> Option<T> {
        self.pages += 1;
        match outcome {
            Ok(shown) => Some(shown),
            Err(why) => {
                self.problems.push(format!("{page}: {why}"));
                None
            }
        }
    }

    async fn page<T: Debug, E: Debug>(
        &mut self,
        page: &str,
        shown: impl Future<Output = Result<T, E>>,
    ) -> Option<T> {
        let outcome = match AssertUnwindSafe(shown).catch_unwind().await {
            Ok(outcome) => outcome.map_err(|error| format!("{error:?}")),
            Err(_) => Err("it crashed".to_owned()),
        };
        self.note(page, outcome)
    }

    /// All pages of a list, one after another; the ids on them.
    async fn list<F>(
        &mut self,
        name: &str,
        mut page: impl FnMut(Option<Cursor>) -> F,
    ) -> Vec<String>
    where
        F: Future<Output = Result<(Vec<String>, Option<Cursor>), DeskError>>,
    {
        let mut ids = Vec::new();
        let mut after = None;
        for number in 1..200 {
            let shown = self
                .page(&format!("{name}, page {number}"), page(after))
                .await;
            let Some((rows, next)) = shown else {
                return ids;
            };
            ids.extend(rows);
            after = match next {
                // As it travels to the window and back.
                Some(next) => {
                    let back = cursor::decode(&cursor::encode(&next));
                    assert_eq!(back.as_ref(), Some(&next), "{name}");
                    back
                }
                None => return ids,
            };
        }
        self.problems.push(format!("{name}: it never ends"));
        ids
    }

    /// The same rows in every order, or it is a problem. Ids that a table has twice count once.
    fn same(&mut self, name: &str, first: &mut Option<Vec<String>>, mut ids: Vec<String>) {
        ids.sort();
        ids.dedup();
        match first {
            Some(first) if *first != ids => {
                self.problems
                    .push(format!("{name}: {ids:?} instead of {first:?}"));
            }
            Some(_) => {}
            None => *first = Some(ids),
        }
    }

    async fn lists(&mut self, desk: &Desk, limit: u16) {
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

    async fn overview(&mut self, desk: &Desk) {
        self.page("figures", show_overview::show_figures(desk))
            .await;
        self.page(
            "clusters on the Overview",
            show_overview::show_clusters(desk),
        )
        .await;
        self.page("what wants attention", show_overview::show_attention(desk))
            .await;
        for days in [30, 90, 365] {
            let chart = chart_usage(desk, &ChartSubject::Service, Metric::Cost, days, STYLE);
            self.page("the service's chart", chart).await;
        }
    }

    async fn usage(&mut self, desk: &Desk) {
        for (first, last) in [
            (date!(2026 - 11 - 01), date!(2026 - 11 - 20)),
            (date!(2026 - 10 - 13), date!(2026 - 11 - 05)),
            (date!(2024 - 01 - 01), date!(2024 - 12 - 31)),
        ] {
            let usage = UsageQuery {
                period: Period::between(first, last, NOW.date()).expect("a period"),
                cluster: None,
                account: None,
            };
            self.page("sums of usage", show_usage::show_sums(desk, &usage))
                .await;
            for by_cluster in [false, true] {
                let chart =
                    show_usage::chart_fleet(desk, &usage, Metric::CpuHours, by_cluster, STYLE);
                self.page("chart of usage", chart).await;
            }
            let mut same = None;
            for sort in [
                Metric::Cost,
                Metric::GpuHours,
                Metric::StorageGb,
                Metric::InferenceCalls,
            ] {
                for descending in [false, true] {
                    let usage = &usage;
                    let name = format!("accounts by {sort:?} {descending} since {first}");
                    let ids = self
                        .list(&name, |after| async move {
                            let query = AccountsQuery {
                                usage: usage.clone(),
                                text: None,
                                filter: AccountsFilter::default(),
                                sort,
                                descending,
                                after,
                                limit: 2,
                            };
                            let page = show_usage::browse_accounts(desk, query).await?;
                            let ids = page.rows.iter().map(|row| row.owner.id.to_string());
                            Ok((ids.collect(), page.next))
                        })
                        .await;
                    self.same(&name, &mut same, ids);
                }
            }
        }
    }

    async fn schema(&mut self, desk: &Desk) {
        self.page("tables", show_schema::show_tables(desk)).await;
        self.page("attachment", show_schema::show_attachment(desk))
            .await;
        self.page("rollups", show_schema::show_rollups(desk)).await;
        self.page("proposed indexes", propose_indexes(desk)).await;
    }

    async fn finding(&mut self, desk: &Desk) {
        for text in [
            "a",
            "example",
            "inv-1",
            "@x",
            "cus_123",
            "42",
            "9223372036854775807",
            "00000000-0000-4000-8000-000000000001",
            "auth0|1",
            "somebody@x.example",
            "my-project",
        ] {
            self.page(&format!("search {text}"), search_everything(desk, text))
                .await;
        }
    }

    async fn person(&mut self, desk: &Desk, id: &UserId) {
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
            show_health_checks: |row| row.key.clone(),
            show_invoices: |row| row.key.clone()
        );
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

    async fn cluster(&mut self, desk: &Desk, id: &ClusterId) {
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

    async fn exports(&mut self, desk: &Desk) {
        let usage = UsageQuery {
            period: Period::between(date!(2026 - 11 - 01), date!(2026 - 11 - 20), NOW.date())
                .expect("a period"),
            cluster: None,
            account: None,
        };
        let mut lists = vec![
            Listing::Users(users(
                UsersFilter::default(),
                UsersSort::Created,
                true,
                None,
                0,
            )),
            Listing::Teams(teams(TeamsSort::Created, true, None, 0)),
            Listing::Credits(credits(CreditsSort::Balance, true, None, 0)),
            Listing::Accounts(AccountsQuery {
                usage,
                text: None,
                filter: AccountsFilter::default(),
                sort: Metric::Cost,
                descending: true,
                after: None,
                limit: 0,
            }),
            Listing::Invoices(FiscalInvoices {
                query: invoices(InvoicesFilter::default(), InvoicesSort::Date, true, None, 0),
                zone: FiscalZone::utc(),
                assumed: None,
            }),
        ];
        if let Some(id) = self.users.first() {
            lists.push(Listing::Ledger(LedgerQuery {
                account: UserId::recorded(id),
                kinds: Vec::new(),
            }));
        }
        for listing in lists {
            for format in [Format::Csv, Format::Xlsx] {
                let (origin, progress) = (FileOrigin::default(), Progress::default());
                let sink = Sink::new(Vec::new());
                let file = export_list(desk, &listing, format, &origin, sink, &progress);
                self.page(&format!("{} as {format:?}", listing.title()), file)
                    .await;
            }
        }
    }
}

fn users(
    filter: UsersFilter,
    sort: UsersSort,
    descending: bool,
    after: Option<Cursor>,
    limit: u16,
) -> UsersQuery {
    UsersQuery {
        filter,
        sort,
        descending,
        after,
        limit,
    }
}

fn teams(sort: TeamsSort, descending: bool, after: Option<Cursor>, limit: u16) -> TeamsQuery {
    TeamsQuery {
        filter: TeamsFilter {
            text: None,
            concern: None::<TeamConcern>,
            ..TeamsFilter::default()
        },
        sort,
        descending,
        after,
        limit,
    }
}

fn credits(sort: CreditsSort, descending: bool, after: Option<Cursor>, limit: u16) -> CreditsQuery {
    CreditsQuery {
        filter: CreditsFilter::default(),
        sort,
        descending,
        after,
        limit,
    }
}

fn invoices(
    filter: InvoicesFilter,
    sort: InvoicesSort,
    descending: bool,
    after: Option<Cursor>,
    limit: u16,
) -> InvoicesQuery {
    InvoicesQuery {
        filter,
        sort,
        descending,
        after,
        limit,
    }
}
