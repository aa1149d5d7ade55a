//! A certified OpenID provider (npm `oidc-provider`) on Auth0's paths, and a browser for its pages.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "two tests include it, and neither uses all of it"
)]

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use url::Url;

/// The one application that it knows.
pub const CLIENT: &str = "native-app";

/// The provider, until it is dropped.
pub struct Provider {
    process: Child,
    /// Kept open: the provider has more to say, and ends when nobody listens.
    _said: BufReader<ChildStdout>,
    /// `http://127.0.0.1:<port>`.
    pub address: String,
}

impl Provider {
    /// Starts it; installs it first where nobody has.
    pub fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src-tauri/tests/oidc");
        // One at a time: tests are processes of their own, and half an installation is none.
        let lock = Path::new(env!("CARGO_TARGET_TMPDIR")).join("oidc-provider.lock");
        let lock = File::create(lock).expect("a file to lock");
        lock.lock().expect("a lock");
        if !folder.join("node_modules/oidc-provider").exists() {
            let installed = Command::new("npm")
                .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
                .current_dir(&folder)
                .status()
                .expect("npm runs");
            assert!(installed.success(), "the provider is installed");
        }
        drop(lock);
        let mut process = Command::new("node")
            .arg("provider.mjs")
            .current_dir(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node runs");
        let said = process.stdout.take().expect("its output");
        let mut said = BufReader::new(said);
        let port = said
            .by_ref()
            .lines()
            .map_while(Result::ok)
            .find(|line| line.parse::<u16>().is_ok())
            .expect("it says its port");
        Self {
            process,
            _said: said,
            address: format!("http://127.0.0.1:{port}"),
        }
    }

    /// Has it behave in some way: `down`, `up`, `rotate`, `slow`, `brief`, `long` (see `provider.mjs`).
    pub async fn behave(&self, how: &str) {
        let client = reqwest::Client::builder()
            .no_proxy()
            .build()
            .expect("a client");
        let answer = client
            .get(format!("{}/test/{how}", self.address))
            .send()
            .await;
        assert!(answer.expect("it answers").status().is_success(), "{how}");
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A browser with cookies and no script: fills in the forms it meets until there is none.
#[derive(Default)]
pub struct Browser {
    cookies: BTreeMap<String, String>,
}

impl Browser {
    /// Goes there as `login`; the last page. With `declines` the first question is declined.
    pub async fn visit(&mut self, address: &str, login: &str, declines: bool) -> String {
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a browser");
        let mut next = (Url::parse(address).expect("an address"), None);
        for _ in 0..30 {
            let (url, form) = next;
            let cookies: Vec<_> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            let request = match &form {
                None => client.get(url.clone()),
                Some(fields) => client.post(url.clone()).form(fields),
            };
            let request = request.header(COOKIE, cookies.join("; "));
            let answer = request.send().await.expect("an answer");
            for cookie in answer.headers().get_all(SET_COOKIE) {
                let cookie = cookie.to_str().expect("text").split(';').next();
                if let Some((name, value)) = cookie.and_then(|cookie| cookie.split_once('=')) {
                    self.cookies.insert(name.to_owned(), value.to_owned());
                }
            }
            if let Some(to) = answer.headers().get(LOCATION) {
                let to = url.join(to.to_str().expect("text")).expect("an address");
                next = (to, None);
                continue;
            }
            let page = answer.text().await.expect("a page");
            // Whoever declined is asked for another code, and has none.
            let over = form
                .iter()
                .flatten()
                .any(|(name, _): &(String, String)| name == "abort");
            if over {
                return page;
            }
            let Some((action, fields)) = form_of(&page, login, declines) else {
                return page;
            };
            next = (url.join(&action).expect("an address"), Some(fields));
        }
        panic!("the pages have no end");
    }
}

type Fields = Vec<(String, String)>;

/// The form of a page, filled in. Where one can decline, a second button does it.
fn form_of(page: &str, login: &str, declines: bool) -> Option<(String, Fields)> {
    let form = page.split("<form").nth(1)?.split("</form>").next()?;
    let action = attribute(form.split('>').next()?, "action").unwrap_or_default();
    let mut fields = Vec::new();
    for tag in form.split("<input").skip(1) {
        let tag = tag.split('>').next()?;
        let Some(name) = attribute(tag, "name") else {
            continue;
        };
        let value = match name.as_str() {
            "login" => login.to_owned(),
            "password" => "whatever".to_owned(),
            _ => attribute(tag, "value").unwrap_or_default(),
        };
        fields.push((name, value));
    }
    if declines && page.contains("name=\"abort\"") {
        fields.push(("abort".to_owned(), "yes".to_owned()));
    }
    (!fields.is_empty()).then_some((action, fields))
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let rest = tag.split(&format!(" {name}=\"")).nth(1)?;
    Some(rest.split('"').next()?.replace("&amp;", "&"))
}
