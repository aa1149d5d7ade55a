//! A mail server on loopback, and somebody who is posted to: what they are told is kept.

use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use hopsdesk::messages::mail::{Mailer, mailbox};
use hopsdesk::messages::webhook::Webhook;
use hopsdesk::secrets::Secret;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// What posts are signed with.
pub(crate) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// One that was posted.
#[derive(Debug, Clone)]
pub(crate) struct Post {
    pub(crate) id: String,
    pub(crate) timestamp: String,
    pub(crate) signature: String,
    pub(crate) body: String,
}

/// Whoever is posted to.
#[derive(Clone)]
pub(crate) struct Hook {
    posts: Arc<Mutex<Vec<Post>>>,
    /// What it answers.
    pub(crate) status: Arc<AtomicU16>,
    url: String,
}

impl Hook {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!(
            "http://{}/hooks/t0ken-in-the-path",
            listener.local_addr().expect("an address")
        );
        let hook = Self {
            posts: Arc::default(),
            status: Arc::new(AtomicU16::new(204)),
            url,
        };
        let router = Router::new()
            .route("/hooks/{token}", post(take))
            .with_state(hook.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        hook
    }

    pub(crate) fn way(&self) -> Webhook {
        crate::support::install_tls();
        let (url, secret) = (
            Secret::new(self.url.clone()),
            Secret::new(SECRET.to_owned()),
        );
        Webhook::new(&url, &secret, None).expect("a way")
    }

    /// Everything that was posted, whatever was answered.
    pub(crate) fn posts(&self) -> Vec<Post> {
        self.posts.lock().expect("posts").clone()
    }
}

async fn take(State(hook): State<Hook>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = |name: &str| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    hook.posts.lock().expect("posts").push(Post {
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp"),
        signature: header("webhook-signature"),
        body: String::from_utf8_lossy(&body).into_owned(),
    });
    StatusCode::from_u16(hook.status.load(Ordering::SeqCst)).expect("a status")
}

/// When it speaks TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Speaks {
    Tls,
    StartTls,
    Plain,
}

/// A mail server that knows one login.
pub(crate) struct MailServer {
    port: u16,
    speaks: Speaks,
    authority: String,
    mails: Arc<Mutex<Vec<String>>>,
    said: Arc<Mutex<Vec<String>>>,
    refused: Arc<Mutex<String>>,
    login: Arc<AtomicBool>,
}

impl MailServer {
    pub(crate) async fn start(speaks: Speaks) -> Self {
        crate::support::install_tls();
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let authority = CertifiedIssuer::self_signed(params, key).expect("an authority");
        let params = CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters");
        let key = KeyPair::generate().expect("a key");
        let leaf = params.signed_by(&key, &authority).expect("a certificate");
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], key)
            .expect("a configuration");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let server = Self {
            port: listener.local_addr().expect("an address").port(),
            speaks,
            authority: authority.pem(),
            mails: Arc::default(),
            said: Arc::default(),
            refused: Arc::default(),
            login: Arc::new(AtomicBool::new(true)),
        };
        let session = Session {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            mails: Arc::clone(&server.mails),
            said: Arc::clone(&server.said),
            refused: Arc::clone(&server.refused),
            login: Arc::clone(&server.login),
        };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let session = session.clone();
                tokio::spawn(async move { session.serve(stream, speaks).await });
            }
        });
        server
    }

    /// From now on it has no such mailbox.
    pub(crate) fn refuse(&self, address: &str) {
        address.clone_into(&mut self.refused.lock().expect("an address"));
    }

    /// From now on it knows no login.
    pub(crate) fn forget_the_login(&self) {
        self.login.store(false, Ordering::SeqCst);
    }

    /// A way to it over TLS; believing its authority, or only those of the system.
    pub(crate) fn way(&self, believed: bool) -> Mailer {
        self.way_with("?tls=required", believed)
    }

    /// The same, as the end of its address says.
    pub(crate) fn way_with(&self, query: &str, believed: bool) -> Mailer {
        let scheme = if self.speaks == Speaks::Tls {
            "smtps"
        } else {
            "smtp"
        };
        let url = format!("{scheme}://desk:p%40ss-w0rd@localhost:{}{query}", self.port);
        let from = mailbox("Hopsdesk <desk@service.example>").expect("an address");
        let to = ["ops@service.example", "duty@service.example"]
            .map(|to| mailbox(to).expect("an address"));
        // Neither those of the system nor this one know it.
        let another = CertifiedIssuer::self_signed(
            CertificateParams::new(Vec::new()).expect("parameters"),
            KeyPair::generate().expect("a key"),
        )
        .expect("an authority")
        .pem();
        let authority = if believed { &self.authority } else { &another };
        Mailer::new(
            &Secret::new(url),
            from,
            to.to_vec(),
            Some(authority.as_bytes()),
        )
        .expect("a way")
    }

    /// What was sent, heads and all.
    pub(crate) fn mails(&self) -> Vec<String> {
        self.mails.lock().expect("mails").clone()
    }

    /// Everything that clients said.
    pub(crate) fn said(&self) -> String {
        self.said.lock().expect("lines").join("\n")
    }
}

#[derive(Clone)]
struct Session {
    acceptor: TlsAcceptor,
    mails: Arc<Mutex<Vec<String>>>,
    said: Arc<Mutex<Vec<String>>>,
    refused: Arc<Mutex<String>>,
    login: Arc<AtomicBool>,
}

impl Session {
    async fn serve(&self, stream: TcpStream, speaks: Speaks) {
        match speaks {
            Speaks::Tls => {
                if let Ok(stream) = self.acceptor.accept(stream).await {
                    self.talk(&mut BufStream::new(stream), true, false).await;
                }
            }
            Speaks::Plain => {
                self.talk(&mut BufStream::new(stream), true, false).await;
            }
            Speaks::StartTls => {
                let mut plain = BufStream::new(stream);
                if self.talk(&mut plain, true, true).await
                    && let Ok(stream) = self.acceptor.accept(plain.into_inner()).await
                {
                    self.talk(&mut BufStream::new(stream), false, false).await;
                }
            }
        }
    }

    fn refuses(&self, said: &str) -> bool {
        let refused = self.refused.lock().expect("an address");
        !refused.is_empty() && said.contains(refused.as_str())
    }

    /// Answers until the client leaves, or wants TLS.
    async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: &mut BufStream<S>,
        greets: bool,
        offers_tls: bool,
    ) -> bool {
        if greets {
            say(stream, "220 mail.service.example").await;
        }
        let mut line = String::new();
        loop {
            line.clear();
            if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                return false;
            }
            let said = line.trim_end().to_owned();
            self.said.lock().expect("lines").push(said.clone());
            let word = said
                .split([' ', ':'])
                .next()
                .unwrap_or_default()
                .to_uppercase();
            match word.as_str() {
                "EHLO" if offers_tls => {
                    say(stream, "250-mail.service.example\r\n250 STARTTLS").await;
                }
                "EHLO" => say(stream, "250-mail.service.example\r\n250 AUTH PLAIN").await,
                "STARTTLS" => {
                    say(stream, "220 go on").await;
                    return true;
                }
                // `\0desk\0p@ss-w0rd`
                "AUTH"
                    if said.ends_with("AGRlc2sAcEBzcy13MHJk")
                        && self.login.load(Ordering::SeqCst) =>
                {
                    say(stream, "235 welcome").await;
                }
                "AUTH" => say(stream, "535 who is that").await,
                "RCPT" if self.refuses(&said) => say(stream, "550 no such mailbox").await,
                "DATA" => {
                    say(stream, "354 go on").await;
                    let mut mail = String::new();
                    loop {
                        line.clear();
                        if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                            return false;
                        }
                        if line == ".\r\n" {
                            break;
                        }
                        mail.push_str(&line);
                    }
                    self.mails.lock().expect("mails").push(mail);
                    say(stream, "250 taken").await;
                }
                "QUIT" => {
                    say(stream, "221 bye").await;
                    return false;
                }
                _ => say(stream, "250 fine").await,
            }
        }
    }
}

async fn say<S: AsyncWrite + Unpin>(stream: &mut S, text: &str) {
    // A client that has left hears nothing.
    let _ = stream.write_all(format!("{text}\r\n").as_bytes()).await;
    let _ = stream.flush().await;
}
