//! The command line of the headless program.

pub mod detach;
pub mod doctor;
pub mod failure;
pub mod indexes;
pub mod logs;
mod outside;
pub mod replay;
pub mod rollups;
pub mod sandbox;
pub mod schema;
pub mod secrets;
pub mod settings;
pub mod staff;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use time::OffsetDateTime;

use crate::domain::events::EventId;
use crate::store::migrate::MigrationSet;

/// What stands below every help text.
const ENVIRONMENT: &str = "\
Environment:
  DATABASE_URL          the database, e.g. postgresql://postgres.ref:password@host:6543/postgres
  DATABASE_DIRECT_URL   the same without a transaction pooler, for migrate and attach (Supabase: port
                        5432); not needed where DATABASE_URL is no pooler
  DATABASE_POOL_MODE    transaction, session or direct: what DATABASE_URL leads to. Guessed for
                        Supabase and for this machine; any other host counts as transaction. Where it
                        says that sessions are kept, serve finds out whether they are; doctor tells
  DATABASE_CA_FILE      PEM file of the CA that signed the server's certificate
  SUPABASE_DB_PASSWORD  the password, where the URL has none
  AUTH0_WEBHOOK_SECRET  what Auth0's action sends in X-Auth0-Secret; several, separated by commas,
                        while one is being replaced
  STRIPE_WEBHOOK_SECRET what Stripe signs with (whsec_…); several, separated by commas, while one is
                        being replaced. Without it Stripe's events are not taken
  STRIPE_MODE           live or test: of events of the other mode nothing follows. Default: the mode of
                        STRIPE_API_KEY, else live
  STRIPE_API_KEY        a restricted key that may read: with it, what never arrived is read back, and what is
                        in doubt is asked for
  AUTH0_DOMAIN          the tenant of customers, e.g. example.eu.auth0.com
  AUTH0_AUDIENCE        the identifier of the user API there; both are needed to answer customers
  AUTH0_CLIENT_ID       the application of customers: whose ID tokens are taken, and under which clusters
                        know Auth0
  AUTH0_MANAGEMENT_CLIENT_ID, AUTH0_MANAGEMENT_CLIENT_SECRET
                        an application that may read and update users: blocking, verification e-mails, and
                        registrations that never arrived
  AUTH0_MANAGEMENT_DOMAIN  the tenant's own domain, where AUTH0_DOMAIN is a custom one
  HOPSDESK_API_SCOPE    a scope that customers' tokens must have
  HOPSDESK_CORS_ORIGINS origins whose pages may ask the user API, separated by commas
  HOPSDESK_TRUSTED_PROXIES  addresses and networks that are believed about where a request came from
  HOPSDESK_IDENTITY     private keys of age (AGE-SECRET-KEY-1…), one a line: what opens sealed secrets
  HOPSDESK_OPENCOST     where clusters have their OpenCost, namespace/service:port
  HOPSDESK_ALERT_WEBHOOK, HOPSDESK_ALERT_WEBHOOK_SECRET
                        where alerts are posted to, and what posts are signed with
  HOPSDESK_ALERT_EMAIL_TO, HOPSDESK_ALERT_EMAIL_FROM
                        whom alerts are mailed to, separated by commas, and from which address
  HOPSDESK_SMTP_URL     the mail server, smtp:// or smtps://
  HOPSDESK_ALERT_CA_FILE  PEM file of authorities that are trusted for both besides the system's
  HOPSDESK_BIND         where serve listens, default 127.0.0.1:8787
  HOPSDESK_SANDBOX      folder of the sandbox, where the console was started with one
  RUST_LOG              what is logged, e.g. info or debug
Each of the URLs and secrets can be read from a file: set NAME_FILE to its path instead.

Exit codes: 0 done, 1 failed, 2 wrong usage or configuration (one line names the setting).";

/// The headless part of Hopsdesk, the admin desk of a managed Hopsworks service: receives webhooks,
/// and looks after the database that the desk works on.
#[derive(Debug, Parser)]
#[command(name = "hopsdesk-webhook", version, after_help = ENVIRONMENT)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Receive webhooks, and apply what they bring
    ///
    /// Listens on `HOPSDESK_BIND` for
    ///
    ///   POST /api/webhooks/auth0   registrations, from an Auth0 action (header X-Auth0-Secret)
    ///   POST /api/webhooks/stripe  everything about money, signed by Stripe (header Stripe-Signature)
    ///   GET  /api/usage, /api/instance, /api/billing; POST /api/auth/sync-user
    ///                              customers, with an access token; described at /openapi.json
    ///   GET  /metrics              for Prometheus
    ///   GET  /healthz              200 as long as the program is alive
    ///   GET  /readyz               200 when an event would be stored, else 503; its words say what else is wrong
    ///
    /// An event that is answered with 200 is stored; the user is made of it right after. Copies are
    /// harmless, and any number of replicas may run. What staff decide is carried out in the clusters'
    /// Hopsworks, and tried again for days while one is down. Logs are JSON lines on stderr. SIGTERM lets
    /// requests under way end, for up to ten seconds.
    #[command(verbatim_doc_comment, after_help = ENVIRONMENT)]
    Serve(Serve),
    /// Make the tables of a fresh service, then attach
    ///
    /// Safe to repeat, and to run from several places at once. A set is all or nothing. Tables of the
    /// same names that somebody else made stop it, and nothing is changed: work on a service that is
    /// there already needs `attach` only.
    #[command(after_help = ENVIRONMENT)]
    Migrate(Migrate),
    /// Install or update the schema `console` on the database of a service
    ///
    /// Reads which tables and columns there are, and makes the views and functions that Hopsdesk works
    /// with, all in the schema `console`. Nothing else is touched. Safe to repeat, and to be run again
    /// whenever the service has changed its tables.
    #[command(after_help = ENVIRONMENT)]
    Attach(Attach),
    /// Check or refresh the sums that screens read
    ///
    /// `serve` and every open console keep them by themselves: the last days every few seconds,
    /// everything once a night. This does it now, whoever else is running.
    #[command(after_help = ENVIRONMENT)]
    Rollups(Rollups),
    /// Look whether everything is there that `serve` needs
    ///
    /// Settings and the files they name; the database, what stands before it, its certificate, clock and disk; the login
    /// and its rights; the schema, the switches, what waits; whether what is sealed opens. Each with a sentence, and what
    /// to do. Changes nothing. Exit code 1: something does not work.
    #[command(after_help = ENVIRONMENT)]
    Doctor(Doctor),
    /// Take everything of Hopsdesk out of a database
    ///
    /// Keeps the audit trail, the ledger, notes and events in files, one a table, then removes the schema
    /// `console` and the roles that no other database needs. The service's own tables are not touched.
    #[command(after_help = ENVIRONMENT)]
    Detach(Detach),
    /// Who works here: add, list, revoke
    ///
    /// Whoever owns the console's schema adds the first; from then on any admin can, in an elevated
    /// session of their own.
    #[command(subcommand, after_help = ENVIRONMENT)]
    Staff(Staff),
    /// Which effects on other systems are off, in shadow, or live
    #[command(subcommand, after_help = ENVIRONMENT)]
    Effects(Effects),
    /// Keep the keys of clusters sealed, for whoever holds a private key
    ///
    /// A copy of the database opens no cluster once the service's own columns are empty, too.
    /// Recipients are public keys of age: that of `serve`, and of whoever should open secrets beside it. Whoever
    /// owns the console's schema runs this.
    #[command(subcommand, after_help = ENVIRONMENT)]
    Secrets(secrets::Secrets),
    /// Apply events of the inbox again
    ///
    /// By their ids, or all that came within a time. What is done already comes to the same. Counts them
    /// only, unless --yes says that it is meant; then it is on record.
    #[command(after_help = ENVIRONMENT)]
    Replay(ReplayOptions),
    /// Run a private Postgres with the sample data of a believable service
    ///
    /// Needs PostgreSQL 15 or newer on this machine. Prints its `DATABASE_URL` on stdout once it can be
    /// used, and runs until Ctrl-C or SIGTERM; then it is removed, unless --keep names its folder. The
    /// same options give the same customers.
    Sandbox(Sample),
}

/// Options of `serve`.
#[derive(Debug, Args)]
pub struct Serve {
    /// Work on the sandbox that the console has open, instead of `DATABASE_URL`
    #[arg(long)]
    pub sandbox: bool,
}

/// Options of `doctor`.
#[derive(Debug, Args)]
pub struct Doctor {
    /// Print the findings as JSON
    #[arg(long)]
    pub json: bool,
    /// Ask Stripe and Auth0 whether they take the keys, and look at the certificates of the https:// and smtps:// addresses, too
    #[arg(long)]
    pub online: bool,
}

/// Options of `replay`.
#[derive(Debug, Args)]
pub struct ReplayOptions {
    /// Ids as the list of events shows them: in-12 for an event that came, out-7 for an effect that was given up
    #[arg(value_name = "ID", value_parser = replay::parse_id, conflicts_with_all = ["from", "until"], required_unless_present = "from")]
    pub ids: Vec<EventId>,
    /// Those that came at this time or later, like 2026-01-31T12:00:00Z
    #[arg(long, value_name = "TIME", value_parser = replay::parse_time, requires = "until")]
    pub from: Option<OffsetDateTime>,
    /// Those that came before this time
    #[arg(long, value_name = "TIME", value_parser = replay::parse_time, requires = "from")]
    pub until: Option<OffsetDateTime>,
    /// Only those in this state; may be repeated
    #[arg(long = "state", value_name = "STATE", requires = "from", value_parser = ["done", "conflict", "dead"])]
    pub states: Vec<String>,
    /// Only those of this system
    #[arg(long, alias = "provider", requires = "from", value_parser = ["auth0", "stripe", "hopsworks", "supabase_auth"])]
    pub system: Option<String>,
    /// Do it
    #[arg(long, requires = "reason")]
    pub yes: bool,
    /// Why, for the record
    #[arg(long)]
    pub reason: Option<String>,
}

/// Options of `migrate`.
#[derive(Debug, Args)]
pub struct Migrate {
    /// Which sets, separated by commas: managed (the tables of a managed Hopsworks service), console
    /// (what Hopsdesk itself needs; always comes last, named or not)
    #[arg(long = "set", value_name = "SETS", value_delimiter = ',', required = true, value_parser = parse_set)]
    pub sets: Vec<MigrationSet>,
    /// Print the SQL of the sets, and connect to nothing
    #[arg(long)]
    pub print: bool,
}

/// Options of `attach`.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of its own on the command line"
)]
pub struct Attach {
    /// Print the SQL that would be run, and change nothing
    #[arg(long, conflicts_with = "release")]
    pub dry_run: bool,
    /// Drop the views and generated functions alone, so that the service can change its tables; bring
    /// them back with `attach`
    #[arg(long)]
    pub release: bool,
    /// Make the indexes a large service lacks for our statements, in its own schema: concurrently, one at a
    /// time, over a direct connection. With --dry-run, print them
    #[arg(long, conflicts_with = "release")]
    pub indexes: bool,
    /// With --indexes: those for small tables too
    #[arg(long, requires = "indexes")]
    pub all: bool,
}

/// Options of `rollups`.
#[derive(Debug, Args)]
pub struct Rollups {
    /// What to do
    #[arg(value_enum, value_name = "check|refresh")]
    pub task: RollupsTask,
}

/// What to do with the sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RollupsTask {
    /// Compare every sum with the rows it is made of, and mend what differs. Exit code 0: all were right (or
    /// were filled for the first time); 1: some differed
    Check,
    /// Bring the sums up to date now, filling them first where they never were
    Refresh,
}

/// Options of `detach`.
#[derive(Debug, Args)]
pub struct Detach {
    /// Show what would be lost, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Detach although something is live or on record
    #[arg(long, conflicts_with = "dry_run")]
    pub yes: bool,
    /// The new folder in which to keep what would be lost
    #[arg(long, value_name = "DIR", default_value = "hopsdesk-detached")]
    pub to: PathBuf,
}

/// What to do with the list of staff.
#[derive(Debug, Subcommand)]
pub enum Staff {
    /// Make a login, valid for a day, and print its one-time code
    Add {
        /// Name of the database login: small letters, digits, points, hyphens, underscores
        #[arg(long)]
        login: String,
        /// Auth0 user id of the person, e.g. auth0|5f7c8ec7c33c6c004bbafe82
        #[arg(long)]
        sub: String,
        /// Their name
        #[arg(long)]
        name: String,
        /// support, finance, admin or auditor
        #[arg(long, value_parser = ["support", "finance", "admin", "auditor"])]
        group: String,
    },
    /// Print everybody: login, group, name, Auth0 id, state
    List,
    /// End a login, its sessions and everything it may do
    Revoke {
        /// The login
        login: String,
        /// Why, for the record
        #[arg(long)]
        reason: Option<String>,
    },
}

/// What to do with the switches of effects.
#[derive(Debug, Subcommand)]
pub enum Effects {
    /// Print every switch: effect, cluster, mode, who set it
    List,
    /// Set one
    Set {
        /// The effect, as `effects list` names it
        effect: String,
        /// off (nothing is computed), shadow (computed and shown, not done) or live
        #[arg(value_parser = ["off", "shadow", "live"])]
        mode: String,
        /// Only on this cluster, by its id
        #[arg(long, value_name = "ID")]
        cluster: Option<String>,
        /// Why, for the record
        #[arg(long)]
        reason: String,
    },
}

/// Options of `sandbox`.
#[derive(Debug, Args)]
pub struct Sample {
    /// How many users
    #[arg(long, value_name = "N", default_value_t = 300)]
    pub users: u32,
    /// How many days of usage, up to today
    #[arg(long, value_name = "N", default_value_t = 400)]
    pub days: u16,
    /// Another seed makes other customers of the same kind
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Port on 127.0.0.1; a free one when left away
    #[arg(long, value_name = "P")]
    pub port: Option<u16>,
    /// Keep the data in this folder, and go on with it next time
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
}

fn parse_set(text: &str) -> Result<MigrationSet, String> {
    MigrationSet::ALL
        .iter()
        .copied()
        .find(|set| set.name() == text)
        .ok_or_else(|| {
            let names: Vec<_> = MigrationSet::ALL.iter().map(|set| set.name()).collect();
            format!("the sets are: {}", names.join(", "))
        })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_definitions_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn sets_are_separated_by_commas() {
        let cli = Cli::parse_from(["x", "migrate", "--set", "managed,console"]);
        let Command::Migrate(migrate) = cli.command else {
            panic!("migrate");
        };
        assert_eq!(migrate.sets, [MigrationSet::Managed, MigrationSet::Console]);
        assert!(Cli::try_parse_from(["x", "migrate", "--set", "other"]).is_err());
        assert!(Cli::try_parse_from(["x", "migrate"]).is_err());
    }
}
