//! What operators do to the filter of the Events list.

use crate::domain::events::{EventState, EventsFilter, System, Way};
use crate::domain::finding::operators::Term;
use crate::domain::finding::values::Value;
use crate::domain::finding::vocabulary::{List, Subject};
use crate::usecases::understand_query::{Meant, Narrowed, both, foreign, from, meanings, set, to};

impl Narrowed for EventsFilter {
    const LIST: List = List::Events;

    fn narrow(&mut self, term: &Term, meant: Meant<'_>) -> Result<(), String> {
        let Meant::Typed(value) = meant else {
            return foreign(term);
        };
        match (term.subject(), value) {
            (Subject::Status, Value::Words(words)) => both(
                "state",
                &mut self.states,
                &meanings(words, EventState::ALL, EventState::word),
            ),
            (Subject::Way, Value::Words(words)) => {
                both("way", &mut self.ways, &meanings(words, Way::ALL, Way::word))
            }
            (Subject::System, Value::Words(words)) => both(
                "system",
                &mut self.systems,
                &meanings(words, System::ALL, System::word),
            ),
            (Subject::Kind, Value::Text(kind)) => set("kind", &mut self.kind, kind.clone()),
            (Subject::About, Value::Text(subject)) => {
                set("about", &mut self.subject, subject.clone())
            }
            (Subject::Came, Value::Span(span)) => {
                from(&mut self.from, span.from);
                to(&mut self.before, span.before);
                Ok(())
            }
            (Subject::Attempts, Value::Count { least, most }) => {
                from(&mut self.attempts_least, *least);
                to(&mut self.attempts_most, *most);
                Ok(())
            }
            _ => foreign(term),
        }
    }
}
