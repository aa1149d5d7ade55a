//! What operators do to the filter of the Users list.

use crate::domain::account::{Plan, TeamRole, UserStatus};
use crate::domain::browse::{Concern, UsersFilter};
use crate::domain::finding::operators::Term;
use crate::domain::finding::values::Value;
use crate::domain::finding::vocabulary::{List, Subject};
use crate::usecases::understand_query::{Meant, Narrowed, both, foreign, from, meanings, set, to};

pub(super) const STATUSES: [UserStatus; 4] = [
    UserStatus::Active,
    UserStatus::Suspended,
    UserStatus::Deleted,
    UserStatus::Other,
];
pub(super) const PLANS: [Plan; 5] = [
    Plan::Prepaid,
    Plan::Postpaid,
    Plan::Free,
    Plan::Unset,
    Plan::Other,
];

fn role_word(role: TeamRole) -> &'static str {
    match role {
        TeamRole::Owner => "owner",
        TeamRole::Member => "member",
    }
}

impl Narrowed for UsersFilter {
    const LIST: List = List::Users;

    fn narrow(&mut self, term: &Term, meant: Meant<'_>) -> Result<(), String> {
        match (term.subject(), meant) {
            (Subject::Status, Meant::Typed(Value::Words(words))) => {
                let wanted = meanings(words, &STATUSES, UserStatus::word);
                both("status", &mut self.statuses, &wanted)
            }
            (Subject::Plan, Meant::Typed(Value::Words(words))) => both(
                "plan",
                &mut self.plans,
                &meanings(words, &PLANS, Plan::word),
            ),
            (Subject::Role, Meant::Typed(Value::Words(words))) => {
                let roles = meanings(words, &[TeamRole::Owner, TeamRole::Member], role_word);
                roles
                    .into_iter()
                    .try_for_each(|role| set("role", &mut self.role, role))
            }
            (Subject::Trouble, Meant::Typed(Value::Words(words))) => {
                meanings(words, &Concern::ALL, Concern::word)
                    .into_iter()
                    .try_for_each(|concern| set("trouble", &mut self.concern, concern))
            }
            (Subject::Cluster, Meant::Clusters(ids)) => both("cluster", &mut self.clusters, &ids),
            (Subject::Team, Meant::Account(owner)) => set("team", &mut self.team, owner),
            (Subject::Cost, Meant::Typed(Value::Amount { over, under })) => {
                from(&mut self.cost_over, *over);
                to(&mut self.cost_under, *under);
                Ok(())
            }
            (Subject::LastLogin, Meant::Typed(Value::Span(span))) => {
                from(&mut self.seen_after, span.from);
                to(&mut self.seen_before, span.before);
                Ok(())
            }
            (Subject::LastLogin, Meant::Typed(Value::Never)) => {
                self.never_seen = true;
                Ok(())
            }
            (Subject::Registered, Meant::Typed(Value::Span(span))) => {
                from(&mut self.registered_after, span.from);
                to(&mut self.registered_before, span.before);
                Ok(())
            }
            _ => foreign(term),
        }
    }
}
