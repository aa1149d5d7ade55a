//! A keychain of one test's own: a session bus that has nothing on it until told, the Secret Service of GNOME,
//! and the window in which that asks to be unlocked.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use secret_service::EncryptionType;
use secret_service::blocking::SecretService;
use zbus::blocking::connection::Builder;

use super::driver::display::type_away;

/// Opens the keychain; short, since it is typed key by key.
const PASSWORD: &str = "pw";
const PROMPTER: &str = "org.gnome.keyring.SystemPrompter.service";
const ESCAPE: u32 = 0xff1b;
const RETURN: u32 = 0xff0d;

/// The bus, and the keychain while it runs.
pub(crate) struct Keychain {
    place: PathBuf,
    /// Of the bus.
    pub(crate) address: String,
    bus: Child,
    daemon: Option<Child>,
}

impl Keychain {
    /// A bus without a keychain.
    pub(crate) fn absent(place: &Path) -> Self {
        let place = place.to_owned();
        let services = place.join("services");
        fs::create_dir_all(&services).expect("a folder");
        // Who asks for the password is started by the bus; the keychain itself is not.
        fs::copy(
            Path::new("/usr/share/dbus-1/services").join(PROMPTER),
            services.join(PROMPTER),
        )
        .expect("the keychain's window (Debian: gcr) is installed");
        let configuration = format!(
            "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\" \
             \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">\
             <busconfig><type>session</type><listen>unix:dir={}</listen><auth>EXTERNAL</auth>\
             <servicedir>{}</servicedir><policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/>\
             <allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>",
            place.display(),
            services.display()
        );
        let file = place.join("bus.conf");
        fs::write(&file, configuration).expect("a file");
        let mut bus = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", file.display()))
            .args(["--nofork", "--print-address"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("dbus-daemon runs");
        let mut address = String::new();
        let said = bus.stdout.take().expect("its output");
        BufReader::new(said)
            .read_line(&mut address)
            .expect("it says its address");
        Self {
            place,
            address: address.trim().to_owned(),
            bus,
            daemon: None,
        }
    }

    /// Starts the keychain, open.
    pub(crate) fn start(&mut self) {
        let mut daemon = Command::new("gnome-keyring-daemon")
            .args(["--unlock", "--foreground", "--components=secrets"])
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .env("XDG_DATA_HOME", self.place.join("data"))
            .env("XDG_RUNTIME_DIR", &self.place)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("gnome-keyring-daemon runs");
        let mut input = daemon.stdin.take().expect("its input");
        input
            .write_all(PASSWORD.as_bytes())
            .expect("it takes the password");
        drop(input);
        self.daemon = Some(daemon);
        let is_open = |service: &SecretService<'_>| {
            let collection = service.get_default_collection();
            collection.is_ok_and(|open| open.is_locked().is_ok_and(|locked| !locked))
        };
        let mut looks = 0;
        while !self.asked(is_open) {
            looks += 1;
            assert!(looks < 1_600, "the keychain does not open");
            thread::sleep(Duration::from_millis(25));
        }
    }

    /// Ends it, as a crash does.
    pub(crate) fn stop(&mut self) {
        if let Some(mut daemon) = self.daemon.take() {
            let _ = daemon.kill();
            let _ = daemon.wait();
        }
    }

    /// Locks it, as a desktop does when its person leaves.
    pub(crate) fn lock(&self) {
        assert!(self.asked(|service| {
            let collection = service.get_default_collection().expect("a collection");
            collection.lock().is_ok()
        }));
    }

    /// Puts something else in place of what an item holds.
    pub(crate) fn overwrite(&self, name: &str, secret: &[u8]) {
        assert!(self.asked(|service| {
            let attributes =
                HashMap::from([("service", "ai.hopsdesk.console"), ("username", name)]);
            let found = service.search_items(attributes).expect("a search");
            let [item] = found.unlocked.as_slice() else {
                return false;
            };
            item.set_secret(secret, "application/octet-stream").is_ok()
        }));
    }

    /// Answers the keychain's question as a person does: with its password, or with Escape.
    pub(crate) async fn answer(&self, opens: bool) {
        let mut keys: Vec<u32> = PASSWORD.chars().map(u32::from).collect();
        keys.push(RETURN);
        let keys = if opens { keys } else { vec![ESCAPE] };
        let typed = tokio::task::spawn_blocking(move || type_away("gcr-prompter", &keys));
        typed.await.expect("it is answered");
    }

    /// What it says; `false` while there is none. On a thread without a runtime, as what blocks wants it.
    fn asked(&self, question: impl FnOnce(&SecretService<'_>) -> bool + Send) -> bool {
        thread::scope(|scope| {
            let asked = scope.spawn(|| {
                let bus = Builder::address(self.address.as_str()).and_then(Builder::build);
                let service = SecretService::connect_with_existing(
                    EncryptionType::Plain,
                    bus.expect("a bus"),
                );
                service.is_ok_and(|service| question(&service))
            });
            asked.join().expect("an answer")
        })
    }
}

impl Drop for Keychain {
    fn drop(&mut self) {
        self.stop();
        let _ = self.bus.kill();
        let _ = self.bus.wait();
    }
}
