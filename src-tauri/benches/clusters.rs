//! Measures what looking at clusters takes: how long a round over ten of them is, each with 500 namespaces and 5,000
//! pods, and how much memory the program has at its most that records them; then one with 20,000 pods, and how soon
//! that program answers meanwhile; and what its page takes to be read back, and that of one with 20,000 people.
//!
//! The clusters are simulated in this process, the program is `hopsdesk-webhook serve` in one of its own. Both share the
//! machine. `BENCH_ROUNDS` sets how many rounds are looked at (5 unless said otherwise). A missed bar is said in the
//! table and is no failure; a cluster that is not read whole is.

mod clusters {
    pub(crate) mod page;
    pub(crate) mod recorder;
    pub(crate) mod service;
    pub(crate) mod world;
}

#[expect(dead_code, reason = "the other bench uses the rest of it")]
#[path = "store"]
mod store {
    pub(crate) mod pooler;
    pub(crate) mod table;
    pub(crate) mod timing;
}

use std::error::Error;
use std::time::Duration;

use crate::clusters::page;
use crate::clusters::recorder::Recorder;
use crate::clusters::service::Service;
use crate::clusters::world::{Size, world};
use crate::store::table::{Bar, Table};
use crate::store::timing::{Timing, stopwatch};

/// What a measurement gives, or what kept it from being one.
pub(crate) type Measured<T> = Result<T, Box<dyn Error + Send + Sync>>;

const MANY: Size = Size {
    clusters: 10,
    nodes: 100,
    namespaces: 500,
    pods: 5_000,
};

const LARGE: Size = Size {
    clusters: 1,
    nodes: 400,
    namespaces: 500,
    pods: 20_000,
};

/// People on one cluster, for its page.
const SEATS: usize = 20_000;

const MOST_MEMORY: usize = 150_000_000;

#[tokio::main]
async fn main() -> Measured<()> {
    // Another one that is there already does as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let rounds = match std::env::var("BENCH_ROUNDS") {
        Err(_) => 5,
        Ok(text) => text.trim().parse()?,
    };
    let service = Service::open().await?;
    let mut table = Table::default();
    let measured = async {
        measure(&service, MANY, rounds, &mut table).await?;
        measure(&service, LARGE, rounds, &mut table).await?;
        service.crowd(SEATS).await?;
        page::measure(&service, &mut table).await
    };
    let measured = measured.await;
    service.close().await?;
    measured?;
    println!("{table}");
    Ok(())
}

async fn measure(service: &Service, size: Size, rounds: usize, table: &mut Table) -> Measured<()> {
    let (world, bytes) = world(size);
    table.note(&format!("{size}, {} bytes a pod.", bytes / size.pods));
    let _serving = service.put(size, &world).await?;
    let recorder = Recorder::start(service.address(), service.password())?;
    // Its first round asks for everything there is; so does each that follows.
    service.round(size).await?;
    let (mut times, mut answers) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        service.request()?;
        let round = service.round(size);
        tokio::pin!(round);
        let taken = loop {
            let asked = stopwatch();
            tokio::select! {
                taken = &mut round => break taken?,
                answered = recorder.answers() => answered?,
            }
            answers.push(asked.elapsed());
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        times.push(taken);
    }
    let most = Bar::P95(Duration::from_secs(10));
    table.alone(&format!("a round: {size}"), &Timing::of(times)?, most);
    let soon = Bar::P95(Duration::from_millis(100));
    table.alone(
        "an answer of the recording program meanwhile",
        &Timing::of(answers)?,
        soon,
    );
    table.size(
        "memory of the recording program at its most",
        recorder.peak()?,
        MOST_MEMORY,
    );
    Ok(())
}
