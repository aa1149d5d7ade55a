//! An open workspace: what every use case of the console works with.

use std::sync::Arc;

use time::OffsetDateTime;

use crate::domain::clock::Clock;
use crate::domain::clusters::{SeatFinding, Seats};
use crate::domain::lacks::Lacks;
use crate::domain::standing::{SeatFacts, StandingFacts};
use crate::store::door::Store;

/// The database, the time, and what this database does not have. Cheap to clone.
#[derive(Clone)]
pub struct Desk {
    /// The door.
    pub store: Store,
    /// What the canonical views could not map when it was looked at last.
    pub lacks: Arc<Lacks>,
    clock: Arc<dyn Clock>,
}

impl Desk {
    /// Puts a desk together.
    #[must_use]
    pub fn new(store: Store, lacks: Lacks, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            lacks: Arc::new(lacks),
            clock,
        }
    }

    /// Drops from the facts what this database does not record: what is not known is no reason why
    /// somebody cannot work.
    pub(in crate::usecases) fn forget_unrecorded(&self, facts: &mut StandingFacts) {
        if self
            .lacks
            .column("cluster_assignments", "cluster_id")
            .is_some()
        {
            facts.seat = None;
        }
        if self.lacks.column("users", "billing_mode").is_some() {
            facts.plan = None;
        }
        if let Some(SeatFacts::On {
            has_hopsworks_user, ..
        }) = &mut facts.seat
            && self
                .lacks
                .column("cluster_assignments", "hopsworks_username")
                .is_some()
            && self.lacks.column("users", "hopsworks_username").is_some()
        {
            *has_hopsworks_user = true;
        }
    }

    /// Drops the counts of seats that this database has nothing to count from.
    pub(in crate::usecases) fn forget_seats(&self, seats: &mut Seats) {
        if self
            .lacks
            .column("cluster_assignments", "cluster_id")
            .is_some()
        {
            seats.assigned = None;
        }
    }

    /// Whether this database records what the finding is made from.
    pub(in crate::usecases) fn can_tell(&self, finding: SeatFinding) -> bool {
        let (view, column) = match finding {
            SeatFinding::TwoClusters => ("cluster_assignments", "cluster_id"),
            SeatFinding::Nobody => ("users", "id"),
            SeatFinding::NoHopsworksUser => ("cluster_assignments", "hopsworks_username"),
            SeatFinding::Idle => ("usage_daily", "user_id"),
        };
        self.lacks.column(view, column).is_none()
    }

    /// The present moment in UTC.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }
}
