//! Drives the console's real window: `WebKitWebDriver` starts the program, this looks and types.
//!
//! Nothing here waits for a fixed time: [`Window::until`] looks again and again until what it is told to
//! look for is there, and gives up, with a picture of the window, when it has not come for long.
#![allow(
    dead_code,
    clippy::expect_used,
    clippy::panic,
    reason = "who drives a window that is not as it should be cannot go on, and nobody uses all of it"
)]

#[path = "display.rs"]
pub(crate) mod display;
#[path = "keys.rs"]
mod keys;

use std::fmt::Display;
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions, MouseActions, PointerAction};
use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};

use self::display::{Picture, close_politely, is_running, picture, press_button};
use self::keys::{is_false, key};

/// Longest wait for anything; only a window that is broken takes that long.
const PATIENCE: Duration = Duration::from_secs(120);
const LOOK_EVERY: Duration = Duration::from_millis(25);

/// How a console is started.
#[derive(Debug, Clone)]
pub(crate) struct Start {
    /// The program.
    pub(crate) binary: PathBuf,
    /// Home folder of the person: settings, and what the window remembers.
    pub(crate) home: PathBuf,
    /// The sandbox's folder.
    pub(crate) sandbox: PathBuf,
    /// Address of a session bus; none for the one of the tests.
    pub(crate) bus: Option<String>,
    /// What else is in the program's environment.
    pub(crate) environment: Vec<(&'static str, String)>,
    /// Where a picture goes when something does not come.
    pub(crate) evidence: PathBuf,
}

/// The console's window.
pub(crate) struct Window {
    client: Client,
    driver: Child,
    evidence: PathBuf,
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Theme {
    Light,
    Dark,
}

impl Theme {
    /// As the window calls it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

impl Window {
    /// Starts the program and finds its window; what is in it may still have to come.
    pub(crate) async fn open(start: &Start) -> Self {
        let port = free_port();
        let mut command = Command::new("WebKitWebDriver");
        command
            .arg(format!("--port={port}"))
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("HOME", &start.home)
            .env("XDG_CONFIG_HOME", start.home.join(".config"))
            .env("XDG_DATA_HOME", start.home.join(".local/share"))
            .env("XDG_CACHE_HOME", start.home.join(".cache"))
            .env("HOPSDESK_SANDBOX", &start.sandbox)
            .env_remove("HOPSDESK_SETTINGS")
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        if let Some(bus) = &start.bus {
            command.env("DBUS_SESSION_BUS_ADDRESS", bus);
        }
        // Where the person has programs of their own, they come first: a browser that writes down where it goes.
        let path = std::env::var_os("PATH").unwrap_or_default();
        let own = std::iter::once(start.home.join("bin")).chain(std::env::split_paths(&path));
        command.env("PATH", std::env::join_paths(own).expect("a path"));
        command.envs(start.environment.iter().map(|(name, value)| (*name, value)));
        fs::create_dir_all(&start.evidence).expect("a folder for evidence");
        let log = start.evidence.join("console.log");
        let log = fs::File::options().create(true).append(true).open(log);
        command.stderr(log.expect("a log"));
        let driver = command
            .spawn()
            .expect("WebKitWebDriver (Debian: webkit2gtk-driver) runs");
        let mut capabilities = fantoccini::wd::Capabilities::new();
        let binary = start.binary.to_str().expect("a path in UTF-8");
        capabilities.insert(
            "webkitgtk:browserOptions".to_owned(),
            json!({ "binary": binary, "args": [] }),
        );
        capabilities.insert(
            "timeouts".to_owned(),
            json!({ "script": PATIENCE.as_secs() * 1000 }),
        );
        patiently("WebKitWebDriver", async || {
            tokio::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await
        })
        .await;
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client = builder
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("the console opens its window");
        Self {
            client,
            driver,
            evidence: start.evidence.clone(),
        }
    }

    /// Runs a script in the page, past its Content Security Policy; `arguments[0]` and so on are what
    /// is passed.
    pub(crate) async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        match self.client.execute(script, arguments).await {
            Ok(value) => value,
            Err(error) => panic!("the page did not run {script}: {error}"),
        }
    }

    /// Runs a script that answers by calling its last argument.
    pub(crate) async fn run_later(&self, script: &str, arguments: Vec<Value>) -> Value {
        let answer = self.client.execute_async(script, arguments).await;
        answer.unwrap_or_else(|error| panic!("the page did not answer {script}: {error}"))
    }

    /// What an expression in the page comes to.
    pub(crate) async fn ask(&self, expression: &str) -> Value {
        self.run(&format!("return ({expression})"), Vec::new())
            .await
    }

    /// Waits until an expression in the page comes to something true, and answers what.
    pub(crate) async fn until(&self, what: &str, expression: &str) -> Value {
        self.until_within(PATIENCE, what, expression).await
    }

    /// The same of what takes its time: only a window that is broken takes longer than that.
    pub(crate) async fn until_within(&self, long: Duration, what: &str, expression: &str) -> Value {
        let looked = tokio::time::timeout(long, async {
            loop {
                // A page that is just being replaced cannot answer.
                let script = format!("return ({expression})");
                if let Ok(value) = self.client.execute(&script, Vec::new()).await
                    && !is_false(&value)
                {
                    break value;
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        });
        match looked.await {
            Ok(value) => value,
            Err(_) => self.give_up(what, expression).await,
        }
    }

    /// Waits until the window shows some text.
    pub(crate) async fn shows(&self, text: &str) {
        let quoted = json!(text);
        self.until(text, &format!("document.body.innerText.includes({quoted})"))
            .await;
    }

    async fn give_up(&self, what: &str, expression: &str) -> ! {
        let name: String = what
            .chars()
            .map(|letter| {
                if letter.is_ascii_alphanumeric() {
                    letter
                } else {
                    '-'
                }
            })
            .take(60)
            .collect();
        let picture = self.evidence.join(format!("missing-{name}.png"));
        if let Ok(png) = self.client.screenshot().await {
            let _ = fs::write(&picture, png);
        }
        let said = self
            .client
            .execute("return document.body.innerText", Vec::new());
        let said = said.await.unwrap_or_default();
        panic!(
            "{what}: did not come (see {})\n{expression}\nThe window says: {}",
            picture.display(),
            said.as_str().unwrap_or("nothing")
        );
    }

    /// The element, as soon as it is there.
    pub(crate) async fn find(&self, css: &str) -> Element {
        self.locate(Locator::Css(css), css).await
    }

    async fn locate(&self, locator: Locator<'_>, what: &str) -> Element {
        let looked = tokio::time::timeout(PATIENCE, async {
            loop {
                match self.client.find(locator).await {
                    Ok(element) => break element,
                    Err(_) => tokio::time::sleep(LOOK_EVERY).await,
                }
            }
        });
        match looked.await {
            Ok(element) => element,
            Err(_) => self.give_up(what, what).await,
        }
    }

    /// Clicks an element as soon as it can be.
    pub(crate) async fn click(&self, css: &str) {
        self.click_at(Locator::Css(css), css).await;
    }

    /// Clicks what carries exactly these words: a link, a button, a label.
    pub(crate) async fn click_words(&self, words: &str) {
        let path = format!(
            "//*[self::a or self::button or self::label][normalize-space()={}]",
            json!(words)
        );
        self.click_at(Locator::XPath(&path), words).await;
    }

    async fn click_at(&self, locator: Locator<'_>, what: &str) {
        let mut problem = String::new();
        let clicked = tokio::time::timeout(PATIENCE, async {
            // An element may be replaced, or still be moving, between finding and clicking.
            loop {
                let clicked = match self.client.find(locator).await {
                    Ok(element) => element.click().await,
                    Err(error) => Err(error),
                };
                match clicked {
                    Ok(()) => break,
                    Err(error) => problem = error.to_string(),
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        });
        if clicked.await.is_err() {
            self.give_up(what, &problem).await;
        }
    }

    /// Puts a text in the field with this label, in place of what is there.
    pub(crate) async fn fill(&self, label: &str, text: &str) {
        self.fill_in("body", label, text).await;
    }

    /// The same in one part of the page, where another has a field of that label.
    pub(crate) async fn fill_in(&self, part: &str, label: &str, text: &str) {
        let label = json!(label);
        let path = format!(
            "//{part}//*[self::input or self::textarea][@id=//label[normalize-space()={label}]/@for]"
        );
        let input = self.locate(Locator::XPath(&path), &path).await;
        input.clear().await.expect("the field can be emptied");
        // The page hears of keys; that a field was emptied without one, it may not.
        let keys = if text.is_empty() { " \u{e003}" } else { text };
        input.send_keys(keys).await.expect("the field takes text");
    }

    /// Presses keys one after another where the focus is: `"Enter"`, `"Control+k"`, `"x"`.
    pub(crate) async fn press(&self, chords: &[&str]) {
        for chord in chords {
            let mut names: Vec<&str> = chord.split('+').collect();
            let last = names.pop().expect("a key");
            let held: Vec<char> = names.into_iter().map(key).collect();
            let mut actions = KeyActions::new("keyboard".to_owned());
            for value in &held {
                actions = actions.then(KeyAction::Down { value: *value });
            }
            let value = key(last);
            actions = actions
                .then(KeyAction::Down { value })
                .then(KeyAction::Up { value });
            for value in held.iter().rev() {
                actions = actions.then(KeyAction::Up { value: *value });
            }
            let done = self.client.perform_actions(actions).await;
            done.unwrap_or_else(|error| panic!("{chord}: {error}"));
        }
    }

    /// Presses a key again and again until an expression in the page comes to something true.
    pub(crate) async fn press_until(&self, chord: &str, what: &str, expression: &str) {
        let pressed = tokio::time::timeout(PATIENCE, async {
            while is_false(&self.ask(expression).await) {
                self.press(&[chord]).await;
            }
        });
        if pressed.await.is_err() {
            self.give_up(what, expression).await;
        }
    }

    /// Presses a button of the mouse on the window, as the display numbers them: 8 is back, 9 forward.
    pub(crate) fn press_mouse(&self, button: u8) {
        press_button(self.program(), button);
    }

    /// What the window looks like, also where its driver has lost it: `WebDriver` ends with the page's process.
    pub(crate) fn looks(&self) -> Picture {
        picture(self.program())
    }

    /// Types a text where the focus is.
    pub(crate) async fn write(&self, text: &str) {
        let mut actions = KeyActions::new("keyboard".to_owned());
        for value in text.chars() {
            actions = actions
                .then(KeyAction::Down { value })
                .then(KeyAction::Up { value });
        }
        let done = self.client.perform_actions(actions).await;
        done.unwrap_or_else(|error| panic!("typing {text}: {error}"));
    }

    /// Goes to an address within the window, as a link would.
    pub(crate) async fn visit(&self, address: &str) {
        self.run("location.hash = arguments[0]", vec![json!(address)])
            .await;
    }

    /// Chooses a theme in the menu at the top.
    pub(crate) async fn choose_theme(&self, theme: Theme) {
        self.click("[data-testid=theme]").await;
        let word = match theme {
            Theme::Light => "Light",
            Theme::Dark => "Dark",
        };
        let path = format!("//*[@role='menuitemradio'][normalize-space()='{word}']");
        self.click_at(Locator::XPath(&path), word).await;
        let word = theme.word();
        self.until(
            word,
            &format!("document.documentElement.dataset.theme === '{word}'"),
        )
        .await;
    }

    /// Makes the page this large.
    pub(crate) async fn resize(&self, width: u32, height: u32) {
        let done = self.client.set_window_rect(0, 0, width, height).await;
        done.expect("the window can be resized");
        let size = format!("innerWidth === {width} && innerHeight === {height}");
        self.until("the new size", &size).await;
    }

    /// What the window looks like, as PNG, once nothing moves or loads any more.
    pub(crate) async fn picture(&self) -> Vec<u8> {
        // The pointer rests where nothing answers to it.
        let away = MouseActions::new("mouse".to_owned()).then(PointerAction::MoveTo {
            duration: None,
            x: 2.0,
            y: 300.0,
        });
        let moved = self.client.perform_actions(away).await;
        moved.expect("the pointer moves");
        self.at_rest().await;
        self.client.screenshot().await.expect("a picture")
    }

    /// Waits until nothing moves or loads, and all of it is painted.
    pub(crate) async fn at_rest(&self) {
        self.until(
            "a window at rest",
            "document.fonts.status === 'loaded' && !document.querySelector('.changing')
               && document.getAnimations().every((each) => each.playState !== 'running'
                    || each.effect.getComputedTiming().iterations === Infinity)",
        )
        .await;
        // What the page says it shows is painted with the frame after the next.
        let painted = "const done = arguments[0]
            requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))";
        self.run_later(painted, Vec::new()).await;
    }

    /// Closes the window as the person does, and waits until the program has ended.
    pub(crate) async fn close(mut self) {
        let program = self.program();
        close_politely(program);
        let ended = tokio::time::timeout(PATIENCE, async {
            while is_running(program) {
                tokio::time::sleep(LOOK_EVERY).await;
            }
        });
        ended
            .await
            .expect("a program that ends when its window is closed");
        self.stop_driver();
    }

    /// Ends the program as a crash does, without a word to it, and waits until it is gone.
    pub(crate) async fn kill(self) {
        self.crash(Signal::SIGKILL).await;
    }

    /// Ends the program by a signal that it does not handle.
    pub(crate) async fn crash(mut self, signal: Signal) {
        let program = self.program();
        let process = Pid::from_raw(i32::try_from(program).expect("a process"));
        kill(process, signal).expect("it ran until now");
        let ended = tokio::time::timeout(PATIENCE, async {
            while is_running(program) {
                tokio::time::sleep(LOOK_EVERY).await;
            }
        });
        ended.await.expect("a program that ends when it is killed");
        self.stop_driver();
    }

    /// The program's process.
    pub(crate) fn program(&self) -> u32 {
        let driver = self.driver.id();
        let children = fs::read_to_string(format!("/proc/{driver}/task/{driver}/children"));
        let children = children.expect("the driver's children");
        let first = children.split_whitespace().next();
        first
            .and_then(|pid| pid.parse().ok())
            .expect("the console runs")
    }

    fn stop_driver(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // After a failure: the program is ours, and does not go by itself with its driver.
        let id = self.driver.id();
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children"));
        for child in children.unwrap_or_default().split_whitespace() {
            let _ = Command::new("kill").arg(child).status();
        }
        self.stop_driver();
    }
}

/// Tries until it works.
pub(crate) async fn patiently<T, E: Display>(
    what: &str,
    mut work: impl AsyncFnMut() -> Result<T, E>,
) -> T {
    let mut problem = String::new();
    let tried = tokio::time::timeout(PATIENCE, async {
        loop {
            match work().await {
                Ok(value) => break value,
                Err(error) => problem = error.to_string(),
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    });
    tried.await.unwrap_or_else(|_| panic!("{what}: {problem}"))
}

/// A port on this machine that nobody listens on.
pub(crate) fn free_port() -> u16 {
    let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    socket.local_addr().expect("its address").port()
}

/// A folder that others, such as the server's user, may enter.
pub(crate) fn open_folder(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;

    fs::create_dir_all(path).expect("a folder");
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("its rights");
}
