//! How much the receiver bears at once, and for how long.

use std::time::Duration;

/// The most bytes a webhook's body may have.
pub const MAX_BODY: usize = 256 * 1024;

/// Bodies up to this size are read on any connection; more wants one of [`Limits::large`] places.
pub const SMALL_BODY: usize = 16 * 1024;

/// What is buffered of a connection's requests, heads included, and of its answers.
pub const BUFFER: usize = 32 * 1024;

/// Bounds against clients that are many, slow or both.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Events that may wait for the database at the same time, and as many questions of customers; one more is told to
    /// come back.
    pub at_once: usize,
    /// Connections that may be open at the same time; one more waits to be accepted.
    pub connections: usize,
    /// Bodies over [`SMALL_BODY`] that may be here at the same time of senders who have not shown yet who they are: what
    /// strangers can hold is `connections` × ([`SMALL_BODY`] + [`BUFFER`]) + `large` × [`MAX_BODY`], 128 MiB by default.
    pub large: usize,
    /// A client has this long to send the head of a request.
    pub head: Duration,
    /// A client has this long to send the whole body.
    pub body: Duration,
    /// A client has this long to take the next bytes of its answers: one that reads nothing keeps no place.
    pub taken: Duration,
    /// Storing an event may take this long. Auth0 waits 20 s for everything.
    pub store: Duration,
    /// Everything has this long to end after SIGTERM: requests under way four fifths of it, then the
    /// worker and the database.
    pub drain: Duration,
    /// The worker gives up a transaction after this: a connection that vanished without a word never answers.
    pub round: Duration,
    /// What `/readyz` found is said again for this long: anybody may ask, and looking costs the database
    /// more than storing an event.
    pub ready: Duration,
    /// A look at the catalogue that was cut off goes on at the server: `/readyz` begins no other one for this long.
    pub unseen: Duration,
    /// The worker looks for events of others, or due again, this often.
    pub poll: Duration,
    /// While this many requests wait for the database, the worker leaves it to them between its batches; where more
    /// come than it applies, by how many more.
    pub pressed: usize,
    /// For so many times as long as its last batch took, and no longer than [`Limits::poll`]: what is stored is
    /// applied meanwhile too, in a tenth of the time.
    pub stand_back: u32,
    /// The audit trail is verified this often; a million entries keep the database busy for half a minute.
    pub trail: Duration,
    /// What is wrong is looked for this often.
    pub alerts: Duration,
    /// Whether what is stored can be applied is looked for this often.
    pub fitness: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            at_once: 256,
            connections: 2048,
            large: 128,
            head: Duration::from_secs(10),
            body: Duration::from_secs(10),
            taken: Duration::from_secs(10),
            store: Duration::from_secs(6),
            drain: Duration::from_secs(10),
            round: Duration::from_secs(30),
            ready: Duration::from_secs(2),
            unseen: Duration::from_secs(30),
            poll: Duration::from_secs(1),
            pressed: 8,
            stand_back: 9,
            trail: Duration::from_secs(6 * 60 * 60),
            alerts: Duration::from_secs(10),
            fitness: Duration::from_secs(60),
        }
    }
}
