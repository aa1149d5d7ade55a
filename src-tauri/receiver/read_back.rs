//! The worker that reads providers back, so that what never arrived is noticed, and asks Stripe for what its events
//! left in doubt.

use std::time::Duration;

use crate::receiver::context::Context;
use crate::receiver::worker::{Words, Worker};
use crate::store::failure::StoreError;
use crate::usecases::ask_stripe::ask_stripe;
use crate::usecases::read_back_stripe::read_back_stripe;
use crate::usecases::read_back_users::{ReadBack, read_back_users};

/// Between two questions whether it is due.
const LOOK_EVERY: Duration = Duration::from_secs(15);

/// Reads back. What cannot be asked is not: without an application at Auth0, without a key of Stripe's. After a stop
/// it goes on from the last page, here or elsewhere.
#[derive(Default)]
pub(super) struct ReadingBack {
    at_auth0: Trouble,
    at_stripe: Trouble,
}

impl Worker for ReadingBack {
    const WORDS: Words = Words {
        panicked: "the worker that reads back panicked and starts again",
        stuck: "nothing can be read back",
        again: "what is missing can be read back again",
    };

    /// Each provider's trouble is its own, and is told by its name.
    async fn round(&mut self, context: &Context) -> Result<bool, StoreError> {
        read_auth0(context, &mut self.at_auth0).await;
        read_stripe(context, &mut self.at_stripe).await;
        ask(context).await;
        Ok(false)
    }

    async fn rest(&self, _: &Context) {
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn read_auth0(context: &Context, trouble: &mut Trouble) {
    let parts = &context.parts;
    if let Some(management) = &context.keys().management {
        let read = read_back_users(&parts.store, management, parts.clock.as_ref()).await;
        trouble.tell(context, "Auth0", read.map_err(|error| error.without_data()));
    }
}

async fn read_stripe(context: &Context, trouble: &mut Trouble) {
    let parts = &context.parts;
    let stripe = context.keys().stripe.clone();
    if let Some(reader) = &stripe.reader {
        let clock = parts.clock.as_ref();
        let read = read_back_stripe(&parts.store, reader, clock, stripe.mode).await;
        trouble.tell(
            context,
            "Stripe",
            read.map_err(|error| error.without_data()),
        );
    }
}

/// Asks Stripe for what its events left in doubt, until nothing more is settled.
async fn ask(context: &Context) {
    let parts = &context.parts;
    let stripe = context.keys().stripe.clone();
    let Some(reader) = &stripe.reader else {
        return;
    };
    let (clock, random) = (parts.clock.as_ref(), parts.random.as_ref());
    loop {
        match ask_stripe(&parts.store, reader, clock, random, stripe.mode).await {
            Ok(round) if round.settled > 0 => {}
            Ok(_) => return,
            // The worker of events says it, too.
            Err(error) => {
                tracing::debug!(error = %error.without_data(), "what is in doubt cannot be asked for");
                return;
            }
        }
    }
}

/// What went wrong last: the same every few minutes is one line.
#[derive(Default)]
struct Trouble(Option<String>);

impl Trouble {
    fn tell(&mut self, context: &Context, provider: &str, read: Result<Option<ReadBack>, String>) {
        match read {
            Ok(None) => {}
            Ok(Some(done)) => {
                self.0 = None;
                let ReadBack {
                    seen,
                    filled_in,
                    without_address,
                    left_out,
                } = done;
                if filled_in > 0 {
                    tracing::warn!(
                        provider,
                        seen,
                        filled_in,
                        without_address,
                        left_out,
                        "some had never arrived, and were read back"
                    );
                    context.wake.notify_one();
                } else {
                    tracing::info!(
                        provider,
                        seen,
                        without_address,
                        "read back; nothing was missing"
                    );
                }
            }
            Err(text) if self.0.as_ref() == Some(&text) => {}
            Err(text) => {
                tracing::warn!(provider, error = %text, "could not be read back");
                self.0 = Some(text);
            }
        }
    }
}
