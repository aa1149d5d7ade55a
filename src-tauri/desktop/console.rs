//! The console's state: which workspace is open, and how far opening it has come.

use std::future::Future;
use std::path::PathBuf;
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::watch;

use crate::config::workspaces::{Settings, SettingsError};
use crate::desktop::ConsoleParts;
use crate::desktop::ahead::Ahead;
use crate::desktop::exports::Exports;
use crate::desktop::fiscal::CheckedZone;
use crate::desktop::indexing::{Job, Way};
use crate::desktop::instance::settings_path;
use crate::desktop::links::Links;
use crate::desktop::opening::Entered;
use crate::desktop::sign_in::{Confirming, Held, Inside, StandIn};
use crate::desktop::workspaces::SANDBOX;
use crate::domain::clock::Clock;
use crate::domain::lacks::Lacks;
use crate::domain::random::Random;
use crate::identity::management::Management;
use crate::sandbox::Sandbox;
use crate::secrets::sealing::Identities;
use crate::usecases::carry_out_own::carry_out_own;
use crate::usecases::desk::Desk;
use crate::usecases::keep_rollups::keep_rollups;
use crate::usecases::open_database::notice_lacks;
use crate::usecases::read_back_own::read_back_own;
use crate::usecases::snapshot_own::snapshot_own;
use crate::usecases::watch_alerts::keep_watching;
use crate::wire::failure::{Failure, FailureCode};
use crate::wire::session::{Session, SessionState};
use crate::wire::workspaces::Workspace;

/// How long closing the window may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// When work in the background begins, after a workspace was opened.
const AFTER_THE_FIRST_SCREEN: Duration = Duration::from_secs(1);

/// How soon a screen stops saying that a table is missing which is there by now.
const NOTICED_WITHIN: Duration = Duration::from_secs(10);

/// Shared by all commands.
pub(in crate::desktop) struct Console {
    pub(in crate::desktop) clock: Arc<dyn Clock>,
    pub(in crate::desktop) random: Arc<dyn Random>,
    pub(in crate::desktop) sandbox_folder: Option<PathBuf>,
    /// Where exports go; none for the person's Downloads.
    pub(in crate::desktop) chosen_folder: Option<PathBuf>,
    /// Lists being written to files.
    pub(in crate::desktop) exports: Arc<Exports>,
    /// Links into the console from outside.
    pub(in crate::desktop) links: Links,
    settings_path: PathBuf,
    version: String,
    open: Mutex<Open>,
    /// What the first screen asks for.
    pub(in crate::desktop) ahead: Ahead,
    /// The fiscal time zone that was found good last.
    pub(in crate::desktop) fiscal: CheckedZone,
    /// The index that is being made, or the last one that was to be.
    pub(in crate::desktop) indexing: Mutex<Option<Job>>,
    /// Held while the settings file is read, changed and written.
    pub(in crate::desktop) settings_lock: tokio::sync::Mutex<()>,
    /// When somebody was at the window last, in seconds since 1970.
    pub(in crate::desktop) present: AtomicI64,
    /// Whoever is in is being asked once more who they are.
    pub(in crate::desktop) confirming: tokio::sync::Mutex<Option<Confirming>>,
    /// The sandbox's stand-in for Auth0, while somebody tries the sign-in.
    pub(in crate::desktop) stand_in: tokio::sync::Mutex<Option<StandIn>>,
    /// The sandbox, while one of ours runs. Held across opening, so that two openings take turns.
    pub(in crate::desktop) sandbox: tokio::sync::Mutex<Option<Sandbox>>,
}

/// What is open.
pub(in crate::desktop) struct Open {
    /// Counts openings: one that was overtaken by a later one reports nothing any more.
    pub(in crate::desktop) turn: u64,
    pub(in crate::desktop) workspace: Workspace,
    pub(in crate::desktop) state: SessionState,
    pub(in crate::desktop) desk: Option<Desk>,
    /// A workspace that is kept back until somebody signs in; then there is no desk.
    pub(in crate::desktop) held: Option<Held>,
    /// Whoever signed in.
    pub(in crate::desktop) inside: Option<Inside>,
    /// How it was reached, for what wants a session of its own.
    way: Option<Way>,
    /// Asks the tenant at Auth0, where the console holds what opens it.
    pub(in crate::desktop) management: watch::Sender<Option<Management>>,
    /// Open what is sealed of clusters.
    pub(in crate::desktop) identities: watch::Sender<Identities>,
    /// Keeps the rollups of the open workspace, and carries out what was decided in it.
    pub(in crate::desktop) keeping: Vec<Keeping>,
}

/// Works in the background until it is dropped.
pub(in crate::desktop) struct Keeping(tauri::async_runtime::JoinHandle<()>);

impl Keeping {
    /// Begins once the first screen has had the database for itself.
    fn begin(work: impl Future<Output = ()> + Send + 'static) -> Self {
        Self(tauri::async_runtime::spawn(async move {
            tokio::time::sleep(AFTER_THE_FIRST_SCREEN).await;
            work.await;
        }))
    }

    /// Keeps what was spawned.
    pub(in crate::desktop) fn of(task: tauri::async_runtime::JoinHandle<()>) -> Self {
        Self(task)
    }
}

impl Drop for Keeping {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Looks every few seconds whether the open database has come to have, or to lack, something: a table that its own
/// programs made and attach took up, or the first invoice that Stripe tells of.
async fn keep_noticing(console: Weak<Console>, turn: u64, mut desk: Desk) {
    loop {
        tokio::time::sleep(NOTICED_WITHIN).await;
        // A database that does not answer is said by whatever is on screen.
        let Ok(Some(lacks)) = notice_lacks(&desk).await else {
            continue;
        };
        let Some(console) = console.upgrade() else {
            return;
        };
        desk.lacks = Arc::new(lacks.clone());
        console.lacks_now(turn, lacks);
    }
}

impl Console {
    pub(in crate::desktop) fn new(parts: ConsoleParts, version: String) -> Arc<Self> {
        let settings_path = settings_path(parts.settings.as_deref());
        Arc::new(Self {
            clock: parts.clock,
            random: parts.random,
            sandbox_folder: parts.sandbox,
            chosen_folder: parts.exports,
            exports: Arc::default(),
            links: Links::default(),
            settings_path,
            version,
            open: Mutex::new(Open {
                turn: 0,
                workspace: crate::desktop::workspaces::sandbox_workspace(),
                state: starting("Starting", None),
                desk: None,
                held: None,
                inside: None,
                keeping: Vec::new(),
                way: None,
                management: watch::Sender::new(None),
                identities: watch::Sender::default(),
            }),
            ahead: Ahead::default(),
            fiscal: CheckedZone::default(),
            indexing: Mutex::new(None),
            settings_lock: tokio::sync::Mutex::new(()),
            present: AtomicI64::new(0),
            confirming: tokio::sync::Mutex::new(None),
            stand_in: tokio::sync::Mutex::new(None),
            sandbox: tokio::sync::Mutex::new(None),
        })
    }

    /// The settings as they are on file.
    pub(in crate::desktop) fn settings(&self) -> Result<Settings, SettingsError> {
        Settings::load(&self.settings_path)
    }

    /// A file of ours beside the settings.
    pub(in crate::desktop) fn beside_settings(&self, name: &str) -> PathBuf {
        self.settings_path.with_file_name(name)
    }

    /// The folder that the settings are in.
    pub(in crate::desktop) fn settings_folder(&self) -> PathBuf {
        let folder = self.settings_path.parent();
        folder.map_or_else(PathBuf::new, std::path::Path::to_owned)
    }

    /// Writes the settings.
    pub(in crate::desktop) fn save(&self, settings: &Settings) -> Result<(), SettingsError> {
        settings.save(&self.settings_path)
    }

    /// What the window is told of the open workspace.
    pub(in crate::desktop) fn session(&self) -> Session {
        let open = self.lock();
        Session {
            workspace: open.workspace.clone(),
            state: open
                .held
                .as_ref()
                .map_or_else(|| open.state.clone(), |held| held.state(self.clock.now())),
            version: self.version.clone(),
        }
    }

    /// The desk of the open workspace.
    ///
    /// # Errors
    /// While it is being opened, or when it could not be.
    pub(in crate::desktop) fn desk(&self) -> Result<Desk, Failure> {
        let open = self.lock();
        if open.held.is_some() {
            return Err(Failure {
                code: FailureCode::SignIn,
                message: format!("Sign in to open {}.", open.workspace.name),
                reference: None,
                argument: None,
            });
        }
        match (&open.desk, &open.state) {
            (Some(desk), _) => Ok(desk.clone()),
            (None, SessionState::Failed { failure }) => Err(failure.clone()),
            (None, _) => Err(Failure {
                code: FailureCode::Starting,
                message: format!("{} is still being opened.", open.workspace.name),
                reference: None,
                argument: None,
            }),
        }
    }

    /// Begins to open a workspace; the turn to report under.
    pub(in crate::desktop) fn begin(&self, workspace: Workspace) -> u64 {
        let mut open = self.lock();
        self.ahead.forget();
        open.management.send_replace(None);
        open.identities.send_replace(Identities::default());
        open.turn += 1;
        open.state = starting("Connecting", None);
        open.workspace = workspace;
        open.desk = None;
        open.held = None;
        open.inside = None;
        open.keeping.clear();
        open.way = None;
        open.turn
    }

    /// Reports how far the opening of that turn is.
    pub(in crate::desktop) fn progress(&self, turn: u64, step: &str, percent: u8) {
        let mut open = self.lock();
        if open.turn == turn {
            open.state = starting(step, Some(percent));
        }
    }

    /// Keeps the way into the database of that turn.
    pub(in crate::desktop) fn keep_way(&self, turn: u64, way: Way) {
        let mut open = self.lock();
        if open.turn == turn {
            open.way = Some(way);
        }
    }

    /// The way into the open database.
    pub(in crate::desktop) fn way(&self) -> Option<Way> {
        self.lock().way.clone()
    }

    /// Ends the opening of that turn.
    pub(in crate::desktop) fn finish(
        self: &Arc<Self>,
        turn: u64,
        outcome: Result<Entered, Failure>,
    ) {
        let mut open = self.lock();
        if open.turn != turn {
            return;
        }
        open.held = None;
        match outcome {
            Ok(entered) => {
                let desk = entered.desk;
                open.management.send_replace(entered.management);
                open.identities.send_replace(entered.identities);
                open.workspace = entered.workspace;
                open.state = entered.ready;
                let keeping = keep_rollups(desk.store.clone(), Arc::clone(&self.clock));
                // The sandbox's clusters know any client.
                let client = is_sandbox(&open.workspace.id).then(|| SANDBOX.to_owned());
                let looking = snapshot_own(
                    desk.store.clone(),
                    Arc::clone(&self.clock),
                    open.identities.subscribe(),
                );
                let effects = carry_out_own(
                    desk.store.clone(),
                    Arc::clone(&self.clock),
                    Arc::clone(&self.random),
                    client,
                    open.management.subscribe(),
                    open.identities.subscribe(),
                );
                open.keeping = vec![
                    Keeping::begin(keeping),
                    Keeping::begin(effects),
                    Keeping::begin(looking),
                ];
                if is_sandbox(&open.workspace.id) {
                    // Elsewhere `serve` looks, by one clock.
                    let watching = keep_watching(desk.store.clone(), Arc::clone(&self.clock));
                    open.keeping.push(Keeping::begin(watching));
                    let clock = Arc::clone(&self.clock);
                    let managed = open.management.subscribe();
                    let reading = read_back_own(desk.store.clone(), clock, managed);
                    open.keeping.push(Keeping::begin(reading));
                }
                let noticing = keep_noticing(Arc::downgrade(self), turn, desk.clone());
                open.keeping.push(Keeping::begin(noticing));
                open.desk = Some(desk);
                self.ahead.ask(self);
            }
            Err(failure) => open.state = SessionState::Failed { failure },
        }
    }

    /// From now on the workspace of that turn lacks that.
    pub(in crate::desktop) fn lacks_now(&self, turn: u64, lacks: Lacks) {
        let mut open = self.lock();
        if open.turn != turn {
            return;
        }
        if let SessionState::Ready { lacks: shown, .. } = &mut open.state {
            *shown = lacks.sentences().map(str::to_owned).collect();
        }
        if let Some(desk) = &mut open.desk {
            desk.lacks = Arc::new(lacks);
        }
    }

    /// Asks the tenant of the open workspace at Auth0; none where the console holds nothing that opens it.
    pub(in crate::desktop) fn management(&self) -> Option<Management> {
        self.lock().management.borrow().clone()
    }

    /// From now on it is asked with that, if the workspace is still the open one.
    pub(in crate::desktop) fn manage_with(&self, id: &str, management: Option<Management>) {
        let open = self.lock();
        if open.workspace.id == id {
            open.management.send_replace(management);
        }
    }

    /// From now on what is sealed is opened with those, too, if the workspace is still the open one.
    pub(in crate::desktop) fn open_with(&self, id: &str, identities: Identities) {
        let open = self.lock();
        if open.workspace.id == id {
            open.identities.send_modify(|ours| ours.extend(identities));
        }
    }

    /// From now on it opens nothing that is sealed, if the workspace is still the open one.
    pub(in crate::desktop) fn open_with_none(&self, id: &str) {
        let open = self.lock();
        if open.workspace.id == id {
            open.identities.send_replace(Identities::default());
        }
    }

    /// Public keys of what is sealed that this console opens.
    pub(in crate::desktop) fn public_keys(&self) -> Vec<String> {
        self.lock().identities.borrow().public_keys()
    }

    /// Id of the workspace that is open or being opened.
    pub(in crate::desktop) fn open_id(&self) -> String {
        self.lock().workspace.id.clone()
    }

    /// Leaves: closes connections and stops the sandbox if it is ours to stop. A window that was closed
    /// does not wait long: what is still being opened then stops itself when the program ends.
    pub(in crate::desktop) async fn leave(&self) {
        let desk = {
            let mut open = self.lock();
            open.keeping.clear();
            self.ahead.forget();
            let held = open.held.take().map(Held::into_desk);
            open.desk.take().or(held)
        };
        let leaving = async {
            self.exports.leave().await;
            if let Some(desk) = desk {
                desk.store.close().await;
            }
            if let Some(sandbox) = self.sandbox.lock().await.take()
                && let Err(error) = sandbox.stop().await
            {
                tracing::warn!(%error, "the sandbox did not stop");
            }
        };
        if tokio::time::timeout(PATIENCE, leaving).await.is_err() {
            tracing::warn!("left without waiting any longer for the sandbox");
        }
    }

    pub(in crate::desktop) fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn starting(step: &str, percent: Option<u8>) -> SessionState {
    SessionState::Starting {
        step: step.to_owned(),
        percent,
    }
}

/// Whether an id is the sandbox's.
pub(in crate::desktop) fn is_sandbox(id: &str) -> bool {
    id == SANDBOX
}
