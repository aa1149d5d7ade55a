//! What the tests share: one sandbox that runs, and homes for people to open consoles in.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use tokio::sync::{Mutex, MutexGuard};

use super::driver::{Start, Window, open_folder};
use crate::support::database::{Kind, TestDatabase};

/// Keeps the sandbox running until the tests are over, however they end: then its input is closed.
/// Whatever servers are left by then are stopped, and everything is removed. Where `HOPSDESK_TEST_SANDBOX` names a
/// folder, the sandbox begins as a copy of that one, which nobody has open.
const KEEPER: &str = r#"
[ -z "${HOPSDESK_TEST_SANDBOX:-}" ] || cp -a "$HOPSDESK_TEST_SANDBOX" "$1/sandbox"
"$2" sandbox --keep "$1/sandbox" &
sandbox=$!
# Only the sandbox holds the output: when it cannot start, who reads is told at once.
exec >/dev/null
read -r _ || true
kill "$sandbox" && wait "$sandbox"
for file in "$1"/*/server/data/postmaster.pid; do
  [ -s "$file" ] || continue
  server=$(head -n 1 "$file")
  kill -INT "$server"
  while kill -0 "$server"; do sleep 0.1; done
done
rm -rf "$1"
"#;

/// Folder of everything.
struct World {
    place: PathBuf,
}

impl World {
    fn get() -> &'static Self {
        static WORLD: OnceLock<World> = OnceLock::new();
        WORLD.get_or_init(|| {
            let place = PathBuf::from(format!("/tmp/hopsdesk-e2e-{}", std::process::id()));
            open_folder(&place);
            let mut keeper = Command::new("sh")
                .args(["-c", KEEPER, "keeper"])
                .arg(&place)
                .arg(webhook_program())
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                // Ctrl-C is for the tests; who cleans up after them goes on.
                .process_group(0)
                .spawn()
                .expect("sh runs");
            let said = keeper.stdout.take().expect("its output");
            let mut line = String::new();
            let read = BufReader::new(said).read_line(&mut line);
            read.expect("the sandbox says its address");
            assert!(line.contains("postgresql://"), "the sandbox starts: {line}");
            // Its input stays open for as long as this process lives.
            std::mem::forget(keeper);
            World { place }
        })
    }
}

/// A database of one's own on the server of the database tests. That server stops when nobody has used
/// it for a while, and between two tests here that is easily so: a session is held on it until the end.
pub(crate) async fn database(kind: Kind) -> TestDatabase {
    static SESSION: OnceLock<Child> = OnceLock::new();
    let database = TestDatabase::new(kind).await;
    SESSION.get_or_init(|| {
        database
            .tool("psql")
            .args(["-X", "-q", "-d", "postgres"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("psql runs")
    });
    database
}

/// Puts a browser into a home that shows nothing, and writes down where it is sent.
fn browser_in(home: &Path) {
    use std::os::unix::fs::PermissionsExt as _;

    let program = home.join("bin/xdg-open");
    std::fs::create_dir_all(home.join("bin")).expect("a folder");
    std::fs::write(
        &program,
        "#!/bin/sh\nprintf '%s\\n' \"$1\" >> \"$HOME/opened\"\n",
    )
    .expect("a file");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("its rights");
}

/// The headless program.
pub(crate) fn webhook_program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_hopsdesk-webhook"))
}

/// Somebody with a home of their own, whose turn it is.
pub(crate) struct Person {
    /// How they start the console.
    pub(crate) start: Start,
    _turn: MutexGuard<'static, ()>,
}

impl Person {
    /// Somebody who works on the sandbox that is there already.
    pub(crate) async fn new(name: &str) -> Self {
        Self::with_sandbox(name, "sandbox").await
    }

    /// Somebody whose machine knows nothing of Hopsdesk.
    pub(crate) async fn newcomer(name: &str) -> Self {
        Self::with_sandbox(name, name).await
    }

    async fn with_sandbox(name: &str, sandbox: &str) -> Self {
        static TURN: Mutex<()> = Mutex::const_new(());
        let turn = TURN.lock().await;
        let place = &World::get().place;
        let home = place.join("homes").join(name);
        std::fs::create_dir_all(&home).expect("a home");
        browser_in(&home);
        Self {
            start: Start {
                binary: env!("CARGO_BIN_EXE_hopsdesk").into(),
                home,
                sandbox: place.join(sandbox),
                bus: None,
                environment: Vec::new(),
                evidence: Path::new(env!("CARGO_TARGET_TMPDIR"))
                    .join("end-to-end")
                    .join(name),
            },
            _turn: turn,
        }
    }

    /// Opens the console.
    pub(crate) async fn open(&self) -> Window {
        Window::open(&self.start).await
    }

    /// Opens the console, and waits until the overview is filled.
    pub(crate) async fn at_work(&self) -> Window {
        let window = self.open().await;
        window.overview_is_filled().await;
        window
    }

    /// Where the sandbox's server says that it runs.
    pub(crate) fn server_file(&self) -> PathBuf {
        self.start.sandbox.join("server/data/postmaster.pid")
    }

    /// Waits until the browser was sent somewhere for the `count`th time; where.
    pub(crate) async fn sent_to(&self, count: usize) -> String {
        let file = self.start.home.join("opened");
        super::driver::patiently("the browser", async || {
            let opened = std::fs::read_to_string(&file).unwrap_or_default();
            let mut lines = opened.lines().map(str::to_owned);
            lines.nth(count - 1).ok_or("was sent nowhere")
        })
        .await
    }

    /// The settings file.
    pub(crate) fn settings_file(&self) -> PathBuf {
        self.start.home.join(".config/hopsdesk/console.toml")
    }
}
