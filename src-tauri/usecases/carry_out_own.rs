//! Carry out, from an open console, the effects of its own actions: where nobody runs the headless program,
//! as in the sandbox, they would wait for ever.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::clusters::connections::Connections;
use crate::domain::clock::Clock;
use crate::domain::random::Random;
use crate::identity::management::Management;
use crate::secrets::sealing::Identities;
use crate::store::door::Store;
use crate::store::outbox;
use crate::usecases::execute_outbox::{Executor, execute_outbox};

/// How often one looks.
const EVERY: Duration = Duration::from_secs(1);

/// How often, while the database says no.
const PATIENCE: Duration = Duration::from_secs(60);

/// What somebody can do who reaches no cluster.
const AT_AUTH0: &[&str] = &["auth0"];

/// Works until it is dropped. A login that may not reach the clusters, as a member of staff may not, leaves
/// what happens there to the headless program, and carries out what happens at Auth0 where the console holds
/// what opens it. What the login may is asked again now and then.
pub async fn carry_out_own(
    store: Store,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    client_id: Option<String>,
    mut management: watch::Receiver<Option<Management>>,
    mut identities: watch::Receiver<Identities>,
) {
    let mut connections = Connections::default();
    identities.mark_changed();
    loop {
        if identities.has_changed().unwrap_or(false) {
            let ours = identities.borrow_and_update().clone();
            connections = Connections::default().opening_with(ours);
        }
        let managed = management.borrow_and_update().clone();
        // Asked first: what is claimed and cannot be done would be held up for others.
        let may = outbox::may_execute(&store, connections.public_keys())
            .await
            .unwrap_or_default();
        let systems = match (may.claims, may.reaches_clusters, &managed) {
            (true, true, _) => None,
            (true, false, Some(_)) => Some(AT_AUTH0),
            _ => {
                // Whoever gives the secret now wants to see it used.
                let given = async {
                    tokio::select! {
                        changed = management.changed() => changed.is_ok(),
                        changed = identities.changed() => {
                            identities.mark_changed();
                            changed.is_ok()
                        }
                    }
                };
                let _ = tokio::time::timeout(PATIENCE, given).await;
                continue;
            }
        };
        let executor = Executor {
            store: &store,
            connections: &connections,
            clock: clock.as_ref(),
            random: random.as_ref(),
            client_id: client_id.as_deref(),
            management: managed.as_ref(),
            own_only: true,
            systems,
        };
        while let Ok(round) = execute_outbox(&executor).await {
            // What may be done is asked again before the next look: meanwhile somebody may have sealed what opens a cluster.
            if round.done + round.dead == 0 || management.has_changed().unwrap_or(true) {
                break;
            }
        }
        tokio::time::sleep(EVERY).await;
    }
}
