//! The headless program: reads the settings, makes what everything else is handed, and runs a command.

mod reloading;
mod system_clock;
mod system_random;

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser as _;
use hopsdesk::cli::failure::CliError;
use hopsdesk::cli::settings::{DatabaseSettings, ServeSettings, secret_files};
use hopsdesk::cli::{
    Cli, Command, Serve, detach, doctor, logs, replay, rollups, sandbox, schema, secrets, staff,
};
use hopsdesk::clusters::connections::Connections;
use hopsdesk::domain::clock::Clock as _;
use hopsdesk::domain::random::Random as _;
use hopsdesk::identity::http::Patience;
use hopsdesk::identity::management::Management;
use hopsdesk::receiver::callers::Callers;
use hopsdesk::receiver::context::{Context, Effects, Keys, Parts, Stripe};
use hopsdesk::receiver::limits::Limits;
use hopsdesk::receiver::serve::serve;
use hopsdesk::store::at_once::Sessions;
use hopsdesk::store::connect;
use hopsdesk::store::door::Store;
use hopsdesk::store::migrate::{MigrationSet, latest};
use hopsdesk::usecases::store_together::COMMITTERS;
use tokio::net::TcpListener;

use crate::reloading::{Asked, Files, keep_reloading};
use crate::system_clock::SystemClock;
use crate::system_random::SystemRandom;

/// Connections to the database: more do not make commits faster, and a pooler has few to give.
const CONNECTIONS: u32 = 16;

fn main() -> ExitCode {
    // The one TLS stack; a second call, which cannot be, would only say that it is there.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let cli = Cli::parse();
    match run(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(CliError::NoReader) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::from(error.exit_code())
        }
    }
}

fn run(command: Command) -> Result<(), CliError> {
    if matches!(command, Command::Serve(_)) {
        logs::for_machines(&variable)?;
    } else {
        logs::for_people(&variable)?;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::Failed(format!("Cannot start: {error}.")))?;
    let reference = uuid::Builder::from_random_bytes(SystemRandom.bits().to_be_bytes())
        .into_uuid()
        .to_string();
    let done = runtime.block_on(async {
        match command {
            Command::Serve(options) => receive(&options, &reference).await,
            Command::Migrate(options) => schema::migrate(&options, &variable, &reference).await,
            Command::Attach(options) => schema::attach(&options, &variable, &reference).await,
            Command::Rollups(options) => {
                rollups::run(&options, &variable, &SystemClock, &reference).await
            }
            Command::Doctor(options) => {
                doctor::run(&options, &variable, Arc::new(SystemClock), &reference).await
            }
            Command::Detach(options) => detach::run(&options, &variable, &reference).await,
            Command::Staff(options) => staff::staff(&options, &variable, &reference).await,
            Command::Effects(options) => staff::effects(&options, &variable, &reference).await,
            Command::Secrets(options) => {
                secrets::run(&options, &variable, &SystemRandom, &reference).await
            }
            Command::Replay(options) => replay::run(&options, &variable, &reference).await,
            Command::Sandbox(options) => {
                sandbox::run(&options, SystemClock.now(), &SystemRandom, asked_to_stop).await
            }
        }
    });
    // Dropped, it would wait for a name server that a connection still asks.
    runtime.shutdown_background();
    done
}

async fn receive(options: &Serve, reference: &str) -> Result<(), CliError> {
    // From the beginning: whoever asks too early for secrets to be read anew ends nothing.
    let asked = Asked::listen();
    // And whatever changes from here on, while the program starts, is noticed.
    let files = Files::look(secret_files(&variable));
    let mut settings = ServeSettings::read(&variable)?;
    let (lease, login) = if options.sandbox {
        let (sandbox, login) = sandbox::running(&variable).await?;
        settings.management = sandbox::management(&sandbox)?;
        settings.identities.extend(sandbox.identities().clone());
        (Some(sandbox), login)
    } else {
        (None, DatabaseSettings::read(&variable)?.main())
    };
    let pool = connect::pool(&login.address, login.password.as_ref(), CONNECTIONS)
        .map_err(|error| CliError::store(&error, &login.address.to_string(), reference))?;
    let mut store = Store::new(pool.clone());
    let mut sessions = None;
    // What stands there is found out; a pooler that is known for one is not asked.
    if login.address.pool_mode.keeps_session() {
        let kept = Sessions::new(&login.address, login.password.as_ref(), COMMITTERS)
            .map_err(|error| CliError::store(&error, &login.address.to_string(), reference))?;
        store = store.with_sessions(kept.clone());
        sessions = Some(kept);
    }
    let bind = settings.receiver.bind;
    let listener = TcpListener::bind(bind).await.map_err(|error| {
        CliError::Failed(format!(
            "HOPSDESK_BIND: cannot listen on {bind}: {error}. Name another address or port."
        ))
    })?;
    let stop = asked_to_stop()?;
    let address = listener.local_addr().map(|address| address.to_string());
    tracing::info!(
        address = address.unwrap_or_else(|_| bind.to_string()),
        database = %login.address,
        version = env!("CARGO_PKG_VERSION"),
        "listening"
    );
    // The sandbox's tenant is not in the environment.
    let tenant = settings.management.clone().filter(|_| options.sandbox);
    let of_sandbox = lease.as_ref().map(|sandbox| sandbox.identities().clone());
    let context = Context::new(Parts {
        store,
        place: login.named.to_owned(),
        keys: keys(&settings)?,
        callers: Callers::new(settings.receiver.proxies),
        api: settings.api,
        origins: settings.receiver.origins,
        console_version: latest(MigrationSet::Console),
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        limits: Limits::default(),
        effects: Effects {
            connections: Connections::default()
                .opening_with(settings.identities)
                .with_opencost_at(settings.opencost),
            client_id: settings.client_id,
        },
        service: login.address.to_string(),
    });
    let named = reference.to_owned();
    let mode = settings.stripe_mode;
    let read_anew = move || {
        let mut settings = ServeSettings::read(&variable)?;
        settings.are_still_for(mode)?;
        if let Some(tenant) = &tenant {
            settings.management = Some(tenant.clone());
            settings
                .identities
                .extend(of_sandbox.clone().unwrap_or_default());
            return Ok((keys(&settings)?, settings.identities));
        }
        let renewed = DatabaseSettings::read(&variable)?.main();
        renewed.is_still(&login.address)?;
        let keys = keys(&settings)?;
        let identities = std::mem::take(&mut settings.identities);
        let (address, password) = (&renewed.address, renewed.password.as_ref());
        connect::renew(&pool, address, password)
            .and_then(|()| match &sessions {
                Some(sessions) => sessions.renew(address, password),
                None => Ok(()),
            })
            .map_err(|error| CliError::store(&error, &address.to_string(), &named))?;
        Ok((keys, identities))
    };
    let reloading = tokio::spawn(keep_reloading(context.clone(), asked, files, read_anew));
    serve(context, listener, stop).await;
    reloading.abort();
    if let Some(sandbox) = lease {
        // The console may have left in the meantime; then this stops the server.
        sandbox
            .stop()
            .await
            .map_err(|error| CliError::Failed(error.to_string()))?;
    }
    Ok(())
}

/// What may be exchanged while it serves.
fn keys(settings: &ServeSettings) -> Result<Keys, CliError> {
    let management = settings
        .management
        .clone()
        .map(|credentials| Management::new(credentials, Arc::new(SystemClock), Patience::default()))
        .transpose()
        .map_err(|error| CliError::Failed(format!("Cannot reach out over TLS: {error}.")))?;
    Ok(Keys {
        auth0: settings.auth0.clone(),
        stripe: Stripe {
            secrets: settings.stripe.clone(),
            mode: settings.stripe_mode,
            reader: settings.stripe_reader.clone(),
        },
        management,
        outside: settings.outside.clone(),
    })
}

/// An environment variable; an empty one counts as unset.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Done at SIGTERM or Ctrl-C. The handlers are there as soon as this returns, so that no signal finds
/// the default, which kills.
fn asked_to_stop() -> Result<impl Future<Output = ()>, CliError> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let no_handler =
            |error: std::io::Error| CliError::Failed(format!("Cannot wait for signals: {error}."));
        let mut terminate = signal(SignalKind::terminate()).map_err(no_handler)?;
        let mut interrupt = signal(SignalKind::interrupt()).map_err(no_handler)?;
        Ok(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
