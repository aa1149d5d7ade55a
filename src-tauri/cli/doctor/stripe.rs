//! Stripe: whether it takes the key, and whether that is a key of the account whose events come here.

use time::Duration;

use crate::cli::doctor::findings::Findings;
use crate::cli::settings::{DatabaseSettings, ServeSettings};
use crate::domain::clock::Clock;
use crate::payments::events::{StripeReadError, StripeReader};
use crate::payments::mode::Mode;
use crate::store::connect;
use crate::store::door::Store;
use crate::store::failure::StoreError;
use crate::store::read_back::first_stripe_event;
use crate::usecases::prove_stripe_key::{Proof, prove_stripe_key};

const CHECK: &str = "stripe_online";

/// Asks Stripe for its events, and for one that it sent here.
pub(super) async fn about_stripe(
    settings: &ServeSettings,
    database: Option<&DatabaseSettings>,
    clock: &dyn Clock,
    findings: &mut Findings,
) {
    let Some(stripe) = &settings.stripe_reader else {
        return;
    };
    let now = clock.now();
    if let Err(error) = stripe.events(now - Duration::minutes(1), now, None).await {
        refused(&error, findings);
        return;
    }
    let mode = settings.stripe_mode;
    let whose = match database {
        Some(database) => whose(database, stripe, clock, mode).await,
        None => None,
    };
    let word = mode.word();
    match whose {
        Some(Whose::Account) => findings.ok(CHECK, "Stripe takes the key, of the endpoint's account"),
        Some(Whose::Unasked(error)) => refused(&error, findings),
        Some(Whose::NothingEver) => findings.unknown(
            CHECK,
            format!(
                "Stripe takes the key; no event of the {word} mode has come yet, so whose account it is of is not known, \
                 and nothing is read back until the first comes"
            ),
            "Send an event, and look again: the endpoint and the key must be of one account.",
        ),
        Some(Whose::NothingLately) => findings.unknown(
            CHECK,
            format!(
                "Stripe takes the key; no event of the {word} mode that came within a month shows whose account it is of"
            ),
            "Look in Stripe's dashboard whether the key is of the endpoint's account.",
        ),
        None => findings.unknown(
            CHECK,
            "Stripe takes the key; whose account it is of is not known while the database does not answer",
            "Look again once the database answers.",
        ),
    }
}

fn refused(error: &StripeReadError, findings: &mut Findings) {
    findings.bad(
        CHECK,
        error.to_string(),
        "Look at the key in Stripe's dashboard.",
    );
}

/// What events that came here show of a key.
enum Whose {
    /// It is of the account that sent them.
    Account,
    /// It is not, or Stripe does not say.
    Unasked(StripeReadError),
    /// None ever came.
    NothingEver,
    /// None of those that Stripe surely still has.
    NothingLately,
}

/// `None` where the database does not answer, which is said elsewhere.
async fn whose(
    database: &DatabaseSettings,
    stripe: &StripeReader,
    clock: &dyn Clock,
    mode: Mode,
) -> Option<Whose> {
    let login = database.main();
    let pool = connect::pool(&login.address, login.password.as_ref(), 1).ok()?;
    let store = Store::new(pool);
    let whose = shown(&store, stripe, clock, mode).await;
    store.close().await;
    whose.ok()
}

async fn shown(
    store: &Store,
    stripe: &StripeReader,
    clock: &dyn Clock,
    mode: Mode,
) -> Result<Whose, StoreError> {
    if first_stripe_event(store, mode.is_live()).await?.is_none() {
        return Ok(Whose::NothingEver);
    }
    Ok(match prove_stripe_key(store, stripe, clock, mode).await? {
        Ok(Proof::Given) => Whose::Account,
        Ok(Proof::Nothing) => Whose::NothingLately,
        Err(error) => Whose::Unasked(error),
    })
}
