//! Whose turn it is on the session bus: the first start of a name has it, and later ones hand over what they were
//! given. One that dies gives no answer, and its name is free a moment later: then the turn is taken over.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::Instant;
use zbus::blocking::connection::Builder;
use zbus::blocking::fdo::DBusProxy;
use zbus::blocking::{Connection, connection};
use zbus::fdo::RequestNameFlags;
use zbus::names::BusName;
use zbus::zvariant::Value;

/// Where a start listens for the next one.
const PATH: &str = "/ai/hopsdesk/Starts";
const INTERFACE: &str = "ai.hopsdesk.Starts";

/// How long a start tries to be heard or to take over.
pub(in crate::desktop) const PATIENCE: Duration = Duration::from_secs(10);

/// How long it waits for one answer.
const ANSWER: Duration = Duration::from_secs(3);

/// Between two tries.
const PAUSE: Duration = Duration::from_millis(100);

/// Another start has the name, and can neither be told anything nor be followed.
#[derive(Debug, thiserror::Error)]
#[error(
    "another Hopsdesk with these settings{} neither answers nor ends: end it, and start Hopsdesk again ({answer})",
    .process.map(|id| format!(" (process {id})")).unwrap_or_default()
)]
pub struct Held {
    /// The other's process, where the bus says it.
    process: Option<u32>,
    /// What came of the last try.
    answer: zbus::Error,
}

/// What a start is to do.
pub(in crate::desktop) enum Turn {
    /// Open the window; without a session bus there is nobody to hear later starts.
    Ours(Option<First>),
    /// Nothing more: the one before has heard it.
    Theirs,
}

/// The start that has the name, for as long as this lives.
pub(in crate::desktop) struct First {
    _connection: Connection,
    heard: Heard,
    later: Mutex<Option<UnboundedReceiver<Vec<String>>>>,
}

/// Where the arguments of later starts go; nowhere once this one is about to end.
type Heard = Arc<Mutex<Option<UnboundedSender<Vec<String>>>>>;

impl First {
    /// The arguments of later starts, one after the other; those that came until now, too. Once.
    pub(in crate::desktop) fn later(&self) -> Option<UnboundedReceiver<Vec<String>>> {
        let mut later = self.later.lock().unwrap_or_else(PoisonError::into_inner);
        later.take()
    }

    /// From now on later starts are told to wait for the name: a window that closes shows nothing any more.
    pub(in crate::desktop) fn leave(&self) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        *heard = None;
    }
}

struct Starts(Heard);

#[zbus::interface(name = "ai.hopsdesk.Starts")]
impl Starts {
    /// The arguments of a later start. An error says that it is not followed.
    fn hear(&self, arguments: Vec<String>) -> zbus::fdo::Result<()> {
        let heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = heard.as_ref().map(|heard| heard.send(arguments));
        match taken {
            Some(Ok(())) => Ok(()),
            _ => Err(zbus::fdo::Error::Failed("it is about to end".to_owned())),
        }
    }
}

/// The name under which a start finds the one before it on the session bus: another settings file, or another
/// folder for the sandbox, is another name, so that no start is taken in by a window on other data. A link
/// that the system hands over comes without either, and finds the window that was opened without either.
pub(in crate::desktop) fn bus_name(
    identifier: &str,
    settings: &Path,
    sandbox: Option<&Path>,
) -> String {
    let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let mut hasher = Sha256::new();
    hasher.update(whole(settings).as_os_str().as_encoded_bytes());
    hasher.update([0]);
    if let Some(sandbox) = sandbox {
        hasher.update(whole(sandbox).as_os_str().as_encoded_bytes());
    }
    let digest = hex::encode(hasher.finalize());
    // No part of a name on the bus begins with a digit.
    format!("{identifier}.for{}", &digest[..16])
}

/// Takes the turn under `name`, or hands `arguments` over to who has it; tries for `patience`. Blocks.
///
/// # Errors
/// When who has the name neither answers nor loses it in that time.
pub(in crate::desktop) fn take(
    name: &str,
    arguments: &[String],
    patience: Duration,
) -> Result<Turn, Held> {
    match Builder::session() {
        Ok(bus) => take_on(bus, name, arguments, patience),
        Err(error) => Ok(alone(&error)),
    }
}

fn take_on(
    bus: connection::Builder<'_>,
    name: &str,
    arguments: &[String],
    patience: Duration,
) -> Result<Turn, Held> {
    let (sender, later) = unbounded_channel();
    let heard: Heard = Arc::new(Mutex::new(Some(sender)));
    let listening = bus
        .method_timeout(ANSWER)
        .serve_at(PATH, Starts(Arc::clone(&heard)))
        .and_then(Builder::build);
    let connection = match listening {
        Ok(connection) => connection,
        Err(error) => return Ok(alone(&error)),
    };
    let begun = Instant::now();
    loop {
        match connection.request_name_with_flags(name, RequestNameFlags::DoNotQueue.into()) {
            Ok(_) => {
                return Ok(Turn::Ours(Some(First {
                    _connection: connection,
                    heard,
                    later: Mutex::new(Some(later)),
                })));
            }
            Err(zbus::Error::NameTaken) => {}
            Err(error) => return Ok(alone(&error)),
        }
        match connection.call_method(Some(name), PATH, Some(INTERFACE), "Hear", &(arguments,)) {
            Ok(_) => return Ok(Turn::Theirs),
            Err(error) if begun.elapsed() < patience => {
                tracing::info!(%error, "the Hopsdesk that was here before does not answer; trying again");
                std::thread::sleep(PAUSE);
            }
            Err(answer) => {
                let held = Held {
                    process: process_of(&connection, name),
                    answer,
                };
                say(&connection, &held);
                return Err(held);
            }
        }
    }
}

/// Nobody can be asked, so nobody is in the way.
fn alone(error: &zbus::Error) -> Turn {
    tracing::warn!(%error, "no session bus: another window on the same settings is not noticed");
    Turn::Ours(None)
}

fn process_of(connection: &Connection, name: &str) -> Option<u32> {
    let name = BusName::try_from(name).ok()?;
    let bus = DBusProxy::new(connection).ok()?;
    bus.get_connection_unix_process_id(name).ok()
}

/// On the desktop, too: who clicked an icon reads no log.
fn say(connection: &Connection, held: &Held) {
    const SERVICE: &str = "org.freedesktop.Notifications";
    let words = held.to_string();
    let nothing: Vec<&str> = Vec::new();
    let hints: HashMap<&str, Value<'_>> = HashMap::new();
    let told = connection.call_method(
        Some(SERVICE),
        "/org/freedesktop/Notifications",
        Some(SERVICE),
        "Notify",
        &(
            "Hopsdesk",
            0_u32,
            "",
            "Hopsdesk does not open",
            words.as_str(),
            nothing,
            hints,
            -1_i32,
        ),
    );
    if let Err(error) = told {
        tracing::debug!(%error, "no notification");
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader};
    use std::process::{Child, Command, Stdio};

    use super::*;

    const NAME: &str = "ai.hopsdesk.turn.test";

    /// A session bus of a test's own.
    struct Bus {
        daemon: Child,
        address: String,
    }

    impl Bus {
        fn start() -> Self {
            let mut daemon = Command::new("dbus-daemon")
                .args(["--session", "--nofork", "--print-address"])
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .expect("dbus-daemon (Debian: dbus) runs");
            let mut address = String::new();
            BufReader::new(daemon.stdout.take().expect("its output"))
                .read_line(&mut address)
                .expect("it says its address");
            Self {
                daemon,
                address: address.trim().to_owned(),
            }
        }

        fn take(&self, arguments: &[&str], patience: Duration) -> Result<Turn, Held> {
            let arguments: Vec<String> = arguments.iter().map(|one| (*one).to_owned()).collect();
            let bus = Builder::address(self.address.as_str()).expect("an address");
            take_on(bus, NAME, &arguments, patience)
        }

        fn first(&self) -> First {
            match self.take(&[], PATIENCE) {
                Ok(Turn::Ours(Some(first))) => first,
                Ok(Turn::Ours(None)) => panic!("no bus"),
                Ok(Turn::Theirs) => panic!("somebody else has it"),
                Err(held) => panic!("{held}"),
            }
        }

        /// Somebody who has the name, and tells when they are asked what they never answer.
        fn deaf(&self) -> (Connection, std::sync::mpsc::Receiver<()>) {
            let (asked, hears) = std::sync::mpsc::channel();
            let connection = Builder::address(self.address.as_str())
                .and_then(|bus| bus.name(NAME))
                .and_then(|bus| bus.serve_at(PATH, Deaf(asked)))
                .and_then(Builder::build)
                .expect("a connection");
            (connection, hears)
        }
    }

    impl Drop for Bus {
        fn drop(&mut self) {
            let _ = self.daemon.kill();
            let _ = self.daemon.wait();
        }
    }

    struct Deaf(std::sync::mpsc::Sender<()>);

    #[zbus::interface(name = "ai.hopsdesk.Starts")]
    impl Deaf {
        async fn hear(&self, arguments: Vec<String>) {
            drop(arguments);
            let _ = self.0.send(());
            std::future::pending::<()>().await;
        }
    }

    #[test]
    fn a_later_start_hands_over_even_before_anybody_listens() {
        let bus = Bus::start();
        let first = bus.first();
        let second = bus.take(&["hopsdesk://users"], PATIENCE).expect("heard");
        assert!(matches!(second, Turn::Theirs));
        let mut later = first.later().expect("the first to listen");
        assert_eq!(
            later.blocking_recv(),
            Some(vec!["hopsdesk://users".to_owned()])
        );
    }

    #[test]
    fn who_dies_while_it_is_asked_is_followed_at_once() {
        let bus = Bus::start();
        let (other, asked) = bus.deaf();
        let dies = std::thread::spawn(move || {
            asked.recv().expect("it is asked");
            other.close().expect("its end");
        });
        let begun = Instant::now();
        let _first = bus.first();
        assert!(begun.elapsed() < ANSWER, "{:?}", begun.elapsed());
        dies.join().expect("it died");
    }

    #[test]
    fn who_is_about_to_end_is_waited_for() {
        let bus = Bus::start();
        let first = bus.first();
        first.leave();
        let ends = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(500));
            drop(first);
        });
        let begun = Instant::now();
        let _second = bus.first();
        assert!(begun.elapsed() >= Duration::from_millis(450), "it waited");
        ends.join().expect("it ended");
    }

    #[test]
    fn who_neither_answers_nor_ends_is_named() {
        let bus = Bus::start();
        let (_other, _asked) = bus.deaf();
        let Err(held) = bus.take(&[], Duration::from_millis(1)) else {
            panic!("somebody has the name");
        };
        let said = held.to_string();
        let process = std::process::id();
        assert!(
            said.contains(&format!("(process {process})")) && said.contains("end it"),
            "{said}"
        );
    }

    fn name(settings: &str, sandbox: Option<&str>) -> String {
        bus_name("ai.example", Path::new(settings), sandbox.map(Path::new))
    }

    #[test]
    fn other_settings_or_another_sandbox_are_another_window() {
        let one = name("/home/a/console.toml", None);
        assert_eq!(one, name("/home/a/console.toml", None));
        assert_ne!(one, name("/home/b/console.toml", None));
        assert_ne!(one, name("/home/a/console.toml", Some("/tmp/x")));
        assert_ne!(
            name("/home/a/console.toml", Some("/tmp/x")),
            name("/home/a/console.toml", Some("/tmp/y"))
        );
        assert_eq!(
            name("console.toml", None),
            name(
                std::path::absolute("console.toml")
                    .expect("a folder")
                    .to_str()
                    .expect("text"),
                None
            )
        );
        assert!(one.starts_with("ai.example.for") && one.len() < 60, "{one}");
    }
}
