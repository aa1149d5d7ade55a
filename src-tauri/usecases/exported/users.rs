//! The Users list as a file.

use futures_util::StreamExt as _;
use time::OffsetDateTime;

use crate::domain::account::TeamRole;
use crate::domain::browse::{Concern, UsersQuery, UsersSort};
use crate::domain::directory::UserRow;
use crate::domain::money::Currency;
use crate::domain::period::Month;
use crate::reports::column::{Cell, Column, Kind};
use crate::store::door::Reading;
use crate::store::failure::StoreError;
use crate::store::people;
use crate::store::totals::TotalsRecord;
use crate::usecases::desk::Desk;
use crate::usecases::exported::words::{
    amount_words, any_cluster_words, plan_cell, plan_words, span_words, status_cell, status_words,
    text_words,
};
use crate::usecases::exported::{Exported, Rows};

impl Exported for UsersQuery {
    type Row = UserRow;

    fn title(&self) -> String {
        "Users".to_owned()
    }

    fn columns(&self, now: OffsetDateTime) -> Vec<Column> {
        let cost = format!("Cost {}", Month::of(now));
        vec![
            Column::new("User id", Kind::Id),
            Column::new("Name", Kind::Text),
            Column::new("E-mail", Kind::Text),
            Column::new("Status", Kind::Text),
            Column::new("Standing", Kind::Text),
            Column::new("Plan", Kind::Text),
            Column::new("Role", Kind::Text),
            Column::new("Team", Kind::Text),
            Column::new("Team owner id", Kind::Id),
            Column::new("Cluster", Kind::Text),
            Column::new("Cluster id", Kind::Id),
            Column::new(cost, Kind::Money(Some(Currency::USD))),
            Column::new("Registered", Kind::Time),
            Column::new("Last login", Kind::Time),
        ]
    }

    async fn filter(
        &self,
        reading: &mut Reading,
        _: OffsetDateTime,
    ) -> Result<Vec<String>, StoreError> {
        let filter = &self.filter;
        let mut words = Vec::new();
        words.extend(text_words("Name, e-mail or id", filter.text.as_deref()));
        words.extend(status_words(&filter.statuses));
        words.extend(plan_words(&filter.plans));
        if let Some(role) = filter.role {
            words.push(format!("Role: {}", role_word(role)));
        }
        if !filter.clusters.is_empty() {
            let clusters = people::clusters(reading).await?;
            words.push(any_cluster_words(clusters, &filter.clusters));
        }
        if let Some(concern) = filter.concern {
            words.push(concern_words(concern).to_owned());
        }
        let costs = (filter.cost_over, filter.cost_under);
        words.extend(amount_words("Cost of the month", costs, " USD"));
        words.extend(span_words(
            "Last login",
            filter.seen_after,
            filter.seen_before,
        ));
        let registered = (filter.registered_after, filter.registered_before);
        words.extend(span_words("Registered", registered.0, registered.1));
        if let Some(owner) = &filter.team {
            words.push(format!("Team of {owner}"));
        }
        if filter.never_seen {
            words.push("Never logged in".to_owned());
        }
        Ok(words)
    }

    fn order(&self) -> String {
        let words = match (self.sort, self.descending) {
            (UsersSort::Created, true) => "newest registration first",
            (UsersSort::Created, false) => "oldest registration first",
            (UsersSort::Name, true) => "by name, Z to A",
            (UsersSort::Name, false) => "by name, A to Z",
            (UsersSort::Email, true) => "by e-mail, Z to A",
            (UsersSort::Email, false) => "by e-mail, A to Z",
            (UsersSort::MonthCost, true) => "highest cost of the month first",
            (UsersSort::MonthCost, false) => "lowest cost of the month first",
            (UsersSort::LastLogin, true) => "latest login first",
            (UsersSort::LastLogin, false) => "earliest login first",
        };
        words.to_owned()
    }

    fn origins(&self) -> &'static [(&'static str, &'static str, &'static str)] {
        &[
            ("Status", "users", "status"),
            ("Plan", "users", "billing_mode"),
            ("Team", "users", "account_owner_id"),
            ("Cluster", "cluster_assignments", "cluster_id"),
            ("Cost", "usage_daily", "total_cost"),
            ("Registered", "users", "created_at"),
            ("Last login", "users", "last_login_at"),
        ]
    }

    async fn rows<'r>(
        &self,
        reading: &'r mut Reading,
        now: OffsetDateTime,
    ) -> Result<Rows<'r, UserRow>, StoreError> {
        Ok(people::listed(reading, self, now).boxed())
    }

    async fn totals(
        &self,
        reading: &mut Reading,
        now: OffsetDateTime,
    ) -> Result<Vec<TotalsRecord>, StoreError> {
        people::listed_totals(reading, self, now).await
    }

    fn cells(&self, desk: &Desk, mut row: UserRow, now: OffsetDateTime) -> Vec<Cell> {
        desk.forget_unrecorded(&mut row.facts);
        let standing = row.facts.standing(now.date());
        let status = status_cell(&row.person);
        let (team, owner) = row
            .team
            .map(|team| (team.title().to_owned(), team.owner.id.to_string()))
            .unzip();
        let (cluster_id, cluster) = row.cluster.map(|(id, name)| (id.to_string(), name)).unzip();
        vec![
            Cell::Text(row.person.id.to_string()),
            Cell::text(row.person.name),
            Cell::Text(row.person.email),
            status,
            Cell::Text(standing.short().into_owned()),
            plan_cell(row.plan, row.plan_word),
            Cell::Text(role_word(row.role).to_owned()),
            Cell::text(team),
            Cell::text(owner),
            Cell::text(cluster),
            Cell::text(cluster_id),
            Cell::usd(row.month_cost),
            Cell::time(row.created_at),
            Cell::time(row.last_login_at),
        ]
    }
}

fn role_word(role: TeamRole) -> &'static str {
    match role {
        TeamRole::Owner => "owner",
        TeamRole::Member => "member",
    }
}

fn concern_words(concern: Concern) -> &'static str {
    match concern {
        Concern::NoSeat => "Active, but without a seat on any cluster",
        Concern::CreditsLow => "Prepaid, and out of credits within 7 days at the present pace",
        Concern::InvoiceOverdue => "An invoice past its due date, or whose payment failed",
        Concern::InviteExpired => "Owner of a team with an invite that expired without an answer",
    }
}
