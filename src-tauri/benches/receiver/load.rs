//! Thirty-two connections that send events, each as soon as the one before it is answered, or by the clock.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use ring::hmac;
use time::OffsetDateTime;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::{CONNECTIONS, Measured, stopwatch};

/// Who is loaded.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    /// Events are signed with it, as Stripe does.
    pub(crate) secret: String,
}

/// What came of it.
pub(crate) struct Load {
    /// Events that were answered with 200.
    pub(crate) per_second: u64,
    pub(crate) p99: Duration,
}

impl Load {
    /// As many as there is room for.
    pub(crate) async fn unbounded(target: &Target, during: Duration) -> Measured<Self> {
        run(target, during, None).await
    }

    /// So many a second. A request that is late because others were slow is late: its time counts from when
    /// it was due.
    pub(crate) async fn paced(
        target: &Target,
        during: Duration,
        per_second: u64,
    ) -> Measured<Self> {
        let between = Duration::from_secs(CONNECTIONS) / u32::try_from(per_second.max(1))?;
        run(target, during, Some(between)).await
    }
}

async fn run(target: &Target, during: Duration, between: Option<Duration>) -> Measured<Load> {
    let begun = stopwatch();
    let until = begun + during;
    let mut all = JoinSet::new();
    let mut first = begun;
    for _ in 0..CONNECTIONS {
        all.spawn(send(target.clone(), first, until, between));
        // Paced ones begin one after another, so that they do not come in waves.
        first += between.unwrap_or_default() / u32::try_from(CONNECTIONS)?;
    }
    let mut times = Vec::new();
    while let Some(done) = all.join_next().await {
        times.extend(done??);
    }
    let took = begun.elapsed();
    times.sort_unstable();
    let place = (times.len() * 99).div_ceil(100).saturating_sub(1);
    Ok(Load {
        per_second: u64::try_from(u128::try_from(times.len())? * 1_000 / took.as_millis().max(1))?,
        p99: times.get(place).copied().ok_or("nothing was answered")?,
    })
}

async fn send(
    target: Target,
    first: Instant,
    until: Instant,
    between: Option<Duration>,
) -> Measured<Vec<Duration>> {
    let mut sender = Sender::connect(&target).await?;
    let mut times = Vec::new();
    let mut due = first;
    loop {
        if let Some(between) = between {
            tokio::time::sleep_until(due.into()).await;
            if due >= until {
                return Ok(times);
            }
            sender.one().await?;
            times.push(due.elapsed());
            due += between;
        } else {
            let since = stopwatch();
            if since >= until {
                return Ok(times);
            }
            sender.one().await?;
            times.push(since.elapsed());
        }
    }
}

/// A connection. It shares the cores with whom it loads, so it is no more of a client than it takes: a request
/// is one write, an answer is parsed as far as its length.
struct Sender {
    stream: TcpStream,
    key: hmac::Key,
    said: Vec<u8>,
}

impl Sender {
    async fn connect(target: &Target) -> Measured<Self> {
        let stream = TcpStream::connect(target.address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            key: hmac::Key::new(hmac::HMAC_SHA256, target.secret.as_bytes()),
            said: Vec::new(),
        })
    }

    /// Sends one event, and waits until it is answered with 200.
    async fn one(&mut self) -> Measured<()> {
        let body = event();
        #[expect(clippy::disallowed_methods, reason = "signatures are for the present")]
        let now = OffsetDateTime::now_utc().unix_timestamp();
        let tag = hmac::sign(&self.key, format!("{now}.{body}").as_bytes());
        let request = format!(
            "POST /api/webhooks/stripe HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json; \
             charset=utf-8\r\nStripe-Signature: t={now},v1={}\r\nContent-Length: {}\r\n\r\n{body}",
            hex::encode(tag),
            body.len(),
        );
        self.stream.write_all(request.as_bytes()).await?;
        self.said.clear();
        while !answered(&self.said)? {
            if self.stream.read_buf(&mut self.said).await? == 0 {
                return Err("the connection was closed before the answer".into());
            }
        }
        Ok(())
    }
}

/// Whether all of an answer is here.
///
/// # Errors
/// When it is no 200.
fn answered(said: &[u8]) -> Measured<bool> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut answer = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(head) = answer.parse(said)? else {
        return Ok(false);
    };
    let mut lengths = answer
        .headers
        .iter()
        .filter(|header| header.name.eq_ignore_ascii_case("content-length"));
    let length = lengths.next().ok_or("an answer without a length")?;
    let length: usize = str::from_utf8(length.value)?.parse()?;
    if said.len() < head + length {
        return Ok(false);
    }
    match answer.code {
        Some(200) => Ok(true),
        code => Err(format!("{code:?}: {}", String::from_utf8_lossy(&said[head..])).into()),
    }
}

/// One that is stored and has no consequence, of a usual length: about 1.2 kB.
fn event() -> String {
    let id: u128 = rand::random();
    let text =
        "A description as products have them, of some length, with a few words more. ".repeat(10);
    format!(
        r#"{{"id":"evt_{id:032x}","object":"event","type":"product.updated","created":1780000000,"livemode":true,"api_version":"2024-06-20","pending_webhooks":1,"request":{{"id":null,"idempotency_key":null}},"data":{{"object":{{"id":"prod_{id:x}","object":"product","active":true,"created":1780000000,"name":"GPU hours","description":"{text}","images":[],"metadata":{{"unit":"hour"}},"livemode":true}}}}}}"#
    )
}
