//! What operators do to the filter of the Credits list.

use time::{Date, OffsetDateTime, Time};

use crate::domain::account::{Plan, UserStatus};
use crate::domain::balances::CreditsFilter;
use crate::domain::finding::operators::Term;
use crate::domain::finding::values::Value;
use crate::domain::finding::vocabulary::{List, Subject};
use crate::usecases::understand_query::users::{PLANS, STATUSES};
use crate::usecases::understand_query::{
    Meant, Narrowed, both, contradiction, foreign, from, meanings, to,
};

impl Narrowed for CreditsFilter {
    const LIST: List = List::Credits;

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
            (Subject::Plan, Value::Words(words)) => {
                let wanted = meanings(words, &PLANS, Plan::word);
                if self.prepaid && !wanted.contains(&Plan::Prepaid) {
                    return Err(contradiction("plan"));
                }
                both("plan", &mut self.plans, &wanted)
            }
            (Subject::Credits, Value::Words(words)) => {
                self.low |= words.contains(&"low");
                self.out |= words.contains(&"out");
                self.negative |= words.contains(&"negative");
                Ok(())
            }
            (Subject::Balance, Value::Amount { over, under }) => {
                from(&mut self.balance_over, *over);
                to(&mut self.balance_under, *under);
                Ok(())
            }
            (Subject::Paid, Value::Amount { over, under }) => {
                from(&mut self.paid_over, *over);
                to(&mut self.paid_under, *under);
                Ok(())
            }
            (Subject::Free, Value::Amount { over, under }) => {
                from(&mut self.free_over, *over);
                to(&mut self.free_under, *under);
                Ok(())
            }
            (Subject::RunsOut, Value::Span(span)) => {
                from(&mut self.runs_out_from, span.from.map(first_day_from));
                to(&mut self.runs_out_before, span.before.map(first_day_from));
                Ok(())
            }
            (Subject::RunsOut, Value::Never) => {
                self.never_runs_out = true;
                Ok(())
            }
            (Subject::Bought, Value::Span(span)) => {
                from(&mut self.bought_after, span.from);
                to(&mut self.bought_before, span.before);
                Ok(())
            }
            (Subject::Bought, Value::Never) => {
                self.never_bought = true;
                Ok(())
            }
            _ => foreign(term),
        }
    }
}

/// The first day that begins at this moment or later: days are compared by when they begin.
fn first_day_from(at: OffsetDateTime) -> Date {
    if at.time() == Time::MIDNIGHT {
        at.date()
    } else {
        at.date().next_day().unwrap_or(Date::MAX)
    }
}
