//! The lists on the page of one user or team, as files.

mod money;
mod people;
mod work;

use futures_util::{StreamExt as _, TryStreamExt as _};
use time::OffsetDateTime;

use crate::domain::changes::ChangeTopic;
use crate::domain::ids::UserId;
use crate::reports::column::{Cell, Column};
use crate::store::door::Reading;
use crate::store::failure::StoreError;
use crate::store::teams::listed as teams;
use crate::store::totals::TotalsRecord;
use crate::store::work::listed as store_work;
use crate::store::{changes, user_invoices, user_page};
use crate::usecases::browse_invoices::assumed_currency;
use crate::usecases::desk::Desk;
use crate::usecases::exported::invoices::in_assumed;
use crate::usecases::exported::{Exported, Rows};

/// One of the lists of one page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserListQuery {
    /// Whose page: a user's, or for a team's its owner's.
    pub user: UserId,
    /// Which list.
    pub list: UserList,
    /// What amounts are in where the database records no currency at all.
    pub assumed: Option<&'static str>,
}

/// Which list of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserList {
    /// Invoices and charges of the account that pays.
    Invoices,
    /// What happened; of one topic, or everything.
    Changes(Option<ChangeTopic>),
    /// Everybody in the team.
    Members,
    /// The team's invites, also those that were taken up.
    Invites,
    /// Projects owned or shared.
    Projects,
    /// What the checks found.
    HealthChecks,
    /// Feature groups.
    FeatureGroups,
    /// Deployed models.
    Deployments,
    /// Prices promised to the account that pays.
    Prices,
    /// Everybody whose usage the owner of a team pays for.
    TeamPeople,
    /// Invites of a team that nobody took up.
    OpenInvites,
}

impl UserList {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Invoices,
        Self::Changes(None),
        Self::Members,
        Self::Invites,
        Self::Projects,
        Self::HealthChecks,
        Self::FeatureGroups,
        Self::Deployments,
        Self::Prices,
        Self::TeamPeople,
        Self::OpenInvites,
    ];
}

impl UserListQuery {
    /// The list as this desk shows it.
    #[must_use]
    pub fn new(desk: &Desk, user: UserId, list: UserList) -> Self {
        let assumed = assumed_currency(desk);
        Self {
            user,
            list,
            assumed,
        }
    }
}

impl Exported for UserListQuery {
    /// Cells at once: the lists have little in common but how they are read.
    type Row = Vec<Cell>;

    fn title(&self) -> String {
        match self.list {
            UserList::Invoices => "Invoices of a user",
            UserList::Changes(_) => "Changes of a user",
            UserList::Members => "Members of a team",
            UserList::Invites => "Invites of a team",
            UserList::Projects => "Projects of a user",
            UserList::HealthChecks => "Health checks of a user",
            UserList::FeatureGroups => "Feature groups of a user",
            UserList::Deployments => "Deployments of a user",
            UserList::Prices => "Prices of an account",
            UserList::TeamPeople => "People of a team",
            UserList::OpenInvites => "Open invites of a team",
        }
        .to_owned()
    }

    fn columns(&self, now: OffsetDateTime) -> Vec<Column> {
        match self.list {
            UserList::Invoices => money::invoice_columns(),
            UserList::Changes(_) => money::change_columns(),
            UserList::Prices => money::price_columns(),
            UserList::Members => people::member_columns(now),
            UserList::TeamPeople => people::team_columns(now),
            UserList::Invites | UserList::OpenInvites => people::invite_columns(),
            UserList::Projects => work::project_columns(),
            UserList::HealthChecks => work::check_columns(),
            UserList::FeatureGroups => work::group_columns(),
            UserList::Deployments => work::deployment_columns(),
        }
    }

    async fn filter(&self, _: &mut Reading, _: OffsetDateTime) -> Result<Vec<String>, StoreError> {
        let whose = match self.list {
            UserList::TeamPeople | UserList::OpenInvites => "Team of",
            UserList::Members | UserList::Invites => "The team of user",
            UserList::Invoices | UserList::Prices => "The account that pays for user",
            _ => "User",
        };
        let mut words = vec![format!("{whose}: {}", self.user)];
        if let UserList::Changes(Some(topic)) = self.list {
            words.push(format!("What: {}", topic_words(topic)));
        }
        Ok(words)
    }

    fn order(&self) -> String {
        match self.list {
            UserList::Invoices
            | UserList::Changes(_)
            | UserList::Invites
            | UserList::FeatureGroups
            | UserList::Deployments => "newest first",
            UserList::Members => "the owner first, then members by name",
            UserList::Projects => "seen last first",
            UserList::HealthChecks => "open findings first, then the newest",
            UserList::Prices => "those in force first, then by their beginning",
            UserList::TeamPeople => "the owner first, then the dearest",
            UserList::OpenInvites => "those that are still good first, then the newest",
        }
        .to_owned()
    }

    fn origins(&self) -> &'static [(&'static str, &'static str, &'static str)] {
        match self.list {
            UserList::Invoices => money::INVOICE_ORIGINS,
            UserList::Changes(_) | UserList::Prices => &[],
            UserList::Members => people::MEMBER_ORIGINS,
            UserList::TeamPeople => people::TEAM_ORIGINS,
            UserList::Invites | UserList::OpenInvites => people::INVITE_ORIGINS,
            UserList::Projects => work::PROJECT_ORIGINS,
            UserList::HealthChecks => work::CHECK_ORIGINS,
            UserList::FeatureGroups => work::GROUP_ORIGINS,
            UserList::Deployments => work::DEPLOYMENT_ORIGINS,
        }
    }

    async fn rows<'r>(
        &self,
        reading: &'r mut Reading,
        now: OffsetDateTime,
    ) -> Result<Rows<'r, Vec<Cell>>, StoreError> {
        let (id, assumed) = (&self.user, self.assumed);
        Ok(match self.list {
            UserList::Invoices => user_invoices::listed(reading, id, now)
                .map_ok(move |row| money::invoice_cells(row, assumed))
                .boxed(),
            UserList::Changes(topic) => changes::listed(reading, id, topic, now)
                .map_ok(money::change_cells)
                .boxed(),
            UserList::Prices => store_work::prices(reading, id, now)
                .map_ok(move |row| money::price_cells(row, now))
                .boxed(),
            UserList::Members => user_page::listed_members(reading, id, now)
                .map_ok(people::member_cells)
                .boxed(),
            UserList::Invites => user_page::listed_invites(reading, id)
                .map_ok(move |row| people::invite_cells(row, now))
                .boxed(),
            UserList::TeamPeople => teams::people(reading, id, now)
                .map_ok(people::team_cells)
                .boxed(),
            UserList::OpenInvites => teams::open_invites(reading, id, now)
                .map_ok(move |row| people::invite_cells(row, now))
                .boxed(),
            UserList::Projects => store_work::projects(reading, id)
                .map_ok(work::project_cells)
                .boxed(),
            UserList::HealthChecks => store_work::health_checks(reading, id)
                .map_ok(work::check_cells)
                .boxed(),
            UserList::FeatureGroups => store_work::feature_groups(reading, id)
                .map_ok(work::group_cells)
                .boxed(),
            UserList::Deployments => store_work::deployments(reading, id)
                .map_ok(work::deployment_cells)
                .boxed(),
        })
    }

    async fn totals(
        &self,
        reading: &mut Reading,
        now: OffsetDateTime,
    ) -> Result<Vec<TotalsRecord>, StoreError> {
        let id = &self.user;
        match self.list {
            UserList::Invoices => {
                let totals = user_invoices::listed_totals(reading, id, now).await?;
                Ok(in_assumed(totals, self.assumed))
            }
            UserList::Changes(topic) => changes::listed_totals(reading, id, topic, now).await,
            UserList::Prices => store_work::prices_totals(reading, id, now).await,
            UserList::Members => user_page::listed_members_totals(reading, id, now).await,
            UserList::Invites => user_page::listed_invites_totals(reading, id).await,
            UserList::TeamPeople => teams::people_totals(reading, id, now).await,
            UserList::OpenInvites => teams::open_invites_totals(reading, id, now).await,
            UserList::Projects => store_work::projects_totals(reading, id).await,
            UserList::HealthChecks => store_work::health_checks_totals(reading, id).await,
            UserList::FeatureGroups => store_work::feature_groups_totals(reading, id).await,
            UserList::Deployments => store_work::deployments_totals(reading, id).await,
        }
    }

    fn cells(&self, _: &Desk, row: Vec<Cell>, _: OffsetDateTime) -> Vec<Cell> {
        row
    }
}

/// As the screen's choice calls it.
fn topic_words(topic: ChangeTopic) -> &'static str {
    match topic {
        ChangeTopic::Account => "registration and logins",
        ChangeTopic::Team => "team and invites",
        ChangeTopic::Work => "seats and projects",
        ChangeTopic::Credits => "credits and prices",
        ChangeTopic::Invoices => "invoices",
        ChangeTopic::Failures => "failures",
        ChangeTopic::Staff => "staff actions",
        ChangeTopic::Notes => "notes",
    }
}
