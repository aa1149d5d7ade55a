//! `sandbox`: a private Postgres with sample data, for as long as it is wanted.

use std::io::{Write as _, stderr, stdout};
use std::path::PathBuf;
use std::pin::pin;

use time::OffsetDateTime;
use url::Url;

use crate::cli::Sample;
use crate::cli::failure::CliError;
use crate::cli::settings::DatabaseLogin;
use crate::config::database::DatabaseAddress;
use crate::config::{ConfigError, Variables};
use crate::domain::random::Random;
use crate::identity::management::Credentials;
use crate::identity::tenant::Tenant;
use crate::sandbox::failure::SandboxError;
use crate::sandbox::postgres::find::Search;
use crate::sandbox::{Progress, Sandbox, SandboxOptions, Step};
use crate::secrets::Secret;

/// Opens a sandbox, prints its `DATABASE_URL`, and keeps it until it is asked to stop. What
/// `asked_to_stop` returns is done when somebody asks from then on.
///
/// # Errors
/// When it cannot be opened or removed.
pub async fn run<Asked: Future<Output = ()>>(
    command: &Sample,
    now: OffsetDateTime,
    random: &dyn Random,
    asked_to_stop: impl Fn() -> Result<Asked, CliError>,
) -> Result<(), CliError> {
    let mut stop = pin!(asked_to_stop()?);
    // One that is not kept must not be the console's own: it would be removed under it.
    let passing = match &command.keep {
        Some(_) => None,
        None => Some(passing_folder(now)),
    };
    let options = SandboxOptions {
        folder: command.keep.clone().or(passing),
        port: command.port,
        users: command.users,
        days: command.days,
        seed: command.seed,
        keep: command.keep.is_some(),
        ..SandboxOptions::new(now)
    };
    let mut shown: Option<Step> = None;
    let opening = Sandbox::open(options, random, move |progress: Progress| {
        if shown.replace(progress.step) != Some(progress.step) {
            say(progress.step.sentence());
        }
    });
    let mut opening = pin!(opening);
    let opened = tokio::select! {
        opened = &mut opening => opened,
        () = &mut stop => {
            // Broken off half-way it would leave a folder behind, or a server.
            let again = asked_to_stop()?;
            say("It stops as soon as it is open. Ask again to break off and leave what is there.");
            let opened = tokio::select! {
                opened = opening => opened,
                () = again => return Err(CliError::Failed("Broken off.".to_owned())),
            };
            let sandbox = opened.map_err(|error| failed(&error))?;
            return sandbox.stop().await.map_err(|error| failed(&error));
        }
    };
    let sandbox = opened.map_err(|error| failed(&error))?;
    let url = url(&sandbox.address(), sandbox.password())?;
    let mut out = stdout().lock();
    writeln!(out, "{url}")?;
    out.flush()?;
    drop(out);
    say("Look at it with `psql` and that URL, or serve it in another terminal:");
    say("  DATABASE_URL='<the URL>' AUTH0_WEBHOOK_SECRET=try hopsdesk-webhook serve");
    say(
        "Its staff have a login each, with the same password. Put one in the URL to see what a group may do:",
    );
    say("  sandbox_support, sandbox_finance, sandbox_admin, sandbox_auditor");
    say("Ctrl-C stops it.");
    stop.await;
    sandbox.stop().await.map_err(|error| failed(&error))
}

/// The database of the sandbox that the console has open, in the same folder as the console's:
/// `HOPSDESK_SANDBOX`, or the platform's.
///
/// # Errors
/// When none is open.
pub async fn running(variables: Variables<'_>) -> Result<(Sandbox, DatabaseLogin), CliError> {
    let folder = variables("HOPSDESK_SANDBOX").map(PathBuf::from);
    let joined = Sandbox::join(folder.as_deref(), &Search::everywhere())
        .await
        .map_err(|error| failed(&error))?;
    let sandbox = joined.ok_or_else(|| {
        let problem = "no sandbox is open. Start the console, which opens it, and try again; or \
                       leave --sandbox away and set DATABASE_URL";
        ConfigError::new("--sandbox", problem)
    })?;
    let login = DatabaseLogin {
        address: sandbox.address(),
        password: Some(sandbox.password().clone()),
        named: "the sandbox",
    };
    Ok((sandbox, login))
}

/// What opens the Management API of the sandbox's stand-in for Auth0.
///
/// # Errors
/// When its address is none, which cannot be.
pub fn management(sandbox: &Sandbox) -> Result<Option<Credentials>, CliError> {
    let credentials = sandbox.auth0().map(|access| {
        let odd = |error| CliError::Failed(format!("the sandbox's Auth0 {error}"));
        Ok(Credentials {
            tenant: Tenant::parse(&access.domain()).map_err(odd)?,
            client_id: access.client_id().to_owned(),
            client_secret: access.client_secret.clone(),
        })
    });
    credentials.transpose()
}

fn passing_folder(now: OffsetDateTime) -> PathBuf {
    let name = format!(
        "hopsdesk-sandbox-{}-{}",
        std::process::id(),
        now.unix_timestamp()
    );
    std::env::temp_dir().join(name)
}

/// The URL, password included: it opens sample data on this machine, nothing else.
fn url(address: &DatabaseAddress, password: &Secret<String>) -> Result<Url, CliError> {
    let odd = |()| CliError::Failed("the sandbox has an address that is no URL".to_owned());
    let mut url = Url::parse(&format!(
        "postgresql://{}:{}/{}",
        address.host, address.port, address.database
    ))
    .map_err(|_| odd(()))?;
    url.set_username(&address.login).map_err(odd)?;
    url.set_password(Some(password.expose())).map_err(odd)?;
    Ok(url)
}

fn failed(error: &SandboxError) -> CliError {
    match error {
        SandboxError::Options(_) | SandboxError::NotPostgres(_) => {
            ConfigError::new("sandbox", error.to_string()).into()
        }
        _ => CliError::Failed(error.to_string()),
    }
}

fn say(line: &str) {
    let _ = writeln!(stderr(), "{line}");
}
