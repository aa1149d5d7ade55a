//! What operators do to the filter of the Clusters list.

use crate::domain::clusters::{ClusterStatus, ClustersFilter};
use crate::domain::finding::operators::Term;
use crate::domain::finding::values::Value;
use crate::domain::finding::vocabulary::{List, Subject};
use crate::usecases::understand_query::{Meant, Narrowed, both, foreign, from, meanings, set, to};

impl Narrowed for ClustersFilter {
    const LIST: List = List::Clusters;

    fn narrow(&mut self, term: &Term, meant: Meant<'_>) -> Result<(), String> {
        let Meant::Typed(value) = meant else {
            return foreign(term);
        };
        match (term.subject(), value) {
            (Subject::Status, Value::Words(words)) => both(
                "status",
                &mut self.statuses,
                &meanings(words, &ClusterStatus::ALL, ClusterStatus::word),
            ),
            (Subject::Region, Value::Text(region)) => {
                set("region", &mut self.region, region.clone())
            }
            (Subject::Seats, Value::Words(words)) => {
                set("seats", &mut self.has_room, words.contains(&"free"))
            }
            (Subject::Drift, Value::Words(words)) => {
                set("drift", &mut self.drifted, words.contains(&"yes"))
            }
            (Subject::Assigned, Value::Count { least, most }) => {
                from(&mut self.assigned_least, *least);
                to(&mut self.assigned_most, *most);
                Ok(())
            }
            (Subject::Fill, Value::Count { least, most }) => {
                from(&mut self.fill_least, *least);
                to(&mut self.fill_most, *most);
                Ok(())
            }
            (Subject::Cost, Value::Amount { over, under }) => {
                from(&mut self.cost_over, *over);
                to(&mut self.cost_under, *under);
                Ok(())
            }
            _ => foreign(term),
        }
    }
}
