//! `doctor`: looks at everything that `serve` needs, and says of each thing how it is and what to do.

use std::io::{Write as _, stdout};
use std::sync::Arc;

use serde::Serialize;
use time::Duration;

use crate::cli::Doctor;
use crate::cli::failure::CliError;
use crate::cli::settings::{DatabaseLogin, DatabaseSettings, ServeSettings};
use crate::config::Variables;
use crate::config::database::PoolMode;
use crate::domain::clock::Clock;
use crate::identity::http::Patience;
use crate::identity::management::Management;
use crate::store::connect;
use crate::store::customers::customers_refused;
use crate::store::doctor::{Found, examine};
use crate::store::door::Store;
use crate::store::migrate::{MigrationSet, latest};
use crate::store::queues::queue_figures;
use crate::store::readiness::readiness;
use crate::wire::store_failure::{not_ready, store_failure};

/// Stripe's signatures are five minutes good; what comes near is told before.
const CLOCKS_APART: Duration = Duration::seconds(30);

/// An inbox that is larger than half of a database that has more than this.
const LARGE: i64 = 10 << 30;

/// How a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Ok,
    /// It works, and somebody should know.
    Warn,
    /// Something does not work.
    Bad,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    state: State,
    sentence: String,
    /// What to do; none where all is well.
    remedy: Option<String>,
}

#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn ok(&mut self, check: &'static str, sentence: impl Into<String>) {
        self.add(check, State::Ok, sentence.into(), None);
    }

    fn warn(&mut self, check: &'static str, sentence: impl Into<String>, remedy: &str) {
        self.add(check, State::Warn, sentence.into(), Some(remedy));
    }

    fn bad(&mut self, check: &'static str, sentence: impl Into<String>, remedy: &str) {
        self.add(check, State::Bad, sentence.into(), Some(remedy));
    }

    fn add(&mut self, check: &'static str, state: State, sentence: String, remedy: Option<&str>) {
        self.0.push(Finding {
            check,
            state,
            sentence,
            remedy: remedy.map(str::to_owned),
        });
    }

    fn print(&self, json: bool) -> Result<(), CliError> {
        let mut out = stdout().lock();
        if json {
            let text = serde_json::to_string_pretty(&self.0)
                .map_err(|error| CliError::Failed(error.to_string()))?;
            writeln!(out, "{text}")?;
            return Ok(());
        }
        for finding in &self.0 {
            let word = match finding.state {
                State::Ok => "ok",
                State::Warn => "warn",
                State::Bad => "BAD",
            };
            writeln!(out, "{word:4} {}: {}", finding.check, finding.sentence)?;
            if let Some(remedy) = &finding.remedy {
                writeln!(out, "     → {remedy}")?;
            }
        }
        Ok(())
    }
}

/// Looks, and prints what it found.
///
/// # Errors
/// [`CliError`] when something does not work, and as a setting's where one cannot be used.
pub async fn run(
    command: &Doctor,
    variables: Variables<'_>,
    clock: Arc<dyn Clock>,
    reference: &str,
) -> Result<(), CliError> {
    let mut findings = Findings::default();
    let settings = ServeSettings::read(variables);
    let database = DatabaseSettings::read(variables).map(|settings| settings.main());
    let mut unusable = None;
    match settings {
        Ok(settings) => {
            configuration(&settings, &mut findings);
            if command.online {
                providers(&settings, &clock, &mut findings).await;
            }
        }
        Err(error) => {
            findings.bad(
                "settings",
                error.to_string(),
                "Set it as the sentence says.",
            );
            unusable = Some(error);
        }
    }
    match database {
        Ok(login) => look_at_database(&login, clock.as_ref(), reference, &mut findings).await,
        Err(error) => {
            findings.bad(
                "database",
                error.to_string(),
                "Set it as the sentence says.",
            );
            unusable.get_or_insert(error);
        }
    }
    findings.print(command.json)?;
    let bad = findings
        .0
        .iter()
        .filter(|one| one.state == State::Bad)
        .count();
    match (unusable, bad) {
        (Some(error), _) => Err(error),
        (None, 0) => Ok(()),
        (None, 1) => Err(CliError::Failed("1 thing does not work.".to_owned())),
        (None, bad) => Err(CliError::Failed(format!("{bad} things do not work."))),
    }
}

/// What there are settings for, and what stays undone without.
fn configuration(settings: &ServeSettings, findings: &mut Findings) {
    findings.ok(
        "settings",
        "They can be read, and so can the files they name",
    );
    if settings.stripe.is_empty() {
        findings.warn(
            "stripe_webhook",
            "Stripe's events are answered with 503",
            "Set STRIPE_WEBHOOK_SECRET to the endpoint's whsec_…, if there is a Stripe account.",
        );
    } else {
        let mode = if settings.stripe_mode.is_live() {
            "live"
        } else {
            "test"
        };
        findings.ok(
            "stripe_webhook",
            format!("Events of the {mode} mode are taken"),
        );
    }
    if settings.stripe_reader.is_none() {
        findings.warn(
            "stripe_key",
            "Events that never arrive are missed, and what cannot be ordered waits for a person",
            "Set STRIPE_API_KEY to a restricted key that may read events and what they are about.",
        );
    }
    if settings.management.is_none() {
        findings.warn(
            "auth0_management",
            "Registrations that never arrive are missed, and what is to happen at Auth0 waits",
            "Set AUTH0_MANAGEMENT_CLIENT_ID and AUTH0_MANAGEMENT_CLIENT_SECRET.",
        );
    }
    if settings.api.is_none() {
        findings.warn(
            "user_api",
            "Customers are answered with 503",
            "Set AUTH0_DOMAIN and AUTH0_AUDIENCE, if customers ask here.",
        );
    }
    if settings.outside.ways().is_empty() {
        findings.warn(
            "alerts",
            "What is wrong is told in consoles alone",
            "Set HOPSDESK_ALERT_WEBHOOK, or HOPSDESK_ALERT_EMAIL_TO with HOPSDESK_SMTP_URL.",
        );
    } else {
        findings.ok(
            "alerts",
            "What is wrong is told outside of the consoles, too",
        );
    }
}

/// Whether the keys open what they are for.
async fn providers(settings: &ServeSettings, clock: &Arc<dyn Clock>, findings: &mut Findings) {
    if let Some(stripe) = &settings.stripe_reader {
        let now = clock.now();
        match stripe.events(now - Duration::minutes(1), now, None).await {
            Ok(_) => findings.ok("stripe_online", "Stripe takes the key"),
            Err(error) => findings.bad(
                "stripe_online",
                error.to_string(),
                "Look at the key in Stripe's dashboard.",
            ),
        }
    }
    let Some(credentials) = settings.management.clone() else {
        return;
    };
    let checked = match Management::new(credentials, Arc::clone(clock), Patience::default()) {
        Ok(management) => management.check().await.map_err(|error| error.to_string()),
        Err(error) => Err(format!("Cannot reach out over TLS: {error}.")),
    };
    match checked {
        Ok(()) => findings.ok("auth0_online", "Auth0 takes the application and its secret"),
        Err(why) => findings.bad(
            "auth0_online",
            why,
            "Look at the application in Auth0's dashboard.",
        ),
    }
}

async fn look_at_database(
    login: &DatabaseLogin,
    clock: &dyn Clock,
    reference: &str,
    findings: &mut Findings,
) {
    let place = login.address.to_string();
    let pool = match connect::pool(&login.address, login.password.as_ref(), 2) {
        Ok(pool) => pool,
        Err(error) => {
            let failure = store_failure(&error, &place, reference);
            findings.bad("database", failure.message, "Look at DATABASE_CA_FILE.");
            return;
        }
    };
    let store = Store::new(pool);
    match examine(&store).await {
        Ok(found) => {
            about_login(&found, login.address.pool_mode, findings);
            let apart = (found.now - clock.now()).abs();
            if apart > CLOCKS_APART {
                let said = format!(
                    "The database's clock and this machine's are {} seconds apart",
                    apart.whole_seconds()
                );
                findings.bad(
                    "clocks",
                    said,
                    "Have both follow a time server: signatures are five minutes good.",
                );
            } else {
                findings.ok("clocks", "The database's clock and this machine's agree");
            }
            sizes(&found, findings);
            about_console(&store, &place, reference, clock, findings).await;
        }
        Err(error) => {
            let failure = store_failure(&error, &place, reference);
            findings.bad(
                "database",
                failure.message,
                "Nothing works until the database answers.",
            );
        }
    }
    store.close().await;
}

fn about_login(found: &Found, mode: PoolMode, findings: &mut Findings) {
    let mode = match mode {
        PoolMode::Transaction => "a pooler of transactions",
        PoolMode::Session => "a pooler of sessions",
        PoolMode::Direct => "no pooler",
    };
    let (major, login) = (found.version / 10_000, &found.login);
    if major < 15 {
        findings.bad(
            "database",
            format!("It is Postgres {major}"),
            "Postgres 15 is the oldest that works.",
        );
    } else {
        findings.ok(
            "database",
            format!("Postgres {major} answers {login}; DATABASE_URL leads through {mode}"),
        );
    }
    if found.superuser || found.owner {
        let what = if found.superuser {
            "may do anything"
        } else {
            "owns the schema console"
        };
        let remedy = "Give serve a login of its own: create role … login password '…' in role console_receiver.";
        findings.warn(
            "login",
            format!("{login} {what}, which serve does not need"),
            remedy,
        );
    } else if found.denied.is_empty() {
        findings.ok(
            "login",
            format!("{login} may do what serve does, and owns nothing"),
        );
    }
    if !found.denied.is_empty() {
        let said = format!("{login} may not call {}", found.denied.join(", "));
        findings.bad(
            "rights",
            said,
            "Run attach, and grant console_receiver to the login.",
        );
    }
    if !found.open_functions.is_empty() {
        let said = format!(
            "Anybody may call functions of the service that act with their owner's rights: {}",
            found.open_functions.join(", ")
        );
        findings.warn(
            "open_functions",
            said,
            "Revoke execute on them from public, where that is not meant.",
        );
    }
}

fn sizes(found: &Found, findings: &mut Findings) {
    let megabytes = found.inbox_bytes >> 20;
    let said = format!(
        "The inbox takes {megabytes} MB of {} MB",
        found.database_bytes >> 20
    );
    if found.inbox_bytes > LARGE && found.inbox_bytes > found.database_bytes / 2 {
        findings.warn(
            "inbox",
            said,
            "See that the disk has room: events are kept.",
        );
    } else {
        findings.ok("inbox", said);
    }
}

async fn about_console(
    store: &Store,
    place: &str,
    reference: &str,
    clock: &dyn Clock,
    findings: &mut Findings,
) {
    let failed =
        |error: &crate::store::failure::StoreError| store_failure(error, place, reference).message;
    match readiness(store, latest(MigrationSet::Console)).await {
        Ok(found) => match not_ready(found, place) {
            None => findings.ok(
                "schema",
                "The schema console is there, up to date and attached",
            ),
            Some(failure) => {
                findings.bad(
                    "schema",
                    failure.message,
                    "Do what the sentence says, as the owner.",
                );
                return;
            }
        },
        Err(error) => {
            findings.bad("schema", failed(&error), "Look at the log of the database.");
            return;
        }
    }
    match customers_refused(store).await {
        Ok(None) => findings.ok("rows", "Customers are answered from their own rows alone"),
        Ok(Some(why)) => findings.warn("rows", why, "Until then the user API answers 503."),
        Err(error) => findings.bad("rows", failed(&error), "Look at the rights of the login."),
    }
    match queue_figures(store, clock.now()).await {
        Ok(figures) => {
            let waits = |state: &str| -> i64 {
                let of = figures.iter().filter(|one| one.state == state);
                of.map(|one| one.rows).sum()
            };
            let (dead, conflicts) = (waits("dead"), waits("conflict"));
            let pending = figures.iter().filter(|one| one.state == "pending");
            let oldest = pending.map(|one| one.oldest_seconds).max().unwrap_or(0);
            if dead + conflicts > 0 {
                let said = format!("{dead} were given up and {conflicts} wait for a person");
                findings.warn("queues", said, "Look at Events in the console.");
            } else if oldest > 900 {
                let said = format!("Something has waited for {} minutes", oldest / 60);
                findings.bad(
                    "queues",
                    said,
                    "Is a serve running? Its log says why it cannot work.",
                );
            } else {
                findings.ok("queues", "Nothing waits for long, and nothing for a person");
            }
        }
        Err(error) => findings.bad("queues", failed(&error), "Look at the rights of the login."),
    }
}
