//! The user page: each panel, and all that is asked when it opens, against `select 1`.

use hopsdesk::charts::palette::Theme;
use hopsdesk::charts::usage::ChartStyle;
use hopsdesk::domain::ids::UserId;
use hopsdesk::domain::usage::Metric;
use hopsdesk::store::door::Statement;
use hopsdesk::usecases::chart_usage::{ChartSubject, chart_usage};
use hopsdesk::usecases::show_user::{show_profile, show_team};

use crate::Measured;
use crate::store::service::{Service, answered};
use crate::store::table::{Bar, Table};
use crate::store::timing::timed;

/// Anybody: owners and members, busy and idle.
const ANYBODY: Statement = Statement {
    name: "anybody",
    sql: "select u.id from console.users u order by pg_catalog.md5(u.id) limit 60",
};

/// Owners of the largest teams.
const LARGEST: Statement = Statement {
    name: "largest teams",
    sql: "select u.account_owner_id from console.users u where u.account_owner_id is not null \
          group by u.account_owner_id order by count(*) desc, u.account_owner_id limit 12",
};

/// The chart as the page shows it.
pub(crate) const STYLE: ChartStyle = ChartStyle {
    theme: Theme::Light,
    width: 760,
    height: 220,
};

pub(crate) async fn measure(service: &Service, table: &mut Table) -> Measured<()> {
    let select_one = &service.select_one().await?;
    for (whose, people) in [("anybody", ANYBODY), ("owner of a large team", LARGEST)] {
        let people = ids(service, people).await?;
        let desk = &service.desk;
        let mut panels = Vec::new();
        let count = people.len();
        let runs = service.runs.at_least(count);

        let profile = timed(runs, count, async |run| {
            answered(show_profile(desk, &people[run % count]), |_| true).await
        });
        panels.push(("profile", profile.await?));
        let team = timed(runs, count, async |run| {
            answered(show_team(desk, &people[run % count]), |_| true).await
        });
        panels.push(("team", team.await?));
        for (name, days, team) in [
            ("usage of 90 days", 90, false),
            ("usage of 365 days", 365, false),
            ("usage of 90 days, whole team", 90, true),
        ] {
            let usage = timed(runs, count, async |run| {
                let id = people[run % count].clone();
                let subject = if team {
                    ChartSubject::Team(id)
                } else {
                    ChartSubject::Person(id)
                };
                answered(
                    chart_usage(desk, &subject, Metric::Cost, days, STYLE),
                    |counted| counted.what.0.days.len() == usize::from(days),
                )
                .await
            });
            panels.push((name, usage.await?));
        }
        let page = timed(runs, count, async |run| {
            let id = &people[run % count];
            let subject = ChartSubject::Person(id.clone());
            let opening = Box::pin(async {
                tokio::try_join!(
                    show_profile(desk, id),
                    chart_usage(desk, &subject, Metric::Cost, 90, STYLE),
                )
            });
            answered(opening, |_| true).await
        });
        panels.push((
            "what it opens with: profile, credits and usage",
            page.await?,
        ));
        for (name, timing) in &panels {
            table.compared(
                &format!("user page, {whose}: {name}"),
                timing,
                ("select 1", select_one),
                Bar::AtMostTimes(20),
            );
        }
    }
    Ok(())
}

async fn ids(service: &Service, statement: Statement) -> Measured<Vec<UserId>> {
    let mut reading = service.read().await?;
    let rows: Vec<(String,)> = reading.all(statement.rows()).await?;
    reading.end().await?;
    if rows.is_empty() {
        return Err("the service is too small to have teams".into());
    }
    Ok(rows
        .iter()
        .map(|(id,)| UserId::parse(id))
        .collect::<Result<_, _>>()?)
}
