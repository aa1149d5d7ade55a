//! What operators do to the filter of the Invoices list.

use crate::domain::finding::operators::Term;
use crate::domain::finding::values::Value;
use crate::domain::finding::vocabulary::{List, Subject};
use crate::domain::invoices::{InvoiceStanding, InvoiceState, InvoicesFilter, Origin};
use crate::usecases::understand_query::{
    Meant, Narrowed, both, contradiction, foreign, from, meanings, set, to,
};

impl Narrowed for InvoicesFilter {
    const LIST: List = List::Invoices;

    fn narrow(&mut self, term: &Term, meant: Meant<'_>) -> Result<(), String> {
        match (term.subject(), meant) {
            (Subject::Status, Meant::Typed(Value::Words(words))) => {
                let states = meanings(words, &InvoiceState::ALL, InvoiceState::word);
                let wanted = if term.negated {
                    all_but(&states)
                } else {
                    standings(&states)
                };
                stands(self, &wanted)
            }
            (Subject::Overdue, Meant::Typed(Value::Span(span))) => {
                from(&mut self.due_from, span.from);
                to(&mut self.due_before, span.before);
                // An open one stands as failed, however late it is, once a charge of it failed.
                stands(self, &[InvoiceStanding::Overdue, InvoiceStanding::Failed])
            }
            (Subject::Kind, Meant::Typed(Value::Words(words))) => both(
                "type",
                &mut self.origins,
                &meanings(words, &Origin::ALL, Origin::word),
            ),
            (Subject::Month, Meant::Typed(Value::Month(month))) => {
                set("month", &mut self.month, *month)
            }
            (Subject::Account, Meant::Account(owner)) => set("account", &mut self.account, owner),
            (Subject::Number, Meant::Typed(Value::Text(number))) => {
                set("number", &mut self.number, number.clone())
            }
            (Subject::Amount, Meant::Typed(Value::Amount { over, under })) => {
                from(&mut self.amount_over, *over);
                to(&mut self.amount_under, *under);
                Ok(())
            }
            (Subject::Due, Meant::Typed(Value::Span(span))) => {
                from(&mut self.due_from, span.from);
                to(&mut self.due_before, span.before);
                Ok(())
            }
            (Subject::Made, Meant::Typed(Value::Span(span))) => {
                from(&mut self.made_from, span.from);
                to(&mut self.made_before, span.before);
                Ok(())
            }
            _ => foreign(term),
        }
    }
}

/// Narrows to these standings; nothing may be left of what is chosen beside them.
fn stands(filter: &mut InvoicesFilter, wanted: &[InvoiceStanding]) -> Result<(), String> {
    both("status", &mut filter.standings, wanted)?;
    match filter.passing() {
        Some(passing) if passing.is_empty() => Err(contradiction("status")),
        _ => Ok(()),
    }
}

fn standings(states: &[InvoiceState]) -> Vec<InvoiceStanding> {
    let any = |standing: &InvoiceStanding| {
        states
            .iter()
            .any(|state| state.standings().contains(standing))
    };
    InvoiceStanding::ALL.into_iter().filter(any).collect()
}

/// All but the states that were turned round, of which `left` are the others. Open is all that is unpaid, so
/// what is left is told by standings: without the overdue, what is open and has time stays.
fn all_but(left: &[InvoiceState]) -> Vec<InvoiceStanding> {
    let named = InvoiceState::ALL
        .into_iter()
        .filter(|state| !left.contains(state));
    let out = standings(&named.collect::<Vec<_>>());
    InvoiceStanding::ALL
        .into_iter()
        .filter(|standing| !out.contains(standing))
        .collect()
}
