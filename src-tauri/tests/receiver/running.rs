//! A receiver that runs inside the test, and clients for it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hopsdesk::clusters::connections::Connections;
use hopsdesk::domain::clock::Clock;
use hopsdesk::domain::random::FixedRandom;
use hopsdesk::identity::webhook_secret::WebhookSecrets;
use hopsdesk::payments::mode::Mode;
use hopsdesk::payments::signature::SigningSecrets;
use hopsdesk::receiver::callers::Callers;
use hopsdesk::receiver::context::{Context, Effects, Keys, Parts, Stripe};
use hopsdesk::receiver::limits::Limits;
use hopsdesk::receiver::serve::serve;
use hopsdesk::secrets::Secret;
use hopsdesk::store::door::Store;
use hopsdesk::store::migrate::{MigrationSet, latest};
use hopsdesk::usecases::apply_stripe_event;
use hopsdesk::usecases::recognise_customer::CustomerApi;
use hopsdesk::usecases::tell_alerts::Outside;
use serde_json::{Value, json};
use time::OffsetDateTime;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::support::database::TestDatabase;
use crate::support::install_tls;

/// One of the two secrets that are accepted.
pub(crate) const SECRET: &str = "the-new-secret";
/// The other one.
pub(crate) const OLD_SECRET: &str = "the-old-secret";

/// What Stripe signs with.
pub(crate) const WHSEC: &str = "whsec_of_the_tests";

/// How long a transaction of the worker may take, as in `serve`.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Events of the live mode are applied, and nobody is asked about them.
pub(crate) const LIVE: apply_stripe_event::Stripe = apply_stripe_event::Stripe {
    mode: Mode::Live,
    asks: false,
};

pub(crate) struct RealClock;

impl Clock for RealClock {
    fn now(&self) -> OffsetDateTime {
        #[expect(
            clippy::disallowed_methods,
            reason = "a test owns its clock, like bin/"
        )]
        OffsetDateTime::now_utc()
    }
}

/// A receiver on a port of its own.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    served: JoinHandle<()>,
}

/// An answer, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) retry_after: Option<String>,
}

impl Running {
    pub(crate) async fn start(database: &TestDatabase) -> Self {
        Self::with(database.store(), Limits::default()).await
    }

    pub(crate) async fn with(store: Store, limits: Limits) -> Self {
        Self::answering(store, limits, None).await
    }

    /// The same, for customers of a tenant.
    pub(crate) async fn answering(store: Store, limits: Limits, api: Option<CustomerApi>) -> Self {
        Self::telling(store, limits, api, Outside::default()).await
    }

    /// The same, with ways outside for alerts.
    pub(crate) async fn telling(
        store: Store,
        limits: Limits,
        api: Option<CustomerApi>,
        outside: Outside,
    ) -> Self {
        install_tls();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let secrets = [OLD_SECRET, SECRET].map(|text| Secret::new(text.to_owned()));
        let context = Context::new(Parts {
            store,
            place: "DATABASE_URL".to_owned(),
            keys: Keys {
                auth0: WebhookSecrets::new(&secrets),
                stripe: Stripe {
                    secrets: SigningSecrets::new(&[Secret::new(WHSEC.to_owned())]),
                    mode: Mode::Live,
                    reader: None,
                },
                management: None,
                outside,
            },
            callers: Callers::new(Vec::new()),
            api,
            origins: vec!["https://app.example.com".to_owned()],
            console_version: latest(MigrationSet::Console),
            clock: Arc::new(RealClock),
            random: Arc::new(FixedRandom(0)),
            limits,
            effects: Effects {
                connections: Connections::default(),
                client_id: Some("the-client".to_owned()),
            },
            service: "the-service".to_owned(),
        });
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(serve(context, listener, async {
            let _ = stopped.await;
        }));
        Self {
            address,
            stop: Some(stop),
            served,
        }
    }

    /// As SIGTERM does; returns when everything has ended.
    pub(crate) async fn stop(mut self) {
        self.ask_to_stop();
        self.served.await.expect("it stops without a panic");
    }

    pub(crate) fn ask_to_stop(&mut self) {
        drop(self.stop.take());
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Posts a registration the way Auth0's action does.
    pub(crate) async fn register(&self, body: &Value) -> Reply {
        self.post(body.to_string()).await
    }

    pub(crate) async fn post(&self, body: impl Into<reqwest::Body>) -> Reply {
        let request = reqwest::Client::new()
            .post(self.url("/api/webhooks/auth0"))
            .header("X-Auth0-Secret", SECRET)
            .header("Content-Type", "application/json")
            .body(body);
        reply(request).await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        reply(reqwest::Client::new().get(self.url(path))).await
    }

    /// Sends bytes as they are and reads what comes until the connection is closed, or for `time`.
    pub(crate) async fn raw(&self, bytes: &[u8], time: Duration) -> String {
        let mut stream = TcpStream::connect(self.address).await.expect("connects");
        stream.write_all(bytes).await.expect("sends");
        read_all(&mut stream, time).await
    }
}

pub(crate) async fn read_all(stream: &mut (impl AsyncRead + Unpin), time: Duration) -> String {
    let mut answer = Vec::new();
    // Cut off by time or by the peer: what came is what counts.
    let _ = tokio::time::timeout(time, stream.read_to_end(&mut answer)).await;
    String::from_utf8_lossy(&answer).into_owned()
}

pub(crate) async fn reply(request: reqwest::RequestBuilder) -> Reply {
    let response = request.send().await.expect("an answer");
    let status = response.status().as_u16();
    let header = |name: &str| {
        let value = response.headers().get(name)?;
        Some(value.to_str().expect("text").to_owned())
    };
    assert_eq!(header("content-type").as_deref(), Some("application/json"));
    assert!(
        header("x-request-id").is_some(),
        "every answer can be found in the log"
    );
    let retry_after = header("retry-after");
    let body: Value = response.json().await.expect("JSON");
    let fields = body.as_object().expect("an object");
    assert_eq!(fields.len(), 2, "code and message, nothing else: {body}");
    Reply {
        status,
        code: body["code"].as_str().expect("a code").to_owned(),
        message: body["message"].as_str().expect("a sentence").to_owned(),
        retry_after,
    }
}

/// A registration; `name` makes user and address.
pub(crate) fn registration(name: &str) -> Value {
    json!({
        "user_id": format!("auth0|{name}"),
        "email": format!("{name}@example.com"),
        "name": "Jane Doe",
        "ip": "203.0.113.7",
        "created_at": "2026-11-20T14:16:42.123Z",
    })
}

/// Waits until the statement says `expected`, however busy the machine is; the worker needs a moment.
pub(crate) async fn until(database: &TestDatabase, sql: &str, expected: &str) {
    let given_up = tokio::time::Instant::now() + Duration::from_secs(60);
    let mut said = database.psql(sql);
    while tokio::time::Instant::now() < given_up {
        if said == expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(40)).await;
        said = database.psql(sql);
    }
    panic!("{sql} should come to say {expected}, and says {said}");
}
