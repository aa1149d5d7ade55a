//! Carry out, from an open console, the effects of its own actions: where nobody runs the headless program,
//! as in the sandbox, they would wait for ever.

use std::sync::Arc;
use std::time::Duration;

use crate::clusters::connections::Connections;
use crate::domain::clock::Clock;
use crate::domain::random::Random;
use crate::store::door::Store;
use crate::store::outbox;
use crate::usecases::execute_outbox::{Executor, execute_outbox};

/// How often one looks.
const EVERY: Duration = Duration::from_secs(1);

/// How often, while the database says no.
const PATIENCE: Duration = Duration::from_secs(60);

/// Works until it is dropped. A login that may not reach the clusters, as a member of staff may not, leaves
/// its effects to the headless program; whether it may is asked again now and then.
pub async fn carry_out_own(
    store: Store,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    client_id: Option<String>,
) {
    let connections = Connections::default();
    let executor = Executor {
        store: &store,
        connections: &connections,
        clock: clock.as_ref(),
        random: random.as_ref(),
        client_id: client_id.as_deref(),
        own_only: true,
    };
    loop {
        // Asked first: what is claimed and cannot be done would be held up for others.
        if !matches!(outbox::may_execute(&store).await, Ok(true)) {
            tokio::time::sleep(PATIENCE).await;
            continue;
        }
        while let Ok(round) = execute_outbox(&executor).await {
            if round.done + round.dead == 0 {
                tokio::time::sleep(EVERY).await;
            }
        }
        tokio::time::sleep(EVERY).await;
    }
}
