//! What operators do to the filter of the Teams list.

use crate::domain::account::{Plan, UserStatus};
use crate::domain::finding::operators::Term;
use crate::domain::finding::values::Value;
use crate::domain::finding::vocabulary::{List, Subject};
use crate::domain::teams::{TeamConcern, TeamsFilter};
use crate::usecases::understand_query::users::{PLANS, STATUSES};
use crate::usecases::understand_query::{Meant, Narrowed, both, foreign, from, meanings, set, to};

impl Narrowed for TeamsFilter {
    const LIST: List = List::Teams;

    fn narrow(&mut self, term: &Term, meant: Meant<'_>) -> Result<(), String> {
        let Meant::Typed(value) = meant else {
            return foreign(term);
        };
        match (term.subject(), value) {
            (Subject::Status, Value::Words(words)) => both(
                "status",
                &mut self.statuses,
                &meanings(words, &STATUSES, UserStatus::word),
            ),
            (Subject::Plan, Value::Words(words)) => both(
                "plan",
                &mut self.plans,
                &meanings(words, &PLANS, Plan::word),
            ),
            (Subject::Trouble, Value::Words(words)) => {
                meanings(words, &TeamConcern::ALL, TeamConcern::word)
                    .into_iter()
                    .try_for_each(|concern| set("trouble", &mut self.concern, concern))
            }
            (Subject::Members, Value::Count { least, most }) => {
                from(&mut self.members_least, *least);
                to(&mut self.members_most, *most);
                Ok(())
            }
            (Subject::Cost, Value::Amount { over, under }) => {
                from(&mut self.cost_over, *over);
                to(&mut self.cost_under, *under);
                Ok(())
            }
            (Subject::Registered, Value::Span(span)) => {
                from(&mut self.registered_after, span.from);
                to(&mut self.registered_before, span.before);
                Ok(())
            }
            _ => foreign(term),
        }
    }
}
