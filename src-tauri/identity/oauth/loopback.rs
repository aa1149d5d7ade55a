//! Where the browser comes back to: a port of this machine that takes one redirect and closes.
//!
//! Only `GET /callback` with a state is looked at; a browser's own questions (`/favicon.ico`) and whatever
//! else knocks get nothing and change nothing. The first redirect decides, right or wrong: somebody who
//! guesses gets one try at 256 bits.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use url::Url;

use crate::identity::oauth::code::same;
use crate::secrets::Secret;

/// The longest head of a request that is read.
const LONGEST: usize = 8 << 10;
/// How long one caller may take to say what it wants.
const PATIENCE: Duration = Duration::from_secs(5);
/// Callers that are listened to at a time.
const MOST_CALLERS: usize = 32;
const PATH: &str = "/callback";

/// A port that waits for the browser.
pub(in crate::identity::oauth) struct Listener {
    listener: TcpListener,
    address: SocketAddr,
}

/// What the browser brought.
pub(in crate::identity::oauth) enum Redirect {
    Code(Secret<String>),
    Error(String),
    /// Another state, or none.
    NotOurs,
}

impl Listener {
    /// Any port that is free: Auth0 and RFC 8252 §7.3 allow every port of 127.0.0.1 when one is registered.
    pub(in crate::identity::oauth) async fn open() -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address })
    }

    /// The redirect address, exactly as it is sent.
    pub(in crate::identity::oauth) fn address(&self) -> String {
        format!("http://127.0.0.1:{}{PATH}", self.address.port())
    }

    /// Waits for the one redirect.
    pub(in crate::identity::oauth) async fn wait(self, state: &str) -> Redirect {
        // Browsers open connections that they may not use: one that says nothing holds up no other.
        let mut callers = JoinSet::new();
        loop {
            let (mut stream, head) = tokio::select! {
                accepted = self.listener.accept() => {
                    if let Ok((stream, _)) = accepted
                        && callers.len() < MOST_CALLERS
                    {
                        callers.spawn(tokio::time::timeout(PATIENCE, head(stream)));
                    }
                    continue;
                }
                Some(said) = callers.join_next() => match said {
                    Ok(Ok(Some(said))) => said,
                    _ => continue,
                },
            };
            let Some(redirect) = read(&head, self.address.port(), state) else {
                answer(&mut stream, "404 Not Found", "There is nothing here.").await;
                continue;
            };
            let (title, words) = match &redirect {
                Redirect::Code(_) => (
                    "Almost there",
                    "You can close this tab and go back to Hopsdesk.",
                ),
                Redirect::Error(_) => (
                    "Not signed in",
                    "You can close this tab. Hopsdesk says what happened.",
                ),
                Redirect::NotOurs => (
                    "Not accepted",
                    "This does not belong to the sign-in that Hopsdesk began. You can close this tab.",
                ),
            };
            answer(&mut stream, "200 OK", &page(title, words)).await;
            return redirect;
        }
    }
}

/// Reads the head of a request, as far as it may be long.
async fn head(mut stream: TcpStream) -> Option<(TcpStream, String)> {
    let mut read = Vec::new();
    let mut chunk = [0; 1024];
    while !read.windows(4).any(|four| four == b"\r\n\r\n") {
        let count = stream.read(&mut chunk).await.ok()?;
        if count == 0 || read.len() + count > LONGEST {
            return None;
        }
        read.extend_from_slice(&chunk[..count]);
    }
    Some((stream, String::from_utf8(read).ok()?))
}

/// What a request brings; `None` when it is not the redirect.
fn read(head: &str, port: u16, state: &str) -> Option<Redirect> {
    let mut lines = head.split("\r\n");
    let target = lines.next()?.strip_prefix("GET ")?.split(' ').next()?;
    // A page of somebody else that was made to resolve to this machine sends its own host.
    let host = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("host"))
        .map(|(_, value)| value.trim())?;
    if host != format!("127.0.0.1:{port}") || !target.starts_with('/') {
        return None;
    }
    let url = Url::parse(&format!("http://127.0.0.1:{port}{target}")).ok()?;
    if url.path() != PATH {
        return None;
    }
    let mut found: [Option<String>; 3] = [None, None, None];
    for (name, value) in url.query_pairs() {
        let place = ["state", "code", "error"]
            .iter()
            .position(|known| *known == name);
        if let Some(place) = place {
            // Twice is not how a tenant says it.
            if found[place].replace(value.into_owned()).is_some() {
                return Some(Redirect::NotOurs);
            }
        }
    }
    let [sent, code, error] = found;
    if !sent.is_some_and(|sent| same(&sent, state)) {
        return Some(Redirect::NotOurs);
    }
    Some(match (code, error) {
        (Some(code), None) => Redirect::Code(Secret::new(code)),
        (None, Some(error)) => Redirect::Error(error),
        _ => Redirect::NotOurs,
    })
}

async fn answer(stream: &mut TcpStream, status: &str, page: &str) {
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
         Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\n\
         Referrer-Policy: no-referrer\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n{page}",
        page.len()
    );
    // A browser that does not want to hear it has come back all the same.
    let _ = tokio::time::timeout(PATIENCE, async {
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await
    })
    .await;
}

fn page(title: &str, words: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title} – Hopsdesk</title>\
         <style>:root{{color-scheme:light dark;font:16px/24px system-ui,sans-serif}}\
         body{{display:grid;place-content:center;height:90vh;text-align:center}}h1{{font-size:20px}}</style>\
         <h1>{title}</h1><p>{words}</p></html>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_of(target: &str) -> Option<Redirect> {
        let head = format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1:4000\r\n\r\n");
        read(&head, 4000, "state-that-was-sent")
    }

    #[test]
    fn the_redirect_of_this_sign_in_brings_its_code() {
        let redirect = read_of("/callback?code=abc&state=state-that-was-sent");
        assert!(matches!(redirect, Some(Redirect::Code(code)) if code.expose() == "abc"));
        let redirect = read_of("/callback?error=access_denied&state=state-that-was-sent");
        assert!(matches!(redirect, Some(Redirect::Error(code)) if code == "access_denied"));
    }

    #[test]
    fn a_redirect_of_another_sign_in_is_not_accepted() {
        for target in [
            "/callback",
            "/callback?code=abc",
            "/callback?code=abc&state=",
            "/callback?code=abc&state=another",
            "/callback?code=abc&state=state-that-was-sent&state=another",
            "/callback?code=abc&code=def&state=state-that-was-sent",
            "/callback?state=state-that-was-sent",
            "/callback?code=abc&error=x&state=state-that-was-sent",
        ] {
            assert!(
                matches!(read_of(target), Some(Redirect::NotOurs)),
                "{target}"
            );
        }
    }

    #[test]
    fn what_is_no_redirect_changes_nothing() {
        for target in [
            "/favicon.ico",
            "/",
            "/callback/x?code=abc",
            "http://evil.example/callback",
        ] {
            assert!(read_of(target).is_none(), "{target}");
        }
        let code = "GET /callback?code=abc&state=state-that-was-sent HTTP/1.1\r\n";
        for head in [
            format!("{code}Host: evil.example:4000\r\n\r\n"),
            format!("{code}\r\n"),
            code.replacen("GET", "POST", 1) + "Host: 127.0.0.1:4000\r\n\r\n",
        ] {
            assert!(read(&head, 4000, "state-that-was-sent").is_none(), "{head}");
        }
    }
}
