//! What operators do to the filter of the accounts on the Usage screen.

use crate::domain::account::{Plan, UserStatus};
use crate::domain::finding::operators::Term;
use crate::domain::finding::values::Value;
use crate::domain::finding::vocabulary::{List, Subject};
use crate::domain::fleet::AccountsFilter;
use crate::usecases::understand_query::users::{PLANS, STATUSES};
use crate::usecases::understand_query::{Meant, Narrowed, both, foreign, from, meanings, to};

impl Narrowed for AccountsFilter {
    const LIST: List = List::Accounts;

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
            (Subject::Cost, Value::Amount { over, under }) => {
                from(&mut self.cost_over, *over);
                to(&mut self.cost_under, *under);
                Ok(())
            }
            (Subject::Cpu, Value::Amount { over, under }) => {
                from(&mut self.cpu_over, *over);
                to(&mut self.cpu_under, *under);
                Ok(())
            }
            (Subject::Gpu, Value::Amount { over, under }) => {
                from(&mut self.gpu_over, *over);
                to(&mut self.gpu_under, *under);
                Ok(())
            }
            _ => foreign(term),
        }
    }
}
