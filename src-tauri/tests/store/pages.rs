//! Every page of the product on one database, through the use cases: what a person could look at.

mod details;
mod lists;

use std::fmt::Debug;
use std::future::Future;
use std::io::Cursor as Sink;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;
use hopsdesk::charts::palette::Theme;
use hopsdesk::charts::usage::ChartStyle;
use hopsdesk::domain::balances::{CreditsFilter, CreditsQuery, CreditsSort};
use hopsdesk::domain::browse::{Cursor, UsersFilter, UsersQuery, UsersSort};
use hopsdesk::domain::clock::FixedClock;
use hopsdesk::domain::comparison::Period;
use hopsdesk::domain::fiscal::FiscalZone;
use hopsdesk::domain::fleet::{AccountsFilter, AccountsQuery, UsageQuery};
use hopsdesk::domain::ids::{ClusterId, UserId};
use hopsdesk::domain::invoices::{InvoicesFilter, InvoicesQuery, InvoicesSort, Origin};
use hopsdesk::domain::teams::{TeamConcern, TeamsFilter, TeamsQuery, TeamsSort};
use hopsdesk::domain::usage::Metric;
use hopsdesk::reports::Format;
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
use hopsdesk::usecases::{show_invoice, show_overview, show_schema, show_usage};
use hopsdesk::wire::cursor;
use time::OffsetDateTime;
use time::macros::{date, datetime};

use super::rollups::At;
use crate::support::database::TestDatabase;

pub(super) const NOW: OffsetDateTime = datetime!(2026-11-20 12:00 UTC);

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
                show_invoice::show_invoice(&desk, origin, id, &FiscalZone::utc()),
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

    async fn overview(&mut self, desk: &Desk) {
        let utc = FiscalZone::utc();
        self.page("figures", show_overview::show_figures(desk, Some(&utc)))
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
