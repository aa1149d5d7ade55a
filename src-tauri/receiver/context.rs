//! What the routes and the workers share.

use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::{Mutex, Notify, Semaphore};
use tokio::time::Instant;
use uuid::Uuid;

use crate::clusters::connections::Connections;
use crate::domain::alerts::Watched;
use crate::domain::clock::Clock;
use crate::domain::random::Random;
use crate::identity::management::Management;
use crate::identity::webhook_secret::WebhookSecrets;
use crate::payments::events::StripeReader;
use crate::payments::mode::Mode;
use crate::payments::signature::SigningSecrets;
use crate::receiver::answer::Answer;
use crate::receiver::callers::Callers;
use crate::receiver::limits::Limits;
use crate::receiver::metrics::Metrics;
use crate::store::door::Store;
use crate::usecases::apply_stripe_event;
use crate::usecases::recognise_customer::CustomerApi;
use crate::usecases::store_together::Gathering;
use crate::usecases::tell_alerts::Outside;

/// Everything that `serve` needs; made once, in `bin/`.
pub struct Parts {
    /// The database.
    pub store: Store,
    /// The database as `host:port/database`, for sentences.
    pub place: String,
    /// What opens the doors, in and out; may be exchanged while it serves.
    pub keys: Keys,
    /// Who calls, and how often they failed.
    pub callers: Callers,
    /// How customers are told apart; none: they are not answered.
    pub api: Option<CustomerApi>,
    /// Origins whose pages may ask in a browser, e.g. `https://app.example.com`.
    pub origins: Vec<String>,
    /// The newest console migration that this program knows.
    pub console_version: i64,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub random: Arc<dyn Random>,
    /// How much is borne at once, and for how long.
    pub limits: Limits,
    /// What effects in other systems are carried out with.
    pub effects: Effects,
    /// Which service this is, in what is told outside: `host:port/database`.
    pub service: String,
}

/// Secrets, and what is made of them.
#[derive(Clone)]
pub struct Keys {
    /// The secrets of which Auth0 sends one.
    pub auth0: WebhookSecrets,
    /// What Stripe's events are verified with, and which of them count.
    pub stripe: Stripe,
    /// To the tenant at Auth0 (`AUTH0_MANAGEMENT_CLIENT_ID`); none: what happens there waits.
    pub management: Option<Management>,
    /// Where alerts are told.
    pub outside: Outside,
}

impl Keys {
    /// What is missed when it stands still: whatever there are keys for.
    #[must_use]
    pub fn watched(&self) -> Vec<Watched> {
        // Without Auth0's secret the program does not start.
        let auth0 = Some(Watched::Auth0);
        let stripe = (!self.stripe.secrets.is_empty()).then_some(Watched::Stripe);
        let users = self.management.as_ref().map(|_| Watched::Auth0Users);
        let events = self.stripe.reader.as_ref().map(|_| Watched::StripeEvents);
        [auth0, stripe, users, events]
            .into_iter()
            .flatten()
            .collect()
    }
}

/// What is known of Stripe.
#[derive(Clone)]
pub struct Stripe {
    /// The secrets of the endpoints; none: events cannot be taken.
    pub secrets: SigningSecrets,
    /// The mode this service works in: nothing follows from events of the other one.
    pub mode: Mode,
    /// Reads its events back, and asks for what they leave in doubt; none: what never arrives is missed.
    pub reader: Option<StripeReader>,
}

impl Stripe {
    /// For whom its events are applied.
    #[must_use]
    pub fn applied_for(&self) -> apply_stripe_event::Stripe {
        apply_stripe_event::Stripe {
            mode: self.mode,
            asks: self.reader.is_some(),
        }
    }
}

/// Ways into other systems.
#[derive(Debug, Default)]
pub struct Effects {
    /// To the clusters.
    pub connections: Connections,
    /// The OAuth client under which clusters know the identity provider (`AUTH0_CLIENT_ID`).
    pub client_id: Option<String>,
}

/// [`Parts`], shared.
#[derive(Clone)]
pub struct Context(Arc<Shared>);

/// What is behind a [`Context`].
pub struct Shared {
    /// What `bin/` made.
    pub parts: Parts,
    /// The keys that count now: the first ones are among the parts.
    keys: RwLock<Arc<Keys>>,
    /// Wakes the worker: an event was stored.
    pub wake: Notify,
    /// Events that requests brought since the program started.
    pub arrived: AtomicUsize,
    /// Events that may wait for the database at once.
    pub permits: Semaphore,
    /// The same of customers' questions: they are not what the worker stands back for.
    pub questions: Semaphore,
    /// Places for large bodies of senders who have not shown yet who they are.
    pub large_bodies: Arc<Semaphore>,
    /// Wakes whoever says which private keys there are: they are others now.
    pub keys_renewed: Notify,
    /// What this program counts about itself.
    pub metrics: Metrics,
    /// When the queues were counted last. Locked while it counts.
    pub(in crate::receiver) counted: Mutex<Option<Instant>>,
    /// Where events gather that share a commit.
    pub gathering: Gathering,
    /// What `/readyz` found last. Locked while it looks.
    pub(in crate::receiver) ready: Arc<Mutex<LastLook>>,
}

/// What `/readyz` found.
#[derive(Default)]
pub(in crate::receiver) struct LastLook {
    /// What it said last, and when.
    pub(in crate::receiver) said: Option<(Instant, Answer)>,
    /// When the catalogue could not be seen, last.
    pub(in crate::receiver) unseen: Option<Instant>,
}

impl Context {
    /// Shares the parts, and starts what stores events: call it inside a runtime.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let at_once = parts.limits.at_once;
        let permits = Semaphore::new(at_once);
        let large_bodies = Arc::new(Semaphore::new(parts.limits.large));
        let gathering = Gathering::start(&parts.store, at_once);
        let keys = RwLock::new(Arc::new(parts.keys.clone()));
        Self(Arc::new(Shared {
            parts,
            keys,
            wake: Notify::new(),
            arrived: AtomicUsize::new(0),
            keys_renewed: Notify::new(),
            permits,
            questions: Semaphore::new(at_once),
            large_bodies,
            metrics: Metrics::new(),
            counted: Mutex::default(),
            gathering,
            ready: Arc::default(),
        }))
    }

    /// The keys that count now. Whoever asks uses what it was given to the end.
    #[must_use]
    pub fn keys(&self) -> Arc<Keys> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// From now on these keys count. Nothing that is under way is cut off.
    pub fn renew(&self, keys: Keys) {
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
    }

    /// Whether many events wait for the database right now.
    #[must_use]
    pub fn pressed(&self) -> bool {
        let limits = &self.parts.limits;
        let waiting = limits
            .at_once
            .saturating_sub(self.permits.available_permits());
        waiting >= limits.pressed
    }

    /// An id for a request or an unexpected failure, under which the log has its story.
    #[must_use]
    pub fn reference(&self) -> String {
        let bits = self.parts.random.bits();
        uuid::Builder::from_random_bytes(bits.to_be_bytes())
            .into_uuid()
            .to_string()
    }
}

impl std::ops::Deref for Context {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// The id of the request under way, put into its extensions by `watch`.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

impl RequestId {
    /// For a request that did not pass `watch`: cannot be, but an id is still needed.
    #[must_use]
    pub fn none() -> Self {
        Self(Uuid::nil().to_string())
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::clock::FixedClock;
    use crate::domain::random::FixedRandom;
    use crate::payments::mode::Mode;

    use super::*;

    impl Context {
        /// Without a database behind it, for tests of what needs none.
        pub(in crate::receiver) fn nowhere() -> Self {
            let nowhere = sqlx::postgres::PgPoolOptions::new()
                .connect_lazy("postgres://nobody@127.0.0.1:1/none")
                .expect("a lazy pool");
            Context::new(Parts {
                store: Store::new(nowhere),
                place: "DATABASE_URL".to_owned(),
                keys: Keys {
                    auth0: WebhookSecrets::new(&[]),
                    stripe: Stripe {
                        secrets: SigningSecrets::new(&[]),
                        mode: Mode::Live,
                        reader: None,
                    },
                    management: None,
                    outside: Outside::default(),
                },
                callers: Callers::new(Vec::new()),
                api: None,
                origins: Vec::new(),
                console_version: 1,
                clock: Arc::new(FixedClock(time::OffsetDateTime::UNIX_EPOCH)),
                random: Arc::new(FixedRandom(7)),
                limits: Limits::default(),
                effects: Effects::default(),
                service: "nowhere".to_owned(),
            })
        }
    }
}
