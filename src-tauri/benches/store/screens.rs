//! The Overview, the filtered Users list and the other lists, command by command, against `select 1`.

use hopsdesk::domain::account::{Plan, TeamRole, UserStatus};
use hopsdesk::domain::balances::{CreditsFilter, CreditsQuery, CreditsSort};
use hopsdesk::domain::browse::{Concern, UsersFilter, UsersQuery, UsersSort};
use hopsdesk::domain::clusters::{ClustersFilter, ClustersQuery, ClustersSort};
use hopsdesk::domain::comparison::Period;
use hopsdesk::domain::fiscal::FiscalZone;
use hopsdesk::domain::fleet::{AccountsFilter, AccountsQuery, UsageQuery};
use hopsdesk::domain::invoices::{InvoiceState, InvoicesFilter, InvoicesQuery, InvoicesSort};
use hopsdesk::domain::period::Month;
use hopsdesk::domain::teams::{TeamsFilter, TeamsQuery, TeamsSort};
use hopsdesk::domain::usage::Metric;
use hopsdesk::usecases::browse_clusters::browse_clusters;
use hopsdesk::usecases::browse_credits::browse_credits;
use hopsdesk::usecases::browse_invoices::browse_invoices;
use hopsdesk::usecases::browse_teams::browse_teams;
use hopsdesk::usecases::browse_users::{browse_users, cluster_choices};
use hopsdesk::usecases::chart_usage::{ChartSubject, chart_usage};
use hopsdesk::usecases::show_overview::{show_attention, show_clusters, show_figures};
use hopsdesk::usecases::show_usage::{browse_accounts, chart_fleet, show_sums};

use crate::Measured;
use crate::store::lists::PAGE;
use crate::store::service::{Service, answered};
use crate::store::table::{Bar, Table};
use crate::store::timing::{Timing, timed};
use crate::store::userpage::STYLE;

pub(crate) async fn measure(service: &Service, table: &mut Table) -> Measured<()> {
    let select_one = &service.select_one().await?;
    let desk = &service.desk;
    let mut screens: Vec<(String, Timing)> = Vec::new();
    let figures = timed(service.runs, 1, async |_| {
        answered(show_figures(desk, Some(&FiscalZone::utc())), |counted| {
            counted
                .what
                .as_ref()
                .is_some_and(|(figures, _)| figures.users > 0)
        })
        .await
    });
    screens.push(("overview: figures".to_owned(), figures.await?));
    let clusters = timed(service.runs, 1, async |_| {
        answered(show_clusters(desk), |counted| !counted.what.is_empty()).await
    });
    screens.push(("overview: clusters".to_owned(), clusters.await?));
    let attention = timed(service.runs, 1, async |_| {
        answered(show_attention(desk), |counted| !counted.what.is_empty()).await
    });
    screens.push(("overview: attention".to_owned(), attention.await?));
    let usage = timed(service.runs, 1, async |_| {
        let chart = chart_usage(desk, &ChartSubject::Service, Metric::Cost, 90, STYLE);
        answered(chart, |counted| counted.what.0.total().is_some()).await
    });
    screens.push(("overview: usage of 90 days".to_owned(), usage.await?));
    let choices = timed(service.runs, 1, async |_| {
        answered(cluster_choices(desk), |clusters| !clusters.is_empty()).await
    });
    screens.push(("users: clusters to filter by".to_owned(), choices.await?));
    for (name, filter) in filters(service).await? {
        let page = timed(service.runs, 1, async |_| {
            let query = UsersQuery {
                filter: filter.clone(),
                sort: UsersSort::Created,
                descending: true,
                after: None,
                limit: PAGE,
            };
            // Nobody may pass a filter; then finding that out is what takes its time.
            answered(browse_users(desk, query), |_| true).await
        });
        screens.push((format!("users filtered by {name}"), page.await?));
    }
    others(service, &mut screens).await?;
    for (name, timing) in &screens {
        table.compared(name, timing, ("select 1", select_one), Bar::AtMostTimes(20));
    }
    Ok(())
}

/// The lists of Teams, Credits, Invoices, Clusters and Usage, as they open and by each order.
#[expect(
    clippy::too_many_lines,
    reason = "a line for each screen, one after the other"
)]
async fn others(service: &Service, screens: &mut Vec<(String, Timing)>) -> Measured<()> {
    let desk = &service.desk;
    for (name, sort) in [
        ("month's cost", TeamsSort::Cost),
        ("members", TeamsSort::Members),
        ("name", TeamsSort::Name),
        ("registered", TeamsSort::Created),
    ] {
        let page = timed(service.runs, 1, async |_| {
            let query = TeamsQuery {
                filter: TeamsFilter::default(),
                sort,
                descending: sort != TeamsSort::Name,
                after: None,
                limit: PAGE,
            };
            answered(browse_teams(desk, query), |page| !page.rows.is_empty()).await
        });
        screens.push((format!("teams by {name}"), page.await?));
    }
    for (name, sort, descending) in [
        ("run-out day", CreditsSort::RunsOut, false),
        ("balance", CreditsSort::Balance, true),
        ("name", CreditsSort::Name, false),
        ("last purchase", CreditsSort::LastPurchase, true),
    ] {
        let page = timed(service.runs, 1, async |_| {
            let query = CreditsQuery {
                filter: CreditsFilter::default(),
                sort,
                descending,
                after: None,
                limit: PAGE,
            };
            answered(browse_credits(desk, query), |page| !page.rows.is_empty()).await
        });
        screens.push((format!("credits by {name}"), page.await?));
    }
    let zone = FiscalZone::utc();
    for (name, sort, states) in [
        ("by date", InvoicesSort::Date, vec![]),
        ("by amount", InvoicesSort::Amount, vec![]),
        ("by due date", InvoicesSort::Due, vec![]),
        ("overdue", InvoicesSort::Date, vec![InvoiceState::Overdue]),
        ("paid", InvoicesSort::Date, vec![InvoiceState::Paid]),
    ] {
        let page = timed(service.runs, 1, async |_| {
            let query = InvoicesQuery {
                filter: InvoicesFilter {
                    states: states.clone(),
                    ..InvoicesFilter::default()
                },
                sort,
                descending: true,
                after: None,
                limit: PAGE,
            };
            answered(browse_invoices(desk, query, &zone), |_| true).await
        });
        screens.push((format!("invoices {name}"), page.await?));
    }
    let clusters = timed(service.runs, 1, async |_| {
        let query = ClustersQuery {
            filter: ClustersFilter::default(),
            sort: ClustersSort::Fill,
            descending: true,
            after: None,
            limit: PAGE,
        };
        answered(browse_clusters(desk, query), |(slice, _)| {
            !slice.rows.is_empty()
        })
        .await
    });
    screens.push(("clusters by fill".to_owned(), clusters.await?));
    let today = desk.now().date();
    let usage = UsageQuery {
        period: Period::between(Month::of(desk.now()).first_day(), today, today)?,
        cluster: None,
        account: None,
    };
    let sums = timed(service.runs, 1, async |_| {
        answered(show_sums(desk, &usage), |_| true).await
    });
    screens.push(("usage: sums of the month".to_owned(), sums.await?));
    let chart = timed(service.runs, 1, async |_| {
        let chart = chart_fleet(desk, &usage, Metric::Cost, true, STYLE);
        answered(chart, |(layers, _)| !layers.dates.is_empty()).await
    });
    screens.push(("usage: chart of the month".to_owned(), chart.await?));
    for (name, sort) in [("cost", Metric::Cost), ("CPU hours", Metric::CpuHours)] {
        let accounts = timed(service.runs, 1, async |_| {
            let query = AccountsQuery {
                usage: usage.clone(),
                text: None,
                filter: AccountsFilter::default(),
                sort,
                descending: true,
                after: None,
                limit: PAGE,
            };
            answered(browse_accounts(desk, query), |page| !page.rows.is_empty()).await
        });
        screens.push((
            format!("usage: accounts of the month by {name}"),
            accounts.await?,
        ));
    }
    Ok(())
}

async fn filters(service: &Service) -> Measured<Vec<(String, UsersFilter)>> {
    let open = UsersFilter::default;
    let clusters = cluster_choices(&service.desk).await?;
    let (cluster, _) = clusters.first().ok_or("the service has no cluster")?;
    let mut filters = vec![
        (
            "cluster".to_owned(),
            UsersFilter {
                clusters: vec![cluster.clone()],
                ..open()
            },
        ),
        (
            "text `mar`".to_owned(),
            UsersFilter {
                text: Some("mar".to_owned()),
                ..open()
            },
        ),
    ];
    for status in [
        UserStatus::Active,
        UserStatus::Suspended,
        UserStatus::Deleted,
    ] {
        let filter = UsersFilter {
            statuses: vec![status],
            ..open()
        };
        filters.push((format!("status {}", status.word()), filter));
    }
    for plan in [Plan::Free, Plan::Prepaid, Plan::Postpaid, Plan::Unset] {
        let filter = UsersFilter {
            plans: vec![plan],
            ..open()
        };
        filters.push((format!("plan {}", plan.word()), filter));
    }
    for (name, role) in [("owners", TeamRole::Owner), ("members", TeamRole::Member)] {
        let filter = UsersFilter {
            role: Some(role),
            ..open()
        };
        filters.push((name.to_owned(), filter));
    }
    for (name, concern) in [
        ("no seat", Concern::NoSeat),
        ("credits low", Concern::CreditsLow),
        ("invoice overdue", Concern::InvoiceOverdue),
        ("invite expired", Concern::InviteExpired),
    ] {
        let filter = UsersFilter {
            concern: Some(concern),
            ..open()
        };
        filters.push((format!("trouble: {name}"), filter));
    }
    Ok(filters)
}
